"""Intervals: sets of real numbers by their ends, exact, with what is left out."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from calcml.algebra.facts.limits import GRID, MAX_BITS, MOST_DEGREE
from calcml.core.exact import exact_power, floor_root
from calcml.core.expr import Number

End = Number | float  # a float is an infinity
INFINITY = float("inf")


class Interval(NamedTuple):
    """All values lie between the ends; an open end is not taken.

    `nonzero` says that 0 is no value even if it lies between the ends, `whole` that all
    values are integers.
    """

    low: End = -INFINITY
    high: End = INFINITY
    low_open: bool = True
    high_open: bool = True
    nonzero: bool = False
    whole: bool = False

    @property
    def positive(self) -> bool:
        """Whether every value is over 0."""
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def negative(self) -> bool:
        """Whether every value is under 0."""
        return self.high < 0 or (self.high == 0 and self.high_open)

    @property
    def without_zero(self) -> bool:
        """Whether 0 is no value."""
        return self.nonzero or self.positive or self.negative


EVERYTHING = Interval()


def point(value: Number) -> Interval:
    """The set of one number."""
    return Interval(value, value, False, False, value != 0, value.denominator == 1)


def tidy(
    low: End, high: End, low_open: bool, high_open: bool, nonzero: bool, whole: bool
) -> Interval | None:
    """The interval with what the flags say about its ends; None where it is empty."""
    if _long(low):
        low, low_open = _down(low), True
    if _long(high):
        high, high_open = -_down(-high), True
    if whole:
        low, low_open, high, high_open = _integers(low, low_open, high, high_open)
    if nonzero and low == 0:
        low, low_open = int(whole), not whole
    if nonzero and high == 0:
        high, high_open = -int(whole), not whole
    if low > high or (low == high and (low_open or high_open)):
        return None
    return Interval(low, high, low_open, high_open, nonzero, whole)


def _integers(
    low: End, low_open: bool, high: End, high_open: bool
) -> tuple[End, bool, End, bool]:
    """Ends moved inward to integers, which are taken."""
    if not isinstance(low, float):
        low, low_open = (floor(low) + 1 if low_open else ceil(low)), False
    if not isinstance(high, float):
        high, high_open = (ceil(high) - 1 if high_open else floor(high)), False
    return low, low_open, high, high_open


def _long(end: End) -> bool:
    if isinstance(end, float):
        return False
    return max(end.numerator.bit_length(), end.denominator.bit_length()) > MAX_BITS


def _down(end: End) -> End:
    """A short number under a long one, of the same sign or 0."""
    if not -(1 << MAX_BITS) <= end <= 1 << MAX_BITS:
        return 1 << MAX_BITS - 1 if end > 0 else -INFINITY
    return Fraction(floor(end * GRID), GRID)


def meet(a: Interval, b: Interval) -> Interval | None:
    """What lies in both; None where nothing does."""
    if b is EVERYTHING or a is b:
        return a
    low, low_open = max((a.low, a.low_open), (b.low, b.low_open))
    high, high_closed = min((a.high, not a.high_open), (b.high, not b.high_open))
    nonzero, whole = a.nonzero or b.nonzero, a.whole or b.whole
    return tidy(low, high, low_open, not high_closed, nonzero, whole)


def hull(a: Interval, b: Interval) -> Interval:
    """The least interval that holds both."""
    low, low_open = min((a.low, a.low_open), (b.low, b.low_open))
    high, high_closed = max((a.high, not a.high_open), (b.high, not b.high_open))
    nonzero = a.without_zero and b.without_zero
    return Interval(low, high, low_open, not high_closed, nonzero, a.whole and b.whole)


# --- arithmetic --------------------------------------------------------------------


def scale(a: Interval, factor: Number) -> Interval:
    """factor times a, for a factor that is not 0."""
    whole = a.whole and factor.denominator == 1
    low, high = times(a.low, factor), times(a.high, factor)
    if factor > 0:
        return Interval(low, high, a.low_open, a.high_open, a.nonzero, whole)
    return Interval(high, low, a.high_open, a.low_open, a.nonzero, whole)


def plus(a: Interval, b: Interval) -> Interval | None:
    """a + b"""
    return tidy(
        _sum(a.low, b.low, -INFINITY),
        _sum(a.high, b.high, INFINITY),
        a.low_open or b.low_open,
        a.high_open or b.high_open,
        False,
        a.whole and b.whole,
    )


def _sum(a: End, b: End, infinite: float) -> End:
    return infinite if isinstance(a, float) or isinstance(b, float) else a + b


def times(a: End, b: End) -> End:
    """The product of two ends, in which 0 wins over an infinity."""
    if not a or not b:
        return 0
    if isinstance(a, float) or isinstance(b, float):
        return INFINITY if (a > 0) == (b > 0) else -INFINITY
    return a * b


def product(a: Interval, b: Interval) -> Interval | None:
    """a * b"""
    found: list[tuple[End, bool]] = []
    for x, x_open in ((a.low, a.low_open), (a.high, a.high_open)):
        for y, y_open in ((b.low, b.low_open), (b.high, b.high_open)):
            value = times(x, y)
            if value:
                found.append((value, x_open or y_open))
            else:  # one 0 that is taken is enough
                taken = (not x and not x_open) or (not y and not y_open)
                found.append((value, not taken))
    low, low_open = min(found)
    high, high_closed = max((value, not is_open) for value, is_open in found)
    nonzero = a.without_zero and b.without_zero
    return tidy(low, high, low_open, not high_closed, nonzero, a.whole and b.whole)


def inverse(a: Interval) -> Interval:
    """1/a, where a is not 0."""
    if a.low < 0 < a.high:
        return Interval(nonzero=True)
    low, low_open = _inverse_end(a.high, a.high_open, -INFINITY)
    high, high_open = _inverse_end(a.low, a.low_open, INFINITY)
    return Interval(low, high, low_open, high_open, True)


def _inverse_end(end: End, is_open: bool, at_zero: float) -> tuple[End, bool]:
    if isinstance(end, float):
        return 0, True
    return (1 / Fraction(end), is_open) if end else (at_zero, True)


def absolute(a: Interval) -> Interval | None:
    """|a|"""
    other = scale(a, -1)
    if a.low >= 0:
        return a
    if a.high <= 0:
        return other
    top = hull(a, other)
    return tidy(0, top.high, False, top.high_open, a.without_zero, a.whole)


def power(a: Interval, n: Number) -> Interval | None:
    """a^n for a number n that is not 0, where that is defined and real."""
    if n < 0:
        raised = power(a, -n)
        return None if raised is None else inverse(raised)
    if n.denominator > 1:  # only from 0 on is it real
        base = meet(a, Interval(0, INFINITY, False, True))
        return None if base is None else _raised(base, n)
    if n % 2:
        return _raised(a, n)
    base = absolute(a)
    return None if base is None else _raised(base, n)


def _raised(a: Interval, n: Number) -> Interval | None:
    """a^n where that grows with a."""
    low, low_exact = _end_power(a.low, n, -1)
    high, high_exact = _end_power(a.high, n, 1)
    return tidy(
        low,
        high,
        a.low_open or not low_exact,
        a.high_open or not high_exact,
        a.without_zero,
        a.whole and n.denominator == 1,
    )


def _end_power(end: End, n: Number, outward: int) -> tuple[End, bool]:
    """end^n, or a number outward of it with False."""
    if isinstance(end, float) or end in (0, 1, -1):
        return end, True
    value = exact_power(end, n)
    if value is not None:
        return value, True
    if end < 0:
        near = -1 if end < -1 else 0
        far: End = -INFINITY if end < -1 else -1
        return (near, False) if outward > 0 else (far, False)
    below, above = _root_bracket(end, n)
    return (above, False) if outward > 0 else (below, False)


def _root_bracket(end: Number, n: Number) -> tuple[End, End]:
    """Numbers on both sides of end^n for a positive end that is not 1."""
    degree, inside = n.denominator, exact_power(end, n.numerator)
    if inside is None or degree > MOST_DEGREE or _long(inside):
        return (1, INFINITY) if end > 1 else (0, 1)
    low = floor_root(floor(inside * GRID**degree), degree)
    return Fraction(low, GRID), Fraction(low + 1, GRID)
