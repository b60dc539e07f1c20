"""Quotients in factored form over numbered generators, which may stand in relations.

Polynomials are FLINT's. A quotient is a rational coefficient and a whole power for each
irreducible factor. A root to a power is its base, and the two coordinates of a point on
the unit circle or hyperbola fix each other's square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import comb, lcm
from typing import Any, Generic, NamedTuple, TypeVar

from calcml.algebra.normal.limits import (
    MAX_BITS,
    MAX_CONJUGATE,
    MAX_DEGREE,
    MAX_FACTORED,
    MAX_TERMS,
    MAX_WORK,
)
from calcml.algebra.normal.linear import factors_of
from calcml.core.budget import spend
from calcml.core.errors import LimitError


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

    def get(self, p: Any, default: V) -> V:
        """What was made of `p`, else `default`."""
        return next((v for q, v in self._buckets.get(_key(p), ()) if q == p), default)

    def made(self, p: Any, make: Callable[[Any], V]) -> V:
        """What was made of `p`, else what `make` makes of it, which is kept."""
        bucket = self._buckets.setdefault(_key(p), [])
        for known, value in bucket:
            if known == p:
                return value
        value = make(p)
        bucket.append((p, value))
        return value


def _key(p: Any) -> object:
    return tuple(p.coeffs()), p.degrees()


class Relation(NamedTuple):
    """generator^degree = value."""

    degree: int
    value: Quotient


class Ring:
    """Quotients over `size` generators; factor i < size is the generator itself."""

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
        self._sums: Memo[int] = Memo()  # the numbers of factors that are no generators
        self._factored: Memo[Quotient] = Memo()
        self.relations: dict[int, Relation] = {}
        self.circles: dict[int, tuple[int, int, int]] = {}  # s: (c - 1, c + 1, sign)
        self.surds: list[int] = []  # generators whose square is something else
        self.mains: dict[int, Quotient] = {}
        self._conjugates: dict[int, tuple[Quotient, Quotient] | None] = {}

    # --- polynomials ----------------------------------------------------------------

    def spend(self, work: int) -> None:
        """Count work; LimitError where it is too much, the same on every machine."""
        spend(50 + 4 * work)
        self.work += work
        if self.work > MAX_WORK:
            raise LimitError("the work on one form is over its budget")

    def number(self, value: Any) -> Quotient:
        """A rational number."""
        return Quotient(self.rational(value.numerator, value.denominator), {})

    def generator(self, i: int) -> Quotient:
        """A generator, or another factor by its number."""
        return Quotient(self.rational(1), {i: 1})

    @staticmethod
    def terms(p: Any) -> dict[tuple[int, ...], int]:
        """A polynomial as coefficients of powers of the generators."""
        return {tuple(map(int, m)): int(c) for m, c in p.to_dict().items()}

    def by_powers(self, p: Any, i: int, step: int = 1) -> dict[int, Any]:
        """A polynomial, or its terms, by whole powers of generator i to the `step`."""
        groups: dict[int, dict[tuple[int, ...], int]] = {}
        for monomial, c in (p if isinstance(p, dict) else self.terms(p)).items():
            turns, left = divmod(monomial[i], step)
            rest = (*monomial[:i], left, *monomial[i + 1 :])
            groups.setdefault(turns, {})[rest] = c
        return {k: self.from_dict(group) for k, group in groups.items()}

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
        return self._factored.made(p, self._factor)

    def unfactored(self, p: Any) -> Quotient:
        """A polynomial as one factor, for a sum in which it is multiplied out."""
        if len(p) < 2:
            return self.factored(p) if len(p) else self.zero
        return Quotient(self.rational(1), {self._id(p): 1})

    def _factor(self, p: Any) -> Quotient:
        self.spend(10 + len(p) ** 2 // 4)
        factors: dict[int, int] = {}
        if len(p) <= MAX_FACTORED and max(p.degrees()) <= MAX_DEGREE:
            unit, parts = factors_of(p, self.polynomials)
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
        alone = len(p) == 1
        return int(p.degrees().index(1)) if alone else self._sums.made(p, self._enter)

    def _enter(self, p: Any) -> int:
        self.polynomials.append(p)
        return len(self.polynomials) - 1

    def number_of(self, p: Any) -> int:
        """The number of a sum that is an irreducible factor; -1 if it is none yet."""
        return self._sums.get(p, -1)

    # --- relations -----------------------------------------------------------------

    def relate(self, i: int, degree: int, value: Quotient) -> None:
        """State that generator i to the power `degree` is `value`.

        An irreducible factor of `value` that occurs once is written by the generator
        from now on, so that u and its roots are powers of one thing.
        """
        self.relations[i] = Relation(degree, value)
        if degree == 2:
            self.surds.append(i)
        known = [f for f in value.factors if f in self.mains]
        for f in known:  # what one of these is written by is not written by it
            known += {*self.mains.get(f, self.one).factors}.difference(known)
        once = [f for f, e in value.factors.items() if e in (1, -1) and f not in known]
        found = [f for f in once if f >= self.size] or [
            f for f in once if f not in self.relations
        ]
        if not found:
            return
        main = max(found, key=lambda f: (len(self.polynomials[f]), f))
        e = value.factors[main]
        rest = {
            f: -k * e for f, k in (*value.factors.items(), (i, -degree)) if f != main
        }
        self.mains[main] = Quotient(value.coefficient**-e, rest)

    def without_roots(self, value: Quotient) -> Quotient:
        """A quotient in which whole powers of roots are written as their bases."""
        coefficient, factors = value
        found: dict[int, int] = {}
        for f, e in factors.items():
            degree, base = self.relations.get(f, (0, self.one))
            if degree and f not in self.circles and e % degree == 0:
                coefficient = coefficient * self._put(found, base, e // degree)
            else:
                found[f] = found.get(f, 0) + e
        return Quotient(coefficient, {f: e for f, e in found.items() if e})

    def circle(self, s: int, c: int, sign: int) -> None:
        """State that s^2 = sign*(1 - c^2): a circle (1) or a hyperbola (-1)."""
        g = self.polynomials[c]
        self.relations[s] = Relation(2, self.factored(sign * (1 - g**2)))
        less, more = (self._id(p) for p in (g - 1, g + 1))
        self.circles[s] = less, more, sign

    def swapped_circle(self, s: int, c: int, sign: int) -> None:
        """The same relation, as c^2 = 1 - sign*s^2."""
        if sign > 0:
            self.circle(c, s, sign)
        else:
            self.relate(c, 2, self.factored(1 + self.polynomials[s] ** 2))

    # --- arithmetic ----------------------------------------------------------------

    def product(self, parts: Iterable[tuple[Quotient, int]]) -> Quotient:
        """The product of quotients to whole powers."""
        coefficient = self.rational(1)
        factors: dict[int, int] = {}
        for (c, own), k in parts:
            if k != 1:
                self._check(c, k)
                c = c**k
            coefficient = coefficient * c
            for f, e in own.items():
                factors[f] = factors.get(f, 0) + e * k
        return self.settled(coefficient, factors)

    def _check(self, coefficient: Any, power: int) -> None:
        if coefficient == 0 and power < 0:
            raise ZeroDivisionError
        bits = int(coefficient.p).bit_length() + int(coefficient.q).bit_length()
        if bits * abs(power) > MAX_BITS:
            raise LimitError("a number grows too long")

    def settled(self, coefficient: Any, factors: Mapping[int, int]) -> Quotient:
        """One form for each quotient: no zero powers, bases written by their roots."""
        if coefficient == 0:
            return self.zero
        current = {f: e for f, e in factors.items() if e}
        for _ in range(20):
            changed = self._by_relations(current)
            if changed is None and self.surds:
                changed = self._by_conjugates(current)
            if changed is None:
                break
            coefficient = coefficient * changed
            current = {f: e for f, e in current.items() if e}
        return Quotient(coefficient, current)

    def _by_relations(self, factors: dict[int, int]) -> Any:
        """Apply a relation to `factors`, in place: the coefficient, or None."""
        for s, (less, more, sign) in self.circles.items():
            e, a, b = (factors.get(f, 0) for f in (s, less, more))
            turns = self._turns(e, a, b)
            if turns:
                factors[s] = e - 2 * turns
                factors[less], factors[more] = a + turns, b + turns
                return self.rational(-1 if sign > 0 and turns % 2 else 1)
        for f, e in factors.items():
            if not e:
                continue
            if f in self.mains:
                value = self.mains[f]
                factors[f] = 0
                return self._put(factors, value, e)
            if f in self.relations and f not in self.circles:
                degree, value = self.relations[f]
                turns = e // degree
                if value.factors:
                    turns = self._shared(factors, e, degree, value)
                if turns:
                    factors[f] = e - degree * turns
                    return self._put(factors, value, turns)
        return None

    @staticmethod
    def _shared(
        factors: Mapping[int, int], e: int, degree: int, value: Quotient
    ) -> int:
        """How often a root's base cancels against what else there is."""
        sign = 1 if e > 0 else -1
        room = [
            -sign * factors.get(f, 0) * (1 if k > 0 else -1) // abs(k)
            for f, k in value.factors.items()
        ]
        turns = min([abs(e) // degree + (abs(e) % degree > 0), *room])
        return sign * turns if turns > 0 else 0

    @staticmethod
    def _turns(e: int, a: int, b: int) -> int:
        """How many s^2 become (c - 1)(c + 1), so that factors cancel or join."""
        low, high = min(a, b), max(a, b)
        if e >= 2 and low < 0:
            return min(e // 2, -low)
        if e <= -2 and high > 0:
            return -min(-e // 2, high)
        if low > 0 and e >= 0:
            return -low
        return -high if high < 0 and e <= 0 else 0

    def _by_conjugates(self, factors: dict[int, int]) -> Any:
        """u + v*sqrt(w) and u - v*sqrt(w) joined to their norm, or cancelled."""
        for f, e in factors.items():
            if e and f >= self.size and (pair := self._conjugate(f)):
                (sign, other), norm = pair
                ((g, _),) = other.items()
                if g == f:
                    continue
                both = factors.get(g, 0)
                turns = min(abs(e), abs(both)) if e * both > 0 else 0
                if turns:
                    turns = turns if e > 0 else -turns
                else:
                    room = [-factors.get(n, 0) * (1 if e > 0 else -1) // k
                            for n, k in norm.factors.items()]  # fmt: skip
                    turns = -min([abs(e), *room]) * (1 if e < 0 else -1)
                    turns = turns if min(room, default=0) > 0 else 0
                if turns:
                    factors[f] = e - turns
                    factors[g] = both - turns
                    return self._put(factors, norm, turns) * sign**-turns
        return None

    def _conjugate(self, f: int) -> tuple[Quotient, Quotient] | None:
        """A factor with the sign of a square root turned, and the product of both."""
        if f not in self._conjugates:
            self._conjugates[f] = None
            p = self.polynomials[f]
            degrees = p.degrees() if len(p) <= MAX_CONJUGATE else ()
            inside = [i for i in self.surds if degrees and degrees[i]]
            if len(inside) == 1:
                (i,) = inside
                turned = {m: -c if m[i] % 2 else c for m, c in self.terms(p).items()}
                q = self.from_dict(turned)
                other = self.factored(q)
                if list(other.factors.values()) == [1]:
                    self._conjugates[f] = other, self.reduced(p * q)
        return self._conjugates[f]

    def _put(self, factors: dict[int, int], value: Quotient, power: int) -> Any:
        for f, e in value.factors.items():
            factors[f] = factors.get(f, 0) + e * power
        return value.coefficient**power

    def sum(self, terms: Sequence[Quotient]) -> Quotient:
        """The sum over one denominator, what all have in common taken out."""
        terms = [t for t in terms if t.coefficient != 0]
        if len(terms) < 2:
            return terms[0] if terms else self.zero
        below = lcm(*[int(t.coefficient.q) for t in terms])
        low = dict(terms[0].factors)
        for t in terms[1:]:
            low = {
                f: min(low.get(f, 0), t.factors.get(f, 0)) for f in (*low, *t.factors)
            }
        total = self.constant(0)
        for t in terms:
            part = self._expanded(t, low, below)
            self.spend(len(part))
            total = total + part
        found = self.reduced(total)
        return self.product([(found, 1), (Quotient(self.rational(1, below), low), 1)])

    def _expanded(self, t: Quotient, low: Mapping[int, int], below: int) -> Any:
        """below * t without the powers `low`, as a polynomial."""
        scaled = t.coefficient * below
        result = self.constant(int(scaled.p))
        for f, least in low.items():
            power = t.factors.get(f, 0) - least
            if power:
                base = self.polynomials[f]
                most = comb(len(base) + power - 1, power)
                if most > 1 and most * len(result) > 5 * MAX_TERMS:
                    raise LimitError("a polynomial has too many terms")
                result = result * base**power
                if len(result) > MAX_TERMS:
                    raise LimitError("a polynomial has too many terms")
        return result

    # --- polynomials ---------------------------------------------------------------

    def reduced(self, p: Any) -> Quotient:
        """A polynomial with high powers of related generators replaced, factored."""
        denominator: list[tuple[Quotient, int]] = []
        for _ in range(50):
            if len(p) < 2:
                break
            degrees = p.degrees()
            for i, (degree, value) in self.relations.items():
                if degrees[i] >= degree:
                    p, below = self._replaced(p, i, degree, value)
                    denominator.append((below, -1))
                    break
            else:
                break
        if len(p) == 0:
            return self.zero
        return self.product([(self.factored(p), 1), *denominator])

    def _replaced(
        self, p: Any, i: int, degree: int, value: Quotient
    ) -> tuple[Any, Quotient]:
        """p times a denominator, generator i to `degree` being `value`; and that."""
        groups = self.by_powers(p, i, degree)
        above = {f: e for f, e in value.factors.items() if e > 0}
        below = {f: -e for f, e in value.factors.items() if e < 0}
        numerator = self.multiplied(above) * int(value.coefficient.p)
        divisor = self.multiplied(below) * int(value.coefficient.q)
        most = max(groups)
        result = self.constant(0)
        for turns, part in groups.items():
            if len(part) * len(numerator) ** turns > 20 * MAX_TERMS:
                raise LimitError("a polynomial has too many terms")
            result = result + part * numerator**turns * divisor ** (most - turns)
        if len(result) > MAX_TERMS:
            raise LimitError("a polynomial has too many terms")
        scale = self.rational(int(value.coefficient.q) ** most)
        unit = Quotient(scale, {f: e * most for f, e in below.items()})
        return result, unit
