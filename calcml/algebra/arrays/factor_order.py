"""One order of a contraction's factors, whatever order they came in.

Labels and factors are told apart by refining colours, as in tests of graphs for being
isomorphic; where some stay alike, one of them is set apart and refinement goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.product import Factor, Product
from calcml.core.budget import spend
from calcml.core.expr import Expr, walk
from calcml.core.tensors import UNIT, in_steps, is_chain, joined
from calcml.core.tensors.elementwise import is_kernel

Color = tuple[str, int]


def is_shorter_turned(node: Expr, s: Context) -> bool:
    """Whether a column is written by transposes, exp(x.T), where its row is not."""
    if len(node.dims) != 2 or is_kernel(node):
        return False
    return len(walk(s.flip(node))) < len(walk(node))


def canonical(
    factors: Sequence[Factor], out: Sequence[int], s: Context
) -> list[Factor]:
    """The factors in an order that depends on structure alone.

    The labels of a factor that is a symmetric matrix are put in order, too.
    """
    alike = [len(labels) == 2 and s.is_symmetric(node) for node, labels in factors]
    if len(factors) == 1 and not alike[0]:
        return list(factors)
    marks = [s.order.digest(node) for node, _ in factors]
    labels = {label for _, row in factors for label in row} - {UNIT}
    color = {x: out.index(x) + 1 if x in out else 0 for x in labels}
    color[UNIT] = -1
    special = [0] * len(factors)
    while True:
        keys = _refined(factors, marks, special, color, alike)
        ranked = sorted(range(len(factors)), key=lambda k: keys[k])
        tie = next(
            (b for a, b in pairwise(ranked) if keys[a] == keys[b]),
            None,
        )
        if tie is None:
            break
        special[tie] = max(special) + 1
    place = _places([factors[k] for k in ranked], out)
    found: list[Factor] = []
    for k in ranked:
        node, row = factors[k]
        if alike[k]:
            row = tuple(sorted(row, key=lambda x: place[x]))
        found.append((node, row))
    return found


def stepwise(p: Product, s: Context) -> Product:
    """The product itself, in it partial products of its factors where they are many."""

    def step(some: list[Factor], left: tuple[int, ...]) -> Expr:
        return joined(canonical(some, left, s), left, p.sizes)

    nodes, rows = [node for node, _ in p.factors], [row for _, row in p.factors]
    if s.operands.many(nodes) and is_chain(rows):
        p.factors = canonical(in_steps(p.factors, p.out, s.operands, step), p.out, s)
    return p


def _places(factors: Sequence[Factor], out: Sequence[int]) -> dict[int, int]:
    """An order of the labels: along the factors, from the output's first label on."""
    place: dict[int, int] = {}
    beside: dict[int, list[int]] = {}
    for _, row in factors:
        for label in row:
            beside.setdefault(label, []).extend(row)
    starts = [*out, *[x for _, row in factors for x in row]]
    for start in starts:
        reached = [start]
        for label in reached:
            if label in place:
                continue
            place[label] = len(place)
            if label != UNIT:
                near = beside.get(label, ())
                reached += [x for x in near if x != UNIT and x not in place]
    return place


def _refined(
    factors: Sequence[Factor],
    marks: Sequence[Color],
    special: Sequence[int],
    color: dict[int, int],
    alike: Sequence[bool],
) -> list[tuple[object, ...]]:
    """Keys of the factors; `color` gets what tells the labels apart."""
    keys: list[tuple[object, ...]] = []
    for _ in range(len(factors) + 1):
        spend(10 * len(factors))
        keys = []
        around: dict[int, list[tuple[int, int]]] = {x: [] for x in color}
        for k, (_, row) in enumerate(factors):
            seen = [color[x] for x in row]
            if alike[k]:
                seen.sort()
            keys.append((marks[k][0], special[k], marks[k][1], tuple(seen)))
            mixed = crc32(repr(keys[-1]).encode())
            for axis, x in enumerate(row):
                around[x].append((mixed, 0 if alike[k] else axis))
        before = len(set(color.values()))
        for x, seen_by in around.items():
            if x != UNIT:
                mixed = crc32(repr((color[x], sorted(seen_by))).encode())
                color[x] = mixed + (1 << 33)
        if len(set(color.values())) == before:
            break
    return keys
