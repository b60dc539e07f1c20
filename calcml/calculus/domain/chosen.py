"""Places where a function has a value and no one slope: the slope is a choice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from calcml.algebra.facts import read_condition
from calcml.calculus.branches.line import cut, line
from calcml.calculus.expansions.limits import equal, limit, slope
from calcml.calculus.limits import MOST_TIES
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, make, symbol, walk
from calcml.functions import FUNCTIONS, Row

TIE = "a tie"
NO_SLOPE = ("vertical tangent", "jump")  # said of places without a chosen slope


def chosen_at(root: Expr) -> list[Expr]:
    """Conditions of the places where a slope is chosen, as the rows state them."""
    found: dict[Expr, None] = {}
    order = walk(root)
    later = {node.args[2] for node in order if node.op == "where"}
    for node in order:
        row = FUNCTIONS.get(node.op)
        if node.op == "where" and node not in later:
            found |= dict.fromkeys(_joins(node))
        elif row is not None and row.kink and node.free_symbols:
            found |= dict.fromkeys(_of_row(row, node))
    return list(found)


def _of_row(row: Row, node: Expr) -> Iterator[Expr]:
    if row.kink.startswith(TIE):
        if len(node.args) <= MOST_TIES:
            yield from (make("eq", pair) for pair in combinations(node.args, 2))
        return
    put = {symbol(p): a for p, a in zip(row.params, node.args, strict=False)}
    for condition in _stated(row):
        yield substitute(condition, put)


@cache
def _stated(row: Row) -> tuple[Expr, ...]:
    """The places of a row's kinks, as conditions of its parameters."""
    found = []
    for part in row.kink.split(";"):
        places, _, what = part.partition(":")
        if what.strip() not in NO_SLOPE:
            for place in places.split(","):
                where = place.replace(" = ", " == ").strip()
                whole = where.removesuffix(" in integers")
                same = where if whole is where else f"{whole} == floor({whole})"
                found.append(read_condition(same, row.params))
    return tuple(found)


def _joins(node: Expr) -> Iterator[Expr]:
    """The places where branches meet whose values or slopes do not agree."""
    along = line(node, None)
    found = or_none(cut, along)
    if along is None or found is None:
        return
    branches = along.branches
    for i, place in enumerate(found.points):
        low, here, high = (branches[k] for k in found.rows[2 * i : 2 * i + 3])
        if low is here is high or _agree(along.u, place, low, here, high):
            continue
        yield make("eq", (along.back, place))


def _agree(u: Expr, place: Expr, low: Expr, here: Expr, high: Expr) -> bool:
    values = [limit(e, u, place) for e in (low, here, high)]
    slopes = [slope(e, u, place) for e in (low, high)]
    if None in values or None in slopes:
        return False
    known = [v for v in values if v is not None]
    both = [s for s in slopes if s is not None]
    return all(equal(v, known[0]) for v in known) and equal(*both) is True
