"""Branches that options decide: if w is None, if mode == "mean", if x.ndim == 2."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from calcml.core.expr import Expr
from calcml.parsing.python.bindings import dotted
from calcml.parsing.python.values import Text, whole

Reading = Callable[[ast.expr], Any]
# Blocks whose lines have the values that they have without them.
SILENT_BLOCKS = frozenset(("np.errstate", "numpy.errstate", "warnings.catch_warnings"))


def running(
    body: Sequence[ast.stmt], scope: Mapping[str, Any], read: Reading
) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements that run, each with whether it is the last.

    Of a branch that is decided when it is met these are its own; one that only raises
    an error where something does not hold is left out, as assert is. `read` reads an
    operand of a condition; it has ... for what it cannot read.
    """
    rest = list(body)
    while rest:
        node = rest.pop(0)
        if isinstance(node, ast.With) and _is_silent(node):
            rest = [*node.body, *rest]
            continue
        truth = decided(node.test, scope, read) if isinstance(node, ast.If) else None
        if isinstance(node, ast.If) and truth is None and _is_guard(node):
            truth = False
        if not isinstance(node, ast.If) or truth is None:
            yield node, not rest
            continue
        branch = node.body if truth else node.orelse
        ended = any(isinstance(statement, ast.Return) for statement in branch)
        rest = [*branch, *([] if ended else rest)]


def _is_silent(node: ast.With) -> bool:
    return all(
        isinstance(item.context_expr, ast.Call)
        and item.optional_vars is None
        and dotted(item.context_expr.func) in SILENT_BLOCKS
        for item in node.items
    )


def _is_guard(node: ast.If) -> bool:
    """Whether a branch ends in an error, and its condition gives no name a value."""
    named = any(isinstance(part, ast.NamedExpr) for part in ast.walk(node.test))
    return all(isinstance(part, ast.Raise) for part in node.body) and not named


def nothing_read(_: ast.expr) -> Any:
    """What stands for a reader of operands where there is none."""
    return ...


def decided(
    test: ast.expr, scope: Mapping[str, Any], read: Reading = nothing_read
) -> bool | None:
    """Whether a condition on None, texts, truths and numbers holds; None of others."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        found = decided(test.operand, scope, read)
        return None if found is None else not found
    if isinstance(test, ast.BoolOp):
        ends = isinstance(test.op, ast.Or)  # the truth that ends it
        for part in test.values:
            found = decided(part, scope, read)
            if found is None or found is ends:
                return found
        return not ends
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, scope, read)
    return known_truth(_value(test, scope, read))


def known_truth(value: Any) -> bool | None:
    """What Python takes a value for in a condition, where that is known."""
    if isinstance(value, Text):
        return bool(value.text)
    number = _number(value)
    if number is not None:
        return number != 0
    return bool(value) if value is None or isinstance(value, bool) else None


def _compared(
    test: ast.Compare, scope: Mapping[str, Any], read: Reading
) -> bool | None:
    a, b = (_value(node, scope, read) for node in (test.left, test.comparators[0]))
    kind = type(test.ops[0]).__name__
    if a is ... or b is ...:
        return None
    if kind in ("Is", "IsNot") and isinstance(b, bool):
        return (a is b) is (kind == "Is")
    if b is None and kind in ("Is", "IsNot", "Eq", "NotEq"):
        return (a is None) is (kind in ("Is", "Eq"))
    if kind in _ORDER:
        return (
            _ordered(_number(a), kind, _number(b))
            if kind not in _ALIKE
            else (_same(a, b, kind))
        )
    among = b if isinstance(b, tuple) and kind in ("In", "NotIn") else (b,)
    if kind not in ("In", "NotIn") or not _are_options((a, *among)):
        return None
    return (a in among) is (kind == "In")


def _same(a: Any, b: Any, kind: str) -> bool | None:
    """Whether two options or two numbers are equal, or are not."""
    if _are_options((a, b)):
        return (a == b) is (kind == "Eq")
    return _ordered(_number(a), kind, _number(b))


def _are_options(values: Sequence[Any]) -> bool:
    return all(isinstance(x, (Text, bool)) for x in values)


def _number(value: Any) -> Fraction | None:
    """The number that a value is."""
    if isinstance(value, Expr):
        return value.value if value.op == "number" else None
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Fraction(repr(value)) if plain and abs(value) < MAX_COMPARED else None


def _ordered(a: Fraction | None, kind: str, b: Fraction | None) -> bool | None:
    """How two numbers are ordered, where rounding cannot have made it otherwise."""
    if a is None or b is None:
        return None
    binary = all(n.denominator & (n.denominator - 1) == 0 for n in (a, b))
    if not binary and abs(a - b) <= (abs(a) + abs(b)) * ROUNDED:
        return None
    return _ORDER[kind](a, b)


_ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "Eq": lambda a, b: a == b, "NotEq": lambda a, b: a != b,
    "Lt": lambda a, b: a < b, "LtE": lambda a, b: a <= b,
    "Gt": lambda a, b: a > b, "GtE": lambda a, b: a >= b,
}  # fmt: skip
_ALIKE = ("Eq", "NotEq")
ROUNDED = Fraction(1, 10**9)
MAX_COMPARED = 1e300


def _value(node: ast.expr, scope: Mapping[str, Any], read: Reading) -> Any:
    """What is known of an operand before the code is read; ... where nothing is."""
    if isinstance(node, ast.Name):
        return scope[node.id] if node.id in scope else read(node)
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = tuple([_value(part, scope, read) for part in node.elts])
        return ... if any(part is ... for part in parts) else parts
    if isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        return read(node)
    if isinstance(node, (ast.BinOp, ast.UnaryOp)):  # of decimals, Python rounds it
        found = read(node)
        return ... if whole(found) is None else found
    if not isinstance(node, ast.Constant):
        return ...
    return Text(node.value) if isinstance(node.value, str) else node.value
