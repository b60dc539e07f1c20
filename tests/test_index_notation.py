"""Arrays written in index notation."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcml import syntax
from calcml.arrays.simplify import simplify
from calcml.errors import LimitError
from calcml.expr import Expr, walk
from calcml.notation.index import index_form
from calcml.printing.indexed import index_latex, index_text
from calcml.tensors import UNIT

SHAPES = {
    "A": "m n",
    "B": "n p",
    "C": "p q",
    "S": "n n",
    "X": "m n",
    "T": "m n p",
    "b": "m 1",
    "c": "1 n",
    "p": "n",
    "u": "m",
    "v": "m",
    "w": "n",
    "y": "m",
    "z": "n",
}
SIZES = {"m": 4, "n": 3, "p": 2, "q": 5, "k": 1}

# --- values ------------------------------------------------------------------------

ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "cos": np.cos,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "gt": np.greater,
    "where": np.where,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda x: np.linalg.slogdet(x)[1],
}
REDUCTIONS: dict[str, Callable[..., Any]] = {
    "max_over": np.max,
    "min_over": np.min,
    "prod_over": np.prod,
    "logsumexp_over": lambda x, axis: np.log(np.sum(np.exp(x), axis=axis)),
}


def value(root: Expr) -> Any:
    """The value of an array where variables have values that their names give."""
    done: dict[Expr, Any] = {}
    for node in walk(root, *[d for n in walk(root) for d in _sizes(n)]):
        done[node] = _value(node, [done[a] for a in node.args], done)
    return done[root]


def _sizes(node: Expr) -> list[Expr]:
    more = list(node.value[:1]) if node.op == "selector" else []
    more += node.value.sizes if node.op == "contract" else []
    return [*node.dims, *more]


def _value(node: Expr, args: list[Any], done: dict[Expr, Any]) -> Any:
    shape = tuple(_size(d) for d in node.dims)
    if node.op == "number":
        return float(node.value)
    if node.op == "constant":
        return np.pi
    if node.op == "symbol":
        made = np.random.default_rng(list(node.value.encode())).uniform(1, 2, shape)
        return SIZES.get(node.value, made) if not shape else made
    if node.op in REDUCTIONS:
        return REDUCTIONS[node.op](args[0], axis=node.value)
    if node.op in ELEMENTWISE:
        return ELEMENTWISE[node.op](*args)
    return _tensor(node, args, shape)


def _size(size: Expr) -> int:
    return int(value(size))


def _tensor(node: Expr, args: list[Any], shape: tuple[int, ...]) -> Any:
    if node.op == "delta":
        return np.eye(*shape)
    if node.op == "lower_ones":
        return np.tri(*shape)
    if node.op == "onehot":
        return np.eye(*shape, 1, -int(args[0]))[:, 0]
    if node.op == "selector":
        start = _size(node.value[0])
        return np.eye(_size(node.value[1]))[start : start + shape[0]]
    if node.op == "softmax":
        made = np.exp(args[0])
        return made / np.sum(made, axis=node.value, keepdims=True)
    if node.op == "reshape":
        return np.reshape(args[0], shape)
    assert node.op == "contract", node.op
    operands: list[Any] = []
    for x, labels in zip(args, node.value.inputs, strict=True):
        kept = [k for k in labels if k != UNIT]
        operands += [np.reshape(x, [s for s, k in zip(np.shape(x), labels, strict=True) if k != UNIT]), kept]
    used = {k for labels in node.value.inputs for k in labels}
    out = [k for k in node.value.output if k in used and k != UNIT]
    made = np.einsum(*operands, out)
    places = [s if k in out else 1 for s, k in zip(shape, node.value.output, strict=True)]
    return np.broadcast_to(np.reshape(made, places), shape)


def read(text: str) -> Expr:
    return syntax.parse(text, shapes=SHAPES)
