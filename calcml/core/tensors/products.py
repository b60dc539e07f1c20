"""Products of arrays, and other shapes of the same elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.core.build import REBUILD, mul
from calcml.core.errors import ShapeError
from calcml.core.expr import ARRAYS, BUILD, ONE, Expr, number
from calcml.core.shapes import Dims, declaration, is_unit, shown
from calcml.core.tensors.contraction import UNIT, Label, array, contract
from calcml.core.tensors.names import RESHAPE
from calcml.functions.arrays import ALONG_AXES, SQUARE_OPERATIONS


def _undeclared(a: Expr, b: Expr) -> str:
    """The shapes to declare where a factor of @ is a scalar."""
    inner = str(b.dims[-2:][0]) if b.dims else "n"
    rows = next(name for name in "mnkp" if name not in (*map(str, b.dims), inner))
    left = inner if len(b.dims) > 1 else "n n" if a is b else f"{rows} {inner}"
    return declaration((a, left), (b, str(a.dims[-1]) if a.dims else "n"))


def matmul(a: Expr, b: Expr) -> Expr:
    """The matrix product of NumPy: vectors at either side, leading axes broadcast.

    Raises ShapeError for a scalar, and where the inner sizes differ.
    """
    if not a.dims or not b.dims:
        told = _undeclared(a, b)
        raise ShapeError(
            f"@ multiplies arrays, and the shapes are {shown(a.dims)} and "
            f"{shown(b.dims)}{told}{',' if told else ';'} or write * for scalars"
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
    ranks = len(a.dims) - 2, len(b.dims) - 2
    batch: list[Label] = [("batch", k) for k in range(-max(0, *ranks), 0)]
    ahead: tuple[list[Label], list[Label]] = ([], [])
    for label in batch:
        for matrix, rank, labels in zip((a, b), ranks, ahead, strict=True):
            k = label[1]
            if -k > rank:
                continue
            size = matrix.dims[k - 2]
            if is_unit(size):
                labels.append(UNIT)
                continue
            labels.append(label)
            if sizes.setdefault(label, size) is not size:
                raise ShapeError(
                    f"the leading axes of {shown(a.dims)} and {shown(b.dims)} do not "
                    "fit together in @"
                )
        sizes.setdefault(label, ONE)
    out = batch + [x for x in ("row", "column") if x in sizes]
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


def outer(a: Expr, b: Expr) -> Expr:
    """All products of an element of `a` with one of `b`: shape a.shape + b.shape."""
    first = [("a", k) for k in range(len(a.dims))]
    second = [("b", k) for k in range(len(b.dims))]
    sizes = dict(zip([*first, *second], a.dims + b.dims, strict=True))
    return contract([(a, first), (b, second)], [*first, *second], sizes)


def product(sizes: Iterable[Expr]) -> Expr:
    """The product of sizes, in one spelling for one size."""
    whole, names, stack = 1, [], list(sizes)
    for size in stack:
        if size.op == "number":
            whole *= size.value
        elif size.op == "mul":
            stack += size.args
        else:
            names.append(size)
    result = number(whole)
    for name in sorted(names, key=str) if len(names) > 1 else names:
        result = mul(result, name)
    return result


def reshape(x: Expr, dims: Dims) -> Expr:
    """`x` in another shape, its elements in the same order (the last axis fastest)."""
    return x if x.dims == dims else array(RESHAPE, (x,), dims, dims)


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


def _same_shape(node: Expr, args: tuple[Expr, ...]) -> Expr:
    if [a.dims for a in args] != [a.dims for a in node.args]:
        raise ShapeError(f"{node.op} cannot take an argument of another shape")
    return array(node.op, args, node.value, node.dims)


_KEPT = (*"reshape onehot at kronecker".split(), *ALONG_AXES, *SQUARE_OPERATIONS)
REBUILD.update(dict.fromkeys(_KEPT, _same_shape))
ARRAYS.update(_KEPT)
BUILD.update(matmul=matmul)
