"""Functions near a point: their derivatives, and other spellings where none exist."""

from __future__ import annotations

from functools import lru_cache

from calcml.algebra.canonical import tidy
from calcml.calculus.chain_rule import forward
from calcml.core.build import substitute
from calcml.core.expr import Expr, make, symbol, walk
from calcml.core.operations import EXP, LOG
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed
from calcml.parsing.rows import definition, filled, params


def is_choice(row: Row) -> bool:
    """Whether a row is one of the choices that definitions are made of."""
    sided = bool(row.sides or row.picks or row.rounds)
    return row.op == "where" or row.by is None and sided


@lru_cache(maxsize=500)
def chooses(row: Row) -> bool:
    """Whether a row is made of choices or roots, so that its definition is used."""
    if row.cut:
        return True
    if row.by is None or is_choice(row):
        return False
    if row.kink:
        return True
    inside = walk(parsed(row.by, params(row)))
    below = [FUNCTIONS[node.op] for node in inside if node.op in FUNCTIONS]
    if row.on and len(row.params) > 1 and all(part.elementary for part in below):
        return True  # an edge that moves: squareplus(x, b) at x^2 = -b
    return any(part.kink or is_choice(part) for part in below if part is not row)


@lru_cache(maxsize=500)
def _derivatives(op: str, size: int, place: int) -> list[Expr]:
    """The function and its derivatives by one argument, as far as asked for."""
    return [make(op, parameters(size))]


@lru_cache(maxsize=20)
def parameters(size: int) -> tuple[Expr, ...]:
    """Variables for the arguments of a call."""
    return tuple(symbol(f"z{i}") for i in range(size))


def derivative(op: str, args: tuple[Expr, ...], place: int, order: int) -> Expr:
    """A derivative of a function by one argument, at arguments."""
    params, known = parameters(len(args)), _derivatives(op, len(args), place)
    while len(known) <= order:
        known.append(tidy(forward(known[-1], params[place])))
    return substitute(known[order], dict(zip(params, args, strict=True)))


def elsewhere(node: Expr) -> Expr | None:
    """Another spelling of a call, for places where it has no Taylor polynomial.

    That of one that chooses is its definition.
    """
    row = FUNCTIONS[node.op]
    if row.elsewhere:
        return filled(row.elsewhere, row.params, node.args)
    if row.circle and row.circle not in ("s", "c"):
        on_circle = tuple(make(_by_circle(k), node.args) for k in ("s", "c"))
        return filled(row.circle, ("s", "c"), on_circle)
    if row.exponential:
        return filled(row.exponential, ("E",), (make(EXP, node.args),))
    if row.exp:
        return make(LOG, (filled(row.exp, row.params, node.args),))
    return None if row.by is None else definition(row)(node.args, node)


def upward(node: Expr, growing: int) -> Expr | None:
    """A spelling of a call whose argument grows beyond all numbers, up or down."""
    row, (u,) = FUNCTIONS[node.op], node.args
    if growing > 0 and row.asymptote:
        return filled(row.asymptote, row.params, (u,))
    mirrored = {"odd": "-y", "even": "y"}.get(row.parity, row.mirror)
    turns = growing < 0 if row.asymptote else growing > 0
    if turns and mirrored and (row.exponential or row.asymptote):
        if row.hyperbola in ("s", "c"):
            return filled(row.exponential, ("E",), (make(EXP, (u,)),))
        other = make(node.op, (tidy(-u),))
        return filled(mirrored, ("x", "y"), (u, other))
    return elsewhere(node)


def right_side(node: Expr, row: Row) -> Expr:
    """What a call is to the right of its kink."""
    return filled(row.sides.split(" | ")[-1], row.params, node.args)


@lru_cache(maxsize=4)
def _by_circle(coordinate: str) -> str:
    return next(r.op for r in FUNCTIONS.values() if r.circle == coordinate)
