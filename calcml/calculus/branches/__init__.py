"""Where the branches of a choice meet: spelled so that the chain rule is right there.

If the slopes of both sides agree, that is the slope at the join, whichever branch the
point belongs to; if they differ and the values agree, it is the one of least norm. At a
jump it is the slope of the branch taken.

>>> from calcml.parsing.parser import parse
>>> joined(parse("where(x >= 2, 3*x, x + 4)"))
where(x > 2, 3*x, x + 4)
>>> joined(parse("where(x == 0, 0, x^2)"))
x^2
"""

from __future__ import annotations

from functools import reduce

from calcml.algebra.definedness import conditions
from calcml.algebra.piecewise import negated
from calcml.calculus.branches.line import Line, cut, line, spelled, whole
from calcml.calculus.expansions.limits import (
    analytic,
    differ,
    equal,
    limit,
    slope,
    value_at,
)
from calcml.calculus.zeros.constants import is_closed, sign
from calcml.core.build import add, mul, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import ZERO, Expr, make, symbol
from calcml.core.flat import leaves
from calcml.core.operations import ABS


def joined(node: Expr, wanted: frozenset[str] | None = None) -> Expr | None:
    """A choice as it is to be derived by the variables `wanted`, by any if None.

    None where it is not found out at which places its branches meet.
    """
    if wanted is not None and node.args[0].free_symbols.isdisjoint(wanted):
        return None
    if node.args[0].op in ("and", "or"):
        other = _at_pins(node)
        if other is None:
            other = _split(node, wanted)
        if other is not None:
            return other
    along = line(node, wanted)
    found = cut(along)
    if along is None or found is None:
        return _isolated(node, wanted)
    (points, rows), branches = found, along.branches
    cells = [branches[i] for i in rows]
    for i, place in enumerate(points):
        low, here, high = cells[2 * i : 2 * i + 3]
        if not low is here is high:
            cells[2 * i + 1] = meeting(along.u, place, low, here, high)
    if all(cell is branches[i] for cell, i in zip(cells, rows, strict=True)):
        return node
    return whole(spelled(along, points, cells))


# --- one join ----------------------------------------------------------------------


def meeting(u: Expr, place: Expr, low: Expr, here: Expr, high: Expr) -> Expr:
    """What the function is to be at a place, that its slope may be right there."""
    if here is low or here is high:
        other = high if here is low else low
        return _beside(u, place, here, other)
    value = value_at(here, u, place)
    left = limit(low, u, place)
    right = left if high is low else limit(high, u, place)
    if value is None:
        return here
    if left is None or right is None:
        # No slope is known: that of the formula beside, if it has one there.
        return here if differ(here, high, u, place) else high
    same = equal(value, left), equal(value, right)
    if False in same:
        return here  # a jump
    before = slope(low, u, place)
    slopes = before, before if high is low else slope(high, u, place)
    if None in slopes or None in same:
        return high
    a, b = slopes
    assert a is not None
    assert b is not None
    best = a if equal(a, b) else _least(a, b)
    for steep, side in ((b, high), (a, low)):
        if best in (None, steep) and value_at(side, u, place) is not None:
            return side
    return add(value, mul(b if best is None else best, sub(u, place)))


def _beside(u: Expr, place: Expr, here: Expr, other: Expr) -> Expr:
    """What the function is at a place that belongs to one of its sides."""
    value, beside = limit(here, u, place), limit(other, u, place)
    if value is None or beside is None or equal(value, beside) is not True:
        return here
    mine, theirs = slope(here, u, place), slope(other, u, place)
    if mine is None or theirs is None or equal(mine, theirs):
        return here
    best = _least(mine, theirs)
    if best is None or best is mine:
        return here
    return other if best is theirs else value


def _least(a: Expr, b: Expr) -> Expr | None:
    """The number of least norm between two; None where they are not told."""
    if not (is_closed(a) and is_closed(b)):
        return None
    first, second = sign(a), sign(b)
    if first is None or second is None:
        return None
    if first * second < 0:
        return ZERO
    bigger = sign(sub(make(ABS, (a,)), make(ABS, (b,))))
    if bigger is None:
        return None
    return b if bigger > 0 else a


# --- equations ---------------------------------------------------------------------


def _at_pins(node: Expr) -> Expr | None:
    """A point of several variables: its value, and the slopes along each of them.

    None for other choices than x == 1 and y == 2. Without a value beside the point, it
    is not told apart from its neighbours: the slope there is that of their formula.
    """
    condition, value, other = node.args
    if condition.op == "or":
        condition, value, other = negated(condition), other, value
    pins = _pins(condition)
    if pins is None or not value.free_symbols.isdisjoint(x.value for x in pins):
        return None
    result = value
    for x, place in pins.items():
        rest = {y: at for y, at in pins.items() if y is not x}
        along = or_none(substitute, other, rest)
        beside = None if along is None else limit(along, x, place)
        if along is None or beside is None:
            return other
        if equal(value, beside) is False:
            return node
        steep = slope(along, x, place)
        if steep is None:
            return other
        result = add(result, mul(steep, sub(x, place)))
    return make("where", (condition, result, other))


def _pins(condition: Expr) -> dict[Expr, Expr] | None:
    """The numbers at which equations fix variables."""
    found: dict[Expr, Expr] = {}
    for part in leaves(condition, "and"):
        if part.op != "eq" or part.args[0].op != "symbol" or part.args[0] in found:
            return None
        if not is_closed(part.args[1]):
            return None
        found[part.args[0]] = part.args[1]
    return found


# --- conditions of several variables -----------------------------------------------


def _split(node: Expr, wanted: frozenset[str] | None) -> Expr | None:
    """A choice by A and B, of which only B has the variables, as a choice in a choice.

    None where that changes nothing.
    """
    condition, a, b = node.args
    op, parts = condition.op, leaves(condition, condition.op)
    fixed = [p for p in parts if wanted and p.free_symbols.isdisjoint(wanted)]
    moving = [p for p in parts if p not in fixed]
    if not fixed or conditions(condition):
        return None
    first, second = (reduce(lambda p, q: make(op, (p, q)), s) for s in (fixed, moving))
    inner = make("where", (second, a, b))
    found = joined(inner, wanted)
    if found is None or found is inner:
        return None
    return make("where", (first, found, b) if op == "and" else (first, a, found))


def _isolated(node: Expr, wanted: frozenset[str] | None) -> Expr | None:
    """A choice that takes one branch at single places only, without these places.

    The slope there is that of the formula beside, which has none if the place is one of
    its gaps; the slope of the value at the places alone would be wrong. Where the
    values are known not to agree, the choice stays.
    """
    condition, a, b = node.args
    names = condition.free_symbols
    for name in sorted(names if wanted is None else names & wanted):
        u = symbol(name)
        along = Line(u, u, [(condition, a)], b)
        found = cut(along)
        if found is None:
            continue
        points, rows = found
        between = set(rows[::2])
        if len(between) > 1:
            return None
        own, beside = (a, b) if between == {1} else (b, a)
        places = [p for p, row in zip(points, rows[1::2], strict=True)
                  if row not in between]  # fmt: skip
        return node if any(differ(own, beside, u, p) for p in places) else beside
    if condition.op not in ("eq", "ne") or not analytic(sub(*condition.args)):
        return None
    return b if condition.op == "eq" else a
