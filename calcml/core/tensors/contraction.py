"""Arrays: one contraction node, unit tensors, and what is made of them.

A contraction is an einsum over its operands, the product *_(s1,s2,s3) of Laue,
Mitterreiter and Giesen (AAAI 2020, arXiv 2010.03313): each axis has a label, labels
that are not in the output are summed over, and along an output label that no operand
has the value is repeated. Transposes, traces, diagonals, sums and outer products are
contractions; slices and running sums are contractions with tensors of zeros and ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from calcml.core.affine import shifted
from calcml.core.build import REBUILD
from calcml.core.errors import ShapeError
from calcml.core.expr import ARRAYS, BUILD, ONE, ZERO, Expr, intern, walk
from calcml.core.shapes import Dims, is_unit, shown

UNIT = -1  # the label of an axis of size 1

Label = Any  # anything hashable
Operand = tuple[Expr, Sequence[Label]]


class Spec(NamedTuple):
    """The labels of a contraction's operands and output, and the size of each label.

    Labels are numbered by their first place in the output, then in the operands.
    """

    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    sizes: Dims


def array(op: str, args: tuple[Expr, ...], value: Any, dims: Dims) -> Expr:
    """The node of an operation on whole arrays."""
    return intern(op, (args, value, dims), args, value, "", dims)


def contract(
    operands: Iterable[Operand], output: Sequence[Label], sizes: Mapping[Label, Expr]
) -> Expr:
    """The sum, over the labels not in `output`, of the product of the operands.

    Labels are anything hashable, UNIT for an axis of size 1. Only what costs nothing is
    folded: factors 1, a factor 0, and an operand that is the result.
    """
    place: dict[Label, int] = {}
    known: list[Expr] = []
    operands = list(operands)

    def numbered(labels: Sequence[Label]) -> tuple[int, ...]:
        row = []
        for label in labels:
            if label == UNIT or is_unit(sizes[label]):
                row.append(UNIT)
                continue
            if label not in place:
                place[label] = len(known)
                known.append(sizes[label])
            row.append(place[label])
        return tuple(row)

    out = numbered(output)
    dims = tuple(ONE if i == UNIT else known[i] for i in out)
    if any(node is ZERO for node, _ in operands):
        operands = [(ZERO, ())]
    kept = [(node, labels) for node, labels in operands if node is not ONE or labels]
    inputs = tuple(
        [
            tuple(sorted(numbered(row)))
            if node.op == "selector" and _is_mirror(node)
            else numbered(row)
            for node, row in kept
        ]
    )
    args = tuple(node for node, _ in kept)
    if (
        len(args) == 1
        and inputs[0] == out
        and len({*out}) + out.count(UNIT) == len(out) + (UNIT in out)
    ):
        return args[0]
    if not args:
        if not dims and not known:
            return ONE
        args, inputs = (ONE,), ((),)
    return array("contract", args, Spec(inputs, out, tuple(known)), dims)


def _is_mirror(node: Expr) -> bool:
    """Whether a selector is the unit matrix reversed, which is its own transpose."""
    if node.value[1] != (-1,) or node.dims[0] is not node.dims[1]:
        return False
    return shifted(node.value[0], 1) is node.dims[1]


def operands_of(node: Expr) -> list[Operand]:
    """The operands of a contraction with their labels."""
    return list(zip(node.args, node.value.inputs, strict=True))


def has_arrays(*roots: Expr) -> bool:
    """Whether any of some expressions has operations on arrays."""
    return any(r.dims for r in roots) or any(n.op in ARRAYS for n in walk(*roots))


def sizes_of(node: Expr) -> dict[Label, Expr]:
    """The size of each label of a contraction."""
    return dict(enumerate(node.value.sizes))


def _again(node: Expr, args: tuple[Expr, ...]) -> Expr:
    pairs = list(zip(args, node.value.inputs, strict=True))
    for arg, old in zip(args, node.args, strict=True):
        if arg.dims != old.dims:
            raise ShapeError(
                f"an array of shape {shown(old.dims)} cannot be replaced by one of "
                f"shape {shown(arg.dims)}"
            )
    return contract(pairs, node.value.output, sizes_of(node))


def filled(value: Expr, dims: Dims) -> Expr:
    """The array of a shape that has one value everywhere, or that repeats `value`."""
    if value.dims == dims:
        return value
    lacking = len(dims) - len(value.dims)
    labels: list[Label] = list(range(lacking))
    for k, size in enumerate(value.dims):
        same = size is dims[lacking + k]
        labels.append(UNIT if is_unit(size) else lacking + k)
        if not same and not is_unit(size):
            raise ShapeError(f"{shown(value.dims)} does not broadcast to {shown(dims)}")
    sizes = dict(enumerate(dims))
    return contract([(value, labels[lacking:])], list(range(len(dims))), sizes)


def right(x: Expr, labels: tuple[Label, ...]) -> tuple[Any, ...]:
    """The labels of an operand of an element-wise operation on axes `labels`."""
    part = labels[len(labels) - len(x.dims) :]
    return tuple(
        UNIT if is_unit(size) else label
        for label, size in zip(part, x.dims, strict=True)
    )


def permuted(x: Expr, axes: Sequence[int]) -> Expr:
    """`x` with its axes in another order."""
    labels = range(len(x.dims))
    return contract([(x, labels)], [labels[k] for k in axes], dict(enumerate(x.dims)))


def transpose(x: Expr) -> Expr:
    """The axes in reverse order; a vector stays as it is, as in NumPy."""
    return permuted(x, range(len(x.dims))[::-1])


REBUILD["contract"] = _again
ARRAYS.add("contract")
BUILD.update(filled=filled, transpose=transpose)
