"""Fractions, roots, cases, sums: the commands of LaTeX that take arguments."""

from __future__ import annotations

from collections.abc import Callable

from calcml.parsing.latex.emitter import SIGNS, UNREAD, Emitter
from calcml.parsing.latex.names import Range
from calcml.parsing.latex.outlet import Frame
from calcml.parsing.latex.surveyed import CLOSING, ROUND
from calcml.parsing.latex.words import heads, over_indices


class Commands(Emitter):
    """What each command becomes."""

    def command(self, i: int, end: int) -> int | None:
        """The place after a command and what it opens; None for another."""
        found: Callable[[int, int], int] | None = {
            r"\frac": self.frac,
            r"\binom": self.binom,
            r"\sqrt": self.sqrt,
            r"\over": self.over,
            r"\choose": self.over,
            r"\begincases": self.begin,
            r"\endcases": self.finish,
        }.get(self.value(i))
        return None if found is None else found(i, end)

    def frac(self, i: int, end: int) -> int:
        found = self.derived(i)
        if found:
            return found
        self.put("FRAC", r"\frac", self.raw[i].place)
        return self.two(i)

    def two(self, i: int) -> int:
        """Two arguments after token `i`; of a number each takes a digit."""
        first = self.raw[i + 1] if i + 1 < len(self.raw) else None
        if first and first.kind == "number" and len(first.value) > 1:
            if not first.value.isdigit():
                raise self.error(
                    r"put the parts in braces, as in \frac{1}{2}", i, i + 2
                )
            for k, digit in enumerate(first.value[:2]):
                at = first.place + k
                self.out += [
                    ("LBRACE", "{", at),
                    ("NUMBER", digit, at),
                    ("RBRACE", "}", at),
                ]
            if len(first.value) > 2:  # \frac1234 is \frac{1}{2} 34
                self.put("NUMBER", first.value[2:], first.place + 2)
            return i + 2
        return self.open(i + 1, "RBRACE", 1)

    def binom(self, i: int, end: int) -> int:
        self.put("CHOOSE", r"\binom", self.raw[i].place)
        return self.two(i)

    def sqrt(self, i: int, end: int) -> int:
        self.put("ROOT", r"\sqrt", self.raw[i].place)
        if self.value(i + 1) != "[":
            return self.open(i + 1, "RBRACE")
        close = next((k for k in range(i + 1, end) if self.value(k) == "]"), 0)
        if not close:
            raise self.error("this [ is never closed", i + 1)
        self.out.append(("LSQB", "[", self.raw[i + 1].place))
        self.stack.append(Frame(close, "RSQB", 1, 1, place=self.raw[i + 1].place))
        return i + 2

    def over(self, i: int, end: int) -> int:
        sign = self.value(i)
        if not self.stack or self.stack[-1].kind != "RBRACE":
            raise self.error(f"{sign} stands in braces, as in {{a {sign} b}}", i)
        self.out.append(("OVER", sign, self.raw[i].place))
        return i + 1

    def begin(self, i: int, end: int) -> int:
        self.put("CASES", "", self.raw[i].place)
        self.stack.append(Frame(bracket="cases", place=self.raw[i].place))
        return i + 1

    def finish(self, i: int, end: int) -> int:
        if not self.stack or self.stack[-1].bracket != "cases":
            raise self.error("a bracket in the cases is never closed", i)
        self.stack.pop()
        self.trim()
        if self.out[-1][0] == "NEXT":
            self.out.pop()
            self.trim()
        self.out.append(("ENDCASES", "", self.raw[i].place))
        return i + 1

    def derived(self, i: int) -> int:
        r"""The \frac{d}{dx} before an unknown function; 0 of another fraction."""
        above = self.argument(i + 1)
        if self.after(above) >= len(self.raw):
            return 0
        below = self.argument(self.after(above))
        signs = ("d", r"\partial")
        top = self.texts(above)
        if not top or top[0] not in signs:
            return 0
        if top[1:2] not in ([], ["^"]):
            if self.texts(below)[:1] == top[:1]:
                raise self.error(UNREAD[r"\partial"], i, self.after(below))
            return 0
        if len(top) > 3 and self.texts(below)[:1] == top[:1]:
            raise self.error(UNREAD[r"\partial"], i, self.after(below))
        order = top[2] if len(top) == 3 else "1"
        found: list[str] = []
        k = below[0]
        while k < below[1]:
            while self.value(k) in (r"\mathrm", "{", "}"):
                k += 1
            if self.value(k) not in signs:
                return 0
            name = self.at(k + 1, below[1])
            whole = name and self.whole(name)
            if name is None or whole is None:
                return 0
            k, times = name.end, "1"
            if self.value(k) == "^":
                times = "".join(self.texts(self.argument(k + 1)))
                k = self.after(self.argument(k + 1))
            found += [whole, times]
        if not all(t.isdigit() for t in (order, *found[1::2])):
            return 0
        if int(order) != sum(map(int, found[1::2])):
            raise self.error("the orders above and below differ", i, self.after(below))
        end = self.after(below)
        loose = "+" * self.goes_on(end)
        self.put("DERIVED", " ".join([*found, loose]), self.raw[i].place)
        return end

    def goes_on(self, i: int) -> bool:
        """Whether a sum goes on behind what begins at `i`, and is in no brackets."""
        return not self.bracket(i) and self.value(self.term(i)) in ("+", "-")

    def term(self, i: int) -> int:
        """The end of the term that begins at `i`."""
        for k in self.outer(i, len(self.raw)):
            value = self.value(k)
            if value in (",", "=", "&", r"\\", "}") or value in CLOSING:
                return k
            if k > i and value in ("+", "-"):
                return k
        return len(self.raw)

    def texts(self, inside: Range) -> list[str]:
        """What stands in a range, without braces and upright letters' command."""
        values = [t.value for t in self.raw[slice(*inside)]]
        return [v for v in values if v not in ("{", "}", r"\mathrm")]

    def is_big(self, i: int) -> bool:
        return self.value(i) in (r"\sum", r"\prod") or self.value(i + 1) == "_"

    def sized(self, i: int, head: str, j: int) -> int:
        r"""An array made of the sizes below it: \\mathbf{1}_{n}, I_{n}."""
        place = self.raw[i].place
        below = self.argument(j + 1)
        self.put("FUNCTION", heads()[head], place)
        self.out.append(("LPAR", "_", place))
        self.stack.append(
            Frame(
                below[1],
                "RPAR",
                self.after(below) - below[1],
                place=place,
                value="sizes",
            )
        )
        return below[0]

    def big(self, i: int) -> int:
        """A sum or another operation over an index: its name, index and bounds."""
        place, op = self.raw[i].place, over_indices()[self.value(i)]
        scripts: dict[str, Range] = {}
        j = i + 1
        while self.value(j) in ("_", "^") and self.value(j) not in scripts:
            scripts[self.value(j)] = self.argument(j + 1)
            j = self.after(scripts[self.value(j)])
        lower, upper = scripts.get("_"), scripts.get("^")
        if upper and upper[0] == upper[1]:
            upper = None
        letters = self.letters(lower) if lower else []
        ends = self.between(lower) if lower and not upper else None
        start = lower[0] + 2 * len(letters) - 1 if lower else 0
        if lower and not all(letters):
            raise self.error("the index of a sum is a letter", i, j)
        if (
            lower
            and not ends
            and start < lower[1]
            and (self.value(start) != "=" or len(letters) > 1)
        ):
            raise self.error("a sum goes over an index from a number on: i = 1", i, j)
        bounded = lower is not None and not ends and start < lower[1]
        if bounded and not upper:
            raise self.error("this has no upper bound; write one above", i, j)
        if upper and not lower:
            raise self.error("this has no index below", i, j)
        if self.value(i) in (r"\max", r"\min") and not set(letters) <= self.indices:
            raise self.error(
                f"{op} is over the index of an array; what is best over a variable is "
                "no formula",
                i,
                j,
            )
        inside = self.bracket(j)
        alone = inside and self.value(inside[1] + 1) in ("", "+", "-", ")", "}", "]")
        self.put("BIG", f"{op}{'!' * bool(alone)} {' '.join(letters)}", place)
        if lower and ends:
            self.out.append(("FROM", "", place))
            self.stack.append(Frame(lower[1], "BOUND", j - lower[1], place=place))
            self.stack.append(Frame(ends[0], "TO", ends[1] + 1 - ends[0], place=place))
            return lower[0]
        if upper is None:
            return j
        self.stack.append(Frame(upper[1], "BOUND", j - upper[1], place=place))
        if not bounded:
            self.out.append(("TO", "", place))
            return upper[0]
        assert lower
        self.out.append(("FROM", "", place))
        self.stack.append(Frame(lower[1], "TO", upper[0] - lower[1], place=place))
        return start + 1

    def unit(self, i: int) -> int:
        """An indicator, or an array of ones; 0 where it is neither."""
        inside = self.argument(i + 1)
        text = [t.value for t in self.raw[slice(*inside)]]
        end = self.after(inside)
        place = self.raw[i].place
        if text != ["1"] and not (self.value(i) == r"\mathbb" and text == ["I"]):
            return 0
        if self.value(end) in ROUND:
            self.put("INDICATOR", "1", place)
            return end
        below = self.argument(end + 1) if self.value(end) == "_" else (0, 0)
        if below[1] and not any(
            SIGNS.get(self.value(k)) in ("COMPARE", "IN") for k in range(*below)
        ):
            return self.sized(i, f"\\mathbf{{{text[0]}}}", end)
        if self.value(end) == "_":
            self.put("INDICATOR", "1", place)
            self.out.append(("LPAR", "{", place))
            below = self.argument(end + 1)
            inner = self.bracket(below[0])
            if inner and inner[1] + 1 == below[1]:
                below, after = inner, self.after(below)
                self.stack.append(
                    Frame(below[1], "RPAR", after - below[1], place=place)
                )
                return below[0]
            self.stack.append(
                Frame(below[1], "RPAR", self.after(below) - below[1], place=place)
            )
            return below[0]
        self.put("UNIT", "1", place)
        return end
