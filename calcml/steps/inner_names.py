"""Names of parts that steps tell: inner functions of the chain rule, and repeats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from calcml.core.cost import Cost
from calcml.core.expr import ONE, Expr, symbol, walk
from calcml.core.flat import depending
from calcml.functions import CONSTANT_NAMES
from calcml.steps.chain_rule import Local, outwards
from calcml.steps.limits import LONG_PART, MOST_NAMED, MOST_PARTS
from calcml.steps.rule_names import PLAIN, is_inner

LETTERS = "u v w s t r q p".split()


def inner_functions(
    root: Expr, x: Expr, parts: Sequence[Local], known: Mapping[Expr, Expr]
) -> dict[Expr, Expr]:
    """The inner functions of the chain rule, each with the symbol that stands for it.

    Arguments with a constant slope, such as 2*x + 1, get no name; those that are
    `known` have theirs. Many would be no help: then there are none.
    """
    if len(parts) > MOST_PARTS:
        return {}
    slopes: dict[Expr, Expr] = {x: ONE}
    for part in parts:
        slopes[part.node] = part.total(slopes, x)
    varying = depending(walk(*slopes.values()), x)
    moving = {node for node, slope in slopes.items() if slope in varying}
    found: dict[Expr, None] = {}
    for part in outwards(root, parts):
        if is_inner(part.node):
            inner = [part.node.args[place] for place, _ in part.terms]
            found.update(dict.fromkeys(a for a in inner if a in moving and a.args))
    for node in [u for u in found if _of_one(u, found, parts)]:
        del found[node]
    return with_letters(root, found, known) if len(found) <= MOST_NAMED else {}


def with_letters(
    root: Expr, nodes: Iterable[Expr], known: Mapping[Expr, Expr]
) -> dict[Expr, Expr]:
    """Letters that are free for nodes, in their order; those that are known first."""
    taken = root.free_symbols | CONSTANT_NAMES.keys()
    taken |= {name.value for name in known.values()}
    free = (letter for letter in _letters() if letter not in taken)
    return {n: known.get(n) or symbol(next(free)) for n in nodes}


def _of_one(u: Expr, named: Mapping[Expr, None], parts: Sequence[Local]) -> bool:
    """Whether an inner function is a sum or multiple of another that has a name."""
    inner = {part.node: part for part in parts}
    node = u
    while node is u or node not in named:
        part = inner.get(node)
        if part is None or part.rule not in PLAIN or len(part.terms) != 1:
            return False
        node = node.args[part.terms[0][0]]
    return True


def repeated_parts(
    root: Expr,
    raw: Expr,
    parts: Sequence[Local],
    names: Mapping[Expr, Expr],
    known: Mapping[Expr, Expr],
) -> dict[Expr, Expr]:
    """The names, and more for parts of a function that its derivative repeats."""
    uses = Counter(arg for node in walk(raw) for arg in node.args)
    moving, cost = {part.node for part in parts[:-1]}, Cost()
    often = [
        n
        for n in walk(root)
        if n in moving and n not in names and uses[n] > 1 and cost(n) >= LONG_PART
    ]
    return dict(names) | with_letters(
        root, often[::-1][:MOST_NAMED], {**known, **names}
    )


def _letters() -> Iterator[str]:
    yield from LETTERS
    for k in count(1):
        yield from (f"{letter}_{k}" for letter in LETTERS[:3])
