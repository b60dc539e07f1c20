"""Sums of functions on a circle or hyperbola as products, as powers, by other squares.

sin(a) + sin(b) is 2*sin((a + b)/2)*cos((a - b)/2), a + b - b*tanh(u)^2 has a term less
as a + b*sech(u)^2, and 25 - (3*cos(x) + 4*sin(x))^2 is (4*cos(x) - 3*sin(x))^2.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt
from operator import add
from typing import Any

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.limits import MAX_VARIED
from calcml.algebra.normal.families import CURVES, functions_on
from calcml.algebra.normal.reader import Reader
from calcml.algebra.terms import Algebra, is_whole
from calcml.core.build import IMAG
from calcml.core.cost import Cost
from calcml.core.expr import ONE, Expr, Number, make
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS

HALF = Fraction(1, 2)
COORDINATES = ("s", "c")
SQUARES = {  # f: what f^2 = k + m*g^2 has for k, g and m, on a circle and a hyperbola
    "circle": {
        "s": (1, "c", -1),
        "c": (1, "s", -1),
        "s/c": (-1, "1/c", 1),
        "1/c": (1, "s/c", 1),
        "c/s": (-1, "1/s", 1),
        "1/s": (1, "c/s", 1),
    },
    "hyperbola": {
        "s": (-1, "c", 1),
        "c": (1, "s", 1),
        "s/c": (1, "1/c", -1),
        "1/c": (1, "s/c", -1),
        "c/s": (1, "1/s", 1),
        "1/s": (-1, "c/s", 1),
    },
}


def on_curve(node: Expr) -> tuple[str, str] | None:
    """The curve that a function belongs to, and what it is in its coordinates."""
    row = FUNCTIONS.get(node.op)
    for curve in CURVES if row is not None else ():
        formula = getattr(row, curve)
        if formula:
            return curve, formula
    return None


def by_squares(total: Expr, algebra: Algebra, cost: Cost) -> Expr:
    """A sum in which k*r + m*r*f^2 is one term by another square, if not longer."""
    terms = algebra.terms_of(total) if total.op in SUMS else []
    found: dict[Expr, Number] = {t: c for c, _, t in terms}
    if len(found) < 2 or any(dotted for _, dotted, _ in terms):
        return total
    for term, m in [*found.items()]:
        for base, power in algebra.product_of(term).factors.items():
            place = on_curve(base) if is_whole(power) and power.value > 1 else None
            if place is None or term not in found:
                continue
            curve, formula = place
            k, other, sign = SQUARES[curve][formula]
            square = make(functions_on(curve)[other], base.args)
            rest = algebra.product(*algebra.gather([(term, 1), (base, -2)], {}))
            turned = algebra.product(*algebra.gather([(rest, 1), (square, 2)], {}))
            for given, made, c in ((rest, turned, sign), (turned, rest, k)):
                if found.get(given) == (-k if given is rest else -sign) * m:
                    del found[given], found[term]
                    found[made] = found.get(made, 0) + c * m
                    break
    made = algebra.total([(c, t) for t, c in found.items()])
    return made if made.op in SUMS and cost(made) <= cost(total) else total


def products(node: Expr, tidier: Tidier, cost: Cost) -> Iterator[Expr]:
    """A product that has a sum of two sines, or of two cosines, without that sum.

    And a sum by the squares of other functions.
    """
    algebra = tidier.algebra
    whole = node.op in SUMS
    if whole:
        yield by_squares(node, algebra, cost)
    factors = {node: ONE} if whole else algebra.product_of(node).factors
    for base, power in factors.items():
        if base.op in SUMS and is_whole(power):
            made = _product(base, tidier)
            if made is not None:
                parts = [(made, power.value), (base, -power.value)]
                yield algebra.product(*algebra.gather([(node, 1), *parts], {}))


def _product(node: Expr, tidier: Tidier) -> Expr | None:
    """c*f(a) + c*f(b) or c*f(a) - c*f(b) as a product, of a coordinate f."""
    algebra = tidier.algebra
    terms = algebra.terms_of(node)
    if len(terms) != 2 or abs(terms[0][0]) != abs(terms[1][0]):
        return None
    (c, _, first), (k, _, second) = terms
    rests = [dict(algebra.product_of(t).factors) for t in (first, second)]
    for call in [*rests[0]]:
        place = on_curve(call)
        if place is None or place[1] not in COORDINATES:
            continue
        others = [n for n in rests[1] if n.op == call.op]
        if len(others) != 1 or any(
            rest.pop(n) is not ONE
            for rest, n in zip(rests, (call, *others), strict=True)
        ):
            return None
        if rests[0] != rests[1]:
            return None
        curve, formula = place
        a, b = call.args[0], others[0].args[0]
        ops, same = functions_on(curve), c == k
        plus, minus = (algebra.total([(HALF, a), (sign * HALF, b)]) for sign in (1, -1))
        twice = 2 * c
        if formula == "s":
            calls = [("s", plus), ("c", minus)] if same else [("c", plus), ("s", minus)]
        elif same:
            calls = [("c", plus), ("c", minus)]
        else:
            calls = [("s", plus), ("s", minus)]
            twice = -twice if curve == "circle" else twice
        made = [(tidier.function(ops[f], (arg,)), 1) for f, arg in calls]
        rest = algebra.product(twice, False, rests[0])
        return algebra.product(*algebra.gather([(rest, 1), *made], {}))
    return None


def homogeneous(p: Any, reader: Reader) -> Iterator[tuple[int, Any, int]]:
    """A sum as unit * base^k, of one degree in the coordinates of an angle."""
    if len(p) > MAX_VARIED:
        return
    ring = reader.ring
    terms, bounds = ring.terms(p), p.degrees()
    for angle in reader.angles:
        if not (bounds[angle.s] or bounds[angle.c]):
            continue
        degrees = {m: m[angle.s] + m[angle.c] for m in terms}
        most = max(degrees.values())
        steps = {most - degree for degree in degrees.values()}
        if len(steps) < 2 or any(step % 2 for step in steps):
            continue
        s, c = (ring.polynomials[i] for i in (angle.s, angle.c))
        one = c**2 + s**2 if angle.curve == "circle" else c**2 - s**2
        whole = sum(
            ring.from_dict({m: k}) * one ** ((most - degrees[m]) // 2)
            for m, k in terms.items()
        )
        unit, factors = whole.factor()
        if len(factors) == 1 and factors[0][1] > 1:
            yield int(unit), *factors[0]


def complex_square(p: Any, reader: Reader) -> Iterator[tuple[int, Any, int]]:
    """The sum (a*u)^2 + 2*I*a*b*u*v - (b*v)^2 as the square of a*u + I*b*v."""
    bases = [base for base, _ in reader.generators]
    terms = [*reader.ring.terms(p).items()]
    if len(terms) != 3 or IMAG not in bases:
        return
    i = bases.index(IMAG)
    whole = [(m, k) for m, k in terms if not m[i]]
    mixed = [(m, k) for m, k in terms if m[i] == 1]
    if len(whole) != 2 or not mixed or any(e % 2 for m, _ in whole for e in m):
        return
    ((m, a), (n, b)) = sorted(whole, key=lambda pair: -pair[1])
    first, second = ([e // 2 for e in powers] for powers in (m, n))
    second[i] = 1
    root, other = (isqrt(abs(int(k))) for k in (a, b))
    k = other if mixed[0][1] > 0 else -other
    base = reader.ring.from_dict({tuple(first): root, tuple(second): k})
    square = reader.ring.from_dict(
        {
            **{m: root**2, n: -(other**2)},
            tuple(map(add, first, second)): 2 * root * k,
        }
    )
    if square == p:
        yield 1, base, 2
