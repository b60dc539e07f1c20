"""Index notation: an array as a scalar expression of elements, sums and deltas.

Each axis of the array has an index; element by element an operation on whole arrays is
a scalar one: (A @ B)[i, j] is sum(k, A[i, k]*B[k, j]).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from calcml.core.affine import affine, total
from calcml.core.build import rebuild
from calcml.core.expr import ARRAYS, ZERO, Expr
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors import UNIT
from calcml.core.tensors.names import ARANGE, ONEHOT, RESHAPE
from calcml.parsing.elements import Indices, Plan, Term, choice, element
from calcml.parsing.index_notation import REDUCED, at
from calcml.printing.index_form.letters import (
    Speller,
    letters,
    names_in,
    with_bounds,
    with_ranges,
)
from calcml.printing.index_form.nodes import delta_of
from calcml.printing.index_form.places import chosen, replaced
from calcml.printing.index_form.simplify import settled
from calcml.printing.index_form.slices import is_slice, sliced
from calcml.printing.index_form.sums import Bound


def index_form(
    root: Expr, *, ranged: bool = True, avoid: Iterable[str] = ()
) -> tuple[Expr, tuple[str, ...]]:
    """An element of `root` in index notation, and the names of its indices.

    The names are in alphabetical order, so parsing the printed form gives the array
    back: where `ranged`, each index occurs so that its size can be read, as in
    eye(n)[i, j] for a lone delta(i, j). Else an axis of size 1 has no name; its index
    is 0.
    No index has a name in `avoid`, which are further variables of the reader.
    """
    names = letters(names_in(root) | {*avoid})
    axes = [size for size in root.dims if ranged or not is_unit(size)]
    free = sorted(islice(names, len(axes)), key=str)
    left = iter(free)
    indices = tuple(next(left) if size in axes else ZERO for size in root.dims)
    opener = Opener(free, ranged)
    body = settled(element(root, indices, opener.planned))
    bound = opener.bound.sizes
    body = with_bounds(body, bound, ranged)
    if ranged:
        body = with_ranges(body, dict(zip(free, axes, strict=True)))
    return Speller(names, bound).spelled(body), tuple(str(i) for i in free)


class Opener:
    """How the elements of arrays are made."""

    def __init__(self, free: Iterable[Expr], whole: bool) -> None:
        self.bound = Bound(free)
        self.whole = whole  # slices stay, x[1:3][i], not x[1 + i]

    def planned(self, node: Expr, indices: Indices) -> Plan:
        if node.op == "delta":
            i, j = indices
            return Plan([], lambda _: delta_of(i, j, node.value))
        if node.op == ONEHOT and node.args[0].op != "symbol":
            place, size = node.args[0], node.value
            return Plan([], lambda _: delta_of(place, indices[0], size))
        if node.op == ARANGE:
            return Plan([], lambda _: indices[0])
        if node.op == "mask":
            offset, steps = node.value
            return Plan([], lambda _: choice(total(offset, steps, indices)))
        if node.op == "selector" and len(indices) > 2:
            *own, last = indices
            start, steps, _, _ = node.value
            gap = total(start, steps, own).plus(affine(last), -1)
            return Plan([], lambda _: choice(gap, "eq"))
        if node.op == "contract" and not (self.whole and is_slice(node)):
            return self._contraction(node, indices)
        if node.op in REDUCED:
            return self._reduction(node, indices)
        if node.op in ARRAYS or not node.args:
            return Plan([], lambda _: at(node, indices) if indices else node)
        parts = [(a, _aligned(a, node.dims, indices)) for a in node.args]
        return Plan(parts, lambda made: rebuild(node, tuple(made)))

    def _contraction(self, node: Expr, indices: Indices) -> Plan:
        """A product of elements, summed over the labels that are not in the output."""
        spec = node.value
        places = dict(zip(spec.output, indices, strict=True))
        pairs = zip(spec.output, indices, strict=True)
        units = [index for label, index in pairs if label == UNIT]
        summed = [k for k in range(len(spec.sizes)) if k not in places]
        fresh = [self.bound.fresh(spec.sizes[k]) for k in summed]
        places.update(zip(summed, fresh, strict=True))
        terms = [
            (arg, _placed(labels, places, units))
            for arg, labels in zip(node.args, spec.inputs, strict=True)
        ]
        terms = _put(sliced(terms, fresh) if self.whole else terms, fresh)
        terms, conditions = chosen(terms, fresh)
        return Plan(terms, lambda made: self.bound.summed(fresh, made, conditions))

    def _reduction(self, node: Expr, indices: Indices) -> Plan:
        """A maximum, a product and so on over one index after the other."""
        x, axes = _unflattened(node)
        left = iter(indices)
        own: list[Expr] = []
        fresh: list[Expr] = []
        for axis, size in enumerate(x.dims):
            if axis not in axes:
                own.append(next(left))
            elif is_unit(size):
                own.append(ZERO)
            else:
                own.append(self.bound.fresh(size))
                fresh.append(own[-1])

        def join(made: list[Expr]) -> Expr:
            (body,) = made
            for index in reversed(fresh):
                body = self.bound.reduced(node.op, index, body)
            return body

        return Plan([(x, tuple(own))], join)


def _unflattened(node: Expr) -> tuple[Expr, tuple[int, ...]]:
    """The array that a reduction is of, and its axes before they were made one."""
    (x,) = node.args
    if x.op == RESHAPE:
        kept = len(x.dims) - 1
        inside = x.args[0]
        if node.value == (kept,) and inside.dims[:kept] == x.dims[:kept]:
            return inside, tuple(range(kept, len(inside.dims)))
    return x, node.value


def _aligned(x: Expr, dims: Dims, indices: Indices) -> Indices:
    """The indices of an operand of an element-wise operation on axes `dims`."""
    first = len(dims) - len(x.dims)
    return tuple(
        index if size is outer else ZERO
        for index, size, outer in zip(
            indices[first:], x.dims, dims[first:], strict=True
        )
    )


def _placed(
    labels: Sequence[int], places: Mapping[int, Expr], units: Sequence[Expr]
) -> Indices:
    """The indices of an operand of a contraction, `units` those of axes of size 1."""
    left = iter(units)
    return tuple([next(left, ZERO) if x == UNIT else places[x] for x in labels])


def _put(terms: list[Term], fresh: list[Expr]) -> list[Term]:
    """The terms of a product with deltas and unit vectors summed over.

    Indices for which another one is put in are taken out of `fresh`.
    """
    left = list(terms)
    while True:
        found = [(t, _equation(*t, fresh)) for t in left]
        useful = [(t, equation) for t, equation in found if equation is not None]
        if not useful:
            return left
        term, (old, new) = useful[0]
        left.remove(term)
        if old is not new:
            fresh.remove(old)
            left = [(x, replaced(labels, old, new)) for x, labels in left]


def _equation(
    node: Expr, labels: Indices, fresh: Sequence[Expr]
) -> tuple[Expr, Expr] | None:
    """What a factor says that a summed index is, itself where it says nothing."""
    if node.op == "delta":
        i, j = labels
        if i is j:
            return i, i
        return (j, i) if j in fresh else (i, j) if i in fresh else None
    if node.op == ONEHOT and labels[0] in fresh and node.args[0].op != "symbol":
        return labels[0], node.args[0]
    return None
