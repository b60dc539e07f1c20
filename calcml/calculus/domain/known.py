"""Conditions of a domain where something is given, and in the names of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.algebra.arrays.simplify import known_of
from calcml.algebra.facts import Facts, facts
from calcml.calculus.domain.solve import NOWHERE
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, symbol, walk
from calcml.core.flat import joined, leaves
from calcml.core.tensors.elementwise import StandIns
from calcml.core.tensors.names import DET
from calcml.parsing.inputs import Function
from calcml.parsing.parser import Given


def assumed(
    given: Given, read: Function, asked: Iterable[Expr]
) -> tuple[Facts, dict[Expr, Expr]]:
    """What is given, that of arrays as facts of all their elements, and equations.

    `asked` are conditions, of whose determinants it may speak.
    """
    elements = {symbol(v.value): v for v in read.arrays}
    elements |= {StandIns().of(n): n for n in walk(*asked) if n.op == DET}
    told = known_of(given, {v.value: v for v in read.arrays})
    known = facts(told.scalars, read.root.free_symbols)
    return Facts(substitute(c, elements) for c in known.conditions), dict(told.equal)


def left(conditions: Iterable[Expr], known: Facts) -> tuple[Expr, ...]:
    """Conditions without what is known to hold, and alternatives that never do.

    NOWHERE alone says that one of them does not hold.
    """
    found: dict[Expr, None] = {}
    for condition in (part for c in conditions for part in leaves(c, "and")):
        parts = _possible(condition, known)
        if not parts:
            return (NOWHERE,)
        if not any(or_none(known.decide, part) is True for part in parts):
            whole = joined("or", parts)
            assert whole is not None
            found[whole] = None
    return tuple(found)


def possible(places: Iterable[Expr], known: Facts) -> tuple[Expr, ...]:
    """The places that what is known does not exclude."""
    return tuple(part for place in places for part in _possible(place, known))


def _possible(condition: Expr, known: Facts) -> Sequence[Expr]:
    parts = []
    for part in leaves(condition, "or"):
        inner = left(leaves(part, "and"), known) if part.op == "and" else (part,)
        if NOWHERE not in inner and or_none(known.decide, part) is not False:
            whole = joined("and", inner)
            parts.append(part if whole is None else whole)
    return parts
