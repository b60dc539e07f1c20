"""The slope that calcml's derivative has at a place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

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
from calcml.calculus.kinks.nearby import Nearby, Solver
from calcml.calculus.slopes import derivative
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, walk


class Taken:
    """The derivative as the chain rule makes it, and made short where that is needed.

    Simplifying may extend it to places where the first has no value.
    """

    def __init__(
        self,
        root: Expr,
        x: Expr,
        solve: Solver,
        values: Mapping[Expr, Expr] = MappingProxyType({}),
    ) -> None:
        self.root, self.x, self.values = root, x, values
        self.solve = solve
        self._nearby: dict[Expr, Nearby] = {}

    def put(self, values: Mapping[Expr, Expr]) -> Taken:
        """The same derivative with values for other variables."""
        return Taken(self.root, self.x, self.solve, values)

    def at(self, at: Coefficient, ring: Ring) -> Expr | None:
        """The slope at a place; None where it has no value or is not decided."""
        for name in ("_made", "_short"):
            slope = getattr(self, name)
            if slope is None:
                return None
            try:
                value = sides.value_at(self._near(slope, at), self.x, at, ring)
            except (UndecidedError, UndefinedError):
                continue
            if value is not None:
                return expression(value)
        return None

    def _near(self, slope: Expr, at: Coefficient) -> Expr:
        """The derivative as it is near a place."""
        if slope.free_symbols != {self.x.value}:
            return slope
        if slope not in self._nearby:
            self._nearby[slope] = Nearby(slope, self.x, self.solve)
        return self._nearby[slope].at(expression(at))

    @cached_property
    def _made(self) -> Expr | None:
        slope = or_none(derivative, self.root, self.x)
        if slope is not None:
            from calcml.calculus.at_points import with_values  # which asks for places

            slope = with_values(self.root, self.x, slope)
        return None if slope is None else or_none(substitute, slope, self.values)

    @cached_property
    def _short(self) -> Expr | None:
        made = self._made
        if made is None or len(walk(made)) > MOST_PARTS:
            return None
        return or_none(simplify, made)
