"""Products with unit vectors and with rows of a unit matrix, written as indexing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from calcml.core.affine import difference, shifted
from calcml.core.expr import ZERO, Expr
from calcml.core.shapes import Dims
from calcml.core.tensors import UNIT, Slice
from calcml.core.tensors.names import EYE, ONEHOT, ONES, PAD
from calcml.core.tensors.surface import called, is_call, surface


class Item(NamedTuple):
    """A factor that is written, and the label of each axis."""

    form: Expr
    labels: tuple[int, ...]

    @property
    def real(self) -> tuple[int, ...]:
        """The labels of the axes that are not of size 1."""
        return tuple(x for x in self.labels if x != UNIT)


def picked(
    given: list[Item], out: tuple[int, ...], dims: Callable[[tuple[int, ...]], Dims]
) -> list[Item]:
    """Products with unit vectors and with rows of a unit matrix, as indexing.

    The rows' own index summed over, it is zeros that are put around.
    """
    items = list(given)
    picks = [i for i in items if _rows(i) is not None or is_call(i.form, ONEHOT)]
    while True:
        for pick in picks:
            found = _put(pick, items, picks, out, dims)
            if found is not None:
                items = found
                picks.remove(pick)
                break
        else:
            return items


def _put(
    pick: Item,
    items: list[Item],
    picks: list[Item],
    out: tuple[int, ...],
    dims: Callable[[tuple[int, ...]], Dims],
) -> list[Item] | None:
    """The factors with `pick` put into the one that it picks from."""
    rows = _rows(pick)
    label, new = pick.labels[-1], pick.labels[:-1]
    other = _alone(items, picks, label, out)
    if other is not None:
        index = pick.form.args[0] if rows is None else rows
        changed = _part(other, label, index, new, dims)
    elif rows is None or abs(rows.step) != 1:
        return None
    else:
        other = _alone(items, picks, new[0], out)
        if other is None:
            around = [i for i in items if new[0] in i.labels]
            if len(around) > 1 or new[0] in out:
                return None
            other = Item(called(ONES, dims(new), dims(new)), new)  # nothing is summed
            items = [*items, other]
        changed = _padded(other, pick, rows, dims)
    return [changed if i is other else i for i in items if i is not pick]


def _rows(item: Item) -> Slice | None:
    """The rows of the unit matrix that a factor is."""
    form = item.form
    if form.op != "part" or not is_call(form.args[0], EYE) or len(form.value) > 1:
        return None
    return form.value[0] if isinstance(form.value[0], Slice) else None


def _alone(
    items: list[Item], picks: list[Item], label: int, out: tuple[int, ...]
) -> Item | None:
    """The factor that alone has a label which is summed over, once."""
    others = [i for i in items if label in i.labels and i not in picks]
    around = sum(i.labels.count(label) for i in items)
    if label in (UNIT, *out) or len(others) != 1 or around != 2:
        return None
    return others[0]


def _padded(
    item: Item, pick: Item, rows: Slice, dims: Callable[[tuple[int, ...]], Dims]
) -> Item:
    """A factor with zeros around what stands at `rows`."""
    new, label = pick.labels
    axis = item.labels.index(new)
    labels = (*item.labels[:axis], label, *item.labels[axis + 1 :])
    size = pick.form.dims[-1]
    if rows.step < 0:  # the same places, from the first to the last
        turned = Slice(None, None, -1)
        item = _part(item, new, turned, (new,), dims)
        first = ZERO if rows.stop is None else shifted(rows.stop, 1)
        rows = Slice(first, size if rows.start is None else shifted(rows.start, 1))
    assert rows.start is not None
    assert rows.stop is not None
    ends = rows.start, difference(size, rows.stop)
    if ends == (ZERO, ZERO):
        return Item(item.form, labels)
    options = (("axis", str(axis)),) if axis < len(labels) - 1 else ()
    return Item(called(PAD, (item.form, *ends), dims(labels), options), labels)


def _part(
    item: Item,
    label: int,
    index: Any,
    new: tuple[int, ...],
    dims: Callable[[tuple[int, ...]], Dims],
) -> Item:
    """A factor indexed along one axis, which gets the label `new` or goes."""
    axis = item.labels.index(label)
    labels = item.labels[:axis] + new + item.labels[axis + 1 :]
    form, value = item.form, [None] * len(item.labels)
    places = list(range(len(value)))
    if form.op == "part" and isinstance(form.value, tuple):
        inside = form.args[0]
        value = [*form.value, *[None] * (len(inside.dims) - len(form.value))]
        form = inside
        places = [k for k, old in enumerate(value) if not isinstance(old, Expr)]
        if isinstance(value[places[axis]], tuple):
            form, value = item.form, [None] * len(item.labels)
            places = list(range(len(value)))
    value[places[axis]] = index
    return Item(surface("part", (form,), dims(labels), tuple(value)), labels)
