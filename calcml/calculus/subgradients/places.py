"""Where the switches of a function of several variables are 0, one or some together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from calcml.algebra.canonical import tidy
from calcml.algebra.facts.linear import linear
from calcml.calculus.limits import MOST_PLACES, MOST_SWITCHES
from calcml.calculus.subgradients.cells import Place, compared, decided
from calcml.calculus.subgradients.regions import NOTHING, UntoldError, sign_of
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


def places(
    found: Sequence[Expr], variables: Sequence[Expr]
) -> tuple[list[Place], bool]:
    """Surfaces first, then where some meet, single points last; whether these are all.

    They are not where a switch is not solved for a variable, and where they are many.
    """
    level = [Place({})]
    known: dict[object, Place] = {}
    whole = True
    for _ in variables:
        deeper: list[Place] = []
        for place, u in product(level, found):
            more, solved = on(place, u, variables)
            whole = whole and solved
            for new in more:
                if key(new) not in known:
                    known[key(new)] = new
                    deeper.append(new)
            if len(known) > MOST_PLACES:
                return list(known.values()), False
        level = deeper
    return list(known.values()), whole


def key(place: Place) -> object:
    """What two places have in common that are the same."""
    return frozenset(place.values.items())


def on(place: Place, u: Expr, variables: Sequence[Expr]) -> tuple[list[Place], bool]:
    """Where one more switch is 0, and whether that is all; nothing if it always is."""
    found: list[Place] = []
    try:
        found += _on(place, u, variables)
    except UntoldError:
        return found, False
    except CalcmlError:
        pass  # the place ends before it: x = 1/y at y = 0
    return found, True


def _on(place: Place, u: Expr, variables: Sequence[Expr]) -> Iterator[Place]:
    there = place.at(u)
    if there is ZERO:
        return
    solved: list[tuple[Expr, Expr]] = []
    for factor in factors(there)[1]:
        free = [v for v in variables if v.value in factor.free_symbols]
        if not free:
            if sign_of(factor) is None:
                raise UntoldError("whether switches meet")
            continue
        if NOTHING.positive(factor) or NOTHING.negative(factor):
            continue
        v = min(free, key=lambda v: _degree(factor, v))
        solved += [(v, at) for at in _solved(factor, v)]
    for v, at in solved:
        values = {w: substitute(e, {v: at}) for w, e in place.values.items()}
        moved = {w: place.at(e) for w, e in values.items()}
        only = u if len(solved) == 1 else sub(v, at)  # what is 0 there alone
        yield Place({**moved, v: at}, (*place.switches, only))


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
