"""Choices between branches: chains of rows, made shorter, never changed in value.

>>> from calcml.parsing.parser import parse
>>> shorter(parse("where(x > 0, a, where(x <= 0, b, c))"))
('where-chain', where(x > 0, a, b))
"""

from __future__ import annotations

from collections.abc import Callable

from calcml.algebra.piecewise.cells import Cells as Cells
from calcml.algebra.piecewise.chain import (
    Rows as Rows,
    Shortener,
    chain as chain,
    flat as flat,
    negated as negated,
    rows_of as rows_of,
    under as under,
)
from calcml.algebra.rewrite import Scope
from calcml.core.cost import Cost
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, make

RULE = "where-chain"


def shorter(
    node: Expr, scope: Scope | None = None, settle: Callable[[Expr], Expr] | None = None
) -> tuple[str, Expr] | None:
    """The name of the rule and an equal choice with fewer rows or comparisons, or None.

    The rows are looked at in their order: each knows that those above it do not hold.
    `settle` tidies a value that a condition has made shorter. Choices of arrays, and
    long chains, are left alone.
    """
    if node.dims or any(arg.dims for arg in node.args[0].args):
        return None
    settle, scope = settle or _same, scope or Scope()
    short = _short(node, scope, settle)
    flattened, cost = flat(short), Cost()
    if flattened is not None:
        other = _short(flattened, scope, settle)
        short = other if cost(other) <= cost(short) else short
    return None if short is node else (RULE, short)


def connected(op: str, args: tuple[Expr, ...]) -> Expr:
    """Tidied conditions connected; where one of two is decided, by the other alone.

    >>> from calcml.parsing.parser import parse
    >>> print(connected("or", (parse("x > 0"), parse("0 > 2"))))
    x > 0
    """
    if op == "not":
        return negated(args[0])
    for a, b in (args, args[::-1]):
        truth = evaluate(a) if all(n.op == "number" for n in a.args) else None
        if truth is not None:
            return a if truth is (op == "or") else b
    return make(op, args)


def _short(node: Expr, scope: Scope, settle: Callable[[Expr], Expr]) -> Expr:
    found = rows_of(node)
    return node if found is None else Shortener(*found, scope, settle).run()


def _same(node: Expr) -> Expr:
    return node
