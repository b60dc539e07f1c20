"""Kinks that repeat: one for each integer, told by a few of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.expansions.limits import equal
from calcml.calculus.kinks.kink import EXPRESSIONS, Kink
from calcml.calculus.kinks.places import Place
from calcml.calculus.zeros import constants
from calcml.calculus.zeros.constants import shortened
from calcml.core.build import add, mul, sub, substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import ZERO, Expr, number
from calcml.printing import text

TRIED = (*range(-4, 5), 7, -6)
# Without the place itself; the slope last, which may be told by the ends.
FIELDS = sorted(EXPRESSIONS[1:], key="slope".__eq__)


class SplitError(Exception):
    """What happens at a place depends on a condition."""

    def __init__(self, condition: Expr) -> None:
        self.condition = condition


Covered = Callable[[Expr], bool]
Found = Mapping[int, Kink | None]


def family_of(
    place: Place,
    at: Callable[[Place], Kink | None],
    others: Sequence[Expr],
    integers: Sequence[int] = TRIED,
) -> tuple[Covered, list[Kink]] | None:
    """The kinks of a family, and which single places are among them.

    None where no pattern is seen in them at some `integers`.
    """
    on_it = {p: k for p in others if (k := _integer_at(place, p)) is not None}
    found: dict[int, Kink | None] = {}
    for k in dict.fromkeys((*integers, *on_it.values())):
        there = member(place, k)
        if there is not None:
            found[k] = at(there)
    made = _pattern(place, found)
    return None if made is None else (lambda p: p in on_it, made)


def reaches(place: Place, others: Sequence[Expr]) -> bool:
    """Whether the integers that are tried reach beyond all single places.

    Else something may change where nothing was tried.
    """
    n = place.integer
    try:
        tried = [constants.near(substitute(place.at, {n: number(k)})) for k in TRIED]
        ends = [v for v in tried if v is not None]
        singles = [constants.near(p) for p in others if constants.is_closed(p)]
    except CalcmlError:
        return False
    return all(
        v is None or min(ends, default=v) <= v <= max(ends, default=v) for v in singles
    )


def member(place: Place, k: int) -> Place | None:
    """The place for one integer, if its condition allows it."""
    values = {place.integer: number(k)}
    try:
        given = [substitute(c, values) for c in place.given]
        if any(constants.truth(c) is False for c in given if not c.free_symbols):
            return None
        where = shortened(substitute(place.at, values))
    except CalcmlError:
        return None
    if constants.is_closed(where) and constants.near(where) is None:
        return None
    rest = tuple([c for c in given if c.free_symbols])
    return place._replace(at=where, n=None, given=rest)


def _integer_at(place: Place, p: Expr) -> int | None:
    """The integer for which a family is at p, if it is linear in its integer."""
    try:
        start, one = [substitute(place.at, {place.integer: number(k)}) for k in (0, 1)]
        if not all(map(constants.is_closed, (start, one, p))):
            return None
        step = constants.near(sub(one, start))
        reach = constants.near(sub(p, start))
    except CalcmlError:
        return None
    if not step or reach is None:
        return None
    k = reach / step
    return round(k) if abs(k - round(k)) * 10**60 < 1 else None


def _pattern(place: Place, found: Found) -> list[Kink] | None:
    """One kink for all integers, or for those of one parity or sign, and exceptions."""
    if not any(found.values()):
        return []
    n = place.integer.value
    for op, sign in SIGNS.items():
        holds = {k: not op or ARITHMETIC[op](k, 0) for k in found}
        inside = {k: v for k, v in found.items() if holds[k]}
        outside = [v for k, v in found.items() if not holds[k] and v is not None]
        if len(outside) > 1 or not any(inside.values()):
            continue
        words = f", {n} {sign} 0" if sign else ""
        whole = _common(place, inside, f"{n} in integers{words}")
        if whole is not None:
            return [whole, *outside]
        split = _by_parity(place, inside, words)
        if split is not None:
            return [*split, *outside]
    return None


SIGNS = {"": "", "ge": ">=", "le": "<=", "gt": ">", "lt": "<", "ne": "!="}


def _by_parity(place: Place, found: Found, words: str) -> list[Kink] | None:
    """One kink for the even integers and one for the odd ones, or one of both."""
    made: list[Kink] = []
    for parity, name in ((0, "even"), (1, "odd")):
        part = {k: v for k, v in found.items() if k % 2 == parity}
        if any(part.values()):
            kink = _common(place, part, f"{place.integer.value} {name}{words}")
            if kink is None:
                return None
            made.append(kink)
    return made


def _common(place: Place, found: Found, words: str) -> Kink | None:
    """The kink that all of them are, with values that go with the integer."""
    kinks = [v for v in found.values() if v is not None]
    n = place.integer
    if len(kinks) < len(found) or len({(k.kind, k.convex) for k in kinks}) > 1:
        return None
    fitted: dict[str, Expr | None] = {}
    for name in FIELDS:
        values = {k: getattr(v, name) for k, v in found.items()}
        if all(v is None for v in values.values()):
            fitted[name] = None
            continue
        made = _fitted(values, n)
        if made is None and name == "slope":
            made = _between(fitted, values, n)
        if made is None:
            return None
        fitted[name] = made
    limits = [text(c) for c in place.given if n.value in c.free_symbols]
    where = ", ".join([name_of(place, kinks[0].where), words, *limits])
    return replace(kinks[0], where=where, at=None, **fitted)  # type: ignore[arg-type]


def alike(kinks: Sequence[Kink]) -> bool:
    """Whether kinks of all integers differ by their places alone."""
    whole = all(k.where.endswith(" in integers") for k in kinks)
    different = {(k.kind, k.note, *[getattr(k, f) for f in FIELDS]) for k in kinks}
    return whole and len(different) == 1


def name_of(place: Place, one: str) -> str:
    """The family as text: x = n/2, or the surfaces x*y = n."""
    if place.switch.whole and place.at.free_symbols != {place.integer.value}:
        return f"{text(place.switch.a)} = {place.integer.value}"
    variable, _, _ = one.partition(" = ")
    return f"{variable} = {text(place.at)}"


def _fitted(values: Mapping[int, Expr | None], n: Expr) -> Expr | None:
    """A polynomial in n of a degree up to 2 that has all the values."""
    known = {k: v for k, v in values.items() if v is not None}
    if len(known) < len(values):
        return None
    places = list(known)
    for size in range(1, min(4, len(places))):
        made = _through({k: known[k] for k in places[:size]}, n)
        if all(_same(substitute(made, {n: number(k)}), v) for k, v in known.items()):
            return made
    return None


def _between(
    fitted: Mapping[str, Expr | None], values: Mapping[int, Expr | None], n: Expr
) -> Expr | None:
    """The number of least norm between the ends, if that has all the values."""
    low, high = fitted.get("low"), fitted.get("high")
    if low is None or high is None:
        return None
    from calcml.calculus.subgradients.least import smallest

    made = smallest(low, [simplify(sub(high, low))], Facts())
    off = [v and sub(substitute(made, {n: number(k)}), v) for k, v in values.items()]
    return made if all(e and or_none(constants.sign, e) == 0 for e in off) else None


def _same(a: Expr, b: Expr) -> bool:
    return equal(a, b) is True or constants.sign_or_none(sub(a, b)) == 0


def _through(values: Mapping[int, Expr], n: Expr) -> Expr:
    """The polynomial of least degree through some values, after Lagrange."""
    total: Expr = ZERO
    for k, value in values.items():
        part = value
        for other in values:
            if other != k:
                factor = number(Fraction(1, k - other))
                part = mul(part, mul(factor, sub(n, number(other))))
        total = add(total, part)
    return simplify(total) if len(values) > 1 else total
