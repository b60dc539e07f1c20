"""Local derivatives of operations on arrays, and their product with a slope.

The derivative of one node by one argument is a list of products of tensors, in the
labels of the node's axes and of the argument's. The chain rule multiplies it by an
adjoint from the left (reverse mode) or by a tangent from the right (forward mode): one
contraction either way, as in Laue, Mitterreiter and Giesen (AAAI 2020).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from calcml.core import tensors
from calcml.core.build import add, div, mul, neg, rebuild
from calcml.core.errors import UnsupportedError
from calcml.core.expr import ARRAYS, ONE, ZERO, Expr, make, symbol, walk
from calcml.core.flat import signed_terms
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors import UNIT, Label, Operand, contract, right
from calcml.core.tensors.names import PROD, RESHAPE
from calcml.functions.arrays import ARRAY_OPERATIONS, ArrayRow
from calcml.parsing.parser import defined

Labels = tuple[Label, ...]


class Local(NamedTuple):
    """The derivative of a node by an argument: products, each with its sign."""

    products: list[tuple[int, list[Operand]]]
    node: Labels
    arg: Labels
    sizes: dict[Label, Expr]


def pulled(adjoint: Expr, lead: Dims, node: Expr, place: int, partial: object) -> Expr:
    """What an adjoint of `node`, of shape lead + node.dims, adds to its argument's."""
    arg = node.args[place]
    if node.op == RESHAPE:
        return tensors.reshape(adjoint, lead + arg.dims)
    if not lead and node.op not in ARRAYS:
        return _pulled_elementwise(adjoint, node, arg, partial)
    local = _local(node, place, partial)
    ahead = _axes("lead", lead)
    sizes = local.sizes | dict(zip(ahead, lead, strict=True))
    result: Expr = ZERO
    for sign, operands in local.products:
        whole = [(adjoint, ahead + local.node), *operands]
        term = contract(whole, ahead + local.arg, sizes)
        result = add(result, neg(term) if sign < 0 else term)
    return result


def pushed(tangent: Expr, tail: Dims, node: Expr, place: int, partial: object) -> Expr:
    """What a tangent of an argument, of shape arg.dims + tail, adds to the node's."""
    if node.op == RESHAPE:
        return tensors.reshape(tangent, node.dims + tail)
    local = _local(node, place, partial)
    behind = _axes("tail", tail)
    sizes = local.sizes | dict(zip(behind, tail, strict=True))
    result: Expr = ZERO
    for sign, operands in local.products:
        whole = [*operands, (tangent, local.arg + behind)]
        term = contract(whole, local.node + behind, sizes)
        result = add(result, neg(term) if sign < 0 else term)
    return result


def _axes(name: str, dims: Dims) -> Labels:
    return tuple(UNIT if is_unit(d) else (name, k) for k, d in enumerate(dims))


def _pulled_elementwise(adjoint: Expr, node: Expr, arg: Expr, partial: object) -> Expr:
    assert isinstance(partial, Expr)
    term = mul(adjoint, partial)
    if arg.dims == node.dims:
        return tensors.filled(term, node.dims)
    labels, known = _axes("f", node.dims), dict(_sized("f", node.dims))
    inside = right(arg, labels)
    return contract([(term, right(term, labels))], inside, known)


def _sized(name: str, dims: Dims) -> list[tuple[Label, Expr]]:
    return [((name, k), d) for k, d in enumerate(dims)]


def _local(node: Expr, place: int, partial: object) -> Local:
    if node.op == "contract":
        return _contraction(node, place)
    row = ARRAY_OPERATIONS.get(node.op)
    if row is not None and row.d:
        return _of_row(row, node)
    if node.op in ARRAYS:
        raise UnsupportedError(f"{node.op} cannot be derived by its argument")
    assert isinstance(partial, Expr)
    labels = _axes("f", node.dims)
    arg = right(node.args[place], labels)
    operands: list[Operand] = []
    if partial is not ONE:
        operands = [(partial, right(partial, labels))]
    return Local([(1, operands)], labels, arg, dict(_sized("f", node.dims)))


def _of_row(row: ArrayRow, node: Expr) -> Local:
    """The derivative that a row states: of a matrix, along axes, or of a reduction."""
    if row.takes:
        return _linear_algebra(row, node)
    return _along_axes(row, node) if "[" in row.d else _reduction(row, node)


def _contraction(node: Expr, place: int) -> Local:
    """The other operands; a label that an operand has twice needs a delta."""
    spec = node.value
    sizes = tensors.sizes_of(node)
    operands: list[Operand] = [
        pair for k, pair in enumerate(tensors.operands_of(node)) if k != place
    ]
    mine: list[Label] = []
    for axis, label in enumerate(spec.inputs[place]):
        if label != UNIT and label in mine:
            again = ("again", axis)
            sizes[again] = sizes[label]
            operands.append((tensors.delta(sizes[label]), (label, again)))
            label = again
        mine.append(label)
    return Local([(1, operands)], spec.output, tuple(mine), sizes)


def _reduction(row: ArrayRow, node: Expr) -> Local:
    x, axes = node.args[0], node.value
    labels = _axes("u", x.dims)
    sizes = dict(_sized("u", x.dims))
    kept = tuple(label for k, label in enumerate(labels) if k not in axes)
    if node.op == PROD:
        slope = _others(x, axes[0])
    else:
        names = {"x": x, "y": tensors.with_units(node, axes), "axis": axes}
        slope = defined(row.d, names)
    operands: list[Operand] = [(slope, right(slope, labels))]
    return Local([(1, operands)], kept, labels, sizes)


def _others(x: Expr, axis: int) -> Expr:
    """The products of all elements along an axis but one: right where some are 0."""
    rank, size = len(x.dims), x.dims[axis]
    moved = [k for k in range(rank) if k != axis]
    row = tensors.permuted(x, [*moved, axis])
    spread = tensors.with_units(row, (rank - 1,))
    ones = make("eq", (tensors.delta(size), ONE))
    left = make("where", (ones, ONE, spread))
    made = tensors.reduction(PROD, left, (rank,))
    return tensors.permuted(made, [*range(axis), rank - 1, *range(axis, rank - 1)])


def _along_axes(row: ArrayRow, node: Expr) -> Local:
    """The row's derivative along the axes, in the index i of the node, a of x."""
    (x,), axes = node.args, node.value
    labels = _axes("u", x.dims)
    sizes = dict(_sized("u", x.dims))
    moved = [k for k in axes if labels[k] != UNIT]
    out = tuple(("f", k) if k in moved else label for k, label in enumerate(labels))
    sizes |= {("f", k): x.dims[k] for k in moved}
    kept = tuple(label for k, label in enumerate(labels) if k not in axes)
    deltas: list[Operand] = [
        (tensors.delta(x.dims[k]), (("f", k), ("u", k))) for k in moved
    ]

    def whole(scalar: Expr) -> Expr:
        """A scalar of the vector x, of each part of the array along the axes."""
        done: dict[Expr, Expr] = {_X: x}
        for part in walk(scalar):
            if part.op == "contract":
                pairs = [(done[a], labels) for a in part.args]
                done[part] = contract(pairs, kept, sizes)
            elif part is not _X:
                args = tuple([done[a] for a in part.args])
                done[part] = rebuild(part, args) if args else part
        return done[scalar]

    products = []
    for sign, factors in _terms(row.d):
        operands: list[Operand] = []
        for factor in factors:
            if factor.op == "kronecker":
                operands += deltas
            elif factor.op == "at":
                array, index = factor.args
                where = out if index.value == "i" else labels
                operands.append((x if array is _X else node, where))
            else:
                operands.append((whole(factor), kept))
        products.append((sign, operands))
    return Local(products, out, labels, sizes)


_X, _Y = symbol("x", (symbol("n"),)), symbol("y", (symbol("n"),))


@cache
def _terms(text: str) -> list[tuple[int, list[Expr]]]:
    """The products of a row's derivative by a vector, each with its sign."""
    found = []
    for sign, term in signed_terms(defined(text, {"x": _X, "y": _Y}, opened=True)):
        factors, parts = [], [term]
        while parts:
            part = parts.pop()
            if part.op == "mul":
                parts += part.args[::-1]
            elif part.op == "div" and part.args[0] is not ONE:
                parts += [div(ONE, part.args[1]), part.args[0]]
            else:
                factors.append(part)
        found.append((sign, factors))
    return found


def _linear_algebra(row: ArrayRow, node: Expr) -> Local:
    """The row's derivative in index notation: indices a, b, then i, j."""
    slope = defined(row.d, {row.params[0]: node.args[0], "y": node})
    labels = ("a", "b", "i", "j")[: len(slope.dims)]
    sizes = dict(zip(labels, slope.dims, strict=True))
    if len(node.args[0].dims) > 2:
        raise UnsupportedError(f"{row.name} of several matrices at once has no slope")
    return Local([(1, [(slope, labels)])], labels[2:], labels[:2], sizes)
