r"""LaTeX as papers have it: what it is read as, what is refused, where errors point."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

import calcml as cm
from calcml.core.expr import ZERO
from tests.corpora.latex_cases import rows, same

SHAPES = {"x": "n", "y": "n", "w": "n", "A": "n n", "X": "m n", "b": "m"}

READ = [
    (r"\tfrac12 \dfrac{a}{b} + \sqrt[n]{x}", "a/b/2 + x^(1/n)"),
    (r"\left( x + \bigl[ y \bigr] \right)", "x + y"),
    (r"\sin^2 x \cos y", "sin(x)^2*cos(y)"),
    (r"\log p_\theta", "log(p_theta)"),
    (r"\hat{y} - \bar{y} + \tilde{\mathbf{y}}_1", "y_hat - y_bar + y_tilde_1"),
    (r"\sigma(x) + \sigma_1^2", "sigmoid(x) + sigma_1^2"),
    (r"\mu + \sigma^2", "mu + sigma^2"),
    (r"w^{(1)} x^{2}", "w_1_*x^2"),
    (r"x_1 + x_{t-1}", "x_1 + x_tm1"),
    (r"e^{i}", "exp(i)"),
    (r"\mathrm{e}^{x} + \mathrm{i}", "exp(x) + I"),
    (r"f(x) + f'(x)", "f(x) + D(f(x), x)"),
    (r"\mathbb{1}[x > 0] x", "where(x > 0, 1, 0)*x"),
    (r"\mathbb{1}_{\{0 < x \le 1\}}", "where(0 < x <= 1, 1, 0)"),
    (
        r"\begin{cases} x & x \in [0, 1) \\ 0 & \text{otherwise} \end{cases}",
        "where(0 <= x and x < 1, x, 0)",
    ),
    (
        r"\begin{cases} x^2, & \text{if } |x| \leq \delta, \\ 1, & |x| > \delta."
        r"\end{cases}",
        "where(abs(x) <= delta, x^2, 1)",
    ),
    (
        r"\begin{aligned} z &= w x + b \\ L &= (z - y)^2. \end{aligned}",
        "(w*x + b - y)^2",
    ),
    (r"\frac{\partial^2}{\partial x \partial y} f(x, y)", "D(f(x, y), x, y)"),
    (r"(1 - yx)_+^2 + \left[x - 1\right]_{+}", "relu(1 - y*x)^2 + relu(x - 1)"),
    (
        r"\left\{\begin{array}{ll} x & x > 0 \\ y & x \le 0 \end{array}\right. + 1",
        "where(x > 0, x, y) + 1",
    ),
    (r"s^2 = \alpha/2", "alpha/2"),
    (r"\frac{d}{dx} [\tan x] + 1", "tan(x)^2 + 2"),
    (r"\frac{d^2}{dx^2} \sin x", "-sin(x)"),
    (r"(\frac{\partial}{\partial x} x^2) y", "2*x*y"),
    (r"\frac{d}{dx} f(x) \cos x + 1", "D(f(x), x)*cos(x) + 1"),
    (r"{\bf x}_1 + {\rm loss} + {\rm e}^x", "x_1 + loss + exp(x)"),
    (r"\psi^{(1)}(x) + \psi(x)^2", "polygamma(1, x) + digamma(x)^2"),
    (r"\lfloor x \rfloor + \lvert y \rvert", "floor(x) + abs(y)"),
    (r"\max\{0, 1 - y\} + \min(x, y)", "max(0, 1 - y) + min(x, y)"),
    (r"\binom{n}{2} + k!", "gamma(n + 1)/(gamma(3)*gamma(n - 1)) + gamma(k + 1)"),
    (r"\sum_{k=1}^{3} k^2 \cdot 2", "28"),
    (r"a(1 - a)", "a*(1 - a)"),
    (r"\mathbf{e} x + 2|x|", "e_1*x + 2*abs(x)"),
    (r"\log_2 x + \log_b y + \lg x", "log2(x) + log(y)/log(b) + log10(x)"),
    (r"\displaystyle{y = x\,\tan x}.", "x*tan(x)"),
    (r"{n \choose k} p^k", "gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))*p^k"),
    (r"f(x) = e^{-x}, \quad x \ge 0.", "exp(-x)"),
    (r"w_n = \pi n \qquad 0 \le n \le M - 1", "pi*n"),
    (
        r"\begin{cases} 1 & x >= 0 \\ \infty & x \not\in [0, \infty) \end{cases}",
        "where(x >= 0, 1, inf)",
    ),
    (r"\left|x\right| \left|y\right| + (x - y)^+", "abs(x)*abs(y) + relu(x - y)"),
    (r"\underbrace{x^2}_{\text{energy}} + \boxed{y} 1{,}000", "x^2 + 1000*y"),
    (r"\operatorname{W}(x) + \mathrm{W}", "lambertw(x) + W"),
    (r"x^{\text{power}} + \text{power} + l r^l", "x^power + power + l*r^l"),
    (r"5!! + \frac123", "15 + 3/2"),
    (r"s(x) = \frac{1}{1 + e^{-x}} = \frac{e^x}{e^x + 1}", "1/(1 + exp(-x))"),
    (r"\phantom{x} \pi + \hphantom{\frac{a}{b}} x", "pi + x"),
    (r"\Delta + \Delta x + \sqrt{d} dx", "Delta + Delta*x + sqrt(d)*d*x"),
    (
        r"\begin{aligned} L = & - a \log x \\ & - b \log y \\ &\quad + c + \\ & 1"
        r"\end{aligned}",
        "1 + c - a*log(x) - b*log(y)",
    ),
    (r"\left( a \\ + b \right) \\ \times x", "(a + b)*x"),
    (r"z &= w x \\ & -z^2", "-(w*x)^2"),
    (r"f(x) = \log(\mathrm{sigmoid}(x)) = -\log(1 + e^{-x})", "log(sigmoid(x))"),
    (r"L = y \log \frac{y}{p} = y (\log y - \log p)", "y*log(y/p)"),
    (
        r"f^{(1, 0)}(x + 1, y) + g^{(0,2)}(x, y)",
        "D(f(x + 1, y), x + 1) + D(g(x, y), y, 2)",
    ),
    (r"2d\pi + \sum_{k=1}^{3} k \quad", "2*d*pi + 6"),
    (r"y = a b, \; a = c + 1, \; c = \pi x", "(pi*x + 1)*b"),
    (r"\max(x, y), \quad x = \pi t", "max(pi*t, y)"),
    (r"P(X=k) = (1 - p)^{k - 1} p, k = 1, 2, ...", "(1 - p)^(k - 1)*p"),
    (r"f(k) = \mu^k, \quad k = 0, 1, \ldots, n", "mu^k"),
    (r"u = \sin(\pi x) \text{, which holds at first}", "sin(pi*x)"),
    (r"|x|^{-\frac{n}{2}} |y|^{m} + \text{const.}", "abs(x)^(-n/2)*abs(y)^m + const"),
    (r"k &= e^{-x} && \text{Gaussian} \\", "exp(-x)"),
    (r"\theta_t \leftarrow \theta_{t-1} - \eta g", "theta_tm1 - eta*g"),
    (
        r"m \gets \beta m + g \\ \theta \gets \theta - \eta m",
        "theta - eta*(beta*m + g)",
    ),
    (r"L^{\mathrm{CLIP}}(\hat y, y) = (\hat{y} - y)^2", "(y_hat - y)^2"),
    (r"L^{CLIP} = \theta^2", "theta^2"),
    (r"L \stackrel{\text{def}}{=} x\pi", "x*pi"),
    (r"\begin{array}{ll} z = x + 1 \\ h' = z^2 \end{array}", "(x + 1)^2"),
    (
        r"\mathop{\mathrm{max}}(x, 0) + \operatorname{\mathrm{ReLU}}(y)",
        "max(x, 0) + relu(y)",
    ),
    ("```math\n\\frac{1}{2} x\n```", "x/2"),
    ("$`\\frac{1}{2} x`$", "x/2"),
    (
        r"\begin{dcases} x & x > 0 \\ 1 & x == 0 \\ -x & x < 0 \end{dcases}",
        "where(x > 0, x, where(x == 0, 1, -x))",
    ),
    (r"\text{lr} \, g + \text{loss } \cdot x", "lr*g + loss*x"),
    (r"\text{ReLU}(x) = (x)^+ = \max(0, x) = \frac{x + |x|}{2}", "relu(x)"),
]
ARRAYS = [
    (r"\sum_{i=1}^{n} x_i", "sum(i, 0, n - 1, x[i])"),
    (r"-\sum x_i \log x_i", "-sum(x*log(x))"),
    (
        r"\frac{1}{n}\sum (x_i - y_i)^2 + \prod(1 - x_j)",
        "sum((x - y)^2)/n + prod(1 - x)",
    ),
    (r"\sum_{i=1}^n x_i^2 \sum_{i=1}^n y_i^2", "sum(x^2)*sum(y^2)"),
    (r"\sqrt{\sum_{i=1}^{n} x_i \sum_{i=1}^{n} y_i}", "sqrt(sum(x)*sum(y))"),
    (r"n\sum x_iy_i - \sum x_i\sum y_j", "n*sum(x*y) - sum(x)*sum(y)"),
    (r"\frac{e^{x_i}}{\sum e^{x_j}} \max |y_k|", "softmax(x)*max(abs(y))"),
    (r"\sum_{i=1}^{n} i x_i", "sum(i, 0, n - 1, (i + 1)*x[i])"),
    (r"\sum_{i=2}^{n} (x_i - x_{i-1})^2", "sum(i, 1, n - 1, (x[i] - x[i - 1])^2)"),
    (r"x_1 + x_n + A_{12} + A_{2,1}", "x[0] + x[n - 1] + A[0, 1] + A[1, 0]"),
    (r"\frac{e^{x_i}}{\sum_j e^{x_j}}", "exp(x)/sum(exp(x))"),
    (r"\log\sum_{i} e^{x_i}", "log(sum(exp(x)))"),
    (r"\prod_i x_i + \max_i x_i", "prod(x) + max(x)"),
    (r"x_0 + \sum_{i=0}^{n-1} i x_i + A_{01}", "x[0] + sum(i, x[i]*i) + A[0, 1]"),
    (
        r"\sum_{0 \le i \le n-2} (x_{i+1} - x_i)^2",
        "sum(i, 0, n - 2, (x[i + 1] - x[i])^2)",
    ),
    (r"\max_{1 \leq i \leq n} |x_i - y_i|", "max(abs(x - y))"),
    (r"\sum_{2 \le i \le n} x_i x_{i-1}", "sum(i, 1, n - 1, x[i]*x[i - 1])"),
    (
        r"y_i = \frac{x_i}{r} w_i, \quad \text{where} \quad "
        r"r = \sqrt{\epsilon + \frac{1}{n} \sum_{i=1}^{n} x_i^2}",
        "x*w/sqrt(epsilon + sum(x^2)/n)",
    ),
    (r"\|X w - b\|_2^2 + \lambda\|w\|_1", "norm2(X @ w - b)^2 + lambda*norm1(w)"),
    (r"x^\top A x + x^T y", "x @ A @ x + x @ y"),
    (r"x y^\top", "outer(x, y)"),
    (r"{\|x - y\|}_2 / {\left\|x\right\|}_1", "norm2(x - y)/norm1(x)"),
    (r"\langle x, y \rangle + \|x\|_p", "x @ y + sum(abs(x)^p)^(1/p)"),
    (r"\lVert x \rVert \left\|y\right\| + x \oslash y", "norm2(x)*norm2(y) + x/y"),
    (
        r"(A^\top A + \lambda I)^{-1} A^\top x",
        "inv(A.T @ A + lambda*eye(n)) @ (A.T @ x)",
    ),
    (r"A^{-\top} x", "inv(A).T @ x"),
    (r"\log \det A + \operatorname{tr}(A^2)", "log(det(A)) + trace(A @ A)"),
    (r"\mathbf{1}^\top x + \|A\|_F", "sum(x) + norm2(A)"),
    (r"x \odot y^{\circ 2}", "x*y^2"),
    (r"\left(\prod x\right) n + \sum x n", "prod(x)*n + sum(x)*n"),
    (r"\operatorname{abs}(x) + |x_1| y", "abs(x) + abs(x[0])*y"),
    (r"\sigma(\mathbf{X} \mathbf{w} + \mathbf{b})", "sigmoid(X @ w + b)"),
]
REFUSED = [
    r"1e-6 + \epsilon", r"x^{2e3} + \pi", r"\frac{pi}{2} x", r"mu x + \pi", r"x^",
    r"\operatorname*{argmax}_x f(x)", r"\mathrm{argmin} f(x)", r"\operatorname{foo} x",
    r"\text{minimize } x^2", r"\text{maximize} \, x^2", r"x^2 \text{ cm}",
    r"x/\Delta t + \pi", r"\frac{t}{n\Delta t}", r"dx \cdot \pi", r"\mathrm{d}x + \pi",
    r"a &= \frac{1}{x} \\ b &= x^2", r"f(a) &= \frac{1}{a} \\ b &= x^2",
    r"f = x\pi = x\pi + 10^{-12}", r"y = \sqrt{x^2} = x \cdot 1",
    r"y = x^2 \pi, z = x^3", r"y = ab\pi, c = x, a = c + 1", r"f(k) = \mu^k, k = 0",
    r"\pi x^2 \quad (2)", r"f(x) = \pi x, \text{ if } x > 0, 0 \text{ otherwise}",
    r"x^2 \\ y^2", r"f &= x^2 & y \pi", r"z &= wx \\ + z^2",
    r"x == y \pi", r"x^n = \theta",
    r"\begin{array}{ll} 1 & x = 1 \\ 2 & x = 2 \end{array}",
    r"\frac{\partial u}{\partial t} + u = 0", r"\nabla f = 0",
    r"\log \frac{1}{n} \sum_{i=1}^{3} i", r"\sinh{(x)^2}", r"e^{-\ln 2 \, t}",
    r"w^{\text{old}} + 1", r"a_k^{l-1} + \pi", r"x_+ + \pi", r"\cosh^{-1}(x)",
    r"\sigma^2(x)", r"\frac{d^2 y}{dx^2}",
    r"f(x) = \beta x, \quad \beta = 2", r"\operatorname{E}(x)",
    r"e^x^2", r"x^{2}^3", r"e^{x} = \pi", r"\int_0^1 x^2 dx", r"\mathbf{Xw} + 1",
    r"\pi + lnx", r"p_i logq_i", r"\sqrt{xlnx}", r"\alpha loss_i",
    r"\frac{d}{dx} x + 1",
    r"\frac{d}{dx} x^2 \cos x",
    r"\frac{d}{dx} y",
    r"\log x^2", r"\sin x y", r"1/2x \pi", r"x^T \pi", r"a/bc \pi", r"\sin^{-1} x",
    r"\mathbb{E}[x]", r"E[x + \pi]", r"\frac{dy}{dx}", r"\int x dx",
    r"y = x^2 = x^3", r"y = x = x = x = x = x = x = x + \pi - \pi",
    r"p(x \mid y)", r"x = y = \pi", r"\mathbf{x} + x", r"sin \pi", r"k(x + 1) \pi",
    r"\begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}", r"\|x\|", r"\frac{1}{2",
    r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"x^23 \pi", r"|x|y|z| \pi", "",
]  # fmt: skip
REFUSED_ARRAYS = [
    r"x'w", r"\langle x \rangle", r"|x| \cdot 1", r"\prod x m", r"\max x_i m",
    r"x_0", r"\sum_{i=0}^{n} x_i", r"x_n \sum_{i=0}^{n-1} x_i",
    r"\sum_{i=0}^{n-1} x_{i+1}", r"\sum_{i=0}^{n-1} x_i \sum_{j=1}^{n} y_j",
    r"\sum_{1 \le i < j \le n} x_i x_j",
    r"x y \pi", r"x^2", r"\|A\|_2", r"|A|", r"e^{A}",
    r"\sum_{i} x_i + y_i", r"\sum_{i=1}^n z_i", r"I_k + A", r"\max_w w", r"A \times A",
    r"x_{n+1}", r"\sum A_{ij}", r"x_i - \sum x_i", r"\sum (x - y)^2",
    r"\operatorname{softmax}(x_i)", r"\operatorname{mean}(x_i)",
]  # fmt: skip


@pytest.mark.parametrize(("latex", "text"), READ)
def test_a_formula_is_read(latex: str, text: str) -> None:
    assert same(cm.parse(latex, dialect="latex"), cm.parse(text, dialect="calcml"))


@pytest.mark.parametrize(("latex", "text"), ARRAYS)
def test_arrays_are_read(latex: str, text: str) -> None:
    read = cm.parse(latex, shapes=SHAPES, dialect="latex")
    assert cm.simplify(read) is cm.simplify(cm.parse(text, shapes=SHAPES))


@pytest.mark.parametrize("latex", REFUSED)
def test_what_is_not_sure_is_refused_at_its_place(latex: str) -> None:
    with pytest.raises(cm.CalcmlError) as caught:
        cm.parse(latex, dialect="latex")
    assert caught.value.text == latex
    assert caught.value.span is not None


@pytest.mark.parametrize("latex", REFUSED_ARRAYS)
def test_what_is_not_sure_of_arrays_is_refused(latex: str) -> None:
    with pytest.raises(cm.CalcmlError):
        cm.parse(latex, shapes=SHAPES, dialect="latex")


def test_a_backslash_shows_the_language() -> None:
    assert cm.diff(r"\frac{1}{2} x^2", "x") is cm.diff("x^2/2", "x")
    assert cm.explain_reading(r"\hat{y} x_1").dialect == "latex"
    with pytest.raises(cm.ParseError):
        cm.parse(r"\frac{1}{2}", dialect="calcml")


def test_a_reading_has_its_names_and_conventions() -> None:
    told = cm.explain_reading(r"\sum_{i=1}^n x_i \hat{y}", shapes={"x": "n"})
    assert told.names == {"y_hat": r"\hat{y}"}
    assert any("from 1" in sentence for sentence in told.conventions)
    assert r"y_hat is \hat{y}" in str(told)


def test_an_exponent_t_is_a_transpose_or_a_power() -> None:
    shapes = {"T": "", "x": ""}
    assert cm.parse(r"x^T \cdot 1", shapes=shapes, dialect="latex") is cm.parse("x^T*1")


def mutated(r: random.Random, text: str) -> str:
    pieces = r"""\frac \sqrt { } ( ) [ ] ^ _ | \| \left \right & \\ \begin{cases} + 2 ,
    \end{cases} \sum \prod_i \max \sin \log x = - / \top T \text{if} \mathbf \hat ' !
    \odot \cdot \in \infty \mathbb{1} e ^{-1} _{i=1}^n \over \{ \} \binom i""".split()
    found = list(text)
    for _ in range(r.randint(1, 3)):
        i = r.randrange(len(found) + 1)
        if r.random() < 0.4:
            del found[i : i + r.randint(1, 4)]
        else:
            found[i:i] = r.choice(pieces)
    return "".join(found)


@pytest.mark.parametrize(
    "text", ["sigma*(x + 1)", "2*sigma^2*(x + 1)^2", "psi*(-x)", "-Gamma*(x + 1)/y"]
)
def test_letters_of_functions_are_printed_as_variables(text: str) -> None:
    """They read back without their names: \\sigma(x) is sigmoid in papers."""
    made = cm.parse(text)
    assert cm.simplify(cm.parse(made.latex(), dialect="latex") - made) is ZERO


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, 20))]
)
def test_no_text_is_beyond_the_errors_nor_slow(seed: int) -> None:
    """500 mutated formulas of public sources a seed."""
    r = random.Random(seed)
    every: list[dict[str, Any]] = rows()
    told: list[str] = []
    for _ in range(500):
        row = r.choice(every)
        text = mutated(r, row["latex"])
        start = time.process_time()
        try:
            str(cm.parse(text, shapes=row.get("shapes"), dialect="latex"))
        except cm.CalcmlError as error:
            told.append(str(error))
        assert time.process_time() - start < 1, text
    assert all(told)


@pytest.mark.parametrize(
    "text", ["{" * 9000, "(" * 9000, r"\frac" * 4000, "x^{" * 6000, r"\sqrt{" * 3000]
)
def test_deep_texts_end_in_errors(text: str) -> None:
    with pytest.raises(cm.CalcmlError):
        cm.parse(text, dialect="latex")


def test_long_texts_are_refused() -> None:
    with pytest.raises(cm.LimitError):
        cm.parse(r"\pi + " * 10_000 + "x")
