"""An inverse function beside the end of its domain, where it has no slope.

Such is lambertw at -1/e, for what it undoes, y*exp(y), is level at -1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial

from calcml.calculus.chain_rule import forward
from calcml.calculus.expansions.coefficients import Coefficient, coefficient
from calcml.calculus.expansions.series import CONSTANT, Arithmetic, Series
from calcml.calculus.limits import MOST_DERIVATIVES
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import truth
from calcml.core.build import add, substitute
from calcml.core.expr import ONE, Expr, symbol
from calcml.functions import Row
from calcml.parsing.parser import parsed

Y = symbol("y")


def turned(row: Row, u: Series, arithmetic: Arithmetic) -> Series | None:
    """The value at `u` whose limit is where the row's inverse turns; None elsewhere."""
    undone, _, condition = row.inverse.partition(" if ")
    ring = arithmetic.ring
    for place in level(row):
        values = [ring.value(substitute(e, {Y: place})) for e in _derived(undone)]
        factors = [ring.mul(c, Fraction(1, factorial(k))) for k, c in enumerate(values)]
        rest = arithmetic.sub(u, arithmetic.constant(factors[0]))
        if CONSTANT in rest.terms or arithmetic.least(rest) <= 0 or factors[2] == 0:
            continue
        beside = substitute(parsed(condition, ("y",)), {Y: add(place, ONE)})
        side = Fraction(1 if truth(beside) else -1)
        moved = _moved(rest, factors[2:], side, arithmetic)
        return arithmetic.add(arithmetic.constant(coefficient(place)), moved)
    return None


@cache
def level(row: Row) -> tuple[Expr, ...]:
    """The values of a function at which it has no slope: its inverse turns there."""
    undone, _, condition = row.inverse.partition(" if ")
    if not row.monotone or not condition:
        return ()
    return zeros(_derived(undone)[1], Y).points


@cache
def _derived(text: str) -> list[Expr]:
    found = [parsed(text, ("y",))]
    while len(found) < MOST_DERIVATIVES:
        found.append(forward(found[-1], Y))
    return found


def _moved(
    u: Series, factors: list[Coefficient], side: Fraction, arithmetic: Arithmetic
) -> Series:
    """d on a side of 0 where d^2*(factors[0] + factors[1]*d + ...) = u.

    Each turn of d = sqrt(u)/sqrt(factors[0] + ...) makes one more term of d right.
    """
    root = arithmetic.scale(arithmetic.power(u, Fraction(1, 2)), side)
    d = arithmetic.made([])
    for _ in factors:
        rise = arithmetic.sum_of_powers(d, factors)
        d = arithmetic.mul(root, arithmetic.power(rise, Fraction(-1, 2)))
    return d
