"""Exponents as vectors over the rationals, and a basis for them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from calcml.algebra.terms import Algebra, Term, is_whole
from calcml.core.exact import exact_root
from calcml.core.expr import ONE, Expr, number
from calcml.core.flat import SUMS

Vector = dict[Expr, Fraction]  # coefficients of terms
Basis = tuple[list[Vector], list[dict[int, int]]]  # and the coordinates of vectors


def oriented(algebra: Algebra, terms: Sequence[Term]) -> list[Term]:
    """The terms, of each sum in them and its opposite the one that is kept.

    s*(b - a) is -1 times s*(a - b), so that both are of one direction.
    """
    found = []
    for c, dotted, term in terms:
        factors = algebra.product_of(term).factors
        turned = {b for b, e in factors.items() if is_turned(algebra, b, e)}
        if turned:
            c = -c if len(turned) % 2 else c
            kept = {algebra.negated(b): factors[b] for b in turned}
            kept |= {b: e for b, e in factors.items() if b not in turned}
            term = algebra.product(1, False, kept)
        found.append((c, dotted, term))
    return found


def _multiplied_out(algebra: Algebra, vector: Vector) -> Vector:
    """The vector in which a product x*(k + l) is k*x + l*x."""
    found: Vector = {}
    for term, c in vector.items():
        factors = algebra.product_of(term).factors
        sums = [b for b, e in factors.items() if b.op in SUMS and e is ONE]
        rest = {b: e for b, e in factors.items() if b not in sums[:1]}
        for k, _, part in algebra.terms_of(sums[0]) if sums else [(1, False, ONE)]:
            others = algebra.product(1, False, rest)
            made = algebra.product(*algebra.gather([(part, 1), (others, 1)], {}))
            found[made] = found.get(made, Fraction(0)) + c * k
    return {term: c for term, c in found.items() if c}


def is_turned(algebra: Algebra, base: Expr, exponent: Expr) -> bool:
    """Whether a factor is an odd power of a sum of which the opposite is kept."""
    if base.op not in SUMS or not is_whole(exponent) or exponent.value % 2 == 0:
        return False
    return not algebra.forward({t: c for c, _, t in algebra.terms_of(base)})


def lowest(base: Expr) -> tuple[Expr, int]:
    """A whole number as the power of a smaller one: 8 is 2^3."""
    if base.op == "number" and isinstance(base.value, int) and base.value > 1:
        for k in range(base.value.bit_length(), 1, -1):
            root = exact_root(base.value, k)
            if root is not None:
                return number(root), k
    return base, 1


def basis(vectors: Sequence[Vector], algebra: Algebra | None = None) -> Basis:
    """A basis over the whole numbers for some rational vectors, and their coordinates.

    Short vectors are preferred, as they are; a vector that needs a fraction of one
    divides it. With `algebra`, products are multiplied out where that takes fewer.
    """
    found = _basis(vectors)
    if len(found[0]) > 1 and algebra is not None:
        opened = [_multiplied_out(algebra, vector) for vector in vectors]
        other = found if opened == vectors else _basis(opened)
        return other if len(other[0]) < len(found[0]) else found
    return found


def _basis(vectors: Sequence[Vector]) -> Basis:
    import flint

    terms = {t: i for i, t in enumerate(dict.fromkeys(t for v in vectors for t in v))}
    order = sorted(range(len(vectors)), key=lambda i: len(vectors[i]))
    matrix = flint.fmpq_mat(len(terms), len(vectors))
    for column, i in enumerate(order):
        for t, x in vectors[i].items():
            matrix[terms[t], column] = flint.fmpq(x.numerator, x.denominator)
    reduced, rank = matrix.rref()
    pivots = []
    for row in range(rank):
        pivots.append(next(k for k in range(len(order)) if reduced[row, k] != 0))
    columns = [[reduced[r, k] for r in range(rank)] for k in range(len(order))]
    below = [lcm(*[int(c[r].q) for c in columns]) for r in range(rank)]
    above = [
        gcd(*[int(c[r].p) * b // int(c[r].q) for c in columns])
        for r, b in enumerate(below)
    ]
    units = [
        {t: x * Fraction(a, b) for t, x in vectors[order[p]].items()}
        for p, a, b in zip(pivots, above, below, strict=True)
    ]
    found: list[dict[int, int]] = [{} for _ in vectors]
    for column, i in enumerate(order):
        for r, c in enumerate(columns[column]):
            if c != 0:
                found[i][r] = int(c.p) * below[r] // (int(c.q) * above[r])
    return units, found


def shifted(vectors: Sequence[Vector], wholes: Sequence[int]) -> list[int]:
    """How much of the whole parts of exponents stays in the power, by place.

    Exponents of one direction keep as much as the lowest of them has.
    """
    shifts = list(wholes)
    alike: dict[frozenset[tuple[Expr, Fraction]], list[tuple[int, Fraction]]] = {}
    for place, vector in enumerate(vectors):
        above = gcd(*[c.numerator for c in vector.values()])
        below = lcm(*[c.denominator for c in vector.values()])
        size = Fraction(1) if ONE in vector else Fraction(above, below)
        direction = frozenset((t, c / size) for t, c in vector.items())
        alike.setdefault(direction, []).append((place, size))
    for group in alike.values():
        unit = Fraction(
            gcd(*[size.numerator for _, size in group]),
            lcm(*[size.denominator for _, size in group]),
        )
        turns = {place: int(size / unit) for place, size in group}
        least = min(Fraction(wholes[place], n) for place, n in turns.items())
        if least.denominator == 1:
            shifts = [
                int(least) * turns[i] if i in turns else s for i, s in enumerate(shifts)
            ]
    return shifts
