"""Products of real numbers: powers of u, |u| and sgn(u) joined.

Where u is not 0, |u| is u sgn(u) and sgn(u)^2 is 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from calcml.algebra.limits import MAX_MERGED
from calcml.algebra.real_roots import RootAlgebra
from calcml.algebra.terms import Factors, Product, is_whole
from calcml.core.exact import exact_power
from calcml.core.expr import (
    ONE,
    E,
    Expr,
    Number,
    number,
)
from calcml.core.flat import SUMS
from calcml.core.operations import ABS, SIGN
from calcml.core.order import Factor
from calcml.functions import FUNCTIONS

SIGNED = {ABS: 1, SIGN: 2}


class RealAlgebra(RootAlgebra):
    """The algebra of what is real everywhere."""

    def resolved(self, found: Product) -> Product:
        """Absolute values, signs and roots of powers resolved in a settled product."""
        factors = found.factors
        if len(factors) > MAX_MERGED:
            return found
        for base, exponent in factors.items():
            if base.op in SIGNED:
                new = self._by_signs(factors) or self._by_parity(factors)
            else:
                new = self._out_of_root(found, base, exponent)
                new = new or self.by_roots(factors, base, exponent)
            if new is not None:
                c, changed = new
                return self.settled(
                    Product(found.coefficient * c, found.dotted, changed)
                )
        return found

    def _out_of_root(
        self, found: Product, base: Expr, exponent: Expr
    ) -> tuple[Number, Factors] | None:
        """6/sqrt(3) as 2*sqrt(3): the coefficient without what a root divides by."""
        if base.op != "number" or exponent.op != "number" or exponent.value > 0:
            return None
        whole = isinstance(base.value, int) and base.value > 1
        if not whole or found.coefficient.numerator % base.value:
            return None
        above = {base: number(exponent.value + 1)}
        return Fraction(1, base.value), found.factors | above

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
        return self.instead(factors, old, new, coefficient, most=-apart)

    def unsigned(self, node: Expr) -> tuple[Expr, list[Expr]]:
        """A product with a for each |a| that is a factor, and these |a|."""
        c, dotted, factors = self.product_of(node)
        calls = [b for b, e in factors.items() if b.op == ABS and is_whole(e)]
        if not calls:
            return node, calls
        bare = self.gather([(b.args[0], factors[b].value) for b in calls], {})
        left = {b: e for b, e in factors.items() if b not in calls}
        for b, e in bare.factors.items():
            self._multiply(left, b, e)
        whole = Product(c * bare.coefficient, dotted or bare.dotted, left)
        return self.product(*self.settled(whole)), calls

    def _by_parity(self, factors: Factors) -> tuple[Number, Factors] | None:
        """f(|u|) sgn(u) as f(u), and f(|u|)/|u| as f(u)/u, for an odd f."""
        for base, exponent in factors.items():
            row = FUNCTIONS.get(base.op)
            if row is None or row.parity != "odd" or exponent is not ONE:
                continue
            arg, calls = self.unsigned(base.args[0])
            for call in calls if len(calls) == 1 else ():
                sign = self.function(SIGN, call.args)
                left = {b: e for b, e in factors.items() if b is not base}
                if factors.get(sign) is ONE:
                    del left[sign]
                elif call in left:
                    self._multiply(left, call.args[0], left.pop(call))
                else:
                    continue
                self._multiply(left, self.function(base.op, (arg,)), ONE)
                return 1, left
        return None

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
