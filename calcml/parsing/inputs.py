"""Formulas and variables as the public calls take them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, final

from calcml.core.errors import (
    CalcmlError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.core.expr import Expr, lift, walk
from calcml.core.shapes import shown
from calcml.core.tensors.names import ARANGE
from calcml.parsing import parser
from calcml.parsing.arguments import brief
from calcml.parsing.dialects import DIALECTS, OWN, SEEN, STRICT, Explained, Told
from calcml.parsing.names import constants_in, is_glued, is_name, refuse_constants
from calcml.parsing.parser import Given, Shapes
from calcml.parsing.slips import refuse_absent


@final
class Function:
    """A formula that was read, and what its text defines, by name.

    It lives as long as one call, and walks its formula once.
    """

    __slots__ = ("_names", "_nodes", "definitions", "root", "shapes", "told")

    def __init__(
        self,
        root: Expr,
        definitions: Mapping[str, Expr] = MappingProxyType({}),
        shapes: Shapes = MappingProxyType({}),
        told: Told = STRICT,
    ) -> None:
        self.root = root
        self.told = told
        self.definitions = definitions
        self.shapes = shapes
        self._nodes: list[Expr] | None = None
        self._names: tuple[dict[str, Expr], set[str]] | None = None

    @property
    def nodes(self) -> list[Expr]:
        """`walk(root)`."""
        if self._nodes is None:
            self._nodes = walk(self.root)
        return self._nodes

    @property
    def arrays(self) -> list[Expr]:
        """The variables with axes."""
        return [n for n in self.nodes if n.dims and n.op == "symbol"]

    def names(self) -> tuple[dict[str, Expr], set[str]]:
        """The variables by name, an array before a scalar, and the names of sizes."""
        if self._names is None:
            found: dict[str, Expr] = {}
            typed: list[Expr] = []
            sizes: set[str] = set()
            for node in self.nodes:
                if node.op == "symbol":
                    if node.dims:
                        typed.append(node)
                    else:
                        found[node.value] = node
                elif node.op in _SIZED:  # x[:k], and sums up to k: sizes made of k
                    sizes.update(name for d in node.dims for name in d.free_symbols)
            found.update((n.value, n) for n in typed)
            if self.shapes:
                typed += parser.declared(self.shapes).values()
            sizes.update(d.value for n in typed for d in n.dims if d.op == "symbol")
            self._names = found, sizes
        return self._names


_SIZED = frozenset(("selector", "mask", ARANGE))

Formula = str | Expr | int | float | Function
Variable = str | Expr
Several = list[Any] | tuple[Any, ...]  # of these; a text is a Sequence, too


def formula(value: Formula, shapes: Shapes | None = None) -> Expr:
    """A formula given as text or as an expression."""
    return function(value, shapes).root


def read(
    text: str,
    symbols: Iterable[str] = (),
    shapes: Shapes | None = None,
    dialect: str | None = None,
    names: Mapping[str, Expr] | None = None,
) -> Function:
    """The formula of a text in a dialect, in that which it shows if None is given."""
    found: dict[str, Expr] = {}
    if dialect is None:
        seen = SEEN.search(text)
        dialect = seen and seen.lastgroup or OWN
        if dialect != OWN:
            try:
                return read(text, symbols, shapes, dialect, names)
            except CalcmlError as error:
                error.message = f"read as {dialect}: {error.message}"
                raise
    if dialect == "matlab":
        from calcml.parsing.matlab import parse_matlab

        root = parse_matlab(text, symbols, shapes)
        return Function(root, found, shapes or {}, Told(dialect))
    if dialect == "latex":
        from calcml.parsing.latex import parse_latex

        root, told = parse_latex(text, symbols, shapes, found, names)
        return Function(root, found, shapes or {}, told)
    if dialect == "python":
        return code(text, symbols, shapes)
    if dialect not in DIALECTS:
        known = " or ".join(DIALECTS)
        raise UnsupportedError(f"there is no dialect {dialect}; use {known}")
    root = parser.parse(text, symbols, shapes, found, names)
    return Function(root, found, shapes or {})


def code(
    source: Any,
    symbols: Iterable[str] = (),
    shapes: Shapes | None = None,
    **options: Any,
) -> Function:
    """The formula of a text of Python or of a function, as `parse_python` reads it."""
    from calcml.parsing.python import parse_python

    root, found, declared = parse_python(source, symbols, shapes, **options)
    became = {name: brief(value, "a long formula") for name, value in found.items()}
    told = tuple(f"{name} = {text}" for name, text in became.items() if text != name)
    return Function(root, found, declared, Told("python", conventions=told))


def single_names(read: Function, asked: Iterable[str] = ()) -> tuple[str, ...]:
    """What is told of names that look like products with a variable: ax beside x."""
    names = read.names()[0].keys() - read.shapes.keys()
    letters = {n for n in (*names, *asked) if len(n) == 1}
    glued = sorted(n for n in names - {*asked} if is_glued(n) and letters & {*n})
    return tuple(f"{n} is one name; a product is {'*'.join(n)}" for n in glued)


def explained(read: Function) -> Explained:
    """How the text of a formula was read."""
    dialect, names, conventions = read.told
    if dialect == OWN:
        conventions = single_names(read)
    return Explained(dialect, *read.root.read_as, names, conventions)


def function(
    value: Formula,
    shapes: Shapes | None = None,
    wrt: Any = None,
    given: Given = (),
    names: Mapping[str, Expr] | None = None,
    dialect: str | None = None,
) -> Function:
    """A formula with the definitions of its text, which is of a `dialect`.

    The variables `wrt` that one derives by, in lists or alone, and those that `given`
    speaks of are variables though constants have the names. `names` are defined
    elsewhere.
    """
    if isinstance(value, Function):
        lift(value.root)
        return value
    asked = names_in(wrt)
    if given != ():
        asked |= constants_in(given)
    if isinstance(value, str):
        typed = read(value, asked, shapes, dialect, names)
        lift(typed.root)
        if not asked <= typed.names()[0].keys():
            _check_absent(typed, asked, value)
        return typed
    whole = Function(lift(value), {}, shapes or {})
    if shapes:
        _check_shapes(whole, shapes)
    refuse_constants(asked, whole.root)
    return whole


def names_in(wrt: Any) -> set[str]:
    """The names of variables."""
    several = [wrt] if isinstance(wrt, (str, Expr)) else wrt
    if not isinstance(several, (list, tuple, Sequence)):  # the last takes long to ask
        return set()
    found: set[str] = set()
    for v in several:
        if isinstance(v, Expr):
            v = v.value if v.op == "symbol" else ()
        found |= {v} if isinstance(v, str) else names_in(v)
    return found


def _check_absent(read: Function, asked: set[str], text: str) -> None:
    """ParseError for a name that is defined, or that another one seems to mean."""
    for name in sorted(asked & read.definitions.keys() - read.names()[0].keys()):
        raise ParseError(
            f"{name} is defined in the formula, and is no variable; to derive by it, "
            "leave its definition out"
        )
    declared = parser.declared(read.shapes)
    refuse_absent(asked, read.names()[0], declared, text)


def _check_shapes(read: Function, shapes: Shapes) -> None:
    """ShapeError where shapes are declared that an expression's variables have not."""
    names, _ = read.names()
    for name, declared in parser.declared(shapes).items():
        if name in names and names[name] is not declared:
            raise ShapeError(
                f"{name} has the shape {shown(names[name].dims)} in this expression; "
                "declare another one where that is made: parse(text, shapes=...)"
            )


def variable(value: Variable, read: Function | None = None) -> Expr:
    """A variable given by name, with the shape that it has in a formula."""
    node = value if isinstance(value, Expr) and value.op == "symbol" else None
    name = node.value if node is not None else value
    if not isinstance(name, str) or name.isdecimal():
        what = f"one derives by a variable, such as x; {value} is none"
        if str(value).isdecimal():
            what += f"; for a higher derivative: write order={value}"
        raise ParseError(what)
    names, sizes = read.names() if read else ({}, ())
    name = read.told.name_of(name) if read and name not in names else name
    if name in sizes and not (node is not None and node.dims):
        raise UnsupportedError(f"{name} is the size of an array; it has no slope")
    node = names.get(name) if node is None else node
    if node is not None:
        return node
    return _named(name, read.shapes.get(name, "") if read else "")


def _named(name: str, shape: str | Sequence[Any] = "") -> Expr:
    several = re.split(r"[,\s]+", name.strip()) if not is_name(name) else []
    if len(several) > 1 and all(map(is_name, several)):
        told = ", ".join(map(repr, several))
        raise ParseError(f"{name[:40]!r} is several names; write each alone: {told}")
    return parser.variable(name, shape)


def variables_in(
    read: Function, wrt: Sequence[Variable] | Variable | None
) -> list[Expr]:
    """The variables that one derives by: those given, or all of the formula's."""
    if wrt is None:
        names, sizes = read.names()
        return [v for name, v in sorted(names.items()) if v.dims or name not in sizes]
    if not isinstance(wrt, (str, Expr, Sequence)):
        raise ParseError(f"one derives by variables, such as x; {wrt} is none")
    return [variable(v, read) for v in ([wrt] if isinstance(wrt, (str, Expr)) else wrt)]
