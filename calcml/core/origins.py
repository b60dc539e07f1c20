"""The arrays that a derivative was taken of, where it holds their sizes and not them.

The Hessian of sum(w^2) is 2*eye(n): n is known from w, which does not occur. Results
are held weakly, and the shape of a name of which two are known is no longer told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from weakref import WeakKeyDictionary

from calcml.core.expr import Expr, walk

_ARRAYS: WeakKeyDictionary[Expr, dict[str, Expr | None]] = WeakKeyDictionary()


def remember(results: Iterable[Expr], arrays: Sequence[Expr]) -> None:
    """Enter, for each result that may hold a size, the arrays that do not occur."""
    results = [result for result in results if result.op != "number"]
    bits = {array: 1 << k for k, array in enumerate(arrays)}
    below: dict[Expr, int] = {}
    for node in walk(*results) if bits else ():
        below[node] = reduce(or_, [below[a] for a in node.args], bits.get(node, 0))
    for result in results if bits else ():
        gone = [array for array, bit in bits.items() if not below[result] & bit]
        known = _ARRAYS.setdefault(result, {}) if gone else {}
        for array in gone:
            if known.setdefault(array.value, array) is not array:
                known[array.value] = None


def origins(roots: Iterable[Expr]) -> dict[str, Expr]:
    """The arrays that do not occur in the roots, but in what they were derived from."""
    found: dict[str, set[Expr | None]] = {}
    for root in roots:
        for name, array in _ARRAYS.get(root, {}).items():
            found.setdefault(name, set()).add(array)
    single = {name: some.pop() for name, some in found.items() if len(some) == 1}
    return {name: array for name, array in single.items() if array is not None}
