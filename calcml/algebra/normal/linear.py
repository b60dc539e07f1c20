"""Factors of a polynomial that are linear in a generator, found without a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd
from typing import Any

from calcml.algebra.normal.limits import MIN_LINEAR


def factors_of(p: Any, generators: Sequence[Any]) -> tuple[Any, list[tuple[Any, int]]]:
    """A unit and the irreducible factors of a polynomial, with their powers.

    Of a*v + b what is left of the greatest common divisor of a and b has no factors.
    FLINT does not look for that, and takes 60 times as long for 40 terms.
    """
    common = p.term_content()
    rest = p / common
    if _is_prime(rest.monoms()):  # FLINT's search costs more with each generator
        if rest.leading_coefficient() < 0:
            rest, common = -rest, -common
        ((powers, unit),) = common.to_dict().items()
        parts = [(generators[i], e) for i, e in enumerate(powers) if e]
        return unit, [*parts, (rest, 1)]
    once = [i for i, e in enumerate(p.degrees()) if e == 1]
    if len(p) < MIN_LINEAR or not once:
        unit, parts = p.factor()
        return unit, parts
    slope = p.derivative(once[0])
    common = slope.gcd(p - slope * generators[once[0]])
    linear = p / common
    if linear.leading_coefficient() < 0:
        linear, common = -linear, -common
    unit, parts = common.factor()
    return unit, [*parts, (linear, 1)]


def _is_prime(monomials: Sequence[Iterable[int]]) -> bool:
    """Whether powers of generators say that a sum without common factors has none.

    One is in one term alone, to the first power; or there are two terms, of which the
    exponents have no divisor.
    """
    together = 0
    for column in zip(*monomials, strict=True):
        if sum(column) == 1:
            return True
        together = gcd(together, *map(int, column)) if any(column) else together
    return len(monomials) == 2 and together == 1
