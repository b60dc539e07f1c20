"""The factors of a contraction while it is summed over one label after the other."""

from __future__ import annotations

from collections.abc import Callable

from calcml.core.tensors.indexing_form import Item


class Factors:
    """Factors by their axes and by each label, and what each sum costs.

    What depends on a label is found at once: a product of n matrices takes n^2 steps.
    """

    def __init__(
        self, out: tuple[int, ...], joined: Callable[[Item, Item], Item]
    ) -> None:
        self.out, self.joined = out, joined
        self.groups: dict[tuple[int, ...], Item] = {}
        self.around: dict[int, list[Item]] = {}
        self.prices: dict[int, tuple[int, ...]] = {}

    def put(self, item: Item) -> None:
        """A factor more; those of the same axes become one, element by element."""
        axes = tuple(sorted(item.real))
        before = self.groups.get(axes)
        if before is not None:
            item = self.joined(before, item)
        self.groups[axes] = item
        for x in axes:
            around = self.around.setdefault(x, [])
            if before is None:
                around.append(item)
            else:
                around[around.index(before)] = item
            self.estimate(x)

    def take(self, item: Item) -> None:
        """A factor less."""
        axes = tuple(sorted(item.real))
        del self.groups[axes]
        for x in axes:
            self.around[x].remove(item)
            self.estimate(x)

    def estimate(self, label: int) -> None:
        """What a sum costs: those that leave a scalar or a vector come first."""
        around = self.around[label]
        if label in self.out or not around:
            self.prices.pop(label, None)
            return
        left = {x for i in around for x in i.real} - {label}
        turns = sum(len(i.real) == 2 and i.labels[0] == label for i in around)
        self.prices[label] = len(left), len(around), turns, label
