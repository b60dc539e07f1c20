"""NumPy source of operations on whole arrays, whose contractions come in steps.

A step is one of `calcml.compile.contraction_path`: a product of two arrays that have no
label twice and no axis of size 1, or what is done to one array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from calcml.core.affine import affine
from calcml.core.expr import ONE, ZERO, Expr
from calcml.core.shapes import Dims
from calcml.core.tensors import REDUCTIONS, UNIT, Slice
from calcml.core.tensors.contraction_form import letter
from calcml.core.tensors.names import ARANGE, ONEHOT, RESHAPE
from calcml.functions.arrays import ALONG_AXES, ARRAY_OPERATIONS, SQUARE_OPERATIONS
from calcml.printing.fold import ATOM, Piece

Labels = tuple[int, ...]

# Surface nodes, which call functions of their names.
ALONG_AN_AXIS = ("banded", "running", "scattered", "spread", "taken")
RUNTIME = (*ALONG_AN_AXIS, "selector", "mask")  # of calcml.runtime


def is_sum(node: Expr) -> bool:
    """Whether a node is a contraction that multiplies or adds, not one that moves."""
    if node.op != "contract":
        return False
    labels = {x for row in node.value.inputs for x in row if x != UNIT}
    return len(node.args) > 1 or not labels <= {*node.value.output}


def pieces(node: Expr) -> list[Piece] | None:
    """The source of an operation on whole arrays, None for any other node."""
    if node.op == "contract":
        return _product(node) if len(node.args) > 1 else _moved(node)
    made = _FORMS.get(node.op)
    return None if made is None else made(node)


def sizes_of(node: Expr) -> list[Expr]:
    """The expressions in the source of a node that are not its arguments."""
    parts = [piece[0] for piece in pieces(node) or () if not isinstance(piece, str)]
    return [part for part in parts if part not in node.args]


def _axes(axes: Sequence[int]) -> str:
    """Axes as an argument: one as a number, several as a tuple."""
    return str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"


def _shape(dims: Dims) -> list[Piece]:
    """A shape as an argument."""
    found: list[Piece] = ["("]
    for size in dims:
        found += [*_count(size), ", "]
    if len(dims) > 1:
        found.pop()
    return [*found[:-1], ",)"] if len(dims) == 1 else [*found, ")"]


# --- one array ---------------------------------------------------------------------


def _moved(node: Expr) -> list[Piece]:
    """Sums, then a transpose, new axes and a repetition of one array."""
    (x,), (labels,) = node.args, node.value.inputs
    out: Labels = node.value.output
    if not x.dims:
        return ["numpy.full(", *_shape(node.dims), ", ", (x, 0), ", float)"]
    found: list[Piece] = [(x, ATOM)]
    kept = tuple(label for label in labels if label in out and label != UNIT)
    if len(labels) == 2 and labels[0] == labels[1] != UNIT:
        found = _call("numpy.diagonal" if kept else "numpy.trace", found)
        kept = kept[:1]
    elif any(labels.count(label) > 1 for label in labels if label != UNIT):
        found, kept = _einsum([x], [labels], out)
    else:
        found = _summed(found, labels, kept)
    real = tuple(label for label in out if label in kept)
    if real != kept:
        found = _turned(found, [kept.index(label) for label in real])
    if len(real) < len(out):
        index = [":" if label in kept else "numpy.newaxis" for label in out]
        found += [f"[{', '.join(index)}]"] if real else []
        if any(label not in (UNIT, *kept) for label in out):
            found = ["numpy.broadcast_to(", *found, ", ", *_shape(node.dims), ")"]
        elif not real:
            found = ["numpy.reshape(", *found, ", ", *_shape(node.dims), ")"]
    return found


def _call(name: str, found: list[Piece], rest: str = "") -> list[Piece]:
    """A call of a function on what was `found` so far, with other arguments."""
    inside = [(found[0][0], 0)] if len(found) == 1 else found
    return [f"{name}(", *inside, f"{rest})"]


def _summed(found: list[Piece], labels: Labels, kept: Labels) -> list[Piece]:
    """The sum over all axes but the kept ones; those of size 1 just go."""
    gone = [k for k, label in enumerate(labels) if label not in kept]
    if not gone:
        return found
    if all(labels[k] == UNIT for k in gone):
        index = ["0" if k in gone else ":" for k in range(gone[-1] + 1)]
        return [*found, f"[{', '.join(index)}]"]
    axis = f", axis={_axes(gone)}" if kept else ""
    return _call("numpy.sum", found, axis)


def _turned(found: list[Piece], order: Sequence[int]) -> list[Piece]:
    if list(order) == [1, 0]:
        return [*found, ".T"]
    return _call("numpy.transpose", found, f", {_axes(order)}")


# --- two arrays --------------------------------------------------------------------


def _product(node: Expr) -> list[Piece]:
    """A product with @, an outer product, else an einsum."""
    spec = node.value
    return (
        _matmul(node.args, spec.inputs, spec.output)
        or _outer(node.args, spec.inputs, spec.output)
        or _einsum(node.args, spec.inputs, spec.output)[0]
    )


def _matmul(
    args: Sequence[Expr], inputs: Sequence[Labels], out: Labels
) -> list[Piece] | None:
    """a @ b of vectors and matrices that share one label, which is summed over.

    Leading axes that both and the output have are those of several products.
    """
    (a, b), (left, right) = args, inputs
    if len(out) > 2 and left[:-2] == right[:-2] == out[:-2]:
        whole = left[-2:] + right[-2:]
        if (whole[0], whole[3]) == out[-2:] and whole[1] == whole[2]:
            return [(a, ATOM), " @ ", (b, ATOM)]
    shared = set(left) & set(right)
    if len(shared) != 1 or shared & set(out) or max(len(left), len(right)) > 2:
        return None
    (label,) = shared
    if out != tuple(x for x in left + right if x != label):
        (a, b), (left, right) = (b, a), (right, left)
    first: list[Piece] = [(a, ATOM), ".T" if left[-1] != label else ""]
    second: list[Piece] = [(b, ATOM), ".T" if right[0] != label else ""]
    return [*first, " @ ", *second]


def _outer(
    args: Sequence[Expr], inputs: Sequence[Labels], out: Labels
) -> list[Piece] | None:
    (a, b), (left, right) = args, inputs
    if len(left) != 1 or len(right) != 1 or left == right:
        return None
    if out != left + right:
        a, b = b, a
    return ["numpy.outer(", (a, 0), ", ", (b, 0), ")"]


def _einsum(
    args: Sequence[Expr], inputs: Sequence[Labels], out: Labels
) -> tuple[list[Piece], Labels]:
    """An einsum, and the labels of its result: those of `out` that an operand has."""
    letters = map(letter, count())
    names: dict[int, str] = {}

    def row(labels: Labels) -> str:
        """The letters of labels; each axis of size 1 has its own."""
        names.update(
            (x, next(letters)) for x in dict.fromkeys(labels) if x not in names
        )
        return "".join(next(letters) if x == UNIT else names[x] for x in labels)

    rows = [row(labels) for labels in inputs]
    kept = tuple(x for x in out if x in names)
    text = f"{','.join(rows)}->{''.join(names[x] for x in kept)}"
    found: list[Piece] = [f'numpy.einsum("{text}"']
    for arg in args:
        found += [", ", (arg, 0)]
    return [*found, ", optimize=True)" if len(args) > 1 else ")"], kept


# --- other operations --------------------------------------------------------------


def _called(node: Expr) -> list[Piece]:
    """The function of NumPy or SciPy that the row names."""
    before, given, after = ARRAY_OPERATIONS[node.op].numpy.partition("#1")
    if given:
        return [before, (node.args[0], 0), after]
    return [f"{before}(", (node.args[0], 0), ")"]


def _along(node: Expr) -> list[Piece]:
    """A function along axes."""
    head, x, tail = _called(node)
    whole = node.op in REDUCTIONS and len(node.value) == len(node.args[0].dims)
    return [head, x, tail if whole else f", axis={_axes(node.value)})"]


def _onehot(node: Expr) -> list[Piece]:
    return ["numpy.eye(1, ", (node.value, 0), ", ", *_index(node.args[0], ONE), ")[0]"]


def _selector(node: Expr) -> list[Piece]:
    start, steps, size, _ = node.value
    if steps == (1,):
        rows = _count(node.dims[0])
        return ["numpy.eye(", *rows, ", ", *_listed([size, start]), ")"]
    return ["selector(", *_listed([start, steps, *node.dims]), ")"]


def _mask(node: Expr) -> list[Piece]:
    offset, steps = node.value
    if steps == (1, -1):
        sizes = node.dims if node.dims[0] is not node.dims[1] else node.dims[:1]
        if offset is not ZERO:
            sizes = *node.dims, offset
        return ["numpy.tri(", *_listed(sizes), ")"]
    return ["mask(", *_listed([offset, steps, *node.dims]), ")"]


def _count(size: Expr) -> list[Piece]:
    """A size, which is 0 where its expression is negative."""
    if affine(size).never_negative():
        return [(size, 0)]
    return ["max(0, ", (size, 0), ")"]


def _listed(parts: Sequence[Any]) -> list[Piece]:
    """Arguments: expressions, and numbers as Python writes them."""
    found: list[Piece] = []
    for part in parts:
        found += [(part, 0) if isinstance(part, Expr) else repr(part), ", "]
    return found[:-1]


def _along_axis(node: Expr) -> list[Piece]:
    """A function of `calcml.runtime` of an array along an axis."""
    return [f"{node.op}(", *_listed([node.args[0], *node.value]), ")"]


def _part(node: Expr) -> list[Piece]:
    """Basic indexing, by numbers, slices and None for a whole axis."""
    (x,) = node.args
    found: list[Piece] = [(x, ATOM), "["]
    for place, size in zip(node.value, x.dims, strict=False):
        if isinstance(place, Expr):
            found += _index(place, size)
        elif place is not None:
            found += _slice(place, size)
        else:
            found += [":"]
        found += [", "]
    return [*found[:-1], "]"]


def _slice(place: Slice, size: Expr) -> list[Piece]:
    start, stop, step = place
    plain = step > 0 and start is ZERO
    found = [] if plain or start is None else _index(start, size)
    found += [":"]
    if stop is not None and not (step > 0 and stop is size):
        found += _index(stop, size)
    return found if step == 1 else [*found, f":{step}"]


def _index(place: Expr, size: Expr) -> list[Piece]:
    """An index, which NumPy takes only as a whole number; n - 1 counts from the end."""
    if place.op == "number":
        return [(place, 0)]
    if place.op == "sub" and place.args[0] is size and place.args[1].op == "number":
        return ["-", (place.args[1], 0)]
    return ["int(", (place, 0), ")"]


def _reshape(node: Expr) -> list[Piece]:
    return ["numpy.reshape(", (node.args[0], 0), ", ", *_shape(node.dims), ")"]


_FORMS: dict[str, Callable[[Expr], list[Piece]]] = {
    "delta": lambda node: ["numpy.eye(", (node.value, 0), ")"],
    "mask": _mask,
    ARANGE: lambda node: ["numpy.arange(", (node.value, 0), ", dtype=float)"],
    ONEHOT: _onehot,
    "selector": _selector,
    "part": _part,
    **dict.fromkeys(ALONG_AN_AXIS, _along_axis),
    RESHAPE: _reshape,
    **dict.fromkeys(ALONG_AXES, _along),
    **dict.fromkeys(REDUCTIONS, _along),
    **dict.fromkeys(SQUARE_OPERATIONS, _called),
}
