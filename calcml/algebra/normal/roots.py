"""Roots, each base's by one generator: numbers come out of them, signs do not.

Where it is asked for, a square in a denominator comes out, too: sqrt(w/u^2) is
sqrt(w)/|u|.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from calcml.algebra.normal.limits import MAX_PRIME
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.terms import Algebra
from calcml.core.build import IMAG
from calcml.core.errors import LimitError
from calcml.core.expr import Expr, number

Key = tuple[object, ...]  # a quotient's coefficient and factors


class Roots:
    """The roots of one reading, all of one degree.

    `new` makes the generator that prints as a base to a unit, and `size_of` says of a
    factor u how it prints and what |u| is, where it may come out.
    """

    def __init__(
        self,
        ring: Ring,
        algebra: Algebra,
        degree: int,
        new: Callable[[Expr, Expr], int],
        size_of: Callable[[int], tuple[Expr, Quotient] | None] | None,
    ) -> None:
        self.ring = ring
        self.algebra = algebra
        self.degree = degree
        self.new = new
        self.size_of = size_of
        self._known: dict[Key, int] = {}
        self._squares: dict[Key, Key] = {}  # bases of square roots, without squares

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
            if k.denominator == 2:
                inside, shown, out = self._without_squares(inside, shown, int(2 * k))
                parts += out
            parts.append(self._of(inside, shown, steps))
        elif sign < 0:
            parts.append(self.of_minus_one(Fraction(steps, self.degree)))
        return self.ring.product([(part, 1) for part in parts])

    @property
    def alike(self) -> bool:
        """Whether square roots differ by squares alone."""
        return len(set(self._squares.values())) < len(self._squares)

    def _without_squares(
        self, value: Quotient, shown: Expr, n: int
    ) -> tuple[Quotient, Expr, list[Quotient]]:
        """A base without the squares below, how it prints, and roots^n of these."""
        ring, algebra = self.ring, self.algebra
        below = {f: e for f, e in value.factors.items() if e < 0 and e % 2 == 0}
        rest = {f: e for f, e in value.factors.items() if f not in below}
        self._squares[_key(value)] = _key(Quotient(value.coefficient, rest))
        out = []
        for f, e in below.items():
            size = self.size_of(f) if self.size_of else None
            if size is None:
                rest[f] = e
                continue
            out.append(ring.product([(size[1], e // 2 * n)]))
            whole = [
                (c, algebra.gather([(t, 1), (size[0], -e)], {}))
                for c, _, t in algebra.terms_of(shown)
            ]
            shown = algebra.total([(c, algebra.product(*p)) for c, p in whole])
        return Quotient(value.coefficient, rest), shown, out

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
        key = _key(value)
        i = self._known.get(key)
        if i is None:
            i = self._known[key] = self.new(shown, number(Fraction(above, self.degree)))
            if i >= self.ring.size:
                raise LimitError("the expression has too many roots")
            self.ring.relate(i, self.degree, value)
        return self.ring.product([(self.ring.generator(i), steps)])


def _key(value: Quotient) -> Key:
    return value.coefficient, frozenset(value.factors.items())
