"""Formulas as LaTeX of public sources has them are read right or refused."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

import calcml as cm
from calcml.core.expr import make
from calcml.functions import Row, rows as functions
from tests.corpora.latex_cases import read_back, rows, verdict
from tests.support import corpus, needs_corpora

# The least that are read right, of 237 that the reader was written with, of 118 that
# were kept aside until it was finished, and of 365 that were collected afterwards.
RIGHT = {"latex": 228, "latex_aside": 110, "latex_more": 326}


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


def told(expressions: list[cm.Expr]) -> list[tuple[str, str]]:
    """Those that do not read back, and why."""
    found = [(str(e), read_back(e)) for e in expressions]
    return [pair for pair in found if pair[1] != "right"]


SCALARS = [r for r in functions() if r.family != "operators" and r.op != "where"]


@pytest.mark.parametrize("row", SCALARS, ids=lambda row: row.op)
def test_every_function_reads_back(row: Row) -> None:
    """Alone, in powers, quotients and products, and of sums."""
    count = len(row.params) * (2 if row.variadic else 1)
    call = make(row.op, tuple(map(cm.symbol, "abcdkx"[:count])))
    inner = make(row.op, tuple(cm.parse("2*t + 1") + n for n in range(count)))
    u = cm.symbol("u")
    found = [call, call**2, call**u, 1 / call, call / (1 + call), u * call, call * u]
    found += [inner, -inner, inner * inner, call + inner * 3, cm.sin(inner)]
    assert told(found) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("textbook", 100),
        ("feynman", 200),
        *(
            pytest.param(name, count, marks=pytest.mark.slow)
            for name, count in {
                "autodiff_rules": 300,
                "cas_tests": 470,
                "formal_functions": 100,
                "rubi_public_sample": 1500,
            }.items()
        ),
    ],
)
def test_what_is_printed_reads_back(name: str, count: int) -> None:
    """Formulas and derivatives of the corpora; one in fifty is refused."""
    needs_corpora()
    found: list[cm.Expr] = []
    for row in corpus(name)[:count]:
        options = {"symbols": row.get("vars", ()), "dialect": "calcml"}
        for key in ("expr", "derivative"):
            try:
                found.append(cm.parse(row[key], **options))
            except (cm.CalcmlError, KeyError, TypeError):
                continue
    failed = told(found)
    assert [pair for pair in failed if pair[1].startswith("wrong")] == []
    assert len(failed) <= max(2, len(found) // 50), failed
