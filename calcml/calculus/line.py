"""A line cut into cells by points: places in them, and intervals as conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from calcml.calculus.zeros.constants import near, truth
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import ZERO, Expr, make, number


def in_order(places: Iterable[Expr]) -> list[Expr] | None:
    """Numbers in rising order; None where one is none, or two are not told apart."""
    values = {place: near(place) for place in places}
    known = {place: v for place, v in values.items() if v is not None}
    if len({*known.values()}) < len(values):
        return None
    return sorted(known, key=lambda place: known[place])


def holds_at(condition: Expr, x: Expr, place: Expr) -> bool | None:
    """The truth of a condition at a place; None where it is not told."""
    return or_none(lambda: truth(substitute(condition, {x: place})))


def samples(points: Sequence[Expr]) -> list[Expr] | None:
    """A place before the first point, it, one between it and the next, ...

    `points` are in their order; None where one of them is no number.
    """
    values = [near(point) for point in points]
    known = [Fraction(v) for v in values if v is not None]
    if len(known) < len(points):
        return None
    if not known:
        return [ZERO]
    found = [number(known[0] - 1)]
    after = [*[(a + b) / 2 for a, b in pairwise(known)], known[-1] + 1]
    for point, place in zip(points, after, strict=True):
        found += [point, number(place)]
    return found


def interval(x: Expr, points: Sequence[Expr], first: int, last: int) -> Expr | None:
    """That `x` lies in some cells: the odd ones are the points, the even ones between.

    The cells before the first point and after the last one have no other end. None
    where these are all cells.
    """
    low = points[(first - 1) // 2] if first else None
    high = points[last // 2] if last < 2 * len(points) else None
    has_low, has_high = first % 2 == 1, last % 2 == 1
    if low is not None and low is high:
        return make("eq", (x, low))
    if low is None:
        return None if high is None else make("le" if has_high else "lt", (x, high))
    if high is None:
        return make("ge" if has_low else "gt", (x, low))
    below = make("le" if has_low else "lt", (low, x))
    return make("and", (below, make("le" if has_high else "lt", (x, high))))
