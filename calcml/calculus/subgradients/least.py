"""The element of least norm of the convex hull of gradients that meet at a place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import forward
from calcml.calculus.limits import LONG_CHOICE
from calcml.calculus.subgradients.cells import NOTHING, Place, UntoldError, numeric
from calcml.calculus.subgradients.hull import nearest, solved
from calcml.core.build import add, div, mul, neg, sub
from calcml.core.expr import ONE, ZERO, Expr, number, walk
from calcml.parsing.rows import filled


def least_norm(
    cells: Sequence[Sequence[Expr]],
    place: Place,
    variables: Sequence[Expr],
    bounds: bool,
) -> list[Expr]:
    """The shortest of all means of gradients, which differ along the normals alone.

    With `bounds`, what signs do not tell is held between bounds; else UntoldError.
    """
    first = cells[0]
    order = [v for v in variables if v in place.values]
    moved = [
        [
            simplify(sub(g, f))
            for g, f, v in zip(cell, first, variables, strict=True)
            if v in place.values
        ]
        for cell in cells
    ]
    if all(m is ZERO for row in moved for m in row):
        return list(first)
    ways = [_normal(v, place, variables) for v in order]
    if len(ways) == 1:
        rise, *more = dict.fromkeys(row[0] for row in moved if row[0] is not ZERO)
        if more:
            raise UntoldError("several slopes on one side")
        foot = simplify(div(_dot(first, ways[0]), _dot(ways[0], ways[0])))
        low = smallest(foot, simplify(add(foot, rise)), rise, bounds)
        weights = [sub(low, foot)]
    else:
        weights = _nearest(first, ways, moved)
    made = list(first)
    for weight, way in zip(weights, ways, strict=True):
        made = [add(g, mul(weight, m)) for g, m in zip(made, way, strict=True)]
    short = [simplify(g) for g in made]
    if any(len(walk(g)) > LONG_CHOICE for g in short):
        raise UntoldError("its slope is long")
    return short


def _normal(v: Expr, place: Place, variables: Sequence[Expr]) -> list[Expr]:
    """The gradient of v less its value at the place."""
    value = place.values[v]
    made = [ZERO if w in place.values else neg(forward(value, w)) for w in variables]
    return [
        ONE if w is v else simplify(g) for w, g in zip(variables, made, strict=True)
    ]


def _dot(a: Sequence[Expr], b: Sequence[Expr]) -> Expr:
    return simplify(reduce(add, [mul(p, q) for p, q in zip(a, b, strict=True)]))


def smallest(a: Expr, b: Expr, rise: Expr, bounds: bool) -> Expr:
    """The number of least norm between a and b = a + rise.

    Where neither signs nor their quotient tell which it is, 0 within the `bounds`.
    """
    if a is ZERO or b is ZERO:
        return ZERO
    quotient = simplify(div(b, a))
    if quotient.op == "number":
        return ZERO if quotient.value <= 0 else a if quotient.value >= 1 else b
    if NOTHING.nonpositive(rise):
        a, b = b, a
    ordered = NOTHING.nonnegative(rise) or NOTHING.nonpositive(rise)
    if ordered and NOTHING.nonnegative(a):
        return a
    if ordered and NOTHING.nonpositive(b):
        return b
    if NOTHING.nonpositive(a) and NOTHING.nonnegative(b):
        return ZERO
    for one, other in ((a, b), (b, a)) if bounds else ():
        if NOTHING.nonnegative(one):
            return _held(other, ZERO, one)
        if NOTHING.nonpositive(one):
            return _held(other, one, ZERO)
    if not (bounds and ordered):
        raise UntoldError("the signs of its slopes")
    return _held(ZERO, a, b)


def _held(e: Expr, low: Expr, high: Expr) -> Expr:
    return filled("clip(e, low, high)", ("e", "low", "high"), (e, low, high))


def _nearest(
    first: Sequence[Expr],
    ways: Sequence[Sequence[Expr]],
    moved: Sequence[Sequence[Expr]],
) -> list[Expr]:
    """How far along each normal, where that is a number."""
    gram = [[numeric(_dot(a, b)) for b in ways] for a in ways]
    target = solved(gram, [-numeric(_dot(first, way)) for way in ways])
    if target is None:
        raise UntoldError("the normals are not independent")
    ends = list({tuple(row): row for row in moved}.values())
    chosen, weights = nearest([[numeric(m) for m in row] for row in ends], target, gram)
    exact = all(m.op == "number" for i in chosen for m in ends[i])
    if len(chosen) > 1 and not exact:
        raise UntoldError("it is no rational number")
    return [
        reduce(
            add,
            [mul(number(w), ends[i][k]) for w, i in zip(weights, chosen, strict=True)],
        )
        for k in range(len(ways))
    ]
