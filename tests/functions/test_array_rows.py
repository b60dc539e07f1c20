"""What rows and rules say of functions of arrays: each line holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calcml.algebra.arrays.simplify import simplify
from calcml.algebra.rules.arrays import ARRAY_RULES
from calcml.calculus.slopes import derivative
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr
from calcml.core.tensors import array, made, total
from calcml.evaluate.arrays import matrices
from calcml.evaluate.evalf import evalf
from calcml.functions.arrays import (
    ALONG_AXES,
    ARRAY_OPERATIONS,
    REDUCTIONS,
    SQUARE_OPERATIONS,
    ArrayRow,
)
from calcml.parsing.matlab import parse_matlab
from calcml.parsing.parser import defined, parse

SEED = 17
SHAPES = {"A": "3 3", "x": "3", "X": "2 3"}
ROWS = list(ARRAY_OPERATIONS.values())


def value(root: Expr, point: dict[str, Any]) -> Any:
    return np.array(evalf(root, point), float)


def point() -> dict[str, Any]:
    """A point with a matrix whose determinant is positive."""
    rng = np.random.default_rng(SEED)
    made = {name: rng.uniform(-2, 2, s) for name, s in (("x", 3), ("X", (2, 3)))}
    half = rng.uniform(-1, 1, (3, 3))
    made["A"] = half @ half.T + np.eye(3)
    return {name: values.tolist() for name, values in made.items()}


@pytest.mark.parametrize("text", ARRAY_RULES)
def test_a_rule_of_matrices_holds(text: str) -> None:
    left, right = (
        parse(side.replace("eye(n)", "eye(3)"), shapes=SHAPES)
        for side in text.split(" -> ")
    )
    assert value(left, point()) == pytest.approx(value(right, point()), rel=1e-11)
    assert simplify(left) is simplify(right)


@pytest.mark.parametrize("row", [r for r in ROWS if r.recognised], ids=lambda r: r.op)
def test_the_definition_of_a_row_is_written_by_its_function(row: ArrayRow) -> None:
    x = parse("x", shapes=SHAPES)
    assert isinstance(row.values, str)
    assert simplify(defined(row.values, {"x": x, "axis": (0,)})) is applied(row, "x")


@pytest.mark.parametrize("row", [r for r in ROWS if r.total], ids=lambda r: r.op)
def test_the_elements_have_the_sum_that_is_stated(row: ArrayRow) -> None:
    stated = float(row.total)
    for name, axes in (("x", (0,)), ("X", (1,)), ("X", (0, 1))):
        whole = total(applied(row, name, axes), axes)
        assert value(whole, point()) == pytest.approx(stated)


def applied(row: ArrayRow, name: str, axes: tuple[int, ...] = (0,)) -> Expr:
    x = parse(name, shapes=SHAPES)
    return array(row.op, (x,), axes, x.dims)


ALONG = [row for row in ROWS if row.axis is not None and "[" in row.d]


@pytest.mark.parametrize(("name", "axes"), [("x", (0,)), ("X", (1,)), ("X", (0, 1))])
@pytest.mark.parametrize("row", ALONG, ids=lambda r: r.op)
def test_a_derivative_along_axes_is_the_numeric_one(
    row: ArrayRow, name: str, axes: tuple[int, ...]
) -> None:
    node, at, step = applied(row, name, axes), point(), 1e-5
    slope = value(derivative(node, parse(name, shapes=SHAPES)), at)
    place = np.array(at[name])
    for index in np.ndindex(place.shape):
        moved = [place.copy(), place.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        ends = [value(node, at | {name: p.tolist()}) for p in moved]
        numeric = (ends[0] - ends[1]) / (2 * step)
        assert slope[(..., *index)] == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.op)
def test_what_a_row_names_is_there(row: ArrayRow) -> None:
    node = row.op in SQUARE_OPERATIONS
    assert bool(row.by) + bool(row.build) + node == 1
    assert not row.build or callable(getattr(made, row.build))
    assert bool(row.single) == (row.op in ALONG_AXES)
    assert bool(row.of_equal) == (row.op in REDUCTIONS)
    assert not row.sizes or row.sizes in row.params
    if node:
        assert callable(getattr(matrices, str(row.values)))
    if row.op in REDUCTIONS:
        assert callable(row.values)


def test_calls_take_what_their_rows_say() -> None:
    assert parse("eye((3, 3))") is parse("eye(3)")
    assert len(parse_matlab("normalize(x)").shape) == 1
    with pytest.raises(ShapeError, match="amax takes an array"):
        parse("amax(t)")
    with pytest.raises(ShapeError, match="tril takes a matrix"):
        parse("tril(x)", shapes=SHAPES)
    with pytest.raises(ParseError, match="ones takes 1 argument, got 9"):
        parse("ones(1, 2, 3, 4, 5, 6, 7, 8, 9)")
