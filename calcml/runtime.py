"""What compiled source may call: functions that its library lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from calcml.core.errors import CalcmlError
from calcml.core.expr import make, symbol
from calcml.evaluate.evalf import evalf
from calcml.functions import FUNCTIONS


class Undefined:
    """The value of a part that has none: computing with it raises its error.

    A part that only some branches use is computed before they are chosen; where no
    chosen branch uses it, it does no harm.
    """

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _refuse(self: Undefined, *_: object) -> Any:
    raise self.error


for _name in (
    "bool float int index abs neg floor ceil round trunc lt le gt ge eq ne "
    "add radd sub rsub mul rmul truediv rtruediv pow rpow"
).split():
    setattr(Undefined, f"__{_name}__", _refuse)


def attempt(compute: Callable[[], Any]) -> Any:
    """The value, or Undefined where computing it fails."""
    try:
        return compute()
    except (ArithmeticError, ValueError) as error:
        return Undefined(error)


@cache
def elementwise(op: str) -> Callable[..., Any]:
    """A function that NumPy and SciPy lack, over arrays; nan where it has no value."""
    import numpy

    one = special(op)

    def value(*args: float) -> float:
        try:
            return one(*args)
        except ValueError:
            return math.nan

    return numpy.vectorize(value, otypes=[float])


@cache
def special(op: str) -> Callable[..., float]:
    """A function of the table that Python's library lacks, to the nearest double."""
    slots = [symbol(f"x{i}") for i in range(len(FUNCTIONS[op].params))]
    node = make(op, tuple(slots))

    def value(*args: float) -> float:
        at = {s: Fraction(float(a)) for s, a in zip(slots, args, strict=True)}
        try:
            found = evalf(node, at, 17)
        except CalcmlError as error:
            raise ValueError(error.message) from error
        if found.imag:
            raise ValueError(f"{op} is not real here")
        return float(found)

    return value
