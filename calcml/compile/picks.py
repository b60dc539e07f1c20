"""Unit vectors, selectors and triangles of ones in a product, put to use as indices.

Each way takes a factor that picks and the factors beside it. It gives the label of the
axis that changes, those that the axis gets, and the change: an indexing, or what a
function of `calcml.runtime` does along the axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from calcml.core.affine import Affine, affine, spelled
from calcml.core.build import mul
from calcml.core.expr import ONE, Expr
from calcml.core.shapes import Dims
from calcml.core.tensors import UNIT, Slice, filled, is_inside, slice_of
from calcml.core.tensors.names import ONEHOT
from calcml.core.tensors.surface import surface


class Item(NamedTuple):
    """A factor, and the label of each axis."""

    form: Expr
    labels: tuple[int, ...]


def ones_beside(
    items: Sequence[Item], out: Sequence[int], sizes: Mapping[int, Expr]
) -> list[Item]:
    """Ones for each index that a selector alone has and that is summed over."""
    found = []
    for pick in items:
        around = {x for item in items if item is not pick for x in item.labels}
        for index in pick.labels[:-1] if pick.form.op == "selector" else ():
            if index not in around.union(out, (UNIT, pick.labels[-1])):
                found.append(Item(filled(ONE, (sizes[index],)), (index,)))
    return found


Change = Callable[[Expr, int, Dims], Expr]  # of a factor and an axis, to a shape
Found = tuple[int, Sequence[int], Change]  # the label of the axis, those that it gets


class Others(NamedTuple):
    """The factors beside one that picks, and the labels of the output."""

    items: Sequence[Item]
    out: tuple[int, ...]
    plain: bool

    def sums(self, label: int) -> bool:
        """Whether a label that others have, plain ones, is summed over."""
        around = [item for item in self.items if label in item.labels]
        if self.plain and any(item.form.op in _PICKS for item in around):
            return False
        return bool(around) and label not in (UNIT, *self.out)


def _by_unit_vector(pick: Item, others: Others) -> Found | None:
    """The elements at a place."""
    (label,) = pick.labels

    def change(form: Expr, axis: int, dims: Dims) -> Expr:
        return _part(form, axis, pick.form.args[0], dims)

    return (label, (), change) if others.sums(label) else None


def _by_selector(pick: Item, others: Others) -> Found | None:
    """The elements at the places of a selector."""
    *indices, label = pick.labels
    start, steps, _, _ = pick.form.value
    if not others.sums(label) or label in indices:
        return None
    if _is_slice(pick.form):
        place = slice_of(pick.form)
        return label, indices, lambda x, axis, dims: _part(x, axis, place, dims)
    return label, indices, _taken(start, steps, pick.form.dims[:-1])


def _by_turned(pick: Item, others: Others) -> Found | None:
    """The elements by their places, 0 where none has the place."""
    *indices, label = pick.labels
    start, steps, size, _ = pick.form.value
    for k, (index, step) in enumerate(zip(indices, steps, strict=True)):
        if not others.sums(index) or [*indices, label].count(index) > 1:
            continue
        pairs = zip(indices, steps, strict=True)
        rest = [pair for m, pair in enumerate(pairs) if m != k]
        if abs(step) == 1:
            first = spelled(Affine(0, {}).plus(affine(start), -step))
            own = step, *(-step * s for _, s in rest)
            counts = size, *(d for m, d in enumerate(pick.form.dims[:-1]) if m != k)
            return index, [label, *(i for i, _ in rest)], _taken(first, own, counts)
        if not rest:
            return index, [label], _surface("spread", (start, step, size))
    return None


def banded(
    items: Sequence[Item], out: Sequence[int], dims: Callable[[Sequence[int]], Dims]
) -> list[Item] | None:
    """The factors with two selectors of one index, and vectors of it, made one.

    The matrix has the products of the vectors' elements at the pairs of places.
    """
    picks = [x for x in items if x.form.op == "selector" and len(x.labels) == 2]
    for k, first in enumerate(picks):
        for second in picks[k + 1 :]:
            index, row = first.labels
            column = second.labels[1]
            if index != second.labels[0] or index in (UNIT, row, column, *out):
                continue
            pair = first, second
            around = [x for x in items if index in x.labels and x not in pair]
            if UNIT in (row, column) or any(x.labels != (index,) for x in around):
                continue
            vector = filled(ONE, dims((index,)))
            for item in around:
                vector = item.form if item is around[0] else mul(vector, item.form)
            places = [part for x in pair for part in _along(x.form)]
            form = surface("banded", (vector,), dims((row, column)), tuple(places))
            gone = [first, second, *around]
            return [*(x for x in items if x not in gone), Item(form, (row, column))]
    return None


def _along(selector: Expr) -> tuple[Expr, int, Expr]:
    start, (step,), size, _ = selector.value
    return start, step, size


def _is_slice(selector: Expr) -> bool:
    """Whether NumPy's slices can take the places: none may count from the end."""
    if len(selector.dims) > 2 or not is_inside(selector):
        return False
    size = selector.dims[-1]
    stop = slice_of(selector).stop
    return (
        stop is None or affine(stop).never_negative() is True or _from_end(stop, size)
    )


def _from_end(stop: Expr, size: Expr) -> bool:
    """Whether a stop is written from the end: n - 2 of an axis of size n."""
    return stop.op == "sub" and stop.args[0] is size and stop.args[1].op == "number"


def _by_mask(pick: Item, others: Others) -> Found | None:
    """Running sums of what has one index of a triangle of ones alone."""
    if len(pick.labels) != 2 or pick.labels[0] == pick.labels[1]:
        return None
    offset, steps = pick.form.value
    for k in (1, 0):
        label, other = pick.labels[k], pick.labels[1 - k]
        around = [item for item in others.items if label in item.labels]
        lone = len(around) == 1 and around[0].labels.count(label) == 1
        if not lone or not others.sums(label) or other in around[0].labels:
            continue
        if abs(steps[k]) == 1:
            count = pick.form.dims[1 - k]
            value = offset, steps[1 - k], steps[k], count
            return label, [other], _surface("running", value)
    return None


def _taken(start: Expr, steps: tuple[int, ...], counts: Dims) -> Change:
    return _surface("taken", (start, steps, *counts))


def _surface(op: str, value: tuple[Any, ...]) -> Change:
    """What is computed along an axis by a function of `calcml.runtime`."""
    return lambda form, axis, dims: surface(op, (form,), dims, (axis, *value))


Way = Callable[[Item, Others], Found | None]
WAYS: tuple[tuple[str, Way], ...] = (
    (ONEHOT, _by_unit_vector),
    ("selector", _by_selector),
    ("selector", _by_turned),
    ("mask", _by_mask),
)
_PICKS = {op for op, _ in WAYS}


def _part(form: Expr, axis: int, place: Expr | Slice, dims: Dims) -> Expr:
    """An indexing of `form` along an axis."""
    x, value = _with_place(form, axis, place)
    return surface("part", (x,), dims, value)


def _with_place(form: Expr, axis: int, place: Any) -> tuple[Expr, tuple[Any, ...]]:
    """What is indexed, and the indices, where `form` is indexed along an axis."""
    if form.op == "part":
        (x,), value = form.args, form.value + (None,) * len(form.dims)
        free = [k for k, old in enumerate(value) if not isinstance(old, Expr)]
        if value[free[axis]] is None:
            used = (*value[: free[axis]], place, *form.value[free[axis] + 1 :])
            return x, used
    return form, (None,) * axis + (place,)
