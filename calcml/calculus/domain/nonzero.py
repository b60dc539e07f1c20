"""What it means that an expression is not 0: conditions on its parts."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.algebra.facts import Facts
from calcml.algebra.facts.row_facts import known
from calcml.algebra.piecewise import negated
from calcml.algebra.simplify import simplify
from calcml.algebra.terms import SUMS
from calcml.calculus.zeros.constants import is_closed, truth
from calcml.core.build import sub
from calcml.core.errors import or_none
from calcml.core.expr import CONDITIONS, ONE, ZERO, Expr, make, number, walk
from calcml.core.flat import joined, leaves
from calcml.core.operations import ABS, SQRT
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import definition


def told_apart(condition: Expr) -> Expr:
    """A condition in which products, roots and sums of squares are 0, or not, by parts.

    It is equal where all its parts have values.
    """
    done: dict[Expr, Expr] = {}
    for node in walk(condition):
        if node.op not in CONDITIONS:
            continue
        if node.op in ("eq", "ne") or _is_apart(node):
            difference = sub(*node.args)
            wholes = [*map(_short, _alone(difference))]
            parts = [condition for whole in wholes for condition in _factors(whole)]
            same = wholes[0].op in SUMS and parts == [make("ne", (wholes[0], ZERO))]
            found = None if same else joined("and", parts)
            if found is not None and node.op == "eq":
                found = negated(found)
            done[node] = node if found is None else found
        elif node.args[0].op in CONDITIONS:
            done[node] = _joined(node.op, [done[a] for a in node.args])
        else:
            done[node] = node
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


def _is_apart(comparison: Expr) -> bool:
    """Whether a sign means no more than that a part is not 0: of abs(x) > 0."""
    if comparison.op != "gt" or comparison.args[1] is not ZERO:
        return False
    return Facts().nonnegative(comparison.args[0])


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
    zeros = [x for x, y in known(row).points if y == 0] if row.monotone else []
    if zeros:
        return [sub(args[0], number(zeros[0]))]
    whole = definition(row)(args, part) if row.by else ONE
    return [whole.args[0]] if whole.op == SQRT else None


def _one(part: Expr) -> Expr:
    """A factor that is not 0; a sum of terms >= 0 is not if one of them is not."""
    terms, known = leaves(part, "add"), Facts()
    apart = [[make("ne", (p, ZERO)) for p in _parts(t)] for t in terms]
    if len(terms) < 2 or not all(map(known.nonnegative, terms)) or [] in apart:
        return make("ne", (part, ZERO))
    wholes = [joined("and", some) for some in apart]
    found = joined("or", [whole for whole in wholes if whole is not None])
    return part if found is None else found
