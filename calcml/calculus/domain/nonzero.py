"""What it means that an expression is not 0: conditions on its parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from calcml.algebra.facts import Facts
from calcml.algebra.facts.row_facts import known
from calcml.algebra.piecewise import negated
from calcml.algebra.simplify import simplify
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.constants import is_closed, truth
from calcml.core.build import mul, sub
from calcml.core.comparisons import ORDERED
from calcml.core.errors import or_none
from calcml.core.expr import (
    CONDITIONS,
    ONE,
    ZERO,
    Expr,
    Number,
    make,
    number,
    symbol,
    walk,
)
from calcml.core.flat import SUMS, joined, leaves
from calcml.core.operations import ABS, SQRT
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.rows import definition


def told_apart(condition: Expr) -> Expr:
    """A condition in which products, roots and sums of squares are 0, or not, by parts.

    It is equal where all its parts have values.
    """
    done: dict[Expr, Expr] = {}
    for whole in walk(condition):
        if whole.op not in CONDITIONS:
            continue
        node = _signed(whole) if whole.op in ORDERED else whole
        if node.op in ("eq", "ne"):
            difference = sub(*node.args)
            factors = [*map(_short, _alone(difference))]
            parts = [condition for part in factors for condition in _factors(part)]
            same = factors[0].op in SUMS and parts == [make("ne", (factors[0], ZERO))]
            found = None if same else joined("and", parts)
            if found is not None and node.op == "eq":
                found = negated(found)
            done[whole] = node if found is None else found
        elif node.args[0].op in CONDITIONS:
            done[whole] = _joined(node.op, [done[a] for a in node.args])
        else:
            done[whole] = node
    return done[condition]


def _joined(op: str, parts: Sequence[Expr]) -> Expr:
    """Conditions joined, or the one that is left where the truth of others is known."""
    if op != "not":
        truths = {part: truth(part) for part in parts if is_closed(part)}
        rest = [p for p in parts if truths.get(p) is not (op == "and")]
        decisive = [p for p in rest if truths.get(p) is (op == "or")]
        if decisive or len(rest) < len(parts):
            return [*decisive, *rest, *parts][0]
    return make(op, tuple(parts))


def _short(part: Expr) -> Expr:
    short = or_none(simplify, part)
    return part if short is None else short


def _alone(difference: Expr) -> list[Expr]:
    """The factors of a product of polynomials, each of which is made short alone."""
    factors = leaves(difference, "mul")
    return factors if all(map(_in_polynomials, walk(*factors))) else [difference]


def _in_polynomials(node: Expr) -> bool:
    power = node.op == "pow" and _inner(node) is not None
    return power or node.op in ("add", "sub", "mul", "neg") or not node.args


def _signed(comparison: Expr) -> Expr:
    """A comparison by what has the sign of its difference: x > a for (x - a)^3 > 0.

    It may mean no more than that a part is 0, or not: abs(x) > 0, (x - a)^2 <= 0.
    """
    op, difference, known = comparison.op, sub(*comparison.args), Facts()
    for is_sided, apart, met in (
        (known.nonnegative, "gt", "le"),
        (known.nonpositive, "lt", "ge"),
    ):
        if op in (apart, met) and is_sided(difference):
            return make("ne" if op == apart else "eq", (difference, ZERO))
    parts = [_of_sign(part) for part in leaves(difference, "mul")]
    whole = reduce(mul, parts)
    return comparison if whole is difference else make(op, (whole, ZERO))


def _of_sign(part: Expr) -> Expr:
    """What has the same sign: u of u^3, of cbrt(u) and of sinh(u)."""
    while True:
        op, args, row = part.op, part.args, FUNCTIONS.get(part.op)
        met = _zeros(row) if row is not None and row.monotone == "up" else []
        odd = op == "pow" and args[1].op == "number" and args[1].value % 2 == 1
        if met:
            part = sub(args[0], number(met[0]))
        elif odd:
            part = args[0]
        else:
            return part


def _zeros(row: Row) -> list[Number]:
    """Where the graph of a row is known to meet 0."""
    return [x for x, y in known(row).points if y == 0]


def _factors(node: Expr) -> list[Expr]:
    """The conditions under which no factor of an expression is 0."""
    return [_one(part) for part in _parts(node)]


def _parts(node: Expr) -> list[Expr]:
    """The parts of which none may be 0, none of them a product, a power or a root."""
    found, stack = [], [node]
    while stack:
        part = stack.pop()
        inner = _inner(part)
        if inner is not None:
            stack += inner
        elif part.op != "number" or not part.value:
            found.append(part)
    return found


def _inner(part: Expr) -> list[Expr] | None:
    """The parts of which none may be 0, for the whole not to be; None for a sum."""
    op, args = part.op, part.args
    if op == "mul":
        return list(args[::-1])
    positive = op == "pow" and args[1].op == "number" and args[1].value > 0
    if op in ("div", "neg", ABS) or positive:
        return [args[0]]
    row = FUNCTIONS.get(op)
    if row is None or row.variadic:
        return None
    met = _zeros(row) if row.monotone else []
    if met:
        return [sub(args[0], number(met[0]))]
    whole = definition(row)(args, part) if row.by else ONE
    return [whole.args[0]] if whole.op == SQRT else None


def _one(part: Expr) -> Expr:
    """A factor that is not 0; a sum of terms >= 0 is not if one of them is not."""
    terms, known = leaves(part, "add"), Facts()
    if (
        len(part.free_symbols) == 1
        and zeros(part, symbol(min(part.free_symbols))).alone
    ):
        return make("ne", (part, ZERO))  # which is solved
    apart = [[make("ne", (p, ZERO)) for p in _parts(t)] for t in terms]
    if len(terms) < 2 or not all(map(known.nonnegative, terms)) or [] in apart:
        return make("ne", (part, ZERO))
    wholes = [joined("and", some) for some in apart]
    found = joined("or", [whole for whole in wholes if whole is not None])
    return part if found is None else found
