"""What calls make of their arguments before a formula can take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calcml.core import build, tensors
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import ONE, ZERO, Expr, make, number
from calcml.core.shapes import is_unit
from calcml.core.tensors import Slice
from calcml.core.tensors.products import product
from calcml.core.tensors.units import arange
from calcml.functions.libraries import DEVICES
from calcml.parsing.calls.arrays import Axes
from calcml.parsing.python.values import CHOICE, Path, Text, Unread, whole

Names = dict[str, Any]


def indicator(labels: Expr, count: Expr, axis: int) -> Expr:
    """1 at the place that each label names, else 0, along a new axis."""
    spread = tensors.with_units(labels, [axis])
    places = arange(count)
    rank = len(labels.dims) - axis
    if rank:
        places = tensors.with_units(places, range(1, rank + 1))
    return build.build(CHOICE, (make("eq", (spread, places)), ONE, ZERO))


def _along(x: Expr, rank: int, axis: int) -> Expr:
    """A vector along an axis of arrays of a rank."""
    behind = rank - axis - 1
    if len(x.dims) != 1 or not behind:
        return x
    return tensors.with_units(x, range(1, behind + 1))


def labels(names: Names) -> None:
    """Targets that are classes, as indicators along the axis of classes."""
    x, target = names["input"], names["target"]
    rank = len(x.dims)
    if not rank:
        raise ShapeError("the input takes an axis of classes; declare input: m c")
    axis = min(1, rank - 1)
    names["axis"] = Axes(axis)
    if "weight" in names:
        names["weight"] = _along(names["weight"], rank, axis)
    if len(target.dims) != rank - 1:
        raise ShapeError(
            "classes have one axis less than their scores: shapes such as "
            "input: m c, target: m"
        )
    names["target"] = indicator(target, x.dims[axis], axis)
    if "weight" in names:
        weighed = build.mul(names["weight"], names["target"])
        names["total"] = tensors.total(weighed, range(rank))


def classes(names: Names) -> None:
    """Targets that are classes or probabilities, which their axes tell."""
    x, target = names["input"], names["target"]
    if not x.dims or len(target.dims) != len(x.dims):
        labels(names)
        return
    axis = min(1, len(x.dims) - 1)
    names["axis"] = Axes(axis)
    names["weight"] = _along(names["weight"], len(x.dims), axis)


def layer(names: Names) -> None:
    """The last axes, as many as the shape has that a normalization goes over."""
    shape = names["normalized_shape"]
    count = len(shape) if isinstance(shape, tuple) else 1
    names["axis"] = Axes(tuple(range(-count, 0)))


def vector(names: Names) -> None:
    """A norm of vectors: those of matrices that are no sums have no formula."""
    axes = next(v.axes for v in names.values() if isinstance(v, Axes))
    x = next(v for v in names.values() if isinstance(v, Expr))
    if isinstance(axes, tuple) and len(axes) > 1 or axes is None and len(x.dims) > 1:
        raise ShapeError(
            "this norm of a matrix has no formula here; 'fro' and norms along an axis "
            "have one"
        )


def halves(names: Names) -> None:
    """The halves `a` and `b` of an array along an axis."""
    first, axes = list(names.values())[:2]
    axis = axes.axes % max(1, len(first.dims))
    size = first.dims[axis] if first.dims else ONE
    half = build.div(size, build.add(ONE, ONE))
    if half.op == "number" and half.value % 1:
        raise ShapeError(f"an axis of size {size} has no halves")
    before = [Slice(None, None)] * axis
    names["a"] = tensors.index(first, [*before, Slice(None, half)])
    names["b"] = tensors.index(first, [*before, Slice(half, None)])


def channels(names: Names) -> None:
    """A weight for all, or one for each element of the second axis."""
    x, weight = names["input"], names["weight"]
    if weight.dims and not is_unit(weight.dims[0]):
        names["weight"] = _along(weight, len(x.dims), min(1, len(x.dims) - 1))


def freedom(names: Names) -> None:
    """How many elements a variance is of."""
    axes = next(v.axes for v in names.values() if isinstance(v, Axes))
    x = next(v for v in names.values() if isinstance(v, Expr))
    chosen = tensors.axes_of(x, axes, "this")
    names["total"] = product(x.dims[k] for k in chosen)


def single(names: Names) -> None:
    """Arrays of one axis: of several the result is another."""
    if any(len(v.dims) > 1 for v in names.values() if isinstance(v, Expr)):
        raise ShapeError("this is read of arrays with one axis")


def tables(names: Names) -> None:
    """Arrays of two axes, a row for each point."""
    if any(len(names[n].dims) != 2 for n in [*names][:2]):
        raise ShapeError("this is read of arrays with two axes: X: m n, Y: k n")


def flat(names: Names) -> None:
    """All elements of arrays along one axis, whatever axes they have."""
    for name, x in names.items():
        if isinstance(x, Expr) and len(x.dims) > 1:
            names[name] = tensors.reshape(x, (product(x.dims),))


def matrices(names: Names) -> None:
    """Arrays of two axes at most: of more, libraries differ in what they go over."""
    if any(len(v.dims) > 2 for v in names.values() if isinstance(v, Expr)):
        raise ShapeError("this is read of arrays with one or two axes")


def sized(names: Names) -> None:
    """The size of the first axis, or how many values stand there."""
    x = names["x"]
    if isinstance(x, tuple):
        names["x"] = number(len(x))
        return
    if not x.dims:
        raise ShapeError("a scalar has no size")
    names["x"] = x.dims[0]


def elements(names: Names) -> None:
    """The number of elements."""
    names["x"] = product(names["x"].dims)


def integer(names: Names) -> None:
    """A whole number, which is what it is."""
    if whole(names["x"]) is None:
        raise ParseError("int(...) cuts off; write math.floor(...) where that is meant")


def shaped(names: Names) -> None:
    """A shape, for an array of equal elements."""
    names["shape"] = names.pop("n")


def hot(names: Names) -> None:
    """Labels as indicators along a new last axis."""
    x = names["x"]
    names["x"] = indicator(x, names["num_classes"], len(x.dims))


def floating(names: Names) -> None:
    """A change to numbers that are not whole, which changes no value."""
    told = names["dtype"]
    where = isinstance(told, Text) and DEVICES.fullmatch(told.text)
    if not where and told not in FLOATS and told is not DEVICE:
        raise ParseError("a change to this type may cut off digits; it is not read")


DEVICE = Unread("a device is no value")


def typed(names: Names) -> None:
    """A change to the type of another array, which is one of numbers here."""
    other = names["other"]
    if not isinstance(other, Expr) or not other.dims:
        raise ParseError("a change to this type may cut off digits; it is not read")


FLOATING = "a type of numbers that need not be whole"
FLOATS = (Text(FLOATING), Path("builtins.float"))


def array(names: Names) -> None:
    """A number or an array that stays what it is."""
    if isinstance(names["x"], tuple):
        raise ParseError("arrays written out as lists are not read; give them names")


_ALL: tuple[Callable[[Names], None], ...] = (
    labels, classes, layer, vector, halves, channels, freedom, single, tables, flat,
    matrices, typed, sized, elements, shaped, hot, floating, array,
)  # fmt: skip
PREPARED = {function.__name__: function for function in _ALL} | {"whole": integer}
