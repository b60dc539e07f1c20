"""Index notation as books print it: what has no matrix notation stands by its elements.

An argument of a function of whole arrays is a matrix, or else [x_i + y_j]_{ij}.
"""

from __future__ import annotations

from collections.abc import Iterable

from calcml.core.build import bottom_up, rebuild, substitute
from calcml.core.expr import CONDITIONS, ONE, ZERO, Expr, symbol, walk
from calcml.core.flat import postorder
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.core.tensors.matrix_form import matrix_form
from calcml.core.tensors.surface import surface
from calcml.printing.index_form.index import index_form
from calcml.printing.textbook import mathematical


def book_form(root: Expr, avoid: Iterable[str] = (), whole: bool = False) -> Expr:
    """An element of `root`, or the `whole` of them, its indices not in `avoid`."""
    books = _Books(avoid)
    body, *indices = postorder(root, books.below, books.made)
    if whole and indices and root.op not in CONDITIONS:  # these hold for each element
        return _array(root, [body, *indices])
    return body


def _array(x: Expr, elements: list[Expr]) -> Expr:
    return surface("elements", (), x.dims, tuple(elements))


class _Books:
    """Elements as books write them.

    An argument that has no matrix notation stands there by its own elements.
    """

    def __init__(self, avoid: Iterable[str]) -> None:
        self.avoid = {*avoid}
        self.found: dict[Expr, tuple[list[Expr], list[Expr]]] = {}

    def below(self, x: Expr) -> list[Expr]:
        """The arguments of functions of whole arrays that have no matrix notation."""
        if x not in self.found:
            body, names = index_form(x, ranged=False, avoid=self.avoid)
            bases = {n.args[0]: None for n in walk(body) if n.op == "at"}
            inner = {a: None for base in bases for a in base.args if a.dims}
            self.found[x] = [body, *map(symbol, names)], [*filter(_is_open, inner)]
        return self.found[x][1]

    def made(self, x: Expr, results: list[list[Expr]]) -> list[Expr]:
        """The element of `x`, and its indices."""
        (body, *indices), inner = self.found[x]
        values = {a: _array(a, form) for a, form in zip(inner, results, strict=True)}
        bases = {
            base: rebuild(base, tuple(values.get(a, a) for a in base.args))
            for base in {n.args[0] for n in walk(body) if n.op == "at"}
            if not values.keys().isdisjoint(base.args)
        }
        whole = bottom_up(substitute(body, bases), _condition_of)
        return [mathematical(matrix_form(whole)), *indices]


_TESTS = {"eq": ONE, "ne": ZERO, "gt": ZERO}


def _condition_of(_: Expr, test: Expr) -> Expr:
    """The condition of a choice of 1 and 0, where one of these is asked for."""
    choice, *right = test.args or (test,)
    if choice.op == "where" and right == [_TESTS.get(test.op)]:
        condition, *sides = choice.args
        return condition if sides == [ONE, ZERO] else test
    return test


def _is_open(x: Expr) -> bool:
    """Whether an array has no matrix notation."""
    try:
        mathematical(matrix_form(x))
    except NoMatrixError:
        return True
    return False
