"""Products of real numbers: powers of u, |u| and sgn(u) joined, roots taken apart.

Where u is not 0, |u| is u sgn(u) and sgn(u)^2 is 1. A root (u^n)^r is |u|^(n r) for an
even n, and u^(n r) for an odd one, as u >= 0 then; what is positive leaves the root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from math import prod

from calcml.algebra.limits import MAX_MERGED
from calcml.algebra.terms import PRODUCTS, SUMS, Algebra, Product, is_whole
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
)
from calcml.core.operations import ABS, CBRT, SIGN
from calcml.core.order import Factor

Factors = dict[Expr, Expr]  # exponents by their bases
SIGNED = {ABS: 1, SIGN: 2}


class RealAlgebra(Algebra):
    """The algebra of what is real everywhere."""

    @cached_property
    def cost(self) -> Cost:
        """What expressions cost to read."""
        return Cost()

    def resolved(self, found: Product) -> Product:
        """Absolute values, signs and roots of powers resolved in a settled product."""
        factors = found.factors
        if len(factors) > MAX_MERGED:
            return found
        for base, exponent in factors.items():
            if base.op in SIGNED:
                new = self._by_signs(factors)
            elif base.op == CBRT:
                new = self._by_cube_roots(factors)
            elif base.op in PRODUCTS and type(exponent.value) is Fraction:
                new = self._root_of_product(factors, base, exponent)
            elif base.op == "number" and exponent.op == "number":
                new = self._roots_of_numbers(factors)
            elif base.op in SUMS and (exponent is HALF or exponent is MINUS_HALF):
                new = self._by_conjugates(factors, base, exponent)
            else:
                continue
            if new is not None:
                c, changed = new
                return self.settled(
                    Product(found.coefficient * c, found.dotted, changed)
                )
        return found

    def join_pairs(self, like: dict[Expr, Number]) -> None:
        """c*a + c*f(a) by the rule of an even f: a may be its opposite, too."""
        for term in [t for t in like if t.op in self.pairs]:
            c = like.get(term, 0)
            inside = {t: k for k, _, t in self.terms_of(term.args[0])}
            for sign in (1, -1):
                if c and all(like.get(t) == sign * c * k for t, k in inside.items()):
                    for part in (term, *inside):
                        del like[part]
                    made = self.pairs[term.op](self.scaled(term.args[0], sign))
                    for coefficient, _, part in self.terms_of(made):
                        like[part] = like.get(part, 0) + c * coefficient
                    break

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
        above = next((e for _, e in joined if e is HALF), MINUS_HALF)
        leading = others[0][1] if len(others) == 1 else above
        inside = {b: ONE if e is leading else MINUS_ONE for b, e in joined}
        left = [pair for pair in ordered if pair not in joined]
        radicand = self.product(*self.settled(Product(1, False, inside)))
        return self.order.of_factors([*left, (radicand, leading)])

    def _without_sign(
        self, ordered: list[Factor], coefficient: Number
    ) -> tuple[list[Factor], Number]:
        """The sign moved into a difference, or into one of which the sign is taken."""
        ordered, coefficient = super()._without_sign(ordered, coefficient)
        for i, (base, exponent) in enumerate(ordered if coefficient < 0 else ()):
            inside = self.terms_of(base.args[0]) if base.op == SIGN else ()
            if exponent is ONE and len({c < 0 for c, _, _ in inside}) == 2:
                turned = self.function(SIGN, (self.negated(base.args[0]),))
                return [*ordered[:i], (turned, ONE), *ordered[i + 1 :]], -coefficient
        return ordered, coefficient

    def _sure(self, node: Expr) -> bool:
        """Whether a number, constant or parameter is known to be positive."""
        return not node.args and self.positive(node)

    def _by_signs(self, factors: Factors) -> tuple[Number, Factors] | None:
        """A coefficient and factors in which no u has two of u, |u| and sgn(u)."""
        calls = [b for b, e in factors.items() if b.op in SIGNED and is_whole(e)]
        powers: dict[Expr, list[int]] = {}  # of u, |u| and sgn(u)
        coefficient: Number = 1
        apart = False
        for call in calls:
            k = factors[call].value
            c, inside = self.inside(call)
            value = exact_power(c, k) if abs(c) != 1 else c if k % 2 else 1
            if value is None:  # a long number
                return None
            coefficient *= value
            sure = {u for u in inside if len(inside) > 1 and self.positive(u)}
            apart = apart or len(inside) > 1 + 2 * len(sure)
            for u, e in inside.items():
                if u in sure:
                    if call.op == ABS:
                        powers.setdefault(u, [0, 0, 0])[0] += k * e
                    continue
                kept, sign = self._oriented(u, powers)
                powers.setdefault(kept, [0, 0, 0])[SIGNED[call.op]] += k * e
                coefficient *= sign if call.op == SIGN and k * e % 2 else 1
        old = {call: factors[call] for call in calls}
        for base, exponent in factors.items():
            kept, sign = self._oriented(base, powers)
            if kept in powers and base not in old and is_whole(exponent):
                powers[kept][0] += exponent.value
                old[base] = exponent
                coefficient *= sign if exponent.value % 2 else 1
        new = self._written(powers)
        return self._instead(factors, old, new, coefficient, most=-apart)

    def inside(self, call: Expr) -> tuple[Number, dict[Expr, int]]:
        """The argument of |u| or sgn(u) as a number and powers, or as it stands."""
        c, dotted, inside = self.product_of(call.args[0])
        if dotted or not all(is_whole(e) and b is not E for b, e in inside.items()):
            return 1, {call.args[0]: 1}
        if call.op == ABS:
            return max(c, -c), {b: e.value for b, e in inside.items()}
        return (c > 0) - (c < 0), {b: abs(e.value) for b, e in inside.items()}

    def _oriented(self, u: Expr, powers: Mapping[Expr, object]) -> tuple[Expr, int]:
        """The one of u and -u that is there, and the sign that makes u of it."""
        if u not in powers and u.op in SUMS:
            opposite = self.negated(u)
            if opposite in powers:
                return opposite, -1
        return u, 1

    def _written(self, powers: Mapping[Expr, list[int]]) -> Factors:
        """Powers of u, |u| and sgn(u) by as few of them as it goes."""
        found: Factors = {}
        shared: dict[str, Factors] = {ABS: {}, SIGN: {}}
        for u, each in powers.items():
            for op, k in _joined(*each):
                if not op:
                    self._multiply(found, u, number(k))
                elif abs(k) == 1:
                    shared[op][u] = number(k)
                else:
                    self._multiply(found, self.function(op, (u,)), number(k))
        for op, inside in shared.items():
            if inside:
                below = all(e.value < 0 for e in inside.values())
                if below:
                    inside = dict.fromkeys(inside, ONE)
                call = self.function(op, (self.product(1, False, inside),))
                self._multiply(found, call, number(-1 if below else 1))
        return found

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
        return self._instead(factors, old, self._thirds(thirds), coefficient, most=0)

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
        """Roots of p + q and p - q by the root of p^2 - q^2, where that is a number."""
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
                if norm.op == "number" and norm.value > 0:
                    left = {b: e for b, e in factors.items() if b not in (base, other)}
                    root = self.total([(1, left.get(norm, ZERO)), (1, exponent)])
                    return 1, left | {norm: root}
        return None

    def _instead(
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

    def _root_of_product(
        self, factors: Factors, base: Expr, exponent: Expr
    ) -> tuple[Number, Factors] | None:
        """A root of a product by roots of its parts, as far as that has its values."""
        r = Fraction(exponent.value)
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
                out[b], kept = self.scaled(e, r), {}
        root = exact_power(c, r) if exact and c != 1 else None
        split = abs(r) == Fraction(1, 2)  # square roots are written as one again
        if root is None and not out or root is None and c != 1 and not split:
            return None
        coefficient: Number = 1
        if root is not None:
            coefficient, c = root, 1
        if kept or not exact:
            out[self.product(c, dotted, kept)] = exponent
        elif c != 1:
            out[number(c)] = exponent
        left = {b: e for b, e in factors.items() if b is not base}
        for b, e in out.items():
            left[b] = self.total([(1, left[b]), (1, e)]) if b in left else e
        return coefficient, left


def _positive(node: Expr) -> bool:
    return node.op == "number" and bool(node.value > 0)


def _joined(plain: int, size: int, sign: int) -> Iterator[tuple[str, int]]:
    """u^plain |u|^size sgn(u)^sign by one or two of them, "" for u, with exponents."""
    total, odd = plain + size, (size + sign) % 2
    if not total and not odd and sign and min(plain, size) >= 0:
        yield SIGN, 2  # it is 0 where u is
    elif not odd:
        if total:
            yield "", total
    elif not total:
        yield SIGN, 1
    elif total % 2:
        yield ABS, total
    elif total > 0:
        yield from (("", total - 1), (ABS, 1))
    else:
        yield from (("", total), (SIGN, 1))
