"""Angles with quarter turns in them, and values at angles that a table has."""

from __future__ import annotations

from fractions import Fraction

import pytest

from calcml import DomainError, diff, parse, simplify
from calcml.functions import FUNCTIONS

CIRCLE = [row.name for row in FUNCTIONS.values() if row.circle]
FORMS = {
    "sin(pi - x)": "sin(x)",
    "cos(pi/2 - x)": "sin(x)",
    "tan(x + pi)": "tan(x)",
    "sec(x - 3*pi/2)": "-csc(x)",
    "sin((2*x + pi)/2)": "cos(x)",
    "cos(x + y - 4*pi)": "cos(x + y)",
    "sin(x + pi/3)": "sin(x + pi/3)",
    "sin(x + 0.5*pi)": "sin(x + 0.5*pi)",
    "sin(7*pi/6)": "-1/2",
    "cos(-pi/4)": "sqrt(2)/2",
    "tan(100*pi/3)": "sqrt(3)",
    "tan(pi/2)": "tan(pi/2)",  # a pole
    "sin(pi/7)": "sin(pi/7)",
    "asin(-1/2)": "-pi/6",
    "atan(1) + acos(0)": "3*pi/4",
    "gamma(1/2)^2": "pi",
}


@pytest.mark.parametrize("text", FORMS)
def test_known_parts_of_angles_leave_them(text: str) -> None:
    assert str(simplify(text)) == FORMS[text]


def test_the_logarithm_of_half_an_angle_is_a_secant_s_integral() -> None:
    assert str(diff("log(tan(x/2 + pi/4))", "x")) == "1/cos(x)"


@pytest.mark.parametrize("name", CIRCLE)
@pytest.mark.parametrize("quarter", range(-5, 6))
def test_turned_functions_keep_their_values(name: str, quarter: int) -> None:
    for rest in ("x", "1/3 - 2*x", "0"):
        text = f"{name}({rest} + {quarter}*pi/2)"
        at = {"x": Fraction(7, 10)} if "x" in rest else {}
        try:
            value = parse(text).evalf(at, digits=25)
        except DomainError:  # a pole
            continue
        made = simplify(text)
        assert "pi" not in str(made)
        assert abs(value - made.evalf(at, digits=25)) < 1e-22


@pytest.mark.parametrize("name", CIRCLE)
@pytest.mark.parametrize("twelfth", range(-30, 31))
def test_values_at_angles(name: str, twelfth: int) -> None:
    text = f"{name}({twelfth}*pi/12)"
    try:
        value = parse(text).evalf({}, digits=25)
    except DomainError:
        return
    assert abs(value - simplify(text).evalf({}, digits=25)) < 1e-22
