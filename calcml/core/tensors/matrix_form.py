"""Matrix notation: an expression with surface nodes for operations on whole arrays."""

from __future__ import annotations

from typing import Any

from calcml.core.build import add, mul, rebuild
from calcml.core.cost import Cost
from calcml.core.expr import ONE, ZERO, Expr, make, number, walk
from calcml.core.operations import SQRT
from calcml.core.tensors import REDUCTIONS, UNIT, slice_of
from calcml.core.tensors.contraction_form import NoMatrixError, Writer
from calcml.core.tensors.elementwise import is_kernel, is_repeat
from calcml.core.tensors.names import (
    ARANGE,
    EYE,
    MATMUL,
    NORM2,
    ONEHOT,
    ONES,
    RESHAPE,
    SUM,
    TRIL,
    ZEROS,
)
from calcml.core.tensors.surface import called, is_call, negated, surface, times, turned
from calcml.functions.arrays import ALONG_AXES, ARRAY_OPERATIONS, SQUARE_OPERATIONS


def matrix_form(
    root: Expr,
    by_places: bool = False,
    known: dict[bool, dict[Expr, Expr]] | None = None,
) -> Expr:
    """`root` with surface nodes in the place of operations on whole arrays.

    What is made of parts is `known` to several roots. Raises NoMatrixError where a
    tensor of zeros and ones has no matrix notation, unless it may be written
    `by_places`: where(arange(n) == ..., 1, 0).
    """
    columns = len(root.dims) == 2
    done = {} if known is None else known.setdefault(columns, {})
    for node in walk(root):
        if node in done:
            continue
        try:
            args = tuple(done[a] for a in _broadcast(node))
            done[node] = _form(node, args, columns)
        except NoMatrixError:
            if not by_places:
                raise
            done[node] = _by_places(node)
    return done[root]


def operations(root: Expr) -> int:
    """How many operations the matrix form of `root` has, written out."""
    try:
        return Cost()(matrix_form(root))
    except NoMatrixError:
        return Cost()(root)


def _broadcast(node: Expr) -> tuple[Expr, ...]:
    """The arguments, without axes of one element that an operation broadcasts to."""
    if not node.dims or is_kernel(node):
        return node.args
    plain = tuple(a.args[0] if _has_unit_axes(a) else a for a in node.args)
    same = plain == node.args or rebuild(node, plain).dims != node.dims
    return node.args if same else plain


def _has_unit_axes(node: Expr) -> bool:
    """Whether a contraction only puts axes of one element before its operand's."""
    if not is_repeat(node):
        return False
    own = len(node.args[0].dims)
    more = node.value.output[: len(node.dims) - own]
    return node.dims[len(more) :] == node.args[0].dims and {*more} == {UNIT}


def _form(node: Expr, args: tuple[Expr, ...], columns: bool) -> Expr:
    if node.op == "contract":
        if is_repeat(node):
            return _repeated(node, args[0])
        return Writer(node, args, columns).written()
    if node.op == SQRT:
        norm = _norm(args[0])
        if norm is not None:
            return called(NORM2, (norm,), ())
    made = _FORMS.get(node.op)
    if made is not None:
        form: Expr = made(node, args)
        return form
    if node.op == "mul" and any(a.op == MATMUL for a in args):
        return times(*args)
    if node.op == "neg" and args[0].op == MATMUL:
        return negated(args[0])
    return node if args == node.args else rebuild(node, args)


def _repeated(node: Expr, form: Expr) -> Expr:
    """A value repeated along leading axes: times ones, unless it has their shape."""
    if form.dims == node.dims:
        return form
    if form is ZERO:
        return called(ZEROS, node.dims, node.dims)
    ones = called(ONES, node.dims, node.dims)
    return ones if form is ONE else times(form, ones)


def _norm(inside: Expr) -> Expr | None:
    """The array of whose squares `inside` is the sum."""
    if inside.op == MATMUL:
        a, b = inside.args
        if inside.dims in ((), (ONE, ONE)) and turned(b) is a:
            return b
    if is_call(inside, SUM) and not inside.value[1]:
        (x,) = inside.args
        if x.op == "pow" and x.args[1].op == "number" and x.args[1].value == 2:
            return x.args[0]
    return None


def _axis(axes: tuple[int, ...]) -> str:
    return str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"


def _reduced(node: Expr, args: tuple[Expr, ...]) -> Expr:
    name = ARRAY_OPERATIONS[node.op].name
    if is_call(args[0], RESHAPE) and len(node.args[0].dims) == 1:
        return called(name, args[0].args[:1], node.dims)
    whole = len(node.value) == len(args[0].dims)
    options = () if whole else (("axis", _axis(node.value)),)
    return called(name, args, node.dims, options)


def _norm2(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """A norm that the chain rule has made one operation."""
    options = () if not node.dims else (("axis", _axis(node.value)),)
    return called(NORM2, args, node.dims, options)


def _along(node: Expr, args: tuple[Expr, ...]) -> Expr:
    row, rank = ARRAY_OPERATIONS[node.op], len(node.dims)
    usual = range(rank) if row.axis == "all" else (rank - 1,)
    options = () if node.value == tuple(usual) else (("axis", _axis(node.value)),)
    return called(row.name, args, node.dims, options)


def _mask(node: Expr, args: tuple[Expr, ...]) -> Expr:
    offset, steps = node.value
    if steps not in ((1, -1), (-1, 1)):
        raise NoMatrixError
    dims = node.dims if steps == (1, -1) else node.dims[::-1]
    ones = called(ONES, dims, dims)
    below = called(TRIL, (ones, *[offset] * (offset is not ZERO)), dims)
    return below if steps == (1, -1) else turned(below)


def _by_places(node: Expr) -> Expr:
    """A mask, or a selector, as a comparison of places."""
    start, steps, *_ = node.value
    rank = len(node.dims)
    total = start
    for k, step in enumerate(steps):
        count = node.dims[k]
        place = called(ARANGE, (count,), (count,))
        if k < rank - 1:
            dims = (count, *[ONE] * (rank - 1 - k))
            place = called(RESHAPE, (place, *dims), dims)
        total = add(total, mul(number(step), place))
    last = called(ARANGE, node.dims[-1:], node.dims[-1:])
    test = ("ge", ZERO) if node.op == "mask" else ("eq", last)
    return make("where", (make(test[0], (total, test[1])), ONE, ZERO))


def _selector(node: Expr, args: tuple[Expr, ...]) -> Expr:
    if len(node.dims) > 2:
        raise NoMatrixError
    size = node.dims[-1]
    eye = called(EYE, (size,), (size, size))
    return surface("part", (eye,), node.dims, (slice_of(node),))


def _call(node: Expr, args: tuple[Expr, ...]) -> Expr:
    return called(node.op, args, node.dims)


_FORMS: dict[str, Any] = {
    "delta": lambda node, args: called(EYE, (node.value,), node.dims),
    "mask": _mask,
    ARANGE: lambda node, args: called(ARANGE, (node.value,), node.dims),
    ONEHOT: lambda node, args: called(ONEHOT, (*args, node.value), node.dims),
    "selector": _selector,
    NORM2: _norm2,
    RESHAPE: lambda node, args: called(RESHAPE, (*args, *node.value), node.dims),
    **dict.fromkeys(REDUCTIONS, _reduced),
    **dict.fromkeys(ALONG_AXES, _along),
    **dict.fromkeys(SQUARE_OPERATIONS, _call),
}
