"""How a format writes formulas, names, cases, and prose between them: data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import category

from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr
from calcml.printing import text
from calcml.printing.indexed import index_text
from calcml.tables.words import phrase

Case = tuple[str, str]  # a value, and when; "" is otherwise
Word = Callable[[str], str]


def _no_picture(svg: str) -> str:
    raise UnsupportedError(
        "a plot is in html, typst, pdf, svg and png; write one of them"
    )


def one_line(prose: str) -> str:
    """A text of people in one line, without what controls terminals or directions."""
    kept = "".join(c for c in prose if c.isspace() or category(c) not in ("Cc", "Cf"))
    return " ".join(kept.split())


@dataclass(frozen=True, slots=True)
class Style:
    """How a format writes formulas, names, cases, and prose between them."""

    formula: Callable[[Expr], str]
    name: Callable[[str], str]
    cases: Callable[[Sequence[Case], Word], str]
    math: Callable[[str], str]
    prose: Callable[[str], str]
    shape: Callable[[Sequence[str]], str]
    elements: Callable[[Expr], str]  # a formula in index notation
    typed: bool  # whether a formula is also shown as it was typed
    code: Callable[[str], str] = str  # a program, or its output, that may have lines
    picture: Callable[[str], str] = _no_picture  # a plot, which is SVG
    mark: Callable[[int], str] = "[{}]".format  # of a footnote
    language: str = "en"
    named: bool = True  # whether names of rows stand before their formulas

    def word(self, key: str) -> str:
        """A phrase of the tables in the language, as prose."""
        return self.prose(phrase(key, self.language))


def cases_in_text(found: Sequence[Case], word: Word) -> str:
    """Cases in a line: 0 if x < 0, 1 if x > 0."""
    return ", ".join(
        f"{v} {word('if')} {when}" if when else f"{v} {word('otherwise')}"
        for v, when in found
    )


PLAIN = Style(text, str, cases_in_text, str, str, " ".join, index_text, typed=True)
