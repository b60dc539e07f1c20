"""High orders in the normal form: against Taylor coefficients, and one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from calcml import diff
from calcml.algebra.canonical import Tidier
from calcml.calculus.high_order import quotient
from calcml.core.expr import Expr, symbol
from calcml.evaluate.pointwise import context
from calcml.parsing.parser import parse
from tests.support import DIGITS, close, operations, value

Function = Callable[[Any, Any], Any]

# As text, and as mpmath has it.
FUNCTIONS: dict[str, Function] = {
    "tanh(x)": lambda m, x: m.tanh(x),
    "exp(sin(x))": lambda m, x: m.exp(m.sin(x)),
    "exp(-x^2/2)": lambda m, x: m.exp(-(x**2) / 2),
    "1/(1 + x^2)": lambda m, x: 1 / (1 + x**2),
    "sqrt(1 + x^2)": lambda m, x: m.sqrt(1 + x**2),
    "log(1 + x^2)": lambda m, x: m.log(1 + x**2),
    "x^3*exp(x)": lambda m, x: x**3 * m.exp(x),
    "sigmoid(x)": lambda m, x: 1 / (1 + m.exp(-x)),
    "softplus(x)": lambda m, x: m.log(1 + m.exp(x)),
    "x/(1 + exp(-x))": lambda m, x: x / (1 + m.exp(-x)),
    "atan(x)": lambda m, x: m.atan(x),
    "erf(x)": lambda m, x: m.erf(x),
    "tan(x)": lambda m, x: m.tan(x),
    "exp(-x)*cos(2*x)": lambda m, x: m.exp(-x) * m.cos(2 * x),
    "log(x + 3)/(x + 3)": lambda m, x: m.log(x + 3) / (x + 3),
}
ORDERS = (3, 5, 12, 20)
AT = ("-0.7", "0.3", "1.1")
every = pytest.mark.parametrize("text", FUNCTIONS)
orders = pytest.mark.parametrize("order", ORDERS)


@cache
def derivative(text: str, order: int) -> Expr:
    return diff(text, "x", order=order)


@cache
def taylor(text: str, at: str) -> list[Any]:
    """The coefficients up to the highest order, to 60 digits."""
    m = context()
    with m.workdps(60):
        found: list[Any] = m.taylor(
            lambda x: FUNCTIONS[text](m, x), m.mpf(at), max(ORDERS)
        )
    return found


@every
@orders
@pytest.mark.parametrize("at", AT)
def test_orders_are_taylor_coefficients(text: str, order: int, at: str) -> None:
    m = context()
    with m.workdps(60):
        wanted = taylor(text, at)[order] * m.factorial(order)
    assert close(value(derivative(text, order), {"x": at}), wanted, 1e-25)


@every
@pytest.mark.parametrize("order", [3, 5])
def test_one_order_after_the_other_gives_the_same(text: str, order: int) -> None:
    one_by_one = parse(text)
    for _ in range(order):
        one_by_one = diff(one_by_one, "x")
    for at in AT:
        found = value(derivative(text, order), {"x": at})
        assert close(found, value(one_by_one, {"x": at}), 10.0 ** (5 - DIGITS))


@pytest.mark.parametrize(
    ("text", "order", "result"),
    [
        ("x^5", 3, "60*x^2"),
        ("x^5", 5, "120"),
        ("x^5", 6, "0"),
        ("sin(x)", 20, "sin(x)"),
        ("cos(x)", 3, "sin(x)"),
        ("exp(2*x)", 12, "4096*exp(2*x)"),
        ("1/x", 5, "-120/x^6"),
        ("log(x)", 5, "24/x^5"),
        ("x*exp(x)", 20, "exp(x)*(x + 20)"),
        ("sinh(x)", 12, "sinh(x)"),
        ("a*x^3", 3, "6*a"),
    ],
)
def test_orders_that_a_book_states(text: str, order: int, result: str) -> None:
    assert diff(text, "x", order=order) is parse(result)


# --- what the normal form cannot derive ---------------------------------------------

KINKED = ["abs(x)^3", "relu(x)^3", "max(x, 0)*x^3", "where(x > 0, x^4, x^5)"]


def in_normal_form(text: str, order: int) -> bool:
    """Whether the derivative is taken in the normal form, and not order by order."""
    root = parse(text)
    tidier = Tidier([root], closing=True)
    return quotient(root, symbol("x"), order, tidier) is not None


@every
@orders
def test_smooth_functions_are_derived_in_the_normal_form(text: str, order: int) -> None:
    assert in_normal_form(text, order)


@pytest.mark.parametrize("text", KINKED)
def test_kinked_functions_are_not(text: str) -> None:
    assert not in_normal_form(text, 3)


@pytest.mark.parametrize(
    ("text", "order", "left", "right"),
    [
        ("abs(x)^3", 3, "-6", "6"),
        ("abs(x)^3", 5, "0", "0"),
        ("relu(x)^3", 3, "0", "6"),
        ("max(x, 0)*x^3", 3, "0", "24*x"),
        ("max(x, 0)*x^3", 5, "0", "0"),
        ("where(x > 0, x^4, x^5)", 3, "60*x^2", "24*x"),
        ("where(x > 0, x^4, x^5)", 5, "120", "0"),
    ],
)
def test_kinked_functions_are_right(
    text: str, order: int, left: str, right: str
) -> None:
    """Each side of the kink is a polynomial, whose derivative is known."""
    made = diff(text, "x", order=order)
    for at, side in (("-0.7", left), ("0.3", right)):
        point = {"x": at}
        assert close(value(made, point), value(parse(side), point))


# --- size ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("tanh(x)", 120),
        ("exp(sin(x))", 400),
        ("1/(1 + x^2)", 60),
        ("x^3*exp(x)", 12),
        ("exp(-x)*cos(2*x)", 12),
    ],
)
def test_the_20th_stays_short(text: str, most: int) -> None:
    assert operations(str(derivative(text, 20))) <= most
