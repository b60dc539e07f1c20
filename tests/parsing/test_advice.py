"""Advice, followed to the letter: the text is read, and means what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import calcml as cm
from calcml import CalcmlError, Expr, parse

SHAPES = {"A": "n n", "X": "m n", "v": "n", "u": "n"}


def readings(error: CalcmlError) -> list[str]:
    """The texts that a message names, of which one is to stand at its place."""
    if error.message.endswith("; remove it"):
        return [""]
    found = re.search(r": write (.*)$", error.message)
    meant = re.search(r"unknown function (\w+)\. Did you mean ([^?]*)", error.message)
    if meant:
        call = (error.text or "")[slice(*error.span or ())]
        return [call.replace(meant[1], name, 1) for name in meant[2].split(" or ")]
    assert found, error.message
    parts, depth = [""], 0
    for word in re.split(r"( or |[()])", found[1]):
        depth += (word == "(") - (word == ")")
        if word == " or " and not depth:
            parts.append("")
        else:
            parts[-1] += word
    return parts


def corrected(error: CalcmlError) -> list[str]:
    """The text that an error points into, as each piece of its advice corrects it."""
    assert error.text is not None and error.span is not None
    (start, end), text = error.span, error.text
    return [text[:start] + new + text[end:] for new in readings(error)]


def followed(text: str) -> set[Expr]:
    """What the text comes to mean, whichever piece of advice is followed."""
    try:
        return {parse(text, shapes=SHAPES, dialect="calcml")}
    except CalcmlError as error:
        return set().union(*map(followed, corrected(error)))


# What is written, and what it may mean.
WRITTEN = [
    # functions without brackets
    ("sin x", "sin(x)"),
    ("sin 2x", "sin(2*x)"),
    ("sin x + 1", "sin(x) + 1"),
    ("2 sin x", "2*sin(x)"),
    ("x sin x", "x*sin(x)"),
    ("sin x cos x", "sin(x)*cos(x)"),
    ("3sin*x", "3*sin(x)"),
    ("sin -x", "sin(-x)"),
    ("log -x + 1", "log(-x) + 1"),
    ("exp -x^2", "exp(-x^2)"),
    ("sin*x", "sin(x)"),
    ("sin^2*(x)", "sin(x)^2"),
    ("sin^n(x)", "sin(x)^n"),
    ("sin(x)cos(x)", "sin(x)*cos(x)"),
    ("sin cos x", "sin(cos(x))"),
    ("log log x", "log(log(x))"),
    ("sqrt x", "sqrt(x)"),
    ("ln x", "log(x)"),
    ("Sin x", "sin(x)"),
    ("ReLU x", "relu(x)"),
    ("tg x", "tan(x)"),
    ("sin^2(x)", "sin(x)^2"),
    ("sin^2 x", "sin(x)^2"),
    ("sin²x", "sin(x)^2"),
    ("sin² x + cos² x", "sin(x)^2 + cos(x)^2"),
    ("sin**2(x)", "sin(x)^2"),
    ("2sin^2(x)cos(x)", "2*sin(x)^2*cos(x)"),
    ("sin^-1(x)", "asin(x)", "sin(x)^(-1)"),
    ("tanh⁻¹(x)", "atanh(x)", "tanh(x)^(-1)"),
    ("log^-1(x)", "exp(x)", "log(x)^(-1)"),
    ("sin^(-1) x", "asin(x)", "sin(x)^(-1)"),
    ("sin^{2}x", "sin(x)^2"),
    ("exp{-x^2}", "exp(-x^2)"),
    ("max{x, 0}", "max(x, 0)"),
    ("sin x y", "sin(x*y)", "sin(x)*y"),
    ("sin x/2", "sin(x)/2", "sin(x/2)"),
    ("sin 2*x", "sin(2)*x", "sin(2*x)"),
    ("log x^2", "log(x^2)", "log(x)^2"),
    ("log x²", "log(x^2)", "log(x)^2"),
    ("log (x)^2", "log(x)^2"),
    ("gamma x", "gamma(x)", "gamma*x"),
    ("log₂ x", "log2(x)"),
    ("log₂(x)", "log2(x)"),
    ("log_10 x", "log10(x)"),
    # products
    ("2x", "2*x"),
    ("x y", "x*y"),
    ("2 pi r", "2*pi*r"),
    ("2(x+1)", "2*(x + 1)"),
    ("(x)(y)", "x*y"),
    ("(x+1)(x-1)", "(x + 1)*(x - 1)"),
    ("(x+1)(x-1)(x+2)", "(x + 1)*(x - 1)*(x + 2)"),
    ("(a+b)c", "(a + b)*c"),
    ("3x + 2y - 5(z+1)", "3*x + 2*y - 5*(z + 1)"),
    ("v[0]u[1]", "v[0]*u[1]"),
    ("x^2 y", "x^2*y", "x^(2*y)"),
    ("2x(y+1)", "2*x*(y + 1)", "2*x(y + 1)"),
    ("2f(x)", "2*f(x)"),
    ("x·y", "x*y"),
    ("2·x·y", "2*x*y"),
    ("x × y", "x*y"),
    ("a ÷ b", "a/b"),
    ("x ∗ y", "x*y"),
    ("2⋅x²", "2*x^2"),
    # either may be meant
    ("1/2x", "1/(2*x)", "1/2*x"),
    ("1/2(x+1)", "1/(2*(x + 1))", "1/2*(x + 1)"),
    ("2x/3y", "2*x/(3*y)", "2*x/3*y"),
    ("a/b c + d", "a/(b*c) + d", "a/b*c + d"),
    ("e^2x", "e^2*x", "e^(2*x)"),
    ("2^3x", "2^3*x", "2^(3*x)"),
    ("2^-3x", "2^-3*x", "2^(-3*x)"),
    ("x^2y", "x^2*y", "x^(2*y)"),
    # above and below the line
    ("x²", "x^2"),
    ("x³+1", "x^3 + 1"),
    ("x²y", "x^2*y"),
    ("(x-μ)²/(2σ²)", "(x - μ)^2/(2*σ^2)"),
    ("3x²", "3*x^2"),
    ("(x+1)²", "(x + 1)^2"),
    ("xⁿ", "x^n"),
    ("x⁻¹", "x^(-1)"),
    ("x⁻²y", "x^(-2)*y"),
    ("e⁻ˣ", "e^(-x)"),
    ("2¹⁰", "2^10"),
    ("x²/y²", "x^2/y^2"),
    ("π r²", "π*r^2"),
    ("β₁", "β_1"),
    ("x₁ + x₂", "x_1 + x_2"),
    ("x₁²", "x_1^2"),
    ("w₁₂x", "w_12*x"),
    ("x_{1}", "x_1"),
    ("x_{ij}^2", "x_ij^2"),
    ("e^{x}", "e^x"),
    ("x^{2n}", "x^(2*n)"),
    ("A⁻¹", "inv(A)"),
    ("Aᵀ", "A.T"),
    ("A⊤ v", "A.T @ v"),
    ("v^T A v", "v.T @ A @ v"),
    ("½x", "(1/2)*x"),
    ("2½", "5/2"),
    ("½qr²", "(1/2)*qr^2", "(1/2)*q*r^2"),
    ("30°", "30*pi/180"),
    ("ŷ - y", "y_hat - y"),
    ("y log ŷ", "y*log(y_hat)"),
    ("x̄", "x_bar"),
    ("θ̂_i", "θ_hat_i"),
    # bars and roots
    ("|x|", "abs(x)"),
    ("|x - y|^2", "abs(x - y)^2"),
    ("2|x|", "2*abs(x)"),
    ("|x||y|", "abs(x)*abs(y)", "abs(x*abs(y))"),
    ("|x + |y||", "abs(x + abs(y))"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("log|x|", "log(abs(x))"),
    ("|-x|", "abs(-x)"),
    ("|v|", "abs(v)", "norm2(v)"),
    ("||v||", "norm2(v)", "abs(abs(v))"),
    ("‖A v - u‖²", "norm2(A @ v - u)^2"),
    ("‖v‖₁", "norm1(v)"),
    ("||v||_2^2", "norm2(v)^2"),
    ("||v||^2/2", "norm2(v)^2/2", "abs(abs(v))^2/2"),
    ("⌊x/2⌋", "floor(x/2)"),
    ("⌈x⌉", "ceil(x)"),
    ("√x", "sqrt(x)"),
    ("√(x+1)", "sqrt(x + 1)"),
    ("2√x", "2*sqrt(x)"),
    ("√2x", "sqrt(2*x)", "sqrt(2)*x"),
    ("1/√x", "1/sqrt(x)"),
    ("∛x", "cbrt(x)"),
    ("∑v", "sum(v)"),
    ("-Σ v log v", "-sum(v*log(v))", "-sum(v)*log(v)", "-Σ*v*log(v)"),
    # arrays
    ("A v", "A @ v"),
    ("v u", "v*u", "v @ u"),
    ("v·u", "v*u", "v @ u"),
    ("2 A v", "2*A @ v"),
    ("A A v", "A @ A @ v"),
    ("A^⊤ v", "A.T @ v"),
    (r"v^\top A v", "v.T @ A @ v"),
    ("sum((A v - u)²)", "sum((A @ v - u)^2)"),
    ("A.T.dot(v)", "A.T @ v"),
    ("(A @ v).sum()", "sum(A @ v)"),
    ("A⁻¹v", "inv(A) @ v"),
    ("(A^T A)^-1 A^T v", "inv(A.T @ A) @ A.T @ v"),
    ("v'*A*v", "v.T @ A @ v"),
    ("A⊙A", "A*A"),
    ("A²", "A^2", "matrix_power(A, 2)"),
    ("v uᵀ", "outer(v, u)"),
    ("2Aᵀ(A v - u)", "2*A.T @ (A @ v - u)"),
    ("(A + A)⁻¹ v", "inv(A + A) @ v", "inv(A + A)*v"),
    ("(A + A) v", "(A + A) @ v", "(A + A)*v"),
    ("log|A|", "log(abs(A))", "log(det(A))"),
    ("⟨v, u⟩", "dot(v, u)"),
    ("∑ (v - u)²", "sum((v - u)^2)", "sum(v - u)^2"),
    ("A'(A v - u)", "A.T @ (A @ v - u)"),
    ("v.pow(2).sum()", "sum(v^2)"),
    ("softmax(v)ᵢ v[i]", "softmax(v)[i]*v[i]"),
    ("X^T", "X.T"),
    ("(A + A)^T", "(A + A).T"),
    # signs
    ("x − 1", "x - 1"),
    ("−x", "-x"),
    ("x – y − z", "x - y - z"),
    ("where(x≤0, 1, 2)", "where(x <= 0, 1, 2)"),
    ("where(x ≥ 0, 1, 2)", "where(x >= 0, 1, 2)"),
    ("where(x+y≠0, 1, 2)", "where(x + y != 0, 1, 2)"),
    ("where(x<>0, 1, 2)", "where(x != 0, 1, 2)"),
    ("where(x=<0, 1, 2)", "where(x <= 0, 1, 2)"),
    ("where(x => 0, 1, 2)", "where(x >= 0, 1, 2)"),
    ("where(x === 0, 1, 2)", "where(x == 0, 1, 2)"),
    ("where(x > 0 && y > 0, 1, 2)", "where(x > 0 and y > 0, 1, 2)"),
    ("where(x > 0 & y > 0, 1, 2)", "where(x > 0 and y > 0, 1, 2)"),
    ("where(x>0||y>0, 1, 2)", "where(x > 0 or y > 0, 1, 2)"),
    ("where(x>0 | y>0, 1, 2)", "where(x > 0 or y > 0, 1, 2)"),
    ("where(!(x > 0), 1, 2)", "where(not (x > 0), 1, 2)"),
    ("where(~(x > 0), 1, 2)", "where(not (x > 0), 1, 2)"),
    ("where(x>0 AND y>0, 1, 2)", "where(x > 0 and y > 0, 1, 2)"),
    ("where(x > 0 ∧ y > 0, 1, 2)", "where(x > 0 and y > 0, 1, 2)"),
    ("x if x > 0 else -x", "where(x > 0, x, -x)"),
    ("1 + (x if x > 0 else 0)", "1 + where(x > 0, x, 0)"),
    ("a if x>0 else b if x<-1 else c", "where(x > 0, a, where(x < -1, b, c))"),
    ("if x > 0 then x else 0", "where(x > 0, x, 0)"),
    ("if (x > 0) x else 0", "where(x > 0, x, 0)"),
    ("[x > 0]*x", "where(x > 0, 1, 0)*x"),
    ("x > 0 ? x : 0", "where(x > 0, x, 0)"),
    ("y = x > 0 ? x : 0; y^2", "where(x > 0, x, 0)^2"),
    ("2x if x>0 else 0", "where(x > 0, 2*x, 0)"),
    ("x % 2", "x - 2*floor(x/2)"),
    ("3*x%2", "3*x - 2*floor(3*x/2)"),
    ("x mod 2", "x - 2*floor(x/2)"),
    ("-7 % 3", "-7 - 3*floor(-7/3)"),
    ("x // 2", "floor(x/2)"),
    ("x^^2", "x^2"),
    ("y := x^2; y + 1", "x^2 + 1"),
    ("n!", "gamma(n + 1)"),
    ("(n+1)!", "gamma(n + 1 + 1)"),
    ("n!/k!", "gamma(n + 1)/gamma(k + 1)"),
    ("x^k/k!", "x^k/gamma(k + 1)"),
    ("f'(x)", "D(f(x), x)"),
    ("f''(x)", "D(f(x), x, 2)"),
    ("f′(2*x)", "D(f(2*x), 1)"),
    ("f″(x)", "D(f(x), x, 2)"),
    ("f'(x)g(x) + f(x)g'(x)", "D(f(x), x)*g(x) + f(x)*D(g(x), x)"),
    ("y'' + y", "D(y(x), x, 2) + y(x)"),
    ("y'' + 2y' + y", "D(y(x), x, 2) + 2*D(y(x), x) + y(x)"),
    ("A'*u", "A.T @ u"),
    ("v'Av", "v.T @ A @ v"),
    # numbers
    ("1_000", "1000"),
    ("1_000_000*x", "1000000*x"),
    ("1 000", "1000", "1*0"),
    ("1'000", "1000"),
    ("1,5", "1.5"),
    ("x + 0,25", "x + 0.25"),
    ("1,000", "1000", "1.000"),
    ("1,000,000", "1000000"),
    ("0x10", "16"),
    ("2e", "2*e"),
    ("50%", "50/100"),
    ("50% x", "50 - x*floor(50/x)", "50/100*x"),
    ("1,234.5", "1234.5"),
    ("1.000,5", "1000.5"),
    ("1.234.567", "1234567"),
    ("0b101", "5"),
    ("3 + 4i", "3 + 4*i", "3 + 4*I"),
    # brackets
    ("[x+1]*2", "(x + 1)*2"),
    ("{x+1}", "x + 1"),
    ("(x]", "x"),
    ("f(x,)", "f(x)"),
    ("f(,x)", "f(x)"),
    ("max(x,,y)", "max(x, y)"),
    # other languages
    ("np.sin(x)", "sin(x)"),
    ("np.pi*x", "pi*x"),
    ("torch.nn.functional.relu(x)", "relu(x)"),
    ("np.where(x > 0, x, 0)", "where(x > 0, x, 0)"),
    ("math.log(x)/2", "log(x)/2"),
    ("v.sum()", "sum(v)"),
    ("v.dot(u)", "dot(v, u)"),
    ("X.sum(axis=0)", "sum(X, axis=0)"),
    ("layer.w*x", "layer_w*x"),
    ("lambda x: x^2", "x^2"),
    ("d/dx x^2", "x^2"),
    ("return x^2", "x^2"),
    ("f(x) = x^2", "x^2"),
    ("f(x) := x²", "x^2"),
    ("= x^2", "x^2"),
    ("x^2,", "x^2"),
    ("a = 1, b = 2x; a*b", "1*(2*x)"),
    ("a = 2x\nb = x²\na*b", "2*x*x^2"),
    ("sum(\nv) 2", "sum(v)*2"),
    ("lambda x, y: x*y", "x*y"),
    ('"x^2"', "x^2"),
    ("$x^2$", "x^2"),
    ("`x^2`", "x^2"),
    (r"\sin(x)", "sin(x)"),
    (r"\sin x", "sin(x)"),
    (r"2\alpha x", "2*alpha*x"),
    (r"\frac{1}{x}", "1/x"),
    (r"x^\frac{1}{2}", "x^(1/2)"),
    (r"\frac{x+1}{2}y", "(x + 1)/2*y"),
    (r"\sqrt{x}", "sqrt(x)"),
    (r"\sqrt[3]{x}", "x^(1/3)"),
    (r"\frac12 x^2", "(1/2)*x^2"),
    (r"\ln\left(\frac{x}{y}\right)", "log(x/y)"),
    (r"\theta_1 x", "theta_1*x"),
    (r"\left(x+1\right)^2", "(x + 1)^2"),
    (r"a \cdot b", "a*b"),
    (r"a \times b", "a*b"),
    (r"\operatorname{relu}(x)", "relu(x)"),
    (r"\mathrm{e}^{-x}", "e^(-x)"),
    (r"\exp(-x)", "exp(-x)"),
    (r"where(x \leq 0, 1, 2)", "where(x <= 0, 1, 2)"),
    (r"\sigma(x)", "sigmoid(x)"),
    # other characters
    ("（x＋１）", "x + 1"),
    ("𝑥²", "x^2"),
    ("x\u200b + y", "x + y"),
    ("\ufeffx + y", "x + y"),
]


@pytest.mark.parametrize(("text", "meant"), [(t, m) for t, *m in WRITTEN])
def test_advice_gives_what_was_meant(text: str, meant: list[str]) -> None:
    assert followed(text) == {parse(m, shapes=SHAPES) for m in meant}


def told(call: Callable[..., Any], *args: Any, **options: Any) -> CalcmlError:
    """The error that a call raises."""
    with pytest.raises(CalcmlError) as caught:
        call(*args, **options)
    return caught.value


# What calls of functions are told.
CALLS = [
    ("SIN(x)", "sin(x)"),
    ("ReLU(x)", "relu(x)"),
    ("GELU(x)", "gelu(x)"),
    ("LeakyReLU(x)", "leaky_relu(x)"),
    ("LogSoftmax(v)", "log_softmax(v)"),
    ("Exp(x)", "exp(x)"),
    ("sni(x)", "sin(x)"),
    ("tahn(x)", "tanh(x)"),
    ("sgimoid(x)", "sigmoid(x)"),
    ("sum(A, 0)", "sum(A, axis=0)"),
    ("mean(X, 1)", "mean(X, axis=1)"),
    ("softmax(A, 0)", "softmax(A, axis=0)"),
    ("norm(v, 1)", "sum(abs(v)^1)^(1/1)"),
    ("Sin[x]", "sin(x)"),
    ("Log[x]", "log(x)"),
    ("log(x, 2)", "log(x)/log(2)"),
    ("log(2, x)", "log(2)/log(x)", "log(x)/log(2)"),
    ("1/log(x, 2)", "1/(log(x)/log(2))"),
    ("MOD(x, 3)", "x - 3*floor(x/3)"),
    ("2^mod(x, n + 1)", "2^(x - (n + 1)*floor(x/(n + 1)))"),
    ("IF(x > 0, x + 1, 2)", "where(x > 0, x + 1, 2)"),
    ("Piecewise((x, x > 0), (0, True))", "where(x > 0, x, 0)"),
    ("where(x = 0, 1, 2)", "where(x == 0, 1, 2)"),
    ("gelu(x, approximate=tanh)", 'gelu(x, approximate="tanh")'),
]


@pytest.mark.parametrize(("text", "meant"), [(t, m) for t, *m in CALLS], ids=str)
def test_calls_of_functions_are_put_right(text: str, meant: list[str]) -> None:
    assert followed(text) == {parse(m, shapes=SHAPES) for m in meant}


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("sum(y^2)", {}),
        ("softmax(a*z)", {}),
        ("mean(2*y, axis=0)", {}),
        ("A @ B", {}),
        ("B @ B", {}),
        ("(a + b) @ c", {}),
        ("W @ x", {"x": "m"}),
        ("x @ W", {"W": "m n"}),
        ("K.T", {}),
        ("inv(K)", {}),
        ("logdet(2*K)", {}),
        ("diag(y)", {}),
        ("(a + b).T", {}),
        ("y[0]", {}),
        ("Y[0, 1]", {}),
        ("sum(i, y[i])", {}),
    ],
)
def test_declared_as_told_arrays_are_read(text: str, shapes: dict[str, str]) -> None:
    found = re.search(
        r"declare ([^;]*?)(, or write|$)", told(parse, text, shapes=shapes).message
    )
    assert found
    new = dict(part.split(": ") for part in found[1].split(", "))
    assert not set(new) & set(shapes)
    assert set(new) <= set(re.findall(r"\w+", text))
    assert parse(text, shapes=shapes | new)


GIVEN = [
    ("x positive", "x > 0"),
    ("x is positive", "x > 0"),
    ("positive x", "x > 0"),
    ("x non-negative", "x >= 0"),
    ("x nonzero", "x != 0"),
    ("x real", "x in reals"),
    ("x integer", "x in integers"),
    ("x ∈ R", "x in reals"),
    ("x ∈ ℤ", "x in integers"),
    ("x ∈ [0, 1]", "0 <= x <= 1"),
    ("x in (0, 1]", "0 < x <= 1"),
    ("x in [0, inf)", "0 <= x < inf"),
    ("x =< 1", "x <= 1"),
    ("x > 0 && x < 1", "x > 0 and x < 1"),
    ("x > 0 AND x < 1", "x > 0 and x < 1"),
    ("x = y = 1", "x = y, y = 1"),
]


@pytest.mark.parametrize(("given", "meant"), GIVEN)
def test_assumptions_are_put_right(given: str, meant: str) -> None:
    formula = "sqrt(x^2) + floor(x) + sqrt((x - 1)^2) + y"
    for _ in range(2):
        if given != meant:
            (given,) = corrected(told(cm.simplify, formula, given=given))
    assert given == meant
    cm.simplify(formula, given=given)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("x ≥ 0", "x >= 0"),
        ("0 ≤ x ≤ 1", "0 <= x <= 1"),
        ("|x| < 1", "abs(x) < 1"),
        ("x² > 4", "x^2 > 4"),
        ("2x > 1", "2*x > 1"),
        ("x ≠ 0", "x != 0"),
    ],
)
def test_relaxed_assumptions_are_read(given: str, meant: str) -> None:
    formula = "sqrt(x^2) + sqrt((x - 1)^2) + sign(x)*abs(x - 2) + x/x"
    known = cm.simplify(formula, given=meant)
    assert cm.simplify(formula, given=given) is known


@pytest.mark.parametrize("given", ["symmetric A", "diagonal A", "A is SPD", "A spd"])
def test_facts_of_matrices_are_put_right(given: str) -> None:
    def ask(fact: str) -> Any:
        return cm.grad("v @ A @ v", "v", shapes=SHAPES, given=fact)

    (fact,) = corrected(told(ask, given))
    assert str(ask(fact)["v"]) in ("2*A @ v", "2*diag(A)*v")


def test_conditions_are_calculated_with_as_told() -> None:
    for text in ("(x > 0)*2", "sin(x > 0)", "1 + (x > 0 and y > 0)"):
        error = told(parse, text)
        new = error.message.partition("write ")[2]
        assert parse(text.replace(new[6:-7], new))
    error = told(bool, parse("x > 0"))
    assert parse(error.message.partition("choose with ")[2])
    error = told(parse, "where(x, 1, 2)")
    assert parse(f"where({error.message.partition('such as ')[2]}, 1, 2)")


def test_calls_from_python_are_put_right() -> None:
    error = told(cm.diff, "a*b^2")
    assert error.message.endswith("diff(f, 'a')")
    error = told(cm.derive, "a*b^2", [])
    assert error.message.endswith("derive(f, ['a', 'b'])")
    error = told(cm.diff, "x^3", "x", 2)
    assert error.message.endswith("write order=2")
    error = told(cm.grad, "x*y", "x, y")
    assert error.message.endswith("alone: 'x', 'y'")
    error = told(cm.compile, "x*y", ["x"])
    assert error.message.endswith("give ['x', 'y']")
    shapes = {"W": "m n", "b": "m", "x": "n"}
    error = told(cm.hessian, "sum(tanh(W @ x + b))", ["W", "b"], shapes=shapes)
    assert "hessian(f, 'W', 'b')" in error.message
    assert cm.hessian("sum(tanh(W @ x + b))", "W", "b", shapes=shapes)
    error = told(parse, "D(f(x^2), x)")
    call = re.search(r"as in (D\(.*\)), or", error.message)
    assert call
    assert parse(call[1]) is parse("D(f(x^2), 1)")


def test_a_space_that_is_none_is_replaced() -> None:
    for space in "\u00a0\u2009\u3000":
        error = told(parse, f"x{space}+ y")
        assert "write a plain one" in error.message
        assert error.span == (1, 2)


def test_brackets_are_put_right() -> None:
    assert "remove it" in told(parse, "x)").message
    for text in ("(x + 1", "sin(x + cos(y)", "x*(y + (z - 1)", "max(x, y"):
        assert "add the missing one" in told(parse, text).message
        assert parse(text + ")")
    error = told(parse, "u = (x + 1\nu*2")
    assert "add the missing one at the end" in error.message
    assert error.span == (4, 5)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A x", "A*x"),
        ("x'y", "x'*y"),
        ("A'x", "A'*x"),
        ("(A*x)'y", "(A*x)'*y"),
        ("A.T*x", "A'*x"),
        ("A⊤x", "A'*x"),
        ("A @ x", "A*x"),
        ("a²", "a^2"),
        ("sin x", "sin(x)"),
        ("a**2", "a^2"),
        ("√a", "sqrt(a)"),
        ("‖x‖", "norm2(x)"),
    ],
)
def test_the_other_language_is_told_in_its_own(text: str, meant: str) -> None:
    (new,) = corrected(told(parse, text, dialect="matlab"))
    assert parse(new, dialect="matlab") is parse(meant, dialect="matlab")


@pytest.mark.parametrize(
    "text",
    [
        "import math",
        "x y z " * 50,
        "max x y",
        "sum_{i=1}^n x_i",
        "∑_{i=1}^n x_i",
        "[1, 2]",
        "[1 2]",
        "1.2.3",
        "é",
        "∂x",
        "∫x",
        "x!!",
        "sin'(x)",
        "|x",
        "\\foo{x}",
        "|" * 2000,
        "√" * 2000,
        "sin " * 500 + "x y",
        "x^2" * 1000,
    ],
)
def test_where_nobody_can_tell_nothing_is_told(text: str) -> None:
    error = told(parse, text)
    assert ": write " not in error.message or len(text) < 400
    assert len(error.message) < 2000


def test_an_array_is_no_index() -> None:
    for text in ("v[A]", "v[u]", "sum(i, v[u[i]])"):
        assert "not an array" in told(parse, text, shapes=SHAPES).message


def test_a_size_above_the_line_is_none() -> None:
    error = told(parse, "x", shapes={"x": "²"})
    assert error.message == "the shape of x: '²' is no size; write a name or a number"
