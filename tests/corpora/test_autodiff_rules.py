"""Derivative rules of four libraries: equal in value, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from calcml import diff
from tests.support import assert_equal, corpus, needs_corpora, refused, sampled

ROWS = corpus("autodiff_rules")

# Functions that the field's lists do not have, and the rows that use each.
UNSUPPORTED = {
    "airyai": ["rule-diffrules-083"],
    "airyaiprime": ["rule-diffrules-084"],
    "airybi": ["rule-diffrules-085"],
    "airybiprime": ["rule-diffrules-086"],
    "dawson": ["rule-diffrules-080"],
    "erfcinv": ["rule-diffrules-077", "rule-autograd-018"],
    "expint": ["rule-diffrules-095", "rule-diffrules-106"],
}
LEFT_OUT = {name for names in UNSUPPORTED.values() for name in names}
SUPPORTED = [row for row in ROWS if row["id"] not in LEFT_OUT]


def test_all_rows_are_there() -> None:
    needs_corpora()
    assert len(ROWS) == 283
    assert len(SUPPORTED) == 283 - len(LEFT_OUT) == 274


def test_the_other_rows_are_refused_by_the_name_of_a_function() -> None:
    needs_corpora()
    assert refused(ROWS) == UNSUPPORTED


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("row", SUPPORTED, ids=lambda row: str(row["id"]))
def test_value(row: dict[str, Any], tidy: bool) -> None:
    function, right, at = sampled(row)
    ours = diff(function, row["var"], simplify=tidy)
    assert_equal(ours, right, at, row)
