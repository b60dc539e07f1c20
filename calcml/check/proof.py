"""Whether two expressions are proved equal by exact steps of calcml's own."""

from __future__ import annotations

from calcml.errors import CalcmlError
from calcml.expr import ZERO, Expr, sub
from calcml.simplify import simplify


def proved(subject: Expr, reference: Expr) -> str:
    """How calcml finds that the two are equal, or nothing."""
    if subject is reference:
        return "the same expression"
    try:
        same = simplify(subject) is simplify(reference)
        same = same or simplify(sub(subject, reference)) is ZERO
    except CalcmlError:  # a form without a value anywhere
        return ""
    return "the same expression after simplification" if same else ""
