"""The values of operations, from those of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calcml.algebra.facts.interval import (
    EVERYTHING,
    INFINITY,
    End,
    Interval,
    absolute,
    inverse,
    point,
    power,
    product,
    tidy,
)
from calcml.algebra.facts.linear import Box, linear
from calcml.core.expr import HALF, Expr
from calcml.core.flat import SIGNED
from calcml.core.operations import ABS, SQRT
from calcml.functions import FUNCTIONS

Intervals = Sequence[Interval]
Operation = Callable[[Expr, Intervals, Box], Interval | None]


def _mul(node: Expr, args: Intervals, box: Box) -> Interval | None:
    a, b = node.args
    return power(args[0], 2) if a is b else product(*args)


def _div(node: Expr, args: Intervals, box: Box) -> Interval | None:
    a, b = node.args
    return point(1) if a is b else product(args[0], inverse(args[1]))


def _pow(node: Expr, args: Intervals, box: Box) -> Interval | None:
    exponent, (a, b) = node.args[1], args
    if exponent.op == "number":
        return power(a, exponent.value) if exponent.value else point(1)
    nonzero = a.without_zero
    whole = a.whole and b.whole and b.low >= 0
    if a.positive:
        low, high = _beside_1(a, b)
        return tidy(low, high, low == 0, high == INFINITY, True, whole)
    if a.low >= 0 or _even(exponent, box):
        return tidy(0, INFINITY, False, True, nonzero, whole)
    return EVERYTHING._replace(nonzero=nonzero, whole=whole)


def _beside_1(a: Interval, b: Interval) -> tuple[End, End]:
    """Ends of a^b for positive a: on which side of 1 it lies, if that is known."""
    up = (a.low >= 1 and b.low >= 0) or (a.high <= 1 and b.high <= 0)
    down = (a.low >= 1 and b.high <= 0) or (a.high <= 1 and b.low >= 0)
    return (1 if up else 0), (1 if down else INFINITY)


def _even(exponent: Expr, box: Box) -> bool:
    """Whether the exponent is a sum of even multiples of integers."""
    form = linear(exponent)
    if form is None:
        return False
    parts = [box(term) for term in form]
    return all(c % 2 == 0 for c in form.values()) and all(p and p.whole for p in parts)


def _extreme(pick: Callable[..., tuple[End, bool]]) -> Operation:
    """The values of the argument that `pick`, max or min, picks."""

    def values(node: Expr, args: Intervals, box: Box) -> Interval | None:
        low, low_open = pick((a.low, a.low_open) for a in args)
        high, closed = pick((a.high, not a.high_open) for a in args)
        nonzero = all(a.without_zero for a in args)
        return tidy(
            low, high, low_open, not closed, nonzero, all(a.whole for a in args)
        )

    return values


OPERATIONS: dict[str, Operation] = {
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    SQRT: lambda node, args, box: power(args[0], HALF.value),
    ABS: lambda node, args, box: absolute(args[0]),
    **{r.op: _extreme(max) for r in FUNCTIONS.values() if r.picks == "ge"},
    **{r.op: _extreme(min) for r in FUNCTIONS.values() if r.picks == "le"},
}


def is_sum(node: Expr) -> bool:
    """Whether a node is a sum, an opposite, or a multiple by a number."""
    if node.op in SIGNED:
        return True
    if node.op == "mul":
        return node.args[0].op == "number" or node.args[1].op == "number"
    return node.op == "div" and node.args[1].op == "number" and bool(node.args[1].value)
