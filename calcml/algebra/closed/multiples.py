"""Polynomials in the coordinates of an angle as sums over the angle's multiples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import gcd, lcm, prod

from calcml.algebra.closed.assemble import Assembler, Variant, fraction
from calcml.algebra.closed.limits import MAX_SPLIT, MAX_VARIED, MAX_WAVES
from calcml.algebra.normal.families import functions_on
from calcml.algebra.normal.ring import Quotient
from calcml.core.expr import ONE, Expr, make


def multiples(q: Quotient, writer: Assembler) -> Iterator[Expr]:
    """A polynomial in the coordinates of an angle by those of the angle's multiples.

    cos(x)*(40*cos(x)^4 - 50*cos(x)^2 + 13) is (5*cos(5*x) + cos(x))/2.
    """
    ring, algebra = writer.ring, writer.algebra
    size = prod([len(ring.polynomials[f]) ** max(e, 0) for f, e in q.factors.items()])
    if size > MAX_VARIED or min(q.factors.values(), default=0) < 0:
        return
    p = ring.multiplied(q.factors)
    for angle in writer.reader.angles:
        waves: dict[tuple[tuple[int, ...], str, int], Fraction] = {}
        degrees = p.degrees()
        if not 1 < degrees[angle.s] + degrees[angle.c] <= MAX_WAVES:
            continue
        for m, n in ring.terms(p).items():
            rest = tuple([e * (i not in angle[1:3]) for i, e in enumerate(m)])
            for (name, k), share in waves_of(m[angle.s], m[angle.c], angle.curve):
                key = rest, name, k
                waves[key] = waves.get(key, Fraction(0)) + n * share
        waves = {key: c for key, c in waves.items() if c}
        alike = len(waves) == 2 and len({abs(c) for c in waves.values()}) == 1
        if len(waves) > MAX_SPLIT or alike and all(k for _, _, k in waves):
            continue  # sin(5*x) - sin(x) is 2*cos(3*x)*sin(2*x)
        over = lcm(*[c.denominator for c in waves.values()])
        content = gcd(*[int(c * over) for c in waves.values()]) or 1
        ops, parts = functions_on(angle.curve), []
        for (rest, name, k), c in waves.items():
            arg = algebra.scaled(angle.angle, k)
            call = Variant(make(ops[name], (arg,)) if k else ONE, 1, {}, 1)
            powers = {i: e for i, e in enumerate(rest) if e}
            number = int(c * over) // content
            parts.append((1, writer.assembled(number, powers, [(call, 1)])))
        whole = algebra.product_of(algebra.total(parts))
        outer = whole.coefficient * Fraction(content, over) * fraction(q.coefficient)
        yield algebra.product(outer, False, whole.factors)


@cache
def waves_of(s: int, c: int, curve: str) -> list[tuple[tuple[str, int], Fraction]]:
    """sin(u)^s*cos(u)^c, or hyperbolic ones, by functions of multiples of u."""
    powers = {0: 1}  # of e^(i*u) or e^u, times 2^(s + c), and i^s on a circle
    for sign in (-1,) * s + (1,) * c:
        raised = Counter({k + 1: n for k, n in powers.items()})
        for k, n in powers.items():
            raised[k - 1] += sign * n
        powers = raised
    turn = (-1) ** (s // 2) if curve == "circle" else 1
    name, over = "cs"[s % 2], 2 ** (s + c)
    return [
        ((name, k), Fraction(turn * n * (2 if k else 1), over))
        for k, n in powers.items()
        if k >= 0 and n
    ]
