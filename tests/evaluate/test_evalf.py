"""Values at a point, to any number of digits."""

from __future__ import annotations

import threading
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy
import pytest

from calcml.core.errors import CalcmlError, DomainError, LimitError, UnsupportedError
from calcml.core.expr import Expr, make, symbol
from calcml.evaluate.evalf import evalf
from calcml.parsing.parser import parse


def at(text: str, digits: int = 15, **values: object) -> object:
    return evalf(parse(text), values, digits)


# --- right digits ------------------------------------------------------------------


@pytest.mark.parametrize("digits", [1, 5, 15, 30, 200])
def test_as_many_digits_as_asked_for_are_right(digits: int) -> None:
    with mpmath.workdps(digits + 20):
        known = mpmath.exp(mpmath.mpf(1) / 3) * mpmath.zeta(3)
        assert abs(at("exp(x)*zeta(3)", digits, x="1/3") / known - 1) < 10.0**-digits


def test_cancellation_costs_no_digits() -> None:
    assert at("(exp(x) - 1 - x)/x^2", x="1e-20") == 0.5
    assert at("(1 - cos(x))/x^2", x=Fraction(1, 10**30)) == 0.5
    assert at("exp(100) + sin(1) - exp(100)") == mpmath.sin(1)


def test_what_cancels_whole_is_0() -> None:
    assert at("sin(x)^2 + cos(x)^2 - 1", 30, x="0.3") == 0
    assert at("sin(pi)") == 0


def test_rational_arithmetic_is_exact() -> None:
    assert at("0.1 + 0.2 == 0.3") is True
    assert at("where(x > 1/3, 1, 0)", x="1/3") == 0
    assert at("x*3 == 1", x=Fraction(1, 3)) is True
    assert at("(2/3)^100*(3/2)^100") == 1


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        "0.5",
        "1/2",
        Fraction(1, 2),
        Decimal("0.5"),
        mpmath.mpf("0.5"),
        numpy.float64(0.5),
        numpy.float32(0.5),
        0.5 + 0j,
    ],
)
def test_every_kind_of_number_is_taken(value: object) -> None:
    assert at("x^2", x=value) == 0.25


def test_a_float_means_what_it_prints() -> None:
    assert at("x - 1/10", 30, x=0.1) == 0


def test_names_may_be_symbols() -> None:
    assert evalf(parse("x + 1"), {symbol("x"): 2}) == 3


def test_results_are_numbers_of_mpmath_itself() -> None:
    assert isinstance(at("sqrt(2)"), mpmath.mpf)
    assert float(at("sqrt(2)")) == 2**0.5  # type: ignore[arg-type]


def test_the_precision_of_others_is_left_alone() -> None:
    with mpmath.workdps(7):
        at("exp(1)", 50)
        assert mpmath.mp.dps == 7


def test_threads_do_not_disturb_each_other() -> None:
    found: dict[int, list[object]] = {}

    def work(digits: int) -> None:
        found[digits] = [at("exp(sin(x))", digits, x="1/7") for _ in range(40)]

    threads = [threading.Thread(target=work, args=(d,)) for d in (10, 20, 40, 80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for digits, values in found.items():
        assert values == [at("exp(sin(x))", digits, x="1/7")] * 40


# --- complex values ----------------------------------------------------------------


def test_values_may_be_complex() -> None:
    assert at("log(-1)") == mpmath.mpc(0, mpmath.pi)
    assert at("(-8)^(1/3)") == mpmath.mpc(1, mpmath.sqrt(3))
    assert at("x*I", x=1 + 2j) == mpmath.mpc(-2, 1)


def test_a_vanishing_imaginary_part_goes() -> None:
    assert at("sqrt(x)^2", x=-2) == -2
    assert isinstance(at("sqrt(x)*sqrt(x)", x=-2), mpmath.mpf)
    assert isinstance(at("exp(I*pi)"), mpmath.mpf)
    assert isinstance(at("exp(I/10^40)"), mpmath.mpc)


def test_complex_values_have_no_order() -> None:
    assert at("(1 + 2*I)*(1 - 2*I) > 4") is True
    with pytest.raises(DomainError, match="complex values have no order"):
        at("sqrt(x) > 0", x=-1)


# --- conditions and choices --------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "where(x > 0, log(x), 7)",
        "where(x == 0, 7, 1/x)",
        "where(x == 0, where(x < 1, 7, gamma(x)), exp(exp(exp(1/x))))",
        "where(x == 0 or 1/x > 0, 7, 8)",
        "where(x != 0 and 1/x > 0, 8, 7)",
        "where(not (x > 0 and 1/x > 0), 7, 8)",
        "where(x < 1, 7, 9^9^9^9)",
    ],
)
def test_what_is_not_chosen_does_no_harm(text: str) -> None:
    assert at(text, x=0) == 7


def test_what_is_chosen_must_have_a_value() -> None:
    with pytest.raises(DomainError, match="log"):
        at("where(x >= 0, log(x), 7)", x=0)
    with pytest.raises(DomainError, match="division by zero"):
        at("where(1/x > 0, 7, 7)", x=0)


def test_a_condition_is_true_or_false() -> None:
    assert at("x < y and not y == 3", x=1, y=2) is True


def test_infinity_is_a_bound() -> None:
    assert at("max(x, -inf)", x=3) == 3
    assert at("clip(x, 0, inf)", x=3) == 3
    with pytest.raises(DomainError, match="infinite"):
        at("max(x, inf)", x=3)


# --- no value ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1 + 1/x", "1/x"),
        ("log(x)", "log(x)"),
        ("x^(-2)", "x^(-2)"),
        ("gamma(x - 3)", "gamma(x - 3)"),
        ("atanh(x + 1)", "atanh(x + 1)"),
        ("erfinv(x + 1)", "erfinv(x + 1)"),
        ("tan(x)/sin(x)", "tan(x)/sin(x)"),
        ("digamma(x)", "digamma(x)"),
        ("besselk(1, x)", "besselk(1, x)"),
        ("polylog(1, x + 1)", "polylog(1, x + 1)"),
        ("zeta(x + 1)", "zeta(x + 1)"),
    ],
)
def test_the_error_says_which_part_has_no_value(text: str, where: str) -> None:
    with pytest.raises(DomainError) as caught:
        at(text, x=0)
    assert caught.value.message.startswith(f"{parse(where)} has no value")


def test_a_pole_that_is_met_by_rounding_only() -> None:
    with pytest.raises(DomainError, match="changes with every digit"):
        at("1/sin(pi)")


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(CalcmlError, match="the variable y has no value"):
        at("x*y", x=1)


@pytest.mark.parametrize("value", ["a", "1/0", float("nan"), float("inf"), None, [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(CalcmlError, match="number"):
        at("x", x=value)


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9^9",
        "x^x^x",
        "sin(9^9^9)",
        "exp(exp(exp(10)))",
        "exp(exp(exp(10))) - exp(exp(exp(10)))",
        "gamma(1e3000)",
        "polygamma(10^9, 2)",
        "zeta(2)^(10^30)",
    ],
)
def test_absurd_sizes_are_an_error_at_once(text: str) -> None:
    with pytest.raises((LimitError, DomainError)):
        at(text, x="1e200")


def test_large_values_that_can_be_held_are_held() -> None:
    assert at("log(exp(20000))") == 20000
    assert at("softplus(1e6)") == 1_000_000
    assert at("log(sigmoid(-20000))") == -20000


@pytest.mark.parametrize("digits", [0, -3, 10**9])
def test_digits_have_limits(digits: int) -> None:
    with pytest.raises(LimitError, match="digits"):
        at("pi", digits)


def test_a_numeral_has_a_limit() -> None:
    with pytest.raises(LimitError, match="exponent"):
        at("x", x="1e999999999")


# --- unknown functions, depth ------------------------------------------------------


def test_unknown_functions_are_the_callers() -> None:
    with pytest.raises(UnsupportedError, match="unknown function f"):
        at("f(x)", x=1)
    functions = {"f": lambda t: t.context.sin(t), "g": lambda s, t: s**3 * t**2}
    assert evalf(parse("f(x)"), {"x": 1}, functions=functions) == mpmath.sin(1)
    assert parse("f(x)").evalf({"x": 1}, functions=functions) == mpmath.sin(1)
    slope = evalf(parse("D(f(x), x, 2)"), {"x": 1}, 20, functions)
    assert abs(slope + mpmath.sin(1)) < 1e-15
    assert evalf(parse("D(g(x, y), x, 2, y)"), {"x": 2, "y": 3}, 20, functions) == 72


def test_depth_is_data() -> None:
    node: Expr = symbol("x")
    for _ in range(20_000):
        node = make("sin", (node,))
    assert 0 < float(evalf(node, {"x": 1}, 5)) < 0.02


@pytest.mark.parametrize("x", ["1e20", "1e60", "1e100", "1e150"])
def test_a_sum_that_loses_every_digit_confirms_nothing(x: str) -> None:
    """Two runs agree on exp(0), for sqrt(x^2 + x) - x is 1/2 in many digits alone."""
    assert at("exp(sqrt(x^2 + x) - x)", x=x) == pytest.approx(float(mpmath.exp(0.5)))
