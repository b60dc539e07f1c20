"""A chain of choices spelled again, after places have gone to other branches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from calcml.algebra.piecewise import Rows
from calcml.calculus.branches.line import Line, taken
from calcml.calculus.limits import MOST_FLIPPED
from calcml.core.build import substitute
from calcml.core.comparisons import FLIPPED
from calcml.core.expr import Expr, make, walk


def spelled(along: Line, points: Sequence[Expr], cells: Sequence[Expr]) -> Line:
    """The chain that has `cells` before, at and between the points."""
    flipped = _flipped(along, points, cells)
    if flipped is not None:
        return flipped
    rows, otherwise = _runs(along.u, points, cells)
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


def _runs(u: Expr, points: Sequence[Expr], cells: Sequence[Expr]) -> tuple[Rows, Expr]:
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
