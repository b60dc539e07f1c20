"""Expressions as steps show them: signs, fractions, branches as a person writes them.

The sweep multiplies: d/dx(a/b) comes as 1/b*d/dx(a) + -(a/b)/b*d/dx(b), and is shown as
d/dx(a)/b - a*d/dx(b)/b^2. Nothing is calculated but signs.
"""

from __future__ import annotations

from collections.abc import Callable

from calcml.expr import ONE, ZERO, Expr, make, number, walk
from calcml.light import add, div, mul, neg, rebuild, sub
from calcml.rewrite import opposite


def neat(root: Expr) -> Expr:
    """An equal expression with its signs in front and its fractions in one."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        args = tuple([done[a] for a in node.args])
        made = _MADE.get(node.op)
        if made is not None and not node.dims:
            done[node] = made(*args)
        else:
            done[node] = node if args == node.args else rebuild(node, args)
    return done[root]


def _sum(a: Expr, b: Expr) -> Expr:
    turned = opposite(b)
    return _joined(a, b) or (add(a, b) if turned is None else sub(a, turned))


def _difference(a: Expr, b: Expr) -> Expr:
    turned = opposite(b)
    return sub(a, b) if turned is None else add(a, turned)


def _joined(a: Expr, b: Expr) -> Expr | None:
    """where(c, a, 0) + where(c, 0, b) as one choice."""
    if not a.op == b.op == "where" or a.args[0] is not b.args[0]:
        return None
    if a.args[2] is ZERO and b.args[1] is ZERO:
        return make("where", (a.args[0], a.args[1], b.args[2]))
    return None


def _product(a: Expr, b: Expr) -> Expr:
    for choice, other in ((a, b), (b, a)):
        if choice.op == "where" and set(choice.args[1:]) == {ZERO, ONE}:
            condition, yes, _ = choice.args
            pair = (other, ZERO) if yes is ONE else (ZERO, other)
            return make("where", (condition, *pair))
    turned = opposite(b)
    if turned is not None:
        return _product(_opposite(a), turned)
    if b.op == "mul":
        return _product(_product(a, b.args[0]), b.args[1])
    if a.op == "div":
        top, bottom = (b, ONE) if b.op != "div" else b.args
        return _quotient(_product(a.args[0], top), mul(a.args[1], bottom))
    if b.op == "div" and b.args[0] is ONE:
        return _quotient(a, b.args[1])
    return mul(a, b)


def _quotient(a: Expr, b: Expr) -> Expr:
    if a.op == "div":
        top, bottom = a.args
        base, times = _power(bottom)
        if base is b:
            return div(top, make("pow", (b, number(times + 1))))
    return div(a, b)


def _power(node: Expr) -> tuple[Expr, int]:
    if node.op == "pow" and node.args[1].op == "number":
        times = node.args[1].value
        if isinstance(times, int) and times > 0:
            return node.args[0], times
    return node, 1


def _opposite(a: Expr) -> Expr:
    """-a, the sign at the first factor."""
    if a.op in ("mul", "div"):
        return rebuild(a, (_opposite(a.args[0]), a.args[1]))
    return neg(a)


_MADE: dict[str, Callable[..., Expr]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": _opposite,
}
