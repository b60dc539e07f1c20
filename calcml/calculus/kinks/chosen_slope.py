"""The slope that calcml's derivative has at a place."""

from __future__ import annotations

from collections.abc import Mapping

from calcml.algebra.simplify import simplify
from calcml.calculus.expansions import sides
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.calculus.kinks.limits import MOST_PARTS
from calcml.calculus.slopes import derivative
from calcml.core.build import substitute
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr, walk


class Taken:
    """The derivative as the chain rule makes it, and made short where that is needed.

    Simplifying may extend it to places where the first has no value.
    """

    def __init__(self, root: Expr, x: Expr) -> None:
        self.root, self.x = root, x
        self.values: Mapping[Expr, Expr] = {}
        self._spelled: list[Expr | None] = []

    def put(self, values: Mapping[Expr, Expr]) -> Taken:
        """The same derivative with values for other variables."""
        other = Taken(self.root, self.x)
        other.values = values
        return other

    def at(self, at: Coefficient, ring: Ring) -> Expr | None:
        """The slope at a place; None where it has no value or is not decided."""
        for turn in range(2):
            slope = self._slope(turn)
            if slope is None:
                return None
            try:
                value = sides.value_at(slope, self.x, at, ring)
            except (UndecidedError, UndefinedError):
                continue
            if value is not None:
                return expression(value)
        return None

    def _slope(self, turn: int) -> Expr | None:
        """The derivative as it was made (0) or made short (1)."""
        while len(self._spelled) <= turn:
            self._spelled.append(self._made(len(self._spelled)))
        return self._spelled[turn]

    def _made(self, turn: int) -> Expr | None:
        try:
            if turn == 0:
                return substitute(derivative(self.root, self.x), self.values)
            first = self._spelled[0]
            if first is None or len(walk(first)) > MOST_PARTS:
                return None
            return simplify(first)
        except CalcmlError:
            return None
