"""What compiled source may call: functions that its library lacks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from calcml.core.errors import CalcmlError
from calcml.core.expr import make, symbol
from calcml.evaluate.evalf import nearest
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
def elementwise(op: str, known: Callable[..., float] | None = None) -> Any:
    """A function that NumPy and SciPy lack, over arrays; nan where it has no value.

    It may be `known` there for arguments over 1.
    """
    import numpy

    one = special(op)

    def value(*args: float) -> float:
        if known is not None and args[0] > 1:
            return known(*args)
        try:
            return one(*args)
        except (ValueError, OverflowError):  # of infinity, too
            return math.nan

    return numpy.vectorize(value, otypes=[float])


@cache
def special(op: str) -> Callable[..., float]:
    """A function of the table that Python's library lacks, to the nearest double."""
    slots = [symbol(f"x{i}") for i in range(len(FUNCTIONS[op].params))]
    node = make(op, tuple(slots))

    def value(*args: float) -> float:
        at = {s.value: Fraction(float(a)) for s, a in zip(slots, args, strict=True)}
        try:
            return nearest(node, at)
        except CalcmlError as error:
            raise ValueError(error.message) from error

    return value


# --- places on an axis: the arguments are whole numbers, axes count from 0 -----------


def _places(start: float, steps: Sequence[int], counts: Sequence[float]) -> Any:
    """start and a step for each index, an array with an axis for each."""
    import numpy

    places = numpy.asarray(int(start))
    for step, count in zip(steps, counts, strict=True):
        places = places[..., None] + step * numpy.arange(max(0, int(count)))
    return places


def selector(start: float, steps: Sequence[int], *dims: float) -> Any:
    """1 where the last index is `start` and a step for each other one, else 0."""
    import numpy

    *counts, size = dims
    places = _places(start, steps, counts)[..., None]
    return (places == numpy.arange(int(size))).astype(float)


def mask(offset: float, steps: Sequence[int], *dims: float) -> Any:
    """1 where `offset` and a step for each index add up to at least 0, else 0."""
    return (_places(offset, steps, dims) >= 0).astype(float)


def taken(x: Any, axis: int, start: float, steps: Sequence[int], *counts: float) -> Any:
    """The elements of `x` along an axis at places by indices; 0 beyond the axis."""
    import numpy

    places, size = _places(start, steps, counts), x.shape[axis]
    there = (places >= 0) & (places < size)
    shape = *x.shape[:axis], *places.shape, *x.shape[axis + 1 :]
    if not there.any():
        return numpy.zeros(shape)
    found = numpy.take(x, numpy.where(there, places, 0), axis=axis)
    if there.all():
        return found
    there = there.reshape((*there.shape, *[1] * (x.ndim - axis - 1)))
    return numpy.where(there, found, 0.0)


def spread(x: Any, axis: int, start: float, step: int, size: float) -> Any:
    """Zeros, but for the elements of `x` at start, start + step, ... along an axis."""
    import numpy

    count = x.shape[axis]
    places = _places(start, [step], [count])
    result = numpy.zeros((*x.shape[:axis], int(size), *x.shape[axis + 1 :]))
    result[(slice(None),) * axis + (places,)] = x
    return result


def running(
    x: Any, axis: int, offset: float, step: int, side: int, count: float
) -> Any:
    """Sums along an axis of the elements at k with offset + step*i + side*k >= 0."""
    import numpy

    ends = _places(offset, [step], [count])
    sums = numpy.cumsum(x if side < 0 else numpy.flip(x, axis), axis=axis)
    sums = numpy.insert(sums, 0, 0.0, axis=axis)
    size = x.shape[axis]
    many = ends + 1 if side < 0 else size + ends
    return numpy.take(sums, numpy.clip(many, 0, size), axis=axis)


def banded(
    x: Any, first: float, step: int, rows: float, start: float, by: int, columns: float
) -> Any:
    """Zeros, but for the elements of `x` at first + step*i, start + by*i."""
    import numpy

    result = numpy.zeros((int(rows), int(columns)))
    count = x.shape[0]
    result[_places(first, [step], [count]), _places(start, [by], [count])] = x
    return result


def scattered(x: Any, start: float, steps: Sequence[int], size: float) -> Any:
    """Sums of the elements of `x` whose leading indices have the same place."""
    import numpy

    many = len(steps)
    places = _places(start, steps, x.shape[:many])
    there = (places >= 0) & (places < int(size))
    result = numpy.zeros((int(size), *x.shape[many:]))
    numpy.add.at(result, places[there], x[there])
    return result
