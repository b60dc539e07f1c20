"""Numbers from outside, of Python or NumPy, read exactly as they print."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from numbers import Rational, Real
from typing import Any


def without_axes(value: Any) -> Any:
    """The number in an array of NumPy's that has no axes; any other value."""
    return value[()] if getattr(value, "ndim", None) == 0 else value


def exact(value: Any) -> int | Fraction | str | None:
    """A rational number, or the numeral of a float; None for what is neither."""
    if type(value) is int:
        return value
    value = without_axes(value)
    if isinstance(value, bool) or hasattr(value, "_mpf_"):
        return None
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, float):
        return float.__repr__(value) if isfinite(value) else None
    return str(value) if isinstance(value, Real) and isfinite(value) else None
