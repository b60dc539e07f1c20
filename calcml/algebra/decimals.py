"""Decimals that are not longer than those that were typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from calcml.algebra.limits import MOST_DECIMALS, MOST_TIMES
from calcml.core.build import is_decimal, mul, neg, power
from calcml.core.decimals import figures, numeral
from calcml.core.expr import HALF, MINUS_ONE, ONE, Expr, Number, decimal, number, walk
from calcml.core.limits import FIGURES, ROUND

HALVES = HALF, decimal("0.5")
UNITS = ONE, MINUS_ONE


@lru_cache(maxsize=100)
def halves(k: int) -> Expr:
    """k/2"""
    return number(Fraction(k, 2))


def coefficient_node(value: Number, roots: Sequence[Expr]) -> Expr:
    """A coefficient in which a decimal was; a whole number with few zeros is none."""
    if value == int(value) and (value % ROUND or not value):
        return number(value)
    return written(value, roots)


def written(value: Number, roots: Sequence[Expr]) -> Expr:
    """A decimal; one longer than those in `roots` as a product of them, if it is one.

    >>> from calcml.parsing.parser import parse
    >>> written(2 * Fraction("0.1234567") ** 2, [parse("0.1234567*x")])
    2*0.1234567^2
    >>> written(Fraction("0.21"), [parse("0.3*x*0.7")])
    0.21
    """
    whole = numeral(value, True)
    if not is_decimal(whole) or figures(whole) <= FIGURES:
        return whole
    typed = {n for n in walk(*roots) if n.op == "number" and is_decimal(n)}
    most = max([FIGURES, *map(figures, typed)])
    if figures(whole) <= most or len(typed) > MOST_DECIMALS:
        return whole
    rest, times = abs(Fraction(value)), Counter[Number]()
    for base in sorted({abs(n.value) for n in typed} - {0, 1}):
        times[base] = _times(rest, base)
        rest /= base ** times[base]
    if _length(rest) > most:
        return whole
    singles = _joined([rest, *(b for b, k in times.items() if k == 1)])
    parts = [numeral(b, True) if b != int(b) else number(b) for b in singles]
    parts += [power(numeral(b, True), number(k)) for b, k in times.items() if k > 1]
    product = neg(parts[0]) if value < 0 else parts[0]
    for part in parts[1:]:
        product = mul(product, part)
    return product


def _times(value: Number, base: Number) -> int:
    """How often a decimal is divided by another until it is shortest, best 1."""
    left, k, found = Fraction(value), 0, (_length(value), 0)
    while left != 1 and k < MOST_TIMES and _length(left / base) <= _length(left):
        left, k = left / base, k + 1
        found = min(found, (_length(left) if left != 1 else 0, k))
    return found[1]


def _length(value: Number) -> int:
    """The figures of a decimal; of one that does not end, more than there can be."""
    node = numeral(value, True)
    return figures(node) if "/" not in node.text else 10**6


def _joined(values: list[Number]) -> list[Number]:
    """The values, those multiplied whose product is short; whole numbers first."""
    left = [v for v in values if v != 1]
    for i, a in enumerate(left):
        for k in range(i + 1, len(left)):
            if _length(a * left[k]) <= max(FIGURES, _length(a), _length(left[k])):
                return _joined(
                    [*left[:i], *left[i + 1 : k], *left[k + 1 :], a * left[k]]
                )
    return sorted(left, key=lambda v: (v != int(v), v))
