"""Matrix notation as books print it: dimensions fit, for nothing is broadcast.

A vector is a column. Broadcasting is written out: x @ y is x^T y, a column times a
matrix diag(v) M, a row added to a matrix 1 v^T, a number added to a vector c 1, a
product or quotient of arrays by elements has a sign of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from calcml.core.build import rebuild
from calcml.core.comparisons import COMPARISONS
from calcml.core.decimals import numeral
from calcml.core.expr import MINUS_ONE, ONE, ZERO, Expr, walk
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors import product
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.core.tensors.names import (
    DIAG,
    EYE,
    INV,
    MATMUL,
    ONEHOT,
    ONES,
    OUTER,
    RESHAPE,
    SUM,
    ZEROS,
)
from calcml.core.tensors.surface import (
    called,
    is_call,
    matmul,
    surface,
)
from calcml.printing.fitting import is_scalar, scaled, sides, spread, turned

Args = tuple[Expr, ...]
MARKS = {"mul": "odot", "div": "oslash"}
_SUMS = ("add", "sub")


def mathematical(form: Expr) -> Expr:
    """A form in matrix notation, its broadcasting written out.

    Raises NoMatrixError for choices between elements and for einsums.
    """
    done: dict[Expr, Expr] = {}
    for node in walk(form):
        args = tuple([done[a] for a in node.args])
        if not is_call(node, RESHAPE) and any(a.op == "einsum" for a in args):
            raise NoMatrixError
        made = _FORMS.get(node.op, _by_elements if node.dims else _same)
        done[node] = made(node, args)
    if form.op == "einsum":
        raise NoMatrixError
    return done[form]


def _same(node: Expr, args: Args) -> Expr:
    """`node` over other arguments, in a shape that these need not broadcast to."""
    if args == node.args:
        return node
    if not node.dims and node.op not in _FORMS:
        return rebuild(node, args)
    return surface(node.op, args, node.dims, node.value)


# --- by elements -------------------------------------------------------------------


def _by_elements(node: Expr, args: Args) -> Expr:
    """An operation by elements on operands of one shape; a function keeps numbers."""
    keeps = node.op not in _SUMS
    pairs = zip(node.args, args, strict=True)
    fitting = tuple(
        [
            x if keeps and is_scalar(a.dims) else spread(a.dims, x, node.dims)
            for a, x in pairs
        ]
    )
    return _same(node, fitting)


def _power(node: Expr, args: Args) -> Expr:
    if not node.dims:
        return _same(node, args)
    base, exponent = args
    base = spread(node.args[0].dims, base, node.dims)
    if not is_scalar(exponent.dims):
        exponent = spread(node.args[1].dims, exponent, node.dims)
    return _same(node, (base, exponent))


def _product(node: Expr, args: Args) -> Expr:
    if not node.dims:
        return _same(node, args)
    a, b = zip([a.dims for a in node.args], args, strict=True)
    return _multiplied(a, b, node.dims)


Operand = tuple[Dims, Expr]  # the shape that it has in the text, and its form


def _multiplied(a: Operand, b: Operand, dims: Dims) -> Expr:
    """A product by elements: of a vector and a matrix, by a diagonal."""
    (first, x), (second, y) = a, b
    for form, rest in ((x, b), (y, a)):
        if form is ONE or is_call(form.args[0] if form.op == "turned" else form, ONES):
            return spread(*rest, dims)
    if is_scalar(first) or is_scalar(second):
        if not is_scalar(first):
            if not second:
                return surface("mul", (spread(first, x, dims), y), dims)
            (first, x), (second, y) = b, a
        return scaled(x, spread(second, y, dims), dims)
    if x.op == "mul" and not x.args[0].dims:
        return scaled(x.args[0], _multiplied((first, x.args[1]), b, dims), dims)
    if len(dims) == 2 and not any(map(is_unit, dims)):
        one, other = _lies(first), _lies(second)
        if {one, other} == {"row", "column"}:
            column, row = (x, b) if one == "column" else (y, a)
            return matmul(column, _as_row(row), dims)
        for lies, vector, matrix in ((one, a, y), (other, b, x)):
            if lies == "column":
                return matmul(_diagonal(vector[1], dims[0]), matrix, dims)
            if lies == "row":
                return matmul(matrix, _diagonal(_as_column(vector), dims[1]), dims)
    pair = spread(first, x, dims), spread(second, y, dims)
    return surface(MARKS["mul"], pair, dims)


def _quotient(node: Expr, args: Args) -> Expr:
    """A quotient by elements: of a matrix and a vector, by an inverse diagonal."""
    dims, (x, y) = node.dims, args
    first, second = [a.dims for a in node.args]
    if is_scalar(second):
        return _same(node, (spread(first, x, dims), y)) if dims else _same(node, args)
    if is_scalar(first):
        return scaled(x, spread(second, _reciprocal(y), dims), dims)
    lies = _lies(first), _lies(second)
    if first == dims and lies[1] != "whole" and len(dims) == 2 and dims != second:
        size = dims[lies[1] == "row"]
        vector = y if lies[1] == "column" else _as_column((second, y))
        inverse = called(INV, (_diagonal(vector, size),), (size, size))
        pair = (inverse, x) if lies[1] == "column" else (x, inverse)
        return matmul(*pair, dims)
    if lies[0] != lies[1]:
        return _multiplied((first, x), (second, _reciprocal(y)), dims)
    pair = spread(first, x, dims), spread(second, y, dims)
    return surface(MARKS["div"], pair, dims)


def _reciprocal(x: Expr) -> Expr:
    if x.op == "pow" and x.args[1].op == "number":
        base, power = x.args
        return surface("pow", (base, numeral(-power.value, False)), x.dims)
    return surface("pow", (x, MINUS_ONE), x.dims)


def _lies(dims: Dims) -> str:
    """How an array lies in a matrix over whose elements it is repeated."""
    if len(dims) == 1 or is_unit(dims[0]):
        return "row"
    return "column" if is_unit(dims[1]) else "whole"


def _as_row(x: Operand) -> Expr:
    return turned(x[1]) if len(x[0]) == 1 else x[1]


def _as_column(x: Operand) -> Expr:
    return x[1] if len(x[0]) == 1 else turned(x[1])


def _diagonal(vector: Expr, size: Expr) -> Expr:
    return called(DIAG, (vector,), (size, size))


def _choice(node: Expr, args: Args) -> Expr:
    """A choice as a whole; one between elements has no matrix notation."""
    if not is_scalar(node.args[0].dims):
        raise NoMatrixError
    if not node.dims:
        return _same(node, args)
    pairs = zip(node.args[1:], args[1:], strict=True)
    branches = [spread(a.dims, x, node.dims) for a, x in pairs]
    return _same(node, (args[0], *branches))


def _compared(node: Expr, args: Args) -> Expr:
    """An equation, or an inequality between arrays of one shape, or of one and 0."""
    fits = {a.dims for a in node.args if a is not ZERO} <= {node.dims}
    many = not is_scalar(node.dims)
    if many and (node.op == "ne" or not (fits or node.op == "eq")):
        raise NoMatrixError
    pairs = zip(node.args, args, strict=True)
    return _same(node, tuple([spread(a.dims, x, node.dims) for a, x in pairs]))


def _joined(node: Expr, args: Args) -> Expr:
    if not is_scalar(node.dims):
        raise NoMatrixError
    return _same(node, args)


# --- whole arrays ------------------------------------------------------------------


def _matrix_product(node: Expr, args: Args) -> Expr:
    """A product of matrices; a vector on its left side is transposed."""
    x, y = args
    if len(node.args[0].dims) > 1:
        return _same(node, args)
    made = matmul(turned(x), y, (ONE, *node.dims) if node.dims else ())
    return turned(made) if node.dims else made


def _part(node: Expr, args: Args) -> Expr:
    """A part; as a row or a column where it lies as such, a row of a matrix too."""
    (x,) = args
    if node.value in ("column", "first column"):
        return x
    if node.value in ("row", "first row"):
        return turned(x)
    (a,) = node.args
    if len(a.dims) == 2 and len(node.dims) == 1 and isinstance(node.value[0], Expr):
        if is_call(x, EYE):
            return called(ONEHOT, (node.value[0], *node.dims), node.dims)
        return turned(surface("part", args, (ONE, *node.dims), node.value))
    return _same(node, args)


def _written(node: Expr, args: Args) -> Expr:
    name, options = node.value
    if name == SUM and options:
        axis = dict(options)["axis"]
        (x,) = args
        if x.op == "turned":
            x, axis = x.args[0], "1" if axis == "0" else "0"
        size = sides(x.dims)[axis == "0"]
        sums = called(SUM, (x,), (size,), (("axis", axis),))
        return turned(sums) if is_unit(sides(node.dims)[0]) else sums
    if name == ONES and is_scalar(node.dims):
        return ONE
    if name in (ONES, ZEROS) and len(node.dims) == 2 and is_unit(node.dims[0]):
        return turned(called(name, args[1:], node.dims[1:]))
    if name == RESHAPE and node.args[0].op == "einsum":
        sizes = map(product, zip(*[x.dims for x in args[0].args], strict=False))
        if args[0].value != _PRODUCTS or tuple(sizes) != node.dims:
            raise NoMatrixError
        return surface("otimes", args[0].args, node.dims)
    if name == OUTER and args[1].op == "turned":
        return matmul(args[0], args[1].args[0], node.dims)
    return _same(node, args)


_PRODUCTS = "ik,jl->ijkl"  # reshaped, the Kronecker product of two matrices


_FORMS: dict[str, Callable[[Expr, Args], Expr]] = {
    MATMUL: _matrix_product,
    "turned": lambda node, args: turned(args[0]),
    "part": _part,
    "written": _written,
    "einsum": _same,
    "at": lambda node, args: surface("at", args, ()),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "where": _choice,
    **dict.fromkeys(COMPARISONS, _compared),
    **dict.fromkeys(("and", "or", "not"), _joined),
}
