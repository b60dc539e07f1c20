"""Terms and factors put in order, nothing else: for what a person wrote shorter."""

from __future__ import annotations

from calcml.core.build import add, div, mul, neg, rebuild, sub
from calcml.core.expr import ONE, Expr, walk
from calcml.core.flat import SUMS
from calcml.core.order import Order

PRODUCTS = frozenset(("mul", "div", "neg"))

Leaf = tuple[Expr, int]


def ordered(root: Expr) -> Expr:
    """`root` with its terms and factors in order: no more operations than it has.

    >>> from calcml.parsing.parser import parse
    >>> ordered(parse("b*(y/x + 1 + a)/2/a"))
    b*(1 + a + y/x)/(2*a)
    """
    order = Order()

    def key(leaf: Leaf) -> tuple[object, ...]:
        return order.of_factor((leaf[0], ONE))

    nodes = walk(root)
    inner = _inner(root, nodes)
    done: dict[Expr, Expr] = {}
    for node in nodes:
        if node in inner:
            continue
        if node.op in SUMS:
            done[node] = _added(sorted(_leaves(node, SUMS, inner, done), key=key))
        elif node.op in PRODUCTS:
            leaves = sorted(_leaves(node, PRODUCTS, inner, done), key=key)
            done[node] = _multiplied(leaves)
        else:
            args = tuple([done[a] for a in node.args])
            done[node] = rebuild(node, args) if args else node
    return done[root]


def _inner(root: Expr, nodes: list[Expr]) -> set[Expr]:
    """Sums in a sum and products in a product that nothing else uses."""
    uses = {root: 2}
    inside = set()
    for node in nodes:
        kind = next((k for k in (SUMS, PRODUCTS) if node.op in k), frozenset())
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
            if arg.op in kind:
                inside.add(arg)
    return {node for node in inside if uses[node] == 1}


def _leaves(
    node: Expr, kind: frozenset[str], inner: set[Expr], done: dict[Expr, Expr]
) -> list[Leaf]:
    """The parts of a sum with their signs, or of a product with +1 and -1.

    A product's own sign is a leaf (1, 0).
    """
    found: list[Leaf] = []
    stack: list[Leaf] = [(node, 1)]
    while stack:
        part, k = stack.pop()
        if part.op not in kind or (part is not node and part not in inner):
            found.append((done[part], k))
        elif part.op == "neg":
            found.append((ONE, 0))
            stack.append((part.args[0], k))
        else:
            turned = -k if part.op in ("sub", "div") else k
            stack += [(part.args[1], turned), (part.args[0], k)]
    return found


def _added(leaves: list[Leaf]) -> Expr:
    plus = [node for node, sign in leaves if sign > 0]
    minus = [node for node, sign in leaves if sign < 0]
    result = plus[0] if plus else neg(minus[0])
    for node in plus[1:]:
        result = add(result, node)
    for node in minus if plus else minus[1:]:
        result = sub(result, node)
    return result


def _multiplied(leaves: list[Leaf]) -> Expr:
    above = [node for node, k in leaves if k > 0]
    below = [node for node, k in leaves if k < 0]
    if sum([k == 0 for _, k in leaves]) % 2:
        above = [neg(above[0]), *above[1:]] if above else [neg(ONE)]
    result = above[0] if above else ONE
    for node in above[1:]:
        result = mul(result, node)
    if not below:
        return result
    divisor = below[0]
    for node in below[1:]:
        divisor = mul(divisor, node)
    return div(result, divisor)
