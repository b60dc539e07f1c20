"""Values of expressions on arrays, element by element, by mpmath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from calcml.algebra.arrays import norms
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import Expr, walk
from calcml.evaluate.arrays.grid import Grid, nested, read_grid, spread
from calcml.evaluate.arrays.operations import OPERATIONS, Setting
from calcml.evaluate.arrays.sizes import Sizes, bound_sizes, shape_of, sizes_in
from calcml.evaluate.pointwise import (
    Failure,
    Functions,
    confirmed,
    context,
    missing,
    number,
    read_number,
    told,
    value_of,
)
from calcml.parsing.rows import lower, lower_arrays


class Point(NamedTuple):
    """Values of variables, exact where they are rational, and of sizes."""

    grids: Mapping[str, Grid]
    sizes: Sizes


def values(
    root: Expr,
    at: Mapping[str, object],
    digits: int = 15,
    functions: Functions | None = None,
) -> Any:
    """The value of `root` at a point: nested lists of mpmath numbers or of bools.

    `at` maps names to numbers, or to nested lists or NumPy arrays, by whose shapes the
    sizes are known; sizes that occur in no shape are given by name. Each element is
    confirmed by a second run, as in `evaluate.evalf.evalf`, whose errors this raises,
    too; what stays far below the largest element is 0.
    """
    order = walk(lowered(root))
    point = located(order, at)
    m = context()

    def items() -> Sequence[Any]:
        return run(order, point, m, functions)[order[-1]].items

    shape = shape_of(order[-1].dims, point.sizes)
    return nested(Grid(shape, told(confirmed(items, digits, m), m)))


def unconfirmed(root: Expr, at: Mapping[str, object], digits: int) -> Grid:
    """The value by one run with this working precision, or the error of a failure."""
    order, m = walk(lowered(root)), context()
    m.dps = digits
    grid = run(order, located(order, at), m)[order[-1]]
    for item in grid.items:
        if isinstance(item, Failure):
            raise item.error()
    return Grid(grid.shape, [number(item, m) for item in grid.items])


def lowered(root: Expr) -> Expr:
    """`root` with the functions that mpmath lacks written by their definitions."""
    root = norms.lowered(lower_arrays(root, lambda row: False))
    return lower(root, lambda row: row.mpmath is not None)


def located(nodes: Sequence[Expr], at: Mapping[str, object]) -> Point:
    """The point that `at` describes, for the variables among `nodes`.

    Raises CalcmlError for a variable without a value, ShapeError for shapes that differ
    from the declared ones or from each other, and for a size that is not known.
    """
    variables = [node for node in nodes if node.op == "symbol"]
    names = {name for size in sizes_in(nodes) for name in size.free_symbols}
    grids = {}
    for name in names.union([v.value for v in variables]).intersection(at):
        shape, items = read_grid(at[name])
        grids[name] = Grid(shape, [read_number(item) for item in items])
    given = {name: _size(name, grids[name]) for name in names.intersection(grids)}
    for variable in variables:
        is_size = variable.value in names and not variable.dims
        if variable.value not in grids and not is_size:
            raise missing(variable)
    shapes = {name: grid.shape for name, grid in grids.items()}
    sizes = bound_sizes([v for v in variables if v.value in grids], shapes, given)
    for name in names.intersection(sizes):
        grids.setdefault(name, Grid((), [Fraction(sizes[name])]))
    return Point(grids, sizes)


def _size(name: str, grid: Grid) -> int:
    value = grid.items[0]
    if grid.shape or not isinstance(value, Fraction) or value.denominator > 1:
        raise ShapeError(f"{name} is the size of an axis: give it a whole number")
    return int(value)


def run(
    order: Sequence[Expr],
    point: Point,
    m: Any,
    functions: Functions | None = None,
    done: Mapping[Expr, Grid] | None = None,
) -> dict[Expr, Grid]:
    """The values of `order`, which holds arguments before what uses them, at `m`'s
    precision; those in `done` are known."""
    found = dict(done or {})
    for node in order:
        if node not in found:
            args = [found[a] for a in node.args]
            found[node] = _value(node, args, point, m, functions or {})
    return found


def _value(
    node: Expr, args: Sequence[Grid], point: Point, m: Any, functions: Functions
) -> Grid:
    operation = OPERATIONS.get(node.op)
    if operation is not None:
        return operation(node, args, Setting(point.sizes, m))
    if node.op == "symbol":
        grid = point.grids.get(node.value)
        if grid is None:
            raise missing(node)
        at = [value_of(node, [], {node.value: item}, {}, m) for item in grid.items]
        return Grid(grid.shape, at)
    if node.op == "formal" and any(a.shape for a in args):
        raise UnsupportedError(f"the unknown function {node.value[0]} takes no arrays")
    shape = shape_of(node.dims, point.sizes)
    rows = zip(*[spread(a, shape) for a in args], strict=True) if args else [()]
    return Grid(shape, [value_of(node, [*row], {}, functions, m) for row in rows])
