"""Advice, followed to the letter: the text is read, and means what was meant."""

from __future__ import annotations

import re

import pytest

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
        return {parse(text, shapes=SHAPES)}
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
    ("x^2 y", "x^2*y"),
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
    ("A⁻¹", "A^(-1)", "inv(A)"),
    ("Aᵀ", "A.T"),
    ("A⊤ v", "A.T @ v"),
    ("v^T A v", "v.T @ A @ v"),
    ("½x", "(1/2)*x"),
    ("2½", "5/2"),
    ("30°", "30*pi/180"),
    ("ŷ - y", "y_hat - y"),
    ("x̄", "x_bar"),
    ("θ̂_i", "θ_hat_i"),
    # bars and roots
    ("|x|", "abs(x)"),
    ("|x - y|^2", "abs(x - y)^2"),
    ("2|x|", "2*abs(x)"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("|x + |y||", "abs(x + abs(y))"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("log|x|", "log(abs(x))"),
    ("|-x|", "abs(-x)"),
    ("|v|", "abs(v)"),
    ("||v||", "norm2(v)"),
    ("‖A v - u‖²", "norm2(A @ v - u)^2"),
    ("‖v‖₁", "norm1(v)"),
    ("||v||_2^2", "norm2(v)^2"),
    ("||v||^2/2", "norm2(v)^2/2"),
    ("⌊x/2⌋", "floor(x/2)"),
    ("⌈x⌉", "ceil(x)"),
    ("√x", "sqrt(x)"),
    ("√(x+1)", "sqrt(x + 1)"),
    ("2√x", "2*sqrt(x)"),
    ("√2x", "sqrt(2*x)", "sqrt(2)*x"),
    ("1/√x", "1/sqrt(x)"),
    ("∛x", "cbrt(x)"),
    ("∑v", "sum(v)"),
    # arrays
    ("A v", "A @ v"),
    ("v u", "v*u", "v @ u"),
    ("v·u", "v*u", "v @ u"),
    ("2 A v", "2*A @ v"),
    ("A B v", "A*B*v"),
    ("sum((A v - u)²)", "sum((A @ v - u)^2)"),
    ("A.T.dot(v)", "A.T @ v"),
    ("(A @ v).sum()", "sum(A @ v)"),
    ("A⁻¹v", "A^(-1) @ v", "inv(A) @ v"),
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
    ("x > 0 ? x : 0", "where(x > 0, x, 0)"),
    ("y = x > 0 ? x : 0; y^2", "where(x > 0, x, 0)^2"),
    ("2x if x>0 else 0", "where(x > 0, 2*x, 0)"),
    ("x % 2", "x - 2*floor(x/2)"),
    ("3*x%2", "3*x - 2*floor(3*x/2)"),
    ("x mod 2", "x - 2*floor(x/2)"),
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
    ("f'(x)g(x) + f(x)g'(x)", "D(f(x), x)*g(x) + f(x)*D(g(x), x)"),
    ("A'*u", "A.T @ u"),
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
