"""Values of operations on whole arrays, by the values of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain
from math import prod
from typing import Any, NamedTuple

from calcml.core.errors import DomainError, ShapeError
from calcml.core.expr import Expr
from calcml.evaluate.arrays.grid import Grid, bundles, indices
from calcml.evaluate.arrays.matrices import (
    cholesky,
    determinant,
    inverse,
    log_determinant,
)
from calcml.evaluate.arrays.products import contracted, table
from calcml.evaluate.arrays.sizes import Sizes, shape_of, whole
from calcml.evaluate.pointwise import Failure, number, short

# Tensors of zeros and ones whose zeros say which elements are not used.
SPARSE = ("delta", "onehot", "selector", "lower_ones")


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


def _delta(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    return Grid(shape, [Fraction(i == j) for i, j in indices(shape)])


def _lower_ones(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    return Grid(shape, [Fraction(i >= j) for i, j in indices(shape)])


def _onehot(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    (place,) = args[0].items
    if isinstance(place, Failure):
        return Grid(shape, [place] * shape[0])
    if place != int(place.real):
        raise DomainError(f"an index is a whole number, not {place}")
    if not 0 <= place < shape[0]:
        raise ShapeError(f"the index {place} is beyond an axis of size {shape[0]}")
    return Grid(shape, [Fraction(k == place) for k in range(shape[0])])


def _selector(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    count, size = shape = shape_of(node.dims, setting.sizes)
    start = whole(node.value[0], setting.sizes)
    if not 0 <= start <= size - count:
        raise ShapeError(
            f"the slice {start}:{start + count} is beyond an axis of size {size}"
        )
    return Grid(shape, [Fraction(k + start == j) for k, j in indices(shape)])


# --- along axes --------------------------------------------------------------------


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Any], Any], Any]:
    return lambda items, m: choose(_alike(items, m))


def _product(items: list[Any], m: Any) -> Any:
    value = prod(_alike(items, m))
    return short(value, m) if isinstance(value, Fraction) else value


def _log_sum(items: list[Any], m: Any) -> Any:
    return m.log(m.fsum([m.exp(number(v, m)) for v in items]))


def _alike(items: list[Any], m: Any) -> list[Any]:
    """Values of one kind, so that they can be compared and multiplied."""
    if all(isinstance(v, Fraction) for v in items):
        return items
    return [number(v, m) for v in items]


_REDUCTIONS: dict[str, Callable[[list[Any], Any], Any]] = {
    "max_over": _extreme(max),
    "min_over": _extreme(min),
    "prod_over": _product,
    "logsumexp_over": _log_sum,
}


def _reduce(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    compute = _REDUCTIONS[node.op]
    items = [
        _attempt(node, part, compute, setting.m)
        for part in bundles(args[0], node.value)
    ]
    return Grid(shape_of(node.dims, setting.sizes), items)


def _softmax(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    m, (shape, items) = setting.m, args[0]
    results = list(items)
    for places in bundles(Grid(shape, list(range(len(items)))), node.value):
        part = [items[k] for k in places]
        log_sum = _attempt(node, part, _log_sum, m)
        for k in places:
            failed = isinstance(log_sum, Failure)
            results[k] = log_sum if failed else m.exp(number(items[k], m) - log_sum)
    return Grid(shape, results)


def _attempt(
    node: Expr, items: list[Any], compute: Callable[[list[Any], Any], Any], m: Any
) -> Any:
    """A value of `items`, which must all exist, and have an order where that counts."""
    for item in items:
        if isinstance(item, Failure):
            return item
    try:
        return compute(items, m)
    except TypeError:
        return Failure(node, [], "complex values have no order and no place here")


def _reshape(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    shape = shape_of(node.dims, setting.sizes)
    if prod(shape) != len(args[0].items):
        raise ShapeError(f"an array of shape {args[0].shape} has no shape {shape}")
    return Grid(shape, args[0].items)


# --- linear algebra ----------------------------------------------------------------

_MATRIX_VALUES: dict[str, Callable[[Expr, list[list[Any]], Any], list[Any]]] = {
    "det": lambda node, rows, m: [determinant(rows, m)],
    "logdet": lambda node, rows, m: [log_determinant(node, rows, m)],
    "inv": inverse,
    "cholesky": cholesky,
}


def _of_matrices(node: Expr, args: Sequence[Grid], setting: Setting) -> Grid:
    """A function of a square matrix, or of each of several along leading axes."""
    (x,), compute = args, _MATRIX_VALUES[node.op]
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
    "delta": _delta,
    "lower_ones": _lower_ones,
    "onehot": _onehot,
    "selector": _selector,
    "softmax": _softmax,
    "reshape": _reshape,
    **dict.fromkeys(_REDUCTIONS, _reduce),
    **dict.fromkeys(_MATRIX_VALUES, _of_matrices),
}
