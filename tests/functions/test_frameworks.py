"""The table of other systems' slopes: whole, and in calcml's grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import pytest

import calcml as cm
from calcml.functions import FUNCTIONS, Row
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.functions.frameworks import FRAMEWORKS, LOCAL, MEASURED, Local, Measured

locals_ = pytest.mark.parametrize(
    "local", [*chain(*LOCAL.values())], ids=lambda row: f"{row.op} at {row.place}"
)
KINKED = [row for row in FUNCTIONS.values() if row.kink]
TIES = "a tie", "a = b"  # of arguments, as a row says it and as the table does


@pytest.mark.parametrize("row", KINKED, ids=lambda row: row.op)
def test_every_kink_has_an_entry(row: Row) -> None:
    places = {local.place for local in LOCAL[row.op]}
    for part in row.kink.split("; "):
        for place in part.partition(":")[0].split(", "):
            assert place.replace(*TIES) in places


@locals_
def test_an_entry_names_a_row_and_its_parameters(local: Local) -> None:
    row = FUNCTIONS.get(local.op) or ARRAY_OPERATIONS[local.op]
    if local.place == "a = b":
        assert row.params == ("a",) and local.params == ("a", "b")
    else:
        assert local.params == row.params


def texts(row: Local | Measured) -> Iterator[str]:
    """The slopes of a row that are numbers or formulas."""
    assert list(row.slopes) == list(FRAMEWORKS)
    for parts in row.slopes.values():
        yield from (t for t in parts if t is not None and t != "nan")


@locals_
def test_slopes_are_texts_over_the_parameters(local: Local) -> None:
    for text in texts(local):
        assert cm.parse(text, symbols=local.params).free_symbols <= set(local.params)
    for side in re.findall(r"= ([^ ]+)", local.place):
        assert cm.parse(side, symbols=local.params).free_symbols <= set(local.params)


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: f"{row.formula} at {row.at}")
def test_formulas_are_texts_over_their_variables(row: Measured) -> None:
    shapes = {
        name: str(text.count(",") + 1) for name, text in row.at.items() if "[" in text
    }
    formula = cm.parse(row.formula, shapes=shapes)
    assert formula.free_symbols == set(row.at) and row.variable in row.at
    size = row.at[row.variable].count(",") + 1
    assert {len(parts) for parts in row.slopes.values()} == {size}
    assert all(not cm.parse(text).free_symbols for text in texts(row))


def test_a_formula_is_measured_once() -> None:
    points = [(row.formula, *row.at.items()) for row in MEASURED]
    assert len(set(points)) == len(points)
