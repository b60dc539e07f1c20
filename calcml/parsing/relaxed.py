"""Texts that are no strict ones: what stands between 2 and x, and what |, ² and ₁ are.

The grammar has a terminal for each thing that people leave out, and says where it may
stand; here it is told which one lacks between two tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from string import ascii_letters, digits
from typing import Any

from calcml.core.expr import Expr, symbol
from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.elsewhere import BRACKETS, FOREIGN
from calcml.parsing.arguments import NAME
from calcml.parsing.calls import unknown
from calcml.parsing.messages import StoppedError, Token
from calcml.parsing.names import is_function, is_glued
from calcml.parsing.operands import CALLED
from calcml.parsing.readings import plain

_ENDS = frozenset("NAME NUMBER RPAR RSQB RBRACE __ANON_0 UP CLOSE".split())
_LOCAL = ("NAME", "NUMBER")  # after which nothing farther counts
_BEGINS = frozenset("NAME NUMBER LPAR ROOT OPEN".split())
_TIMES = frozenset("*·⋅×∗")
_CALLED = re.compile(rf"\s*({NAME})(?:\s*\(|\s+[\w.])")
_ENDING = {closing: opening for opening, (closing, _) in BRACKETS.items()}
_BEFORE = rf"({NAME})\s*(\^|\*\*)?\s*$"  # a function, and its exponent
_WIDE = 60  # characters before a number in which a function's name is looked for
_WORD = "".join(map(chr, range(0x370, 0x400))) + ascii_letters + digits + "_."
_ARGUMENTS = re.compile(r"\s*\((?:[^(),]|\([^()]*\))*,")  # of a call, the first
_FAR = 500  # characters of an exponent in brackets
_BELOW = re.compile("[\u2080-\u209c\u1d62-\u1d6a]+$")


def strict(kind: str | None, value: str, place: int, follows: str) -> Token:
    """A token that has one meaning as a strict one: 1_000 as 1000, x₁ as x_1.

    x₁( is what it was: a factor, or an unknown function.
    """
    if kind == "GROUPED":
        return "NUMBER", value.replace("_", ""), place
    start = _BELOW.search(value)
    assert start
    base, index = value[: start.start()], plain(start[0])
    known = f"{base}{index}"  # log₂
    if is_function(base):
        if known not in SPELLINGS:  # log₄
            raise unknown.function(f"{base}_{index}", [symbol("x")])
        return "NAME", known, place
    name = f"{base}_{index}"
    if follows == "(" and not CALLED.match(name):
        return "INDEXED", value, place
    return "NAME", name, place


class Relaxed:
    """What is read of one text where the strict grammar stops in it.

    `names` are what its names stand for so far, `cut` makes its tokens.
    """

    def __init__(
        self,
        text: str,
        names: Mapping[str, Any],
        cut: Callable[[str], Iterator[Token]],
    ) -> None:
        self.text, self.names, self.cut = text, names, cut
        self.bars: dict[int, str] | None = None  # whether each opens or closes
        self.joints: dict[tuple[str, ...], str] = {}  # by what is around them
        self.told: tuple[Token, ...] = ()
        self.last: tuple[Token, Token] | None = None

    def tokens(self, token: Token, previous: Token) -> tuple[Token, ...]:
        """What is to be read instead of a token, or StoppedError."""
        if token in self.told and self.last:
            raise StoppedError(*self.last)
        self.last = token, previous
        found = self._tokens(token, previous)
        if not found or found == (token,):
            raise StoppedError(token, previous)
        self.told = found
        return found

    def _tokens(self, token: Token, previous: Token) -> tuple[Token, ...]:
        kind, value, place = token
        ended = previous[0] in _ENDS
        if kind == "ABOVE":
            return self._above(token, previous) if ended else ()
        if value in _TIMES and ended:  # sin x * cos x, sin x * cos(x) * y
            called = previous[0] == "RPAR" and self._closes_call(previous[2])
            functions = called or self._function_follows(place + 1)
            return (("_BY", value, place),) if functions else ()
        if kind == "IF" and not ended and _ARGUMENTS.match(self.text, place + 2):
            return (("NAME", value, place),)  # a call of another language: if(c, a, b)
        if kind == "BAR":
            if self.bars is None:
                self.bars = self._paired()
            kind = self.bars.get(place, "")
            token = kind, value, place
            if not kind or kind == "CLOSE" or not ended:
                return (token,) if kind and ended == (kind == "CLOSE") else ()
        if not ended or kind not in _BEGINS:
            return ()
        around = previous[0], self.text[max(0, previous[2] - 1) : place], kind, value
        joint = self.joints.get(around)
        if joint is None:
            joint = self._joint(token, previous)
            first = around[1][0]
            plain_one = first not in "^*" and not first.isspace()
            if plain_one and previous[0] in _LOCAL and value not in ("e", "E"):
                self.joints[around] = joint
        return ((joint, "", place), token) if joint else ()

    def _function_follows(self, place: int) -> bool:
        """Whether a function stands there, with an argument."""
        found = _CALLED.match(self.text, place)
        return found is not None and self._is_function(found[1])

    def _closes_call(self, at: int) -> bool:
        """Whether the bracket that ends there is of a function's call."""
        found = re.search(
            rf"({NAME})$", self.text[max(0, at - _FAR) : self._opened(at)]
        )
        return found is not None and self._is_function(found[1])

    def _above(self, token: Token, previous: Token) -> tuple[Token, ...]:
        """An exponent above the line: of a value, or of a function before its value."""
        _, value, place = token
        if previous[0] != "NAME" or not self._is_function(previous[1]):
            return (("UP", value, place),)
        return (("UP_OF", value, place),) if plain(value).isdecimal() else ()

    # --- between two tokens ----------------------------------------------------------

    def _joint(self, token: Token, previous: Token) -> str:
        """What lacks between two operands; nothing where nobody can tell."""
        kind, value, place = token
        before_kind, before, at = previous
        if "\n" in self.text[at:place]:
            return ""
        known = kind == "NAME" and self._is_function(value)
        constant = before_kind == "NAME" and self._is_constant(before)
        if kind == "NAME" and not known and self._doubtful(token, previous):
            return ""
        if before_kind == "NUMBER":
            return self._after_number(token, at)
        if before_kind == "NAME" and self._is_function(before):
            return "_OF"
        if kind == "NUMBER":
            return ""
        indexed = _BELOW.match(self.text[self._end(place)])
        if before_kind == kind == "NAME" and not (known or constant or indexed):
            return ""
        if before_kind == "RBRACE" and self._is_called(at):
            return ""  # sin^{2}x
        if before_kind == "UP" and kind == "LPAR" and self._is_formal(at):
            return ""
        if before_kind == "RPAR" and (power := self._power(at)):
            return "_AFTER" if power == "alone" else ""
        return "_SCALES" if constant else "_THEN" if known else "_BESIDE"

    def _power(self, at: int) -> str:
        """Whether the brackets that end at a place are an exponent, and that "alone".

        In 2^x^(n)y and sin^(2)(x) more may belong to it, or to the function.
        """
        opened = self._opened(at)
        start = max(0, opened - _FAR)
        before = self.text[start:opened].rstrip()
        base = before[: -1 if before[-1:] == "^" else -2].rstrip()
        if before[-1:] != "^" and before[-2:] != "**":
            return ""
        called = base[-1:] == ")"
        if called:
            base = base[: max(0, self._opened(start + len(base) - 1) - start)]
        name = base[len(base.rstrip(_WORD)) :]
        base = base[: len(base) - len(name)].rstrip("+-−– \t")
        raised = base[-1:] == "^" or base[-2:] == "**"
        function = not called and is_function(name)
        return "more" if raised or function else "alone"

    def _opened(self, at: int) -> int:
        """The place of the bracket that the one at a place closes; 0 if it is far."""
        depth = 0
        for place in range(at, max(0, at - _FAR), -1):
            depth += (self.text[place] == ")") - (self.text[place] == "(")
            if not depth:
                return place
        return 0

    def _after_number(self, token: Token, at: int) -> str:
        """What lacks after a number, which may be a function's exponent or base."""
        kind, _, place = token
        before = self.text[max(0, at - _WIDE) : at]
        apart = self.text[place - 1].isspace()
        if apart or before.rstrip()[-1:] in ("^", "*"):
            found = re.search(_BEFORE, before)
            if found and found[2] and is_function(found[1]):
                return "_OF"
            if found and not found[2] and (found[1], 2) in FOREIGN:
                return ""  # log 2 x
        return "" if kind == "NUMBER" else "_SCALES"

    def _end(self, place: int) -> int:
        """The place of the last character before `place` that is no space."""
        place -= 1
        while place > 0 and self.text[place].isspace():
            place -= 1
        return place

    def _is_function(self, name: str) -> bool:
        return is_function(name) and name not in self.names

    def _is_constant(self, name: str) -> bool:
        known = self.names.get(name)
        own = isinstance(known, Expr) and known.op != "constant"
        return name in CONSTANT_NAMES and not own

    def _is_called(self, at: int) -> bool:
        """Whether the braces that end at a place are the exponent of a function."""
        before = self.text[max(0, at - _WIDE) : at]
        found = re.search(_BEFORE, before[: before.rfind("{") + 1].removesuffix("{"))
        return found is not None and is_function(found[1])

    def _is_formal(self, at: int) -> bool:
        """Whether the name before an exponent is that of an unknown function: f²."""
        found = re.search(rf"({NAME})\s*$", self.text[max(0, at - _WIDE) : at])
        return found is not None and CALLED.match(found[1]) is not None

    def _doubtful(self, token: Token, previous: Token) -> bool:
        """Whether a name beside a value may be another thing: 2xy, 2e, 0x10, 4i."""
        _, name, place = token
        if name in self.names:
            return False
        after_number = previous[0] == "NUMBER"
        near = after_number and not self.text[place - 1].isspace()
        if near and (name[0] == "_" or not previous[1].strip("0") or name in "ij"):
            return True
        if near and name in "eE":
            return not re.match(r"\s*(\^|\*\*)", self.text[place + 1 : place + _WIDE])
        return is_glued(name)

    # --- bars ------------------------------------------------------------------------

    def _paired(self) -> dict[int, str]:
        """Whether each bar opens or closes; nothing where that can be read in two ways.

        A bar after a value closes what is open. If none is, it multiplies; then a bar
        that closed before it might have done so, too, where a value follows that.
        """
        roles: dict[int, str] = {}
        frames: list[_Frame] = [_Frame()]
        ended, last = False, (-2, -2)  # the last bar that closed, and its partner
        for kind, value, place in self.cut(self.text):
            frame = frames[-1]
            if kind == "BAR":
                opening = _ENDING.get(value, value)
                if ended and frame.opened and frame.opened[-1][0] == opening:
                    start = frame.opened.pop()[1]
                    if last == (place - 1, start + 1):
                        return {}  # ||x||
                    roles[place], last = "CLOSE", (place, start)
                    continue
                doubtful = frame.doubtful or self._end(place) == last[0]
                if value != opening or ended and doubtful:
                    return {}
                roles[place], ended = "OPEN", False
                frame.opened.append((value, place))
                continue
            begins = kind in _BEGINS
            frame.doubtful = frame.doubtful or begins and self._end(place) == last[0]
            if kind in ("LPAR", "LSQB"):
                frames.append(_Frame())
            elif kind in ("RPAR", "RSQB", "$END"):
                if frame.opened or len(frames) == 1 and kind != "$END":
                    return {}
                frames.pop()
            ended = kind in _ENDS or kind == "ABOVE"
        return roles


class _Frame:
    """The bars that are open in one bracket."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, int]] = []
        self.doubtful = False  # whether a bar that closed might have opened
