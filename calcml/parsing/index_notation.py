"""Index notation: p[i]*(delta(i, j) - p[j]) as an array of axes i and j.

While a text is read, an element x[i] is a scalar node "at" of the array and its
indices, and delta(i, j) one of two indices. `closed` makes the array of such an
expression: its axes are the free indices in alphabetical order, as in NumPy's einsum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calcml.core.build import rebuild
from calcml.core.errors import ShapeError, UnsupportedError
from calcml.core.expr import ARRAYS, Expr, intern, walk
from calcml.core.shapes import is_unit, shown
from calcml.core.tensors import (
    UNIT,
    Label,
    Operand,
    array,
    contract,
    delta,
    onehot,
    reduction,
)

Open = tuple[Expr, tuple[str, ...]]  # an array, and the index of each of its axes


def at(x: Expr, indices: Sequence[Expr]) -> Expr:
    """The element of `x` at `indices`, names or numbers, one for each axis."""
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


def index_sizes(root: Expr) -> dict[str, Expr]:
    """The size of each index that occurs; ShapeError where two places disagree."""
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
                        f"{sizes[index.value]} and {size}"
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


def is_open(root: Expr) -> bool:
    """Whether `root` has elements or deltas with indices."""
    return any(node.op in ("at", "kronecker") for node in walk(root))


def closed(root: Expr, order: Sequence[str] | None = None) -> Expr:
    """The array of an expression in index notation, its axes in `order`."""
    x, labels = opened(root, index_sizes(root))
    wanted = sorted(labels) if order is None else list(order)
    sizes = dict(zip(labels, x.dims, strict=True))
    return contract([(x, labels)], wanted, sizes | index_sizes(root))


def summed(index: str, body: Expr) -> Expr:
    """The sum of `body` over an index, in index notation still."""
    return _over(index, body, None)


def reduced(op: str, index: str, body: Expr) -> Expr:
    """A reduction of `body` over an index: the logsumexp, max, min or prod."""
    return _over(index, body, op)


def _over(index: str, body: Expr, op: str | None) -> Expr:
    sizes = index_sizes(body)
    if index not in sizes:
        raise ShapeError(
            f"the index {index} does not occur as x[{index}], so its range is not known"
        )
    x, labels = opened(body, sizes)
    rest = [label for label in labels if label != index]
    if op is None:
        x = contract([(x, labels)], rest, sizes)
    else:
        x = contract([(x, labels)], [*rest, index], sizes)
        x = reduction(op, x, (len(rest),))
    if not rest:
        return x
    names = [intern("symbol", n, (), n, n) for n in rest]
    return at(x, names)


def opened(root: Expr, sizes: Mapping[str, Expr]) -> Open:
    """The array that `root` is, with the index of each axis."""
    refuse_values(root, sizes)
    done: dict[Expr, Open] = {}
    for node in walk(root):
        if node.op == "at":
            done[node] = _element(node, sizes)
        elif node.op == "kronecker":
            i, j = (a.value for a in node.args)
            if i not in sizes:
                raise ShapeError(
                    f"the range of delta({i}, {j}) is not known: {i} and {j} occur in "
                    "no x[...]; write eye(n) for a unit matrix"
                )
            done[node] = delta(sizes[i]), (i, j)
        else:
            done[node] = _aligned(node, [done[a] for a in node.args], sizes)
    return done[root]


def refuse_values(root: Expr, sizes: Mapping[str, Expr]) -> None:
    """UnsupportedError where an index is used as a number; whole arrays have none."""
    stack, seen = [root], {root}
    while stack:
        node = stack.pop()
        if node.op == "symbol" and not node.dims and node.value in sizes:
            raise UnsupportedError(
                f"{node} is an index here, and its value cannot be calculated with; "
                f"write the numbers 1, 2, ... as cumsum(ones(n))[{node}]"
            )
        if node.op not in ARRAYS and not node.dims:
            stack += [a for a in node.args if a not in seen]
            seen.update(node.args)


def _element(node: Expr, sizes: Mapping[str, Expr]) -> Open:
    x, *indices = node.args
    operands: list[Operand] = []
    labels: list[Label] = []
    for k, index in enumerate(indices):
        if index.op == "symbol":
            labels.append(index.value)
        else:
            labels.append(k)
            operands.append((onehot(index, x.dims[k]), (k,)))
    names = tuple(sorted({x for x in labels if isinstance(x, str)}))
    known: dict[Label, Expr] = {**sizes, **dict(enumerate(x.dims))}
    if names == tuple(labels):
        return x, names
    return contract([(x, labels), *operands], names, known), names


def _aligned(node: Expr, args: Sequence[Open], sizes: Mapping[str, Expr]) -> Open:
    """`node` of arguments whose axes are brought to the same indices."""
    names = tuple(sorted({label for _, labels in args for label in labels}))
    if not names:
        parts = tuple(x for x, _ in args)
        return (node if parts == node.args else rebuild(node, parts)), ()
    if node.op == "formal":
        raise UnsupportedError(
            f"{node.value[0]} is an unknown function of elements of an array; define it"
        )
    if node.op in ARRAYS or any(a.dims for a in node.args):
        raise UnsupportedError(
            "an element x[i] stands beside a whole array; write the array's elements "
            "with indices, too"
        )
    fitted = []
    for x, labels in args:
        if labels and labels != names[-len(labels) :]:
            first = min(names.index(label) for label in labels)
            out = [n if n in labels else UNIT for n in names[first:]]
            x = contract([(x, labels)], out, sizes)
        fitted.append(x)
    made = rebuild(node, tuple(fitted))
    dims = tuple(sizes[n] for n in names)
    assert made.dims == dims or any(map(is_unit, dims))
    return made, names
