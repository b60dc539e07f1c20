"""Verdicts: right derivatives, spoiled ones, and what cannot be told."""

from typing import Any

import pytest
from support import corpus, needs_corpora

from calcml.check import AGREES, DIFFERS, PROVED, UNKNOWN, Report, check
from calcml.diff import diff, forward
from calcml.domain import conditions, holds
from calcml.errors import CalcmlError, LimitError, UnsupportedError
from calcml.expr import Expr, add, make, mul, neg, number, power, substitute, symbol, walk
from calcml.functions import Row, rows
from calcml.numeric import evalf
from calcml.syntax import parse


def _example(row: Row) -> tuple[Expr, tuple[str, ...]]:
    if row.op == "where":
        return parse("where(a > b, a^2, b)"), ("a", "b")
    names = (*row.params, "b", "c") if row.variadic else row.params
    return make(row.op, tuple(symbol(n) for n in names)), names


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.op)
def test_every_row_against_sympy(row: Row) -> None:
    root, names = _example(row)
    ranges = dict(zip(row.params, row.sample, strict=False))
    for name in names:
        try:
            forward(root, symbol(name))
        except UnsupportedError as error:
            report = check(root, None, name)
            assert (report.verdict, report.message) == (UNKNOWN, error.message)
        else:
            report = check(root, None, name, ranges=ranges)
            assert report.verdict in (PROVED, AGREES), str(report)


BOOK = corpus("textbook")


def _row(row: dict[str, Any]) -> tuple[Expr, Expr, str, int]:
    return parse(row["expr"]), parse(row["derivative"]), row["var"], row["order"]


@pytest.mark.parametrize("row", BOOK or [None], ids=lambda row: row and row["id"])
def test_the_textbook(row: dict[str, Any] | None) -> None:
    needs_corpora()
    assert row is not None
    f, derivative, x, order = _row(row)
    for candidate in (None, derivative):
        for against in ("sympy", "calcml")[: 1 if candidate is None else 2]:
            report = check(f, candidate, x, order=order, against=against)
            assert report.verdict in (PROVED, AGREES), str(report)


def _spoiled(d: Expr, x: str) -> list[Expr]:
    """Common mistakes: the sign, a factor, an exponent, a variable for another."""
    wrong = [neg(d), mul(number(2), d), add(d, number(1)), mul(d, symbol(x))]
    powers = [n for n in walk(d) if n.op == "pow" and n.args[1].op == "number"]
    for node in powers[:1]:
        base, n = node.args
        wrong.append(substitute(d, {node: power(base, number(n.value + 1))}))
    others = sorted(d.free_symbols - {x})
    if x in d.free_symbols and others:
        first, second = symbol(x), symbol(others[0])
        wrong.append(substitute(d, {first: second, second: first}))
    return wrong


@pytest.mark.parametrize("row", BOOK or [None], ids=lambda row: row and row["id"])
def test_spoiled_derivatives_of_the_textbook_differ(row: dict[str, Any] | None) -> None:
    needs_corpora()
    assert row is not None
    f, derivative, x, order = _row(row)
    right = diff(f, [symbol(x)] * order)
    for wrong in _spoiled(derivative, x):
        if check(wrong, None, x).verdict != DIFFERS and _same(wrong, derivative):
            continue
        for against in ("sympy", "calcml"):
            report = check(f, wrong, x, order=order, against=against)
            assert report.verdict == DIFFERS, f"{wrong}: {report}"
            _assert_valid(report, f, wrong, right)


def _same(a: Expr, b: Expr) -> bool:
    """Whether a spoiled form is no other function, such as 2*0 or x for y in x*y."""
    point = {name: f"0.{i + 2}7" for i, name in enumerate(sorted(a.free_symbols | b.free_symbols))}
    return abs(evalf(a, point, 20) - evalf(b, point, 20)) < 1e-15


def _assert_valid(report: Report, f: Expr, wrong: Expr, right: Expr) -> None:
    """The counterexample is a point of the domain at which the two values are far apart."""
    point = report.counterexample
    assert point is not None
    assert report.values is not None
    assert all(holds(condition, point) for condition in conditions(f))
    a, b = evalf(wrong, point, 25), evalf(right, point, 25)
    assert abs(a - b) > 1e-15 * max(abs(a), abs(b))
    assert report.values[0] == pytest.approx(a, rel=1e-12)
    assert report.values[1] == pytest.approx(b, rel=1e-12)
