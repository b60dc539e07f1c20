"""Limits of the normal form, each with its unit."""

from __future__ import annotations

# families
MAX_MULTIPLE = 12  # of an angle

# reader
MAX_NODES = 1_500  # of an expression that is read
MAX_POWER = 200  # of a sum
MAX_UNFOLDED = 8  # times that the exponential of an inverse function is taken
MAX_GENERATORS = 48  # kernels of one reading
FOLDS = 6  # generators for what stands for an exponential
SPARE = 2  # generators for what is asked of a reading
MAX_ROOT = 60  # of a root

# ring
MAX_FACTORED = 400  # terms of a polynomial that is factored
MIN_LINEAR = 9  # terms of a polynomial in which a linear factor is looked for
MAX_DEGREE = 80  # of a generator in a polynomial that is factored
MAX_WORK = 40_000  # terms made and factored for one expression
MAX_TERMS = 1_200  # of a polynomial that is multiplied out
MAX_CONJUGATE = 8  # terms of a factor whose conjugate is looked for
MAX_BITS = 4_000  # of a coefficient
