"""Closed forms: what fuzzing found, each with the value or the domain it must keep."""

from __future__ import annotations

import pytest

from calcml import diff, parse, simplify


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("coth(-2)", "coth(-2)"),
        ("coth(-x) + coth(x)", "0"),
        ("sin(x) + sigmoid(x)", "sigmoid(x) + sin(x)"),
        ("sin(x)*sinh(x)", "sin(x)*sinh(x)"),
        ("expm1(-x)", "expm1(-x)"),
    ],
)
def test_families_of_one_direction(text: str, result: str) -> None:
    assert str(simplify(text)) == result


@pytest.mark.parametrize("exponent", ["y", "1/3", "3/2", "-2/3"])
def test_the_base_of_a_power_is_ordered(exponent: str) -> None:
    assert simplify(f"(x*2)^({exponent})") is simplify(f"(2*x)^({exponent})")
    assert simplify(f"(y*x)^({exponent})") is simplify(f"(x*y)^({exponent})")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("cot(y)*sin(x)/cos(x)", {"x": 0, "y": 1}),
        ("sin(x)/(sin(x) + cos(x)) + cot(y)", {"x": 0, "y": 1}),
        ("coth(y)*sinh(x)^2*sech(x)", {"x": 0, "y": 1}),
    ],
)
def test_no_division_by_a_coordinate_that_may_be_0(
    text: str, at: dict[str, object]
) -> None:
    f = parse(text)
    assert simplify(f).evalf(at) == f.evalf(at)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("4*(4*x)^(a - 1)", {"x": 0, "a": "7/4"}),
        ("2*x*(x^2)^(a - 1)", {"x": 0, "a": "7/4"}),
        ("x*(x*y)^(a - 1)", {"x": 1, "y": 0, "a": "7/4"}),
        ("x^(a + 1) + x*z", {"x": 0, "a": "-1/2", "z": 1}),
        ("x^(1 - a) + x*z", {"x": 0, "a": "1/2", "z": 1}),
        ("x^(2*a - 1) + x^a*z", {"x": 0, "a": "3/4", "z": 1}),
    ],
)
def test_no_division_by_the_base_of_a_power(text: str, at: dict[str, object]) -> None:
    f = parse(text)
    assert simplify(f).evalf(at) == f.evalf(at)


def test_powers_of_one_base_still_join() -> None:
    assert str(simplify("a*x^(y - 1) + z*x^y")) == "x^(y - 1)*(x*z + a)"
    assert str(diff("(4*x)^a", "x")) == "4*a*(4*x)^(a - 1)"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sigmoid(x)^y + exp(x)/(1 + exp(x))^2", {"x": "0.37", "y": "1.7"}),
        ("((-1)^x)^2 + (-1)^x", {"x": "-1/2"}),
        ("sqrt(x*(1 + y + z))*(1 + y + z)", {"x": 0, "y": 1, "z": 1}),
        ("sqrt(x/(1 + y + z))/(1 + y + z)", {"x": 0, "y": 1, "z": 1}),
    ],
)
def test_a_generator_is_not_mistaken_for_its_base(
    text: str, at: dict[str, object]
) -> None:
    f = parse(text)
    assert abs(simplify(f).evalf(at) - f.evalf(at)) < 1e-12


def test_decimals_and_fractions_have_an_order() -> None:
    assert simplify("0.5^x + (1/2)^x*2") is simplify("(1/2)^x*2 + 0.5^x")


def test_exponents_may_be_too_large_for_a_float() -> None:
    assert simplify("x^(10^400)*y") is simplify("y*x^(10^400)")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x^3*sign(x)/abs(x)^2", "x^2/abs(x)"),
        ("x*step(x)/relu(x)^2", "1/relu(x)"),
        ("x*sigmoid(x)*silu(x)", "silu(x)^2"),
        ("x*sigmoid(x)*silu(x)^y", "silu(x)^(y + 1)"),
    ],
)
def test_a_folded_product_joins_the_power_that_is_there(text: str, result: str) -> None:
    assert str(simplify(text)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("log(log(x/(1 + x))^3)", "3*log(log(x/(x + 1)))"),
        ("step(x)/abs(x)*sqrt(x/2)", "sqrt(x/2)/x"),
        ("max(0, x) + where(-x > 1 - x, x, sqrt(x))", "x + sqrt(x)"),
        ("exp(log(min(x, 0))/2)", "0"),
    ],
)
def test_what_a_shorter_form_implies_is_used_at_once(text: str, result: str) -> None:
    found = simplify(text)
    assert str(found) == result
    assert simplify(found) is found


def test_a_sum_whose_choices_hold_each_other() -> None:
    assert str(simplify("abs(x)*sign(abs(x)) + abs(x)")) == "2*abs(x)"


def test_the_logarithm_of_the_other_probability_keeps_its_digits() -> None:
    assert str(simplify("log(1 - sigmoid(x))")) == "-softplus(x)"
    found = simplify("log(exp(-1/x)/(exp(-1/x) + 1))")
    assert str(found) == "-softplus(1/x)"
