"""The language of matrixcalculus.org: columns and matrices whose sizes are inferred.

A text is read twice: the first reading equates the sizes of what must fit together, the
second builds the expression. A vector is an array of one axis that stands as a column
or, transposed, as a row; so a row as a result has the shape (n,) too.

Names that are not declared: a to g are scalars, h to z columns, A to Z matrices, by the
first letter; pi and other constants of several letters are themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from calcml.core import build, tensors
from calcml.core.errors import LimitError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import LIGHT, Expr, constant, symbol
from calcml.core.shapes import shown
from calcml.functions import CONSTANT_NAMES
from calcml.parsing import parser
from calcml.parsing.arguments import operand
from calcml.parsing.lalr import Machine
from calcml.parsing.limits import MAX_LENGTH
from calcml.parsing.matlab.functions import Caller
from calcml.parsing.matlab.sizes import UNIT, Size, merge, settle, value
from calcml.parsing.matlab.terms import Term, single
from calcml.parsing.messages import Token
from calcml.parsing.slips import refuse_function
from calcml.parsing.tables import tables


def _element_wise(name: str) -> Callable[[Builder, Term, Term], Term]:
    def method(self: Builder, a: Term, b: Term) -> Term:
        return self.each(LIGHT[name], [a, b], _SIGNS[name])

    return method


_SIGNS = {"add": "+", "sub": "-", "mul": ".*", "div": "./", "pow": ".^"}


class Builder(Caller):
    """What each reduction of the grammar makes."""

    def start(self, result: Term) -> Expr:
        return result.node

    # --- operators -----------------------------------------------------------------

    add = _element_wise("add")
    sub = _element_wise("sub")
    times = _element_wise("mul")
    over = _element_wise("div")
    raised = _element_wise("pow")

    def neg(self, a: Term) -> Term:
        return a._replace(node=self.node(build.neg, a))

    def pos(self, a: Term) -> Term:
        return a

    def mul(self, a: Term, b: Term) -> Term:
        """The product of matrices, or of a scalar and anything."""
        if not (a.rank and b.rank) or single(a) or single(b):
            return self.times(a, b)
        if not merge(a.columns, b.rows):
            hint = (
                "; of two vectors write ' behind the first for their inner product, "
                "behind the second for the outer one, or .* element by element"
                if a.rank == b.rank == 1
                else "; write .* element by element"
                if self.shown(a) == self.shown(b)
                else ": the inner sizes differ"
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
        if b.rank and not single(b):
            raise UnsupportedError(
                f"/ divides by a scalar, and here is the shape {self.shown(b)}; write "
                "./ element by element, *inv(...) for the inverse of a matrix"
            )
        return self.over(a, b)

    def pow(self, a: Term, b: Term) -> Term:
        """A power of a scalar, or of a square matrix and a whole number."""
        if a.rank and b is self.names.get("T") and "T" not in self.declared:
            raise ParseError("^ is a power; for a transpose write ' in the place of ^T")
        if b.rank and not single(b):
            raise UnsupportedError(
                "^ takes a scalar as its exponent, and this one has the shape "
                f"{self.shown(b)}; write .^ element by element"
            )
        if not a.rank or single(a):
            return self.raised(a, b)
        b = self.scalar(b) if b.rank else b
        if a.rank != 2 or not merge(a.rows, a.columns):
            raise ShapeError(
                "^ is the power of a scalar or of a square matrix, and this base has "
                f"the shape {self.shown(a)}; write .^ element by element"
            )
        return self.call("matrix_power", [a, b])

    # --- leaves --------------------------------------------------------------------

    def number(self, text: str) -> Term:
        return Term(self.numbers.number(text))

    def name(self, text: str) -> Term:
        if text == "eye" and text not in self.declared and text not in self.variables:
            size = self.fresh()
            node = self.node(lambda: tensors.delta(value(size)))
            return Term(node, 2, size, size)
        known = self.names.get(text)
        if known is None:
            known = self.names[text] = self._first_of(text)
        return known

    def _first_of(self, name: str) -> Term:
        node = self.declared.get(name)
        if node is None:
            letter = len(name) == 1 and name.isascii()
            if name in CONSTANT_NAMES and name not in self.variables and not letter:
                return Term(operand(constant(CONSTANT_NAMES[name])))
            if name in self.calls:
                raise self.unknown(name)
            parser.variable(name)
            if name not in self.variables:
                refuse_function(name, self.text)
            rank = 2 if name[0].isupper() else int("h" <= name[0] <= "z")
            sizes = [self.fresh() for _ in range(rank)]
            node = self.node(lambda: symbol(name, [*map(value, sizes)]))
        else:
            sizes = [Size(size) for size in node.dims]
        if len(sizes) > 2:
            raise UnsupportedError(
                f"{name} has the shape {shown(node.dims)}; matrixcalculus.org's "
                "language has scalars, vectors and matrices"
            )
        return Term(node, len(sizes), *sizes)


class _Machine(Machine):
    """The machine, for a language where a line break is a space."""

    def tokens(self, text: str) -> Iterator[Token]:
        return self._one_line(text)


@cache
def _machine() -> Machine:
    return _Machine(tables("matlab.lark"), Builder)


def parse_matlab(
    text: str, symbols: Iterable[str] = (), shapes: parser.Shapes | None = None
) -> Expr:
    """The expression that `text` in matrixcalculus.org's language stands for.

    `symbols` are names that are variables here even if a constant has the name,
    `shapes` declares scalars, vectors and matrices; sizes of the others are inferred,
    and those that nothing settles are called m, n, p, ... in the order of the text.
    Raises as `parsing.parser.parse` does, and ShapeError where shapes do not fit
    together.

    >>> parse_matlab("x'*A").shape, parse_matlab("A*x*y'").shape
    (('n',), ('m', 'p'))
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"the text has {len(text):,} characters; {MAX_LENGTH:,} is the most"
        )
    symbols = tuple(symbols)
    reading = Builder(text, symbols, shapes)
    _machine().run(text, reading)
    settle(reading.made, reading.taken())
    result = _machine().run(text, Builder(text, symbols, shapes, reading.made))
    assert isinstance(result, Expr)
    return result
