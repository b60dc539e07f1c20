"""Elements and deltas in index notation: x[i + 1], A[0, :], delta(i, j)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from calcml.core import tensors
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import Expr
from calcml.parsing.arguments import Argument
from calcml.parsing.calls.unknown import no_element
from calcml.parsing.index_notation import at, is_open, kronecker, named


def element(x: Expr, parts: Sequence[Any]) -> Expr:
    """x[i, :, 0]: where a name is in each index, an element in index notation."""
    if not x.dims and all(isinstance(p, Expr) for p in parts):
        raise no_element(x, parts)
    if any(isinstance(p, Expr) and (p.dims or is_open(p)) for p in parts):
        raise UnsupportedError("an index is a number, a name or a slice, not an array")
    single = len(parts) == len(x.dims) and all(isinstance(p, Expr) for p in parts)
    if single and any(name != "None" for p in parts for name in named(p)):
        pairs = zip(parts, x.dims, strict=True)
        return at(x, [p if named(p) else tensors.place_of(p, n) for p, n in pairs])
    return tensors.index(x, [None if _none(p) else p for p in parts])


def _none(part: Any) -> bool:
    return isinstance(part, Expr) and part.op == "symbol" and part.value == "None"


def places(parts: Sequence[Any], sizes: Collection[str]) -> Iterator[str]:
    """The names of indices that stand as a place beside slices: the i of A[i, :]."""
    for part in parts:
        if isinstance(part, Expr) and not _none(part):
            lone = part.op == "symbol"
            yield from (n for n in named(part) if lone or n not in sizes)


def kronecker_of(arguments: Sequence[Argument]) -> Expr:
    """delta(i, j)."""
    if len(arguments) != 2 or any(
        not isinstance(a, Expr) or a.op != "symbol" or a.dims for a in arguments
    ):
        raise ParseError("delta takes two indices: delta(i, j)")
    i, j = arguments
    return kronecker(i, j)  # type: ignore[arg-type]
