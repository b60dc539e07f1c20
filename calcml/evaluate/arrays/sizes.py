"""What the names of sizes stand for, by the shapes of given arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calcml.core.affine import one_at_least_0
from calcml.core.build import substitute
from calcml.core.errors import ShapeError
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, number, symbol
from calcml.core.shapes import Dims, shown
from calcml.core.tensors import Spec
from calcml.evaluate.arrays.grid import Shape

Sizes = Mapping[str, int]


def bound_sizes(
    variables: Iterable[Expr],
    shapes: Mapping[str, Shape],
    known: Sizes | None = None,
) -> dict[str, int]:
    """The number for each name of a size, by the `shapes` of the variables' values.

    `known` holds numbers that are given beside them. Raises ShapeError where a value
    has another number of axes than its variable, and where two shapes disagree.
    """
    variables = list(variables)
    sizes = dict(known or {})
    first = dict.fromkeys(sizes, "the value given for it")
    for variable in variables:
        name, shape = variable.value, shapes[variable.value]
        if len(shape) != len(variable.dims):
            raise _differs(variable, shape)
        for size, actual in zip(variable.dims, shape, strict=True):
            if size.op != "symbol":
                continue
            if sizes.setdefault(size.value, actual) != actual:
                raise ShapeError(
                    f"{name} has the shape {_tuple(shape)}, so {size} is {actual}; by "
                    f"{first[size.value]} it is {sizes[size.value]}"
                )
            first.setdefault(size.value, f"the shape of {name}")
    for variable in variables:
        shape = shapes[variable.value]
        if shape_of(variable.dims, sizes) != shape:
            raise _differs(variable, shape)
    return sizes


def _differs(variable: Expr, shape: Shape) -> ShapeError:
    return ShapeError(
        f"{variable.value} is declared with the shape {shown(variable.dims)}, and its "
        f"value has the shape {_tuple(shape)}"
    )


def _tuple(shape: Shape) -> str:
    return shown(tuple(map(number, shape)))


def whole(size: Expr, sizes: Sizes) -> int:
    """The number that a size is; ShapeError where a name in it has no number."""
    if size.op == "number":
        return int(size.value)
    if size.op == "symbol" and size.value in sizes:
        return sizes[size.value]
    unknown = sorted(size.free_symbols - set(sizes))
    if unknown:
        raise ShapeError(
            f"the size {', '.join(unknown)} is not known: give it a value, or give an "
            "array that has it"
        )
    put = {symbol(name): number(sizes[name]) for name in size.free_symbols}
    value = evaluate(substitute(size, put))
    if value is None or value != int(value):
        raise ShapeError(f"the size {size} is no whole number")
    return int(value)


def shape_of(dims: Dims, sizes: Sizes) -> Shape:
    """The shape that `dims` are; what would be shorter than nothing is empty."""
    return tuple([max(0, whole(size, sizes)) for size in dims])


def inside(selector: Expr, sizes: Sizes) -> None:
    """ShapeError where a selector takes places beyond its axis."""
    start, steps, size, conditions = selector.value
    counts = shape_of(selector.dims[:-1], sizes)
    if not all(counts):
        return
    for group in conditions:
        if all(whole(part, sizes) < 0 for part in group):
            told = one_at_least_0(group)
            at = ", ".join(
                f"{name} = {sizes[name]}"
                for name in sorted({n for part in group for n in part.free_symbols})
            )
            if steps == (1,):
                first = whole(start, sizes)
                raise ShapeError(
                    f"the slice {first}:{first + counts[0]} is beyond an axis of size "
                    f"{whole(size, sizes)}"
                )
            raise ShapeError(
                f"places beyond an axis of size {size} are taken: {told} does not hold "
                f"at {at or 'these numbers'}"
            )


def sizes_in(nodes: Iterable[Expr]) -> list[Expr]:
    """The sizes that occur in shapes and in what array operations need."""
    found: dict[Expr, None] = {}
    for node in nodes:
        found.update(dict.fromkeys(node.dims))
        value = node.value
        if isinstance(value, Spec):
            found.update(dict.fromkeys(value.sizes))
        elif isinstance(value, tuple) and node.op != "formal":
            stack = list(value)
            while stack:
                part = stack.pop()
                if isinstance(part, tuple):
                    stack += part
                elif isinstance(part, Expr):
                    found[part] = None
    return list(found)
