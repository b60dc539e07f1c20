"""What is written for Typst, MathML, SymPy and Python is read by them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

import pytest
import sympy
import typst

import calcml as cm
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import Expr
from calcml.core.typst import typst as translated
from calcml.parsing.parser import parse
from calcml.tables.catalogue import NAMED
from tests.support import corpus, needs_corpora

CORPORA = ("textbook", "cas_tests", "feynman")


@pytest.fixture(scope="module")
def formulas() -> list[Expr]:
    needs_corpora()
    rows = [row for name in NAMED for row in cm.table(name).rows]
    found = [e for row in rows for e in (row.function, row.derivative)]
    for name in CORPORA:
        for row in corpus(name):
            with suppress(CalcmlError):  # what has no row
                found.append(parse(row["expr"], row.get("vars", ())))
    return found


def written(texts: list[str]) -> None:
    """Typst reads them all, or the error is that of the first that it does not."""
    try:
        typst.compile("\n\n".join(f"$ {text} $" for text in texts).encode())
    except Exception:
        for text in texts:
            typst.compile(f"$ {text} $".encode())
        raise


def test_typst_reads_catalogues_and_corpora(formulas: list[Expr]) -> None:
    assert len(formulas) > 600
    written([e.typst() for e in formulas])


def test_mathml_is_well_formed(formulas: list[Expr]) -> None:
    for e in formulas:
        root = ElementTree.fromstring(e.mathml())
        assert not [n for n in root.iter() if (n.text or "").startswith("\\")]


def test_typst_reads_what_is_told() -> None:
    answers: list[Any] = [
        cm.grad("(w*x + b - y)^2"),
        cm.hessian("x^2*y*exp(x)", ["x", "y"]),
        cm.derive("x*sin(x)", "x"),
        cm.derive("(sigmoid(w*x + b) - y)^2", ["w", "b"]),
    ]
    written([translated(answer.latex()) for answer in answers])


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"x y_{1}", "x y_(1)"),
        (r"\frac{a, b}{c}", r"frac(a\, b, c)"),
        (r"\left\|x\right\|", "lr(‖ x ‖)"),
        (r"\sqrt[3]{x}", "root(3, x)"),
        (
            r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
            'mat(delim: "(", a, b; c, d)',
        ),
        (r"\frac{\mathrm{d}}{\mathrm{d}x}", "frac(upright(d), upright(d) x)"),
        (r'\text{say "no"}', r'"say \"no\""'),
        ("a/b", r"a \/ b"),
    ],
)
def test_spellings(tex: str, text: str) -> None:
    assert translated(tex) == text


@pytest.mark.parametrize(
    "tex", [r"\frac{x}", r"\begin{tikzpicture}x\end{tikzpicture}", "{x"]
)
def test_what_calcml_does_not_write(tex: str) -> None:
    with pytest.raises(UnsupportedError):
        translated(tex)


@pytest.mark.parametrize(
    "text",
    ["x^2*sigmoid(a*x)", "where(x > 0, sqrt(x), lgamma(x))*erfc(x)", "max(x, a)"],
)
def test_sympy_and_python_have_the_value(text: str) -> None:
    e, at = cm.parse(text), {"x": 0.7, "a": 1.3}
    value = float(e.evalf(at))
    assert float(sympy.sympify(e.sympy_code()).subs(at)) == pytest.approx(value)
    for backend in ("numpy", "python"):
        scope: dict[str, Any] = {}
        exec(e.python(backend), scope)
        (made,) = scope["f"](*[at[n] for n in sorted(e.free_symbols)])
        assert float(made) == pytest.approx(value)
