"""What expressions of Python stand for, besides expressions of calcml."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calcml.core.build import build, is_decimal
from calcml.core.errors import ParseError, ShapeError, UnsupportedError
from calcml.core.expr import CONDITIONS, ONE, ZERO, Expr, make
from calcml.core.shapes import shown
from calcml.functions.libraries import BACKEND, MODULES


@dataclass(frozen=True, slots=True)
class Path:
    """Something of a library, by its full name: numpy.linalg, or numpy.linalg.norm."""

    name: str

    @property
    def short(self) -> str:
        """The name that lines and rows have for it; empty where no library is known."""
        module, _, name = self.name.rpartition(".")
        short = MODULES.get(module)
        if short == "kb" and name not in BACKEND:
            short = "k"
        return f"{short}.{name}" if short else ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of an array."""

    of: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A module of layers as it was made, which waits for its inputs."""

    path: Path
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Local:
    """A function that the code defines, with the names around it."""

    node: ast.FunctionDef | ast.Lambda
    name: str
    scope: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Class:
    """A class that the code defines."""

    node: ast.ClassDef


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """An object of a class, of none for a lone method, and what it keeps."""

    node: ast.ClassDef | None
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of an object."""

    method: Local
    of: Instance


class Several(tuple[Any, ...]):
    """The results of a call that have names."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text, such as an option."""

    text: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A result that has no formula, and why."""

    why: str


NAN = Unread("nan is no number")


def scalar_of(value: Any) -> Expr:
    """A value that one can calculate with; a condition is 1 where it holds, else 0."""
    if isinstance(value, bool):
        return ONE if value else ZERO
    if isinstance(value, Unread):
        raise UnsupportedError(value.why)
    if not isinstance(value, Expr):
        raise ParseError(f"{told(value)} should be a number or an array here")
    if value.op in CONDITIONS:
        return build(CHOICE, (value, ONE, ZERO))
    return value


CHOICE = "where"


def condition_of(value: Any) -> Expr:
    """A value that must be a condition."""
    if isinstance(value, Expr) and value.op in CONDITIONS:
        return value
    raise ParseError(f"{told(value)} should be a condition, such as x > 0")


def truth_of(value: Any) -> Expr:
    """A condition, or that a number is not 0, which libraries take for one."""
    if isinstance(value, Expr) and value.op in CONDITIONS:
        return value
    return make("ne", (scalar_of(value), ZERO))


def whole(value: Any) -> int | None:
    """The whole number that a value is, if it is one: 0.0 is none for Python."""
    if not isinstance(value, Expr) or value.op != "number" or is_decimal(value):
        return None
    return int(value.value) if value.value % 1 == 0 else None


def axis_of(x: Expr, k: Any, rank: int | None = None) -> int:
    """The place of an axis that a number names, of an array or of `rank` axes."""
    count = len(x.dims) if rank is None else rank
    place = k if isinstance(k, int) else whole(k)
    if place is None or not -count <= place < count:
        raise ShapeError(f"there is no axis {k} in the shape {shown(x.dims)}")
    return place % count


def told(value: Any) -> str:
    """A value as a message calls it."""
    if isinstance(value, Expr):
        text = str(value)
        return text if len(text) <= 60 else "the value"
    if isinstance(value, Path):
        return value.name
    kinds = {
        Text: "a text", Method: "a method", Layer: "a layer", Local: "a function",
        Class: "a class", Instance: "an object", Bound: "a method",
    }  # fmt: skip
    return kinds.get(type(value), "this" if value is None else "what stands here")
