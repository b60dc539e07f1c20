"""What follows from assumptions: signs, intervals, integers, the truth of conditions.

>>> from calcml.parsing.parser import parse
>>> found = facts("0 < p < 1")
>>> found.positive(parse("p*(1 - p)"))
True
>>> found.decide(parse("p > 1/2")) is None
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.algebra.facts.assumptions import Facts as Facts
from calcml.algebra.facts.guards import (
    Guard as Guard,
    guard_holds as guard_holds,
    read_guard as read_guard,
)
from calcml.algebra.facts.interval import Interval as Interval
from calcml.algebra.facts.reading import read_condition as read_condition, read_pieces
from calcml.core.errors import DomainError
from calcml.core.expr import Expr


def facts(
    given: str | Expr | Sequence[str | Expr] = (), names: Iterable[str] = ()
) -> Facts:
    """The facts that assumptions such as "x > 0" or ["0 < p < 1", "sum(y) = 1"] state.

    `names` are variables even if constants have the names; sum(y) is the sum of those
    called y_1, y_2, ... Raises ParseError, UnsupportedError, and DomainError for
    assumptions that contradict one another.
    """
    pieces = list(read_pieces(given, names))
    try:
        return Facts(piece.condition for piece in pieces)
    except DomainError:
        for count, piece in enumerate(pieces):
            try:
                Facts(p.condition for p in pieces[: count + 1])
            except DomainError as error:
                if piece.text:
                    error.at(piece.text, piece.span)
                raise
        raise
