"""Limits of the search for zeros, each with its unit."""

from __future__ import annotations

# sign_changes
WINDOW = (-20, 20)  # where zeros are looked for that no method finds
STEPS = 400  # pieces of the window in which a sign may change
DIGITS = 60  # of a zero that bisection finds
HALVINGS = 150  # of a piece

# zeros
MAX_STEPS = 400  # of one call
MAX_POINTS = 60  # zeros of one expression

# constants
BALL_DIGITS = 110  # of a closed expression whose sign is asked for
TINY = 70  # digits of a difference that is taken for 0
LARGEST = 1_000  # numerator and denominator of a number that is recognised

# polynomials
MAX_DEGREE = 60  # of a polynomial whose zeros are looked for
ROOT_DIGITS = 40  # of a root that is no expression
