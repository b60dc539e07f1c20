"""Products with a Jacobian, from one sweep that never forms it."""

from __future__ import annotations

from typing import Unpack, overload

from calcml.calculus.derivative import Options
from calcml.calculus.in_names import short
from calcml.calculus.slopes import derivative, gradient
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr, symbol, walk
from calcml.core.shapes import shown
from calcml.parsing import parser
from calcml.parsing.inputs import (
    Formula,
    Several,
    Variable,
    formula,
    function,
    variable,
)
from calcml.parsing.parser import Given, Shapes


@overload
def vjp(
    f: Formula, x: Variable, upstream: Formula = "g", **options: Unpack[Options]
) -> Expr: ...


@overload
def vjp(
    f: Formula, x: Several, upstream: Formula = "g", **options: Unpack[Options]
) -> dict[str, Expr]: ...


def vjp(
    f: Formula,
    x: Variable | Several,
    upstream: Formula = "g",
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Expr | dict[str, Expr]:
    """The backward pass: an `upstream` gradient of the shape of `f` times the Jacobian.

    `upstream` is a name for it, or an expression of the shape of `f`. The result has
    the shape of `x`; for a list of variables it is a dictionary by name. `simplify`,
    `given`, `shapes` and `defined` are those of `diff`. One reverse sweep, whatever the
    number of variables; no Jacobian is formed.

    Raises the errors of `diff`, ShapeError for an upstream gradient of another shape,
    and ParseError for one with the name of a variable of `f`.

    >>> vjp("X @ W", "W", "g", shapes={"X": "b n", "W": "n m"})
    X.T @ g
    """
    read = function(f, shapes)
    root = read.root
    listed = [x] if isinstance(x, (str, Expr)) else x
    names = [variable(v, read) for v in listed]
    parts = gradient(root, names, _direction(upstream, root, "upstream gradient"))
    parts = short(read, parts, simplify, given, defined)
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
    the shape of `f`. `simplify`, `given`, `shapes` and `defined` are those of `diff`.
    One forward sweep; no Jacobian is formed.

    Raises the errors of `diff`, ShapeError for a tangent of another shape, and
    ParseError for one with the name of `x`.

    >>> jvp("inv(X)", "X", "dX", shapes={"X": "n n"})
    -inv(X) @ dX @ inv(X)
    """
    read = function(f, shapes)
    by = variable(x, read)
    result = derivative(read.root, by, _direction(tangent, by, "tangent"))
    return short(read, [result], simplify, given, defined)[0]


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
