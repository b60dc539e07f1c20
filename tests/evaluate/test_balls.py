"""Balls hold the values that mpmath finds, for every row and at edges."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product
from typing import Any

import flint
import mpmath
import pytest

from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import CONDITIONS, Expr, make, symbol
from calcml.evaluate.balls import enclosure, enclosures, excludes_zero, glance, supports
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import Point, conditions, holds
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parse
from tests.support import SEED

DIGITS = 40  # of mpmath's value
DRAWN = 8  # points of a row's sample ranges
MAX_EDGES = 40  # points of edges, for rows of several arguments
EDGES = [
    Fraction(text)
    for text in "0 -1 1 1/2 -1/2 3/2 2 -2 5/2 -7/3 3 1e-20 -1e-20 40 -40 300".split()
]
# FLINT or mpmath takes seconds, or has no value, for large orders and parameters.
SMALL = [edge for edge in EDGES if abs(edge) <= 3]

CALLED = [r for r in FUNCTIONS.values() if r.op not in ("and", "or", "not", "where")]
every_row = pytest.mark.parametrize("row", CALLED, ids=lambda row: row.op)


def applied(row: Row) -> tuple[Expr, tuple[str, ...]]:
    names = (*row.params, "b", "c") if row.variadic else row.params
    return make(row.op, tuple(symbol(name) for name in names)), names


def places(row: Row, names: tuple[str, ...]) -> Iterator[Point]:
    """Seeded points of the row's ranges, then edges."""
    rng = random.Random(f"{SEED} {row.op}")
    ranges = (*row.sample, *[(-3, 3)] * len(names))
    for _ in range(DRAWN):
        yield {
            name: Fraction(str(round(rng.uniform(*bounds), 4)))
            for name, bounds in zip(names, ranges, strict=False)
        }
    hard = len(names) > 1 and row.family in ("special", "elliptic")
    edges = list(product(SMALL if hard else EDGES, repeat=min(len(names), 3)))
    for edge in rng.sample(edges, min(MAX_EDGES, len(edges))):
        yield dict(zip(names, edge, strict=True))


def interval(value: Any) -> Any:
    """mpmath's value with its rounding, as a ball."""
    parts = []
    for part in (value.real, value.imag):
        text = mpmath.nstr(part, DIGITS)
        size = abs(flint.arb(text)) if part else 1  # evalf's 0 is 0 or very small
        parts.append(flint.arb(text, size * flint.arb(10) ** (2 - DIGITS)))
    return flint.acb(*parts)


@every_row
def test_the_ball_holds_the_value(row: Row) -> None:
    node, names = applied(row)
    compared = 0
    for point in places(row, names):
        if not all(holds(condition, point) for condition in conditions(node)):
            continue
        try:
            known = evalf(node, point, DIGITS)
        except CalcmlError:
            continue
        where = f"{node} at {point} (seed {SEED}) is {known}"
        if isinstance(known, bool):
            assert truth(node, point) is known, where
        else:
            ball = enclosure(node, point)
            assert ball is not None, where
            assert ball.overlaps(interval(known)), f"{where}, not in {ball}"
            size = abs(ball).upper() if known else 1
            assert ball.rad() <= size * flint.arb(10) ** -29, where
        compared += 1
    assert compared >= DRAWN / 2


def truth(condition: Expr, point: Point) -> bool | None:
    """What balls say of a condition."""
    chosen = make("where", (condition, parse("1"), parse("0")))
    ball = enclosure(chosen, point)
    return None if ball is None else bool(ball == 1)


@every_row
def test_every_row_has_a_ball_or_a_definition(row: Row) -> None:
    assert row.ball is not None or row.by is not None
    if isinstance(row.ball, str):
        assert hasattr(flint.arb, row.ball) or hasattr(flint.acb, row.ball)


@pytest.mark.parametrize(
    "text",
    [
        "log(-2)",
        "sqrt(-2)",
        "(-8)^(1/3)",
        "(-2)^pi",
        "asin(2)",
        "acosh(-3)",
        "atanh(2)",
        "gamma(-5/2)",
        "lgamma(-5/2)",
        "Ci(-1)",
        "Ei(-2)",
        "polylog(2, 3/2)",
        "bessely(1, -1)",
        "elliptic_k(2)",
        "cbrt(-8 + I)",
        "abs(3 + 4*I)",
        "exp(I)",
        "log1p(-3)",
        "x*I + 2",
    ],
)
def test_branches_are_mpmaths(text: str) -> None:
    node, point = parse(text), {"x": Fraction(1, 3)}
    ball = enclosure(node, point)
    assert ball is not None
    assert ball.overlaps(interval(evalf(node, point, DIGITS))), ball


@pytest.mark.parametrize(
    "text",
    [
        "1/(x - x)",
        "log(x - x)",
        "tan(pi/2)",
        "gamma(3*x - 2)",
        "zeta(3*x)",
        "floor(sqrt(2)^2)",  # 2 or 1: no precision tells
        "sign(sin(pi))",
        "where(sqrt(2)^2 == 2, 1, 0)",
        "where(I > 0, 1, 0)",
        "where(sqrt(-x) == sqrt(-x), 1, 0)",
        "max(I, 1)",
        "exp(exp(exp(exp(9))))",
        "(3*x - 1)^(-1)",
        "inf",
        "softplus(x, 0)",  # by its definition, something divided by 0
    ],
)
def test_what_balls_do_not_decide(text: str) -> None:
    assert enclosure(parse(text), {"x": Fraction(1, 3)}) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2 - 0.3", "0"),
        ("where(0.1 + 0.2 == 0.3, 1, 2)", "1"),
        ("where(x == 1/3, 5, 1/(3*x - 1))", "5"),
        ("where(x < 1 or 1/(3*x - 1) > 0, 7, 8)", "7"),
        ("floor(3*x)", "1"),
        ("where(sqrt(x) >= sqrt(x), 1, 2)", "1"),
        ("round(5/2) + round(7/2)", "6"),
        ("cbrt(-8)", "-2"),
        ("max(x, 1/3, 1/4)*3", "1"),
        ("0^0 + 0^2", "1"),
        ("sign(exp(-1000))", "1"),
    ],
)
def test_what_they_decide(text: str, value: str) -> None:
    ball = enclosure(parse(text), {"x": Fraction(1, 3)})
    assert ball is not None
    assert abs(ball - flint.acb(value)).upper() < 1e-28


def test_precision_rises_until_the_value_is_known() -> None:
    lost = parse("exp(100) + sin(1) - exp(100)")
    ball = enclosure(lost, {}, digits=50)
    assert ball is not None
    assert ball.rad() < flint.arb(10) ** -50
    tiny = parse("exp(-300) - exp(-301)")
    ball = enclosure(tiny, {})
    assert ball is not None and excludes_zero(ball)
    assert excludes_zero(glance([parse("1e-9")], {})[0])


def test_several_values_come_from_one_run() -> None:
    a, b = parse("sqrt(x)"), parse("sqrt(x)^2")
    balls = enclosures([a, b], {"x": Fraction(2)}, lambda found: True)
    assert balls is not None
    assert balls[1].contains(2)
    assert enclosures([a, b], {"x": Fraction(2)}, lambda found: False) is None
    assert glance([a, parse("1/(x - 2)")], {"x": Fraction(2)})[1] is None


def test_what_has_no_ball_is_refused() -> None:
    assert supports(parse("erf(x)*relu(x)"))
    assert not supports(parse("f(x)"))
    with pytest.raises(UnsupportedError, match="unknown function f has no ball"):
        enclosure(parse("f(x)"), {"x": Fraction(1)})
    with pytest.raises(CalcmlError, match="variable y has no value"):
        enclosure(parse("x*y"), {"x": Fraction(1)})


def test_precision_is_put_back_and_threads_do_not_mix_it() -> None:
    flint.ctx.prec = before = flint.ctx.prec
    node = parse("sin(x)^2 + exp(x)*besselj(1, x)")

    def found(digits: int) -> str:
        return str(enclosure(node, {"x": Fraction(1, 3)}, digits))

    alone = [found(digits) for digits in (20, 50, 100, 200)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(found, [20, 50, 100, 200] * 6))
    assert together == alone * 6
    assert flint.ctx.prec == before


def test_conditions_are_no_values() -> None:
    assert {row.op for row in CALLED} & CONDITIONS
    assert truth(parse("x < 1"), {"x": Fraction(2)}) is False
