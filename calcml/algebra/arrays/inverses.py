"""Rules of inverses and determinants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from calcml.algebra.arrays.product import Product, split
from calcml.core.build import div, mul, neg, power
from calcml.core.expr import ONE, Expr, number
from calcml.core.tensors import array, contract, delta

if TYPE_CHECKING:
    from calcml.algebra.arrays.normalizer import Shortener

Chain = list[tuple[Expr, bool]]  # square matrices of a product, and which are turned


def scaled_chain(x: Expr) -> tuple[list[Expr], Chain] | None:
    """A square matrix as scalars times a product of square matrices.

    A factor True stands for the transpose. None where it is no such product.
    """
    scale, rest = split(x)
    if rest is ONE:
        return None
    if rest.op != "contract":
        return scale, [(rest, False)]
    spec = rest.value
    size = x.dims[0]
    if len(spec.output) != 2 or any(s is not size for s in spec.sizes):
        return None
    left = dict(enumerate(zip(rest.args, spec.inputs, strict=True)))
    at, end = spec.output
    chain: Chain = []
    while left:
        found = [k for k, (_, labels) in left.items() if at in labels]
        if len(found) != 1:
            return None
        node, labels = left.pop(found[0])
        if len(labels) != 2 or labels[0] == labels[1]:
            return None
        chain.append((node, labels[1] == at))
        at = labels[0] if labels[1] == at else labels[1]
    return (scale, chain) if at == end else None


def inverse(s: Shortener, node: Expr) -> Expr:
    """inv(inv(A)) = A, inv(A.T) = inv(A).T, inv(c A B) = inv(B) inv(A)/c."""
    (x,) = node.args
    if x.op == "inv":
        return x.args[0]
    parts = scaled_chain(x)
    if parts is None:
        return node
    scale, chain = parts
    if not scale and len(chain) == 1 and not chain[0][1]:
        return _of_diagonal(s, node)
    inner = [
        (inverse(s, array("inv", (part,), None, part.dims)), turned)
        for part, turned in reversed(chain)
    ]
    result = s.again(_chained(inner, x.dims[0]))
    for c in scale:
        result = div(result, c)
    return result


def _of_diagonal(s: Shortener, node: Expr) -> Expr:
    (x,) = node.args
    if x.op == "delta":
        return x
    return node


def determinant(s: Shortener, node: Expr) -> Expr:
    """det of an inverse, of a power, of a multiple and of the unit matrix."""
    (x,) = node.args
    if x.op == "delta":
        return ONE
    if x.op == "inv":
        return div(ONE, determinant(s, array("det", x.args, None, ())))
    parts = scaled_chain(x)
    if parts is None:
        return node
    scale, chain = parts
    if len({part for part, _ in chain}) > 1 and not scale:
        return node
    result: Expr = ONE
    if len({part for part, _ in chain}) == 1:
        inside = array("det", (chain[0][0],), None, ())
        if chain[0][0].op == "inv":
            inside = determinant(s, inside)
        result = power(inside, number(len(chain)))
    else:
        result = array("det", (_chained(chain, x.dims[0]),), None, ())
    for c in scale:
        result = mul(power(c, x.dims[0]), result)
    return result


def _chained(chain: Chain, size: Expr) -> Expr:
    """The product of square matrices."""
    labels = [(k, k + 1) for k in range(len(chain))]
    factors = [
        (part, pair[::-1] if turned else pair)
        for (part, turned), pair in zip(chain, labels, strict=True)
    ]
    sizes = dict.fromkeys(range(len(chain) + 1), size)
    return contract(factors, (0, len(chain)), sizes)


def log_determinant(s: Shortener, node: Expr) -> Expr:
    """logdet of an inverse and of the unit matrix."""
    (x,) = node.args
    if x.op == "delta":
        return number(0)
    if x.op == "inv":
        return neg(array("logdet", x.args, None, ()))
    return node


def use_diagonals(p: Product, s: Shortener) -> None:
    """A diagonal matrix D[i, j], or its inverse, as delta(i, j) and its diagonal."""
    found: list[tuple[Expr, tuple[int, ...]]] = []
    for node, row in p.factors:
        inside = node.args[0] if node.op == "inv" else node
        if inside.op != "symbol" or inside.value not in s.diagonal or row[0] == row[1]:
            found.append((node, row))
            continue
        i, j = row
        vector = contract([(inside, "ii")], "i", {"i": node.dims[0]})
        found.append((div(ONE, vector) if node.op == "inv" else vector, (i,)))
        found.append((delta(node.dims[0]), (i, j)))
    p.factors = found


def cancel_inverses(p: Product, s: Shortener) -> None:
    """inv(A) beside A gives a delta."""
    for k, (node, (*labels,)) in enumerate(p.factors):
        if node.op != "inv":
            continue
        for m, (other, row) in enumerate(p.factors):
            if other is not node.args[0]:
                continue
            found = _meeting(tuple(labels), row, s.is_symmetric(other))
            if found is None:
                continue
            shared, left, right = found
            if shared in p.out or p.uses(shared) != sorted((k, m)):
                continue
            size = node.dims[0]
            p.factors = [f for i, f in enumerate(p.factors) if i not in (k, m)]
            p.factors.append((delta(size), (left, right)))
            p.sizes.pop(shared)
            return


def _meeting(
    inv: tuple[int, ...], row: tuple[int, ...], symmetric: bool
) -> tuple[int, int, int] | None:
    """The label over which inv(A)[i, j] meets A, and the two that are left."""
    i, j = inv
    a, b = row
    if j == a:
        return j, i, b
    if i == b:
        return i, a, j
    if symmetric and j == b:
        return j, i, a
    if symmetric and i == a:
        return i, b, j
    return None


RULES: dict[str, Callable[[Shortener, Expr], Expr]] = {
    "inv": inverse,
    "det": determinant,
    "logdet": log_determinant,
}
