"""An inverse function beside the end of its domain, where it has no slope.

Such is lambertw at -1/e, for what it undoes, y*exp(y), is level at -1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial
from typing import NamedTuple

from calcml.calculus.chain_rule import forward
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    coefficient,
)
from calcml.calculus.expansions.series import (
    CONSTANT,
    Arithmetic,
    Series,
)
from calcml.calculus.limits import MOST_DERIVATIVES
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import truth
from calcml.core.build import add, substitute
from calcml.core.expr import ONE, Expr, symbol
from calcml.functions import Row
from calcml.parsing.parser import parsed

Y = symbol("y")


class Turn(NamedTuple):
    """Of start + scale*d^2, d >= 0, it is place + rises[0]*d + rises[1]*d^2 + ..."""

    place: Expr
    start: Coefficient
    scale: Coefficient
    rises: tuple[Coefficient, ...]


def turned(row: Row, u: Series, arithmetic: Arithmetic) -> Series | None:
    """The value at `u` whose limit is where the row's inverse turns; None elsewhere."""
    for place, start, scale, rises in turns(row):
        rest = arithmetic.sub(u, arithmetic.constant(start))
        if CONSTANT not in rest.terms and arithmetic.least(rest) > 0:
            whole = arithmetic.scale(rest, arithmetic.ring.inverse(scale))
            d = arithmetic.power(whole, Fraction(1, 2))
            return arithmetic.sum_of_powers(d, (coefficient(place), *rises))
    return None


@cache
def turns(row: Row) -> tuple[Turn, ...]:
    """The values at which a function has no slope, for its inverse turns there."""
    undone, _, condition = row.inverse.partition(" if ")
    if not row.monotone or not condition:
        return ()
    derived, ring = [parsed(undone, ("y",))], Ring()
    while len(derived) < MOST_DERIVATIVES:
        derived.append(forward(derived[-1], Y))
    found = []
    for place in zeros(derived[1], Y).points:
        beside = substitute(parsed(condition, ("y",)), {Y: add(place, ONE)})
        start, _, *more = [ring.value(substitute(e, {Y: place})) for e in derived]
        scale, *rest = [
            ring.mul(c, Fraction(1, factorial(k))) for k, c in enumerate(more, 2)
        ]
        if scale != 0:
            inverse = ring.inverse(scale)
            shares = [Fraction(1), *[ring.mul(c, inverse) for c in rest]]
            rises = _reverted(shares, 1 if truth(beside) else -1)
            found.append(Turn(place, start, scale, rises))
    return tuple(found)


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
