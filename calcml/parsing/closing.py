"""Arrays of expressions in index notation: each index becomes an axis.

An element x[2*i + 1] is the product of x and a selector; a sum whose bounds hold an
outer index is one over all places, of what is masked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from calcml.core.affine import Affine, spelled
from calcml.core.build import substitute
from calcml.core.errors import UnsupportedError
from calcml.core.expr import ARRAYS, ONE, ZERO, Expr, make, symbol
from calcml.core.flat import joined, leaves, walk_to
from calcml.core.limits import MAX_POWER
from calcml.core.operations import EXP, LOG
from calcml.core.tensors import Label, contract, filled, mask, reduction
from calcml.core.tensors.names import LOGSUMEXP, PROD
from calcml.functions import FUNCTIONS
from calcml.parsing.elements import with_elements
from calcml.parsing.index_notation import (
    BOUND,
    REDUCED,
    SUM_OVER,
    free_indices,
    guarded,
    letters_of_bounds,
    names_of_sizes,
)
from calcml.parsing.opener import Open, Opener, axis_of
from calcml.parsing.ranges import (
    Range,
    Ranges,
    by_axes,
    of_axis,
    where_holds,
    with_index,
)

_BRANCH = "\u00b7branch"  # in the names of what is chosen by a place
_WHOLE = {op: whole for whole, op in REDUCED.items()}  # by nodes over an index


def closed(
    root: Expr, order: Sequence[str] | None = None, whole: Collection[Expr] = ()
) -> Expr:
    """The array of an expression in index notation, its axes in `order`.

    What is `whole` is no part of it, whatever names are in it.
    """
    known = names_of_sizes(root)
    free = sorted(free_indices(root, known | letters_of_bounds(root)))
    if free and root.dims:
        raise UnsupportedError(
            "an element x[i] stands beside a whole array; write the array's elements "
            "with indices, too"
        )
    root, axes = with_elements(root, free, whole)
    ranges: dict[str, Range] = {name: of_axis(size) for name, size in axes.items()}
    for name in free:
        ranges[name] = by_axes(name, root, {})
    x, labels = opened(root, ranges, known)
    sizes: dict[Label, Expr] = {name: found.length for name, found in ranges.items()}
    return contract([(x, labels)], [*(free if order is None else order), *axes], sizes)


def opened(root: Expr, ranges: Ranges, known: Collection[str]) -> Open:
    """The array that `root` is; the sums in it are made first, inner ones before.

    What is chosen by a place is made by itself, for the places at which it counts.
    """
    tasks = [(root, ranges)]
    bodies: list[Expr] = []
    inner: list[dict[Expr, int]] = []
    for body, around in tasks:  # grows while it is read
        found: dict[Expr, int] = {}
        while choices := [n for n in walk_to(body, _is_apart) if _is_choice(n)]:
            put = {}
            for node in choices:
                test, chosen, other = node.args
                branch = symbol(f"{_BRANCH}{len(tasks)}")
                found[branch] = len(tasks)
                tasks.append((chosen, where_holds(test, around)))
                put[node] = make("where", (test, branch, other))
            body = substitute(body, put)
        for node in walk_to(body, _is_bound):
            if _is_bound(node):
                found[node] = len(tasks)
                tasks.append((node.args[-1], with_index(node, around)))
        inner.append(found)
        bodies.append(body)
    made: dict[int, Opener] = {}
    for k in reversed(range(len(tasks))):
        parts = {
            node: made.pop(place).opened(bodies[place])
            if node.op == "symbol"
            else _reduced(node, bodies[place], made.pop(place), tasks[k][1])
            for node, place in inner[k].items()
        }
        made[k] = Opener(tasks[k][1], parts, known)
    return made[0].opened(bodies[0])


def _is_choice(node: Expr) -> bool:
    return guarded(node) and not str(node.args[1].value).startswith(_BRANCH)


def _is_apart(node: Expr) -> bool:
    return _is_bound(node) or _is_choice(node)


def _is_bound(node: Expr) -> bool:
    return node.op in BOUND


def _reduced(node: Expr, term: Expr, opener: Opener, outer: Ranges) -> Open:
    """A sum or a reduction over an index, where its bounds hold."""
    index = node.args[0]
    ranges = opener.ranges
    conditions = ranges[str(index.value)].conditions(index)
    if node.op == SUM_OVER:
        return _summed(
            index, [opener.opened(f) for f in leaves(term, "mul")], term, ranges
        )
    whole, body = _WHOLE[node.op], opener.opened(term)
    if conditions and whole == LOGSUMEXP:
        x, labels = body
        x, labels = _summed(index, [(make(EXP, (x,)), labels)], term, ranges)
        return make(LOG, (x,)), labels
    if conditions:
        neutral = _neutral(node, whole, outer, opener.known)
        body = _chosen(body, neutral, conditions, ranges)
    x, labels = body
    rest = [label for label in labels if label != index.value]
    x = contract([(x, labels)], [*rest, str(index.value)], opener.sizes)
    return reduction(whole, x, (len(rest),)), tuple(rest)


def _neutral(node: Expr, whole: str, outer: Ranges, known: Collection[str]) -> Open:
    """What does not change a reduction: the term at the first place, or 1."""
    if whole == PROD:
        return ONE, ()
    index, low, _, term = node.args
    if FUNCTIONS.get(low.op) is not None and FUNCTIONS[low.op].picks:
        raise UnsupportedError(
            f"the lower bound of {index} is {low}; write one that is no choice"
        )
    return opened(substitute(term, {index: low}), outer, known)


def _summed(index: Expr, factors: Sequence[Open], term: Expr, ranges: Ranges) -> Open:
    """The sum of a product over an index.

    Bounds that hold outer indices are masks that multiply the factors, or a choice
    where the term might have no value beyond them.
    """
    name = str(index.value)
    conditions = ranges[name].conditions(index)
    sizes: dict[Label, Expr] = {n: found.length for n, found in ranges.items()}
    operands = list(factors)
    if conditions and not _is_total(term):
        names = tuple(sorted({label for _, labels in operands for label in labels}))
        body = contract(operands, names, sizes), names
        operands = [_chosen(body, (ZERO, ()), conditions, ranges)]
    else:
        operands += [_masked(c, ranges) for c in conditions]
    if not any(name in labels for _, labels in operands):
        operands.append((filled(ONE, (sizes[name],)), (name,)))
    rest = sorted({label for _, labels in operands for label in labels} - {name})
    return contract(operands, rest, sizes), tuple(rest)


def _is_total(body: Expr) -> bool:
    """Whether a body has a value and a slope wherever it may be evaluated."""
    for node in walk_to(body, lambda n: n.op in ARRAYS and n.op not in BOUND):
        row, last = FUNCTIONS.get(node.op), node.args[-1] if node.args else node
        if node.op == "div":
            whole = last.op == "number" and last is not ZERO
        elif node.op == "pow":
            whole = last.op == "number" and last.value in range(1, 1 + MAX_POWER)
        else:
            whole = row is None or not row.on and "vertical" not in row.kink
        if not whole:
            return False
    return True


def _masked(condition: Affine, ranges: Ranges) -> Open:
    """Ones where a sum with indices is at least 0, else zeros."""
    names, start = axis_of(condition, ranges)
    steps = tuple(int(condition.terms[symbol(n)]) for n in names)
    dims = tuple(ranges[n].length for n in names)
    return mask(spelled(start), steps, dims), tuple(names)


def _chosen(
    body: Open, other: Open, conditions: Sequence[Affine], ranges: Ranges
) -> Open:
    """A term where all conditions hold, else another one."""
    opener = Opener(ranges, {})
    whole = joined("and", [make("ge", (spelled(c), ZERO)) for c in conditions])
    assert whole is not None
    parts = [opener.opened(whole), body, other]
    names = tuple(sorted({label for _, labels in parts for label in labels}))
    fitted = [opener.fitted(x, labels, names) for x, labels in parts]
    return make("where", tuple(fitted)), names
