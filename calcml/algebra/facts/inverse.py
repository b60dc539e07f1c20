"""What bounds on a value say of the argument: log(x) > 0 means x > 1."""

from __future__ import annotations

from collections.abc import Iterator

from calcml.algebra.facts.interval import Interval
from calcml.algebra.facts.linear import reciprocal
from calcml.algebra.facts.row_facts import known
from calcml.core.build import neg
from calcml.core.exact import exact_power
from calcml.core.expr import ZERO, Expr, make, number
from calcml.functions import FUNCTIONS


def implied(node: Expr, values: Interval) -> list[Expr]:
    """Comparisons that hold for a node's argument where its value is among `values`."""
    if node.op == "mul" and values.without_zero:
        return [make("ne", (a, ZERO)) for a in node.args]
    if node.op == "pow" and node.args[1].op == "number":
        return list(_of_power(node, values))
    if node.op == "div" and node.args[0].op == "number":
        return list(_of_quotient(node, values))
    row = FUNCTIONS.get(node.op)
    if row is None or not row.monotone:
        return []
    return list(_of_monotone(node, values))


def _of_power(node: Expr, values: Interval) -> Iterator[Expr]:
    base, n = node.args[0], node.args[1].value
    if n <= 0 or n.denominator > 1:
        return
    if values.without_zero:
        yield make("ne", (base, ZERO))
    if n % 2:
        if values.low >= 0:
            yield _compare("g", base, ZERO, values.positive)
        if values.high <= 0:
            yield _compare("l", base, ZERO, values.negative)
    elif not isinstance(values.high, float) and not values.negative:
        root = exact_power(values.high, reciprocal(n))
        if root is not None:
            yield _compare("l", base, number(root), values.high_open)
            yield _compare("g", base, neg(number(root)), values.high_open)


def _of_quotient(node: Expr, values: Interval) -> Iterator[Expr]:
    top, bottom = node.args
    if top.value and (values.low >= 0 or values.high <= 0):
        sign = "g" if (top.value > 0) == (values.low >= 0) else "l"
        yield _compare(sign, bottom, ZERO, True)


def _of_monotone(node: Expr, values: Interval) -> Iterator[Expr]:
    facts, arg = known(FUNCTIONS[node.op]), node.args[0]
    above, below = ("g", "l") if facts.rising > 0 else ("l", "g")
    for x, y in facts.points:
        if values.low >= y:
            strict = values.low > y or values.low_open
            yield _compare(above, arg, number(x), strict)
        if values.high <= y:
            strict = values.high < y or values.high_open
            yield _compare(below, arg, number(x), strict)


def _compare(sign: str, a: Expr, b: Expr, strict: bool) -> Expr:
    return make(sign + ("t" if strict else "e"), (a, b))
