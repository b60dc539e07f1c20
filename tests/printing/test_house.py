r"""House styles of LaTeX: `e.latex(style="log bold")`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import calcml as cm
from calcml.core.expr import Expr
from calcml.printing.house import WORDS
from tests.corpora.test_read_back import spelled, unlike
from tests.printing.test_katex import accepted
from tests.support import corpus, needs_corpora

SHAPES = {"A": "m n", "x": "n", "y": "m"}
LONG = " + ".join(f"a_{i}*sin({i}*x)" for i in range(1, 12)) + " - (c - d)"


@pytest.mark.parametrize(
    ("text", "style", "tex"),
    [
        ("log(x)^2", "", r"\ln^{2}\left(x\right)"),
        ("log(x)^2", "log", r"\log^{2}\left(x\right)"),
        ("D(f(x), x, 2)", "prime", r"f''\left(x\right)"),
        ("D(f(x), x)", "partial", r"\frac{\partial }{\partial x} f\left(x\right)"),
        ("sigmoid(x)", "", r"\sigma\left(x\right)"),
        ("sigmoid(x)^2", "named", r"\operatorname{sigmoid}\left(x\right)^{2}"),
        ("gamma(x)", "named", r"\operatorname{gamma}\left(x\right)"),
        ("a/b*c", "slash", r"\left(a/b\right) c"),
        ("a/(b*c) - x/y/z", "slash", r"a/\left(b c\right) - \left(x/y\right)/z"),
        ("-x/y + x/2", "slash", "-x/y + x/2"),
        ("(x/y)^2", "slash", r"\left(x/y\right)^{2}"),
        ("x + y", "aligned", "x + y"),
        ("log(x)/y", "slash, log", r"\log\left(x\right)/y"),
    ],
)  # fmt: skip
def test_a_style_is_written(text: str, style: str, tex: str) -> None:
    assert cm.parse(text).latex(style) == tex


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("sigma*sigmoid(x)", r"\sigma \operatorname{sigmoid}\left(x\right)"),
        ("sigma_1 + sigmoid(x)", r"\sigma_{1} + \operatorname{sigmoid}\left(x\right)"),
        ("Gamma*gamma(x)", r"\Gamma \operatorname{gamma}\left(x\right)"),
        ("W + lambertw(x)", r"W + \operatorname{lambertw}\left(x\right)"),
        ("psi*digamma(x)", r"\psi \operatorname{digamma}\left(x\right)"),
        ("e*exp(x)", r"e \exp\left(x\right)"),
        ("s*sigmoid(x)", r"s \sigma\left(x\right)"),
    ],
)  # fmt: skip
def test_no_letter_is_a_function_and_a_variable(text: str, tex: str) -> None:
    assert cm.parse(text, symbols="e").latex() == tex
    found = cm.grad(cm.parse(f"({text})^2", symbols="e"), ["x"]).latex()
    assert (r"\operatorname" in found) == (r"\operatorname" in tex)


def test_arrays_are_bold() -> None:
    e = cm.parse("A @ x - y", shapes=SHAPES)
    assert e.latex("bold") == (r"\boldsymbol{A} \boldsymbol{x} - \boldsymbol{y}")
    assert e.latex("mathbf") == r"\mathbf{A} \mathbf{x} - \mathbf{y}"
    found = cm.grad("sum((A @ x - y)^2)", ["x"], shapes=SHAPES).latex(style="bold")
    assert r"\frac{\partial f}{\partial \boldsymbol{x}} &=" in found


def test_results_have_the_style() -> None:
    assert r"\log\left(y\right)/x^{2}" in cm.hessian("log(x)*log(y)", ["x", "y"]).latex(
        "log slash"
    )
    assert r"\log" in cm.grad("x*log(x)").latex("column", style="log")


def test_long_sums_stand_in_lines() -> None:
    tex = cm.parse(LONG).latex("aligned")
    lines = tex.splitlines()
    assert lines[0] == r"\begin{aligned}" and lines[-1] == r"\end{aligned}"
    assert len(lines) > 3
    assert lines[2].startswith("& {} + a_{")
    assert lines[-2].endswith(r"- \left(c - d\right)")
    plain = "".join(line.removeprefix("& ").removesuffix(r"\\") for line in lines[1:-1])
    assert plain.replace("{}", "").replace(" ", "") == cm.parse(LONG).latex().replace(
        " ", ""
    )


def test_another_word_is_an_error() -> None:
    with pytest.raises(cm.UnsupportedError, match="there are log, prime, partial"):
        cm.parse("x").latex("fancy")


def test_katex_accepts_every_style() -> None:
    needs_corpora()
    made: list[Expr] = [cm.parse(row["expr"]) for row in corpus("textbook")]
    made += [cm.parse(t) for t in ("D(f(x), x)", "D(f(x, y), x, 2, y)", LONG)]
    made += [cm.parse("A @ x - y/2", shapes=SHAPES)]
    accepted([e.latex(word) for e in made for word in WORDS])
    accepted([e.latex(" ".join(WORDS)) for e in made])


@pytest.mark.parametrize("style", ["log", "named", "slash", "log named slash"])
def test_styles_read_back(style: str) -> None:
    needs_corpora()
    for row in corpus("textbook"):
        e = spelled(cm.parse(row["expr"]))
        tex = e.latex(style)
        found = cm.parse(tex, dialect="latex", symbols=e.free_symbols)
        assert not unlike(found, e), tex


def test_the_words_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/syntax.md").read_text(encoding="utf-8")
    table = page.partition("## LaTeX in the style")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [*WORDS]
