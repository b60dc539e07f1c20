"""Special functions at neighbours, mirrored, complements: as short as in tables."""

from __future__ import annotations

import pytest

from calcml import diff, parse, simplify
from tests.support import operations

SHORT = [
    ("gamma(x + 1)/gamma(x)", "x"),
    ("gamma(x + 2)/gamma(x)", "x*(x + 1)"),
    ("gamma(x + 1) - x*gamma(x)", "0"),
    ("digamma(x + 1) - digamma(x)", "1/x"),
    ("polygamma(1, x + 1) - polygamma(1, x)", "-1/x^2"),
    ("polygamma(0, x) - digamma(x)", "0"),
    ("lgamma(x + 1) - lgamma(x)", "log(abs(x))"),
    ("beta(a, b)*gamma(a + b)/gamma(a)", "gamma(b)"),
    ("betaln(a, b) + lgamma(a + b) - lgamma(a)", "lgamma(b)"),
    ("zeta(s, a) - zeta(s, a + 1)", "a^(-s)"),
    ("zeta(2)*6/pi^2", "1"),
    ("erf(x) + erfc(x)", "1"),
    ("erfc(x) + erfc(-x)", "2"),
    ("ndtr(x) + ndtr(-x)", "1"),
    ("softplus(x) - softplus(-x)", "x"),
    ("gammainc(a, x) + gammaincc(a, x)", "1"),
    ("lowergamma(a, x) + uppergamma(a, x)", "gamma(a)"),
    ("lowergamma(a + 1, x) - a*lowergamma(a, x)", "-x^a*exp(-x)"),
]

# a formula, and the operations of its derivative by x
SLOPES = [
    ("besselj(0, x)", 2),
    ("besseli(0, x)", 1),
    ("besselk(0, x)", 2),
    ("x*besselj(1, x)", 2),
    ("x*besseli(1, x)", 2),
    ("x*besselk(1, x)", 3),
    ("x^2*besselj(2, x)", 3),
    ("besselj(1, x)/x", 3),
    ("x^n*besselj(n, x)", 4),
    ("besselj(n, x)/x^n", 6),
    ("lgamma(x + 1) - lgamma(x)", 1),
    ("polylog(2, 1 - x)", 6),
    ("-polylog(2, -exp(x))", 1),
    ("gamma(x)/gamma(x + 1)", 3),
    ("log(beta(x, b))", 4),
    ("x^(-a)*lowergamma(a, x)", 7),
    ("x^(-a)*uppergamma(a, x)", 7),
]
OPTION = (
    "S*ndtr((log(S/K) + (r + s^2/2)*T)/(s*sqrt(T))) - "
    "K*exp(-r*T)*ndtr((log(S/K) + (r - s^2/2)*T)/(s*sqrt(T)))"
)
POSITIVE = "S > 0 and K > 0 and s > 0 and T > 0"
GREEKS = {  # textbooks' delta, slope by the strike, rho and vega
    "S": "ndtr((log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)))",
    "K": "-exp(-r*T)*ndtr((log(S/K) + (r - s^2/2)*T)/(s*sqrt(T)))",
    "r": "K*T*exp(-r*T)*ndtr((log(S/K) + (r - s^2/2)*T)/(s*sqrt(T)))",
    "s": "S*sqrt(T)*exp(-((log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)))^2/2)/sqrt(2*pi)",
}


@pytest.mark.parametrize(("text", "form"), SHORT)
def test_values_are_written_by_others_that_occur(text: str, form: str) -> None:
    assert str(simplify(text)) == form


@pytest.mark.parametrize(("text", "count"), SLOPES)
def test_derivatives_are_those_of_tables(text: str, count: int) -> None:
    assert operations(str(diff(text, "x"))) <= count


@pytest.mark.parametrize("by", GREEKS)
def test_exponentials_are_written_by_each_other(by: str) -> None:
    """exp(-d1^2/2)*S is exp(-d2^2/2 - r*T)*K, so that both densities cancel."""
    found, known = diff(OPTION, by, given=POSITIVE), parse(GREEKS[by])
    at = {"S": 105, "K": 98, "r": "1/30", "s": "1/5", "T": "3/4"}
    assert abs(found.evalf(at, digits=30) - known.evalf(at, digits=30)) < 1e-25
    assert operations(str(found)) <= operations(GREEKS[by])
    assert simplify(found, given=POSITIVE) is found


@pytest.mark.parametrize(
    "text",
    [
        "(besselj(0, x) - besselj(2, x))/2",  # has a value at 0
        "erfc(x)*y + erf(x)*z",
        "digamma(x + 3) - digamma(x)",
        "erfc(x)*a - a",
    ],
)
def test_what_would_be_longer_or_undefined_stays(text: str) -> None:
    assert operations(str(simplify(text))) == operations(text)
