"""Several choices as one: no value changed, none lost, and as short as people write."""

from __future__ import annotations

import os
import random
from fractions import Fraction

import pytest

from calcml import diff, parse, simplify
from calcml.core.expr import Expr
from tests.algebra.test_piecewise import value
from tests.support import operations

SEED = 20_261_128
COUNT = int(os.environ.get("CALCML_CHOICES", "100"))
PARTS = """x; y; x - y; 2*x - 1; x + y; 1 - x; -x; 2; 1/2; x*y; a*x; x^2""".split("; ")
FACTORS = "x; a; 2; exp(x); 1/x; log(x); y; -1; sqrt(y); 1".split("; ")
TESTS = ">; >=; <; <=; ==; !=".split("; ")


def random_choice(rng: random.Random) -> str:
    u, v, w = (rng.choice(PARTS) for _ in range(3))
    if rng.random() < 0.4:
        a, b = (rng.choice((*FACTORS, "0")) for _ in range(2))
        return f"where({u} {rng.choice(TESTS)} {v}, {a}, {b})"
    call = rng.choice(
        "relu({u}); abs({u}); sign({u}); step({u}); max({u}, {v}); min({u}, {v}); "
        "clip({u}, -1, 1); max({u}, {v}, {w}); relu6({u})".split("; ")
    )
    return call.format(u=u, v=v, w=w)


def random_formula(rng: random.Random) -> Expr:
    terms = []
    for _ in range(rng.randint(1, 3)):
        factors = [random_choice(rng) for _ in range(rng.randint(1, 2))]
        if rng.random() < 0.4:
            factors.append(f"({rng.choice(FACTORS)})")
        terms.append("*".join(factors))
    text = rng.choice((" + ", " - ")).join(terms)
    return parse(f"max({text}, {rng.choice(PARTS)})" if rng.random() < 0.2 else text)


@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_no_value_changes(seed: int) -> None:
    """On the boundaries, too; and twice is once."""
    rng = random.Random(seed)
    before = random_formula(rng)
    after = simplify(before)
    assert simplify(after) is after, (seed, before)
    grid = [Fraction(n, 2) for n in range(-4, 5)]
    for x in grid:
        for y in rng.sample(grid, 4):
            point = {"x": x, "y": y, "a": rng.choice((Fraction(-3, 7), Fraction(2)))}
            was = value(before, point)
            if was is not None:
                assert value(after, point) == pytest.approx(was), (before, point)


# a formula, a variable, and the operations of its short form and of its slope
FORMS = [
    ("max(x, -x, 0)", "x", 1, 1),
    ("max(x, 2*x, 3*x)", "x", 2, 2),
    ("max(x - 1, 1 - x)", "x", 2, 2),
    ("min(x, -x)", "x", 2, 2),
    ("max(x, 0) + min(x, 0)", "x", 0, 0),
    ("max(x, 0) - min(x, 0)", "x", 1, 1),
    ("max(x, y) + min(x, y)", "x", 1, 0),
    ("max(x, y)*min(x, y)", "x", 1, 0),
    ("max(x, y) - min(x, y)", "x", 2, 2),
    ("relu(x) - relu(-x)", "x", 0, 0),
    ("relu(x) + relu(-x)", "x", 1, 1),
    ("relu(x)*relu(-x)", "x", 0, 0),
    ("max(x - y, 0) + max(y - x, 0)", "x", 2, 3),
    ("max(0, x)^2 + min(0, x)^2", "x", 1, 1),
    ("step(x)*step(-x)", "x", 0, 0),
    ("step(x)^2", "x", 1, 0),
    ("where(x > y, 1, 0)^2", "x", 2, 0),
    ("relu(x)^2", "x", 2, 2),
    ("relu(x)*step(x)", "x", 1, 1),
    ("relu(relu(x) - 1)", "x", 2, 2),
    ("min(max(x, 0), 6)", "x", 1, 3),
    ("max(0, min(x, 6))", "x", 2, 3),
    ("clip(x, -1, 1)^2", "x", 3, 5),
    ("clip(clip(x, 0, 1), 0, 2)", "x", 2, 3),
    ("max(x, 1)*max(x, 2)", "x", 3, 5),
    ("where(x > 0, x, 0) + where(x < 0, x, 0)", "x", 0, 0),
    ("where(x > 0, 1, 0)*where(x < 0, 2, 3)", "x", 2, 0),
    ("where(x > 0, x, y)*where(x > 0, y, x)", "y", 1, 0),
    ("where(x < 0, 0, where(x > 1, 1, 3*x^2 - 2*x^3))", "x", 8, 6),
    ("min(x*a, clip(x, 0.8, 1.2)*a)", "x", 4, 6),  # the clip objective of PPO
    ("where(abs(x) <= 1, x^2/2, abs(x) - 1/2)", "x", 8, 4),  # Huber
    ("max(y*(x - a), (y - 1)*(x - a))", "x", 6, 9),  # quantile loss
    ("max(0, 1 - y*x)^2", "x", 4, 6),  # squared hinge
]


@pytest.mark.parametrize(("text", "x", "own", "by_x"), FORMS)
def test_forms_are_short(text: str, x: str, own: int, by_x: int) -> None:
    found, slope = simplify(text), diff(text, x)
    assert operations(str(found)) <= own
    assert operations(str(slope)) <= by_x
    places = {"x": Fraction(3, 7), "y": Fraction(-2, 5), "a": Fraction(7, 3)}
    for factor in (1, -1, 2, -2, 5, -5):
        point = {name: factor * at for name, at in places.items()}
        step = point | {x: point[x] + Fraction(1, 10**9)}
        was, after = value(parse(text), point), value(parse(text), step)
        assert value(found, point) == pytest.approx(was)
        assert value(slope, point) == pytest.approx((after - was) * 10**9, 1e-5, 1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "abs(x)/relu(x)",  # has no value where x < 0
        "step(x)/relu(x)",
        "sign(y) + where(log(x) > y, sign(y), 0)",
        "step(x)*(sigmoid(w*relu(x) + b) - y)",  # a layer keeps its name
        "sign(x + 1) + sign(x - 1)",
        "where(x > 0, exp(x), 0) + where(y > 0, exp(y), 0)",
    ],
)
def test_what_stays_as_it_is(text: str) -> None:
    found = simplify(text)
    assert operations(str(found)) == operations(text)
