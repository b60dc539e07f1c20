"""The function table as a list for people: what there is, and its derivatives."""

from __future__ import annotations

from typing import Any

from calcml.algebra.simplify import simplify
from calcml.calculus.slopes import derivative
from calcml.core.errors import or_none
from calcml.core.expr import Expr, make, symbol
from calcml.functions import SPELLINGS, Row, rows
from calcml.functions.arrays import ARRAY_FUNCTIONS, ARRAY_OPERATIONS, ArrayRow
from calcml.parsing.calls import unknown
from calcml.printing import latex, text


def call(row: Row) -> Expr:
    """A call of the function with its parameters; of any number of arguments, two."""
    params = ("a", "b") if row.variadic else row.params
    first = symbol(params[0])
    if params[0] == "condition":
        first = make("gt", (symbol("x"), symbol("c")))
    return make(row.op, (first, *(symbol(p) for p in params[1:])))


def described(row: Row) -> dict[str, Any]:
    """What a person wants to know of a function, in text."""
    node = call(row)
    partials: dict[str, str | None] = {}
    for param in row.params[: 1 if row.variadic else None]:
        slope = or_none(derivative, node, symbol(param))
        partials[param] = None if slope is None else text(simplify(slope))
    partials.pop("condition", None)
    found = {"derivatives": partials, "domain": row.on, "kinks": row.kink}
    return (
        _common(row, row.family) | found | {"definition": row.by, "latex": latex(node)}
    )


def _common(row: Row | ArrayRow, family: str) -> dict[str, Any]:
    """What is told of functions of any kind."""
    names = {"name": row.name, "signature": row.signature, "family": family}
    return names | {"doc": row.doc, "aliases": list(row.aliases)}


def listing(names: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The functions of these names, or all of them, in the table's order.

    Raises UnsupportedError for a name that is none.
    """
    for name in names:
        if name not in SPELLINGS and name not in ARRAY_FUNCTIONS:
            raise unknown.function(name)
    wanted = (
        [row for name in names for row in SPELLINGS.get(name, ())]
        if names
        else list(rows())
    )
    arrays = [ARRAY_FUNCTIONS[name] for name in names if name in ARRAY_FUNCTIONS]
    if not names:
        arrays = list(ARRAY_OPERATIONS.values())
    return [*map(described, wanted), *map(of_arrays, arrays)]


def of_arrays(row: ArrayRow) -> dict[str, Any]:
    """What a person wants to know of a function of arrays."""
    slope = {row.params[0]: row.d} if row.d else {}
    found = {"derivatives": slope, "domain": "", "kinks": ""}
    return (
        _common(row, "arrays")
        | found
        | {"definition": row.by or None, "latex": row.tex}
    )
