"""Powers of the coordinates of an angle's point, as functions of the angle."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from calcml.algebra.closed.cost import Cost
from calcml.algebra.normal.families import CURVES, RATIOS, functions_on
from calcml.algebra.normal.reader import Reader
from calcml.core.expr import ONE, Expr, make
from calcml.functions import FUNCTIONS

Powers = dict[int, int]


class Curves:
    """The angles of one reader, and the functions that are shortest for them."""

    def __init__(self, reader: Reader, cost: Cost) -> None:
        self.reader = reader
        self.ring = reader.ring
        self.algebra = reader.algebra
        self.cost = cost
        self.angles = {i: a for a in reader.angles for i in (a.s, a.c)}
        self.ratios = {
            i: (curve, ratio)
            for i, (base, unit) in enumerate(reader.generators)
            for curve, ratio in _ratio(base)
            if unit is ONE
        }

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
        self, angle: Expr, curve: str, s: int, c: int, coefficient: Fraction
    ) -> tuple[Fraction, list[tuple[Expr, int]]]:
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
