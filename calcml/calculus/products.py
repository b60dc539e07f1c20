"""Products with a Jacobian, from one sweep that never forms it."""

from __future__ import annotations

from typing import Unpack, overload

from calcml.calculus.derivative import Choices, told
from calcml.calculus.in_names import short
from calcml.calculus.slopes import derivative, gradient
from calcml.core.budget import limited
from calcml.core.build import add
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr, symbol, walk
from calcml.core.results import Gradient
from calcml.core.shapes import shown
from calcml.parsing.inputs import (
    Formula,
    Function,
    Several,
    Variable,
    formula,
    function,
    variables_in,
)
from calcml.parsing.names import is_name, refuse_constants
from calcml.parsing.parser import Given, Shapes


@overload
def vjp(
    f: Formula, x: Variable, upstream: Formula = "g", **options: Unpack[Choices]
) -> Expr: ...


@overload
def vjp(
    f: Formula, x: Several, upstream: Formula = "g", **options: Unpack[Choices]
) -> Gradient: ...


@limited
def vjp(
    f: Formula,
    x: Variable | Several,
    upstream: Formula = "g",
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    functions: str | None = None,
) -> Expr | Gradient:
    """The backward pass: an `upstream` gradient of the shape of `f` times the Jacobian.

    `upstream` is a name for it, or an expression of the shape of `f`. The result has
    the shape of `x`; for a list of variables it is a dictionary by name. `simplify`,
    `given`, `shapes`, `defined` and `functions` are those of `diff`. One reverse sweep,
    whatever the number of variables; no Jacobian is formed.

    Raises the errors of `diff`, ShapeError for an upstream gradient of another shape,
    and ParseError for one with a name of `f`.

    >>> vjp("X @ W", "W", "g", shapes={"X": "b n", "W": "n m"})
    X.T @ g
    """
    read = function(f, shapes, x, given)
    names, root = variables_in(read, x), read.root
    parts = gradient(root, names, _direction(upstream, root, "upstream gradient", read))
    short_ones = short(read, parts, simplify, given, defined)
    parts = told(read, short_ones, functions, given, simplify)
    if not isinstance(x, (str, Expr)):
        return Gradient({v.value: part for v, part in zip(names, parts, strict=True)})
    return parts[0]


@limited
def jvp(
    f: Formula,
    x: Variable | Several,
    tangent: Formula | Several = "v",
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    functions: str | None = None,
) -> Expr:
    """The forward product: the derivative of `f` in the direction of a tangent of `x`.

    `tangent` is a name for it, or an expression of the shape of `x`; for a list of
    variables it is a list of as many, and all move at once. The result has the shape of
    `f`. `simplify`, `given`, `shapes`, `defined` and `functions` are those
    of `diff`. One forward sweep; no Jacobian is formed.

    Raises the errors of `diff`, ShapeError for a tangent of another shape, and
    ParseError for one with a name of `f`.

    >>> jvp("inv(X)", "X", "dX", shapes={"X": "n n"})
    -inv(X) @ dX @ inv(X)
    >>> jvp("x*y", ["x", "y"], ["dx", "dy"])
    dx*y + dy*x
    """
    read = function(f, shapes, x, given)
    names = variables_in(read, x)
    tangents = tangent if isinstance(tangent, (list, tuple)) else [tangent]
    if not len(names) == len(tangents) > 0:
        each = [f"d{v.value}" for v in names] or "v"
        raise ParseError(f"each variable has a tangent of its own, such as {each}")
    result, *more = [
        derivative(read.root, v, _direction(t, v, "tangent", read))
        for v, t in zip(names, tangents, strict=True)
    ]
    for part in more:
        result = add(result, part)
    parts = short(read, [result], simplify, given, defined)
    return told(read, parts, functions, given, simplify)[0]


def _direction(value: Formula, like: Expr, what: str, read: Function) -> Expr:
    """An array of the shape of `like`, by name or as an expression."""
    if isinstance(value, str) and is_name(value):
        node = symbol(value, like.dims)
    else:
        shapes = {n.value: n.dims for n in walk(like) if n.op == "symbol" and n.dims}
        node = formula(value, shapes if isinstance(value, str) else None)
    if node.dims != like.dims:
        raise ShapeError(
            f"the {what} has the shape {shown(node.dims)}, and needs {shown(like.dims)}"
        )
    if isinstance(value, str) and is_name(value):
        names, sizes = read.names()
        if value in names.keys() | sizes | read.definitions.keys():
            raise ParseError(f"{value} is a name of the formula; name the {what} anew")
        refuse_constants([value], read.root)
    return node
