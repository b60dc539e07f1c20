"""NumPy's basic indexing, as contractions with tensors of zeros and ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, SupportsIndex

from calcml.core.affine import Affine, affine, shifted, spelled
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import BUILD, MINUS_ONE, ONE, ZERO, Expr, lift
from calcml.core.shapes import shown
from calcml.core.tensors.contraction import UNIT, Label, Operand, contract
from calcml.core.tensors.units import onehot, selector


class Slice(NamedTuple):
    """start:stop:step, each end an expression or None."""

    start: Expr | None
    stop: Expr | None
    step: int = 1


def index(x: Expr, parts: Sequence[Any]) -> Expr:
    """NumPy's basic indexing: numbers, slices, None for a new axis.

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
            start, count, step = _bounds(part, size)
            if start is ZERO and count is size and step == 1:
                out.append(label)
                continue
            sizes["part", axis] = count
            out.append(("part", axis))
            rows = selector(start, (count,), size, (step,))
            operands.append((rows, (("part", axis), label)))
        elif (place := place_of(part, size)) is not ZERO or size is not ONE:
            operands.append((onehot(place, size), (label,)))
    return contract([(x, labels), *operands], out, sizes)


def place_of(part: Any, size: Expr, last: int = 1) -> Expr:
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
        whole = affine(place)
        if whole.constant <= 0 and whole.terms and max(whole.terms.values()) < 0:
            from_end = spelled(affine(size).plus(whole))
            raise ShapeError(
                f"{place} would count from the end, and from the start where it is 0; "
                f"write {from_end}"
            )
        return place
    if place.value != int(place.value):
        raise ShapeError(f"an index is a whole number, not {place}")
    if size.op == "number" and not -size.value <= place.value <= size.value - last:
        raise ShapeError(f"the index {place} is beyond an axis of size {size}")
    return shifted(size, place.value) if place.value < 0 else place


def _bounds(part: Any, size: Expr) -> tuple[Expr, Expr, int]:
    """The first place of a slice, how many there are, and how far apart."""
    step = 1 if part.step is None else part.step
    if not isinstance(step, int) or step == 0:
        raise UnsupportedError(f"the step of a slice is a whole number, not {step}")
    first, end = (ZERO, size) if step > 0 else (shifted(size, -1), MINUS_ONE)
    start = first if part.start is None else place_of(part.start, size, 0)
    stop = end if part.stop is None else place_of(part.stop, size, 0)
    length = affine(stop).plus(affine(start), -1)
    if any(x % step for x in length.terms.values()):
        raise UnsupportedError(
            f"how many places {start}:{stop}:{step} has is not known; write the stop "
            f"as {abs(step)}*m - 1, with a size m, or sum over an index: x[{step}*i]"
        )
    over = {name: x // step for name, x in length.terms.items()}
    count = spelled(Affine(-(-length.constant // step), over))
    if count.op == "number" and count.value < 1:
        raise ShapeError(f"the slice {start}:{stop} of an axis of size {size} is empty")
    return start, count, step


BUILD["index"] = index


def slice_of(selected: Expr) -> Slice:
    """The slice that a selector of one index is: rows of the unit matrix."""
    start, (step,), _, _ = selected.value
    last = affine(start).plus(affine(selected.dims[0]).plus(Affine(-1, {})), step)
    stop = spelled(last.plus(Affine(1 if step > 0 else -1, {})))
    whole = step < 0 and shifted(start, 1) is selected.dims[1]
    return Slice(None if whole else start, None if stop is MINUS_ONE else stop, step)
