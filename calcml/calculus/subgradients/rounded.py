"""Where a norm is 0 its gradients fill a ball: the one of least norm is nearest to 0.

>>> from calcml.parsing.parser import parse
>>> squares(parse("4*x^2 + (x - y)^2"))
[(4, x), (1, x - y)]
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from calcml.algebra.facts.linear import linear
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import reverse
from calcml.calculus.subgradients.cells import Place, cells
from calcml.calculus.subgradients.places import on
from calcml.calculus.subgradients.regions import UntoldError, numeric
from calcml.calculus.zeros.polynomials import factors, normal
from calcml.core.build import add, div, mul, power, sub, substitute
from calcml.core.expr import ONE, ZERO, Expr, make, number, symbol
from calcml.core.operations import SQRT

NORM = symbol("\u00b7r")  # stands for it; no name of the grammar has the dot


def squares(e: Expr) -> list[tuple[Expr, Expr]]:
    """What is squared in a sum, after the positive numbers before the squares."""
    found: list[tuple[Expr, Expr]] = []
    for term, c in (linear(e) or {}).items():
        base, parts = ONE, factors(term)[1]
        for factor, k in parts.items():
            base = mul(base, power(factor, number(k // 2)))
        scale = normal(mul(number(c), div(term, mul(base, base))))
        if scale.op != "number" or scale.value <= 0 or base is ONE:
            raise UntoldError("a root that is no norm")
        found.append((scale, base))
    return found


def where_zero(norm: Expr, variables: Sequence[Expr]) -> list[Place]:
    """The places where the root of a sum of squares is 0."""
    if norm.op != SQRT:
        raise UntoldError("a root that is no norm")
    level = [Place({})]
    for _, u in squares(norm.args[0]):
        deeper = [place for place in level if place.at(u) is ZERO]
        for place in level:
            more, whole = on(place, u, variables)
            if not whole:
                raise UntoldError("where a norm is 0")
            deeper += more
        level = deeper
    return level


def of_ball(f: Expr, norm: Expr, place: Place, variables: Sequence[Expr]) -> list[Expr]:
    """The gradient of least norm of `f` where a part, a norm, is 0.

    The gradients of what is squared must be of one length and at right angles.
    """
    branch, *others = cells(f, place, {})
    if others:
        raise UntoldError("other corners meet there")
    fixed = substitute(branch, {norm: NORM})
    slopes = [substitute(g, {NORM: ZERO}) for g in reverse(fixed, [NORM, *variables])]
    factor, *start = [place.at(g) for g in slopes]
    if all(normal(g) is ZERO for g in start):
        return [ZERO] * len(start)  # which a norm's gradients lie around
    rows = [
        [mul(make(SQRT, (scale,)), place.at(g)) for g in reverse(u, variables)]
        for scale, u in squares(norm.args[0])
    ]
    gram = [[_dot(a, b) for b in rows] for a in rows]
    length = gram[0][0]
    for i, line in enumerate(gram):
        for j, c in enumerate(line):
            if normal(sub(c, length if i == j else ZERO)) is not ZERO:
                raise UntoldError("gradients that fill no ball")
    along = [div(_dot(row, start), length) for row in rows]
    foot = [_dot(along, column) for column in zip(*rows, strict=True)]
    radius, off = normal(mul(mul(factor, factor), length)), _dot(foot, foot)
    whole = numeric(off) <= numeric(radius)
    part = ONE if whole else make(SQRT, (div(radius, off),))
    return [simplify(sub(g, mul(part, p))) for g, p in zip(start, foot, strict=True)]


def _dot(a: Sequence[Expr], b: Sequence[Expr]) -> Expr:
    return normal(reduce(add, map(mul, a, b)))
