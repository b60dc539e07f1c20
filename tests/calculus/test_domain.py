"""Where functions are defined, where they have slopes, and where these are chosen."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from calcml import UnsupportedError, kinks as cm_kinks, parse
from calcml.algebra.definedness import conditions
from calcml.calculus.domain import Domain, domain
from calcml.calculus.domain.solve import NOWHERE, solved
from calcml.core.expr import Expr, make
from calcml.core.mathml import mathml
from calcml.evaluate.sample import holds

EVERYWHERE = ""

# formula, conditions of the value, conditions of the derivative ("=": the same)
CASES = [
    # one interval
    ("log(x)", "x > 0", "="),
    ("sqrt(x + 1)", "x >= -1", "x > -1"),
    ("sqrt(1 - x^2)", "-1 <= x and x <= 1", "-1 < x and x < 1"),
    ("asin(2*x)", "-1/2 <= x and x <= 1/2", "-1/2 < x and x < 1/2"),
    ("acos(x - 1)", "0 <= x and x <= 2", "0 < x and x < 2"),
    ("atanh(x)", "-1 < x and x < 1", "="),
    ("acosh(x)", "x >= 1", "x > 1"),
    ("asin(2*x/(1 + x^2))", EVERYWHERE, EVERYWHERE),
    ("lambertw(x)", "x >= -exp(-1)", "x > -exp(-1)"),
    ("(lambertw(x) + 1)^2", "x >= -exp(-1)", "="),
    ("lambertw(x^2 - 1/e)", EVERYWHERE, EVERYWHERE),
    ("lambertw(x, -1)", "-exp(-1) <= x and x < 0", "-exp(-1) < x and x < 0"),
    ("(lambertw(x, -1) + 1)^2", "-exp(-1) <= x and x < 0", "="),
    # sums of squares are 0 where each is
    ("x^3/(x^2 + sin(x)^2)", "x != 0", "="),
    ("sqrt(x^4 + sin(x)^4)", EVERYWHERE, EVERYWHERE),
    ("x*sqrt(sin(x)^2 + x^4)", EVERYWHERE, EVERYWHERE),
    ("sqrt(x^2 + y^2 + z^2) + 2*x", EVERYWHERE, EVERYWHERE),
    # a sign, by what has it
    ("sqrt((x^2 - a)^3)", "x^2 >= a", "="),
    ("log((x - a)^3)", "x > a", "="),
    ("sqrt(sinh(x - a))", "x >= a", "x > a"),
    ("sqrt(cbrt(x - a))", "x >= a", "x > a"),
    ("log(log(x*y))", "x*y > 1", "="),
    ("sqrt(-(x - a)^2)", "x == a", "1 < 0"),
    ("log(log(x))", "x > 1", "="),
    ("log(x)^(1/2)", "x >= 1", "x > 1"),
    ("x^(1/3)", "x >= 0", "x > 0"),
    ("x^(3/2)", "x >= 0", "="),
    ("1/x + sqrt(x)", "x > 0", "="),
    ("sqrt(x)*sqrt(1 - x)", "0 <= x and x <= 1", "0 < x and x < 1"),
    ("asin(x) + log(x)", "0 < x and x <= 1", "0 < x and x < 1"),
    ("log(2 - exp(x))", "x < log(2)", "="),
    ("log(8 - 2^x)", "x < 3", "="),
    # several intervals
    ("log(x^2 - 1)", "x < -1 or x > 1", "="),
    ("acosh(x^2)", "x <= -1 or x >= 1", "x < -1 or x > 1"),
    ("sqrt(abs(x) - 1)", "x <= -1 or x >= 1", "x < -1 or x > 1"),
    ("sqrt(x^2 - 4)/(x - 3)", "x <= -2 or x >= 2; x != 3", "x < -2 or x > 2; x != 3"),
    ("log(x*(x - 1)*(x - 2))", "0 < x and x < 1 or x > 2", "="),
    ("sqrt(-x^2)", "x == 0", "1 < 0"),
    # places left out
    ("1/(x^2 - 1)", "x != -1; x != 1", "="),
    ("1/(x^2 - 2)", "x != -sqrt(2); x != sqrt(2)", "="),
    ("1/(exp(x) - 1)", "x != 0", "="),
    ("sqrt(x^2)", EVERYWHERE, EVERYWHERE),
    ("round(x)*log(x)", "x > 0", "x > 0; x + 1/2 != floor(x + 1/2)"),
    ("floor(x) + ceil(x)", EVERYWHERE, "x != floor(x)"),
    ("1/(2^x - 8)", "x != 3", "="),
    ("x^2/x", "x != 0", "="),
    ("1/abs(x - 1)", "x != 1", "="),
    ("log(abs(x))", "x != 0", "="),
    ("log(x)/(x - 2)", "x > 0; x != 2", "="),
    ("cbrt(x)", EVERYWHERE, "x != 0"),
    ("acot(x)", "x != 0", "="),
    ("sqrt(abs(x - 1) + abs(x - 2))", EVERYWHERE, EVERYWHERE),
    ("sqrt(sqrt(abs(x)) + (x - 1)^4)", EVERYWHERE, "x != 0"),
    ("1/(x - y)/(x + y)", "x != y; x + y != 0", "="),
    ("1/(1/a + b/c)", "a != 0; c != 0; 1/a + b/c != 0", "="),
    ("log(x - y)/(y - x)", "x > y", "="),
    ("1/(1 - a*b/3)", "a*b != 3", "="),
    (
        "sqrt(x^2 - 1)/floor(x)",
        "x <= -1 or x >= 1; floor(x) != 0",
        "x < -1 or x > 1; floor(x) != 0; x != floor(x)",
    ),
    ("1/(x - 1)/(2*x - 2)/(x - 3)", "x != 1; x != 3", "="),
    # everywhere, nowhere
    ("exp(x)", EVERYWHERE, "="),
    ("1/(x^2 + 1)", EVERYWHERE, "="),
    ("log(cosh(x))", EVERYWHERE, "="),
    ("sqrt(-1 - x^2)", "1 < 0", "="),
    ("log(x) + log(-x)", "1 < 0", "="),
    # several variables
    ("1/(x*(y + 1))", "x != 0; y != -1", "="),
    ("sqrt(x - y)", "x >= y", "x > y"),
    ("log(x - a)", "x > a", "="),
    ("1/(x - y)", "x != y", "="),
    ("log(1 - x^2 - y^2)", "x^2 + y^2 < 1", "="),
    ("log(x*y)", "x*y > 0", "="),
    ("log(x)*sqrt(y)", "x > 0; y >= 0", "x > 0; y > 0"),
    ("hypot(x, y)", EVERYWHERE, "="),
    ("1/(x^2 + y^2)", "x != 0 or y != 0", "="),
    ("log(abs(x - y))", "x != y", "="),
    ("atan2(y, x)", "x != 0 or y != 0", "y != 0 or x > 0"),
    # no condition twice
    ("log(x) + log(x*y)", "x > 0; y > 0", "="),
    ("sqrt(x*y)", "x*y >= 0", "x*y > 0"),
    ("sqrt(x^2*y)", "x^2*y >= 0", "x != 0; y > 0"),
    ("log(y/x) + 1/x", "y/x > 0", "="),
    ("log(x*y) + log(-x)", "x < 0; y < 0", "="),
    ("log(x^3*y)/y", "x*y > 0", "="),
    ("x*y/(x*y)", "x != 0; y != 0", "="),
    # what has infinitely many zeros stays as it is
    ("tan(x)", "cos(x) != 0", "="),
    ("1/sin(x)", "sin(x) != 0", "="),
    ("sqrt(sin(x))", "sin(x) >= 0", "sin(x) > 0"),
    ("x^x", "x >= 0 or x == floor(x)", "x > 0"),
    ("gamma(x)", "x > 0 or x != floor(x)", "="),
    # choices
    ("where(x > 0, log(x), 1/x)", "x != 0", "="),
    ("where(x < 0, sqrt(-x), sqrt(x))", EVERYWHERE, "x != 0"),
    ("where(x > 1, log(x), 0)", EVERYWHERE, "="),
    ("where(x == 0, 1, sin(x)/x)", EVERYWHERE, "="),
    ("where(x == 0, 0, x*log(x))", "x >= 0", "x > 0"),
]  # fmt: skip


def told(conditions: tuple[Expr, ...]) -> str:
    return "; ".join(map(str, conditions))


@pytest.mark.parametrize(("text", "value", "slope"), CASES, ids=[c[0] for c in CASES])
def test_domains(text: str, value: str, slope: str) -> None:
    found = domain(text)
    assert told(found.function) == value
    assert found.derivative is not None
    assert told(found.derivative) == (value if slope == "=" else slope)


@pytest.mark.parametrize("text", [c[0] for c in CASES])
def test_the_conditions_are_equal_to_those_of_the_parts(text: str) -> None:
    """Solved, they hold where each operation has a value, on the ends, too."""
    root = parse(text)
    asked, told = conditions(root), domain(root).function
    grid = [Fraction(n, 4) for n in range(-20, 21)]
    rng = random.Random(20_261_124)
    for x in grid:
        point = {n: rng.choice(grid) for n in sorted(root.free_symbols)} | {"x": x}
        # A condition that has no value fails: another one asks for what it lacks.
        assert all(holds(c, point) is True for c in asked) == all(
            holds(c, point) is True for c in told
        ), point


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("abs(x)", "x == 0"),
        ("relu(x - 1)", "x == 1"),
        ("abs(x^2 - 1)", "x == -1; x == 1"),
        ("max(x, y)", "x == y"),
        ("hypot(x, y)", "x == 0 and y == 0"),
        ("clip(x, 0, 1)", "x == 0; x == 1"),
        ("where(x >= 2, 3*x, x + 4)", "x == 2"),
        ("where(x > 0, x^2, 0)", ""),
        ("where(x > 1, x - 1, 0)", "x == 1"),
        ("sqrt(x^2)", "x == 0"),
        ("sqrt((x - y)^2)", "x == y"),
        ("exp(-sqrt(x^2))", "x == 0"),
        ("asin(sin(x))", "abs(sin(x)) == 1"),
        ("abs(sin(x) - 1/2)", "sin(x) == 1/2"),
        ("floor(x)*sin(pi*x/2)", "x/2 == floor(x/2)"),
        ("x*abs(x)", ""),
        ("abs(x)^3", ""),
        ("where(x > 0, exp(-1/x), 0)", ""),
        ("step(x)", ""),
        ("max(x, y, z)", "x == y and y >= z; x == z and z >= y; y == z and z >= x"),
        ("max(0, 1 - y*s)", "y*s == 1"),
        ("abs(x)/x", ""),
        ("log(abs(x))", ""),
        ("cbrt(x)", ""),
        # where both slopes are the same there is no corner
        ("x*abs(y)", "x != 0 and y == 0"),
        ("abs(x)*abs(y)", "x == 0 and y != 0; x != 0 and y == 0"),
        ("max(x*y, 0)", "x == 0 and y != 0; x != 0 and y == 0"),
        ("elu(x, a)", "a != 1 and x == 0"),
        ("a*abs(x) + b*x", "a != 0 and x == 0"),
        # along the axes there is none at the origin, and yet there is one
        ("min(abs(x), abs(y))", "x == 0 and y != 0; abs(x) == abs(y); y == 0"),
        ("abs(x + y) - abs(x - y)", "x + y == 0; x == y"),
    ],
)
def test_places_of_a_choice(text: str, places: str) -> None:
    assert told(domain(text).chosen) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("step(x)", "x == 0"),
        ("floor(2*x)", "2*x == floor(2*x)"),
        ("floor(x^2)", "x != 0 and x^2 == floor(x^2)"),
        ("floor(x*y)", "x*y == floor(x*y)"),
        ("floor(x)*sin(pi*x/2)", "(x - 1)/2 == floor((x - 1)/2)"),
        ("sign(x^2 - 1)", "x == -1; x == 1"),
        ("where(x == 1, 2, x^2)", "x == 1"),
        ("where(x > 1, x, 0)", "x == 1"),
        ("where(x == 0, 5, 1/x)", "x == 0"),
        ("where(x == 0, 1, sqrt(x))", "x == 0"),
        ("step(x)*log(x)", ""),
    ],
)
def test_places_that_are_not_continuous(text: str, places: str) -> None:
    """They are no places of a choice, and there is no derivative."""
    found = domain(text)
    assert told(found.jumps) == places
    assert found.derivative is not None
    for place in found.jumps:
        assert solved([*found.derivative, place]) == (NOWHERE,)


@pytest.mark.parametrize(
    ("text", "by", "slope", "jumps"),
    [
        ("a^x", "x", "a > 0 or a == 0 and x > 0", "a == 0 and x == 0"),
        ("x^y", "y", "x > 0 or x == 0 and y > 0", "x == 0 and y == 0"),
        ("abs(a)^x", "x", "a != 0 or x > 0", "a == 0 and x == 0"),
        ("x*y^z", "z", "y > 0 or y == 0 and z > 0", "y == 0 and z == 0"),
        ("(a + 1)^x", "x", "a > -1 or a == -1 and x > 0", "a == -1 and x == 0"),
        ("log(a*x)", "x", "a*x > 0", ""),
        ("0^x", "x", "x > 0", "x == 0"),
    ],
)
def test_single_values_of_a_parameter(
    text: str, by: str, slope: str, jumps: str
) -> None:
    found = domain(text, by)
    assert found.derivative is not None
    assert (told(found.derivative), told(found.jumps)) == (slope, jumps)


def test_a_domain_is_told() -> None:
    found = domain("log(x)/(x - 1) + abs(x - 3)")
    assert str(found) == (
        "defined for x > 0 and x != 1; differentiable for x > 0 and x != 1, "
        "except for corners at x == 3, where a slope is chosen"
    )
    assert found.as_dict() == {
        "function": ["x > 0", "x != 1"],
        "derivative": ["x > 0", "x != 1"],
        "chosen": ["x == 3"],
        "jumps": [],
        "undecided": [],
        "kinds": [],
    }
    assert found.latex().startswith(r"\text{defined for }x > 0 \text{ and } x \ne 1")
    assert found.markdown().startswith("defined for `x > 0` and `x != 1`; ")
    first, other = [mathml(tex, alone=False) for tex in ("x > 0", r"x \ne 1")]
    assert found.html().startswith(f"<p>defined for {first} and {other}; ")
    assert str(domain("exp(x)")) == "defined everywhere; differentiable everywhere"
    assert str(domain("sqrt(-1 - x^2)")) == "defined nowhere; differentiable nowhere"
    assert str(domain("sqrt(x^2 - 4)/(x - 3)")).startswith(
        "defined for (x <= -2 or x >= 2) and x != 3;"
    )
    assert Domain((NOWHERE,), (NOWHERE,)).latex() == (
        r"\text{defined nowhere}; \quad \text{differentiable nowhere}"
    )


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("abs(x)", "everywhere, except for corners at x == 0, where a slope is chosen"),
        ("sqrt(x^2)", "everywhere, except for corners at x == 0, where a slope is"),
        ("max(x, x^2)", "everywhere, except for corners at x == 0 or x == 1, where"),
        ("x*abs(x)", "everywhere"),
        ("relu(x)^2", "everywhere"),
        ("cbrt(x)", "for x != 0"),
        ("sqrt(x)", "for x > 0"),
        ("sign(x)", "for x != 0; not continuous at x == 0"),
        ("floor(x)", "for x != floor(x); not continuous at x == floor(x)"),
        ("sin(x)/x", "for x != 0"),
        ("where(x == 0, 1, sin(x)/x)", "everywhere"),
    ],
)
def test_no_corner_is_called_differentiable(text: str, slopes: str) -> None:
    told = str(domain(text)).partition("; ")[2]
    assert told.startswith(f"differentiable {slopes}")
    assert told == f"differentiable {slopes}" or slopes.endswith(("where", "is"))


def test_what_is_not_known_is_said() -> None:
    found = domain("where(x == 0, 0, x^3*floor(1/x))")
    assert str(found).endswith(
        "the slope is undecided at x == 0 or 1/x == floor(1/x)"
    ), found


ELEMENTS = [
    ("relu(A @ x)", "", "(A @ x)[i] == 0", ""),
    ("norm1(A @ x - b)", "", "(A @ x)[i] == b[i]", ""),
    ("sum(clip(x, -1, 1))", "", "x[i] == -1; x[i] == 1", ""),
    ("step(A @ x - b)", "(A @ x)[i] != b[i]", "", "(A @ x)[i] == b[i]"),
    ("sum(x*abs(x))", "", "", ""),
]


@pytest.mark.parametrize(("formula", "slope", "chosen", "jumps"), ELEMENTS)
def test_places_of_elements(formula: str, slope: str, chosen: str, jumps: str) -> None:
    sizes = {"A": "m n", "x": "n", "b": "m"}
    shapes = {name: size for name, size in sizes.items() if name in formula}
    found = domain(formula, "x", shapes=shapes)
    assert told(found.derivative or ()) == slope
    assert told(found.chosen) == chosen
    assert told(found.jumps) == jumps


def test_many_conditions_are_sorted_once() -> None:
    places = range(1, 200)
    poles = domain("1/(" + "*".join(f"(x - {i})" for i in places) + ")").function
    assert poles == tuple(parse(f"x != {i}") for i in places)
    roots = domain("log(y) + " + " + ".join(f"1/sqrt(x - {i})" for i in places))
    assert set(roots.function) == {parse("x > 199"), parse("y > 0")}


@pytest.mark.parametrize("text", ["zeta(s)", "besselj(n, x)", "polylog(s, z) + 1/z"])
def test_without_a_derivative_in_closed_form_there_is_a_domain(text: str) -> None:
    found = domain(text)
    assert told(found.function) == told(solved(conditions(parse(text))))
    assert found.derivative is None
    assert str(found).endswith("; no derivative in closed form")
    assert found.as_dict()["derivative"] is None


def test_one_variable_may_be_asked_for() -> None:
    assert told(domain("sqrt(x)*abs(y)", "y").derivative) == "x >= 0"
    assert told(domain("sqrt(x)*abs(y)", "y").chosen) == "x != 0 and y == 0"
    assert told(domain("sqrt(x)*abs(y)", "x").chosen) == ""


def test_arrays_ask_for_each_element() -> None:
    found = domain("sum(log(X @ w))", shapes={"X": "m n", "w": "n"})
    assert told(found.function) == told(found.derivative) == "X @ w > 0"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("inv(A)", "det(A) != 0"),
        ("solve(A, b)", "det(A) != 0"),
        ("logdet(A)", "det(A) > 0"),
        ("b @ inv(B @ B.T) @ b", "det(B @ B.T) != 0"),
        ("logdet(A) + trace(inv(A))", "det(A) > 0"),
        ("cholesky(A)", "A symmetric positive definite"),
        ("trace(cholesky(A + eye(n)))", "A + eye(n) symmetric positive definite"),
        ("multivariate_normal(b, b, A)", "det(A) > 0"),
    ],
)
def test_matrices_have_domains(text: str, where: str) -> None:
    found = domain(text, shapes={"A": "n n", "B": "n m", "b": "n"})
    assert str(found) == f"defined for {where}; differentiable for {where}"
    assert where in [*map(str, found.function), *found.as_dict()["kinds"]]


def test_a_sum_of_squares_has_a_root() -> None:
    found = domain("norm2(b) + sqrt(b @ b)", shapes={"b": "n"})
    assert str(found) == (
        "defined everywhere; differentiable for norm2(b) != 0; "
        "the slope is undecided at norm2(b) == 0"
    )


def test_the_conditions_are_texts_that_are_read_again() -> None:
    for text, _, _ in CASES:
        for condition in domain(text).as_dict()["function"]:
            read = parse(f"where({condition}, 1, 0)")
            assert make("where", (read.args[0], *read.args[1:])) is read


@pytest.mark.parametrize(
    ("text", "corner"),
    [
        ("norm2(x)", "norm2(x) == 0"),
        ("norm2(A @ x - b)", "norm2(A @ x - b) == 0"),
        ("max(x)", "sum(where(x == max(x), 1, 0)) > 1"),
        ("norm2(x)^2", ""),
    ],
)
def test_corners_of_whole_arrays(text: str, corner: str) -> None:
    sizes = {"x": "n", "b": "m", "A": "m n"}
    shapes = {name: size for name, size in sizes.items() if name in text}
    found = domain(text, "x", shapes=shapes)
    assert (told(found.derivative), told(found.chosen)) == ("", corner)


@pytest.mark.parametrize(
    ("text", "undecided"),
    [
        ("2*norm2(x)", "norm2(x) == 0"),
        ("exp(-norm2(x)) + x @ x", "norm2(x) == 0"),
        ("norm1(x) + norm2(x)", "x[i] == 0; norm2(x) == 0"),
        ("max(x)^2", "sum(where(x == max(x), 1, 0)) > 1"),
        ("x/norm2(x)", ""),
        ("std(x)", "norm2(x - sum(x)/n) == 0"),
        ("exp(-x @ x)", ""),
        ("logsumexp(x)*(x @ x)", ""),
    ],
)
def test_what_arrays_leave_undecided_is_not_called_differentiable(
    text: str, undecided: str
) -> None:
    found = domain(text, "x", shapes={"x": "n"})
    assert told(found.undecided) == undecided
    assert bool(undecided) <= bool(found.derivative)
    kinks = [str(k) for k in cm_kinks(text, "x", shapes={"x": "n"})]
    assert all("not decided" in kink for kink in kinks)
    assert bool(undecided) <= bool(kinks)


@pytest.mark.parametrize(
    ("text", "given", "whole"),
    [
        ("log(sum(y))", "sum(y) = 1", "defined everywhere; differentiable everywhere"),
        ("sqrt(sum(y))", "sum(y) = -1", "defined nowhere; differentiable nowhere"),
        ("log(y)", ["y > 0", "sum(y) = 1"], "defined everywhere"),
        (
            "logdet(A)",
            "A positive definite",
            "defined everywhere; differentiable every",
        ),
        ("inv(A)", "A positive definite", "defined everywhere; differentiable every"),
    ],
)
def test_what_is_given_of_arrays(text: str, given: str | list[str], whole: str) -> None:
    sizes = {"A": "n n", "y": "n"}
    shapes = {name: size for name, size in sizes.items() if name in text}
    assert str(domain(text, given=given, shapes=shapes)).startswith(whole)


def test_what_cannot_be_given_of_arrays_is_told() -> None:
    for call in (domain, cm_kinks):
        assert call("norm1(y)", "y", given="sum(y) = 1", shapes={"y": "n"})
        with pytest.raises(UnsupportedError, match="of each element, as y > 0, and eq"):
            call("norm1(y)", "y", given="mean(y) > 0", shapes={"y": "n"})
