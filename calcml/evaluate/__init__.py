"""Nodes to numbers: to any number of digits, in balls, for arrays, at sample points.

Expressions and values of their variables flow in, mpmath numbers, FLINT's balls and
points inside a domain flow out. It may import what stands below it, and asks for no
derivative: finite differences are quotients of values.
"""
