"""The conditions under which an expression is defined and real."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from calcml.core.build import substitute
from calcml.core.exact import evaluate, rules_of_rows
from calcml.core.expr import ARRAYS, ZERO, Expr, make, symbol, walk
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed


def conditions(root: Expr) -> list[Expr]:
    """The conditions under which `root` is defined and real, inner parts first.

    What only one branch of a choice needs is asked for only where that branch is taken,
    and what stands beside where(c, a, 0) in a product only where c holds: so chain
    rules write the slope of a branch.
    """
    order = walk(root)
    gates = _gates(order)
    taken: dict[Expr, Expr | None] = {root: None}  # when a node's value is used
    found: list[Expr] = []
    for node in reversed(order):
        when = taken[node]
        guard = guard_of(node)
        if guard is not None:
            asked = _both(when, gates.get(node.args[0])) if node.op == "div" else when
            if asked is not None:
                guard = make("or", (make("not", (asked,)), guard))
            found.append(guard)
        for place, arg in enumerate(node.args):
            # Elements of an array are used otherwise than what is made of all of them.
            use = None if node.op in ARRAYS else _branch(node, place, when)
            if gates and node.op in ("mul", "div") and arg not in gates:
                use = _both(use, gates.get(node.args[1 - place]))
            taken[arg] = _either(taken[arg], use) if arg in taken else use
    return list(dict.fromkeys(reversed(found)))


def _gates(order: Sequence[Expr]) -> dict[Expr, Expr]:
    """Products with a factor where(c, a, 0), each with c: else they are 0."""
    found: dict[Expr, Expr] = {}
    for node in order:
        if node.op == "where" and ZERO in node.args[1:]:
            condition = node.args[0]
            chosen = node.args[2] is ZERO
            found[node] = condition if chosen else make("not", (condition,))
        elif node.op in ("mul", "div", "neg") and found:
            inner = node.args if node.op == "mul" else node.args[:1]
            gate = _both(found.get(inner[0]), found.get(inner[-1]))
            if gate is not None:
                found[node] = gate
    return found


def _both(a: Expr | None, b: Expr | None) -> Expr | None:
    if a is None or b is None:
        return b if a is None else a
    return a if a is b or a.dims != b.dims else make("and", (a, b))


def _branch(node: Expr, place: int, when: Expr | None) -> Expr | None:
    """When the argument at `place` is used, if `node` is used `when`."""
    if node.op != "where" or place == 0:
        return when
    chosen = node.args[0] if place == 1 else make("not", (node.args[0],))
    return _both(when, chosen)


def _either(a: Expr | None, b: Expr | None) -> Expr | None:
    if a is None or b is None or a.dims != b.dims:
        return None
    return a if a is b else make("or", (a, b))


def guard_of(node: Expr) -> Expr | None:
    """The condition of one operation on its arguments; None where it always holds."""
    row = FUNCTIONS.get(node.op)
    if row is None or not row.on:
        return None
    if node.op == "pow" and node.args[1].op == "number":
        return _power_guard(*node.args)
    on, params = _parsed(row)
    used = {p: a for p, a in zip(params, node.args, strict=True) if p is not None}
    guard = substitute(on, used)
    known = all(a.op == "number" for a in used.values()) and (
        evaluate(guard, rules_of_rows())
    )
    return None if known is True else guard


def _power_guard(base: Expr, exponent: Expr) -> Expr | None:
    """A number as the exponent asks less of the base than the row does."""
    whole = exponent.value.denominator == 1
    if exponent.value < 0:
        return make("ne" if whole else "gt", (base, ZERO))
    return None if whole else make("ge", (base, ZERO))


@cache
def _parsed(row: Row) -> tuple[Expr, list[Expr | None]]:
    """The condition of a row, and its parameters, None for those that do not occur."""
    on = parsed(row.on, row.params)
    occurring = on.free_symbols
    return on, [symbol(p) if p in occurring else None for p in row.params]
