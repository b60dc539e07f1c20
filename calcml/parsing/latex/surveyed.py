"""What a text says of its names: which are arrays, indices, or stand alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from calcml.core.errors import ParseError
from calcml.parsing.latex.names import Named, Namer, Range
from calcml.parsing.latex.scan import Raw, refused
from calcml.parsing.latex.words import over_indices

ANGLE = r"\langle"  # x, y \rangle, an inner product
ROUND = {"(": ")", "[": "]", r"\{": r"\}", ANGLE: r"\rangle"}
CLOSING = frozenset(ROUND.values())
_SHUTS = CLOSING | {"}"}
OPERATORS = frozenset(
    ("+", "-", "*", "/", "=", r"\times", r"\cdot", r"\div", r"\odot", r"\gets")
)


class Surveyed(Namer):
    """The names of one text.

    `names` are what names stand for, as far as it is read, `declared` those that were
    before, `sizes` the names of sizes.
    """

    def __init__(
        self,
        text: str,
        raw: Sequence[Raw],
        names: Mapping[str, Any],
        sizes: Collection[str],
        declared: frozenset[str],
    ) -> None:
        super().__init__(raw)
        self.text, self.names, self.sizes = text, names, sizes
        self.declared = declared
        self.spelled: dict[str, str] = {}  # what stands for each name
        self.shown: dict[str, str] = {}  # the same as it stands in the text
        self.said: dict[str, None] = {}  # conventions that were used
        self.params: set[str] = set()  # of the function on the left
        self.unused: dict[str, int] = {}  # what rows define that no later one has
        self.bare: set[str] = set()  # names that no bracket follows
        self.indices: set[str] = set()
        self.binding: dict[int, set[str]] = {}  # the indices of the sum at a token
        self.bound: set[str] = set()  # in the row that is read
        self.first = 1  # what indices count from: 0 where a sum over one begins so
        self.quads: set[int] = set()  # the tokens that \quad stands before
        if r"\q" in text:
            gaps = enumerate(pairwise(raw), 1)
            self.quads = {i for i, (a, b) in gaps if r"\q" in text[a.end : b.place]}
        self.survey()

    def survey(self) -> None:
        """Which names stand alone, which letters are indices, which a sum binds."""
        i, n = 0, len(self.raw)
        zero: set[str] = set()
        places: set[str] = set()
        while i < n:
            if self.value(i) in over_indices() and self.value(i + 1) in "_^":
                for script in (i + 1, self.after(self.argument(i + 2))):
                    if self.value(script) == "_":
                        inside = self.argument(script + 1)
                        letters = set(self.letters(inside))
                        self.binding[i] = letters
                        text = self.values[slice(*inside)]
                        begins = text[-2:] == ["=", "0"] or text[:2] == ["0", r"\le"]
                        zero |= letters if begins else set()
            name = self.at(i, n)
            if name is None:
                i += 1
                continue
            whole = self.whole(name)
            if whole and self.value(self.raised_end(name)) not in ("(", "["):
                self.bare.add(whole)
            if name.upper is name.lower is None:
                i = name.end
                continue
            for part in self.split(name)[1]:
                for k in range(*part):
                    found = self.at(k, part[1])
                    if found and found.base not in self.sizes:
                        self.indices.add(found.base)
                        if found.end == part[1] or self.value(found.end) != "+":
                            places.add(found.base)
            i = max(i + 1, name.end)
        self.first = 0 if zero & places else 1

    @property
    def counted(self) -> str:
        """How indices count, as it is said."""
        if self.first:
            return "indices count from 1: x_1 is the first element, x[0]"
        return "indices count from 0, as the sum does: x_0 is the first element, x[0]"

    def raised_end(self, name: Named) -> int:
        """The place after a name and its exponent."""
        if self.value(name.end) != "^":
            return name.end
        return self.after(self.argument(name.end + 1))

    def letters(self, inside: Range) -> list[str]:
        """The index or indices that a sum is over."""
        ends = self.between(inside)
        if ends:
            inside = ends[0] + 1, ends[1]
        found = []
        for i in range(*inside):
            if self.value(i) in ("=", r"\in", r"\ne", "<", r"\le", ":", ">"):
                break
            if self.value(i) != ",":
                name = self.base(i, inside[1])
                found.append(name[0] if name else "")
        return found

    def between(self, inside: Range) -> Range | None:
        r"""Where the signs of 1 \le i \le n stand, of whole bounds of one index."""
        signs = [i for i in self.outer(*inside) if self.value(i) == r"\le"]
        if len(signs) != 2:
            return None
        name = self.base(signs[0] + 1, signs[1])
        return (signs[0], signs[1]) if name and name[1] == signs[1] else None

    def split(self, name: Named) -> tuple[str | None, list[Range]]:
        """The array or variable of a name, and what are indices of it."""
        whole = self.whole(name)
        if not (name.upper or name.lower) or whole in self.names:
            return whole, []
        for upper, lower in ((True, False), (False, True), (False, False)):
            part = self.whole(name, upper, lower)
            parts = [
                r
                for r, taken in ((name.upper, upper), (name.lower, lower))
                if r and not taken
            ]
            known = self.names.get(part or "")
            if parts and known is not None and known.dims:
                return part, parts
        return whole, []

    def error(self, what: str, i: int, end: int | None = None) -> ParseError:
        if i >= len(self.raw):
            return refused(what, self.text, (len(self.text), len(self.text) + 1))
        last = self.raw[min(end or i + 1, len(self.raw)) - 1]
        return refused(
            what, self.text, (self.raw[i].place, max(last.end, self.raw[i].end))
        )

    def source(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        return self.text[self.raw[start].place : self.raw[end - 1].end]

    def goes_over(self, i: int) -> bool:
        r"""Whether the formula goes on over the break at `i`, for a sign is beside it.

        A row that begins with a minus goes on behind &, unless it has the name which
        the one before defines.
        """
        before, after = i - 1, i + 1
        while self.value(before) == "&":
            before -= 1
        while self.value(after) == "&":
            after += 1
        sign = self.value(after)
        if self.value(before) in OPERATORS or sign in OPERATORS - {"-", "+"}:
            return before >= 0
        if sign not in ("-", "+") or sign == "-" and after == i + 1:
            return False
        start = max((k for k in range(i) if self.value(k) == r"\\"), default=-1) + 1
        while self.value(start) == "&":
            start += 1
        defined = self.at(start, i)
        whole = defined and self.whole(defined)
        end = next(
            (k for k in self.outer(after, len(self.raw)) if self.value(k) == r"\\"),
            len(self.raw),
        )
        names = [self.at(k, end) for k in range(after, end)]
        return whole not in [self.whole(n) for n in names if n]

    def bracket(self, i: int) -> Range | None:
        """The inside of the brackets at `i`, None where there are none."""
        opening = self.value(i)
        if opening not in ROUND:
            return None
        depth = 0
        for k in range(i, len(self.raw)):
            depth += (self.value(k) == opening) - (self.value(k) == ROUND[opening])
            if not depth:
                return i + 1, k
        return None

    def arity(self, i: int) -> int:
        """The number of arguments in the brackets at `i`."""
        inside = self.bracket(i)
        if inside is None:
            return 0
        return 1 + sum(self.value(k) in (",", ";") for k in self.outer(*inside))

    def outer(self, start: int, end: int) -> Iterator[int]:
        """The tokens that no brackets hold, up to one that closes brackets around."""
        values, close, depth = self.values, self.close, 0
        for i in range(start, min(end, len(values))):
            value = values[i]
            if value in _SHUTS or value[:4] == r"\end":
                depth -= 1
                if depth < 0:
                    yield i
                    return
            elif not depth:
                yield i
            if i in close or value in ROUND or value[:6] == r"\begin":
                depth += 1
