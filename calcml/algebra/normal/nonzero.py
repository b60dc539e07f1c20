"""What is not 0 wherever an expression has a value: by that alone a form may divide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.algebra.definedness import conditions
from calcml.algebra.normal.families import CURVES, functions_on
from calcml.algebra.real_factors import SIGNED, RealAlgebra
from calcml.algebra.terms import Algebra
from calcml.core.comparisons import STRICT
from calcml.core.expr import ZERO, E, Expr, make, walk
from calcml.core.operations import EXP
from calcml.functions import FUNCTIONS


def nonzero(roots: Sequence[Expr], algebra: Algebra) -> set[Expr]:
    """Nodes that are not 0 where all the roots have values, and factors of them."""
    found: set[Expr] = set()
    for root in roots:
        for condition in conditions(root):
            if condition.op in STRICT and ZERO in condition.args:
                found.update(_with_factors(condition.args, algebra))
        for node in walk(root):
            row = FUNCTIONS.get(node.op)
            for curve in CURVES if row is not None else ():
                formula = getattr(row, curve)
                if "/" in formula:
                    op = functions_on(curve)[formula[-1]]
                    found.add(make(op, node.args))
    found.discard(ZERO)
    return found


def below(node: Expr) -> tuple[Expr, ...]:
    """What a node divides by."""
    if node.op == "div":
        return node.args[1:]
    if node.op == "pow" and node.args[1].op == "number" and node.args[1].value < 0:
        return node.args[:1]
    return ()


def _with_factors(nodes: Iterable[Expr], algebra: Algebra) -> Iterable[Expr]:
    for node in nodes:
        yield node
        if node is not ZERO:
            for base in algebra.product_of(node).factors:
                yield base
                if base.op in SIGNED and isinstance(algebra, RealAlgebra):
                    yield from algebra.inside(base)[1]


def never_zero(node: Expr, known: set[Expr], algebra: Algebra) -> bool:
    """Whether a node is a product of factors that are known not to be 0."""
    return node in known or all(
        base in known
        or base is E
        or base.op == EXP
        or (base.op == "number" and base is not ZERO)
        for base in algebra.product_of(node).factors
    )
