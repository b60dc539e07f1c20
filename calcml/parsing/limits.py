"""Limits of what is read, each with its unit."""

from __future__ import annotations

# parser
MAX_LENGTH = 4_000_000  # characters in one formula
MAX_DIGITS = 4_000  # digits in one number

# lalr
MAX_DEPTH = 450_000  # open brackets, calls and operators waiting for an operand

# stored
MAX_STORED = 1_000_000  # bytes of a file in the user's cache folder
NAME_LENGTH = 32  # hexadecimal digits of its name

# rows
MAX_PASSES = 16  # of definitions inside definitions; more go in a circle

# arguments
MAX_ORDER = 1_000  # of a derivative
MAX_BRIEF = 60  # characters of an expression in a message

# advice, calls.unknown
MAX_ADVISED = 2_000  # characters of a text that is read again for advice
MAX_BARS = 6  # absolute values in one another; each doubles the ways to read them
MAX_CORRECTED = 40  # places of one text that are corrected in one piece of advice
MAX_FACTORS = 200  # of one term that is read for advice
MAX_READINGS = 4  # of one text, that a person is told of
MAX_WRITTEN = 200  # characters of a text that is told to be written

# latex
MAX_LATEX = 20_000  # characters of LaTeX
MOST_SIDES = 6  # of a chain of equations that is read if they are equal
POINTS, DIGITS = 24, 30  # at which sides are compared, and how well
WORK_ON_SIDES = 300_000  # steps, for finding that out

# python
MAX_CODE = 100_000  # characters
MAX_SIGNS = 1_000  # operators, brackets and the like in one statement
MAX_BRANCHES = 100  # of `elif`
MAX_INLINED = 30  # functions that call each other
MAX_READ = 50_000  # nodes of the code that are read, those of a function at each call
