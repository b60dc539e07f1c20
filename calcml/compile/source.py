"""Python source of one function, for NumPy or the standard library.

It is written from the nodes and holds no text of the user's: numbers are written anew,
functions are spelled as their rows say, and a variable's name gets an underscore or is
replaced. Each part that is used twice is computed once, in a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

from calcml.compile import array_source
from calcml.compile.guard import NOWHERE
from calcml.compile.limits import MAX_BELOW, MAX_EXACT, MAX_WHOLE, PAGE, WIDTH
from calcml.core.build import is_decimal
from calcml.core.expr import LEAVES, Expr, Number, walk
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.printing.fold import ATOM, OR, Piece, Pieces, binding, filled, separated
from calcml.printing.text import OPERATORS

# What a function's source may call of calcml.runtime.
RUNTIME = ("attempt", "elementwise", "special", *array_source.RUNTIME)

Place = tuple[str, int | None]  # an argument and an axis; None for its value


# --- languages ---------------------------------------------------------------------


class Language(NamedTuple):
    """How one library spells a row; `operators` are the exceptions to "name(args)".

    `always` says, of the operations that may skip arguments, how many they compute.
    `fallback` names the function of calcml.runtime that computes what has no spelling.
    """

    spelling: Callable[[Row], str | None]
    operators: Mapping[str, Pieces]
    always: Mapping[str, int]
    fallback: str


def _call(function: str) -> Pieces:
    return lambda node: [f"{function}(", *separated(node.args), ")"]


def _power(function: str) -> Pieces:
    """`**` where the exponent is whole: exact in Python, and the base may be negative.

    Not where the base is a number: Python would work out 9**9**9 digit by digit.
    """

    def pieces(node: Expr) -> list[Piece]:
        base, exponent = node.args
        if base.op == "number":
            return [f"{function}({double(base.value)}, ", (exponent, 0), ")"]
        n = exponent.value if exponent.op == "number" else None
        if n is None or n.denominator > 1 or abs(n) > MAX_WHOLE:
            return _call(function)(node)
        return [(base, ATOM), f"**{n.numerator}"]

    return pieces


def _conditional(node: Expr) -> list[Piece]:
    condition, a, b = node.args
    return [(a, OR), " if ", (condition, OR), " else ", (b, 0)]


LANGUAGES = {
    "numpy": Language(
        lambda row: row.numpy,
        OPERATORS
        | {
            "pow": _power("numpy.power"),
            "and": _call("numpy.logical_and"),
            "or": _call("numpy.logical_or"),
            "not": _call("numpy.logical_not"),
        },
        {},
        "elementwise",
    ),
    "python": Language(
        lambda row: row.python,
        OPERATORS | {"pow": _power("math.pow"), "where": _conditional},
        {"where": 1, "and": 1, "or": 1},
        "special",
    ),
}


# --- one node ----------------------------------------------------------------------


def double(value: Number) -> str:
    """The double nearest to `value`."""
    try:
        return repr(float(value))
    except OverflowError:
        return "math.inf" if value > 0 else "-math.inf"


def literal(node: Expr) -> str:
    """A number: itself where Python reads it as the nearest double, else that."""
    value = node.value
    short = abs(value.numerator) < MAX_EXACT and value.denominator < MAX_BELOW
    return node.text if short and not is_decimal(node) else double(value)


def spelled(node: Expr, language: Language) -> tuple[list[Piece], int]:
    """The pieces of a node's source, and how tightly they hold together."""
    whole = array_source.pieces(node)
    if whole is not None:
        return whole, ATOM
    operator = language.operators.get(node.op)
    if operator is not None:
        pieces = operator(node)
        if isinstance(pieces[0], str) and pieces[0].endswith("("):
            return pieces, ATOM
        return pieces, 0 if operator is _conditional else binding(node)
    row = FUNCTIONS[node.op]
    spelling = language.spelling(row)
    if spelling is None:
        return _call(f"{language.fallback}({row.op!r})")(node), ATOM
    if "#" in spelling:
        return filled(spelling, node.args, repeat(ATOM)), 0
    if row.variadic and len(node.args) != 2:
        return [f"functools.reduce({spelling}, [", *separated(node.args), "])"], ATOM
    return _call(spelling)(node), ATOM


# --- the function ------------------------------------------------------------------


def source(
    roots: Sequence[Expr],
    names: Sequence[str],
    language: Language,
    sizes: Mapping[str, Place] | None = None,
) -> str:
    """A module with the function `f` of `names`, which returns a list.

    `sizes` says where the sizes of arrays are found; contractions come in pairs.
    """
    writer = _Writer(roots, names, language, sizes or {})
    results = [double(r.value) if r.op == "number" else writer.text[r] for r in roots]
    body = [*writer.lines, f"return [{', '.join(results)}]"]
    lines = [f"def f({', '.join(local_names(names))}):", *(f"    {x}" for x in body)]
    text = "\n".join(part for line in lines for part in _wrapped(line))
    modules = ("functools", "math", "numpy", "scipy.special")
    head = [f"import {m}\n" for m in modules if re.search(rf"\b{m}\.", text)]
    called = set(re.findall(r"(?<![.\w])([a-z]+)\(", text))
    own = [n for n in RUNTIME if n in called]
    head += [f"from calcml.runtime import {', '.join(own)}\n"] if own else []
    return f"{''.join(head)}\n\n{text}\n".lstrip()


def local_names(names: Sequence[str]) -> list[str]:
    """For each name one that no keyword, module or line of the source can have."""
    plain = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")
    return [f"{n}_" if plain.fullmatch(n) else f"v{i}" for i, n in enumerate(names)]


def _wrapped(line: str) -> Iterator[str]:
    """`line`, broken after commas (all of which stand in brackets) to fit the page."""
    start = ""
    for part in line.split(", "):
        if start.strip() and len(start) + len(part) >= PAGE:
            yield start.rstrip()
            start = " " * 8
        start += f"{part}, "
    yield start[:-2]


class _Writer:
    """The lines of a function, and for each node how later lines may refer to it."""

    def __init__(
        self,
        roots: Sequence[Expr],
        names: Sequence[str],
        language: Language,
        sizes: Mapping[str, Place],
    ) -> None:
        self.language = language
        self.lines: list[str] = []
        self.text: dict[Expr, str] = {}
        self.binding: dict[Expr, int] = {}
        self.named: set[Expr] = set()
        nodes = walk(*roots)
        beside = [size for node in nodes for size in array_source.sizes_of(node)]
        nodes = walk(*beside, *roots)
        self.needed = _needed([*roots, *beside], nodes, language)
        uses = dict.fromkeys(nodes, 0)
        for node in (*roots, *beside, *(a for n in nodes for a in n.args)):
            uses[node] += 1
        known = [*names, *(name for name in sizes if name not in names)]
        variables = dict(zip(known, local_names(known), strict=True))
        self.sizes = {name: _size(place, variables) for name, place in sizes.items()}
        for node in nodes:
            if node.op in LEAVES:
                self.leaf(node, variables)
                continue
            self.value(node)
            if uses[node] > 1 or array_source.is_sum(node):
                self.name(node)

    def leaf(self, node: Expr, variables: Mapping[str, str]) -> None:
        """A variable, a number or a constant."""
        self.named.add(node)
        self.binding[node] = ATOM
        if node is NOWHERE:
            self.text[node] = "math.nan"
        elif node.op == "symbol":
            self.text[node] = variables[node.value]
            if node.value in self.sizes and not node.dims:
                self.lines.append(f"{self.text[node]} = {self.sizes[node.value]}")
        elif node.op == "constant":
            self.text[node] = CONSTANTS[node.value].python
        else:
            self.text[node] = literal(node)
            self.binding[node] = binding(node)

    def value(self, node: Expr) -> None:
        """A node's source; its longest parts get names until it is short enough."""
        pieces, self.binding[node] = spelled(node, self.language)
        parts = [piece[0] for piece in pieces if not isinstance(piece, str)]
        if len(set(parts)) < len(parts):  # a template that writes an argument twice
            for part in parts:
                self.name(part)
        if sum([len(self.text[part]) for part in parts]) > WIDTH:
            self.shorten(parts)
        self.text[node] = "".join(
            piece if isinstance(piece, str) else self.operand(*piece)
            for piece in pieces
        )

    def shorten(self, parts: list[Expr]) -> None:
        """Give names to the longest of `parts` until they fit into the width."""
        length = sum([len(self.text[part]) for part in parts])
        for part in sorted(parts, key=lambda p: len(self.text[p]), reverse=True):
            if length <= WIDTH:
                return
            length -= len(self.text[part])
            self.name(part)
            length += len(self.text[part])

    def operand(self, node: Expr, least: int) -> str:
        """A node's source, in brackets if it binds more loosely than `least`."""
        text = self.text[node]
        return f"({text})" if self.binding[node] < least else text

    def name(self, node: Expr) -> None:
        """Give a node's value a name, in a line of its own, unless it has one."""
        if node in self.named:
            return
        self.named.add(node)
        value, name = self.text[node], f"t{len(self.lines) + 1}"
        if node not in self.needed:
            value = f"attempt(lambda: {value})"
        self.lines.append(f"{name} = {value}")
        self.text[node], self.binding[node] = name, ATOM


def _size(place: Place, variables: Mapping[str, str]) -> str:
    """The source of a size: an axis of an argument, or an argument itself."""
    name, axis = place
    local = variables[name]
    return f"int({local})" if axis is None else f"{local}.shape[{axis}]"


def _needed(
    roots: Sequence[Expr], nodes: Sequence[Expr], language: Language
) -> set[Expr]:
    """The nodes that are computed whatever the branches taken."""
    needed = set(roots)
    for node in reversed(nodes):
        if node in needed:
            needed.update(node.args[: language.always.get(node.op, len(node.args))])
    return needed
