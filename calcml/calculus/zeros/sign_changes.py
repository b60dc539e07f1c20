"""Sign changes of an expression over a window, found in balls."""

from __future__ import annotations

from fractions import Fraction

from calcml.calculus.zeros.limits import DIGITS, HALVINGS, STEPS, WINDOW
from calcml.calculus.zeros.polynomials import as_decimal
from calcml.core.expr import Expr
from calcml.evaluate.balls import excludes_zero, glance, supports


def crossings(g: Expr, x: Expr) -> list[Expr]:
    """Decimals near points where `g` changes its sign between neighbours of a grid."""
    if not supports(g):
        return []
    low, high = WINDOW
    # The grid avoids whole numbers, where a zero would have no sign.
    places = [
        Fraction(low) + Fraction(k * (high - low), STEPS) + Fraction(1, 977)
        for k in range(STEPS)
    ]
    signs = [_sign(g, x, p) for p in places]
    found = []
    for i in range(STEPS - 1):
        a, b = signs[i], signs[i + 1]
        if a and b and a != b:
            root = _halved(g, x, places[i], places[i + 1], b)
            if root is not None:
                found.append(as_decimal(root))
    return found


def _sign(g: Expr, x: Expr, at: Fraction, digits: int = 15) -> int | None:
    (ball,) = glance([g], {x.value: at}, digits)
    if ball is None or not ball.imag.is_zero() or not excludes_zero(ball):
        return None
    return 1 if ball.real > 0 else -1


def _halved(
    g: Expr, x: Expr, low: Fraction, high: Fraction, above: int
) -> Fraction | None:
    """The place of a sign change to DIGITS digits; None where it is lost."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        which = _sign(g, x, middle, DIGITS)
        if which is None:
            return middle if high - low < Fraction(1, 10**40) else None
        low, high = (low, middle) if which == above else (middle, high)
    return (low + high) / 2
