"""A branch's value simplified under the condition of the branch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.piecewise.limits import MOST_NODES, MOST_REWRITES
from calcml.algebra.rewrite import Scope, pattern, rewritten
from calcml.algebra.rules import RULES
from calcml.core.build import bottom_up, substitute
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr, walk


@cache
def guarded() -> frozenset[str]:
    """The operations that have a rule with a condition, and choices."""
    rules = map(pattern, RULES.values())
    found = [rule.left.op for rule in rules if rule.guard.condition is not None]
    return frozenset((*found, "where"))


def refinable(value: Expr) -> bool:
    """Whether facts could make a value shorter, and it is not too long for that."""
    if not value.args:
        return False
    order = walk(value)
    return len(order) <= MOST_NODES and not guarded().isdisjoint(
        [node.op for node in order]
    )


def refined(
    value: Expr, facts: Facts, scope: Scope, settle: Callable[[Expr], Expr]
) -> Expr:
    """A value where the facts hold, by the rules that they allow, and settled.

    It stays as it is where that leaves a part without a value: the branch has none.
    """
    inner = scope._replace(facts=lambda: facts)
    try:
        made = bottom_up(value, lambda _, node: _rewritten(node, facts, inner))
        return value if made is value else settle(made)
    except CalcmlError:
        return value


def _rewritten(node: Expr, facts: Facts, scope: Scope) -> Expr:
    for _ in range(MOST_REWRITES):
        if node.op == "where":
            condition, a, b = node.args
            truth = facts.decide(condition)
            if truth is not None and not conditions(condition):
                node = a if truth else b
                continue
        if node.op not in guarded():
            break
        found = rewritten(node, scope)
        if found is None:
            break
        node = found[1]
    return node


def continued(
    condition: Expr, value: Expr, other: Expr, settle: Callable[[Expr], Expr]
) -> bool:
    """Whether one value of x = c or not is the other's at c, where that has one."""
    if condition.op not in ("eq", "ne") or condition.args[0].op != "symbol":
        return False
    if len(walk(value, other)) > MOST_NODES:
        return False
    at, known = {condition.args[0]: condition.args[1]}, Facts()
    try:
        here, there = (settle(substitute(v, at)) for v in (value, other))
        asked = conditions(other if condition.op == "eq" else value)
        return here is there and all(
            known.decide(substitute(guard, at)) is True for guard in asked
        )
    except CalcmlError:
        return False
