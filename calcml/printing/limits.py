"""Limits of what is printed, each with its unit."""

from __future__ import annotations

# tree
DEEPEST = 30  # levels that are shown by spaces; below, a line begins with its level

# fold
SHORT = 4_000  # characters that are written out without a look at sharing
WORK = 400_000  # characters put together for that, over all parts
PARTS = 1_000  # of a form with names of its own that are written out alike
SEVERAL = 300  # parts of several results together that are written out
SWELL = 3  # times its graph that a written-out form may be long

# house
LINE = 60  # letters of a sum in a line

# indexed
MAX_PARTS = 200_000  # of the written-out form
LONG = 1_500  # parts of a form in which shared ones get names
