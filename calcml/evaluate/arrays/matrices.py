"""Values of determinants, inverses and Cholesky factors, by elimination.

The `values` of a row names one of these functions, of its node, rows of elements and
mpmath; each gives the elements of the node.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from typing import Any

from calcml.core.expr import Expr
from calcml.evaluate.limits import MAX_EXACT_ROWS
from calcml.evaluate.pointwise import Failure, number, short

Rows = list[list[Any]]


def determinant(node: Expr, rows: Rows, m: Any) -> list[Any]:
    """The determinant."""
    det, _ = _eliminated(rows, m)
    return [short(det, m) if isinstance(det, Fraction) else det]


def inverse(node: Expr, rows: Rows, m: Any) -> list[Any]:
    """The elements of the inverse, Failures where there is none."""
    det, found = _eliminated(rows, m)
    if det == 0:
        return [Failure(node, [], "the matrix is singular")] * len(rows) ** 2
    return [short(v, m) if isinstance(v, Fraction) else v for v in chain(*found)]


def log_determinant(node: Expr, rows: Rows, m: Any) -> list[Any]:
    """The logarithm of the determinant, a Failure where that is not positive."""
    (value,) = determinant(node, rows, m)
    det = number(value, m)
    if isinstance(det, m.mpc) or det <= 0:
        wrong = f"the determinant is {m.nstr(det, 6)}, not positive"
        return [Failure(node, [], wrong)]
    return [m.log(det)]


def cholesky(node: Expr, rows: Rows, m: Any) -> list[Any]:
    """The elements of the lower triangular L with L @ L.T = X, or Failures."""
    n = len(rows)
    x = m.matrix([[number(v, m) for v in row] for row in rows])
    noise = m.mnorm(x, 1) * m.sqrt(m.eps)
    if any(abs(x[i, j] - x[j, i]) > noise for i in range(n) for j in range(i)):
        return [Failure(node, [], "the matrix is not symmetric")] * n**2
    try:
        lower = m.cholesky(x)
    except (ValueError, ArithmeticError):
        return [Failure(node, [], "the matrix is not positive definite")] * n**2
    return [lower[i, j] for i in range(n) for j in range(n)]


def _eliminated(rows: Rows, m: Any) -> tuple[Any, Rows]:
    """The determinant, and where it is not 0 the inverse, by Gauss and Jordan.

    Few fractions stay exact: then a determinant is 0 only where the matrix is singular.
    """
    n = len(rows)
    one: Any = Fraction(1)
    if n > MAX_EXACT_ROWS or not all(isinstance(v, Fraction) for v in chain(*rows)):
        rows, one = [[number(v, m) for v in row] for row in rows], m.mpf(1)
    det = one
    both = [row + [one * (i == j) for j in range(n)] for i, row in enumerate(rows)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(both[i][k]))
        pivot = both[best][k]
        if pivot == 0:
            return pivot, []
        det = det * pivot if best == k else -det * pivot
        both[k], both[best] = both[best], both[k]
        first = both[k] = [v / pivot for v in both[k]]
        for i, row in enumerate(both):
            if i != k and row[k] != 0:
                both[i] = [v - row[k] * f for v, f in zip(row, first, strict=True)]
    return det, [row[n:] for row in both]
