"""Terms: values of a rank and of sizes, and how the two readings fit them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from calcml.core import tensors
from calcml.core.errors import ShapeError
from calcml.core.expr import ONE, Expr, walk
from calcml.core.shapes import shown
from calcml.parsing import parser
from calcml.parsing.matlab.sizes import UNIT, Size, is_one, merge, named, root


class Term(NamedTuple):
    """A value as it is read: its expression and its place among columns and matrices.

    `node` is ONE in the first reading. `rank` is the number of its axes; of rank 1, a
    column has UNIT as its `columns`, a row as its `rows`; of rank 0 both are UNIT, of
    rank 2 neither is.
    """

    node: Expr
    rank: int = 0
    rows: Size = UNIT
    columns: Size = UNIT


def single(term: Term) -> bool:
    """Whether an array has one element."""
    return term.rank > 0 and is_one(term.rows) and is_one(term.columns)


def axes(term: Term) -> list[Size]:
    """The sizes of the axes that the expression has."""
    if term.rank == 1:
        return [term.columns if term.rows is UNIT else term.rows]
    return [term.rows, term.columns] if term.rank else []


class Reader:
    """Terms fitted together, in the first reading or in the second.

    `known` are the sizes that the first reading made, in their order.
    """

    def __init__(
        self,
        text: str,
        variables: Iterable[str] = (),
        shapes: parser.Shapes | None = None,
        known: Iterable[Size] | None = None,
    ) -> None:
        self.text = text
        self.variables = frozenset(variables)
        self.declared = parser.declared(shapes or {})
        self.building = known is not None
        self.known = iter(known or ())
        self.made: list[Size] = []
        self.names: dict[str, Term] = {}
        self.calls: set[str] = set()
        self.numbers = parser.Builder()

    def fresh(self) -> Size:
        """A free size; in the second reading what became of it."""
        size = root(next(self.known)) if self.building else Size()
        self.made.append(size)
        return size

    def taken(self) -> set[str]:
        """The names that no size may get."""
        sizes = {
            str(n) for x in self.declared.values() for d in x.dims for n in walk(d)
        }
        return sizes | set(re.findall(r"\w+", self.text))

    def shown(self, *terms: Term) -> str:
        """The shapes of terms, columns as (n, 1) and rows as (1, n)."""
        sizes = [size for term in terms for size in (term.rows, term.columns)]
        values = named([*self.made, *sizes], self.taken())
        shapes = [
            shown((values[root(t.rows)], values[root(t.columns)]) if t.rank else ())
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
        one = Size(ONE)  # which other sizes may be made equal to, unlike UNIT
        if term.rows is UNIT:
            node = self.node(lambda x: tensors.with_units(x, [0]), term)
            return Term(node, 2, one, term.columns)
        node = self.node(lambda x: tensors.with_units(x, [1]), term)
        return Term(node, 2, term.rows, one)

    def aligned(self, terms: Sequence[Term], what: str) -> list[Term]:
        """Arrays of one shape and of one rank, beside scalars."""
        if not all(single(t) for t in terms if t.rank):
            terms = [self.scalar(t) if single(t) else t for t in terms]
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
        if not terms:  # which the second reading refuses
            return Term(self.node(function))
        terms = self.aligned(terms, what)
        like = max(terms, key=lambda t: t.rank)
        return like._replace(node=self.node(function, *terms))

    def transpose(self, a: Term) -> Term:
        node = self.node(tensors.transpose, a) if a.rank == 2 else a.node
        return Term(node, a.rank, a.columns, a.rows)
