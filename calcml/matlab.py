"""The language of matrixcalculus.org: columns and matrices whose sizes are inferred.

A text is read twice: the first reading equates the sizes of what must fit together, the
second builds the expression. A vector is an array of one axis that stands as a column
or, transposed, as a row; so a row as a result has the shape (n,) too.

Names that are not declared: a to g are scalars, h to z columns, A to Z matrices, by the
first letter; pi and other constants of several letters are themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from calcml import calls, light, syntax, tensors
from calcml.automaton import Machine, tables
from calcml.errors import LimitError, ParseError, ShapeError, UnsupportedError
from calcml.expr import ONE, Expr, constant, symbol
from calcml.formal import operand
from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS, ArrayRow
from calcml.mistakes import Token
from calcml.shapes import shown
from calcml.sizes import UNIT, Size, is_one, merge, named, settle

# The axes of the arguments and of the value, for ranks that fit; `*` is any array, all
# of one shape. Other functions of arrays reduce all axes or keep the shape.
_AXES = {
    "det": "n n ->",
    "logdet": "n n ->",
    "trace": "n n ->",
    "inv": "n n -> n n",
    "cholesky": "n n -> n n",
    "tril": "n n -> n n",
    "lower_half": "n n -> n n",
    "matrix_power": "n n, -> n n",
    "diag": "n -> n n | n 1 -> n n | 1 n -> n n | n n -> n",
    "outer": "m, n -> m n",
    "dot": "n, n -> | m n, n -> m | m n, n k -> m k | , ->",
    "matmul": "n, n -> | m n, n -> m | m n, n k -> m k",
    "solve": "n n, n -> n | n n, n k -> n k",
    "multivariate_normal": "n, n, n n ->",
    "wishart": "n n, n n, ->",
    "rows": "* ->",
    "mse": "* ->",
    "l1": "* ->",
    "huber": "* ->",
    "cross_entropy": "* ->",
    "bce": "* ->",
    "bce_with_logits": "* ->",
    "hinge": "* ->",
    "cosine_similarity": "* ->",
}
_OF_SCALAR = {"det": "x", "trace": "x", "inv": "1/x", "logdet": "log(x)", "diag": "x"}
_MADE = frozenset(("eye", "ones", "zeros", "onehot"))


class Term(NamedTuple):
    """A value as it is read: its expression and its place among columns and matrices.

    `node` is ONE in the first reading. `rank` is the number of its axes; of rank 1, a
    column has UNIT as its `columns`, a row as its `rows`; of rank 0, both are UNIT.
    """

    node: Expr
    rank: int = 0
    rows: Size = UNIT
    columns: Size = UNIT


def _single(term: Term) -> bool:
    """Whether an array has one element."""
    return term.rank > 0 and is_one(term.rows) and is_one(term.columns)


def _axes(term: Term) -> list[Size]:
    """The sizes of the axes that the expression has."""
    if term.rank == 1:
        return [term.columns if term.rows is UNIT else term.rows]
    return [term.rows, term.columns] if term.rank else []


def _element_wise(name: str) -> Callable[[Builder, Term, Term], Term]:
    def method(self: Builder, a: Term, b: Term) -> Term:
        return self.each(LIGHT[name], [a, b], _SIGNS[name])

    return method


_SIGNS = {"add": "+", "sub": "-", "mul": ".*", "div": "./", "pow": ".^"}


class Builder:
    """What each reduction of the grammar makes, in either reading.

    `known` are the sizes that the first reading made, in their order.
    """

    def __init__(
        self,
        text: str,
        variables: Iterable[str] = (),
        shapes: syntax.Shapes | None = None,
        known: Iterable[Size] | None = None,
    ) -> None:
        self.text = text
        self.variables = frozenset(variables)
        self.declared = syntax.declared(shapes or {})
        self.building = known is not None
        self.known = iter(known or ())
        self.made: list[Size] = []
        self.names: dict[str, Term] = {}
        self.numbers = syntax.Builder()

    # --- sizes ---------------------------------------------------------------------

    def fresh(self) -> Size:
        """A free size; in the second reading what became of it."""
        size = next(self.known) if self.building else Size()
        self.made.append(size)
        return size

    def taken(self) -> set[str]:
        """The names that no size may get."""
        sizes = {str(n) for x in self.declared.values() for d in x.dims for n in walk(d)}
        return sizes | set(re.findall(r"\w+", self.text))

    def shown(self, *terms: Term) -> str:
        """The shapes of terms, columns as (n, 1) and rows as (1, n)."""
        sizes = [size for term in terms for size in (term.rows, term.columns)]
        values = named([*self.made, *sizes], self.taken())
        shapes = [
            shown((values[first(t.rows)], values[first(t.columns)]) if t.rank else ())
            for t in terms
        ]
        return " and ".join(shapes)

    def node(self, function: Callable[..., Expr], *terms: Term) -> Expr:
        """What `function` makes of the terms' expressions, in the second reading."""
        return function(*[t.node for t in terms]) if self.building else ONE

    def scalar(self, term: Term) -> Term:
        """A term of one element, without its axes."""
        return Term(self.node(tensors.without_units, term))

    def matrix(self, term: Term) -> Term:
        """A column or a row as an array of two axes."""
        if term.rank != 1:
            return term
        axis = 0 if term.rows is UNIT else 1
        node = self.node(lambda x: tensors.with_units(x, [axis]), term)
        return Term(node, 2, term.rows, term.columns)

    def aligned(self, terms: Sequence[Term], what: str) -> list[Term]:
        """Arrays of one shape and of one rank, beside scalars."""
        if not all(_single(t) for t in terms if t.rank):
            terms = [self.scalar(t) if _single(t) else t for t in terms]
        arrays = [t for t in terms if t.rank]
        for other in arrays[1:]:
            rows = merge(arrays[0].rows, other.rows)
            if not rows or not merge(arrays[0].columns, other.columns):
                raise ShapeError(
                    f"the shapes {self.shown(arrays[0], other)} do not fit together in "
                    f"{what}"
                )
        if any(t.rank == 2 for t in arrays):
            terms = [self.matrix(t) for t in terms]
        return list(terms)

    def each(
        self, function: Callable[..., Expr], terms: Sequence[Term], what: str
    ) -> Term:
        """A function of the elements of arrays of one shape; scalars are repeated."""
        terms = self.aligned(terms, what)
        like = max(terms, key=lambda t: t.rank)
        return like._replace(node=self.node(function, *terms))

    # --- operators -----------------------------------------------------------------

    add = _element_wise("add")
    sub = _element_wise("sub")
    times = _element_wise("mul")
    over = _element_wise("div")
    raised = _element_wise("pow")

    def neg(self, a: Term) -> Term:
        return a._replace(node=self.node(light.neg, a))

    def pos(self, a: Term) -> Term:
        return a

    def mul(self, a: Term, b: Term) -> Term:
        """The product of matrices, or of a scalar and anything."""
        if not (a.rank and b.rank) or _single(a) or _single(b):
            return self.times(a, b)
        if not merge(a.columns, b.rows):
            hint = (
                "; for two vectors write x'*y, x*y' or x.*y"
                if a.rank == b.rank == 1
                else f": the inner sizes differ; element by element write .*"
            )
            raise ShapeError(
                f"the shapes {self.shown(a, b)} do not fit together in *{hint}"
            )
        if a.columns is UNIT and b.rows is UNIT:
            return Term(self.node(tensors.outer, a, b), 2, a.rows, b.columns)
        if a.columns is UNIT:
            a = self.matrix(a)
        if b.rows is UNIT:
            b = self.matrix(b)
        node = self.node(tensors.matmul, a, b)
        return Term(node, a.rank + b.rank - 2, a.rows, b.columns)

    def div(self, a: Term, b: Term) -> Term:
        """The quotient by a scalar."""
        if b.rank and not _single(b):
            raise UnsupportedError(
                f"/ divides by a scalar, and the divisor has the shape {self.shown(b)}; "
                "element by element write ./, for the inverse of a matrix *inv(...)"
            )
        return self.over(a, b)

    def pow(self, a: Term, b: Term) -> Term:
        """A power of a scalar, or of a square matrix and a whole number."""
        if b.rank and not _single(b):
            raise UnsupportedError(
                f"^ takes a scalar as its exponent, and this one has the shape "
                f"{self.shown(b)}; element by element write .^"
            )
        if not a.rank or _single(a):
            return self.raised(a, b)
        if a.rank != 2 or not merge(a.rows, a.columns):
            raise ShapeError(
                f"^ is the power of a scalar or of a square matrix, and this base has "
                f"the shape {self.shown(a)}; element by element write .^"
            )
        return self.call("matrix_power", [a, b])

    def transpose(self, a: Term) -> Term:
        node = self.node(tensors.transpose, a) if a.rank == 2 else a.node
        return Term(node, a.rank, a.columns, a.rows)

    # --- leaves --------------------------------------------------------------------

    def number(self, text: str) -> Term:
        return Term(self.numbers.number(text))

    def name(self, text: str) -> Term:
        if text == "eye" and text not in self.declared and text not in self.variables:
            size = self.fresh()
            return Term(tensors.delta(size.value) if self.building else ONE, 2, size, size)
        known = self.names.get(text)
        if known is None:
            known = self.names[text] = self._first_of(text)
        return known

    def _first_of(self, name: str) -> Term:
        node = self.declared.get(name)
        if node is None:
            if len(name) > 1 and name in CONSTANT_NAMES and name not in self.variables:
                return Term(operand(constant(CONSTANT_NAMES[name])))
            syntax.variable(name)
            rank = 2 if name[0].isupper() else int("h" <= name[0] <= "z")
            sizes = [self.fresh() for _ in range(rank)]
            node = symbol(name, [s.value for s in sizes]) if self.building else ONE
        else:
            sizes = [Size(size) for size in node.dims]
        if len(sizes) > 2:
            raise UnsupportedError(
                f"{name} has the shape {shown(node.dims)}; matrixcalculus.org's language "
                "has scalars, vectors and matrices"
            )
        return Term(node, len(sizes), *sizes)

    # --- calls ---------------------------------------------------------------------

    def first(self, argument: Term) -> list[Term]:
        return [argument]

    def further(self, arguments: list[Term], argument: Term) -> list[Term]:
        arguments.append(argument)
        return arguments

    def call(self, name: str, arguments: Sequence[Term] = ()) -> Term:
        if name in ("vector", "matrix"):
            return self._filled(name, arguments)
        row = ARRAY_FUNCTIONS.get(name)
        rows = SPELLINGS.get(name)
        arrays = [t for t in arguments if t.rank]
        if row is not None and (rows is None or len(arguments) == 1 and arrays):
            return self._of_arrays(name, row, arguments)
        if rows is None:
            raise self._unknown(name)
        if not arguments:
            return Term(self.node(lambda: syntax.call(rows, name, ())))
        return self.each(
            lambda *nodes: syntax.call(rows, name, nodes), arguments, name
        )
