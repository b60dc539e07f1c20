"""Slices in index notation: they stay whole, x[1:3][i]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calcml.core.expr import Expr
from calcml.core.tensors import Label, Operand, contract
from calcml.parsing.elements import Term


def is_rows(node: Expr) -> bool:
    """Whether a node is a selector of one index: rows of a unit matrix."""
    return node.op == "selector" and len(node.dims) == 2


def is_slice(node: Expr) -> bool:
    """Whether a contraction takes parts of its first operand's axes, nothing else."""
    x, *others = node.args
    labels, *rows = node.value.inputs
    if x.op in ("mask", "selector"):
        return False
    if not others or not all(map(is_rows, others)):
        return False
    part = {old: new for new, old in rows}
    return tuple(part.get(k, k) for k in labels) == tuple(node.value.output)


def sliced(terms: Sequence[Term], fresh: list[Expr]) -> list[Term]:
    """The terms of a product, with selectors put into what they select from.

    Their indices are taken out of `fresh`, the indices that are summed over.
    """
    chosen: dict[int, dict[int, Term]] = {}  # selectors by term, then by axis
    for k, (node, labels) in enumerate(terms):
        if not is_rows(node) or labels[1] not in fresh or labels[0] in fresh:
            continue
        places = [
            (m, axis)
            for m, (_, row) in enumerate(terms)
            for axis, index in enumerate(row)
            if m != k and index is labels[1]
        ]
        if len(places) == 1 and terms[places[0][0]][0].op not in (
            "mask",
            "selector",
        ):
            m, axis = places[0]
            chosen.setdefault(m, {})[axis] = terms[k]
            fresh.remove(labels[1])
    used = [term for found in chosen.values() for term in found.values()]
    return [
        _part(term, chosen[k]) if k in chosen else term
        for k, term in enumerate(terms)
        if term not in used
    ]


def _part(term: Term, chosen: Mapping[int, Term]) -> Term:
    """A slice of a term's array, and its indices."""
    x, indices = term
    labels: list[Label] = list(range(len(x.dims)))
    operands: list[Operand] = [(x, labels)]
    sizes: dict[Label, Expr] = dict(enumerate(x.dims))
    out, row = list(labels), list(indices)
    for axis, (selector, (new, _)) in chosen.items():
        out[axis] = "part", axis
        sizes[out[axis]] = selector.dims[0]
        operands.append((selector, (out[axis], axis)))
        row[axis] = new
    return contract(operands, out, sizes), tuple(row)
