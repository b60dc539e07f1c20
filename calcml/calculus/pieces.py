"""A derivative with choices along one variable, one interval after another.

>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> f = parse("where(x == 0, 0, where(x > 0, 1, 0) + where(x < 0, 2*x, 1/2))")
>>> in_pieces(f, symbol("x"))
where(x <= 0, 2*x, 3/2)
"""

from __future__ import annotations

from calcml.algebra.piecewise import chain
from calcml.algebra.simplify import simplify
from calcml.calculus.branches.line import runs
from calcml.calculus.limits import MOST_PIECES
from calcml.calculus.line import holds_at, in_order, samples
from calcml.calculus.subgradients.cells import compared, decided, in_choices
from calcml.calculus.subgradients.places import switches
from calcml.calculus.zeros import zeros
from calcml.core.build import sub, substitute
from calcml.core.cost import Cost
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ZERO, Expr


def shorter(slope: Expr, x: Expr) -> Expr:
    """A derivative by its one variable, in pieces where that has fewer operations."""
    pieces = or_none(in_pieces, slope, x)
    if pieces is None:
        return slope
    cost, found = Cost(), simplify(pieces)
    return found if cost(found) < cost(slope) else slope


def in_pieces(slope: Expr, x: Expr) -> Expr | None:
    """A formula for each interval between the places where a comparison changes.

    None where these are not known, or many.
    """
    f = in_choices(slope)
    solved = [zeros(u, x) for u in switches(f)]
    points = in_order(dict.fromkeys(p for z in solved for p in z.points))
    if not points or len(points) > MOST_PIECES or not all(z.alone for z in solved):
        return None
    cells = [_branch(f, x, place) for place in samples(points) or ()]
    if None in cells:
        return None
    known = [cell for cell in cells if cell is not None]
    for i, place in enumerate(points):
        low, here, high = known[2 * i : 2 * i + 3]
        beside = (e for e in (low, high) if _same(e, here, x, place))
        known[2 * i + 1] = next(beside, here)
    return chain(*runs(x, points, known))


def _branch(f: Expr, x: Expr, place: Expr) -> Expr | None:
    """The branch of a formula in choices that holds at a place."""
    while (node := next(compared(f), None)) is not None:
        truth = holds_at(node, x, place)
        if truth is None:
            return None
        f = decided(f, node, truth)
    return simplify(f)


def _same(a: Expr, b: Expr, x: Expr, place: Expr) -> bool:
    """Whether both formulas have the same value at a place."""
    try:
        return simplify(sub(*(substitute(e, {x: place}) for e in (a, b)))) is ZERO
    except CalcmlError:
        return False
