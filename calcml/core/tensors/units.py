"""Tensors of zeros and ones."""

from __future__ import annotations

from calcml.core.expr import ARRAYS, ONE, Expr
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors.contraction import array, contract, filled
from calcml.core.tensors.names import ONEHOT


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


def lower_ones(size: Expr) -> Expr:
    """The square matrix of ones at and below the diagonal."""
    return array("lower_ones", (), size, (size, size))


def selector(start: Expr, count: Expr, size: Expr) -> Expr:
    """Rows start, start + 1, ... of the unit matrix: what a slice is a product with."""
    return array("selector", (), (start, size), (count, size))


def unit_tensor(dims: Dims) -> Expr:
    """The derivative of an array by itself: shape dims + dims."""
    rank = len(dims)
    sizes = dict(enumerate(dims + dims))
    pairs = [
        (delta(size), (k, rank + k)) for k, size in enumerate(dims) if not is_unit(size)
    ]
    return contract(pairs, range(2 * rank), sizes)


ARRAYS.update(("delta", "lower_ones", "selector"))
