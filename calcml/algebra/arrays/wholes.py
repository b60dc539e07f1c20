"""Large graphs in pieces: what their parts share is made short once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from calcml.algebra.arrays.product import holds_contraction
from calcml.algebra.limits import LARGE, MIN_PART
from calcml.core.build import rebuilt, substitute_all
from calcml.core.expr import Expr, symbol, walk
from calcml.core.tensors.elementwise import is_kernel


def shared_in(order: Sequence[Expr]) -> set[Expr]:
    """The nodes of a walk that several others use."""
    uses = Counter(a for node in order for a in node.args)
    return {node for node, times in uses.items() if times > 1}


def in_pieces(
    roots: Sequence[Expr], short: Callable[[Sequence[Expr]], list[Expr]]
) -> list[Expr]:
    """What `short` makes of roots; of many parts, of each shared one for itself.

    Such are the steps of a recurrent net and the slopes that one hands to another:
    they would be multiplied out, and looked through, in each place that has them.
    """
    order = walk(*roots)
    cut = _cut(order) if len(order) > LARGE else set()
    if not cut:
        return short(roots)
    done: dict[Expr, Expr] = {}
    pieces: dict[Expr, Expr] = {}
    for node in order:
        done[node] = rebuilt(node, done)
        if node in cut:
            name = symbol(f"\u00b7w{len(pieces)}", node.dims)
            pieces[name] = done[node]
            done[node] = name
    found = short([*pieces.values(), *[done[root] for root in roots]])
    whole: dict[Expr, Expr] = {}
    for name, piece in zip(pieces, found, strict=False):
        (whole[name],) = substitute_all([piece], whole)
    return substitute_all(found[len(pieces) :], whole)


def _cut(order: Sequence[Expr]) -> set[Expr]:
    """Shared element-wise parts that are products of arrays, or of some size."""
    sizes: dict[Expr, int] = {}
    for node in order:
        leaf = not node.args or is_kernel(node)
        inside = 0 if leaf else sum([sizes[a] for a in node.args])
        sizes[node] = 1 + min(inside, LARGE)
    return {
        node
        for node in shared_in(order)
        if node.dims
        and not is_kernel(node)
        and (sizes[node] >= MIN_PART or holds_contraction(node))
    }
