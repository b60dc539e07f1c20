"""Slices in index notation: they stay whole, x[1:3][i]."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.expr import Expr
from calcml.notation.indices import Indices
from calcml.tensors import Label, Operand, contract

Term = tuple[Expr, Indices]  # an array, and the index of each of its axes


def is_slice(node: Expr) -> bool:
    """Whether a contraction takes parts of its first operand's axes, nothing else."""
    x, *others = node.args
    labels, *rows = node.value.inputs
    if not others or any(other.op != "selector" for other in others):
        return False
    part = {old: new for new, old in rows}
    return tuple(part.get(k, k) for k in labels) == node.value.output


def sliced(terms: Sequence[Term], fresh: Sequence[Expr]) -> list[Term]:
    """The terms of a product, with selectors put into what they select from."""
    left = list(terms)
    for selector in [t for t in terms if t[0].op == "selector"]:
        new, old = selector[1]
        users = [t for t in left if old in t[1] and t is not selector]
        if old not in fresh or len(users) != 1 or users[0][1].count(old) != 1:
            continue
        ...
    return left


__all__ = ["Label", "Operand", "contract"]
