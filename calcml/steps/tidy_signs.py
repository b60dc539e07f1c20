"""Expressions as steps show them: signs, fractions, branches as a person writes them.

The sweep multiplies: d/dx(a/b) comes as 1/b*d/dx(a) + -(a/b)/b*d/dx(b), and is shown as
d/dx(a)/b - a*d/dx(b)/b^2. Nothing is calculated but signs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from calcml.core.build import add, div, mul, opposite, rebuilt, sub, unsigned
from calcml.core.expr import ONE, ZERO, Expr, make, number, walk
from calcml.steps.limits import MOST_FACTORS


def neat(root: Expr) -> Expr:
    """An equal expression with its signs in front and its fractions in one."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        made = _MADE.get(node.op) if not node.dims or node.op == "add" else None
        parts = (done[a] for a in node.args)
        done[node] = rebuilt(node, done) if made is None else made(*parts)
    return done[root]


def _sum(a: Expr, b: Expr) -> Expr:
    turned = unsigned(b)
    return _joined(a, b) or (add(a, b) if turned is None else sub(a, turned))


def _difference(a: Expr, b: Expr) -> Expr:
    turned = unsigned(b)
    return sub(a, b) if turned is None else add(a, turned)


def _joined(a: Expr, b: Expr) -> Expr | None:
    """where(c, a, 0) + where(c, 0, b) as one choice."""
    if a.dims or not a.op == b.op == "where" or a.args[0] is not b.args[0]:
        return None
    if a.args[2] is ZERO and b.args[1] is ZERO:
        return make("where", (a.args[0], a.args[1], b.args[2]))
    return None


def _product(a: Expr, b: Expr) -> Expr:
    if _is_switch(a) or _is_switch(b):
        return _switched(a, b)
    turned = unsigned(b)
    if turned is not None:
        a, b = opposite(a), turned
    for factor in _factors(b):
        a = _times(a, factor)
    return a


def _is_switch(node: Expr) -> bool:
    """Whether a node is a choice between 1 and 0."""
    return node.op == "where" and set(node.args[1:]) == {ZERO, ONE}


def _factors(node: Expr) -> list[Expr]:
    """The factors of a product from left to right; of a long one the product itself."""
    found: list[Expr] = []
    part = node
    while part.op == "mul" and len(found) < MOST_FACTORS:
        part, last = part.args
        found.append(last)
    return [node] if part.op == "mul" else [part, *found[::-1]]


def _switched(a: Expr, b: Expr) -> Expr:
    """A product with a switch: the other factor in its branch."""
    choice, other = (a, b) if _is_switch(a) else (b, a)
    condition, yes, _ = choice.args
    pair = (other, ZERO) if yes is ONE else (ZERO, other)
    return make("where", (condition, *pair))


def _times(a: Expr, b: Expr) -> Expr:
    """a*b, above and below the line if one of them is a fraction."""
    top, bottom = b.args if b.op == "div" else (b, ONE)
    if a.op == "div":
        above = reduce(mul, _factors(top), a.args[0])
        return _quotient(above, reduce(mul, _factors(bottom), a.args[1]))
    return _quotient(a, bottom) if top is ONE else mul(a, b)


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


_MADE: dict[str, Callable[..., Expr]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": opposite,
}
