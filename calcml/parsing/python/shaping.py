"""Functions that move the elements of arrays, or read other arguments than values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from calcml.core import tensors
from calcml.core.errors import LimitError, ParseError, ShapeError
from calcml.core.expr import ONE, Expr, number, sizes
from calcml.core.shapes import broadcast, is_unit, shown
from calcml.core.tensors.contraction import Label, contract, permuted
from calcml.core.tensors.products import product
from calcml.parsing.python import joining, products, symbolic
from calcml.parsing.python.values import axis_of, scalar_of, whole


def _numbers(values: Sequence[Any]) -> list[int]:
    """Whole numbers, given one by one or as one tuple."""
    if len(values) == 1 and isinstance(values[0], tuple):
        values = values[0]
    found = [whole(v) for v in values]
    if None in found:
        raise ParseError("axes are whole numbers")
    return [n for n in found if n is not None]


def transposed(x: Any, *axes: Any) -> Expr:
    """The axes in another order, the reverse one where none is given."""
    x = scalar_of(x)
    order = [axis_of(x, k) for k in _numbers(axes)] if axes and axes != (None,) else []
    order = order or list(range(len(x.dims)))[::-1]
    if sorted(order) != list(range(len(x.dims))):
        raise ShapeError(f"{order} is no order of the axes of {shown(x.dims)}")
    return permuted(x, order)


def swapped(x: Any, a: Any, b: Any) -> Expr:
    """Two axes exchanged."""
    x = scalar_of(x)
    first, second = (axis_of(x, k) for k in _numbers([a, b]))
    order = list(range(len(x.dims)))
    order[first], order[second] = second, first
    return permuted(x, order)


def moved(x: Any, source: Any, destination: Any) -> Expr:
    """One axis at another place."""
    x = scalar_of(x)
    start, end = (axis_of(x, k) for k in _numbers([source, destination]))
    order = [k for k in range(len(x.dims)) if k != start]
    return permuted(x, [*order[:end], start, *order[end:]])


def expanded(x: Any, axis: Any = None, dim: Any = None) -> Expr:
    """A new axis of size 1."""
    x = scalar_of(x)
    places = _numbers([dim if axis is None else axis])
    rank = len(x.dims) + len(places)
    return tensors.with_units(x, sorted(axis_of(x, k, rank) for k in places))


def squeezed(x: Any, axis: Any = None, dim: Any = None) -> Expr:
    """Without axes of size 1, all or those that are named."""
    x = scalar_of(x)
    asked = dim if axis is None else axis
    if asked is None:
        return tensors.without_units(x)
    gone = [axis_of(x, k) for k in _numbers([asked])]
    if not all(is_unit(x.dims[k]) for k in gone):
        raise ShapeError(f"an axis of {shown(x.dims)} that goes has not the size 1")
    return tensors.total(x, gone)


def reshaped(x: Any, *shape: Any, **options: Any) -> Expr:
    """Another shape, of which one size may be -1."""
    x = scalar_of(x)
    given = shape or tuple(options.values())
    wanted = given[0] if len(given) == 1 and isinstance(given[0], tuple) else given
    free = [k for k, size in enumerate(wanted) if whole(size) == -1]
    known = [size for k, size in enumerate(wanted) if k not in free]
    dims = [*sizes(known)]
    if len(free) == 1:
        dims.insert(free[0], _left(x, dims))
    if product(dims) is not product(x.dims) or len(free) > 1:
        raise ShapeError(
            f"{shown(x.dims)} and {shown(tuple(dims))} have not the same number of "
            "elements"
        )
    return tensors.reshape(x, tuple(dims))


def _left(x: Expr, dims: Sequence[Expr]) -> Expr:
    """The size that is left beside others: what those do not account for."""
    left = [size for size in x.dims if whole(size) is None]
    for size in dims:
        if size in left:
            left.remove(size)
        elif whole(size) is None:
            raise ShapeError(f"the size for -1 in {shown(x.dims)} is not known here")
    all_, part = (prod(whole(s) or 1 for s in some) for some in (x.dims, dims))
    if all_ % part:
        raise ShapeError(f"{shown(x.dims)} has no such shape")
    return product([*left, number(all_ // part)])


def raveled(x: Any) -> Expr:
    """All elements along one axis."""
    return flattened(x)


def flattened(x: Any, start_dim: Any = 0, end_dim: Any = -1) -> Expr:
    """All elements along one axis, or those of the axes from one to another."""
    x = scalar_of(x)
    given = (start_dim, end_dim)
    places = (d if isinstance(d, int) else whole(d) for d in given)
    start, end = (n + len(x.dims) if n is not None and n < 0 else n for n in places)
    if x.dims and (start is None or end is None or not 0 <= start <= end < len(x.dims)):
        raise ParseError("flatten joins the axes from one to a later one")
    joined = product(x.dims[start : (end or 0) + 1])
    return tensors.reshape(x, (*x.dims[:start], joined, *x.dims[(end or 0) + 1 :]))


def turned(x: Any) -> Expr:
    """The transpose of a matrix; a vector is itself."""
    x = scalar_of(x)
    if len(x.dims) > 2:
        raise ShapeError(f"t transposes matrices, and {shown(x.dims)} is the shape")
    return tensors.transpose(x) if len(x.dims) == 2 else x


def shape(x: Any) -> tuple[Expr, ...]:
    """The sizes of an array."""
    found: tuple[Expr, ...] = scalar_of(x).dims
    return found


def size(x: Any, dim: Any = None) -> Any:
    """torch's x.size(): the sizes, or one of them."""
    x = scalar_of(x)
    return x.dims if dim is None else x.dims[axis_of(x, _numbers([dim])[0])]


def rank(x: Any) -> Expr:
    """The number of axes."""
    return number(len(scalar_of(x).dims))


def broadcasted(x: Any, *shape: Any) -> Expr:
    """Repeated along new axes and along those of size 1."""
    x = scalar_of(x)
    wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
    if len(wanted) > MAX_AXES:
        raise LimitError(f"over {MAX_AXES} axes")
    own = (*[None] * (len(wanted) - len(x.dims)), *x.dims)
    kept = [own[k] if whole(s) == -1 else s for k, s in enumerate(wanted)]
    dims = sizes(kept)
    if broadcast([x.dims, dims]) != dims:
        raise ShapeError(f"{shown(x.dims)} is not repeated to {shown(dims)}")
    ahead = len(dims) - len(x.dims)
    labels: list[Label] = [
        ("one", k) if is_unit(s) and not is_unit(dims[k]) else k
        for k, s in enumerate(x.dims, ahead)
    ]
    ones = {label: ONE for label in labels if isinstance(label, tuple)}
    known: dict[Label, Expr] = {**dict(enumerate(dims)), **ones}
    found: Expr = contract([(x, labels)], range(len(dims)), known)
    return found


def like_other(x: Any, other: Any) -> Expr:
    """Repeated to the shape of another array."""
    return broadcasted(x, *scalar_of(other).dims)


def viewed(x: Any, other: Any) -> Expr:
    """In the shape of another array."""
    return reshaped(x, *scalar_of(other).dims)


MAX_AXES = 16

SHAPING: dict[str, Callable[..., Any]] = {}
for _function, _names in (
    (transposed, "np.transpose A.transpose t.permute k.transpose np.permute_dims"),
    (swapped, "np.swapaxes A.swapaxes t.transpose t.swapaxes t.swapdims k.swapaxes"),
    (moved, "np.moveaxis t.moveaxis t.movedim k.moveaxis"),
    (expanded, "np.expand_dims t.unsqueeze k.expand_dims lax.expand_dims"),
    (squeezed, "np.squeeze A.squeeze t.squeeze k.squeeze"),
    (reshaped, "np.reshape A.reshape t.reshape T.view T.reshape k.reshape"),
    (raveled, "np.ravel A.ravel A.flatten t.ravel k.ravel kb.flatten"),
    (flattened, "t.flatten"),
    (turned, "t.t"),
    (shape, "np.shape k.shape"),
    (size, "T.size"),
    (rank, "T.dim np.ndim"),
    (products.einsum, "np.einsum t.einsum k.einsum"),
    (symbolic.piecewise, "sy.Piecewise"),
    (like_other, "T.expand_as"),
    (viewed, "T.view_as T.reshape_as"),
    (joining.concatenated, "np.concatenate np.concat t.cat t.concat k.concatenate"),
    (joining.stacked, "np.stack t.stack k.stack"),
    (joining.upright, "np.vstack t.vstack"),
    (joining.level, "np.hstack t.hstack"),
    (joining.columns, "np.column_stack"),
    (joining.differences, "np.diff t.diff"),
    (joining.gathered, "t.gather"),
    (joining.taken, "np.take_along_axis"),
    (joining.masked, "T.masked_fill"),
    (products.attention, "F.scaled_dot_product_attention"),
    (symbolic.symbols, "sy.symbols sy.Symbol"),
    (broadcasted, "np.broadcast_to t.broadcast_to T.expand k.broadcast_to"),
):
    SHAPING.update(dict.fromkeys(_names.split(), _function))
