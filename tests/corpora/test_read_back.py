"""What is printed is read: text, LaTeX, Typst, Python and SymPy of 2,000 formulas.

Text is read as the same node; of the others each reader's expression has the values of
the one that was printed. Typst has no expressions: it accepts what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from keyword import iskeyword
from typing import Any

import pytest
import sympy
import typst

import calcml as cm
from calcml.core.build import substitute
from calcml.core.expr import Expr, walk
from calcml.tables.catalogue import NAMED
from tests.printing.test_katex import accepted
from tests.support import corpus, needs_corpora, points, value

pytestmark = pytest.mark.slow
FEWEST = 2_000
# Of the formulas, what the reader of LaTeX may refuse: variables that are called as a
# function of several arguments is, or as an identity.
REFUSED = 0.001
CORPORA = ("textbook", "cas_tests", "feynman", "autodiff_rules", "formal_functions")


def read() -> Iterator[Expr]:
    """The formulas of the catalogues, then those of the corpora, derivatives beside."""
    for name in NAMED:
        for row in cm.table(name).rows:
            yield from (row.function, row.derivative)
    rows = [row for name in CORPORA for row in corpus(name)]
    rows += corpus("rubi_public_sample")[::4]
    for row in rows:
        for key in ("expr", "derivative"):
            with suppress(cm.CalcmlError, TypeError, KeyError):  # what has no row
                yield cm.parse(row[key], symbols=row.get("vars", ()))


@cache
def formulas() -> list[Expr]:
    needs_corpora()
    return [*dict.fromkeys(read())]


def scalars() -> list[Expr]:
    return [e for e in formulas() if not e.dims and not any(n.dims for n in walk(e))]


def unlike(found: Expr, meant: Expr) -> bool:
    """Whether two expressions have other values, or one has none where one has."""
    if found is meant:
        return False
    names = sorted(meant.free_symbols)
    if found.free_symbols - {*names}:
        return True
    for at in islice(points(names, {}, str(meant)), 8):
        a, b = value(found, at), value(meant, at)
        if a is not None and b is not None:
            return bool(abs(a - b) > 1e-9 * (1 + abs(b)))
    return False


def spelled(e: Expr) -> Expr:
    """An expression with its variables named as their LaTeX is read: x1 is x_1."""
    names = {n: n.latex() for n in walk(e) if n.op == "symbol"}
    read = {
        n: cm.parse(tex, dialect="latex", symbols=[n.value]) for n, tex in names.items()
    }
    return substitute(e, read)


def from_latex(e: Expr) -> tuple[Expr, Expr]:
    """The variables are declared: c(x + 1) is a product where c is one."""
    meant = spelled(e)
    return cm.parse(e.latex(), dialect="latex", symbols=meant.free_symbols), meant


def from_sympy(e: Expr) -> tuple[Expr, Expr]:
    names: dict[str, Any] = {
        f"{n}_" if iskeyword(n) else n: sympy.Symbol(n, real=True)
        for n in e.free_symbols
    }
    return cm.from_sympy(sympy.sympify(e.sympy_code(), locals=names)), e


def test_there_are_enough() -> None:
    assert len(formulas()) >= FEWEST


def test_text_is_read_as_the_same_node() -> None:
    for e in formulas():
        shapes = {n.value: n.dims for n in walk(e) if n.op == "symbol" and n.dims}
        found = cm.parse(str(e), shapes=shapes, symbols=e.free_symbols)
        # Of arrays, one text has several graphs.
        assert found is e or shapes and found.dims == e.dims


@pytest.mark.parametrize("reader", [from_latex, from_sympy])
def test_another_language_is_read_as_the_same_function(
    reader: Callable[[Expr], tuple[Expr, Expr]],
) -> None:
    wrong, unread = [], []
    given = scalars()
    for e in given:
        try:
            found, meant = reader(e)
        except cm.CalcmlError as error:
            unread.append((str(e), error.message))
        else:
            if unlike(found, meant):
                wrong.append((str(e), str(found)))
    assert wrong == []
    most = REFUSED * len(given) if reader is from_latex else 0
    assert len(unread) <= most, unread


def test_python_has_the_values() -> None:
    wrong = []
    for e in scalars():
        try:
            source = e.python("python")
        except cm.CalcmlError:  # unknown functions, the imaginary unit
            continue
        scope: dict[str, Any] = {}
        exec(source, scope)
        names = sorted(e.free_symbols)
        for at in islice(points(names, {}, str(e)), 4):
            meant = value(e, at, 15)
            if meant is None or getattr(meant, "imag", 0) or abs(meant) > 1e12:
                continue
            with suppress(ArithmeticError, ValueError, cm.CalcmlError):
                (found,) = scope["f"](*[float(at[n]) for n in names])
                if abs(found - float(meant)) > 1e-6 * (1 + abs(float(meant))):
                    wrong.append((str(e), at, found, meant))
                break
    assert wrong == []


def test_katex_accepts_them() -> None:
    accepted([e.latex() for e in formulas()])


def test_typst_accepts_them() -> None:
    texts = [e.typst() for e in formulas()]
    typst.compile("\n\n".join(f"$ {text} $" for text in texts).encode())
