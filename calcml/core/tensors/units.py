"""Tensors of zeros and ones, and the whole numbers in their order."""

from __future__ import annotations

from calcml.core.affine import Affine, affine, spelled
from calcml.core.expr import ARRAYS, ONE, ZERO, Expr
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors.contraction import array, contract, filled
from calcml.core.tensors.names import ARANGE, ONEHOT

# Groups of sums of sizes: in each group one at least must not be negative.
Conditions = tuple[tuple[Expr, ...], ...]


def delta(size: Expr) -> Expr:
    """The unit matrix: 1 where both indices are equal, else 0."""
    return (
        array("delta", (), size, (size, size))
        if not is_unit(size)
        else filled(ONE, (size, size))
    )


def onehot(k: Expr, size: Expr) -> Expr:
    """The unit vector along axis `k`, counted from 0."""
    return array(ONEHOT, (k,), size, (size,))


def mask(offset: Expr, steps: tuple[int, ...], dims: Dims) -> Expr:
    """1 where `offset` and a step for each index add up to at least 0, else 0."""
    return array("mask", (), (offset, steps), dims)


def lower_ones(size: Expr, offset: Expr = ZERO) -> Expr:
    """The square matrix of ones at and below a diagonal, the main one for 0."""
    return mask(offset, (1, -1), (size, size))


def selector(
    start: Expr,
    counts: Dims,
    size: Expr,
    steps: tuple[int, ...] = (1,),
    ask: Conditions | None = None,
) -> Expr:
    """1 where the last index is `start` plus a step for each other index, else 0.

    Slices, strides and windows are products with it: of one index its rows are rows of
    the unit matrix. `ask` are conditions on sizes under which no place is used that
    lies beyond the axis; what lies there counts as 0. None asks for all places.
    """
    if ask is None:
        ends = ends_of(start, steps, counts, size)
        ask = tuple((spelled(e),) for e in ends if e.never_negative() is not True)
    return array("selector", (), (start, steps, size, ask), (*counts, size))


def ends_of(
    start: Expr, steps: tuple[int, ...], counts: Dims, size: Expr
) -> tuple[Affine, Affine]:
    """What is at least 0 where all places of a selector lie on the axis."""
    low = high = affine(start)
    for step, count in zip(steps, counts, strict=True):
        far = affine(count).plus(Affine(-1, {}))
        if step > 0:
            high = high.plus(far, step)
        else:
            low = low.plus(far, step)
    return low, affine(size).plus(Affine(-1, {})).plus(high, -1)


def is_inside(selector: Expr) -> bool:
    """Whether all places of a selector lie on the axis, or are asked to."""
    start, steps, size, ask = selector.value
    ends = ends_of(start, steps, selector.dims[:-1], size)
    return all(e.never_negative() is True or (spelled(e),) in ask for e in ends)


def arange(size: Expr) -> Expr:
    """0, 1, ..., size - 1."""
    return array(ARANGE, (), size, (size,))


def unit_tensor(dims: Dims) -> Expr:
    """The derivative of an array by itself: shape dims + dims."""
    rank = len(dims)
    sizes = dict(enumerate(dims + dims))
    pairs = [
        (delta(size), (k, rank + k)) for k, size in enumerate(dims) if not is_unit(size)
    ]
    return contract(pairs, range(2 * rank), sizes)


ARRAYS.update(("delta", "mask", "selector", ARANGE))
