"""Extremes of functions of one variable: the slope of least norm, at ties too.

The reference takes the slopes on both sides of a place by exact arithmetic.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from time import process_time

import pytest

import calcml as cm

Sided = tuple[Fraction, Fraction]  # the value, and the slope on one side
Tree = tuple[str, Callable[[Fraction, int], Sided]]  # of a place and a side, 1 or -1
PLACES = sorted({Fraction(n, d) for n in range(-6, 7) for d in (1, 2, 3)})


def polynomial(rng: random.Random) -> Tree:
    a, b, c = rng.choice([0, 0, 1, -2]), rng.randint(-3, 3), rng.randint(-4, 4)
    return f"({a})*x^2 + ({b})*x + ({c})", lambda p, _: (
        a * p * p + b * p + c,
        2 * a * p + b,
    )


def extreme(rng: random.Random, depth: int) -> Tree:
    parts = [tree(rng, rng.choice([0, depth - 1])) for _ in range(rng.randint(2, 4))]
    name, pick = rng.choice([("max", max), ("min", min)])

    def value(p: Fraction, side: int) -> Sided:
        return pick([f(p, side) for _, f in parts], key=lambda v: (v[0], side * v[1]))

    return f"{name}({', '.join(text for text, _ in parts)})", value


def tree(rng: random.Random, depth: int) -> Tree:
    if not depth:
        return polynomial(rng)
    kind = rng.choice(["extreme"] * 4 + ["relu", "abs", "sum", "square"])
    if kind == "extreme":
        return extreme(rng, depth)
    (text, f), (other, g) = extreme(rng, depth), tree(rng, depth - 1)

    def value(p: Fraction, side: int) -> Sided:
        (v, d), (w, e) = f(p, side), g(p, side)
        above = v > 0 or v == 0 and side * d > 0
        return {
            "relu": (v, d) if above else (0 * v, 0 * d),
            "abs": (v, d) if above else (-v, -d),
            "sum": (v - 2 * w, d - 2 * e),
            "square": (v * v, 2 * v * d),
        }[kind]

    texts = {"sum": f"{text} - 2*({other})", "square": f"({text})^2"}
    return texts.get(kind, f"{kind}({text})"), value


@pytest.mark.parametrize("seed", range(40))
def test_a_derivative_has_the_slope_of_least_norm(seed: int) -> None:
    rng = random.Random(seed)
    text, f = tree(rng, rng.randint(1, 2))
    slope = cm.diff(text, "x")
    for p in PLACES:
        (value, right), (same, left) = f(p, 1), f(p, -1)
        assert value == same
        least = Fraction(0) if right * left <= 0 else min(right, left, key=abs)
        told = slope.evalf({"x": p}) if slope.free_symbols else slope.evalf()
        assert float(told) == pytest.approx(float(least)), f"{text} at {p}"


@pytest.mark.parametrize("n", [40, 200])
def test_the_largest_of_many_lines(n: int) -> None:
    """All of them are on the envelope: n - 1 places, in a time that is linear."""
    start = process_time()
    slope = cm.diff(f"max({', '.join(f'{i}*x - {i * i}' for i in range(n))})", "x")
    assert process_time() - start < 3
    for k in range(0, n - 1, 7):
        for x, told in ((2 * k, k), (2 * k + 1, k), (2 * k + 2, k + 1)):
            assert slope.evalf({"x": x}) == told


@pytest.mark.parametrize("n", [3, 30, 90])
def test_a_gradient_of_the_largest_of_names(n: int) -> None:
    """Those that are largest share a slope of 1, in a time that is linear."""
    names = [f"x{i}" for i in range(n)]
    start = process_time()
    slopes = cm.grad(f"max({', '.join(names)})")
    assert process_time() - start < 3
    at = dict.fromkeys(names, 0.0) | {"x0": 1.0, f"x{n - 1}": 1.0}
    told = {name: float(slopes[name].evalf(at)) for name in names}
    assert told == dict.fromkeys(names, 0.0) | {"x0": 0.5, f"x{n - 1}": 0.5}


FORMS = {
    "max(x, 2*x - 1)": "where(x <= 1, 1, 2)",
    "min(x, 2*x, 3 - x)": "where(x < 0, 2, sign(3 - 2*x))",
    "max(x, x^2, x^3)": "where(x <= 0, 2*x, where(x <= 1, 1, 3*x^2))",
    "max(x, min(2*x - 1, 3))": "where(x <= 1 or x > 3, 1, where(x < 2, 2, 0))",
    "relu(max(x - 1, 2*x, -3*x))": "where(x > 0, 2, where(x < 0, -3, 0))",
    "exp(max(x, 2*x, -x))": "exp(max(x, 2*x, -x))*where(x > 0, 2, where(x < 0, -1, 0))",
    "sqrt(max(x, 2*x, 0))": "where(x <= 0, 0, 1/sqrt(2*x))",
    "max(x, 3)": "where(x > 3, 1, 0)",
    "y*max(x, 2*x)": "y*where(x <= 0, 1, 2)",
}


@pytest.mark.parametrize(("text", "form"), FORMS.items())
def test_the_form_is_a_choice_along_the_variable(text: str, form: str) -> None:
    assert str(cm.diff(text, "x")) == str(cm.grad(text)["x"]) == form


def test_an_argument_and_its_extreme_are_compared_as_they_are() -> None:
    """On two sides of a sum they would differ by rounding: x + min(1 - x, ...) < 1."""
    text = "min(2*x^2 - x + 3, 1 - x, max(x^2 - 3*x + 3, (x^2 - 2*x - 1)^2, 4))"
    slope = cm.compile(cm.diff(text, "x"), ["x"])
    assert [slope(-k / 3) for k in range(1, 12)] == [-1] * 11
