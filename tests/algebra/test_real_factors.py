"""|u|, sgn(u) and roots of powers in products: short, and equal at real points."""

from __future__ import annotations

from random import Random

import pytest

import calcml as cm
from calcml import DomainError
from calcml.core.expr import walk

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
        ("sqrt(2)*sqrt(x)*sqrt(y)", "sqrt(y)*sqrt(2*x)"),
        ("3*sqrt(5)*sqrt(20)*x + y", "30*x + y"),
        ("sqrt(5 + sqrt(5))*sqrt(5 - sqrt(5))*sqrt(5)", "10"),
        ("1/(sqrt(x + sqrt(x^2 - 1))*sqrt(x - sqrt(x^2 - 1)))", "1"),
        ("sqrt(sqrt(x^2 + 1) + 1)*sqrt(sqrt(x^2 + 1) - 1)", "abs(x)"),
        ("-3*x*sign(x - y)", "3*x*sign(y - x)"),
        ("cosh(2*abs(x)*y)", "cosh(2*x*y)"),
        ("sin(2*abs(x))/abs(x)", "sin(2*x)/x"),
        ("tanh(abs(x - 1))*sign(x - 1)", "tanh(x - 1)"),
        ("sin(abs(x))*sign(y)", "sign(y)*sin(abs(x))"),
        ("(sin(y)/2)^(7/2)", "(sin(y)/2)^(7/2)"),
        ("abs(3*x)^(10^6)*x", "3^1000000*x^1000001"),
    ],
)
def test_the_form_of_a_product(text: str, form: str) -> None:
    found = cm.simplify(text)
    assert str(found) == form
    assert cm.simplify(found) is found


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("c*abs(c)*sign(x) - c^2*sign(c*x)", "0"),
        ("abs(x*y) - x*y*sign(x)*sign(y)", "0"),
        ("(abs(x) + 1)*(abs(x) - 1)", "x^2 - 1"),
        ("(x^2 + abs(x))/x", "x + sign(x)"),
        ("(abs(c)*x + c*abs(x))/(c*x)", "sign(c) + sign(x)"),
        ("2*x*sign(x^2 - 1) - 2*x*abs(x^2 - 1)/(x^2 + 1)",
         "4*x*sign(x^2 - 1)/(x^2 + 1)"),
        ("sign(x)^2 - 1", "sign(x)^2 - 1"),  # it is -1 at 0
        ("(sign(x) + 1)^2 - 2*sign(x)", "sign(x)^2 + 1"),
        ("(sign(x) + y)^2/x - y^2/x", "(2*y*sign(x) + 1)/x"),
        ("sqrt(1 - 1/x^2)*abs(x) - sqrt(x^2 - 1)", "0"),
        ("c*x*sqrt(1 - 1/(c^2*x^2))*sign(c) - sqrt(c^2*x^2 - 1)*x/abs(x)", "0"),
        ("(y + 1/x^2)^(3/2)*x^3 - abs(x)^3*(x^2*y + 1)^(3/2)/x^3", "0"),
    ],
)  # fmt: skip
def test_signs_and_roots_of_factors_are_related_in_sums(text: str, form: str) -> None:
    assert str(cm.simplify(text)) == form


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("asin(x/a)", "1/sqrt((a + x)*(a - x))"),
        ("asinh(x/a)", "1/sqrt(a^2 + x^2)"),
        ("asec(x/a)", "a/(abs(x)*sqrt((a + x)*(x - a)))"),
        ("sqrt(a*x)", "sqrt(a)/(2*sqrt(x))"),
        ("x/2*sqrt(a^2 - x^2) + a^2/2*asin(x/a)", "sqrt((a + x)*(a - x))"),
    ],
)
def test_a_slope_where_a_parameter_is_positive(text: str, slope: str) -> None:
    assert str(cm.diff(text, "x", given="a > 0")) == slope


def test_a_given_sign_is_used_once() -> None:
    """x |y| stood for x^2 |y| where |x| is x and stands beside another x."""
    assert str(cm.simplify("abs(x*y)*x*abs(y)", given="x >= 0")) == "x^2*y^2"
    assert str(cm.simplify("abs(x*y)*sqrt(x^2*y^2)", given="x >= 0")) == "x^2*y^2"


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
        ("asin(2*x/(1 + x^2))", "2*sign(1 - x^2)/(x^2 + 1)"),
        ("relu(x)^2", "2*relu(x)"),
        ("asin(x/a)", "sign(a)/sqrt((a + x)*(a - x))"),
        ("asec(x)", "1/(abs(x)*sqrt(x^2 - 1))"),
        ("asin(1/abs(x))", "-1/(x*sqrt(x^2 - 1))"),
        ("acos(2*x^2 - 1)", "-2*sign(x)/sqrt(1 - x^2)"),
        ("acosh(sqrt(x^2 + 1))", "sign(x)/sqrt(x^2 + 1)"),
        ("sqrt(a^2*x^2)", "abs(a)*sign(x)"),
        ("sqrt(pi*x)", "sqrt(pi)/(2*sqrt(x))"),
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
        assert_equal_where_real(text, points)


def test_random_sums_keep_their_values() -> None:
    random = Random(SEED)
    parts = (
        "x y 1/x 3 abs(x) sign(x) abs(x*y) sign(x/y) abs(1-x) sign(x-1) (x-1) "
        "sqrt(x^2-1) sqrt(1-1/x^2) sqrt(y^2+1) sqrt(1+1/y^2) sqrt(x/2) sqrt(x^2*y^2) "
        "sqrt(5-sqrt(5)) sqrt(5+sqrt(5)) sqrt(5) sqrt(4-x^2) sqrt(4/x^2-1)"
    ).split()
    points = [{"x": x, "y": y} for x in (-2, -1, 0, 0.25, 1, 3) for y in (-1.5, 0, 2)]
    for _ in range(40):
        sums = []
        for _ in range(2):
            terms = [
                "*".join(random.choices(parts, k=random.randint(1, 3))) for _ in "12"
            ]
            sums.append("(" + random.choice("+-").join(terms) + ")")
        assert_equal_where_real(random.choice("*/+").join(sums), points)


def assert_equal_where_real(text: str, points: list[dict[str, float]]) -> None:
    """The short form has the text's values where all of its parts are real."""
    typed = cm.parse(text)
    try:
        found = cm.simplify(typed)
    except DomainError:
        return
    partial = [n for n in walk(typed) if n.op in ("sqrt", "pow", "div")]
    for point in points:
        try:
            if any(n.evalf(point).imag for n in partial):
                continue
            wanted = typed.evalf(point)
        except DomainError:
            continue
        off = abs(found.evalf(point) - wanted)
        assert off <= 1e-12 * max(1, abs(wanted)), (text, found, point, SEED)


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


@pytest.mark.parametrize("root", ["sqrt({})", "({})^(1/3)", "({})^(5/2)", "1/sqrt({})"])
@pytest.mark.parametrize(
    "inside", ["2^z/(x/2 + y/2)", "3^z*(3*x + 3*y)", "2^z/(y/8)", "2^z*3^x/(6*x)"]
)
def test_a_number_beside_its_power_stays(root: str, inside: str) -> None:
    """sqrt(2^z/(x/2)) has 2^(z/2) and sqrt(2): one was put in the other's place."""
    e = cm.parse(root.format(inside))
    at = {"x": 0.6, "y": 1.7, "z": 2.3}
    assert float(cm.simplify(e).evalf(at)) == pytest.approx(
        float(e.evalf(at)), rel=1e-13
    )
