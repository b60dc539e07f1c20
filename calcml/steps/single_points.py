"""The values that a derivative has at single points, told after its formula."""

from __future__ import annotations

from collections.abc import Iterator

from calcml.core.build import rebuilt
from calcml.core.expr import Expr, walk
from calcml.printing import text
from calcml.steps.chain_rule import Line


def without_values(told: Expr, result: Expr) -> Expr:
    """The result but for values at single points that what was told has not."""
    nodes = walk(result)
    there = set(walk(told))
    news = [n for n in nodes if _at_a_point(n) and n.args[0] not in there]
    if not news:
        return result
    done: dict[Expr, Expr] = {}
    for node in nodes:
        done[node] = done[node.args[2]] if node in news else rebuilt(node, done)
    return done[result]


def values(formula: Expr, result: Expr) -> Iterator[Line]:
    """The line in which a formula gets its values at single points, if it gets any."""
    if formula is not result:
        there = set(walk(formula))
        news = [n.args[0] for n in walk(result) if _at_a_point(n) and n not in there]
        where = ", ".join(map(text, dict.fromkeys(news)))
        yield Line([f"value where {where}"], formula, result, formula, result)


def _at_a_point(node: Expr) -> bool:
    return node.op == "where" and node.args[0].op == "eq"
