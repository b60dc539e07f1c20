"""Exact values of expressions in numbers alone, and the truth of such conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil, floor, isqrt

from calcml.core.expr import Expr, Number, walk
from calcml.core.limits import MAX_BITS
from calcml.core.operations import ABS
from calcml.functions import FUNCTIONS

Exact = Callable[..., Number | bool | None]
ARITHMETIC: dict[str, Exact] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: Fraction(a) / b if b else None,
    "neg": lambda a: -a,
    "pow": lambda a, b: exact_power(a, b),
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    ABS: abs,
}
ROUNDING: dict[str, Exact] = {"down": floor, "up": ceil, "even": round}


@cache
def rules_of_rows() -> dict[str, Exact]:
    """For `evaluate`: arithmetic, what rounds, and odd functions at 0."""
    found = dict(ARITHMETIC)
    for row in FUNCTIONS.values():
        if row.rounds:
            found[row.op] = ROUNDING[row.rounds]
        elif row.parity == "odd" and not row.on:
            found[row.op] = lambda x: None if x else 0
    return found


def exact_power(base: Number, exponent: Number) -> Number | None:
    """base^exponent where that is rational and no longer than MAX_BITS, else None."""
    if exponent != int(exponent):
        root = exact_root(base, Fraction(exponent).denominator)
        return None if root is None else exact_power(root, exponent.numerator)
    n = int(exponent)
    if n == 1:
        return base
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if (n < 0 and base == 0) or abs(n) * bits > MAX_BITS:
        return None
    return base**n if isinstance(base, int) and n > 0 else Fraction(base) ** n


def exact_root(value: Number, degree: int) -> Number | None:
    """The `degree`-th root of a non-negative rational where it is rational."""
    if value < 0 or degree > 64:
        return None
    above, below = (floor_root(n, degree) for n in value.as_integer_ratio())
    found = Fraction(above, below)
    return found if found**degree == value else None


def floor_root(value: int, degree: int) -> int:
    """The greatest integer whose power is no more than `value`."""
    if degree == 2:
        return isqrt(value)
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low


def evaluate(
    root: Expr, rules: Mapping[str, Exact] = ARITHMETIC
) -> Number | bool | None:
    """The exact value (or truth) of `root`, None where it is not rational or known."""
    values: dict[Expr, Number | bool | None] = {}
    for node in walk(root):
        if node.op == "number":
            values[node] = node.value
            continue
        args = [values[a] for a in node.args]
        if node.op == "where" and args[0] is not None:
            values[node] = args[1 if args[0] else 2]
            continue
        rule = rules.get(node.op)
        known = rule is not None and None not in args
        values[node] = rule(*args) if known and rule is not None else None
        value = values[node]
        if isinstance(value, Fraction) and value.denominator == 1:
            values[node] = value.numerator
    return values[root]
