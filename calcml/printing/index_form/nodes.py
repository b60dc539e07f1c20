"""Surface nodes of index notation: elements, deltas, sums and reductions over an index.

An element is a node "at" of an array and its indices, as it is read. A sum over an
index is a node "sum_over" of the index and the body, and so is a reduction: a node
"max_index" for "max_over". An index is a scalar variable, or a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calcml.core.build import bottom_up, div, mul
from calcml.core.expr import MINUS_ONE, ONE, ZERO, Expr
from calcml.core.tensors import onehot
from calcml.parsing.index_notation import at, kronecker


def delta_of(i: Expr, j: Expr, size: Expr) -> Expr:
    """The element i, j of the unit matrix, its indices in the order of their names."""
    if i is j:
        return ONE
    if i.op == j.op == "symbol":
        return kronecker(*sorted((i, j), key=str))
    if i.op == j.op == "number":
        return ZERO
    place, index = (j, i) if i.op == "symbol" else (i, j)
    return at(onehot(place, size), (index,))


def renamed(root: Expr, names: Mapping[Expr, Expr]) -> Expr:
    """`root` with indices replaced; a delta of one index becomes 1."""

    def change(node: Expr, made: Expr) -> Expr:
        if node in names:
            return names[node]
        if made.op != "kronecker":
            return made
        i, j = made.args
        return delta_of(i, j, ONE)  # of two names, so the size is no matter

    return bottom_up(root, change)


def factors_of(root: Expr) -> list[Expr]:
    """The factors of a product, a divisor as 1/divisor."""
    found: list[Expr] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.op == "mul":
            stack += node.args[::-1]
        elif node.op == "neg":
            found.append(MINUS_ONE)
            stack.append(node.args[0])
        elif node.op == "div" and node.args[0] is not ONE:
            stack += [div(ONE, node.args[1]), node.args[0]]
        else:
            found.append(node)
    return found


def multiplied(factors: Iterable[Expr]) -> Expr:
    """The product of factors, divisors put below a fraction line."""
    above: Expr = ONE
    below: Expr = ONE
    for factor in factors:
        if factor.op == "div" and factor.args[0] is ONE:
            below = mul(below, factor.args[1])
        else:
            above = mul(above, factor)
    return div(above, below)


def deltas_of(root: Expr) -> list[Expr]:
    """The deltas among the factors of a product."""
    return [f for f in factors_of(root) if f.op == "kronecker"]
