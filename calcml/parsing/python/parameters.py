"""The parameters of a function: their names, their defaults, what a call gives them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from calcml.core.errors import ParseError, UnsupportedError


def plain(arguments: ast.arguments) -> list[ast.arg]:
    """All of them; UnsupportedError where a star takes any number."""
    if arguments.vararg or arguments.kwarg:
        raise UnsupportedError("arguments with stars are not read; write them out")
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    """The defaults of those that have one, by their names."""
    early = [*arguments.posonlyargs, *arguments.args]
    late = early[len(early) - len(arguments.defaults) :]
    found = {a.arg: d for a, d in zip(late, arguments.defaults, strict=True)}
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found | {a.arg: d for a, d in pairs if d is not None}


def bound(
    arguments: ast.arguments, name: str, given: Sequence[Any], options: dict[str, Any]
) -> dict[str, Any]:
    """What a call gives parameters; ParseError where it does not fit them."""
    named = [a.arg for a in plain(arguments)]
    places = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    found = dict(zip(places, given, strict=False))
    strange = [n for n in options if n not in named or n in found]
    if len(given) > len(places) or strange:
        raise ParseError(f"{name} takes {', '.join(named) or 'nothing'}")
    return found | options


def is_option(default: ast.expr) -> bool:
    """Whether a default is a word or a truth, which no variable could stand for."""
    return isinstance(default, ast.Constant) and isinstance(default.value, (str, bool))
