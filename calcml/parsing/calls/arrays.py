"""Calls of functions of whole arrays: axes, arguments, definitions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, SupportsIndex

from calcml.core import tensors
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import ZERO, Expr, sizes
from calcml.core.shapes import declaration, shown
from calcml.core.tensors import made
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS, ArrayRow
from calcml.parsing.arguments import Argument, Keyword, brief, by_name, operand
from calcml.parsing.calls.unknown import elsewhere
from calcml.parsing.index_notation import free_indices, is_open


class Axes(NamedTuple):
    """The value of `axis` in a call: one, several, or None for all."""

    axes: tuple[int, ...] | int | None


def ask_for_arrays(
    name: str, arguments: Sequence[Argument], sizes: Callable[[], Collection[str]]
) -> None:
    """ShapeError where a function of arrays gets scalars alone: sum(x), sum(x[i])."""
    row = ARRAY_FUNCTIONS[name]
    plain = [a for a in arguments if isinstance(a, Expr)]
    scalar = name in SPELLINGS and (len(plain) > 1 or not any(map(is_open, plain)))
    if scalar or any(a.dims for a in plain):
        return
    letters = letters_of(plain, sizes)
    if letters and len(plain) <= len(row.params):
        term = brief(next(filter(is_open, plain)), f"x[{letters[0]}]")
        over = f", or {name}({letters[0]}, {term})" * (row.sums or row.averages)
        raise ShapeError(
            f"{term} is one element: write {name} of the whole array{over}"
        )
    if row.axis is not None and not letters:
        told = declaration(*((a, "n") for a in plain[:1]))
        raise ShapeError(f"{name} takes an array{told}")


def letters_of(
    values: Sequence[Expr], sizes: Callable[[], Collection[str]]
) -> list[str]:
    """The indices of the elements in scalars, that no sum binds."""
    found = [free_indices(value, sizes()) for value in values if is_open(value)]
    return sorted(set().union(*found))


Definition = Callable[[str, Mapping[str, Any]], Expr]


def takes(name: str, arguments: Sequence[Argument]) -> bool:
    """Whether a call is one of an array function.

    A name that is a scalar function too, such as max, is one of arrays where it has one
    argument that is an array.
    """
    row = ARRAY_FUNCTIONS.get(name)
    if row is None:
        return False
    plain = [a for a in arguments if isinstance(a, Expr)]
    if name not in SPELLINGS:
        return True
    return len(plain) == 1 and bool(plain[0].dims)


def call(name: str, arguments: Sequence[Argument], define: Definition) -> Expr:
    """The expression that a call of an array function stands for.

    `define` reads a row's own text. Raises ParseError for a wrong number of arguments,
    ShapeError for arguments of a shape that does not fit.
    """
    row = ARRAY_FUNCTIONS[name]
    plain = [a for a in arguments if not isinstance(a, Keyword)]
    options = by_name(name, arguments)
    if not all(isinstance(a, Expr) for a in plain):
        plain = _sizes_of_pair(row, plain)
    args = [a for a in plain if isinstance(a, Expr)]
    if row.sums and len(args) > 1 and not options:
        raise _uncounted(row, args, name)
    for param in row.params[len(args) :]:
        given = options.pop(param, row.defaults.get(param))
        if given is None:
            break
        args.append(given if isinstance(given, Expr) else define(str(given), {}))
    _counted(row, args, name)
    axis: Any = Axes(row.axis if isinstance(row.axis, int) else None)
    axis = axis if row.axis is None else options.pop("axis", axis)
    keep = row.reduces and _flag(name, options.pop("keepdims", ZERO))
    if options:
        unknown = min(options) or "in quotes"
        raise ParseError(f"{name} has no argument {unknown}; it is {row.signature}")
    if row.sizes:
        first = row.params.index(row.sizes)
        sized: Expr = getattr(made, row.build)(
            *args[:first], tuple(map(_size, args[first:]))
        )
        return sized
    axes = _axes(axis)
    if row.by:
        if row.axis is not None and args[0].dims:
            tensors.axes_of(args[0], axes, name)  # so errors are of this text
        names = dict(zip(row.params, args, strict=True)) | {"axis": Axes(axes)}
        built = define(row.by, names)
    elif row.axis is not None:
        built = _along(row, args, axes, define)
    else:
        x = tensors.square(args[0], name) if row.takes else args[0]
        if row.build:
            built = getattr(made, row.build)(*args)
        else:
            dims = x.dims if row.keeps_shape else x.dims[:-2]
            built = tensors.array(row.op, (x,), None, dims)
    return _kept(built, args[0], axes, row) if keep else built


def einsum(arguments: Sequence[Argument]) -> Expr:
    """einsum("ij,jk->ik", A, B)."""
    first, *rest = arguments or [Keyword("", None)]
    if not isinstance(first, Keyword) or not isinstance(first.value, str):
        raise ParseError('einsum begins with its text: einsum("ij,jk->ik", A, B)')
    return tensors.einsum(first.value, [operand(a) for a in rest])


def _flag(name: str, value: Any) -> bool:
    """Whether keepdims is on: 1 or True, 0 or False, as a value or in a text."""
    if isinstance(value, Expr):
        value = value.text if value.op == "number" else value.value
    written = str(value).lower() if isinstance(value, (int, str)) else ""
    if written not in _FLAGS:
        raise ParseError(f"{name}: keepdims is True or False")
    return _FLAGS[written]


_FLAGS = {"1": True, "true": True, "0": False, "false": False}


def _counted(row: ArrayRow, args: Sequence[Expr], name: str) -> None:
    least = len(row.params)
    if not least <= len(args) <= max(least, row.most):
        raise _uncounted(row, args, name)


def _uncounted(row: ArrayRow, args: Sequence[Expr], name: str) -> ParseError:
    """The error for a wrong number of arguments; a last one may be meant as an axis."""
    least = len(row.params)
    what = f"{row.name} takes {least} argument{'s' * (least > 1)}, got {len(args)}"
    written = elsewhere(name, args) if len(args) > least else ""
    if written:
        return ParseError(f"{what}: write {written}")
    if row.axis is not None and len(args) == least + 1 and args[-1].op == "number":
        shown = [*map(str, args[:-1]), f"axis={args[-1]}"]
        return ParseError(f"{what}; for an axis: write {row.name}({', '.join(shown)})")
    if row.sums:
        return ParseError(
            f"{row.name} takes an array, or an index and a term: {row.name}(i, term), "
            f"with bounds {row.name}(i, low, high, term)"
        )
    return ParseError(f"{what}. It is {row.signature}.")


def _axes(axis: Any) -> tuple[int, ...] | int | None:
    """Axes from a call: a number, a tuple, or None."""
    if isinstance(axis, Axes):
        return axis.axes
    if isinstance(axis, SupportsIndex):
        return int(axis)
    if isinstance(axis, Expr) and axis.op == "symbol" and axis.value == "None":
        return None
    if isinstance(axis, tuple):
        return tuple(int(_axes(a)) for a in axis)  # type: ignore[arg-type]
    if isinstance(axis, Expr) and axis.op == "number" and axis.value == int(axis.value):
        return int(axis.value)
    raise ParseError("axis is a whole number, a pair such as (0, 1), or None")


def _sizes_of_pair(row: ArrayRow, plain: Sequence[Any]) -> list[Any]:
    """ones((m, n)) as ones(m, n)."""
    if row.is_sized and len(plain) == 1 and isinstance(plain[0], tuple):
        return list(plain[0])
    raise ParseError(f"{row.name} takes no pairs; it is {row.signature}")


def _kept(built: Expr, x: Expr, axes: Any, row: ArrayRow) -> Expr:
    """A reduction with its axes kept, of size 1."""
    return tensors.with_units(built, tensors.axes_of(x, axes, row.name))


def _along(row: ArrayRow, args: Sequence[Expr], axes: Any, define: Definition) -> Expr:
    """A function along axes, of arrays that have one."""
    x, *rest = args
    found = tensors.axes_of(x, axes, row.name)
    if not found and isinstance(row.axis, int):
        raise ShapeError(f"{row.name} takes an array; a scalar has no axis")
    built: Expr | None = getattr(made, row.build)(row, x, found, *rest)
    if built is None:
        return tensors.filled(define(row.single, {"x": x}), x.dims)
    return built


def _size(node: Expr) -> Expr:
    if node.dims or node.op == "symbol" and not node.value:
        raise ShapeError(f"a size is a number or a name, not {shown(node.dims)}")
    found: Expr = sizes((node,))[0]
    return found
