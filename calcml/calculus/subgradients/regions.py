"""The parts of a place in which what decides there keeps its sign."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import lru_cache
from math import lcm

from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear, written
from calcml.calculus.line import in_order, samples
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import is_closed, near, sign
from calcml.calculus.zeros.polynomials import factors
from calcml.core.build import substitute
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, make, number, symbol

NOTHING = Facts()
TRIED = 20  # points
SOMEWHERE = number(Fraction(9, 7))

Region = Mapping[Expr, int]  # signs; 2 and -2 where 0 belongs to the first


class UntoldError(UnsupportedError):
    """What a function does beside a place is not found out."""


class AsksError(UntoldError):
    """The sign of an expression decides; where it is 0 others may tell, or not."""

    def __init__(self, asked: Expr, among: bool = False) -> None:
        super().__init__(f"the sign of {asked}")
        self.asked, self.among = asked, among


def told_sign(there: Expr, region: Region, among: bool = False) -> int:
    """The sign of what is not 0 everywhere at a place; AsksError where a part decides.

    With `among`, of what decides among slopes: where it is 0, both sides are right.
    """
    known = sign_of(there)
    if known:
        return known
    which, parts = factors(there)
    facts = known_in(tuple(conditions(region)))
    for u, e in parts.items():
        if e % 2:
            way = sign_of(u, facts) or region.get(u)
            if way is None:
                raise AsksError(u, among)
            which *= 1 if way > 0 else -1
    return which


def sign_of(e: Expr, known: Facts = NOTHING) -> int | None:
    """The sign that an expression has for all values of its variables."""
    if is_closed(e):
        return sign(e)
    return 1 if known.positive(e) else -1 if known.negative(e) else None


def numeric(e: Expr) -> Fraction:
    """A number, exactly or to many digits; UntoldError where it is none."""
    if e.op == "number":
        return Fraction(e.value)
    exact = evaluate(e)
    if exact is not None:
        return Fraction(exact)
    value = near(e) if is_closed(e) else None
    if value is None:
        raise UntoldError("it depends on other variables")
    return value


# --- regions -----------------------------------------------------------------------


def divided(region: Region, asked: AsksError, names: Collection[str]) -> list[Region]:
    """The parts of a region of a place, in some variables, beside what asks."""
    ways = (2, -2) if asked.among else (1, -1)
    parts: list[Region] = [{**region, asked.asked: way} for way in ways]
    return [part for part in parts if not _is_empty(part, names)]


def _is_empty(region: Region, names: Collection[str]) -> bool:
    if or_none(known_in, tuple(conditions(region))) is None:
        return True
    return len(names) == 1 and or_none(sample, names, region) == {}


def conditions(region: Region) -> list[Expr]:
    """What holds in a part of a place."""
    return [meeting(_COMPARED[way], u) for u, way in region.items()]


_COMPARED = {1: "gt", 2: "ge", -1: "lt", -2: "lt"}


@lru_cache(maxsize=500)
def known_in(conditions: tuple[Expr, ...]) -> Facts:
    """What follows from some conditions."""
    return Facts(conditions)


def sample(names: Collection[str], region: Region) -> dict[Expr, Expr]:
    """A value of the one variable of a curve at which signs hold; nothing if none."""
    names = {*names}.union(*[u.free_symbols for u in region])
    if len(names) != 1:
        raise UntoldError("it depends on other variables")
    (p,) = map(symbol, names)
    solved = [zeros(u, p) for u in region]
    ordered = in_order({at for found in solved for at in found.points})
    tried = samples(ordered) if ordered else None
    for at in (tried or [SOMEWHERE])[::2]:
        ways = [(sign(substitute(u, {p: at})), way) for u, way in region.items()]
        if all(found and found * way > 0 for found, way in ways):
            return {p: at}
    if not all(found.complete for found in solved):
        raise UntoldError("no point of a region is found")
    return {}


def differs(off: Expr, region: Region) -> bool:
    """Whether an expression is seen not to be 0 at a point of a region."""
    names = off.free_symbols.union(*[u.free_symbols for u in region])
    for turn in range(TRIED if names else 1):
        values = [number(Fraction((7 * turn + 5 * i) % 23 - 11, 3)) for i in range(3)]
        point = {symbol(n): at for n, at in zip(sorted(names), values, strict=False)}
        there = [(or_none(sign_at, u, point), way) for u, way in region.items()]
        if all(found and found * way > 0 for found, way in there):
            return bool(or_none(sign_at, off, point))
    return False


def sign_at(e: Expr, point: Mapping[Expr, Expr]) -> int | None:
    """The sign of an expression at a point of numbers."""
    return sign(substitute(e, point))


def meeting(op: str, u: Expr) -> Expr:
    """A comparison of a difference with 0, what is taken off on the other side."""
    form = linear(u) or {u: 1}
    scale = lcm(*[Fraction(c).denominator for c in form.values()])
    minus = {t: -c for t, c in form.items() if c < 0}
    plus = {t: c for t, c in form.items() if c > 0}
    return make(op, (written(plus, scale), written(minus, scale)))
