"""What the rows of the function table say of a value, read once for each row."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from calcml.algebra.facts.interval import (
    EVERYTHING,
    INFINITY,
    Interval,
    meet,
    point,
    scale,
)
from calcml.algebra.facts.linear import Fact, linear, opposite, reciprocal, total
from calcml.algebra.facts.reading import read_condition
from calcml.core.build import sub, substitute
from calcml.core.errors import or_none
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, Expr, Number, symbol, walk
from calcml.core.flat import leaves
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.parsing.parser import parsed

VALUE = symbol("y")


class Known(NamedTuple):
    """The facts of a row: conditions hold for its parameters and its value."""

    values: Interval
    relations: tuple[Expr, ...]
    choices: tuple[tuple[Expr, Interval], ...]  # if the condition fails, the interval
    rising: int  # 1 or -1 for a monotone function, else 0
    points: tuple[tuple[Number, Number], ...]
    definition: Expr | None


@cache
def known(row: Row) -> Known:
    """The facts of a row, its texts parsed."""
    values, relations, choices = EVERYTHING, [], []
    for condition in conjuncts(row.range):
        names = condition.free_symbols
        if condition.op == "or":
            otherwise = bound(condition.args[1]) or EVERYTHING
            choices.append((condition.args[0], otherwise))
        elif names == {"y"}:
            values = meet(values, bound(condition) or EVERYTHING) or EVERYTHING
        else:
            relations.append(condition)
    return Known(
        values,
        tuple(relations),
        tuple(choices),
        {"up": 1, "down": -1, "": 0}[row.monotone],
        tuple(_points(row)),
        None if row.monotone else _definition(row),
    )


def conjuncts(text: str) -> list[Expr]:
    """The conditions of a row's `range`, one by one, in its order."""
    return leaves(read_condition(text), "and") if text else []


def bound(condition: Expr) -> Interval | None:
    """The values of `y` that a comparison with a number, or with a constant, allows."""
    if condition is parsed("y == floor(y)"):
        return EVERYTHING._replace(whole=True)
    form = linear(sub(*condition.args))
    if form is None or VALUE not in form:
        return None
    factor = -reciprocal(form.pop(VALUE))
    rest = total(form, lambda c: constant_interval(c.value))
    return None if rest is None else against(condition.op, scale(rest, factor), factor)


def against(op: str, limit: Interval, factor: Number) -> Interval:
    """What a term may be, if c*term - c*limit `op` 0, where `factor` has -c's sign."""
    if op == "eq":
        return limit
    if op == "ne":
        return EVERYTHING._replace(nonzero=limit.low == limit.high == 0)
    strict = op in ("lt", "gt")
    if (op in ("gt", "ge")) == (factor < 0):
        return Interval(limit.low, INFINITY, strict or limit.low_open, True)
    return Interval(-INFINITY, limit.high, True, strict or limit.high_open)


@cache
def constant_interval(name: str) -> Interval | None:
    """A constant between two decimals; None where it is no real number."""
    digits = CONSTANTS[name].digits
    if digits:
        places = len(digits.partition(".")[2])
        low = Fraction(digits)
        return Interval(low, low + Fraction(1, 10**places), True, True)
    return Interval(INFINITY, INFINITY, False, False) if name == "inf" else None


def _points(row: Row) -> Iterator[tuple[Number, Number]]:
    if not row.monotone:
        return
    for pair in row.places:
        x, y = (evaluate(parsed(text)) for text in pair)
        if x is not None and y is not None:
            yield x, y


def _definition(row: Row) -> Expr | None:
    """The row's definition, unless it leads back to the row itself."""
    if row.by is None or row.variadic:
        return None
    seen, stack = set(), [row]
    while stack:
        by = stack.pop().by
        for node in walk(parsed(by)) if by else ():
            if node.op == row.op:
                return None
            if node.op in FUNCTIONS and node.op not in seen:
                seen.add(node.op)
                stack.append(FUNCTIONS[node.op])
    return parsed(row.by, row.params)


# --- at one node -------------------------------------------------------------------


def arguments(row: Row, node: Expr) -> dict[Expr, Expr]:
    """The node's arguments by the row's parameters."""
    return {symbol(p): a for p, a in zip(row.params, node.args, strict=False)}


def stated(row: Row, condition: Expr, node: Expr) -> list[Expr]:
    """A condition of the row's `range` at a node: one, or one for each argument."""
    if not row.variadic:
        return [substitute(condition, arguments(row, node) | {VALUE: node})]
    each = [{VALUE: node, symbol("a"): arg} for arg in node.args]
    return [substitute(condition, values) for values in each]


@lru_cache(maxsize=500)
def relations(node: Expr) -> list[Fact]:
    """The linear facts that a node's row states of its value and its arguments."""
    row = FUNCTIONS.get(node.op)
    if row is None or not row.range:
        return []
    found = []
    for relation in known(row).relations:
        for comparison in stated(row, relation, node):
            found += facts_of(comparison)
    return found


def facts_of(comparison: Expr) -> list[Fact]:
    """The linear facts that a comparison is; none where it has too many terms."""
    form = linear(sub(*comparison.args))
    if form is None:
        return []
    op = comparison.op
    if op == "eq":
        return [Fact(form, False), Fact(opposite(form), False)]
    if op == "ne":
        return []
    strict = op in ("lt", "gt")
    return [Fact(form if op in ("gt", "ge") else opposite(form), strict)]


def needs(node: Expr) -> list[Expr]:
    """What must be known before a node's values are: arguments, differences, ..."""
    op, args = node.op, node.args
    if op in CONDITIONS:
        return list(args) if len(args) < 2 or op in ("and", "or") else [sub(*args)]
    row = FUNCTIONS.get(op)
    if row is None or not args or not (row.range or row.by):
        return list(args)
    definition = defined(row, node)
    found = [*args] if definition is None else [*args, definition]
    return found + [condition for condition, _ in choices(row, node)]


def defined(row: Row, node: Expr) -> Expr | None:
    """The definition of a call; None where there is none, or no value such as 1/0."""
    definition = known(row).definition
    if definition is None:
        return None
    return or_none(substitute, definition, arguments(row, node))


def choices(row: Row, node: Expr) -> list[tuple[Expr, Interval]]:
    """Conditions at a call, each with what its value is where the condition fails."""
    return [(stated(row, c, node)[0], values) for c, values in known(row).choices]


def monotone(facts: Known, arg: Interval) -> Interval | None:
    """What the known points of a monotone function's graph say of its value."""
    found: Interval | None = EVERYTHING
    for x, y in facts.points:
        above = arg.low > x or (arg.low == x and arg.low_open)
        below = arg.high < x or (arg.high == x and arg.high_open)
        nonzero = x == 0 and y == 0 and arg.without_zero
        side = Interval(-INFINITY, INFINITY, True, True, nonzero)
        if arg.low >= x:
            side = _side(y, facts.rising, above, nonzero)
        elif arg.high <= x:
            side = _side(y, -facts.rising, below, nonzero)
        if arg.low == arg.high == x:
            side = point(y)
        found = found and meet(found, side)
    return found


def _side(y: Number, sign: int, strict: bool, nonzero: bool) -> Interval:
    """From `y` upward or downward."""
    if sign > 0:
        return Interval(y, INFINITY, strict, True, nonzero)
    return Interval(-INFINITY, y, True, strict, nonzero)


def is_kinked(node: Expr) -> bool:
    """Whether a node is a choice, or a function whose row names a kink."""
    row = FUNCTIONS.get(node.op)
    return node.op == "where" or (row is not None and bool(row.kink))
