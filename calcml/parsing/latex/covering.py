"""Whether cases leave nothing out, of which none says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

from calcml.core.comparisons import COMPARISONS
from calcml.core.expr import Expr
from calcml.core.flat import leaves

MOST = 6  # sides that are compared; more are taken not to cover
_HOLDS = {
    "lt": (-1,),
    "le": (-1, 0),
    "gt": (1,),
    "ge": (0, 1),
    "eq": (0,),
    "ne": (-1, 1),
}


def cover(conditions: Sequence[Expr]) -> bool:
    """Whether one condition holds at least, whatever the signs of what is compared.

    Sides that numbers are compared with lie in the order of these.
    """
    tests = [t for c in conditions for o in leaves(c, "or") for t in leaves(o, "and")]
    if any(t.op not in COMPARISONS for t in tests):
        return False
    pairs = list(dict.fromkeys(t.args for t in tests))
    numbers: dict[Expr, list[Expr]] = {}
    others = []
    for a, b in pairs:
        if b.op == "number":
            numbers.setdefault(a, []).append(b)
        elif a.op == "number":
            numbers.setdefault(b, []).append(a)
        elif (b, a) not in others:
            others.append((a, b))
    if len(others) + sum(map(len, numbers.values())) > MOST:
        return False
    places = [[(x, p) for p in _places(ns)] for x, ns in numbers.items()]
    signs = [[(pair, s) for s in (-1, 0, 1)] for pair in others]
    for choice in product(*places, *signs):
        at = dict(choice)
        if not any(_holds(c, at) for c in conditions):
            return False
    return True


def _places(numbers: Sequence[Expr]) -> list[Any]:
    """Places at, between and beyond numbers."""
    known = sorted({n.value for n in numbers})
    between = [(a + b) / 2 for a, b in pairwise(known)]
    return [known[0] - 1, *known, *between, known[-1] + 1]


def _holds(condition: Expr, at: dict[Any, Any]) -> bool:
    if condition.op in ("or", "and"):
        parts = [_holds(a, at) for a in condition.args]
        return any(parts) if condition.op == "or" else all(parts)
    a, b = condition.args
    if (a, b) in at:
        sign = at[a, b]
    elif (b, a) in at:
        sign = -at[b, a]
    elif b.op == "number":
        sign = (at[a] > b.value) - (at[a] < b.value)
    else:
        sign = (a.value > at[b]) - (a.value < at[b])
    return sign in _HOLDS[condition.op]
