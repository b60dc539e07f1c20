"""What indices run over: bounds, which sizes and outer indices give, and axes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

from calcml.core.affine import Affine, affine, shifted, spelled
from calcml.core.build import substitute
from calcml.core.errors import ShapeError
from calcml.core.expr import Expr, symbol, walk
from calcml.core.flat import leaves, walk_to
from calcml.core.tensors.units import Conditions
from calcml.functions import FUNCTIONS
from calcml.parsing.index_notation import BOUND, unguarded, unranged

ONE_MORE = Affine(1, {})


class Range(NamedTuple):
    """The whole numbers from the greatest of `lows` to the least of `highs`.

    These may hold outer indices. The axis of the index in an array runs from `first`
    to `last`, which hold none: all places that it takes for some outer indices.
    """

    lows: tuple[Affine, ...]
    highs: tuple[Affine, ...]
    first: Affine
    last: Affine

    @property
    def length(self) -> Expr:
        """How many places the axis has."""
        return spelled(self.last.plus(ONE_MORE).plus(self.first, -1))

    def is_axis(self, size: Expr) -> bool:
        """Whether its axis is a whole axis of a size."""
        return self.length is size and self.first == Affine(0, {})

    def conditions(self, index: Expr) -> list[Affine]:
        """What must be at least 0 beside being on the axis."""
        own = affine(index)
        found = [own.plus(low, -1) for low in self.lows if low != self.first]
        found += [high.plus(own, -1) for high in self.highs if high != self.last]
        return [condition.whole()[0] for condition in found]


Ranges = Mapping[str, Range]  # by the names of indices, outer ones first


def of_axis(size: Expr) -> Range:
    """The places of a whole axis."""
    first, last = (Affine(0, {}),), (affine(size).plus(ONE_MORE, -1),)
    return Range(first, last, first[0], last[0])


def of_bounds(index: Expr, low: Expr, high: Expr, outer: Ranges) -> Range:
    """The places from `low` to `high`, both included; these may be max(...), min(...).

    Raises ShapeError where a bound holds the index itself.
    """
    lows, highs = _several(low, "ge", "up"), _several(high, "le", "down")
    if any(index in bound.terms for bound in lows + highs):
        raise ShapeError(f"a bound of the index {index} holds {index} itself")
    for end in (low, high):
        if not all(part.op in _WHOLE or not part.args for part in walk(end)):
            raise _no_bound(end)
    for bound in lows + highs:
        inside = [t for t in bound.terms if t.op != "symbol"]
        if any(not t.free_symbols.isdisjoint(outer) for t in inside):
            raise _no_bound(spelled(bound))
        parts = bound.constant, *bound.terms.values()
        if not _outer(bound, outer) and any(x != int(x) for x in parts):
            raise ShapeError(
                f"the bound {spelled(bound)} may be no whole number; give the size as "
                "a number, or name its part, as in sum(i, 0, m - 1, x[2*i])"
            )
    ends = []
    for bounds, side in ((lows, -1), (highs, 1)):
        plain = [b for b in bounds if not _outer(b, outer)]
        ends.append(plain[0] if plain else extremes(bounds[0], outer, side)[0])
    return Range(lows, highs, *ends)


_WHOLE = {"add", "sub", "neg", "mul", "div"} | {
    row.op for row in FUNCTIONS.values() if row.picks or row.rounds
}


def _no_bound(end: Expr) -> ShapeError:
    return ShapeError(
        f"{end} is no bound of an index: bounds are sums of whole multiples of "
        "numbers, sizes and outer indices"
    )


def _outer(bound: Affine, outer: Ranges) -> bool:
    return any(symbol(name) in bound.terms for name in outer)


def _several(bound: Expr, picks: str, rounds: str) -> tuple[Affine, ...]:
    """The bounds in max(...) of lower ones, in min(...) of upper ones.

    ceil(k/2) as a lower one and floor(k/2) as an upper one are k/2 for whole numbers.
    """
    parts, stack = [], [bound]
    while stack:
        part = stack.pop()
        row = FUNCTIONS.get(part.op)
        if row is not None and (row.picks == picks or row.rounds == rounds):
            stack += part.args
        else:
            parts.append(affine(part))
    return tuple(parts[::-1])


def extremes(value: Affine, ranges: Ranges, side: int) -> list[Affine]:
    """What a sum with indices is at most (side 1) or at least (-1), without them.

    There is one for each choice among the bounds of the indices.
    """
    found = [value]
    for name in [*ranges][::-1]:
        index = symbol(name)
        following: list[Affine] = []
        for part in found:
            factor = part.terms.get(index, 0)
            ends = ranges[name].highs if factor * side > 0 else ranges[name].lows
            each = [part.put(index, end) for end in ends] if factor else [part]
            following += [new for new in each if new not in following]
        found = following
    return found


def _holds(gap: Affine, sizes: Collection[str]) -> bool | None:
    """Whether a sum is at least 0; False where sizes over 1 would make it negative."""
    if any(not name.free_symbols <= {*sizes} for name in gap.terms):
        return None
    larger = gap.plus(Affine(sum(gap.terms.values()), {}))
    return False if larger.never_negative() is False else gap.never_negative()


def on_axis(
    place: Affine, size: Expr, ranges: Ranges, sizes: Collection[str]
) -> Conditions | None:
    """What sizes must be so that a place is on an axis for all indices; None: never."""
    above = affine(size).plus(ONE_MORE, -1)
    groups = []
    for side in (-1, 1):
        ends = extremes(place, ranges, side)
        gaps = ends if side < 0 else [above.plus(end, -1) for end in ends]
        known = [_holds(gap, sizes) for gap in gaps]
        if set(known) == {False}:
            return None
        if True not in known:
            groups.append(tuple(spelled(gap.whole()[0]) for gap in gaps))
    return tuple(groups)


def with_index(node: Expr, outer: Ranges) -> Ranges:
    """The ranges of the indices in a sum's body."""
    index, *bounds, body = node.args
    name = str(index.value)
    if name in outer:
        raise ShapeError(
            f"the index {index} is summed over twice, one sum in the other; take "
            "another letter for the inner one"
        )
    if bounds:
        return {**outer, name: of_bounds(index, bounds[0], bounds[1], outer)}
    return {**outer, name: by_axes(name, body, outer)}


def by_axes(name: str, body: Expr, outer: Ranges) -> Range:
    """The range of an index without bounds: the axes where it stands alone.

    An index of delta(i, j) may have the range of the other one.
    """
    names = [name]
    for one in names:  # grows while it is read
        if one in outer:
            return outer[one]
        sizes, beside = _places_of(one, body, one is not name)
        if len(sizes) > 1:
            first, other, *_ = sizes
            raise ShapeError(
                f"the index {one} runs over axes of sizes {first} and {other}; write "
                f"its bounds: sum({one}, 0, {shifted(first, -1)}, ...)"
            )
        if sizes:
            return of_axis(sizes[0])
        names += [mate for mate in beside if mate not in names]
    if len(names) > 1:
        i, j = sorted(names[:2])
        raise ShapeError(
            f"the range of delta({i}, {j}) is not known: {i} and {j} occur in no "
            "x[...]; write eye(n) for a unit matrix"
        )
    raise unranged(name)


def _places_of(name: str, body: Expr, everywhere: bool) -> tuple[list[Expr], list[str]]:
    """The sizes of axes where an index stands alone, and its mates in deltas.

    Only `everywhere` sums over an index of that name are looked into.
    """
    own = symbol(name)
    if not everywhere:
        hidden = {n: symbol("") for n in walk_to(body, lambda n: _binds(n, own))}
        body = substitute(body, {n: s for n, s in hidden.items() if _binds(n, own)})
    sizes: dict[Expr, None] = {}
    beside: list[str] = []
    for nodes in (unguarded(body), walk(body)):
        for node in nodes:
            if node.op == "at":
                pairs = zip(node.args[1:], node.args[0].dims, strict=True)
                sizes.update({size: None for index, size in pairs if index is own})
            elif node.op == "kronecker" and own in node.args:
                beside += [str(a.value) for a in node.args if a is not own]
        if sizes:
            break
    return list(sizes), beside


def _binds(node: Expr, index: Expr) -> bool:
    return node.op in BOUND and node.args[0] is index


def where_holds(condition: Expr, ranges: Ranges) -> Ranges:
    """The ranges where a condition on places holds; axes stay what they are."""
    found = dict(ranges)
    for test in leaves(condition, "and"):
        a, b = map(affine, test.args)
        gaps = {"le": [(b, a, 0)], "lt": [(b, a, 1)], "ge": [(a, b, 0)]}
        gaps |= {"gt": [(a, b, 1)], "eq": [(a, b, 0), (b, a, 0)]}
        for more, less, apart in gaps.get(test.op, ()):
            gap = more.plus(less, -1).plus(Affine(-apart, {}))
            inner = [n for n in ranges if symbol(n) in gap.terms]
            if inner:
                index = symbol(inner[-1])
                step = gap.terms[index]
                rest = gap.put(index, Affine(0, {}))
                bound = Affine(0, {}).plus(rest, Fraction(-1, step))
                old = found[inner[-1]]
                if step > 0:
                    found[inner[-1]] = old._replace(lows=(*old.lows, bound))
                else:
                    found[inner[-1]] = old._replace(highs=(*old.highs, bound))
    return found
