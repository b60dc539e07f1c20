"""Places whose kinks depend on other variables, told apart by conditions."""

from __future__ import annotations

from calcml.calculus.expansions.coefficients import Ring, UndecidedError, expression
from calcml.calculus.expansions.sides import Side
from calcml.core.expr import ZERO, Expr


class SplitError(Exception):
    """What happens at a place depends on a condition."""

    def __init__(self, condition: Expr) -> None:
        self.condition = condition


class UnknownEdgeError(UndecidedError):
    """The function ends at the place, and what it does before that is not known."""


def where_it_matters(kind: str, left: Side, right: Side, ring: Ring) -> Expr | None:
    """The condition on other variables under which a kink is one, or is not."""
    ends = {
        "corner": (left.slope, right.slope),
        "jump": (left.limit, right.limit),
    }.get(kind, (None, None))
    if ends[0] is None or ends[1] is None:
        return None
    difference = expression(ring.add(ends[1], ring.neg(ends[0])))
    if difference.op != "where" or ZERO not in difference.args[1:]:
        return None
    return difference.args[0]
