"""Branches that options decide: if w is None, if reduction == "mean"."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calcml.parsing.python.values import Text


def running(
    body: Sequence[ast.stmt], scope: Mapping[str, Any]
) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements that run, each with whether it is the last.

    Of a branch that is decided when it is met these are its own.
    """
    rest = list(body)
    while rest:
        node = rest.pop(0)
        truth = decided(node.test, scope) if isinstance(node, ast.If) else None
        if not isinstance(node, ast.If) or truth is None:
            yield node, not rest
            continue
        branch = node.body if truth else node.orelse
        ended = any(isinstance(statement, ast.Return) for statement in branch)
        rest = [*branch, *([] if ended else rest)]


def decided(test: ast.expr, scope: Mapping[str, Any]) -> bool | None:
    """Whether a condition on None, texts and truths holds; None of other values."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        found = decided(test.operand, scope)
        return None if found is None else not found
    if isinstance(test, ast.BoolOp):
        ends = isinstance(test.op, ast.Or)  # the truth that ends it
        for part in test.values:
            found = decided(part, scope)
            if found is None or found is ends:
                return found
        return not ends
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, scope)
    value = _value(test, scope)
    return bool(value) if value is None or isinstance(value, bool) else None


def _compared(test: ast.Compare, scope: Mapping[str, Any]) -> bool | None:
    sides = _value(test.left, scope), _value(test.comparators[0], scope)
    kind = type(test.ops[0]).__name__
    if ... in sides:
        return None
    a, b = sides
    if b is None and kind in ("Is", "IsNot", "Eq", "NotEq"):
        return (a is None) is (kind in ("Is", "Eq"))
    among = b if isinstance(b, tuple) and kind in ("In", "NotIn") else (b,)
    if kind not in ("Eq", "NotEq", "In", "NotIn") or not all(
        isinstance(x, (Text, bool)) for x in (a, *among)
    ):
        return None
    return (a in among) is (kind in ("Eq", "In"))


def _value(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    """What is known of an operand before the code is read; ... where nothing is."""
    if isinstance(node, ast.Name):
        return scope.get(node.id, ...)
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = tuple([_value(part, scope) for part in node.elts])
        return ... if ... in parts else parts
    if not isinstance(node, ast.Constant):
        return ...
    return Text(node.value) if isinstance(node.value, str) else node.value
