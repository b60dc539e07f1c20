"""Where expressions are defined, and points inside."""

import random
from fractions import Fraction

import pytest

from calcml.core.expr import ZERO, Expr, make, symbol
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import conditions, draw, holds, inside, sample
from calcml.functions import FUNCTIONS, Row, rows
from calcml.parsing.parser import parse


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + 2*sin(y)", []),
        ("log(x)/(x - 1)", ["x > 0", "x - 1 != 0"]),
        ("sqrt(log(x))", ["x > 0", "log(x) >= 0"]),
        ("x^2 + x^-2", ["x != 0"]),
        ("x^(1/2) + y^(-1/2)", ["x >= 0", "y > 0"]),
        ("asin(2*x)", ["abs(2*x) <= 1"]),
        ("x/2 + 1/0.3", []),
        ("log(x)*log(x)", ["x > 0"]),
        ("log(5)", []),
    ],
)
def test_conditions(formula: str, expected: list[str]) -> None:
    assert conditions(parse(formula)) == [parse(c) for c in expected]


def test_a_branch_asks_for_its_conditions_only_where_it_is_taken() -> None:
    (condition,) = conditions(parse("where(x > y, log(x), 0)"))
    assert holds(condition, {"x": 2, "y": 1})
    assert holds(condition, {"x": -2, "y": 1})
    assert holds(condition, {"x": -2, "y": -3}) is False
    assert conditions(parse("where(log(x) > 0, 1, 2)")) == [parse("x > 0")]
    shared = parse("where(x > 1, log(x - 1), 0) + log(x - 1)")
    assert conditions(shared) == [parse("x - 1 > 0")]


def test_conditions_cost_no_stack_and_linear_time() -> None:
    chain: Expr = symbol("x")
    for _ in range(20_000):
        chain = make("where", (make("gt", (chain, ZERO)), make("log", (chain,)), ZERO))
    assert len(conditions(chain)) == 20_000


def test_holds() -> None:
    assert holds(parse("x < 1/3 and y != 0"), {"x": Fraction(1, 3), "y": 1}) is False
    assert holds(parse("x <= 1/3"), {"x": Fraction(1, 3)}) is True
    assert holds(parse("log(x) > 0"), {"x": 0}) is None


def _inside(root: Expr, point: dict[str, Fraction]) -> bool:
    value = evalf(root, point, 20)
    return not value.imag and all(holds(c, point) for c in conditions(root))


@pytest.mark.parametrize(
    "formula",
    [
        "3",
        "x*y",
        "sqrt(1 - x^2 - y^2)",
        "acosh(x) + atanh(y) + log(z)",
        "log(p)*log(1 - p)*log(q)*log(1 - q)*log(r)*log(1 - r)",
        "x^n + log(-y)",
        "where(x > 0, log(x), sqrt(-x))",
    ],
)
def test_samples_lie_in_the_domain(formula: str) -> None:
    root = parse(formula)
    found = sample(root, 6, seed=3)
    assert len(found) == (6 if root.free_symbols else 1)
    assert all(_inside(root, point) for point in found)
    assert sample(root, 6, seed=3) == found
    assert sample(root, 2, seed=3) == found[:2]
    assert not root.free_symbols or sample(root, 6, seed=4) != found


def test_ranges_and_further_names() -> None:
    (point, *_) = sample(
        parse("x*y"), 3, 1, {"x": (0.25, 0.26), "n": (2, 2)}, ["n", "z"]
    )
    assert list(point) == ["n", "x", "y", "z"]
    assert point["n"] == 2
    assert Fraction("0.25") < point["x"] < Fraction("0.26")


@pytest.mark.parametrize("formula", ["lambertw(x, k)", "polygamma(n, x)"])
def test_what_must_be_whole_is(formula: str) -> None:
    """The orders of which a function has values, where no other points are found."""
    points = sample(parse(formula), 4, seed=3)
    assert len(points) == 4
    assert all(
        point[n].denominator == 1 for point in points for n in point if n in "kn"
    )


def test_points_are_not_whole() -> None:
    found = sample(parse("floor(x)*round(y)*abs(z)"), 40, 1)
    assert all((2 * v).denominator > 1 for point in found for v in point.values())
    assert draw(random.Random(1), 5, 5) == 5


@pytest.mark.parametrize("formula", ["sqrt(-1 - x^2)", "log(x)*log(-x)", "1/(x - x)"])
def test_an_empty_domain_gives_no_points_soon(formula: str) -> None:
    assert sample(parse(formula), 10, 1) == []


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.op)
def test_every_row_has_points(row: Row) -> None:
    names = row.params[1:] if row.op == "where" else row.params
    root = parse("where(a > b, a, b)")
    if row.op != "where":
        root = make(row.op, tuple(symbol(p) for p in names))
    found = sample(root, 3, 1, dict(zip(row.params, row.sample, strict=False)))
    assert len(found) == 3
    assert FUNCTIONS[row.op] is row


def test_inside() -> None:
    root = parse("log(x)/(y - 1)")
    assert inside(root, {"x": Fraction(2), "y": Fraction(3)})
    assert not inside(root, {"x": Fraction(-2), "y": Fraction(3)})
    assert not inside(root, {"x": Fraction(2), "y": Fraction(1)})
