"""Python's functions by their source, which must be what they were made of."""

from __future__ import annotations

import ast
import inspect
import math
import sys
from collections.abc import Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from calcml.core.build import neg
from calcml.core.errors import CalcmlError, ParseError, UnsupportedError
from calcml.core.expr import Expr, number
from calcml.functions.libraries import KNOWN, MODULES
from calcml.parsing import parser
from calcml.parsing.python.module import Module
from calcml.parsing.python.source import Source
from calcml.parsing.python.statements import Function
from calcml.parsing.python.values import Path


def read_function(
    function: Any,
    symbols: frozenset[str],
    shapes: parser.Shapes | None,
    like: Any = None,
) -> Module:
    """The module that holds a function's source, read with what the function sees.

    Raises UnsupportedError where there is no source, or where that is another one than
    the function was made of.
    """
    if not isinstance(function, FunctionType):
        inner = getattr(function, "__wrapped__", None)
        compiled = type(function).__module__.partition(".")[0] in ("jax", "jaxlib")
        if not (compiled and isinstance(inner, FunctionType)):
            raise UnsupportedError(
                "this is no function whose source can be read; give one made by def"
            )
        function = inner
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        raise UnsupportedError(
            f"the source of {function.__name__} is not there; give it as text"
        ) from None
    source = Source(text)
    node = _found(source, function)
    module = Module(source, symbols, shapes, _Seen(function), like)
    module.chosen = node
    return module


def _found(source: Source, function: FunctionType) -> Function:
    """The definition of a function in its source, of which it was made."""
    if getattr(function, "__wrapped__", None) is not None:
        raise UnsupportedError(
            f"{function.__name__} has a decorator, which is not run; give the function "
            "that it holds"
        )
    kinds = (ast.FunctionDef, ast.Lambda)
    own = [n for n in ast.walk(source.tree) if isinstance(n, kinds)]
    wanted = function.__code__
    for imports in (_imports(function), ()):
        for node in own:
            if _alike(_compiled(node, wanted.co_freevars, imports), wanted):
                return node
    raise UnsupportedError(
        f"source has changed: that of {function.__name__} is not what it was made of"
    )


def _imports(function: FunctionType) -> tuple[str, ...]:
    """The names that a function's file imports, whose attributes Python loads apart."""
    lines, _ = inspect.findsource(function)
    try:
        body = Source("".join(lines)).tree.body
    except CalcmlError:
        return ()
    nodes = [n for n in body if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = [a.asname or a.name.partition(".")[0] for n in nodes for a in n.names]
    return tuple(name for name in names if name.isidentifier())


def _compiled(
    node: Function, free: tuple[str, ...], imports: tuple[str, ...]
) -> CodeType:
    """The code of a definition, which is made and not run, beside names around it."""
    plain = node
    if isinstance(node, ast.FunctionDef):
        plain = ast.FunctionDef(**{**vars(node), "decorator_list": []})
    inner = plain if isinstance(plain, ast.stmt) else ast.Expr(plain)
    body: list[ast.stmt] = [inner]
    if free:
        given = [ast.Assign([ast.Name(n, ast.Store())], ast.Constant(0)) for n in free]
        nothing = ast.arguments([], [], None, [], [], None, [])
        outer = ast.FunctionDef("around", nothing, [*given, inner], [])
        if sys.version_info >= (3, 12):
            outer.type_params = []
        body = [outer]
    head = [ast.Import([ast.alias(name)]) for name in imports]
    tree = ast.fix_missing_locations(ast.Module([*head, *body], []))
    code = compile(tree, "<source>", "exec", dont_inherit=True)
    for _ in range(1 + bool(free)):
        code = next(c for c in code.co_consts if isinstance(c, CodeType))
    return code


def _alike(made: CodeType, wanted: CodeType) -> bool:
    """Whether two codes do the same, wherever they stand."""
    same = ("co_code", "co_names", "co_varnames", "co_freevars", "co_argcount")
    if any(getattr(made, name) != getattr(wanted, name) for name in same):
        return False
    pairs = list(zip(made.co_consts, wanted.co_consts, strict=False))
    return len(made.co_consts) == len(wanted.co_consts) and all(
        _alike(a, b)
        if isinstance(a, CodeType) and isinstance(b, CodeType)
        else type(a) is type(b) and repr(a) == repr(b)
        for a, b in pairs
    )


class _Seen(Mapping[str, Any]):
    """What a function sees around it: libraries, their functions and plain numbers."""

    def __init__(self, function: FunctionType) -> None:
        names = function.__code__.co_freevars
        cells = zip(names, function.__closure__ or (), strict=True)
        self.all = {**function.__globals__}
        for name, cell in cells:
            try:
                self.all[name] = cell.cell_contents
            except ValueError:  # it is not filled yet
                self.all.pop(name, None)

    def __getitem__(self, name: str) -> Any:
        value = self.all[name]
        found = _library(value, name)
        if found is not None:
            return found
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _number(value)
        advice = "make it an argument"
        if isinstance(value, FunctionType):
            advice = "write it inside the function"
        raise ParseError(
            f"{name} is a {type(value).__name__} outside the function; of such only "
            f"plain numbers are read: {advice}"
        )

    def __contains__(self, name: object) -> bool:
        return name in self.all

    def __iter__(self) -> Any:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)


def _library(value: Any, name: str) -> Path | None:
    """What a value is of a library that is read, by its name there."""
    if isinstance(value, ModuleType):
        roots = {path.partition(".")[0] for path in (*MODULES, *KNOWN.values())}
        known = value.__name__.partition(".")[0] in roots
        return Path(value.__name__) if known else None
    own = getattr(value, "__name__", name)
    for module in MODULES:
        loaded = sys.modules.get(module)
        for word in (own, name):
            if callable(value) and loaded and vars(loaded).get(word) is value:
                return Path(f"{module}.{word}")
    return None


def _number(value: float) -> Expr:
    """A plain number as an exact one, as it prints."""
    if isinstance(value, int):
        return number(int(value))
    value = float(value)  # NumPy's are kinds of it, which print otherwise
    if not math.isfinite(value):
        raise ParseError(f"a number outside the function is {value}")
    size = parser.Builder().number(repr(abs(value)))
    return size if value >= 0 else neg(size)
