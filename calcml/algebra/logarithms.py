"""Logarithms of numbers: log(4) - 2*log(2) is 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, prod

from calcml.algebra.limits import MAX_PRIME
from calcml.core.expr import Expr, Number, make, number
from calcml.core.operations import LOG

Logarithms = dict[Expr, list[tuple[Number, Expr]]]  # by their argument, as sums


def by_primes(arguments: Iterable[Expr]) -> Logarithms:
    """The logarithms by those of primes, where these are fewer.

    >>> from calcml.core.expr import number
    >>> for n, parts in by_primes([number(4), number(2)]).items():
    ...     print(n, [(k, str(log)) for k, log in parts])
    4 [(2, 'log(2)')]
    >>> by_primes([number(4), number(3)])
    {}

    Where they are not, those of powers of one number by that of the number.

    >>> list(by_primes([number(100), number(10)]).values())
    [[(2, log(10))]]
    """
    numbers = {n for n in arguments if n.op == "number" and _is_factored(n.value)}
    if len(numbers) < 2:
        return {}
    import flint

    powers: dict[Expr, dict[int, int]] = {}
    for n in numbers:
        powers[n] = {}
        for part, sign in ((n.value.numerator, 1), (n.value.denominator, -1)):
            for p, e in flint.fmpz(part).factor():
                powers[n][int(p)] = sign * e
    primes = {p for found in powers.values() for p in found}
    if len(primes) >= len(numbers):
        return _by_roots(powers)
    logs = {p: make(LOG, (number(p),)) for p in primes}
    return {
        n: [(e, logs[p]) for p, e in sorted(found.items())]
        for n, found in powers.items()
        if list(found.values()) != [1]
    }


def _by_roots(powers: dict[Expr, dict[int, int]]) -> Logarithms:
    """The logarithms of powers of one number, of which there are several."""
    roots: dict[Expr, list[tuple[int, Expr]]] = {}
    for n, found in powers.items():
        first = found[min(found)] if found else 1
        degree = gcd(*found.values()) * (-1 if first < 0 else 1) or 1
        parts = [Fraction(p) ** (e // degree) for p, e in found.items()]
        roots.setdefault(number(prod(parts)), []).append((degree, n))
    return {
        n: [(degree, make(LOG, (root,)))]
        for root, of in roots.items()
        for degree, n in of
        if len(of) > 1 and degree != 1
    }


def _is_factored(value: Number) -> bool:
    fraction = isinstance(value, int | Fraction)
    return fraction and 0 < value.numerator * value.denominator < MAX_PRIME
