"""The verifier of graphs: each node as `calcml.core.spec` says in words.

A check takes a node and gives the shape that it must have; it raises ValueError with
what the node needs where its arguments or its value are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from calcml.core.expr import ARRAYS, CONDITIONS, ONE, Expr, walk
from calcml.core.shapes import Dims, broadcast, is_unit, shown
from calcml.core.spec import EXPRESSION, NODES
from calcml.core.tensors import UNIT, Slice, Spec, product
from calcml.functions import CONSTANTS, FUNCTIONS
from calcml.functions.arrays import ARRAY_FUNCTIONS, ARRAY_OPERATIONS


def ask(holds: object, what: str) -> None:
    """Raise ValueError with what a node needs, unless it has it."""
    if not holds:
        raise ValueError(what)


def _plain(part: Expr, *, count: int | None = None) -> tuple[Expr, ...]:
    """The arguments, which must be `count` values and no conditions."""
    ask(count is None or len(part.args) == count, f"{count} arguments")
    ask(all(a.op not in CONDITIONS for a in part.args), "no condition as an argument")
    return part.args


# --- leaves ------------------------------------------------------------------------


def number(part: Expr) -> Dims:
    """An exact number, as text and as value."""
    value = part.value
    ask(not part.args, "no arguments")
    ask(type(value) in (int, Fraction), "an int or a Fraction")
    ask(Fraction(part.text) == value, "a text that reads as the value")
    return ()


def symbol(part: Expr) -> Dims:
    """A variable; its shape is any."""
    ask(not part.args and isinstance(part.value, str) and part.value, "a name")
    return part.dims


def constant(part: Expr) -> Dims:
    """A constant of the table."""
    ask(not part.args and part.value in CONSTANTS, "the name of a constant")
    return ()


def formal(part: Expr) -> Dims:
    """An unknown function of scalars."""
    name, orders = part.value
    ask(isinstance(name, str) and name, "a name")
    ask(part.args and len(orders) == len(part.args), "an order for each argument")
    ask(all(type(k) is int and k >= 0 for k in orders), "orders from 0")
    ask(all(not a.dims for a in _plain(part)), "scalars as arguments")
    return ()


# --- operators and functions: the rows of the function table -------------------------


def row(part: Expr) -> Dims:
    """An operator or a function of the table, element by element."""
    _row(part)
    return broadcast([a.dims for a in part.args])


def row_in_books(part: Expr) -> Dims:
    """The same where nothing is broadcast, and a vector is a column."""
    _row(part)
    shapes = {_sides(a.dims) for a in part.args if a.op != "number" or a.value != 0}
    ask({*shapes, ()} <= {_sides(part.dims), ()}, "operands of its shape, or numbers")
    return part.dims


def _sides(dims: Dims) -> Dims:
    rows_and_columns = (*dims, ONE, ONE)[:2] if len(dims) < 3 else dims
    return () if all(map(is_unit, dims)) else rows_and_columns


def _row(part: Expr) -> None:
    found, args = FUNCTIONS[part.op], part.args
    least = len(found.params)
    ask(len(args) == least or found.variadic and len(args) > least, "other arguments")
    ask(part.value is None, "no value")
    logical = found.op in ("and", "or", "not")
    for k, arg in enumerate(args):
        wanted = logical or found.params[min(k, least - 1)] == "condition"
        what = "a condition" if wanted else "a value"
        ask((arg.op in CONDITIONS) == wanted, f"{what} as argument {k}")


# --- operations on whole arrays ----------------------------------------------------


def contract(part: Expr) -> Dims:
    """An einsum whose labels are in normal order."""
    spec, args = part.value, _plain(part)
    ask(isinstance(spec, Spec) and args, "a Spec and operands")
    ask(len(spec.inputs) == len(args), "labels for each operand")
    known = [*spec.output, *(label for labels in spec.inputs for label in labels)]
    first = list(dict.fromkeys(label for label in known if label != UNIT))
    ask(first == list(range(len(spec.sizes))), "labels numbered by their first place")
    ask(all(not is_unit(size) for size in spec.sizes), "no label of size 1")
    for arg, labels in zip(args, spec.inputs, strict=True):
        dims = _sizes(labels, spec)
        ask(
            dims == arg.dims,
            f"an operand of shape {shown(dims)}, not {shown(arg.dims)}",
        )
    if len(args) > 1:
        ask(ONE not in args, "no factor 1")
    return _sizes(spec.output, spec)


def _sizes(labels: tuple[int, ...], spec: Spec) -> Dims:
    return tuple(ONE if label == UNIT else spec.sizes[label] for label in labels)


def unit_matrix(part: Expr) -> Dims:
    """A square matrix of a size, made of nothing."""
    ask(not part.args and isinstance(part.value, Expr), "a size as its value")
    return part.value, part.value


def selector(part: Expr) -> Dims:
    """Places on an axis by one or more indices."""
    start, steps, size, conditions = part.value
    ask(not part.args and not start.dims, "no arguments and a first place")
    ask(steps and len(steps) == len(part.dims) - 1, "a step for each other axis")
    ask(all(type(x) is int for x in steps), "whole steps")
    ask(all(group for group in conditions), "no empty group of conditions")
    return *part.dims[:-1], size


def mask(part: Expr) -> Dims:
    """A choice of indices."""
    offset, steps = part.value
    ask(not part.args and not offset.dims, "no arguments and an offset")
    ask(steps and len(steps) == len(part.dims), "a step for each axis")
    return part.dims


def arange(part: Expr) -> Dims:
    """The numbers 0, 1, ... of a size."""
    ask(not part.args and isinstance(part.value, Expr), "a size as its value")
    return (part.value,)


def onehot(part: Expr) -> Dims:
    """A unit vector."""
    (place,) = _plain(part, count=1)
    ask(not place.dims, "a scalar as its place")
    return (part.value,)


def reshape(part: Expr) -> Dims:
    """The same elements in another shape."""
    (x,) = _plain(part, count=1)
    ask(product(x.dims) is product(part.value), "as many elements as the argument")
    return tuple(part.value)


def square(part: Expr) -> Dims:
    """A function of square matrices: a matrix, or a number for each."""
    (x,) = _plain(part, count=1)
    ask(len(x.dims) >= 2 and x.dims[-1] is x.dims[-2], "a square matrix")
    ask(part.value is None, "no value")
    return x.dims if ARRAY_OPERATIONS[part.op].keeps_shape else x.dims[:-2]


def along_axes(part: Expr) -> Dims:
    """A reduction over axes, or an operation along them."""
    (x,) = _plain(part, count=1)
    axes, rank = part.value, len(x.dims)
    ask(axes and sorted({*axes}) == list(axes), "axes in order")
    ask(all(0 <= k < rank for k in axes), "axes of its argument")
    if ARRAY_OPERATIONS[part.op].keeps_shape:
        return x.dims
    return tuple(size for k, size in enumerate(x.dims) if k not in axes)


# --- index notation: while a text is read, and while one is written ------------------


def at(part: Expr) -> Dims:
    """An element of an array."""
    x, *indices = _plain(part)
    ask(len(indices) == len(x.dims), "an index for each axis")
    ask(all(not i.dims for i in indices), "scalars as indices")
    return ()


def kronecker(part: Expr) -> Dims:
    """A delta of two indices."""
    indices = _plain(part, count=2)
    ask(all(i.op == "symbol" and not i.dims for i in indices), "two names of indices")
    return ()


def bound(part: Expr) -> Dims:
    """A sum or a reduction over an index."""
    index, *bounds, body = _plain(part)
    ask(index.op == "symbol" and not index.dims, "a name as its index")
    ask(len(bounds) in (0, 2), "no bounds, or two")
    ask(not any(x.dims for x in (*bounds, body)), "scalars below it")
    return ()


# --- steps: derivatives that are still to be taken -----------------------------------


def derivative(part: Expr) -> Dims:
    """A derivative of a scalar that is to be taken."""
    f, x = _plain(part, count=2)
    ask(not f.dims and x.op == "symbol", "a scalar and a variable")
    return ()


def prime(part: Expr) -> Dims:
    """The derivative of what has a name."""
    (u,) = _plain(part, count=1)
    ask(u.op == "symbol", "the name of an inner function")
    return ()


# --- the surface: matrix notation, written and not calculated with --------------------
# A shape says how a node broadcasts; books write more than NumPy does.


def as_said(part: Expr) -> Dims:
    """What is written as it is said to be."""
    _plain(part)
    ask(part.args, "arguments")
    return part.dims


def written(part: Expr) -> Dims:
    """A call of a function of arrays by its name."""
    name, options = part.value
    ask(name in ARRAY_FUNCTIONS, "the name of a function of arrays")
    ask(all(len(o) == 2 and all(map(_is_text, o)) for o in options), "texts as options")
    _plain(part)
    return part.dims


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def part(part: Expr) -> Dims:
    """An indexing."""
    (x,) = _plain(part, count=1)
    if _is_text(part.value):
        ask(part.value.split()[-1] in ("row", "column"), "a row or a column")
        return part.dims
    ask(len(part.value) <= len(x.dims), "an index for an axis")
    for index in part.value:
        pair = isinstance(index, Slice)
        ask(index is None or pair or isinstance(index, Expr), "indices or slices")
    return part.dims


def elements(part: Expr) -> Dims:
    """An array by its elements."""
    element, *indices = part.value
    ask(not part.args and not element.dims, "a scalar as its value")
    ask(all(x.op in ("symbol", "number") for x in indices), "names of indices")
    return part.dims


def einsum(part: Expr) -> Dims:
    """A contraction spelled out."""
    rows, _, _ = part.value.partition("->")
    ranks = [len(row) for row in rows.split(",")]
    ask(ranks == [len(a.dims) for a in part.args], "a letter for each axis")
    return part.dims


# --- graphs --------------------------------------------------------------------------

BOOKS = "books"  # surface nodes, of which none is broadcast
CHECKS: dict[str, Callable[[Expr], Dims]] = {
    "delta": unit_matrix,
    "lower_ones": unit_matrix,
    **dict.fromkeys(("matmul", "turned", "odot", "oslash", "otimes"), as_said),
    **{op: bound for op in NODES if op.endswith(("_over", "_index"))},
    **{op: check for op in NODES if callable(check := globals().get(op))},
}


def check_of(op: str) -> Callable[[Expr], Dims] | None:
    """The check of an operation; None for one that there is not."""
    if op in NODES:
        return CHECKS[op]
    if op in FUNCTIONS:
        return row
    if op not in ARRAY_OPERATIONS or op not in ARRAYS:
        return None  # none, or made of other operations
    return square if ARRAY_OPERATIONS[op].takes else along_axes


def verify(root: Expr, *stages: str) -> None:
    """Raise ValueError, with the node, where a graph is not legal.

    Nodes of an expression are legal everywhere, those of other `stages` where these
    are named. Sizes and the expressions inside values are verified, too.
    """
    seen: set[Expr] = set()
    pending = [root]
    while pending:
        for part in walk(pending.pop()):
            if part in seen:
                continue
            seen.add(part)
            _verify_one(part, stages)
            pending += [e for e in _inside((part.dims, part.value)) if e not in seen]


def _verify_one(part: Expr, stages: tuple[str, ...]) -> None:
    check, spec = check_of(part.op), NODES.get(part.op)
    stage = EXPRESSION if spec is None else spec.stage
    if BOOKS in stages and check is row:
        check = row_in_books
    if check is None or stage not in (EXPRESSION, *stages):
        raise ValueError(f"{part.op} is no operation of {stages or EXPRESSION}")
    try:
        dims = check(part)
        ask(
            len(dims) == len(part.dims)
            and all(a is b for a, b in zip(dims, part.dims, strict=True)),
            f"the shape {shown(dims)}, not {shown(part.dims)}",
        )
        ask(all(not size.dims for size in part.dims), "scalars as sizes")
    except ValueError as wrong:
        told = f"{part.op}, value {part.value!r}"
        raise ValueError(f"{told}: it needs {wrong}") from None


def _inside(value: Any) -> Iterator[Expr]:
    """The expressions in a value: sizes, indices, bounds of slices."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, Expr):
            yield part
        elif isinstance(part, tuple):
            stack += part
