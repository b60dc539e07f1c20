"""What is wrong with a derivative of arrays is told: a transpose, a factor, a term."""

from __future__ import annotations

import pytest

from calcml.check import DIFFERS, check

SHAPES = {
    "A": "m n",
    "M": "n n",
    "Q": "n n",
    "S": "n n",
    "W": "n k",
    "X": "m n",
    "Z": "m k",
    "c": "k",
    "p": "n",
    "w": "n",
    "x": "n",
    "y": "m",
}
LOSS = "mean((X @ w - y)^2)"
RIDGE = "sum((X @ w - y)^2) + t*sum(w^2)"
LOGISTIC = "mean(log(1 + exp(-y*(X @ w))))"

WRONG = [
    # transposes
    ("A @ x", "A.T", "x", "its transpose is right"),
    ("y @ A @ x", "outer(x, y)", "A", "its transpose is right"),
    ("log(det(S))", "inv(S)", "S", "its transpose is right"),
    ("trace(Q @ M)", "M", "Q", "its transpose is right"),
    ("inv(M) @ x", "inv(M).T", "x", "its transpose is right"),
    ("sum((X @ W - Z)^2)", "(2*X.T @ (X @ W - Z)).T", "W", "its transpose is right"),
    ("w @ M @ x", "M @ w", "x", "M in M @ w should be transposed"),
    ("x @ S @ x", "2*S @ x", "x", "it is right only where S is symmetric"),
    ("x @ S @ x", "S @ x + S @ x", "x", "it is right only where S is symmetric"),
    # factors
    (LOSS, "2*X.T @ (X @ w - y)", "w", "the factor 1/m is missing"),
    (LOSS, "X.T @ (X @ w - y)", "w", "the factor 2/m is missing"),
    (LOSS, "X.T @ (X @ w - y)/m", "w", "the factor 2 is missing"),
    (LOSS, "2*X.T @ (X @ w - y)/n", "w", "m and n are swapped"),
    (LOGISTIC, "-X.T @ (y*sigmoid(-y*(X @ w)))", "w", "the factor 1/m is missing"),
    ("mean(x)", "ones(n)", "x", "the factor 1/n is missing"),
    ("std(x)", "(x - mean(x))/std(x)", "x", "the factor 1/n is missing"),
    ("sum(x^3)", "x^2", "x", "the factor 3 is missing"),
    ("x @ x*t", "2*x", "x", "the factor t is missing"),
    ("exp(-t*x @ x)", "-2*x*exp(-t*x @ x)", "x", "the factor t is missing"),
    ("det(S)", "inv(S).T", "S", "the factor det(S) is missing"),
    ("norm2(x)", "x", "x", "the factor norm2(x) is too much"),
    ("norm2(x)", "2*x/norm2(x)", "x", "it is 2 times that"),
    # signs
    (LOSS, "-2*X.T @ (X @ w - y)/m", "w", "only the sign is wrong"),
    (LOSS, "2*X.T @ (y - X @ w)/m", "w", "only the sign is wrong"),
    (LOSS, "2*X.T @ (X @ w + y)/m", "w", "the sign of y in X @ w + y is wrong"),
    (RIDGE, "2*X.T @ (X @ w - y) - 2*t*w", "w", "the sign of the term -(2*t*w) is"),
    ("-sum(p*log(p))", "log(p) + 1", "p", "only the sign is wrong"),
    ("sum(relu(x))", "where(x < 0, 1, 0)", "x", "the sign of x is wrong"),
    # terms
    (RIDGE, "2*X.T @ (X @ w - y)", "w", "the term t*w*2 is missing"),
    (RIDGE, "2*X.T @ (X @ w - y) + 2*t*w + w", "w", "the term w is too much"),
    (RIDGE, "2*X.T @ (X @ w - y) + t*w", "w", "the term t*w should be 2*t*w"),
    (LOSS, "2*X.T @ (X @ w)/m", "w", "X @ w should be X @ w - y"),
    ("-sum(p*log(p))", "-log(p) - p", "p", "the term -p should be -1"),
    ("softmax(x)", "diag(softmax(x))", "x", "-outer(p, p) is missing"),
    ("x @ S @ x", "S @ x", "x", "S should be S + S.T"),
    # inside
    (
        "sum(sigmoid(x))",
        "sigmoid(x)*(1 + sigmoid(x))",
        "x",
        "the sign of the term",
    ),
    ("sum(tanh(X @ w))", "X.T @ (1 - tanh(X @ w))", "w", "should be tanh(X @ w)^2"),
    ("sum(exp(x))", "x*exp(x)", "x", "x*exp(x) should be exp(x)"),
    ("sum(log(x))", "1/log(x)", "x", "log(x) should be x"),
    ("norm2(x)", "x/norm2(x)^2", "x", "the exponent of norm2(x)^2 should be 1"),
    ("sum(x*w)", "x", "x", "w and x are swapped"),
    ("y @ A @ x", "outer(y, w)", "A", "w and x are swapped"),
    # shapes
    ("sin(x)", "cos(x)", "x", "diag of it is right"),
    ("sum(x)", "1", "x", "an axis is missing, along which it is the same"),
    ("t*sum(x^2)", "x^2", "t", "the sum over the axis 0 is missing"),
    ("sum((X @ W + c)^2)", "2*(X @ W + c)", "c", "the sum over the axis 0 is missing"),
]


@pytest.mark.parametrize(("f", "wrong", "by", "reason"), WRONG)
def test_what_is_wrong_is_told(f: str, wrong: str, by: str, reason: str) -> None:
    report = check(f, wrong, by, shapes=SHAPES)
    assert report.verdict == DIFFERS
    assert reason in report.message, report.message


def test_what_is_given_counts_in_the_reason() -> None:
    shapes = {"Z": "m k", "Y": "m k"}
    given = "sum(Y, axis=1) = 1"
    f = "cross_entropy(Z, Y)"
    wrong = {
        "softmax(Z) - Y": "the factor 1/m is missing",
        "(Y - softmax(Z))/m": "only the sign is wrong",
        "softmax(Z)/m": "is missing",
    }
    for candidate, reason in wrong.items():
        report = check(f, candidate, "Z", shapes=shapes, given=given)
        assert report.verdict == DIFFERS and reason in report.message, str(report)


def test_nothing_is_said_of_what_is_quite_another_array() -> None:
    report = check("logsumexp(x)", "sin(x)/(1 + w^2)", "x", shapes=SHAPES)
    assert report.verdict == DIFFERS and report.message.count(";") == 0
