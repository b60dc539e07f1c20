"""Conditions in one variable solved, and what others imply left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from calcml.algebra.arrays.norms import square_of
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear, written
from calcml.algebra.piecewise import Cells, shorter
from calcml.calculus.domain.nonzero import told_apart
from calcml.calculus.domain.products import by_factors
from calcml.calculus.limits import MOST_ENDS
from calcml.calculus.line import holds_at, in_order, interval, samples
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import is_closed, truth
from calcml.core.build import sub
from calcml.core.comparisons import COMPARISONS, OPEN, REVERSED
from calcml.core.errors import DomainError, LimitError, or_none
from calcml.core.expr import ONE, ZERO, Expr, make, symbol, walk
from calcml.core.flat import joined, leaves
from calcml.functions import FUNCTIONS

NOWHERE = make("lt", (ONE, ZERO))  # a condition that no point fulfils


def solved(given: Iterable[Expr]) -> tuple[Expr, ...]:
    """Conditions that hold together where the given ones do, in textbook form.

    Those in one variable are solved where all zeros are found. NOWHERE alone says that
    they contradict one another.
    """
    asked = list(dict.fromkeys(part for c in given for part in _parts(c)))
    known = [c for c in asked if not (is_closed(c) and truth(c) is True)]
    if any(is_closed(c) and truth(c) is False for c in known):
        return (NOWHERE,)
    found: dict[Expr, None] = {}
    one = [c for c in known if len(c.free_symbols) == 1 and not _has_arrays(c)]
    for name in sorted(set().union(*[c.free_symbols for c in one])):
        x = symbol(name)
        about = [c for c in one if c.free_symbols == {name}]
        mine = [c for c in about if _places(c, x) is not None]
        pieces = _on_line(mine, x)
        if pieces is not None:
            if NOWHERE in pieces:
                return (NOWHERE,)
            found |= dict.fromkeys(pieces)
            known = [c for c in known if c not in mine]
    # One contraction may have several graphs of the same text.
    arrays = {str(c): c for c in known if _has_arrays(c) and not _of_squares(c)}
    signed = by_factors([*found, *[c for c in known if not _has_arrays(c)]])
    return _without_implied(
        [*[_readable(c) for c in _as_one(signed)], *arrays.values()]
    )


def _parts(condition: Expr) -> list[Expr]:
    """What must hold each for itself: both sides of and, the factors that are not 0."""
    told = condition if _has_arrays(condition) else told_apart(condition)
    return leaves(told, "and")


def _of_squares(condition: Expr) -> bool:
    """Whether a condition says that a sum of squares is not negative."""
    return condition.op == "ge" and square_of(condition.args[0]) is not None


def _has_arrays(condition: Expr) -> bool:
    return any(node.dims for node in walk(condition))


# --- one variable ------------------------------------------------------------------


def _places(condition: Expr, x: Expr) -> list[Expr] | None:
    """Where a condition may change, or its parts end; None where that is not found."""
    found: dict[Expr, None] = {}
    guards = [g for g in conditions(condition) if Facts().decide(g) is not True]
    for node in walk(condition, *guards):
        row = FUNCTIONS.get(node.op)
        if row is not None and (row.op == "where" or "jump" in row.kink):
            return None
        if node.op not in COMPARISONS:
            continue
        result = or_none(zeros, sub(*node.args), x)
        if result is None or not result.alone:
            return None
        found |= dict.fromkeys(result.points)
    return list(found) if len(found) <= MOST_ENDS else None


def _on_line(mine: Sequence[Expr], x: Expr) -> list[Expr] | None:
    """All the conditions together, as intervals; None where a truth is not told."""
    if not mine:
        return None
    points = in_order(dict.fromkeys(p for c in mine for p in _places(c, x) or []))
    if points is None:
        return None
    holds = [_all_hold(mine, x, place) for place in samples(points) or ()]
    if None in holds:
        return None
    return _spelled(x, points, [bool(h) for h in holds])


def _all_hold(mine: Sequence[Expr], x: Expr, place: Expr) -> bool | None:
    """Whether all conditions hold at a place; one that fails decides."""
    told = [holds_at(condition, x, place) for condition in mine]
    return False if False in told else None if None in told else True


def _spelled(x: Expr, points: Sequence[Expr], holds: list[bool]) -> list[Expr]:
    """Intervals of `x`, and single places that are left out, as conditions."""
    left_out = []
    for i, point in enumerate(points):
        before, here, after = holds[2 * i : 2 * i + 3]
        if before and after and not here:
            left_out.append(make("ne", (x, point)))
            holds[2 * i + 1] = True
    parts: list[Expr] = []
    for inside, run in groupby(range(len(holds)), holds.__getitem__):
        cells = [*run]
        part = interval(x, points, cells[0], cells[-1]) if inside else None
        if inside and part is None:
            return left_out
        parts += [] if part is None else [part]
    whole = joined("or", parts)
    return [NOWHERE] if whole is None else [whole, *left_out]


# --- several variables -------------------------------------------------------------


def _as_one(conditions: Sequence[Expr]) -> list[Expr]:
    """The conditions, shorter together where alternatives are among them."""
    several = [c for c in conditions if c.op == "or"]
    names = frozenset().union(*[c.free_symbols for c in several])
    about = [c for c in conditions if not c.free_symbols.isdisjoint(names)]
    whole = joined("and", about)
    if whole is None:
        return list(conditions)
    yes, no = symbol("\u00b7yes"), symbol("\u00b7no")
    found = shorter(make("where", (whole, yes, no)))
    if found is None or found[1].op != "where" or found[1].args[1:] != (yes, no):
        return list(conditions)
    rest = [c for c in conditions if c not in about]
    return [*leaves(found[1].args[0], "and"), *rest]


def _readable(condition: Expr) -> Expr:
    """A difference and 0 as its two sides."""
    if condition.op not in COMPARISONS or ZERO not in condition.args:
        return condition
    form = linear(sub(*condition.args))
    if form is None or len(form) < 2 or all(c > 0 for c in form.values()):
        return condition
    signs, op = (1, -1), condition.op
    sides = [written({t: k * c for t, c in form.items() if k * c > 0}) for k in signs]
    if sides[0].op == "number":
        sides, op = sides[::-1], REVERSED[op]
    return make(op, tuple(sides))


def _without_implied(found: list[Expr]) -> tuple[Expr, ...]:
    """The conditions that do not follow from the others; NOWHERE if they contradict."""
    plain = [c for c in found if not _has_arrays(c)]
    try:
        Facts(plain)
    except DomainError:
        return (NOWHERE,)
    except LimitError:
        return tuple(found)
    cells = Cells(plain)
    if cells.small and not _together(cells, plain):
        return (NOWHERE,)
    strict = {c: _strict(c, cells, plain) for c in plain} if cells.small else {}
    found = [strict.get(c, c) for c in found]
    plain = [strict.get(c, c) for c in plain]
    for condition in reversed(plain):
        others = [c for c in plain if c is not condition]
        implied = Facts(others).decide(condition) is True
        if not implied and cells.small:
            implied = not _together(cells, others) & ~cells.truth(condition)
        if implied:
            plain = others
    over = {c.args for c in found if c.op in ("gt", "lt")}
    arrays = [
        c for c in found if _has_arrays(c) and (c.op != "ne" or c.args not in over)
    ]
    return tuple(c for c in found if c in plain or c in arrays)


def _strict(condition: Expr, cells: Cells, plain: Sequence[Expr]) -> Expr:
    """x >= y as x > y, where x != y is asked, too."""
    if condition.op not in OPEN:
        return condition
    strict = make(OPEN[condition.op], condition.args)
    implied = not _together(cells, plain) & ~cells.truth(strict)
    return strict if implied else condition


def _together(cells: Cells, some: Sequence[Expr]) -> int:
    """The cells in which all of some conditions hold."""
    found = cells.possible(Facts())
    for condition in some:
        found &= cells.truth(condition)
    return found
