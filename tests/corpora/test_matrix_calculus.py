"""Matrix identities of the cookbook and of others: right by value, short as printed."""

from __future__ import annotations

from typing import Any

import pytest

from calcml import calculus
from calcml.core.expr import Expr, symbol
from calcml.core.shapes import shown
from calcml.core.tensors import reshape, without_units
from calcml.evaluate.arrays import values
from calcml.evaluate.finite_differences import finite_difference, trial
from calcml.parsing.parser import parse
from tests.support import corpus, needs_corpora, operations

ROWS = corpus("matrix_calculus")
GRADIENTS = [row for row in ROWS if row["kind"] == "gradient"]
DRAWS = 2


def read(text: str, row: dict[str, Any]) -> Expr:
    """A row's text; its vectors are columns, so are its ones."""
    return parse(text.replace("ones(k)", "ones(k, 1)"), (), row["shapes"])


def derived(row: dict[str, Any]) -> Expr:
    """calcml's derivative, in the row's layout."""
    f, name = read(row["expr"], row), row["var"]
    if row["kind"] == "gradient":
        return calculus.grad(f, name)[name]
    if row["kind"] in ("hessian", "jacobian"):
        made: Expr = getattr(calculus, row["kind"])(f, name)
        return made
    if row["kind"] == "differential":
        return calculus.jvp(f, name, symbol("dX", row["shapes"]["dX"]))
    return calculus.diff(f, name)


def flat(value: Any) -> list[Any]:
    """The elements of nested lists."""
    if not isinstance(value, list):
        return [value]
    return [x for part in value for x in flat(part)]


def test_all_rows_are_there() -> None:
    needs_corpora()
    assert len(ROWS) == 148
    assert len(GRADIENTS) == 99


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_by_value(row: dict[str, Any]) -> None:
    mine, theirs = derived(row), read(row["derivative"], row)
    assert without_units(mine).dims == without_units(theirs).dims, shown(mine.dims)
    f = read(row["expr"], row)
    for draw in range(DRAWS):
        sizes, at = trial([f, mine, theirs], seed=f"{row['id']} {draw}")
        pair = [flat(values(e, {**sizes, **at}, 20)) for e in (mine, theirs)]
        scale = max(map(abs, pair[1]))
        assert all(abs(a - b) <= 1e-15 * scale for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize("row", GRADIENTS, ids=lambda row: str(row["id"]))
def test_gradient_against_finite_differences(row: dict[str, Any]) -> None:
    f = read(row["expr"], row)
    mine = calculus.grad(f, row["var"], simplify=False)[row["var"]]
    sizes, at = trial([f, mine], seed=row["id"])
    at = {**sizes, **at}
    variable = symbol(row["var"], row["shapes"][row["var"]])
    found = flat(finite_difference(reshape(f, ()), variable, at))
    exact = flat(values(mine, at, 20))
    scale = max(map(abs, exact))
    assert all(abs(a - b) <= 1e-12 * scale for a, b in zip(exact, found, strict=True))


def test_gradients_are_short() -> None:
    """Asked: 90 of 99 within the row's own operations and one."""
    needs_corpora()
    long = [
        row["id"]
        for row in GRADIENTS
        if written(derived(row)) > operations(row["derivative"]) + 1
    ]
    assert long == []


def written(e: Expr) -> int:
    """Operations of all that is printed, definitions included."""
    lines = str(e).split("; ")
    return sum(operations(line.split(" = ")[-1]) for line in lines)
