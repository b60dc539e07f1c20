"""Calls of libraries: the line that fits, its arguments, its formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from calcml.core.errors import CalcmlError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import INF, ONE, ZERO, Expr, make, sizes
from calcml.core.shapes import declaration
from calcml.core.tensors.contraction import filled
from calcml.core.tensors.products import product
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.libraries import REDUCED, REFUSED, SILENT, Call, calls, rows
from calcml.parsing import parser
from calcml.parsing.arguments import Keyword
from calcml.parsing.calls.arrays import Axes
from calcml.parsing.python.prepared import FLOATS, PREPARED
from calcml.parsing.python.shaping import SHAPING
from calcml.parsing.python.values import (
    CHOICE,
    NAN,
    Path,
    Several,
    Text,
    Unread,
    condition_of,
    scalar_of,
    truth_of,
    whole,
)

AXES = frozenset(("axis", "dim", "axes"))
ALIASES = {"axis": "dim", "keepdims": "keepdim"}  # which PyTorch takes, too
FLAGS = frozenset(("keepdims", "keepdim"))
TOLD = frozenset(("dtype",))  # by texts and types
LISTS = frozenset(("array", "sized", "shaped", "layer"))  # what takes tuples
MORE = "..."
CONNECTIVES = frozenset(("and", "or", "not"))
FIRST = frozenset(("input", "x", "a", "self", "x1"))  # names of the only argument


def known(short: str) -> bool:
    """Whether a library's function is read."""
    return short in calls() or short in rows() or short in SHAPING


def refuse_undeclared(
    name: str, values: Sequence[Any], declared: frozenset[str]
) -> None:
    """ShapeError where a function of arrays gets only names that have no shape."""
    nodes = [v for v in values if isinstance(v, Expr)]
    free = {n for v in nodes for n in v.free_symbols} - declared
    if free and not any(v.dims for v in nodes):
        told = declaration(*((v, "n") for v in nodes[:1]))
        raise ShapeError(f"{name} takes an array{told}")


def call(
    path: Path,
    arguments: Sequence[Any],
    options: Mapping[str, Any],
    declared: frozenset[str],
) -> Any:
    """What a call of a library's function stands for.

    `declared` are the names whose shapes are known. Raises ParseError for arguments
    that no documented call has, UnsupportedError for a function that is not read.
    """
    short, name = path.short, path.name
    if short in SHAPING:
        refuse_undeclared(name, arguments[:1], declared)
        try:
            return SHAPING[short](*arguments, **options)
        except TypeError:
            raise ParseError(f"{name} has other arguments, or is not read so") from None
    for line in calls().get(short, ()):
        names = _bound(line, arguments, options)
        if names is None:
            continue
        if takes_arrays(line):
            refuse_undeclared(name, [*names.values()], declared)
        try:
            return _results(line, names)
        except CalcmlError as error:
            raise type(error)(f"{name}: {error.message}") from None
    if short in rows():
        return _row(rows()[short], name, arguments, options)
    raise _unknown(path)


@cache
def _array_calls() -> re.Pattern[str]:
    """What only a formula of arrays has: a call of a function along axes."""
    along = [n for n, row in ARRAY_FUNCTIONS.items() if row.axis is not None]
    alone = "|".join(n for n in along if n not in SPELLINGS)
    either = "|".join(n for n in along if n in SPELLINGS)
    return re.compile(rf"\b(?:(?:{alone})\(|(?:{either})\(\w+\))")


def takes_arrays(line: Call) -> bool:
    """Whether a line speaks of axes, which scalars lack."""
    if line.prepared in ("floating", "array", "shaped", "whole", "hot"):
        return False
    if line.params.keys() & (AXES | {"reduction"}) or line.prepared:
        return True
    return any(_array_calls().search(text) for text in line.results.values())


def _bound(
    line: Call, arguments: Sequence[Any], options: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The values of a line's parameters by name; None where the call is another."""
    params = [p for p in line.params if p != MORE]
    given: dict[str, Any] = dict(zip(params, arguments, strict=False))
    rest = arguments[len(params) :]
    if rest and MORE in line.params:
        given[params[-1]] = (given[params[-1]], *rest)
    elif rest:
        return None
    for word, value in options.items():
        key = word if word in line.params else ALIASES.get(word, word)
        if key in given:
            return None
        if key in line.params:
            given[key] = value
        elif key not in SILENT or not _silent(key, value):
            return None
    found: dict[str, Any] = {}
    for param in params:
        default = line.params[param]
        value = given.get(param)
        if value is None and param in given and param in (*AXES, "reduction"):
            if default is None:
                return None
            found[param] = Axes(None) if param in AXES else Text(str(None))
        elif param not in given or value is None and default is not None:
            if default is None:
                return None
            found[param] = _default(param, default)
        elif not _takes(param, default, value):
            return None
        elif type(value) is tuple and line.prepared not in LISTS and param not in AXES:
            raise ParseError("a list or a tuple stands where an array should")
        else:
            found[param] = _value(param, value)
    return found


def _silent(key: str, value: Any) -> bool:
    wanted = SILENT[key]
    return value is wanted or key == "device" or key == "dtype" and value in FLOATS


def _takes(param: str, default: str | None, value: Any) -> bool:
    """Whether a parameter has a value that its line is for."""
    if param in AXES:
        return _axes(value) is not None
    if param in FLAGS:
        return isinstance(value, bool)
    if param == "reduction":
        return isinstance(value, Text) and value.text in REDUCED
    if param in SILENT and default == "None":
        return _silent(param, value)
    if default in ("True", "False"):
        return value is (default == "True")
    if default is not None and default[0] == '"':
        return _option(value) == default[1:-1]
    return not isinstance(value, (Path, Text)) or param in TOLD


def _option(value: Any) -> str:
    """A value as lines write it between quotes."""
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Expr) and value.op == "number" and value.value % 1 == 0:
        return str(int(value.value))
    return "inf" if value is INF else str(value)


def _axes(value: Any) -> Axes | None:
    if value is None:
        return Axes(None)
    if isinstance(value, tuple):
        found = [whole(v) for v in value]
        return None if None in found else Axes(tuple(found))  # type: ignore[arg-type]
    number = whole(value)
    return None if number is None else Axes(number)


def _default(param: str, text: str) -> Any:
    if param in AXES:
        numbers = tuple(map(int, re.findall(r"-?\d+", text)))
        several = text.startswith("(")
        return Axes(numbers if several else numbers[0] if numbers else None)
    if text in ("True", "False"):
        return ONE if text == "True" else ZERO
    if text[0] == '"':
        return Text(text[1:-1])
    return None if text == "None" else parser.defined(text, {})


def _value(param: str, value: Any) -> Any:
    if param in AXES:
        return _axes(value)
    if param in TOLD:
        return value
    if isinstance(value, (tuple, Text)) and not isinstance(value, Several):
        return value
    if value is INF:
        return value
    return scalar_of(value)


def _results(line: Call, names: dict[str, Any]) -> Any:
    """The values of a line's formulas."""
    if line.prepared:
        PREPARED[line.prepared](names)
    shape: Any = names.get("shape")
    found: list[Any] = []
    for text in line.results.values():
        if text == "?":
            found.append(Unread("places of extremes are no formula"))
            continue
        value = parser.defined(text, names)
        if line.prepared == "shaped":
            value = filled(value, sizes(shape if isinstance(shape, tuple) else [shape]))
        found.append(_reduced(value, names))
    if "" in line.results:
        return found[0]
    several = Several(found)
    several.names = tuple(line.results)
    return several


def _reduced(value: Expr, names: Mapping[str, Any]) -> Expr:
    reduction = names.get("reduction")
    if not isinstance(reduction, Text):
        return value
    known = {"y": value, "total": product(value.dims), **names}
    return parser.defined(REDUCED[reduction.text], known)


def _row(
    row: str, name: str, arguments: Sequence[Any], options: Mapping[str, Any]
) -> Expr:
    """A call of a function whose arguments are those of its row."""
    found = list(SPELLINGS[row])
    given = [*arguments]
    named: list[Keyword] = []
    for key, value in options.items():
        if key in SILENT and _silent(key, value):
            continue
        if key in FIRST and not given and key not in found[0].params:
            given.append(value)
        else:
            named.append(Keyword(key, scalar_of(value)))
    if row == CHOICE and len(given) == 3 and given[2] is NAN:
        return scalar_of(given[1])  # which has no value elsewhere, either, or goes on
    if row == CHOICE and given:
        given[0] = truth_of(given[0])
    if found[0].op in CONNECTIVES:
        return make(found[0].op, tuple(map(condition_of, given)))
    takes = {p for r in found for p in r.params}
    logical = found[0].params[0] == "condition" or not found[0].d
    plain = [a if logical and isinstance(a, Expr) else scalar_of(a) for a in given]
    strange = sorted({k.name for k in named} - takes)
    if strange:
        raise ParseError(f"{name} has no argument {strange[0]}; see {name}'s own page")
    try:
        return parser.call(found, row, [*plain, *named])
    except CalcmlError as error:
        raise type(error)(f"{name}: {error.message}") from None


def _unknown(path: Path) -> CalcmlError:
    """The error for a function that is not read, or whose arguments are others."""
    name = path.name
    last = name.rpartition(".")[2]
    if last in REFUSED:
        return UnsupportedError(f"{last} is not read: {REFUSED[last]}")
    lines = calls().get(path.short)
    if not lines:
        return UnsupportedError(f"{name} is not read; write its formula out")
    shown = ", ".join(p + f"={d}" * (d is not None) for p, d in lines[0].params.items())
    others = " and other calls" * (len(lines) > 1)
    return ParseError(f"{name} is read as {name}({shown}){others}")
