"""Limits of the search for kinks, each with its unit."""

from __future__ import annotations

# chosen_slope
MOST_PARTS = 300  # of a derivative that is simplified

# kink
LONG_FRACTION = 12  # characters of a fraction

# words
DIGITS = 20  # after the point, of a number that is not exact
LONG = 30  # figures of a numeral that is shown shorter

# frameworks
CLOSE = 1e-12  # relative: numbers that a float cannot tell apart

# places
MOST_VALUES = 20  # whole numbers that are tried one by one

# finder
MOST_GIVEN = 8  # conditions of one place

# periods
MOST_OF_FAMILIES = 1_200_000  # steps of work on places that repeat
MOST_SHARED = 100  # places in a period that families have in common
