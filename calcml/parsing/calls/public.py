"""Rows of the function tables as Python functions: `calcml.sin(x)`."""

from __future__ import annotations

from collections.abc import Callable

from calcml.core.arguments import checked
from calcml.core.expr import Expr
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing import parser
from calcml.parsing.arguments import Argument, Keyword
from calcml.parsing.calls import arrays
from calcml.parsing.inputs import Formula, formula


def has_row(name: str) -> bool:
    """Whether a name is one of a function, of scalars or of arrays."""
    return name in SPELLINGS or name in ARRAY_FUNCTIONS


def caller(name: str) -> Callable[..., Expr]:
    """The function that builds calls of `name`, which has a row."""
    rows = SPELLINGS.get(name, [])
    doc = rows[0].doc if rows else ARRAY_FUNCTIONS[name].doc

    @checked
    def call(*args: Formula, **options: Formula) -> Expr:
        given: list[Argument] = [_argument(a) for a in args]
        for key, value in options.items():
            text = isinstance(value, str) and any(key in r.options for r in rows)
            plain = text or key in ("axis", "keepdims") and name in ARRAY_FUNCTIONS
            given.append(Keyword(key, value if plain else formula(value)))
        if arrays.takes(name, given):
            return arrays.call(name, given, parser.defined)
        return parser.call(rows, name, given)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = doc
    return call


def _argument(value: Formula) -> Expr:
    """An argument of a call: a formula, or the condition of a choice."""
    if isinstance(value, str):
        return parser.parse(value)
    return value if isinstance(value, Expr) else formula(value)
