"""Random arrays moved to where equations hold, by Newton's method.

Of all solutions near the arrays the nearest is taken, so that no variable is favoured
(Gauss and Newton; Nocedal and Wright, Numerical Optimization, section 10.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from calcml.core.build import sub
from calcml.core.expr import Expr, walk
from calcml.evaluate.arrays import Point, located, lowered, run
from calcml.evaluate.arrays.grid import Grid, indices, nested
from calcml.evaluate.arrays.sizes import sizes_in
from calcml.evaluate.limits import (
    EQUATION_DIGITS,
    EQUATION_STEPS,
    MAX_UNKNOWNS,
    SETTLED,
)
from calcml.evaluate.pointwise import Failure, context, number

Unknown = tuple[str, tuple[int, ...]]  # a variable, and elements that move together


def moved(
    equations: Sequence[Expr], at: Mapping[str, Any], kinds: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Other values of the variables, at which `equations` hold; None where none are.

    `at` has the values of all variables and sizes. Numbers are rounded, so that simple
    ones are exact. Matrices of the `kinds` stay such.
    """
    m = context()
    m.dps = EQUATION_DIGITS
    wanted = [lowered(sub(*equation.args)) for equation in equations]
    order = walk(*wanted)
    point = located(order, at)
    unknowns = list(_unknowns(order, point, kinds))
    if len(unknowns) > MAX_UNKNOWNS:
        return None
    for _ in range(EQUATION_STEPS):
        there = _differences(order, wanted, point, m)
        if there is None:
            return None
        if not any(there):
            return {}
        if max(map(abs, there)) < m.mpf(10) ** -SETTLED:
            names = {name for name, _ in unknowns}
            return {name: nested(_rounded(point.grids[name], m)) for name in names}
        step = _step(order, wanted, point, unknowns, there)
        if step is None:
            return None
        for unknown, by in zip(unknowns, step, strict=True):
            point = _shifted(point, unknown, by)
    return None


def _unknowns(
    order: Sequence[Expr], point: Point, kinds: Mapping[str, Collection[str]]
) -> Iterator[Unknown]:
    sizes = {name for size in sizes_in(order) for name in size.free_symbols}
    names = {v.value for v in order if v.op == "symbol"} - sizes
    for name in sorted(names):
        place = {index: k for k, index in enumerate(indices(point.grids[name].shape))}
        own = {kind for kind, some in kinds.items() if name in some}
        for index, k in place.items():
            if "diagonal" in own and index[0] != index[1]:
                continue
            mirrored = place[index[::-1]] if own else k
            if mirrored >= k:
                yield name, tuple({k, mirrored})


def _differences(
    order: Sequence[Expr], wanted: Sequence[Expr], point: Point, m: Any
) -> list[Any] | None:
    """By how much the equations fail, element by element; None where that is none."""
    found = run(order, point, m)
    items = [item for root in wanted for item in found[root].items]
    if any(isinstance(item, Failure) for item in items):
        return None
    values = [number(item, m) for item in items]
    return None if any(m.im(value) for value in values) else values


def _step(
    order: Sequence[Expr],
    wanted: Sequence[Expr],
    point: Point,
    unknowns: Sequence[Unknown],
    there: Sequence[Any],
) -> list[Any] | None:
    """The shortest step after which the equations hold but for squares of it."""
    m = context()
    tiny = m.mpf(10) ** -(EQUATION_DIGITS // 2)
    columns = []
    for unknown in unknowns:
        beside = _differences(order, wanted, _shifted(point, unknown, tiny), m)
        if beside is None:
            return None
        columns.append([(b - a) / tiny for a, b in zip(there, beside, strict=True)])
    slopes = m.matrix(columns).T
    squares = slopes * slopes.T  # singular where an equation is said twice
    for k in range(len(there)):
        squares[k, k] += tiny
    try:
        weights = m.lu_solve(squares, m.matrix(there))
    except ZeroDivisionError:
        return None
    return [-by for by in slopes.T * weights]


def _shifted(point: Point, unknown: Unknown, by: Any) -> Point:
    name, places = unknown
    shape, items = point.grids[name]
    m = context()
    new = [number(v, m) + by if k in places else v for k, v in enumerate(items)]
    return Point({**point.grids, name: Grid(shape, new)}, point.sizes)


def _rounded(grid: Grid, m: Any) -> Grid:
    scale = 10**SETTLED
    items = [Fraction(int(m.nint(number(v, m) * scale)), scale) for v in grid.items]
    return Grid(grid.shape, items)
