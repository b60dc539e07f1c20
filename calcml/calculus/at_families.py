"""The slope at the places of a family, by one formula, or at the few that differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calcml.calculus.expansions.coefficients import UndecidedError
from calcml.calculus.kinks.families import member
from calcml.calculus.kinks.places import Place
from calcml.calculus.limits import MEMBERS, MOST_SINGLE
from calcml.calculus.rounding import at_integers, level_at
from calcml.calculus.zeros.constants import sign
from calcml.core.build import sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, make


def of_family(
    place: Place,
    condition: Expr,
    root: Expr | None,
    x: Expr,
    slope: Expr,
    mended: Callable[[Place], Expr | None],
) -> Mapping[Expr, Expr]:
    """The slope of `root`, by conditions, where the formula `slope` does not have it.

    `condition` holds at all places of the family, `mended` tells of one of them. Raises
    UndecidedError where no formula fits.
    """
    members = [m for k in MEMBERS if (m := member(place, k)) is not None]
    a = place.switch.a if place.switch.whole else None
    if a is not None and root is not None:
        more = or_none(level_at, root, x, a) or ()
        members += [place._replace(at=at, n=None, given=()) for at in more]
    found = {m.at: mended(m) for m in members}
    values = {*found.values()}
    if len(values) == 1:
        (value,) = values
        return {} if value is None else {condition: value}
    if a is None or root is None:
        raise UndecidedError
    made = or_none(at_integers, root, x, a)
    if made is not None and all(_fits(made, slope, x, *at) for at in found.items()):
        return {condition: made}
    told = {at: value for at, value in found.items() if value is not None}
    if len(told) > MOST_SINGLE:
        raise UndecidedError
    return {make("eq", (x, at)): value for at, value in told.items()}


def _fits(made: Expr, slope: Expr, x: Expr, at: Expr, value: Expr | None) -> bool:
    """Whether a formula has a value at a place, that of the slope for none."""
    off = substitute(sub(made, slope if value is None else value), {x: at})
    return or_none(sign, off) == 0
