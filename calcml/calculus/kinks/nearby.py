"""A function as it is near one place: the choices that are decided there are taken.

The terms of a sum that have no zero at a place are smooth there, most of them
polynomials, which add up to one. What a part is between two neighbours of its own zeros
is found once.

>>> from calcml.core.expr import ZERO, symbol
>>> from calcml.parsing.parser import parse
>>> x = symbol("x")
>>> print(Nearby(parse("abs(x) + abs(x - 1) + abs(x + 1)"), x, Solver(x)).at(ZERO))
abs(x) + 2
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from math import ceil, floor

from calcml.algebra.definedness import guard_of
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear, written
from calcml.calculus.expansions import calls
from calcml.calculus.kinks.places import Place, Switch, places, switches
from calcml.calculus.zeros.constants import is_closed, near, truth
from calcml.core.build import add, neg, opposite, rebuild, rebuilt, sub, substitute
from calcml.core.comparisons import COMPARISONS
from calcml.core.errors import or_none
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, ZERO, Expr, Number, number, walk
from calcml.core.flat import SIGNED, depending, signed_terms, walk_to
from calcml.functions import FUNCTIONS, Row
from calcml.functions.frameworks import LOCAL
from calcml.parsing.rows import definition

NEAR = 10**25  # what is less than one over it may be 0 at a place that is a decimal
SAME = 10**30  # places that are nearer than one over it are one

WHERE = "where"
ROUNDS: dict[str, Callable[[Number], int]] = {"down": floor, "up": ceil, "even": round}

Cut = tuple[int, ...] | None  # SAME times each place, rising; None: unknown


class Solver:
    """The places of switches, each solved once."""

    def __init__(self, x: Expr, known: Facts | None = None) -> None:
        self.x, self.known = x, known or Facts()
        self._found: dict[Switch, tuple[list[Place], bool, list[Switch]]] = {}

    def __call__(self, switch: Switch) -> tuple[list[Place], bool, list[Switch]]:
        """Its places, whether these are all, and itself where it is not solved."""
        if switch not in self._found:
            self._found[switch] = places([switch], self.x, self.known)
        return self._found[switch]


class Nearby:
    """A function of one variable near single places."""

    def __init__(self, root: Expr, x: Expr, solve: Solver) -> None:
        self.x, self.solve = x, solve
        terms = [(s, _balanced(t)) for s, t in signed_terms(root)]
        self.total = _sum([t for t in terms if is_total(t[1])])
        self.rest = _sum([t for t in terms if not is_total(t[1])])
        self.root = add(self.total, self.rest)
        self._memo: dict[tuple[Expr, Hashable], Expr] = {}
        self._cuts: dict[Expr, Cut] = {}
        order = walk(self.total, self.rest, self.root)
        self.moving = depending(order, x)
        for node in order:
            self._cuts[node] = self._cut(node)

    def at(self, place: Expr) -> Expr:
        """What has the same values at the place and beside it."""
        return self._at(self.root, place)

    def in_floats(self, place: Expr) -> Expr:
        """What floats take for it: terms stay that they may have no slopes of."""
        return add(self._at(self.total, place), self.rest)

    def _at(self, root: Expr, place: Expr) -> Expr:
        where = near(place) if is_closed(place) else None
        if where is None:
            return root
        key, memo, stack = round(where * SAME), self._memo, [root]
        while stack:
            node = stack[-1]
            name = node, self._name(node, key)
            if name in memo or node not in self.moving or node is self.x:
                memo.setdefault(name, node)
                stack.pop()
                continue
            below = [(a, self._name(a, key)) for a in node.args]
            missing = [a for a, at in below if (a, at) not in memo]
            if missing:
                stack += missing
            else:
                args = tuple([memo[part] for part in below])
                memo[name] = self._made(node, args, key, place)
        return memo[root, self._name(root, key)]

    # --- where a part changes ------------------------------------------------------

    def _cut(self, node: Expr) -> Cut:
        """The places where a part may not be smooth."""
        if node not in self.moving:
            return ()
        if not _decides(node):
            cuts = {*[self._cuts[a] for a in node.args]}
            if None in cuts or len(cuts) == 1:
                return None if None in cuts else cuts.pop()
            return tuple(sorted({key for cut in cuts for key in cut or ()}))
        found: set[int] = set()
        for switch in switches(node, self.x):
            listed, complete, _ = self.solve(switch)
            values = [near(p.at) for p in listed if p.n is None and is_closed(p.at)]
            known = [round(v * SAME) for v in values if v is not None]
            if not complete or len(known) < len(listed):
                return None
            found.update(known)
        return tuple(sorted(found))

    def _name(self, node: Expr, key: int) -> Hashable:
        """What all places have in common between which a part does not change."""
        cut = self._cuts[node]
        if cut is None:
            return key
        i = bisect_left(cut, key)
        return i, i < len(cut) and cut[i] == key

    def _steady(self, node: Expr, key: int) -> bool:
        """Whether a part is known to be smooth at a place."""
        cut = self._cuts[node]
        return cut is not None and self._name(node, key) == (
            bisect_left(cut, key),
            False,
        )

    # --- what a part is ------------------------------------------------------------

    def _made(self, node: Expr, args: tuple[Expr, ...], key: int, place: Expr) -> Expr:
        new = node if args == node.args else or_none(rebuild, node, args)
        if new is None:  # it has no value at the place
            return node
        if node.op in SIGNED:
            return _collected(new)
        row = FUNCTIONS.get(node.op)
        if row is None or node.op in CONDITIONS or not _chooses(row):
            return new
        asked = node.args[:1] if row.op == WHERE else node.args
        if not all(self._steady(a, key) for a in asked):
            return new
        if calls.is_choice(row):
            side = self._taken(new, row, place)
            return new if side is None else side
        done = {a: a for a in args}
        written_out = definition(row)(args, new)
        for part in walk_to(written_out, done.__contains__):
            if part not in done:
                part_row, again = FUNCTIONS.get(part.op), rebuilt(part, done)
                taken: Expr | None = again
                if part_row is not None and calls.is_choice(part_row):
                    taken = self._taken(again, part_row, place)
                elif _decides(part):
                    return new
                if taken is None:
                    return new
                done[part] = taken
        return done[written_out]

    def _taken(self, node: Expr, row: Row, place: Expr) -> Expr | None:
        """The side of a choice that is taken at a place; None if both may be."""

        def above(a: Expr, b: Expr) -> int:
            """The sign of a difference; 0 where it is not told, too."""
            there = or_none(substitute, sub(a, b), {self.x: place})
            value = None if there is None else near(there)
            if value is None or abs(value) * NEAR < 1:
                return 0
            return 1 if value > 0 else -1

        if row.op == WHERE:
            compared = [n for n in walk(node.args[0]) if n.op in COMPARISONS]
            if not all(above(*n.args) for n in compared):
                return None
            holds = truth(substitute(node.args[0], {self.x: place}))
            return None if holds is None else node.args[1 if holds else 2]
        if row.rounds:
            start = evaluate(substitute(node.args[0], {self.x: place}))
            jumps = start is None or (2 * start).denominator == 1
            return None if start is None or jumps else number(ROUNDS[row.rounds](start))
        if row.picks:
            best, upward = node.args[0], 1 if row.picks == "ge" else -1
            for other in node.args[1:]:
                which = above(best, other)
                if not which:
                    return None
                best = best if which == upward else other
            return best
        which = above(node.args[0], ZERO)
        right = calls.right_side(node, row)
        return (right if which > 0 else neg(right)) if which else None


def _decides(node: Expr) -> bool:
    """Whether an operation may lack a slope where its arguments have one."""
    row = FUNCTIONS.get(node.op)
    if row is None or node.op in CONDITIONS:
        return False
    return bool(row.kink or row.cut) or _chooses(row) or guard_of(node) is not None


def _chooses(row: Row) -> bool:
    return not row.cut and (calls.is_choice(row) or calls.chooses(row))


@lru_cache(maxsize=500)
def is_total(e: Expr) -> bool:
    """Whether all parts have finite values and slopes everywhere, kinks apart."""
    for node in walk(e):
        row = FUNCTIONS.get(node.op)
        if node.op in (WHERE, "formal") or guard_of(node) is not None:
            return False
        if node.op in LOCAL and not (row and row.kink):
            return False
    return True


def _balanced(root: Expr) -> Expr:
    """Long sums as trees in which each term is a few steps below."""
    order = walk(root)
    inner = {a for n in order if n.op in SIGNED for a in n.args if a.op in SIGNED}
    done: dict[Expr, Expr] = {}
    for node in order:
        if node.op in SIGNED and node not in inner:
            done[node] = _sum([(s, done[t]) for s, t in signed_terms(node)])
        else:
            done[node] = rebuilt(node, done)
    return done[root]


def _sum(terms: Sequence[tuple[int, Expr]]) -> Expr:
    parts = [t if s > 0 else opposite(t) for s, t in terms] or [ZERO]
    while len(parts) > 1:
        ends = [add(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = [*ends, *parts[2 * len(ends) :]]
    return parts[0]


def _collected(total: Expr) -> Expr:
    """A sum of terms that have values everywhere, like ones as one."""
    form = linear(total)
    if form is None or not all(map(is_total, form)):
        return total
    return written(form)
