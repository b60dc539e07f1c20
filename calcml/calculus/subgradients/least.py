"""The element of least norm of the convex hull of gradients that meet at a place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations

from calcml.algebra.canonical import tidy
from calcml.algebra.facts import Facts
from calcml.calculus.alone import bends
from calcml.calculus.chain_rule import forward
from calcml.calculus.subgradients.cells import Place
from calcml.calculus.subgradients.hull import nearest
from calcml.calculus.subgradients.regions import (
    Region,
    UntoldError,
    conditions,
    known_in,
    numeric,
    sample,
    told_sign,
)
from calcml.calculus.zeros.polynomials import normal
from calcml.core.build import add, div, mul, neg, sub, substitute
from calcml.core.expr import ONE, ZERO, Expr, number, walk
from calcml.parsing.rows import filled

Gradient = Sequence[Expr]


def least_norm(
    cells: Sequence[Gradient],
    place: Place,
    variables: Sequence[Expr],
    region: Region,
    bounds: bool,
) -> list[Expr]:
    """The shortest of all means of gradients. AsksError where a sign decides.

    With `bounds`, what signs do not tell is held between bounds; else UntoldError.
    """
    rows = list({tuple(row): row for row in cells}.values())
    if len(rows) == 1:
        return list(rows[0])
    if len(place.values) == 1:
        return _on_surface(rows, place, variables, region, bounds)
    return _of_hull(rows, region)


def _on_surface(
    rows: Sequence[Gradient],
    place: Place,
    variables: Sequence[Expr],
    region: Region,
    bounds: bool,
) -> list[Expr]:
    """Where gradients differ along one normal alone."""
    ((v, _),) = place.values.items()
    first, at, way = rows[0], variables.index(v), _normal(v, place, variables)
    foot = normal(div(_dot(first, way), _dot(way, way)))
    rises = [normal(sub(row[at], first[at])) for row in rows[1:]]
    length = smallest(foot, rises, known_in(tuple(conditions(region))))
    if not bounds and any(bends(node) for node in walk(length)):
        raise UntoldError("the signs of its slopes")
    if length is foot:
        return list(first)
    weight = sub(length, foot)
    return [tidy(add(g, mul(weight, m))) for g, m in zip(first, way, strict=True)]


def _of_hull(rows: Sequence[Gradient], region: Region) -> list[Expr]:
    """Where some normals meet: by those gradients of which the mean is, at a point."""
    names = frozenset[str]().union(*[g.free_symbols for row in rows for g in row])
    there = sample(names, region) if names else {}
    points = [[numeric(substitute(g, there)) for g in row] for row in rows]
    chosen, numbers = nearest(points)
    some = [rows[i] for i in chosen]
    if all(g.op == "number" for row in some for g in row):
        weights: Sequence[Expr] = [number(w) for w in numbers]
    else:
        weights = _weights(some)
    columns = zip(*some, strict=True)
    made = [reduce(add, map(mul, weights, column)) for column in columns]
    made = [tidy(g) for g in made]
    if names:
        off = [_less(row, some[0]) for i, row in enumerate(rows) if i not in chosen]
        for e in [*weights, *[_dot(made, way) for way in off]]:
            if e is not ZERO and told_sign(e, region, True) < 0:
                raise UntoldError("which slopes its mean is of")
    return made


def _weights(rows: Sequence[Gradient]) -> list[Expr]:
    """Those of the mean that is the shortest of their plane, by Cramer's rule."""
    edges = [_less(row, rows[0]) for row in rows[1:]]
    square = [[_dot(a, b) for b in edges] for a in edges]
    right = [neg(_dot(edge, rows[0])) for edge in edges]
    whole, found = _determinant(square), list[Expr]()
    for k in range(len(edges)):
        pairs = zip(square, right, strict=True)
        put = [[*row[:k], r, *row[k + 1 :]] for row, r in pairs]
        found.append(normal(div(_determinant(put), whole)))
    return [normal(reduce(sub, found, ONE)), *found]


def _determinant(rows: Sequence[Sequence[Expr]]) -> Expr:
    """By the last row; of at most as many rows as there are variables, less one."""
    minors: dict[tuple[int, ...], Expr] = {(): ONE}
    for size in range(1, len(rows) + 1):
        row, below = rows[size - 1], minors
        minors = {}
        for some in combinations(range(len(rows)), size):
            total: Expr = ZERO
            for k, i in enumerate(some):
                term = mul(row[i], below[(*some[:k], *some[k + 1 :])])
                total = add(total, term) if (size + k) % 2 else sub(total, term)
            minors[some] = normal(total)
    return minors[tuple(range(len(rows)))]


def _less(a: Gradient, b: Gradient) -> list[Expr]:
    return [normal(sub(p, q)) for p, q in zip(a, b, strict=True)]


def _normal(v: Expr, place: Place, variables: Sequence[Expr]) -> list[Expr]:
    """The gradient of v less its value at the place."""
    value = place.values[v]
    made = [ZERO if w in place.values else neg(forward(value, w)) for w in variables]
    return [ONE if w is v else normal(g) for w, g in zip(variables, made, strict=True)]


def _dot(a: Sequence[Expr], b: Sequence[Expr]) -> Expr:
    return normal(reduce(add, [mul(p, q) for p, q in zip(a, b, strict=True)]))


def smallest(foot: Expr, rises: Sequence[Expr], known: Facts) -> Expr:
    """The number of least norm between all of `foot` and what is a rise from it."""
    if len(rises) > 1:
        ends = [foot, *[normal(add(foot, rise)) for rise in rises]]
        low, high = reduce(_min, ends), reduce(_max, ends)
        return _within(normal(low), normal(high), known)
    (rise,) = rises
    a, b = foot, normal(add(foot, rise))
    if a is ZERO or b is ZERO:
        return ZERO
    quotient = normal(div(b, a))
    if quotient.op == "number":
        return ZERO if quotient.value <= 0 else a if quotient.value >= 1 else b
    if known.nonnegative(rise):
        return _within(a, b, known)
    if known.nonpositive(rise):
        return _within(b, a, known)
    middle, half = normal(div(add(a, b), number(2))), normal(div(rise, number(2)))
    if len(walk(middle, half)) < len(walk(a, b)):
        off = filled("abs(x)", ("x",), (half,))
        return _within(normal(sub(middle, off)), normal(add(middle, off)), known)
    return _within(normal(_min(a, b)), normal(_max(a, b)), known)


def _within(low: Expr, high: Expr, known: Facts) -> Expr:
    """0, or the end that is nearer to it."""
    if known.nonnegative(low):
        return low
    if known.nonpositive(high):
        return high
    above, below = known.nonnegative(high), known.nonpositive(low)
    if above and below:
        return ZERO
    if above:
        return _max(low, ZERO)
    if below:
        return _min(high, ZERO)
    return filled("clip(0, low, high)", ("low", "high"), (low, high))


def _min(a: Expr, b: Expr) -> Expr:
    return filled("min(a, b)", ("a", "b"), (a, b))


def _max(a: Expr, b: Expr) -> Expr:
    return filled("max(a, b)", ("a", "b"), (a, b))
