"""The parser's machine: a loop that runs Lark's LALR tables of `grammar/`.

Values are built while the text is read, so there is no tree and no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from calcml.core.errors import CalcmlError, LimitError, ParseError
from calcml.parsing.limits import MAX_DEPTH
from calcml.parsing.messages import (
    DOUBT,
    END,
    StoppedError,
    Token,
    TwoReadingsError,
    unexpected,
)
from calcml.parsing.tables import Tables

if TYPE_CHECKING:
    from calcml.parsing.relaxed import Relaxed


class Machine:
    """An LALR automaton with its lexer; `run` feeds a text to the methods of a builder.

    Reductions that only pass one value up a level of precedence are run once for each
    (state, level, next token) and then remembered: they are most of a formula's parse.
    """

    def __init__(self, made: Tables, builder: type) -> None:
        self.tables = made
        named = [f"(?P<{name}>{pattern})" for name, pattern in made.terminals]
        literals = sorted((w for w in made.words if not w.isalpha()), key=len)
        joined = "|".join(re.escape(w) for w in reversed(literals))
        self.scan = re.compile(
            "|".join([*named, f"(?P<_>{joined})", "(?P<BAD>.)"]), re.S
        )
        self.ignored = frozenset(made.ignored)
        self.special = self.ignored.union(("GROUPED", "INDEXED"))
        names = {name: i for i, name in enumerate({r.origin: 0 for r in made.rules})}
        self.start = names["start"]
        self.gotos = [{names[n]: to for n, to in row.items()} for row in made.gotos]
        self.rules = [
            (
                names[r.origin],
                r.size,
                r.keep,
                r.size == 3 and r.keep == [0, 2],
                getattr(builder, r.name) if r.name else None,
            )
            for r in made.rules
        ]
        self.silent = [(*r[:-1], r[-1] and _nothing) for r in self.rules]
        self.landing: dict[str, dict[int, int]] = {
            t: {} for row in made.actions for t in row
        }

    def tokens(self, text: str) -> Iterator[Token]:
        """(terminal, text, place) of each token.

        A line break outside brackets ends a statement, unless an operator before or
        after it says that the formula goes on.
        """
        if "\n" not in text:
            return self._one_line(text)
        return self._lines(text)

    def _one_line(self, text: str) -> Iterator[Token]:
        kind_of, special = self.tables.words.get, self.special
        for match in self.scan.finditer(text):
            kind = match.lastgroup
            if kind not in special:
                value = match.group()
                yield kind_of(value, kind), value, match.start()  # type: ignore[misc]
            elif kind not in self.ignored:
                yield _plain(match)
        yield END, "", len(text.rstrip())

    def _lines(self, text: str) -> Iterator[Token]:
        words, ignored = self.tables.words, self.ignored
        depth, broken, last = 0, False, ";"
        for match in self.scan.finditer(text):
            kind = match.lastgroup
            if kind in ignored:
                if depth == 0 and not broken:
                    broken = "\n" in match.group()
                continue
            value = match.group()
            if kind == "_" or value in words:
                kind = words[value]
                if value in "([":
                    depth += 1
                elif value in ")]":
                    depth -= 1
            if broken:
                broken = False
                if last not in _OPEN and value not in _CLOSED:
                    if value in "+-−–":
                        raise ParseError(
                            "a line begins with a sign: end the line before it with "
                            "';', or put the whole formula in brackets",
                            text=text,
                            span=(match.start(), match.end()),
                        )
                    yield words[";"], ";", match.start()
            last = value
            if kind in self.special:
                yield _plain(match)
            else:
                yield kind, value, match.start()  # type: ignore[misc]
        yield END, "", len(text.rstrip())

    def run(self, text: str, builder: object) -> Any:
        """What the builder makes of `text`; errors point into it."""
        try:
            return self._run(text, builder, self.rules)
        except StoppedError as stopped:
            token, previous = stopped.args
        except TwoReadingsError as doubt:
            begin = doubt.span[0] if doubt.span else 0
            token, previous = (DOUBT, text[begin], begin), (END, "", begin)
        stops = partial(self.stops, builder=builder)
        names = getattr(builder, "names", {})
        raise unexpected(text, token, previous, stops, names)

    def _run(self, text: str, builder: object, rules: list[Any]) -> Any:
        """`run`, which raises StoppedError where the grammar reads no further."""
        actions, landing = self.tables.actions, self.landing
        state, begin = self.tables.start, 0
        states, values, starts = [state], [None], [0]
        previous: Token = END, "", 0
        stream = tokens = self.tokens(text)
        between: Relaxed | None = None
        try:
            while True:
                for token in stream:
                    kind, value, place = token
                    action = actions[state].get(kind)
                    while action is not None and action < 0:
                        origin, size, keep, pair, method = rules[~action]
                        begin = starts[-size]
                        if size == 1:
                            if method is not None:
                                values[-1] = method(builder, values[-1])
                        else:
                            if method is None:
                                result = values[keep[0] - size]
                            elif pair:
                                result = method(builder, values[-3], values[-1])
                            else:
                                result = method(
                                    builder, *[values[i - size] for i in keep]
                                )
                            size -= 1
                            del states[-size:], values[-size:], starts[-size:]
                            values[-1] = result
                        below = states[-2]
                        found = landing[kind].get(below << 8 | origin)
                        if found is None:
                            if origin == self.start:
                                return values[-1]
                            found = self._land(below, origin, kind)
                            landing[kind][below << 8 | origin] = found
                        state = states[-1] = found
                        action = actions[state].get(kind)
                    if action is None:
                        break
                    state = action
                    states.append(state)
                    values.append(value)  # type: ignore[arg-type]
                    starts.append(place)
                    previous = token
                    if len(states) > MAX_DEPTH:
                        raise LimitError(
                            f"over {MAX_DEPTH:,} brackets and operators are open here",
                            text=text,
                            span=(place, place + len(value)),
                        )
                between = between or self._between(text, builder)
                stream = chain(between.tokens(token, previous), tokens)
        except CalcmlError as error:
            error.at(text, (begin, previous[2] + len(previous[1])))
            raise

    def _between(self, text: str, builder: object) -> Relaxed:
        from calcml.parsing.relaxed import Relaxed  # where a text is no strict one

        return Relaxed(text, getattr(builder, "names", {}), self.tokens)

    def stops(self, text: str, builder: object = None) -> int | None:
        """Where the grammar stops in a text, None where it reads all; no values."""
        try:
            self._run(text, builder, self.silent)
        except StoppedError as stopped:
            place: int = stopped.args[0][2]
            return place
        return None

    def _land(self, below: int, origin: int, kind: str) -> int:
        while True:
            state = self.gotos[below][origin]
            action = self.tables.actions[state].get(kind, 0)
            if action >= 0:
                return state
            origin_above, size, _, _, method = self.rules[~action]
            if size != 1 or method is not None:
                return state
            origin = origin_above


def _plain(match: re.Match[str]) -> Token:
    """1_000 as a number without its marks, x₁ as the name x_1."""
    from calcml.parsing.relaxed import strict

    follows = match.string[match.end() : match.end() + 1]
    return strict(match.lastgroup, match.group(), match.start(), follows)


def _nothing(*_: object) -> None:
    """The method of each reduction where a text is read without values."""


_BOTH = "* / · ⋅ × ∗ ÷ ^ ** @ = == != < > <= >= ≤ ≥ ≠ , ; : and or if else"
_OPEN = frozenset(f"{_BOTH} + - − – ( [ not".split())
_CLOSED = frozenset(f"{_BOTH} ) ] .T".split())
