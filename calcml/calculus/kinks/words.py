"""How places and kinks are named: what stands in a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from calcml.algebra.simplify import simplify
from calcml.calculus.expansions.coefficients import Coefficient
from calcml.calculus.kinks.kink import EXPRESSIONS, Kink
from calcml.calculus.kinks.limits import DIGITS, LONG
from calcml.calculus.kinks.places import Place, Switch, tidy_sides
from calcml.calculus.zeros import constants
from calcml.calculus.zeros.polynomials import as_decimal
from calcml.core.build import substitute
from calcml.core.comparisons import OPEN
from calcml.core.decimals import numeral
from calcml.core.errors import CalcmlError
from calcml.core.expr import CONDITIONS, Expr, make, walk
from calcml.core.flat import joined
from calcml.printing import text


def where(place: Place, x: Expr, scale: Coefficient | None) -> str:
    """The place as text: x = 0, or the surface w*x + b = 0."""
    if constants.is_closed(place.at):
        return f"{x.value} = {text(_short(place.at))}"
    if place.n is not None or not place.only or _rises(scale):
        return f"{x.value} = {text(place.at)}"
    return meeting(place, "=")


def _rises(scale: Coefficient | None) -> bool:
    """Whether a switch rises with the variable, so that the sides are its sides."""
    return isinstance(scale, Fraction) and scale > 0


def sides_of(place: Place, x: Expr, scale: Coefficient | None) -> tuple[str, str]:
    """The sides of a surface: where its switch is negative, and positive."""
    if not place.only or (_rises(scale) and constants.is_closed(place.at)):
        return "", ""
    if place.switch.whole:
        n = "n" if place.n is None else place.n.value
        a = text(place.switch.a)
        return f"{a} < {n}", f"{a} > {n}"
    if _rises(scale):
        at = text(place.at)
        return f"{x.value} < {at}", f"{x.value} > {at}"
    return meeting(place, "<"), meeting(place, ">")


def not_solved(switch: Switch) -> Kink:
    """What is told of a switch whose place is not found."""
    place = Place(switch.a, switch)
    end = f"{text(switch.a)} in integers" if switch.whole else meeting(place, "=")
    return Kink(end, "singular", note="not decided: it was not solved")


def meeting(place: Place, sign: str) -> str:
    """Both sides of a switch with a sign between them."""
    a, b = place.switch.a, place.switch.b
    if a.op == "number" and b.op != "number":
        a, b, sign = b, a, {"<": ">", ">": "<", "=": "="}[sign]
    return f"{text(a)} {sign} {text(b)}"


def condition_of(
    place: Place, x: Expr, decided: Callable[[Expr], bool | None]
) -> Expr | None:
    """What else must hold at a place, without what is known to hold."""
    inside = [make(OPEN.get(c.op, c.op), c.args) for c in place.given]
    both = (*place.switch.given, *inside)
    told = [tidied(substitute(c, {x: place.at})) for c in both]
    asked = [
        c for c in told if c is not None and c.op != "ne" and decided(c) is not True
    ]
    return joined("and", asked)


def tidied(condition: Expr) -> Expr | None:
    """A condition with both sides tidied; None where it has no variables."""
    if constants.is_closed(condition) or not condition.args:
        return None
    if condition.args[0].op in CONDITIONS:
        return condition
    return tidy_sides(condition)


def _changed(kink: Kink, change: Callable[[Expr], Expr]) -> Kink:
    values = {name: getattr(kink, name) for name in EXPRESSIONS}
    news: dict[str, Any] = {n: change(e) for n, e in values.items() if e is not None}
    return replace(kink, **news)


def decimals(kink: Kink) -> Kink:
    """A kink whose numbers that are not exact are short decimals."""
    return _changed(kink, lambda e: _short(e) if constants.is_closed(e) else e)


def shortest(kink: Kink) -> Kink:
    """A kink whose terms in other variables are short."""

    def short(e: Expr) -> Expr:
        try:
            return simplify(e) if e.args and not constants.is_closed(e) else e
        except CalcmlError:
            return e

    return _changed(kink, short)


def as_typed(kink: Kink) -> Kink:
    """A kink whose fractions are decimals, as the formula's numbers are."""

    def typed(e: Expr) -> Expr:
        broken = e.op == "number" and e.value.denominator > 1
        return numeral(e.value, True) if broken else e

    return _changed(kink, typed)


def _short(e: Expr) -> Expr:
    """A number of many figures as a decimal of DIGITS digits."""
    if not any(n.op == "number" and len(n.text) > LONG for n in walk(e)):
        return e
    near = constants.near(e)
    return e if near is None else as_decimal(near, DIGITS)


def ordered(kink: Kink) -> tuple[int, Fraction, str]:
    """What kinks are sorted by: single points in rising order, then the others."""
    if kink.at is None:
        return 1, Fraction(0), kink.where
    return 0, constants.near(kink.at) or Fraction(0), kink.where
