"""Contractions inside contractions: put into one, and a long one in small steps.

A product of n arrays has n partial products. Written as one contraction each, n of them
hold n*n operands; as steps of a few operands, each used by the next, they hold few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from calcml.core.build import mul, rebuilt
from calcml.core.expr import Expr, walk
from calcml.core.flat import walk_to
from calcml.core.limits import LONG
from calcml.core.tensors.contraction import (
    UNIT,
    Operand,
    contract,
    operands_of,
    sizes_of,
)

L = TypeVar("L")


class Operands:
    """The different operands of contractions, those of contractions inside counted."""

    def __init__(self) -> None:
        self.known: dict[Expr, frozenset[Expr]] = {}

    def of(self, node: Expr) -> frozenset[Expr]:
        """The operands, or some of them where they are more than LONG."""
        known = self.known
        if node.op != "contract":
            return frozenset({node})
        if node not in known:
            for part in walk_to(node, lambda n: n in known or n.op != "contract"):
                if part.op == "contract" and part not in known:
                    known[part] = self.union(part.args)
        return known[node]

    def union(self, nodes: Sequence[Expr]) -> frozenset[Expr]:
        """The operands of several factors."""
        found: frozenset[Expr] = frozenset()
        for node in nodes:
            if len(found) > LONG:
                break
            found |= self.of(node)
        return found

    def many(self, nodes: Sequence[Expr]) -> bool:
        """Whether factors are a long product."""
        return len(self.union(nodes)) > LONG

    def long(self, node: Expr) -> bool:
        """Whether a contraction is a chain of many arrays: it stays one factor."""
        if node.op != "contract" or len(node.args) < 2 or repeats(node):
            return False
        return self.many(node.args) and is_chain(node.value.inputs)


def is_chain(rows: Iterable[Sequence[L]]) -> bool:
    """Whether no more than two factors have a label: none scales another's elements."""
    times = Counter(x for row in rows for x in row if x != UNIT)
    return all(n < 3 for n in times.values())


def repeats(node: Expr) -> bool:
    """Whether a contraction has an axis along which its value is repeated."""
    inside = {label for row in node.value.inputs for label in row}
    return any(label not in inside for label in node.value.output if label != UNIT)


def flattened(
    roots: Sequence[Expr], least: int = 0, kept: Collection[Expr] = ()
) -> list[Expr]:
    """The roots, contractions put into the contraction that alone uses them.

    Products of at most `least` factors stay as they are, and so do the parts `kept`.
    """
    nodes = walk(*roots)
    uses = Counter([*roots, *(arg for node in nodes for arg in node.args)])
    own: set[Expr] = set()
    size: dict[Expr, int] = {}
    for node in nodes:
        if node.op == "contract":
            mine = [
                a
                for a in node.args
                if a in size and uses[a] == 1 and a not in kept and not repeats(a)
            ]
            own.update(mine)
            size[node] = len(node.args) + sum([size[a] - 1 for a in mine])
    if not any(n > least for n in size.values()):
        return [*roots]
    for node in reversed(nodes):  # the longest first: of a short one none is opened
        if node in size and node not in own and size[node] <= least:
            own.difference_update(node.args)
    done: dict[Expr, Expr] = {}
    for node in nodes:
        if node not in own:
            opened = node in size
            done[node] = _opened(node, own, done) if opened else rebuilt(node, done)
    return [done[root] for root in roots]


def _opened(node: Expr, own: Collection[Expr], done: Mapping[Expr, Expr]) -> Expr:
    """A contraction with the operands of contractions that are its own."""
    sizes, fresh = sizes_of(node), count(len(node.value.sizes))
    operands: list[Operand] = []
    stack = operands_of(node)[::-1]
    while stack:
        arg, labels = stack.pop()
        if arg not in own:
            operands.append((done[arg], labels))
            continue
        names = {**dict(zip(arg.value.output, labels, strict=True)), UNIT: UNIT}
        for label, size in sizes_of(arg).items():
            if label not in names:
                names[label] = next(fresh)
                sizes[names[label]] = size
        inside = [(x, [names[k] for k in row]) for x, row in operands_of(arg)]
        stack += inside[::-1]
    return contract(operands, node.value.output, sizes)


class _Path(Generic[L]):
    """A product on its way: the labels of the factors by place, and who has a label."""

    def __init__(
        self,
        rows: Iterable[tuple[L, ...]],
        out: Collection[L],
        weights: Mapping[L, float],
    ) -> None:
        self.rows = dict(enumerate(rows))
        self.weights = weights
        self.out = {x for x in out if x != UNIT}
        self.around: dict[L, set[int]] = {}
        for k, row in self.rows.items():
            for label in row:
                if label != UNIT:
                    self.around.setdefault(label, set()).add(k)
        self.number = {x: n for n, x in enumerate(self.around)}
        self.queue: list[tuple[float, int, int, int, L]] = []
        self.enter(self.around)

    def left(self, places: set[int]) -> tuple[L, ...]:
        """The axes of the product of some factors."""
        labels = [x for k in sorted(places) for x in self.rows[k] if x != UNIT]
        wanted = [x for x in labels if x in self.out or not self.around[x] <= places]
        return tuple(dict.fromkeys(wanted))

    def cost(self, label: L) -> tuple[float, int, int]:
        """The axes that are left, the matrices that are transposed, the first place."""
        places = self.around[label]
        rows = [self.rows[k] for k in places]
        turned = sum([len(row) > 1 and row[-1] != label for row in rows])
        size = sum([self.weights.get(x, 1) for x in self.left(places)])
        return size, turned, min(places)

    def enter(self, labels: Iterable[L]) -> None:
        """Put sums in the queue, by what they cost now."""
        for x in labels:
            if x not in self.out:
                heappush(self.queue, (*self.cost(x), self.number[x], x))

    def next(self) -> set[int]:
        """The places of the factors to multiply, first those over the same axes."""
        while self.queue:
            *known, _, label = heappop(self.queue)
            places = self.around.get(label, ())
            if places and tuple(known) == self.cost(label):
                alike = {k for k in places if self.rows[k] == (label,)}
                return alike if 1 < len(alike) < len(places) else {*places}
        over: dict[frozenset[L], set[int]] = {}
        for k, row in self.rows.items():
            over.setdefault(frozenset(row), set()).add(k)
        return next((some for some in over.values() if len(some) > 1), {*self.rows})

    def multiply(self, places: set[int]) -> tuple[L, ...]:
        """Put the product of some factors in the place of the first of them."""
        labels, place = self.left(places), min(places)
        for x in {x for k in places for x in self.rows.pop(k) if x != UNIT}:
            self.around[x] -= places
            if x in labels:
                self.around[x].add(place)
            else:
                del self.around[x]
        self.rows[place] = labels
        self.enter(labels)
        return labels


def path(
    rows: Iterable[tuple[L, ...]], out: Collection[L], weights: Mapping[L, float] = {}
) -> Iterator[tuple[list[int], tuple[L, ...]]]:
    """The places of the factors of each step of a product, and the labels it leaves.

    A partial product has the place of its first factor. Summed first is what leaves the
    fewest axes, each counted by its weight, 1 or what is given: a chain goes from its
    vectors on, and from where no matrix is transposed.
    """
    left = _Path(rows, out, weights)
    while len(left.rows) > 1:
        places = left.next()
        yield sorted(places), left.multiply(places)


def in_steps(
    operands: Sequence[tuple[Expr, tuple[L, ...]]],
    out: Sequence[L],
    inside: Operands,
    step: Callable[[list[tuple[Expr, tuple[L, ...]]], tuple[L, ...]], Expr],
) -> list[tuple[Expr, tuple[L, ...]]]:
    """The operands of the last step of a product; `step` makes those before it.

    A product of few arrays is no step of its own.
    """
    parts = {k: [pair] for k, pair in enumerate(operands)}
    under = {k: inside.of(node) for k, (node, _) in enumerate(operands)}
    for places, labels in path([row for _, row in operands], out):
        if len(places) == len(parts):
            break
        whole = [pair for k in places for pair in parts.pop(k)]
        inner = frozenset[Expr]().union(*[under.pop(k) for k in places])
        if len(inner) > LONG:
            whole = [(step(whole, labels), labels)]
        parts[places[0]], under[places[0]] = whole, inner
    return [pair for _, part in sorted(parts.items()) for pair in part]


def joined(
    operands: Sequence[tuple[Expr, tuple[L, ...]]],
    out: tuple[L, ...],
    sizes: Mapping[L, Expr],
) -> Expr:
    """A step: element by element where all have the axes of the output."""
    if all(row == out for _, row in operands):
        return reduce(mul, [node for node, _ in operands])
    return contract(operands, out, sizes)


def small(root: Expr) -> Expr:
    """A flattened expression with long products in steps."""
    inside, done = Operands(), dict[Expr, Expr]()
    for node in walk(root):
        made = done[node] = rebuilt(node, done)
        if made.op == "contract" and inside.many(made.args):
            done[node] = _in_steps(made, inside)
    return done[root]


def _in_steps(node: Expr, inside: Operands) -> Expr:
    """One contraction in steps."""
    sizes, out = sizes_of(node), node.value.output

    def step(some: list[tuple[Expr, tuple[int, ...]]], left: tuple[int, ...]) -> Expr:
        return joined(some, left, sizes)

    operands = list(zip(node.args, node.value.inputs, strict=True))
    return contract(in_steps(operands, out, inside, step), out, sizes)
