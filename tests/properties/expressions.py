"""Random expressions for Hypothesis: smooth ones, and ones of every row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from calcml import CalcmlError, parse, symbol
from calcml.core.expr import Expr, make
from calcml.functions import Row, rows

NAMES = ("x", "y", "z")
SMOOTH = [
    row
    for row in rows()
    if not row.variadic
    and row.family in ("elementary", "trigonometric", "hyperbolic", "activations")
]
EVERY = [row for row in rows() if row.op != "where" and row.family != "elliptic"]
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")

leaves = st.one_of(
    st.sampled_from([symbol(name) for name in NAMES]),
    st.integers(-3, 9).map(lambda n: parse(str(n))),
    st.sampled_from([parse(t) for t in ("0.5", "1/3", "pi", "e", "2.25")]),
)


def checked(build: Any) -> Expr:
    """What `build` makes, or 1 where it has no value (a division by 0)."""
    try:
        made: Expr = build()
    except CalcmlError:
        return parse("1")
    return made


def call(row: Row, args: list[Expr]) -> Expr:
    return make(row.op, tuple(args[: len(row.params) + row.variadic]))


def operation(sign: str, a: Expr, b: Expr) -> Expr:
    table = {"+": Expr.__add__, "-": Expr.__sub__, "*": Expr.__mul__}
    table |= {"/": Expr.__truediv__, "^": Expr.__pow__}
    return checked(lambda: table[sign](a, b))


def choice(comparison: str, a: Expr, b: Expr, c: Expr, d: Expr) -> Expr:
    return make("where", (make(comparison, (a, b)), c, d))


def made_of(
    table: Sequence[Row], exponents: Sequence[str], comparisons: Sequence[str]
) -> st.SearchStrategy[Expr]:
    """Expressions of these functions, exponents and comparisons."""
    powers = st.sampled_from([parse(text) for text in exponents])

    def branches(below: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        args = st.lists(below, min_size=4, max_size=4)
        return st.one_of(
            st.builds(operation, st.sampled_from("+-*/"), below, below),
            st.builds(operation, st.sampled_from("+-*"), below, below),
            st.builds(operation, st.just("^"), below, powers),
            st.builds(call, st.sampled_from(list(table)), args),
            st.builds(
                choice, st.sampled_from(list(comparisons)), below, below, below, below
            ),
        )

    return st.recursive(leaves, branches, max_leaves=12)


expressions = made_of(SMOOTH, ("2", "-1"), ("lt",))
wide = made_of(
    EVERY, ("2", "3", "-1", "-2", "1/2", "-1/2", "1/3", "3/2", "x"), COMPARISONS
)
