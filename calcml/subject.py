"""Formulas and variables as the public calls take them."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from calcml import syntax
from calcml.errors import ParseError, UnsupportedError
from calcml.expr import Expr, lift, walk
from calcml.syntax import Shapes


class Function(NamedTuple):
    """A formula that was read, and what its text defines, by name."""

    root: Expr
    definitions: dict[str, Expr]
    shapes: Shapes = MappingProxyType({})


Formula = str | Expr | int | float | Function


Variable = str | Expr


def formula(value: Formula, shapes: Shapes | None = None) -> Expr:
    """A formula given as text or as an expression."""
    return function(value, shapes).root


def function(value: Formula, shapes: Shapes | None = None) -> Function:
    """A formula with the definitions of its text."""
    if isinstance(value, Function):
        return value
    found: dict[str, Expr] = {}
    if isinstance(value, str):
        value = syntax.parse(value, (), shapes, found)
    return Function(lift(value), found, shapes or {})


def variable(value: Variable, read: Function | None = None) -> Expr:
    """A variable given by name, with the shape that it has in a formula."""
    if isinstance(value, Expr) and value.op == "symbol":
        return value
    if not isinstance(value, str):
        raise ParseError(f"one derives by a variable, such as x; {value} is none")
    node = syntax.variable(value)
    if read is None:
        return node
    nodes = walk(read.root)
    found = {n for n in nodes if n.op == "symbol" and n.value == value} | {
        size for n in nodes for size in n.dims if size is node and n.op == "symbol"
    }
    if any(node is size for n in nodes if n.op == "symbol" for size in n.dims):
        raise UnsupportedError(f"{value} is the size of an array; it has no slope")
    declared = syntax.variable(value, read.shapes.get(value, ""))
    return next((n for n in found if n.dims), node if node in found else declared)


def variables_of(root: Expr) -> list[Expr]:
    """The variables of a formula by name, without the sizes of its arrays."""
    nodes = [n for n in walk(root) if n.op == "symbol"]
    sizes = {size for n in nodes for size in n.dims}
    return sorted([n for n in nodes if n not in sizes], key=lambda n: str(n.value))


def variables_in(
    read: Function, wrt: Sequence[Variable] | Variable | None
) -> list[Expr]:
    """The variables that one derives by: those given, or all of the formula's."""
    if wrt is None:
        return variables_of(read.root)
    if not isinstance(wrt, (str, Expr, Sequence)):
        raise ParseError(f"one derives by variables, such as x; {wrt} is none")
    return [variable(v, read) for v in ([wrt] if isinstance(wrt, (str, Expr)) else wrt)]
