"""Where expressions are zero."""

from __future__ import annotations

import pytest

from calcml.calculus.zeros import zeros
from calcml.core.expr import symbol
from calcml.parsing.parser import parse

X = symbol("x")

POINTS = [
    ("x", "0"),
    ("2*x - 3", "3/2"),
    ("x^2 - 2", "-sqrt(2), sqrt(2)"),
    ("x^2 - x - 1", "1/2 - sqrt(5)/2, 1/2 + sqrt(5)/2"),
    ("x^2 + 1", ""),
    ("x^3 - 2", "2^(1/3)"),
    ("x^4 - 5*x^2 + 6", "-sqrt(3), -sqrt(2), sqrt(2), sqrt(3)"),
    ("(x - 1)^2*(x + 2)", "-2, 1"),
    ("w*x + b", "-b/w"),
    ("x^2 + y^2 - 1", "-sqrt(1 - y^2), sqrt(1 - y^2)"),
    ("exp(x) - 2", "log(2)"),
    ("exp(x) + 1", ""),
    ("x*exp(x) - exp(x)", "1"),
    ("log(x)", "1"),
    ("log(x) - 1", "e"),
    ("sqrt(x) - 2", "4"),
    ("sqrt(x) + 1", ""),
    ("abs(x) - 1", "-1, 1"),
    ("1/x", ""),
    ("1/x - 3", "1/3"),
    ("x/abs(x)", ""),
    ("sigmoid(x) - 1/2", "0"),
    ("softplus(x)", ""),
    ("erf(x)", "0"),
    ("cosh(x) - 2", "-acosh(2), acosh(2)"),
    ("x*log(x)", "1"),
    ("exp(2*x) - exp(x) - 2", "log(2)"),
    ("exp(3*x/4) + exp(3*x/2) - 2", "0"),
    ("2^x - 4^x + 1", "log(1/2 + sqrt(5)/2)/log(2)"),
    ("x*exp(x) - x", "0"),
    ("sinh(2*x) - cosh(x)", "asinh(1/2)"),
    ("2*cosh(x) - 3*sinh(x)", "atanh(2/3)"),
    ("3*cosh(x) - sinh(x) - 3", "0, log(2)"),
    ("max(x, 0, 1 - x)", ""),
    ("where(x > 0, x - 1, x + 2)", "-2, 1"),
    ("where(x > 0, x + 1, x - 2)", ""),
]


@pytest.mark.parametrize(("g", "points"), POINTS, ids=str)
def test_all_zeros(g: str, points: str) -> None:
    found = zeros(parse(g), X)
    assert ", ".join(map(str, found.points)) == points
    assert found.complete
    assert not found.families
    assert not found.everywhere


@pytest.mark.parametrize(
    ("g", "families"),
    [
        ("sin(x)", "pi*n"),
        ("sin(2*x)", "pi*n/2"),
        ("cos(x)", "pi*n + pi/2"),
        ("sin(x) - 2*cos(x)", "pi*n + atan(2)"),
        ("sin(x)^2 + cos(x) + 1", "2*pi*n + pi"),
        ("1 + sin(x) + cos(x)", "pi*(4*n - 1)/2, 2*pi*n + pi"),
        ("tan(x)", "pi*n"),
        ("sin(x) - 1/2", "2*pi*n + pi/6, 2*pi*n + 5*pi/6"),
        ("sin(1/x)", "1/(pi*n) for n != 0"),
        ("sin(x)/x", "pi*n for n != 0"),
        ("sin(n*x)", "pi*k/n"),
    ],
    ids=str,
)
def test_families(g: str, families: str) -> None:
    found = zeros(parse(g), X)
    shown = [
        str(f.at) if f.given is None else f"{f.at} for {f.given}"
        for f in found.families
    ]
    assert ", ".join(shown) == families
    assert found.complete
    assert not found.points


@pytest.mark.parametrize(
    ("g", "digits", "complete"),
    [
        ("x^5 - x - 1", "1.167303978261418684256045899854842180720560", True),
        ("x - cos(x)", "0.739085133215160641655312087673873404013412", False),
    ],
)
def test_zeros_that_are_no_short_expressions(
    g: str, digits: str, complete: bool
) -> None:
    found = zeros(parse(g), X)
    assert [str(p)[:40] for p in found.points] == [digits[:40]]
    assert found.approximate == set(found.points)
    assert found.complete is complete


def test_what_else_must_hold_stands_beside() -> None:
    assert [str(*c) for c in zeros(parse("w*x + b"), X).given] == ["w != 0"]
    assert [str(*c) for c in zeros(parse("max(x, y)"), X).given] == ["y <= 0"]
    found = zeros(parse("x^2 - y"), X)
    assert [str(*c) for c in found.given] == ["y >= 0", "y >= 0"]


def test_zeros_that_are_no_points() -> None:
    assert zeros(parse("x - x"), X).everywhere
    found = zeros(parse("abs(x - 1) + x - 1"), X)
    assert found.regions
    assert not found.everywhere


def test_an_equation_that_comes_again_is_searched_for() -> None:
    """x*exp(x) - 1/e = 0 is x*exp(x) = exp(-1), and that x*exp(x) - exp(-1) = 0."""
    found = zeros(parse("x*exp(x) - 1/e"), X)
    assert [str(p)[:12] for p in found.points] == ["0.2784645427"]
    assert not found.complete
