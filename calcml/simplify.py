"""The shortest equal form the engine finds: tidied, then closed, until neither helps."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.closed import Closer
from calcml.errors import UnsupportedError
from calcml.expr import Expr, walk
from calcml.tidy import Tidier

MAX_ROUNDS = 4


def simplify(root: Expr, *, given: Sequence[str] = ()) -> Expr:
    """An equal form, as short as is found, wherever `root` is defined.

    The domain may grow. Raises UnsupportedError for assumptions, which are not there yet.
    """
    return simplify_all([root], given=given)[0]


def simplify_all(roots: Sequence[Expr], *, given: Sequence[str] = ()) -> list[Expr]:
    """`simplify` on several expressions, which share work and stay shared."""
    if given:
        raise UnsupportedError("assumptions (given=...) are not there yet")
    tidier = Tidier(roots)
    current = tidier.settled(roots)
    closers: dict[frozenset[str], Closer] = {}
    for _ in range(MAX_ROUNDS):
        again = False
        for i, old in enumerate(current):
            familiar = frozenset(node.op for node in walk(old))
            closer = closers.setdefault(familiar, Closer(tidier, familiar))
            (new,) = tidier.settled([closer.closed(old)])
            if closer.price(new) < closer.price(old):
                current[i] = new
                again = True
        if not again:
            break
    return current
