"""The shortest equal form that is found: tidied, then closed, until neither helps."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.closed.closer import Closer
from calcml.closed.cost import Cost
from calcml.closed.high import high_derivative as derived
from calcml.diff import forward
from calcml.expr import ZERO, Expr, div, neg, substitute, symbol, walk
from calcml.facts import Facts, facts
from calcml.tidy import Tidier, tidy

MAX_ROUNDS = 4


Given = str | Expr | Sequence[str | Expr]


def simplify(root: Expr, *, given: Given = ()) -> Expr:
    """An equal form, as short as is found, wherever `root` is defined, under `given`.

    The domain may grow. Raises ParseError, UnsupportedError or DomainError for
    assumptions that cannot be read, or contradict each other.
    """
    return simplify_all([root], given=given)[0]


def simplify_all(roots: Sequence[Expr], *, given: Given = ()) -> list[Expr]:
    """`simplify` on several expressions, which share work and stay shared."""
    names = {n.value for n in walk(*roots) if n.op == "symbol"} if given else ()
    known = facts(given, names)
    shortest = _shortest(roots, known)
    for equation in known.equations:
        for variable, value in _solutions(equation):
            tried = _shortest([substitute(r, {variable: value}) for r in roots], known)
            cost = Cost()
            shortest = [
                new if cost(new) < cost(old) else old
                for new, old in zip(tried, shortest, strict=True)
            ]
    return shortest


def high_derivative(root: Expr, variable: Expr, order: int) -> Expr | None:
    """The derivative of a high order, taken and written in the normal form.

    None where the function has kinks, or each order brings new functions: then one
    order after the other is simplified.
    """
    tidier = Tidier([root], closing=True)
    (root,) = tidier.settled([root])
    found = derived(root, variable, order, tidier)
    if found is None:
        return None
    familiar = frozenset(node.op for node in walk(root))
    return _shortest([Closer(tidier, familiar).written(*found)], Facts())[0]


def _shortest(roots: Sequence[Expr], known: Facts) -> list[Expr]:
    tidier = Tidier(roots, known, closing=True)
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


def _solutions(equation: Expr) -> list[tuple[Expr, Expr]]:
    """The variables in which an equation is linear, each with what it is then."""
    found = []
    for variable in sorted(equation.free_symbols):
        x = symbol(variable)
        slope = tidy(forward(equation, x))
        if slope.op == "number" and slope is not ZERO:
            rest = substitute(equation, {x: ZERO})
            found.append((x, tidy(neg(div(rest, slope)))))
    return found
