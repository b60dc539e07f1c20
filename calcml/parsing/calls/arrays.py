"""Calls of functions of whole arrays: axes, arguments, definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from calcml.core import tensors
from calcml.core.build import mul
from calcml.core.errors import LimitError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import ONE, ZERO, Expr, make, sizes
from calcml.core.shapes import Dims, is_unit, shown
from calcml.functions.arrays import ARRAY_FUNCTIONS, ArrayRow
from calcml.parsing.arguments import Argument, Keyword
from calcml.parsing.index_notation import is_open, reduced, summed

MAX_POWER = 64  # of a matrix, written out as a product


class Axes(NamedTuple):
    """The value of `axis` in a call: one, several, or None for all."""

    axes: tuple[int, ...] | int | None


def ask_for_arrays(name: str, arguments: Sequence[Argument]) -> None:
    """ShapeError where a function along axes gets scalars alone: sum(x) of no array."""
    row = ARRAY_FUNCTIONS[name]
    plain = [a for a in arguments if isinstance(a, Expr)]
    if row.axis is not None and not any(a.dims or is_open(a) for a in plain):
        what = str(plain[0]) if plain and plain[0].op == "symbol" else "x"
        raise ShapeError(f"{name} takes an array; declare its shape, such as {what}: n")


Definition = Callable[[str, Mapping[str, Any]], Expr]


def takes(name: str, arguments: Sequence[Argument]) -> bool:
    """Whether a call is one of an array function.

    A name that is a scalar function too, such as max, is one of arrays where it has one
    argument that is an array, or an index and a term.
    """
    row = ARRAY_FUNCTIONS.get(name)
    if row is None:
        return False
    plain = [a for a in arguments if isinstance(a, Expr)]
    if row.op not in tensors.REDUCTIONS or name == "prod":
        return True
    if len(plain) == 2 and plain[0].op == "symbol" and is_open(plain[1]):
        return _bound(plain[0], plain[1])
    return len(plain) == 1 and bool(plain[0].dims)


def _bound(index: Expr, body: Expr) -> bool:
    from calcml.parsing.index_notation import index_sizes

    return not index.dims and index.value in index_sizes(body)


def call(name: str, arguments: Sequence[Argument], define: Definition) -> Expr:
    """The expression that a call of an array function stands for.

    `define` reads a row's own text. Raises ParseError for a wrong number of arguments,
    ShapeError for arguments of a shape that does not fit.
    """
    row = ARRAY_FUNCTIONS[name]
    plain = [a for a in arguments if not isinstance(a, Keyword)]
    options = {a.name: a.value for a in arguments if isinstance(a, Keyword)}
    if not all(isinstance(a, Expr) for a in plain):
        plain = _sizes_of_pair(row, plain)
    args = [a for a in plain if isinstance(a, Expr)]
    if row.op in ("sum", *tensors.REDUCTIONS) and len(args) == 2 and not options:
        return _indexed(row, args)
    if row.op in _MADE:
        return _MADE[row.op](*_counted(row, args))
    for param in row.params[len(args) :]:
        given = options.pop(param, row.defaults.get(param))
        if given is None:
            break
        args.append(given if isinstance(given, Expr) else define(str(given), {}))
    _counted(row, args)
    axis = options.pop("axis", Axes(row.axis if isinstance(row.axis, int) else None))
    keep = _flag(name, options.pop("keepdims", ZERO))
    if options or (row.axis is None and axis != Axes(None)):
        unknown = min(options, default="axis")
        raise ParseError(f"{name} has no argument {unknown}; it is {row.signature}")
    axes = _axes(axis)
    if row.by:
        names = dict(zip(row.params, args, strict=True)) | {"axis": Axes(axes)}
        made = define(row.by, names)
        return _kept(made, args[0], axes, row) if keep else made
    if row.takes == "square":
        x = tensors.square(args[0], name)
        dims = x.dims if row.op in ("inv", "cholesky") else x.dims[:-2]
        return tensors.array(row.op, (x,), None, dims)
    made = _PRIMITIVES[row.op](row, args, axes)
    return _kept(made, args[0], axes, row) if keep else made


def _flag(name: str, value: Any) -> bool:
    """Whether keepdims is on: 1 or True, 0 or False."""
    for flag, spellings in ((True, (ONE, 1)), (False, (ZERO, 0))):
        if any(value is x or isinstance(value, int) and value == x for x in spellings):
            return flag
    raise ParseError(f"{name}: keepdims is 1 or 0")


def _counted(row: ArrayRow, args: Sequence[Expr]) -> Sequence[Expr]:
    least, most = len(row.params), len(row.params)
    if row.op in ("ones", "zeros"):
        least, most = 1, 8
    if row.op == "eye":
        most = 2
    if row.op == "reshape":
        most = 9
    if not least <= len(args) <= most:
        raise ParseError(
            f"{row.name} takes {least} argument{'s' * (least > 1)}, got {len(args)}. "
            f"It is {row.signature}."
        )
    return args


def _axes(axis: Any) -> tuple[int, ...] | int | None:
    """Axes from a call: a number, a tuple, or None."""
    if isinstance(axis, Axes):
        return axis.axes
    if isinstance(axis, int):
        return axis
    if isinstance(axis, Expr) and axis.op == "symbol" and axis.value == "None":
        return None
    if isinstance(axis, tuple):
        return tuple(int(_axes(a)) for a in axis)  # type: ignore[arg-type]
    if isinstance(axis, Expr) and axis.op == "number" and axis.value == int(axis.value):
        return int(axis.value)
    raise ParseError("axis is a whole number, a pair such as (0, 1), or None")


def _sizes_of_pair(row: ArrayRow, plain: Sequence[Any]) -> list[Any]:
    """ones((m, n)) as ones(m, n)."""
    if row.op in ("ones", "zeros") and len(plain) == 1 and isinstance(plain[0], tuple):
        return list(plain[0])
    raise ParseError(f"{row.name} takes no pairs; it is {row.signature}")


def _indexed(row: ArrayRow, args: Sequence[Expr]) -> Expr:
    """sum(i, exp(z[i])): the first argument is the index."""
    index, body = args
    if index.op != "symbol" or index.dims:
        raise ParseError(
            f"{row.name} of two arguments is {row.name}(i, term) over the index i; "
            "for an axis write axis=0"
        )
    if row.op == "sum":
        return summed(str(index.value), body)
    return reduced(row.op, str(index.value), body)


def _kept(made: Expr, x: Expr, axes: Any, row: ArrayRow) -> Expr:
    """A reduction with its axes kept, of size 1."""
    return tensors.with_units(made, tensors.axes_of(x, axes, row.name))


# --- primitives --------------------------------------------------------------------


def _reduce(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x = args[0]
    found = tensors.axes_of(x, axes, row.name)
    if row.op == "sum":
        return tensors.total(x, found)
    if row.op == "logsumexp_over":
        return _plain_axes(row.op, x, found)
    return tensors.flat_reduction(row.op, x, found)


def _plain_axes(op: str, x: Expr, axes: tuple[int, ...]) -> Expr:
    """A reduction over `axes`, those of size 1 dropped by a sum, which does nothing."""
    real = tuple(k for k in axes if not is_unit(x.dims[k]))
    made = tensors.reduction(op, x, real)
    left = [k for k in range(len(x.dims)) if k not in real]
    return tensors.total(made, [left.index(k) for k in axes if k not in real])


def _softmax(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x = args[0]
    found = tensors.axes_of(x, axes, row.name)
    found = tuple(k for k in found if not is_unit(x.dims[k]))
    if not x.dims:
        raise ShapeError("softmax takes an array; a scalar has no axis")
    if not found:
        return tensors.filled(ONE, x.dims)
    return tensors.array("softmax", (x,), found, x.dims)


def _normalize(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x = args[0]
    found = tensors.axes_of(x, axes, row.name)
    real = tuple(k for k in found if not is_unit(x.dims[k]))
    if len(found) < len(x.dims) and len(real) < len(
        [size for size in x.dims if not is_unit(size)]
    ):
        found = real
    return tensors.array(row.op, (x,), found, x.dims) if found else make("sign", (x,))


def _cumsum(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x = args[0]
    (axis,) = tensors.axes_of(x, axes, row.name) or (None,)
    if axis is None:
        raise ShapeError("cumsum takes an array; a scalar has no axis")
    labels: list[Any] = list(range(len(x.dims)))
    out = ["to" if k == axis else k for k in labels]
    known = dict(enumerate(x.dims)) | {"to": x.dims[axis]}
    ones = tensors.lower_ones(x.dims[axis])
    return tensors.contract([(ones, ("to", axis)), (x, labels)], out, known)


def _matrix_power(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x, n = tensors.square(args[0], row.name), args[1]
    if n.op != "number" or n.value != int(n.value):
        raise UnsupportedError("matrix_power takes a whole number as its exponent")
    if abs(n.value) > MAX_POWER:
        raise LimitError(f"matrix_power: an exponent is over {MAX_POWER}")
    if n.value < 0:
        x = tensors.array("inv", (x,), None, x.dims)
    result = x if n.value else tensors.delta(x.dims[-1])
    for _ in range(abs(int(n.value)) - 1):
        result = tensors.matmul(result, x)
    return result


def _tril(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    x = tensors.square(args[0], row.name)
    return mul(tensors.lower_ones(x.dims[-1]), x)


def _lower_half(row: ArrayRow, args: Sequence[Expr], axes: Any) -> Expr:
    from calcml.core.build import sub
    from calcml.core.expr import HALF

    size = tensors.square(args[0], row.name).dims[-1]
    return sub(tensors.lower_ones(size), mul(HALF, tensors.delta(size)))


_PRIMITIVES: dict[str, Callable[[ArrayRow, Sequence[Expr], Any], Expr]] = {
    "sum": _reduce,
    "max_over": _reduce,
    "min_over": _reduce,
    "prod_over": _reduce,
    "logsumexp_over": _reduce,
    "softmax": _softmax,
    "normalize": _normalize,
    "cumsum": _cumsum,
    "matrix_power": _matrix_power,
    "tril": _tril,
    "lower_half": _lower_half,
    "size": lambda row, args, axes: tensors.size_of(
        args[0], tensors.axes_of(args[0], axes, row.name)
    ),
    "rows": lambda row, args, axes: args[0].dims[0] if args[0].dims else ONE,
    "dot": lambda row, args, axes: (
        tensors.matmul(*args) if args[0].dims and args[1].dims else mul(*args)
    ),
    "matmul": lambda row, args, axes: tensors.matmul(*args),
    "outer": lambda row, args, axes: tensors.outer(*map(tensors.without_units, args)),
    "kron": lambda row, args, axes: tensors.kron(*args),
    "transpose": lambda row, args, axes: tensors.transpose(args[0]),
    "diag": lambda row, args, axes: tensors.diag(args[0]),
    "trace": lambda row, args, axes: tensors.trace(args[0]),
}


def _dot(a: Expr, b: Expr) -> Expr:
    return tensors.matmul(a, b) if a.dims and b.dims else mul(a, b)


# --- arrays made of nothing --------------------------------------------------------


def _eye(*args: Expr) -> Expr:
    if len(args) == 2 and args[0] is not args[1]:
        raise UnsupportedError("eye takes one size: eye(n) is square")
    return tensors.delta(_size(args[0]))


def _reshape(x: Expr, dims: Dims) -> Expr:
    if tensors.product(x.dims) is not tensors.product(dims):
        raise ShapeError(
            f"reshape: {shown(x.dims)} and {shown(dims)} have not the same number of "
            "elements"
        )
    return tensors.reshape(x, dims)


def _size(node: Expr) -> Expr:
    if node.dims or node.op == "symbol" and not node.value:
        raise ShapeError(f"a size is a number or a name, not {shown(node.dims)}")
    found: Expr = sizes((node,))[0]
    return found


_MADE: dict[str, Callable[..., Expr]] = {
    "eye": _eye,
    "ones": lambda *args: tensors.filled(ONE, tuple(map(_size, args))),
    "zeros": lambda *args: tensors.filled(ZERO, tuple(map(_size, args))),
    "reshape": lambda x, *sizes: _reshape(x, tuple(map(_size, sizes))),
    "onehot": lambda k, n: tensors.index(tensors.delta(_size(n)), (k,)),
}
