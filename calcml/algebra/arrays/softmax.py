"""exp(x - logsumexp(x)) read as softmax(x), and sums of exponentials given back."""

from __future__ import annotations

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.product import Product
from calcml.algebra.canonical import tidy
from calcml.core.build import add, div, mul, rebuild, sub
from calcml.core.expr import ONE, ZERO, Expr, make
from calcml.core.operations import EXP
from calcml.core.shapes import is_unit
from calcml.core.tensors import UNIT, array, contract, reduction
from calcml.core.tensors.elementwise import is_kernel, region, replaced, scalar_of
from calcml.core.tensors.names import LOGSUMEXP
from calcml.functions.arrays import ARRAY_OPERATIONS

SOFTMAX = next(r.op for r in ARRAY_OPERATIONS.values() if r.recognised)


def log_sum(p: Product) -> Expr | None:
    """A sum of exponentials as the exponential of a logsumexp."""
    if len(p.factors) != 1 or p.factors[0][0].op != EXP:
        return None
    ((node, labels),) = p.factors
    plain = [x for x in labels if x != UNIT]
    kept = [x for x in p.out if x != UNIT]
    if len(set(plain)) < len(plain) or kept != [x for x in plain if x in kept]:
        return None
    axes = tuple(k for k, x in enumerate(labels) if x not in kept and x != UNIT)
    if not axes or len(node.args[0].dims) != len(labels):
        return None
    inside = reduction(LOGSUMEXP, node.args[0], axes)
    left = [x for k, x in enumerate(labels) if k not in axes]
    return rebuild(node, (contract([(inside, left)], p.out, p.sizes),))


def log_sum_of(kernel: Expr) -> Expr | None:
    """The logsumexp that a kernel is, or that it holds with axes of size 1 put in."""
    if kernel.op == LOGSUMEXP:
        return kernel
    if kernel.op == "contract" and len(kernel.args) == 1:
        inside = kernel.args[0]
        if inside.op == LOGSUMEXP:
            return inside
    return None


def folded(root: Expr, s: Context, sums: bool = True) -> Expr:
    """`root` with exponentials of logsumexps written as softmax, and as `sums`."""
    values = {}
    for node in region(root):
        if node.op != EXP:
            continue
        inner = [k for k in region(node) if is_kernel(k) and log_sum_of(k) is not None]
        for kernel in inner:
            new = _fold(node.args[0], kernel, s, sums)
            if new is not None:
                values[node] = new
                break
    return replaced(root, values) if values else root


def unfolded(root: Expr, s: Context) -> Expr:
    """`root` with sums of exponentials as exponentials of logsumexps."""
    values = {}
    for kernel in region(root):
        if kernel.op == "contract" and [a.op for a in kernel.args] == [EXP]:
            values[kernel] = s.again(kernel)
    return replaced(root, values) if values else root


def with_softmax(root: Expr, s: Context) -> Expr:
    """`root` with exp(x) as softmax(x)*sum(exp(x)), where it has that sum, too."""
    nodes = region(root)
    sums = [
        (node, node.args[0])
        for node in nodes
        if node.op == EXP and is_kernel(node.args[0])
    ]
    values = {}
    for node in nodes:
        for whole, kernel in sums if node.op == EXP else ():
            found = log_sum_of(kernel)
            if found is None or node is whole or not _stands_beside(kernel, found):
                continue
            x = found.args[0]
            inside = node.args[0]
            same = inside.dims == x.dims and _is_zero(sub(inside, x), s)
            if same:
                softmax = array(SOFTMAX, (x,), found.value, x.dims)
                values[node] = mul(softmax, whole)
    return replaced(root, values) if values else root


def _fold(inside: Expr, kernel: Expr, s: Context, sums: bool) -> Expr | None:
    """What exp(inside) is, where `inside` is x - kernel, the kernel or its opposite."""
    found = log_sum_of(kernel)
    assert found is not None
    x, axes = found.args[0], found.value
    if inside is kernel:
        return _sum(kernel, found) if sums else None
    same = inside.dims == kernel.dims
    if sums and same and _is_zero(add(inside, kernel), s):
        return div(ONE, _sum(kernel, found))
    if inside.dims != x.dims or not _stands_beside(kernel, found):
        return None
    if _is_zero(sub(inside, sub(x, kernel)), s):
        return array(SOFTMAX, (x,), axes, x.dims)
    if _is_zero(sub(inside, sub(kernel, x)), s):
        return div(ONE, array(SOFTMAX, (x,), axes, x.dims))
    return None


def _stands_beside(kernel: Expr, found: Expr) -> bool:
    """Whether a logsumexp's axes are where broadcasting puts them beside its array."""
    x, axes = found.args[0], found.value
    full = [UNIT if k in axes or is_unit(d) else k for k, d in enumerate(x.dims)]
    out = _turned(kernel, found, [k for a, k in enumerate(full) if a not in axes])
    ahead = full[: len(full) - len(out)]
    return out == full[len(full) - len(out) :] and all(x == UNIT for x in ahead)


def _sum(kernel: Expr, found: Expr) -> Expr:
    """The sum of the exponentials, with the axes that the kernel has."""
    x, axes = found.args[0], found.value
    out = _turned(kernel, found, [k for k in range(len(x.dims)) if k not in axes])
    sizes = dict(enumerate(x.dims))
    return contract([(make(EXP, (x,)), range(len(x.dims)))], out, sizes)


def _turned(kernel: Expr, found: Expr, left: list[int]) -> list[int]:
    """The labels that a logsumexp has `left`, as the axes of the kernel have them."""
    if kernel is found:
        return left
    names = dict(zip(kernel.value.inputs[0], left, strict=True))
    return [names.get(k, UNIT) for k in kernel.value.output]


def _is_zero(node: Expr, s: Context) -> bool:
    scalar, _ = scalar_of(node, s.stand_ins)
    return tidy(scalar) is ZERO
