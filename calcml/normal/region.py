"""The part of an expression that is read as a quotient, down to its kernels."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from calcml.errors import LimitError
from calcml.expr import Expr
from calcml.functions import FUNCTIONS
from calcml.lower import definition
from calcml.normal.exponents import Vector
from calcml.normal.families import text
from calcml.terms import SUMS, Algebra

MAX_NODES = 1_500  # of an expression that is read
MAX_POWER = 200  # of a sum
MAX_UNFOLDED = 8  # times that the exponential of an inverse function is taken


class Region:
    """The nodes to read, parts first; `inner` ones are read with their only user.

    `parts` holds what each node is read from. Raises LimitError for long expressions.
    """

    def __init__(self, algebra: Algebra, roots: Sequence[Expr]) -> None:
        self.algebra = algebra
        self.parts: dict[Expr, tuple[Expr, ...]] = {}
        self.order, self.inner = self._walked(roots)

    def _walked(self, roots: Sequence[Expr]) -> tuple[list[Expr], set[Expr]]:
        """Nodes to read, parts first, and those read as part of a sum or product."""
        order: list[Expr] = []
        uses: dict[Expr, int] = dict.fromkeys(roots, 2)
        inside: set[Expr] = set()
        seen: set[Expr] = set()
        stack: list[tuple[Expr, bool]] = [(root, False) for root in reversed(roots)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                if len(seen) > MAX_NODES:
                    raise LimitError("the expression is too long to be read")
                way = kind(node)
                parts = self.parts[node] = self._read_into(node)
                stack.append((node, True))
                for part in reversed(parts):
                    uses[part] = uses.get(part, 0) + 1
                    if way and kind(part) == way:
                        inside.add(part)
                    stack.append((part, False))
        return order, {node for node in inside if uses[node] == 1}

    def _read_into(self, node: Expr) -> tuple[Expr, ...]:
        """The parts of a node that are quotients themselves."""
        if kind(node) or node.op == "sqrt":
            return node.args[:1] if node.op == "pow" else node.args
        if node.op == "pow":
            base, exponent = node.args
            if base.op == "number" and exponent.op == "number":
                return ()
            return (base,)
        if node.op == "exp":
            return tuple(part for part, _ in self.unfolded(node.args[0])[0])
        row = FUNCTIONS.get(node.op)
        if row is not None and row.recognised:
            return (definition(row)(node.args, node),)
        return ()

    def unfolded(self, exponent: Expr) -> tuple[list[tuple[Expr, int]], Vector]:
        """e^exponent as powers of what rows say exp is, and the exponent left."""
        left: Vector = {}
        found = []
        for c, _, term in self.algebra.terms_of(exponent):
            row, k = FUNCTIONS.get(term.op), Fraction(c)
            if row and row.exp and k.denominator == 1 and abs(k) <= MAX_UNFOLDED:
                inside = text(row.exp, (*row.params, "y"))
                found.append((inside(term.args, term), int(k)))
            else:
                left[term] = left.get(term, Fraction(0)) + k
        return found, left


def kind(node: Expr) -> str:
    """Whether a node is read as a sum, as a product, or as neither."""
    op = node.op
    if op in SUMS:
        return "sum"
    if op in ("mul", "div", "neg"):
        return "product"
    if op == "pow":
        exponent = node.args[1]
        if exponent.op == "number" and isinstance(exponent.value, int):
            if abs(exponent.value) > MAX_POWER and node.args[0].op in SUMS:
                raise LimitError("a power of a sum is too high")
            return "product"
    return ""
