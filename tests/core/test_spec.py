"""Graphs of parsing, deriving, simplifying, telling and printing hold legal nodes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import calcml as cm
from calcml.core.build import REBUILD
from calcml.core.expr import ARRAYS, LEAVES, ONE, Expr, intern, make, symbol
from calcml.core.spec import INDEX, NODES, STEPS, SURFACE
from calcml.core.tensors import Spec, array, contract
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.core.tensors.matrix_form import matrix_form
from calcml.functions import FUNCTIONS, rows
from calcml.printing.index_form.books import book_form
from calcml.printing.index_form.index import index_form
from calcml.printing.textbook import mathematical
from tests.array_cases import CASES, SHAPES
from tests.legal import BOOKS, check_of, verify
from tests.support import corpus, needs_corpora

EVERY = 9  # one row in so many of a corpus
GOLDEN = Path(__file__).parents[1] / "golden"
ARRAY_ENTRIES, STEP_ENTRIES = (
    tomllib.loads((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"))["entries"]
    for name in ("arrays", "steps")
)


def of_corpora(*names: str) -> list[dict[str, Any]]:
    return [row for name in names for row in corpus(name)[::EVERY]]


SCALARS = of_corpora("textbook", "feynman", "autodiff_rules", "cas_tests")
UNKNOWN = of_corpora("formal_functions")
MATRICES = of_corpora("matrix_calculus")


def first_variable(row: dict[str, Any]) -> str:
    names = row["var"]
    return str(names if isinstance(names, str) else names[0])


def name_of(row: dict[str, Any]) -> str:
    return str(row.get("id") or row.get("title"))


def test_the_corpora_are_there() -> None:
    needs_corpora()
    assert len(SCALARS) > 50 and UNKNOWN and MATRICES


@pytest.mark.parametrize("row", [*SCALARS, *UNKNOWN], ids=name_of)
def test_scalars_of_the_corpora(row: dict[str, Any]) -> None:
    try:
        f = cm.parse(row["expr"], symbols=row.get("vars", ()))
    except cm.UnsupportedError:  # a function that calcml lacks
        return
    x = first_variable(row)
    raw = cm.diff(f, x, simplify=False)
    for e in (f, raw, cm.simplify(raw)):
        verify(e)


@pytest.mark.parametrize("entry", STEP_ENTRIES, ids=name_of)
def test_steps(entry: dict[str, Any]) -> None:
    options = {k: entry[k] for k in ("shapes", "given") if k in entry}
    for level in ("brief", "full"):
        told = cm.derive(entry["text"], entry["by"], level=level, **options)
        for step in told.steps:
            for e in (step.before, step.after):
                if isinstance(e, Expr):
                    verify(e, STEPS)


def verify_with_forms(e: Expr) -> None:
    """An expression, and what is printed for it: matrices, books, indices."""
    verify(e)
    matrices = matrix_form(e)
    verify(matrices, SURFACE)
    with suppress(NoMatrixError):
        verify(mathematical(matrices), SURFACE, BOOKS)
    elements, _ = index_form(e)
    verify(elements, INDEX)
    verify(matrix_form(elements), INDEX, SURFACE)
    verify(book_form(e), INDEX, SURFACE, BOOKS)


def derivatives(entry: dict[str, Any]) -> Iterator[Expr]:
    for name in entry["by"]:
        for options in ({"simplify": False}, {"defined": True}):
            yield cm.diff(entry["text"], name, shapes=entry["shapes"], **options)
    if "hessian" in entry:
        yield cm.hessian(entry["text"], entry["hessian"], shapes=entry["shapes"])


@pytest.mark.parametrize("entry", ARRAY_ENTRIES, ids=name_of)
def test_arrays_and_their_forms(entry: dict[str, Any]) -> None:
    verify_with_forms(cm.parse(entry["text"], shapes=entry["shapes"]))
    for derivative in derivatives(entry):
        verify_with_forms(derivative)


@pytest.mark.parametrize("row", MATRICES, ids=name_of)
def test_arrays_of_the_corpus(row: dict[str, Any]) -> None:
    try:
        f = cm.parse(row["expr"], shapes=row["shapes"])
        slope = cm.diff(f, first_variable(row))
    except cm.UnsupportedError:
        return
    verify_with_forms(f)
    verify_with_forms(slope)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_functions_of_arrays(case: Any) -> None:
    verify_with_forms(cm.parse(case.text, shapes=SHAPES))


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.op)
def test_rows(row: Any) -> None:
    names = ["x < y" if p == "condition" else p for p in row.params]
    if not row.options:
        verify(cm.parse(f"{row.name}({', '.join(names)})", symbols=row.params))
    assert check_of(row.op) is not None


def test_each_operation_has_a_node() -> None:
    for op in (*FUNCTIONS, *ARRAYS, *REBUILD, *LEAVES, "formal"):
        assert check_of(op) is not None, op


@pytest.mark.parametrize("spec", list(NODES.values()), ids=lambda spec: spec.op)
def test_each_node_is_explained(spec: Any) -> None:
    assert spec.shape and spec.meaning


x, n = symbol("x"), symbol("n")
A, S, v = symbol("A", "m n"), symbol("S", "n n"), symbol("v", "n")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (intern("number", "wrong", (), 2, "3"), "a text that reads as the value"),
        (intern("number", "float", (), 0.5, "0.5"), "an int or a Fraction"),
        (intern("symbol", "wrong", (), 3, "3"), "a name"),
        (intern("constant", "wrong", (), "tau", "tau"), "the name of a constant"),
        (intern("formal", "f", (x,), ("f", (1, 2)), "f"), "an order for each argument"),
        (make("sin", (x, x)), "other arguments"),
        (make("sin", (make("lt", (x, n)),)), "a value as argument 0"),
        (make("where", (x, x, n)), "a condition as argument 0"),
        (make("and", (x, n)), "a condition as argument 0"),
        (make("sine", (x,)), "no operation"),
        (make("derivative", (x, x)), "no operation"),
        (array("sin", (x,), None, (n,)), r"the shape \(\), not \(n,\)"),
        (array("softmax", (v,), (), v.dims), "axes in order"),
        (array("softmax", (v,), (1,), v.dims), "axes of its argument"),
        (array("softmax", (v,), (0,), ()), r"the shape \(n,\), not \(\)"),
        (array("max_over", (v,), (0,), v.dims), r"the shape \(\), not \(n,\)"),
        (array("inv", (A,), None, A.dims), "a square matrix"),
        (array("det", (S,), None, S.dims), r"the shape \(\), not \(n, n\)"),
        (array("reshape", (A,), (n,), (n,)), "as many elements"),
        (array("delta", (), n, (n, symbol("m"))), "the shape"),
        (array("onehot", (v,), n, (n,)), "a scalar as its place"),
        (array("delta", (), v, (v, v)), "scalars as sizes"),
        (
            array("contract", (A,), Spec(((1, 0),), (0,), A.dims), (A.dims[0],)),
            "an operand of shape",
        ),
        (
            array("contract", (A,), Spec(((0, 1),), (1,), A.dims), (n,)),
            "numbered by their first place",
        ),
        (
            array("contract", (v, ONE), Spec(((0,), ()), (), v.dims), ()),
            "no factor 1",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_legal(wrong: Expr, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        verify(make("neg", (wrong,)))


def test_a_stage_has_its_own_nodes() -> None:
    form = matrix_form(contract([(A, "ij"), (v, "j")], "i", {"i": A.dims[0], "j": n}))
    verify(form, SURFACE)
    with pytest.raises(ValueError, match="matmul is no operation"):
        verify(form)
