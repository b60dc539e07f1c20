"""Steps of the corpora's derivatives: each is right, and the last is the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice, pairwise
from statistics import median
from typing import Any

import pytest

from calcml import derive, diff, grad
from calcml.core.build import add, div, sub, substitute
from calcml.core.expr import Expr, number, walk
from calcml.core.mathml import mathml
from calcml.evaluate.balls import enclosures, supports
from calcml.evaluate.sample import Point, holds, sample
from calcml.parsing.parser import parse
from calcml.printing import latex, text
from calcml.steps import Derivation, Step
from calcml.steps.step import Names
from tests.support import SEED, corpus, needs_corpora, points as scattered

H = number(Fraction(1, 10**40))  # of difference quotients: their error is about H^2
DIGITS = 90  # of balls, so that a difference quotient has over 40 right ones
EQUAL = 10**-30
CORPORA = {"textbook": None, "feynman": None, "rubi_public_sample": 500}
LEVELS = ("brief", "full")
TAG = re.compile("<[^>]*>")


def rows() -> list[tuple[str, Expr, str]]:
    """(id, function, variable) of each derivative of the corpora."""
    found = []
    for name, most in CORPORA.items():
        for row in corpus(name)[:most]:
            by = row["var"] if isinstance(row["var"], list) else [row["var"]]
            f = parse(row["expr"], row.get("vars", by))
            found += [(f"{row['id']}-{v}", f, v) for v in by]
    return found


ROWS = rows()


def test_the_corpora_are_there() -> None:
    needs_corpora()
    assert len(ROWS) > 700


def valued(e: Expr, x: Expr) -> Expr:
    """The expression with difference quotients for derivatives that are to be taken."""
    quotients = {}
    for node in walk(e):
        if node.op == "derivative":
            f = node.args[0]
            up, down = (substitute(f, {x: shift(x, H)}) for shift in (add, sub))
            quotients[node] = div(sub(up, down), add(H, H))
    return substitute(e, quotients)


def places(f: Expr, row: str) -> tuple[list[Point], bool]:
    """Points of a function's domain; of one that is nowhere real, points anywhere.

    There the balls are complex, and conditions on real values are not looked at.
    """
    inside = sample(f, 2, SEED)
    anywhere = islice(scattered(sorted(f.free_symbols), {}, row), 4)
    return (inside, True) if inside else (list(anywhere), False)


def compared(step: Step, x: Expr, points: Sequence[Point], real: bool = True) -> int:
    """At how many points the sides of a step are equal; it fails where they differ."""
    sides = [valued(side, x) for side in (step.before, step.after)]
    if not all(map(supports, sides)):
        return 0
    count = 0
    for point in points:
        if not real or all(holds(c, point) for c in step.condition):
            balls = enclosures(sides, point, lambda found: True, DIGITS)
            if balls is not None:
                a, b = balls
                size = max(abs(a).upper(), abs(b).upper(), 1)
                assert abs(a - b).lower() < size * EQUAL, (
                    f"{step.rule}: {step.before} is not {step.after} at {point}"
                )
                count += 1
    return count


def checked(told: Derivation, points: Sequence[Point], real: bool) -> int:
    """How many steps were compared at a point at least; each must be right."""
    for a, b in pairwise(told.steps):
        assert a.after is b.before
    assert not told.steps or told.steps[-1].after is told.result
    x = told.variable
    return sum([compared(step, x, points, real) > 0 for step in told.steps])


def ends_with_the_result(told: Derivation) -> None:
    """Each form ends with it, and each line changes something."""
    last, tex = text(told.result), latex(told.result)
    steps = told.as_dict()["steps"]
    assert isinstance(steps, list)
    assert steps[-1]["after"] == last
    assert steps[-1]["after_latex"] == tex
    assert all(step["before"] != step["after"] for step in steps if len(steps) > 1)
    line = str(told).rpartition("\n")[2].partition("    ")[0]
    assert told.level == "brief" or line == f" = {last}"
    assert mathml(tex, alone=False) in told.html().rpartition("<td>")[2]
    assert f"&= {tex} &&" in told.latex()
    if told.level == "full":
        assert plain(told.markdown()).endswith(plain(f"${tex}$ |"))


def plain(tex: str) -> str:
    """LaTeX of a cell without what is underlined, and without brackets."""
    return re.sub(r"\\underline|[\\{}|]", "", tex)


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize(
    ("row", "f", "v"), [r for r in ROWS if r[0].startswith("textbook")], ids=str
)
def test_each_order_of_the_textbook_is_told(
    row: str, f: Expr, v: str, order: int
) -> None:
    answer = diff(f, v, order=order)
    points, real = places(f, row)
    for level in LEVELS:
        told = derive(f, v, order=order, level=level)
        assert told.result is answer is told.steps[-1].after
        ends_with_the_result(told)
        for step in told.steps:
            compared(step, told.variable, points, real)


@pytest.mark.parametrize(("row", "f", "v"), ROWS, ids=[r[0] for r in ROWS])
def test_each_step_is_right_and_the_last_is_the_answer(
    row: str, f: Expr, v: str
) -> None:
    answer = diff(f, v)
    points, real = places(f, row)
    for level in LEVELS:
        told = derive(f, v, level=level)
        assert told.result is answer
        assert told.steps or v not in f.free_symbols
        assert checked(told, points, real) == len(told.steps)
        ends_with_the_result(told)


GRADIENTS = [r for r in corpus("feynman") if len(r["var"]) > 1]


@pytest.mark.parametrize("row", GRADIENTS, ids=lambda row: row["id"])
def test_each_layer_of_a_gradient_is_right(row: dict[str, Any]) -> None:
    f, by = parse(row["expr"], row["vars"]), row["var"]
    told, points = derive(f, by), sample(f, 2, SEED)
    assert dict(told.result) == grad(f, by)
    assert [step.name for step in told.steps[-len(by) :]] == by
    for step in told.steps:
        pair = Step("", step.before, step.after, step.before, step.after, Names())
        assert compared(pair, f, points)
    for step in told.steps[-len(by) :]:
        whole = told.result[step.name]
        pair = Step("", step.before, whole, step.before, whole, Names())
        assert compared(pair, f, points)


def test_brief_steps_of_the_textbook_have_six_lines_at_most() -> None:
    needs_corpora()
    told = [derive(f, v) for name, f, v in ROWS if name.startswith("textbook")]
    assert median([len(str(d).splitlines()) for d in told]) <= 6
