"""Derivatives by their public names: of scalars and of arrays.

Expressions and variables flow in, derivatives, kinks and domains flow out: one chain
rule (`calculus.chain_rule`), on functions whose branches and kinks were brought to one
spelling before. It may import all that stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from calcml.calculus.derivative import checked_order, derived, graded, told
from calcml.core.budget import limited
from calcml.core.errors import ParseError
from calcml.core.expr import Expr
from calcml.core.methods import METHODS
from calcml.core.results import Gradient
from calcml.parsing.inputs import (
    Formula,
    Several,
    Variable,
    function,
    variable,
    variables_in,
)
from calcml.parsing.parser import Given, Shapes


@limited
def diff(
    f: Formula,
    *variables: Variable | Several,
    order: int = 1,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    functions: str | None = None,
) -> Expr:
    """The derivative of `f` by the `variables` in turn, the whole `order` times.

    They may stand in a list. Without one it is taken by the one that `f` has.

    `f` is a text, an expression or a number. The shape is that of `f` and then that of
    the variable, d f_i/d x_j: of a scalar by an array a gradient. `shapes` declares the
    arrays of a text, {"A": "m n", "x": "n"}. With `simplify`, the result is made short
    between orders and at the end, where `given` (assumptions such as "x > 0" or
    "A symmetric") holds; `defined` expresses it in the names that the text defines. A
    variable that does not occur gives 0. Where `functions` are "elementary", no
    others are written than these and those of `f`.

    Raises the errors of `parse`, ParseError without a variable, UnsupportedError where
    there is no closed form, ShapeError where shapes do not fit, LimitError for an order
    over 1,000.

    Source: the chain rule in forward mode (Griewank and Walther, Evaluating
    Derivatives, chapter 3), on arrays as Laue, Mitterreiter and Giesen, "A Simple and
    Efficient Tensor Calculus" (AAAI 2020, arXiv 2010.03313).

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
    order = checked_order(order)
    by: Sequence[Any] = variables
    if len(by) == 1 and isinstance(by[0], (list, tuple)):
        by = by[0]
    read = function(f, shapes, by, given)
    names = [variable(v, read) for v in by] or variables_in(read, None)
    if not by and len(names) != 1:
        example = str([*names, "x"][0])
        raise ParseError(f"name the variable to derive by, as in diff(f, {example!r})")
    result = derived(read, names, order, simplify, given, defined)
    if functions is not None:
        (result,) = told(read, [result], functions, given, simplify)
    return result


@limited
def grad(
    f: Formula,
    wrt: Sequence[Variable] | Variable | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
    functions: str | None = None,
) -> Gradient:
    """The gradient of a scalar `f`: name -> derivative, from one reverse sweep.

    Each derivative has its variable's shape. Printed as a whole, a long gradient names
    what its entries share: t1 = ...; {'w': ..., 'b': ...}. `wrt` is a variable or a
    sequence of them; None means every variable, in alphabetical order. `simplify`,
    `given`, `shapes`, `defined` and `functions` are those of `diff`.

    Raises the errors of `diff`, and ShapeError where `f` is an array of more than one
    element.

    Source: reverse mode (Griewank and Walther, Evaluating Derivatives, section 3.2).

    >>> grad("(w*x + b - y)^2", ["w", "b"])
    {'w': 2*x*(w*x + b - y), 'b': 2*(w*x + b - y)}
    >>> loss = "p = sigmoid(X @ w); -mean(y*log(p) + (1 - y)*log(1 - p))"
    >>> shapes = {"X": "m n", "w": "n", "y": "m"}
    >>> grad(loss, "w", shapes=shapes, defined=True)
    {'w': X.T @ (p - y)/m}
    """
    read = function(f, shapes, wrt, given)
    names = variables_in(read, wrt)
    parts = graded(read, names, simplify, given, defined)
    if functions is not None:
        parts = told(read, parts, functions, given, simplify)
    return Gradient({v.value: part for v, part in zip(names, parts, strict=True)})


METHODS["diff"] = diff

# Public calls that stood here in version 0.1.0, whose pickles name them so.
_MOVED = {
    "hessian": "jacobians",
    "jacobian": "jacobians",
    "jvp": "products",
    "vjp": "products",
}


def __getattr__(name: str) -> Any:
    if name in _MOVED:
        return getattr(import_module(f"{__name__}.{_MOVED[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
