"""Whether the terms of a sum that stays have changed their places."""

from __future__ import annotations

from collections.abc import Container, Sequence

from calcml.algebra.closed.ordered import ordered
from calcml.core.build import unsigned
from calcml.core.expr import Expr, walk
from calcml.core.flat import SUMS, signed_terms
from calcml.steps.limits import MOST_ORDERED

Terms = Sequence[tuple[int, Expr]]


def permuted(before: Expr, after: Expr) -> bool:
    """Whether a sum of `before` stands in `after` with its terms in another order."""
    old, new = walk(before), walk(after)
    if len(old) + len(new) > MOST_ORDERED:
        return False
    there, left = set(old), set(new)
    news = [n for n in _sums(new) if n not in there]
    if not news:
        return False
    same = there & left  # which need no other form to be compared
    gone = [terms(n, same) for n in _sums(old) if n not in left]
    kept = {frozenset(own): own for own in gone}
    for node in news:
        mine = terms(node, same)
        if kept.get(frozenset(mine), mine) != mine:
            return True
    return False


def _sums(nodes: Sequence[Expr]) -> list[Expr]:
    """The sums among the parts of an expression that are no terms of others."""
    sums = [n for n in nodes if n.op in SUMS]
    inner = {a for n in sums for a in n.args}
    return [n for n in sums if n not in inner]


def terms(node: Expr, same: Container[Expr] = ()) -> Terms:
    """The terms of a sum with their signs; the order of their factors is no matter.

    Those in `same` stay as they are.
    """
    if node.op not in SUMS:
        return ()
    return [
        _signed((sign, term if term in same else ordered(term)))
        for sign, term in signed_terms(node, SUMS)
    ]


def _signed(term: tuple[int, Expr]) -> tuple[int, Expr]:
    """A term with its sign apart: 4*x and -1 for -4*x."""
    sign, node = term
    turned = unsigned(node)
    return term if turned is None else (-sign, turned)
