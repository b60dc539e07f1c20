"""The greatest or least of several: nested ones joined, what others pass left out."""

from __future__ import annotations

from itertools import permutations

from calcml.algebra.facts import Facts
from calcml.algebra.piecewise.limits import MOST_COMPARED
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import Expr, make
from calcml.functions import FUNCTIONS


def shortened(node: Expr, facts: Facts) -> tuple[str, Expr] | None:
    """A name for it, and the same extreme of fewer; None where none can go.

    >>> from calcml.parsing.parser import parse
    >>> shortened(parse("max(2, x, max(y, x + 1, 1))"), Facts())
    ('extreme', max(2, y, x + 1))
    """
    op, picks = node.op, FUNCTIONS[node.op].picks
    flat = [b for a in node.args for b in (a.args if a.op == op else (a,))]
    kept = list(dict.fromkeys(flat))
    if len(kept) > MOST_COMPARED:
        return None
    for a, b in permutations(kept, 2):
        if a in kept and b in kept and _passes(picks, a, b, facts):
            kept.remove(b)
    if len(kept) > 1 and tuple(kept) == node.args:
        return None
    return "extreme", kept[0] if len(kept) == 1 else make(op, tuple(kept))


def _passes(picks: str, a: Expr, b: Expr, facts: Facts) -> bool:
    """Whether the first is picked of two wherever they are."""
    if a.op == b.op == "number":
        return bool(ARITHMETIC[picks](a.value, b.value))
    return facts.decide(make(picks, (a, b))) is True
