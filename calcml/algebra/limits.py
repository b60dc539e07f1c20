"""Limits of what is made short, each with its unit."""

from __future__ import annotations

# canonical
MAX_PASSES = 6  # over a graph, until nothing changes
MAX_ROOTS = 20  # whose conditions are compared for what they share

# simplify
MAX_ROUNDS = 4  # of tidying and closing in turn
MAX_SIZE = 12_000  # parts of all roots together; larger ones are tidied only
MOST_WRITTEN = 12  # arguments that are compared with those of the form

# known
MOST_STEPS = 12  # from a place where a function is known to where it is asked for

# alike
MANY = 6  # results that are looked through for what is alike in them
MIN_SHARED = 6  # terms of a sum that stands for itself where so many results have it
MAX_CLOSED = 400  # parts of one of many results, or of such a sum, that are closed

# terms
MAX_MERGED = 100  # terms of a shared sum that are copied into the sums that use it

# common_factors
MAX_TERMS = 24  # of a sum in which common factors are looked for

# pieces
LARGE = 150  # parts of a graph of arrays, whose shared ones are made short each alone
MIN_PART = 7  # parts that a shared one of these has at least, beside itself
MAX_FACTORS = 2_000  # of shared products, each multiplied out; beyond they stay parts

# decimals
MOST_TIMES = 64  # powers of one of them that are tried
MOST_DECIMALS = 12  # typed ones of which a long one may be the product

# logarithms, normal.roots
MAX_PRIME = 10**12  # a number whose prime factors are looked for
