r"""LaTeX as papers have it: \frac{1}{1 + e^{-w^\top x}}.

`scan` cuts a text into TeX's tokens; `reader` makes those of `grammar/latex.lark` of
them, which `outlet`, `powers`, `emitter`, `commands`, `letters`, `calls` and
`variables` write in turn by what
`surveyed` knows of the text's `names`; `builder` makes the nodes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import copy
from functools import cache
from typing import Any

from calcml.core.budget import SpentError, at_most
from calcml.core.build import sub
from calcml.core.errors import LimitError, ParseError, or_none
from calcml.core.expr import ZERO, Expr, walk
from calcml.core.methods import METHODS
from calcml.parsing import parser
from calcml.parsing.dialects import Told
from calcml.parsing.lalr import Machine
from calcml.parsing.latex.builder import Builder
from calcml.parsing.latex.messages import unexpected
from calcml.parsing.latex.reader import Reader
from calcml.parsing.latex.scan import MARKS, scan
from calcml.parsing.limits import (
    DIGITS,
    MAX_LATEX,
    MOST_SIDES,
    POINTS,
    WORK_ON_SIDES,
)
from calcml.parsing.messages import StoppedError, Token
from calcml.parsing.tables import tables


class _Machine(Machine):
    """The machine over the tokens that a reader makes."""

    reader: Reader

    def tokens(self, text: str) -> Iterator[Token]:
        return self.reader.tokens()

    def _between(self, text: str, builder: object) -> Any:
        return _NOTHING

    def run(self, text: str, builder: object) -> Any:
        try:
            return self._run(text, builder, self.rules)
        except StoppedError as stopped:
            raise unexpected(self.reader, *stopped.args) from None


class _Nothing:
    """What stands between two tokens that the reader did not join."""

    def tokens(self, token: Token, previous: Token) -> tuple[Token, ...]:
        raise StoppedError(token, previous)


_NOTHING = _Nothing()


@cache
def _machine() -> _Machine:
    return _Machine(tables("latex.lark"), Builder)


def parse_latex(
    text: str,
    symbols: Iterable[str] = (),
    shapes: parser.Shapes | None = None,
    definitions: dict[str, Expr] | None = None,
    names: Mapping[str, Expr] | None = None,
) -> tuple[Expr, Told]:
    r"""The expression that `text` stands for, and what the reading rests on.

    Arguments and errors are those of `parser.parse`.

    >>> str(parse_latex(r"\frac{1}{1 + e^{-x}}")[0])
    '1/(1 + exp(-x))'
    """
    if len(text) > MAX_LATEX:
        raise LimitError(
            f"the text has {len(text):,} characters; {MAX_LATEX:,} is the most of LaTeX"
        )
    given = text, tuple(symbols), shapes, names or {}
    make, reader = _prepared(*given)
    try:
        root = _read(make, reader)
    except ParseError:
        equal = or_none(_equal_sides, reader.sides, given)
        if equal is None:
            raise
        root, make, reader = equal
    if definitions is not None:
        definitions.update(make.defined)
    written = {n: t for n, t in reader.shown.items() if n != t}
    return root, Told("latex", written, tuple(reader.said))


def _prepared(
    text: str,
    symbols: Iterable[str],
    shapes: parser.Shapes | None,
    names: Mapping[str, Expr],
) -> tuple[parser.Builder, Reader]:
    make = parser.Builder(symbols, shapes, text)
    make.names.update(names)
    declared = frozenset(make.names) - make.declared_sizes
    return make, Reader(text, scan(text), make.names, make.declared_sizes, declared)


def _read(make: parser.Builder, reader: Reader) -> Expr:
    machine = copy(_machine())
    machine.reader = reader
    root = machine.run(reader.text, Builder(make, reader))
    assert isinstance(root, Expr)
    _refuse_unmarked(make, reader)
    return root


def _equal_sides(count: int, given: Any) -> tuple[Expr, parser.Builder, Reader] | None:
    """A chain of equations read as its first side, if all that it has are equal."""
    found: list[tuple[Expr, parser.Builder, Reader]] = []
    with suppress(SpentError), at_most(WORK_ON_SIDES):
        for side in range(count if count <= MOST_SIDES else 0):
            make, reader = _prepared(*given)
            reader.side = side
            root = _read(make, reader)
            first = found[0][0] if found else root
            alike = METHODS["simplify"](sub(first, root)) is ZERO
            if not alike and not _agree(first, root):
                return None
            found.append((root, make, reader))
        return found[0] if found else None
    return None


def _agree(a: Expr, b: Expr) -> bool:
    """Whether numbers have equal values at points where both are real, of POINTS."""
    names = sorted(a.free_symbols | b.free_symbols)
    arrays = any(node.dims or node.op == "formal" for node in walk(a, b))
    drawn = random.Random(len(names))
    agreed = 0
    for _ in range(0 if arrays else POINTS):
        at = {name: drawn.uniform(0.1, 3) * drawn.choice((1, 1, -1)) for name in names}
        u, v = (or_none(METHODS["evalf"], side, at, DIGITS, None) for side in (a, b))
        if u is None or v is None or u.imag or v.imag or u - u or v - v:
            continue
        if abs(u - v) > abs(u) / 10 ** (DIGITS - 5):
            return False
        agreed += 1
    return agreed >= POINTS // 4


def _refuse_unmarked(make: parser.Builder, reader: Reader) -> None:
    r"""ParseError where a is declared and \vec{a} alone stands in the text: a_vec."""
    for name in make.typed:
        letter, _, mark = name.partition("_")
        array = make.names.get(letter)
        marks = (*MARKS.values(), "prime")
        if mark not in marks or letter in reader.shown:
            continue
        if array in make.given and array.dims:
            raise ParseError(
                f"{reader.shown.get(name, name)} is the name {name}, and {letter} is "
                f"declared: declare {name}"
                + rf", or write {letter}^\top for the transpose"
                * (mark == "prime")
            )
