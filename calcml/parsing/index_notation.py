"""Index notation: p[i]*(delta(i, j) - p[j]) as an array of axes i and j.

While a text is read, an element x[i + 1] is a scalar node "at" of the array and its
indices, delta(i, j) one of two indices, and a sum over i stays a node "sum_over" while
another index in it is free. `closed` makes the array of such an expression: its axes
are the free indices in alphabetical order, as in NumPy's einsum.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from calcml.core.affine import affine
from calcml.core.build import REBUILD
from calcml.core.errors import ShapeError
from calcml.core.expr import Expr, walk
from calcml.core.shapes import shown
from calcml.core.tensors import REDUCTIONS, array
from calcml.core.tensors.names import ONEHOT

SUM_OVER = "sum_over"
# The node over an index for each reduction over axes.
REDUCED = {op: op.removesuffix("_over") + "_index" for op in REDUCTIONS}
BOUND = frozenset((SUM_OVER, *REDUCED.values()))  # nodes that bind their first argument


def at(x: Expr, indices: Sequence[Expr]) -> Expr:
    """The element of `x` at `indices`, sums of names and numbers, one for each axis."""
    if len(indices) != len(x.dims):
        raise ShapeError(
            f"{len(indices)} indices for an array of shape {shown(x.dims)}; an index "
            "that is a name goes with one for each other axis, or with :"
        )
    args = (x, *indices)
    return array("at", args, None, ())


def kronecker(i: Expr, j: Expr) -> Expr:
    """1 where the indices are equal, else 0."""
    args = (i, j)
    return array("kronecker", args, None, ())


def over(op: str, index: Expr, body: Expr, bounds: Sequence[Expr] = ()) -> Expr:
    """A sum or a reduction of `body` over an index, its `bounds` two or none."""
    return array(op, (index, *bounds, body), None, body.dims)


def _over_again(node: Expr, args: tuple[Expr, ...]) -> Expr:
    index, *bounds, body = args
    return over(node.op, index, body, bounds)


REBUILD.update(dict.fromkeys(BOUND, _over_again))


def element_text(node: Expr) -> str:
    """An element as it is written."""
    x, *indices = node.args
    return f"{x}[{', '.join(map(str, indices))}]"


def named(index: Expr) -> list[str]:
    """The names in an index."""
    return [name.value for name in affine(index).terms if name.op == "symbol"]


def is_open(root: Expr) -> bool:
    """Whether `root` has elements or deltas with indices, or sums over them."""
    return any(node.op in ("at", "kronecker", *BOUND) for node in walk(root))


def free_indices(root: Expr, sizes: Collection[str]) -> set[str]:
    """The names of indices of elements and deltas that no sum binds.

    A name that stands alone is one, in a sum with others a size is none.
    """
    found: dict[Expr, set[str]] = {}
    for node in walk(root):
        own = set[str]().union(*(found[a] for a in node.args))
        if node.op in ("at", "kronecker"):
            indices = node.args[node.op == "at" :]
            lone = {i.value for i in indices if i.op == "symbol"}
            others = {name for i in indices for name in named(i)}
            own |= lone | (others - set(sizes))
        elif node.op in BOUND:
            own.discard(str(node.args[0].value))
        found[node] = own
    return found[root]


def index_sizes(root: Expr) -> dict[str, Expr]:
    """The size of each index that stands alone; ShapeError where two sizes differ."""
    sizes: dict[str, Expr] = {}
    pairs = []
    for node in walk(root):
        if node.op == "at":
            x = node.args[0]
            for index, size in zip(node.args[1:], x.dims, strict=True):
                if index.op != "symbol":
                    continue
                if sizes.setdefault(index.value, size) is not size:
                    raise ShapeError(
                        f"the index {index} runs over axes of sizes "
                        f"{sizes[index.value]} and {size}; write the bounds of a sum: "
                        f"sum({index}, 0, {size} - 1, ...)"
                    )
        elif node.op == "kronecker":
            pairs.append([a.value for a in node.args])
    for _ in pairs:
        for a, b in pairs:
            for one, other in ((a, b), (b, a)):
                if (
                    one in sizes
                    and sizes.setdefault(other, sizes[one]) is not sizes[one]
                ):
                    raise ShapeError(f"delta({a}, {b}) has indices of two sizes")
    return sizes


def sized_by(index: Expr, body: Expr) -> Expr:
    """The size of the axis that an index runs over; ShapeError where it has none."""
    found = index_sizes(body).get(str(index.value))
    if found is None:
        raise unranged(str(index.value))
    return found


def unranged(index: str) -> ShapeError:
    """The error for an index whose range nothing says."""
    return ShapeError(
        f"the range of the index {index} is not known, as it stands alone in no "
        f"x[{index}]; write bounds, both included: sum({index}, 0, n - 1, ...)"
    )


def indices_in(root: Expr, sizes: Collection[str]) -> set[str]:
    """The names in `root` that a sum around it may bind: what stands as an index.

    Such are free indices, and names in bounds, slices and places of unit vectors that
    are no size.
    """
    bound: set[str] = set()
    loose: set[str] = set()
    for node in walk(root):
        parts: Sequence[Expr] = node.dims
        if node.op in BOUND:
            bound.add(str(node.args[0].value))
            parts = node.args[1:-1]
        elif node.op in ("selector", "mask"):
            parts = node.value[:1]
        elif node.op == ONEHOT:
            parts = node.args
        loose.update(name for part in parts for name in part.free_symbols)
    return free_indices(root, sizes) | loose - bound - set(sizes)


def names_of_sizes(root: Expr) -> set[str]:
    """The names in the shapes of the arrays of `root`."""
    dims = {size for node in walk(root) for size in node.dims}
    return {name for size in dims for name in size.free_symbols}
