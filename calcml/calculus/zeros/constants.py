"""Numbers that expressions without variables are: their signs, and shorter spellings.

A value within 10^-TINY of 0 is taken for 0: no expression that a person writes comes so
near without being 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import Any

from calcml.algebra.canonical import tidy
from calcml.calculus.zeros.limits import BALL_DIGITS, LARGEST, TINY
from calcml.core.build import div, mul, neg, sub
from calcml.core.comparisons import COMPARISONS
from calcml.core.errors import or_none
from calcml.core.exact import ARITHMETIC, evaluate
from calcml.core.expr import CONDITIONS, PI, ZERO, Expr, make, number, walk
from calcml.core.operations import CBRT, SQRT
from calcml.evaluate.balls import excludes_zero, glance
from calcml.evaluate.limits import MAX_SIZE

PLAIN = frozenset(("add", "sub", "mul", "div", "neg", "pow", SQRT))


def is_closed(e: Expr) -> bool:
    """Whether no variables occur, so that there is one value."""
    return not e.free_symbols


@lru_cache(maxsize=2_000)
def ball(e: Expr) -> Any:
    """The real ball of a closed expression; None where it has none or is not real."""
    (found,) = or_none(glance, [e], {}, BALL_DIGITS) or (None,)
    if found is None or not found.imag.contains(0):
        return None
    if not found.imag.is_zero() and not _small(found.imag):
        return None
    return found.real


@lru_cache(maxsize=2_000)
def sign(e: Expr) -> int | None:
    """-1, 0 or 1 of a closed expression; None where it has no value or is not told."""
    if e.op == "number":
        return int(e.value > 0) - int(e.value < 0)
    exact = evaluate(e)
    if exact is not None and not isinstance(exact, bool):
        return (exact > 0) - (exact < 0)
    value = ball(e)
    if value is None:
        return None
    if excludes_zero(value):
        return 1 if value > 0 else -1
    return 0 if _small(value) else None


def truth(condition: Expr, sign_of: Callable[[Expr], int | None] = sign) -> bool | None:
    """The truth of a condition by the signs of its differences; None if not told.

    A closed condition has the signs of numbers.
    """
    known: dict[Expr, bool | None] = {}
    for node in walk(condition):
        if node.op not in CONDITIONS:
            continue
        if node.op in COMPARISONS:
            which = sign_of(sub(*node.args))
            known[node] = None if which is None else bool(ARITHMETIC[node.op](which, 0))
            continue
        parts = [known.get(a) for a in node.args]
        if node.op == "not":
            known[node] = None if parts[0] is None else not parts[0]
            continue
        decisive = node.op == "or"
        rest = None if None in parts else not decisive
        known[node] = decisive if decisive in parts else rest
    return known[condition]


def near(e: Expr) -> Fraction | None:
    """A rational number within 10^-TINY of a closed expression; none of many digits."""
    if e.op == "number":
        return Fraction(e.value)
    value = ball(e)
    if value is None or int(value.mid().man_exp()[1]) < -MAX_SIZE:
        return None
    return fraction(value)


def fraction(value: Any) -> Fraction:
    """The middle of a real ball, exactly."""
    middle = value.mid()
    mantissa, exponent = middle.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _small(value: Any) -> bool:
    return bool(abs(value).upper() * 10**TINY < 1)


def shortened(e: Expr) -> Expr:
    """A closed expression as a rational number, that times pi, or a root, if it is one.

    Others are tidied; those with variables, too.
    """
    e = tidy(e)
    if e.op == "number" or not is_closed(e):
        return e
    return _recognised(e) or e


@lru_cache(maxsize=2_000)
def _recognised(e: Expr) -> Expr | None:
    value = near(e)
    if value is None:
        return None
    if sign(e) == 0:
        return ZERO
    rational = simple(value)
    if rational is not None:
        return number(rational)
    order = walk(e)
    broken = any(n.op == SQRT and _is_fraction(n.args[0]) for n in order)
    if not broken and all(not n.args or n.op in PLAIN for n in order):
        return None
    in_pi = simple(near(div(e, PI)))
    if in_pi is not None:
        return tidy(mul(number(in_pi), PI))
    square = simple(value * value)
    if square is not None:
        root = _root(square)
        return root if value > 0 else neg(root)
    return None


def _is_fraction(e: Expr) -> bool:
    return e.op == "number" and e.value.denominator > 1


def simple(value: Fraction | None) -> Fraction | None:
    """The rational number of few digits that a value is."""
    if value is None:
        return None
    found = value.limit_denominator(LARGEST)
    if abs(found.numerator) > LARGEST * 1_000:
        return None
    return found if abs(found - value) * 10**TINY < abs(value) else None


def _root(square: Fraction) -> Expr:
    """The square root of a positive rational number: a*sqrt(b)/c."""
    bottom = square.denominator
    inside, outside = square.numerator * bottom, 1
    for p in range(2, isqrt(min(inside, 10**6)) + 1):
        while inside % (p * p) == 0:
            inside //= p * p
            outside *= p
    scale = number(Fraction(outside, bottom))
    return scale if inside == 1 else tidy(mul(scale, make(SQRT, (number(inside),))))


def real_root(value: Expr, degree: int) -> Expr:
    """The real root of a value: of any sign if the degree is odd."""
    known = sign_or_none(value) if degree % 2 else None
    if value.op == "neg" and degree % 2 and known != 1:
        return neg(real_root(value.args[0], degree))
    if value.op == "number" and degree == 2 and value.value >= 0:
        return _root(Fraction(value.value)) if value.value else value
    if degree == 2:
        return tidy(make(SQRT, (value,)))
    if known == -1:
        return neg(tidy(make("pow", (neg(value), number(Fraction(1, degree))))))
    if degree == 3 and known is None:
        return make(CBRT, (value,))
    return tidy(make("pow", (value, number(Fraction(1, degree)))))


def sign_or_none(e: Expr) -> int | None:
    """The sign of an expression that is closed; None for others."""
    return sign(e) if is_closed(e) else None
