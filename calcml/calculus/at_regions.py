"""A slope where its function is another formula: in a region, not at single places."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from calcml.algebra.piecewise import negated, shorter
from calcml.algebra.simplify import simplify
from calcml.calculus.expansions.quotients import fails
from calcml.calculus.lacking import kinked, lacking
from calcml.calculus.limits import MOST_LOOKED_AT
from calcml.calculus.slopes import derivative
from calcml.calculus.zeros import simplify_condition, zeros
from calcml.calculus.zeros.constants import truth
from calcml.core.build import sub, substitute
from calcml.core.comparisons import OPEN
from calcml.core.errors import or_none
from calcml.core.expr import Expr, make, number, symbol, walk

SOME = number(Fraction(9, 7))  # a value of other variables
BOTH = [number(Fraction(v, 7)) for v in (-99, -9, -1, 1, 9, 99)]  # on both sides of 0


def by_regions(below: Expr, x: Expr, slope: Expr) -> Expr:
    """The `slope` of `below` where that is another formula, which lacks no value.

    Such is sqrt(relu(x)), which is 0 for x < 0, and relu(x)^y for x <= 0.
    """
    nodes, before = walk(below), slope
    if not kinked(nodes) or len(nodes) > MOST_LOOKED_AT:
        return slope
    for part in dict.fromkeys(_regions(below, x)):
        made = or_none(_inside, part, x, below, slope)
        slope = slope if made is None else make("where", (part, made, slope))
    found = None if slope is before else shorter(slope)
    return slope if found is None else found[1]


def _regions(below: Expr, x: Expr) -> Iterator[Expr]:
    """Where parts of a function meet, or another formula was chosen already."""
    if below.op == "where":
        yield below.args[0]
    for a, b in dict.fromkeys(lacking(walk(below), x)):
        names = a.free_symbols | b.free_symbols
        along = x if x.value in names else symbol(min(names, default=""))
        for region in zeros(sub(a, b), along).regions if kinked(walk(a)) else ():
            plain = negated(negated(region))
            short = or_none(simplify_condition, plain)
            part = plain if short is None else short
            if along is x:  # its ends are single places
                part = make(OPEN.get(part.op, part.op), part.args)
            yield part


def _inside(region: Expr, x: Expr, below: Expr, slope: Expr) -> Expr | None:
    """The slope in a region, where the formula has none there and another has."""
    own = region.free_symbols & {x.value}
    others = {symbol(n): SOME for n in below.free_symbols}
    points = [
        {**others, symbol(n): v} for n in own or region.free_symbols for v in BOTH
    ]
    inside = [p for p in points if truth(substitute(region, p))]
    if not any(fails(slope, p) and not fails(below, p) for p in inside):
        return None
    there = simplify(below, given=[region])
    return simplify(derivative(there, x), given=[region])
