"""What numbers tell of a slope: difference quotients at two distances from a place."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

NEARER = (Fraction(1, 10**8), Fraction(1, 10**16))  # distances from a place
BESIDE = Fraction(1, 10**40)  # where a value stands for one at a place
CLOSE = 1e-6  # a difference quotient to its limit
GROWTH = 30  # times a difference quotient, from one distance to the next: no limit


def told(value: Callable[[Fraction], Any], start: Any, own: Any) -> bool:
    """Whether a function has no slope at a place, or has `own`, the value of a formula.

    `value` is a ball around its value beside the place, `start` the one at it; None is
    for what is undefined, or not known.
    """
    slopes, nears = [], []
    for side in (-1, 1):
        limit = value(side * BESIDE) if start is None else start
        beside = [value(side * h) for h in NEARER]
        if limit is None or None in beside:
            continue
        rises = zip(beside, NEARER, strict=True)
        first, second = [side * (v - limit) * h.denominator for v, h in rises]
        if abs(second).lower() > abs(first).upper() * GROWTH:
            return True
        slopes.append(second)
        nears.append(own is not None and _nears(own, first, second))
    if own is None or not slopes:
        return False
    if all(nears):
        return True
    least = min(slopes, key=lambda slope: float(abs(slope)))
    return bool(abs((0 if slopes[0] * slopes[-1] < 0 else least) - own) < CLOSE)


def _nears(own: Any, first: Any, second: Any) -> bool:
    """Whether difference quotients come nearer to a number, as powers of a distance."""
    return bool(abs(second - own) * 10 < abs(first - own))
