"""High derivatives, taken in the normal form: each order is as short as the one before.

A quotient over kernels is derived kernel by kernel, when the kernels' own derivatives
are quotients over the same kernels: the chain rule, applied to a polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence

from calcml.diff import forward
from calcml.errors import CalcmlError
from calcml.expr import CONDITIONS, ONE, Expr, power, walk
from calcml.functions import FUNCTIONS
from calcml.normal.polynomials import Quotient
from calcml.normal.reader import Reader
from calcml.tidy import Tidier

MAX_ROUNDS = 5  # until no derivative has a new kernel
GIVEN_UP = CalcmlError, ZeroDivisionError, OverflowError


def high_derivative(
    root: Expr, variable: Expr, order: int, tidier: Tidier
) -> tuple[Reader, Quotient] | None:
    """The derivative of an order as a quotient, with its reader; None where that fails.

    It fails where a function has kinks, or where each order brings new kernels.
    """
    try:
        reader, slopes = _closed_under(root, variable, tidier)
    except GIVEN_UP:
        return None
    if reader is None:
        return None
    value = reader.values[root]
    try:
        for _ in range(order):
            value = _derived(value, slopes, reader)
    except GIVEN_UP:
        return None
    return reader, value


def _closed_under(
    root: Expr, variable: Expr, tidier: Tidier
) -> tuple[Reader | None, list[Quotient]]:
    """A reader whose kernels' derivatives have no other kernels, and these."""
    roots: list[Expr] = [root]
    before: Sequence[Expr] = ()
    for _ in range(MAX_ROUNDS):
        reader = Reader(tidier.algebra, roots)
        kernels = [
            base if unit is ONE else power(base, unit)
            for base, unit in reader.generators
        ]
        if any(_kinked(kernel) for kernel in kernels):
            break
        slopes = tidier.settled([forward(kernel, variable) for kernel in kernels])
        if kernels == before:
            return reader, [reader.values[slope] for slope in slopes]
        before, roots = kernels, [root, *slopes]
    return None, []


def _kinked(kernel: Expr) -> bool:
    for node in walk(kernel):
        row = FUNCTIONS.get(node.op)
        if node.op in CONDITIONS or row is not None and (row.kink or row.variadic):
            return True
    return False


def _derived(value: Quotient, slopes: Sequence[Quotient], reader: Reader) -> Quotient:
    """The derivative of a quotient: itself times the sum of e*p'/p over its factors."""
    ring = reader.ring
    parts = []
    for f, e in value.factors.items():
        p = ring.polynomials[f]
        degrees = p.degrees()
        inside = [
            ring.product([(ring.reduced(p.derivative(i)), 1), (slope, 1)])
            for i, slope in enumerate(slopes)
            if degrees[i] and slope.coefficient != 0
        ]
        c, factors = ring.sum(inside)
        slope = Quotient(c * e, factors)
        parts.append(ring.product([(slope, 1), (ring.generator(f), -1)]))
    return ring.product([(value, 1), (ring.sum(parts), 1)])
