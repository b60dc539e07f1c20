"""Absolute values and signs over one generator for each factor: |u| is u sgn(u)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.algebra.normal.families import Directions
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.real_factors import SIGNED, RealAlgebra
from calcml.core.errors import LimitError
from calcml.core.expr import Expr, Number, make
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


def size_of(f: int, reader: Any) -> tuple[Expr, Quotient] | None:
    """A symbol u that is not 0 by its number, and |u|."""
    if f >= len(reader.generators) or reader.generators[f].base.op != "symbol":
        return None
    ring, u = reader.ring, reader.generators[f].base
    i = reader.symbol(make(SIGN, (u,)))
    if i >= ring.size:
        raise LimitError("the expression has too many roots")
    if i not in ring.relations:
        ring.relate(i, 2, ring.one)
    return u, Quotient(ring.rational(1), {f: 1, i: 1})
