"""Roots of real numbers in products: powers taken apart, what is positive taken out.

A root (u^n)^r is |u|^(n r) for an even n, and u^(n r) for an odd one, as u >= 0 then.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from math import prod

from calcml.algebra.terms import PRODUCTS, Algebra, Factors, Product, is_whole
from calcml.core.budget import spend
from calcml.core.cost import Cost
from calcml.core.exact import exact_power, exact_root
from calcml.core.expr import (
    HALF,
    MINUS_HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    E,
    Expr,
    Number,
    number,
    walk,
)
from calcml.core.flat import SUMS
from calcml.core.operations import ABS, CBRT, SQRT
from calcml.core.order import Factor

Found = tuple[Number, Factors] | None  # a coefficient and factors


class RootAlgebra(Algebra):
    """The algebra that takes roots of products apart."""

    @cached_property
    def cost(self) -> Cost:
        """What expressions cost to read."""
        return Cost()

    @cached_property
    def rooted(self) -> set[Expr]:
        """The sums of which square roots are typed, in order."""
        roots = {n.args[0] for n in walk(*self.roots) if n.op == SQRT}
        return {self.total([(1, n)]) for n in roots if n.op in SUMS}

    def spelled(self, ordered: list[Factor]) -> list[Factor]:
        """The factors with what is positive in the root of what is beside it."""
        roots = [(b, e) for b, e in ordered if e is HALF or e is MINUS_HALF]
        sure = [pair for pair in roots if self._sure(pair[0])] if roots[1:] else []
        others = [pair for pair in roots if pair not in sure]
        if not others:
            others = [pair for pair in sure if pair[0].op == "symbol"]
            sure = [pair for pair in sure if pair not in others]
        if sure and others[1:]:
            others = [next((p for p in others if p[1] is HALF), others[0])]
        joined = sure + (others if len(others) == 1 else [])
        if len(joined) < 2:
            return ordered
        # sqrt(2)/sqrt(u) is no sqrt(2/u) where u < 0.
        certain = (
            len(others) != 1 or others[0] not in joined or self._sure(others[0][0])
        )
        ways = [e for e in (HALF, MINUS_HALF) if any(e is k for _, k in joined)]
        made = []
        for way in ways if certain else [others[0][1]]:
            inside = {b: ONE if e is way else MINUS_ONE for b, e in joined}
            made.append((self.product(*self.settled(Product(1, False, inside))), way))
        left = [pair for pair in ordered if pair not in joined]
        shortest = min(made, key=lambda pair: self.cost(pair[0]))
        if shortest[1] is MINUS_HALF and shortest[0].op == "div":  # 1/sqrt(u/2)
            return ordered
        return self.order.of_factors([*left, shortest])

    def _sure(self, node: Expr) -> bool:
        """Whether a number, constant or parameter is known to be positive."""
        return not node.args and self.positive(node)

    def by_roots(self, factors: Factors, base: Expr, exponent: Expr) -> Found:
        """A coefficient and factors with one root among them resolved, if it can be."""
        if base.op == CBRT:
            return self._by_cube_roots(factors)
        if base.op in PRODUCTS and type(exponent.value) is Fraction:
            return self._root_of_product(factors, base, exponent)
        if base.op == "number" and exponent.op == "number":
            return self._roots_of_numbers(factors)
        if base.op in SUMS and (exponent is HALF or exponent is MINUS_HALF):
            return self._by_conjugates(factors, base, exponent)
        return None

    def _by_cube_roots(self, factors: Factors) -> tuple[Number, Factors] | None:
        """A coefficient and factors with no power of u beside one of its cube root."""
        thirds: dict[Expr, int] = {}
        old: Factors = {}
        coefficient: Number = 1
        for call, exponent in factors.items():
            if call.op == CBRT and is_whole(exponent):
                c, dotted, inside = self.product_of(call.args[0])
                root = None if dotted else exact_root(max(c, -c), 3)
                whole = all(map(is_whole, inside.values()))
                if root is None or len(inside) > 1 or not whole:
                    continue
                value = exact_power(root if c > 0 else -root, exponent.value)
                if value is None:  # a long number
                    continue
                old[call] = exponent
                coefficient *= value
                for u, e in inside.items():
                    thirds[u] = thirds.get(u, 0) + e.value * exponent.value
        for u in thirds.keys() & factors.keys():
            if is_whole(factors[u]):
                old[u] = factors[u]
                thirds[u] += 3 * factors[u].value
        return self.instead(factors, old, self._thirds(thirds), coefficient, most=0)

    def _thirds(self, powers: Mapping[Expr, int]) -> Factors:
        """u^(k/3) of each u and k, by u and its real cube root."""
        new: Factors = {}
        for u, k in powers.items():
            sign = 1 if k > 0 else -1
            whole, left = divmod(abs(k), 3)
            if whole:
                self._multiply(new, u, number(sign * whole))
            if left:
                self._multiply(new, self.function(CBRT, (u,)), number(sign * left))
        return new

    def _roots_of_numbers(self, factors: Factors) -> tuple[Number, Factors] | None:
        """Square roots of numbers of which the product is rational, as that."""
        signs = {HALF: 1, MINUS_HALF: -1}
        found = {b: signs[e] for b, e in factors.items() if e in signs and _positive(b)}
        square = prod([Fraction(b.value) ** k for b, k in found.items()])
        root = exact_root(square, 2) if len(found) > 1 else None
        if root is None:
            return None
        return root, {b: e for b, e in factors.items() if b not in found}

    def _by_conjugates(
        self, factors: Factors, base: Expr, exponent: Expr
    ) -> tuple[Number, Factors] | None:
        """Roots of p + q and p - q by that of p^2 - q^2, if that is there or no sum."""
        own = {t: c for c, _, t in self.terms_of(base)}
        for other, e in factors.items():
            found = {t: c for c, _, t in self.terms_of(other)} if e is exponent else {}
            if len(own) == 2 and own.keys() == found.keys():
                p, q = own
                if own[p] * found[q] + own[q] * found[p]:
                    continue
                squares = [(t, self.product(*self.gather([(t, 2)], {}))) for t in own]
                norm = self.total(
                    [(own[t] * found[t], square) for t, square in squares]
                )
                known = norm in self.rooted if norm.op in SUMS else norm.args
                if known or _positive(norm):
                    left = {b: e for b, e in factors.items() if b not in (base, other)}
                    root = self.total([(1, left.get(norm, ZERO)), (1, exponent)])
                    return 1, left | {norm: root}
        return None

    def _root_of_product(
        self, factors: Factors, base: Expr, exponent: Expr
    ) -> tuple[Number, Factors] | None:
        """A root of a product by roots of its parts, as far as that has its values."""
        spend(15)
        r: Fraction = exponent.value
        c, dotted, inside = self.product_of(base)
        exact = c > 0 and not dotted
        kept = {b: e for b, e in inside.items() if b is not E and not self._sure(b)}
        out = {b: self.scaled(e, r) for b, e in inside.items() if b not in kept}
        if exact and all(e.op == "number" for e in kept.values()):
            if all(e.value % 2 == 0 for e in kept.values()):
                for b, e in kept.items():
                    self._multiply(out, self.function(ABS, (b,)), self.scaled(e, r))
                kept = {}
            elif len(kept) == 1:
                ((b, e),) = kept.items()
                self._multiply(out, b, self.scaled(e, r))
                kept = {}
        root = exact_power(c, r) if exact and c != 1 else None
        # Square roots are written as one again; sqrt(2)/(u/2)^(7/2) has none.
        split = (
            abs(r) == Fraction(1, 2)
            or r.denominator == 2
            and any(
                _positive(b) and exact_root(Fraction(b.value) * c, 2) for b in factors
            )
        )
        if root is None and not out or root is None and c != 1 and not split:
            return None
        coefficient: Number = 1
        if root is not None:
            coefficient, c = root, 1
        if kept or not exact:
            self._multiply(out, self.product(c, dotted, kept), exponent)
        elif c != 1:
            coefficient = Fraction(c) ** int(r)
            self._multiply(out, number(c), HALF if r > 0 else MINUS_HALF)  # beside 2^z
        left = {b: e for b, e in factors.items() if b is not base}
        for b, e in out.items():
            left[b] = self.total([(1, left[b]), (1, e)]) if b in left else e
        return coefficient, left

    def instead(
        self, factors: Factors, old: Factors, new: Factors, c: Number, most: int
    ) -> tuple[Number, Factors] | None:
        """The factors with new ones for old ones, if that costs at most `most` more."""
        if new == old:
            return None
        before, after = self.product(1, False, old), self.product(c, False, new)
        if self.cost(after) > self.cost(before) + most:
            return None
        left = {b: e for b, e in factors.items() if b not in old}
        for b, e in new.items():
            left[b] = self.total([(1, left[b]), (1, e)]) if b in left else e
        return c, left


def _positive(node: Expr) -> bool:
    return node.op == "number" and bool(node.value > 0)
