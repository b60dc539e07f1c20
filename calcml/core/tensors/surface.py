"""Surface nodes: what is written and not calculated with.

"matmul" is a product with @, "turned" a transpose, "written" a call spelled in its
value as (name, options), "part" an indexing, "einsum" a contraction spelled out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from calcml.core.build import div, mul, neg
from calcml.core.expr import ONE, Expr, intern, walk
from calcml.core.shapes import Dims, is_unit
from calcml.core.tensors.names import DIAG, EYE, INV, MATMUL, SUM
from calcml.functions.arrays import ARRAY_OPERATIONS


def surface(op: str, args: tuple[Expr, ...], dims: Dims, value: Any = None) -> Expr:
    """A surface node; its shape says how it broadcasts."""
    return intern(op, (args, value, dims), args, value, "", dims)


def called(
    name: str, args: tuple[Expr, ...], dims: Dims, options: tuple[Any, ...] = ()
) -> Expr:
    """The written call name(args, option=value)."""
    return surface("written", args, dims, (name, options))


def is_call(node: Expr, name: str) -> bool:
    """Whether a node is a written call of `name`."""
    return node.op == "written" and node.value[0] == name


def matmul(a: Expr, b: Expr, dims: Dims) -> Expr:
    """a @ b, the signs of both in front of the whole."""
    if b.op == "neg":
        return negated(matmul(a, b.args[0], dims))
    return surface(MATMUL, (a, b), dims)


def negated(x: Expr) -> Expr:
    """-x, the sign at the first factor: -A @ B for -(A @ B)."""
    if x.op == MATMUL:
        return matmul(negated(x.args[0]), x.args[1], x.dims)
    return neg(x)


def turned(x: Expr) -> Expr:
    """x.T: of a transpose the matrix itself, of a product that of the transposes."""
    if x.op == "turned":
        return x.args[0]
    if len(x.dims) < 2 or is_symmetric(x):
        return x
    if x.op == "neg":
        return neg(turned(x.args[0]))
    dims = x.dims[::-1]
    if is_call(x, SUM) and len(x.value[1]) == 2:  # sums that kept their axis
        flat = called(
            SUM, x.args, tuple(d for d in dims if not is_unit(d)), x.value[1][:1]
        )
        return surface("part", (flat,), dims, "row" if is_unit(dims[0]) else "column")
    if x.op == MATMUL and all(len(a.dims) == 2 for a in x.args):
        a, b = x.args
        return matmul(turned(b), turned(a), dims)
    return surface("turned", (x,), dims)


def is_symmetric(x: Expr) -> bool:
    """Whether a written matrix is plainly its own transpose: A + A.T, A.T @ A."""
    while is_call(x, INV):
        x = x.args[0]
    if is_call(x, EYE) or is_call(x, DIAG):
        return len(x.dims) == 2
    if x.op in ("add", "mul"):
        a, b = x.args
        for one, other in ((a, b), (b, a)):
            if one.op == "turned" and one.args[0] is other:
                return True
    if x.op == MATMUL:
        a, b = x.args
        return (
            a.op == "turned" and a.args[0] is b or b.op == "turned" and b.args[0] is a
        )
    return False


def times(a: Expr, b: Expr) -> Expr:
    """a*b, written with the sign in front, scalars first and as one fraction."""
    if a is ONE:
        return b
    if b is ONE:
        return a
    if b.op == "neg":
        return negated(times(a, b.args[0]))
    if a.op == "neg":
        return negated(times(a.args[0], b))
    if b.op == "div" and b.args[0] is ONE:
        return div(a, b.args[1])
    if a.op == "div" and a.args[0] is ONE:
        return div(b, a.args[1])
    if b.op == MATMUL and not a.dims and a.op != MATMUL:
        first, second = b.args
        return matmul(times(a, first), second, b.dims)
    if a.dims and not b.dims and a.op == MATMUL:
        return times(b, a)
    return mul(a, b)


def lettered(root: Expr) -> dict[Expr, str]:
    """Letters for written calls that occur more than once and whose rows have one."""
    nodes = walk(root)
    uses: Counter[Expr] = Counter(a for node in nodes for a in node.args)
    taken = {n.value for n in nodes if n.op == "symbol"}
    found: dict[Expr, str] = {}
    for node in nodes:
        row = ARRAY_OPERATIONS.get(node.value[0]) if node.op == "written" else None
        letter = row.letter if row is not None and uses[node] > 1 else ""
        if letter and letter not in taken:
            found[node] = letter
            taken.add(letter)
    return found
