"""Derivatives of the corpora checked: right ones pass, spoiled ones are refuted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import pytest

from calcml.check import AGREES, DIFFERS, PROVED, Report, check
from calcml.core.build import mul, neg, power, substitute
from calcml.core.expr import Expr, number, symbol, walk
from calcml.evaluate.sample import Range, conditions, holds, sample
from calcml.parsing.parser import parse
from tests.corpora.test_autodiff_rules import SUPPORTED
from tests.support import SEED, close, corpus, needs_corpora, value

FEYNMAN, TEXTBOOK = corpus("feynman"), corpus("textbook")
LEAST_PROVED = 0.8  # of all pairs; the others agree in balls
APART = 1e-3  # the relative difference that a counterexample shows at least
SPOILED_TWICE = 3  # powers, and pairs of variables, that are spoiled in one derivative


class Case(NamedTuple):
    """A function and its derivative, as a corpus states them."""

    name: str
    f: Expr
    derivative: Expr
    x: str
    order: int = 1
    ranges: dict[str, Range] | None = None

    def check(self, candidate: Expr) -> Report:
        return check(
            self.f, candidate, self.x, order=self.order, ranges=self.ranges, seed=SEED
        )


def cases() -> Iterator[Case]:
    for row in TEXTBOOK:
        f, derivative = parse(row["expr"]), parse(row["derivative"])
        yield Case(row["id"], f, derivative, row["var"], row["order"])
    for row in SUPPORTED:
        f, derivative = (parse(row[k], row["vars"]) for k in ("expr", "derivative"))
        yield Case(row["id"], f, derivative, row["var"], 1, row.get("ranges"))
    for row in FEYNMAN:
        f = parse(row["expr"], row["vars"])
        for x, text in zip(row["var"], row["derivative"], strict=True):
            part = parse(text, row["vars"])
            yield Case(f"{row['id']}-{x}", f, part, x, 1, row["ranges"])


CASES = {case.name: case for case in cases()}
every_case = pytest.mark.parametrize(
    "case", list(CASES.values()) or [None], ids=lambda case: case and case.name
)


@cache
def report(name: str) -> Report:
    """The report on the derivative that the corpus states."""
    return CASES[name].check(CASES[name].derivative)


def test_all_pairs_are_there() -> None:
    needs_corpora()
    assert len(CASES) == 45 + 274 + 468 == 787


@every_case
def test_the_derivative_is_right(case: Case | None) -> None:
    needs_corpora()
    assert case is not None
    found = report(case.name)
    assert found.verdict in (PROVED, AGREES), str(found)


def test_most_are_proved() -> None:
    needs_corpora()
    found = Counter(report(name).verdict for name in CASES)
    assert found[PROVED] >= LEAST_PROVED * len(CASES), found


def spoiled(derivative: Expr) -> Iterator[Expr]:
    """One slip each: the sign, a factor, an exponent, two variables swapped."""
    yield neg(derivative)
    yield mul(number(2), derivative)
    powers = [n for n in walk(derivative) if n.op == "pow" and n.args[1].op == "number"]
    for node in powers[:SPOILED_TWICE]:
        base, exponent = node.args
        wrong = power(base, number(exponent.value + 1))
        yield substitute(derivative, {node: wrong})
    names = sorted(derivative.free_symbols)
    for a, b in list(combinations(names, 2))[:SPOILED_TWICE]:
        first, second = symbol(a), symbol(b)
        yield substitute(derivative, {first: second, second: first})


def is_same(wrong: Expr, case: Case) -> bool:
    """Whether a slip changed no value, such as a sign of 0, by mpmath and not balls."""
    if wrong is case.derivative:
        return True
    at = sample(case.f, 8, SEED + 1, case.ranges, case.derivative.free_symbols)
    pairs = [(value(wrong, p), value(case.derivative, p)) for p in at]
    return all(
        a is not None and b is not None and close(a, b, 1e-20)
        for a, b in pairs
        if b is not None
    )


@every_case
def test_a_slip_is_found(case: Case | None) -> None:
    needs_corpora()
    assert case is not None
    for wrong in spoiled(case.derivative):
        found = case.check(wrong)
        if is_same(wrong, case):
            assert found.verdict in (PROVED, AGREES), f"{wrong}: {found}"
            continue
        assert found.verdict == DIFFERS, f"{wrong}: {found}"
        point, values = found.counterexample, found.values
        assert point is not None
        assert values is not None
        assert all(holds(condition, point) for condition in conditions(case.f))
        ours, right = value(wrong, point), value(case.derivative, point)
        assert close(values[0], ours, 1e-12)
        assert close(values[1], right, 1e-12)
        apart = abs(ours - right) / max(abs(ours), abs(right))
        assert apart > APART, f"{wrong}: {found}"
