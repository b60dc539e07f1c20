"""An inverse function beside the end of its domain, where it has no slope.

Such is lambertw at -1/e, for what it undoes, y*exp(y), is level at -1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import factorial
from typing import NamedTuple

from calcml.calculus.chain_rule import forward
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    coefficient,
    expression,
)
from calcml.calculus.expansions.series import (
    CONSTANT,
    INFINITY,
    Arithmetic,
    Series,
)
from calcml.calculus.limits import MOST_DERIVATIVES
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import truth
from calcml.core.build import add, div, sub, substitute
from calcml.core.expr import ONE, ZERO, Expr, make, number, symbol
from calcml.functions import Row
from calcml.parsing.parser import parsed
from calcml.parsing.rows import filled

Y = symbol("y")
Expand = Callable[[Expr], Series]
FAR = 100  # where a function that comes from infinity is on its way


class Turn(NamedTuple):
    """Of start + scale*d^2, d >= 0, it is place + rises[0]*d + rises[1]*d^2 + ..."""

    place: Expr
    start: Coefficient
    scale: Coefficient
    rises: tuple[Coefficient, ...]


def turned(
    row: Row, args: Sequence[Series], arithmetic: Arithmetic, expand: Expand
) -> Series | None:
    """The value at a limit where the row's inverse turns, or comes from infinity.

    None elsewhere. The arguments after the first one stand still; `expand` makes series
    for y > 0.
    """
    u, *others = args
    if not row.inverse or not all(other.is_constant for other in others):
        return None
    fixed = tuple([expression(a.terms.get(CONSTANT, Fraction(0))) for a in others])
    for place, start, scale, rises in turns(row, fixed):
        rest = arithmetic.sub(u, arithmetic.constant(start))
        if CONSTANT not in rest.terms and arithmetic.least(rest) > 0:
            whole = arithmetic.scale(rest, arithmetic.ring.inverse(scale))
            d = arithmetic.power(whole, Fraction(1, 2))
            return arithmetic.sum_of_powers(d, (coefficient(place), *rises))
    for side, start, sign in poles(row, fixed, expand):
        rest = arithmetic.sub(u, arithmetic.constant(start))
        if rest.terms and arithmetic.least(rest) > 0 and arithmetic.sign(rest) == sign:
            return Series({}, INFINITY, side)
    return None


def levels(row: Row) -> tuple[Expr, ...]:
    """The values at which a function has no slope, for its inverse turns there."""
    undone, _, condition = row.inverse.partition(" if ")
    if " or " in undone or not condition or not (row.monotone or row.params[1:]):
        return ()
    return zeros(forward(parsed(undone, ("y",)), Y), Y).points


@cache
def turns(row: Row, others: tuple[Expr, ...]) -> tuple[Turn, ...]:
    """How a function rises from those values, its other arguments being `others`."""
    undone, _, condition = row.inverse.partition(" if ")
    ring, found, derived = Ring(), list[Turn](), list[Expr]()
    for place in levels(row):
        derived = derived or [parsed(undone, ("y",))]
        while len(derived) < MOST_DERIVATIVES:
            derived.append(forward(derived[-1], Y))
        above = _holds(row, condition, add(place, ONE), others)
        below = _holds(row, condition, sub(place, ONE), others)
        start, _, *more = [ring.value(substitute(e, {Y: place})) for e in derived]
        scale, *rest = [
            ring.mul(c, Fraction(1, factorial(k))) for k, c in enumerate(more, 2)
        ]
        if scale != 0 and (above or below):
            inverse = ring.inverse(scale)
            shares = [Fraction(1), *[ring.mul(c, inverse) for c in rest]]
            rises = _reverted(shares, 1 if above else -1)
            found.append(Turn(place, start, scale, rises))
    return tuple(found)


@cache
def poles(
    row: Row, others: tuple[Expr, ...], expand: Expand
) -> list[tuple[int, Coefficient, int]]:
    """Of what goes to 1 or -1 times infinity: the limit of the argument, its side."""
    undone, _, condition = row.inverse.partition(" if ")
    found = []
    for side in (1, -1) if levels(row) else ():
        far = number(side * FAR)
        whole = parsed(undone, ("y",))
        grown = expand(substitute(whole, {Y: div(number(side), Y)}))
        if _holds(row, condition, far, others) and not grown.huge:
            start = grown.terms.get(CONSTANT, Fraction(0))
            off = sub(whole, expression(start))
            which = truth(make("gt", (substitute(off, {Y: far}), ZERO)))
            found.append((side, start, 1 if which else -1))
    return found


def _holds(row: Row, condition: str, value: Expr, others: tuple[Expr, ...]) -> bool:
    """Whether a function of some other arguments may have a value."""
    names = ("y", *row.params[1:])
    return truth(filled(condition, names, (value, *others))) is True


def _reverted(shares: list[Coefficient], side: int) -> tuple[Coefficient, ...]:
    """The factors of d, d^2, ... in w where w^2*(1 + shares[1]*w + ...) is d^2.

    Each round of w = side*d/sqrt(1 + ...) makes one more term right.
    """
    arithmetic = Arithmetic(Ring(), len(shares) + 1)
    d = w = arithmetic.made([((Fraction(1), 0), Fraction(side))])
    for _ in shares:
        rise = arithmetic.sum_of_powers(w, shares)
        w = arithmetic.mul(d, arithmetic.power(rise, Fraction(-1, 2)))
    return tuple(
        [w.terms.get((Fraction(k), 0), Fraction(0)) for k in range(1, len(shares) + 1)]
    )
