"""Absolute values of complex parts, by difference quotients of mpmath alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import pytest

import calcml as cm
from calcml.core.errors import CalcmlError, DomainError, UnsupportedError

j = mp.mpc(0, 1)

# Formulas of x and y, and what they are in mpmath.
CASES: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("abs(exp(I*x))", lambda x, y: abs(mp.exp(j * x))),
    ("abs(I*x)", lambda x, y: abs(j * x)),
    ("abs(-I*x)", lambda x, y: abs(-j * x)),
    ("abs(I*x)^2", lambda x, y: abs(j * x) ** 2),
    ("abs(I*I*x)", lambda x, y: abs(x)),
    ("abs(x + I*y)", lambda x, y: abs(x + j * y)),
    ("abs(x + I*y)^2", lambda x, y: abs(x + j * y) ** 2),
    ("abs(x + I*y)^3", lambda x, y: abs(x + j * y) ** 3),
    ("1/abs(x + I*y)", lambda x, y: 1 / abs(x + j * y)),
    ("sqrt(abs(x + I*y))", lambda x, y: mp.sqrt(abs(x + j * y))),
    ("log(abs(x + I*y))", lambda x, y: mp.log(abs(x + j * y))),
    ("log(abs(exp(I*x)))", lambda x, y: mp.mpf(0)),
    ("exp(-abs(x + I*y)^2)", lambda x, y: mp.exp(-(x**2) - y**2)),
    ("atan(abs(x + I))", lambda x, y: mp.atan(abs(x + j))),
    ("abs((x + I)^3)", lambda x, y: abs((x + j) ** 3)),
    ("abs((x + I)^x)", lambda x, y: abs((x + j) ** x)),
    ("abs(2^(I*x))", lambda x, y: mp.mpf(1)),
    ("abs((1 + I)^x)", lambda x, y: abs((1 + j) ** x)),
    ("abs(1/(x + I))", lambda x, y: abs(1 / (x + j))),
    ("abs((x + I*y)/(x - I*y))", lambda x, y: mp.mpf(1)),
    ("abs(x*exp(I*x) + 1)", lambda x, y: abs(x * mp.exp(j * x) + 1)),
    ("abs(exp(I*x) - exp(I*y))", lambda x, y: abs(mp.exp(j * x) - mp.exp(j * y))),
    ("log(abs(1 - exp(I*x)/2))", lambda x, y: mp.log(abs(1 - mp.exp(j * x) / 2))),
    ("abs(exp(x*(1 + I)))", lambda x, y: mp.exp(x)),
    ("abs(sin(x + I))", lambda x, y: abs(mp.sin(x + j))),
    ("abs(cosh(I*x))", lambda x, y: abs(mp.cos(x))),
    ("abs(tanh(x + I*y))", lambda x, y: abs(mp.tanh(x + j * y))),
    ("abs(log(x + I))", lambda x, y: abs(mp.log(x + j))),
    ("abs(sqrt(x + I))", lambda x, y: abs(mp.sqrt(x + j))),
    ("abs(atan(x + I*y))", lambda x, y: abs(mp.atan(x + j * y))),
    ("abs(gamma(x + I))", lambda x, y: abs(mp.gamma(x + j))),
    ("abs(besselj(0, x + I))", lambda x, y: abs(mp.besselj(0, x + j))),
    ("abs(erf(I*x))", lambda x, y: abs(mp.erf(j * x))),
    ("abs(sigmoid(I*x))", lambda x, y: abs(1 / (1 + mp.exp(-j * x)))),
    ("abs(x^2 + I*x)", lambda x, y: abs(x**2 + j * x)),
    ("abs(x*y + I*(x - y))", lambda x, y: abs(x * y + j * (x - y))),
    ("abs(abs(x + I) - 2)", lambda x, y: abs(abs(x + j) - 2)),
    ("abs(abs(x + I*y) + I*x)", lambda x, y: abs(abs(x + j * y) + j * x)),
    ("softsign(I*x)", lambda x, y: j * x / (1 + abs(x))),
    ("abs(softsign(x + I))", lambda x, y: abs((x + j) / (1 + abs(x + j)))),
    ("hypot(abs(I*x), 1)", lambda x, y: mp.hypot(x, 1)),
    ("max(abs(x + I), 2)", lambda x, y: max(abs(x + j), 2)),
    ("where(x > 0, abs(x + I), 0)", lambda x, y: abs(x + j) if x > 0 else mp.mpf(0)),
    ("abs(where(x > 0, I*x, x))", lambda x, y: abs(x)),
    ("abs(relu(x) + I*y)", lambda x, y: mp.hypot(max(x, 0), y)),
    ("abs(x)*exp(I*x)", lambda x, y: abs(x) * mp.exp(j * x)),
    ("exp(I*abs(x + I*y))", lambda x, y: mp.exp(j * mp.hypot(x, y))),
    ("x*sqrt(-1)*abs(x)", lambda x, y: j * x * abs(x)),
    ("abs(exp(I*x)^2*y + x)", lambda x, y: abs(mp.exp(2 * j * x) * y + x)),
    ("relu(exp(I*x)*exp(-I*x)*x)", lambda x, y: max(x, mp.mpf(0))),
]
POINTS = [("0.7", "-1.3"), ("-1.1", "0.4"), ("2.3", "0.9")]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("text", "f"), CASES, ids=lambda case: str(case)[:30])
def test_derivatives_are_difference_quotients(
    text: str, f: Callable[[Any, Any], Any], order: int
) -> None:
    results = [cm.diff(text, "x", order=order), cm.grad(text, ["x"])["x"]]
    if order == 1:
        results.append(cm.diff(text, "x", simplify=False))
    for a, b in POINTS:
        with mp.workdps(60):
            x, y, h = mp.mpf(a), mp.mpf(b), mp.mpf("1e-12")
            stencil = [(-1) ** k * mp.binomial(order, k) for k in range(order + 1)]
            values = [f(x + (order / 2 - k) * 2 * h, y) for k in range(order + 1)]
            wanted = mp.fdot(stencil, values) / (2 * h) ** order
            first = (f(x + h, y) - f(x - h, y)) / (2 * h)
        for result in results:
            right = first if result is results[1] else wanted
            found = result.evalf({"x": a, "y": b}, 20)
            assert abs(found - right) <= 1e-11 * max(1, abs(right)), str(result)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("abs(exp(I*x))", "0"),
        ("log(abs(exp(I*x)))", "0"),
        ("abs(I*x)", "sign(x)"),
        ("abs(x + I*y)", "x/sqrt(x^2 + y^2)"),
        ("log(abs(x + I*y))", "x/(x^2 + y^2)"),
        ("abs(x + I)^2", "2*x"),
        ("abs(exp(x*(1 + I)))", "exp(x)"),
        ("abs((x + I)^3)", "3*x*sqrt(x^2 + 1)"),
    ],
)
def test_real_forms_are_found(text: str, form: str) -> None:
    assert str(cm.diff(text, "x")) == form


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sign(x + I)", "sign"),
        ("sign(exp(I*x))", "sign"),
        ("x*sign(sqrt(-2)*x)", "sign"),
        ("max(I*x, 1)", "max"),
        ("min(x, I)", "min"),
        ("relu(I*x)", "relu"),
        ("leaky_relu(x + I)", "leaky_relu"),
        ("elu(I*x)", "elu"),
        ("clip(I*x, 0, 1)", "clip"),
        ("step(I*x)", "step"),
        ("floor(I*x)", "floor"),
        ("ceil(x + I)", "ceil"),
        ("round(I*x)", "round"),
        ("hardtanh(I*x)", "hardtanh"),
        ("abs(sign(x + I) + I)", "sign"),
        ("where(I*x > 0, x, 1)", "the comparison I[*]x > 0"),
    ],
)
def test_what_has_no_complex_arguments_is_refused_by_name(text: str, name: str) -> None:
    message = f"^{name} takes real arguments, and .* is complex"
    for derive in (cm.diff, lambda f, x: cm.grad(f, [x]), cm.hessian, cm.jacobian):
        with pytest.raises(UnsupportedError, match=message):
            derive(text, "x")


@pytest.mark.parametrize("text", ["abs(sqrt(-2)*x)", "abs(x + log(-1))"])
def test_numbers_that_are_not_real_are_written_with_the_imaginary_unit(
    text: str,
) -> None:
    with pytest.raises(UnsupportedError, match="is not real; write complex numbers"):
        cm.diff(text, "x")


def test_a_real_part_need_not_be_defined_everywhere() -> None:
    found = cm.diff("abs(x^(1 + I))", "x")
    assert abs(found.evalf({"x": 2}) - 1) < 1e-12
    found = cm.diff("abs(log(x) + I*sqrt(y))", "x")
    assert str(found) == "log(x)/(x*sqrt(y + log(x)^2))"


@pytest.mark.parametrize("text", ["abs(atan(I*x))", "abs(1 + asinh(I*x))"])
def test_what_lies_on_a_branch_cut_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="lies on a branch cut"):
        cm.diff(text, "x")


@pytest.mark.parametrize("name", ["sign", "floor", "ceil", "round", "max", "relu"])
def test_functions_of_real_numbers_have_no_complex_values(name: str) -> None:
    with pytest.raises(DomainError, match="complex values have no order"):
        cm.parse(f"{name}(x + I{', 1' * (name == 'max')})").evalf({"x": 1})
    assert cm.parse("sign(x*exp(I*pi))").evalf({"x": 2}) == -1


def test_checks_of_complex_moduli() -> None:
    right = [
        ("abs(exp(I*x))", "0"),
        ("abs(I*x)", "sign(x)"),
        ("abs(x + I*y)", "x/abs(x + I*y)"),
        ("log(abs(x + I*y))", "x/abs(x + I*y)^2"),
        ("abs(x*exp(I*x) + 1)", None),
        ("abs(gamma(x + I))", None),
    ]
    for f, candidate in right:
        for against in ("calcml", "sympy"):
            report = cm.check(f, candidate, "x", against=against)
            assert report.verdict in ("proved", "agrees", "unknown"), str(report)
    assert cm.check("abs(x + I*y)", "y/abs(x + I*y)", "x").verdict == "differs"
    assert cm.check("abs(I*x)", "I*sign(I*x)", "x").verdict != "agrees"


SHAPES = {"x": "n", "y": "n", "A": "n n"}


@pytest.mark.parametrize(
    ("f", "by"),
    [
        ("sum(abs(x + I*y))", "x"),
        ("sum(abs(exp(I*x) + y))", "x"),
        ("sum(log(abs(x + I*y)))", "y"),
        ("abs(sum(exp(I*x)))", "x"),
        ("abs(sum(y*exp(I*x)))^2", "x"),
        ("mean(abs(I*x))", "x"),
        ("abs(det(A + I*eye(n)))", "A"),
        ("log(abs(x @ A @ y + I))", "A"),
        ("abs(trace(A) + I*sum(x))", "x"),
    ],
)
def test_arrays(f: str, by: str) -> None:
    report = cm.check(f, None, by, shapes=SHAPES, points=6)
    assert report.verdict == "agrees", str(report)


def test_greatest_elements_of_complex_arrays_are_refused() -> None:
    for text in ("max(I*x)", "min(exp(I*x))", "sum(relu(I*x))"):
        with pytest.raises(CalcmlError, match="takes real arguments"):
            cm.grad(text, ["x"], shapes=SHAPES)


def test_steps_tell_how_the_modulus_was_written() -> None:
    told = str(cm.derive("abs(x + I)", "x"))
    assert "d/dx(sqrt(u))" in told and "x/sqrt(x^2 + 1)" in told
