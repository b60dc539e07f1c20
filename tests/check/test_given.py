"""Checks under assumptions: what is given holds in every verdict."""

from __future__ import annotations

from typing import Any

import pytest

from calcml.algebra.facts import facts
from calcml.check import AGREES, DIFFERS, PROVED, UNKNOWN, check
from calcml.check.branches import branches
from calcml.core.errors import CalcmlError, ParseError, UnsupportedError
from calcml.core.expr import symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.parsing.parser import parse

# A function of x, its derivative under what is given, and another candidate.
SCALARS: list[tuple[str, str, str, Any]] = [
    ("sqrt(x^2)", "1", "-1", "x > 0"),
    ("sqrt(x^2)", "-1", "1", "x < 0"),
    ("sqrt(x^2*y^2)", "y", "-y", ["x > 0", "y > 0"]),
    ("abs(x)*y", "y", "-y", "x > 100"),
    ("abs(a*x)", "a", "x", ["0 < a < 1", "x > 0"]),
    ("abs(x - y)", "1", "-1", "x > y"),
    ("max(x, y)", "1", "0", "x > y"),
    ("relu(x)", "1", "0", "x in positive reals"),
    ("where(n > 2, x, x^2)", "1", "2*x", "n > 2"),
    ("y^2*x", "1", "y", "y^2 = 1"),
    ("y^3*x", "y", "1", "y^2 = 1"),
    ("y^3*x", "1", "-1", ["y^2 = 1", "y > 0"]),
    ("M*M*x", "M", "1", "M^2 = M"),
    ("a^3*x", "a", "1", "a^3 = a"),
    ("x*(y - 1)^2", "0", "1", "(y - 1)^2 = 0"),
    ("sqrt(x^2 + y^2)", "x", "y", "x^2 + y^2 = 1"),
    ("x*c^2", "1 - s^2", "1 + s^2", "s^2 + c^2 = 1"),
    ("x*a^2*b", "b*(1 - b^2)", "b", "a^2 + b^2 = 1"),
    ("x*log(x) + q*log(q)", "log(x) + x + q", "log(x) + x", "x + q = 1"),
    ("log(p_1/(1 - p_2))*x", "0", "1", ["sum(p) = 1"]),
    ("x*a", "b + 1", "b", "a = b + 1"),
    ("x*a*b", "c", "a", "a*b = c"),
    ("x*a/b", "1", "a", "a/b = 1"),
    ("x*exp(a)", "b", "a", "exp(a) = b"),
    ("log(a*b*x)", "1/x", "a/x", "a*b = 1"),
    ("x*(a*d - b*c)", "1", "a", "a*d - b*c = 1"),
    ("x*y*z", "1", "2", ["y = z", "z^2 = 1"]),
    ("x*u*v", "1/2", "1", ["u^2 + v^2 = 1", "u = v"]),
    ("x^2", "6", "5", "x = 3"),
    ("cos(pi*n)*x", "(-1)^n", "1", "n in integers"),
    ("x*floor(c)", "c", "c + 1", "c in integers"),
    ("x^2*w", "2*x*w", "x*w", ["w in integers", "w > 3"]),
    ("sin(a)*x + x", "1", "2", "sin(a) = 0"),
    ("abs(x)*t + t", "t*sign(x)", "t", "x > 5 or x < -5"),
    ("f(x)*a", "D(f(x), x)", "f(x)", "a = 1"),
    ("abs(x)*f(y)", "-f(y)", "f(y)", ["x < 0", "f(y) > 0"]),
]


@pytest.mark.parametrize("against", ["calcml", "sympy"])
@pytest.mark.parametrize(("f", "right", "wrong", "given"), SCALARS)
def test_scalars(f: str, right: str, wrong: str, given: Any, against: str) -> None:
    report = check(f, right, "x", given=given, against=against)
    assert report.verdict in (PROVED, AGREES) and report.ok is True, str(report)
    report = check(f, wrong, "x", given=given, against=against)
    assert report.verdict == DIFFERS and report.ok is False, str(report)
    place = report.counterexample
    assert place is not None
    names = parse(f).free_symbols | parse(wrong).free_symbols
    for condition in facts(given, names).conditions:
        if any(node.op == "formal" for node in walk(condition)):
            continue
        if condition.op == "eq":
            one, other = (evalf(side, place) for side in condition.args)
            assert abs(one - other) < 1e-9
        else:
            assert evalf(condition, place)


@pytest.mark.parametrize("given", ["gamma(a) = 1", "exp(a) + a = 2"])
def test_an_equation_that_is_not_solved_refutes_nothing(given: str) -> None:
    report = check("x*(gamma(a) + exp(a) + a)", "3", "x", given=given)
    assert report.verdict == UNKNOWN and report.ok is None, str(report)
    assert check("x*a", "a", "x", given=given).verdict == PROVED


def test_all_solutions_of_a_product_are_compared() -> None:
    report = check("a*x", "0", "x", given="a*(b - 1) = 0")
    assert report.verdict == DIFFERS and report.counterexample is not None
    assert report.counterexample["b"] == 1
    ways = branches(facts("a*(b - 1) = 0"), symbol("x"))
    assert len(ways.ways) == 2 and not ways.complete


SHAPES = {
    "A": "m n",
    "M": "n n",
    "P": "n n",
    "Q": "n n",
    "S": "n n",
    "b": "m",
    "p": "n",
    "w": "n",
    "x": "n",
    "y": "m",
}

ARRAYS: list[tuple[str, str, str, str, Any]] = [
    ("sum(y^2*b)", "b", "ones(m)", "y", "y^2 = 1"),
    ("sum(y^3*b)", "b", "y", "ones(m)", "y^2 = 1"),
    ("sum(M^2*Q)", "Q", "M", "ones(n, n)", "M^2 = M"),
    ("trace(P @ P @ Q)", "Q", "P.T", "P", "P @ P = P"),
    ("norm2(x)", "x", "x", "2*x", "norm2(x) = 1"),
    ("norm2(x)", "x", "x", "2*x", "x @ x = 1"),
    ("norm2(Q @ x)^2", "x", "2*x", "x", "Q.T @ Q = eye(n)"),
    ("x @ inv(Q) @ w", "w", "Q @ x", "Q.T @ x", "Q.T @ Q = eye(n)"),
    ("norm2(A @ x - b)^2", "x", "zeros(n)", "x", "A @ x = b"),
    ("sum(p*log(p))", "p", "log(p) + sum(p)", "log(p) + n", "sum(p) = 1"),
    ("sum(abs(x))", "x", "ones(n)", "-ones(n)", "x > 100"),
    ("sum(abs(x*w))", "x", "w", "x", "x > 0, w > 0"),
    ("sum(max(x, w))", "x", "ones(n)", "zeros(n)", "x > w"),
    ("x @ S @ S @ x", "x", "2*S @ x", "S @ x", ["S symmetric", "S @ S = S"]),
    ("t*sum(S @ x)", "x", "t*sum(S, axis=1)", "S @ x", "S symmetric, t > 0"),
    ("trace(Q @ M)*trace(M)", "Q", "M.T", "M", "trace(M) = 1"),
    ("t^2*sum(x)", "x", "ones(n)", "t*ones(n)", "t^2 = 1"),
    ("cos(pi*k)*sum(x)", "x", "(-1)^k*ones(n)", "ones(n)", "k in integers"),
]


@pytest.mark.parametrize(("f", "by", "right", "wrong", "given"), ARRAYS)
def test_arrays(f: str, by: str, right: str, wrong: str, given: Any) -> None:
    report = check(f, right, by, shapes=SHAPES, given=given, points=6)
    assert report.verdict == AGREES and report.ok is True, str(report)
    report = check(f, wrong, by, shapes=SHAPES, given=given, points=6)
    assert report.verdict == DIFFERS and report.ok is False, str(report)


@pytest.mark.parametrize("given", ["x^2 = -1", "norm2(x) = -1", "x < -x^2 - 1"])
def test_facts_that_hold_at_no_arrays_that_are_found(given: str) -> None:
    report = check("sum(x)", "2*x", "x", shapes=SHAPES, given=given)
    assert report.verdict == UNKNOWN and report.ok is None
    assert "holds" in report.message or "fulfils" in report.message


@pytest.mark.parametrize(
    ("candidate", "x", "error"),
    [
        ("2*", "x", ParseError),
        ("sin(", "x", ParseError),
        ("x x", "x", ParseError),
        ("x > 0", "x", UnsupportedError),
        (object(), "x", UnsupportedError),
        ("2*x", "2", ParseError),
        ("2*x", "x + 1", ParseError),
        ("2*x", "x y", ParseError),
        ("2*x", 3, ParseError),
        ("2*x", "", ParseError),
        (["2*x"], ["x", "y"], CalcmlError),
        (["2*", "0"], ["x", "y"], ParseError),
        ({"x": "2*x", "2": "0"}, ["x"], ParseError),
    ],
)
def test_what_cannot_be_read_raises(
    candidate: Any, x: Any, error: type[CalcmlError]
) -> None:
    with pytest.raises(error):
        check("x^2", candidate, x)


def test_what_cannot_be_read_of_arrays_raises() -> None:
    for candidate, x in (("2*", "x"), ("x @", "x"), ("x", "n"), ("Q @ y", "x")):
        with pytest.raises(CalcmlError):
            check("sum(x^2)", candidate, x, shapes=SHAPES)


@pytest.mark.parametrize("given", ["2*", "x", ["x > 0", "x < 0"], "x >", "x^2 = -1"])
def test_assumptions_that_are_none_raise(given: Any) -> None:
    with pytest.raises(CalcmlError):
        check("x^2", "2*x", "x", given=given)
