"""Jacobians and Hessians, and products with them, of arrays and of lists of scalars.

A derivative of arrays has the axes of the function first, then those of the variable:
d(A x)/dx is A, as in Laue, Mitterreiter and Giesen (AAAI 2020, arXiv 2010.03313).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal, Unpack, overload

from calcml.calculus.derivative import Choices, graded, told, valued
from calcml.calculus.in_names import short
from calcml.calculus.slopes import derivative
from calcml.core.budget import limited
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import Expr
from calcml.core.results import Matrix
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors import without_units
from calcml.parsing.inputs import (
    Formula,
    Function,
    Several,
    Variable,
    function,
    names_in,
    variable,
    variables_in,
)
from calcml.parsing.names import refuse_constants
from calcml.parsing.parser import Given, Shapes

if TYPE_CHECKING:
    from calcml.calculus.compressed import Compressed


@overload
def jacobian(f: Formula, x: Variable, **options: Unpack[Choices]) -> Expr: ...


@overload
def jacobian(
    f: Several, x: Variable | Several, **options: Unpack[Choices]
) -> Matrix: ...


@overload
def jacobian(f: Formula, x: Several, **options: Unpack[Choices]) -> Matrix: ...


@limited
def jacobian(
    f: Formula | Several,
    x: Variable | Several,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    functions: str | None = None,
) -> Expr | Matrix:
    """The derivatives of each element of `f` by each of `x`: d f_i/d x_j.

    Of an array by an array, an array whose shape is that of `f`, then that of `x`;
    of columns, of shape (n, 1), the axes of size 1 are left out. Where `f` or `x` is a
    list or a tuple, a list of rows: one for each function, with a derivative by each
    variable. `simplify`, `given`, `shapes`, `defined` and `functions` are those of
    `diff`.

    Raises the errors of `diff`, and ShapeError for a list that holds an array function.

    >>> jacobian(["x*y", "x + y"], ["x", "y"])
    [[y, x], [1, 1]]
    >>> jacobian("A @ x", "x", shapes={"A": "m n", "x": "n"})
    A
    """
    if not isinstance(f, (list, tuple)) and isinstance(x, (str, Expr)):
        read = function(f, shapes, x, given)
        whole = _jacobian(read, x, simplify, given, defined)
        return told(read, [whole], functions, given, simplify)[0]
    several = f if isinstance(f, (list, tuple)) else [f]
    wrt = sorted(names_in(x))
    rows = [
        function(f, shapes, wrt if isinstance(f, str) else (), given) for f in several
    ]
    refuse_constants(wrt, *[row.root for row in rows])
    parts = [_gradient(row, x, simplify, given, defined) for row in rows]
    both = zip(rows, parts, strict=True)
    return Matrix([told(row, some, functions, given, simplify) for row, some in both])


def _jacobian(
    read: Function, x: Variable, simplify: bool, given: Given, defined: bool
) -> Expr:
    """The Jacobian of one function by one variable."""
    root, node = read.root, variable(x, read)
    if simplify:
        from calcml.algebra.arrays.simplify import prepared

        root = prepared(root, read.nodes, read.definitions.values())
    result = _columns(derivative(root, node), root, node)
    (result,) = short(read, [result], simplify, given, defined)
    return valued(root, [node], [result], given)[0] if simplify else result


def _gradient(
    read: Function,
    x: Variable | Several,
    simplify: bool,
    given: Given,
    defined: bool = False,
) -> list[Expr]:
    """The derivatives of a scalar by variables."""
    return graded(read, variables_in(read, x), simplify, given, defined)


@overload
def hessian(
    f: Formula,
    x: Variable,
    y: Variable | None = None,
    *,
    compressed: Literal[False] = False,
    **options: Unpack[Choices],
) -> Expr: ...


@overload
def hessian(
    f: Formula,
    x: Variable,
    y: Variable | None = None,
    *,
    compressed: Literal[True],
    **options: Unpack[Choices],
) -> list[Compressed]: ...


@overload
def hessian(
    f: Formula,
    x: Several,
    y: Variable | Several | None = None,
    **options: Unpack[Choices],
) -> Matrix: ...


@limited
def hessian(
    f: Formula,
    x: Variable | Several,
    y: Variable | Several | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    compressed: bool = False,
    functions: str | None = None,
) -> Expr | list[Compressed] | Matrix:
    """The second derivatives of a scalar `f`, by `x` and then by `y` (`x` if None).

    Of arrays, an array of shape x.shape + y.shape (of columns without axes of size 1);
    with `compressed`, a list of its terms, each a `Compressed` with the deltas left
    out. Of lists of variables, a list of rows by `x` and columns by `y`. `simplify`,
    `given`, `shapes`, `defined` and `functions` are those of `diff`.

    Raises the errors of `grad`, and ShapeError for several variables that are arrays.

    Source of the compression: Laue, Mitterreiter and Giesen (AAAI 2020).

    >>> hessian("x^2*y", ["x", "y"])
    [[2*y, 2*x], [2*x, 0]]
    >>> hessian("sum((X @ w - y)^2)", "w", shapes={"X": "m n", "w": "n", "y": "m"})
    2*X.T @ X
    """
    other = x if y is None else y
    read = function(f, shapes, [x, other], given)
    if not (isinstance(x, (str, Expr)) and isinstance(other, (str, Expr))):
        rows, columns = variables_in(read, x), variables_in(read, other)
        if compressed or any(v.dims for v in [*rows, *columns]):
            pair = f"{str(rows[0])!r}, {str(columns[-1])!r}"
            raise ShapeError(
                "second derivatives by several arrays have several shapes; take "
                f"hessian(f, {pair}) for each pair, which can be compressed"
            )
        first = _gradient(read, rows, simplify, given)
        second = [graded(Function(part), columns, simplify=False) for part in first]
        entries = [entry for row in second for entry in row]
        made = iter(short(read, entries, simplify, given, defined))
        whole = [list(islice(made, len(columns))) for _ in rows]
        if not simplify:
            return Matrix([told(read, r, functions, given, simplify) for r in whole])
        rows_of = zip(first, whole, strict=True)
        whole = [[*valued(part, columns, row, given)] for part, row in rows_of]
        return Matrix([told(read, r, functions, given, simplify) for r in whole])
    if compressed and not simplify:
        raise UnsupportedError("compressed has no effect without simplify")
    by = variable(x, read)
    if given not in ((), []):
        from calcml.algebra.arrays.simplify import without_kinds

        inner = without_kinds(given)
    else:
        inner = []
    (first_part,) = graded(read, [by], simplify, inner)
    second_by = variable(other, read)
    result = _columns(derivative(first_part, second_by), read.root, by)
    (result,) = short(read, [result], simplify, given, defined)
    if simplify:
        (result,) = valued(first_part, [second_by], [result], given)
    (result,) = told(read, [result], functions, given, simplify)
    if compressed:
        from calcml.calculus.compressed import compressed_terms

        return compressed_terms(result)
    return result


def _columns(slope: Expr, f: Expr, x: Expr) -> Expr:
    """A derivative of columns by columns without their axes of size 1."""

    def column(dims: Dims) -> bool:
        return len(dims) == 2 and any(map(is_unit, dims))

    fits = column(x.dims) and (not f.dims or column(f.dims))
    return without_units(slope) if fits else slope
