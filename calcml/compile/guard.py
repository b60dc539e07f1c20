"""Functions that are nan where they have no value, though their spellings go on."""

from __future__ import annotations

from collections.abc import Callable

from calcml.algebra.definedness import guard_of
from calcml.core.build import bottom_up
from calcml.core.expr import Expr, make, symbol, walk
from calcml.functions import FUNCTIONS, Row

NOWHERE = symbol(" nan")  # written as Python's nan: no variable has this name


def guarded(root: Expr, rows: Callable[[Row], bool] = lambda row: True) -> Expr:
    """`root`, in which each part of such a row is nan where that has no value."""
    order = walk(root)
    found = {
        node for node in order if node.op in FUNCTIONS and rows(FUNCTIONS[node.op])
    }

    def changed(node: Expr, new: Expr) -> Expr:
        guard = guard_of(new) if node in found else None
        return new if guard is None else make("where", (guard, new, NOWHERE))

    return bottom_up(root, changed, order) if found else root
