"""Elements, deltas and indices as arrays, and what is made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from calcml.core.affine import Affine, affine, spelled
from calcml.core.build import add, rebuild
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import ARRAYS, CONDITIONS, ONE, ZERO, Expr, symbol
from calcml.core.flat import walk_to
from calcml.core.shapes import is_unit
from calcml.core.tensors import (
    UNIT,
    Label,
    Operand,
    arange,
    contract,
    delta,
    onehot,
    right,
    selector,
)
from calcml.parsing.beyond import beyond
from calcml.parsing.index_notation import element_text
from calcml.parsing.ranges import Ranges, on_axis

Open = tuple[Expr, tuple[str, ...]]  # an array, and the index of each of its axes


def axis_of(condition: Affine, ranges: Ranges) -> tuple[list[str], Affine]:
    """The indices in a sum, and its value where all are at their first place."""
    names = [n for n in ranges if symbol(n) in condition.terms]
    start = condition
    for name in names:
        start = start.put(symbol(name), ranges[name].first)
    return names, start


class Opener:
    """Elements, deltas and indices as arrays, and what is made of them."""

    def __init__(
        self, ranges: Ranges, sums: Mapping[Expr, Open], known: Collection[str] = ()
    ) -> None:
        self.ranges = ranges
        self.known = known  # names of sizes, which are whole numbers from 1
        self.sizes: dict[Label, Expr] = {n: r.length for n, r in ranges.items()}
        self.sums = sums

    def opened(self, root: Expr) -> Open:
        """The array that `root` is, with the index of each axis."""
        done: dict[Expr, Open] = {}
        for node in walk_to(root, self.is_leaf):
            if node in self.sums:
                done[node] = self.sums[node]
            elif node.op == "at":
                done[node] = self.element(node)
            elif node.op == "kronecker":
                done[node] = self.kronecker(node)
            elif self.is_index(node):
                done[node] = self.number(str(node.value))
            elif node.op in ARRAYS or not node.args:
                done[node] = node, ()
            else:
                done[node] = self.aligned(node, [done[a] for a in node.args])
        return done[root]

    def is_leaf(self, node: Expr) -> bool:
        return node in self.sums or node.op in ARRAYS

    def is_index(self, node: Expr) -> bool:
        return node.op == "symbol" and not node.dims and node.value in self.ranges

    def number(self, name: str) -> Open:
        """An index as a number."""
        found = self.ranges[name]
        return add(arange(found.length), spelled(found.first)), (name,)

    def kronecker(self, node: Expr) -> Open:
        """A delta of two indices, of their own ranges."""
        i, j = (str(a.value) for a in node.args)
        one, other = self.ranges[i], self.ranges[j]
        start = spelled(one.first.plus(other.first, -1))
        if start is ZERO and one.length is other.length:
            return delta(one.length), (i, j)
        return selector(start, (one.length,), other.length, ask=()), (i, j)

    def element(self, node: Expr) -> Open:
        """An element: its array, summed over unit vectors and selectors."""
        x, *indices = node.args
        operands: list[Operand] = []
        labels: list[Label] = []
        for k, (index, size) in enumerate(zip(indices, x.dims, strict=True)):
            place = affine(index)
            inside = [t for t in place.terms if t.op != "symbol"]
            if any(not t.free_symbols.isdisjoint(self.ranges) for t in inside):
                raise UnsupportedError(
                    f"{index} is no place in {element_text(node)}: an index is a "
                    "sum of whole multiples of indices, sizes and numbers"
                )
            names, start = axis_of(place, self.ranges)
            own = self.ranges[names[0]] if len(names) == 1 else None
            if own is not None and index is symbol(names[0]) and own.is_axis(size):
                labels.append(names[0])
                continue
            labels.append(k)
            if not names:
                if index is not ZERO or size is not ONE:
                    operands.append((onehot(index, size), (k,)))
                continue
            picked = self.selected(node, place, size, names, start)
            operands.append((picked, (*names, k)))
        found = {n for _, own in operands for n in own if isinstance(n, str)}
        found |= {n for n in labels if isinstance(n, str)}
        out = tuple(sorted(found))
        if out == tuple(labels) and not operands:
            return x, out
        known: dict[Label, Expr] = {**self.sizes, **dict(enumerate(x.dims))}
        return contract([(x, labels), *operands], out, known), out

    def selected(
        self, node: Expr, place: Affine, size: Expr, names: Sequence[str], start: Affine
    ) -> Expr:
        """The selector of the places that an index names, all on the axis."""
        steps = [place.terms[symbol(n)] for n in names]
        if any(step != int(step) for step in [*steps, place.constant]):
            raise ShapeError(
                f"an index is a whole number; in {element_text(node)} it may be none"
            )
        ask = on_axis(place, size, self.ranges, self.known)
        if ask is None:
            raise beyond(node, place, size, self.ranges)
        counts = tuple(self.ranges[n].length for n in names)
        whole = tuple(int(step) for step in steps)
        return selector(spelled(start), counts, size, whole, ask)

    def aligned(self, node: Expr, args: Sequence[Open]) -> Open:
        """`node` of arguments whose axes are brought to the same indices."""
        names = tuple(sorted({label for _, labels in args for label in labels}))
        if not names:
            parts = tuple(x for x, _ in args)
            return (node if parts == node.args else rebuild(node, parts)), ()
        if node.op == "formal":
            raise UnsupportedError(
                f"{node.value[0]} is an unknown function of elements of an array; "
                "define it"
            )
        fitted = [self.fitted(x, labels, names) for x, labels in args]
        made = rebuild(node, tuple(fitted))
        dims = tuple(self.sizes[n] for n in names)
        assert made.dims == dims or any(map(is_unit, dims))
        return made, names

    def fitted(self, x: Expr, labels: Sequence[str], names: Sequence[str]) -> Expr:
        """`x` with axes that broadcast with those of `names`."""
        if not labels or tuple(labels) == tuple(names[-len(labels) :]):
            return x
        if x.op in CONDITIONS:  # one of values: each side by itself
            rank = len(labels)
            sides = [
                self.fitted(a, labels[rank - len(a.dims) :], names) for a in x.args
            ]
            return rebuild(x, tuple(sides))
        first = min(names.index(label) for label in labels)
        own = right(x, tuple(labels))
        out: list[Label] = [n if n in own else UNIT for n in names[first:]]
        return contract([(x, own)], out, self.sizes)
