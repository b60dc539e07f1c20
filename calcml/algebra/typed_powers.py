"""Powers of quotients and products, which stay as they are typed: (r/c)^2."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from calcml.algebra.real_factors import RealAlgebra
from calcml.algebra.terms import is_whole
from calcml.core.expr import Expr, number
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
