"""Roots, each base's by one generator: numbers come out of them, signs do not.

Where it is asked for, squares of what is not 0 come out: sqrt(w/u^2) is sqrt(w)/|u|.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from calcml.algebra.limits import MAX_PRIME
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.normal.signs import size_of, spelled
from calcml.algebra.real_factors import RealAlgebra
from calcml.algebra.terms import Algebra
from calcml.core.build import IMAG
from calcml.core.errors import LimitError
from calcml.core.expr import Expr, number


class Roots:
    """The roots of one reading, all of one degree."""

    def __init__(self, reader: Any, degree: int) -> None:
        self.reader = reader
        self.ring: Ring = reader.ring
        self.algebra: Algebra = reader.algebra
        self.degree = degree
        self._known: dict[tuple[object, object], int] = {}

    def power(self, value: Quotient, base: Expr, k: Fraction) -> Quotient:
        """value^k, where `base` prints as the value."""
        steps = int(k * self.degree)
        c, factors = value
        if c == 0:
            raise ZeroDivisionError
        sign = 1 if c > 0 else -1
        parts = [
            self._of_number(int(n), s * steps) for n, s in ((c.p * sign, 1), (c.q, -1))
        ]
        if factors:
            inside = Quotient(self.ring.rational(sign), factors)
            inside = self.ring.without_roots(inside)
            shown = base
            if abs(c) != 1:
                shown = self.algebra.total([(Fraction(int(c.q), int(abs(c.p))), base)])
            if self.reader.apart and k.denominator == 2:
                inside, out = self._without_squares(inside, int(2 * k))
                if out:
                    shown = spelled(inside, self.reader)
                    parts += out
            parts.append(self._of(inside, shown, steps))
        elif sign < 0:
            parts.append(self.of_minus_one(Fraction(steps, self.degree)))
        return self.ring.product([(part, 1) for part in parts])

    def _without_squares(
        self, value: Quotient, n: int
    ) -> tuple[Quotient, list[Quotient]]:
        """A base without the squares of what is not 0, and the roots^n of these."""
        rest, out = dict(value.factors), []
        for f, e in value.factors.items():
            size = size_of(f, self.reader) if e % 2 == 0 else None
            if size is not None:
                del rest[f]
                out.append(self.ring.product([(size, e // 2 * n)]))
        return Quotient(value.coefficient, rest), out

    def of_minus_one(self, k: Fraction) -> Quotient:
        """(-1)^k, which is a power of the imaginary unit."""
        minus = Quotient(self.ring.rational(-1), {})
        return self._of(minus, IMAG, int(k * self.degree), 2)

    def _of_number(self, n: int, steps: int) -> Quotient:
        """n^(steps/degree), over the roots of its prime factors."""
        import flint

        if n == 1:
            return self.ring.one
        primes = flint.fmpz(n).factor() if n < MAX_PRIME else [(n, 1)]
        found = []
        for p, e in primes:
            value = self.ring.number(Fraction(int(p)))
            found.append((self._of(value, number(int(p)), steps), int(e)))
        return self.ring.product(found)

    def _of(self, value: Quotient, shown: Expr, steps: int, above: int = 1) -> Quotient:
        """value^(steps/degree), by the one generator for roots of this value.

        `shown`^(above/degree) is how the generator prints.
        """
        key = value.coefficient, frozenset(value.factors.items())
        powers = frozenset((f, -e) for f, e in value.factors.items())
        below = self._known.get((1 / value.coefficient, powers))
        if below is not None and isinstance(self.algebra, RealAlgebra):
            return self.ring.product([(self.ring.generator(below), -steps)])
        i = self._known.get(key)
        if i is None:
            i = self._known[key] = self.reader.generator(
                shown, number(Fraction(above, self.degree))
            )
            if i >= self.ring.size:
                raise LimitError("the expression has too many roots")
            self.ring.relate(i, self.degree, value)
        return self.ring.product([(self.ring.generator(i), steps)])
