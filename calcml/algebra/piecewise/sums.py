"""Sums of choices each of which is 0 where the other is not, as one choice."""

from __future__ import annotations

from calcml.algebra.definedness import conditions
from calcml.algebra.piecewise.cells import Cells
from calcml.algebra.piecewise.chain import Rows, negated, rows_of
from calcml.core.expr import ZERO, Expr


def supported(node: Expr) -> Rows | None:
    """The rows of a choice that is 0 otherwise and in no row; None for other ones."""
    found = rows_of(node)
    if found is None or node.dims:
        return None
    rows, otherwise = found
    if len(rows) == 1 and rows[0][1] is ZERO:
        rows, otherwise = [(negated(rows[0][0]), otherwise)], ZERO
    if otherwise is not ZERO or any(value is ZERO for _, value in rows):
        return None
    return None if any(conditions(test) for test, _ in rows) else rows


def apart(a: Rows, b: Rows) -> bool:
    """Whether no row of one holds where a row of the other does."""
    cells = Cells([test for test, _ in (*a, *b)])
    if not cells.small:
        return False
    first = second = 0
    for test, _ in a:
        first |= cells.truth(test)
    for test, _ in b:
        second |= cells.truth(test)
    return not first & second
