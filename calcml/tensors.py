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

from calcml.errors import ShapeError, UnsupportedError
from calcml.expr import ARRAYS, BUILD, ONE, ZERO, Expr, intern, number
from calcml.light import REBUILD, add, div, mul, sub
from calcml.shapes import Dims, is_unit, shown

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
    return intern(op, (args, value), args, value, "", dims)


# --- the contraction ---------------------------------------------------------------


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
    inputs = tuple(numbered(labels) for _, labels in kept)
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


def operands_of(node: Expr) -> list[Operand]:
    """The operands of a contraction with their labels."""
    return list(zip(node.args, node.value.inputs, strict=True))


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


def permuted(x: Expr, axes: Sequence[int]) -> Expr:
    """`x` with its axes in another order."""
    labels = range(len(x.dims))
    return contract([(x, labels)], [labels[k] for k in axes], dict(enumerate(x.dims)))


def transpose(x: Expr) -> Expr:
    """The axes in reverse order; a vector stays as it is, as in NumPy."""
    return permuted(x, range(len(x.dims))[::-1])


def matmul(a: Expr, b: Expr) -> Expr:
    """The matrix product of NumPy: vectors at either side, leading axes broadcast.

    Raises ShapeError for a scalar, and where the inner sizes differ.
    """
    if not a.dims or not b.dims:
        raise ShapeError(
            f'@ multiplies arrays, which are declared, as in shapes={{"A": "m n"}}; here are '
            f"the shapes {shown(a.dims)} and {shown(b.dims)}; with a scalar write *"
        )
    inner, other = a.dims[-1], b.dims[-2] if len(b.dims) > 1 else b.dims[0]
    if inner is not other:
        raise ShapeError(
            f"the shapes {shown(a.dims)} and {shown(b.dims)} do not fit together in @: "
            f"the inner sizes {inner} and {other} differ"
        )
    sizes: dict[Label, Expr] = {"inner": inner}
    left: list[Label] = ["inner"]
    right: list[Label] = ["inner"]
    out: list[Label] = []
    if len(a.dims) > 1:
        left = ["row", "inner"]
        sizes["row"] = a.dims[-2]
    if len(b.dims) > 1:
        right = ["inner", "column"]
        sizes["column"] = b.dims[-1]
    batch: list[Label] = []
    ranks = len(a.dims) - 2, len(b.dims) - 2
    for k in range(-max(0, *ranks), 0):
        batch.append(k)
        pair = [
            m.dims[k - 2]
            for m, r in zip((a, b), ranks, strict=True)
            if -k <= r and not is_unit(m.dims[k - 2])
        ]
        if len(set(pair)) > 1:
            raise ShapeError(
                f"the leading axes of {shown(a.dims)} and {shown(b.dims)} do not fit "
                "together in @"
            )
        sizes[k] = pair[0] if pair else ONE
    ahead = [
        [
            UNIT if is_unit(m.dims[k - 2]) else k
            for k in batch
            if isinstance(k, int) and -k <= r
        ]
        for m, r in zip((a, b), ranks, strict=True)
    ]
    out = batch + [x for x in ("row", "column") if x in sizes]
    if not is_unit(inner):
        return contract([(a, ahead[0] + left), (b, ahead[1] + right)], out, sizes)
    left = [UNIT if x == "inner" else x for x in left]
    right = [UNIT if x == "inner" else x for x in right]
    return contract([(a, ahead[0] + left), (b, ahead[1] + right)], out, sizes)


def einsum(text: str, args: Sequence[Expr]) -> Expr:
    """An einsum in NumPy's notation, "ij,jk->ik"; without an arrow the labels that
    occur once are the output, in alphabetical order."""
    left, arrow, right = text.replace(" ", "").partition("->")
    rows = left.split(",")
    if len(rows) != len(args):
        raise ShapeError(f"einsum names {len(rows)} operands and gets {len(args)}")
    sizes: dict[Label, Expr] = {}
    for row, arg in zip(rows, args, strict=True):
        if len(row) != len(arg.dims):
            raise ShapeError(
                f"einsum: {row!r} stands for an array of shape {shown(arg.dims)}"
            )
        for letter, size in zip(row, arg.dims, strict=True):
            if not letter.isalpha() or sizes.setdefault(letter, size) is not size:
                raise ShapeError(f"einsum: {letter!r} does not fit in {text!r}")
    if not arrow:
        right = "".join(sorted(x for x in set(left) - {","} if left.count(x) == 1))
    if not set(right) <= set(sizes) or len(set(right)) != len(right):
        raise ShapeError(f"einsum: the output {right!r} does not fit in {text!r}")
    return contract(list(zip(args, rows, strict=True)), right, sizes)


# --- tensors of zeros and ones -----------------------------------------------------


def delta(size: Expr) -> Expr:
    """The unit matrix: 1 where both indices are equal, else 0."""
    return (
        array("delta", (), size, (size, size))
        if not is_unit(size)
        else filled(ONE, (size, size))
    )


def onehot(k: Expr, size: Expr) -> Expr:
    """The unit vector along axis `k`, counted from 0."""
    return array("onehot", (k,), size, (size,))


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


# --- sums, diagonals, parts --------------------------------------------------------


def total(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over some axes."""
    labels = range(len(x.dims))
    return contract(
        [(x, labels)], [k for k in labels if k not in axes], dict(enumerate(x.dims))
    )


def with_units(x: Expr, axes: Sequence[int]) -> Expr:
    """`x` with axes of size 1 put in, at the places `axes` of the result."""
    rank = len(x.dims) + len(axes)
    labels = [k for k in range(rank) if k not in axes]
    out: list[Label] = [UNIT if k in axes else k for k in range(rank)]
    return contract([(x, labels)], out, dict(zip(labels, x.dims, strict=True)))


def without_units(x: Expr) -> Expr:
    """`x` without its axes of size 1."""
    out = [k for k, size in enumerate(x.dims) if not is_unit(size)]
    return contract([(x, range(len(x.dims)))], out, dict(enumerate(x.dims)))


def square(x: Expr, what: str) -> Expr:
    """`x`, which must be a square matrix, or several along leading axes."""
    if len(x.dims) < 2 or x.dims[-1] is not x.dims[-2]:
        raise ShapeError(f"{what} takes a square matrix, got shape {shown(x.dims)}")
    return x


def trace(x: Expr) -> Expr:
    """The sum of the diagonal."""
    square(x, "trace")
    lead = list(range(len(x.dims) - 2))
    sizes: dict[Label, Expr] = {**dict(enumerate(x.dims[:-2])), "i": x.dims[-1]}
    return contract([(x, [*lead, "i", "i"])], lead, sizes)


def diag(x: Expr) -> Expr:
    """The diagonal matrix of a vector, or the diagonal of a matrix.

    A column or a row, of shape (n, 1) or (1, n), is taken for a vector.
    """
    if len(x.dims) == 2 and any(map(is_unit, x.dims)):
        x = without_units(x)
    if len(x.dims) == 1:
        return contract(
            [(x, "i"), (delta(x.dims[0]), "ij")], "ij", dict.fromkeys("ij", x.dims[0])
        )
    if len(x.dims) == 2:
        square(x, "diag")
        return contract([(x, "ii")], "i", {"i": x.dims[0]})
    raise ShapeError(f"diag takes a vector or a matrix, got shape {shown(x.dims)}")


def outer(a: Expr, b: Expr) -> Expr:
    """All products of an element of `a` with one of `b`: shape a.shape + b.shape."""
    first = [("a", k) for k in range(len(a.dims))]
    second = [("b", k) for k in range(len(b.dims))]
    sizes = dict(zip([*first, *second], a.dims + b.dims, strict=True))
    return contract([(a, first), (b, second)], [*first, *second], sizes)


def reshape(x: Expr, dims: Dims) -> Expr:
    """`x` in another shape, its elements in the same order (the last axis fastest)."""
    return x if x.dims == dims else array("reshape", (x,), dims, dims)


def product(sizes: Iterable[Expr]) -> Expr:
    """The product of sizes, in one spelling for one size."""
    whole, names = 1, []
    for size in sizes:
        if size.op == "number":
            whole *= size.value
        else:
            names.append(size)
    result = number(whole)
    for name in sorted(names, key=str):
        result = mul(result, name)
    return result


def kron(a: Expr, b: Expr) -> Expr:
    """The Kronecker product of two matrices: each element of `a` times `b`."""
    if len(a.dims) != 2 or len(b.dims) != 2:
        raise ShapeError(
            f"kron takes two matrices, got {shown(a.dims)} and {shown(b.dims)}"
        )
    sizes = dict(zip("ikjl", a.dims + b.dims, strict=True))
    four = contract([(a, "ik"), (b, "jl")], "ijkl", sizes)
    dims = tuple(product(pair) for pair in zip(a.dims, b.dims, strict=True))
    return reshape(four, dims)


def axes_of(x: Expr, axes: Sequence[int] | int | None, what: str) -> tuple[int, ...]:
    """Axes counted from 0, sorted; all of them for None. ShapeError for others."""
    rank = len(x.dims)
    if axes is None:
        return tuple(range(rank))
    found = set()
    for axis in (axes,) if isinstance(axes, int) else axes:
        if not -rank <= axis < rank:
            raise ShapeError(f"{what} has no axis {axis} in the shape {shown(x.dims)}")
        found.add(axis % rank)
    return tuple(sorted(found))


def reduction(op: str, x: Expr, axes: tuple[int, ...]) -> Expr:
    """The node of a reduction over `axes`: max, min, prod or logsumexp."""
    if not axes:
        return x
    dims = tuple(size for k, size in enumerate(x.dims) if k not in axes)
    return array(op, (x,), axes, dims)


def flat_reduction(op: str, x: Expr, axes: tuple[int, ...]) -> Expr:
    """A reduction over several axes at once, brought to one axis, the last."""
    axes = tuple(k for k in axes if not is_unit(x.dims[k])) or axes[:1]
    if len(axes) < 2:
        return reduction(op, x, axes)
    kept = [k for k in range(len(x.dims)) if k not in axes]
    moved = permuted(x, [*kept, *axes])
    size = product(x.dims[k] for k in axes)
    moved = reshape(moved, (*(x.dims[k] for k in kept), size))
    return reduction(op, moved, (len(kept),))


# --- indexing ----------------------------------------------------------------------


class Slice(NamedTuple):
    """start:stop, each an expression or None."""

    start: Expr | None
    stop: Expr | None


def index(x: Expr, parts: Sequence[Any]) -> Expr:
    """NumPy's basic indexing: numbers, slices of step 1, None for a new axis.

    A number counts from the end where it is negative. Raises ShapeError for too many
    indices and for a number beyond the axis.
    """
    used = [p for p in parts if p is not None]
    if len(used) > len(x.dims):
        raise ShapeError(f"{len(used)} indices for an array of shape {shown(x.dims)}")
    operands: list[Operand] = []
    labels: list[Label] = []
    out: list[Label] = []
    sizes: dict[Label, Expr] = {}
    axis = 0
    for part in [*parts, *[Slice(None, None)] * (len(x.dims) - len(used))]:
        if part is None:
            out.append(UNIT)
            continue
        size = x.dims[axis]
        label = ("of", axis)
        sizes[label] = size
        labels.append(label)
        axis += 1
        if isinstance(part, (Slice, slice)):
            start, count = _bounds(part, size)
            if start is ZERO and count is size:
                out.append(label)
                continue
            sizes["part", axis] = count
            out.append(("part", axis))
            operands.append((selector(start, count, size), (("part", axis), label)))
        else:
            operands.append((onehot(_place(part, size), size), (label,)))
    return contract([(x, labels), *operands], out, sizes)


def _place(part: Any, size: Expr) -> Expr:
    """The place that an index names, counted from the start."""
    place: Expr = part if isinstance(part, Expr) else number(int(part))
    if place.dims:
        raise UnsupportedError("an index is a number, a name or a slice, not an array")
    if place.op != "number":
        return place
    if place.value != int(place.value):
        raise ShapeError(f"an index is a whole number, not {place}")
    if size.op == "number" and not -size.value <= place.value <= size.value:
        raise ShapeError(f"the index {place} is beyond an axis of size {size}")
    return _moved(size, place.value) if place.value < 0 else place


def _parted(size: Expr) -> tuple[Expr, int]:
    """A size as another one and a whole number that is added: n - 2 as (n, -2)."""
    if size.op == "number":
        return ZERO, size.value
    if size.op in ("add", "sub") and size.args[1].op == "number":
        value = size.args[1].value
        return size.args[0], value if size.op == "add" else -value
    return size, 0


def _moved(size: Expr, by: int) -> Expr:
    """The size plus a whole number, in one spelling."""
    base, offset = _parted(size)
    whole = offset + by
    return sub(base, number(-whole)) if whole < 0 else add(base, number(whole))


def _bounds(part: Any, size: Expr) -> tuple[Expr, Expr]:
    """The first place of a slice, and how many there are."""
    if getattr(part, "step", None) not in (None, 1):
        raise UnsupportedError("slices have step 1 here; select by a product instead")
    start = ZERO if part.start is None else _place(part.start, size)
    stop = size if part.stop is None else _place(part.stop, size)
    (left, low), (right, high) = _parted(start), _parted(stop)
    if left is right:
        count: Expr = number(high - low)
    elif left is ZERO:
        count = _moved(stop, -low)
    else:
        count = sub(stop, start)
    if count.op == "number" and count.value < 1:
        raise ShapeError(f"the slice {start}:{stop} of an axis of size {size} is empty")
    return start, count


def size_of(x: Expr, axes: Sequence[int]) -> Expr:
    """How many elements there are along some axes."""
    return product(x.dims[k] for k in axes)


def mean(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over some axes, divided by the number of elements."""
    return div(total(x, axes), size_of(x, axes))


def _reduced_again(node: Expr, args: tuple[Expr, ...]) -> Expr:
    dims = tuple(s for k, s in enumerate(args[0].dims) if k not in node.value)
    return array(node.op, args, node.value, dims)


def _same_shape(node: Expr, args: tuple[Expr, ...]) -> Expr:
    if [a.dims for a in args] != [a.dims for a in node.args]:
        raise ShapeError(f"{node.op} cannot take an argument of another shape")
    return array(node.op, args, node.value, node.dims)


REBUILD.update(
    contract=_again,
    reshape=_same_shape,
    onehot=_same_shape,
    softmax=_same_shape,
    inv=_same_shape,
    det=_same_shape,
    logdet=_same_shape,
    cholesky=_same_shape,
    at=_same_shape,
    kronecker=_same_shape,
)
REDUCTIONS = ("max_over", "min_over", "prod_over", "logsumexp_over")
REBUILD.update(dict.fromkeys(REDUCTIONS, _reduced_again))
ARRAYS.update(REBUILD, ("delta", "lower_ones", "selector"))
BUILD.update(filled=filled, matmul=matmul, transpose=transpose, index=index)
