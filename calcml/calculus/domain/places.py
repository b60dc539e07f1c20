"""Places where a function has no slope, or a chosen one: as `kinks` looks at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from calcml.algebra.facts import Facts
from calcml.calculus.domain.solve import solved
from calcml.calculus.domain.told import Conditions
from calcml.calculus.expansions.limits import equal
from calcml.calculus.kinks.families import TRIED, member
from calcml.calculus.kinks.finder import Finder
from calcml.calculus.kinks.kink import Kink
from calcml.calculus.kinks.places import Place, Switch, facts_at, places, switches
from calcml.calculus.kinks.words import condition_of
from calcml.calculus.limits import MOST_SINGLE
from calcml.calculus.rounding import level_at
from calcml.calculus.zeros.constants import is_closed, near, shortened
from calcml.core.build import div, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import INF, ZERO, Expr, make, number, symbol, walk
from calcml.core.flat import joined, leaves
from calcml.core.operations import FLOOR

SMOOTH, CHOSEN, JUMP, STEEP, UNDECIDED = "", "chosen", "jump", "steep", "undecided"

Told = Iterator[tuple[str, Expr]]
Outcome = tuple[str, Expr | None]  # what is there, and what it asks of other variables


class _Finder(Finder):
    """A finder of corners; `moving` are variables that do not tell whether one is."""

    moving: frozenset[str] = frozenset()


def places_of(
    root: Expr, x: Expr, known: Facts, variables: Sequence[Expr] = ()
) -> Told:
    """What is not smooth along `x` where `known` holds, each with its condition.

    STEEP are places of the domain without a slope, such as its ends; poles and jumps
    that have a value are a JUMP. Where a function of `variables` has no corner along
    each of them, it has none at all if its switches are smooth, unlike those of
    min(abs(x), abs(y)).
    """
    finder = _Finder(root, x, known)
    finder.corners = True
    found = switches(root, x)
    if any(_switches(side) for switch in found for side in switch[:2]):
        finder.moving = frozenset(v.value for v in variables)
    for switch in found:
        if known.decide(_meets(switch)) is not False:
            yield from _of_switch(finder, switch)


def _switches(side: Expr) -> bool:
    return any(switches(side, symbol(name)) for name in side.free_symbols)


def _of_switch(finder: _Finder, switch: Switch) -> Told:
    listed, complete, _ = places([switch], finder.x, finder.known)
    single = finder.different([p for p in listed if p.n is None])
    families = [p for p in listed if p.n is not None]
    exact = all(is_closed(p.at) and not (p.approximate or p.given) for p in single)
    found = {p.at: _outcomes(finder, p) for p in single}
    if complete and exact and not families:
        yield from _singly(finder.x, found)
        return
    members = [_members(finder, family) for family in families]
    for family in members:
        found |= dict(family.values())
    if switch.whole and families:
        more = or_none(level_at, finder.root, finder.x, switch.a) or ()
        found |= {
            p: _outcomes(finder, families[0]._replace(at=p, n=None)) for p in more
        }
    whole = _meets(switch)
    if not found:
        if not complete:
            yield from _under([whole, *switch.given], ((UNDECIDED, None),))
        return
    main, exceptions = _main(found)
    if len(exceptions) <= MOST_SINGLE and all(map(is_closed, exceptions)):
        apart = [make("ne", (finder.x, at)) for at in exceptions]
        yield from _under([whole, *apart], main)
        yield from _singly(finder.x, exceptions)
        return
    yield from _singly(finder.x, {p.at: found[p.at] for p in single})
    for place, family in zip(families, members, strict=True):
        yield from _by_integers(finder.x, place, whole, family)


def _meets(switch: Switch) -> Expr:
    """The condition of all places of a switch."""
    other = make(FLOOR, (switch.a,)) if switch.whole else switch.b
    return make("eq", (switch.a, other))


def _main(
    found: Mapping[Expr, tuple[Outcome, ...]],
) -> tuple[tuple[Outcome, ...], dict[Expr, tuple[Outcome, ...]]]:
    """What is at most of the places, and the others."""
    ((main, _),) = Counter(found.values()).most_common(1)
    return main, {at: what for at, what in found.items() if what != main}


def _singly(x: Expr, found: Mapping[Expr, tuple[Outcome, ...]]) -> Told:
    for at, outcomes in found.items():
        yield from _under([make("eq", (x, at))], outcomes)


def _under(conditions: Sequence[Expr], outcomes: tuple[Outcome, ...]) -> Told:
    for what, more in outcomes:
        whole = joined("and", [*conditions, *([] if more is None else [more])])
        assert whole is not None
        yield what, whole


# --- one place ---------------------------------------------------------------------


def _outcomes(finder: _Finder, place: Place) -> tuple[Outcome, ...]:
    """What is at a place, by what it asks of other variables; nothing where smooth."""
    alone = place._replace(switch=place.switch._replace(given=()))
    known = condition_of(alone, finder.x, finder.decided)
    implied = [] if known is None else leaves(known, "and")
    found = []
    for kink in finder.all_at(place):
        what = _what(kink)
        if what == STEEP and kink.kind == "corner" and finder.surfaces:
            what = CHOSEN  # the values of other variables tell whether there is one
        asked = [] if kink.condition is None else leaves(kink.condition, "and")
        if what == CHOSEN and kink.left is not None and kink.right is not None:
            asked += _apart(kink.left, kink.right, place, finder)
        if what != SMOOTH:
            found.append((what, joined("and", [c for c in asked if c not in implied])))
    return tuple(found)


def _apart(left: Expr, right: Expr, place: Place, finder: _Finder) -> Conditions:
    """What other variables must be for two slopes to differ: x != 0, of x*abs(y)."""
    difference = shortened(sub(right, left))
    names = difference.free_symbols
    if not names or names & finder.moving:
        return ()
    known = facts_at(place, finder.x, finder.known)
    conditions = solved([make("ne", (difference, ZERO))])
    return tuple(c for c in conditions if or_none(known.decide, c) is not True)


def _what(kink: Kink) -> str:
    if kink.note or kink.kind == "singular":
        return UNDECIDED
    if kink.value is None:
        return SMOOTH  # outside of the domain
    if kink.kind == "corner":
        return STEEP if kink.slope is None else CHOSEN
    if kink.kind == "edge":
        return _at_end(kink.value, kink)
    return STEEP if kink.kind == "vertical tangent" else JUMP


def _at_end(value: Expr, kink: Kink) -> str:
    """What is at an end of the domain, where the slope of one side counts."""
    sides = [(kink.left_value, kink.left), (kink.right_value, kink.right)]
    for limit, slope in sides:
        if limit is not None:
            if INF in walk(limit) or equal(limit, value) is not True:
                return JUMP
            return STEEP if slope is None or INF in walk(slope) else SMOOTH
    return STEEP  # a single point


# --- families ----------------------------------------------------------------------

Members = Mapping[int, tuple[Expr, tuple[Outcome, ...]]]


def _members(finder: _Finder, family: Place) -> Members:
    """The places of some integers, and what is there."""
    tried = [(k, p) for k in TRIED if (p := member(family, k)) is not None]
    inside = [(k, p) for k, p in tried if not finder.excluded({finder.x: p.at})]
    return {k: (p.at, _outcomes(finder, p)) for k, p in inside}


def _by_integers(x: Expr, place: Place, whole: Expr, family: Members) -> Told:
    """A family whose places differ by the parity or by the sign of the integer."""
    start, one, two = [shortened(substitute(place.at, {place.integer: number(k)}))
                       for k in (0, 1, 2)]  # fmt: skip
    step = shortened(sub(one, start))
    size = near(step) if is_closed(step) else None
    if size and shortened(sub(two, one)) is step:
        for key, conditions in _splits(x, start, step, size > 0):
            groups: dict[int, set[tuple[Outcome, ...]]] = {}
            for k, (_, outcomes) in family.items():
                groups.setdefault(key(k), set()).add(outcomes)
            if all(len(group) == 1 for group in groups.values()):
                for k, (outcomes,) in groups.items():
                    yield from _under(conditions[k], outcomes)
                return
    yield UNDECIDED, whole


def _splits(
    x: Expr, start: Expr, step: Expr, rises: bool
) -> Iterator[tuple[Callable[[int], int], dict[int, list[Expr]]]]:
    """Ways to sort the integers of start + step*n, with the condition of each sort."""

    def integer(shift: int, every: int) -> Expr:
        u = shortened(div(sub(sub(x, start), step * shift), step * every))
        return make("eq", (u, make(FLOOR, (u,))))

    every, at = integer(0, 1), make("eq", (x, start))
    yield (lambda k: 0), {0: [every]}
    yield (lambda k: k % 2), {0: [integer(0, 2)], 1: [integer(1, 2)]}
    below, above = [make(op, (x, start)) for op in ("lt", "gt")[:: 1 if rises else -1]]
    signs = {-1: [every, below], 0: [at], 1: [every, above]}
    yield (lambda k: (k > 0) - (k < 0)), signs
