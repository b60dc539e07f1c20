"""Closed forms: equal forms of an expression, what they cost, and the choice of one."""
