"""Sums, diagonals and reductions over axes."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.core.build import REBUILD
from calcml.core.errors import ShapeError
from calcml.core.expr import ARRAYS, Expr
from calcml.core.shapes import declaration, is_unit, shown
from calcml.core.tensors.contraction import UNIT, Label, array, contract, permuted
from calcml.core.tensors.names import DIAG, NORM2
from calcml.core.tensors.products import product, reshape
from calcml.core.tensors.units import delta
from calcml.functions.arrays import REDUCTIONS


def total(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over some axes."""
    labels = range(len(x.dims))
    return contract(
        [(x, labels)], [k for k in labels if k not in axes], dict(enumerate(x.dims))
    )


def with_units(x: Expr, axes: Sequence[int]) -> Expr:
    """`x` with axes of size 1 put in, at the places `axes` of the result."""
    rank = len(x.dims) + len(axes)
    labels = [k for k in range(rank) if k not in axes]
    out: list[Label] = [UNIT if k in axes else k for k in range(rank)]
    return contract([(x, labels)], out, dict(zip(labels, x.dims, strict=True)))


def without_units(x: Expr) -> Expr:
    """`x` without its axes of size 1."""
    out = [k for k, size in enumerate(x.dims) if not is_unit(size)]
    sizes: dict[Label, Expr] = dict(enumerate(x.dims))
    return contract([(x, range(len(x.dims)))], out, sizes)


def square(x: Expr, what: str) -> Expr:
    """`x`, which must be a square matrix, or several along leading axes."""
    if len(x.dims) < 2 or x.dims[-1] is not x.dims[-2]:
        raise ShapeError(
            f"{what} takes a square matrix, got shape {shown(x.dims)}"
            f"{declaration((x, 'n n'))}"
        )
    return x


def trace(x: Expr) -> Expr:
    """The sum of the diagonal of a square matrix, or of several along leading axes."""
    lead = list(range(len(x.dims) - 2))
    sizes: dict[Label, Expr] = {**dict(enumerate(x.dims[:-2])), "i": x.dims[-1]}
    return contract([(x, [*lead, "i", "i"])], lead, sizes)


def diag(x: Expr) -> Expr:
    """The diagonal matrix of a vector, or the diagonal of a matrix.

    A column or a row, of shape (n, 1) or (1, n), is taken for a vector.
    """
    if len(x.dims) == 2 and any(map(is_unit, x.dims)):
        if all(map(is_unit, x.dims)):
            return x
        x = without_units(x)
    if len(x.dims) == 1:
        size: Expr = x.dims[0]
        sizes: dict[Label, Expr] = {"i": size, "j": size}
        return contract([(x, "i"), (delta(size), "ij")], "ij", sizes)
    if len(x.dims) == 2:
        square(x, DIAG)
        return contract([(x, "ii")], "i", {"i": x.dims[0]})
    raise ShapeError(
        f"diag takes a vector or a matrix, got shape {shown(x.dims)}"
        f"{declaration((x, 'n'))}"
    )


def axes_of(x: Expr, axes: Sequence[int] | int | None, what: str) -> tuple[int, ...]:
    """Axes counted from 0, sorted; all of them for None. ShapeError for others."""
    rank = len(x.dims)
    if axes is None:
        return tuple(range(rank))
    found: set[int] = set()
    for axis in (axes,) if isinstance(axes, int) else axes:
        if not -rank <= axis < rank:
            raise ShapeError(f"{what} has no axis {axis} in the shape {shown(x.dims)}")
        if axis % rank in found:
            raise ShapeError(
                f"{what} has the axis {axis % rank} of {shown(x.dims)} twice; name it "
                "once"
            )
        found.add(axis % rank)
    return tuple(sorted(found))


def reduction(op: str, x: Expr, axes: tuple[int, ...]) -> Expr:
    """The node of a reduction over `axes`: max, min, prod or logsumexp."""
    if not axes:
        return x
    dims = tuple(size for k, size in enumerate(x.dims) if k not in axes)
    return array(op, (x,), axes, dims)


def flat_reduction(op: str, x: Expr, axes: tuple[int, ...]) -> Expr:
    """A reduction over several axes at once, brought to one axis, the last."""
    axes = tuple(k for k in axes if not is_unit(x.dims[k])) or axes[:1]
    if len(axes) < 2:
        return reduction(op, x, axes)
    kept = [k for k in range(len(x.dims)) if k not in axes]
    moved = permuted(x, [*kept, *axes])
    size = product(x.dims[k] for k in axes)
    moved = reshape(moved, (*(x.dims[k] for k in kept), size))
    return reduction(op, moved, (len(kept),))


def size_of(x: Expr, axes: Sequence[int]) -> Expr:
    """How many elements there are along some axes."""
    return product(x.dims[k] for k in axes)


def _reduced_again(node: Expr, args: tuple[Expr, ...]) -> Expr:
    dims = tuple(s for k, s in enumerate(args[0].dims) if k not in node.value)
    return array(node.op, args, node.value, dims)


REBUILD.update(dict.fromkeys((*REDUCTIONS, NORM2), _reduced_again))
ARRAYS.update((*REDUCTIONS, NORM2))
