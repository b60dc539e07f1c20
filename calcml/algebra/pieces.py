"""Large graphs in pieces: what their parts share is made short once, and stays so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from calcml.algebra.limits import MAX_FACTORS, MIN_PART
from calcml.core.build import rebuilt, substitute_all
from calcml.core.expr import CONDITIONS, Expr, symbol, walk
from calcml.core.operations import EXP

MARK = "\u00b7w"  # of what stands for a part: a dot that no text can have


def in_pieces(
    roots: Sequence[Expr],
    cut: Collection[Expr],
    short: Callable[[Sequence[Expr]], list[Expr]],
) -> list[Expr]:
    """What `short` makes of roots in which the parts `cut` stand for themselves.

    Such are the steps of a recurrent net, the slopes that one hands to another, partial
    products: they would be multiplied out, and looked through, wherever they are used.
    """
    if not cut:
        return short(roots)
    done: dict[Expr, Expr] = {}
    pieces: dict[Expr, Expr] = {}
    for node in walk(*roots):
        done[node] = rebuilt(node, done)
        if node in cut:
            name = symbol(f"{MARK}{len(pieces)}", node.dims)
            pieces[name] = done[node]
            done[node] = name
    found = short([*pieces.values(), *[done[root] for root in roots]])
    whole: dict[Expr, Expr] = {}
    for name, piece in zip(pieces, found, strict=False):
        (whole[name],) = substitute_all([piece], whole)
    return substitute_all(found[len(pieces) :], whole)


def shared_parts(
    order: Sequence[Expr],
    is_leaf: Callable[[Expr], bool] = lambda node: False,
) -> set[Expr]:
    """The parts of a walk that several others use, of some size above the leaves."""
    sizes: dict[Expr, int] = {}
    for node in order:
        inside = 0 if is_leaf(node) else sum([sizes[a] for a in node.args])
        sizes[node] = 1 + min(inside, MIN_PART)
    return {
        node
        for node in shared(order)
        if sizes[node] > MIN_PART and node.op not in CONDITIONS and not is_leaf(node)
    }


def shared(order: Sequence[Expr]) -> set[Expr]:
    """The nodes of a walk that several others use."""
    uses = Counter(a for node in order for a in node.args)
    return {node for node, times in uses.items() if times > 1}


def swells(order: Sequence[Expr]) -> bool:
    """Whether the shared products of a walk have many factors, each multiplied out.

    Powers of one base are one factor; exponentials and powers that would join are not
    left apart.
    """
    parts: dict[Expr, tuple[Expr, ...]] = {}
    many: dict[Expr, int] = {}
    joining = 0
    for node in order:
        joining += node.op == EXP or node.op == "pow" and node.args[1].op != "number"
        if node.op in ("mul", "div", "neg", "pow"):
            parts[node] = node.args[:1] if node.op == "pow" else node.args
            many[node] = min(sum([many.get(a, 1) for a in parts[node]]), MAX_FACTORS)
    products = shared(order).intersection(many)
    if joining > 1 or sum([many[node] for node in products]) < MAX_FACTORS:
        return False
    left = MAX_FACTORS
    bases: dict[Expr, frozenset[Expr]] = {}
    for node, factors in parts.items():
        each = [bases.get(a) or frozenset({a}) for a in factors]
        bases[node] = frozenset[Expr]().union(*each)
        left -= len(bases[node]) if node in products else 0
        if left < 0:
            return True
    return False
