"""Arrays of values: a shape of whole numbers, and the elements in one list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from calcml.core.budget import spend
from calcml.core.errors import ShapeError

Shape = tuple[int, ...]
Index = tuple[int, ...]


class Grid(NamedTuple):
    """An array: its elements in one list, the last axis fastest."""

    shape: Shape
    items: list[Any]


def is_nested(value: object) -> bool:
    """Whether a value from outside is an array: nested lists, or NumPy's."""
    return isinstance(value, (list, tuple)) or bool(getattr(value, "shape", ()))


def read_grid(value: object) -> Grid:
    """An array from outside, of whatever is in its innermost lists.

    Raises ShapeError for lists of different lengths and for empty ones.
    """
    shape: list[int] = []
    items = [_listed(value)]
    while isinstance(items[0], (list, tuple)):
        size = len(items[0])
        if not size or any(
            not isinstance(row, (list, tuple)) or len(row) != size for row in items
        ):
            raise ShapeError("an array has rows of one length, and none is empty")
        shape.append(size)
        items = [_listed(part) for row in items for part in row]
    return Grid(tuple(shape), items)


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def nested(grid: Grid) -> Any:
    """The elements in nested lists; the element itself of a scalar."""
    items = grid.items
    for size in grid.shape[:0:-1]:
        items = [items[k : k + size] for k in range(0, len(items), size)]
    return items if grid.shape else items[0]


def indices(shape: Sequence[int]) -> list[Index]:
    """The indices of all elements, in their order."""
    spend(8 * prod(shape))
    return list(product(*map(range, shape)))


def spread(grid: Grid, shape: Shape) -> list[Any]:
    """The elements of `grid` broadcast to a shape, as NumPy does."""
    if grid.shape == shape:
        return grid.items
    spend(prod(shape))
    if not grid.shape or not prod(shape):
        return grid.items * prod(shape)
    places = [0]
    step = len(grid.items)
    aligned = (1,) * (len(shape) - len(grid.shape)) + grid.shape
    for own, size in zip(aligned, shape, strict=True):
        step //= own
        stride = 0 if own == 1 else step
        places = [place + stride * k for place in places for k in range(size)]
    return [grid.items[place] for place in places]


def bundles(grid: Grid, axes: Sequence[int]) -> list[list[Any]]:
    """For each index of the other axes the elements along `axes`."""
    kept = [k for k in range(len(grid.shape)) if k not in axes]
    found: dict[Index, list[Any]] = {}
    if not grid.items:
        return [[] for _ in indices([grid.shape[k] for k in kept])]
    for index, item in zip(indices(grid.shape), grid.items, strict=True):
        found.setdefault(tuple([index[k] for k in kept]), []).append(item)
    return list(found.values())
