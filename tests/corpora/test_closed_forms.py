"""How long the printed derivatives are, beside those that people write."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from calcml import diff
from calcml.core.expr import Expr
from calcml.evaluate.pointwise import context
from tests.support import DIGITS, close, corpus, needs_corpora, operations, value

TEXTBOOK = corpus("textbook")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x", 0),
        ("-x", 1),
        ("2*x^3", 2),
        ("x*(1 - x)", 2),
        ("where(x < 1, -y, 0)", 3),
        ("u = x + 1; u*exp(u)", 2),
    ],
)
def test_operations_are_counted(text: str, count: int) -> None:
    assert operations(text) == count


# --- the textbook ------------------------------------------------------------------


@pytest.fixture(scope="module")
def excess() -> dict[str, int]:
    """Operations beyond the book's, for each row."""
    needs_corpora()
    return {row["id"]: beyond(row) for row in TEXTBOOK}


def beyond(row: dict[str, Any]) -> int:
    printed = str(diff(row["expr"], row["var"], order=row["order"]))
    return operations(printed) - operations(row["derivative"])


def test_textbook_forms_have_at_most_one_operation_more(excess: dict[str, int]) -> None:
    assert {row: more for row, more in excess.items() if more > 1} == {}


def test_textbook_forms_are_as_short_as_the_book_s(excess: dict[str, int]) -> None:
    longer = {row: more for row, more in excess.items() if more > 0}
    assert len(longer) <= 2, longer


# --- high orders -------------------------------------------------------------------

ORDER = 20
# The function as mpmath has it, and the operations that its derivative may print.
HIGH = {
    "tanh(x)": (lambda m, x: m.tanh(x), 120),
    "exp(sin(x))": (lambda m, x: m.exp(m.sin(x)), 1_500),
}
high = pytest.mark.parametrize("text", HIGH)


@cache
def high_derivative(text: str) -> Expr:
    return diff(text, "x", order=ORDER)


@high
def test_high_orders_stay_short(text: str) -> None:
    assert operations(str(high_derivative(text))) <= HIGH[text][1]


@high
@pytest.mark.parametrize("x", ["-0.7", "0.3", "1.1"])
def test_high_orders_are_right(text: str, x: str) -> None:
    """Against the Taylor coefficient that mpmath finds by differences."""
    function, m = HIGH[text][0], context()
    with m.workdps(3 * DIGITS):
        series = m.taylor(lambda at: function(m, at), m.mpf(x), ORDER)
        wanted = series[ORDER] * m.factorial(ORDER)
    assert close(value(high_derivative(text), {"x": x}), wanted)
