"""Limits of compiled source, each with its unit."""

from __future__ import annotations

# contraction_path
NOMINAL = 64  # the number that stands for a size without one when costs are compared
MAX_FACTORS = 8  # of a product whose best order is sought; beyond, a good one is

# source
WIDTH = 72  # characters of one value before parts of it get names
PAGE = 88  # columns of the source
MAX_EXACT = 1 << 53  # whole numbers up to here are doubles
MAX_BELOW = 1_000  # the largest denominator that is written as one
MAX_WHOLE = 1_000  # the largest whole exponent that is written as one
