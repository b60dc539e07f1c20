"""Cones and convex hulls in a few dimensions, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Vector = Sequence[Fraction]
NEARLY = Fraction(1, 10**30)  # of numbers that are known to more digits


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


def nearest(points: Sequence[Vector]) -> tuple[list[int], list[Fraction]]:
    """The point of a convex hull that is nearest to 0 (Wolfe, Math. Prog. 11, 1976).

    The places of the points that it is made of, and their weights.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> places, weights = nearest([(one, zero), (zero, one), (one, one)])
    >>> print(places, *weights)
    [0, 1] 1/2 1/2
    """
    first = min(range(len(points)), key=lambda i: dot(points[i], points[i]))
    weights = {first: Fraction(1)}
    while True:
        here = _mean(points, weights)
        j = min(range(len(points)), key=lambda i: dot(points[i], here))
        if dot(points[j], here) >= dot(here, here) - NEARLY or j in weights:
            return list(weights), list(weights.values())
        weights[j] = Fraction(0)
        while True:
            foot = _foot([points[i] for i in weights])
            if foot is None:
                raise ArithmeticError("points that are hardly apart")
            ends = dict(zip(weights, foot, strict=True))
            if min(foot) > 0:
                weights = ends
                break
            way = min(w / (w - ends[i]) for i, w in weights.items() if ends[i] <= 0)
            moved = {i: w + way * (ends[i] - w) for i, w in weights.items()}
            weights = {i: w for i, w in moved.items() if w > 0}


def _mean(points: Sequence[Vector], weights: Mapping[int, Fraction]) -> Vector:
    columns = zip(*[points[i] for i in weights], strict=True)
    return [dot(list(weights.values()), column) for column in columns]


def _foot(points: Sequence[Vector]) -> list[Fraction] | None:
    """Weights of the point of their plane that is nearest to 0; None if not one."""
    corner, *others = points
    edges = [[p - q for p, q in zip(e, corner, strict=True)] for e in others]
    rows = [[dot(a, b) for b in edges] for a in edges]
    found = solved(rows, [-dot(e, corner) for e in edges])
    return None if found is None else [1 - sum(found, Fraction(0)), *found]
