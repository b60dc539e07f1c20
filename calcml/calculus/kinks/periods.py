"""Families of places that have a period in common, each place told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from calcml.algebra.canonical import tidy
from calcml.calculus.chain_rule import forward
from calcml.calculus.kinks.families import (
    TRIED,
    SplitError,
    alike,
    family_of,
    name_of,
    reaches,
)
from calcml.calculus.kinks.kink import Kink
from calcml.calculus.kinks.limits import MOST_OF_FAMILIES, MOST_SHARED
from calcml.calculus.kinks.places import Place
from calcml.calculus.zeros.constants import is_closed, near, shortened, simple
from calcml.core.budget import SpentError, at_most
from calcml.core.build import add, div, mul, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import PI, Expr, number, symbol, walk
from calcml.functions import FUNCTIONS

MOVED = symbol("\u00b7t")  # a function of the circle
DIGITS = 10**30  # places that are nearer than one over it are one


class Part(NamedTuple):
    """A family, and its places in the period that no family before it has.

    Each is a family itself, with the period for its step. `alone` says that no place of
    the family was left out.
    """

    family: Place
    places: list[Place]
    alone: bool


def in_one_period(families: Sequence[Place]) -> tuple[Expr, list[Part]] | None:
    """The period that families have in common, and their places in it.

    None where there is none, and where there are too many places.
    """
    lines = [_line(family) for family in families]
    known = [line for line in lines if line is not None]
    if len(known) < max(2, len(lines)):
        return None
    sizes = [near(step) for _, step in known]
    first = sizes[0]
    ratios = [simple(size / first) if size and first else None for size in sizes]
    turns = [r for r in ratios if r is not None]
    if len(turns) < len(known):
        return None
    tops, bottoms = zip(*[r.as_integer_ratio() for r in turns], strict=True)
    least = Fraction(lcm(*tops), gcd(*bottoms))
    counts = [int(least / r) for r in turns]
    if sum(counts) > MOST_SHARED:
        return None
    period = shortened(mul(number(least), known[0][1]))
    met: set[int] = set()
    parts = []
    for family, (start, step), count in zip(families, known, counts, strict=True):
        places = [
            place
            for k in range(count)
            if (place := _member(family, add(start, mul(number(k), step)), period, met))
        ]
        parts.append(Part(family, places, len(places) == count))
    return period, parts


def _line(family: Place) -> tuple[Expr, Expr] | None:
    """Start and step of a family, if it is linear in its integer, which may be any."""
    ends = [substitute(family.at, {family.integer: number(k)}) for k in (0, 1, 2)]
    start, one, two = map(shortened, ends)
    step = shortened(sub(one, start))
    linear = is_closed(step) and is_closed(start) and shortened(sub(two, one)) is step
    return (start, step) if linear and not family.given else None


def _member(family: Place, at: Expr, period: Expr, met: set[int]) -> Place | None:
    """The family of one place and its period; None where it was met."""
    where, size = near(at), near(period)
    assert where is not None
    assert size is not None
    turns = round(where / size * DIGITS) // DIGITS
    key = round((where / size - turns) * DIGITS)
    if key in met:
        return None
    met.add(key)
    start = shortened(sub(at, mul(number(turns), period)))
    return family._replace(at=shortened(add(mul(period, family.integer), start)))


def repeats(root: Expr, x: Expr, period: Expr) -> bool:
    """Whether x is in functions of the circle alone, which two periods turn whole."""
    turning = {
        node: MOVED
        for node in walk(root)
        if (row := FUNCTIONS.get(node.op)) is not None
        and row.circle
        and _half_turns(node.args[0], x, period)
    }
    return x.value not in substitute(root, turning).free_symbols


def _half_turns(angle: Expr, x: Expr, period: Expr) -> bool:
    """Whether an angle grows by whole multiples of pi in a period."""
    slope = tidy(forward(angle, x))
    turns = near(div(mul(slope, period), PI)) if is_closed(slope) else None
    found = simple(turns) if turns else None
    return found is not None and found.denominator == 1


class Repeated:
    """The kinks of families of places, added to others; `complete` if these are all."""

    def __init__(
        self,
        root: Expr,
        x: Expr,
        at: Callable[[Place], Kink | None],
        single: Sequence[Expr],
    ) -> None:
        self.root, self.x, self.at, self.single = root, x, at, single
        self.complete = True
        self.integers: Sequence[int] = TRIED

    def joined(
        self, families: Sequence[Place], found: list[Kink], shared: bool
    ) -> list[Kink]:
        """All kinks, as far as those of families cost no more than is allowed."""
        both = or_none(in_one_period, families) if shared else None
        parts = [Part(family, [family], False) for family in families]
        if both is not None:
            period, parts = both
            self.integers = (0, 1) if repeats(self.root, self.x, period) else TRIED
        try:
            with at_most(MOST_OF_FAMILIES):
                for part in parts:
                    found = self._with_part(part, found)
        except SpentError:
            self.complete = False
        return found

    def _with_part(self, part: Part, found: list[Kink]) -> list[Kink]:
        """The kinks of one family, too, as one where they differ by their places."""
        before = {id(kink) for kink in found}
        for place in part.places:
            found = self._with_family(place, found)
        news = [kink for kink in found if id(kink) not in before]
        if not part.alone or len(news) < len(part.places) or not alike(news):
            return found
        name = name_of(part.family, news[0].where)
        named = f"{name}, {part.family.integer} in integers"
        kept = [kink for kink in found if id(kink) in before]
        return [*kept, replace(news[0], where=named)]

    def _with_family(self, place: Place, found: list[Kink]) -> list[Kink]:
        try:
            family = family_of(place, self.at, self.single, self.integers)
        except SplitError:
            family = None
        if family is None:
            self.complete = False
            return found
        self.complete = self.complete and reaches(place, self.single)
        covered, kinks = family
        kept = [k for k in found if k.at is None or not covered(k.at)]
        return [*kept, *[k for k in kinks if all(k.where != o.where for o in kept)]]
