"""What the arguments of a public call may be, asked where one has failed.

A call that ends well costs nothing more, and an error of calcml's own stays what it is
where all arguments are of their kinds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from calcml.core.errors import UnsupportedError
from calcml.core.methods import METHODS

P = ParamSpec("P")
R = TypeVar("R")
RAW = AttributeError, KeyError, TypeError, ValueError  # how a wrong argument may end
LISTS = (list, tuple)
PATH = "str | os.PathLike[str]"
NO_FORMULAS = "bool", "int", "str", PATH

# By the annotation: what else than None and formulas it may be, and in words.
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "bool": ((bool,), "True or False"),
    "int": ((int,), "a whole number"),
    "str": ((str,), "a text"),
    "str | None": ((str,), "a text"),
    "Given": ((str, *LISTS), 'an assumption such as "x > 0", or a list of some'),
    "Sequence[str] | None": (LISTS, 'a list of assumptions such as "x > 0"'),
    "Shapes | None": ((Mapping,), 'sizes by names: {"A": "m n"}'),
    "Variable": ((str, *LISTS), "a variable or its name"),
    "Variable | Several | None": ((str, *LISTS), "a variable or its name, or a list"),
    "Variable | Several": ((str, *LISTS), "a variable or its name, or a list of some"),
    "str | Iterable[str]": ((str, Iterable), "names of variables"),
    "Mapping[str, Range] | None": ((Mapping,), 'bounds by names: {"x": (0, 1)}'),
    "list[Step] | None": ((list,), "a list, to which steps are added"),
    f"{PATH} | None": ((str, os.PathLike), "a table's name or a path"),
    PATH: ((str, os.PathLike), "a path"),
    "str | Iterable[str] | None": ((str, Iterable), "names of columns"),
    "Iterable[Asked]": ((Iterable,), "formulas and rows in a list"),
    "Executor | None": ((), "an executor of concurrent.futures"),
}


def checked(call: Callable[P, R]) -> Callable[P, R]:
    """A public call that says which argument is of a wrong kind: UnsupportedError."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if "sympy" in sys.modules:
            args, kwargs = brought(args), brought(kwargs)
        try:
            return call(*args, **kwargs)
        except RAW:
            refuse_misfits(call, args, kwargs)
            raise

    return run


def brought(arguments: Any) -> Any:
    """Arguments in which expressions stand for SymPy objects, in lists and alone."""
    return METHODS["brought"](arguments)


def refuse_misfits(
    call: Callable[..., object], args: Iterable[Any], kwargs: Mapping[str, Any]
) -> None:
    """UnsupportedError for the first argument that is not what its parameter takes."""
    import inspect  # only where a call has failed

    try:
        bound = inspect.signature(call).bind(*args, **kwargs)
    except TypeError:  # too many or too few of them: Python's error says so
        return
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].annotation
        if kind in KINDS and not _fits(value, kind):
            shown = f"{value!r:.40}"
            message = f"{name} is {shown}; it should be {KINDS[kind][1]}"
            raise UnsupportedError(message) from None


def _fits(value: Any, kind: str) -> bool:
    types, _ = KINDS[kind]
    if value is None:
        return kind.endswith("None")
    if isinstance(value, bool):
        return bool in types
    formula = hasattr(value, "free_symbols") and kind not in NO_FORMULAS
    executes = not types and hasattr(value, "submit")
    fits = isinstance(value, types) and not isinstance(value, bytes)
    return formula or executes or fits and not hasattr(value, "__array__")
