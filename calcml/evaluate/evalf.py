"""Values of expressions at a point, by mpmath, to any number of digits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from calcml.core.budget import limited
from calcml.core.errors import DomainError, LimitError
from calcml.core.expr import ARRAYS, Expr, walk
from calcml.core.methods import METHODS
from calcml.evaluate import arrays
from calcml.evaluate.arrays.grid import is_nested
from calcml.evaluate.limits import MAX_DIGITS
from calcml.evaluate.pointwise import (
    Functions,
    confirmed,
    context,
    missing,
    read_number,
    told,
    value_of,
)
from calcml.parsing.rows import lower


@limited
def evalf(
    root: Expr,
    at: Mapping[Any, object] | None = None,
    digits: int = 15,
    functions: Functions | None = None,
) -> Any:
    """The value of `root` at a point, an mpmath number (a bool for a condition).

    The value of an array is a nested list of such numbers. `at` maps names to numbers
    or numerals, those of arrays to nested lists or NumPy arrays, from whose shapes the
    sizes are known; a float is read as it prints. Complex values are allowed, and come
    back as real where the imaginary part vanishes. `functions` gives unknown functions
    as callables on mpmath numbers. A second run with more digits confirms the first; a
    value that shrinks with every digit added is 0.

    Raises CalcmlError for a variable without a value, DomainError where there is no
    value, LimitError where it is too large to calculate with, ShapeError for an array
    of another shape than its variable's.
    """
    if not 1 <= digits <= MAX_DIGITS:
        raise LimitError(f"digits must be from 1 to {MAX_DIGITS:,}, not {digits}")
    at = {getattr(k, "value", k): v for k, v in (at or {}).items()}
    order = walk(lower(root, lambda row: row.mpmath is not None))
    if any(node.dims or node.op in ARRAYS for node in order):
        return arrays.values(root, at, digits, functions)
    return told([_value(order, at, digits, functions or {})], context())[0]


def nearest(root: Expr, at: Mapping[str, object]) -> float:
    """The double nearest to the value of `root`, infinite or 0 where that is beyond.

    Raises the errors of `evalf`, DomainError for a value that is not real.
    """
    value = _value(walk(lower(root, lambda row: row.mpmath is not None)), at, 20, {})
    if not isinstance(value, bool) and value.imag:
        raise DomainError("the value is not real")
    return value if isinstance(value, bool) else float(value)


def _value(
    order: list[Expr], at: Mapping[str, object], digits: int, functions: Functions
) -> Any:
    """The value of the last of `order`, of any size."""
    for node in order:
        if node.op == "symbol" and node.value not in at:
            raise missing(node)
    used = {node.value for node in order if node.op == "symbol"}
    point = {
        name: read_number(value)
        for name, value in at.items()
        if name in used or not is_nested(value)
    }
    m = context()
    return confirmed(partial(_run, order, point, functions, m), digits, m)[0]


def _run(
    order: list[Expr], point: Mapping[str, Any], functions: Functions, m: Any
) -> list[Any]:
    """The value of the last of `order` at the precision of `m`, or its Failure."""
    values: dict[Expr, Any] = {}
    for node in order:
        args = [values[a] for a in node.args]
        values[node] = value_of(node, args, point, functions, m)
    return [values[order[-1]]]


METHODS.update(evalf=evalf, nearest=nearest)
