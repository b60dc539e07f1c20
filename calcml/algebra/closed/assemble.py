"""Powers of kernels and sums put together as an expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from calcml.algebra.closed.curves import by_squares
from calcml.algebra.closed.limits import (
    MAX_COLLECTED,
    MAX_DIVIDED,
    MAX_KERNELS,
    MAX_POWERS,
)
from calcml.algebra.normal.families import CURVES, RATIOS, functions_on
from calcml.algebra.normal.reader import Reader
from calcml.algebra.normal.ring import Memo, Quotient
from calcml.algebra.terms import Algebra, Product
from calcml.core.build import div, mul
from calcml.core.cost import Cost
from calcml.core.expr import ONE, Expr, Number, make, number
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS

Powers = dict[int, int]  # of generators
Terms = Mapping[tuple[int, ...], int]


class Variant(NamedTuple):
    """A sum as node^power, times powers of generators and a number."""

    node: Expr
    power: int
    rest: Powers
    coefficient: Number


class Assembler:
    """Puts powers of one reader's generators together, sums as they stand.

    Powers of the coordinates of an angle's point become its shortest functions.
    """

    def __init__(self, reader: Reader, cost: Cost) -> None:
        self.reader, self.cost = reader, cost
        self.ring, self.algebra = reader.ring, reader.algebra
        self.angles = {i: a for a in reader.angles for i in (a.s, a.c)}
        self.ratios = {
            i: (curve, ratio)
            for i, (base, unit) in enumerate(reader.generators)
            for curve, ratio in _ratio(base)
            if unit is ONE
        }
        self.curved = bool(self.angles or self.ratios)
        self._sums: Memo[Expr] = Memo()
        self._terms: dict[tuple[int, tuple[int, ...]], Expr] = {}
        self._plain: dict[int, Variant] = {}  # sums by their numbers, as they stand
        self.known: list[Any] = []  # sums of the input, in whose powers sums are tried

    def on_curves(self, exponents: Powers) -> dict[tuple[Expr, str], tuple[int, int]]:
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

    def may_divide(self, angle: Expr, curve: str, coordinate: str) -> bool:
        """Whether no value is lost by dividing by a coordinate of an angle."""
        if curve == "hyperbola" and coordinate == "c":
            return True
        return make(functions_on(curve)[coordinate], (angle,)) in self.reader.nonzero

    def angle_functions(
        self, angle: Expr, curve: str, s: int, c: int, coefficient: Number
    ) -> tuple[Number, list[tuple[Expr, int]]]:
        """s^s c^c in the functions of the curve that make it shortest."""
        ops = functions_on(curve)
        arg = self.cost(angle)
        best: list[tuple[str, int]] = []
        price = 10**9
        lost = {
            f
            for f, k in (("s", s), ("c", c))
            if k >= 0 and not self.may_divide(angle, curve, f)
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
        if s == c and s and (coefficient / Fraction(2) ** s).denominator == 1:
            double = self.algebra.product(2, False, {angle: ONE})
            if self.cost(double) <= 2 * arg + 1:
                return coefficient / Fraction(2) ** s, [(make(ops["s"], (double,)), s)]
        return coefficient, [(make(ops[f], (angle,)), k) for f, k in best]

    def assembled(
        self,
        coefficient: Number,
        powers: Mapping[int, int],
        parts: Sequence[tuple[Variant, int]],
    ) -> Expr:
        """coefficient * powers of generators * powers of the variants."""
        exponents = dict(powers)
        nodes: list[tuple[Expr, int]] = []
        for (node, power, rest, c), e in parts:
            if c != 1:
                coefficient *= Fraction(c) ** e
            for i, k in rest.items():
                exponents[i] = exponents.get(i, 0) + k * e
            nodes += [(node, power * e)] if node is not ONE else []
        factors: dict[Expr, Expr] = {}
        c = self._put_generators(factors, exponents, coefficient)
        if nodes:
            c = self._put_sums(factors, nodes, c)
        found = Product(c.numerator if c.denominator == 1 else c, False, factors)
        if self.reader.signs or self.reader.apart:  # u sgn(u) is |u|
            found = self.algebra.settled(found)
        return self.algebra.product(*found)

    def _put_sums(
        self,
        factors: dict[Expr, Expr],
        nodes: Sequence[tuple[Expr, int]],
        coefficient: Number,
    ) -> Number:
        """Enter the sums, some turned round: a sign goes away, 1 - f(x) reads best."""
        powers: dict[Expr, int] = {}
        for node, e in nodes:
            powers[node] = powers.get(node, 0) + e
        odd = [n for n, e in powers.items() if e % 2 and n.op in SUMS]
        turned: list[Expr] = []
        if coefficient < 0 or len(odd) > 1:
            turned = self._to_turn(odd, powers, coefficient)
        if len(turned) % 2:
            coefficient = -coefficient
        for node, e in powers.items():
            base = self.algebra.negated(node) if node in turned else node
            self._put(factors, base, ONE if e == 1 else number(e))
        return coefficient

    def _to_turn(
        self, odd: list[Expr], powers: Mapping[Expr, int], coefficient: Number
    ) -> list[Expr]:
        """The sums of odd power to turn round, an even number if no sign is there."""
        odd = [
            n for n in odd if len({c < 0 for c, _, _ in self.algebra.terms_of(n)}) > 1
        ]
        odd.sort(key=lambda n: (not self._turned_well(n), powers[n] < 0))
        count = sum([self._turned_well(n) for n in odd])
        turned = odd[:1] if coefficient < 0 and not count else odd[:count]
        if count % 2 and coefficient > 0 and len(odd) > count:
            turned = odd[: count + 1]
        return turned[1:] if len(turned) % 2 == (coefficient > 0) else turned

    def _turned_well(self, node: Expr) -> bool:
        """Whether a sum is a function's value minus a number: -1 + f(x)."""
        terms = self.algebra.terms_of(node)
        return any(t is ONE and c < 0 for c, _, t in terms) and not any(
            b.op == "symbol"
            for _, _, t in terms
            for b in self.algebra.product_of(t).factors
        )

    def _put(self, factors: dict[Expr, Expr], base: Expr, exponent: Expr) -> None:
        before = factors.get(base)
        if before is not None:
            exponent = self.algebra.total([(1, before), (1, exponent)])
        if exponent.op == "number" and exponent.value == 0:
            factors.pop(base, None)
        else:
            factors[base] = exponent

    def _put_generators(
        self, factors: dict[Expr, Expr], exponents: Powers, coefficient: Number
    ) -> Number:
        curved = self.on_curves(exponents) if self.angles or self.ratios else {}
        for (angle, curve), (s, c) in curved.items():
            coefficient, pairs = self.angle_functions(angle, curve, s, c, coefficient)
            for node, times in pairs:
                self._put(factors, node, ONE if times == 1 else number(times))
        constants: dict[Number, Expr] = {}
        for i, e in exponents.items():
            if not e or i in self.angles or i in self.ratios or i < 0:
                continue
            base, unit = self.reader.generators[i]
            if unit is ONE and base.op != "number":
                self._put(factors, base, number(e))
                continue
            if unit.op != "number":
                base, exponent = _smallest(base, unit, e, self.algebra)
                self._put(factors, base, exponent)
                continue
            if base.op == "number" and base.value > 0:
                degree = unit.value.denominator
                if e > 0 and coefficient.denominator % base.value == 0:
                    coefficient, e = coefficient * base.value, e - degree
            k = e * unit.value
            if k.denominator > 1 and _positive_constant(base):
                before = constants.get(k)
                constants[k] = base if before is None else _times(before, base)
            else:
                self._put(factors, base, number(k))
        for k, base in constants.items():
            if -k not in constants:
                self._put(factors, base, number(k))
            elif k > 0:
                self._put(factors, div(base, constants[-k]), number(k))
        return coefficient

    # --- sums -----------------------------------------------------------------------

    def sum(self, p: Any) -> Expr:
        """A polynomial as a sum: as it stands, or by powers of one kernel."""
        return self._sums.made(p, self._sum)

    def _sum(self, p: Any) -> Expr:
        terms = self.ring.terms(p)
        best = self.added(terms)
        if 3 <= len(terms) <= MAX_COLLECTED:
            price = self.cost(best)
            for by in self.kernels(terms):
                groups = self.groups(terms, by)
                other = self.algebra.total([(1, self.flat(q)) for q in groups])
                if self.cost(other) < price:
                    best, price = other, self.cost(other)
        if 4 <= len(terms) <= MAX_DIVIDED:
            for known in self.known:
                made = self._in_powers(p, known)
                if made is not None and self.cost(made) < price:
                    best, price = made, self.cost(made)
        return best

    def _in_powers(self, p: Any, base: Any) -> Expr | None:
        """A sum by powers of another: x^2 + 2*x*y + y^2 + 1 as (x + y)^2 + 1."""
        if len(base) >= len(p):
            return None
        digits: list[Any] = []
        while len(p) and len(digits) <= MAX_POWERS:
            p, digit = divmod(p, base)
            digits.append(digit)
        if len(p) or len(digits) < 2 or sum(map(len, digits)) > MAX_COLLECTED:
            return None
        inner = Variant(self.sum(base), 1, {}, 1)
        parts = []
        for k, digit in enumerate(digits):
            if len(digit):
                own = Variant(self.added(self.ring.terms(digit)), 1, {}, 1)
                factors = [(own, 1), (inner, k)] if k else [(own, 1)]
                parts.append((1, self.assembled(1, {}, factors)))
        return self.algebra.total(parts)

    def added(self, terms: Terms) -> Expr:
        parts = []
        for monomial, c in terms.items():
            inside = c if self.angles else 1  # sin(x)*cos(x) takes a 2
            term = self._terms.get((inside, monomial))
            if term is None:
                powers = {i: e for i, e in enumerate(monomial) if e}
                term = self._terms[inside, monomial] = self.assembled(
                    inside, powers, ()
                )
            parts.append((c if inside == 1 else 1, term))
        made = self.algebra.total(parts)
        return by_squares(made, self.algebra, self.cost) if self.curved else made

    def kernels(self, terms: Terms) -> list[int]:
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

    def groups(self, terms: Terms, by: int) -> Iterator[Quotient]:
        """The terms by their power of one generator, each group factored."""
        for k, part in self.ring.by_powers(terms, by).items():
            c, factors = self.ring.factored(part)
            yield Quotient(c, factors | {by: k} if k else factors)

    def flat(self, q: Quotient) -> Expr:
        """A product whose sums are written as they stand."""
        powers, parts, size = dict[int, int](), [], self.ring.size
        for f, e in q.factors.items():
            if f < size:
                powers[f] = e
                continue
            if f not in self._plain:
                node = self.added(self.ring.terms(self.ring.polynomials[f]))
                self._plain[f] = Variant(node, 1, {}, 1)
            parts.append((self._plain[f], e))
        return self.assembled(fraction(q.coefficient), powers, parts)


def _smallest(base: Expr, unit: Expr, e: int, algebra: Algebra) -> tuple[Expr, Expr]:
    """base^(e*unit), as a power of a larger whole number where the base is one."""
    whole = base.op == "number" and isinstance(base.value, int) and base.value > 0
    if whole and 1 < abs(e) < 20:
        base = number(base.value ** abs(e))
        return base, unit if e > 0 else algebra.scaled(unit, -1)
    return base, unit if e == 1 else algebra.scaled(unit, e)


def fraction(c: Any) -> Number:
    """A rational number of FLINT, a whole one as such."""
    return int(c.p) if c.q == 1 else Fraction(int(c.p), int(c.q))


def _positive_constant(node: Expr) -> bool:
    if node.op == "number":
        return bool(node.value > 0)
    return node.op == "constant" and node.value in ("pi", "e", "euler_gamma")


def _times(a: Expr, b: Expr) -> Expr:
    """a*b of positive constants, a number first."""
    if a.op == "number" and b.op == "number":
        return number(a.value * b.value)
    return mul(b, a) if b.op == "number" else mul(a, b)


def _ratio(node: Expr) -> Iterator[tuple[str, str]]:
    """The curve, and which ratio of the coordinates on it a function's value is."""
    row = FUNCTIONS.get(node.op)
    if row is not None:
        for curve in CURVES:
            if getattr(row, curve) in RATIOS:
                yield curve, getattr(row, curve)


INVERSES = {"s": "1/s", "c": "1/c", "s/c": "c/s", "c/s": "s/c"}


def _divided(f: str, k: int) -> set[str]:
    """The coordinates that a power of a coordinate or ratio has no value without."""
    found = set(f[-1]) if "/" in f else set()
    return found | set(f[0]) & set("sc") if k < 0 else found


def _named(f: str, k: int, turned: bool) -> tuple[str, int]:
    """A power of a coordinate or ratio, a negative one as that of its inverse."""
    return (INVERSES[f], -k) if k < 0 and turned else (f, k)
