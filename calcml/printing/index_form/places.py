"""Selectors and triangles of ones in a product: places x[i + k], and bounds of sums."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.core.affine import Affine, affine, shifted, spelled, total
from calcml.core.expr import Expr
from calcml.core.tensors import is_inside
from calcml.parsing.elements import Indices, Term


def replaced(labels: Sequence[Expr], old: Expr, new: Expr) -> Indices:
    """Indices with another one put in for `old`."""
    return tuple(
        [
            new
            if x is old
            else spelled(affine(x).put(old, affine(new)))
            if old in affine(x).terms
            else x
            for x in labels
        ]
    )


def chosen(terms: Sequence[Term], fresh: list[Expr]) -> tuple[list[Term], list[Affine]]:
    """The terms of a product without selectors and masks, and what must be at least 0.

    An index that a selector makes a place is taken out of `fresh`.
    """
    left, conditions = list(terms), list[Affine]()
    while True:
        for term in left:
            found = _equation(term, fresh)
            if found is not None:
                break
        else:
            break
        index, place, beyond = found
        left.remove(term)
        fresh.remove(index)
        left = [(x, replaced(row, index, place)) for x, row in left]
        conditions = [c.put(index, affine(place)) for c in conditions] + beyond
    for node, row in [term for term in left if term[0].op == "mask"]:
        left.remove((node, row))
        offset, steps = node.value
        conditions.append(total(offset, steps, row))
    return left, conditions


def _equation(
    term: Term, fresh: Sequence[Expr]
) -> tuple[Expr, Expr, list[Affine]] | None:
    """A summed index as a place, by a selector, and what keeps it on its axis."""
    node, row = term
    if node.op != "selector":
        return None
    *indices, last = row
    start, steps, size, _ = node.value
    counts = node.dims[:-1]
    place = total(start, steps, indices)
    if last in fresh:
        return last, spelled(place), [] if is_inside(node) else _between(place, size)
    for index, step, count in zip(indices, steps, counts, strict=True):
        if index in fresh and abs(step) == 1 and place.terms.get(index) == step:
            rest = affine(last).plus(place.put(index, Affine(0, {})), -1)
            found = Affine(0, {}).plus(rest, step)
            return index, spelled(found), _between(found, count)
    return None


def _between(place: Affine, size: Expr) -> list[Affine]:
    """What is at least 0 where a place is on an axis."""
    return [place, affine(shifted(size, -1)).plus(place, -1)]
