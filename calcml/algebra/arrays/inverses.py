"""Rules of inverses and determinants."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.product import Product, split
from calcml.algebra.rules.arrays import ARRAY_RULES
from calcml.core.build import div, mul, power, substitute
from calcml.core.expr import ONE, Expr, number, walk
from calcml.core.tensors import array, contract, delta
from calcml.core.tensors.names import DET, INV, LOGDET
from calcml.parsing.parser import defined, parse

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


def inverse(s: Context, node: Expr) -> Expr:
    """inv(inv(A)) = A, inv(A.T) = inv(A).T, inv(c A B) = inv(B) inv(A)/c."""
    known = _by_rule(s, node)
    parts = scaled_chain(node.args[0]) if known is None else None
    if parts is None:
        return known or node
    scale, chain = parts
    if not scale and len(chain) == 1 and not chain[0][1]:
        return node
    inner = [
        (inverse(s, array(INV, (part,), None, part.dims)), turned)
        for part, turned in reversed(chain)
    ]
    result = s.again(_chained(inner, node.dims[0]))
    for c in scale:
        result = div(result, c)
    return result


def determinant(s: Context, node: Expr) -> Expr:
    """det of an inverse, of a power, of a multiple and of the unit matrix."""
    (x,) = node.args
    known = _by_rule(s, node)
    parts = scaled_chain(x) if known is None else None
    if parts is None:
        return known or node
    scale, chain = parts
    if len({part for part, _ in chain}) > 1 and not scale:
        return node
    result: Expr = ONE
    if len({part for part, _ in chain}) == 1:
        inside = array(DET, (chain[0][0],), None, ())
        result = power(_by_rule(s, inside) or inside, number(len(chain)))
    else:
        result = array(DET, (_chained(chain, x.dims[0]),), None, ())
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


def log_determinant(s: Context, node: Expr) -> Expr:
    """logdet of an inverse and of the unit matrix."""
    return _by_rule(s, node) or node


def _by_rule(s: Context, node: Expr) -> Expr | None:
    """What a line of `rules/arrays.py` makes of a function of a matrix."""
    (x,) = node.args
    right = _patterns().get((node.op, x.op))
    if right is None:
        return None
    made = defined(right, {"A": x.args[0] if x.args else x, "n": x.dims[0]})
    inner = [n for n in walk(made) if n.op == node.op and n.op != INV]
    return substitute(made, {n: RULES[n.op](s, n) for n in inner})


@cache
def _patterns() -> dict[tuple[str, str], str]:
    """The right sides of the lines, by the two functions on the left."""
    found = {}
    for text in ARRAY_RULES:
        left, right = text.split(" -> ")
        node = parse(left, shapes={"A": "n n"})
        found[node.op, node.args[0].op] = right
    return found


def use_diagonals(p: Product, s: Context) -> None:
    """A diagonal matrix D[i, j], or its inverse, as delta(i, j) and its diagonal."""
    found: list[tuple[Expr, tuple[int, ...]]] = []
    for node, row in p.factors:
        inside = node.args[0] if node.op == INV else node
        if inside.op != "symbol" or inside.value not in s.diagonal or row[0] == row[1]:
            found.append((node, row))
            continue
        i, j = row
        vector = contract([(inside, "ii")], "i", {"i": node.dims[0]})
        found.append((div(ONE, vector) if node.op == INV else vector, (i,)))
        found.append((delta(node.dims[0]), (i, j)))
    p.factors = found


def cancel_inverses(p: Product, s: Context) -> None:
    """inv(A) beside A gives a delta."""
    for k, (node, (*labels,)) in enumerate(p.factors):
        if node.op != INV:
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


RULES: dict[str, Callable[[Context, Expr], Expr]] = {
    INV: inverse,
    DET: determinant,
    LOGDET: log_determinant,
}
