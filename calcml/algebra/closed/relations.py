"""Forms in which the value of a special function is written by others that occur."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from calcml.algebra.closed.limits import MOST_SHIFTS
from calcml.algebra.definedness import conditions
from calcml.algebra.rewrite import VARIABLES, Pattern, pattern
from calcml.algebra.rules import RULES
from calcml.algebra.rules.rule import RELATED
from calcml.core.build import add, neg, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import LIGHT, ZERO, Expr, walk
from calcml.core.flat import walk_to
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
    for call in calls if len(calls) > 1 else ():
        for relation in _relations(call.op):
            others = set(calls) - {call}
            value = or_none(_by_others, call, relation, others, settle)
            if value is not None:
                sure = relation.guard.condition is None
                known = conditions(value) if sure else []
                yield settle(substitute(node, {call: value})), known


def fewer(new: Expr, old: Expr) -> bool:
    """Whether a form needs few enough values: erfc alone is not written by erf.

    It keeps the digits that a difference would lose.
    """
    before, after = ({n for n in walk(e) if n.op in SPECIAL} for e in (old, new))
    return new in after or len(after) < len(before) - 1


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
