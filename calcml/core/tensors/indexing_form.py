"""Products with unit vectors and with rows of a unit matrix, written as indexing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from calcml.core.expr import Expr
from calcml.core.shapes import Dims
from calcml.core.tensors import UNIT
from calcml.core.tensors.names import EYE, ONEHOT
from calcml.core.tensors.surface import is_call, surface


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
    """Products with unit vectors and with rows of a unit matrix, as indexing."""
    items = list(given)
    for pick in given:
        selects = pick.form.op == "part" and is_call(pick.form.args[0], EYE)
        if not selects and not is_call(pick.form, ONEHOT):
            continue
        label = pick.labels[-1]
        others = [i for i in items if i is not pick and label in i.labels]
        if label in out or len(others) != 1 or others[0].labels.count(label) > 1:
            continue
        (other,) = others
        index = pick.form.value[0] if selects else pick.form.args[0]
        items[items.index(other)] = _part(other, label, index, pick.labels[:-1], dims)
        items.remove(pick)
    return items


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
        value, form = list(form.value), form.args[0]
        places = [k for k, old in enumerate(value) if not isinstance(old, Expr)]
        if isinstance(value[places[axis]], tuple):
            form, value = item.form, [None] * len(item.labels)
            places = list(range(len(value)))
    value[places[axis]] = index
    return Item(surface("part", (form,), dims(labels), tuple(value)), labels)
