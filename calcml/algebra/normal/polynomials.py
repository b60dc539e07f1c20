"""Polynomials over numbered generators, by FLINT, and quotients in factored form.

A quotient is a rational coefficient and a whole power for each irreducible factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from calcml.core.errors import LimitError

MAX_FACTORED = 400  # terms of a polynomial that is factored
MAX_DEGREE = 80  # of a generator in a polynomial that is factored
MAX_WORK = 40_000  # terms made and factored for one expression


class Quotient(NamedTuple):
    """coefficient * product of factor^power; factors have numbers in the ring."""

    coefficient: Any
    factors: dict[int, int]


V = TypeVar("V")


class Memo(Generic[V]):
    """What is known of polynomials of one ring, which FLINT gives no hash.

    Their text would be a key; but python-flint 0.9 never frees the text that it makes
    (docs/python-flint-str-leak.md).
    """

    def __init__(self) -> None:
        self._buckets: dict[object, list[tuple[Any, V]]] = {}

    def get(self, p: Any) -> V | None:
        """What was kept for `p`; None where nothing was."""
        for known, value in self._buckets.get(_key(p), ()):
            if known == p:
                return value
        return None

    def keep(self, p: Any, value: V) -> V:
        """Keep `value` for `p`, for which nothing is kept; returns it."""
        self._buckets.setdefault(_key(p), []).append((p, value))
        return value


def _key(p: Any) -> object:
    return tuple(p.coeffs()), p.degrees()


class Polynomials:
    """Polynomials over `size` generators; factor i < size is the generator itself."""

    def __init__(self, size: int) -> None:
        import flint

        names = [f"k{i}" for i in range(size)]
        context = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
        self.size = size
        self.rational = flint.fmpq
        self.polynomials: list[Any] = list(context.gens())
        self.constant = context.constant
        self.from_dict = context.from_dict
        self.work = 0
        self.zero = Quotient(flint.fmpq(0), {})
        self.one = Quotient(flint.fmpq(1), {})
        self._ids: Memo[int] = Memo()
        for i, p in enumerate(self.polynomials):
            self._ids.keep(p, i)
        self._factored: Memo[Quotient] = Memo()

    def spend(self, work: int) -> None:
        """Count work; LimitError where it is too much, the same on every machine."""
        self.work += work
        if self.work > MAX_WORK:
            raise LimitError("the work on one form is over its budget")

    def number(self, value: Any) -> Quotient:
        """A rational number."""
        return Quotient(self.rational(value.numerator, value.denominator), {})

    def generator(self, i: int, power: int = 1) -> Quotient:
        """A power of a generator."""
        return Quotient(self.rational(1), {i: power})

    @staticmethod
    def terms(p: Any) -> dict[tuple[int, ...], int]:
        """A polynomial as coefficients of powers of the generators."""
        return {
            tuple(map(int, monomial)): int(c) for monomial, c in p.to_dict().items()
        }

    def multiplied(self, factors: Mapping[int, int]) -> Any:
        """Powers of factors as one polynomial."""
        result = self.constant(1)
        for f, e in factors.items():
            result = result * self.polynomials[f] ** e
        return result

    def factored(self, p: Any) -> Quotient:
        """A polynomial as powers of irreducible ones; a long one as it stands."""
        if len(p) == 1:
            ((monomial, c),) = self.terms(p).items()
            powers = {i: e for i, e in enumerate(monomial) if e}
            return Quotient(self.rational(c), powers)
        known = self._factored.get(p)
        return self._factored.keep(p, self._factor(p)) if known is None else known

    def unfactored(self, p: Any) -> Quotient:
        """A polynomial as one factor, for a sum in which it is multiplied out."""
        if len(p) < 2:
            return self.factored(p) if len(p) else self.zero
        return Quotient(self.rational(1), {self._id(p): 1})

    def _factor(self, p: Any) -> Quotient:
        self.spend(10 + len(p) ** 2 // 4)
        factors: dict[int, int] = {}
        if len(p) <= MAX_FACTORED and max(p.degrees()) <= MAX_DEGREE:
            unit, parts = p.factor()
            for base, e in parts:
                factors[self._id(base)] = int(e)
            return Quotient(self.rational(unit), factors)
        common = p.term_content()
        content = self.factored(common)
        rest = p / common
        if rest.leading_coefficient() < 0:
            rest, content = -rest, Quotient(-content.coefficient, content.factors)
        return Quotient(content.coefficient, content.factors | {self._id(rest): 1})

    def _id(self, p: Any) -> int:
        found = self._ids.get(p)
        if found is None:
            found = self._ids.keep(p, len(self.polynomials))
            self.polynomials.append(p)
        return found

    def number_of(self, p: Any) -> int:
        """The number of an irreducible factor; -1 for a polynomial that is none yet."""
        found = self._ids.get(p)
        return -1 if found is None else found
