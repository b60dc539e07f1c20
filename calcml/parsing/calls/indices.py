"""Elements and deltas in index notation: x[i], A[0, :], delta(i, j)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.core import tensors
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import Expr
from calcml.parsing.arguments import Argument
from calcml.parsing.calls.unknown import no_element
from calcml.parsing.index_notation import at, kronecker


def element(x: Expr, parts: Sequence[Any]) -> Expr:
    """x[i, :, 0]: where an index is a bare name, an element in index notation."""
    if not x.dims and all(isinstance(p, Expr) for p in parts):
        raise no_element(x, parts)
    named = [p for p in parts if isinstance(p, Expr) and p.op == "symbol"]
    named = [p for p in named if p.value != "None"]
    if not named or any(p.dims for p in named):
        return tensors.index(x, [None if _none(p) else p for p in parts])
    whole = tensors.Slice(None, None)
    if all(isinstance(p, Expr) for p in parts) and len(parts) == len(x.dims):
        return at(x, list(parts))
    if whole in parts or len(parts) < len(x.dims):
        raise UnsupportedError(
            "a name as an index goes with an index for every axis: A[i, j]; "
            "a row is A[0, :]"
        )
    return at(x, list(parts))


def _none(part: Any) -> bool:
    return isinstance(part, Expr) and part.op == "symbol" and part.value == "None"


def kronecker_of(arguments: Sequence[Argument]) -> Expr:
    """delta(i, j)."""
    if len(arguments) != 2 or any(
        not isinstance(a, Expr) or a.op != "symbol" or a.dims for a in arguments
    ):
        raise ParseError("delta takes two indices: delta(i, j)")
    i, j = arguments
    return kronecker(i, j)  # type: ignore[arg-type]
