"""A chain of choices along one variable: where its conditions change, and to what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts.linear import linear, reciprocal, written
from calcml.algebra.piecewise import Rows, chain, rows_of
from calcml.calculus.limits import MOST_FLIPPED, MOST_POINTS
from calcml.calculus.line import holds_at, in_order, samples
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import is_closed, truth
from calcml.core.build import sub, substitute, substitute_all
from calcml.core.comparisons import COMPARISONS, FLIPPED
from calcml.core.expr import ZERO, Expr, make, number, symbol, walk
from calcml.functions import FUNCTIONS

STAND_IN = symbol("\u00b7u")  # for what is compared; no name of the grammar has the dot


class Line(NamedTuple):
    """Rows along the variable `u`, which stands for the expression `back`."""

    u: Expr
    back: Expr
    rows: Rows
    otherwise: Expr

    @property
    def branches(self) -> list[Expr]:
        """The values of the rows, and the one otherwise."""
        return [*[value for _, value in self.rows], self.otherwise]


class Cut(NamedTuple):
    """The places where a condition may change, and the row taken in each cell."""

    points: list[Expr]
    rows: list[int]


def cut(along: Line | None) -> Cut | None:
    """How a line is cut into cells; None where there are none, or they are not told."""
    points = points_of(along) if along else None
    rows = taken(along, points) if along and points else None
    return None if points is None or rows is None else Cut(points, rows)


def line(node: Expr, wanted: frozenset[str] | None) -> Line | None:
    """The one variable, of those `wanted`, that decides a choice; None if none does.

    That may be a part that all comparisons compare with numbers, if the branches depend
    on its variables by it alone.
    """
    found = rows_of(node)
    if found is None:
        return None
    rows, otherwise = found
    tests = [condition for condition, _ in rows]
    names = frozenset().union(*[test.free_symbols for test in tests])
    asked = sorted(names if wanted is None else names & wanted)
    if not asked:
        return None
    whole = _compared(tests)
    if whole is not None and whole.op not in ("symbol", "number"):
        (inside,) = substitute_all([node], {whole: STAND_IN})
        if inside.free_symbols.isdisjoint(whole.free_symbols):
            again = rows_of(inside)
            assert again is not None
            return Line(STAND_IN, whole, *again)
    if len(names) > 1 and (len(asked) > 1 or len(rows) > 1):
        asked = [name for name in asked if _alone(name, tests)]
    if not asked:
        return None
    u = symbol(asked[0])
    return Line(u, u, rows, otherwise)


def _alone(name: str, tests: Sequence[Expr]) -> bool:
    """Whether one comparison decides, which is linear in the variable."""
    comparisons = [n for test in tests for n in walk(test) if n.op in COMPARISONS]
    return len(set(comparisons)) == 1 and name in comparisons[0].free_symbols


def _compared(tests: Sequence[Expr]) -> Expr | None:
    """The one expression that all comparisons compare with numbers."""
    found = set()
    for node in walk(*tests):
        if node.op in COMPARISONS:
            a, b = node.args
            if (a.op == "number") == (b.op == "number"):
                return None
            found.add(b if a.op == "number" else a)
    return found.pop() if len(found) == 1 else None


# --- points ------------------------------------------------------------------------


def points_of(along: Line) -> list[Expr] | None:
    """All places where a condition may change, in rising order; None if not found."""
    tests = [condition for condition, _ in along.rows]
    found: dict[Expr, None] = {}
    for node in walk(*tests):
        if node.op not in COMPARISONS:
            continue
        places = crossings(sub(*node.args), along.u)
        if places is None:
            return None
        found |= dict.fromkeys(places)
    places = list(found)
    if len(places) == 1:
        return places
    return in_order(places) if 0 < len(places) <= MOST_POINTS else None


def crossings(g: Expr, u: Expr) -> list[Expr] | None:
    """The places where a smooth difference is 0; None where there may be others."""
    form = linear(g)
    if form is not None and not any(u in walk(t) for t in form if t is not u):
        factor = form.pop(u, 0)
        if not factor:
            return []
        return [written(form, -reciprocal(factor))]
    if conditions(g) or not continuous(g):
        return None
    found = zeros(g, u)
    return list(found.points) if found.alone and not found.everywhere else None


def continuous(g: Expr) -> bool:
    """Whether no function of a difference jumps."""
    rows = [FUNCTIONS.get(node.op) for node in walk(g) if node.args]
    return all(row and row.op != "where" and "jump" not in row.kink for row in rows)


# --- which row holds ---------------------------------------------------------------


def taken(along: Line, points: Sequence[Expr]) -> list[int] | None:
    """The row taken before the first point, at it, between it and the next, ...

    The last number is that of the branch otherwise. None where it is not told.
    """
    if len(points) == 1 and not is_closed(points[0]):
        found = [_taken_beside(along, side) for side in (-1, 0, 1)]
    else:
        places = samples(points)
        if places is None:
            return None
        found = [_taken(along, place) for place in places]
    return None if None in found else [i for i in found if i is not None]


def _taken(along: Line, place: Expr) -> int | None:
    for i, (condition, _) in enumerate(along.rows):
        holds = holds_at(condition, along.u, place)
        if holds is not False:
            return i if holds else None
    return len(along.rows)


def _taken_beside(along: Line, side: int) -> int | None:
    """The row taken beside the only point, where all comparisons are linear."""
    for i, (condition, _) in enumerate(along.rows):
        put = {}
        for node in walk(condition):
            if node.op in COMPARISONS:
                form = linear(sub(*node.args))
                factor = form.get(along.u, 0) if form else 0
                if not factor:
                    return None
                value = side if factor > 0 else -side
                put[node] = make(node.op, (number(value), ZERO))
        holds = truth(substitute(condition, put))
        if holds is not False:
            return i if holds else None
    return len(along.rows)


def whole(along: Line) -> Expr:
    """The chain in its own variables."""
    node = chain(along.rows, along.otherwise)
    return node if along.u is along.back else substitute(node, {along.u: along.back})


# --- spelled again, after places have gone to other branches -----------------------


def spelled(along: Line, points: Sequence[Expr], cells: Sequence[Expr]) -> Line:
    """The chain that has `cells` before, at and between the points."""
    flipped = _flipped(along, points, cells)
    if flipped is not None:
        return flipped
    rows, otherwise = runs(along.u, points, cells)
    return along._replace(rows=rows, otherwise=otherwise)


def _flipped(along: Line, points: Sequence[Expr], cells: Sequence[Expr]) -> Line | None:
    """The same chain with some comparisons strict that were not, or not strict."""
    tests = [condition for condition, _ in along.rows]
    found = [node for node in walk(*tests) if node.op in FLIPPED]
    if len(found) > MOST_FLIPPED:
        return None
    branches = along.branches
    for count in range(1, len(found) + 1):
        for some in combinations(found, count):
            put = {node: make(FLIPPED[node.op], node.args) for node in some}
            rows = [(substitute(test, put), value) for test, value in along.rows]
            made = along._replace(rows=rows)
            now = taken(made, points)
            if now is not None and all(
                branches[i] is cell for i, cell in zip(now, cells, strict=True)
            ):
                return made
    return None


def runs(u: Expr, points: Sequence[Expr], cells: Sequence[Expr]) -> tuple[Rows, Expr]:
    """Rows from left to right, single places last; the first run from the right leads
    where there are two.
    """
    single: Rows = []
    runs: list[tuple[Expr, str, Expr]] = []  # the value up to a point, lt or le
    current = cells[0]
    for i, place in enumerate(points):
        here, after = cells[2 * i + 1], cells[2 * i + 2]
        if here is current:
            if after is not current:
                runs.append((current, "le", place))
        elif here is after:
            runs.append((current, "lt", place))
        else:
            single.append((make("eq", (u, place)), here))
            if after is not current:
                runs.append((current, "lt", place))
        current = after
    if len(single) == len(runs) == 1:
        (value, _, place), (_, here) = runs[0], single[0]
        below = make("lt", (u, place)), value
        return [(make("gt", (u, place)), current), below], here
    rows = [(make(op, (u, place)), value) for value, op, place in runs]
    return [*single, *rows], current
