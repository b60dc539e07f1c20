"""Where the switches of a function of several variables are 0, one or some together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from calcml.algebra.canonical import tidy
from calcml.algebra.facts.linear import linear
from calcml.calculus.limits import MOST_PLACES, MOST_SWITCHES
from calcml.calculus.subgradients.cells import (
    NOTHING,
    Place,
    UntoldError,
    compared,
    decided,
    sign_of,
)
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.polynomials import factors
from calcml.core.build import sub, substitute
from calcml.core.errors import CalcmlError
from calcml.core.expr import ZERO, Expr, symbol, walk


def switches(root: Expr) -> list[Expr]:
    """The smooth differences that decide a function in choices."""
    found: dict[Expr, None] = {}
    stack = [sub(*c.args) for c in compared(root)]
    seen = set(stack)
    while stack:
        u = stack.pop()
        inner = next(compared(u), None)
        if inner is None:
            found |= dict.fromkeys(v for v in factors(u)[1] if sign_of(v) is None)
        else:
            parts = [decided(u, inner, truth) for truth in (True, False)]
            stack += [part for part in parts if part not in seen]
            seen |= set(parts)
        if len(found) + len(stack) > MOST_SWITCHES:
            raise UntoldError("many switches")
    return list(found)


def places(found: Sequence[Expr], variables: Sequence[Expr]) -> Iterator[Place]:
    """Surfaces first, then where some meet, single points last.

    Raises UntoldError in the end where a switch is not solved for a variable.
    """
    level = [Place({})]
    known: set[object] = set()
    missed: UntoldError | None = None
    for _ in variables:
        deeper: list[Place] = []
        for place, u in product(level, found):
            try:
                for more in _on(place, u, variables):
                    key = frozenset(more.values.items())
                    if key not in known:
                        known.add(key)
                        deeper.append(more)
            except UntoldError as error:
                missed = error
            except CalcmlError:
                continue  # the place ends before it: x = 1/y at y = 0
            if len(known) > MOST_PLACES:
                raise UntoldError("many places")
        yield from deeper
        level = deeper
    if missed is not None:
        raise missed


def _on(place: Place, u: Expr, variables: Sequence[Expr]) -> Iterator[Place]:
    """Where one more switch is 0; nowhere else if it is 0 at the place."""
    there = place.at(u)
    if there is ZERO:
        return
    for factor in factors(there)[1]:
        free = [v for v in variables if v.value in factor.free_symbols]
        if not free:
            if sign_of(factor) is None:
                raise UntoldError("whether switches meet")
            continue
        if NOTHING.positive(factor) or NOTHING.negative(factor):
            continue
        v = min(free, key=lambda v: _degree(factor, v))
        for at in _solved(factor, v):
            values = {w: substitute(e, {v: at}) for w, e in place.values.items()}
            moved = {w: place.at(e) for w, e in values.items()}
            yield Place({**moved, v: at}, (*place.switches, u))


def _solved(factor: Expr, v: Expr) -> Sequence[Expr]:
    """The zeros by a variable; UntoldError where there are others, or not for all."""
    solved = zeros(factor, v)
    conditions = {c for given in solved.given for c in given}
    if not solved.complete or solved.families or solved.regions or solved.approximate:
        raise UntoldError("where a switch is 0")
    for c in conditions:
        if c.op != "ne" or len(c.free_symbols) > 1:
            raise UntoldError("where a switch is 0")
        (w,) = map(symbol, c.free_symbols)
        there = zeros(sub(*c.args), w)
        ends = [tidy(substitute(factor, {w: at})) for at in there.points]
        if not there.alone or not all(map(sign_of, ends)):
            raise UntoldError("where a switch is 0")
    return solved.points


def _degree(u: Expr, v: Expr) -> int:
    """How hard it is to solve for a variable: 0 if that is linear by a number."""
    form = linear(u) or {}
    if v in form and not any(v in walk(t) for t in form if t is not v):
        return 0
    return 1 + sum([n.op == "pow" and v in walk(n) for n in walk(u)])
