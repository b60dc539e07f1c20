"""Antiderivatives by people: each one's derivative is the integrand, in value."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from calcml import diff, simplify
from calcml.algebra.rewrite import facts
from calcml.core.expr import Expr, symbol, walk
from calcml.functions import FUNCTIONS
from calcml.parsing.parser import parse
from tests.support import close, corpus, needs_corpora, operations, value

ROWS = corpus("rubi_public_sample")
SIMPLIFIED = ROWS[::5]
SHORT = 0.87  # of those are at most as long as the integrand
LONGER = Path(__file__).with_name("rubi_longer.toml")  # those that are not, and why
RECORD = Path(__file__).with_name("rubi_operations.json")  # of each of them
Tidied = dict[str, Expr]


def number(stored: Any) -> Any:
    return complex(*stored) if isinstance(stored, list) else stored


def test_all_rows_are_there() -> None:
    needs_corpora()
    assert len(ROWS) == 3738


def assert_values(row: dict[str, Any], derivative: Any, real_only: bool) -> None:
    for point in row["points"]:
        at = {name: number(v) for name, v in point["at"].items()}
        if real_only and any(isinstance(v, complex) for v in at.values()):
            continue
        found = value(derivative, at)
        assert found is not None, (row["id"], point)
        assert close(found, number(point["value"])), (row["id"], point, found)


@pytest.mark.parametrize("part", range(20))
def test_derivative_has_the_integrand_s_values(part: int) -> None:
    """As the sweep makes it, at every stored point, complex ones included."""
    needs_corpora()
    for row in ROWS[part::20]:
        f = parse(row["expr"], row["vars"])
        assert_values(row, diff(f, symbol(row["var"]), simplify=False), False)


def all_tidied() -> Tidied:
    return {
        row["id"]: diff(parse(row["expr"], row["vars"]), symbol(row["var"]))
        for row in SIMPLIFIED
    }


@pytest.fixture(scope="module")
def tidied() -> Tidied:
    """Every fifth row's simplified derivative, made once for the tests below."""
    needs_corpora()
    return all_tidied()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_tidied_derivative_has_them_too(part: int, tidied: Tidied) -> None:
    """Tidying reads variables as real: complex points are out where that shows.

    It wrote |u|, or took u for atanh(tanh(u)), which is so of real numbers alone.
    """
    inverses = {op for op, row in FUNCTIONS.items() if any(r.given for r in facts(row))}
    for row in SIMPLIFIED[part::10]:
        derivative = tidied[row["id"]]
        ops = {node.op for node in walk(derivative)}
        typed = {node.op for node in walk(parse(row["derivative"], row["vars"]))}
        real_only = bool(ops & {"abs", "sign"} or (typed - ops) & inverses)
        assert_values(row, derivative, real_only)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_tidied_derivative_is_final_and_reads_back(part: int, tidied: Tidied) -> None:
    for row in SIMPLIFIED[part::10]:
        derivative = tidied[row["id"]]
        assert simplify(derivative) is derivative, row["id"]
        assert parse(str(derivative), row["vars"]) is derivative, row["id"]


def counted(tidied: Tidied) -> list[int]:
    """Operations; the choice of a value at single points does not count."""
    return [operations(str(nearly_everywhere(tidied[row["id"]]))) for row in SIMPLIFIED]


def nearly_everywhere(derivative: Expr) -> Expr:
    """A derivative without the values at single points that it states."""
    while derivative.op == "where" and is_at_points(derivative.args[0]):
        derivative = derivative.args[2]
    return derivative


def is_at_points(condition: Expr) -> bool:
    return {node.op for node in walk(condition)} <= {"eq", "or", "symbol", "number"}


@pytest.mark.slow
def test_tidied_derivatives_are_as_short_as_the_integrands(tidied: Tidied) -> None:
    """People wrote the integrands; a derivative that is longer was not simplified."""
    pairs = zip(SIMPLIFIED, counted(tidied), strict=True)
    short = sum(n <= operations(row["derivative"]) for row, n in pairs)
    assert short >= SHORT * len(SIMPLIFIED), f"{short} of {len(SIMPLIFIED)}"


@pytest.mark.slow
def test_no_tidied_derivative_is_longer_than_it_was(tidied: Tidied) -> None:
    """`python -m tests.corpora.test_rubi` writes the record anew."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    rows = zip(SIMPLIFIED, record, counted(tidied), strict=True)
    assert [(row["id"], was, now) for row, was, now in rows if now > was] == []


@pytest.mark.slow
def test_each_longer_derivative_is_in_a_class_with_its_reason(tidied: Tidied) -> None:
    classes = tomllib.loads(LONGER.read_text(encoding="utf-8"))["class"]
    assert all(c["reason"] for c in classes)
    told = {f"rubi-{number}" for c in classes for number in c["rows"].split()}
    pairs = zip(SIMPLIFIED, counted(tidied), strict=True)
    longer = {row["id"] for row, n in pairs if n > operations(row["derivative"])}
    assert longer - told == set()


if __name__ == "__main__":
    RECORD.write_text(f"{counted(all_tidied())}\n", encoding="utf-8")
