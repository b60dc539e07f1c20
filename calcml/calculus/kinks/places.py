"""Places where a function may fail to be smooth, by its choices and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from calcml.algebra.canonical import tidy
from calcml.algebra.definedness import guard_of
from calcml.algebra.facts import Facts
from calcml.calculus.expansions import calls
from calcml.calculus.kinks.limits import MOST_VALUES
from calcml.calculus.zeros import Zeros, constants, unused_integer, zeros
from calcml.calculus.zeros.constants import shortened
from calcml.core.build import neg, sub, substitute
from calcml.core.comparisons import OPEN
from calcml.core.errors import or_none
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, number, symbol, walk
from calcml.core.flat import depending
from calcml.core.operations import FLOOR
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import filled, lower


class Switch(NamedTuple):
    """Two expressions that meet at the place; `given` is what else makes it matter.

    `whole` says that their difference meets every integer, not 0 alone.
    """

    a: Expr
    b: Expr
    given: tuple[Expr, ...] = ()
    whole: bool = False


class Place(NamedTuple):
    """A value of the variable, or one for each integer `n`, and its switch."""

    at: Expr
    switch: Switch
    given: tuple[Expr, ...] = ()
    n: Expr | None = None
    approximate: bool = False
    only: bool = True  # the switch's one place

    @property
    def integer(self) -> Expr:
        """The integer of a family."""
        assert self.n is not None
        return self.n


def switches(root: Expr, x: Expr) -> list[Switch]:
    """Pairs of parts that decide how `root` behaves, inner ones first."""
    root = lower(root, lambda row: not calls.chooses(row) or bool(row.cut))
    found: dict[tuple[Expr, Expr, bool], Switch] = {}
    order = walk(root)
    moving = depending(order, x) - {x}
    for node in filter(moving.__contains__, order):
        for switch in _of(node):
            both = walk(switch.a, switch.b)
            if x in both and switch.a is not switch.b:
                found.setdefault((switch.a, switch.b, switch.whole), switch)
    return list(found.values())


def _of(node: Expr) -> Iterator[Switch]:
    row = FUNCTIONS.get(node.op)
    if row is None:
        return
    if node.op in CONDITIONS:
        yield from _compared(node)
        return
    for part in (row.kink or row.cut).split("; "):
        where = part.partition(": ")[0]
        for place in where.split(", ") if where else ():
            yield from _stated(place, node)
    guard = guard_of(node)
    if guard is None:
        return
    if node.op == "pow":
        base, exponent = node.args
        yield Switch(exponent if base is ZERO else base, ZERO)
        return
    for condition in walk(guard):
        if condition.op in CONDITIONS:
            yield from _compared(condition)


def _compared(node: Expr) -> Iterator[Switch]:
    if node.args[0].op in CONDITIONS:
        return
    a, b = node.args
    for one, other in ((a, b), (b, a)):
        if one.op == FLOOR and one.args[0] is other:
            yield Switch(other, ZERO, whole=True)
            return
    yield Switch(a, b)


def _stated(place: str, node: Expr) -> Iterator[Switch]:
    """The switches of one place that a row's `kink` states."""
    row = FUNCTIONS[node.op]
    if place == "a tie":
        yield from _ties(node)
        return

    def read(text: str) -> Expr:
        return filled(text, row.params, node.args)

    if place.endswith(" in integers"):
        yield Switch(read(place.removesuffix(" in integers")), ZERO, whole=True)
        return
    left, _, right = place.partition(" = ")
    right, _, condition = right.partition(" and ")
    given = (read(condition),) if row.cut else ()
    yield Switch(read(left), read(right), given)


def _ties(node: Expr) -> Iterator[Switch]:
    """Two arguments that are equal and not passed by the others."""
    from calcml.calculus.branches.extremes import joins

    places = joins(node)
    if places is not None:
        for x in map(symbol, node.free_symbols):
            yield from [Switch(x, at) for at in places]
        return
    above = FUNCTIONS[node.op].picks
    for i, a in enumerate(node.args):
        for b in node.args[i + 1 :]:
            rest = [c for c in node.args if c is not a and c is not b]
            yield Switch(a, b, tuple([make(above, (a, c)) for c in rest]))


def tidy_sides(condition: Expr) -> Expr:
    """A comparison with both sides tidied."""
    return make(condition.op, tuple([tidy(a) for a in condition.args]))


def facts_at(place: Place, x: Expr, known: Facts) -> Facts:
    """What is known, and what makes the place a switch."""
    news = []
    for c in (*place.switch.given, *place.given):
        at = substitute(c, {x: place.at})
        if not constants.is_closed(at):
            news.append(make(OPEN.get(at.op, at.op), at.args))
    more = or_none(Facts, (*known.conditions, *news)) if news else None
    return more or known


# --- solved ------------------------------------------------------------------------


def places(
    found: list[Switch], x: Expr, facts: Facts
) -> tuple[list[Place], bool, list[Switch]]:
    """Where the switches are, whether these are all places, and those not solved."""
    all_of: list[Place] = []
    unsolved: list[Switch] = []
    complete = True
    for switch in found:
        more, whole = or_none(_solved, switch, x, facts) or ([], False)
        all_of += more
        complete = complete and whole
        if not more and not whole:
            unsolved.append(switch)
    return all_of, complete, unsolved


def _solved(switch: Switch, x: Expr, facts: Facts) -> tuple[list[Place], bool]:
    difference = tidy(sub(switch.a, switch.b))
    if not switch.whole:
        solved = zeros(difference, x)
        if not solved.complete:  # as it is typed: of abs(x/u) abs(x)/u is made
            plain = zeros(sub(switch.a, switch.b), x)
            solved = plain if plain.complete else solved
        return _listed(solved, switch)
    values = facts.interval(difference)
    if values.high - values.low <= MOST_VALUES:
        found: list[Place] = []
        complete = True
        for k in range(ceil(values.low), floor(values.high) + 1):
            more, whole = _listed(zeros(sub(difference, number(k)), x), switch)
            found += more
            complete = complete and whole
        return found, complete
    n = unused_integer(difference.free_symbols | {x.value})
    solved = zeros(sub(difference, n), x)
    if solved.families or solved.approximate or solved.regions:
        return [], False
    return [
        _rising(Place(at, switch, given, n), n)
        for at, given in zip(solved.points, solved.given, strict=True)
    ], solved.complete


def _rising(place: Place, n: Expr) -> Place:
    """A family that is linear in its integer, spelled so that it rises with it."""
    at = place.at
    ends = [substitute(at, {n: number(k)}) for k in (0, 1, 2)]
    step, again = [shortened(sub(b, a)) for a, b in pairwise(ends)]
    linear = step is again and constants.is_closed(step)
    if not linear or constants.sign(step) != -1:
        return place
    turned = {n: neg(n)}
    given = tuple([tidy_sides(substitute(c, turned)) for c in place.given])
    return place._replace(at=tidy(substitute(at, turned)), given=given)


def _listed(solved: Zeros, switch: Switch) -> tuple[list[Place], bool]:
    only = len(solved.points) == 1 and not solved.families
    found = [
        Place(at, switch, given, None, at in solved.approximate, only)
        for at, given in zip(solved.points, solved.given, strict=True)
    ]
    for family in solved.families:
        given = () if family.given is None else (family.given,)
        found.append(Place(family.at, switch, given, family.n, False, False))
    return found, solved.complete
