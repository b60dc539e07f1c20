"""Whether a corrected candidate is right: at points in balls, or at random arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from calcml.check.compare import by_balls
from calcml.check.limits import (
    ARRAY_DIGITS,
    ARRAY_TOLERANCE,
    DUST,
    ENOUGH,
    MAX_TRIED,
    MAX_TRIED_ARRAYS,
    POINTS,
)
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr
from calcml.core.shapes import broadcast, is_unit
from calcml.evaluate.arrays import unconfirmed
from calcml.evaluate.arrays.grid import Grid, spread
from calcml.evaluate.balls import excludes_zero, glance
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import Point

Corrected = tuple[str, Expr]  # a sentence, and the candidate as it would be then
Ground = Callable[[Expr], Expr]  # puts known functions in the place of unknown ones


class Judge(Protocol):
    """What looks for a right one among corrections; of each kind the `most`."""

    most: int

    def ratio(self, a: Expr, b: Expr) -> Any:
        """The one number that a/b is somewhere; None where it is none."""

    def first(self, right: Expr, tried: Sequence[Corrected]) -> str:
        """The sentence of the first correction that equals `right` everywhere."""


class AtPoints:
    """Of scalars, at points.

    A glance at two points sorts out nearly all; what is left is compared at every
    point.
    """

    most = MAX_TRIED

    def __init__(self, points: Sequence[Point], ground: Ground) -> None:
        self.points = list({tuple(p.items()): p for p in points}.values())[:POINTS]
        self.ground = ground

    def ratio(self, a: Expr, b: Expr) -> Any:
        """Real, as an mpmath number, at the first point."""
        first, second = glance([self.ground(a), self.ground(b)], self.points[0])
        if first is None or second is None or not excludes_zero(second):
            return None
        ratio = first / second
        if excludes_zero(ratio.imag):
            return None
        man, exp = ratio.real.mid().man_exp()
        return context().ldexp(context().mpf(int(man)), int(exp))

    def first(self, right: Expr, tried: Sequence[Corrected]) -> str:
        """The first that balls do not tell from `right` at any point."""
        right = self.ground(right)
        corrections = [(text, self.ground(e)) for text, e in tried]
        for point in self.points[:ENOUGH]:
            if not corrections:
                return ""
            known, *balls = glance([right, *(e for _, e in corrections)], point)
            if known is not None:
                pairs = zip(corrections, balls, strict=True)
                corrections = [
                    c
                    for c, b in pairs
                    if b is not None and not excludes_zero(b - known)
                ]
        for text, corrected in corrections:
            pairs_at = [by_balls(corrected, right, point) for point in self.points]
            agreed = [pair.equal for pair in pairs_at]
            if False not in agreed and agreed.count(True) >= ENOUGH:
                return text
        return ""


class AtArrays:
    """Of arrays, at places where they and the sizes have values."""

    most = MAX_TRIED_ARRAYS

    def __init__(self, places: Sequence[Mapping[str, Any]]) -> None:
        self.places = places

    def ratio(self, a: Expr, b: Expr) -> Any:
        """The same for all elements, at the first place."""
        first, second = (self._value(e, self.places[0]) for e in (a, b))
        try:
            broadcast([a.dims, b.dims])
        except CalcmlError:
            return None
        if first is None or second is None:
            return None
        shape = max(first.shape, second.shape, key=len)
        pairs = list(zip(spread(first, shape), spread(second, shape), strict=True))
        ratios = [one / other for one, other in pairs if other]
        if not ratios or any(one and not other for one, other in pairs):
            return None
        spare, ratio = ARRAY_TOLERANCE * max(map(abs, ratios)), ratios[0]
        same = all(abs(other - ratio) <= spare for other in ratios)
        return ratio if same and not context().im(ratio) else None

    def first(self, right: Expr, tried: Sequence[Corrected]) -> str:
        """The first whose elements are those of `right` at all places."""
        for text, corrected in tried:
            if all(self.equal(corrected, right, place) for place in self.places):
                return text
        return ""

    def equal(self, a: Expr, b: Expr, place: Mapping[str, Any]) -> bool:
        """Whether two arrays of one shape, but for axes of size 1, are equal."""
        if axes(a) != axes(b):
            return False
        first, second = self._value(a, place), self._value(b, place)
        return first is not None and second is not None and close(first, second)

    def _value(self, e: Expr, place: Mapping[str, Any]) -> Grid | None:
        try:
            return unconfirmed(e, place, 2 * ARRAY_DIGITS)
        except CalcmlError:
            return None


def axes(e: Expr) -> list[Any]:
    """The sizes of an array that are not 1."""
    return [size for size in e.dims if not is_unit(size)]


def close(a: Grid, b: Grid) -> bool:
    """Whether elements are equal, but for rounding and differences."""
    largest = max(map(abs, [*a.items, *b.items]))
    spare = ARRAY_TOLERANCE * max(largest, DUST)
    return all(abs(x - y) <= spare for x, y in zip(a.items, b.items, strict=True))
