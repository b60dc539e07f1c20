"""Values of contractions: tables of elements by their labels, joined two at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any, NamedTuple

from calcml.core.budget import spend
from calcml.core.expr import make, symbol
from calcml.core.tensors import UNIT
from calcml.evaluate.arrays.grid import Grid, Index, indices
from calcml.evaluate.pointwise import short, strict

_SUM = make("add", (symbol("a"), symbol("b")))
_PRODUCT = make("mul", (symbol("a"), symbol("b")))


class Table(NamedTuple):
    """Elements by the values of their labels; what has no row is 0."""

    labels: tuple[int, ...]
    rows: dict[Index, Any]


def table(grid: Grid, labels: Sequence[int], sparse: bool) -> Table:
    """An operand by its labels, a label that occurs twice taken along the diagonal.

    Zeros are left out where the operand is `sparse`: there they say that elements are
    not used, and not that they are multiplied by 0.
    """
    kept = tuple(dict.fromkeys(label for label in labels if label != UNIT))
    rows = {}
    for index, item in zip(indices(grid.shape), grid.items, strict=True):
        if sparse and item == 0:
            continue
        place: dict[int, int] = {}
        if all(
            label == UNIT or place.setdefault(label, k) == k
            for label, k in zip(labels, index, strict=True)
        ):
            rows[tuple([place[label] for label in kept])] = item
    return Table(kept, rows)


def contracted(
    tables: Sequence[Table], output: Sequence[int], sizes: Mapping[int, int], m: Any
) -> Grid:
    """The sum, over the labels not in `output`, of the products of the operands."""
    left = list(tables)
    whole = _summed(left.pop(0), _labels(left).union(output), m)
    while left:
        near = max(left, key=lambda t: len(set(t.labels) & set(whole.labels)))
        left.remove(near)
        whole = _joined(whole, near, _labels(left).union(output), m)
    shape = tuple([1 if label == UNIT else sizes[label] for label in output])
    places = [output.index(label) for label in whole.labels]
    zero = Fraction(0)
    return Grid(
        shape,
        [whole.rows.get(tuple([i[k] for k in places]), zero) for i in indices(shape)],
    )


def _labels(tables: Sequence[Table]) -> set[int]:
    return {label for table in tables for label in table.labels}


def _summed(one: Table, keep: Collection[int], m: Any) -> Table:
    """A table summed over the labels that are not kept."""
    labels = tuple([label for label in one.labels if label in keep])
    places = [one.labels.index(label) for label in labels]
    rows: dict[Index, Any] = {}
    for index, value in one.rows.items():
        key = tuple([index[k] for k in places])
        rows[key] = strict(_SUM, [rows[key], value], m) if key in rows else value
    return Table(labels, rows)


def _joined(a: Table, b: Table, keep: Collection[int], m: Any) -> Table:
    """The products of two tables' elements, summed over the labels not kept."""
    shared = [label for label in a.labels if label in b.labels]
    of_a, of_b = ([t.labels.index(label) for label in shared] for t in (a, b))
    fitting: dict[Index, list[tuple[Index, Any]]] = {}
    for index, value in b.rows.items():
        fitting.setdefault(tuple([index[k] for k in of_b]), []).append((index, value))
    both = a.labels + b.labels
    labels = tuple(dict.fromkeys(label for label in both if label in keep))
    places = [both.index(label) for label in labels]
    pairs: dict[Index, list[tuple[Any, Any]]] = {}
    for left, value in a.rows.items():
        for right, other in fitting.get(tuple([left[k] for k in of_a]), ()):
            index = left + right
            key = tuple([index[k] for k in places])
            pairs.setdefault(key, []).append((value, other))
    total = _exact if _is_exact(a) and _is_exact(b) else _total
    return Table(labels, {key: total(found, m) for key, found in pairs.items()})


def _is_exact(table: Table) -> bool:
    return all(type(value) is Fraction for value in table.rows.values())


def _exact(pairs: Sequence[tuple[Fraction, Fraction]], m: Any) -> Any:
    """The sum of products of fractions, over one denominator."""
    spend(len(pairs))
    below = lcm(*[x.denominator * y.denominator for x, y in pairs])
    above = [
        x.numerator * y.numerator * (below // (x.denominator * y.denominator))
        for x, y in pairs
    ]
    return short(Fraction(sum(above), below), m)


def _total(pairs: Sequence[tuple[Any, Any]], m: Any) -> Any:
    """The sum of products of any numbers."""
    items = [strict(_PRODUCT, list(pair), m) for pair in pairs]
    return reduce(lambda x, y: strict(_SUM, [x, y], m), items)
