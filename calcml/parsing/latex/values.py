"""Values as LaTeX has them: rows, ones and identities whose size the rest tells."""

from __future__ import annotations

from typing import NamedTuple

from calcml.core import build, tensors
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import LIGHT, Expr, number
from calcml.core.shapes import shown
from calcml.core.tensors.names import SUM
from calcml.parsing.arguments import Argument, Keyword, operand
from calcml.parsing.calls.arrays import call
from calcml.parsing.parser import defined


class Turned(NamedTuple):
    r"""What is no column, matrix or scalar: a "row" x^\top, or c times others.

    These are ones, "fill", their row, "fill row", and an "identity"; `node` is c.
    """

    node: Expr
    kind: str


Value = Expr | Turned
_KNOWN = {
    "row": "a row",
    "fill": r"\mathbf{1}",
    "fill row": r"\mathbf{1}",
    "identity": "I",
}


def plain(a: Value) -> Expr:
    """A value that stands alone; ParseError for ones whose number nothing tells."""
    if not isinstance(a, Turned):
        return operand(a)
    if a.kind == "row":
        return a.node
    raise ParseError(
        f"the size of {_KNOWN[a.kind]} is not told here: it stands beside an array, as "
        r"in \mathbf{1}^\top x or A + \lambda I"
    )


def turned(a: Value, name: str) -> Value:
    """The transpose of a value; of a scalar there are two readings."""
    if isinstance(a, Turned):
        if a.kind == "row":
            return a.node
        kinds = {"fill": "fill row", "fill row": "fill", "identity": "identity"}
        return a._replace(kind=kinds[a.kind])
    if len(operand(a).dims) == 2:
        return tensors.transpose(a)
    if len(a.dims) == 1:
        return Turned(a, "row")
    if a.dims:
        raise ShapeError("only vectors and matrices are transposed")
    told = f', or "{name}": "" for a power' * (name == "T")
    raise ParseError(
        f'{a} has no shape; declare one for its transpose, as in {{"{a}": "n"}}{told}'
    )


def summed(sign: str, a: Value, b: Value) -> Value:
    """A sum or a difference, in which ones and identities get their size."""
    light = LIGHT[sign]
    if isinstance(a, Turned) and isinstance(b, Turned) and a.kind == b.kind:
        return a._replace(node=light(a.node, b.node))
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Turned) and one.kind != "row":
            array = other.node if isinstance(other, Turned) else operand(other)
            full = _sized(one, array)
            first, second = (full, array) if one is a else (array, full)
            made = light(first, second)
            return Turned(made, "row") if isinstance(other, Turned) else made
    if isinstance(a, Turned) or isinstance(b, Turned):
        one, other = (a, b) if isinstance(a, Turned) else (b, a)
        if isinstance(other, Expr) and len(other.dims) == 1:
            raise ShapeError("a row and a column are added; transpose one of them")
        made = light(plain(a), plain(b))
        return Turned(made, "row") if len(made.dims) == 1 else made
    return light(operand(a), operand(b))


def _sized(one: Turned, array: Expr) -> Expr:
    if one.kind == "identity":
        if len(array.dims) != 2:
            raise ShapeError("the identity stands beside a square matrix here")
        return build.mul(one.node, tensors.delta(array.dims[0]))
    if not array.dims:
        raise plain_error()
    return one.node


def plain_error() -> ShapeError:
    return ShapeError("ones stand beside an array, whose size they have")


def scaled(sign: str, a: Value, b: Value) -> Value:
    """A product or a quotient of which one is a scalar, or by elements."""
    light = LIGHT[sign]
    if isinstance(a, Turned):
        return a._replace(node=light(a.node, plain(b)))
    if isinstance(b, Turned):
        if sign == "div":
            raise ShapeError("one divides by a scalar")
        return b._replace(node=light(operand(a), b.node))
    return light(operand(a), operand(b))


def scalar(a: Value) -> bool:
    return isinstance(a, Expr) and not a.dims


def product(a: Value, b: Value, dot: bool = False) -> Value:
    r"""The product of two values side by side: of matrices, rows and columns.

    Of two columns \cdot is the inner product.
    """
    if scalar(a) or scalar(b):
        return scaled("mul", a, b)
    if isinstance(a, Turned) and a.kind == "identity":
        return scaled("mul", a.node, b)
    if isinstance(b, Turned) and b.kind == "identity":
        return scaled("mul", a, b.node)
    if isinstance(a, Turned):
        if isinstance(b, Turned):
            raise ShapeError("a row stands before a row; transpose one of them")
        if a.kind == "row":
            made = tensors.matmul(a.node, b)
        else:
            made = build.mul(a.node, _over(b, 0))
        return Turned(made, "row") if made.dims else made
    assert isinstance(a, Expr)
    if isinstance(b, Turned):
        if b.kind == "row" and len(a.dims) == 1:
            return tensors.outer(a, b.node)
        if b.kind == "fill" and len(a.dims) == 2:
            return build.mul(b.node, _over(a, 1))
        raise ShapeError(f"{_KNOWN[b.kind]} cannot stand behind {shown(a.dims)} here")
    assert isinstance(b, Expr)
    if len(a.dims) == len(b.dims) == 1 and not dot:
        raise ParseError(
            f"two columns stand side by side: write {a}^\\top {b} for a number, "
            f"{a} \\odot {b} element by element"
        )
    return tensors.matmul(a, b)


def _over(x: Expr, axis: int) -> Expr:
    """The sum over an axis."""
    given: list[Argument] = [x]
    if len(x.dims) > 1:
        given.append(Keyword("axis", number(axis)))
    return call(SUM, given, defined)
