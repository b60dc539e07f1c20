"""A gradient: a derivative for each name, told with the names that they share."""

from __future__ import annotations

from calcml.core.expr import Expr
from calcml.core.methods import METHODS


class Gradient(dict[str, Expr]):
    """A dict of derivatives; as text, what they share is defined once where it is long.

    t1 = ...; t2 = ...; {'w': ..., 'b': ...}
    """

    def __repr__(self) -> str:
        return str(METHODS["told"](self))
