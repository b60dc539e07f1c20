"""Limits of the search for forms, each with its unit."""

from __future__ import annotations

# assemble
MAX_COLLECTED = 24  # terms of a sum that is tried by powers of each kernel
MAX_DIVIDED = 16  # terms of a sum that is written in powers of another
MAX_POWERS = 8  # powers of a known sum in which another is written
MAX_KNOWN = 6  # sums of the input that are tried so
MAX_KERNELS = 6  # by whose powers a sum is tried

# search
MAX_NODES = 4_000  # of an expression whose parts are looked at
MAX_CHOSEN = 200  # of one in which several choices are made one
SHORT = 3  # operations: a form that is not worth the slower ways
QUICK = 3  # ways that are tried on every expression
MAX_SWAPPED = 24  # terms of a sum that is read again in sines for cosines

# writer
MAX_GROUP = 12  # factors of one power, two of which are multiplied out
MAX_FOUR = 6  # factors of one power, up to four of which are
MAX_JOINED = 12  # terms of two factors multiplied out
MAX_VARIED = 16  # terms of a sum that is tried in other functions of its angles
MAX_FILLED = 4  # terms of a sum that a factor beside it is multiplied into

# multiples
MAX_WAVES = 12  # degree of a polynomial that is written by multiples of an angle

# forms
MAX_TERMS = 24  # of a sum that is split
MAX_SPLIT = 8  # groups into which a sum over a denominator is split
MAX_PARTS = 6  # terms of a sum that are joined two by two
MAX_TURNED = 60  # terms of a sum that is written in another kernel

# relations
MOST_SHIFTS = 5  # steps from one value of a function to another
MOST_RELATED = 8  # expressions with values written by others that are looked at

# regions
MAX_CELLS = 250  # that the comparisons of choices tell apart

# choices
MAX_VALUES = 6  # of a formula in its regions
MAX_STATES = 200  # sets of regions that are looked at

# equal
MAX_PROVED = 800  # of the two expressions, their functions replaced by definitions
MAX_ARGUMENT = 300  # of an argument that is multiplied out
