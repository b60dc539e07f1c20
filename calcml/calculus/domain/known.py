"""Conditions of a domain where something is given, and in the names of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.algebra.arrays.simplify import without_kinds
from calcml.algebra.facts import Facts, facts
from calcml.calculus.domain.solve import NOWHERE
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, symbol
from calcml.core.flat import joined, leaves
from calcml.parsing.inputs import Function
from calcml.parsing.parser import Given


def assumed(given: Given, read: Function) -> Facts:
    """What is given, that of arrays as facts of all their elements."""
    elements = {symbol(v.value): v for v in read.arrays}
    known = facts(without_kinds(given), read.root.free_symbols)
    return Facts(substitute(c, elements) for c in known.conditions)


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
