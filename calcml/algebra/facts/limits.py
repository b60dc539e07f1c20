"""Limits of what assumptions imply, each with its unit."""

from __future__ import annotations

# interval
MAX_BITS = 256  # bits of an end; a longer one is rounded outward
MOST_DEGREE = 12  # of a root whose digits are looked for
GRID = 1 << 64  # the denominator that it is rounded to

# linear
MOST_STEPS = 48  # a longer sum is known by its last step alone
DEEPEST = 3  # so many facts are added up to prove one
MOST_SUMS = 40  # of facts that are tried

# assumptions
ROUNDS = 4  # in which assumptions narrow one another
MOST_ASSUMED = 1_000  # assumptions
MOST_DOMAIN = 64  # conditions that a formula's own domain adds
