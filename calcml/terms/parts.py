"""What products are made of, and how their nodes are put side by side."""

from __future__ import annotations

from typing import NamedTuple

from calcml.expr import ONE, Expr, Number, number
from calcml.light import mul, neg, numeral

SUMS = frozenset(("add", "sub"))
PRODUCTS = frozenset(("mul", "div", "neg", "pow", "exp", "sqrt"))

Term = tuple[Number, bool, Expr]  # coefficient, whether it is a decimal, the rest
Content = tuple[Number, Expr, list[tuple[Expr, int]]]  # of a sum: see `content`


class Product(NamedTuple):
    """coefficient * product of base^exponent; `dotted` if a decimal was in it."""

    coefficient: Number
    dotted: bool
    factors: dict[Expr, Expr]


def is_whole(exponent: Expr) -> bool:
    """Whether an exponent is a whole number."""
    return exponent.op == "number" and isinstance(exponent.value, int)


def is_whole_product(base: Expr, exponent: Expr) -> bool:
    """Whether a power is a whole one of something that is itself a product."""
    return base.op in PRODUCTS and is_whole(exponent)


def coefficient_node(value: Number, dotted: bool) -> Expr:
    if value == 1:
        return ONE
    if dotted and value != int(value):
        return numeral(value, True)
    return number(value)


def chain(first: Expr, rest: list[Expr]) -> Expr:
    """first * rest, a sign put on the first factor."""
    if first.op == "number" and first.value == -1 and rest:
        return chain(neg(rest[0]), rest[1:])
    for factor in rest:
        first = mul(first, factor)
    return first
