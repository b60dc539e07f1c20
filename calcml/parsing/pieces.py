"""A text that is no formula, cut into pieces as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

from calcml.functions.elsewhere import ACCENTS, BRACKETS, PREFIXES
from calcml.parsing.arguments import NAME
from calcml.parsing.limits import MAX_BARS

_PIECES = (
    r"(?P<space>(?:[^\S\n]|#[^\n]*|\\left\b|\\right\b)+)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+(?:_[0-9]+)+"
    r"|[0-9]*[\u00bc-\u00be\u2150-\u215e]"
    r"|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>\\?{NAME}(?:\.(?!T\b){NAME})*)"
    r"|(?P<up>[\u00b2\u00b3\u00b9\u2070-\u207f\u02b0-\u02b8\u02e0-\u02e4"
    r"\u1d2c-\u1d61\u1d9c-\u1dbf]+)"
    r"|(?P<down>[\u2080-\u209c\u1d62-\u1d6a\u2c7c]+)"
    r"|(?P<mark>\*\*|//|\.T\b|[<>=!]=|&&|.)"
)
CLOSING = {"(": ")", "[": "]", "{": "}"}
WORDS = frozenset(
    "and or not if else then def import for while let return in is".split()
)


class UnreadError(Exception):
    """The text is no spelling that is known."""


class Piece(NamedTuple):
    """A token of the text; `apart` says whether space comes before."""

    kind: str
    value: str
    start: int
    end: int
    apart: bool


NOTHING = Piece("", "", 0, 0, True)


class Pieces:
    """The pieces of a text, and the way between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[Piece] = []
        apart = False
        for match in re.finditer(_PIECES, text, re.DOTALL):
            kind = str(match.lastgroup)
            if kind != "space":
                value = match.group()
                letter, accent = (*unicodedata.normalize("NFD", value), "", "")[:2]
                if kind == "mark" and accent in ACCENTS:
                    kind, value = "name", f"{letter}_{ACCENTS[accent]}"
                self.pieces.append(Piece(kind, value, *match.span(), apart))
            apart = kind == "space"
        self.partner: dict[int, int] = {}
        opened: list[int] = []
        for k, piece in enumerate(self.pieces):
            if piece.value in CLOSING:
                opened.append(k)
            elif piece.value in CLOSING.values():
                if opened and CLOSING[self.value(opened[-1])] == piece.value:
                    self.partner |= {opened[-1]: k, k: opened.pop()}
                else:
                    opened.clear()

    def piece(self, k: int) -> Piece:
        """The piece at a place, an empty one beyond the ends."""
        return self.pieces[k] if 0 <= k < len(self.pieces) else NOTHING

    def value(self, k: int) -> str:
        """The text of a piece."""
        return self.piece(k).value

    def source(self, start: int, end: int) -> str:
        """The text of the pieces from `start` to before `end`."""
        if start < 0 or end > len(self.pieces):
            raise UnreadError
        if start >= end:
            return ""
        return self.text[self.pieces[start].start : self.pieces[end - 1].end]

    def close(self, k: int) -> int:
        """The place of the bracket that closes the one at `k`, or that it closes."""
        if k not in self.partner:
            raise UnreadError
        return self.partner[k]

    def segment(self, k: int, cuts: Collection[str]) -> tuple[int, int]:
        """From where to where no bracket around `k` and no cut of the text lies."""
        start = k
        while start > 0 and self.value(start - 1) not in (*cuts, *CLOSING):
            start -= 1
            if self.value(start) in CLOSING.values():
                start = self.close(start)
        end = k
        while end < len(self.pieces):
            if self.value(end) in (*cuts, *CLOSING.values()):
                break
            end = (self.close(end) if self.value(end) in CLOSING else end) + 1
        return start, end

    def level(self, start: int, end: int) -> Iterator[int]:
        """The places from `start` to `end` that are in no bracket."""
        while start < end:
            yield start
            start = (self.close(start) if self.value(start) in CLOSING else start) + 1

    def ends(self, k: int) -> bool:
        """Whether an operand ends with a piece."""
        kind, value, *_ = self.piece(k)
        closed = (*CLOSING.values(), "!", ".T")
        return kind not in ("", "mark") and value not in WORDS or value in closed

    def begins(self, k: int) -> bool:
        """Whether an operand begins with a piece."""
        kind, value, *_ = self.piece(k)
        if kind == "name":
            return value not in WORDS and value != "mod"
        signs = (*BRACKETS, *PREFIXES, "(", "{")
        return kind == "number" or kind == "mark" and value in signs

    def listed(self, k: int, end: int) -> bool:
        """Whether brackets hold a list: [1, 2] or [1 2]."""
        pairs = ((i, i + 1) for i in range(k + 1, end - 1))
        side_by_side = any(self.ends(i) and self.begins(j) for i, j in pairs)
        return side_by_side or "," in self.source(k, end)

    def bars(self, k: int, inside: int = 0) -> tuple[str, int, int, int]:
        """The function of the bars that open at `k`, what is between and what after."""
        bar = self.value(k)
        if inside > MAX_BARS:
            raise UnreadError
        if bar == self.value(k + 1) == "|":
            try:
                return self._between(k, "||", inside + 1)
            except UnreadError:
                pass
        return self._between(k, bar, inside + 1)

    def _between(self, k: int, bar: str, inside: int) -> tuple[str, int, int, int]:
        closing, name = BRACKETS[bar]
        place = start = k + len(bar)
        ended = False
        while not ended or self.source(place, place + len(bar)) != closing:
            value = self.value(place)
            if value in CLOSING:
                place, ended = self.close(place) + 1, True
            elif value in BRACKETS and not ended:
                place, ended = self.bars(place, inside)[-1], True
            elif value and value not in ("\n", *CLOSING.values()):
                place, ended = place + 1, self.ends(place)
            else:
                raise UnreadError
        return name, start, place, place + len(bar)
