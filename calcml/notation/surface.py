"""Surface nodes: what is written and not calculated with.

"matmul" is a product with @, "turned" a transpose, "written" a call spelled in its
value as (name, options), "part" an indexing, "einsum" a contraction spelled out.
"""

from __future__ import annotations

from typing import Any

from calcml.expr import ONE, Expr, intern
from calcml.light import div, mul, neg
from calcml.shapes import Dims


def surface(op: str, args: tuple[Expr, ...], dims: Dims, value: Any = None) -> Expr:
    """A surface node; its shape says how it broadcasts."""
    return intern(op, (args, value), args, value, "", dims)


def called(
    name: str, args: tuple[Expr, ...], dims: Dims, options: tuple[Any, ...] = ()
) -> Expr:
    """The written call name(args, option=value)."""
    return surface("written", args, dims, (name, options))


def is_call(node: Expr, name: str) -> bool:
    """Whether a node is a written call of `name`."""
    return node.op == "written" and node.value[0] == name


def matmul(a: Expr, b: Expr, dims: Dims) -> Expr:
    """a @ b, a sign or a number in front of the whole."""
    for k, x in enumerate((a, b)):
        if x.op == "neg":
            pair = (x.args[0], b) if k == 0 else (a, x.args[0])
            return neg(matmul(*pair, dims))
    return surface("matmul", (a, b), dims)


def turned(x: Expr) -> Expr:
    """x.T; of a transpose the matrix itself, of a product what has fewer .T."""
    if x.op == "turned":
        return x.args[0]
    if len(x.dims) < 2:
        return x
    if x.op == "neg":
        return neg(turned(x.args[0]))
    dims = x.dims[::-1]
    if x.op == "matmul" and all(len(a.dims) == 2 for a in x.args):
        a, b = x.args
        if "turned" in (a.op, b.op):
            return matmul(turned(b), turned(a), dims)
    return surface("turned", (x,), dims)


def times(a: Expr, b: Expr) -> Expr:
    """a*b, written with the sign in front and as one fraction."""
    if a is ONE:
        return b
    if b is ONE:
        return a
    if b.op == "neg":
        return neg(times(a, b.args[0]))
    if a.op == "neg":
        return neg(times(a.args[0], b))
    if b.op == "div" and b.args[0] is ONE:
        return div(a, b.args[1])
    if a.op == "div" and a.args[0] is ONE:
        return div(b, a.args[1])
    return mul(a, b)
