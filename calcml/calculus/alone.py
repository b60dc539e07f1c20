"""Whether the chain rule, row by row, has the slope of least norm of a formula."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.core.expr import TWO, Expr, walk
from calcml.core.flat import leaves
from calcml.core.operations import SQRT
from calcml.functions import FUNCTIONS

BENT = frozenset(r.op for r in FUNCTIONS.values() if r.kink or r.picks)
POWERS = frozenset(("pow", "mul"))  # of which a root may have a corner


def stand_alone(root: Expr, order: Sequence[Expr]) -> bool:
    """Whether each row with a corner is all that depends on its variables.

    Then the slope of least norm of each is that of the whole, but for a factor.
    `order` is `walk(root)`.

    >>> from calcml.parsing.parser import parse
    >>> for text in ("y*relu(w*x)", "max(x, y)", "x + relu(x - y)"):
    ...     print(stand_alone(f := parse(text), walk(f)))
    True
    True
    False
    """
    bent = [n for n in order if n.args and bends(n)]
    inside: set[Expr] = set()
    names: set[str] = set()
    for node in bent:
        if not _is_simple(node) or not names.isdisjoint(node.free_symbols):
            return False
        names |= node.free_symbols
        inside.update(walk(node))
    kept = inside.difference(bent)  # what nothing else may use
    return not any(
        a in kept and a.free_symbols for n in order if n not in inside for a in n.args
    )


def bends(node: Expr) -> bool:
    """Whether a node may have a corner of its own."""
    if node.op == SQRT:
        (inner,) = node.args
        return inner.op in POWERS or inner.op == "add" and _is_norm(inner)
    return node.op == "where" or node.op in BENT


def _is_norm(e: Expr) -> bool:
    """Whether all terms of a sum are squares, or numbers times squares."""
    numbers = [t.op == "mul" and t.args[0].op == "number" for t in leaves(e, "add")]
    terms = [
        t.args[1] if scaled else t
        for t, scaled in zip(leaves(e, "add"), numbers, strict=True)
    ]
    return all(t.op == "pow" and t.args[1] is TWO for t in terms)


def _is_simple(node: Expr) -> bool:
    """Whether one argument moves, or all that move are variables, as in max(x, y)."""
    moving = [a for a in node.args if a.free_symbols]
    if node.op in ("where", SQRT):
        return False
    if len(moving) == 1:
        return not any(bends(n) for n in walk(*moving) if n.args)
    apart = len(set(moving)) == len(moving)
    return bool(FUNCTIONS[node.op].picks) and apart and all(not a.args for a in moving)
