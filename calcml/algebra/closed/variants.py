"""Variants of a sum in hyperbolic functions, exponentials and whole angles."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from calcml.algebra.closed.assemble import Assembler, Variant
from calcml.algebra.normal.families import folds, functions_on
from calcml.algebra.normal.reader import Angle
from calcml.core.expr import E, make
from calcml.core.operations import EXP


def halved(p: Any, angle: Angle, writer: Assembler) -> Iterator[Variant]:
    """A sum linear in c^2 or s^2 of half an angle, by the cosine of the whole."""
    double = writer.algebra.scaled(angle.angle, 2)
    if writer.cost(double) >= writer.cost(angle.angle):
        return
    degrees = p.degrees()
    for i, other in ((angle.c, angle.s), (angle.s, angle.c)):
        parts = writer.ring.by_powers(p, i)
        if degrees[other] or parts.keys() != {0, 2}:
            continue
        cosine = make(functions_on(angle.curve)["c"], (double,))
        # 2*c^2 = cos + 1, and 2*s^2 = 1 - cos or cosh - 1
        turned = angle.curve == "circle" and i == angle.s
        plus = -1 if angle.curve == "hyperbola" and i == angle.s else 1
        by = writer.added(writer.ring.terms(parts[2]))
        rest = writer.added(writer.ring.terms(2 * parts[0] + plus * parts[2]))
        term = writer.algebra.product(
            *writer.algebra.gather([(by, 1), (cosine, 1)], {})
        )
        total = writer.algebra.total([(-1 if turned else 1, term), (1, rest)])
        yield Variant(total, 1, {}, Fraction(1, 2))


def exponential(p: Any, writer: Assembler) -> Iterator[Variant]:
    """cosh(u) + sinh(u) as exp(u), 1 + tanh(u) as 2*sigmoid(2*u), and back."""
    algebra, generators = writer.algebra, writer.reader.generators
    for angle in writer.reader.angles:
        if angle.curve == "hyperbola":
            s, c = (writer.ring.polynomials[i] for i in (angle.s, angle.c))
            for k in (1, -1):
                if p == c + k * s or p == s + k * c:
                    arg = algebra.scaled(angle.angle, k)
                    node = algebra.function(EXP, (arg,))
                    yield Variant(node, 1, {}, 1 if p == c + k * s else k)
    sigmoids = [row.op for row, times, _ in folds() if times == 1]
    tangent = functions_on("hyperbola")["s/c"]
    for i, (base, _) in enumerate(generators):
        y = writer.ring.polynomials[i]
        if base.op == tangent and p in (y + 1, y - 1, 1 - y):
            arg = algebra.scaled(base.args[0], 2 if p == y + 1 else -2)
            for op in sigmoids:
                node = algebra.function(op, (arg,))
                yield Variant(node, 1, {}, -2 if p == y - 1 else 2)
        elif base.op in sigmoids and p in (2 * y - 1, 1 - 2 * y):
            for k in (1, -1):
                half = Fraction(k if p == 2 * y - 1 else -k, 2)
                arg = algebra.scaled(base.args[0], half)
                yield Variant(algebra.function(tangent, (arg,)), 1, {}, k)


def hyperbolic(p: Any, writer: Assembler) -> Iterator[Variant]:
    """E^2 - 1 of an exponential E as 2*E*sinh, and E^2 + 1 as 2*E*cosh."""
    terms = writer.ring.terms(p)
    if {abs(k) for k in terms.values()} != {1}:
        return
    (first, sign), (second, other) = sorted(terms.items(), reverse=True)
    powers = {i: e for i, e in enumerate(first) if e}
    if any(second) or len(powers) != 1:
        return
    ((i, n),) = powers.items()
    base, unit = writer.reader.generators[i]
    if base is not E or n % 2:
        return
    op = functions_on("hyperbola")["c" if sign == other else "s"]
    arg = writer.algebra.scaled(unit, n // 2)
    if writer.algebra.terms_of(arg)[0][0] < 0:
        arg, sign = writer.algebra.scaled(arg, -1), other
    yield Variant(make(op, (arg,)), 1, {i: n // 2}, 2 * sign)
