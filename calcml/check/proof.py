"""Whether two expressions are proved equal by exact steps of calcml's own."""

from __future__ import annotations

from calcml.algebra.closed.equal import equal
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.core.build import sub
from calcml.core.errors import CalcmlError
from calcml.core.expr import ZERO, Expr


def proved(subject: Expr, reference: Expr, facts: Facts) -> str:
    """How calcml finds that the two are equal under `facts`, or nothing."""
    if subject is reference:
        return "the same expression"
    if equal(subject, reference, facts):
        return "the same normal form"
    try:
        same = simplify(subject) is simplify(reference)
        same = same or simplify(sub(subject, reference)) is ZERO
    except CalcmlError:  # a form without a value anywhere
        return ""
    return "the same expression after simplification" if same else ""
