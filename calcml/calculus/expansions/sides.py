"""What a function does on each side of a place, and which kind of kink that is."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.calculus.expansions.local import Local
from calcml.calculus.expansions.series import CONSTANT, Series
from calcml.calculus.expansions.systems import Expansion
from calcml.calculus.limits import ORDERS, SLOPE
from calcml.core.build import mul, neg
from calcml.core.errors import or_none
from calcml.core.expr import INF, Expr, make
from calcml.core.operations import SIGN

LINEAR = (Fraction(1), 0)


class Side(NamedTuple):
    """A limit and a slope: a coefficient, or 1 or -1 in `grows` for an infinite one.

    `bends` is the sign of the second derivative near the place, None where it is not
    known. Where the function is not defined on the side, `defined` is False.
    """

    limit: Coefficient | None = None
    grows: int = 0
    slope: Coefficient | None = None
    steep: int = 0
    bends: int | None = None
    defined: bool = True


NOWHERE = Side(defined=False)


def beside(
    root: Expr,
    x: Expr,
    at: Coefficient,
    ring: Ring,
    side: int,
    scale: Coefficient,
    derived: int | None = None,
) -> Side:
    """One side, where x = at + side*t/scale. Raises UndecidedError.

    With a number, of a derivative of that order; then it may not be known how it bends.
    """
    direction = ring.mul(Fraction(side), ring.inverse(scale))
    problem = UndecidedError("what it does there")
    found: Side | None = None
    for order in ORDERS if derived is None else (derived + SLOPE, *ORDERS):
        local = Expansion(x, at, direction, ring, order)
        try:
            series = local.series(root)
            if derived and local.rough:
                raise UndecidedError("how fast a bounded part changes")
            for _ in range(derived or 0):
                series = local.arithmetic.derived(series)
                series = local.arithmetic.scale(series, direction)
            found = _read(local, series, side, scale)
        except UndefinedError:
            return NOWHERE
        except UndecidedError as error:
            problem = error
        if found and (derived is not None or found.bends is not None or found.grows):
            break
    if found is None:
        raise problem
    return found


def _read(local: Local, found: Series, side: int, scale: Coefficient) -> Side:
    arithmetic, ring = local.arithmetic, local.ring
    if found.huge:
        return Side(grows=found.huge, steep=-found.huge * side)
    lead = arithmetic.least(found)
    high = [p for p in found.terms if p[0] < 0 or (p[0] == 0 and p[1])]
    if high:
        return Side(
            grows=_known(arithmetic.sign(found)), steep=_steep(local, found, side)
        )
    if lead <= 0 and found.cut <= 0:
        raise UndecidedError("its limit")
    limit = found.terms.get(CONSTANT, Fraction(0))
    rest = Series({p: c for p, c in found.terms.items() if p != CONSTANT}, found.cut)
    first = rest.lead()
    steepest = first is not None and (first[0] < 1 or (first[0] == 1 and first[1] > 0))
    if steepest:
        return Side(limit, 0, None, _steep(local, rest, side), _bends(local, found))
    if found.cut <= 1:
        raise UndecidedError("its slope")
    slope = ring.mul(found.terms.get(LINEAR, Fraction(0)), scale)
    return Side(limit, 0, ring.mul(slope, Fraction(side)), 0, _bends(local, found))


def _known(sign: int | None) -> int:
    if sign is None:
        raise UndecidedError("a sign that depends on variables")
    return sign


def _steep(local: Local, found: Series, side: int) -> int:
    """The sign of an infinite slope by the switch."""
    lead = found.lead()
    assert lead is not None  # which outweighs the others in the slope, too
    first = Series({lead: found.terms[lead]})
    return _known(local.arithmetic.sign(local.arithmetic.derived(first))) * side


def _bends(local: Local, found: Series) -> int | None:
    arithmetic = local.arithmetic
    if local.rough:
        return None
    try:
        return arithmetic.sign(arithmetic.derived(arithmetic.derived(found)))
    except UndecidedError:
        return None


def value_at(root: Expr, x: Expr, at: Coefficient, ring: Ring) -> Coefficient | None:
    """The value at a place; None where there is none. Raises UndecidedError."""
    try:
        found = Expansion(x, at, Fraction(0), ring).series(root)
    except UndefinedError:
        return None
    if found.huge or not found.is_constant:
        raise UndecidedError("its value")
    return found.terms.get(CONSTANT, Fraction(0))


# --- kinds -------------------------------------------------------------------------


def kind_of(
    left: Side, right: Side, value: Coefficient | None, ring: Ring
) -> str | None:
    """The kind of a place; None where the function is smooth or not there at all."""
    if not left.defined and not right.defined:
        return None if value is None else "edge"
    if not left.defined or not right.defined:
        return "edge"
    if left.grows or right.grows:
        return "pole"
    assert left.limit is not None
    assert right.limit is not None
    if not same(left.limit, right.limit, ring):
        return "jump"
    if value is None:
        return "hole"
    if not same(value, left.limit, ring):
        return "jump"
    if left.steep or right.steep:
        return "vertical tangent"
    assert left.slope is not None
    assert right.slope is not None
    return None if same(left.slope, right.slope, ring) else "corner"


def same(a: Coefficient, b: Coefficient, ring: Ring) -> bool:
    """Whether two coefficients are equal."""
    return a is b or ring.is_zero(ring.add(a, ring.neg(b)))


def limit_of(side: Side) -> Expr | None:
    """The limit as an expression."""
    if side.grows:
        return INF if side.grows > 0 else neg(INF)
    return None if side.limit is None else expression(side.limit)


def slope_of(side: Side, ring: Ring, scale: Coefficient) -> Expr | None:
    """The slope by x as an expression."""
    if side.steep:
        infinite = INF if side.steep > 0 else neg(INF)
        direction = ring.sign(scale)
        if direction is None:
            return mul(make(SIGN, (expression(scale),)), infinite)
        return infinite if direction > 0 else neg(infinite)
    return None if side.slope is None else expression(side.slope)


class Subgradients(NamedTuple):
    """The ends of the set, and whether the function is convex near the place."""

    low: Expr | None = None
    high: Expr | None = None
    convex: bool = False


def subgradients(
    kind: str, left: Side, right: Side, ring: Ring, scale: Coefficient
) -> Subgradients:
    """The set of subgradients of a corner."""
    if kind != "corner" or left.slope is None or right.slope is None:
        return Subgradients()
    rise = ring.add(right.slope, ring.neg(left.slope))
    along = ring.sign(ring.mul(rise, ring.inverse(scale)))
    curved = (left.bends, right.bends)
    convex = along == 1 and None not in curved and -1 not in curved
    ends = [expression(left.slope), expression(right.slope)]
    low, high = ends[::-1] if or_none(ring.sign, rise) == -1 else ends
    return Subgradients(low, high, convex)
