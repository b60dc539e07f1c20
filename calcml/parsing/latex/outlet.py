"""The grammar's tokens as they are written, and what is open around them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from calcml.functions import CONSTANT_NAMES
from calcml.parsing.latex.surveyed import CLOSING, Surveyed
from calcml.parsing.messages import END, Token

ENDS = frozenset(
    "NUMBER NAME UNIT RPAR RBRACE CLOSE TURN FACTORIAL POSITIVE ENDCASES".split()
)
BEGINS = frozenset(
    "NUMBER NAME UNIT FORMAL FUNCTION LPAR LBRACE FRAC CHOOSE ROOT OPEN BIG DERIVED "
    "CASES INDICATOR".split()
)
_COUNTED = re.compile(r"(\\q?quad[\s~]*)\([0-9.]+\)")  # \quad (2)
APART = re.compile(r"\\[,;: ]\s*$")  # a space that sets factors apart: \ln 2 \, t


class Frame(NamedTuple):
    """What is open: at which token it closes and what that makes, or its bracket."""

    close: int = -1
    kind: str = ""
    skip: int = 0
    then: int = 0  # arguments to follow
    bracket: str = ""
    place: int = 0
    value: str = ""


class Outlet(Surveyed):
    """What is written, with what lacks between."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.out: list[Token] = []
        self.stack: list[Frame] = []
        self.cuts: set[int] = set()  # where a comma lacks between indices
        self.powered = -1  # how many tokens there are behind the last exponent

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
        counted = _COUNTED.search(self.text, max(0, place - 24))
        if kind == "LPAR" and counted and counted.end(1) == place:
            i = next(k for k, t in enumerate(self.raw) if t.place >= place)
            raise self.error(
                "this is the number of an equation, or a factor: leave it out, or "
                "write \\cdot",
                i,
            )
        if kind in ("FUNCTION", "BIG", "DERIVED"):
            return "_THEN"
        constant = before[0] == "NAME" and before[1] in CONSTANT_NAMES
        apart = APART.search(self.text, max(0, place - 12), place)
        scales = (before[0] == "NUMBER" or constant) and not apart
        return "_SCALES" if scales else "_BESIDE"

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
