"""Sizes that are not known yet: variables that are made equal, then named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, count

from calcml.core.expr import ONE, Expr, symbol


class Size:
    """The size of an axis: known by its `value`, the one of `same`, or free."""

    __slots__ = ("same", "value")

    def __init__(self, value: Expr | None = None) -> None:
        self.value = value
        self.same: Size | None = None


UNIT = Size(ONE)  # of the axis that a column lacks; no free size is made equal to it


def root(size: Size) -> Size:
    """The one size that stands for all that were made equal to `size`."""
    while size.same is not None:
        if size.same.same is not None:
            size.same = size.same.same
        size = size.same
    return size


def value(size: Size) -> Expr:
    """The value of a size, which must be known."""
    found = root(size).value
    assert found is not None
    return found


def is_one(size: Size) -> bool:
    """Whether a size is known to be 1."""
    return root(size).value is ONE


def merge(a: Size, b: Size) -> bool:
    """Make two sizes equal; False where they cannot be."""
    a, b = root(a), root(b)
    if a is b:
        return True
    if a.value is not None and b.value is not None:
        return a.value is b.value
    if UNIT in (a, b):
        return False
    if a.value is None:
        a.same = b
    else:
        b.same = a
    return True


_LETTERS = "mnpqrstkluvw"


def named(sizes: Iterable[Size], taken: Collection[str]) -> dict[Size, Expr]:
    """The values of sizes, the free ones named m, n, p, ... in their order."""
    found: dict[Size, Expr] = {}
    names = (n for n in _all_names() if n not in taken)
    for size in map(root, sizes):
        if size not in found:
            found[size] = size.value or symbol(next(names))
    return found


def _all_names() -> Iterator[str]:
    return chain(_LETTERS, (f"n_{k}" for k in count(1)))


def settle(sizes: Iterable[Size], taken: Collection[str]) -> None:
    """Give every free size its name as its value."""
    for size, value in named(sizes, taken).items():
        size.value = value
