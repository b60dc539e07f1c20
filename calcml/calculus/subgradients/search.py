"""The slopes of least norm of a function of some variables, place by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from calcml.algebra.simplify import simplify
from calcml.calculus.alone import bends
from calcml.calculus.chain_rule import reverse
from calcml.calculus.limits import LONG_CHOICE, MOST_REGIONS, MOST_SEARCHED
from calcml.calculus.subgradients.cells import (
    Place,
    at_place,
    cells,
    may_be_round,
    spelled,
)
from calcml.calculus.subgradients.least import least_norm
from calcml.calculus.subgradients.places import key, on, places, switches
from calcml.calculus.subgradients.regions import (
    AsksError,
    Region,
    divided,
    sign_of,
)
from calcml.calculus.subgradients.rounded import of_ball, where_zero
from calcml.calculus.zeros.polynomials import normal
from calcml.core.budget import SpentError, at_most
from calcml.core.build import sub
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ZERO, Expr, symbol, walk
from calcml.functions import FUNCTIONS

EVERYWHERE = Place({})


class Slope(NamedTuple):
    """The gradient of least norm at a place, as far as other switches keep a sign."""

    place: Place
    region: Region
    gradient: Mapping[Expr, Expr]
    plain: Callable[[], Mapping[Expr, Expr] | None]  # in variables that the place fixes
    spelled: dict[Expr, Expr | None]

    def short(self, v: Expr) -> Expr | None:
        """An entry of the gradient as it is written; None where that is long."""
        if v not in self.spelled:
            form = self.gradient[v]
            if form.free_symbols and not self.place.is_point:
                plain = self.plain()
                other = plain[v] if plain else form
                form = min(form, other, key=lambda form: len(walk(form)))
            best = simplify(form)
            self.spelled[v] = None if len(walk(best)) > LONG_CHOICE else best
        return self.spelled[v]


class Found(NamedTuple):
    """Where the slope of least norm is known, and at which places it is not."""

    slopes: tuple[Slope, ...] = ()
    untold: tuple[Place, ...] = ()


@lru_cache(maxsize=64)
def found(root: Expr) -> Found:
    """The slopes of a function of scalars at all places where switches are 0."""
    try:
        return _Search(root).found()
    except CalcmlError:
        return Found((), (EVERYWHERE,))


class _Search:
    """The slopes of a function at its places, region by region."""

    def __init__(self, root: Expr) -> None:
        self.f = spelled(root)
        row = FUNCTIONS.get(root.op)
        picks = row is not None and bool(row.picks)
        self.bounds = picks or not bends(root)  # one row has its own slope
        self.variables = [symbol(name) for name in sorted(root.free_symbols)]
        self.slopes: list[Slope] = []
        self.untold: dict[object, Place] = {}
        self.places: dict[object, Place] = {}

    def found(self) -> Found:
        """All of them."""
        listed, whole = places(switches(self.f), self.variables)
        if not whole:
            self._miss(EVERYWHERE)
        for node in filter(may_be_round, walk(self.f)):
            if or_none(self._look_at_norm, node) is None:
                self._miss(EVERYWHERE)
        self.places = {key(place): place for place in listed}
        later = [place for place in listed if len(place.values) < len(self.variables)]
        try:
            with at_most(MOST_SEARCHED):
                for place in listed:  # single points are soon told
                    if place not in later:
                        self._look(place)
                for place in later:
                    self._look(place)
                for place in [*self.places.values()][len(listed) :]:
                    self._look(place)
        except SpentError:
            self._miss(EVERYWHERE)
        self.slopes.sort(key=lambda s: len(s.place.values))
        return Found(tuple(self.slopes), tuple(self.untold.values()))

    def _miss(self, place: Place) -> None:
        self.untold.setdefault(key(place), place)

    def _look(self, place: Place) -> None:
        """The slopes in the regions of a place, divided where a sign decides."""
        regions: list[Region] = [{}]
        for _ in range(MOST_REGIONS):
            if not regions:
                return
            region = regions.pop()
            try:
                slope = self._slope(place, region)
            except AsksError as asks:
                regions += divided(region, asks, self._free(place))
                if asks.among:
                    self._meet(place, region, asks.asked)
                continue
            except CalcmlError:
                self._miss(place)
                continue
            if slope is not None:
                self.slopes.append(slope)
        if regions:
            self._miss(place)

    def _free(self, place: Place) -> set[str]:
        return {v.value for v in self.variables if v not in place.values}

    def _look_at_norm(self, norm: Expr) -> bool:
        """The slopes where it is 0."""
        for place in where_zero(norm, self.variables):
            made = of_ball(self.f, norm, place, self.variables)
            gradient = dict(zip(self.variables, made, strict=True))
            self.slopes.append(Slope(place, {}, gradient, lambda: None, {}))
        return True

    def _meet(self, place: Place, region: Region, u: Expr) -> None:
        """Other gradients have the least norm beyond: there both may lack a value."""
        more, whole = on(place, u, self.variables)
        if not whole:
            self._miss(place)
        for new in more:
            ways = [(sign_of(new.at(u)), way) for u, way in region.items()]
            if not any(found and found * way < 0 for found, way in ways):
                self.places.setdefault(key(new), new)

    def _slope(self, place: Place, region: Region) -> Slope | None:
        """The gradient of least norm in a region; None where there is a jump."""
        beside = cells(self.f, place, region)
        values = {place.at(g) for g in beside} | {at_place(self.f, place, region)}
        first = values.pop()
        if any(normal(sub(value, first)) is not ZERO for value in values):
            return None
        rows = [reverse(g, self.variables) for g in beside]

        def least(rows: Sequence[Sequence[Expr]]) -> Mapping[Expr, Expr]:
            made = least_norm(rows, place, self.variables, region, self.bounds)
            return dict(zip(self.variables, made, strict=True))

        @cache
        def plain() -> Mapping[Expr, Expr] | None:
            return or_none(least, [[normal(s) for s in row] for row in rows])

        found = least([[place.at(s) for s in row] for row in rows])
        return Slope(place, region, found, plain, {})
