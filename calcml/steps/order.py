"""Whether the terms of a sum that stays have changed their places."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.algebra.closed.ordered import ordered
from calcml.algebra.terms import SUMS
from calcml.core.build import unsigned
from calcml.core.expr import Expr, walk
from calcml.core.flat import signed_terms
from calcml.steps.limits import MOST_ORDERED

Terms = Sequence[tuple[int, Expr]]


def permuted(before: Expr, after: Expr) -> bool:
    """Whether a sum of `before` stands in `after` with its terms in another order."""
    old, new = walk(before), walk(after)
    if len(old) + len(new) > MOST_ORDERED:
        return False
    there, left = set(old), set(new)
    news = [n for n in new if n.op in SUMS and n not in there]
    if not news:
        return False
    gone = [terms(n) for n in old if n.op in SUMS and n not in left]
    kept = {frozenset(own): own for own in gone}
    for node in news:
        mine = terms(node)
        if kept.get(frozenset(mine), mine) != mine:
            return True
    return False


def terms(node: Expr) -> Terms:
    """The terms of a sum with their signs; the order of their factors is no matter."""
    if node.op not in SUMS:
        return ()
    return [_signed((sign, ordered(term))) for sign, term in signed_terms(node, SUMS)]


def _signed(term: tuple[int, Expr]) -> tuple[int, Expr]:
    """A term with its sign apart: 4*x and -1 for -4*x."""
    sign, node = term
    turned = unsigned(node)
    return term if turned is None else (-sign, turned)
