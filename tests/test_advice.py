"""Each message that says what to do: a call that causes it, and what it tells, done.

The texts of formulas have a table of their own, in tests/parsing/test_advice.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import calcml as cm
from calcml import CalcmlError, parse
from tests.parsing import python_cases

pytestmark = pytest.mark.usefixtures("tables_as_before")

SHAPES = {"A": "m n", "B": "n n", "v": "n", "u": "n", "w": "m"}
Do = Callable[[], Any]


def p(text: str, **shapes: str) -> cm.Expr:
    return parse(text, shapes=SHAPES | shapes)


def matlab(text: str) -> cm.Expr:
    return parse(text, dialect="matlab")


def tex(text: str) -> cm.Expr:
    return parse(text, shapes=SHAPES, dialect="latex")


def grad(text: str) -> Any:
    return cm.grad(text, "v", shapes=SHAPES)


# What is done; what the message says; what is done then, each of which works.
CASES: list[tuple[Do, str, list[Do]]] = [
    # calls
    (
        lambda: cm.compile("x*y", [1, 2]),
        'write "x y", or a list',
        [lambda: cm.compile("x*y", "x y"), lambda: cm.compile("x*y", ["x", "y"])],
    ),
    (
        lambda: p("elliptic_pi(n, m)").evalf({"n": 1e10, "m": 0.5}),
        "take a shorter formula",
        [lambda: p("elliptic_pi(n, m)").evalf({"n": 0.1, "m": 0.5})],
    ),
    # indices that sums bind
    (
        lambda: p("logsumexp(k, 0, 3, k*t)"),
        "arange(3 + 1)[k]*t), for values write logsumexp(0, 3, k, ...)",
        [
            lambda: p("logsumexp(k, 0, 3, arange(3 + 1)[k]*t)"),
            lambda: p("logsumexp(0, 3, k, k*t)"),
        ],
    ),
    (
        lambda: p("sum(v[i])"),
        "write sum of the whole array, or sum(i, v[i])",
        [lambda: p("sum(v)"), lambda: p("sum(i, v[i])")],
    ),
    (
        lambda: p("B^-1"),
        "write inv(B) or 1/B",
        [lambda: p("inv(B)"), lambda: p("1/B")],
    ),
    (
        lambda: p("f = v[i]^2; sum(i, 0, n - 1, f)"),
        "write f[i]",
        [lambda: p("f = v[i]^2; sum(i, 0, n - 1, f[i])")],
    ),
    (
        lambda: p("sum(i, v[i - n]*u[i])"),
        "write v[i]",
        [lambda: p("sum(i, v[i]*u[i])")],
    ),
    (
        lambda: p("sum(i, 1, n, v[i]^2)"),
        "write sum(i, 0, n - 1, ...), or i - 1 for i in it",
        [lambda: p("sum(i, 0, n - 1, v[i]^2)"), lambda: p("sum(i, 1, n, v[i - 1]^2)")],
    ),
    (
        lambda: p("sum(i, 0, n/2 - 1, v[2*i])"),
        "give the size as a number, or name its part, as in sum(i, 0, m - 1, x[2*i])",
        [
            lambda: p("sum(i, 0, 1, v[2*i])"),
            lambda: p("sum(i, 0, m - 1, v[2*i])"),
        ],
    ),
    (
        lambda: p("sum(i, 1, n - 1, sum(v[:-i]))"),
        "write n - i",
        [lambda: p("sum(i, 1, n - 1, sum(v[:n - i]))")],
    ),
    (
        lambda: p("sum((2, i), v[i])"),
        "take a letter, as in sum(i, x[i])",
        [lambda: p("sum(i, v[i])")],
    ),
    (
        lambda: p("sum(i, v[i]*max(j, max(0, i - 1), i, u[j]))"),
        "write one that is no choice",
        [lambda: p("sum(i, v[i]*max(j, 0, i, u[j]))")],
    ),
    (
        lambda: p("v[i]*u"),
        "write the array's elements with indices, too",
        [lambda: p("v[i]*u[i]")],
    ),
    (
        lambda: p("delta(i, j)"),
        "write eye(n) for a unit matrix",
        [lambda: p("eye(n)")],
    ),
    (
        lambda: p("sum(i, B[i, j]*sum(i, B[i, j]*v[k]))"),
        "another letter for the inner one",
        [lambda: p("sum(i, B[i, j]*sum(l, B[l, j]*v[k]))")],
    ),
    (
        lambda: p("sum(i, v[i]*u[2*i])"),
        "write sum(i, 0, m - 1, ...), with a size m",
        [lambda: p("sum(i, 0, m - 1, v[i]*u[2*i])")],
    ),
    (
        lambda: p("sum(i, q[i]*q[2*i])", q="7"),
        "write its bounds, sum(i, 0, 3, ...)",
        [lambda: p("sum(i, 0, 3, q[i]*q[2*i])", q="7")],
    ),
    (
        lambda: p("sum(i, A[i, j]*v[i])"),
        "write its bounds: sum(i, 0, m - 1, ...)",
        [lambda: p("sum(i, 0, 1, A[i, j]*v[i])")],
    ),
    # formulas
    (lambda: p(""), "write one, for example", [lambda: p("x*exp(-x^2)")]),
    (lambda: p("(x"), "add the missing one", [lambda: p("(x)")]),
    (lambda: p("a = (x\na*2"), "missing one at the end", [lambda: p("a = (x)\na*2")]),
    (lambda: p("x)"), "remove it or open", [lambda: p("x"), lambda: p("(x)")]),
    (lambda: p("x\0"), "remove it", [lambda: p("x")]),
    (lambda: p("x,"), "; remove it", [lambda: p("x")]),
    (lambda: p("x\u00a0+ y"), "write a plain one", [lambda: p("x + y")]),
    (lambda: p("[1, 2]"), "name an array", [lambda: p("v")]),
    (lambda: p("2*x = 3"), "for a condition write ==", [lambda: p("2*x == 3")]),
    (
        lambda: p("x\n- y"),
        "end the line",
        [lambda: p("u = x;\n- y"), lambda: p("(x\n- y)")],
    ),
    (
        lambda: p("x; x^2"),
        "give it a name",
        [lambda: p("u = x; u^2"), lambda: p("x^2")],
    ),
    (lambda: p("f()"), "write f or f(x)", [lambda: p("f"), lambda: p("f(x)")]),
    (lambda: p("2*inf"), "as in max(x, -inf)", [lambda: p("max(x, -inf)")]),
    (
        lambda: p("(x > 0)*2"),
        "write where(x > 0, 1, 0)",
        [lambda: p("where(x > 0, 1, 0)*2")],
    ),
    (
        lambda: p("sin(x > 0)"),
        "write where(x > 0, 1, 0)",
        [lambda: p("sin(where(x > 0, 1, 0))")],
    ),
    (lambda: p("where(x, 1, 2)"), "such as x > 0", [lambda: p("where(x > 0, 1, 2)")]),
    (
        lambda: p("where(x = 0, 1, 2)"),
        "write where(x == 0, 1, 2)",
        [lambda: p("where(x == 0, 1, 2)")],
    ),
    (lambda: p("1/2x"), "write 1/(2*x) or", [lambda: p("1/(2*x)"), lambda: p("1/2*x")]),
    (lambda: p("|x"), "close the bar", [lambda: p("|x|")]),
    (
        lambda: p("sin(x) = x^2; sin(2)"),
        "such as sin_1",
        [lambda: p("sin_1(x) = x^2; sin_1(2)")],
    ),
    (
        lambda: p("x = 2; f(x) = x^2; f(3)"),
        "as in f(x, y) = x + y",
        [lambda: p("x = 2; f(y) = y^2; f(3)"), lambda: p("f(x, y) = x + y")],
    ),
    (
        lambda: p("f(x) = x*f(x - 1)"),
        "write it with others",
        [lambda: p("f(x) = x*g(x - 1)")],
    ),
    (lambda: p("sni(x)"), "Did you mean sin?", [lambda: p("sin(x)")]),
    (lambda: p("frac(x)"), "write (x - floor(x))", [lambda: p("(x - floor(x))")]),
    (lambda: p("d/dx(x^2)"), "derive by x", [lambda: cm.diff("x^2", "x")]),
    (lambda: p("Sin[x]"), "write sin(x)", [lambda: p("sin(x)")]),
    (
        lambda: p("D(f(x))"),
        "write D(f(x), x) or",
        [lambda: p("D(f(x), x)"), lambda: p("D(f(x, y), x, 2, y)")],
    ),
    (lambda: p("D(x^2, x)"), "derive x^2 with diff", [lambda: cm.diff("x^2", "x")]),
    (
        lambda: p("D(f(x^2), x)"),
        "as in D(f(x^2), x^2), or",
        [lambda: p("D(f(x^2), x^2)"), lambda: p("D(f(x^2), 1)")],
    ),
    # arrays
    (lambda: parse("sum(y)"), "declare y: n", [lambda: p("sum(y)", y="n")]),
    (
        lambda: parse("A @ x"),
        "declare A: m n, x: n, or write *",
        [lambda: p("A @ x", x="n"), lambda: p("a*x")],
    ),
    (lambda: p("B^T"), "write B.T", [lambda: p("B.T")]),
    (lambda: p("sum(A, 0)"), "write sum(A, axis=0)", [lambda: p("sum(A, axis=0)")]),
    (
        lambda: p("sum(A, axis=k)"),
        "a pair such as (0, 1)",
        [lambda: p("sum(A, axis=(0, 1))")],
    ),
    (
        lambda: p("v[::2]"),
        "write the stop as 2*m - 1",
        [lambda: p("v[:2*m - 1:2]"), lambda: p("sum(i, 0, k, v[2*i])")],
    ),
    (lambda: p("g(v)"), "apply it to scalars", [lambda: p("g(v[0])")]),
    (lambda: p("delta(i, j)"), "write eye(n)", [lambda: p("eye(n)")]),
    (
        lambda: p("sum(i, i^2)"),
        "sum(i, 0, n - 1, ...)",
        [lambda: p("sum(i, 0, n - 1, i^2)")],
    ),
    (
        lambda: p("sum(i, v[i]*w[i])"),
        "sum(i, 0, n - 1, ...)",
        [lambda: p("sum(i, 0, n - 1, v[i]*w[i])")],
    ),
    (
        lambda: p("sum(i, v[i]*v[i + 1])"),
        "sum(i, 0, n - 2, ...)",
        [lambda: p("sum(i, 0, n - 2, v[i]*v[i + 1])")],
    ),
    (lambda: p("sum(e, v[e])"), "take another letter", [lambda: p("sum(i, v[i])")]),
    (lambda: p("sum(n, v[n])"), "take another letter", [lambda: p("sum(i, v[i])")]),
    (
        lambda: p("sum((i, j), 0, 3, B[i, j])"),
        "write sum(i, a, b, sum(j, c, d, term))",
        [lambda: p("sum(i, 0, 3, sum(j, 0, 3, B[i, j]))")],
    ),
    (
        lambda: parse("x", shapes={"x": 2.5}),
        'write "m n"',
        [lambda: parse("x", shapes={"x": "m n"})],
    ),
    (
        lambda: parse("x", shapes={"x": "m-1"}),
        "write a name or a number",
        [lambda: parse("x", shapes={"x": "k"})],
    ),
    (
        lambda: parse("x", shapes={"x": "m x n x"}),
        "write 'm n'",
        [
            lambda: parse("x", shapes={"x": "m n"}),
            lambda: parse("x", shapes={"x": "m, x, n"}),
        ],
    ),
    (
        lambda: parse("x", shapes="x: n"),
        'such as {"A": "m n", "x": "n"}',
        [lambda: parse("x", shapes={"A": "m n", "x": "n"})],
    ),
    (
        lambda: p("sum(A, axis=(0, 0))"),
        "name it once",
        [lambda: p("sum(A, axis=0)")],
    ),
    (
        lambda: p("f(v[i])"),
        "define it",
        [lambda: [cm.define("f(x) = x^2"), p("f(v[i])")]],
    ),
    (
        lambda: p("sum(i, sum(softmax(v[i:n])))"),
        "write it with elements and sums",
        [lambda: p("sum(i, 0, n - 1, exp(v[i])/sum(j, i, n - 1, exp(v[j])))")],
    ),
    (
        lambda: cm.grad(p("sum(v)"), "v", shapes={"v": "m n"}),
        "declare another one where",
        [lambda: cm.grad("sum(v)", "v", shapes={"v": "m n"})],
    ),
    # matrixcalculus.org's language
    (
        lambda: matlab("x*y"),
        "write ' behind the first",
        [lambda: matlab("x'*y"), lambda: matlab("x*y'"), lambda: matlab("x.*y")],
    ),
    (lambda: matlab("A^T*x"), "write ' in the place of ^T", [lambda: matlab("A'*x")]),
    (lambda: matlab("x^2"), "write .^", [lambda: matlab("x.^2")]),
    (lambda: matlab("a^x"), "write .^", [lambda: matlab("a.^x")]),
    (
        lambda: matlab("1/A"),
        "write ./",
        [lambda: matlab("1./A"), lambda: matlab("1*inv(A)")],
    ),
    (lambda: matlab("x(1)"), "a product is x*(...)", [lambda: matlab("x*(1)")]),
    (
        lambda: matlab("sum(X, 1)"),
        "X*vector(1)",
        [lambda: matlab("X*vector(1)"), lambda: matlab("X'*vector(1)")],
    ),
    (
        lambda: parse("A*B", shapes={"A": "2 3", "B": "2 3"}, dialect="matlab"),
        "; write .* element by element",
        [lambda: parse("A.*B", shapes={"A": "2 3", "B": "2 3"}, dialect="matlab")],
    ),
    # assumptions
    (
        lambda: cm.simplify("x", given="x"),
        "such as x > 0",
        [lambda: cm.simplify("x", given="x > 0")],
    ),
    (
        lambda: cm.simplify("x", given="x positive"),
        "write x > 0",
        [lambda: cm.simplify("x", given="x > 0")],
    ),
    (
        lambda: cm.simplify("x", given="x = y = 1"),
        "write x = y, y = 1",
        [lambda: cm.simplify("x", given="x = y, y = 1")],
    ),
    (
        lambda: cm.simplify("a", given="sum(y) = 1"),
        "such as a + b = 1",
        [lambda: cm.simplify("a", given="a + b = 1")],
    ),
    (
        lambda: parse("x", given="x > 0"),
        "give assumptions to simplify",
        [lambda: cm.simplify("x", given="x > 0")],
    ),
    (
        lambda: parse("x", dialect="fortran"),
        "use calcml or matlab or latex or python",
        [lambda: parse("x", dialect="matlab")],
    ),
    # derivatives
    (lambda: cm.diff("a*b"), "as in diff(f, 'a')", [lambda: cm.diff("a*b", "a")]),
    (
        lambda: cm.derive("a*b", []),
        "as in derive(f, ['a', 'b'])",
        [lambda: cm.derive("a*b", ["a", "b"])],
    ),
    (
        lambda: cm.diff("x^3", "x", 2),
        "write order=2",
        [lambda: cm.diff("x^3", "x", order=2)],
    ),
    (lambda: cm.diff("x^3", 3.5), "such as x", [lambda: cm.diff("x^3", "x")]),
    (lambda: cm.grad("x^3", 3.5), "such as x", [lambda: cm.grad("x^3", "x")]),
    (lambda: cm.diff("x^3", "2x"), "such as x or w_1", [lambda: cm.diff("x^3", "x")]),
    (
        lambda: cm.grad("x*y", "x, y"),
        "write each alone: 'x', 'y'",
        [lambda: cm.grad("x*y", ["x", "y"])],
    ),
    (
        lambda: grad("A @ v"),
        "take jacobian, or vjp",
        [
            lambda: cm.jacobian("A @ v", "v", shapes=SHAPES),
            lambda: cm.vjp("A @ v", "v", shapes=SHAPES),
        ],
    ),
    (
        lambda: cm.hessian("sum(A @ v + w)^2", ["v", "w"], shapes=SHAPES),
        "hessian(f, 'v', 'w')",
        [lambda: cm.hessian("sum(A @ v + w)^2", "v", "w", shapes=SHAPES)],
    ),
    (
        lambda: cm.vjp("v*u", "v", "u", shapes=SHAPES),
        "name the upstream gradient anew",
        [lambda: cm.vjp("v*u", "v", "z", shapes=SHAPES)],
    ),
    (
        lambda: cm.jvp("x*y", ["x", "y"]),
        "such as ['dx', 'dy']",
        [lambda: cm.jvp("x*y", ["x", "y"], ["dx", "dy"])],
    ),
    (
        lambda: bool(parse("x > 0")),
        "choose with where(x > 0, a, b)",
        [lambda: p("where(x > 0, a, b)")],
    ),
    (
        lambda: parse("x > 0") * 2,
        "write where(x > 0, 1, 0)",
        [lambda: p("where(x > 0, 1, 0)") * 2],
    ),
    # values
    (
        lambda: parse("x*y").evalf({"x": 1}),
        'evalf({"y": 0.5})',
        [lambda: parse("x*y").evalf({"x": 1, "y": 0.5})],
    ),
    (
        lambda: parse("x").evalf({"x": "1,5"}),
        "write 0.5, 1/2 or 1+2j",
        [
            lambda: parse("x").evalf({"x": "1/2"}),
            lambda: parse("x").evalf({"x": "1+2j"}),
        ],
    ),
    (
        lambda: parse("f(x)").evalf({"x": 1}),
        "functions={'f':",
        [lambda: parse("f(x)").evalf({"x": 1}, functions={"f": lambda x: x})],
    ),
    (
        lambda: cm.compile("x*y", ["x"]),
        "give ['x', 'y']",
        [lambda: cm.compile("x*y", ["x", "y"])],
    ),
    (lambda: cm.compile("x", ["x"], backend="jax"), "use numpy or python", []),
    (
        lambda: cm.compile("f(x)", ["x"]),
        "define it, or put an expression in its place",
        [lambda: [cm.define("f(x) = x^2"), cm.compile("f(x)", ["x"])]],
    ),
    (
        lambda: cm.compile(p("ones(n)"), []),
        'as in shapes={"w": "n"}',
        [lambda: cm.compile(p("ones(n)"), ["w"], shapes={"w": "n"})],
    ),
    (
        lambda: cm.compile(p("sum(v)/n"), ["v", "n"])([1.0, 2.0], 2.5),
        "give it a whole number",
        [lambda: cm.compile(p("sum(v)/n"), ["v", "n"])([1.0, 2.0], 2)],
    ),
    (lambda: parse("x").subs({3: 1}), "such as x", [lambda: parse("x").subs({"x": 1})]),
    (lambda: list(p("v")), "take parts by x[0]", [lambda: p("v")[0]]),
    # functions of one's own
    (
        lambda: cm.define("own1(x) = a*x"),
        "as in own1(x, a)",
        [lambda: cm.define("own1(x, a) = a*x")],
    ),
    (
        lambda: cm.define("own2(2) = x"),
        "as in own2(x, b)",
        [lambda: cm.define("own2(x, b) = x")],
    ),
    (
        lambda: cm.define("sin(x) = x"),
        "choose another",
        [lambda: cm.define("own3(x) = x")],
    ),
    (
        lambda: cm.define("own4(x) := x"),
        "write own4(x) = x",
        [lambda: cm.define("own4(x) = x")],
    ),
    (
        lambda: cm.define("own5(x, a) = a*x", d=("a",)),
        "give one for each",
        [lambda: cm.define("own5(x, a) = a*x", d=("a", "x"))],
    ),
    (
        lambda: cm.define("own6(x) = x", numpy="numpy.no"),
        "such as numpy.exp",
        [lambda: cm.define("own6(x) = exp(x)", numpy="numpy.exp")],
    ),
    (lambda: cm.define("pi(x) = x"), "choose another name", []),
    (
        lambda: [cm.define("own7(x) = x"), cm.define("own7(x) = own7(x) + 1")],
        "write it with other functions",
        [lambda: cm.define("own7(x) = x + 1")],
    ),
]

# LaTeX; what the message says of it; what is written then.
LATEX: list[tuple[str, str, list[str]]] = [
    (r"\sum_i^k v_i", "lower bound; write i = 1 below", [r"\sum_{i=1}^n v_i"]),
    (
        r"\prod_i v_i y",
        "brackets around what",
        [r"(\prod_i v_i) y", r"\prod_i (v_i y)"],
    ),
    (
        r"\begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}",
        r"with \text{otherwise}",
        [r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}"],
    ),
    (
        r"\pi loss",
        r"write l o s s or \mathrm{loss}",
        [r"\pi l o s s", r"\pi \mathrm{loss}"],
    ),
    (
        r"\sigma(x) + \sigma",
        r"write \sigma \cdot (...)",
        [r"\sigma \cdot (x) + \sigma"],
    ),
    (
        r"\Gamma^2(x + 1)",
        r"write (\Gamma(x + 1))^{2} or \Gamma^{2} \cdot (x + 1)",
        [r"(\Gamma(x + 1))^{2}", r"\Gamma^{2} \cdot (x + 1)"],
    ),
    (r"x \mod 2", "takes 2 arguments, in brackets", [r"\operatorname{mod}(x, 2)"]),
    (r"\log{x}^2", "two readings: write", [r"\log(x)^2", r"\log((x)^2)"]),
    (
        r"\sin^{-1} x",
        r"write (\sin(x))^{-1}",
        [r"(\sin(x))^{-1}", r"\operatorname{asin}(x)"],
    ),
    (r"x \approx y", "give one of the two sides", ["x", "y"]),
    (r"v_1 + \dots + v_n", "write a sum over an index", [r"\sum_i v_i"]),
    (r"v_1 + \ldots + v_n", "write a sum over an index", [r"\sum_i v_i"]),
    (r"v_1 + \cdots + v_n", "write a sum over an index", [r"\sum_i v_i"]),
    (r"A \otimes B", "write the products out", ["A B"]),
    (r"x \oplus y", "write the sums out", ["x + y"]),
    (r"x \pm y", "two formulas in one; write each", ["x + y", "x - y"]),
    (r"2' \pi", "as in f'(x)", [r"f'(x) \pi"]),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", "name one", ["A"]),
    (r"a \over b", r"as in {a \over b}", [r"{a \over b}"]),
    (r"\sum_{i=1} v_i", "no upper bound; write one above", [r"\sum_{i=1}^n v_i"]),
    (r"\frac1.5", r"as in \frac{1}{2}", [r"\frac{1}{23}", r"\frac{12}{3}"]),
    (r"\pi )", "this ) closes nothing", [r"\pi", r"(\pi )"]),
    (r"\pi x^23", "write ^{2} 3 or ^{23}", [r"\pi x^{2} \cdot 3", r"\pi x^{23}"]),
    (r"\pi x2", "write a sign between", [r"\pi x \cdot 2"]),
    (r"\frac{1}+", "put it in braces", [r"\frac{1}{+2}"]),
    (
        r"|x + y||z| \pi",
        r"write \lvert and \rvert",
        [r"\lvert x + y\rvert\lvert z\rvert \pi"],
    ),
    (r"\pi x^-1", "as in x^{-1}", [r"\pi x^{-1}"]),
    (r"\log x^2", r"write \log(x^2) or", [r"\log(x^2)", r"\log(x)^2"]),
    (r"1/2x", "write 1/(2 x) or (1/2) x", ["1/(2 x)", "(1/2) x"]),
    (r"x/y/z \pi", "way; put brackets around what", [r"(x/y/z) \pi"]),
    (r"", r"for example \frac{1}{1 + e^{-x}}", [r"\frac{1}{1 + e^{-x}}"]),
    (r"x \le y", "give one of its sides", ["x", "y"]),
    (r"\pi, x", "give one formula", [r"\pi", "x"]),
    (r"v \times u", r"write \odot element by element", [r"v \odot u"]),
    (r"B \times B", "nothing for a product of matrices", ["B B"]),
    (r"v^2", r"write v^{\circ 2} element by element", [r"v^{\circ 2}", r"\|v\|^{2}"]),
    (r"|B|", r"write \det(B)", [r"\det(B)", r"\operatorname{abs}(B)"]),
    (r"\|v\|_{2,1}", "write it as a sum", [r"(\sum_i |v_i|^3)^{1/3}"]),
    (r"\|x\|", "or write bars", ["|x|"]),
    (r"\|B\|_2", r"write \|B\|_F", [r"\|B\|_F"]),
    (r"y = 2 = \pi", "write one, 2 or", [r"y = 2", r"y = \pi"]),
    (r"x + y = \pi", "give one side", [r"\pi", "x + y"]),
    (r"\frac{1}{2", "add the missing }", [r"\frac{1}{2}"]),
    (r"\pi }", "remove it", [r"\pi"]),
    (r"\mathbf{1}", r"as in \mathbf{1}^\top x", [r"\mathbf{1}^\top v"]),
    (r"x^\top y", "declare one for its transpose", [r"v^\top u"]),
    (r"x^T", 'or "T": "" for a power', [r"v^T"]),
    (r"u v \pi", "for a number", [r"u^\top v \pi", r"u \odot v \pi"]),
    (r"k(x+1) \pi", r"write k \cdot (...)", [r"k \cdot (x+1) \pi", r"f(x+1) \pi"]),
    (r"\sum_{i=1}^n z_i", "declare its shape", [r"\sum_{i=1}^n v_i"]),
    (r"\sum_i v_i + u_i", "put the term of the sum in br", [r"\sum_i (v_i + u_i)"]),
    (r"e^{B}", r"write \exp(B) for", [r"\exp(B)"]),
    (
        r"\sigma^{-1}(x)",
        r"write (\sigma(x))^{-1} or \sigma^{-1} \cdot (x)",
        [r"(\sigma(x))^{-1}", r"\sigma^{-1} \cdot (x)"],
    ),
    (
        r"\cosh^{-1}(2x)",
        r"write (\cosh(2x))^{-1} or \operatorname{acosh}(2x)",
        [r"(\cosh(2x))^{-1}", r"\operatorname{acosh}(2x)"],
    ),
    (
        r"z_t^{\text{old}}",
        r"write z_{t, \text{old}} for a name, \exp(\text{old} \cdot \ln z_t) for",
        [r"z_{t, \text{old}}", r"\exp(\text{old} \cdot \ln z_t)"],
    ),
    (
        r"a_k^{l-1} \pi",
        r"write a_{k, l-1} for a name, \exp((l-1) \cdot \ln a_k) for a power",
        [r"a_{k, l-1} \pi", r"\exp((l-1) \cdot \ln a_k) \pi"],
    ),
    (
        r"x_+ \pi",
        r"write \max(x, 0) for a part of it, x_{p} for a name",
        [r"\max(x, 0) \pi", r"x_{p} \pi"],
    ),
    (
        r"t + \Delta t",
        r"write \Delta \cdot t for a product, \mathrm{Delta\_t} for a name",
        [r"t + \Delta \cdot t", r"t + \mathrm{Delta\_t}"],
    ),
    (r"x \text{ foo }", r"leave it out, or write \cdot", ["x", r"x \cdot \text{foo}"]),
    (r"\operatorname{foo} x", r"write \mathrm{foo} \cdot", [r"\mathrm{foo} \cdot x"]),
    (r"x \pi & y", "give one of them", [r"x \pi"]),
    (r"y \propto x^2", "give its right side", ["x^2"]),
    (r"\text{minimize } x^2", "give what is to be so", ["x^2"]),
    (r"x^2 \quad (2)", "the number of an equation", ["x^2", r"x^2 \cdot (2)"]),
    (r"k &= x \\ l &= y", "give one formula", [r"k &= x \\ l &= k + y"]),
    (r"x^2 \\ y^2", "define names in those before", [r"k &= x^2 \\ k + y^2"]),
    (
        r"f = x, \text{ if } x > 0, 0 \text{ otherwise}",
        r"write them in \begin{cases}",
        [r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}"],
    ),
    (r"x^+ \pi", "write (x)^+ for the positive", [r"(x)^+ \pi", r"x_{p} \pi"]),
    (
        r"\sinh{(x)^2}",
        r"write \sinh((x)^2) or \sinh(x)^2",
        [r"\sinh((x)^2)", r"\sinh(x)^2"],
    ),
    (
        r"\log \frac{1}{2} \sum_i v_i",
        r"write \log(\frac{1}{2} \sum_i v_i) or \log(\frac{1}{2}) \sum_i v_i",
        [r"\log(\frac{1}{2} \sum_i v_i)", r"\log(\frac{1}{2}) \sum_i v_i"],
    ),
    (r"v'u", r"or write v^\top for the transpose", [r"v^\top u"]),
    (r"f(x) = \beta x, \quad \beta = 2", r"one, f(x) = \beta x", [r"f(x) = \beta x"]),
    (r"|x|y|z| \pi", r"these bars can be", [r"\lvert x\rvert y|z| \pi"]),
    (r"f^2(x) \pi", r"write f^2 \cdot", [r"f^2 \cdot (x)", r"(f(x))^2 \pi"]),
    (r"x^{(k+1)} \pi", "write x^{k+1} for", [r"x^{k+1} \pi", r"x_{k+1} \pi"]),
    (r"v_0", "write it from 1", [r"v_1"]),
    (r"\sum B_{ij}", r"as in \sum_{i, j}", [r"\sum_{i, j} B_{ij}"]),
    (r"e^x^2 \pi", "write {x^y}^z, or", [r"{e^x}^2 \pi", r"e^{x^2} \pi"]),
    (r"\mathbf{Xw}", r"write \mathbf{X}\mathbf{w}", [r"\mathbf{X} \cdot \mathbf{z}"]),
    (r"\frac{d}{dx} x + 1", "put what is derived in br", [r"\frac{d}{dx} (x + 1)"]),
    (r"\frac{d}{dx} y", "as in f(x)", [r"\frac{d}{dx} f(x)", r"\frac{d}{dx} (y x)"]),
    (r"\vec{v} \cdot u", "declare v_vec", [r"v \cdot u"]),
    (r"I_k + B", "write I for an identity", ["I + B"]),
    (r"\mathbf{x} + x", "write one of them otherwise", [r"\mathbf{x} + y"]),
]
CASES += [
    (partial(tex, text), said, [partial(tex, new) for new in written])
    for text, said, written in LATEX
]


ROOT = Path(__file__).parents[1] / "calcml"
# Words that tell what to do, at the beginning of a message or after a comma or such.
ADVICE = re.compile(
    r"(?:^|[;:,] |, or |, and )(?:write|declare|give|add|take|name|use|choose|define|"
    r"derive|rename|remove|put|end|apply|pip install|such as|as in|for example|save)\b"
)
CASES += python_cases.CASES
ROOMS = """
parsing core calculus algebra/facts steps/derive.py evaluate/pointwise.py compile
"""
OTHERS = ("names.py", "slips.py")  # followed in tests/parsing/test_slips.py
# What is told where a library lacks, and by the guards behind other messages.
ELSEWHERE = """
pip install
add sub mul
4,300 digits
its derivative has no shape
write complex numbers with I
is no condition, such as x > 0
""".strip().splitlines()


def told(do: Do) -> str:
    with pytest.raises(CalcmlError) as caught:
        do()
    return caught.value.message


@pytest.mark.parametrize(
    ("cause", "says", "followed"), CASES, ids=[says for _, says, _ in CASES]
)
def test_advice_can_be_followed(cause: Do, says: str, followed: list[Do]) -> None:
    assert says in told(cause)
    for do in followed:
        assert do() is not None


def texts() -> Iterator[tuple[str, str]]:
    """The texts that tell what to do, as patterns, and where they stand."""
    for room in ROOMS.split():
        place = ROOT / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            if path.name in OTHERS:
                continue
            for whole in literals(ast.parse(path.read_text(encoding="utf-8"))):
                fixed = [x.value for x in whole if isinstance(x, ast.Constant)]
                if any(ADVICE.search(str(x)) for x in fixed) and "\n" not in str(fixed):
                    pieces = [
                        re.escape(str(x.value)) if isinstance(x, ast.Constant) else ".*"
                        for x in whole
                    ]
                    yield "".join(pieces), f"{path.name}:{whole[0].lineno}"


def literals(tree: ast.Module) -> Iterator[list[Any]]:
    """Each text of a module, whole: what is fixed in it, and what is put in."""
    nodes = list(ast.walk(tree))
    joined = [n.values for n in nodes if isinstance(n, ast.JoinedStr)]
    told = {id(part) for parts in joined for part in parts}
    told |= {id(n.value) for n in nodes if isinstance(n, ast.Expr)}  # docstrings
    yield from (list(parts) for parts in joined)
    for node in nodes:
        fixed = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if fixed and id(node) not in told:
            yield [node]


def test_each_piece_of_advice_is_tried() -> None:
    messages = [told(cause) for cause, _, _ in CASES]
    untried = [
        f"{place}: {pattern}"
        for pattern, place in texts()
        if not any(re.search(pattern, message, re.DOTALL) for message in messages)
        and not any(re.escape(known) in pattern for known in ELSEWHERE)
    ]
    assert not untried
