"""A function beside a point, by one pass over its graph.

Each choice is taken as it falls on that side: for x = place + side*t and a small t > 0.
The side 0 is the place itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from calcml.conditions import guard_of
from calcml.errors import CalcmlError
from calcml.expr import CONDITIONS, Expr, walk
from calcml.functions import FUNCTIONS, Row
from calcml.kinks import calls
from calcml.kinks.choices import Choices
from calcml.kinks.coefficients import (
    Coefficient,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.kinks.memo import Truth
from calcml.kinks.series import CONSTANT, Series
from calcml.light import rebuild


class Local(Choices):
    """The series of the parts of an expression on one side of a place."""

    def _of(self, node: Expr) -> Series | Truth:
        if node.op in CONDITIONS:
            return self._condition(node)
        if node is self.x:
            return self._variable()
        if not self.has_x(node):
            return self.arithmetic.constant(self.ring.value(node))
        guard = guard_of(node)
        if guard is not None:
            self._ask(guard)
        special = SPECIAL.get(node.op)
        if special is not None:
            return special(self, node)
        return self._call(node)

    def _ask(self, guard: Expr) -> None:
        """Go on where a guard holds, or may hold on both sides alike."""
        truth = self._truth(guard)
        if truth is False:
            raise UndefinedError
        if isinstance(truth, Expr) and not self.sided.isdisjoint(walk(truth)):
            raise UndecidedError("a side that depends on variables")

    def _variable(self) -> Series:
        terms: list[tuple[tuple[Fraction, int], Coefficient]] = [(CONSTANT, self.at)]
        if self.side != 0:
            terms.append(((Fraction(1), 0), self.side))
        return self.arithmetic.made(terms)

    # --- arithmetic ----------------------------------------------------------------

    def _add(self, node: Expr) -> Series:
        return self.arithmetic.add(*[self._series(a) for a in node.args])

    def _sub(self, node: Expr) -> Series:
        a, b = [self._series(a) for a in node.args]
        return self.arithmetic.add(a, self.arithmetic.neg(b))

    def _mul(self, node: Expr) -> Series:
        return self.arithmetic.mul(*[self._series(a) for a in node.args])

    def _div(self, node: Expr) -> Series:
        a, b = [self._series(a) for a in node.args]
        return self.arithmetic.mul(a, self.arithmetic.power(b, Fraction(-1)))

    def _neg(self, node: Expr) -> Series:
        return self.arithmetic.neg(self._series(node.args[0]))

    def _pow(self, node: Expr) -> Series:
        base, exponent = [self._series(a) for a in node.args]
        if exponent.is_constant:
            r = exponent.terms.get(CONSTANT, Fraction(0))
            if isinstance(r, Fraction):
                return self.arithmetic.power(base, r)
        if base.is_constant and not base.terms:
            which = self.arithmetic.sign(exponent)
            if which == 1:
                return base
            raise UndecidedError("a power of 0")
        grown = self.arithmetic.mul(exponent, self.arithmetic.log(base))
        return self.arithmetic.exp(grown)

    def _sqrt(self, node: Expr) -> Series:
        return self.arithmetic.power(self._series(node.args[0]), Fraction(1, 2))

    def _exp(self, node: Expr) -> Series:
        return self.arithmetic.exp(self._series(node.args[0]))

    def _log(self, node: Expr) -> Series:
        return self.arithmetic.log(self._series(node.args[0]))

    # --- calls ---------------------------------------------------------------------

    def _call(self, node: Expr) -> Series:
        row = FUNCTIONS.get(node.op)
        if row is None:
            raise UndecidedError(f"how {node.op} behaves")
        args = [self._series(a) for a in node.args]
        constant = all(a.is_constant for a in args)
        if calls.chooses(row) and not (constant and row.op in calls.ALWAYS):
            return self._series(calls.defined(node))
        if constant:
            return self._value(node, args)
        taylor = self._taylor(node, args)
        if taylor is not None:
            return taylor
        other = self._other(node, args)
        if other is not None:
            return self._series(other)
        return self._integral(node, args, row)

    def _value(self, node: Expr, args: Sequence[Series]) -> Series:
        values = [expression(a.terms.get(CONSTANT, Fraction(0))) for a in args]
        value = self.ring.value(rebuild(node, tuple(values)))
        return self.arithmetic.constant(value)

    def _taylor(self, node: Expr, args: Sequence[Series]) -> Series | None:
        """By the derivatives at the limit of the one argument that moves."""
        moving = [i for i, a in enumerate(args) if not a.is_constant]
        if len(moving) > 1:
            return None
        try:
            parts = [self._parted(a) for a in args]
        except UndecidedError:
            return None
        (place,) = moving
        rest = parts[place][1]
        least = self.arithmetic.least(rest)
        count = min(calls.MOST, int(self.arithmetic.order / Fraction(least)) + 1)
        values = tuple(expression(start) for start, _ in parts)
        factors: list[Coefficient] = []
        factorial = Fraction(1)
        for k in range(count + 1):
            try:
                body = calls.put(calls.derivative(node.op, len(args), place, k), values)
                c = self.ring.value(body)
            except (CalcmlError, UndefinedError):
                return None
            factorial *= max(k, 1)
            factors.append(self.ring.mul(c, 1 / factorial))
        return self.arithmetic.sum_of_powers(rest, factors)

    def _other(self, node: Expr, args: Sequence[Series]) -> Expr | None:
        """Another spelling, which serves here."""
        if len(args) == 1 and (args[0].huge or self.arithmetic.least(args[0]) < 0):
            which = self.arithmetic.sign(args[0])
            if which is None:
                raise UndecidedError("a sign that depends on variables")
            return calls.upward(node, which)
        return calls.elsewhere(node)

    def _integral(self, node: Expr, args: Sequence[Series], row: Row) -> Series:
        """From the slope: a function that goes on to its limit, or to infinity."""
        arithmetic = self.arithmetic
        moving = [i for i, a in enumerate(args) if not a.is_constant]
        if len(moving) > 1:
            raise UndecidedError(f"how {row.name} behaves there")
        (place,) = moving
        start, _ = self._parted(args[place])
        slope = calls.put(calls.derivative(node.op, len(args), place, 1), node.args)
        if any(part.op == node.op for part in walk(slope)):
            raise UndecidedError(f"how {row.name} behaves there")
        grown = arithmetic.integrated(
            arithmetic.mul(self._series(slope), arithmetic.derived(args[place]))
        )
        if any(p[0] < 0 or p == (Fraction(0), 1) for p in grown.terms):
            kept = {p: c for p, c in grown.terms.items() if p[0] < 0 or p[1]}
            return Series(kept, 0)  # the constant of integration is not known
        values = list(node.args)
        values[place] = expression(start)
        return arithmetic.add(
            arithmetic.constant(self.ring.value(rebuild(node, tuple(values)))), grown
        )


SPECIAL: dict[str, Callable[[Local, Expr], Series]] = {
    "add": Local._add,
    "sub": Local._sub,
    "mul": Local._mul,
    "div": Local._div,
    "neg": Local._neg,
    "pow": Local._pow,
    "sqrt": Local._sqrt,
    "exp": Local._exp,
    "log": Local._log,
    "where": Local._where,
    "abs": Local._abs,
    "sign": Local._sign,
    "max": Local._extreme,
    "min": Local._extreme,
    "floor": Local._whole,
    "ceil": Local._whole,
    "round": Local._whole,
    "cbrt": Local._cbrt,
}
