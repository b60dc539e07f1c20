"""Names as LaTeX writes them: letters with marks, fonts, primes, indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calcml.core.expr import E
from calcml.parsing.latex.scan import MARKS, Raw, pairs
from calcml.parsing.latex.words import FONTS, LETTERS, letter

Range = tuple[int, int]
_SIGNS = {"-": "m", "+": "p", ",": "_", "*": "star", "_": "_", ";": "_"}
_STARS = {"*": "star", r"\star": "star", r"\dagger": "dagger"}


class Named(NamedTuple):
    """A name from token `start` to `end`; where it may be an array's, its indices.

    `base` is it without them; `upper` and `lower` are what stands in brackets above
    and what stands below.
    """

    base: str
    start: int
    end: int
    upper: Range | None = None
    lower: Range | None = None
    primes: int = 0


class Namer:
    """The names among tokens."""

    def __init__(self, raw: Sequence[Raw]) -> None:
        self.raw = raw
        self.values = [token.value for token in raw]
        self.close = pairs(raw)
        self.seen: dict[int, Named] = {}  # names by their first token

    def value(self, i: int) -> str:
        return self.values[i] if i < len(self.values) else ""

    def argument(self, i: int) -> Range:
        """The inside of TeX's argument at `i`, one token or a group."""
        if i in self.close:
            return i + 1, self.close[i]
        return i, self.end(i)

    def after(self, inside: Range) -> int:
        """The place after an argument."""
        start, end = inside
        return end + (start - 1 in self.close and self.close[start - 1] == end)

    def end(self, i: int) -> int:
        """The end of TeX's argument that begins at `i`."""
        more = 1  # arguments that are still to come
        while more and i < len(self.raw):
            more -= 1
            value = self.raw[i].value
            if i in self.close:
                i = self.close[i] + 1
                continue
            i += 1
            if value in (r"\frac", r"\binom"):
                more += 2
            elif value == r"\sqrt" or value in MARKS or value in FONTS:
                more += 1
        return i

    def base(self, i: int, end: int) -> tuple[str, int] | None:
        """A letter in its fonts and with its marks, and the place after it."""
        if i < end and self.raw[i].kind == "letter":
            return self.raw[i].value, i + 1
        marks: list[str] = []
        closing = 0
        while i < end:
            token = self.raw[i]
            if token.value in MARKS or token.value in FONTS and token.kind == "command":
                marks += [MARKS[token.value]] if token.value in MARKS else []
                i += 1
            elif (
                i in self.close
                and marks + [1] * closing
                and self.close[i] < end
                or i in self.close
                and self.raw[i - 1].value in FONTS
            ):
                closing += 1
                i += 1
            else:
                break
        if i >= end:
            return None
        token = self.raw[i]
        name = token.value if token.kind in ("letter", "word") else None
        if token.kind == "command":
            name = letter(token.value) or LETTERS.get(token.value)
        if token.kind == "word":
            name = word(token.value)
        if not name:
            return None
        i += 1
        while closing and self.value(i) == "'":
            marks.append("prime")
            i += 1
        below = ""
        if closing and self.value(i) == "_":
            inside = self.argument(i + 1)
            below = self.below(inside) or ""
            i = self.after(inside)
            if not below:
                return None
        while closing:
            if self.value(i) != "}":
                return None
            closing -= 1
            i += 1
        return "_".join([name, *marks, *[below] * bool(below)]), i

    def below(self, inside: Range) -> str | None:
        """An index as a part of a name: ij, i_j, tm1; None if it is none."""
        found = ""
        i, end = inside
        while i < end:
            token = self.raw[i]
            if token.value in _SIGNS:
                found += _SIGNS[token.value]
                i += 1
            elif token.value in "{}":
                i += 1
            elif token.kind == "number" and token.value.isdigit():
                found += token.value
                i += 1
            elif (base := self.base(i, end)) is not None:
                found += base[0]
                i = base[1]
            elif token.kind == "command" and token.value[1:].isalpha():
                found += token.value[1:]
                i += 1
            else:
                return None
        return found.strip("_") or None

    def at(self, i: int, end: int) -> Named | None:
        """The name that begins at token `i`."""
        known = self.seen.get(i)
        if known is not None and known.end <= end:
            return known
        found = self.base(i, end)
        if found is None:
            return None
        base, j = found
        start, upper, lower, primes = i, None, None, 0
        while j < end:
            value = self.value(j)
            if value == "'":
                primes, j = primes + 1, j + 1
            elif value == "_" and lower is None:
                lower = self.argument(j + 1)
                j = self.after(lower)
            elif value == "^" and upper is None:
                inside = self.argument(j + 1)
                texts = [t.value for t in self.raw[slice(*inside)]]
                if texts and set(texts) <= {r"\prime"}:
                    primes += len(texts)
                elif len(texts) == 1 and texts[0] in _STARS:
                    base += f"_{_STARS[texts[0]]}"
                elif (
                    len(texts) > 2
                    and texts[0] + texts[-1] in ("()", "[]")
                    and (base != E.value)
                ):
                    upper = inside[0] + 1, inside[1] - 1
                else:
                    break
                j = self.after(inside)
            else:
                break
        known = self.seen[start] = Named(base, start, j, upper, lower, primes)
        return known

    def whole(self, name: Named, upper: bool = True, lower: bool = True) -> str | None:
        """A name with what stands above and below as parts of it."""
        if name.upper is name.lower is None and not name.primes:
            return name.base
        found = name.base + "_prime" * name.primes
        for part, taken, mark in ((name.upper, upper, "_"), (name.lower, lower, "")):
            if part is not None and taken:
                inside = self.below(part)
                if inside is None:
                    return None
                found += f"_{inside}{mark}"
        return found


def word(text: str) -> str | None:
    r"""The name that a \text is: loss, rel_entr."""
    plain = text.replace(r"\_", "_").replace("~", " ").strip().removesuffix(".")
    return plain if plain.isidentifier() and plain.isascii() else None
