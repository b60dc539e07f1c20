"""Exact limits of smooth expressions, by their values or by expansions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from calcml.algebra.canonical import tidy
from calcml.algebra.definedness import conditions
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import forward
from calcml.calculus.expansions.coefficients import (
    Ring,
    UndecidedError,
    coefficient,
    expression,
)
from calcml.calculus.expansions.sides import beside
from calcml.calculus.limits import MOST_NODES
from calcml.calculus.zeros.constants import is_closed, sign, truth
from calcml.core.build import sub, substitute
from calcml.core.comparisons import STRICT
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ARRAYS, CONDITIONS, ZERO, Expr, walk
from calcml.core.flat import depending
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed

ZERO_KINK = "x = 0:"  # of rows that are smooth but where their argument is 0


def limit(e: Expr, u: Expr, place: Expr) -> Expr | None:
    """The limit of `e` as `u` goes to `place`, from both sides; None if not found.

    Other variables are taken to be such that what is not always 0 is not 0.
    """
    order = walk(e)
    if u not in order:
        return e
    if len(order) > MOST_NODES or not smooth(e, u, place):
        return None
    return or_none(_limit, e, u, place)


def slope(e: Expr, u: Expr, place: Expr) -> Expr | None:
    """The limit of the derivative."""
    return or_none(lambda: limit(tidy(forward(e, u)), u, place))


def value_at(e: Expr, u: Expr, place: Expr) -> Expr | None:
    """The value of an expression itself at the place; None where it has none."""
    try:
        if any(_refuted(substitute(guard, {u: place})) for guard in conditions(e)):
            return None
        return simplify(substitute(e, {u: place}))
    except CalcmlError:
        return None


def equal(a: Expr, b: Expr) -> bool | None:
    """Whether two values are the same; None where it is not told, or may be so."""
    if a is b:
        return True
    difference = simplify(sub(a, b))
    if difference is ZERO:
        return True
    if not is_closed(difference) or not sign(difference):
        return None
    return False


def differ(a: Expr, b: Expr, u: Expr, place: Expr) -> bool:
    """Whether two expressions have values at the place that are not the same."""

    def at(e: Expr) -> Expr:
        return simplify(substitute(e, {u: place}))

    return or_none(lambda: equal(at(a), at(b))) is False


def smooth(e: Expr, u: Expr, place: Expr) -> bool:
    """Whether what depends on `u` is analytic where it is defined."""
    for node in depending(walk(e), u) - {u}:
        row = FUNCTIONS.get(node.op)
        if row is None or node.op in ARRAYS or node.op in CONDITIONS:
            return False
        if row.kink.startswith(ZERO_KINK) and len(node.args) == 1:
            if not _apart(node.args[0], u, place):
                return False
        elif not _analytic(row):
            return False
    return True


def analytic(e: Expr) -> bool:
    """Whether an expression that has variables is analytic: its zeros are isolated."""
    rows = [FUNCTIONS.get(node.op) for node in walk(e) if node.args]
    return bool(e.free_symbols) and all(row and _analytic(row) for row in rows)


@cache
def _analytic(row: Row) -> bool:
    """Whether neither a row nor what defines it, or its derivative, has a kink."""
    seen, stack = {row}, [row]
    while stack:
        row = stack.pop()
        if row.kink or row.variadic or row.op == "where":
            return False
        for text in (row.by, *row.d):
            for node in walk(parsed(text, (*row.params, "y"))) if text else ():
                inner = FUNCTIONS.get(node.op)
                if inner is not None and inner not in seen:
                    seen.add(inner)
                    stack.append(inner)
    return True


def _apart(node: Expr, u: Expr, place: Expr) -> bool:
    """Whether a part is a number other than 0 at the place."""
    value = value_at(node, u, place)
    return value is not None and is_closed(value) and sign(value) in (1, -1)


def _refuted(guard: Expr) -> bool:
    """Whether a condition at a place fails, for all values of other variables."""
    if is_closed(guard):
        return truth(guard) is not True
    return guard.op in STRICT and simplify(sub(*guard.args)) is ZERO


def _limit(e: Expr, u: Expr, place: Expr) -> Expr | None:
    value = value_at(e, u, place)
    if value is not None:
        return value
    ring, at = Ring(), coefficient(place)
    try:
        sides = [beside(e, u, at, ring, side, Fraction(1)) for side in (1, -1)]
    except UndecidedError:
        return None
    right, left = (None if s.grows else s.limit for s in sides)
    if right is None or left is None:
        return None
    same = ring.is_zero(ring.add(right, ring.neg(left)))
    return simplify(expression(right)) if same else None
