"""Tokens of TeX as those of the grammar, a row of the text at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from calcml.parsing.latex.emitter import BRACKETS, CONDITIONS, FRACTIONS, SIGNS
from calcml.parsing.latex.names import Range
from calcml.parsing.latex.powers import LAYER
from calcml.parsing.latex.scan import Raw
from calcml.parsing.latex.variables import Variables
from calcml.parsing.latex.words import called
from calcml.parsing.messages import END, Token

_WHERE = ("where", "with", "and", "for")
EQUATIONS = frozenset(("=", r"\equiv", r"\triangleq", r"\coloneqq", r"\gets"))


class Reader(Variables):
    """The grammar's tokens of one text."""

    spelled_rows: tuple[str, ...] = ()
    sides = 0  # of a chain of equations in the last row, once one is refused
    side: int | None = None  # which of them is read

    def tokens(self) -> Iterator[Token]:
        """The grammar's tokens, a row at a time."""
        rows = self.rows()
        for k, (start, end) in enumerate(rows):
            if k:
                yield "BREAK", r"\\", self.raw[start - 1].place
            yield from self.row(start, end, k == len(rows) - 1, k)
        for name, place in self.unused.items():
            raise self.error(
                f"{name} is defined, and no later row has it: give one formula", place
            )
        yield END, "", len(self.text.rstrip())

    def rows(self) -> list[Range]:
        """The rows of an aligned text, each without its closing comma."""
        n = len(self.raw)
        breaks = [i for i in self.outer(0, n) if self.value(i) == r"\\"]
        cuts = [i for i in breaks if not self.goes_over(i)]
        found = []
        for before, after in pairwise([-1, *cuts, n]):
            start, end = before + 1, after
            while end > start and self.value(end - 1) in ",.;&$":
                end -= 1
            if end > start:
                found.append((start, end))
        if len(found) == 1 and EQUATIONS & {*self.values}:
            found = self.explained(*found[0]) or found
        return found or [(0, 0)]

    def explained(self, start: int, end: int) -> list[Range]:
        r"""What names stand for, and the formula before: y = s^2, where s = x + 1.

        A name that is a number is no definition, but a case; of others the last is used
        in those before.
        """
        parts, begin = [], start
        for i in self.outer(start, end):
            comma = self.value(i) in (",", ";")
            where = self.raw[i].kind == "word" and self.value(i).strip() in _WHERE
            if comma or where or i in self.quads:
                parts += [(begin, i)] * (begin < i)
                begin = i + (comma or where)
        parts += [(begin, end)] * (begin < end)
        for k, part in enumerate(parts):
            equals = [i for i in self.outer(*part) if self.value(i) in EQUATIONS]
            name = self.at(*part)
            defined = len(equals) == 1 and name and name.end == equals[0]
            names = any(
                self.at(i, part[1]) for i in range((equals or part)[0], part[1])
            )
            if len(equals) > 1 or k and not (defined and names):
                return []
        if len(parts) > 1:
            told = self.source(parts[1][0], parts[-1][1])
            self.said[f"what is defined behind is put in: {told}"] = None
        return parts[::-1]

    def row(self, start: int, end: int, last: bool, number: int) -> list[Token]:
        """The tokens of a row; what stands before its = becomes a name or is left."""
        while start in self.close and self.close[start] == end - 1:
            if any(self.value(i) in FRACTIONS for i in range(start, end)):
                break
            start, end = start + 1, end - 1
        self.out, self.stack = [], []
        self.bound = {n for i in range(start, end) for n in self.binding.get(i, ())}
        end = self.unconditional(start, end)
        outer = list(self.outer(start, end))
        comma = any(self.value(i) == "," for i in outer)
        equals = [i for i in outer if self.value(i) in EQUATIONS]
        begin = start
        while self.value(start) == "&" and start < end:
            start += 1
        if len(equals) > 1 or equals and equals[0] == start:
            sides = [
                self.source(a + 1, b).strip("& ") for a, b in pairwise([*equals, end])
            ]
            told = " or ".join(s for s in sides if s)
            if comma and equals[0] != start:  # f(x) = ax, \quad a = 2
                told = self.source(start, self.term(equals[0] + 1))
            elif last and all(sides) and equals[0] != start:
                self.sides = len(sides)
            if self.side is None or not self.sides:
                raise self.error(
                    f"a chain of equations has several formulas: write one, {told}",
                    equals[0],
                )
            self.said[f"the sides are equal: {sides[self.side]} is read"] = None
        if equals:
            zero = self.values[equals[0] + 1 : end] == ["0"]
            self.left(start, equals[0], last, zero)
            side = self.side if self.sides else None
            start, end = [(a + 1, b) for a, b in pairwise([*equals, end])][side or 0]
        elif (
            number
            and self.value(start) in ("+", "-")
            and begin != start
            or (number and self.value(start) == "+")
        ):
            known = {self.whole(n) for i in range(start, end) if (n := self.at(i, end))}
            if self.value(start) == "+" or not known & set(self.spelled_rows):
                raise self.error(
                    "a row begins with a sign; join it to the one before", start
                )
        self.read(start, end)
        kind, value, place = self.out[0] if self.out else (END, "", 0)
        if kind in ("DEFINED", "HEAD"):
            at = next(i for i, t in enumerate(self.raw) if t.place >= place)
            self.unused[value.split()[0]] = at
        elif not last:
            raise self.error(
                "rows are several formulas: give one, or define names in those before",
                start,
                end,
            )
        return self.out

    def unconditional(self, start: int, end: int) -> int:
        r"""The end without a condition behind: f(x) = e^{-x}, \quad x \ge 0."""
        cut = end
        for i in self.outer(start, end):
            value = self.value(i)
            prose = self.raw[i].kind == "word" and value.lstrip()[:1] == ","
            if prose or cut < end and SIGNS.get(value) in ("COMPARE", "IN"):
                cut = min(cut, i)
                if "=" in self.values[cut:end] and not self.is_range(cut, end):
                    break
                words = [t.value.strip() for t in self.raw[cut:end]]
                if any(CONDITIONS.get(w) == "OTHERWISE" for w in words):
                    raise self.error(
                        r"cases stand in a line: write them in \begin{cases}", cut, end
                    )
                told = self.source(cut + (self.value(cut) == ","), end)
                self.said[f"the condition behind, {told}, is left out"] = None
                return cut
            if value == "&" and self.is_remark(i, end):
                self.said[f"the remark behind, {self.source(i, end)}, is left out"] = (
                    None
                )
                return i
            if cut == end and (value == "," or i in self.quads and i > start):
                cut = i
        return end

    def is_remark(self, start: int, end: int) -> bool:
        r"""Whether there are words alone: & \text{(Gaussian)}."""
        return {t.kind for t in self.raw[start:end] if t.value != "&"} == {"word"}

    def is_range(self, start: int, end: int) -> bool:
        r"""Whether a name has several values there: , k = 0, 1, \dots, n."""
        values = self.values[start + (self.value(start) == ",") : end]
        name = self.at(start + (self.value(start) == ","), end)
        if not name or name.end >= end or self.value(name.end) != "=":
            return False
        signs = {v for v in values[2:] if not v.isalnum()}
        listed = {",", "+", "-", ".", r"\dots", r"\ldots", r"\cdots"}
        return "," in signs and signs <= listed

    def left(self, start: int, end: int, last: bool, zero: bool) -> None:
        """What stands before an equals sign: a name, or a function of names.

        What is `zero`, or a sum, is an equation that somebody solves.
        """
        while end > start and self.value(end - 1) in ("&", ":"):
            end -= 1
        name = self.at(start, end)
        whole = name and self.whole(name)
        place = self.raw[start].place
        power = self.source(name.end + 1, end).strip("{} ") if name else ""
        raised = power.isdecimal() or power[:1] == "\\" or LAYER.fullmatch(power)
        stop = self.raised_end(name) if name else end
        label = len(power) > 1 and power.isalpha()
        if last and name and (raised or label) and stop == end:
            return  # s^2 = ..., w^{\text{new}} = ...
        if name and whole and name.end == end:
            if not last and not name.primes:
                self.spelled_rows += (whole,)
                self.out.append(("DEFINED", self.known(name, whole), place))
            return
        head = name if name and self.value(stop) in ("(", "[", r"\{") else None
        if name and not last and stop != name.end:
            head = None
        if head is None:
            token = self.raw[start]
            word = called(token.value) if token.kind in ("word", "command") else None
            bars = self.value(start) in ("|", r"\|", *BRACKETS)
            begins = (
                word
                or token.kind == "word"
                or token.value in (r"\frac", r"\nabla", r"\partial")
                or _is_run(self.raw[start:end])
            )
            signs = [self.value(i) for i in self.outer(start, end)]
            if zero or not bars and (not begins or {*"+-,;"} & {*signs}):
                raise self.error(
                    "an equation is no formula; give one side, or a name on the left",
                    start,
                    end,
                )
            return
        inside = range(stop + 1, end)
        params = [
            n for i in inside if (n := self.at(i, end)) and self.value(i - 1) in "(,;["
        ]
        names = [w for n in params if (w := self.whole(n))]
        self.params |= set(names)
        if not last:
            self.out.append(("HEAD", f"{whole} {' '.join(names)}", place))


def _is_run(raw: Sequence[Raw]) -> bool:
    """Whether tokens begin with a word of letters: RSS(...), CE(p, y)."""
    return len(raw) > 1 and raw[0].kind == raw[1].kind == "letter"
