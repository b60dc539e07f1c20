"""Two expressions compared at one point: by balls, else by values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from calcml.check.limits import DIGITS, MAX_DIGITS, SHOWN_DIGITS, TOLERANCE
from calcml.check.reference import Reference, by_evalf
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr, make
from calcml.evaluate.balls import enclosures, excludes_zero, supports
from calcml.evaluate.evalf import evalf
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import Point


class Pair(NamedTuple):
    """Whether the two are equal (None: not decided), and their values."""

    equal: bool | None
    values: tuple[Any, Any] | None = None

    @property
    def apart(self) -> float:
        """How far the values are from each other, relative to the larger."""
        if self.values is None:
            return 0.0
        a, b = self.values
        return float(abs(a - b) / (max(abs(a), abs(b)) or 1))


def by_balls(subject: Expr, node: Expr, point: Point) -> Pair:
    """Rigorous: equal only where the difference is a ball of nothing but 0 and dust.

    Its radius is below 1e-30 of the larger value, or where both may be 0, below 1e-60
    absolutely: a 0 may be what is left of 1 - 1 + something small.
    """
    found = enclosures([subject, node, make("sub", (subject, node))], point, _enough)
    if found is None:
        return Pair(None)
    return Pair(not excludes_zero(found[2]), (_middle(found[0]), _middle(found[1])))


def _enough(balls: Sequence[Any]) -> bool:
    a, b, difference = balls
    if excludes_zero(difference):
        return all(_known(ball) for ball in (a, b))
    size = max(abs(a).lower(), abs(b).lower())
    dust = difference.rad() * 10**DIGITS
    return bool(dust <= size if size > 0 else dust * 10**DIGITS <= 1)


def _known(ball: Any) -> bool:
    """Whether a value can be shown: its first digits are right, or it is 0 or dust."""
    size = abs(ball).lower()
    return bool(ball.rad() * 10**SHOWN_DIGITS <= size or ball.rad() * 10**DIGITS <= 1)


def _middle(ball: Any) -> Any:
    """The middle of a ball as an mpmath number, real where the imaginary part is 0."""
    m = context()
    m.dps = DIGITS
    parts = []
    for part in (ball.real, ball.imag):
        man, exp = part.mid().man_exp()
        parts.append(m.ldexp(m.mpf(int(man)), int(exp)))
    return m.mpc(*parts) if parts[1] else parts[0]


def by_values(subject: Expr, reference: Reference, point: Point) -> Pair:
    """By values of 30 digits, and of more where a difference may be rounding."""
    pair = _pair(subject, reference, point, DIGITS)
    return (
        Pair(None)
        if pair is None
        else Pair(_equal(subject, reference, point, pair), pair)
    )


def has_balls(*nodes: Expr | None) -> bool:
    """Whether the expressions are there, and each of their functions has balls."""
    return all(node is not None and supports(node) for node in nodes)


_Pair = tuple[Any, Any]


def _pair(
    subject: Expr, reference: Reference, point: Point, digits: int
) -> _Pair | None:
    """The values of both, None where one has none."""
    try:
        if reference.node is not None:
            right = evalf(reference.node, point, digits)
        else:
            right = by_evalf(reference.source, point, digits)
        return None if right is None else (evalf(subject, point, digits), right)
    except CalcmlError:
        return None


def _equal(
    subject: Expr, reference: Reference, point: Point, pair: _Pair
) -> bool | None:
    """Whether two values are equal; a difference that more digits remove was rounding.

    None where that cannot be told: a 0 may be what is left of 1 - 1 + something small.
    """
    if close(*pair):
        return True
    smallest = min([context().mag(value) for value in pair if value])
    digits = 2 * DIGITS + max(0, -smallest // 3)
    again = None
    if digits <= MAX_DIGITS:
        again = _pair(subject, reference, point, digits)
    if again is None:
        return None
    shrunk = abs(again[0] - again[1]) <= abs(pair[0] - pair[1]) * 10 ** (-DIGITS // 3)
    return close(*again) or bool(shrunk)


def close(a: Any, b: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether two values are equal, but for rounding."""
    return bool(abs(a - b) <= tolerance * max(abs(a), abs(b)))
