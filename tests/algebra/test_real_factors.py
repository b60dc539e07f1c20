"""|u|, sgn(u) and roots of powers in products: short, and equal at real points."""

from __future__ import annotations

from random import Random

import pytest

import calcml as cm
from calcml import DomainError

SEED = 11


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("abs(x)^2", "x^2"),
        ("abs(x)*sign(x)", "x"),
        ("abs(x)/x", "sign(x)"),
        ("sign(x)^2", "sign(x)^2"),  # it is 0 at 0
        ("x*sign(x)^2", "x"),
        ("sign(x)/abs(x)", "1/x"),
        ("x/abs(x)^3", "sign(x)/x^2"),
        ("(x - 1)*sign(1 - x)", "-abs(1 - x)"),
        ("abs(x*y)/abs(y)", "abs(x)"),
        ("abs(x)*abs(y)", "abs(x*y)"),
        ("sign(x)*sign(y)", "sign(x*y)"),
        ("y*sign(x*y)", "y*sign(x*y)"),  # apart it is no shorter
        ("(x^4)^(1/4)", "abs(x)"),
        ("sqrt(x^6)", "abs(x)^3"),
        ("sqrt((x^2 - 1)^2/(x^2 + 1)^2)", "abs(x^2 - 1)/(x^2 + 1)"),
        ("sqrt(x^2*y)", "sqrt(x^2*y)"),  # x = 0 with y < 0 has a value
        ("x^4/cbrt(x)^10", "cbrt(x)^2"),
        ("cbrt(-8*x^3)", "-2*x"),
        ("sqrt(2)*sqrt(pi)", "sqrt(2*pi)"),
        ("sqrt(pi*a) - sqrt(a)*sqrt(pi)", "0"),
        ("sqrt(2/pi)*x", "x*sqrt(2/pi)"),
        ("(sin(y)/2)^(7/2)", "(sin(y)/2)^(7/2)"),
        ("abs(3*x)^(10^6)*x", "3^1000000*x^1000001"),
    ],
)
def test_the_form_of_a_product(text: str, form: str) -> None:
    found = cm.simplify(text)
    assert str(found) == form
    assert cm.simplify(found) is found


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("log(abs(x))", "1/x"),
        ("log(abs(cos(x)))", "-tan(x)"),
        ("log(abs((x - 1)/(x + 1)))/2", "1/(x^2 - 1)"),
        ("abs(x)^3", "3*x*abs(x)"),
        ("1/abs(x)", "-sign(x)/x^2"),
        ("abs(x)/x", "0"),
        ("atan2(y, abs(x))", "-y*sign(x)/(x^2 + y^2)"),
        ("cbrt(x^5)", "5*cbrt(x)^2/3"),
        ("x/cbrt(x)", "2/(3*cbrt(x))"),
        ("sqrt(x^3)", "3*sqrt(x)/2"),
        ("asin(2*x/(1 + x^2))", "-2*sign(x^2 - 1)/(x^2 + 1)"),
        ("relu(x)^2", "2*relu(x)"),
    ],
)
def test_a_slope(text: str, slope: str) -> None:
    assert str(cm.diff(text, "x")) == slope


def test_random_products_keep_their_values() -> None:
    random = Random(SEED)
    parts = "x y abs(x) sign(x) abs(x*y) sign(x/y) abs(1-x) (x-1) cbrt(x) cbrt(x^2*8)"
    points = [{"x": x, "y": y} for x in (-2, 0, 0.25, 1, 3) for y in (-1.5, 0, 2)]
    for _ in range(300):
        some = random.choices(parts.split(), k=random.randint(2, 4))
        powers = random.choices([-3, -2, -1, 1, 2, 3, 4], k=len(some))
        text = "*".join(f"({u})^({k})" for u, k in zip(some, powers, strict=True))
        if random.random() < 0.3:
            text = f"({text})^({random.choice(['1/2', '3/2', '1/4', '-1/2'])})"
        found = cm.simplify(text)
        for point in points:
            try:
                wanted = cm.parse(text).evalf(point)
            except DomainError:
                continue
            if wanted.imag:  # of real numbers alone it is the same
                continue
            assert abs(found.evalf(point) - wanted) <= 1e-12 * abs(wanted), (
                text,
                found,
                point,
                SEED,
            )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("abs(x*y)", "x*abs(y)"),
        ("sign(x*y*z)", "sign(y*z)"),
        ("sqrt(x*y)/sqrt(x)", "sqrt(y)"),
        ("sqrt(1 + y^2)*abs(x*y)/x", "abs(y)*sqrt(y^2 + 1)"),
    ],
)
def test_what_is_given_as_positive_leaves_signs_and_roots(text: str, form: str) -> None:
    assert str(cm.simplify(text, given="x > 0")) == form
