"""Absolute values and signs over one generator for each factor: |u| is u sgn(u).

By them the squares of what is not 0 leave roots: sqrt(w/u^2) is sqrt(w)/|u|.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from calcml.algebra.normal.families import Directions
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.real_factors import SIGNED, RealAlgebra
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, Expr, Number, make
from calcml.core.operations import SIGN

Parts = tuple[Number, dict[Expr, int]]  # the number, and powers of sgn(u)


def taken_apart(order: Sequence[Expr], directions: Directions) -> dict[Expr, Parts]:
    """The calls |a| and sgn(a) with a factor that is met a second time, by factors."""
    algebra, found = directions.algebra, dict[Expr, Parts]()
    if not isinstance(algebra, RealAlgebra):
        return found
    met: set[Expr] = set()
    once = {make(SIGN, (node,)) for node in order}
    for call in [node for node in order if node.op in SIGNED]:
        c, inside = algebra.inside(call)
        powers: dict[Expr, int] = {}
        for u, e in inside.items():
            node, turn = directions.turned(make(SIGN, (u,)))
            powers[node] = powers.get(node, 0) + e
            c = c * turn if call.op == SIGN and e % 2 else c
        met |= once & powers.keys()
        once |= powers.keys()
        found[call] = c, powers
    return {call: parts for call, parts in found.items() if met & parts[1].keys()}


def relate(reader: Any) -> None:
    """State that sgn(u)^2 is 1, or sgn(u)^3 is sgn(u) where u may be 0.

    Where all signs are of absolute values, each has a factor that is 0 as u is.
    """
    ring: Ring = reader.ring
    typed = [p for call, (_, p) in reader.signs.items() if call.op == SIGN]
    for node in {n: 0 for _, powers in reader.signs.values() for n in powers}:
        i = reader.symbol(node)
        if node.args[0] in reader.nonzero or not any(node in p for p in typed):
            ring.relate(i, 2, ring.one)
        else:
            ring.relate(i, 3, ring.generator(i))


def value(call: Expr, reader: Any) -> Quotient:
    """The value of a call over the signs."""
    ring: Ring = reader.ring
    c, powers = reader.signs[call]
    found: list[tuple[Quotient, int]] = [(ring.number(c), 1)]
    for node, e in powers.items():
        found.append((ring.generator(reader.symbol(node)), e))
        if call.op != SIGN:
            found.append((reader.values[node.args[0]], e))
    return ring.product(found)


def squares(reader: Any) -> list[Expr]:
    """The symbols of which a square is in a root, that are not 0.

    One above leaves the root of a formula of it alone: with other names the root may be
    defined at 0 only.
    """
    found: list[Expr] = []
    for i, (_, value) in reader.ring.relations.items():
        names = reader.generators[i].base.free_symbols
        for f, e in value.factors.items():
            if f < reader.size and f in reader.divided and e % 2 == 0:
                u, unit = reader.generators[f]
                if u.op == "symbol" and unit is ONE and (e < 0 or len(names) == 1):
                    found.append(u)
    return found


def size_of(f: int, reader: Any) -> Quotient | None:
    """|u| of a generator u whose squares leave roots, by its number."""
    if f >= len(reader.generators) or reader.generators[f].base not in reader.apart:
        return None
    ring, u = reader.ring, reader.generators[f].base
    factors = {f: 1}
    if not reader.algebra.positive(u):
        i = reader.symbol(make(SIGN, (u,)))
        if i >= ring.size:
            raise LimitError("the expression has too many roots")
        if i not in ring.relations:
            ring.relate(i, 2, ring.one)
        factors[i] = 1
    return Quotient(ring.rational(1), factors)


def spelled(q: Quotient, reader: Any) -> Expr:
    """A quotient as a sum over a sum."""
    ring, algebra = reader.ring, reader.algebra
    nodes = [algebra.powered(*generator) for generator in reader.generators]
    parts = []
    for sign in (1, -1):
        p = ring.multiplied({f: sign * e for f, e in q.factors.items() if sign * e > 0})
        terms = [
            (c, algebra.gather([(nodes[i], e) for i, e in enumerate(m) if e], {}))
            for m, c in ring.terms(p).items()
        ]
        parts.append(
            (algebra.total([(c, algebra.product(*t)) for c, t in terms]), sign)
        )
    whole = algebra.product(*algebra.gather(parts, {}))
    found: Expr = algebra.total(
        [(Fraction(int(q.coefficient.p), int(q.coefficient.q)), whole)]
    )
    return found
