"""High derivatives, taken in the normal form: each order is as short as the one before.

A quotient over kernels is derived kernel by kernel, when the kernels' own derivatives
are quotients over the same kernels: the chain rule, applied to a polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.search import Closer
from calcml.algebra.normal.reader import GIVEN_UP, Reader
from calcml.algebra.normal.ring import Quotient
from calcml.algebra.simplify import shortest_forms
from calcml.calculus.chain_rule import forward
from calcml.calculus.limits import LONG, WORK
from calcml.core.build import power
from calcml.core.cost import functions_of_angles
from calcml.core.errors import LimitError
from calcml.core.expr import CONDITIONS, ONE, Expr, walk
from calcml.functions import FUNCTIONS

Slopes = Sequence[Quotient | None]


def high_derivative(root: Expr, variable: Expr, order: int) -> Expr | None:
    """The derivative of a high order, taken and written in the normal form.

    None where the function has kinks, or each order brings new functions: then one
    order after the other is simplified.
    """
    tidier = Tidier([root], closing=True)
    (root,) = tidier.settled([root])
    found = quotient(root, variable, order, tidier)
    if found is None:
        return None
    familiar = functions_of_angles(root)
    closer = Closer(tidier, familiar)
    (made,) = tidier.settled([closer.written(*found)])
    if closer.cost(made) > LONG:
        return made
    return shortest_forms([made])[0]


def quotient(
    root: Expr, variable: Expr, order: int, tidier: Tidier
) -> tuple[Reader, Quotient] | None:
    """The derivative of an order as a quotient, with its reader; None where that fails.

    It fails where a function has kinks, or where the orders bring too many kernels.
    """
    try:
        found = _with_slopes(root, variable, order, tidier)
        if found is None:
            return None
        reader, slopes = found
        value = reader.values[root]
        reader.ring.spend(-order * WORK)
        for _ in range(order):
            value = _derived(value, slopes, reader)
    except GIVEN_UP:
        return None
    return reader, value


def _with_slopes(
    root: Expr, variable: Expr, order: int, tidier: Tidier
) -> tuple[Reader, Slopes] | None:
    """A reader of all kernels that the orders need, and these kernels' derivatives.

    Those of the last order's own kernels are not needed, and None.
    """
    roots: list[Expr] = [root]
    before: Sequence[Expr] = ()
    for _ in range(order + 1):
        reader = Reader(tidier.algebra, roots)
        kernels = [
            base if unit is ONE else power(base, unit)
            for base, unit in reader.generators
        ]
        if any(_kinked(kernel) for kernel in kernels):
            return None
        slopes = tidier.settled([forward(kernel, variable) for kernel in kernels])
        if kernels == before:
            break
        before, roots = kernels, [root, *slopes]
    return reader, [reader.values.get(slope) for slope in slopes]


def _kinked(kernel: Expr) -> bool:
    for node in walk(kernel):
        row = FUNCTIONS.get(node.op)
        if node.op in CONDITIONS or row is not None and (row.kink or row.variadic):
            return True
    return False


def _derived(value: Quotient, slopes: Slopes, reader: Reader) -> Quotient:
    """The derivative of a quotient: itself times the sum of e*p'/p over its factors."""
    ring = reader.ring
    parts = []
    for f, e in value.factors.items():
        p = ring.polynomials[f]
        degrees = p.degrees()
        inside = [
            (p.derivative(i), slope)
            for i, slope in enumerate(slopes)
            if degrees[i] and (slope is None or slope.coefficient != 0)
        ]
        # Several partial derivatives are multiplied out at once: factoring waits.
        read = ring.reduced if len(inside) == 1 else ring.unfactored
        terms = []
        for partial, slope in inside:
            if slope is None:
                raise LimitError("the derivative of a kernel has other kernels")
            terms.append(ring.product([(read(partial), 1), (slope, 1)]))
        c, factors = ring.sum(terms)
        whole = Quotient(c * e, factors)
        parts.append(ring.product([(whole, 1), (ring.generator(f), -1)]))
    return ring.product([(value, 1), (ring.sum(parts), 1)])
