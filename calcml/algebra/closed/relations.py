"""Forms in which the value of a special function is written by others that occur."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import permutations

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.limits import MOST_SHIFTS
from calcml.algebra.definedness import conditions
from calcml.algebra.rewrite import VARIABLES, Pattern, pattern
from calcml.algebra.rules import RULES
from calcml.algebra.rules.rule import RELATED
from calcml.algebra.terms import is_whole
from calcml.core.build import add, mul, neg, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import LIGHT, ZERO, E, Expr, make, walk
from calcml.core.flat import SUMS, walk_to
from calcml.core.operations import EXP, LOG
from calcml.functions import SPELLINGS

Settle = Callable[[Expr], Expr]
SOLVED = {"add": sub, "sub": add}  # u = a + 1 means a = u - 1
NAMES = {r.left.partition("(")[0] for r in RULES.values() if r.stage == RELATED}
SPECIAL = frozenset(row.op for name in NAMES for row in SPELLINGS[name])


@cache
def _relations(op: str) -> list[Pattern]:
    """The relations with an operation on the left side."""
    made = [pattern(rule) for rule in RULES.values() if rule.stage == RELATED]
    return [relation for relation in made if relation.left.op == op]


def related(node: Expr, settle: Settle) -> Iterator[tuple[Expr, list[Expr]]]:
    """`node` with one value by others of its sum or product, for each relation.

    And the conditions that hold where `node` is defined, as the relation says.
    """
    kernels = [n for n in walk_to(node, _is_kernel) if _is_kernel(n)]
    calls = [n for n in kernels if n.op in SPECIAL]
    for call in calls:
        for relation in _relations(call.op):
            others = set(kernels) - {call}
            way = _by_others if len(calls) > 1 else _by_next
            value = or_none(way, call, relation, others, settle)
            if value is not None:
                sure = relation.guard.condition is None
                known = conditions(value) if sure else []
                yield settle(substitute(node, {call: value})), known


def are_tied(order: Iterable[Expr]) -> bool:
    """Whether the exponents of two exponentials have sums below other operations."""
    return sum([_is_nested(node) for node in order]) > 1


def tied(
    node: Expr, closed: Settle, settle: Settle
) -> Iterator[tuple[Expr, list[Expr]]]:
    """`node` with one exponential by another, whose exponent is so far from its own.

    Of exp(-d^2/2) and exp(-(d - s)^2/2) one is the other, times exp(d*s - s^2/2).
    """
    powers = [n for n in walk_to(node, _is_kernel) if _is_nested(n)]
    for one, other in permutations(powers, 2):
        step = closed(settle(sub(other.args[0], one.args[0])))
        if len(walk(step)) < len(walk(other.args[0])):
            value = mul(one, settle(make(EXP, (step,))))
            yield settle(substitute(node, {other: value})), []


def _is_nested(node: Expr) -> bool:
    """Whether an exponent has a sum that is not one of its own terms."""
    if node.op != EXP:
        return False
    stack = [node.args[0]]
    while stack:
        part = stack.pop()
        if part.op in SUMS or part.op == "neg":
            stack += part.args
        elif any(n.op in SUMS for n in walk_to(part, _is_kernel)):
            return True
    return False


def fewer(new: Expr, old: Expr) -> bool:
    """Whether a form needs few enough values: erfc alone is not written by erf.

    It keeps the digits that a difference would lose. The same values are enough.
    """
    before, after = ({n for n in walk(e) if n.op in SPECIAL} for e in (old, new))
    few = len(after) < len(before) - 1 or len(after) == len(before) == 1
    return few or new in after or after == before


def _is_kernel(node: Expr) -> bool:
    return node.op not in LIGHT


def _by_others(
    call: Expr, relation: Pattern, others: set[Expr], settle: Settle
) -> Expr | None:
    """A value by those that are there, by one relation several times if need be."""
    value = call
    for _ in range(MOST_SHIFTS):
        bound = _bound(relation.left, call, settle)
        if bound is None:
            return None
        args = tuple([bound.get(name, ZERO) for name in VARIABLES])
        right = settle(relation.right(args, call))
        value = substitute(value, {call: right})
        calls = [n for n in walk(right) if n.op in SPECIAL]
        missing = [n for n in calls if n not in others]
        if len(missing) < len(calls) and all(n.op != call.op for n in missing):
            return value
        if len(calls) != 1:
            return None
        (call,) = calls
    return None


def _by_next(
    call: Expr, relation: Pattern, others: set[Expr], settle: Settle
) -> Expr | None:
    """A value by its neighbour and by exponentials that are there."""
    bound = _bound(relation.left, call, settle)
    if bound is None:
        return None
    args = tuple([bound.get(name, ZERO) for name in VARIABLES])
    right = settle(relation.right(args, call))
    beside = {n for n in walk_to(right, _is_kernel) if n.op == EXP}
    calls = [n for n in walk(right) if n.op in SPECIAL]
    alike = len(calls) == 1 and calls[0].op == call.op
    return right if alike and beside and beside <= others else None


def _bound(left: Expr, call: Expr, settle: Settle) -> dict[str, Expr] | None:
    """What each letter of a left side stands for: a is u - 1 where a + 1 is u."""
    bound: dict[str, Expr] = {}
    for own, arg in zip(left.args, call.args, strict=True):
        if own.op == "symbol":
            bound[own.value] = arg
        elif own.op == "neg":
            bound[own.args[0].value] = settle(neg(arg))
        elif own.op in SOLVED:
            bound[own.args[0].value] = settle(SOLVED[own.op](arg, own.args[1]))
        elif own is not arg:
            return None
    return bound


def by_logarithms(node: Expr, tidier: Tidier) -> Iterator[Expr]:
    """exp(u)/S as exp(u - log(S)), where the logarithm of S is a function of its own.

    S is a sum of exponentials, which overflow where their quotient does not.
    """
    algebra = tidier.algebra
    terms = algebra.terms_of(node) if node.op in SUMS else [(1, False, node)]
    made = [(c, _by_logarithm(term, tidier)) for c, _, term in terms]
    if any(new is not term for (_, new), (_, _, term) in zip(made, terms, strict=True)):
        yield algebra.total(made)


def _by_logarithm(node: Expr, tidier: Tidier) -> Expr:
    algebra = tidier.algebra
    coefficient, dotted, factors = algebra.product_of(node)
    for base, power in factors.items() if E in factors else ():
        if base.op not in SUMS or not is_whole(power) or power.value > 0:
            continue
        parts = [
            (c, algebra.product_of(t).factors) for c, _, t in algebra.terms_of(base)
        ]
        if any(c != 1 or part.keys() != {E} for c, part in parts):
            continue
        log = tidier.function(LOG, (base,))
        if log.op != LOG:
            exponent = algebra.total([(1, factors[E]), (power.value, log)])
            kept = {b: e for b, e in factors.items() if b is not base}
            return algebra.product(coefficient, dotted, kept | {E: exponent})
    return node
