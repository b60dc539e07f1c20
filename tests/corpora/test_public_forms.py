"""100 derivatives as public sources print them: true, and how long calcml's are.

The rows were chosen before anybody looked at what calcml prints; each names its source.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from calcml import diff
from calcml.core.expr import Expr
from calcml.parsing.parser import parse
from tests.support import DIGITS, Point, close, operations, points, value

FORMS = Path(__file__).parent / "public_forms.jsonl"
ROWS = [json.loads(line) for line in FORMS.read_text(encoding="utf-8").splitlines()]
STEP = Fraction(1, 10**12)
WITHIN = 95  # rows with at most the source's operations
Row = dict[str, Any]


def test_the_sources_are_named() -> None:
    assert len(ROWS) == len({row["expr"] + row["var"] for row in ROWS}) == 100
    assert all(row["source"] for row in ROWS)


def allowed(row: Row, f: Expr, right: Expr) -> Iterator[Point]:
    """Seeded points that the row's condition allows, where both are real."""
    holds = parse(f"where({row.get('given', '0 < 1')}, 1, 0)")
    names = sorted(f.free_symbols | right.free_symbols)
    for point in islice(points(names, {}, row["id"]), 400):
        values = [value(e, point) for e in (holds, f, right)]
        if values[0] == 1 and all(v is not None and not v.imag for v in values):
            yield point


def derived(row: Row) -> Expr:
    """The row's derivative, as calcml has it."""
    return diff(row["expr"], row["var"], given=row.get("given", ()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_the_source_s_form_is_the_derivative(row: Row) -> None:
    """By calcml's derivative, and by differences of the function's values."""
    f, right = parse(row["expr"]), parse(row["derivative"])
    compared = 0
    for point in islice(allowed(row, f, right), 4):
        wanted, x = value(right, point), point[row["var"]]
        ends = ({**point, row["var"]: at} for at in (x + STEP, x - STEP))
        above, below = (value(f, end, 2 * DIGITS) for end in ends)
        assert close(value(derived(row), point), wanted), point
        assert close((above - below) / 2 * STEP.denominator, wanted), point
        compared += 1
    assert compared == 4


def test_forms_are_as_short_as_the_sources() -> None:
    longer = {}
    for row in ROWS:
        printed = str(derived(row))
        if operations(printed) > operations(row["derivative"]):
            longer[row["id"]] = printed, row["derivative"]
    assert len(ROWS) - len(longer) >= WITHIN, longer
