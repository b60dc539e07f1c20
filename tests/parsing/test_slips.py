"""Texts with slips in their names: none is read as something else without a word.

Each is an error whose advice, followed, has the derivative that was meant, or is read
as it was meant.
"""

from __future__ import annotations

from typing import Any

import pytest

import calcml as cm
from calcml.core.expr import ZERO

X = {"x": "n"}
MATRIX = {"A": "m n", "x": "n", "b": "m"}
LINEAR = {"X": "m n", "w": "n", "y": "m"}

# text, variable, the advice, the text that follows it, the derivative; shapes
ADVISED: list[tuple[Any, ...]] = [
    # functions' names as variables
    ("sin*x", "x", "write sin(x)", "sin(x)", "cos(x)"),
    ("sin * (x)", "x", "write sin(x)", "sin(x)", "cos(x)"),
    ("sin^2*(x)", "x", "write sin(x)^2", "sin(x)^2", "sin(2*x)"),
    ("sin^n(x)", "x", "write sin(x)^n", "sin(x)^n", "n*cos(x)*sin(x)^(n - 1)"),
    ("cos**3*(x)", "x", "write cos(x)**3", "cos(x)**3", "-3*cos(x)^2*sin(x)"),
    ("sin^-1(x)", "x", "write asin(x)", "asin(x)", "1/sqrt(1 - x^2)"),
    ("tanh^(-1)*(x)", "x", "write atanh(x)", "atanh(x)", "1/(1 - x^2)"),
    ("cos^-1*x", "x", "1/cos(x)", "1/cos(x)", "sin(x)/cos(x)^2"),
    ("log + 1", "x", "write log(x)", "log(x) + 1", "1/x"),
    ("exp^x", "x", "write exp(x)", "exp(x)", "exp(x)"),
    ("exp^(-x)", "x", "write exp(-x)", "exp(-x)", "-exp(-x)"),
    ("x*exp^-x", "x", "write exp(-x)", "x*exp(-x)", "(1 - x)*exp(-x)"),
    ("sqrt*x", "x", "write sqrt(x)", "sqrt(x)", "1/(2*sqrt(x))"),
    ("2*sin", "x", "write sin(x)", "2*sin(x)", "2*cos(x)"),
    ("tanh", "x", "write tanh(x)", "tanh(x)", "1 - tanh(x)^2"),
    ("log*2*x", "x", "write log(2*x)", "log(2*x)", "1/x"),
    ("sin*cos(x)", "x", "write sin(cos(x))", "sin(cos(x))", "-sin(x)*cos(cos(x))"),
    ("sigmoid*(w*x + b)", "b", "write sigmoid(w*x + b)", "sigmoid(w*x + b)",
     "sigmoid(w*x + b)*(1 - sigmoid(w*x + b))"),
    ("max - 1", "x", "write max(x)", "max(x) - 1", "1"),
    ("atan2*y", "y", "write atan2(y, x)", "atan2(y, x)", "x/(x^2 + y^2)"),
    ("relu*x + b", "b", "write relu(x)", "relu(x) + b", "1"),
    ("softmax*x", "x", "write softmax(x)", "sum(softmax(x))", "zeros(n)", X),
    ("sum*x", "x", "write sum(x)", "sum(x)", "ones(n)", X),
    ("(x - mean)^2", "x", "such as mean_1", "(x - mean_1)^2", "2*(x - mean_1)"),
    ("x/std", "x", "such as std_1", "x/std_1", "1/std_1"),
    ("clip(x, min, max)", "x", "such as min_1", "clip(x, min_1, max_1)",
     "where(max_1 == min_1 and max_1 == x, 1/3, where(min_1 == x and max_1 > x, 1/2, "
     "where(max_1 == x and min_1 < x, 1/2, where(min_1 < x and x < max_1, 1, 0))))"),
    # brackets
    ("sin[x]", "x", "write sin(x)", "sin(x)", "cos(x)"),
    ("log[x + 1]", "x", "write log(x + 1)", "log(x + 1)", "1/(x + 1)"),
    ("x(x+1)", "x", "write x*(x + 1)", "x*(x + 1)", "2*x + 1"),
    ("x (x + 1)", "x", "write x*(x + 1)", "x*(x + 1)", "2*x + 1"),
    ("a*x + a(x+1)", "x", "write a*(x + 1)", "a*x + a*(x + 1)", "2*a"),
    ("a(x+1) + a*x", "x", "write a*(x + 1)", "a*(x + 1) + a*x", "2*a"),
    ("w(x*y+b)", "w", "write w*(x*y + b)", "w*(x*y + b)", "x*y + b"),
    ("x^2(x - 1)", "x", "write", "x^2*(x - 1)", "x*(3*x - 2)"),
    ("n(n+1)/2", "n", "write n*(n + 1)", "n*(n + 1)/2", "n + 1/2"),
    ("y*x(1 - x)", "x", "write x*(1 - x)", "y*x*(1 - x)", "y*(1 - 2*x)"),
    ("alpha + alpha(1 - x)", "x", "write alpha*(1 - x)", "alpha + alpha*(1 - x)",
     "-alpha"),
    ("gamma*x + gamma(x)", "x", "write gamma*(x)", "gamma*x + gamma*(x)", "2*gamma"),
    ("beta(x) + beta", "x", "", "beta*(x) + beta", "beta"),
    ("f = x^2; f(3) + f", "x", "write f*(3)", "f = x^2; f*(3) + f", "8*x"),
    ("f(x) + g; f = 2", "x", "", "f*(x) + g", "f"),
    ("f(x, y)*f", "x", "such as f_1", "f(x, y)*f_1",
     "f_1*D(f(x, y), x)"),
    ("pi(x + 1)", "x", "write pi*(x + 1)", "pi*(x + 1)", "pi"),
    ("e(-x)", "x", "exp(-x)", "exp(-x)", "-exp(-x)"),
    ("E(x)", "x", "exp(x)", "exp(x)", "exp(x)"),
    ("π(r)*r", "r", "write π*(r)", "π*(r)*r", "2*pi*r"),
    ("1/(x + 1)(x - 1)", "x", "write", "1/(x + 1)*(x - 1)", "2/(x + 1)^2"),
    ("sin(x", "x", "never closed", "sin(x)", "cos(x)"),
    ("sin x)", "x", "remove it", "sin(x)", "cos(x)"),
    ("sum(x(i))", "x", "or x[i]", "sum(i, x[i])", "ones(n)", X),
    ("sum(x(x))", "x", "write x*(x) or x @ (x)", "sum(x*(x))", "2*x", X),
    # letters that run together
    ("sinx", "x", "write sin(x)", "sin(x)", "cos(x)"),
    ("x*sinx", "x", "write sin(x)", "x*sin(x)", "sin(x) + x*cos(x)"),
    ("sin2x", "x", "write sin(2*x)", "sin(2*x)", "2*cos(2*x)"),
    ("xlogx", "x", "write x*log(x)", "x*log(x)", "log(x) + 1"),
    ("sinxcosx", "x", "write sin(x)*cos(x)", "sin(x)*cos(x)", "cos(2*x)"),
    ("sintheta", "theta", "write sin(theta)", "sin(theta)", "cos(theta)"),
    ("lnx", "x", "write ln(x)", "ln(x)", "1/x"),
    ("plogp + p", "p", "write p*log(p)", "p*log(p) + p", "log(p) + 2"),
    ("expx + x", "x", "write exp(x)", "exp(x) + x", "exp(x) + 1"),
    ("x*cost + t", "t", "write cos(t)", "x*cos(t) + t", "1 - x*sin(t)"),
    ("xy", "x", "write x*y", "x*y", "y"),
    ("x^2 + xy + y^2", "x", "write x*y", "x^2 + x*y + y^2", "2*x + y"),
    ("wx + b", "x", "write w*x", "w*x + b", "w"),
    ("xyz", "y", "write x*y*z", "x*y*z", "x*z"),
    ("xe^x", "x", "write x*e", "x*e^x", "x*exp(x) + exp(x)"),
    ("a*te^(-t) + x", "t", "write t*e", "a*t*e^(-t) + x", "a*(1 - t)*exp(-t)"),
    ("log₄(x) + x", "x", "write (log(x)/log(4))", "log(x)/log(4) + x",
     "1/(x*log(4)) + 1"),
    ("log_3(x)", "x", "write (log(x)/log(3))", "log(x)/log(3)", "1/(x*log(3))"),
    ("trace(A^-1)", "A", "write inv(A) or 1/A", "trace(inv(A))",
     "-(inv(A) @ inv(A)).T", {"A": "n n"}),
    ("log_2(x)", "x", "write log2(x)", "log2(x)", "1/(x*log(2))"),
    ("ax^2 + a*x", "x", "write a*x", "a*x^2 + a*x", "a*(2*x + 1)"),
    ("norm2(Ax - b)^2", "A", "write A @ x", "norm2(A @ x - b)^2",
     "2*outer(A @ x - b, x)", MATRIX),
    ("norm2(Ax - b)^2", "b", "write A @ x", "norm2(A @ x - b)^2",
     "2*(b - A @ x)", MATRIX),
    ("1/2x", "x", "or 1/2*x", "1/2*x", "1/2"),
    ("x y", "x", "write x*y", "x*y", "y"),
    # case
    ("Sin*x", "x", "write sin(x)", "sin(x)", "cos(x)"),
    ("EXP^x", "x", "write exp(x)", "exp(x)", "exp(x)"),
    ("Log + x", "x", "write log(x)", "log(x) + x", "1/x + 1"),
    ("Sin(x)", "x", "unknown function", "sin(x)", "cos(x)"),
    ("TANH(x)", "x", "unknown function", "tanh(x)", "1 - tanh(x)^2"),
    ("X^2", "x", "derive by X", "x^2", "2*x"),
    ("a*T", "t", "derive by T", "a*t", "a"),
    ("sin(Theta)", "theta", "derive by Theta", "sin(theta)", "cos(theta)"),
    # sizes
    ("n = norm2(x); n + sum(x)", "x", "such as n_1", "n_1 = norm2(x); n_1 + sum(x)",
     "normalize(x) + 1", X),
    ("n(x + 1)", "x", "write n*(x + 1)", "sum(n*(x + 1))", "n*ones(n)", X),
    ("m = 2; sum((X @ w - y)^2)/m", "w", "such as m_1",
     "m_1 = 2; sum((X @ w - y)^2)/m_1", "X.T @ (X @ w - y)", LINEAR),
    ("z = w*x; sigmoid(z)", "z", "leave its definition out", "sigmoid(z)",
     "sigmoid(z)*(1 - sigmoid(z))"),
    ("z = X @ w; sum(z^2)", "z", "leave its definition out", "sum(z^2)", "2*z",
     LINEAR | {"z": "m"}),
]  # fmt: skip

# text, variable, the derivative; shapes
READ: list[tuple[Any, ...]] = [
    ("e^2", "e", "2*e"),
    ("e^x", "x", "exp(x)"),
    ("e*x + E", "e", "x"),
    ("log(pi) + pi*x", "pi", "x + 1/pi"),
    ("I^2*R", "I", "2*I*R"),
    ("2*π*x", "x", "2*pi"),
    ("PI*x", "x", "pi"),
    ("σ(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),
    ("σ*x", "σ", "x"),
    ("min(x^2, ∞)", "x", "where(x^2 < inf, 2*x, 0)"),
    ("e = y - x; e^2", "x", "2*(x - y)"),
    ("e = y - X @ w; sum(e^2)", "w", "2*X.T @ (X @ w - y)", LINEAR),
    ("π = 3; π*x", "x", "3"),
    ("sum(x)/E", "x", "ones(E)/E", {"x": "E"}),
    ("gamma*x + beta", "x", "gamma"),
    ("gamma(2)*x", "x", "gamma(2)"),
    ("psi*zeta", "psi", "zeta"),
    ("sin(2)*x", "x", "sin(2)"),
    ("f(x)", "x", "D(f(x), x)"),
    ("mu*u + xi*x", "x", "xi"),
    ("x = 2*x; x^2", "x", "8*x"),
    ("mean = mean(x); sum((x - mean)^2)", "x", "2*(x - mean(x))", X),
]


def test_there_are_a_hundred() -> None:
    assert len(ADVISED) + len(READ) >= 100


@pytest.mark.parametrize("case", ADVISED, ids=lambda case: case[0])
def test_advice_followed_gives_what_was_meant(case: tuple[Any, ...]) -> None:
    text, variable, advice, written, derivative, *rest = case
    shapes = rest[0] if rest else None
    with pytest.raises(cm.CalcmlError) as caught:
        cm.diff(text, variable, shapes=shapes)
    assert advice in caught.value.message
    _same(cm.diff(written, variable, shapes=shapes), derivative, variable, shapes)


@pytest.mark.parametrize("case", READ, ids=lambda case: case[0])
def test_what_is_read_as_it_was_meant(case: tuple[Any, ...]) -> None:
    text, variable, derivative, *rest = case
    shapes = rest[0] if rest else None
    _same(cm.diff(text, variable, shapes=shapes), derivative, variable, shapes)


def _same(got: cm.Expr, derivative: str, variable: str, shapes: Any) -> None:
    wanted = cm.parse(derivative, shapes=shapes, symbols=[variable])
    assert cm.simplify(got) is cm.simplify(wanted) or cm.simplify(got - wanted) is ZERO


@pytest.mark.parametrize("case", ADVISED, ids=lambda case: case[0])
def test_a_batch_refuses_too(case: tuple[Any, ...]) -> None:
    text, variable, *_ = case
    shapes = case[5] if len(case) > 5 else {}
    (answer,) = cm.batch([{"expr": text, "var": variable, "shapes": shapes}])
    assert answer.keys() == {"id", "error"}


@pytest.mark.parametrize("text", ["sin*x", "sin.^2*x", "gamma(x)*gamma", "x(x + 1)"])
def test_the_other_dialect(text: str) -> None:
    with pytest.raises(cm.CalcmlError, match=r"sin\(x\)|is no call here"):
        cm.parse(text, dialect="matlab")


def test_a_declared_name_is_no_slip() -> None:
    assert str(cm.diff("sinx*x", "x", shapes={"sinx": ""})) == "sinx"
    assert cm.parse("sin*x", symbols=["sin"]).free_symbols == {"sin", "x"}
    assert cm.diff("sin*x", "sin") is cm.symbol("x")
    assert str(cm.grad("w*X + b", ["w", "X"])) == "{'w': X, 'X': w}"
    assert cm.diff("max(x, max)", "max").free_symbols == {"x", "max"}


@pytest.mark.parametrize(
    ("text", "variable"),
    [("mu*x", "u"), ("loss*t", "s"), ("x_1*y", "x"), ("a*b", "x"), ("pi*y", "p")],
)
def test_what_does_not_occur_is_a_constant(text: str, variable: str) -> None:
    assert cm.diff(text, variable) is ZERO
