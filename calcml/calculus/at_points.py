"""Values of a derivative at single places: the limit of the difference quotient.

A formula of a slope may have no value where the function has a slope, as that of
where(x == 0, 1, sin(x)/x) has none at 0, or a value that is not its slope, as at a join
of branches. The expansions on both sides of a place know the slope exactly.

>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> x, f = symbol("x"), parse("sqrt(x^2 + x^4)*x")
>>> with_values(f, x, parse("x^2*(3*x^2 + 2)/sqrt(x^4 + x^2)"))
where(x == 0, 0, x^2*(3*x^2 + 2)/sqrt(x^4 + x^2))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial, reduce
from itertools import cycle
from typing import Any, NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.piecewise import shorter
from calcml.algebra.simplify import simplify
from calcml.calculus.at_regions import by_regions
from calcml.calculus.difference_quotients import told
from calcml.calculus.expansions import sides
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    coefficient,
    expression,
)
from calcml.calculus.expansions.quotients import (
    fails,
    has_value,
    is_alone,
    slope_at,
    value_of,
)
from calcml.calculus.kinks.places import Place, Switch, facts_at, places, switches
from calcml.calculus.lacking import ends, kinked, lacking
from calcml.calculus.limits import MOST_EXPANDED, MOST_LOOKED_AT, MOST_WITH_NAMES
from calcml.calculus.zeros.constants import sign
from calcml.core.budget import SpentError, at_most
from calcml.core.build import add, div, sub, substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ONE, ZERO, Expr, make, number, symbol, walk
from calcml.core.operations import FLOOR
from calcml.core.tensors import has_arrays

SOME = [
    number(Fraction(*v)) for v in ((9, 7), (13, 11), (17, 10), (5, 4), (19, 12), (8, 5))
]
Slope = Callable[..., Coefficient | None]
NOT_DECIDED = (UndecidedError, UndefinedError, CalcmlError)


class Points(NamedTuple):
    """Places, each with the slope there, and those where it is not decided."""

    rows: Mapping[Expr, Expr]  # the slope by a condition such as x == 0
    undecided: Sequence[Expr] = ()  # conditions


def with_values(
    root: Expr,
    x: Expr,
    slope: Expr,
    known: Facts | None = None,
    order: int = 1,
    below: Expr | None = None,
) -> Expr:
    """The derivative `slope` of `root` by `x`, with its values at single places.

    It may be one of a higher `order`, which is the slope of the one `below`.
    """
    search = _Search(root, x, slope, known or Facts(), order, below)
    rows = search.found().rows
    while slope.op == "where" and slope.args[0] in rows:
        slope = slope.args[2]
    slope = chosen(rows, slope)
    return slope if search.below is None else by_regions(search.below, x, slope)


def chosen(rows: Mapping[Expr, Expr], slope: Expr) -> Expr:
    """A slope that has the values of `rows` where their conditions hold."""
    values: dict[Expr, list[Expr]] = {}
    for condition, value in rows.items():
        values.setdefault(value, []).append(condition)
    for value, some in values.items():
        condition = reduce(lambda a, b: make("or", (a, b)), some)
        slope = make("where", (condition, value, slope))
    found = shorter(slope) if slope.op == "where" and rows else None
    return slope if found is None else found[1]


class _Search:
    """The places where a formula is not the derivative of `root` by `x`.

    Of a derivative of a higher order `below` is the one that it is the slope of, where
    that is known.
    """

    def __init__(
        self,
        root: Expr,
        x: Expr,
        slope: Expr,
        known: Facts,
        order: int = 1,
        below: Expr | None = None,
    ) -> None:
        self.root, self.x, self.slope = root, x, slope
        self.known, self.order = known, order
        self.below = root if order == 1 else below
        names = sorted(root.free_symbols - {x.value})
        self.values = {symbol(n): v for n, v in zip(names, cycle(SOME), strict=False)}

    def found(self) -> Points:
        """All that are found."""
        rows: dict[Expr, Expr] = {}
        undecided: dict[Expr, None] = {}
        nodes = walk(self.root, *([] if self.below is None else [self.below]))
        if not self._fits(nodes):
            return Points({})
        decided: set[tuple[Expr, Expr]] = set()
        for switch in self._met(nodes):
            if not switch.whole and self.known.nonzero(sub(switch.a, switch.b)):
                continue
            listed, _, unsolved = places([switch], self.x, self.known)
            undecided |= {make("eq", (s.a, s.b)): None for s in unsolved}
            for found in listed:
                place = self._exact(found)
                condition = self._condition(place)
                if (condition, place.at) in decided:
                    continue
                try:
                    news = self._at_place(place, condition)
                except NOT_DECIDED:
                    undecided[condition] = None
                    continue
                decided.add((condition, place.at))
                undecided.pop(condition, None)
                for there, value in news.items():
                    rows.setdefault(there, value)
        return Points(rows, tuple(undecided))

    def _exact(self, place: Place) -> Place:
        """The place, of which an approximate one that is met exactly is none."""
        difference = sub(place.switch.a, place.switch.b)
        there = or_none(substitute, difference, {self.x: place.at})
        met = place.approximate and there is not None and sign(there) == 0
        return place._replace(approximate=False) if met else place

    def _fits(self, nodes: Sequence[Expr]) -> bool:
        """Whether a function is looked at: a scalar, no long one."""
        named = self.slope.free_symbols - self.root.free_symbols  # in a text's names
        return not named and len(nodes) <= MOST_LOOKED_AT and not has_arrays(self.root)

    def _met(self, nodes: Sequence[Expr]) -> list[Switch]:
        """Parts of the function that meet where the formula may not be its slope."""
        smooth = not kinked([*nodes, *walk(self.slope)])
        if (smooth or self._is_joined()) and self._has_values():
            single = [] if self.values else ends(self.have, self.x, self.known)
            return [Switch(a, b) for a, b in single]
        pairs = dict.fromkeys(lacking(nodes, self.x))
        if self.values or not kinked(nodes):
            return [Switch(a, b) for a, b in pairs]
        found = [*switches(self.root, self.x)]
        listed = {(s.a, s.b) for s in found}
        return [*found, *[Switch(*pair) for pair in pairs if pair not in listed]]

    def _is_joined(self) -> bool:
        """Whether the slope is that of an extreme along the variable, ties and all."""
        from calcml.calculus.branches.extremes import joins

        return self.order == 1 and joins(self.root) is not None

    @cached_property
    def have(self) -> Sequence[Expr]:
        """The conditions of the function."""
        return conditions(self.root)

    def _has_values(self) -> bool:
        """Whether the formula has a value wherever its function has one."""
        asked = [c for c in conditions(self.slope) if c not in self.have]
        if not asked:
            return True
        known = self.known.and_where_defined(self.have)
        return all(known.decide(c) is True for c in asked)

    def _condition(self, place: Place) -> Expr:
        """That the variable is at the place, or at any of a family."""
        if place.switch.whole and place.n is not None:
            whole = place.switch.a
            return make("eq", (whole, make(FLOOR, (whole,))))
        if place.n is not None or place.given or place.approximate:
            return make("eq", (place.switch.a, place.switch.b))
        return make("eq", (self.x, place.at))

    def _at_place(self, place: Place, condition: Expr) -> Mapping[Expr, Expr]:
        """The slope where the formula does not have it, by its condition."""
        if place.n is not None:
            from calcml.calculus.at_families import of_family

            root = self.root if self.order == 1 else None
            mended = partial(self._mended, condition=condition)
            return of_family(place, condition, root, self.x, self.slope, mended)
        value = self._mended(place, condition)
        return {} if value is None else {condition: value}

    def _mended(self, place: Place, condition: Expr) -> Expr | None:
        """The slope at one place where the formula does not have it; None else."""
        known = [self.known.decide(c) for c in place.given]
        if place.approximate or any(truth is not True for truth in known):
            raise UndecidedError
        own = self._ball(self.slope, place.at)
        if self._is_told(place.at, own):
            return None
        ring = Ring(facts_at(place, self.x, self.known))
        at = coefficient(place.at)
        corners = own is None or not self.values  # else the whole gradient counts
        try:
            value = self._value(at, ring, corners)
        except UndecidedError:
            value = self._within(self._of_signs, place, corners)
        if value is None:
            point = {**self.values, self.x: place.at}
            valued = own is not None or has_value(self.slope, point)
            if not valued or not is_alone(self.root, self.x, at, ring):
                return None
            put = or_none(simplify, substitute(self.root, point))
            inside = put is not None and has_value(put, {})
            return simplify(div(ONE, sub(*condition.args))) if inside else None
        if own is not None or not fails(self.slope, {**self.values, self.x: place.at}):
            there = or_none(sides.value_at, self.slope, self.x, at, ring)
            if there is not None and sides.same(there, value, ring):
                return None
        return simplify(expression(value))

    def _of_signs(self, place: Place, corners: bool) -> Coefficient | None:
        """The slope for both signs of the one parameter; where it is 0 it is 0, too."""
        p, *others = self.values or [self.x]
        flat = None if others else or_none(substitute, self.root, {p: ZERO})
        if p is self.x or flat is None or self.x in walk(flat):
            raise UndecidedError
        at, values = coefficient(place.at), list[Coefficient]()
        for op in ("gt", "lt"):
            known = Facts((*self.known.conditions, make(op, (p, ZERO))))
            ring = Ring(facts_at(place, self.x, known))
            if not is_alone(self.root, self.x, at, ring):
                value = self._value(at, ring, corners)
                if value is None:
                    raise UndecidedError
                values.append(value)
        if not values or not sides.same(values[0], values[-1], Ring()):
            raise UndecidedError
        if or_none(sign, substitute(expression(values[0]), {p: ZERO})) != 0:
            raise UndecidedError
        return values[0]

    def _value(self, at: Coefficient, ring: Ring, corners: bool) -> Coefficient | None:
        """The slope at a place; None where there is none."""
        try:
            whole = self.root, self.x, at, ring, self.order, corners
            return self._within(slope_at, *whole)
        except NOT_DECIDED:
            if self.order == 1 or self.below is None:
                raise
        return self._within(slope_at, self.below, self.x, at, ring, 1, corners)

    def _within(self, call: Slope, *args: Any) -> Coefficient | None:
        """A slope found within the work for one place; UndecidedError beyond."""
        try:
            with at_most(MOST_WITH_NAMES if self.values else MOST_EXPANDED):
                return call(*args)
        except SpentError:
            raise UndecidedError from None

    def _is_told(self, at: Expr, own: Any) -> bool:
        """Whether numbers show that there is no slope, or that the formula has it.

        Other variables have some values. This spares expansions; what looks otherwise
        is decided by them. `own` is the formula's value.
        """
        if self.below is None:
            return own is not None
        start = self._ball(self.below, at)
        if start is None:
            if at.free_symbols:
                raise UndecidedError
            if fails(self.root, {**self.values, self.x: at}):
                return True
        below = self.below
        return told(lambda h: self._ball(below, add(at, number(h))), start, own)

    def _ball(self, e: Expr, at: Expr) -> Any:
        """A value; None where it is undefined, or not told."""
        there = or_none(substitute, at, self.values)
        return None if there is None else value_of(e, {**self.values, self.x: there})
