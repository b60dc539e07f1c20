"""Values of operations on whole arrays, by the values of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain
from math import prod
from operator import eq
from typing import Any, NamedTuple

from calcml.core.errors import DomainError, ShapeError
from calcml.core.expr import Expr
from calcml.core.tensors.names import ARANGE, ONEHOT, RESHAPE
from calcml.evaluate.arrays import matrices
from calcml.evaluate.arrays.grid import Grid, bundles, indices
from calcml.evaluate.arrays.products import contracted, table
from calcml.evaluate.arrays.sizes import Sizes, inside, shape_of, whole
from calcml.evaluate.pointwise import Failure, number, short
from calcml.functions.arrays import ARRAY_OPERATIONS, REDUCTIONS, SQUARE_OPERATIONS

# Tensors of zeros and ones whose zeros say which elements are not used.
SPARSE = ("delta", ONEHOT, "selector", "mask")


class Setting(NamedTuple):
    """What the value of an operation depends on beside its arguments."""

    sizes: Sizes
    m: Any  # the mpmath context, at its working precision


Operation = Callable[[Expr, Sequence[Grid], Setting], Grid]


def _contract(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    spec = node.value
    sizes = {k: whole(size, setting.sizes) for k, size in enumerate(spec.sizes)}
    tables = [
        table(grid, labels, arg.op in SPARSE)
        for arg, grid, labels in zip(node.args, args, spec.inputs, strict=True)
    ]
    return contracted(tables, spec.output, sizes, setting.m)


# --- tensors of zeros and ones -----------------------------------------------------


def _ones(where: Callable[[int, int], bool]) -> Operation:
    """A matrix with ones at some places."""

    def operation(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
        shape = shape_of(node.dims, setting.sizes)
        return Grid(shape, [Fraction(where(i, j)) for i, j in indices(shape)])

    return operation


def _mask(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    offset, steps = node.value
    first = whole(offset, setting.sizes)
    return Grid(
        shape, [Fraction(first + _far(steps, at) >= 0) for at in indices(shape)]
    )


def _far(steps: Sequence[int], at: Sequence[int]) -> int:
    return sum(step * k for step, k in zip(steps, at, strict=True))


def _arange(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    return Grid(shape, [Fraction(k) for (k,) in indices(shape)])


def _onehot(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    (place,) = args[0].items
    if isinstance(place, Failure):
        return Grid(shape, [place] * shape[0])
    if place != int(place.real):
        raise DomainError(f"an index is a whole number, not {place}")
    if not 0 <= place < shape[0]:
        raise ShapeError(f"the index {place} is beyond an axis of size {shape[0]}")
    return Grid(shape, [Fraction(k == place) for (k,) in indices(shape)])


def _selector(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    first, steps, _, _ = node.value
    start = whole(first, setting.sizes)
    inside(node, setting.sizes)
    places = [(start + _far(steps, at[:-1]), at[-1]) for at in indices(shape)]
    return Grid(shape, [Fraction(place == j) for place, j in places])


# --- along axes --------------------------------------------------------------------


def _alike(items: list[Any], m: Any) -> list[Any]:
    """Values of one kind, so that they can be compared and multiplied."""
    if all(isinstance(v, Fraction) for v in items):
        return items
    return [number(v, m) for v in items]


def _reduce(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    items = [_reduced(node, part, setting.m) for part in bundles(args[0], node.value)]
    return Grid(shape_of(node.dims, setting.sizes), items)


def _reduced(node: Expr, items: list[Any], m: Any) -> Any:
    """A value of `items`, which must all exist, and have an order where that counts."""
    for item in items:
        if isinstance(item, Failure):
            return item
    row = ARRAY_OPERATIONS[node.op]
    if not items:
        known = row.of_none.isdigit()
        return Fraction(row.of_none) if known else Failure(node, [], "of no elements")
    compute = row.values
    assert callable(compute)
    try:
        value = compute(m, _alike(items, m))
    except TypeError:
        return Failure(node, [], "complex values have no order and no place here")
    return short(value, m) if isinstance(value, Fraction) else value


def _reshape(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    if prod(shape) != len(args[0].items):
        raise ShapeError(f"an array of shape {args[0].shape} has no shape {shape}")
    return Grid(shape, args[0].items)


# --- linear algebra ----------------------------------------------------------------


def _of_matrices(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    """A function of a square matrix, or of each of several along leading axes."""
    (x,), compute = args, getattr(matrices, str(ARRAY_OPERATIONS[node.op].values))
    n = x.shape[-1]
    shape = shape_of(node.dims, setting.sizes)
    parts = [x.items[k : k + n * n] for k in range(0, len(x.items), n * n)]
    results = []
    for part in parts:
        rows = [part[k : k + n] for k in range(0, n * n, n)]
        failed = [v for v in part if isinstance(v, Failure)]
        count = prod(shape) // len(parts)
        results.append(failed[:1] * count or compute(node, rows, setting.m))
    return Grid(shape, list(chain(*results)))


OPERATIONS: dict[str, Operation] = {
    "contract": _contract,
    "delta": _ones(eq),
    "mask": _mask,
    ARANGE: _arange,
    ONEHOT: _onehot,
    "selector": _selector,
    RESHAPE: _reshape,
    **dict.fromkeys(REDUCTIONS, _reduce),
    **dict.fromkeys(SQUARE_OPERATIONS, _of_matrices),
}
