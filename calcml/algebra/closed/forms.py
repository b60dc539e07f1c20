"""Other forms of a quotient: in other kernels, split into a sum, or joined from one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import Any

from calcml.algebra.closed.limits import MAX_PARTS, MAX_SPLIT, MAX_TERMS, MAX_TURNED
from calcml.algebra.closed.writer import Writer
from calcml.algebra.normal.families import evaluated, folds, negative
from calcml.algebra.normal.reader import Reader
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.terms import Algebra
from calcml.core.cost import Cost
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, E, Expr, make, walk
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS


def folded(q: Quotient, reader: Reader) -> Iterator[Quotient]:
    """q with each exponential by its reciprocal, or by what a row folds it into."""
    ring = reader.ring
    for i in range(len(reader.generators)):
        base, unit = reader.generators[i]
        if base is not E:
            continue
        if not _has_binomial(q, [i], ring):
            continue
        step, sums, alone = gcd(*_powers(q, i, ring)), q, ring.one
        if i in q.factors:  # exp(x)*(exp(4*x) - 1): of the sums alone
            kept = _multiplied_out(q, i, ring)
            within = gcd(*_powers(kept, i, ring))
            if within != step:
                step, sums = within, kept
                alone = Quotient(ring.rational(1), {i: q.factors[i]})
        sign = -1 if reader.algebra.terms_of(unit)[0][0] < 0 else 1
        for row, k, formula in folds():
            if len(reader.generators) >= ring.size:
                return
            arg = reader.algebra.scaled(unit, Fraction(sign * step, k))
            y = ring.generator(reader.symbol(make(row.op, (arg,))))
            value = evaluated(formula, {"y": y}, ring)
            value = ring.product([(value, sign)])
            yield ring.product([(replaced(sums, i, step, value, ring), 1), (alone, 1)])
        if sign < 0 and len(reader.generators) < ring.size:
            opposite = reader.generator(E, reader.algebra.scaled(unit, -1))
            yield replaced(q, i, 1, Quotient(ring.rational(1), {opposite: -1}), ring)


def sign_inside(form: Expr, node: Expr, algebra: Algebra, cost: Cost) -> Expr:
    """-f(a - b) as f(b - a) for an odd f that a form of `node` has and it has not."""
    coefficient, dotted, factors = algebra.product_of(form)
    for base, exponent in factors.items() if coefficient < 0 else ():
        row = FUNCTIONS.get(base.op)
        if row and row.parity == "odd" and exponent is ONE and base not in walk(node):
            call = make(base.op, (algebra.scaled(base.args[0], -1),))
            kept = {call if b is base else b: e for b, e in factors.items()}
            made = algebra.product(-coefficient, dotted, kept)
            return made if cost(made) < cost(form) else form
    return form


def ratios(q: Quotient, reader: Reader) -> Iterator[Quotient]:
    """q with the one of two exponentials by the other and a fold of their ratio."""
    ring = reader.ring
    units = {i: u for i, (b, u) in enumerate(reader.generators) if b is E}
    both = [] if len(units) < 2 else [i for i in units if len(_powers(q, i, ring)) > 1]
    if len(both) != 2 or len(reader.generators) >= ring.size:
        return
    if not _has_binomial(q, both, ring):
        return
    i, j = both
    for row, k, formula in folds():
        if k == 1:
            arg = reader.algebra.total([(1, units[i]), (-1, units[j])])
            y = ring.generator(reader.symbol(make(row.op, (arg,))))
            ratio = evaluated(formula, {"y": y}, ring)
            value = ring.product([(ring.generator(j), 1), (ratio, 1)])
            yield replaced(q, i, 1, value, ring)
            return


def _has_binomial(q: Quotient, places: Sequence[int], ring: Ring) -> bool:
    """Whether a factor has two terms, of some generators alone, as a + b*E^k.

    No row folds another.
    """
    for f in q.factors:
        p = ring.polynomials[f]
        if len(p) == 2:
            degrees = p.degrees()
            if sum(degrees) == sum([degrees[i] for i in places]):
                return True
    return False


def _multiplied_out(q: Quotient, i: int, ring: Ring) -> Quotient:
    """The rest of q without generator i, its sums in i alone one for each exponent."""
    alone = [f for f in q.factors if f >= ring.size and _only(ring.polynomials[f], i)]
    found = {f: e for f, e in q.factors.items() if f != i and f not in alone}
    for e in {q.factors[f] for f in alone}:
        whole = ring.multiplied({f: 1 for f in alone if q.factors[f] == e})
        found |= dict.fromkeys(ring.unfactored(whole).factors, e)
    return Quotient(q.coefficient, found)


def _only(p: Any, i: int) -> bool:
    """Whether a polynomial has no other generator."""
    return not any(d for n, d in enumerate(p.degrees()) if n != i)


def _powers(q: Quotient, i: int, ring: Ring) -> list[int]:
    """The powers of a generator in a quotient's factors."""
    found = []
    for f, e in q.factors.items():
        if f == i:
            found.append(e)
        else:
            p = ring.polynomials[f]
            if p.degrees()[i]:
                found += [int(m[i]) for m in p.monoms()]
    return found


def replaced(q: Quotient, i: int, step: int, value: Quotient, ring: Ring) -> Quotient:
    """q with generator i to the power `step` replaced by a quotient."""
    parts: list[tuple[Quotient, int]] = [(Quotient(q.coefficient, {}), 1)]
    for f, e in q.factors.items():
        p = ring.polynomials[f]
        if f == i:
            parts.append((value, e // step))
        elif p.degrees()[i]:
            if len(p) > MAX_TURNED:
                raise LimitError("a sum is too long for another kernel")
            terms = [
                ring.product([(ring.factored(part), 1), (value, k)])
                for k, part in ring.by_powers(p, i, step).items()
            ]
            parts.append((ring.sum(terms), e))
        else:
            parts.append((Quotient(ring.rational(1), {f: e}), 1))
    return ring.product(parts)


def split(q: Quotient, writer: Writer) -> Iterator[Expr]:
    """A sum in the numerator divided term by term, or by one factor only."""
    ring = writer.ring
    sums = [f for f, e in q.factors.items() if f >= ring.size and e == 1]
    others = [f for f, e in q.factors.items() if f >= ring.size and e > 1]
    if len(sums) != 1:
        return
    (top,) = sums
    rest = Quotient(q.coefficient, {f: e for f, e in q.factors.items() if f != top})
    p = ring.polynomials[top]
    whole = rest.coefficient.q == 1
    if len(p) > MAX_TERMS or whole and all(e > 0 for e in rest.factors.values()):
        return
    yield from _by_denominators(p, rest, writer)
    if others:
        return
    terms = ring.terms(p)
    for by in writer.kernels(terms):
        groups = list(writer.groups(terms, by))
        if 1 < len(groups) <= MAX_SPLIT:
            yield _over(groups, rest, writer)
            yield from _partly_over(groups, rest, writer)
    if len(terms) <= MAX_SPLIT:
        single = [ring.factored(ring.from_dict({m: c})) for m, c in terms.items()]
        yield _over(single, rest, writer)


def _by_denominators(p: Any, rest: Quotient, writer: Writer) -> Iterator[Expr]:
    """rest * p with one denominator taken into p: what it divides, and the rest."""
    ring = writer.ring
    for d, e in rest.factors.items():
        if e > -1 or len(rest.factors) < 2 and rest.coefficient == 1:
            continue
        if len(ring.polynomials[d]) > MAX_SPLIT or e < -3:
            continue
        divisor = ring.polynomials[d] ** -e
        whole, remainder = divmod(p, divisor)
        if d < ring.size and all(m[d] for m in whole.monoms()):
            continue  # a sum x + 1/x in a product is written (x^2 + 1)/x
        if 0 < len(whole) <= MAX_TERMS and len(remainder):
            parts = [ring.factored(whole), ring.factored(remainder)]
            parts[1] = ring.product([(parts[1], 1), (ring.generator(d), e)])
            inner = writer.algebra.total([(1, writer.product(part)) for part in parts])
            outer = {f: k for f, k in rest.factors.items() if f != d}
            yield writer.times(Quotient(rest.coefficient, outer), inner)


def _over(groups: Sequence[Quotient], rest: Quotient, writer: Writer) -> Expr:
    parts = [writer.product(writer.ring.product([(g, 1), (rest, 1)])) for g in groups]
    return writer.algebra.total([(1, part) for part in parts])


def _partly_over(
    groups: Sequence[Quotient], rest: Quotient, writer: Writer
) -> Iterator[Expr]:
    """(x/(x + 1) - log(x + 1))/x^2: only what all groups divide by stays below."""
    ring = writer.ring
    parts = [ring.product([(group, 1), (rest, 1)]) for group in groups]
    shared = set.intersection(*[{*part.factors} for part in parts])
    outer = {f: min(part.factors[f] for part in parts) for f in shared}
    outer = {f: e for f, e in outer.items() if e < 0}
    over = Quotient(ring.rational(1), {f: -e for f, e in outer.items()})
    inner = [ring.product([(part, 1), (over, 1)]) for part in parts]
    if outer and any(min(part.factors.values(), default=0) < 0 for part in inner):
        whole = writer.algebra.total([(1, writer.product(part)) for part in inner])
        yield writer.times(Quotient(ring.rational(1), outer), whole)


def proper(q: Quotient, reader: Reader, writer: Writer) -> Iterator[Expr]:
    """q as a sum of proper fractions in one symbol, and what is left.

    For denominators that are different and linear in the symbol; a numerator is what
    the rest of q is where its denominator is 0.
    """
    ring = reader.ring
    below = [f for f, e in q.factors.items() if e < 0]
    for v, (base, _) in enumerate(reader.generators):
        if base.op != "symbol":
            continue
        with_v = [f for f in below if ring.polynomials[f].degrees()[v]]
        if not 1 < len(with_v) <= MAX_PARTS:
            continue
        if any(
            q.factors[f] < -1 or ring.polynomials[f].degrees()[v] > 1 for f in with_v
        ):
            continue
        parts = []
        for f in with_v:
            zero = _zero(f, v, ring)
            others = ring.product([(q, 1), (ring.generator(f), 1)])
            above = replaced(others, v, 1, zero, ring)
            parts.append(ring.product([(above, 1), (ring.generator(f), -1)]))
        left = ring.sum([q, *map(negative, parts)])
        shown = [
            writer.product(part) for part in (*parts, left) if part.coefficient != 0
        ]
        yield writer.algebra.total([(1, made) for made in shown])


def _zero(f: int, v: int, ring: Ring) -> Quotient:
    """Where a factor that is linear in generator v is 0."""
    parts = ring.by_powers(ring.polynomials[f], v)
    if 0 not in parts:
        return ring.zero
    above, below = (ring.factored(parts[k]) for k in (0, 1))
    return negative(ring.product([(above, 1), (below, -1)]))


def joined(node: Expr, reader: Reader, writer: Writer) -> Iterator[Expr]:
    """The terms of a sum, two put over one denominator where that is shorter."""
    if node.op not in SUMS:
        return
    parts: list[tuple[Quotient, Expr]] = []
    for c, _, term in reader.algebra.terms_of(node):
        value = reader.values.get(term)
        if value is None and term.op == "number":
            value = reader.ring.number(term.value)
        if value is None:
            return
        value = Quotient(
            value.coefficient * reader.ring.number(c).coefficient, value.factors
        )
        parts.append((value, writer.product(value)))
    if not 2 < len(parts) <= MAX_PARTS or _of_one_power(parts, reader):
        return
    cost = writer.cost
    while len(parts) > 1:
        best: tuple[int, int, int, Quotient, Expr] | None = None
        for i, j in combinations(range(len(parts)), 2):
            both = reader.ring.sum([parts[i][0], parts[j][0]])
            if both.coefficient == 0:
                made: Expr = writer.algebra.total([])
            else:
                made = writer.product(both)
            gain = cost(parts[i][1]) + cost(parts[j][1]) + 1 - cost(made)
            if gain > 0 and (best is None or gain > best[0]):
                best = gain, i, j, both, made
        if best is None:
            break
        _, i, j, both, made = best
        parts = [p for k, p in enumerate(parts) if k not in (i, j)]
        parts.append((both, made))
    yield writer.algebra.total([(1, made) for _, made in parts])


def _of_one_power(parts: Sequence[tuple[Quotient, Expr]], reader: Reader) -> bool:
    """Whether terms are numbers times powers of one thing: joined they are Horner's."""
    powers = [q.factors for q, _ in parts]
    if len(powers[0]) != 1 or any(p.keys() != powers[0].keys() for p in powers):
        return False
    (i,) = powers[0]
    if i >= reader.ring.size:
        return False
    return min([p[i] for p in powers]) > 0 or reader.generators[i][0] is E
