"""Derivatives of and by arrays, compared with finite differences."""

from __future__ import annotations

from typing import Any

import pytest

from calcml.check import AGREES, DIFFERS, UNKNOWN, check
from calcml.core.errors import ParseError
from calcml.core.expr import symbol
from calcml.parsing.parser import parse

SHAPES = {
    "A": "m n",
    "S": "n n",
    "X": "m n",
    "Y": "m n",
    "Z": "m n",
    "w": "n",
    "x": "n",
    "y": "m",
    "c": "n 1",
}

RIGHT = [
    ("sum((X @ w - y)^2)", "w", "2*X.T @ (X @ w - y)"),
    ("sum((X @ w - y)^2)", "X", "2*outer(X @ w - y, w)"),
    ("mean(x^2)", "x", "2*x/n"),
    ("A @ x", "x", "A"),
    ("A @ x", "A", 'einsum("ij,k->ijk", eye(m), x)'),
    ("softmax(x)", "x", "softmax(x)[i]*(delta(i, j) - softmax(x)[j])"),
    ("softmax(x)", "x", "diag(softmax(x)) - outer(softmax(x), softmax(x))"),
    ("logdet(S)", "S", "inv(S).T"),
    ("det(S)", "S", "det(S)*inv(S).T"),
    ("y @ A @ x", "A", "outer(y, x)"),
    ("sum(a*x^2)", "a", "sum(x^2)"),
    ("a*x", "a", "x"),
    ("c.T @ S @ c", "c", "(S + S.T) @ c"),
    ("norm2(x)", "x", "x/norm2(x)"),
    ("max(x)", "x", "where(x == max(x), 1, 0)"),
    ("x[0]*x[-1]", "x", "x[-1]*onehot(0, n) + x[0]*onehot(n - 1, n)"),
]


@pytest.mark.parametrize(("f", "x", "right"), RIGHT)
def test_right_derivatives_agree(f: str, x: str, right: str) -> None:
    report = check(f, right, x, shapes=SHAPES)
    assert report.verdict == AGREES, str(report)
    assert report.method == "finite differences at 12 points of random sizes"
    assert report.points == 12


@pytest.mark.parametrize(("f", "x"), [row[:2] for row in RIGHT])
def test_calcmls_own_derivatives_agree(f: str, x: str) -> None:
    report = check(f, None, x, shapes=SHAPES)
    assert report.verdict == AGREES, str(report)


@pytest.mark.parametrize(
    ("f", "x", "wrong"),
    [
        ("sum((X @ w - y)^2)", "w", "2*X.T @ (X @ w + y)"),
        ("sum((X @ w - y)^2)", "w", "X.T @ (X @ w - y)"),
        ("mean(x^2)", "x", "2*x"),
        ("logdet(S)", "S", "inv(S)"),
        ("max(x)", "x", "where(x == min(x), 1, 0)"),
        ("softmax(x)", "x", "softmax(x)[i]*delta(i, j)"),
    ],
)
def test_wrong_derivatives_differ(f: str, x: str, wrong: str) -> None:
    report = check(f, wrong, x, shapes=SHAPES)
    assert report.verdict == DIFFERS
    assert report.values is not None and report.values[0] != report.values[1]


def test_the_counterexample_says_which_element_at_which_arrays() -> None:
    report = check("sum(x^2)", "2*x + where(x > 0, 1, 0)", "x", shapes={"x": "3"})
    assert report.verdict == DIFFERS and report.counterexample is not None
    assert report.message.startswith("element [")
    assert "of the candidate is" in report.message
    assert "by finite differences" in report.message
    assert len(report.counterexample["x"]) == 3
    assert "counterexample: x = [" in str(report)
    report = check("mean(x^2)", "x", "x", shapes={"x": "k"}, seed=3)
    assert report.counterexample is not None and "k" in report.counterexample


@pytest.mark.parametrize(
    ("f", "x", "wrong", "its", "right"),
    [
        ("A @ x", "x", "A.T", "(n, m)", "(m, n)"),
        ("sum(x)", "x", "1", "()", "(n,)"),
        ("sum(x^2)", "x", "sum(2*x)", "()", "(n,)"),
        ("a^2", "a", "2*a*x", "(n,)", "()"),
    ],
)
def test_another_shape_differs(
    f: str, x: str, wrong: str, its: str, right: str
) -> None:
    report = check(f, wrong, x, shapes=SHAPES)
    assert report.verdict == DIFFERS and report.method == "shapes"
    wanted = f"the candidate has the shape {its}, and the derivative {right}"
    assert report.message.startswith(wanted)


def test_axes_of_size_1_do_not_count() -> None:
    assert check("sum(c^2)", "2*c[:, 0]", "c", shapes=SHAPES).verdict == AGREES
    assert check("sum(x^2)", "2*x[:, None]", "x", shapes=SHAPES).verdict == AGREES


GIVEN: list[tuple[str, str, str, Any]] = [
    ("logdet(S)", "S", "inv(S)", "S symmetric"),
    ("x @ S @ x", "x", "2*S @ x", ["S positive definite"]),
    ("x @ S @ x", "x", "2*diag(S)*x", ["S diagonal"]),
    ("cross_entropy(Z, Y)", "Z", "(softmax(Z) - Y)/m", ["sum(Y, axis=1) = 1"]),
    ("sum(abs(x))", "x", "x/x", "x > 0"),
    ("sum(abs(a*x))", "x", "where(x > 0, a, -a)", "a > 0"),
]


@pytest.mark.parametrize(("f", "x", "candidate", "given"), GIVEN)
def test_what_is_given(f: str, x: str, candidate: str, given: Any) -> None:
    assert check(f, candidate, x, shapes=SHAPES).verdict == DIFFERS
    report = check(f, candidate, x, shapes=SHAPES, given=given)
    assert report.verdict == AGREES, str(report)


def test_a_function_of_symmetric_matrices() -> None:
    unknown = check("sum(cholesky(S))", None, "S", shapes=SHAPES)
    assert unknown.verdict == UNKNOWN and "not symmetric" in unknown.message
    for kind in ("S symmetric", "S positive definite"):
        report = check("sum(cholesky(S))", None, "S", shapes=SHAPES, given=[kind])
        assert report.verdict == AGREES, str(report)


def test_a_gradient_by_several_variables() -> None:
    f = "sum((X @ w + b - y)^2)"
    parts = {"w": "2*X.T @ (X @ w + b - y)", "b": "2*sum(X @ w + b - y)"}
    assert check(f, parts, ["w", "b"], shapes=SHAPES).verdict == AGREES
    wrong = check(f, parts | {"b": "sum(X @ w + b - y)"}, ["w", "b"], shapes=SHAPES)
    assert wrong.verdict == DIFFERS and wrong.message.startswith("by b: ")


def test_expressions_bring_their_shapes() -> None:
    f, x = parse("sum(x^2)", shapes={"x": "n"}), symbol("x", "n")
    assert check(f, "2*x", "x").verdict == AGREES
    assert check(f, 2 * x, x).verdict == AGREES


def test_a_second_derivative() -> None:
    report = check("x @ S @ x", "S + S.T", "x", order=2, shapes=SHAPES)
    assert report.verdict == AGREES, str(report)
    given = ["A > 0", "S symmetric"]
    report = check("sum(log(A)) + sum(x^3)", "diag(6*x)", "x", order=2, shapes=SHAPES)
    assert report.verdict == AGREES, str(report)
    f = "x @ S @ x + sum(log(A))"
    report = check(f, "2*S", "x", order=2, shapes=SHAPES, given=given)
    assert report.verdict == AGREES, str(report)


def test_what_cannot_be_told() -> None:
    report = check("sum(log(-1 - x^2))", "x", "x", shapes=SHAPES)
    assert report.verdict == UNKNOWN and "no arrays were found" in report.message
    with pytest.raises(ParseError, match="Q is no matrix"):
        check("sum(x)", "x/x", "x", shapes=SHAPES, given=["Q symmetric"])
