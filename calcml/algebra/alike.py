"""Many results at once: long sums that they share are closed once, and results that are
alike but for the names of variables are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from calcml.algebra.limits import MANY, MIN_SHARED
from calcml.algebra.terms import SUMS
from calcml.core.build import substitute_all
from calcml.core.expr import Expr, symbol, walk
from calcml.core.flat import signed_terms, walk_to

MARK = (
    "\u00b7v"  # of variables that stand for others; no name of the grammar has the dot
)


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
    found = close([*single, *sums])
    forms = dict(zip(single, found, strict=False))
    whole = dict(zip(stands.values(), found[len(single) :], strict=True))
    made = [
        substitute_all([forms[kind]], {new: old for old, new in put.items()})[0]
        for kind, put in zip(kinds, names, strict=True)
    ]
    return substitute_all(made, whole)


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
