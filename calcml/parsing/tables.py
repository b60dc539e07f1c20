"""Lark's LALR tables of the files in `grammar/`, as plain data kept by the user."""

from __future__ import annotations

import marshal
import os
import sys
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple

from calcml import __version__
from calcml.parsing.stored import store, stored

# Terminals that are read as another, by what is before them or by their text alone.
REWRITTEN = ("ABOVE", "BAR", "GROUPED", "INDEXED")


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

    lark = Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        maybe_placeholders=False,
        postlex=_Relaxed(),
    )
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


class _Relaxed:
    """What keeps those terminals of a grammar that no rule names."""

    always_accept = REWRITTEN


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
