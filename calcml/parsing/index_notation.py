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
from calcml.core.comparisons import COMPARISONS
from calcml.core.errors import ShapeError
from calcml.core.expr import Expr, walk
from calcml.core.flat import leaves
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
REBUILD["at"] = lambda node, args: array("at", args, None, ())


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


def guarded(node: Expr) -> bool:
    """Whether a node is a choice by places: where(i < 3, x[i], 0)."""
    if node.op != "where":
        return False
    tests = leaves(node.args[0], "and")
    return all(
        test.op in COMPARISONS and all(map(is_place, test.args)) for test in tests
    )


def is_place(node: Expr) -> bool:
    """Whether a scalar is a sum of names, which may be indices, and whole numbers."""
    terms = affine(node).terms
    return not node.dims and all(name.op == "symbol" for name in terms)


def unguarded(root: Expr) -> list[Expr]:
    """The nodes of `root` that are used wherever indices are."""
    found = {root: None}
    stack = [root]
    while stack:
        node = stack.pop()
        skip = guarded(node)
        args = [a for k, a in enumerate(node.args) if not (skip and k == 1)]
        stack += [a for a in args if a not in found]
        found.update(dict.fromkeys(args))
    return list(found)


def sizes_shown(root: Expr) -> dict[str, set[Expr]]:
    """The sizes of the axes on which each index stands alone, or beside one in a delta.

    What is chosen by a place counts where nothing else shows a size.
    """
    found: dict[str, set[Expr]] = {}
    for nodes in (unguarded(root), walk(root)):
        shown: dict[str, set[Expr]] = {}
        pairs = []
        for node in nodes:
            if node.op == "at":
                for index, size in _alone(node):
                    shown.setdefault(index, set()).add(size)
            elif node.op == "kronecker":
                i, j = (str(a.value) for a in node.args)
                pairs += [(i, j), (j, i)]
        for one, other in pairs * len(pairs):
            if one in shown:
                shown.setdefault(other, shown[one])
        found = shown | found
    return found


def _alone(element: Expr) -> list[tuple[str, Expr]]:
    """The indices of an element that stand alone, each with the size of its axis."""
    x, *indices = element.args
    pairs = zip(indices, x.dims, strict=True)
    return [(i.value, size) for i, size in pairs if i.op == "symbol"]


def sized_by(index: Expr, body: Expr) -> Expr:
    """The size of the axis that an index runs over; ShapeError where it has none."""
    found = sizes_shown(body).get(str(index.value), set())
    if len(found) != 1:
        raise unranged(str(index.value))
    return next(iter(found))


def unranged(index: str) -> ShapeError:
    """The error for an index whose range nothing says."""
    return ShapeError(
        f"the range of the index {index} is not known, as it stands alone in no "
        f"x[{index}]; write bounds, both included: sum({index}, 0, n - 1, ...)"
    )


def indices_in(root: Expr, sizes: Collection[str]) -> set[str]:
    """The names in `root` that stand as an index, which a sum around it may bind.

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


def letters_of_bounds(root: Expr) -> set[str]:
    """The names in bounds of sums that no sum binds: whole numbers like sizes."""
    order = walk(root)
    bound = {str(n.args[0].value) for n in order if n.op in BOUND}
    ends = [end for n in order if n.op in BOUND for end in n.args[1:-1]]
    return {name for end in ends for name in end.free_symbols} - bound


def may_be_bound(root: Expr, sizes: Collection[str]) -> bool:
    """Whether a sum around `root` may bind a name in it, as an index or a number."""
    order = walk(root)
    bound = {n.args[0] for n in order if n.op in BOUND}
    names = [n for n in order if n.op == "symbol" and not n.dims and n not in bound]
    return any(n.value not in sizes for n in names) or bool(indices_in(root, sizes))


def names_of_sizes(root: Expr) -> set[str]:
    """The names in the shapes of the arrays of `root`."""
    dims = {size for node in walk(root) for size in node.dims}
    return {name for size in dims for name in size.free_symbols}
