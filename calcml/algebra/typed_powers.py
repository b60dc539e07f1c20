"""How powers are written: those of quotients and products as typed, as (r/c)^2."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property

from calcml.algebra.real_factors import RealAlgebra
from calcml.algebra.terms import PRODUCTS, Product, is_whole
from calcml.core.build import div, neg
from calcml.core.expr import ONE, ZERO, Expr, number
from calcml.core.flat import SUMS
from calcml.core.order import Factor


class TypedAlgebra(RealAlgebra):
    """An algebra that keeps powers of the quotients and products in `bases()`."""

    bases: Callable[[], list[Expr]]

    @cached_property
    def raised(self) -> dict[Expr, dict[Expr, int]]:
        """The bases with their factors, those without a number."""
        # Until they are found, products that are made for that have none.
        found: dict[Expr, dict[Expr, int]] = {}
        self.__dict__["raised"] = found
        for base in self.bases():
            c, _, factors = self.product_of(base)
            if c == 1 and len(factors) > 1 and all(map(is_whole, factors.values())):
                found[base] = {b: e.value for b, e in factors.items()}
        return found

    def spelled(self, ordered: list[Factor]) -> list[Factor]:
        """The factors, those of which a base is made as its power."""
        exponents = {b: e.value for b, e in ordered if is_whole(e)}
        for base, inside in self.raised.items():
            first, once = next(iter(inside.items()))
            k = exponents.get(first, 0) // once
            if k > 1 and all(exponents.get(b) == k * e for b, e in inside.items()):
                left = [pair for pair in ordered if pair[0] not in inside]
                return self.order.of_factors([*left, (base, number(k))])
        return super().spelled(ordered)

    def spelled_exponent(self, exponent: Expr) -> Expr:
        """The sum a/2 + b/2 as (a + b)/2."""
        terms = self.terms_of(exponent) if exponent.op in SUMS else []
        below = {c.denominator for c, dotted, _ in terms if not dotted}
        if len(below) != 1 or 1 in below or any(dotted for _, dotted, _ in terms):
            return exponent
        (n,) = below
        sign = -1 if self.opposite(exponent) else 1
        above = self.total([(sign * c * n, t) for c, _, t in terms])
        return div(above if sign > 0 else neg(above), number(n))

    def resolved(self, found: Product) -> Product:
        """A product with u*v*(u*v)^n as (u*v)^(n + 1), and its roots resolved."""
        factors = found.factors
        for base in [b for b in factors if b.op in PRODUCTS]:
            inner = self.product_of(base)
            gone = factors.get(base, ZERO).op == "number"  # it was another's factor
            if gone or inner[:2] != (1, False):
                continue
            inside = inner.factors
            times = [_times(factors.get(b, ZERO), e) for b, e in inside.items()]
            k = min(times, key=abs) if min(times) > 0 or max(times) < 0 else 0
            if k:
                left = {
                    b: self.total([(1, factors[b]), (-k, e)]) for b, e in inside.items()
                }
                left[base] = self.total([(1, factors[base]), (k, ONE)])
                kept = {b: e for b, e in (factors | left).items() if e is not ZERO}
                factors = kept
        return super().resolved(found._replace(factors=factors))


def _times(exponent: Expr, of: Expr) -> int:
    """How many times a power has another of its base."""
    if exponent is of:
        return 1
    both = is_whole(exponent) and is_whole(of)
    return int(Fraction(exponent.value, of.value)) if both else 0
