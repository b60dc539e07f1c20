"""Derivatives by their public names: of scalars and of arrays.

Expressions and variables flow in, derivatives, kinks and domains flow out: one chain
rule (`calculus.chain_rule`), on functions whose branches and kinks were brought to one
spelling before. It may import all that stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.calculus.derivative import checked_order, derived, graded
from calcml.calculus.in_names import short
from calcml.calculus.slopes import derivative, gradient
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr, symbol, walk
from calcml.core.shapes import Dims, is_unit, shown
from calcml.core.tensors import without_units
from calcml.parsing import parser
from calcml.parsing.inputs import (
    Formula,
    Function,
    Variable,
    formula,
    function,
    variable,
    variables_in,
)
from calcml.parsing.parser import Given, Shapes


def diff(
    f: Formula,
    *variables: Variable,
    order: int = 1,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Expr:
    """The derivative of `f` by each variable in turn, the whole `order` times.

    The shape is that of `f` and then that of the variable, d f_i/d x_j: of a scalar by
    an array a gradient. `shapes` declares the arrays of a text. With `simplify`, the
    result is made short between orders and at the end, where `given` (assumptions such
    as "x > 0", "A symmetric") holds; `defined` expresses it in the names that the text
    defines. A variable that does not occur gives 0. Raises UnsupportedError where
    there is no closed form, ShapeError where shapes do not fit.

    >>> diff("x^3*y", "x")
    3*x^2*y
    >>> diff("sigmoid(x)", "x")
    sigmoid(x)*(1 - sigmoid(x))
    >>> diff("x^3*y", "x", "y")
    3*x^2
    >>> diff("sin(x)", "x", order=2)
    -sin(x)
    >>> diff("sum((X @ w - y)^2)", "w", shapes={"X": "m n", "w": "n", "y": "m"})
    2*X.T @ (X @ w - y)
    """
    if not variables:
        raise ParseError("name the variable to derive by, as in diff(f, 'x')")
    order = checked_order(order)
    read = function(f, shapes)
    names = [variable(v, read) for v in variables]
    return derived(read, names, order, simplify, given, defined)


def grad(
    f: Formula,
    wrt: Sequence[Variable] | Variable | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> dict[str, Expr]:
    """The gradient of a scalar: name -> derivative, from one reverse sweep.

    Each derivative has its variable's shape. `wrt` None means every variable, in
    alphabetical order; the other arguments are those of `diff`. Raises ShapeError
    where `f` is an array of more than one element.

    >>> grad("(w*x + b - y)^2", ["w", "b"])
    {'w': 2*x*(w*x + b - y), 'b': 2*(w*x + b - y)}
    >>> loss = "p = sigmoid(X @ w); -mean(y*log(p) + (1 - y)*log(1 - p))"
    >>> shapes = {"X": "m n", "w": "n", "y": "m"}
    >>> grad(loss, "w", shapes=shapes, defined=True)
    {'w': X.T @ (p - y)/m}
    """
    read = function(f, shapes)
    names = variables_in(read, wrt)
    parts = graded(read, names, simplify, given, defined)
    return {v.value: part for v, part in zip(names, parts, strict=True)}


def jacobian(
    f: Formula | Sequence[Formula],
    x: Variable | Sequence[Variable],
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Any:
    """The derivatives of each element of `f` by each of `x`: d f_i/d x_j.

    Of an array by an array, an array whose shape is that of `f`, then that of `x`;
    of columns, of shape (n, 1), the axes of size 1 are left out. Of a list of functions
    by a list of variables, a list of rows.

    >>> jacobian(["x*y", "x + y"], ["x", "y"])
    [[y, x], [1, 1]]
    >>> jacobian("A @ x", "x", shapes={"A": "m n", "x": "n"})
    A
    """
    if not isinstance(f, (str, Expr, int, float, Function)) or not isinstance(
        x, (str, Expr)
    ):
        rows = [f] if isinstance(f, (str, Expr, int, float, Function)) else f
        by = [x] if isinstance(x, (str, Expr)) else x
        options: dict[str, Any] = {
            "simplify": simplify,
            "given": given,
            "shapes": shapes,
        }
        return [list(grad(part, by, **options).values()) for part in rows]
    read = function(f, shapes)
    root, node = read.root, variable(x, read)
    if simplify:
        from calcml.algebra.arrays.simplify import with_softmax

        root = with_softmax(root, read.nodes)
    result = _columns(derivative(root, node), root, node)
    return short(read, [result], given, defined)[0] if simplify else result


def hessian(
    f: Formula,
    x: Variable | Sequence[Variable],
    y: Variable | Sequence[Variable] | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    compressed: bool = False,
) -> Any:
    """The second derivatives of a scalar, by `x` and then by `y` (`x` if None).

    Of arrays, an array of shape x.shape + y.shape (of columns without axes of size 1);
    with
    `compressed`, a list of its terms, each a `Compressed` with the deltas left out. Of
    lists of variables, rows by `x` and columns by `y`.

    >>> hessian("x^2*y", ["x", "y"])
    [[2*y, 2*x], [2*x, 0]]
    >>> hessian("sum((X @ w - y)^2)", "w", shapes={"X": "m n", "w": "n", "y": "m"})
    2*X.T @ X
    """
    read = function(f, shapes)
    if not isinstance(x, (str, Expr)):
        if any(variable(v, read).dims for v in x):
            raise ShapeError(
                "second derivatives by several arrays have several shapes; take "
                "hessian(f, 'x', 'y') for each pair"
            )
        options: dict[str, Any] = {"simplify": simplify, "given": given}
        first = grad(read, x, **options)
        return jacobian(list(first.values()), x if y is None else y, **options)
    by, other = variable(x, read), x if y is None else y
    assert isinstance(other, (str, Expr))
    if given:
        from calcml.algebra.arrays.simplify import without_kinds

        inner = without_kinds(given)
    else:
        inner = []
    (first_part,) = grad(read, [by], simplify=simplify, given=inner).values()
    result = derivative(first_part, variable(other, read))
    result = _columns(result, read.root, by)
    if simplify or compressed:
        (result,) = short(read, [result], given, defined)
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


def vjp(
    f: Formula,
    x: Variable | Sequence[Variable],
    upstream: Formula = "g",
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Any:
    """The backward pass: an upstream gradient of the shape of `f` times the Jacobian.

    `upstream` is a name for it, or an expression of the shape of `f`. The result has
    the shape of `x`; for a list of variables, a dict by name.

    >>> vjp("X @ W", "W", "g", shapes={"X": "b n", "W": "n m"})
    X.T @ g
    """
    read = function(f, shapes)
    root = read.root
    listed = [x] if isinstance(x, (str, Expr)) else x
    names = [variable(v, read) for v in listed]
    parts = gradient(root, names, _direction(upstream, root, "upstream gradient"))
    if simplify:
        parts = short(read, parts, given, defined)
    if not isinstance(x, (str, Expr)):
        return {v.value: part for v, part in zip(names, parts, strict=True)}
    return parts[0]


def jvp(
    f: Formula,
    x: Variable,
    tangent: Formula = "v",
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Expr:
    """The forward product: the derivative of `f` in the direction of a tangent of `x`.

    `tangent` is a name for it, or an expression of the shape of `x`; the result has
    the shape of `f`.

    >>> jvp("inv(X)", "X", "dX", shapes={"X": "n n"})
    -inv(X) @ dX @ inv(X)
    """
    read = function(f, shapes)
    by = variable(x, read)
    result = derivative(read.root, by, _direction(tangent, by, "tangent"))
    return short(read, [result], given, defined)[0] if simplify else result


def _direction(value: Formula, like: Expr, what: str) -> Expr:
    """An array of the shape of `like`, by name or as an expression."""
    if isinstance(value, str) and parser.is_name(value):
        node = symbol(value, like.dims)
    elif isinstance(value, str):
        shapes = {n.value: n.dims for n in walk(like) if n.op == "symbol" and n.dims}
        node = formula(value, shapes)
    else:
        node = formula(value)
    if node.dims != like.dims:
        raise ShapeError(
            f"the {what} has the shape {shown(node.dims)}, and needs {shown(like.dims)}"
        )
    if isinstance(value, str) and value in like.free_symbols:
        raise ParseError(f"{value} is a variable of the formula; name the {what} anew")
    return node
