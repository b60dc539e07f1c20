"""Cones and convex hulls in a few dimensions, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Vector = Sequence[Fraction]


def dot(a: Vector, b: Vector) -> Fraction:
    """The sum of the products of elements."""
    return sum([p * q for p, q in zip(a, b, strict=True)], Fraction(0))


def solved(rows: Sequence[Vector], right: Vector) -> list[Fraction] | None:
    """The one solution of linear equations; None where there is not one."""
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for k in range(len(table)):
        lead = next((row for row in table[k:] if row[k]), None)
        if lead is None:
            return None
        table.remove(lead)
        lead = [c / lead[k] for c in lead]
        table = [
            [p - row[k] * q for p, q in zip(row, lead, strict=True)] for row in table
        ]
        table.insert(k, lead)
    return [row[-1] for row in table]


def feasible(rows: Sequence[Vector]) -> bool:
    """Whether some v has a.v > 0 for all rows a (elimination by Fourier and Motzkin).

    >>> feasible([(Fraction(1), Fraction(0)), (Fraction(-1), Fraction(0))])
    False
    """
    left = {tuple(row) for row in rows}
    for k in range(len(rows[0]) if rows else 0):
        up = [a for a in left if a[k] > 0]
        down = [a for a in left if a[k] < 0]
        left = {a for a in left if not a[k]}
        left |= {
            tuple([p * -b[k] + q * a[k] for p, q in zip(a, b, strict=True)])
            for a in up
            for b in down
        }
    return not left


def nearest(
    points: Sequence[Vector], target: Vector, gram: Sequence[Vector]
) -> tuple[list[int], list[Fraction]]:
    """The point of a convex hull that is nearest to a target, by the norm of a matrix.

    The places of the points that it is made of, and their weights.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> corners = [(one, zero), (zero, one)]
    >>> places, weights = nearest(corners, (zero, zero), corners)
    >>> print(places, *weights)
    [0, 1] 1/2 1/2
    """
    best: tuple[Fraction, list[int], list[Fraction]] | None = None
    for size in range(1, len(target) + 2):
        for some in combinations(range(len(points)), size):
            weights = _foot([points[i] for i in some], target, gram)
            if weights is None or min(weights) < 0:
                continue
            chosen = zip(*[points[i] for i in some], strict=True)
            off = _less([dot(weights, column) for column in chosen], target)
            norm = dot(off, [dot(row, off) for row in gram])
            if best is None or norm < best[0]:
                best = norm, list(some), weights
    assert best is not None
    return best[1:]


def _less(a: Vector, b: Vector) -> list[Fraction]:
    return [p - q for p, q in zip(a, b, strict=True)]


def _foot(
    points: Sequence[Vector], target: Vector, gram: Sequence[Vector]
) -> list[Fraction] | None:
    """Weights of the point of their plane that is nearest; None if there are more."""
    corner, *others = points
    edges = [_less(p, corner) for p in others]
    turned = [[dot(row, e) for row in gram] for e in edges]
    way = _less(target, corner)
    rows = [[dot(t, e) for e in edges] for t in turned]
    found = solved(rows, [dot(t, way) for t in turned])
    return None if found is None else [1 - sum(found, Fraction(0)), *found]
