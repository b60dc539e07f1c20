"""What to write in the place of a text that is no formula.

A piece of advice is given where the grammar, once it is followed, comes beyond it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from calcml.functions.elsewhere import LATEX, OPERATORS, PAIRS
from calcml.parsing.arguments import DERIVATIVES, NAME
from calcml.parsing.lenient import DIVISIONS, Terms
from calcml.parsing.limits import (
    MAX_ADVISED,
    MAX_CORRECTED,
    MAX_FACTORS,
    MAX_READINGS,
    MAX_WRITTEN,
)
from calcml.parsing.operands import PRIMES
from calcml.parsing.pieces import CLOSING, UnreadError
from calcml.parsing.readings import function

Stops = Callable[[str], int | None]  # where the grammar stops in a text
Found = tuple[int, int, Sequence[str]]  # from where to where stands one of the texts

_CUTS = (",", ";", "\n")
# Words of choices, and where the condition stands: before the first, after, after "if".
_CHOICES = ((1, "if", "else"), (0, "?", ":"), (2, "then", "else"))
_AND, _OR, _NOT = (
    r"&&?|∧|\bAND\b|\bAnd\b",
    r"\|\|?|∨|\bOR\b|\bOr\b",
    r"[~¬]|!(?!=)|\bNOT\b",
)
_AROUND = (
    rf"\s*(?:=(?!=)|lambda\s+[\w\s,]+:|def\s+{NAME}\([^()]*\)\s*:\s*return\b|return\b|let\b"
    rf"|[d∂](?:\^?[\d²³])?/[d∂]{NAME}?(?:\^?[\d²³])?(?=[\s(]))\s*"
)
_WRAPPERS = r"\\(?:operatorname|mathrm|mathbf|mathit|boldsymbol|text|bm|mathbb)\*?"


class Advice(NamedTuple):
    """Texts, of which one is to stand in the place of a part of the formula.

    `why` says what is wrong, where that is more than the place.
    """

    span: tuple[int, int]
    texts: Sequence[str]
    why: str


class Adviser:
    """What to write in a text, by the grammar that `stops` in it somewhere.

    `ranks` are the numbers of axes of the names that are arrays.
    """

    def __init__(self, stops: Stops, ranks: Mapping[str, int]) -> None:
        self.stops, self.ranks = stops, ranks
        self.primed = stops("x'") is None  # a prime transposes, * multiplies matrices
        self.left = MAX_CORRECTED

    def advice(self, text: str, place: int) -> Advice | None:
        """What to write where the grammar stops at `place`; None if nobody can tell."""
        self.left -= 1
        if len(text) > MAX_ADVISED or self.left < 0:
            return None
        reader = _Reader(text, place, self.ranks, self.primed)
        for attempt, why in _ATTEMPTS.items():
            try:
                reader.work = MAX_FACTORS
                start, end, texts = attempt(reader)
            except UnreadError:
                continue
            helpful = []
            for new in texts:
                if "#" not in new:
                    new = re.sub(r"\s*\n\s*", " ", new)
                if self.primed:
                    new = new.replace(".T", "'").replace(" @ ", "*")
                if new != text[start:end]:
                    helpful += self._correct(text[:start], new, text[end:])
            helpful = [new for new in dict.fromkeys(helpful) if len(new) <= MAX_WRITTEN]
            if 0 < len(helpful) <= MAX_READINGS:
                return Advice((start, end), helpful, why)
        return None

    def _correct(self, before: str, new: str, after: str) -> list[str]:
        """`new` as it is to be written between texts, what is wrong in it corrected."""
        tried, first, last = before + new + after, len(before), len(before + new)
        stop = self.stops(tried)
        if stop is None or stop >= last:
            return [new]
        inner = self.advice(tried, stop)
        if inner is None or not first <= inner.span[0] <= inner.span[1] <= last:
            return []
        start, end = inner.span
        parts = (tried[first:start] + text + tried[end:last] for text in inner.texts)
        return [text for part in parts for text in self._correct(before, part, after)]


def _numbers(text: str) -> list[str]:
    """A number with other marks between its digits, as it may be meant."""
    joined = re.sub(r"[,'’](?=\d{3}(?!\d))", "", text)
    texts = [joined] if re.fullmatch(r"\d+(\.\d+)?", joined) else []
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", text):
        texts = [text.replace(".", "").replace(",", ".")]
    if re.fullmatch(r"\d+,\d+", text):
        texts.append(text.replace(",", "."))
    return texts


class _Reader(Terms):
    def __init__(
        self, text: str, place: int, ranks: Mapping[str, int], primed: bool
    ) -> None:
        super().__init__(text, ranks, primed)
        self.place = place
        self.k = sum(piece.start <= place for piece in self.pieces) - 1

    def found(self, start: int, end: int, texts: Sequence[str]) -> Found:
        """Texts for the pieces from `start` to before `end`."""
        if not 0 <= start < end <= len(self.pieces):
            raise UnreadError
        return self.pieces[start].start, self.pieces[end - 1].end, texts

    def choice(self) -> Found:
        """`a if c else b`, `if c then a else b` and `c ? a : b`: where(c, a, b)."""
        start, end = self.segment(self.k, (*_CUTS, "="))
        places = {self.value(k): k for k in reversed([*self.level(start, end)])}
        for order, first, second in _CHOICES:
            one, other = places.get(first, end), places.get(second, end)
            begin = start + (order == 2)
            led = self.value(start) == "if" or order < 2
            if not (led and begin < one < other < end):
                continue
            parts = [self.source(begin, one), self.source(one + 1, other)]
            if order == 1:
                parts.reverse()
            parts.append(self.source(other + 1, end))
            return self.found(start, end, [f"where({', '.join(parts)})"])
        other = places.get("else", end)
        if self.value(start) == "if" and self.value(start + 1) == "(" and other < end:
            close = self.close(start + 1)
            ends = (start + 2, close), (close + 1, other), (other + 1, end)
            parts = [self.source(*part) for part in ends]
            return self.found(start, end, [f"where({', '.join(parts)})"])
        raise UnreadError

    def logic(self) -> Found:
        """&&, ||, !, AND, ... as and, or, not, beside comparisons."""
        start, end = self.segment(self.k, _CUTS)
        text = self.source(start, end)
        value = self.value(self.k)
        sure = re.search(r"[<>=≤≥≠]", text) or value[:1] == "&"
        if not sure or not re.fullmatch(f"{_AND}|{_OR}|{_NOT}", value):
            raise UnreadError
        for signs, word in ((_AND, " and "), (_OR, " or "), (_NOT, " not ")):
            text = re.sub(rf"\s*(?:{signs})\s*", word, text)
        text = re.sub(" +", " ", text).strip()
        return self.found(start, end, [f"({text})" if " or " in text else text])

    def equals(self) -> Found:
        """f(x) = ... and f(x) := ...: a definition is of a name."""
        k = self.k
        colon = self.value(k) == ":" and self.value(k + 1) == "="
        if not (self.value(k) == "=" or colon) or self.value(k - 1) != ")":
            raise UnreadError
        start = self.close(k - 1) - 1
        name = self.value(start)
        rest = self.text[self.place :]
        params = self.source(start + 2, k - 1).split(",")
        named = all(re.fullmatch(NAME, param.strip()) for param in (name, *params))
        taken = function(name) or name in DERIVATIVES
        if not named or taken or re.search(rf"\b{name}\s*\(", rest):
            raise UnreadError
        return self.found(start, k + 1 + colon, [f"{self.value(start)} ="])

    def pair(self) -> Found:
        """<>, =<, ===, := and the like."""
        for signs, new in PAIRS.items():
            start = self.text.find(signs, max(0, self.place - len(signs) + 1))
            if start >= 0 and start <= self.place:
                return start, start + len(signs), [new]
        raise UnreadError

    def comma(self) -> Found:
        """1,5 and 1,000; f(x,) and f(,x)."""
        before, value = self.value(self.k - 1), self.value(self.k)
        if before == "," and value in (")", "]", ","):
            return self.found(self.k - 1, self.k + 1, [value])
        if before in ("(", "[", ";") and value in (",", ";"):
            return self.found(self.k - 1, self.k + 1, [before])
        if value in (",", ".") and self.k == len(self.pieces) - 1:
            return self.found(self.k, self.k + 1, [""])
        if value == "," and re.match(rf"\s*{NAME}\s*=", self.text[self.place + 1 :]):
            return self.found(self.k, self.k + 1, [";"])
        for match in re.finditer(r"\d[\d.,'’]*\d", self.text):
            if match.start() <= self.place < match.end():
                return *match.span(), _numbers(match[0])
        raise UnreadError

    def bracket(self) -> Found:
        """A bracket of the wrong kind."""
        opened: list[str] = []
        for k in range(self.k):
            if self.value(k) in CLOSING:
                opened.append(CLOSING[self.value(k)])
            elif opened and self.value(k) == opened[-1]:
                opened.pop()
        if self.value(self.k) not in CLOSING.values() or not opened:
            raise UnreadError
        return self.found(self.k, self.k + 1, [opened[-1]])

    def quoted(self) -> Found:
        """A formula in quotes, or between dollars."""
        match = re.fullmatch(r"""\s*(["'`$]+)([^"'`$]*)\1\s*""", self.text)
        if match is None:
            raise UnreadError
        return 0, len(self.text), [match[2]]

    def command(self) -> Found:
        r"""\cdot, \left, \operatorname{relu}, of LaTeX."""
        rest = self.text[self.place :]
        wrapped = re.match(_WRAPPERS + r"\{([^{}]*)\}", rest)
        if wrapped:
            return self.place, self.place + wrapped.end(), [wrapped[1]]
        match = re.match(r"\\([A-Za-z]+|[,;:! ])", rest)
        if match is None or match[1].isalpha() and match[1] not in LATEX:
            raise UnreadError
        return self.place, self.place + match.end(), [LATEX.get(match[1], " ")]

    def term(self) -> Found:
        """The term that holds the place."""
        start = self.first(self.k)
        part = self.quotient(start, self.value(self.k) in DIVISIONS)
        if part.end <= self.k:
            raise UnreadError
        return self.found(start, part.end, part.texts)

    def equation(self) -> Found:
        """y'' + y: a name with primes that stands without them, too, is y(x)."""
        k = self.k - (self.value(self.k) in PRIMES)
        name, orders, last = self.value(k), list[int](), 0
        x, text = "t" if name == "x" else "x", ""
        for place, piece in enumerate(self.pieces):
            end, order = place + 1, 0
            while self.value(end) in PRIMES:
                end, order = end + 1, order + PRIMES[self.value(end)]
            if piece.value == name and self.value(end) != "(":
                times = f", {order}" * (order > 1)
                made = f"D({name}({x}), {x}{times})" if order else f"{name}({x})"
                text += self.text[last : piece.start] + made
                last = self.pieces[end - 1].end
                orders.append(order)
        if name in self.ranks or not max(orders, default=0) or 0 not in orders:
            raise UnreadError
        texts = [text + self.text[last:]]
        if max(orders) == 1:  # or it is a transpose
            start, end, read = self.term()
            kept = [t for t in read if f"D({name}(" not in t]
            texts = [self.text[:start] + t + self.text[end:] for t in kept] + texts
        return 0, len(self.text), texts

    def sign(self) -> Found:
        """x ≤ y, x − y, −x."""
        sign = OPERATORS.get(self.value(self.k), "")
        if not sign:
            raise UnreadError
        start = self.first(self.k)
        left = self.source(start, self.k)
        right = self.quotient(self.k + 1)
        made = f"{left} {sign} " if left else sign
        return self.found(start, right.end, [made + text for text in right.texts])

    def alone(self) -> Found:
        """A sign or a letter by itself: ≤, （, 𝑥."""
        value = self.value(self.k)
        if value in OPERATORS or value == "@":
            return self.found(self.k, self.k + 1, [OPERATORS.get(value, "*")])
        end = self.k
        while self.piece(end).kind == "mark" and not self.value(end).isascii():
            end += 1
        text = self.source(self.k, end)
        new = unicodedata.normalize("NFKC", text)
        return self.found(self.k, end, [new])

    def around(self) -> Found:
        """lambda x: x^2, def f(x): return x^2, d/dx x^2."""
        match = re.match(_AROUND, self.text)
        if match is None or self.place > match.end():
            raise UnreadError
        return 0, len(self.text), [self.text[match.end() :]]


_ATTEMPTS: dict[Callable[[_Reader], Found], str] = {
    _Reader.around: "a formula stands alone, the variable beside it",
    _Reader.quoted: "a formula stands alone, without quotes",
    _Reader.choice: "a choice is a call of where",
    _Reader.pair: "",
    _Reader.logic: "",
    _Reader.equals: "what is defined is a name",
    _Reader.comma: "",
    _Reader.bracket: "",
    _Reader.command: "",
    _Reader.equation: "",
    _Reader.term: "",
    _Reader.sign: "",
    _Reader.alone: "",
}
