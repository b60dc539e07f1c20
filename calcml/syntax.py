"""Text to expressions: Lark makes the tables of `grammar/`, a loop here runs them.

Nodes are built while the text is read, so there is no tree and no recursion.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from calcml import expr
from calcml.errors import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    UnsupportedError,
)
from calcml.exact import evaluate
from calcml.expr import CONDITIONS, INF, Expr
from calcml.functions import CONSTANT_NAMES, FUNCTIONS, SPELLINGS, Row
from calcml.functions.arrays import WAITING

MAX_LENGTH = 4_000_000  # characters in one formula
MAX_DEPTH = 450_000  # open brackets, calls and operators waiting for an operand
MAX_DIGITS = 4_000  # digits in one number

Token = tuple[str, str, int]


# --- tables ------------------------------------------------------------------------


class Rule(NamedTuple):
    """A reduction: its nonterminal, how many values it takes, which it keeps, its name."""

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
    package = Path(__file__).parent
    for folder in (package / "grammar", package.parent / "grammar"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise LookupError(f"calcml is not installed whole: grammar/{name} is missing")


def compile_tables(grammar: str) -> Tables:
    """Lark's LALR tables of `grammar`, as plain data."""
    from lark import Lark  # 0.1 s, so only where there are no tables yet

    lark = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
    table = lark.parser.parser._parse_table  # type: ignore[attr-defined]
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
        kept = [i for i, s in enumerate(rule.expansion) if not getattr(s, "filter_out", False)]
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
    return Tables(start, actions, gotos, plain, patterns, words, list(lark.ignore_tokens))


FORMAT = 1  # of the stored tables


@cache
def tables(name: str) -> Tables:
    """The tables of a grammar file, made once and then kept in the user's cache folder."""
    grammar = grammar_text(name)
    stored = _cache_file(grammar)
    try:
        data = json.loads(stored.read_text(encoding="utf-8"))
        data["rules"] = [Rule(*rule) for rule in data["rules"]]
        return Tables(**data)
    except (OSError, ValueError, TypeError):
        made = compile_tables(grammar)
    try:
        stored.parent.mkdir(parents=True, exist_ok=True)
        part = stored.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(made._asdict()), encoding="utf-8")
        part.replace(stored)
    except OSError:
        pass  # a read-only home costs 0.15 s a process and nothing else
    return made


def _cache_file(grammar: str) -> Path:
    import hashlib

    home = os.environ.get("XDG_CACHE_HOME")
    folder = Path(home) if home else Path.home() / ".cache"
    digest = hashlib.sha256(f"{FORMAT}\n{grammar}".encode()).hexdigest()
    return folder / "calcml" / f"{digest[:20]}.json"


# --- the machine -------------------------------------------------------------------

END = "$END"


class Machine:
    """An LALR automaton with its lexer; `run` feeds a text to the methods of a builder.

    Reductions that only pass one value up a level of precedence are run once for each
    (state, level, next token) and then remembered: they are most of a formula's parse.
    """

    def __init__(self, made: Tables, builder: type[Builder]) -> None:
        self.tables = made
        named = [f"(?P<{name}>{pattern})" for name, pattern in made.terminals]
        literals = sorted((w for w in made.words if not w.isalpha()), key=len)
        joined = "|".join(re.escape(w) for w in reversed(literals))
        self.scan = re.compile("|".join([*named, f"(?P<_>{joined})", "(?P<BAD>.)"]), re.S)
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
        self.landing: dict[str, dict[int, int]] = {t: {} for row in made.actions for t in row}

    def tokens(self, text: str) -> Iterator[Token]:
        """(terminal, text, place) of each token; a line break outside brackets ends a
        statement, unless an operator before or after it says that the formula goes on."""
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
                            "a line begins with a sign: end the line before it with ';', "
                            "or put the whole formula in brackets",
                            text=text,
                            span=(match.start(), match.end()),
                        )
                    yield words[";"], ";", match.start()
            last = value
            yield kind, value, match.start()  # type: ignore[misc]
        yield END, "", len(text.rstrip())

    def run(self, text: str, builder: Builder) -> Any:
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
                    raise _unexpected(text, token, previous)
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
_OPERAND = frozenset(("NAME", "NUMBER", "STRING", "LPAR"))


def _unexpected(text: str, token: Token, previous: Token) -> ParseError:
    """The error for a token that cannot stand where it does."""
    kind, value, place = token
    before_kind, before, before_place = previous
    span = (place, place + max(1, len(value)))
    ends_operand = before_kind in ("NAME", "NUMBER") or before in (")", "]")
    if kind == "BAD":
        what = _bad_character(value)
    elif ends_operand and kind in _OPERAND and not (before == ")" and kind == "STRING"):
        span = (before_place, place + len(value))
        what = (
            "two values stand side by side; there is no implicit multiplication: "
            f"write {before}*{value}"
        )
    elif kind == END and not text.strip():
        what = "the formula is empty; write one, for example x*exp(-x^2)"
    elif kind == END:
        where = _unclosed(text)
        if where is not None and ends_operand:
            return ParseError(
                "this bracket is never closed; add the missing one",
                text=text,
                span=(where, where + 1),
            )
        what = f"the formula ends after {before!r}, where a value should follow"
    elif value in (")", "]") and _unclosed(text[:place]) is None:
        what = f"this {value!r} closes nothing; remove it or open a bracket before"
    elif before_kind == END:
        what = f"a formula cannot begin with {value!r}"
    else:
        what = f"{value!r} cannot follow {before!r}"
        if value == "=":
            what += "; for a condition write =="
    return ParseError(what, text=text, span=span)


def _bad_character(value: str) -> str:
    if value == "'":
        return "primes are not used; write a derivative as D(f(x), x)"
    if value == "!":
        return "there is no factorial sign; write gamma(n + 1)"
    shown = repr(value) if value.isprintable() else f"U+{ord(value):04X}"
    return f"the character {shown} has no meaning in a formula; remove it"


def _unclosed(text: str) -> int | None:
    """The place of the innermost bracket of `text` that is open at its end."""
    opened = []
    for place, char in enumerate(text):
        if char in "([":
            opened.append(place)
        elif char in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else None


# --- building ----------------------------------------------------------------------

# Unknown functions are single letters, with or without an index: f(x), g_1(x, y), F(x).
FORMAL = re.compile(r"[A-Za-z\u0370-\u03ff](_?[0-9]+|_[A-Za-z0-9\u0370-\u03ff])?$")
DERIVATIVES = ("D", "Derivative")


class Keyword(NamedTuple):
    """An argument given by name: an expression or a text."""

    name: str
    value: Expr | str


class Repeated(NamedTuple):
    """The (x, 2) of D(f(x), (x, 2))."""

    variable: Expr
    times: Expr


Argument = Expr | Keyword | Repeated


def operand(node: Any) -> Expr:
    """`node`, which must be a value: no condition, not infinite, no named argument."""
    if not isinstance(node, Expr):
        raise ParseError("a value should stand here; names and pairs belong in calls")
    if node.op in CONDITIONS:
        raise UnsupportedError(
            "a condition cannot be calculated with; write where(condition, 1, 0)"
        )
    if node is INF:
        raise UnsupportedError(
            "infinity cannot be calculated with; it stands as a bound, as in max(x, -inf)"
        )
    return node


def condition(node: Expr) -> Expr:
    """`node`, which must be a condition; a row may call its parameter `condition`."""
    if node.op not in CONDITIONS and node.value != "condition":
        raise ParseError("a condition should stand here, such as x > 0")
    return node


def _binary(name: str) -> Callable[[Builder, Expr, Expr], Expr]:
    light = expr.LIGHT[name]

    def method(_: Builder, a: Expr, b: Expr) -> Expr:
        if a.op in CONDITIONS or b.op in CONDITIONS or a is INF or b is INF:
            operand(a), operand(b)
        return light(a, b)

    return method


class Builder:
    """What each reduction of the grammar makes, and the names known in one text."""

    def __init__(self, variables: Iterable[str] = ()) -> None:
        self.names: dict[str, Expr] = {name: expr.symbol(name) for name in variables}
        self.numbers: dict[str, Expr] = {}

    def start(self, first: Expr, rest: Sequence[Expr] = ()) -> Expr:
        return rest[-1] if rest else first

    def items(self, first: Any, second: Any = None) -> list[Any]:
        if second is None:
            return [first]
        first.append(second)
        return first  # type: ignore[no-any-return]

    def result(self, value: Expr) -> Expr:
        return value

    def definition(self, name: str, value: Expr) -> Expr:
        self.names[name] = value
        return value

    def or_(self, a: Expr, b: Expr) -> Expr:
        return expr.make("or", (condition(a), condition(b)))

    def and_(self, a: Expr, b: Expr) -> Expr:
        return expr.make("and", (condition(a), condition(b)))

    def not_(self, a: Expr) -> Expr:
        return expr.make("not", (condition(a),))

    def compare(self, a: Expr, sign: str, b: Expr) -> Expr:
        return expr.make(COMPARISONS[sign], (expr.scalar(a), expr.scalar(b)))

    def between(self, a: Expr, low: str, b: Expr, high: str, c: Expr) -> Expr:
        return expr.make("and", (self.compare(a, low, b), self.compare(b, high, c)))

    add = _binary("add")
    sub = _binary("sub")
    mul = _binary("mul")
    div = _binary("div")
    pow = _binary("pow")

    def neg(self, a: Expr) -> Expr:
        return expr.neg(a if a is INF else operand(a))

    def pos(self, a: Expr) -> Expr:
        return operand(a)

    def number(self, text: str) -> Expr:
        known = self.numbers.get(text)
        if known is None:
            known = self.numbers[text] = _numeral(text)
        return known

    def name(self, text: str) -> Expr:
        known = self.names.get(text)
        if known is None:
            constant = CONSTANT_NAMES.get(text)
            known = expr.constant(constant) if constant else expr.symbol(text)
            self.names[text] = known
        return known

    def arguments(self, first: Argument, rest: Sequence[Argument] = ()) -> list[Argument]:
        return [first, *rest]

    def named(self, name: str, value: Expr) -> Keyword:
        return Keyword(name, value)

    def option(self, name: str, text: str) -> Keyword:
        return Keyword(name, text[1:-1])

    def repeated(self, variable: Expr, times: Expr) -> Repeated:
        return Repeated(variable, times)

    def call(self, name: str, arguments: Sequence[Argument] = ()) -> Expr:
        rows = SPELLINGS.get(name)
        if rows is not None:
            return call(rows, name, arguments)
        if name in DERIVATIVES:
            return _derivative(arguments)
        if FORMAL.match(name) and name not in CONSTANT_NAMES:
            if not arguments:
                raise ParseError(f"{name}() depends on nothing; write {name} or {name}(x)")
            args = tuple(operand(a) for a in arguments)
            return expr.formal(name, (0,) * len(args), args)
        raise unknown_function(name)

    def matmul(self, a: Expr, b: Expr) -> Expr:
        raise UnsupportedError("the matrix product @ needs arrays, not there yet")

    def index(self, *_: object) -> Expr:
        raise UnsupportedError("indexing z[i] needs arrays, not there yet; write z_i")

    def slice(self, *_: object) -> Expr:
        raise UnsupportedError("slices need arrays, which are not there yet")

    def transpose(self, a: Expr) -> Expr:
        raise UnsupportedError("the transpose .T needs arrays, not there yet")


def _numeral(text: str) -> Expr:
    if len(text) > MAX_DIGITS:
        raise LimitError(f"a number has over {MAX_DIGITS:,} digits")
    if text.isdigit():
        return expr.number(int(text))
    exponent = text.lower().partition("e")[2]
    if len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise LimitError(f"a number's exponent is beyond {MAX_DIGITS:,}")
    return expr.decimal(text)


COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}


def unknown_function(name: str) -> UnsupportedError:
    """The error for a function that has no row, with the nearest names."""
    if name in WAITING:
        by_parts = f"; by its parts write {WAITING[name]}" if WAITING[name] else ""
        return UnsupportedError(f"{name} needs arrays, which are not there yet{by_parts}")
    import difflib  # only where there is something to explain

    near = difflib.get_close_matches(name, SPELLINGS, 3, 0.7)
    also = f" Did you mean {' or '.join(near)}?" if near else ""
    return UnsupportedError(
        f"unknown function {name}.{also} `calcml functions` lists what there is; "
        "an unknown function f(x) has one letter"
    )


def call(rows: Sequence[Row], name: str, arguments: Sequence[Argument]) -> Expr:
    """The node for a call of `name`, one of `rows`, with defaults filled in.

    Raises ParseError for a wrong number of arguments, UnsupportedError for an unknown
    option, DomainError for a number at which the function has no value.
    """
    plain = [a for a in arguments if isinstance(a, Expr)]
    keywords = {a.name: a.value for a in arguments if isinstance(a, Keyword)}
    if len(plain) + len(keywords) != len(arguments):
        raise ParseError(f"{name} takes no pairs; a pair (x, 2) belongs in D(f(x), (x, 2))")
    options = {k: v for k, v in keywords.items() if isinstance(v, str)}
    row = _choose(rows, name, len(arguments) - len(options), options)
    if row.variadic or len(plain) == len(row.params):
        args = plain
        unused = set(keywords) - set(options)
    else:
        args = plain + [
            _default(row, p, keywords) for p in row.params[len(plain) :]
        ]
        unused = set(keywords) - set(options) - set(row.params[len(plain) :])
    if unused:
        raise ParseError(
            f"{name} has no argument {min(unused)} left; it is {row.signature}"
        )
    if any(a.op in CONDITIONS for a in args) and row.params[0] != "condition":
        raise UnsupportedError(f"{name} takes values, not conditions")
    if row.params[0] == "condition":
        condition(args[0]), expr.scalar(args[1]), expr.scalar(args[2])
    if row.on:
        _check_edge(row, args)
    return expr.build(row.op, tuple(args))


def _choose(
    rows: Sequence[Row], name: str, count: int, options: Mapping[str, str]
) -> Row:
    for row in rows:
        if row.options == options and (
            row.least <= count <= len(row.params) or (row.variadic and count)
        ):
            return row
    for row in rows:
        wrong = {k: v for k, v in options.items() if row.options.get(k) != v}
        if row.least <= count <= len(row.params) and wrong:
            shown = ", ".join(f'{k}="{v}"' for k, v in wrong.items())
            raise UnsupportedError(f"{name} does not know {shown}; it is {row.signature}")
    row = rows[0]
    least, most = min(r.least for r in rows), max(len(r.params) for r in rows)
    takes = f"{least}" if least == most else f"{least} to {most}"
    if row.variadic:
        takes = "at least 1"
    plural = "" if takes.endswith("1") else "s"
    hint = row.hint or (f"It is {row.signature}." if most > 1 else "")
    raise ParseError(f"{name} takes {takes} argument{plural}, got {count}. {hint}".strip())


def _default(row: Row, param: str, keywords: Mapping[str, Expr | str]) -> Expr:
    given = keywords.get(param)
    if isinstance(given, Expr):
        return given
    if param not in row.defaults:
        raise ParseError(f"{row.name} lacks its argument {param}; it is {row.signature}")
    return known(row.defaults[param])


def _check_edge(row: Row, args: Sequence[Expr]) -> None:
    """DomainError where all arguments are numbers on the open edge of the domain."""
    if any(a.op != "number" for a in args):
        return
    values = {expr.symbol(p): a for p, a in zip(row.params, args, strict=False)}
    on = known(row.on)
    open_to_closed = {
        node: expr.make(_CLOSURE[node.op], node.args)
        for node in expr.walk(on)
        if node.op in _CLOSURE
    }
    inside, closed = expr.substitute(on, values), expr.substitute(on, open_to_closed)
    if evaluate(inside) is False and evaluate(expr.substitute(closed, values)) is True:
        raise DomainError(
            f"{row.name} has no value at {', '.join(map(str, args))}; "
            f"it is defined where {row.on}"
        )


_CLOSURE = {"lt": "le", "gt": "ge", "ne": "eq"}


def _derivative(arguments: Sequence[Argument]) -> Expr:
    """D(f(x, y), x, 2, y) or D(f(x, y), (x, 2), y): an unknown function's derivative.

    A variable is one of the call's arguments, or the number of its place, from 1.
    """
    usage = "write D(f(x), x) or D(f(x, y), x, 2, y)"
    if len(arguments) < 2 or any(isinstance(a, Keyword) for a in arguments):
        raise ParseError(f"D takes an unknown function and its variables; {usage}")
    target = operand(arguments[0])
    if target.op != "formal":
        raise UnsupportedError(
            f"D stands for the derivative of an unknown function; {usage}, "
            "and derive a formula with diff"
        )
    name, orders, args = target.value[0], list(target.value[1]), target.args
    last: int | None = None
    for argument in arguments[1:]:
        variable, times = argument if isinstance(argument, Repeated) else (argument, None)
        if isinstance(variable, Expr) and variable.op == "number" and last is not None:
            orders[last] += _count(variable) - 1
            last = None
            continue
        last = _slot(args, operand(variable), usage)
        orders[last] += 1
        if times is not None:
            orders[last] += _count(times) - 1
            last = None
    return expr.formal(name, tuple(orders), args)


MAX_ORDER = 1_000  # of a derivative


def _count(node: Expr) -> int:
    if node.op != "number" or not isinstance(node.value, int) or node.value < 1:
        raise ParseError("the order of a derivative is a whole number from 1")
    if node.value > MAX_ORDER:
        raise LimitError(f"the order of a derivative is over {MAX_ORDER:,}")
    return node.value


def _slot(args: Sequence[Expr], variable: Expr, usage: str) -> int:
    if variable.op == "number":
        if isinstance(variable.value, int) and 1 <= variable.value <= len(args):
            return variable.value - 1
        raise ParseError(f"there is no argument number {variable}; {usage}")
    places = [i for i, a in enumerate(args) if a is variable]
    if len(places) != 1:
        raise ParseError(
            f"the variable of D must be one of the function's arguments; {usage}, "
            "or give the number of the place, from 1"
        )
    return places[0]


@cache
def machine(name: str) -> Machine:
    """The parser of one grammar file."""
    return Machine(tables(name), Builder)


def parse(text: str, symbols: Iterable[str] = ()) -> Expr:
    """The expression that `text` stands for.

    `symbols` are names that are variables here even if a constant has the name.
    Raises ParseError, UnsupportedError, DomainError or LimitError with the place.
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(f"the text has {len(text):,} characters; {MAX_LENGTH:,} is the most")
    result = machine("calcml.lark").run(text, Builder(symbols))
    assert isinstance(result, Expr)
    return result


@cache
def known(text: str) -> Expr:
    """The expression of a row's own text, parsed once in a process."""
    return parse(text)
