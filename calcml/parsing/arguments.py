"""Arguments of calls, and the derivatives of unknown functions, D(f(x), x)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from calcml.core import expr
from calcml.core.errors import LimitError, ParseError, UnsupportedError
from calcml.core.expr import CONDITIONS, INF, Expr
from calcml.parsing.limits import MAX_BRIEF, MAX_ORDER

NAME = r"(?:\u03c0(?=[A-Za-z])|[A-Za-z_\u0370-\u03ff][A-Za-z0-9_\u0370-\u03ff]*)"
BEGINS = r"(?<![^\W\d])"  # where a name begins in a text, maybe after a number
# Unknown functions are single letters, with or without an index: f(x), g_1(x, y), F(x).
# A text: most processes meet none, and compiling it takes 0.4 ms.
FORMAL = r"[A-Za-z\u0370-\u03ff](_?[0-9]+|_[A-Za-z0-9\u0370-\u03ff])?$"
DERIVATIVES = ("D", "Derivative")


class Keyword(NamedTuple):
    """An argument given by name: an expression, a text, or what a call makes of it."""

    name: str
    value: Any


class Repeated(NamedTuple):
    """The (x, 2) of D(f(x), (x, 2)), and the indices (i, j, ...) of a sum."""

    variable: Expr
    times: Expr
    more: tuple[Expr, ...] = ()


Argument = Expr | Keyword | Repeated


def by_name(call: str, arguments: Sequence[Argument]) -> dict[str, Any]:
    """The arguments of a call that are given by name, each once."""
    found: dict[str, Any] = {}
    for argument in arguments:
        if isinstance(argument, Keyword):
            if argument.name in found:
                raise ParseError(f"{call} takes {argument.name or 'a text'} once")
            found[argument.name] = argument.value
    return found


def brief(node: Expr, otherwise: str) -> str:
    """The text of an expression, or another where that is long."""
    text = str(node)
    return text if len(text) <= MAX_BRIEF else otherwise


def operand(node: Any) -> Expr:
    """`node`, which must be a value: no condition, not infinite, no named argument."""
    if not isinstance(node, Expr):
        raise ParseError("a value should stand here; names and pairs belong in calls")
    if node.op in CONDITIONS:
        what = "a condition cannot be calculated with"
        raise UnsupportedError(f"{what}; write where({brief(node, 'condition')}, 1, 0)")
    if node is INF:
        raise UnsupportedError(
            "infinity cannot be calculated with; it stands as a bound, "
            "as in max(x, -inf)"
        )
    return node


def formal(name: str, arguments: Sequence[Argument]) -> Expr:
    """The unknown function f at scalars."""
    if not arguments:
        raise ParseError(f"{name}() depends on nothing; write {name} or {name}(x)")
    args = tuple(operand(a) for a in arguments)
    if any(a.dims for a in args):
        raise UnsupportedError(
            f"{name} is an unknown function of an array: its shape is not known; "
            "apply it to scalars, or define it"
        )
    return expr.formal(name, (0,) * len(args), args)


def derivative(arguments: Sequence[Argument]) -> Expr:
    """D(f(x, y), x, 2, y) or D(f(x, y), (x, 2), y): an unknown function's derivative.

    A variable is one of the call's arguments, or the number of its place, from 1.
    """
    usage = "write D(f(x), x) or D(f(x, y), x, 2, y)"
    if len(arguments) < 2 or any(isinstance(a, Keyword) for a in arguments):
        raise ParseError(f"D takes an unknown function and its variables; {usage}")
    target = operand(arguments[0])
    if target.op != "formal":
        raise UnsupportedError(
            "D stands for the derivative of an unknown function, as in D(f(x), x); "
            f"derive {brief(target, 'a formula')} with diff"
        )
    name, orders, args = target.value[0], list(target.value[1]), target.args
    last: int | None = None
    for argument in arguments[1:]:
        variable, times = (
            argument[:2] if isinstance(argument, Repeated) else (argument, None)
        )
        if isinstance(variable, Expr) and variable.op == "number" and last is not None:
            orders[last] += _count(variable) - 1
            last = None
            continue
        last = _slot(args, operand(variable), usage)
        orders[last] += 1
        if times is not None:
            orders[last] += _count(times) - 1
            last = None
    return expr.formal(name, tuple(orders), args)


def _count(node: Expr) -> int:
    if node.op != "number" or not isinstance(node.value, int) or node.value < 1:
        raise ParseError("the order of a derivative is a whole number from 1")
    if node.value > MAX_ORDER:
        raise LimitError(f"the order of a derivative is over {MAX_ORDER:,}")
    return node.value


def _slot(args: Sequence[Expr], variable: Expr, usage: str) -> int:
    if variable.op == "number":
        if isinstance(variable.value, int) and 1 <= variable.value <= len(args):
            return variable.value - 1
        raise ParseError(f"there is no argument number {variable}; {usage}")
    places = [i for i, a in enumerate(args) if a is variable]
    if len(places) != 1:
        raise ParseError(
            "the variable of D must be one of the function's arguments, as in "
            f"D({brief(expr.formal('f', (0,) * len(args), tuple(args)), 'f(x)')}, "
            f"{brief(args[0], 'x')}), or the number of its place, from 1; a formula is "
            "derived with diff"
        )
    return places[0]
