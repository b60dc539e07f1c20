"""Verdicts: right derivatives, spoiled ones, and what cannot be told."""

from fractions import Fraction
from typing import Any

import pytest

from calcml.calculus.chain_rule import diff, forward
from calcml.check import AGREES, DIFFERS, PROVED, UNKNOWN, Report, check, points
from calcml.core.build import add, mul, neg, power, substitute
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import Expr, make, number, symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import conditions, holds
from calcml.functions import FUNCTIONS, Row, rows
from calcml.parsing.parser import parse
from tests.support import corpus, needs_corpora


def _example(row: Row) -> tuple[Expr, tuple[str, ...]]:
    if row.op == "where":
        return parse("where(a > b, a^2, b)"), ("a", "b")
    names = (*row.params, "b", "c") if row.variadic else row.params
    return make(row.op, tuple(symbol(n) for n in names)), names


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.op)
def test_every_row_against_sympy(row: Row) -> None:
    root, names = _example(row)
    ranges = dict(zip(row.params, row.sample, strict=False))
    for name in names:
        try:
            forward(root, symbol(name))
        except UnsupportedError:
            assert check(root, None, name).verdict == UNKNOWN
        else:
            report = check(root, None, name, ranges=ranges)
            assert report.verdict in (PROVED, AGREES), str(report)


BOOK = corpus("textbook")


def _row(row: dict[str, Any]) -> tuple[Expr, Expr, str, int]:
    return parse(row["expr"]), parse(row["derivative"]), row["var"], row["order"]


@pytest.mark.parametrize("row", BOOK or [None], ids=lambda row: row and row["id"])
def test_the_textbook(row: dict[str, Any] | None) -> None:
    needs_corpora()
    assert row is not None
    f, derivative, x, order = _row(row)
    for candidate in (None, derivative):
        for against in ("sympy", "calcml")[: 1 if candidate is None else 2]:
            report = check(f, candidate, x, order=order, against=against)
            assert report.verdict in (PROVED, AGREES), str(report)


def _spoiled(d: Expr, x: str) -> list[Expr]:
    """Common mistakes: the sign, a factor, an exponent, a variable for another."""
    wrong = [neg(d), mul(number(2), d), add(d, number(1)), mul(d, symbol(x))]
    powers = [n for n in walk(d) if n.op == "pow" and n.args[1].op == "number"]
    for node in powers[:1]:
        base, n = node.args
        wrong.append(substitute(d, {node: power(base, number(n.value + 1))}))
    others = sorted(d.free_symbols - {x})
    if x in d.free_symbols and others:
        first, second = symbol(x), symbol(others[0])
        wrong.append(substitute(d, {first: second, second: first}))
    return wrong


@pytest.mark.parametrize("row", BOOK or [None], ids=lambda row: row and row["id"])
def test_spoiled_derivatives_of_the_textbook_differ(row: dict[str, Any] | None) -> None:
    needs_corpora()
    assert row is not None
    f, derivative, x, order = _row(row)
    right = diff(f, [symbol(x)] * order)
    for wrong in _spoiled(derivative, x):
        if _same(wrong, derivative):
            continue
        for against in ("sympy", "calcml"):
            report = check(f, wrong, x, order=order, against=against)
            assert report.verdict == DIFFERS, f"{wrong}: {report}"
            _assert_valid(report, f, wrong, right)


def _same(a: Expr, b: Expr) -> bool:
    """Whether a spoiled form is no other function, such as 2*0, or x*y with x for y."""
    names = sorted(a.free_symbols | b.free_symbols)
    point = {name: f"0.{i + 2}7" for i, name in enumerate(names)}
    return bool(abs(evalf(a, point, 20) - evalf(b, point, 20)) < 1e-15)


def _assert_valid(report: Report, f: Expr, wrong: Expr, right: Expr) -> None:
    """The counterexample is a point of the domain where the two values are apart."""
    point = report.counterexample
    assert point is not None
    assert report.values is not None
    assert all(holds(condition, point) for condition in conditions(f))
    a, b = evalf(wrong, point, 25), evalf(right, point, 25)
    assert abs(a - b) > 1e-15 * max(abs(a), abs(b))
    assert report.values[0] == pytest.approx(a, rel=1e-12)
    assert report.values[1] == pytest.approx(b, rel=1e-12)


def test_a_report_reads_well() -> None:
    report = check("tanh(x)", "2*(1 - tanh(x)^2)", "x")
    assert str(report) == (
        "differs: the candidate is 1.57289546593, calcml's derivative 0.786447732966; "
        "it is 2 times that\n"
        "counterexample: x = 0.5\n"
        "difference: 1 - tanh(x)^2\n"
        "method: balls: their difference there excludes 0"
    )
    assert "only the sign is wrong" in check("cos(x)", "sin(x)", "x").message
    assert str(check("x^2", None, "x")) == (
        "proved: calcml's derivative equals SymPy's derivative\n"
        "method: the same expression"
    )
    with pytest.raises(UnsupportedError, match="verdict is 'differs'"):
        bool(report)


@pytest.mark.parametrize(
    ("f", "candidate", "reason"),
    [
        ("cos(x)", "sin(x)", "only the sign is wrong"),
        ("tanh(x)", "(1 - tanh(x)^2)/3", "the factor 3 is missing"),
        ("tanh(x)", "3/2*(1 - tanh(x)^2)", "it is 3/2 times that"),
        ("erf(x)", "exp(-x^2)", "the factor 2/sqrt(pi) is missing"),
        ("log2(x)", "1/x", "the factor 1/log(2) is missing"),
        ("sin(x^2)", "cos(x^2)", "the factor 2*x is missing"),
        ("exp(sin(x))", "exp(sin(x))", "the factor cos(x) is missing, the slope of s"),
        ("x^3", "3*x", "the factor x is missing"),
        ("x^3*y", "3*x^2*y^2", "the exponent of y^2 should be 1"),
        ("x*sin(y)", "x*sin(y)", "the factor x is too much"),
        ("x^3", "3*x^4", "the exponent of x^4 should be 2"),
        ("x^n", "n*x^n", "the exponent of x^n should be n - 1"),
        ("x^2*y^3", "2*y*x^3", "x and y are swapped"),
        ("exp(x)*a + a^2", "exp(a)*x", "a and x are swapped"),
        ("exp(x_1)*x_2", "x_2*exp(x_2)", "x_2 in exp(x_2) should be x_1"),
        ("x^3 + sin(x)", "3*x^2 - cos(x)", "the sign of the term -cos(x) is wrong"),
        ("x^3 + sin(x)", "3*x^2", "the term cos(x) is missing"),
        ("x^3 + sin(x)", "3*x^2 + cos(x) + 1", "the term 1 is too much"),
        ("x^3 + sin(x)", "x^2 + cos(x)", "the term x^2 should be 3*x^2"),
        ("x^3 + sin(x)", "3*x^2 + sin(x)", "the term sin(x) should be cos(x)"),
        ("f(x)*x", "f(x) + x", "the term x should be x*D(f(x), x)"),
    ],
)
def test_what_is_wrong_is_found(f: str, candidate: str, reason: str) -> None:
    x = "x_1" if "x_1" in f else "x"
    report = check(f, candidate, x)
    assert report.verdict == DIFFERS
    assert f"; {reason}" in report.message


def test_a_correction_without_a_value_stops_no_search() -> None:
    report = check("x*log(x - y)", "log(x - y) + x/(x - y)^2", "x")
    assert "the exponent of (x - y)^2 should be 1" in report.message
    swapped = check("log(x/(x - 1)) + y^2*x", "1/x - 1/(x - 1) + x^2", "x")
    assert "; " in swapped.message


def test_values_serve_where_a_function_has_no_ball(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = FUNCTIONS["erf"]._replace(ball=None)
    monkeypatch.setitem(FUNCTIONS, "erf", row)
    f, right = "max(erf(x)^2, y)", "where(erf(x)^2 > y, 4*erf(x)*exp(-x^2)/sqrt(pi), 0)"
    report = check(f, right, "x")
    assert (report.verdict, report.method) == (AGREES, "values at 12 points, 30 digits")
    report = check(f, f"2*{right}", "x")
    assert (report.verdict, report.method) == (DIFFERS, "values of 30 digits, no balls")


def test_sympys_own_value_confirms_how_its_derivative_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(points, "by_evalf", lambda source, point, digits: context().e)
    for candidate in ("where(x > y, 1, 0)", "3"):  # neither agrees nor differs then
        report = check("max(x, y)", candidate, "x", against="sympy")
        assert (report.verdict, report.method) == (UNKNOWN, "SymPy's own value")
    assert "SymPy's derivative is 2.71828182846 there, and " in report.message


def test_nothing_is_said_of_what_is_quite_another_function() -> None:
    message = check("sin(x)", "gamma(x)^x + erf(x)", "x").message
    assert ";" not in message


def test_a_counterexample_is_one_that_a_reader_can_follow() -> None:
    report = check("x^2*log(y)", "x*log(y)", "x")
    assert report.counterexample == {"x": Fraction(1, 2), "y": 2}
    assert str(report.difference) == "-x*log(y)"
    assert check("log(-x)", "-1/x", "x").counterexample == {"x": Fraction(-1, 2)}
    long = check(" + ".join(f"sin(x^{k})" for k in range(2, 40)), "x", "x")
    assert (long.verdict, long.difference) == (DIFFERS, None)


@pytest.mark.parametrize(
    ("f", "candidate", "verdict"),
    [
        ("x^2", "x + x", PROVED),
        ("log(cosh(x))", "1 - 2/(exp(2*x) + 1)", PROVED),
        ("sin(x)^2", "sin(2*x)", PROVED),
        ("where(x > 0, x^2, -x)", "where(x <= 0, -1, 2*x)", PROVED),
        ("max(x, y)", "where(x > y, 1, 0)", AGREES),
        ("floor(x)*x^2", "2*x*floor(x)", PROVED),
        ("y^2", "0", PROVED),
        ("y^2", "x - x", PROVED),
        ("x*y", "z", DIFFERS),
        ("log(x)", "1/abs(x)", PROVED),  # where log(x) is, x is positive
        ("sqrt(x)", "1/sqrt(-4*x)", DIFFERS),  # complex where the derivative is real
        ("x^2", "log(-1 - x^2)", DIFFERS),
        ("sigmoid(w*x + b)", "x*sigmoid(w*x + b)^2", DIFFERS),
        ("x", "1 + 1e-15", DIFFERS),
    ],
)
@pytest.mark.parametrize("against", ["sympy", "calcml"])
def test_verdicts(f: str, candidate: str, verdict: str, against: str) -> None:
    report = check(f, candidate, "x", against=against)
    weaker = (PROVED, AGREES) if verdict != DIFFERS else (DIFFERS,)
    assert report.verdict in (weaker if against == "calcml" else (verdict,)), str(
        report
    )


@pytest.mark.parametrize(
    ("f", "candidate", "message"),
    [
        ("log(-1 - x^2)", "x", "no point was found"),
        ("x^2", "1/(x - x)", "no value at any of the points"),
        ("zeta(x)", None, "SymPy leaves"),
        (" + ".join(f"sin(x + {i})" for i in range(600)), None, "over 1,500 parts"),
    ],
)
def test_what_cannot_be_told(f: str, candidate: str | None, message: str) -> None:
    report = check(f, candidate, "x")
    assert report.verdict == UNKNOWN
    assert message in report.message


@pytest.mark.parametrize(
    "f", ["9^9^9*x", "(9*x)^(9^9)", "exp(9^9^9)*x", "gamma(1e9)*x", "besselj(1e7, x)"]
)
def test_what_sympy_would_work_out_digit_by_digit_is_not_given_to_it(f: str) -> None:
    assert check(f, None, "x").verdict == UNKNOWN


def test_nested_choices_are_soon_compared() -> None:
    hidden = [f"relu(u{i}*x + v{i}*y)" for i in range(6)]
    outer = [" + ".join(f"w{i}{j}*{h}" for j, h in enumerate(hidden)) for i in range(6)]
    f = " + ".join(f"relu({o})*gelu({o})" for o in outer)
    assert check(f, None, "u0").verdict in (AGREES, UNKNOWN)


def test_depth_is_no_error() -> None:
    deep: Expr = symbol("x")
    swollen: Expr = symbol("x")
    for _ in range(30_000):
        deep = make("sin", (deep,))
    for _ in range(60):
        swollen = add(make("sin", (mul(swollen, make("exp", (swollen,))),)), swollen)
    assert check(deep, None, "x").verdict == UNKNOWN
    assert check(swollen, None, "x").verdict == UNKNOWN


def test_gradients() -> None:
    f = "(w*x + b - y)^2"
    right = {"w": "2*x*(w*x + b - y)", "b": "2*(w*x + b - y)"}
    assert check(f, None, ["w", "b", "x"]).verdict == PROVED
    assert check(f, right, ["b", "w"]).verdict == PROVED
    assert check(f, list(right.values()), ["w", symbol("b")]).verdict == PROVED
    report = check(f, right | {"b": "w*x + b - y"}, ["w", "b"])
    assert report.verdict == DIFFERS
    assert report.message.startswith("by b: the candidate is ")
    assert "the factor 2 is missing" in report.message
    with pytest.raises(CalcmlError, match="no part for x"):
        check(f, right, ["w", "x"])
    with pytest.raises(CalcmlError, match="must have 2 parts"):
        check(f, ["1"], ["w", "b"])


@pytest.mark.parametrize(
    ("f", "candidate", "verdict"),
    [
        ("f(x)*g(x^2)", "D(f(x), x)*g(x^2) + 2*x*f(x)*D(g(x^2), 1)", (PROVED, AGREES)),
        ("f(x)*g(x^2)", "D(f(x), x)*g(x^2) + f(x)*D(g(x^2), 1)", (DIFFERS,)),
        ("f(x*y, y)", "y*D(f(x*y, y), 1)", (PROVED, AGREES)),
        ("f(x*y, y)", "y*D(f(x*y, y), 2)", (DIFFERS,)),
        ("f(x, x)", "D(f(x, x), 1) + D(f(x, x), 2)", (PROVED, AGREES)),
        ("D(f(x), x, 2)", "D(f(x), x, 3)", (PROVED, AGREES)),
        ("D(f(x), x, 2)", "D(f(x), x, 2)", (DIFFERS,)),
        (
            "sqrt(f(x)^2 + g(x)^2)",
            "(f(x)*D(f(x), x) + g(x)*D(g(x), x))/sqrt(f(x)^2 + g(x)^2)",
            (PROVED, AGREES),
        ),
    ],
)
def test_unknown_functions(f: str, candidate: str, verdict: tuple[str, ...]) -> None:
    report = check(f, candidate, "x")
    assert report.verdict in verdict, str(report)
    if report.verdict == DIFFERS:
        assert "f = sin(" in report.method


def test_values_that_cancel_are_computed_with_more_digits() -> None:
    report = check(
        "sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))", "x", ranges={"x": (100, 110)}
    )
    assert report.verdict in (PROVED, AGREES)
    wrong = check("sigmoid(x)", "exp(-x)/2", "x", ranges={"x": (100, 110)})
    assert wrong.verdict == DIFFERS


def test_points_and_seeds() -> None:
    f = "x*relu(x)"  # no simple point is taken where there is a kink
    first = check(f, "x", "x", seed=1)
    assert first == check(f, "x", "x", seed=1)
    assert first.counterexample != check(f, "x", "x", seed=2).counterexample
    low, high = Fraction(4), Fraction(5)
    within = check("x^2", "x", "x", ranges={"x": (4, 5)}).counterexample
    assert within is not None
    assert low <= within["x"] <= high
    assert check("max(x, y)", "where(x > y, 1, 0)", "x", points=30).points == 30


def test_wrong_use() -> None:
    with pytest.raises(UnsupportedError, match="against torch; use sympy or calcml"):
        check("x", "1", "x", against="torch")
    for against in ("calcml", "sympy"):  # None is calcml's own, and SymPy its judge
        report = check("x^2", None, "x", against=against)
        assert report.message == "calcml's derivative equals SymPy's derivative"
    assert check("x^3", "6*x", "x", order=2).verdict == PROVED
