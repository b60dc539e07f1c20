"""Decimals of results: exact, and not longer than those that were typed."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

import calcml as cm
from calcml.core.build import is_decimal
from calcml.core.decimals import figures
from calcml.core.expr import walk
from calcml.core.limits import FIGURES
from tests.support import SEED, close, value

FORMS = {
    "0.7*x*0.3": "0.21*x",
    "0.5*(x + 0.79788)*0.5": "0.25*(x + 0.79788)",
    "0.044715*3*x": "0.134145*x",
    "1.0507009873554805*1.6732632423543772*exp(x)": (
        "1.0507009873554805*1.6732632423543772*exp(x)"
    ),
    "0.123456789*x*2*0.987654321": "0.246913578*0.987654321*x",
    "(0.123456789*x)^2": "(0.123456789*x)^2",
    "-(0.123456789*x)^3*y": "-y*(0.123456789*x)^3",
    "9*1.2345678*x": "9*1.2345678*x",
    "1.1^20*x": "1.1^20*x",
    "2*1e-7*x": "2e-7*x",
    "0.0001*3*x": "0.0003*x",
    "6.674e-11*m/r^2": "6.674e-11*m/r^2",
    "2*2.5e10*x": "5e10*x",
    "6.626e-34*x*1.380649e-23": "6.626e-34*1.380649e-23*x",
    "1e-300*x*2e-300": "2e-600*x",
    "-1.5e-30*x*2e-20": "-3e-50*x",
    "x^0.5*3": "3*sqrt(x)",
    "1/x^0.25": "1/x^0.25",
    "exp(-0.123*x)*0.456": "0.456*exp(-0.123*x)",
    "x^(0.3333333333333333 - 1)": "1/x^0.6666666666666667",
}


@pytest.mark.parametrize("text", FORMS)
def test_what_is_written(text: str) -> None:
    assert str(cm.simplify(text)) == FORMS[text]


def test_the_decimals_of_rows_are_not_multiplied() -> None:
    assert "1.0507009873554805*1.6732632423543772*exp(x)" in str(
        cm.diff("selu(x)", "x")
    )


@pytest.mark.parametrize("seed", range(40))
def test_products_are_exact_short_and_stay(seed: int) -> None:
    """Of random decimals, powers and whole numbers: value, length, read back, final."""
    rng = random.Random(f"{SEED} {seed}")
    typed = [f"0.{rng.randrange(10 ** (k - 1), 10**k)}" for k in (3, 7, 9)]
    parts = [f"{d}^{rng.choice([1, 1, 2, 3])}" for d in rng.sample(typed, 2)]
    parts += [str(rng.choice([2, 3, -5, 12])), "x", "exp(y)"]
    rng.shuffle(parts)
    made = cm.simplify("*".join(parts))
    decimals = [n for n in walk(made) if n.op == "number" and is_decimal(n)]
    most = max(FIGURES, *(len(d[2:].strip("0")) for d in typed))
    assert all(figures(n) <= most for n in decimals), made
    assert cm.parse(str(made)) is made and cm.simplify(made) is made
    at = {"x": Fraction(7, 3), "y": Fraction(1, 5)}
    assert close(value(made, at), value(cm.parse("*".join(parts)), at), 1e-25)
