"""Limits of what is read, each with its unit."""

from __future__ import annotations

# parser
MAX_LENGTH = 4_000_000  # characters in one formula
MAX_DIGITS = 4_000  # digits in one number

# lalr
MAX_DEPTH = 450_000  # open brackets, calls and operators waiting for an operand

# rows
MAX_PASSES = 16  # of definitions inside definitions; more go in a circle

# arguments
MAX_ORDER = 1_000  # of a derivative
