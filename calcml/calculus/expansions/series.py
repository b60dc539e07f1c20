"""Expansions beside a point: sums of c t^e log(t)^l for a distance t > 0 that shrinks.

Exponents are rational numbers. A series is known below t^cut; without a cut it is the
function itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import factorial, perm
from typing import NamedTuple

from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.calculus.limits import MOST_TERMS
from calcml.core.budget import spend
from calcml.core.expr import make
from calcml.core.operations import CBRT, EXP, LOG

Power = tuple[Fraction, int]
INFINITY = float("inf")
CONSTANT: Power = (Fraction(0), 0)


class Series(NamedTuple):
    """Terms by their powers of t and log(t), and where what is known ends.

    `huge` is 1 or -1 for what passes every power of 1/t, upward or downward; such a
    series has no terms.
    """

    terms: Mapping[Power, Coefficient]
    cut: Fraction | float = INFINITY
    huge: int = 0

    @property
    def is_constant(self) -> bool:
        """Whether it is one number, for every t."""
        return (
            self.cut == INFINITY and not self.huge and self.terms.keys() <= {CONSTANT}
        )

    def lead(self) -> Power | None:
        """The power that weighs most for small t; None where no term is known."""
        return min(self.terms, key=lambda p: (p[0], -p[1])) if self.terms else None


class Arithmetic:
    """What is done with series, up to t^order."""

    def __init__(self, ring: Ring, order: int) -> None:
        self.ring = ring
        self.order = Fraction(order)

    def made(
        self,
        terms: Iterable[tuple[Power, Coefficient]],
        cut: Fraction | float = INFINITY,
    ) -> Series:
        """A series without terms that are 0 or lie beyond the cut."""
        both: dict[Power, Coefficient] = {}
        for power, c in terms:
            if power[0] >= self.order:
                cut = min(cut, power[0])
            else:
                both[power] = self.ring.add(both[power], c) if power in both else c
        spend(10 + 4 * len(both))
        kept = {
            p: c for p, c in both.items() if p[0] < cut and not self.ring.is_zero(c)
        }
        if len(kept) > MOST_TERMS:
            raise UndecidedError("its expansion is too long")
        return Series(kept, cut)

    def constant(self, c: Coefficient) -> Series:
        """A number as a series."""
        return self.made([(CONSTANT, c)])

    def add(self, a: Series, b: Series) -> Series:
        """a + b"""
        if a.huge or b.huge:
            if a.huge and b.huge and a.huge != b.huge:
                raise UndecidedError("infinite parts cancel")
            return a if a.huge else b
        return self.made([*a.terms.items(), *b.terms.items()], min(a.cut, b.cut))

    def scale(self, a: Series, c: Coefficient) -> Series:
        """a * c"""
        if a.huge:
            return self._huge(a, self.constant(c))
        if self.ring.is_zero(c):
            return self.made([])
        return Series({p: self.ring.mul(d, c) for p, d in a.terms.items()}, a.cut)

    def neg(self, a: Series) -> Series:
        """-a"""
        return self.scale(a, Fraction(-1))

    def sub(self, a: Series, b: Series) -> Series:
        """a - b"""
        return self.add(a, self.neg(b))

    def div(self, a: Series, b: Series) -> Series:
        """a / b"""
        return self.mul(a, self.power(b, Fraction(-1)))

    def mul(self, a: Series, b: Series) -> Series:
        """a * b"""
        if a.huge or b.huge:
            return self._huge(a, b) if a.huge else self._huge(b, a)
        if not a.terms and a.cut == INFINITY or not b.terms and b.cut == INFINITY:
            return self.made([])
        ends = (a.cut, self.least(b)), (b.cut, self.least(a))
        # A fraction of a thousand digits is no float, and infinity is one.
        cut = min([INFINITY if INFINITY in pair else sum(pair) for pair in ends])
        terms = [
            ((p[0] + q[0], p[1] + q[1]), self.ring.mul(c, d))
            for p, c in a.terms.items()
            for q, d in b.terms.items()
        ]
        return self.made(terms, cut)

    def _huge(self, a: Series, b: Series) -> Series:
        if b.huge:
            return Series({}, INFINITY, a.huge * b.huge)
        if not b.terms:
            if b.cut == INFINITY:
                return self.made([])
            raise UndecidedError("0 times what is infinite")
        which = self.sign(b)
        if which is None:
            raise UndecidedError("a sign that depends on variables")
        return Series({}, INFINITY, a.huge * which)

    def least(self, a: Series) -> Fraction | float:
        """The exponent below which a has no terms."""
        return min((p[0] for p in a.terms), default=a.cut)

    def sign(self, a: Series) -> int | None:
        """The sign for small t; None where it depends on variables."""
        if a.huge:
            return a.huge
        lead = a.lead()
        if lead is None:
            if a.cut == INFINITY:
                return 0
            raise UndecidedError("its sign near the place")
        which = self.ring.sign(a.terms[lead])
        return which if which is None else which * (-1) ** (lead[1] % 2)

    # --- functions -----------------------------------------------------------------

    def _split(self, a: Series) -> tuple[Power, Coefficient, Series]:
        """a as c t^e (1 + d): the power, c and d, which vanishes with t."""
        lead = a.lead()
        if lead is None:
            if a.cut == INFINITY:
                raise UndefinedError
            raise UndecidedError("how fast a part vanishes")
        if lead[1]:
            raise UndecidedError("a function of a logarithm")
        c = a.terms[lead]
        rest = Series({p: d for p, d in a.terms.items() if p != lead}, a.cut)
        back = Series({(-lead[0], 0): self.ring.inverse(c)})
        return lead, c, self.mul(rest, back)

    def sum_of_powers(self, d: Series, factors: Iterable[Coefficient]) -> Series:
        """The sum of factor_k d^k, k from 0, for d that vanishes with t."""
        least = self.least(d)
        if least <= 0:
            raise UndecidedError("an expansion that does not begin")
        total, power, k = self.made([]), self.constant(Fraction(1)), 0
        for factor in factors:
            total = self.add(total, self.scale(power, factor))
            k += 1
            power = self.mul(power, d)
            if not power.terms:
                cut = min(total.cut, power.cut)
                return (
                    Series(total.terms, cut) if d.terms or d.cut < INFINITY else total
                )
        return self.made(total.terms.items(), min(total.cut, least * k))

    def power(self, a: Series, r: Fraction) -> Series:
        """a^r; for r that is not whole, of a that is positive."""
        whole = r.denominator == 1
        if whole and 0 <= r <= 12:
            return reduce(self.mul, [a] * int(r), self.constant(Fraction(1)))
        if a.huge:
            if r < 0:
                return Series({}, self.order)
            return a if a.huge > 0 else Series({}, INFINITY, (-1) ** (int(r) % 2))
        if not a.terms and a.cut == INFINITY:
            if r > 0:
                return a
            raise UndefinedError
        if not whole and self.sign(a) == -1:
            raise UndefinedError
        lead, c, d = self._split(a)
        steps = self._steps(d)
        factors, factor = [Fraction(1)], Fraction(1)
        for k in range(steps):
            factor *= (r - k) / (k + 1)
            factors.append(factor)
        series = self.sum_of_powers(d, factors)
        return self.mul(series, Series({(lead[0] * r, 0): self.ring.power(c, r)}))

    def raised(self, base: Series, exponent: Series) -> Series:
        """base^exponent"""
        if exponent.is_constant:
            r = exponent.terms.get(CONSTANT, Fraction(0))
            if isinstance(r, Fraction):
                return self.power(base, r)
        if base.is_constant and not base.terms:
            which = self.sign(exponent)
            if which == 1:
                return base
            raise UndefinedError if which == -1 else UndecidedError("a power of 0")
        return self.exp(self.mul(exponent, self.log(base)))

    def cbrt(self, a: Series) -> Series:
        """The real cube root of a."""
        which = self.sign(a)
        if which is None:
            lead, c, d = self._split(a)
            root = self.power(self.add(self.constant(Fraction(1)), d), Fraction(1, 3))
            front = self.ring.value(make(CBRT, (expression(c),)))
            return self.mul(root, Series({(lead[0] / 3, 0): front}))
        root = self.power(self.scale(a, Fraction(which)), Fraction(1, 3))
        return self.scale(root, Fraction(which))

    def _steps(self, d: Series) -> int:
        """How many powers of d may matter."""
        least = self.least(d)
        if least <= 0 or least == INFINITY:
            return 1
        return min(40, int((self.order + 6) / least) + 2)

    def log(self, a: Series) -> Series:
        """log(a), of a that is positive."""
        if a.huge:
            raise UndecidedError("the logarithm of what grows beyond powers")
        if self.sign(a) in (0, -1):
            raise UndefinedError
        lead, c, d = self._split(a)
        factors = [Fraction(0)]
        factors += [Fraction((-1) ** (k + 1), k) for k in range(1, self._steps(d) + 1)]
        series = self.sum_of_powers(d, factors)
        front = [(CONSTANT, self.ring.value(make(LOG, (expression(c),))))]
        return self.add(self.made([*front, ((Fraction(0), 1), lead[0])]), series)

    def exp(self, a: Series) -> Series:
        """exp(a)"""
        if a.huge:
            return a if a.huge > 0 else Series({}, self.order)
        if self.least(a) <= 0 and not a.terms:
            raise UndecidedError("an exponential of what is not known")
        lead = a.lead()
        if lead is not None and (lead[0] < 0 or (lead[0] == 0 and lead[1] > 1)):
            which = self.sign(a)
            if which is None:
                raise UndecidedError("a sign that depends on variables")
            return Series({}, INFINITY, 1) if which > 0 else Series({}, self.order)
        if a.cut <= 0:
            raise UndecidedError("an exponential of what is not known")
        grown = a.terms.get((Fraction(0), 1), Fraction(0))
        if not isinstance(grown, Fraction):
            raise UndecidedError("a power whose exponent is no rational number")
        start = a.terms.get(CONSTANT, Fraction(0))
        rest = self.made([(p, c) for p, c in a.terms.items() if p[0] > 0], a.cut)
        factors = [Fraction(1, factorial(k)) for k in range(self._steps(rest) + 1)]
        series = self.sum_of_powers(rest, factors)
        front = self.ring.value(make(EXP, (expression(start),)))
        return self.mul(series, Series({(grown, 0): front}))

    # --- calculus ------------------------------------------------------------------

    def derived(self, a: Series) -> Series:
        """The derivative by t."""
        if a.huge:
            raise UndecidedError("the slope of what grows beyond powers")
        terms = []
        for (e, k), c in a.terms.items():
            terms.append(((e - 1, k), self.ring.mul(c, e)))
            if k:
                terms.append(((e - 1, k - 1), self.ring.mul(c, Fraction(k))))
        return self.made(terms, a.cut - 1)

    def integrated(self, a: Series) -> Series:
        """The integral by t whose constant is 0, or not known where it is infinite."""
        terms = []
        for (e, k), c in a.terms.items():
            if e == -1:
                terms.append(
                    ((Fraction(0), k + 1), self.ring.mul(c, Fraction(1, k + 1)))
                )
                continue
            for j in range(k + 1):
                factor = Fraction((-1) ** j * perm(k, j)) / (e + 1) ** (j + 1)
                terms.append(((e + 1, k - j), self.ring.mul(c, factor)))
        return self.made(terms, a.cut + 1)
