"""The parser's machine: Lark makes LALR tables of `grammar/`, a loop here runs them.

Values are built while the text is read, so there is no tree and no recursion.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

from calcml import __version__
from calcml.core.errors import CalcmlError, LimitError, ParseError
from calcml.parsing.limits import MAX_DEPTH
from calcml.parsing.messages import END, Token, unexpected
from calcml.parsing.stored import store, stored

# --- tables ------------------------------------------------------------------------


class Rule(NamedTuple):
    """A reduction: its nonterminal, the values it takes, which it keeps, its name."""

    origin: str
    size: int
    keep: list[int]
    name: str


class Tables(NamedTuple):
    """An LALR automaton: `actions` shift (a state) or reduce (~ a rule's place)."""

    start: int
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Rule]
    terminals: list[tuple[str, str]]
    words: dict[str, str]
    ignored: list[str]


def grammar_text(name: str) -> str:
    """The grammar file `name`, from the installed package or the source tree."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for folder in (package, os.path.dirname(package)):
        path = os.path.join(folder, "grammar", name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise LookupError(f"calcml is not installed whole: grammar/{name} is missing")


def compile_tables(grammar: str) -> Tables:
    """Lark's LALR tables of `grammar`, as plain data."""
    from lark import Lark  # 0.1 s, so only where there are no tables yet

    lark = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
    table = lark.parser.parser._parse_table
    states = sorted(table.states)
    place = {state: i for i, state in enumerate(states)}
    rules = {rule: i for i, rule in enumerate(lark.rules)}
    actions: list[dict[str, int]] = [{} for _ in states]
    gotos: list[dict[str, int]] = [{} for _ in states]
    for state in states:
        for name, (action, target) in table.states[state].items():
            if action.name != "Shift":
                actions[place[state]][name] = ~rules[target]
            elif name.isupper() or name.startswith("$"):
                actions[place[state]][name] = place[target]
            else:
                gotos[place[state]][name] = place[target]
    plain = []
    for rule in lark.rules:
        kept = [
            i
            for i, s in enumerate(rule.expansion)
            if not getattr(s, "filter_out", False)
        ]
        origin = str(rule.origin.name)
        name = "" if rule.options.expand1 else origin
        name = rule.alias or ("items" if origin.startswith("__") else name)
        plain.append(Rule(origin, len(rule.expansion), kept, name))
    words = {t.pattern.value: t.name for t in lark.terminals if t.pattern.type == "str"}
    patterns = [
        (t.name, t.pattern.to_regexp())
        for t in lark.terminals
        if t.pattern.type != "str"
    ]
    start = place[table.start_states["start"]]
    return Tables(
        start, actions, gotos, plain, patterns, words, list(lark.ignore_tokens)
    )


FORMAT = 3  # of the stored tables


@cache
def tables(name: str) -> Tables:
    """The tables of a grammar file, made once and kept in the user's cache folder."""
    grammar = grammar_text(name)
    key = _key(grammar)
    if (data := stored(key)) is not None:
        plain = marshal.loads(data)  # damage could end the process: it is told before
        return Tables(**plain | {"rules": [Rule(*rule) for rule in plain["rules"]]})
    made = compile_tables(grammar)
    rules = [tuple(rule) for rule in made.rules]
    store(key, marshal.dumps(made._asdict() | {"rules": rules}))
    return made


def _key(grammar: str) -> bytes:
    """What stored tables depend on."""
    return repr((FORMAT, __version__, sys.hexversion, _lark(), grammar)).encode()


def _lark() -> bytes:
    """Lark's first source file, which states its version: read, and not run."""
    spec = find_spec("lark")
    read = getattr(spec and spec.loader, "get_data", None)
    return bytes(read(spec.origin)) if spec and read else b""


# --- the machine -------------------------------------------------------------------


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
        kind_of, ignored = self.tables.words.get, self.ignored
        for match in self.scan.finditer(text):
            kind = match.lastgroup
            if kind not in ignored:
                value = match.group()
                yield kind_of(value, kind), value, match.start()  # type: ignore[misc]
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
                    if value in "+-":
                        raise ParseError(
                            "a line begins with a sign: end the line before it with "
                            "';', or put the whole formula in brackets",
                            text=text,
                            span=(match.start(), match.end()),
                        )
                    yield words[";"], ";", match.start()
            last = value
            yield kind, value, match.start()  # type: ignore[misc]
        yield END, "", len(text.rstrip())

    def run(self, text: str, builder: object) -> Any:
        """What the builder makes of `text`; errors point into it."""
        actions, rules, landing = self.tables.actions, self.rules, self.landing
        state, end, begin = self.tables.start, 0, 0
        states, values, starts = [state], [None], [0]
        previous: Token = END, "", 0
        try:
            for token in self.tokens(text):
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
                            result = method(builder, *[values[i - size] for i in keep])
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
                    names = getattr(builder, "names", {})
                    raise unexpected(text, token, previous, self.stops, names)
                state = action
                states.append(state)
                values.append(value)  # type: ignore[arg-type]
                starts.append(place)
                end = place + len(value)
                previous = token
                if len(states) > MAX_DEPTH:
                    raise LimitError(
                        f"over {MAX_DEPTH:,} brackets and operators are open here",
                        text=text,
                        span=(place, end),
                    )
        except CalcmlError as error:
            error.at(text, (begin, end))
            raise
        raise AssertionError("the end of the text is a token")

    def stops(self, text: str) -> int | None:
        """Where the grammar stops in a text, None where it reads all; no values."""
        states = [self.tables.start]
        for kind, _, place in self.tokens(text):
            action = self.tables.actions[states[-1]].get(kind)
            while action is not None and action < 0:
                origin, size, *_ = self.rules[~action]
                del states[len(states) - size :]
                if origin == self.start:
                    return None
                states.append(self.gotos[states[-1]][origin])
                action = self.tables.actions[states[-1]].get(kind)
            if action is None:
                return place
            states.append(action)
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


_OPEN = frozenset("+ - * / ^ ** @ = == != < > <= >= , ; : ( [ and or not".split())
_CLOSED = frozenset("* / ^ ** @ = == != < > <= >= , ; : ) ] .T and or".split())
