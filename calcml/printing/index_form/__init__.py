"""Notations: matrix notation for rank up to 2, index notation for any rank."""
