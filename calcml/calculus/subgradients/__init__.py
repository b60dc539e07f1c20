"""The slope of a function of several variables at corners: of least norm, as a whole.

Where switches are 0, the gradients of the cells that meet there span the set of
subgradients (Clarke, Optimization and Nonsmooth Analysis, theorem 2.5.1). Its element
of least norm is the gradient, if there is one, else the slope that is taken. The chain
rule, which takes it row by row, differs where rows share variables; there a choice is
written. With more variables, and where that would be long, the chain's slope stays.

>>> from calcml.calculus.chain_rule import forward
>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> x, f = symbol("x"), parse("-3*x + relu(x - y)")
>>> least(f, [x], [forward(f, x)])
[where(x >= y, -2, -3)]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from calcml.algebra.definedness import conditions as guards
from calcml.algebra.simplify import simplify
from calcml.calculus.expansions.quotients import fails
from calcml.calculus.limits import MOST_CHOICES, MOST_VARIABLES
from calcml.calculus.subgradients.cells import Place, at_place, in_choices
from calcml.calculus.subgradients.regions import Region, conditions, differs, meeting
from calcml.calculus.subgradients.search import EVERYWHERE, Slope, found
from calcml.calculus.zeros.polynomials import normal
from calcml.core.build import sub
from calcml.core.cost import Cost
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ZERO, Expr, make
from calcml.core.flat import joined


def least(root: Expr, variables: Sequence[Expr], parts: Sequence[Expr]) -> list[Expr]:
    """Derivatives by some variables, with the slope of least norm where it differs."""
    slopes, names = found(root).slopes, root.free_symbols
    return [
        _chosen(part, v, slopes)[0] if v.value in names else part
        for v, part in zip(variables, parts, strict=True)
    ]


def told(root: Expr, v: Expr, chain: Expr) -> bool:
    """Whether a derivative has the slope of least norm everywhere, with `least`."""
    if len(root.free_symbols) > MOST_VARIABLES:
        return False
    slopes, untold = found(root)
    return not untold and _chosen(chain, v, slopes)[1]


def _chosen(chain: Expr, v: Expr, slopes: Sequence[Slope]) -> tuple[Expr, bool]:
    """A derivative with choices, those at single points where all would be long.

    Whether they are all.
    """
    for meet in range(1, MOST_VARIABLES + 1):
        some = [s for s in slopes if len(s.place.values) >= meet]
        made = _patched(chain, v, some)
        if made is not None:
            return made[0], made[1] and meet == 1
    return chain, False


def _patched(chain: Expr, v: Expr, slopes: Sequence[Slope]) -> tuple[Expr, bool] | None:
    """One derivative with a choice for each place where its slope differs.

    Whether all are short enough to be written; None where they are many.
    """
    first = slopes[0] if len(slopes) == 1 else None
    if first and not first.region and len(first.place.switches) == 1:
        made = _on_sides(chain, first, v)
        return (chain, False) if made is None else (made, True)
    made, now, count, whole = chain, in_choices(chain), 0, True
    for _, group in groupby(slopes, key=lambda s: id(s.place)):
        there = list(group)
        differ = [s for s in there if not _agree(now, s, v)]
        if len(differ) == len(there) and len({s.short(v) for s in there}) == 1:
            differ = [differ[0]._replace(region={})]
        for s in differ:
            value = s.short(v)
            if value is None:
                whole = False
                continue
            choice = _condition(s.place, s.region), value
            made = make("where", (*choice, made))
            now = make("where", (choice[0], in_choices(value), now))
            count += 1
        if count > MOST_CHOICES:
            return None
    return made, whole


def _on_sides(chain: Expr, slope: Slope, v: Expr) -> Expr | None:
    """A derivative where one surface is all there is, on both sides of it and there."""
    (u,), there = slope.place.switches, slope.short(v)
    if there is None:
        return None
    now, cost = in_choices(chain), Cost()
    right = _agree(now, slope, v)
    plain = chain if right else make("where", (meeting("eq", u), there, chain))
    above, below = (or_none(at_place, now, EVERYWHERE, {u: way}) for way in (1, -1))
    if above is None or below is None:
        return plain
    if above is below and _agree(above, slope, v):
        same = {*guards(above)} <= {*guards(chain)}  # else single points lack a value
        return above if same else chain
    if _agree(above, slope, v):
        made = make("where", (meeting("ge", u), above, below))
    elif _agree(below, slope, v):
        made = make("where", (meeting("gt", u), above, below))
    else:
        rest = make("where", (meeting("lt", u), below, there))
        made = make("where", (meeting("gt", u), above, rest))
    return (
        made if not right and cost(simplify(made)) <= cost(simplify(plain)) else plain
    )


def _agree(chain: Expr, slope: Slope, v: Expr) -> bool:
    """Whether a derivative in choices has a value at a place, and that is the slope."""
    place = slope.place
    try:
        value = at_place(chain, place, slope.region)
        off = sub(value, slope.gradient[v])
        if differs(off, slope.region) or not _is_zero(off):
            return False
        return not fails(chain, place.values)
    except CalcmlError:
        return False


def _is_zero(e: Expr) -> bool:
    return normal(e) is ZERO or simplify(e) is ZERO


def _condition(place: Place, region: Region) -> Expr:
    """A point by its coordinates, else the switches that are 0, and where on them."""
    if place.is_point:
        ordered = sorted(place.values.items(), key=lambda pair: str(pair[0].value))
        equations = [make("eq", pair) for pair in ordered]
    else:
        equations = [meeting("eq", u) for u in place.switches]
    condition = joined("and", [*equations, *conditions(region)])
    assert condition is not None
    return condition
