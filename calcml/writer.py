"""Quotients over kernels written as expressions: the cheapest of several ways.

A product of powers is written with each sum as it stands, with a factor taken out of
it, or as the input had it; factors that are shorter multiplied out are; functions of
one angle become tangents and secants where that is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

from calcml.cost import Cost
from calcml.errors import LimitError
from calcml.expr import ONE, Expr, Number, make, mul, number
from calcml.families import RATIOS, functions_on
from calcml.functions import FUNCTIONS
from calcml.reader import Angle, Reader
from calcml.ring import Quotient
from calcml.terms import SUMS, Algebra

MAX_COLLECTED = 40  # terms of a sum that is tried by powers of each kernel
MAX_KERNELS = 8  # by whose powers a sum is tried
MAX_JOINED = 12  # terms of two factors multiplied out
MAX_FILLED = 4  # terms of a sum that a factor beside it is multiplied into

Powers = dict[int, int]


class Variant(NamedTuple):
    """A sum as node^power, times powers of generators and a number."""

    node: Expr
    power: int
    rest: Powers
    coefficient: Number


class Writer:
    """Writes quotients of one reader."""

    def __init__(self, reader: Reader, cost: Cost) -> None:
        self.reader = reader
        self.ring = reader.ring
        self.algebra = reader.algebra
        self.cost = cost
        self.angles = {i: a for a in reader.angles for i in (a.s, a.c)}
        self.ratios = {
            i: (curve, row_text)
            for i, (base, unit) in enumerate(reader.generators)
            for curve, row_text in _ratio(base)
            if unit is ONE
        }
        self.divided = reader.divided()
        self._sums: dict[str, Expr] = {}
        self._products: dict[tuple[object, ...], Expr] = {}
        self._named: dict[int, list[tuple[Expr, Quotient]]] = {}
        for node, (c, factors) in reader.values.items():
            sums = [f for f in factors if f >= self.ring.size]
            if len(sums) == 1 and factors[sums[0]] == 1 and node.op in SUMS:
                self._named.setdefault(sums[0], []).append((node, Quotient(c, factors)))

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
                while factors.get(f, 0) < 0 and f not in self.divided:
                    c = c / own**turn
                    moves = {g: -e * turn for g, e in rest.items()} | {main: turn}
                    for g, e in moves.items():
                        factors[g] = factors.get(g, 0) + e
                        if e < 0 and factors[g] < 0 and g not in self.divided:
                            raise LimitError("a form would divide by what may be 0")
        return Quotient(c, {f: e for f, e in factors.items() if e})

    def _product(self, q: Quotient) -> Expr:
        q = self._regained(q)
        powers = {f: e for f, e in q.factors.items() if f < self.ring.size}
        sums = [
            (self.ring.polynomials[f], e)
            for f, e in q.factors.items()
            if f >= self.ring.size
        ]
        coefficient = _fraction(q.coefficient)
        if len(sums) > 1:
            sums = self._joined(sums)
        chosen: list[tuple[Variant, int]] = []
        for place, (p, e) in enumerate(sums):
            variants = [*self._variants(p, powers), *self._filled(p, e, powers)]
            if len(variants) > 1:
                later = [
                    (Variant(self.sum(x), 1, {}, 1), k) for x, k in sums[place + 1 :]
                ]
                made = [
                    self._assembled(coefficient, powers, [*chosen, (v, e), *later])
                    for v in variants
                ]
                prices = [self.cost(m) for m in made]
                variants = [variants[prices.index(min(prices))]]
            chosen.append((variants[0], e))
        return self._assembled(coefficient, powers, chosen)

    def _joined(self, sums: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
        """Factors of one power multiplied out where that is shorter."""
        found: list[tuple[Any, int]] = []
        for e in dict.fromkeys(e for _, e in sums):
            group = [p for p, k in sums if k == e]
            while len(group) > 1:
                best: tuple[int, tuple[int, ...], Any] | None = None
                for size in range(2, min(len(group), 4) + 1):
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

    def _assembled(
        self,
        coefficient: Fraction,
        powers: Mapping[int, int],
        parts: Sequence[tuple[Variant, int]],
    ) -> Expr:
        """coefficient * powers of generators * powers of the variants."""
        exponents = dict(powers)
        nodes: list[tuple[Expr, int]] = []
        for (node, power, rest, c), e in parts:
            coefficient *= Fraction(c) ** e
            for i, k in rest.items():
                exponents[i] = exponents.get(i, 0) + k * e
            if node is not ONE:
                nodes.append((node, power * e))
        factors: dict[Expr, Expr] = {}
        coefficient = self._put_generators(factors, exponents, coefficient)
        coefficient = self._put_sums(factors, nodes, coefficient)
        return self.algebra.product(_plain(coefficient), False, factors)

    def _put_sums(
        self,
        factors: dict[Expr, Expr],
        nodes: Sequence[tuple[Expr, int]],
        coefficient: Fraction,
    ) -> Fraction:
        """Enter the sums, one of them turned round where that takes a sign away."""
        turn: Expr | None = None
        powers: dict[Expr, int] = {}
        for node, e in nodes:
            powers[node] = powers.get(node, 0) + e
        if coefficient < 0:
            odd = [
                (n, e)
                for n, e in powers.items()
                if e % 2 and n.op in SUMS and self._mixed(n)
            ]
            odd.sort(key=lambda pair: pair[1] < 0)
            if odd:
                turn = odd[0][0]
                coefficient = -coefficient
        for node, e in powers.items():
            base = self.algebra.negated(node) if node is turn else node
            self._put(factors, base, number(e))
        return coefficient

    def _mixed(self, node: Expr) -> bool:
        return len({c < 0 for c, _, _ in self.algebra.terms_of(node)}) == 2

    def _put(self, factors: dict[Expr, Expr], base: Expr, exponent: Expr) -> None:
        before = factors.get(base)
        if before is not None:
            exponent = self.algebra.total([(1, before), (1, exponent)])
        if exponent.op == "number" and exponent.value == 0:
            factors.pop(base, None)
        else:
            factors[base] = exponent

    def _put_generators(
        self, factors: dict[Expr, Expr], exponents: Powers, coefficient: Fraction
    ) -> Fraction:
        constants: dict[Fraction, Expr] = {}
        for (angle, curve), (s, c) in self._on_curves(exponents).items():
            coefficient, pairs = self._angle(angle, curve, s, c, coefficient)
            for node, k in pairs:
                self._put(factors, node, number(k))
        for i, e in exponents.items():
            if not e or i in self.angles or i in self.ratios or i < 0:
                continue
            base, unit = self.reader.generators[i]
            if unit.op != "number":
                base, exponent = _smallest(base, unit, e, self.algebra)
                self._put(factors, base, exponent)
                continue
            if base.op == "number" and base.value > 0:
                degree = Fraction(unit.value).denominator
                if e > 0 and coefficient.denominator % base.value == 0:
                    coefficient, e = coefficient * base.value, e - degree
            k = e * Fraction(unit.value)
            if k.denominator > 1 and _positive_constant(base):
                before = constants.get(k)
                constants[k] = base if before is None else _times(before, base)
            else:
                self._put(factors, base, number(k))
        for k, base in constants.items():
            self._put(factors, base, number(k))
        return coefficient

    # --- functions of one angle -----------------------------------------------------

    def _on_curves(self, exponents: Powers) -> dict[tuple[Expr, str], tuple[int, int]]:
        """The powers of the coordinates s and c, by angle and curve.

        A tangent t (or its inverse) is s/c; the power of c that goes with it has the
        number ~t.
        """
        found: dict[tuple[Expr, str], tuple[int, int]] = {}
        for i, e in exponents.items():
            if not e:
                continue
            if i in self.angles:
                angle = self.angles[i]
                key = angle.angle, angle.curve
                move = (e, 0) if i == angle.s else (0, e)
            elif i in self.ratios:
                curve, ratio = self.ratios[i]
                key = self.reader.generators[i].base.args[0], curve
                move = (e, -e) if ratio == "s/c" else (-e, e)
            elif i < 0:
                key = self.reader.generators[~i].base.args[0], self.ratios[~i][0]
                move = 0, e
            else:
                continue
            s, c = found.get(key, (0, 0))
            found[key] = s + move[0], c + move[1]
        return found

    def _angle(
        self, angle: Expr, curve: str, s: int, c: int, coefficient: Fraction
    ) -> tuple[Fraction, list[tuple[Expr, int]]]:
        """s^s c^c in the functions of the curve that make it shortest."""
        ops = functions_on(curve)
        arg = self.cost(angle)
        best: list[tuple[str, int]] = []
        price = 10**9
        lost = {
            f
            for f, k in (("s", s), ("c", c))
            if k >= 0 and not self._may_divide((angle, curve), f)
        }
        for option in (
            (("s", s), ("c", c)),
            (("s/c", s), ("c", s + c)),
            (("c/s", c), ("s", s + c)),
        ):
            for turned in (True, False):
                named = [_named(f, k, turned) for f, k in option if k]
                total = sum([
                    1 + arg + self.cost.call(ops[f]) + (abs(k) != 1) for f, k in named
                ])  # fmt: skip
                divided = {f for pair in named for f in _divided(*pair)}
                if total < price and not divided & lost:
                    best, price = named, total
        if s == c and s > 0 and coefficient.numerator % 2**s == 0:
            double = self.algebra.product(2, False, {angle: ONE})
            if self.cost(double) <= 2 * arg + 1:
                return coefficient / 2**s, [(make(ops["s"], (double,)), s)]
        return coefficient, [(make(ops[f], (angle,)), k) for f, k in best]

    # --- sums -----------------------------------------------------------------------

    def sum(self, p: Any) -> Expr:
        """A polynomial as a sum: as it stands, or by powers of one kernel."""
        key = str(p)
        known = self._sums.get(key)
        if known is None:
            known = self._sums[key] = self._sum(p)
        return known

    def _sum(self, p: Any) -> Expr:
        terms = self.ring.terms(p)
        best = self._added(terms)
        if 3 <= len(terms) <= MAX_COLLECTED:
            price = self.cost(best)
            for by in self.kernels(terms):
                made = self._collected(terms, by)
                if made is not None and self.cost(made) < price:
                    best, price = made, self.cost(made)
        return best

    def _added(self, terms: Mapping[tuple[int, ...], int]) -> Expr:
        parts = []
        for monomial, c in terms.items():
            powers = {i: e for i, e in enumerate(monomial) if e}
            parts.append((1, self._assembled(Fraction(c), powers, ())))
        return self.algebra.total(parts)

    def kernels(self, terms: Mapping[tuple[int, ...], int]) -> list[int]:
        """The generators that occur in some terms and not in all alike."""
        counts: dict[int, int] = {}
        for monomial in terms:
            for i, e in enumerate(monomial):
                if e:
                    counts[i] = counts.get(i, 0) + 1
        often = [
            i for i, n in counts.items() if n > 1 and n < len(terms) or n == len(terms)
        ]
        often = [i for i in often if len({m[i] for m in terms}) < len(terms)]
        return sorted(often, key=lambda i: -counts[i])[:MAX_KERNELS]

    def _collected(self, terms: Mapping[tuple[int, ...], int], by: int) -> Expr | None:
        """Sum of coefficient * by^k, each coefficient factored."""
        parts = [(1, self._flat(q)) for q in self.groups(terms, by)]
        return self.algebra.total(parts)

    def groups(
        self, terms: Mapping[tuple[int, ...], int], by: int
    ) -> Iterator[Quotient]:
        """The terms by their power of one generator, each group factored."""
        found: dict[int, dict[tuple[int, ...], int]] = {}
        for monomial, c in terms.items():
            rest = (*monomial[:by], 0, *monomial[by + 1 :])
            found.setdefault(monomial[by], {})[rest] = c
        for k, part in found.items():
            c, factors = self.ring.factored(self.ring.from_dict(part))
            yield Quotient(c, factors | {by: k} if k else factors)

    def _flat(self, q: Quotient) -> Expr:
        """A product whose sums are written as they stand."""
        parts = []
        powers: Powers = {}
        for f, e in q.factors.items():
            if f < self.ring.size:
                powers[f] = e
            else:
                node = self._added(self.ring.terms(self.ring.polynomials[f]))
                parts.append((Variant(node, 1, {}, 1), e))
        return self._assembled(_fraction(q.coefficient), powers, parts)

    # --- variants of a sum in a product ---------------------------------------------

    def _variants(self, p: Any, powers: Powers) -> Iterator[Variant]:
        """A sum as it stands, as the input has it, and in other functions of angles."""
        yield Variant(self.sum(p), 1, {}, 1)
        key = self.ring.number_of(p)
        for node, (c, factors) in self._named.get(key, ()):
            rest = {f: -e for f, e in factors.items() if f != key}
            yield Variant(node, 1, rest, 1 / _fraction(c))
        degrees = p.degrees()
        for angle in self.reader.angles:
            if degrees[angle.s] or degrees[angle.c]:
                yield from self._turned(self.ring.terms(p), angle, powers)
        yield from self._squares(p)

    def _squares(self, p: Any) -> Iterator[Variant]:
        """1 + t^2 of a tangent t (1 - t^2 on a hyperbola) as a square of a secant."""
        if len(p) != 2:
            return
        for i, (curve, ratio) in self.ratios.items():
            sign = 1 if curve == "circle" else -1
            if p == self.ring.polynomials[i] ** 2 + sign:
                rest = {~i: -2} if ratio == "s/c" else {i: 2, ~i: -2}
                yield Variant(ONE, 1, rest, 1 if ratio == "c/s" else sign)

    def _filled(self, p: Any, e: int, powers: Powers) -> Iterator[Variant]:
        """The sum with a power of a kernel that stands beside it multiplied into it."""
        if len(p) > MAX_FILLED:
            return
        for i, k in powers.items():
            if k % e == 0 and k // e > 0 and i >= 0:
                more = p * self.ring.polynomials[i] ** (k // e)
                yield Variant(self.sum(more), 1, {i: -k // e}, 1)

    def _turned(
        self, terms: Mapping[tuple[int, ...], int], angle: Angle, powers: Powers
    ) -> Iterator[Variant]:
        """The sum with c^2 as 1 - s^2, made homogeneous, or over a power of s or c."""
        s, c = angle.s, angle.c
        most = max(m[s] + m[c] for m in terms)
        for by, ratio, inverse in ((c, "s/c", "1/c"), (s, "c/s", "1/s")):
            name = ratio[-1]
            if powers.get(by, 0) >= 0 and not self._may_divide(angle, name):
                continue
            node = self._over(terms, angle, by, most, ratio, inverse)
            yield Variant(node, 1, {by: most}, 1)

    def alike(self, p: Any) -> Iterator[Quotient]:
        """A sum over an angle made homogeneous, or at twice the angle, and factored."""
        terms = self.ring.terms(p)
        one = self.ring.constant(1)
        for angle in self.reader.angles:
            s, c = angle.s, angle.c
            degrees = {m[s] + m[c] for m in terms}
            if degrees == {0} or len({d % 2 for d in degrees}) > 1:
                continue
            sign = 1 if angle.curve == "circle" else -1
            x, y = self.ring.polynomials[s], self.ring.polynomials[c]
            unit = sign * x**2 + y**2
            most = max(degrees)
            if len(degrees) > 1:
                even = one * 0
                for m, k in terms.items():
                    turns = (most - m[s] - m[c]) // 2
                    even += self.ring.from_dict({m: k}) * unit**turns
                yield self.ring.factored(even)

    def _may_divide(self, angle: Angle | tuple[Expr, str], coordinate: str) -> bool:
        """Whether no value is lost by dividing by a coordinate of an angle."""
        at, curve = angle if len(angle) == 2 else (angle[0], angle[3])
        if curve == "hyperbola" and coordinate == "c":
            return True
        return make(functions_on(curve)[coordinate], (at,)) in self.reader.nonzero

    def _over(
        self,
        terms: Mapping[tuple[int, ...], int],
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
            parts.append((1, self._assembled(Fraction(k), powers, variants)))
        return self.algebra.total(parts)


def _ratio(node: Expr) -> Iterator[tuple[str, str]]:
    """The curve, and which ratio of the coordinates on it a function's value is."""
    row = FUNCTIONS.get(node.op)
    if row is not None:
        for curve in ("circle", "hyperbola"):
            if getattr(row, curve) in RATIOS:
                yield curve, getattr(row, curve)


INVERSES = {"s": "1/s", "c": "1/c", "s/c": "c/s", "c/s": "s/c"}


def _named(f: str, k: int, turned: bool) -> tuple[str, int]:
    """A power of a coordinate or ratio, a negative one as that of its inverse."""
    return (INVERSES[f], -k) if k < 0 and turned else (f, k)


def _divided(f: str, k: int) -> set[str]:
    """The coordinates that a power of a coordinate or ratio has no value without."""
    found = set(f[-1]) if "/" in f else set()
    return found | set(f[0]) & set("sc") if k < 0 else found


def _smallest(base: Expr, unit: Expr, e: int, algebra: Algebra) -> tuple[Expr, Expr]:
    """base^(e*unit), as a power of a larger whole number where the base is one."""
    whole = base.op == "number" and isinstance(base.value, int)
    if whole and base.value > 0 and 1 < abs(e) < 20:
        base = number(base.value ** abs(e))
        return base, unit if e > 0 else algebra.scaled(unit, -1)
    return base, algebra.scaled(unit, e)


def _fraction(c: Any) -> Fraction:
    return Fraction(int(c.p), int(c.q))


def _plain(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def _positive_constant(node: Expr) -> bool:
    if node.op == "number":
        return bool(node.value > 0)
    return node.op == "constant" and node.value in ("pi", "e", "euler_gamma")


def _times(a: Expr, b: Expr) -> Expr:
    """a*b of positive constants, a number first."""
    if a.op == "number" and b.op == "number":
        return number(a.value * b.value)
    return mul(b, a) if b.op == "number" else mul(a, b)
