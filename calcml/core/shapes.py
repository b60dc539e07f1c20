"""Shapes: tuples of sizes, and how NumPy broadcasts them.

A size is an expression without a shape of its own: a number, a name, or what is made of
these (`m*n`). Equal sizes are one object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.core.errors import ShapeError

Dims = tuple[Any, ...]


def is_unit(size: Any) -> bool:
    """Whether a size is the number 1."""
    return size.op == "number" and bool(size.value == 1)


def shown(dims: Dims) -> str:
    """A shape as NumPy writes it: (), (n,), (m, n)."""
    inside = ", ".join(map(str, dims))
    return f"({inside},)" if len(dims) == 1 else f"({inside})"


def declaration(*needs: tuple[Any, str]) -> str:
    """The shapes to declare where arrays are needed: "; declare A: m n, x: n".

    `needs` are expressions, each with the shape that it should have; a scalar has it
    from a name in it, where there is one.
    """
    named: dict[str, str] = {}
    for node, shape in needs:
        names = () if node.dims else sorted(node.free_symbols)
        named |= {name: shape for name in names[:1] if name not in named}
    told = ", ".join(f"{name}: {shape}" for name, shape in named.items())
    return f"; declare {told}" if told else ""


def parts(text: str) -> list[str]:
    """The sizes in "m n", "m, n", "(m, n)", "m x n" or "m by n".

    A size that is called x or by stands first, last, or between commas.

    >>> parts("2 x 3"), parts("m, x, n")
    (['2', '3'], ['m', 'x', 'n'])
    """
    inside = text.replace("\u00d7", " x ").strip()
    if inside[:1] + inside[-1:] in ("()", "[]"):
        inside = inside[1:-1].strip()
    if "," in inside:
        return [part.strip() for part in inside.removesuffix(",").split(",")]
    found = inside.split()
    signs = {"x", "X", "by"}.intersection(found[1:-1])
    if not signs:
        return found
    if not signs.issuperset(found[1::2]) or len(found) % 2 == 0:
        raise ShapeError(
            f"{text!r} has {min(signs)} between sizes; write 'm n', and commas where "
            "that is the name of a size: 'm, x, n'"
        )
    return found[::2]


def broadcast(shapes: Sequence[Dims], what: str = "") -> Dims:
    """The common shape of operands, their axes aligned at the right.

    Raises ShapeError, with all shapes, where two sizes differ and none is 1.
    """
    rank = max(map(len, shapes))
    result: list[Any] = []
    for axis in range(-rank, 0):
        size = None
        for dims in shapes:
            if -axis <= len(dims):
                other = dims[axis]
                if size is None or is_unit(size):
                    size = other
                elif other is not size and not is_unit(other):
                    raise mismatch(shapes, what)
        result.append(size)
    return tuple(result)


def mismatch(shapes: Sequence[Dims], what: str = "") -> ShapeError:
    """The error for shapes that do not fit together."""
    listed = " and ".join(shown(dims) for dims in shapes if dims)
    where = f" in {_SIGNS.get(what, what)}" if what else ""
    return ShapeError(f"the shapes {listed} do not fit together{where}")


_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
