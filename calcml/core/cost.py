"""What an expression costs to read: the operations that its printed form has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from calcml.core.build import IMAG
from calcml.core.expr import Expr, walk
from calcml.core.operations import EXP
from calcml.functions import FUNCTIONS

TOO_MUCH = 10_000  # for what is not to be written
FREE = frozenset(("symbol", "constant", "and", "or", "not", "turned", "part"))


class Cost:
    """Operations of written-out forms, remembered for one simplification.

    Every binary operator, unary minus, comparison and call counts one; a fraction
    has a division, a negative number a minus; a transpose or a part of an array counts
    nothing. A function of an angle that is not
    among the `familiar` ones counts one more: it must be worth its introduction. What
    is `barred` is worth none.
    """

    def __init__(
        self,
        familiar: Iterable[str] | None = None,
        barred: frozenset[str] = frozenset(),
    ) -> None:
        self._barred = barred
        self._known: dict[Expr, int] = {}
        self._strange: frozenset[str] = frozenset()
        if familiar is not None:
            self._strange = _of_angles() - frozenset(familiar)

    def __call__(self, root: Expr) -> int:
        known = self._known.get(root)
        if known is not None:
            return known
        found = self._known
        stack = [root]
        while stack:
            node = stack[-1]
            for arg in node.args:
                if arg not in found:
                    stack.append(arg)
                    break
            else:
                price = self.own(stack.pop())
                for arg in node.args:
                    price += found[arg]
                found[node] = price
        return found[root]

    def own(self, node: Expr) -> int:
        """What a node counts beside its arguments."""
        op = node.op
        if op == "number":
            text = node.text
            return ("/" in text) + (text[0] == "-")
        if op in FREE:
            return 0
        if op == "formal":
            return 1 + any(node.value[1])
        return 1 + (op in self._strange) + TOO_MUCH * (op in self._barred)

    def call(self, op: str) -> int:
        """What a call counts beside its argument."""
        return 1 + (op in self._strange) + TOO_MUCH * (op in self._barred)


def functions_of_angles(root: Expr) -> frozenset[str]:
    """The functions of angles that occur in an expression, and sec beside tan.

    Beside I, tan(x)^2 + 1 has factors that may be shared: there it stays. Of an
    exponential alone tanh is made as readily as sigmoid.
    """
    nodes = walk(root)
    ops = {node.op for node in nodes}
    there = _of_angles() & ops
    if EXP in ops and ops.isdisjoint(_folding()):
        there |= _of_angles() & _folding()
    if IMAG in nodes:
        return there
    return there | {new for old, new in _companions() if old in there}


@cache
def _companions() -> tuple[tuple[str, str], ...]:
    """Functions of a circle, and those with a definition whose slope has them, too."""
    rows = [row for row in FUNCTIONS.values() if row.circle]
    slopes = [(row.op, str(row.d[0])) for row in rows if row.by]
    return tuple([(f.op, op) for f in rows for op, d in slopes if f"{f.name}(" in d])


@cache
def _folding() -> frozenset[str]:
    """Functions that stand for an exponential."""
    return frozenset(row.op for row in FUNCTIONS.values() if row.folds)


@cache
def _of_angles() -> frozenset[str]:
    rows = FUNCTIONS.values()
    return frozenset(row.op for row in rows if row.circle or row.hyperbola)
