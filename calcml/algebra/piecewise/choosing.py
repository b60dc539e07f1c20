"""Which functions choose, and what a formula's choices are.

Those inside of other functions are not its own: sigmoid(w*relu(x)) keeps its argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from calcml.algebra.piecewise.limits import MOST_CHOICES
from calcml.core.build import substitute
from calcml.core.expr import CONDITIONS, LIGHT, Expr, walk
from calcml.core.flat import walk_to
from calcml.core.operations import ABS, SIGN
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed
from calcml.parsing.rows import definition

PICKS = {row.picks: row.op for row in FUNCTIONS.values() if row.picks}
EXTREMES = frozenset(PICKS.values())
CHOOSING = EXTREMES | {ABS, SIGN, "where"}
OPEN = CHOOSING | CONDITIONS | LIGHT.keys()


@cache
def _by_choices(row: Row) -> bool:
    """Whether a function with kinks is defined by others that choose."""
    if not row.kink or row.by is None or row.op in CHOOSING:
        return False
    below = [FUNCTIONS.get(n.op) for n in walk(parsed(row.by, row.params))]
    return any(r and (r.op in CHOOSING or _by_choices(r)) for r in below)


def _is_opened(node: Expr) -> bool:
    row = FUNCTIONS.get(node.op)
    return row is not None and _by_choices(row)


def visible(root: Expr) -> list[Expr]:
    """The nodes of a formula, other functions as leaves."""
    return walk_to(root, lambda n: n.op not in OPEN and not _is_opened(n))


def several(order: Sequence[Expr]) -> bool:
    """Whether the visible nodes of a formula make several choices, but not many."""
    if any(n.dims for node in order for n in (node, *node.args)):
        return False
    made = sum([
        len(n.args) if n.op in EXTREMES else n.op in CHOOSING or _is_opened(n)
        for n in order
    ])  # fmt: skip
    return 1 < made <= MOST_CHOICES


def in_choices(root: Expr) -> Expr:
    """A formula by the functions that choose themselves."""
    while True:
        calls = [node for node in visible(root) if _is_opened(node)]
        if not calls:
            return root
        put = {n: definition(FUNCTIONS[n.op])(n.args, n) for n in calls}
        root = substitute(root, put)
