"""The factors of an expression as polynomials, each in one kernel.

A factor in both coordinates of a point of a circle or hyperbola is rational in one
parameter: in the tangent of half the angle, or in an exponential.

>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> for kernel, top in factors(parse("sin(2*x) - sin(x)"), symbol("x")) or ():
...     print(kernel, top)
cos(x) {1: 2, 0: -1}
sin(x) {1: 1}
"""

from __future__ import annotations

from typing import Any

from calcml.algebra.canonical import Tidier, tidy
from calcml.algebra.closed.assemble import Assembler
from calcml.algebra.normal.families import functions_on
from calcml.algebra.normal.reader import GIVEN_UP, Angle, Reader
from calcml.calculus.zeros.limits import MAX_DEGREE
from calcml.calculus.zeros.polynomials import KERNEL, Polynomial
from calcml.core.build import div, power
from calcml.core.cost import Cost
from calcml.core.expr import ONE, Expr, make, number
from calcml.core.operations import EXP


def factors(root: Expr, x: Expr) -> list[Polynomial] | None:
    """The factors of the numerator of `root` that have x; None where one is none."""
    tidier = Tidier([root])
    (root,) = tidier.settled([root])
    try:
        return _Factors(Reader(tidier.algebra, [root]), x).of(root)
    except GIVEN_UP:
        return None


class _Factors:
    """Factors of one reader's values as polynomials."""

    def __init__(self, reader: Reader, x: Expr) -> None:
        self.reader, self.ring = reader, reader.ring
        self.moving = [
            i
            for i, (base, unit) in enumerate(reader.generators)
            if x.value in base.free_symbols | unit.free_symbols
        ]

    def of(self, root: Expr) -> list[Polynomial] | None:
        """The factors, or None."""
        c, powers = self.reader.values[root]
        found: list[Polynomial] = []
        for p in [self.ring.polynomials[f] for f, e in powers.items() if e > 0]:
            degrees = p.degrees()
            if max(degrees) > MAX_DEGREE:
                return None
            of = [i for i in self.moving if degrees[i]]
            angles = [a for a in self.reader.angles if {a.s, a.c} == {*of}]
            if len(of) == 1:
                base, unit = self.reader.generators[of[0]]
                found.append(self._read(power(base, unit), p, of[0]))
            elif angles:
                found += self._along(p, angles[0])
            elif of:
                return None
        return found if c != 0 else None

    def _along(self, p: Any, angle: Angle) -> list[Polynomial]:
        """A polynomial in the coordinates of an angle's point."""
        ops, ring = functions_on(angle.curve), self.ring
        parts = {
            (a, b): part
            for a, rest in ring.by_powers(p, angle.s).items()
            for b, part in ring.by_powers(rest, angle.c).items()
        }
        most = max(map(sum, parts))
        place = self.reader.symbol(KERNEL)
        t, one = ring.polynomials[place], ring.constant(1)
        if {sum(both) for both in parts} == {1}:  # over c, which is 0 nowhere here
            s, c, scale, kernel = t, one, one, make(ops["s/c"], (angle.angle,))
        elif angle.curve == "circle":
            s, c, scale = 2 * t, one - t**2, one + t**2
            kernel = make(ops["s/c"], (div(angle.angle, number(2)),))
        else:
            s, c, scale = t**2 - 1, t**2 + 1, 2 * t
            kernel = make(EXP, (angle.angle,))
        terms = [
            part * s**a * c**b * scale ** (most - a - b)
            for (a, b), part in parts.items()
        ]
        found = [self._read(kernel, sum(terms), place)]
        if scale is not one and angle.curve == "circle":  # the point t goes past
            opposite = make(ops["c"], (angle.angle,))
            found.append(Polynomial(opposite, {1: ONE, 0: ONE}))
        return found

    def _read(self, kernel: Expr, p: Any, place: int) -> Polynomial:
        spelled, factored = Assembler(self.reader, Cost()).flat, self.ring.factored
        parts = self.ring.by_powers(p, place)
        return Polynomial(
            kernel, {k: tidy(spelled(factored(part))) for k, part in parts.items()}
        )
