"""The largest or the least of functions of one variable, as a choice along it.

Halves are joined: between the places where one of them changes, and those where both
cross, one is taken. So the envelope of n lines costs n log n.

>>> from calcml.parsing.parser import parse
>>> print(*in_choices(walk(parse("max(x, 2*x - 1, 0)^2"))).values())
where(x <= 0, 0, where(x <= 1, x, 2*x - 1))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from calcml.algebra.canonical import tidy
from calcml.algebra.definedness import conditions
from calcml.algebra.piecewise import chain
from calcml.calculus.branches import meeting
from calcml.calculus.branches.line import continuous, crossings, runs
from calcml.calculus.expansions import calls
from calcml.calculus.limits import MOST_PIECES
from calcml.calculus.zeros.constants import near, truth
from calcml.calculus.zeros.limits import TINY
from calcml.core.budget import spend
from calcml.core.build import rebuild, sub, substitute
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.expr import ZERO, Expr, make, number, symbol, walk
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import filled, lower

GRID = 10**TINY
End = Fraction | None  # of a part of the line; None is an infinity


class Place(NamedTuple):
    """A place on the line, with its value to many digits."""

    value: Fraction
    at: Expr


class Pieces(NamedTuple):
    """A continuous function: what it is before, between and after places in order."""

    places: list[Place]
    cells: list[Expr]


def in_choices(order: Sequence[Expr]) -> dict[Expr, Expr]:
    """Extremes of functions of one variable among some nodes, each as a choice.

    With relu, abs and the like around them. One of which the crossings are not found
    stays, and one against numbers. `order` is that of `walk`.
    """
    moving = {node for node in order if _is_extreme(node)}
    around = set(moving)
    for node in order if moving else ():
        if not around.isdisjoint(node.args):
            around.add(node)
    found: dict[Expr, Expr] = {}
    inside: set[Expr] = set()
    for node in reversed(order) if moving else ():
        row = FUNCTIONS.get(node.op)
        if node in around and node not in inside and row and (row.picks or row.sides):
            made = _chosen(node)
            if made is not None:
                found[node] = made
                inside.update(walk(node))
    return found


def _is_extreme(node: Expr) -> bool:
    """Whether a node is the extreme of several functions of one variable."""
    row = FUNCTIONS.get(node.op)
    if row is None or not row.picks or node.dims or len(node.free_symbols) != 1:
        return False
    return sum([bool(a.free_symbols) for a in node.args]) > 1


def joins(node: Expr) -> list[Expr] | None:
    """The places where the extreme of functions of one variable has another formula.

    None for other nodes, and where they are not found.
    """
    found = _along(node) if _is_extreme(node) else None
    return None if found is None else [place.at for place in found.places]


@lru_cache(maxsize=200)
def _along(node: Expr) -> Pieces | None:
    (x,) = map(symbol, node.free_symbols)
    return or_none(_pieces, node, x)


@lru_cache(maxsize=200)
def _chosen(node: Expr) -> Expr | None:
    found = _along(node) if len(node.free_symbols) == 1 else None
    if found is None:
        return None
    (x,) = map(symbol, node.free_symbols)
    places, own = found
    cells = [own[0]]
    for place, low, high in zip(places, own, own[1:], strict=False):
        cells += [meeting(x, place.at, low, high, high), high]
    return chain(*runs(x, [place.at for place in places], cells))


def _pieces(root: Expr, x: Expr) -> Pieces:
    """A function of x in pieces, made of those of its parts."""
    plain = lower(root, lambda row: not calls.chooses(row))
    if conditions(plain) or not continuous(plain):
        raise UnsupportedError("it may jump")
    made: dict[Expr, Pieces] = {}
    for node in walk(plain):
        row = FUNCTIONS.get(node.op)
        if row is not None and row.kink and not (row.picks or row.sides):
            raise UnsupportedError("it may have other corners")
        parts = [made[a] for a in node.args]
        if row is not None and row.picks:
            made[node] = _extreme(parts, row.picks, x)
        elif row is not None and row.sides:
            made[node] = _sided(node, parts[0], x)
        elif parts:
            made[node] = _joined(parts, lambda args, node=node: rebuild(node, args))
        else:
            made[node] = Pieces([], [node])
    return made[plain]


def _extreme(parts: Sequence[Pieces], pick: str, x: Expr) -> Pieces:
    """The one of several that passes the others."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        odd = parts[len(parts) // 2 * 2 :]
        parts = [*[_better(a, b, pick, x) for a, b in pairs], *odd]
    return parts[0]


def _better(a: Pieces, b: Pieces, pick: str, x: Expr) -> Pieces:
    def better(low: End, high: End, pair: tuple[Expr, ...]) -> Iterator[Part]:
        return _cut(pair, make(pick, pair), low, high, x)

    return _together([a, b], better)


def _sided(node: Expr, inner: Pieces, x: Expr) -> Pieces:
    """A function of which its row says what it is on both sides of 0."""
    row = FUNCTIONS[node.op]

    def sided(low: End, high: End, args: tuple[Expr, ...]) -> Iterator[Part]:
        sides = [filled(s, row.params, args) for s in row.sides.split(" | ")[::-1]]
        return _cut(sides, make("gt", (args[0], ZERO)), low, high, x)

    return _together([inner], sided)


def _joined(parts: Sequence[Pieces], join: Callable[..., Expr]) -> Pieces:
    return _together(parts, lambda low, high, args: iter([(None, tidy(join(args)))]))


Part = tuple[Place | None, Expr]  # where it begins, inside of what is cut; its formula


def _together(
    parts: Sequence[Pieces],
    made: Callable[[End, End, tuple[Expr, ...]], Iterator[Part]],
) -> Pieces:
    """What is `made` of several functions between the places where one changes."""
    every = {place.value: place for part in parts for place in part.places}
    ends = [None, *sorted(every), None]
    at = [0] * len(parts)
    places: list[Place] = []
    cells: list[Expr] = []
    for low, high in pairwise(ends):
        for k, part in enumerate(parts):
            own = part.places
            at[k] += at[k] < len(own) and own[at[k]].value == low
        args = tuple([part.cells[k] for part, k in zip(parts, at, strict=True)])
        for inside, cell in made(low, high, args):
            place = inside or (every[low] if low is not None else None)
            if not cells or cell is not cells[-1]:
                cells.append(cell)
                places += [place] if place else []
    if len(cells) > MOST_PIECES:
        raise UnsupportedError("it has many pieces")
    return Pieces(places, cells)


def _cut(
    pair: Sequence[Expr], condition: Expr, low: End, high: End, x: Expr
) -> Iterator[Part]:
    """Which of two holds between two ends: the first where a condition does."""
    spend(20)
    if pair[0] is pair[1]:
        yield None, pair[0]
        return
    found = crossings(sub(*condition.args), x)
    if found is None:
        raise UnsupportedError("where they cross")
    inside = sorted(
        place
        for place in map(_place, found)
        if (low is None or low < place.value) and (high is None or place.value < high)
    )
    for start, end in pairwise([None, *inside, None]):
        between = _between(start.value if start else low, end.value if end else high)
        holds = truth(substitute(condition, {x: number(between)}))
        if holds is None:
            raise UnsupportedError("which is taken")
        yield start, pair[0] if holds else pair[1]


def _place(at: Expr) -> Place:
    value = Fraction(at.value) if at.op == "number" else near(at)
    if value is None:
        raise UnsupportedError("a place is no number")
    known = at.op == "number"  # others are one where their digits are
    return Place(value if known else Fraction(round(value * GRID), GRID), at)


def _between(low: End, high: End) -> Fraction:
    """A number between two ends."""
    if low is None:
        return Fraction(0) if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2
