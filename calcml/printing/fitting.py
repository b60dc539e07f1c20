"""Forms of arrays brought to one shape: transposes, and what is repeated, by ones."""

from __future__ import annotations

from calcml.core.build import neg
from calcml.core.expr import ONE, ZERO, Expr
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.core.tensors.names import MATMUL, ONES, SUM
from calcml.core.tensors.surface import called, is_call, is_symmetric, matmul, surface


def sides(dims: Dims) -> Dims:
    """Rows and columns of what is printed as a matrix, a column or a number."""
    if len(dims) > 2:
        raise NoMatrixError
    return (*dims, ONE, ONE)[:2]


def is_scalar(dims: Dims) -> bool:
    """Whether there is one element, which books take for a number."""
    return all(map(is_unit, dims))


def turned(x: Expr) -> Expr:
    """x^T: of a transpose the matrix itself, of a product that of the transposes."""
    rows, columns = sides(x.dims)
    if x.op == "turned":
        return x.args[0]
    if is_scalar(x.dims) or (len(x.dims) == 2 and is_symmetric(x)):
        return x
    dims = (columns, rows)
    if x.op == "neg" or (x.op == "div" and is_scalar(x.args[1].dims)):
        return surface(x.op, (turned(x.args[0]), *x.args[1:]), dims)
    if x.op == MATMUL:
        a, b = x.args
        return matmul(turned(b), turned(a), dims)
    if is_call(x, SUM):
        (matrix,), axis = x.args, dict(x.value[1])["axis"]
        ones = turned(called(ONES, (), (matrix.dims[int(axis)],)))
        return matmul(ones, matrix if axis == "0" else turned(matrix), dims)
    return surface("turned", (x,), dims)


def ones_of(*sizes: Expr) -> Expr:
    """The vector or the matrix of ones."""
    return called(ONES, sizes, sizes)


def spread(dims: Dims, x: Expr, whole: Dims) -> Expr:
    """An operand of shape `dims` in the shape that it is broadcast to."""
    if dims == whole or x is ZERO or is_scalar(whole):
        return x
    rows, columns = sides(whole)
    if is_scalar(dims):
        if len(whole) == 2 and not is_unit(columns):
            ones = turned(ones_of(columns)) if is_unit(rows) else ones_of(*whole)
        else:
            ones = called(ONES, (), whole)
        if x.op == "neg":
            return neg(scaled(x.args[0], ones, whole))
        return scaled(x, ones, whole)
    if len(dims) == 1 or is_unit(dims[0]):
        row = turned(x) if len(dims) == 1 else x
        return row if is_unit(rows) else matmul(ones_of(rows), row, whole)
    return x if is_unit(columns) else matmul(x, turned(ones_of(columns)), whole)


def scaled(c: Expr, x: Expr, dims: Dims) -> Expr:
    """A number times an array."""
    return x if c is ONE else surface("mul", (c, x), dims)
