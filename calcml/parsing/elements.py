"""Arrays that hold an index, such as exp(x[i:n]), by their elements.

Each axis of such an array gets an index of its own; what adds over an axis is a sum
over that index, whose bounds may hold others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from calcml.core.affine import Affine, affine, shifted, spelled, total
from calcml.core.build import mul, rebuild, rebuilt
from calcml.core.errors import UnsupportedError
from calcml.core.expr import ARRAYS, ONE, ZERO, Expr, make, symbol, walk
from calcml.core.flat import postorder
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors import UNIT, delta
from calcml.core.tensors.names import ONEHOT
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.index_notation import BOUND, REDUCED, SUM_OVER, at, over

Indices = tuple[Expr, ...]
Term = tuple[Expr, Indices]  # an array, and the index of each of its axes

_MARK = "\u00b7"  # in the names of indices made here; no name of the grammar has it


def with_elements(
    root: Expr, free: Sequence[str], whole: Collection[Expr]
) -> tuple[Expr, dict[str, Expr]]:
    """`root` as a scalar, without arrays that hold an index, and the sizes of its axes.

    The axes have names that sort behind those of `free`, the indices that no sum binds.
    What is `whole` holds none, whatever names are in it.
    """
    indices = {str(n.args[0].value) for n in walk(root) if n.op in BOUND} | {*free}
    open_ = _holding(root, indices, whole)
    if not root.dims and not any(open_[node] and node.dims for node in walk(root)):
        return root, {}
    names = (symbol(f"{_MARK}{k:04d}") for k in count())
    axes = [next(names) for _ in root.dims]
    made = element(root, tuple(axes), _Elements(open_, names).planned)
    return _shifted(made), {
        str(a.value): d for a, d in zip(axes, root.dims, strict=True)
    }


def _holding(
    root: Expr, indices: set[str], whole: Collection[Expr]
) -> dict[Expr, bool]:
    """For each node whether an index is in it, or in a shape or a place of it."""
    found: dict[Expr, bool] = {}
    for node in walk(root):
        inside = [
            *node.dims,
            *(node.value[:1] if node.op in ("selector", "mask") else ()),
        ]
        found[node] = node not in whole and (
            any(found[a] for a in node.args)
            or (node.op == "symbol" and node.value in indices)
            or node.op in ("at", "kronecker", *BOUND)
            or any(not part.free_symbols.isdisjoint(indices) for part in inside)
        )
    return found


class Plan(NamedTuple):
    """What an element is made of: elements of other arrays, and how they are joined."""

    parts: list[Term]
    join: Callable[[list[Expr]], Expr]


def element(root: Expr, indices: Indices, planned: Callable[..., Plan]) -> Expr:
    """The element of `root` at `indices`, one for each axis, each made once."""
    plans: dict[Term, Plan] = {}

    def below(task: Term) -> list[Term]:
        if task not in plans:
            plans[task] = planned(*task)
        return plans[task].parts

    return postorder((root, indices), below, lambda task, made: plans[task].join(made))


def choice(value: Affine, op: str = "ge") -> Expr:
    """1 where a sum is at least 0, or is 0, else 0."""
    return make("where", (make(op, (spelled(value), ZERO)), ONE, ZERO))


class _Elements:
    """How the elements of arrays that hold an index are made."""

    def __init__(self, open_: Mapping[Expr, bool], names: Iterator[Expr]) -> None:
        self.open = open_
        self.names = names

    def planned(self, node: Expr, indices: Indices) -> Plan:
        if not self.open[node] or not node.args:
            return Plan([], lambda _: at(node, indices) if indices else node)
        if node.op == "at":
            x, *places = node.args
            if not self.open[x]:
                return Plan([], lambda _: node)
            return Plan([(x, tuple(places))], lambda made: made[0])
        if node.op in BOUND:
            index, *bounds, body = node.args
            return Plan(
                [(body, indices)], lambda made: over(node.op, index, made[0], bounds)
            )
        if node.op in (ONEHOT, "selector"):
            *own, last = indices
            place = _place(node, own)
            return Plan([], lambda _: at(delta(node.dims[-1]), (place, last)))
        if node.op == "mask":
            return Plan([], lambda _: _of_mask(node, indices))
        if node.op == "contract":
            return self.contraction(node, indices)
        if node.op in REDUCED:
            return self.reduction(node, indices)
        if node.op in ARRAYS and node.op != "kronecker":
            raise UnsupportedError(
                f"{ARRAY_OPERATIONS[node.op].name} of an array that holds an index of "
                "a sum: write it with elements and sums"
                if node.op in ARRAY_OPERATIONS
                else "an array in another shape holds an index of a sum"
            )
        parts = [(a, _aligned(a.dims, node.dims, indices)) for a in node.args]
        return Plan(parts, lambda made: rebuild(node, tuple(made)))

    def contraction(self, node: Expr, indices: Indices) -> Plan:
        """A product of elements, summed over the labels that are not in the output."""
        spec = node.value
        places = dict(zip(spec.output, indices, strict=True)) | {UNIT: ZERO}
        pairs = list(zip(node.args, spec.inputs, strict=True))
        picks = [(x, labels) for x, labels in pairs if x.op in ("selector", ONEHOT)]
        targets = {row[-1] for _, row in picks} - {*places}
        fresh = {}
        for label in range(len(spec.sizes)):
            if label not in places and label not in targets:
                fresh[label] = places[label] = next(self.names)
        factors: list[Expr] = []
        left = [pair for pair in pairs if pair not in picks]
        while picks:  # of a pick's places, the last follows from the others
            x, row = next(p for p in picks if all(k in places for k in p[1][:-1]))
            picks.remove((x, row))
            place = _place(x, [places[k] for k in row[:-1]])
            if row[-1] in places:
                factors.append(at(delta(x.dims[-1]), (place, places[row[-1]])))
            else:
                places[row[-1]] = place
        for x, row in [pair for pair in left if pair[0].op == "mask"]:
            left.remove((x, row))
            factors.append(_of_mask(x, [places[k] for k in row]))
        parts = [(x, tuple([places[k] for k in row])) for x, row in left]

        def join(made: list[Expr]) -> Expr:
            body: Expr = ONE
            for factor in [*made, *factors]:
                body = mul(body, factor)
            for label, index in reversed(fresh.items()):
                body = over(SUM_OVER, index, body, _bounds(spec.sizes[label]))
            return body

        return Plan(parts, join)

    def reduction(self, node: Expr, indices: Indices) -> Plan:
        """A maximum, a product and so on over one index after the other."""
        (x,) = node.args
        left = iter(indices)
        own = [
            next(self.names) if k in node.value else next(left)
            for k in range(len(x.dims))
        ]

        def join(made: list[Expr]) -> Expr:
            (body,) = made
            for axis in reversed(node.value):
                body = over(REDUCED[node.op], own[axis], body, _bounds(x.dims[axis]))
            return body

        return Plan([(x, tuple(own))], join)


def _bounds(size: Expr) -> tuple[Expr, Expr]:
    return ZERO, shifted(size, -1)


def _aligned(dims: Dims, outer: Dims, indices: Indices) -> Indices:
    """The indices of an operand of an element-wise operation, 0 on its unit axes."""
    first = len(outer) - len(dims)
    return tuple(
        ZERO if is_unit(size) and not is_unit(whole) else index
        for size, whole, index in zip(dims, outer[first:], indices[first:], strict=True)
    )


def _place(pick: Expr, indices: Sequence[Expr]) -> Expr:
    """The place that a unit vector or a selector picks."""
    if pick.op == ONEHOT:
        return pick.args[0]
    start, steps, _, _ = pick.value
    return spelled(total(start, steps, indices))


def _of_mask(mask: Expr, indices: Sequence[Expr]) -> Expr:
    """An element of a mask."""
    offset, steps = mask.value
    return choice(total(offset, steps, indices))


def _shifted(root: Expr) -> Expr:
    """`root` with indices made here moved: elements are x[i] instead of x[i + k].

    Where an index stands everywhere beside the same sum, that goes to its bounds.
    """
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        new = rebuilt(node, done)
        if new.op in BOUND and str(new.args[0].value).startswith(_MARK):
            index, low, high, body = new.args
            beside = _beside(index, body)
            if beside is not None:
                ends = [spelled(affine(end).plus(beside)) for end in (low, high)]
                moved = affine(index).plus(beside, -1)
                new = over(new.op, index, _put(body, index, moved), ends)
        done[node] = new
    return done[root]


def _beside(index: Expr, body: Expr) -> Affine | None:
    """What is added to an index in all elements that have it."""
    found: list[Affine] = []
    for node in walk(body):
        for place in node.args[1:] if node.op == "at" else ():
            own = affine(place)
            if own.terms.get(index, 0) == 1:
                found.append(own.put(index, Affine(0, {})))
            elif index in own.terms:
                return None
    same = found and all(x == found[0] for x in found)
    return found[0] if same and found[0] != Affine(0, {}) else None


def _put(body: Expr, index: Expr, value: Affine) -> Expr:
    """`body` with a sum in the place of an index."""
    done: dict[Expr, Expr] = {}
    for node in walk(body):
        if node is index:
            done[node] = spelled(value)
        elif node.op == "at":
            x, *places = node.args
            new = [spelled(affine(p).put(index, value)) for p in places]
            done[node] = at(done[x], new)
        else:
            done[node] = rebuilt(node, done)
    return done[body]
