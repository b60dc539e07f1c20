"""The tokens of the grammar, one after another, and what is open around them."""

from __future__ import annotations

from typing import Any, NamedTuple

from calcml.functions import CONSTANT_NAMES
from calcml.parsing.latex.scan import refused
from calcml.parsing.latex.surveyed import CLOSING, ROUND, Surveyed
from calcml.parsing.messages import END, Token

ENDS = frozenset(
    "NUMBER NAME UNIT RPAR RBRACE CLOSE TURN FACTORIAL POSITIVE ENDCASES".split()
)
BEGINS = frozenset(
    "NUMBER NAME UNIT FORMAL FUNCTION LPAR LBRACE FRAC CHOOSE ROOT OPEN BIG DERIVED "
    "CASES INDICATOR".split()
)
SIGNS = {
    "+": "_PLUS", "-": "_MINUS", "*": "TIMES", r"\times": "TIMES", r"\cdot": "DOT",
    "/": "_OVER", r"\div": "_OVER", r"\odot": "ODOT", r"\circ": "ODOT",
    r"\oslash": "ODOT", ",": "COMMA",
    "=": "COMPARE", "<": "COMPARE", ">": "COMPARE", r"\le": "COMPARE",
    r"\ge": "COMPARE", r"\ne": "COMPARE", r"\in": "IN", r"\wedge": "AND",
    r"\vee": "OR", "!": "FACTORIAL", ":": "COLON", ";": "COMMA", r"\colon": "COLON",
}  # fmt: skip
BRACKETS = {
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\lvert": r"\rvert",
    r"\lVert": r"\rVert",
}
_NORMS = dict.fromkeys((r"\lVert", r"\rVert"), r"\|")
TURNED = frozenset(("T", r"\top", r"\mathsf T", r"\mathrm T", "⊤"))
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
    r"\arg": "the place of a maximum is no formula",
    r"\mid": "what is given, and distributions, are not read",
    r"\sim": "what is given, and distributions, are not read",
    r"\propto": "what something is proportional to is no formula",
    r"\approx": "an approximation is no formula; give one of the two sides",
    r"\dots": "dots are not read; write a sum over an index",
    r"\ldots": "dots are not read; write a sum over an index",
    r"\cdots": "dots are not read; write a sum over an index",
    r"\otimes": "the sign has several meanings; write the products out",
    r"\oplus": "the sign has several meanings; write the sums out",
    r"\pm": "two formulas in one; write each",
    r"\begin": "this environment is not read",
    r"\mathbb": "sets and expectations are not read",
    r"\langle": r"angle brackets are not read; write x^\top y",
    "&": "columns are read in aligned and cases alone",
    "|": "bars stand in pairs; close the bar",
    "'": "a prime follows a name, as in f'(x)",
}


class Frame(NamedTuple):
    """What is open: at which token it closes and what that makes, or its bracket."""

    close: int = -1
    kind: str = ""
    skip: int = 0
    then: int = 0  # arguments to follow
    bracket: str = ""
    place: int = 0
    value: str = ""


class Emitter(Surveyed):
    """What each sign becomes; words and commands are another's."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.out: list[Token] = []
        self.stack: list[Frame] = []
        self.cuts: set[int] = set()  # where a comma lacks between indices
        self.powered = -1  # how many tokens there are behind the last exponent

    def word(self, i: int, end: int) -> int:
        raise NotImplementedError

    def argued(self, i: int, j: int) -> int:
        raise NotImplementedError

    def command(self, i: int, end: int) -> int | None:
        raise NotImplementedError

    def put(self, kind: str, value: str, place: int) -> None:
        """A token, after what lacks between it and the one before."""
        before = self.out[-1] if self.out else (END, "", 0)
        if kind in BEGINS and before[0] in ENDS:
            self.out.append((self.joint(before, kind, place), "", place))
        self.out.append((kind, value, place))

    def joint(self, before: Token, kind: str, place: int) -> str:
        if kind == "NUMBER" and before[0] not in ("RPAR", "RBRACE", "CLOSE"):
            i = next(k for k, t in enumerate(self.raw) if t.place >= place)
            raise self.error(
                "a number stands behind a value; write a sign between them", i
            )
        if kind in ("FUNCTION", "BIG", "DERIVED"):
            return "_THEN"
        constant = before[0] == "NAME" and before[1] in CONSTANT_NAMES
        return "_SCALES" if before[0] == "NUMBER" or constant else "_BESIDE"

    def open(self, i: int, kind: str, then: int = 0) -> int:
        """Open TeX's argument at `i`, in brackets or one token; the place inside."""
        if i >= len(self.raw):
            raise self.error("an argument lacks here", i)
        place = self.raw[i].place
        self.out.append(("LBRACE", "{", place))
        if i in self.close:
            self.stack.append(Frame(self.close[i], kind, 1, then, place=place))
            return i + 1
        if self.value(i) in "}+-*/=&^_|" or self.raw[i].value in CLOSING:
            raise self.error("an argument should stand here; put it in braces", i)
        self.stack.append(Frame(self.end(i), kind, 0, then, place=place))
        return i

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
        depth = 0
        for kind, value, _ in reversed(self.out):
            depth += (kind in ("RPAR", "RBRACE")) - (kind in ("LPAR", "LBRACE"))
            if (
                depth < 0
                or not depth
                and kind in ("_PLUS", "_MINUS", "COMMA", "COMPARE")
            ):
                return False
            if not depth and (kind, value) == ("CLOSE", "|"):
                return True
        return False

    def raised(self, i: int, ended: bool) -> int:
        """A power, a transpose, or a power of each element."""
        place = self.raw[i].place
        if not ended:
            raise self.error("a power belongs to a value before it", i)
        if self.powered == len(self.out):
            raise self.error(
                "TeX has no second exponent here: write {x^y}^z, or x^{y^z}", i
            )
        inside = self.argument(i + 1)
        texts = [t.value for t in self.raw[slice(*inside)]]
        if not texts:
            return self.after(inside)
        plain = [
            t for t in texts if t not in (r"\mathsf", r"\mathrm", "{", "}", r"\text")
        ]
        if not plain:
            raise self.error("an exponent should stand here", i)
        if len(plain) == 1 and plain[0] in TURNED:
            self.out.append(("TURN", plain[0], place))
            return self.after(inside)
        if plain[0] == "-" and len(plain) == 2 and plain[1] in TURNED:
            self.out.append(("TURN", "-", place))
            return self.after(inside)
        if self.value(i + 1) in "+-*/" or texts in (["+"], ["-"]):
            raise self.error("an exponent is put in braces, as in x^{-1}", i, i + 2)
        first = self.raw[inside[0]]
        if i + 1 not in self.close and first.kind == "number" and len(first.value) > 1:
            a, b = first.value[0], first.value[1:]
            raise self.error(
                "this can be read in more than one way: write "
                f"^{{{a}}} {b} or ^{{{first.value}}}",
                i,
                i + 2,
            )
        each = texts[0] in (r"\circ", r"\odot") and len(texts) > 1
        self.out.append(("EACH" if each else "POW", "^", place))
        i = self.open(i + 1, "RBRACE")
        self.stack[-1] = self.stack[-1]._replace(bracket="^")
        return i + each

    def trim(self) -> None:
        """Leave out a comma or a point at the end of a cell."""
        while self.out and self.out[-1][0] == "COMMA":
            self.out.pop()
