"""NumPy's basic indexing, as contractions with tensors of zeros and ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, SupportsIndex

from calcml.core.build import add, sub
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import BUILD, ZERO, Expr, lift, number
from calcml.core.shapes import shown
from calcml.core.tensors.contraction import UNIT, Label, Operand, contract
from calcml.core.tensors.units import onehot, selector


class Slice(NamedTuple):
    """start:stop, each an expression or None."""

    start: Expr | None
    stop: Expr | None


def index(x: Expr, parts: Sequence[Any]) -> Expr:
    """NumPy's basic indexing: numbers, slices of step 1, None for a new axis.

    A number counts from the end where it is negative. Raises ShapeError for too many
    indices and for a number beyond the axis.
    """
    used = [p for p in parts if p is not None]
    if len(used) > len(x.dims):
        raise ShapeError(f"{len(used)} indices for an array of shape {shown(x.dims)}")
    operands: list[Operand] = []
    labels: list[Label] = []
    out: list[Label] = []
    sizes: dict[Label, Expr] = {}
    axis = 0
    for part in [*parts, *[Slice(None, None)] * (len(x.dims) - len(used))]:
        if part is None:
            out.append(UNIT)
            continue
        size = x.dims[axis]
        label = ("of", axis)
        sizes[label] = size
        labels.append(label)
        axis += 1
        if isinstance(part, (Slice, slice)):
            start, count = _bounds(part, size)
            if start is ZERO and count is size:
                out.append(label)
                continue
            sizes["part", axis] = count
            out.append(("part", axis))
            operands.append((selector(start, count, size), (("part", axis), label)))
        else:
            operands.append((onehot(_place(part, size), size), (label,)))
    return contract([(x, labels), *operands], out, sizes)


def _place(part: Any, size: Expr, last: int = 1) -> Expr:
    """The place that an index names, counted from the start.

    `last` is 1 for an index and 0 for the end of a slice, which may be the size.
    """
    if not isinstance(part, (SupportsIndex, Expr)) or isinstance(part, bool):
        raise UnsupportedError(
            f"{part!r} is no index; an index is a whole number, a slice or None"
        )
    place: Expr = part if isinstance(part, Expr) else lift(part)
    if place.dims:
        raise UnsupportedError("an index is a number, a name or a slice, not an array")
    if place.op != "number":
        return place
    if place.value != int(place.value):
        raise ShapeError(f"an index is a whole number, not {place}")
    if size.op == "number" and not -size.value <= place.value <= size.value - last:
        raise ShapeError(f"the index {place} is beyond an axis of size {size}")
    return moved(size, place.value) if place.value < 0 else place


def parted(size: Expr) -> tuple[Expr, int]:
    """A size as another one and a whole number that is added: n - 2 as (n, -2)."""
    if size.op == "number":
        return ZERO, size.value
    if size.op in ("add", "sub") and size.args[1].op == "number":
        value = size.args[1].value
        return size.args[0], value if size.op == "add" else -value
    return size, 0


def moved(size: Expr, by: int) -> Expr:
    """The size plus a whole number, in one spelling."""
    base, offset = parted(size)
    whole = offset + by
    return sub(base, number(-whole)) if whole < 0 else add(base, number(whole))


def _bounds(part: Any, size: Expr) -> tuple[Expr, Expr]:
    """The first place of a slice, and how many there are."""
    if isinstance(part, slice) and part.step not in (None, 1):
        raise UnsupportedError("slices have step 1 here; select by a product instead")
    start = ZERO if part.start is None else _place(part.start, size, 0)
    stop = size if part.stop is None else _place(part.stop, size, 0)
    (left, low), (right, high) = parted(start), parted(stop)
    if left is right:
        count: Expr = number(high - low)
    elif left is ZERO:
        count = moved(stop, -low)
    else:
        count = sub(stop, start)
    if count.op == "number" and count.value < 1:
        raise ShapeError(f"the slice {start}:{stop} of an axis of size {size} is empty")
    return start, count


BUILD["index"] = index


def stop_of(start: Expr, count: Expr) -> Expr:
    """The end of a slice of `count` places."""
    base, offset = parted(start)
    if base is ZERO:
        return moved(count, offset)
    return add(start, count)
