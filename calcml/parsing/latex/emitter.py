"""The tokens of the grammar, one after another, and what is open around them."""

from __future__ import annotations

import re

from calcml.parsing.latex.outlet import ENDS, Frame
from calcml.parsing.latex.powers import Powers
from calcml.parsing.latex.scan import refused
from calcml.parsing.latex.surveyed import ANGLE, CLOSING, ROUND
from calcml.parsing.latex.words import heads

SIGNS = {
    "+": "_PLUS", "-": "_MINUS", "*": "TIMES", r"\times": "TIMES", r"\cdot": "DOT",
    "/": "_OVER", r"\div": "_OVER", r"\odot": "ODOT", r"\circ": "ODOT",
    r"\oslash": "ODOT", ",": "COMMA",
    "=": "COMPARE", "==": "COMPARE", "<": "COMPARE", ">": "COMPARE", r"\le": "COMPARE",
    r"\ge": "COMPARE", r"\ne": "COMPARE", r"\in": "IN", r"\notin": "IN",
    r"\wedge": "AND", r"\vee": "OR", "!": "FACTORIAL", "!!": "FACTORIAL",
    ":": "COLON", ";": "COMMA",
    r"\colon": "COLON",
}  # fmt: skip
BRACKETS = {
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\lvert": r"\rvert",
    r"\lVert": r"\rVert",
}
FRACTIONS = (r"\over", r"\choose")
_NORMS = dict.fromkeys((r"\lVert", r"\rVert"), r"\|")
_POWER_OF_TEN = re.compile(r"[eE]([+-]?)([0-9]+)")  # 1e-6, as code has it
CONDITIONS = {
    **dict.fromkeys("if for when where".split(), ""),
    **dict.fromkeys("otherwise else elsewhere".split(), "OTHERWISE"),
    "and": "AND",
    "or": "OR",
}

UNREAD = {
    r"\int": "integrals are not computed",
    r"\lim": "limits are not taken",
    r"\nabla": "derivatives are taken by diff and grad, not in the formula",
    r"\partial": "derivatives are taken by diff and grad, not in the formula",
    **dict.fromkeys(
        (r"\arg", "argmax", "argmin"), "the place of a maximum is no formula"
    ),
    **dict.fromkeys(
        "minimize minimise maximize maximise".split(),
        "what is best over a variable is no formula; give what is to be so",
    ),
    r"\mid": "what is given, and distributions, are not read",
    r"\sim": "what is given, and distributions, are not read",
    r"\propto": "what something is proportional to is no formula; give its right side",
    r"\approx": "an approximation is no formula; give one of the two sides",
    r"\dots": "dots are not read; write a sum over an index",
    r"\ldots": "dots are not read; write a sum over an index",
    r"\cdots": "dots are not read; write a sum over an index",
    r"\otimes": "the sign has several meanings; write the products out",
    r"\oplus": "the sign has several meanings; write the sums out",
    r"\pm": "two formulas in one; write each",
    r"\begin": "this environment is not read",
    r"\mathbb": "sets and expectations are not read",
    "&": "columns are read in aligned and cases alone",
    "|": "bars stand in pairs; close the bar",
    "'": "a prime follows a name, as in f'(x)",
}


class Emitter(Powers):
    """What each sign becomes; words and commands are another's."""

    def word(self, i: int, end: int) -> int:
        raise NotImplementedError

    def argued(self, i: int, j: int) -> int:
        raise NotImplementedError

    def command(self, i: int, end: int) -> int | None:
        raise NotImplementedError

    def read(self, i: int, end: int) -> None:
        """The tokens of a range."""
        while True:
            while self.stack and i == self.stack[-1].close:
                i = self.shut(i)
            if i >= end:
                break
            if i in self.cuts:
                self.out.append(("COMMA", ",", self.raw[i].place))
            i = self.one(i, end)
        if self.stack:
            place = self.stack[-1].place
            raise refused("this bracket is never closed", self.text, (place, place + 1))

    def shut(self, i: int) -> int:
        frame = self.stack.pop()
        place = self.raw[i].place if i < len(self.raw) else len(self.text)
        if frame.kind:
            self.out.append((frame.kind, frame.value or "}", place))
        i += frame.skip
        if frame.bracket == "^":
            self.powered = len(self.out)
        if frame.kind == "BASE":
            i = self.argued(i - 1, i)
        if frame.then:
            i = self.open(i, "RBRACE", frame.then - 1)
        return i

    def one(self, i: int, end: int) -> int:
        """Read what begins at token `i`; the place after it."""
        token = self.raw[i]
        value = token.value
        ended = bool(self.out) and self.out[-1][0] in ENDS
        if token.kind == "number":
            return self.number(i)
        if token.kind == "word" and (found := self.condition(value)) is not None:
            if found:
                self.out.append((found, value, token.place))
            return i + 1
        if value in ("|", r"\|") or value in BRACKETS or value in BRACKETS.values():
            return self.bar(i, ended)
        if value in ROUND:
            if value == ANGLE:
                self.put("FUNCTION", heads()[value], token.place)
            self.put("LPAR", value, token.place)
            self.stack.append(Frame(kind="RPAR", bracket=value, place=token.place))
            return i + 1
        if value in CLOSING:
            return self.closing(i)
        if i in self.close and token.kind == "other":
            return self.brace(i)
        if value == "^":
            return self.raised(i, ended)
        if value == "_" and ended and self.out[-1][0] == "RPAR":
            inside = self.argument(i + 1)
            if self.source(*inside).strip("{} ") == "+":
                self.out.append(("POSITIVE", "+", token.place))
                return self.after(inside)
        if value == r"\times" and self.stack and self.stack[-1].value == "sizes":
            value = ","
        if value in SIGNS and not (value == r"\circ" and not ended):
            self.out.append((SIGNS[value], value, token.place))
            return i + 1
        after = self.command(i, end)
        if after is not None:
            return after
        return self.word(i, end)

    def condition(self, value: str) -> str | None:
        plain = value.replace("~", " ").replace(r"\ ", " ").strip(" ,.;:")
        return "" if not plain else CONDITIONS.get(plain)

    def number(self, i: int) -> int:
        token = self.raw[i]
        value = token.value.removesuffix(".")
        power = _POWER_OF_TEN.match(self.text, token.end)
        if power:
            sign, digits = power[1] or r"\cdot", power[2]
            raised = "-" * (sign == "-") + digits
            told = rf"{value} \cdot 10^{{{raised}}} or {value} \cdot e {sign} {digits}"
            raise refused(
                f"this has two readings: write {told}",
                self.text,
                (token.place, power.end()),
            )
        self.put("NUMBER", value, token.place)
        return i + 1

    def closing(self, i: int) -> int:
        value, place = self.raw[i].value, self.raw[i].place
        top = self.stack[-1] if self.stack else Frame()
        if top.bracket not in ROUND:
            raise self.error(
                f"this {value} closes nothing; remove it, or open one before", i
            )
        between = any(t[0] == "IN" for t in self.out[-12:])
        if ROUND[top.bracket] != value and not between:
            raise self.error(f"this {value} does not close {top.bracket}", i)
        self.stack.pop()
        self.out.append(("RPAR", value, place))
        return i + 1

    def brace(self, i: int) -> int:
        """A group, which is brackets that are not shown, or a fraction."""
        place = self.raw[i].place
        end = self.close[i]
        if end == i + 1:
            return i + 2
        self.put("LBRACE", "{", place)
        self.stack.append(Frame(end, "RBRACE", 1, place=place))
        return i + 1

    def bar(self, i: int, ended: bool) -> int:
        value, place = self.raw[i].value, self.raw[i].place
        width = 1
        double = value == "|" and self.value(i + 1) == "|"
        top = self.stack[-1].bracket if self.stack else ""
        if double and (not ended or top != "|"):
            value, width = r"\|", 2
        if double and ended and top == "|":
            raise self.error(
                r"two bars can be read in more than one way: write \lvert and \rvert",
                i,
                i + 2,
            )
        closes = value in BRACKETS.values() or (ended and top == value)
        if not closes:
            if value == "|" and ended and self.barred():
                raise self.error(
                    "these bars can be read in more than one way: write "
                    r"\lvert and \rvert",
                    i,
                )
            self.put("OPEN", _NORMS.get(value, value), place)
            self.stack.append(Frame(bracket=value, place=place))
            return i + width
        if not top or BRACKETS.get(top, top) != value:
            raise self.error("this bar closes nothing", i)
        self.stack.pop()
        i += width
        kind, value = "", _NORMS.get(value, value)
        if value == r"\|" and self.value(i) == "_":
            inside = self.argument(i + 1)
            kind = self.source(*inside).strip("{} ")
            i = self.after(inside)
        self.out.append(("CLOSE", f"{value}{kind}", place))
        return i

    def barred(self) -> bool:
        """Whether bars closed in the term that goes on."""
        depth, after = 0, ""
        for kind, value, _ in reversed(self.out):
            depth += (kind in ("RPAR", "RBRACE")) - (kind in ("LPAR", "LBRACE"))
            if (
                depth < 0
                or not depth
                and kind in ("_PLUS", "_MINUS", "COMMA", "COMPARE")
            ):
                return False
            if not depth and (kind, value) == ("CLOSE", "|"):
                return after not in ("POW", "EACH")  # |x|^2 closes for sure
            after = kind
        return False

    def trim(self) -> None:
        """Leave out a comma or a point at the end of a cell."""
        while self.out and self.out[-1][0] == "COMMA":
            self.out.pop()
