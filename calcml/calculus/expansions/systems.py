"""Power series of functions whose derivatives are linear in one another.

Where a derivative divides by the distance t from a place, as those of the elliptic
integrals do at 0, its value is a limit. The coefficients of t^n solve n c = b + M c,
where b is known from those below (Frobenius).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from calcml.algebra.canonical import tidy
from calcml.calculus.chain_rule import forward
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.calculus.expansions.local import OPERATIONS, Local
from calcml.calculus.expansions.series import CONSTANT, Series
from calcml.calculus.limits import MOST_UNKNOWNS
from calcml.calculus.zeros.constants import is_closed
from calcml.core.build import substitute
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr, make, number, symbol, walk
from calcml.core.flat import depending
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.rows import filled

U = symbol("\u00b7u")  # the argument that moves
LEAST = 2  # coefficients that are found


class Expansion(Local):
    """Series of parts, those of functions among them that only such systems have."""

    def _integral(self, node: Expr, args: Sequence[Series], row: Row) -> Series:
        try:
            return super()._integral(node, args, row)
        except UndecidedError:
            found = self._by_powers(node, args, row)
            if found is None:
                raise
            return found

    def _by_powers(self, node: Expr, args: Sequence[Series], row: Row) -> Series | None:
        """By the coefficients of a power series in the one argument that moves."""
        moving = [i for i, a in enumerate(args) if not a.is_constant]
        if len(moving) > 1:
            return None
        (place,) = moving
        start, rest = self._parted(args[place])
        values = [expression(a.terms.get(CONSTANT, Fraction(0))) for a in args]
        count = int(self.arithmetic.order / Fraction(self.arithmetic.least(rest)))
        found = self._powers(row, values, start, max(count, LEAST), place)
        if found is None and all(is_closed(v) for v in values):
            values[place] = U
            call = make(node.op, tuple(values))
            found = _System(call, start, self.ring).solved(max(count, LEAST))
        return None if found is None else self.arithmetic.sum_of_powers(rest, found)

    def _powers(
        self, row: Row, values: Sequence[Expr], start: Coefficient, count: int, at: int
    ) -> list[Coefficient] | None:
        """The factors that a row states of its last argument's powers, at 0."""
        if not row.powers or at + 1 < len(values) or not self.ring.is_zero(start):
            return None
        names = (*row.params, "n")
        factors = [
            filled(row.powers, names, (*values, number(k))) for k in range(1, count + 1)
        ]
        value = make(row.op, tuple(values))
        return [self.ring.value(e) for e in (value, *factors)]


class _System:
    """A call and those in its derivative, as power series about a place."""

    def __init__(self, call: Expr, start: Coefficient, ring: Ring) -> None:
        self.start, self.ring = start, ring
        self.slopes: dict[Expr, Expr] = {}
        stack = [call]
        while stack and len(self.slopes) < MOST_UNKNOWNS:
            unknown = stack.pop()
            if unknown not in self.slopes:
                slope = self.slopes[unknown] = tidy(forward(unknown, U))
                stack += [n for n in depending(walk(slope), U) if self._lacks(n)]
        self.whole = not stack

    def _at_start(self, e: Expr) -> Coefficient:
        return self.ring.value(substitute(e, {U: expression(self.start)}))

    def _lacks(self, node: Expr) -> bool:
        """Whether a call has no derivative in closed form at the place."""
        row = FUNCTIONS.get(node.op)
        if row is None or node.op in OPERATIONS or row.by is not None or not node.args:
            return False
        try:
            self._at_start(tidy(forward(node, U)))
        except (CalcmlError, UndefinedError):
            return True
        return False

    def solved(self, count: int) -> list[Coefficient] | None:
        """The first coefficients of the call, as far as `count`; None if not found."""
        if not self.whole:
            return None
        try:
            return self._solved(count)
        except (CalcmlError, UndefinedError, UndecidedError):
            return None

    def _solved(self, count: int) -> list[Coefficient]:
        ring, names = self.ring, list(self.slopes)
        known = {name: [self._at_start(name)] for name in names}
        matrix: list[list[Coefficient]] = []
        for n in range(1, count + 1):
            zero = [Fraction(0)] * len(names)
            base = self._next(known, zero, n)
            if not matrix:
                units = [
                    [Fraction(i == k) for i in range(len(names))]
                    for k in range(len(names))
                ]
                columns = [self._next(known, unit, n) for unit in units]
                matrix = [
                    [ring.add(column[j], ring.neg(base[j])) for column in columns]
                    for j in range(len(names))
                ]
            for name, c in zip(names, self._through(matrix, base, n), strict=True):
                known[name].append(c)
        return known[names[0]]

    def _next(
        self,
        known: dict[Expr, list[Coefficient]],
        tried: Sequence[Fraction],
        n: int,
    ) -> list[Coefficient]:
        """The factors of t^(n-1) in the slopes, for some coefficients of t^n."""
        local = Expansion(U, self.start, Fraction(1), self.ring, n + 1)
        for (name, below), c in zip(known.items(), tried, strict=True):
            terms = [((Fraction(k), 0), a) for k, a in enumerate([*below, c])]
            local.memo[name] = local.arithmetic.made(terms, n + 1)
        found = []
        for slope in self.slopes.values():
            series = local.series(slope)
            if any(p[0] < 0 or p[1] for p in series.terms) or series.cut <= n - 1:
                raise UndecidedError("a slope that is infinite")
            found.append(series.terms.get((Fraction(n - 1), 0), Fraction(0)))
        return found

    def _through(
        self,
        matrix: Sequence[Sequence[Coefficient]],
        base: Sequence[Coefficient],
        n: int,
    ) -> list[Coefficient]:
        """The solution c of n c = base + matrix c, by elimination."""
        ring, size = self.ring, len(base)
        rows = [
            [
                *[
                    ring.add(Fraction(n * (i == j)), ring.neg(c))
                    for j, c in enumerate(row)
                ],
                base[i],
            ]
            for i, row in enumerate(matrix)
        ]
        for i in range(size):
            pivot = next((r for r in rows[i:] if not ring.is_zero(r[i])), None)
            if pivot is None:
                raise UndecidedError("a coefficient that is free")
            rows.remove(pivot)
            scale = ring.inverse(pivot[i])
            pivot = [ring.mul(c, scale) for c in pivot]
            rows.insert(i, pivot)
            for j, row in enumerate(rows):
                if j != i and not ring.is_zero(row[i]):
                    factor = ring.neg(row[i])
                    rows[j] = [
                        ring.add(a, ring.mul(factor, b))
                        for a, b in zip(row, pivot, strict=True)
                    ]
        return [row[-1] for row in rows]
