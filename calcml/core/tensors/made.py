"""What calls of functions of arrays make: the `build` of a row names one of these.

A function along axes takes its row, an array and axes; any other takes the arguments
of the call, the sizes as one shape at the end.
"""

from __future__ import annotations

from calcml.core.affine import affine, spelled
from calcml.core.build import mul, sub
from calcml.core.errors import LimitError, ShapeError, UnsupportedError
from calcml.core.expr import HALF, ONE, ZERO, Expr
from calcml.core.limits import MAX_POWER
from calcml.core.shapes import Dims, is_unit, shown
from calcml.core.tensors import contraction, products, reductions
from calcml.core.tensors.contraction import Label, array, contract, filled
from calcml.core.tensors.names import INV
from calcml.core.tensors.products import matmul, product
from calcml.core.tensors.slices import index
from calcml.core.tensors.units import arange, delta, lower_ones, mask, selector
from calcml.functions.arrays import ArrayRow

# --- along axes --------------------------------------------------------------------


def summed(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr:
    """The sum over axes."""
    return reductions.total(x, axes)


def flat(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr:
    """A reduction of which one node takes one axis."""
    return reductions.flat_reduction(row.op, x, axes)


def over(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr:
    """A reduction over axes, those of size 1 dropped by a sum, which does nothing."""
    real = tuple(k for k in axes if not is_unit(x.dims[k]))
    made = reductions.reduction(row.op, x, real)
    left = [k for k in range(len(x.dims)) if k not in real]
    return reductions.total(made, [left.index(k) for k in axes if k not in real])


def along(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr | None:
    """A node of the shape of `x`, along axes; None where no axis has two elements.

    Axes of size 1 are left out, unless all are meant.
    """
    real = tuple(k for k in axes if not is_unit(x.dims[k]))
    many = [k for k, size in enumerate(x.dims) if not is_unit(size)]
    whole = row.axis == "all" and (len(axes) == len(x.dims) or len(real) == len(many))
    kept = axes if whole else real
    return array(row.op, (x,), kept, x.dims) if kept else None


def running(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr:
    """The sums of all elements up to each one along the axis."""
    (axis,) = axes
    labels: list[Label] = list(range(len(x.dims)))
    out = ["to" if k == axis else k for k in labels]
    known = dict(enumerate(x.dims)) | {"to": x.dims[axis]}
    ones = lower_ones(x.dims[axis])
    return contract([(ones, ("to", axis)), (x, labels)], out, known)


def padded(
    row: ArrayRow, x: Expr, axes: tuple[int, ...], before: Expr, after: Expr
) -> Expr:
    """Zeros before and after the elements along an axis."""
    (axis,) = axes
    labels: list[Label] = list(range(len(x.dims)))
    out = ["to" if k == axis else k for k in labels]
    ends = affine(before).plus(affine(after))
    size = spelled(affine(x.dims[axis]).plus(ends))
    known = dict(enumerate(x.dims)) | {"to": size}
    places = selector(before, (x.dims[axis],), size)
    return contract([(x, labels), (places, (axis, "to"))], out, known)


def count(row: ArrayRow, x: Expr, axes: tuple[int, ...]) -> Expr:
    """How many elements there are along axes."""
    return reductions.size_of(x, axes)


# --- of arrays ---------------------------------------------------------------------


transpose, trace, diag = contraction.transpose, reductions.trace, reductions.diag
kron = products.kron


def first_size(x: Expr) -> Expr:
    """The size of the first axis, 1 for a scalar."""
    return x.dims[0] if x.dims else ONE


def dot(a: Expr, b: Expr) -> Expr:
    """a @ b, and a*b where one is a scalar."""
    return matmul(a, b) if a.dims and b.dims else mul(a, b)


def outer(a: Expr, b: Expr) -> Expr:
    """The products of all elements of two vectors, columns and rows among them."""
    pair = map(reductions.without_units, (a, b))
    return products.outer(*pair)


def matrix_power(x: Expr, n: Expr) -> Expr:
    """x @ x @ ... @ x."""
    if n.op != "number" or n.value != int(n.value):
        raise UnsupportedError("matrix_power takes a whole number as its exponent")
    if abs(n.value) > MAX_POWER:
        raise LimitError(f"matrix_power: an exponent is over {MAX_POWER}")
    if n.value < 0:
        x = array(INV, (x,), None, x.dims)
    result = x if n.value else delta(x.dims[-1])
    for _ in range(abs(int(n.value)) - 1):
        result = matmul(result, x)
    return result


def lower(x: Expr, k: Expr) -> Expr:
    """A matrix with zeros above a diagonal."""
    if len(x.dims) < 2:
        raise ShapeError(f"tril takes a matrix, got shape {shown(x.dims)}")
    return mul(mask(k, (1, -1), x.dims[-2:]), x)


def lower_half(x: Expr) -> Expr:
    """1 below the diagonal, 1/2 on it, 0 above it."""
    size = x.dims[-1]
    return sub(lower_ones(size), mul(HALF, delta(size)))


# --- of sizes ----------------------------------------------------------------------


def eye(dims: Dims) -> Expr:
    """The unit matrix."""
    if dims[0] is not dims[-1]:
        raise UnsupportedError("eye takes one size: eye(n) is square")
    return delta(dims[0])


def numbers(dims: Dims) -> Expr:
    """0, 1, ... of a size."""
    return arange(dims[0])


def ones(dims: Dims) -> Expr:
    """The array of ones."""
    return filled(ONE, dims)


def zeros(dims: Dims) -> Expr:
    """The array of zeros."""
    return filled(ZERO, dims)


def unit_vector(k: Expr, dims: Dims) -> Expr:
    """The unit vector along axis k, which may be counted from the end."""
    return index(delta(dims[0]), (k,))


def reshape(x: Expr, dims: Dims) -> Expr:
    """The same elements in another shape."""
    if product(x.dims) is not product(dims):
        raise ShapeError(
            f"reshape: {shown(x.dims)} and {shown(dims)} have not the same number of "
            "elements"
        )
    return products.reshape(x, dims)
