"""Choices: chains made shorter, no value changed, and slopes where branches meet."""

from __future__ import annotations

import os
import random
from fractions import Fraction

import pytest

from calcml import CalcmlError, diff, grad, parse, simplify
from calcml.algebra.definedness import conditions
from calcml.algebra.piecewise import negated
from calcml.calculus.expansions.limits import limit
from calcml.core.expr import Expr, make, number, symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import holds

SHORTER = [
    ("where(x > 0 or 0 >= 2, x, 1)", "where(x > 0, x, 1)"),
    ("where(x > 0 and 0 <= 2 or 1 < 0, x, 1)", "where(x > 0, x, 1)"),
    # covered, contradictory or implied conditions
    ("where(x > 0, a, where(x <= 0, b, c))", "where(x > 0, a, b)"),
    ("where(x > 1, a, where(x > 2, b, c))", "where(x > 1, a, c)"),
    ("where(x > 0 and x < -1, a, b)", "b"),
    ("where(x > 0 or x <= 0, a, b)", "a"),
    ("where(x > 0, where(x > -1, a, b), c)", "where(x > 0, a, c)"),
    ("where(x^2 < 0, a, b)", "b"),
    ("where(x^2 < -1, a, where(x^2 >= 1, b, c))", "where(x^2 >= 1, b, c)"),
    ("where(2*x > 1, a, where(x <= 1/2, b, c))", "where(2*x > 1, a, b)"),
    ("where(x > y, a, where(y >= x, b, c))", "where(x > y, a, b)"),
    ("where(x == 1, b, where(x != 1, a, c))", "where(x == 1, b, a)"),
    ("where(x < 0, a, where(x >= 0 and y > 1, b, c))",
     "where(x < 0, a, where(y > 1, b, c))"),
    ("where(0 < x and x < 1, a, where(0 < x and x < 1/2, b, c))",
     "where(0 < x and x < 1, a, c)"),
    ("where(1 < 2 and x > 0, a, b)", "where(x > 0, a, b)"),
    # neighbours of one value
    ("where(x < 0, a, where(x < 1, a, b))", "where(x < 1, a, b)"),
    ("where(x < 1, a, where(x == 1, b, a))", "where(x == 1, b, a)"),
    ("where(x > 0, where(x < 1, a, b), b)", "where(0 < x and x < 1, a, b)"),
    ("where(x > 0 or x < 0, a, b)", "where(x != 0, a, b)"),
    ("where(x < 0, a, where(y < 0, a, b))", "where(x < 0, a, where(y < 0, a, b))"),
    # what holds inside a branch
    ("where(x > 0, abs(x), 0)", "relu(x)"),
    ("where(x > 0, log(x^2), 0)", "where(x > 0, 2*log(x), 0)"),
    ("where(x > 0, 1 + where(x > -1, a, b), c)", "where(x > 0, a + 1, c)"),
    ("where(x > 0, sign(x) + x, abs(x))", "where(x > 0, x + 1, -x)"),
    ("where(x > 0 and y > 0, abs(x*y), 0)", "where(x > 0 and y > 0, x*y, 0)"),
    ("where(x < 0, 1, where(x < 1, relu(x), 2))",
     "where(x < 0, 1, where(x < 1, x, 2))"),
    # not, and choices inside branches
    ("where(not(x > 0), a, b)", "where(x <= 0, a, b)"),
    ("where(not(x > 0 and y > 0), a, b)", "where(x <= 0 or y <= 0, a, b)"),
    ("where(c > 0, where(d > 0, a, b), e)", "where(c <= 0, e, where(d > 0, a, b))"),
    # sums of choices that are nowhere both in use
    ("where(x > 0, a, 0) + where(x <= 0, b, 0)", "where(x > 0, a, b)"),
    ("where(x > 2, a, 0) - 2*where(x < 1, b, 0)",
     "where(x > 2, a, where(x < 1, -2*b, 0))"),
    # conditions that may be undefined stay
    ("where(log(x) > 0, a, where(log(x) <= 0, b, c))",
     "where(log(x) > 0, a, where(log(x) <= 0, b, c))"),
    ("where(log(x) > log(x) - 1, a, b)", "a"),
    ("where(x <= 0, a, where(log(x) > log(x) - 1, b, c))", "where(x <= 0, a, b)"),
    ("where(x > 0, log(abs(x) - x), 0)", "where(x > 0, log(abs(x) - x), 0)"),
    ("where(x > 0, 1/relu(-x), 0)", "where(x > 0, 1/relu(-x), 0)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "result"), SHORTER, ids=str)
def test_chains_are_made_shorter(text: str, result: str) -> None:
    made = simplify(text)
    assert str(made) == result
    assert simplify(made) is made


def test_the_opposite_of_a_condition() -> None:
    assert str(negated(parse("where(x > 0 and not y == 1, 1, 0)").args[0])) == (
        "x <= 0 or y == 1"
    )


def test_a_long_chain_is_left_alone() -> None:
    node = parse("z")
    for i in range(20_000):
        node = make(
            "where", (parse(f"where(x < {i % 50}, 1, 0)").args[0], parse("y"), node)
        )
    assert simplify(node) is not None
    assert diff(node, "z").op == "where"


# --- random chains -----------------------------------------------------------------

SEED = 20_261_124
COUNT = int(os.environ.get("CALCML_CHAINS", "120"))
TERMS = ["x", "y", "2*x", "x - y", "x^2", "abs(x)", "1 - x"]
VALUES = [
    "a",
    "b",
    "0",
    "1",
    "x",
    "abs(x)",
    "relu(x)",
    "x*y",
    "sign(y)",
    "log(x)",
    "1/x",
]
BOUNDS = (-1, 0, 0, 1, Fraction(1, 2))


def condition(rng: random.Random, depth: int) -> Expr:
    if depth and rng.random() < 0.4:
        op = rng.choice(("and", "or", "not"))
        count = 1 if op == "not" else 2
        return make(op, tuple(condition(rng, depth - 1) for _ in range(count)))
    op = rng.choice(("lt", "le", "gt", "ge", "eq", "ne"))
    sides = [parse(rng.choice(TERMS)), number(rng.choice(BOUNDS))]
    if rng.random() < 0.05:
        sides[0] = parse("log(x)")
    if rng.random() < 0.3:
        sides.reverse()
    return make(op, tuple(sides))


def choices(rng: random.Random, depth: int) -> Expr:
    if not depth or rng.random() < 0.3:
        return parse(rng.choice(VALUES))
    parts = (condition(rng, 2), choices(rng, depth - 1), choices(rng, depth - 1))
    made = make("where", parts)
    return made + parse(rng.choice(VALUES)) if rng.random() < 0.2 else made


def value(e: Expr, point: dict[str, Fraction]) -> object:
    """The value where `e` is defined and real, else None."""
    if not all(holds(guard, point) for guard in conditions(e)):
        return None
    try:
        return evalf(e, point)
    except CalcmlError:
        return None


def points(rng: random.Random) -> list[dict[str, Fraction]]:
    """All that the comparisons above tell apart, on a grid."""
    grid = [Fraction(n, 4) for n in range(-6, 7)]
    some = {"a": Fraction(7, 3), "b": Fraction(-5, 7)}
    every = [{"x": x, "y": y, **some} for x in grid for y in grid]
    return rng.sample(every, 60) + [{"x": x, "y": x + 1, **some} for x in grid]


@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_no_value_changes(seed: int) -> None:
    """Nor is one lost, on the boundaries, too; and twice is once."""
    rng = random.Random(seed)
    before = choices(rng, 3)
    after = simplify(before)
    assert simplify(after) is after, (seed, before)
    for point in points(rng):
        was = value(before, point)
        if was is not None:
            assert value(after, point) == pytest.approx(was), (seed, before, point)


def test_what_has_no_choices_asks_for_no_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("calcml.algebra.piecewise.shorter", refuse)
    assert str(simplify("x + x*sin(y)/x")) == "x + sin(y)"


# --- joins -------------------------------------------------------------------------

JOINS = [
    # the sides agree: their slope, whichever of them, or neither, has the point
    ("where(x == 0, 1, sin(x)/x)", {"x=0": 0}),
    ("where(x != 0, sin(x)/x, 1)", {"x=0": 0}),
    ("where(x == 0, 0, sin(3*x))", {"x=0": 3}),
    ("where(x == 0, 0, x^2)", {"x=0": 0}),
    ("where(x == 0, 1/2, (1 - cos(x))/x^2)", {"x=0": 0}),
    ("where(x == 0, 1, (exp(x) - 1)/x)", {"x=0": Fraction(1, 2)}),
    ("where(x == 0, 1, tanh(x)/x)", {"x=0": 0}),
    ("where(x == 1, 1, log(x)/(x - 1))", {"x=1": Fraction(-1, 2)}),
    ("where(x == 0, y, y*cos(x))", {"x=0 y=3": 0}),
    ("where(x == y, 1, sin(x - y)/(x - y))", {"x=3 y=3": 0}),
    ("where(x > 0, x, sin(x))", {"x=0": 1}),
    ("where(x == 0 and y == 0, 0, (x^3 + y^3)/(x^2 + y^2))", {"x=0 y=0": 1}),
    ("where(x != 0 or y != 0, (x^3 + y^3)/(x^2 + y^2), 0)", {"x=0 y=0": 1}),
    # the values agree, the slopes do not: the least
    ("where(x >= 2, 3*x, x + 4)", {"x=2": 1}),
    ("where(2*x >= 1, x, 1/2)", {"x=1/2": 0}),
    ("where(1 - x >= 0, 3*x, x + 2)", {"x=1": 1}),
    ("where(x^2 <= 1, x^2, 1)", {"x=1": 0, "x=-1": 0}),
    ("where(x^2 >= 2, x^2, 2)", {"x=1": 0, "x=2": 4}),
    ("where(x < 0, 0, where(x <= 1, x, 1))", {"x=0": 0, "x=1/2": 1, "x=1": 0}),
    ("where(0 <= x and x <= 1, x, where(x > 1, 1, 0))", {"x=0": 0, "x=1": 0}),
    ("where(abs(x) < 1, x^2/2, abs(x) - 1/2)", {"x=1": 1, "x=-1": -1}),
    ("where(x > 1, x^2, where(x >= 0, 3*x - 2, x - 2))", {"x=0": 1, "x=1": 2}),
    ("where(x >= 0, x^2 + x, -3*x)", {"x=0": 0}),
    ("where(x > 1, x^2, where(x < 0, -x, where(x < 1, x, 1)))", {"x=0": 0, "x=1": 1}),
    ("where(x == 0, 0, where(x > 0, 2*x, x))", {"x=0": 1}),
    ("where(x == 0, 0, where(x > 0, 2*x, -x))", {"x=0": 0}),
    ("where(x >= y, x - y, 0)", {"x=3 y=3": 0}),
    ("where(y > 0, where(x >= 0, x^2 + x, -3*x), 5)", {"x=0 y=1": 0}),
    ("where(y < 0, 5, where(x >= 0, x^2 + x, -3*x))", {"x=0 y=1": 0}),
    ("where(w*x + y >= 0, 2*(w*x + y), w*x + y)", {"x=-1 w=2 y=2": 2}),
    # a jump: the slope of the branch taken
    ("where(x == 0, 5, x^2)", {"x=0": 0, "x=1": 2}),
    ("where(0 <= x and x <= 1, x, 0)", {"x=0": 0, "x=1": 1}),
    ("where(x^2 == 2, 5, x)", {"x=1": 1}),
    # conditions of other variables beside the one that is derived by
    ("where(y < 1 and x != 0, 0, x)", {"x=0 y=0": 0, "x=0 y=2": 1}),
    ("where(x != 1 and y >= 0, 2*x - 1, x)", {"x=1 y=1": 2, "x=1 y=-1": 1}),
    ("where(x^2 > 0, where(y >= x, 0, abs(x)), sin(x))", {"x=0 y=1": 0}),
    ("where(x == 1/2, 1, x^2 + y)", {"x=1/2 y=3/4": 1}),
    # no slope beside the point: none there
    ("where(x == 0, 0, x*log(x))", {"x=0": None, "x=1": 1}),
    ("where(x == 0, 1, sin(x)/abs(x))", {"x=0": None}),
    ("where(x >= 0, sqrt(x), 0)", {"x=0": None, "x=-1": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slopes"), JOINS, ids=[t for t, _ in JOINS])
def test_slopes_where_branches_meet(
    text: str, slopes: dict[str, Fraction | None]
) -> None:
    by_diff, by_grad = diff(text, "x"), grad(text, ["x"])["x"]
    for place, slope in slopes.items():
        point = {k: Fraction(v) for k, v in (p.split("=") for p in place.split())}
        for made in (by_diff, by_grad):
            found = value(made, point)
            if slope is None:
                assert found is None
            else:
                assert found == pytest.approx(float(slope))


def test_second_derivatives_at_a_point_of_its_own() -> None:
    curve = diff("where(x == 0, 1, sin(x)/x)", "x", order=2)
    assert curve.evalf({"x": 0}) == pytest.approx(-1 / 3)


def test_a_choice_by_one_variable_is_no_join_for_others() -> None:
    slopes = grad("where(y == 0, 0, y*log(p))")
    assert str(slopes["p"]) == "where(y == 0, 0, y/p)"
    assert str(slopes["y"]) == "log(p)"


def test_the_domain_of_a_branch_is_not_asked_for_elsewhere() -> None:
    assert str(diff("where(x > 0, sqrt(x), 0)", "x")) == (
        "where(x > 0, 1/(2*sqrt(x)), 0)"
    )


@pytest.mark.parametrize(
    ("text", "at", "result"),
    [
        ("sin(x)/x", "0", "1"),
        ("(x*cos(x) - sin(x))/x^3", "0", "-1/3"),
        ("sin(a*x)/x", "0", "a"),
        ("x^2/abs(x - 1)", "0", "0"),
        ("log(x)/(x - 1)", "1", "1"),
        ("1/x", "0", None),
        ("x*log(x)", "0", None),
        ("abs(x)/x", "0", None),
        ("x*csc(x)", "0", "1"),
        ("sin(1/x)", "0", None),
    ],
)
def test_limits(text: str, at: str, result: str | None) -> None:
    found = limit(parse(text), symbol("x"), parse(at))
    assert (found and str(found)) == result


# --- printing ----------------------------------------------------------------------


def test_a_chain_is_one_environment_of_cases() -> None:
    e = parse("where(x < 0, 1, where(x < 1, x, y))")
    assert e.latex() == (
        r"\begin{cases} 1 & \text{if } x < 0 \\ x & \text{if } x < 1 \\ "
        r"y & \text{otherwise} \end{cases}"
    )
    assert parse(str(e)) is e
    power = parse("2*where(x < 0, 1, 2)^2").latex()
    assert power.startswith(r"2 \left(\begin{cases}")
    assert sum(n.op == "where" for n in walk(e)) == 2


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("where(a == 0, 0, abs(a)*sign(x))", "abs(a)*sign(x)"),
        ("where(x == 0, 1, 1/(abs(x) + 1))", "1/(abs(x) + 1)"),
        ("where(x != 0, x*y, 0)", "x*y"),
        ("where(x == y, 0, x - y)", "x - y"),
        ("where(x == 0, 5, where(x == 1, 1, x))", "where(x == 0, 5, x)"),
        ("where(x == 0, 0, x/sqrt(x^2 + y^2 + 1))", "x/sqrt(x^2 + y^2 + 1)"),
        # The other one has no value there, for some y at least:
        ("where(x == 0, 0, x/sqrt(x^2 + y^2))", None),
        ("where(x == 0, 0, x*log(y))", None),
        ("where(x != 0, x*log(y), 0)", None),
        ("where(x == 0, 0, x*log(x))", None),
        ("where(x == 0, 1, sin(x)/x)", None),
        ("where(x == 0, 1, 2*x)", None),
    ],
)
def test_a_value_at_one_place_that_the_other_has_is_no_choice(
    text: str, form: str | None
) -> None:
    assert str(simplify(text)) == (form or text)
