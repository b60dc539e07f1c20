"""Conditions in one variable solved, and what others imply left out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from calcml.algebra.arrays.norms import square_of
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear, multiples, written
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
    done: set[Expr] = set()
    about: dict[str, list[Expr]] = {}
    for c in known:
        if len(c.free_symbols) == 1 and not _has_arrays(c):
            about.setdefault(min(c.free_symbols), []).append(c)
    for name, some in sorted(about.items()):
        x = symbol(name)
        lines = {c: line for c in some if (line := _line(c, x)) is not None}
        pieces = _all_hold(x, [*lines.values()])
        if pieces is not None:
            found |= dict.fromkeys(pieces)
            done |= lines.keys()
    plain = [c for c in known if c not in done and not _has_arrays(c)]
    told: list[Expr] = []
    for part in _connected([*found, *plain]):
        settled = found.keys() >= {*part}
        told += part if settled else _shortest(_possible(part))
    # One contraction may have several graphs of the same text.
    arrays = {str(c): c for c in known if _has_arrays(c) and not _of_squares(c)}
    told += _without_implied([*arrays.values()])
    return (NOWHERE,) if NOWHERE in told else tuple(told)


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


class _Line(NamedTuple):
    """The truth of a condition before, at, after each of some points, in their order.

    It is None where it is not told.
    """

    points: list[Expr]
    holds: list[bool | None]


def _line(condition: Expr, x: Expr) -> _Line | None:
    """A condition along `x`; None where it is not found where it may change."""
    points = or_none(_places, condition, x)
    ordered = None if points is None else in_order(points)
    if ordered is None:
        return None
    places = samples(ordered) or ()
    return _Line(ordered, [holds_at(condition, x, place) for place in places])


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
        result = zeros(sub(*node.args), x)
        if not result.alone:
            return None
        found |= dict.fromkeys(result.points)
    return list(found) if len(found) <= MOST_ENDS else None


def _all_hold(x: Expr, lines: Sequence[_Line]) -> list[Expr] | None:
    """All of some conditions together, as intervals; None where a truth is not told.

    The points are sorted once; each condition counts in the cells where it fails.
    """
    points = in_order(dict.fromkeys(p for line in lines for p in line.points))
    if points is None or not lines:
        return None
    place = {p: 2 * i + 1 for i, p in enumerate(points)}
    size = 2 * len(points) + 1
    changes: dict[bool | None, list[int]] = {False: [0] * size, None: [0] * size}
    for line in lines:
        starts = [0, *[i for p in line.points for i in (place[p], place[p] + 1)]]
        for start, (before, holds) in zip(
            starts, pairwise([True, *line.holds]), strict=True
        ):
            for told, change in changes.items():
                change[start] += (holds is told) - (before is told)
    fails, untold = [[*accumulate(change)] for change in changes.values()]
    if any(n and not f for f, n in zip(fails, untold, strict=True)):
        return None
    return _spelled(x, points, [not f for f in fails])


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


def _connected(conditions: Sequence[Expr]) -> list[list[Expr]]:
    """The conditions by the variables that they share, with others in between."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    for condition in conditions:
        for name in condition.free_symbols:
            above[top(name)] = top(min(condition.free_symbols))
    groups: dict[str, list[Expr]] = {}
    for condition in conditions:
        first = min(condition.free_symbols, default="")
        groups.setdefault(top(first), []).append(condition)
    return [*groups.values()]


def _possible(conditions: Sequence[Expr]) -> list[Expr]:
    """The conditions without alternatives, single places, at which others fail."""

    def fails(part: Expr, whole: Expr) -> bool:
        x, value = part.args[0], part.args[-1]
        if part.op != "eq" or x.op != "symbol" or not is_closed(value):
            return False
        others = [c for c in conditions if c is not whole]
        return any(holds_at(c, x, value) is False for c in others)

    kept = [[p for p in leaves(c, "or") if not fails(p, c)] for c in conditions]
    wholes = [joined("or", some) for some in kept]
    return [NOWHERE if whole is None else whole for whole in wholes]


def _shortest(conditions: Sequence[Expr]) -> tuple[Expr, ...]:
    """Conditions that hold together, as a book has them."""
    return _without_implied([_readable(c) for c in _as_one(by_factors(conditions))])


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
    if cells.small:
        inside = _together(cells, plain)
        if not inside:
            return (NOWHERE,)
        strict = {c: _strict(c, cells, inside) for c in plain}
        found = [strict.get(c, c) for c in found]
        plain = [strict[c] for c in plain]
    lines = {key: c for c in plain[::-1] if (key := _line_left_out(c))}
    kept = [c for c in plain if not _line_left_out(c)]
    implied = _implied([*lines.values()], kept, cells)
    apart = [c for c in lines.values() if c not in implied]
    for condition in kept[::-1]:
        others = [c for c in kept if c is not condition]
        if _implied([condition], [*others, *apart], cells):
            kept = others
    over = {c.args for c in found if c.op in ("gt", "lt")}
    arrays = filter(_has_arrays, found)
    left = [c for c in arrays if c.op != "ne" or c.args not in over]
    told = {*kept, *apart, *left}
    return tuple(c for c in found if c in told)


def _line_left_out(condition: Expr) -> Hashable:
    """What x != 1 says, the same for 2*x != 2: none follows from others."""
    form = linear(sub(*condition.args)) if condition.op == "ne" else None
    alone = form and all(term.op in ("symbol", "number") for term in form)
    return multiples(form) if form and alone else None


def _implied(some: Sequence[Expr], given: Sequence[Expr], cells: Cells) -> set[Expr]:
    """Those conditions that hold wherever the given ones do."""
    known = Facts(given)
    found = {c for c in some if known.decide(c) is True}
    if cells.small:
        inside = _together(cells, given)
        found |= {c for c in some if not inside & ~cells.truth(c)}
    return found


def _strict(condition: Expr, cells: Cells, inside: int) -> Expr:
    """x >= y as x > y, where x != y is asked, too."""
    if condition.op not in OPEN or not cells.measures(condition):
        return condition
    strict = make(OPEN[condition.op], condition.args)
    return condition if inside & ~cells.truth(strict) else strict


def _together(cells: Cells, some: Sequence[Expr]) -> int:
    """The cells in which all of some conditions hold."""
    found = cells.possible(Facts())
    for condition in some:
        found &= cells.truth(condition)
    return found
