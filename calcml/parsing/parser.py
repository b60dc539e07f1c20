"""Text to expressions: what each reduction of the grammar builds.

The machine of `parsing.lalr` reads the text; names, calls and their errors are here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any
from unicodedata import normalize

from calcml.core import build, expr, tensors
from calcml.core.errors import (
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.core.expr import CONDITIONS, INF, MINUS_ONE, Expr
from calcml.functions import CONSTANT_NAMES, SPELLINGS, Row
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import (
    DERIVATIVES,
    FORMAL,
    NAME,
    Argument,
    Keyword,
    Repeated,
    derivative,
    formal,
    operand,
)
from calcml.parsing.calls import arrays, bound, indices, scalars, unknown
from calcml.parsing.indexed import Indexed
from calcml.parsing.lalr import Machine
from calcml.parsing.limits import MAX_DIGITS, MAX_LENGTH
from calcml.parsing.messages import unused
from calcml.parsing.names import called_before, is_name, refuse_call, refuse_definition
from calcml.parsing.slips import refuse_slips
from calcml.parsing.spelled import Spelled
from calcml.parsing.tables import tables

# --- building ----------------------------------------------------------------------


def _binary(name: str) -> Callable[[Builder, Expr, Expr], Expr]:
    light = expr.LIGHT[name]

    def method(_: Builder, a: Expr, b: Expr) -> Expr:
        if a.op in CONDITIONS or b.op in CONDITIONS or a is INF or b is INF:
            operand(a), operand(b)
        return light(a, b)

    return method


class Builder(Indexed, Spelled):
    """What each reduction of the grammar makes, and the names known in one text."""

    def __init__(
        self,
        variables: Iterable[str] = (),
        shapes: Shapes | None = None,
        text: str = "",
    ) -> None:
        self.text = text
        self.names = {name: expr.symbol(name) for name in variables}
        self.places, self.whole_parts = set(), frozenset()
        self.rebound, self.indexed = {}, {}
        self.declared_sizes: set[str] = set()
        if shapes:
            self.names.update(declared(shapes))
            self.declared_sizes = self.sizes()
        self.given = frozenset(self.names.values())
        for size in self.declared_sizes - self.names.keys():
            self.names[size] = expr.symbol(size)
        self.calls: dict[str, Sequence[Argument]] = {}
        self.typed: list[str] = []  # names that nothing declares or defines
        self.numbers: dict[str, Expr] = {}
        self.functions = {}  # that the text defines
        self.defined: dict[str, Expr] = {}
        self.formula: Expr | None = None  # the one that a statement was, if any

    def start(self, first: Expr, rest: Sequence[Expr] = ()) -> Expr:
        return rest[-1] if rest else first

    def items(self, first: Any, second: Any = None) -> list[Any]:
        if second is None:
            return [first]
        first.append(second)
        return first  # type: ignore[no-any-return]

    def result(self, value: Expr) -> Expr:
        value = self.formula = self._statement(value)
        return value

    def definition(self, name: str, value: Expr) -> Expr:
        refuse_definition(name, self.text, self.declared_sizes, self.calls)
        value = self.names[name] = self.defined[name] = self._statement(value)
        return value

    def _statement(self, value: Expr) -> Expr:
        """The value of a statement, which no formula without a name stands before."""
        if self.formula is not None:
            raise unused(self.formula)
        return self.finished(value) if self.open and self.closes else value

    def or_(self, a: Expr, b: Expr) -> Expr:
        return expr.make("or", (scalars.condition(a), scalars.condition(b)))

    def and_(self, a: Expr, b: Expr) -> Expr:
        return expr.make("and", (scalars.condition(a), scalars.condition(b)))

    def not_(self, a: Expr) -> Expr:
        return expr.make("not", (scalars.condition(a),))

    def compare(self, a: Expr, sign: str, b: Expr) -> Expr:
        return expr.make(COMPARISONS[sign], (expr.scalar(a), expr.scalar(b)))

    def between(self, a: Expr, low: str, b: Expr, high: str, c: Expr) -> Expr:
        return expr.make("and", (self.compare(a, low, b), self.compare(b, high, c)))

    add = _binary("add")
    sub = _binary("sub")
    mul = _binary("mul")
    div = _binary("div")
    _pow = _binary("pow")

    def pow(self, a: Expr, b: Expr) -> Expr:
        if a.dims and b.op == "symbol" and b.value == "T" and b not in self.given:
            raise unknown.no_transpose(a)
        if len(a.dims) == 2 and b is MINUS_ONE and not self.own:
            raise unknown.no_inverse(a)
        return self._pow(a, b)

    def neg(self, a: Expr) -> Expr:
        return build.neg(a if a is INF else operand(a))

    def pos(self, a: Expr) -> Expr:
        return operand(a)

    def number(self, text: str) -> Expr:
        known = self.numbers.get(text)
        if known is None:
            known = self.numbers[text] = _numeral(text)
        return known

    def name(self, text: str) -> Expr:
        known = self.names.get(text)
        if known is None:
            if text in self.calls:
                raise called_before(text, self.calls[text], self.text)
            constant = CONSTANT_NAMES.get(text)
            known = expr.constant(constant) if constant else expr.symbol(text)
            self.names[text] = known
            self.typed.append(text)
        return known

    def arguments(
        self, first: Argument, rest: Sequence[Argument] = ()
    ) -> list[Argument]:
        return [first, *rest]

    def named(self, name: str, value: Expr) -> Keyword:
        return Keyword(name, value)

    def named_pair(self, name: str, a: Expr, b: Expr) -> Keyword:
        return Keyword(name, (a, b))

    def option(self, name: str, text: str) -> Keyword:
        return Keyword(name, text[1:-1])

    def string(self, text: str) -> Keyword:
        return Keyword("", text[1:-1])

    def repeated(self, variable: Expr, times: Expr) -> Repeated:
        return Repeated(variable, times)

    def several(self, first: Expr, second: Expr, rest: list[Expr]) -> Repeated:
        return Repeated(first, second, tuple(rest))

    def call(self, name: str, arguments: Sequence[Argument] = ()) -> Expr:
        if not self.own:
            if name in self.names or name in CONSTANT_NAMES:
                refuse_call(name, arguments, self.names)
            self.calls[name] = arguments
        if name in ARRAY_FUNCTIONS and bound.takes(name, arguments, self.sizes):
            return self.over(name, arguments)
        if name in ARRAY_FUNCTIONS:
            if not self.own:
                arrays.ask_for_arrays(name, arguments, self.sizes)
            if arrays.takes(name, arguments):
                return arrays.call(name, arguments, defined)
        rows = SPELLINGS.get(name)
        if rows is not None:
            return call(rows, name, arguments, self.own)
        if name == "einsum":
            return arrays.einsum(arguments)
        if name == "delta":
            self.open = True
            return indices.kronecker_of(arguments)
        if name in DERIVATIVES:
            return derivative(arguments)
        if name in self.functions:
            return self.expanded(name, arguments)
        if re.match(FORMAL, name):
            return formal(name, arguments)
        raise unknown.function(name, arguments)

    def matmul(self, a: Expr, b: Expr) -> Expr:
        return tensors.matmul(operand(a), operand(b))

    def transpose(self, a: Expr) -> Expr:
        if not operand(a).dims:
            raise unknown.no_array(a, "m n")
        return tensors.transpose(a)


def _numeral(text: str) -> Expr:
    if len(text) > MAX_DIGITS:
        raise LimitError(f"a number has over {MAX_DIGITS:,} digits")
    if text.isdigit():
        return expr.number(int(text))
    if not text.isascii():  # ½
        return expr.number(Fraction(normalize("NFKC", text).replace("\u2044", "/")))
    exponent = text.lower().partition("e")[2]
    if len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise LimitError(f"a number's exponent is beyond {MAX_DIGITS:,}")
    return expr.decimal(text)


_NAMES = {"<": "lt", "<= ≤": "le", ">": "gt", ">= ≥": "ge", "==": "eq", "!= ≠": "ne"}
COMPARISONS = {sign: name for signs, name in _NAMES.items() for sign in signs.split()}


Shapes = Mapping[str, str | Sequence[Any]]
Given = str | Expr | Sequence[str | Expr]  # assumptions: "x > 0", ["n in integers"]


def declared(shapes: Shapes) -> dict[str, Expr]:
    """The variables of declared shapes: {"A": "m n", "x": ("n",), "t": ""}."""
    found = {}
    if not isinstance(shapes, Mapping):
        raise ParseError('shapes are a dict, such as {"A": "m n", "x": "n"}')
    for name, shape in shapes.items():
        variable(name)
        try:
            found[name] = expr.symbol(name, shape)
        except ShapeError as error:
            raise ShapeError(f"the shape of {name}: {error.message}") from None
    return found


def defined(text: str, names: Mapping[str, Any], opened: bool = False) -> Expr:
    """A row's own text, of arguments by name; index notation stays where `opened`."""
    builder = Builder()
    builder.closes = not opened
    builder.own = True
    builder.names.update(names)
    builder.whole_parts = frozenset(x for x in names.values() if isinstance(x, Expr))
    result = machine("calcml.lark").run(text, builder)
    assert isinstance(result, Expr)
    return result


def call(
    rows: Sequence[Row], name: str, arguments: Sequence[Argument], own: bool = False
) -> Expr:
    """The node for a call of `name`, one of `rows`; see `parsing.calls.scalars`."""
    return scalars.call(rows, name, arguments, parsed, own)


@cache
def machine(name: str) -> Machine:
    """The parser of one grammar file."""
    return Machine(tables(name), Builder)


def variable(name: str, shape: str | Sequence[Any] = "") -> Expr:
    """The variable `name`, even if a constant has the name; else a ParseError."""
    if not is_name(name):
        raise ParseError(f"{name[:40]!r} is no name of a variable, such as x or w_1")
    return expr.symbol(name, shape)


def parse(
    text: str,
    symbols: Iterable[str] = (),
    shapes: Shapes | None = None,
    definitions: dict[str, Expr] | None = None,
    names: Mapping[str, Expr] | None = None,
) -> Expr:
    """The expression that `text` stands for.

    `symbols` are names that are variables here even if a constant has the name,
    `shapes` says which are arrays. `definitions` is filled with what the text defines,
    `names` stand for what they were defined as elsewhere.
    Raises ParseError, UnsupportedError, DomainError or LimitError with the place.
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"the text has {len(text):,} characters; {MAX_LENGTH:,} is the most"
        )
    builder = Builder(symbols, shapes, text)
    builder.names.update(names or {})
    try:
        result = machine("calcml.lark").run(text, builder)
    except (ShapeError, UnsupportedError):
        refuse_slips(builder.typed, builder.names, text)
        raise
    assert isinstance(result, Expr)
    typed = [name for name in builder.typed if len(name) > 1]
    if typed:
        for size in builder.declared_sizes.difference(re.findall(NAME, text)):
            del builder.names[size]
        refuse_slips(typed, builder.names, text)
    if definitions is not None:
        definitions.update(builder.defined)
    return result


@cache
def parsed(text: str, names: tuple[str, ...] = ()) -> Expr:
    """The expression of a row's own text over `names`, parsed once in a process."""
    return defined(text, {name: expr.symbol(name) for name in names})
