"""Factors of a contraction that need no sum: known ones, and x - y beside y - x."""

from __future__ import annotations

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.product import Product
from calcml.core.build import neg
from calcml.core.expr import Expr, number
from calcml.core.tensors import UNIT, contract
from calcml.functions.arrays import ARRAY_OPERATIONS


def drop_parts_of_1(p: Product) -> None:
    """The elements of a softmax have the sum 1."""
    for k, (node, labels) in enumerate(p.factors):
        row = ARRAY_OPERATIONS.get(node.op)
        if row is not None and row.total == "1":
            summed = [labels[axis] for axis in node.value]
            if all(x not in p.out and p.uses(x) == [k] for x in summed):
                del p.factors[k]
                for x in summed:
                    p.sizes.pop(x, None)
                return


def use_known_sums(p: Product, s: Context) -> None:
    """A factor summed by itself, of which the sum is given."""
    if not s.equal or len(p.factors) < 2:
        return
    for k, (node, labels) in enumerate(p.factors):
        alone = [x for x in labels if x not in p.out and p.uses(x) == [k]]
        if not alone or UNIT in labels:
            continue
        left = [x for x in labels if x not in alone]
        known = s.equal.get(contract([(node, labels)], left, p.sizes))
        if known is not None:
            del p.factors[k]
            for x in alone:
                p.sizes.pop(x)
            p.add(known, tuple(left))
            return


def one_sign(p: Product, s: Context) -> None:
    """Of two factors x - y and y - x the second is the first with a sign."""
    sums = [node for node, _ in p.factors if node.op in ("add", "sub")]
    if len(set(sums)) < 2:
        return
    turned: dict[Expr, Expr] = {}
    for node in dict.fromkeys(sums):
        opposite = s.scalar(neg(node))
        if opposite in sums and opposite not in turned:
            turned[node] = opposite
    for k, (node, labels) in enumerate(p.factors):
        if node in turned:
            p.factors[k] = turned[node], labels
            p.scale.append(number(-1))
