"""How a format writes formulas, names, cases, and prose between them: data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calcml.core.expr import Expr
from calcml.printing import text
from calcml.printing.indexed import index_text
from calcml.tables.words import phrase

Case = tuple[str, str]  # a value, and when; "" is otherwise
Word = Callable[[str], str]


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
    mark: Callable[[int], str] = "[{}]".format  # of a footnote
    language: str = "en"

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
