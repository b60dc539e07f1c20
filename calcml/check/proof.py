"""Whether two expressions are proved equal by exact steps of calcml's own."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.algebra.closed.equal import equal
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.core.build import sub
from calcml.core.errors import CalcmlError
from calcml.core.expr import ZERO, Expr


def proved(
    subject: Expr, reference: Expr, facts: Facts, given: Sequence[Expr] = ()
) -> str:
    """How calcml finds that the two are equal under `facts` and `given`, or nothing."""
    if subject is reference:
        return "the same expression"
    if equal(subject, reference, facts):
        return "the same normal form"
    try:
        same = simplify(subject, given=given) is simplify(reference, given=given)
        same = same or simplify(sub(subject, reference), given=given) is ZERO
    except CalcmlError:  # a form without a value anywhere
        return ""
    return "the same expression after simplification" if same else ""
