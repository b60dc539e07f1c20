"""Limits of checks, each with its unit."""

from __future__ import annotations

# reference
MAX_TREE = 1_500  # nodes of a formula written out: SymPy's derivative takes seconds
MAX_SOURCE = 100  # operations of a derivative that SymPy itself is asked to evaluate
SPARE = 30  # digits more of a point than of the value that SymPy finds there
MAX_PROOF = 150  # operations of a difference that SymPy is asked to expand
MAX_TERMS = 400  # terms of it, expanded

# compare
DIGITS = 30  # of the values that are compared
SHOWN_DIGITS = 15  # at least so many digits of a value that is shown are right
MAX_DIGITS = 600  # of values compared again; smaller ones are not decided
TOLERANCE = 1e-20  # the relative difference of values that is still rounding

# branches
MAX_BRANCHES = 8  # ways in which equations that are given hold

# check
FIRST = 3  # points compared before a proof is tried

# blame
MAX_NODES = 400  # of both expressions: larger ones are not searched
MAX_TRIED = 800  # corrections of one kind
MAX_TRIED_ARRAYS = 400  # of one kind where arrays are compared
MAX_PLACES = 40  # parts of the candidate in which a slip is looked for
MAX_NUMBER = 1_000  # numerator and denominator of a factor that is told as a fraction
MAX_TEXT = 60  # characters of a term that a sentence quotes
POINTS = 6  # at which a correction is confirmed
ENOUGH = 2  # at so many of these, at least, there must be values

# arrays
PLACES = 3  # at which a correction is confirmed
ARRAY_DIGITS = 20  # of the values that are compared
ARRAY_TOLERANCE = 1e-12  # of a difference, relative to the largest element
DUST = 1e-8  # a largest element below this may be 0 and rounding

# points
FEW = 3  # points at which SymPy's own value confirms how calcml reads its derivative
SAME = 1e-12  # the relative difference between these that is still rounding
MORE = 24  # points that are drawn where no difference so far is visible
VISIBLE = 0.05  # a relative difference that a reader sees at once
MAX_SHOWN = 200  # characters of a difference that is told
MAX_DIFFERENCE = 300  # nodes of a difference that is simplified
MAX_POWER = 10_000  # of a variable in what SymPy evaluates at rational numbers: 0.3 s
