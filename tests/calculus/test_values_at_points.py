"""A derivative has a value wherever its function is differentiable."""

from __future__ import annotations

import numpy as np
import pytest

from calcml import (
    DomainError,
    compile,
    diff,
    domain,
    grad,
    hessian,
    jacobian,
    kinks,
    parse,
)
from tests.properties.test_places import contradictions
from tests.support import fresh

# A function, an order, a place, and the derivative there.
PLACES = [
    ("sinc(x)", 2, "0", "-pi^2/3"),
    ("sinc(x)", 3, "0", "0"),
    ("sinc(x - 2)", 2, "2", "-pi^2/3"),
    ("Si(x)", 1, "0", "1"),
    ("Si(x)", 2, "0", "0"),
    ("Si(x)", 3, "0", "-1/3"),
    ("elliptic_k(x)", 1, "0", "pi/8"),
    ("elliptic_k(x)", 2, "0", "9*pi/64"),
    ("elliptic_k(x^2)", 2, "0", "pi/4"),
    ("elliptic_e(x)", 1, "0", "-pi/8"),
    ("elliptic_pi(x, 1/2)", 1, "0", "2*(elliptic_k(1/2) - elliptic_e(1/2))"),
    ("polylog(2, x)", 1, "0", "1"),
    ("polylog(3, x)", 3, "0", "2/9"),
    ("cbrt(x^3)", 1, "0", "1"),
    ("sqrt(x^4)", 1, "0", "0"),
    ("where(x == 0, 0, exp(-1/x^2))", 2, "0", "0"),
    ("where(x != 0, x^2*log(abs(x)), 0)", 1, "0", "0"),
    ("where(x == 0, 1, sin(x)/x)", 3, "0", "0"),
    ("where(x == 0, 1, sin(x)/x)", 4, "0", "1/5"),
    ("where(x == 1, 1, log(x)/(x - 1))", 1, "1", "-1/2"),
    ("where(x == 0, 0, x^2*sin(1/x))", 1, "0", "0"),
    ("where(x == 1, 1, x + (x - 1)^2*cos(log(abs(x - 1))))", 1, "1", "1"),
    ("sqrt(x^3)", 1, "0", "0"),
    ("cos(sqrt(x))", 1, "0", "-1/2"),
    ("sqrt(x^2 + x^4)", 1, "0", "0"),
    ("sqrt(1 - cos(x))", 1, "0", "0"),
    ("x*sqrt(1 - cos(x))", 1, "0", "0"),
    ("acosh(cosh(x))", 1, "0", "0"),
    ("(1 - x^2)^(3/2)*asin(x)", 1, "1", "0"),
    ("(lambertw(x - 1/e) + 1)^2", 1, "0", "2*e"),
    ("(lambertw(x - exp(-1)) + 1)^3", 1, "0", "0"),
    ("(lambertw(x^2 - 1/e) + 1)^2", 2, "0", "4*e"),
    ("(lambertw(x - 1/e, -1) + 1)^2", 1, "0", "2*e"),
    ("sqrt(x^4 + sin(x)^4)", 1, "0", "0"),
    ("x*sqrt(sin(x)^2 + x^4)", 1, "0", "0"),
    ("where(x == 0, 0, x^3/(x^2 + sin(x)^2))", 1, "0", "1/2"),
    ("sqrt(relu(x))", 2, "-1", "0"),
    ("relu(x)^(3/2)", 2, "-1", "0"),
    ("relu(x)^(3/2)", 2, "4", "3/8"),
]


# One function, one slope: at a corner the number of least norm between both slopes.
CORNERS = [
    ("max(x, x^2)", 1, "0", "0"),
    ("max(x, x^2)", 1, "1", "1"),
    ("x^2 + relu(x - x^2)", 1, "1", "1"),
    ("x + relu(x^2 - x)", 1, "0", "0"),
    ("where(x > x^2, x, x^2)", 1, "1", "1"),
    ("(sqrt(x^2) + x)/2", 1, "0", "0"),
    ("x*(1 + sign(x))/2", 1, "0", "0"),
    ("hypot(x, 0)/2 + x/2", 1, "0", "0"),
    ("(x^4)^(1/4)", 1, "0", "0"),
    ("abs(x)*sign(x)", 1, "0", "1"),
    ("max(x, 1)*min(x, 1)", 1, "1", "1"),
    ("max(x, x^2)*clip(x, -1, 1)", 1, "1", "2"),
    ("abs(x - 2*floor((x + 1)/2))", 1, "3", "0"),
    ("x + abs(sin(x))", 1, "0", "0"),
    ("lambertw(x^2 - 1/e)", 1, "0", "0"),
    ("lambertw(x^2 - 1/e, -1)", 1, "0", "0"),
    ("lambertw((x - 1)^2*(x + 2)^2 - 1/e)", 1, "-2", "0"),
    ("floor(x)*(x - 1)", 1, "1", "0"),
    ("floor(x)*(x - 5)", 1, "5", "4"),
    ("floor(x^2)*(x - 1)", 1, "1", "0"),
    ("floor(clip(x, 0, 3))*(x - 2)*x", 1, "2", "2"),
    ("min(abs(x), x^2)", 1, "1", "1"),
]


@pytest.mark.parametrize(("text", "order", "at", "value"), [*PLACES, *CORNERS])
def test_the_limit_of_the_difference_quotient(
    text: str, order: int, at: str, value: str
) -> None:
    slope = diff(text, "x", order=order)
    there = slope.evalf({"x": parse(at).evalf(digits=30)}, 25)
    assert abs(there - parse(value).evalf(digits=25)) < 1e-20


@pytest.mark.parametrize("call", ["diff('relu(x)', 'x')", "kinks('relu(x)', 'x')"])
def test_the_first_call_loads_what_it_needs(call: str) -> None:
    assert fresh(f"import calcml; print(calcml.{call})")


@pytest.mark.parametrize(
    ("text", "by", "point", "value"),
    [
        ("sqrt(relu(x))", "x", {"x": -1}, 0),
        ("sqrt(relu(x))", "x", {"x": 4}, 0.25),
        ("sqrt(max(x - 1, 0)) + x^2", "x", {"x": -1}, -2),
        ("sqrt(where(x > 0, x, 0))", "x", {"x": -1}, 0),
        ("sqrt(relu(w*x))", "x", {"x": -1, "w": 2}, 0),
        ("sqrt(relu(x^2 - 1))", "x", {"x": 0}, 0),
        ("relu(x)^y", "y", {"x": -1, "y": 2}, 0),
        ("relu(x)^y", "y", {"x": 0, "y": 1}, 0),
        ("where(x == 0, 0, x^2*sin(a/x))", "x", {"x": 0, "a": 3}, 0),
        ("sqrt(a*x^3)", "x", {"x": 0, "a": 3}, 0),
        ("sqrt(a*x^3)", "x", {"x": 0, "a": -3}, 0),
        ("sqrt(a*x^4)", "x", {"x": 0, "a": 0}, 0),
        ("cbrt(a*x^3)", "x", {"x": 0, "a": -8}, -2),
        ("where(x == a, 1, sin(x - a)/(x - a))", "x", {"x": 2, "a": 2}, 0),
        ("0^x", "x", {"x": 2.5}, 0),
        ("x + 0^x", "x", {"x": 1}, 1),
    ],
)
def test_where_the_function_is_another_formula(
    text: str, by: str, point: dict[str, float], value: float
) -> None:
    assert diff(text, by).evalf(point) == value


def test_jacobians_and_hessians_have_the_values() -> None:
    f = "cos(sqrt(x))"
    assert jacobian(f, "x").evalf({"x": 0}) == -0.5
    assert jacobian([f, "x"], ["x"])[0][0].evalf({"x": 0}) == -0.5
    for second in (hessian(f, "x"), hessian(f, ["x"])[0][0]):
        assert abs(second.evalf({"x": 0}) - 1 / 12) < 1e-12


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("(-x^2)^(3/2)", 0),
        ("(cos(x) - 1)^(3/2)", 0),
        ("(x^2*(x - 1))^(3/2)", 0),
        ("x^2*acosh(1 - x^2)", 0),
        ("x*asin(1 + (x - 2)^2)", 2),
        ("x^(3/2)*(-x)^(3/2)", 0),
        ("(-abs(x - 1))^(3/2)", 1),
    ],
)
def test_a_point_alone_in_its_domain_has_no_slope(text: str, at: int) -> None:
    """Nothing is beside it: a formula of complex parts may have a value there."""
    slope, found = diff(text, "x"), [k for k in kinks(text, "x") if k.slope is not None]
    assert not any(k.at is parse(str(at)) for k in found)
    with pytest.raises(DomainError):
        slope.evalf({"x": at})
    with pytest.raises(DomainError):
        compile(slope, ["x"], backend="python")(at)
    assert np.isnan(compile(slope, ["x"])(at))
    assert not [*contradictions(parse(text), parse("x"))]


def test_where_a_function_has_no_value_is_no_end_of_it() -> None:
    """Of the places with |cos - sin| = 1 one is outside, others have slope 0."""
    text = "log(cos(x) + sin(x) + sqrt(sin(2*x))) - asin(cos(x) - sin(x))"
    f = f"{text} - 2*cos(x)*sqrt(sin(2*x))"
    assert diff(f, "x").evalf({"x": 0}) == 0


def test_a_power_of_zero_jumps_and_ends_at_zero() -> None:
    found = domain("0^x")
    assert [str(c) for c in found.function] == ["x >= 0"]
    assert [str(c) for c in found.jumps] == ["x == 0"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("where(x > 0, sqrt(x), 0)", -1),
        (
            "where(x > 1, sqrt(x - 1)*exp(x), x^2) + log(where(x > 1, sqrt(x - 1), 2))",
            0,
        ),
        ("exp(where(x > 0, log(x)^2, x))", -1),
        ("sin(where(x < 0, x, sqrt(x)))^2", -1),
    ],
)
def test_what_is_not_taken_does_no_harm_unsimplified(text: str, at: float) -> None:
    want = diff(text, "x").evalf({"x": at})
    one = diff(text, "x", simplify=False)
    for raw in (one, grad(text, simplify=False)["x"]):
        assert abs(raw.evalf({"x": at}) - want) < 1e-12
        assert abs(compile(raw, ["x"])(np.array([at, 3.0]))[0] - float(want)) < 1e-12


def test_a_power_sum_has_the_slope_of_its_linear_term_at_0() -> None:
    slope = diff("sum(k, 0, 3, t^k)", "t")
    assert slope.evalf({"t": 0}) == 1
    assert slope.evalf({"t": 2}) == 17
    assert diff(slope, "t").evalf({"t": 0}) == 2
    series = diff("sum(k, 0, n - 1, c[k]*t^k)", "t", shapes={"c": "n"})
    f = compile(series, ["c", "t"], shapes={"c": "n"})
    assert f(np.array([1.0, 2.0, 3.0]), 0.0) == 2
    assert f(np.array([1.0, 2.0, 3.0]), -2.0) == -10


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("sqrt(x^2 + y^2)", (0, 0)),
        ("sqrt(2*x^2 + (y - x)^2)", (0, 0)),
        ("sqrt(x^2 + y^2) + 2*x", (1, 0)),
        ("sqrt(x^2 + y^2 + z^2) + 2*x", (1, 0, 0)),
        ("hypot(x, y) + abs(x) + 3*y", (0, 3)),  # by rows: (0, 2) has least norm
    ],
)
def test_a_norm_has_a_slope_where_it_is_0(text: str, slopes: tuple[int, ...]) -> None:
    """Of the ball of its gradients the one of least norm, or a sum of rows' slopes."""
    names = "xyz"[: len(slopes)]
    made = grad(text, list(names))
    assert [made[n].evalf(dict.fromkeys(names, 0)) for n in names] == [*slopes]
