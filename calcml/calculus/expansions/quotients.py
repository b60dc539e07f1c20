"""The limit of the difference quotient at a place, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from calcml.algebra.definedness import conditions
from calcml.calculus.expansions import sides
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    expression,
)
from calcml.calculus.zeros.constants import ball, sign, truth
from calcml.calculus.zeros.limits import TINY
from calcml.core.build import sub, substitute, substitute_all
from calcml.core.comparisons import COMPARISONS
from calcml.core.errors import or_none
from calcml.core.expr import Expr


def value_of(e: Expr, point: Mapping[Expr, Expr]) -> Any:
    """A ball around a value; None where it is undefined, or not told.

    What a condition compares is put in where it is met with equality: no ball around 0
    has a root.
    """
    asked = or_none(substitute_all, conditions(e), point)
    there = or_none(substitute, e, point)
    if there is None or asked is None or not all(truth(c) for c in asked):
        return None
    found = ball(there)
    if found is None and asked:
        met = {c.args[0]: c.args[1] for c in asked if c.op in COMPARISONS and _met(c)}
        there = or_none(substitute, there, met) if met else None
        found = None if there is None else ball(there)
    return found


def _met(comparison: Expr) -> bool:
    """Whether both sides of a comparison are one number."""
    return sign(sub(*comparison.args)) == 0


def fails(e: Expr, point: Mapping[Expr, Expr]) -> bool:
    """Whether an expression is certain to have no value."""
    asked = or_none(substitute_all, conditions(e), point)
    return asked is not None and any(truth(c) is False for c in asked)


def has_value(e: Expr, point: Mapping[Expr, Expr]) -> bool:
    """Whether an expression evaluates to a real number, of complex parts, too."""
    from calcml.evaluate.evalf import evalf

    exact = all(v.op == "number" for v in point.values())  # nothing is folded there
    there = e if exact else or_none(substitute, e, point)
    value = None if there is None else or_none(evalf, there, point)
    return value is not None and not value.imag


def is_alone(root: Expr, x: Expr, at: Coefficient, ring: Ring) -> bool:
    """Whether a function has values on no side of a place. Raises UndecidedError."""
    ends = [(root, x, at, ring, side, Fraction(1)) for side in (-1, 1)]
    return not any(sides.beside(*end).defined for end in ends)


def slope_at(
    root: Expr,
    x: Expr,
    at: Coefficient,
    ring: Ring,
    order: int = 1,
    corners: bool = True,
) -> Coefficient | None:
    """The limit of the difference quotient at a place, from all sides that there are.

    Of a derivative of a higher `order` that is defined beside the place. At a corner it
    is the number of least norm between both slopes, or None if `corners` do not count.
    None, too, where the function has no value, jumps or is infinitely steep. Raises
    UndecidedError.
    """
    value: Coefficient | None = None
    for derived in range(order):
        slopes: list[Coefficient] = []
        for direction in (-1, 1):
            side = sides.beside(root, x, at, ring, direction, Fraction(1), derived)
            if not side.defined:
                continue
            if side.limit is None or side.slope is None:
                return None
            if not derived and not slopes:
                value = _value_at(root, x, at, ring, side.limit)
            if value is None or not sides.same(side.limit, value, ring):
                return None
            slopes.append(side.slope)
        if not slopes:
            return None
        if not corners and not sides.same(slopes[0], slopes[-1], ring):
            return None
        value = _least(slopes[0], slopes[-1], ring)
    return value


def _value_at(
    root: Expr, x: Expr, at: Coefficient, ring: Ring, limit: Coefficient
) -> Coefficient | None:
    """The value of a function at a place; its limit where the numbers are the same."""
    numbers = value_of(root, {x: expression(at)}), ball(expression(limit))
    if None not in numbers and abs(numbers[0] - numbers[1]).upper() * 10**TINY < 1:
        return limit
    return sides.value_at(root, x, at, ring)


def _least(a: Coefficient, b: Coefficient, ring: Ring) -> Coefficient:
    """The number of least norm between two."""
    if sides.same(a, b, ring):
        return a
    signs = ring.sign(a), ring.sign(b)
    rises = ring.sign(ring.add(b, ring.neg(a)))
    if None in signs or rises is None:
        raise UndecidedError("a sign that depends on variables")
    if signs[0] != signs[1]:
        return Fraction(0)
    return a if rises == signs[0] else b
