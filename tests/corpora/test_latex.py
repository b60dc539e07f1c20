"""Formulas as LaTeX of public sources has them are read right or refused."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tests.corpora.latex_cases import rows, verdict

# The least that are read right, of 237 that the reader was written with and of 118
# that were kept aside until it was finished.
RIGHT = {"latex": 224, "latex_aside": 107}


@cache
def verdicts(name: str) -> list[tuple[str, str]]:
    return [(row["latex"], verdict(row)) for row in rows(name)]


@pytest.mark.parametrize("name", RIGHT)
def test_no_formula_is_read_wrong(name: str) -> None:
    assert [v for v in verdicts(name) if v[1].startswith("wrong")] == []


@pytest.mark.parametrize("name", RIGHT)
def test_most_formulas_are_read(name: str) -> None:
    found = Counter(told.partition(":")[0] for _, told in verdicts(name))
    assert found["right"] >= RIGHT[name], found


def test_each_formula_has_its_source() -> None:
    every = [row for name in RIGHT for row in rows(name)]
    assert len(every) > 300
    assert all(row["source"] and row["text"] for row in every)
    assert len({row["latex"] for row in every}) == len(every)
