"""The error for an element beyond its axis, with what keeps it there."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from calcml.core.affine import Affine, affine, shifted, spelled
from calcml.core.errors import ShapeError
from calcml.core.expr import Expr, symbol
from calcml.parsing.index_notation import element_text
from calcml.parsing.ranges import Range, Ranges, extremes

_NONE = Affine(0, {})


def beyond(node: Expr, place: Affine, size: Expr, ranges: Ranges) -> ShapeError:
    """The error for the `place` of an element, by the innermost index in it."""
    name = next(n for n in [*ranges][::-1] if symbol(n) in place.terms)
    found = ranges[name]
    told = (
        f"{element_text(node)} is beyond its axis of size {size}, as {name} runs from "
        f"{spelled(found.first)} to {spelled(found.last)}"
    )
    if all(end.never_negative() is False for end in extremes(place, ranges, 1)):
        what = _from_start(node, place, size)
        return ShapeError(
            f"{element_text(node)} would count from the end; write {what}"
        )
    last = shifted(size, -1)
    if found.first == Affine(1, {}) and spelled(found.last) is size:
        return ShapeError(
            f"{told}; places count from 0: write sum({name}, 0, {last}, ...), "
            f"or {name} - 1 for {name} in it"
        )
    bounds = _bounds(place, symbol(name), affine(last), found)
    if bounds is None:
        return ShapeError(f"{told}; write sum({name}, 0, m - 1, ...), with a size m")
    low, high = map(spelled, bounds)
    return ShapeError(f"{told}; write its bounds, sum({name}, {low}, {high}, ...)")


def _from_start(node: Expr, place: Affine, size: Expr) -> str:
    """An element whose place is always negative, counted from the start."""
    x, *indices = node.args
    shown = [
        spelled(place.plus(affine(size)))
        if affine(index) == place and axis is size
        else index
        for index, axis in zip(indices, x.dims, strict=True)
    ]
    return f"{x}[{', '.join(map(str, shown))}]"


def _bounds(
    place: Affine, index: Expr, last: Affine, found: Range
) -> tuple[Affine, Affine] | None:
    """Where an index keeps a place from 0 to `last`; None where sizes decide that."""
    step = place.terms[index]
    rest = place.put(index, _NONE)
    ends = [_NONE.plus(x.plus(rest, -1), Fraction(1, step)) for x in (_NONE, last)]
    low, high = ends if step > 0 else ends[::-1]
    if any(x != int(x) for end in ends for x in end.terms.values()):
        return None
    low = low._replace(constant=ceil(low.constant))
    high = high._replace(constant=floor(high.constant))
    if found.first.plus(low, -1).never_negative():
        low = found.first
    if high.plus(found.last, -1).never_negative():
        high = found.last
    return low, high
