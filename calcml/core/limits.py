"""Limits of what is folded, each with its unit."""

from __future__ import annotations

# budget
MAX_WORK = 6_000_000  # steps of one public call: seconds, each a microsecond or less

# build
MAX_BITS = 14_000  # a folded number longer than this stays an unevaluated product
MAX_PLACES = 40  # figures of a calculated decimal; a longer one becomes a fraction
MOST_FIGURES = 4_000  # places behind the point that are looked through for them
FIGURES = 6  # of a product of decimals that is worked out, however short they are
ROUND = 10**7  # multiples of it are written as decimals with a power of ten

# made
MAX_POWER = 64  # of a matrix, written out as a product

# nests
LONG = 8  # different factors of a product of arrays; of more it is made in steps
