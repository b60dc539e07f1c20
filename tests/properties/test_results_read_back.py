"""Texts of results read back: of scalars as what was printed, of arrays as equal ones.

Results on arrays are simplified for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

import calcml as cm
from calcml.core.expr import CONDITIONS, Expr, walk
from calcml.core.tensors import without_units
from calcml.evaluate.arrays import values
from calcml.evaluate.finite_differences import trial
from calcml.parsing.parser import parse
from tests.array_cases import CASES, DEFINITE, SEED, SHAPES, Case
from tests.corpora.test_matrix_calculus import ROWS, derived, flat, read
from tests.support import corpus

Shapes = dict[str, Any]
SCALARS = {  # every so manieth row: about 4,000 results
    "textbook": 1,
    "feynman": 1,
    "reports": 1,
    "formal_functions": 1,
    "autodiff_rules": 1,
    "cas_tests": 1,
    "rubi_public_sample": 12,
}


def of_case(case: Case) -> Iterator[tuple[Expr, Shapes]]:
    """The function and its derivatives, with the shapes of what occurs."""
    f = parse(case.text, shapes=SHAPES)
    names = {n.value for n in walk(f) if n.op == "symbol"} & SHAPES.keys()
    shapes = {name: SHAPES[name] for name in sorted(names)}
    if f.op not in CONDITIONS:
        yield f, shapes
    for name in shapes:
        try:
            yield cm.diff(f, name), shapes
            yield cm.diff(f, name, simplify=False), shapes
        except cm.CalcmlError:
            continue


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_of_cases(case: Case) -> None:
    for e, shapes in of_case(case):
        holds(e, shapes)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_of_the_corpus(row: dict[str, Any]) -> None:
    holds(read(row["expr"], row), row["shapes"])
    holds(read(row["derivative"], row), row["shapes"])
    holds(derived(row), row["shapes"])


@pytest.mark.slow
@pytest.mark.parametrize("name", SCALARS)
def test_of_scalars(name: str) -> None:
    """What a formula, its derivatives as made and simplified, and Hessians print."""
    for row in corpus(name)[:: SCALARS[name]]:
        try:
            e = parse(row["expr"])
        except (cm.CalcmlError, KeyError):  # of arrays; a report that asks otherwise
            continue
        for made in results(e):
            assert parse(str(made)) is made, str(made)


def results(e: Expr) -> Iterator[Expr]:
    yield e
    for name in sorted(e.free_symbols)[:3]:
        with suppress(cm.CalcmlError):
            yield cm.diff(e, name, simplify=False)
            slope = cm.diff(e, name)
            yield slope
            if len(walk(slope)) < 40:
                yield cm.diff(slope, sorted(e.free_symbols)[-1])


def holds(e: Expr, shapes: Shapes) -> None:
    """Simplifying twice changes nothing, and both texts have the value."""
    once = cm.simplify(e)
    assert cm.simplify(once) is once
    for made in {e: 0, once: 0}:
        again = parse(str(made), (), shapes)
        if again is made:
            continue
        assert without_units(again).dims == without_units(made).dims, str(made)
        sizes, at = trial([e, made, again], SEED, definite=DEFINITE)
        pair = [flat(values(x, {**sizes, **at}, 20)) for x in (made, again)]
        scale = max(map(abs, pair[0]))
        assert all(abs(a - b) <= 1e-15 * scale for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize(
    "text", ["c[:, 0]", "diag(c[:, 0])", "S @ c[:, 0]", "S*c[:, 0]", "u + c[:, 0]"]
)
def test_an_element_of_an_axis_of_length_1(text: str) -> None:
    e = parse(text, shapes=SHAPES)
    assert str(e) == text
    assert "onehot" not in str(cm.simplify(e))
