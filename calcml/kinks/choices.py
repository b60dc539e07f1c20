"""Choices beside a place: each taken as it falls on that side."""

from __future__ import annotations

from fractions import Fraction

from calcml.expr import ZERO, Expr, make
from calcml.kinks.coefficients import Coefficient, UndecidedError, expression
from calcml.kinks.memo import Memo
from calcml.kinks.series import CONSTANT, Series
from calcml.solving import constants


class Choices(Memo):
    """The operations that choose: by a condition, a sign, an order, a whole number."""

    def _where(self, node: Expr) -> Series:
        truth = self._truth(node.args[0])
        if isinstance(truth, bool):
            return self._series(node.args[1 if truth else 2])
        return self._either(truth, *[self._series(a) for a in node.args[1:]])

    def _either(self, condition: Expr, a: Series, b: Series) -> Series:
        """A choice by other variables, term by term."""
        if a.huge or b.huge:
            raise UndecidedError("a choice that depends on variables")
        terms = {}
        for power in {**a.terms, **b.terms}:
            pair = [expression(s.terms.get(power, Fraction(0))) for s in (a, b)]
            same = pair[0] is pair[1]
            terms[power] = self.ring.value(
                pair[0] if same else make("where", (condition, *pair))
            )
        return self.arithmetic.made(terms.items(), min(a.cut, b.cut))

    def _signed(self, u: Series) -> Coefficient:
        """The sign of a series near the place; a term where it depends on variables."""
        which = self.arithmetic.sign(u)
        if which is not None:
            return Fraction(which)
        lead = u.lead()
        assert lead is not None
        c = make("sign", (expression(u.terms[lead]),))
        return self.ring.mul(self.ring.value(c), Fraction((-1) ** (lead[1] % 2)))

    def _abs(self, node: Expr) -> Series:
        u = self._series(node.args[0])
        return self.arithmetic.scale(u, self._signed(u))

    def _sign(self, node: Expr) -> Series:
        return self.arithmetic.constant(self._signed(self._series(node.args[0])))

    def _extreme(self, node: Expr) -> Series:
        """max or min, two by two."""
        best, *rest = [self._series(a) for a in node.args]
        arithmetic = self.arithmetic
        upward = 1 if node.op == "max" else -1
        for other in rest:
            difference = arithmetic.add(best, arithmetic.neg(other))
            which = arithmetic.sign(difference)
            if which is None:
                lead = difference.lead()
                assert lead is not None
                op = "gt" if upward * (-1) ** (lead[1] % 2) > 0 else "lt"
                condition = make(op, (expression(difference.terms[lead]), ZERO))
                chosen = self._either(condition, best, other)
                best = self._named(chosen, node.op, best, other)
            elif which * upward < 0:
                best = other
        return best

    def _named(self, chosen: Series, op: str, a: Series, b: Series) -> Series:
        """A choice whose limit is written as max or min."""
        if CONSTANT not in chosen.terms:
            return chosen
        ends = [expression(s.terms.get(CONSTANT, Fraction(0))) for s in (a, b)]
        terms = dict(chosen.terms)
        terms[CONSTANT] = self.ring.value(make(op, tuple(ends)))
        return Series(terms, chosen.cut)

    def _whole(self, node: Expr) -> Series:
        """floor, ceil, round: a whole number on each side."""
        u = self._series(node.args[0])
        start, rest = self._parted(u)
        shift = Fraction(1, 2) if node.op == "round" else Fraction(0)
        moved = self.ring.add(start, shift)
        whole = _integer(moved)
        if whole is None:
            return self.arithmetic.constant(
                self.ring.value(make(node.op, (expression(start),)))
            )
        which = self.arithmetic.sign(rest)
        if which is None:
            raise UndecidedError("a jump whose side depends on variables")
        if node.op == "floor":
            value = whole - (which < 0)
        elif node.op == "ceil":
            value = whole + (which > 0)
        else:
            value = whole - (which < 0 or (which == 0 and whole % 2 == 1))
        return self.arithmetic.constant(Fraction(value))

    def _parted(self, u: Series) -> tuple[Coefficient, Series]:
        """The limit of a series and what is left; UndecidedError for none."""
        if u.huge or any(p[0] < 0 or (p[0] == 0 and p[1]) for p in u.terms):
            raise UndecidedError("it oscillates or jumps without end")
        if u.cut <= 0:
            raise UndecidedError("its value near the place")
        start = u.terms.get(CONSTANT, Fraction(0))
        rest = {p: c for p, c in u.terms.items() if p != CONSTANT}
        return start, Series(rest, u.cut)

    def _cbrt(self, node: Expr) -> Series:
        u = self._series(node.args[0])
        which = self.arithmetic.sign(u)
        if which is None:
            raise UndecidedError("a root whose sign depends on variables")
        root = self.arithmetic.power(
            self.arithmetic.scale(u, Fraction(which)), Fraction(1, 3)
        )
        return self.arithmetic.scale(root, Fraction(which))


def _integer(c: Coefficient) -> int | None:
    """The integer that a coefficient is."""
    if isinstance(c, Fraction):
        return c.numerator if c.denominator == 1 else None
    near = constants.near(c) if constants.is_closed(c) else None
    if near is None:
        return None
    whole = round(near)
    return whole if abs(near - whole) * 10**constants.TINY < 1 else None
