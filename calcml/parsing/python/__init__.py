"""Python's code as formulas: it is parsed, never run, and nothing of it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr
from calcml.parsing.parser import Shapes
from calcml.parsing.python.module import Module
from calcml.parsing.python.source import Source

Read = tuple[Expr, dict[str, Expr], Mapping[str, Any]]


def parse_python(
    code: Any,
    symbols: Iterable[str] = (),
    shapes: Shapes | None = None,
    name: str | None = None,
    like: Any = None,
) -> Read:
    """The expression that code stands for, what it defines, the shapes of its arrays.

    The code is a text, or a function whose source is read. `symbols` are names that
    are variables here even if a constant or a default has the name, `name` is that of
    the function that is meant, `like` has samples of its arguments. Raises ParseError,
    UnsupportedError, ShapeError, DomainError or LimitError with the place.

    >>> parse_python("def f(x): return np.exp(-x**2)")[0]
    exp(-x^2)
    """
    asked = frozenset(symbols)
    if isinstance(code, str):
        module = Module(Source(code), asked, shapes, None, like)
    else:
        from calcml.parsing.python.callables import read_function

        module = read_function(code, asked, shapes, like)
    try:
        root = module.formula(name)
    except CalcmlError as error:
        raise error.at(module.source.text, (0, len(module.source.lines[0]))) from None
    free = root.free_symbols
    defined = {n: x for n, x in module.names.items() if n not in free}
    return root, defined, module.shapes
