"""Many results at once: long sums that they share are closed once, and results that are
alike but for the names of variables are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from calcml.algebra.limits import MANY, MAX_CLOSED, MIN_SHARED
from calcml.core.build import substitute_all
from calcml.core.cost import Cost
from calcml.core.expr import Expr, symbol, walk
from calcml.core.flat import SUMS, signed_terms, walk_to

MARK = "\u00b7v"  # of variables that stand for others: a dot that no text can have


def closed_alike(
    roots: Sequence[Expr], close: Callable[[Sequence[Expr]], list[Expr]]
) -> list[Expr] | None:
    """What `close` makes of roots, if it may know of no variable more than its name.

    None where little is alike.
    """
    sums = _shared(roots)
    stands = {node: symbol(f"{MARK}s{i}") for i, node in enumerate(sums)}
    plain = substitute_all(roots, stands)
    names = [_renamed(root) for root in plain]
    kinds = [
        substitute_all([root], put)[0] for root, put in zip(plain, names, strict=True)
    ]
    single = list(dict.fromkeys(kinds))
    if not sums and 2 * len(single) > len(roots):
        return None
    tried = [n for n in (*single, *sums) if len(walk(n)) <= MAX_CLOSED]
    forms = dict(zip(tried, close(tried), strict=True))
    whole = {stand: forms.get(node, node) for node, stand in stands.items()}
    cost = Cost()
    shorter = {node for node in tried if cost(forms[node]) < cost(node)}
    if not shorter.isdisjoint(sums):
        shorter.update(single)
    made = []
    for root, kind, put in zip(roots, kinds, names, strict=True):
        if kind in shorter:
            back = {new: whole.get(old, old) for old, new in put.items()}
            (root,) = substitute_all([forms.get(kind, kind)], back)
        made.append(root)
    return made


def _shared(roots: Sequence[Expr]) -> list[Expr]:
    """Long sums that occur in many roots, and in no other such sum there."""
    order = walk(*roots)
    inside = {a for node in order if node.op in SUMS for a in node.args}
    tops = [n for n in order if n.op in SUMS and n not in inside]
    long = {n for n in tops if len(signed_terms(n, SUMS)) >= MIN_SHARED}
    if not long:
        return []
    seen: Counter[Expr] = Counter()
    for root in dict.fromkeys(roots):
        seen.update(long.intersection(walk_to(root, long.__contains__)))
    return [n for n in tops if seen[n] >= MANY]


def _renamed(root: Expr) -> dict[Expr, Expr]:
    """The variables of a root, numbered as they come."""
    names = [node for node in walk(root) if node.op == "symbol"]
    return {name: symbol(f"{MARK}{i}") for i, name in enumerate(names)}
