"""Scalar expressions of elements made short by the scalar simplifier.

Elements, sums and whole functions are opaque there: each is a variable, named so that
the printed order is by kind, then by name, then by index.
"""

from __future__ import annotations

from calcml.algebra.simplify import simplify
from calcml.core.build import mul, rebuild, substitute
from calcml.core.expr import ARRAYS, Expr
from calcml.core.flat import walk_to
from calcml.core.order import Order
from calcml.core.tensors.elementwise import StandIns
from calcml.parsing.index_notation import BOUND
from calcml.printing.index_form.nodes import deltas_of, renamed

# In front of the names of stand-ins, behind every letter: elements, deltas, sums.
_ELEMENT, _DELTA, _REST = "\ue000", "\ue001", "\ue002"


def settled(root: Expr) -> Expr:
    """`root` made short, its deltas put to use."""
    root = _merged(root)
    stand_ins = StandIns(_name)
    opaque = filter(_is_opaque, walk_to(root, _is_opaque))
    names = {node: stand_ins.of(node) for node in opaque}
    short = simplify(substitute(root, names))
    return _sums_last(substitute(short, {name: node for node, name in names.items()}))


def _is_opaque(node: Expr) -> bool:
    return node.op in ARRAYS or node.op in BOUND


def _merged(root: Expr) -> Expr:
    """`root` with one index for both of a delta in what is multiplied by it.

    p[j]*delta(i, j) is p[i]*delta(i, j).
    """
    done: dict[Expr, Expr] = {}
    for node in walk_to(root, _is_opaque):
        if _is_opaque(node):
            done[node] = node
            continue
        args = tuple([done[a] for a in node.args])
        if node.op == "mul":
            a, b = args
            b = _with_deltas(b, a)
            args = _with_deltas(a, b), b
        elif node.op == "div":
            a, b = args
            args = a, _with_deltas(b, a)
        done[node] = node if args == node.args else rebuild(node, args)
    return done[root]


def _with_deltas(node: Expr, beside: Expr) -> Expr:
    """`node` with the second index of each delta of `beside` replaced by the first."""
    for delta in deltas_of(beside):
        i, j = delta.args
        node = renamed(node, {j: i})
    return node


def _sums_last(root: Expr) -> Expr:
    """`root` with the sums of each product behind its other factors."""
    done: dict[Expr, Expr] = {}
    for node in walk_to(root, _is_opaque):
        args = () if _is_opaque(node) else tuple([done[a] for a in node.args])
        made = node if not args or args == node.args else rebuild(node, args)
        if made.op == "mul" and made.args[1].op not in BOUND:
            a, b = made.args
            if a.op in BOUND:
                made = mul(b, a)
            elif a.op == "mul" and a.args[1].op in BOUND:
                made = mul(mul(a.args[0], b), a.args[1])
        done[node] = made
    return done[root]


def _name(node: Expr, order: Order) -> str:
    if node.op == "kronecker":
        return _DELTA + "\0".join(map(str, node.args))
    if node.op == "at" and node.args[0].op == "symbol":
        base, *rest = node.args
        return _ELEMENT + "\0".join([base.value, *map(str, rest)])
    first, value = order.digest(node)
    kind = _ELEMENT if node.op == "at" else _REST
    return f"{kind}{first}\1{value:020d}"
