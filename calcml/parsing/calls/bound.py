"""Sums, products and so on over an index: sum(i, x[i]), sum(i, 0, n - 1, a[i]*x^i)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from calcml.core.build import div, neg
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import INF, ONE, ZERO, Expr, walk
from calcml.core.tensors import REDUCTIONS
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import Argument, Repeated, operand
from calcml.parsing.index_notation import (
    REDUCED,
    SUM_OVER,
    indices_in,
    is_place,
    over,
    sized_by,
)


def takes(
    name: str, arguments: Sequence[Argument], sizes: Callable[[], Collection[str]]
) -> bool:
    """Whether a call is one over an index, or over several in brackets.

    The index of a name that is a scalar function too, such as max, is one of elements
    in the term.
    """
    row = ARRAY_FUNCTIONS.get(name)
    if row is None or not (row.sums or row.averages) or len(arguments) not in (2, 4):
        return False
    first, *_, term = arguments
    if isinstance(first, Repeated):
        return True
    if not isinstance(first, Expr) or not isinstance(term, Expr):
        return False
    if first.op == "constant" and name not in SPELLINGS:
        raise ParseError(f"{first} is a constant; take another letter for the index")
    if first.op != "symbol" or first.dims:
        return False
    if name not in SPELLINGS or first.value in indices_in(term, sizes()):
        return True
    ends = arguments[1:-1]
    whole = [e for e in ends if isinstance(e, Expr) and is_place(e)]
    if len(whole) < 2 or whole[0].op != "number" or first not in walk(term):
        return False
    low, high = ends
    raise ParseError(
        f"{name}({first}, {low}, {high}, ...) may be over an index {first} or of "
        f"four values: for an index use it in an element, as in "
        f"{name}({first}, {low}, {high}, arange({high} + 1)[{first}]*t), for "
        f"values write {name}({low}, {high}, {first}, ...)"
    )


def call(name: str, arguments: Sequence[Argument]) -> Expr:
    """The node over an index that a call stands for."""
    row = ARRAY_FUNCTIONS[name]
    first, *bounds, term = arguments
    body = operand(term)
    if isinstance(first, Repeated):
        if bounds:
            raise ParseError(
                f"bounds belong to one index: write {name}(i, a, b, {name}(j, c, d, "
                "term))"
            )
        for index in (*first.more[::-1], first.times, first.variable):
            body = call(name, (index, body))
        return body
    index = operand(first)
    if index.op != "symbol" or index.dims:
        raise ParseError(f"{index} is no index; take a letter, as in {name}(i, x[i])")
    ends = tuple(map(operand, bounds))
    for end in ends:
        if end.op == "number" and end.value != int(end.value):
            raise ParseError(f"a bound of an index is a whole number, not {end}")
    numbers = [end.value for end in ends if end.op == "number"]
    if len(numbers) == 2 and numbers[1] < numbers[0]:
        return _of_none(name, row.of_none, ends)
    if row.averages:
        whole = over(SUM_OVER, index, ONE, ends) if ends else sized_by(index, body)
        return div(over(SUM_OVER, index, body, ends), whole)
    op = REDUCED[row.op] if row.op in REDUCTIONS else SUM_OVER
    return over(op, index, body, ends)


def _of_none(name: str, value: str, ends: Sequence[Expr]) -> Expr:
    """The value over no index at all."""
    if not value:
        raise UnsupportedError(
            f"{name} has no value over no index: the bounds are {ends[0]} and {ends[1]}"
        )
    return {"0": ZERO, "1": ONE, "-inf": neg(INF)}[value]
