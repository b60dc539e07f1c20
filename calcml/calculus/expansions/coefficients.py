"""Coefficients of local expansions: exact numbers, or expressions without the variable.

A coefficient that is no number and has variables is taken to be different from 0 unless
it is shown to be 0: what is found holds where nothing else happens at the same place.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from calcml.algebra.canonical import tidy
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.limits import POINTS
from calcml.calculus.zeros import constants
from calcml.core.budget import spend
from calcml.core.build import add, div, mul, substitute_all
from calcml.core.errors import CalcmlError
from calcml.core.exact import evaluate, exact_power
from calcml.core.expr import MINUS_ONE, ZERO, Expr, make, number, symbol, walk
from calcml.core.flat import SIGNED, signed_terms
from calcml.core.tensors import has_arrays

Coefficient = Fraction | Expr


_VALUES = (3, -5, 11, -13, 2, 8, -3, 17, -19, 5, -1)  # in sevenths
NEAR = Fraction(1, 10**30)  # less is 0 where the place is a decimal of 40 digits


class UndecidedError(Exception):
    """What happens at a place is not found out; the text says why."""


class UndefinedError(Exception):
    """The function has no real value there."""


def _bits(a: Fraction) -> int:
    return a.numerator.bit_length() + a.denominator.bit_length()


def expression(c: Coefficient) -> Expr:
    """A coefficient as an expression."""
    return c if isinstance(c, Expr) else number(c)


def coefficient(e: Expr) -> Coefficient:
    """An expression as a coefficient, in a short spelling."""
    if e.op == "number":
        return Fraction(e.value)
    try:
        e = constants.shortened(e)
    except CalcmlError:
        raise UndefinedError from None
    return Fraction(e.value) if e.op == "number" else e


def _spread(put: Callable[[Expr, Expr], Expr], a: Expr, b: Expr) -> Expr:
    """A sum or product with a choice, as a choice of sums or products."""
    if b.op == "where" and a.op != "where":
        a, b = b, a
    same = a.op == b.op == "where" and a.args[0] is b.args[0]
    if a.op != "where" or (not same and any(n.op == "where" for n in walk(b))):
        return put(a, b)
    condition, yes, no = a.args
    others = b.args[1:] if same else (b, b)
    ways = [
        tidy(put(part, other)) for part, other in zip((yes, no), others, strict=True)
    ]
    return ways[0] if ways[0] is ways[1] else make("where", (condition, *ways))


def _product(a: Expr, b: Expr) -> Expr:
    """A product; a sum of choices is multiplied term by term."""
    if a.op in SIGNED and b.op not in SIGNED:
        a, b = b, a
    if b.op not in SIGNED or not any(n.op == "where" for n in walk(b)):
        return _spread(mul, a, b)
    total: Expr = ZERO
    for sign, part in signed_terms(b):
        term = _spread(mul, a, part)
        total = add(total, term if sign > 0 else _spread(mul, MINUS_ONE, term))
    return total


class Ring:
    """Arithmetic of coefficients, under facts about the variables in them."""

    def __init__(self, facts: Facts | None = None, approximate: bool = False) -> None:
        self.facts = facts or Facts()
        self.approximate = approximate  # the place is a decimal near the true one
        self._zero: dict[Expr, bool] = {}
        self._known: dict[Expr, Coefficient] = {}  # both sides have most in common

    def _short(self, e: Expr) -> Coefficient:
        known = self._known.get(e)
        if known is None:
            spend(100)
            if has_arrays(e):
                raise UndecidedError("the value of what arrays are in")
            known = self._known[e] = coefficient(e)
        return known

    def add(self, a: Coefficient, b: Coefficient) -> Coefficient:
        """a + b"""
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            spend(2 + ((_bits(a) + _bits(b)) // 700) ** 2)
            return a + b
        return self._short(_spread(add, expression(a), expression(b)))

    def mul(self, a: Coefficient, b: Coefficient) -> Coefficient:
        """a * b"""
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            spend(2 + ((_bits(a) + _bits(b)) // 700) ** 2)
            return a * b
        return self._short(_product(expression(a), expression(b)))

    def neg(self, a: Coefficient) -> Coefficient:
        """-a"""
        return self.mul(a, Fraction(-1))

    def inverse(self, a: Coefficient) -> Coefficient:
        """1/a"""
        if isinstance(a, Fraction):
            return 1 / a
        return self._short(div(number(1), a))

    def power(self, a: Coefficient, r: Fraction) -> Coefficient:
        """a^r for a that is not 0"""
        if isinstance(a, Fraction) and r.denominator == 1:
            value = exact_power(a, r.numerator)
            if value is not None:
                return Fraction(value)
        base = expression(a)
        if r == Fraction(1, 2):
            return self._short(constants.real_root(base, 2))
        return self._short(make("pow", (base, number(r))))

    def is_zero(self, a: Coefficient) -> bool:
        """Whether a is 0; for one with variables, whether that is shown."""
        if isinstance(a, Fraction):
            return a == 0 or self.approximate and abs(a) < NEAR
        known = self._zero.get(a)
        if known is None:
            known = self._zero[a] = self._is_zero(a)
        return known

    def _is_zero(self, a: Expr) -> bool:
        if constants.is_closed(a):
            which = constants.sign(a)
            if which is None:
                raise UndecidedError(f"whether {a} is 0")
            near = constants.near(a) if self.approximate else None
            return which == 0 or (near is not None and abs(near) < NEAR)
        try:
            if simplify(a) is ZERO:
                return True
        except CalcmlError:
            raise UndecidedError(f"whether {a} is 0") from None
        return self._zero_at_points(a)

    def _zero_at_points(self, a: Expr) -> bool:
        """Whether a is 0 at all of some points that fulfil what is known."""
        names = sorted(a.free_symbols)
        seen = 0
        for turn in range(POINTS):
            values = {
                symbol(name): number(Fraction(_VALUES[(turn * 5 + i * 3) % 11], 7))
                for i, name in enumerate(names)
            }
            try:
                there, *known = substitute_all([a, *self.facts.conditions], values)
                which = constants.sign(there) if constants.is_closed(there) else None
            except CalcmlError:
                continue
            if any(constants.truth(c) is False for c in known if not c.free_symbols):
                continue
            if which:
                return False
            seen += which == 0
        if seen < 2 or any(n.op == "where" for n in walk(a)):
            raise UndecidedError(f"whether {a} is 0")
        return True

    def sign(self, a: Coefficient) -> int | None:
        """-1, 0 or 1; None where it depends on variables."""
        if self.is_zero(a):
            return 0
        if isinstance(a, Fraction):
            return int(a > 0) - int(a < 0)
        if constants.is_closed(a):
            which = constants.sign(a)
            if which is None:
                raise UndecidedError(f"the sign of {a}")
            return which
        short = tidy(a)
        if self.facts.positive(short):
            return 1
        if self.facts.negative(short):
            return -1
        return None

    def value(self, e: Expr) -> Coefficient:
        """The value of a term without the variable, or UndefinedError."""
        exact = evaluate(e)
        if exact is not None and not isinstance(exact, bool):
            return Fraction(exact)
        if constants.is_closed(e) and constants.ball(e) is None:
            raise UndefinedError
        return self._short(e)
