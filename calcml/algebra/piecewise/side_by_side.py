"""Two choices of a sum that are nowhere both in use, as one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from calcml.algebra.piecewise.chain import apart, supported
from calcml.algebra.piecewise.limits import MOST_ADDED
from calcml.algebra.terms import Algebra
from calcml.core.expr import ZERO, Expr, Number


def side_by_side(
    total: Expr, choices: Sequence[tuple[Number, Expr]], algebra: Algebra
) -> Expr:
    """A sum with two such choices in one, if it has them."""
    if len(choices) > MOST_ADDED:
        return total
    rows = {t: rows for _, t in choices if (rows := supported(t))}
    for (k, a), (m, b) in combinations(choices, 2):
        if a in rows and b in rows and apart(rows[a], rows[b]):
            made = ZERO
            for factor, term in ((m, b), (k, a)):
                for test, value in reversed(rows[term]):
                    scaled = algebra.scaled(value, factor)
                    made = algebra.function("where", (test, scaled, made))
            return algebra.total([(1, total), (-k, a), (-m, b), (1, made)])
    return total
