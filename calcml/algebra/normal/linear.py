"""Factors of a polynomial that are linear in a generator, found without a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def factors_of(p: Any, generators: Sequence[Any]) -> tuple[Any, list[tuple[Any, int]]]:
    """A unit and the irreducible factors of a polynomial, with their powers.

    Of a*v + b what is left of the greatest common divisor of a and b has no factors.
    FLINT does not look for that, and takes 60 times as long for 40 terms.
    """
    once = [i for i, e in enumerate(p.degrees()) if e == 1]
    if not once:
        unit, parts = p.factor()
        return unit, parts
    slope = p.derivative(once[0])
    common = slope.gcd(p - slope * generators[once[0]])
    linear = p / common
    if linear.leading_coefficient() < 0:
        linear, common = -linear, -common
    unit, parts = common.factor()
    return unit, [*parts, (linear, 1)]
