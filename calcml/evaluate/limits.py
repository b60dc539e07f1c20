"""Limits of values, each with its unit."""

from __future__ import annotations

# evalf
MAX_DIGITS = 100_000  # that are asked for

# sample
TRIES = 80  # for each point asked for
WORK = 400_000  # nodes evaluated before the search ends with fewer points
WIDE = 4  # of an interval with one end alone
STEPS = 1_000  # at least so many values are drawn from
DECIDED_DIGITS = 20  # at which conditions are decided

# pointwise
GUARD = (15, 35, 90, 350, 420)  # digits beyond those asked for, in one run after the
# other: the last two tell the smallest double from 0 beside 1
SHRUNK = 42  # digits by which noise shrinks at least in the last run
NOISE = 30  # digits above the last one of the longest run, below which all is rounding
NEAR = 1 << 30  # bits left or right of the point, of what may be noise
MAX_EXACT = 4_096  # bits of a number that is kept exact
MAX_ARGUMENT = 1 << 17  # a function of a number of more bits takes seconds
LONG_PREC = 600  # bits, above which mpmath's exp of n takes n's bits of products: 39 ms
# for 2,700 bits
MAX_RESULT = 1 << 40  # bits left or right of the point, of a value that is told
MAX_EXPONENT = 1 << 12  # bits of the exponent of a value on the way to it
MAX_SHOWN = 40  # nodes of a formula that an error quotes

# balls
DIGITS = 30  # of a value, unless more are asked for
BITS = (64, 256, 1_024)  # beyond those asked for, in one run after the other
LONG_BITS = (64, 1 << 17)  # the same, where mpmath has no value
MAX_SIZE = 1 << 17  # bits left of the point: larger numbers have no useful ball

# finite_differences
FEW = 3  # numbers from which sizes are drawn, where there are no more names
TRIALS = 80  # of sizes and values, until they all exist
TRIAL_DIGITS = 20  # of values that must exist
LARGE = 10**6  # a value above it is near a pole, where differences are poor
STEP = 20  # a difference is over 10^-STEP to both sides
STEP_GUARD = 3 * STEP  # digits beyond those asked for: a step costs 2*STEP and more

# on_equations
EQUATION_DIGITS = 50  # of the values while they are moved
SETTLED = 36  # digits to which the equations hold then
EQUATION_STEPS = 30  # of Newton's method
MAX_STUCK = 12  # arrays from which it leads nowhere
MAX_UNKNOWNS = 40  # elements that are moved
HELD = 15  # digits to which an equation holds where values are compared

# matrices
MAX_EXACT_ROWS = 8  # rows of a matrix of fractions that is eliminated exactly
LONG = frozenset(("special", "elliptic", "entropy and logarithms"))  # families of sums
