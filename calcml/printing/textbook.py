"""Matrix notation as books print it: inner products, diagonals, element-wise signs.

Broadcasting is written out: x @ y is x^T y, a column
times a matrix is diag(v) M, a column added to a matrix v 1^T, a product or quotient
of arrays by elements has a sign of its own.
"""

from __future__ import annotations

from calcml.core.build import mul, neg, rebuild
from calcml.core.expr import ONE, Expr, walk
from calcml.core.shapes import is_unit
from calcml.core.tensors.names import DIAG, INV, MATMUL, ONES, SUM
from calcml.core.tensors.surface import called, is_call, matmul, surface

MARKS = {"mul": "odot", "div": "oslash"}


def mathematical(form: Expr) -> Expr:
    """A form in matrix notation, its broadcasting written out."""
    done: dict[Expr, Expr] = {}
    rows: set[Expr] = set()  # products that begin with a transposed vector
    for node in walk(form):
        args = tuple(done[a] for a in node.args)
        if node.op == MATMUL:
            done[node] = _product(node, args, rows)
        elif node.op in MARKS:
            done[node] = _by_elements(node, args)
        elif node.op in ("add", "sub"):
            pair = zip(node.args, args, strict=True)
            done[node] = _same(node, tuple(_spread(a, x, node) for a, x in pair))
        elif is_call(node, SUM) and dict(node.value[1]).get("keepdims"):
            done[node] = called(SUM, args, node.dims, node.value[1][:1])
        else:
            done[node] = _same(node, args)
    return done[form]


def _same(node: Expr, args: tuple[Expr, ...]) -> Expr:
    if args == node.args:
        return node
    if node.op in (MATMUL, "turned", "written", "part", "einsum"):
        return surface(node.op, args, node.dims, node.value)
    return rebuild(node, args)


def _product(node: Expr, args: tuple[Expr, ...], rows: set[Expr]) -> Expr:
    """A product of matrices; a vector on its left side is transposed."""
    a, b = args
    if len(node.args[0].dims) == 1 and a not in rows:
        sign, a = a.op == "neg", a.args[0] if a.op == "neg" else a
        a = surface("turned", (a,), a.dims)
        a = neg(a) if sign else a
    made = matmul(a, b, node.dims)
    if len(node.args[0].dims) == 1:
        rows.add(made)
    return made


def _vector(node: Expr, form: Expr) -> tuple[str, Expr] | None:
    """Whether a factor is a row or a column, repeated, and the vector that it holds."""
    if len(node.dims) == 1:
        return "row", form
    if len(node.dims) == 2 and is_unit(node.dims[1]) and not is_unit(node.dims[0]):
        return "column", form.args[0] if node.op == "part" else form
    return None


def _by_elements(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """A product or a quotient by elements: of a vector and a matrix, by a diagonal."""
    a, b = node.args
    if not a.dims or not b.dims:
        return _same(node, args)
    if node.op == "mul" and args[0].op == "mul" and not args[0].args[0].dims:
        scale, first = args[0].args
        return mul(scale, _by_elements(mul(a.args[1], b), (first, args[1])))
    if len(node.dims) == 2 and not any(map(is_unit, node.dims)):
        for k, (one, other) in enumerate(((a, b), (b, a))):
            found = _vector(one, args[k])
            if found is None or other.dims != node.dims or (node.op == "div" and not k):
                continue
            side, vector = found
            size = node.dims[0 if side == "column" else 1]
            diagonal = called(DIAG, (vector,), (size, size))
            if node.op == "div":
                diagonal = called(INV, (diagonal,), (size, size))
            pair = (diagonal, args[1 - k])
            left, right = pair if side == "column" else pair[::-1]
            return matmul(left, right, node.dims)
    return surface(MARKS[node.op], args, node.dims)


def _spread(node: Expr, form: Expr, whole: Expr) -> Expr:
    """A column that is added to a matrix, times a row of ones."""
    if node.dims == whole.dims or len(whole.dims) != 2:
        return form
    found = _vector(node, form)
    if found is None or found[0] != "column":
        return form
    ones = called(ONES, (whole.dims[1],), (whole.dims[1],))
    row = surface("turned", (ones,), (ONE, whole.dims[1]))
    return matmul(found[1], row, whole.dims)
