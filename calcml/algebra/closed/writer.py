"""Quotients over kernels written as expressions: the cheapest of several ways.

A product of powers is written with each sum as it stands, with a factor taken out of
it, or as the input had it; factors that are shorter multiplied out are; functions of
one angle become tangents and secants where that is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from calcml.algebra.closed.assemble import Assembler, Powers, Terms, Variant, fraction
from calcml.algebra.closed.curves import by_squares, complex_square, homogeneous
from calcml.algebra.closed.limits import (
    MAX_FILLED,
    MAX_FOUR,
    MAX_GROUP,
    MAX_JOINED,
    MAX_KNOWN,
    MAX_VARIED,
)
from calcml.algebra.closed.variants import exponential, halved, hyperbolic
from calcml.algebra.normal.families import folds, functions_on
from calcml.algebra.normal.reader import Angle, Reader
from calcml.algebra.normal.ring import Quotient
from calcml.core.build import IMAG
from calcml.core.cost import Cost
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, Expr, Number, make
from calcml.core.flat import SUMS

FOLDING = {row.op for row, _, _ in folds()} | {*functions_on("hyperbola").values()}


class Writer(Assembler):
    """Writes quotients of one reader; `hyperbolic` ones of its exponentials, too."""

    def __init__(self, reader: Reader, cost: Cost, hyperbolic: bool = False) -> None:
        super().__init__(reader, cost)
        self.hyperbolic = hyperbolic
        self._products: dict[tuple[object, ...], Expr] = {}
        self.folding = any(base.op in FOLDING for base, _ in reader.generators)
        self.imaginary = any(base is IMAG for base, _ in reader.generators)
        self._named: dict[int, list[tuple[Expr, Quotient]]] = {}
        for node, (c, factors) in reader.values.items():
            sums = [f for f in factors if f >= self.ring.size]
            if len(sums) == 1 and factors[sums[0]] == 1 and node.op in SUMS:
                self._named.setdefault(sums[0], []).append((node, Quotient(c, factors)))
        known = [self.ring.polynomials[f] for f in self._named]
        self.known = sorted(known, key=len)[:MAX_KNOWN]

    # --- products -------------------------------------------------------------------

    def product(self, q: Quotient) -> Expr:
        """A quotient as a product of powers."""
        key = q.coefficient, frozenset(q.factors.items())
        known = self._products.get(key)
        if known is None:
            known = self._products[key] = self._product(q)
        return known

    def _regained(self, q: Quotient) -> Quotient:
        """q without division by what a root's base was divided by, if f does not.

        In u*w = r^2 the ring writes u as r^2/w, which has no value where w is 0.
        """
        c, factors = q.coefficient, dict(q.factors)
        for main, (own, rest) in self.ring.mains.items():
            for f, k in rest.items():
                turn = 1 if k < 0 else -1
                while factors.get(f, 0) < 0 and f not in self.reader.divided:
                    c = c / own**turn
                    moves = {g: -e * turn for g, e in rest.items()} | {main: turn}
                    for g, e in moves.items():
                        factors[g] = factors.get(g, 0) + e
                        if e < 0 and factors[g] < 0 and g not in self.reader.divided:
                            raise LimitError("a form would divide by what may be 0")
        return Quotient(c, {f: e for f, e in factors.items() if e})

    def _product(self, q: Quotient) -> Expr:
        q = self._regained(q)
        powers, sums = self.parted(q)
        coefficient = fraction(q.coefficient)
        if self.reader.angles or self.imaginary:
            coefficient, sums = self._with_powers(coefficient, sums)
        if len(sums) > 1:
            sums = self._joined(sums)
        chosen: list[tuple[Variant, int]] = []
        whole: Expr | None = None
        for place, (p, e) in enumerate(sums):
            found = [*self._variants(p, powers), *self._filled(p, e, powers)]
            met = {(v.node, v.power, v.coefficient, *v.rest.items()): v for v in found}
            variants = [*met.values()]
            if len(variants) > 1:
                later = [
                    (Variant(self.sum(x), 1, {}, 1), k) for x, k in sums[place + 1 :]
                ]
                made = [
                    self.assembled(coefficient, powers, [*chosen, (v, e), *later])
                    for v in variants
                ]
                prices = [self.cost(m) for m in made]
                best = prices.index(min(prices))
                variants, whole = [variants[best]], made[best]
            chosen.append((variants[0], e))
        if whole is None:
            whole = self.assembled(coefficient, powers, chosen)
        return whole

    def parted(self, q: Quotient) -> tuple[Powers, list[tuple[Any, int]]]:
        """The powers of generators in a quotient, and its sums with theirs."""
        size, polynomials = self.ring.size, self.ring.polynomials
        powers = {f: e for f, e in q.factors.items() if f < size}
        sums = [(polynomials[f], e) for f, e in q.factors.items() if f >= size]
        return powers, sums

    def times(self, q: Quotient, inner: Expr) -> Expr:
        """A quotient times a sum that is written already."""
        powers, sums = self.parted(q)
        parts = [(Variant(self.sum(p), 1, {}, 1), e) for p, e in sums]
        parts.append((Variant(inner, 1, {}, 1), 1))
        return self.assembled(fraction(q.coefficient), powers, parts)

    def _with_powers(
        self, coefficient: Number, sums: list[tuple[Any, int]]
    ) -> tuple[Number, list[tuple[Any, int]]]:
        """1 - 2*s*c as (s - c)^2: sums as powers, by 1 = s^2 + c^2 (or c^2 - s^2)."""
        found: list[tuple[Any, int]] = []
        found_in = complex_square if self.imaginary else homogeneous
        for p, e in sums:
            unit, base, k = next(found_in(p, self.reader), (1, p, 1))
            if k > 1 and self.cost(self.sum(base)) + 1 < self.cost(self.sum(p)):
                p, e, coefficient = base, e * k, coefficient * Fraction(unit) ** e
            alike = [n for n, (other, _) in enumerate(found) if other == p]
            if alike:
                e += found.pop(alike[0])[1]
            found += [(p, e)] if e else []
        return coefficient, found

    def _joined(self, sums: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
        """Factors of one power multiplied out where that is shorter."""
        found: list[tuple[Any, int]] = []
        for e in dict.fromkeys(e for _, e in sums):
            group = [p for p, k in sums if k == e]
            while 1 < len(group) <= MAX_GROUP:
                best: tuple[int, tuple[int, ...], Any] | None = None
                for size in range(2, 5 if len(group) <= MAX_FOUR else 3):
                    for places in combinations(range(len(group)), size):
                        both = self._multiplied([group[i] for i in places])
                        if both is None:
                            continue
                        apart = [self.cost(self.sum(group[i])) for i in places]
                        gain = sum(apart) + (size - 1) * (1 + (abs(e) != 1))
                        gain -= self.cost(self.sum(both))
                        if gain > 0 and (best is None or gain > best[0]):
                            best = gain, places, both
                if best is None:
                    break
                group = [p for i, p in enumerate(group) if i not in best[1]]
                group.append(best[2])
            found += [(p, e) for p in group]
        return found

    def _multiplied(self, group: Sequence[Any]) -> Any:
        """A product that is no longer than its factors together, else None."""
        result = group[0]
        for p in group[1:]:
            if len(result) * len(p) > MAX_JOINED:
                return None
            result = result * p
        return result if len(result) <= sum(len(p) for p in group) else None

    # --- variants of a sum in a product ---------------------------------------------

    def _variants(self, p: Any, powers: Powers) -> Iterator[Variant]:
        """A sum as it stands, as the input has it, and in other functions of angles."""
        yield Variant(self.sum(p), 1, {}, 1)
        key = self.ring.number_of(p)
        for node, (c, factors) in self._named.get(key, ()):
            rest = {f: -e for f, e in factors.items() if f != key}
            yield Variant(node, 1, rest, fraction(1 / c))
        if len(p) > MAX_VARIED:
            return
        degrees = p.degrees()
        for angle in self.reader.angles:
            if degrees[angle.s] or degrees[angle.c]:
                yield from self._turned(self.ring.terms(p), angle, powers)
                yield from halved(p, angle, self)
        yield from self._squares(p)
        yield from self._doubled(p)
        if len(p) == 2 and self.folding:
            yield from exponential(p, self)
        if len(p) == 2 and self.hyperbolic:
            yield from hyperbolic(p, self)

    def _squares(self, p: Any) -> Iterator[Variant]:
        """1 + t^2 of a tangent t (1 - t^2 on a hyperbola) as a square of a secant."""
        if len(p) != 2:
            return
        for i, (curve, ratio) in self.ratios.items():
            sign = 1 if curve == "circle" else -1
            if p == self.ring.polynomials[i] ** 2 + sign:
                rest = {~i: -2} if ratio == "s/c" else {i: 2, ~i: -2}
                yield Variant(ONE, 1, rest, 1 if ratio == "c/s" else sign)

    def _doubled(self, p: Any) -> Iterator[Variant]:
        """2c^2 - 1 as the cosine of twice the angle, 2s^2 + 1 as the hyperbolic one."""
        if len(p) != 2:
            return
        for angle in self.reader.angles:
            s, c = (self.ring.polynomials[i] for i in (angle.s, angle.c))
            sign = 1 if angle.curve == "circle" else -1
            for form, turned in ((2 * c**2 - 1, 1), (2 * s**2 - sign, -sign)):
                if p == form:
                    double = self.algebra.product(2, False, {angle.angle: ONE})
                    cosine = make(functions_on(angle.curve)["c"], (double,))
                    yield Variant(cosine, 1, {}, turned)

    def _filled(self, p: Any, e: int, powers: Powers) -> Iterator[Variant]:
        """The sum with a power of a kernel that stands beside it multiplied into it."""
        if len(p) > MAX_FILLED:
            return
        for i, k in powers.items():
            if abs(k) == e == 1 and p.degrees()[i]:
                yield from self._without_root(p, i, k)
            if k % e or k // e < 1 or i in self.angles:
                continue
            # x*(y + z) is never longer than x*y + x*z, unless x is a root of a part.
            if e != 1 or self.reader.generators[i].unit is not ONE:
                more = p * self.ring.polynomials[i] ** (k // e)
                yield Variant(self.sum(more), 1, {i: -k // e}, 1)

    def _without_root(self, p: Any, i: int, k: int) -> Iterator[Variant]:
        """The sum with the root of a number beside it: sqrt(2)*x + 2 over sqrt(2)."""
        base = self.reader.generators[i].base
        if base.op == "number":
            c, factors = self.ring.reduced(p * self.ring.polynomials[i])
            sums = [f for f, e in factors.items() if f >= self.ring.size and e == 1]
            if [*factors] == sums and len(sums) == 1:
                node = self.sum(self.ring.polynomials[sums[0]])
                over = 1 if k > 0 else Fraction(base.value)
                yield Variant(node, 1, {i: -k}, Fraction(fraction(c)) / over)

    def _turned(self, terms: Terms, angle: Angle, powers: Powers) -> Iterator[Variant]:
        """The sum over a power of s or c, where the input has a value only beside 0."""
        most = max(m[angle.s] + m[angle.c] for m in terms)
        for by, ratio, inverse in (
            (angle.c, "s/c", "1/c"),
            (angle.s, "c/s", "1/s"),
        ):
            may = self.may_divide(angle.angle, angle.curve, ratio[-1])
            if may or powers.get(by, 0) < 0:
                node = self._over(terms, angle, by, most, ratio, inverse)
                yield Variant(node, 1, {by: most}, 1)

    def _over(
        self,
        terms: Terms,
        angle: Angle,
        by: int,
        most: int,
        ratio: str,
        inverse: str,
    ) -> Expr:
        """The sum over by^most: a sum of tangents and secants, or their cofunctions."""
        ops = functions_on(angle.curve)
        t, r = (make(ops[f], (angle.angle,)) for f in (ratio, inverse))
        parts = []
        for m, k in terms.items():
            a = m[angle.s if by == angle.c else angle.c]
            b = most - m[angle.s] - m[angle.c]
            powers = {
                i: e for i, e in enumerate(m) if e and i not in (angle.s, angle.c)
            }
            variants = [(Variant(n, 1, {}, 1), e) for n, e in ((t, a), (r, b)) if e]
            parts.append((1, self.assembled(k, powers, variants)))
        return by_squares(self.algebra.total(parts), self.algebra, self.cost)
