"""Common factors of contractions that are added: X.T @ u + X.T @ v."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from typing import NamedTuple

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.product import split
from calcml.algebra.limits import MAX_TERMS
from calcml.core.build import add, mul, neg
from calcml.core.expr import ONE, ZERO, Expr, number
from calcml.core.flat import signed_terms
from calcml.core.tensors import UNIT, contract, sizes_of
from calcml.core.tensors.matrix_form import operations


class Part(NamedTuple):
    """A term of a sum: a contraction times a scalar."""

    scale: Expr
    node: Expr


class Rest(NamedTuple):
    """A term without one of its factors, and how that one is bound to it.

    `roles` says of each axis of the factor which axis of the output it is, or which of
    the rest; `node` is the rest, its axes those labels and then the output's others.
    """

    roles: tuple[tuple[str, int], ...]
    others: tuple[int, ...]
    node: Expr


def factored(root: Expr, s: Context) -> Expr:
    """`root` with a factor that terms of a sum share taken out, where that is short."""
    outside, inside = split(root)
    if inside.op not in ("add", "sub"):
        return root
    parts = [
        part for term in signed_terms(inside) if (part := _part(*term)) is not None
    ]
    if not 1 < len(parts) <= MAX_TERMS:
        return root
    others = [t for t in signed_terms(inside) if _part(*t) is None]
    rest = cache(_rest)
    again = True
    while again and len(parts) > 1:
        again = False
        for i, first in enumerate(parts):
            bound = [(part, _bound(first, part, s, rest)) for part in parts[i + 1 :]]
            keys = [found[:2] for _, found in bound if found is not None]
            if keys:
                alike = [(p, f[2]) for p, f in bound if f and f[:2] == keys[0]]
                left = [p for p, f in bound if not f or f[:2] != keys[0]]
                parts[i:] = [_sum(first, *keys[0], alike, s), *left]
                again = True
                break
    result: Expr = ZERO
    for sign, node in [*others, *[(1, mul(p.scale, p.node)) for p in parts]]:
        result = add(result, neg(node) if sign < 0 else node)
    for scale in outside:
        result = mul(scale, result)
    result = s.scalar(result)
    return result if operations(result) < operations(root) else root


def _part(sign: int, node: Expr) -> Part | None:
    scale, rest = split(node)
    if rest.op != "contract" or not rest.dims:
        return None
    return Part(reduce(mul, scale, number(sign)), rest)


def _bound(
    a: Part, b: Part, s: Context, rest: Callable[[Expr, int], Rest | None]
) -> tuple[int, Rest, Rest] | None:
    """A factor that two terms have: its place in the first, and both without it."""
    if a.node.dims != b.node.dims:
        return None
    shared = {*a.node.args} & {*b.node.args}
    for factor in sorted(shared, key=lambda f: (-len(f.dims), s.order.digest(f))):
        for i in [k for k, f in enumerate(a.node.args) if f is factor]:
            for j in [k for k, f in enumerate(b.node.args) if f is factor]:
                first, second = rest(a.node, i), rest(b.node, j)
                if first is None or second is None or len(first.node.dims) > 2:
                    continue
                if "selector" in (first.node.op, second.node.op):
                    continue  # a slice of the factor: a sum of selectors is none
                if first[:2] != second[:2] or first.node.dims != second.node.dims:
                    continue
                return i, first, second
    return None


def _rest(node: Expr, place: int) -> Rest | None:
    spec = node.value
    labels = spec.inputs[place]
    out = spec.output
    real = [x for x in labels if x != UNIT]
    if len(set(real)) < len(real):
        return None
    used = {x for k, row in enumerate(spec.inputs) if k != place for x in row}
    roles: list[tuple[str, int]] = []
    bound: list[int] = []
    for x in labels:
        if x == UNIT:
            roles.append(("unit", 0))
        elif x in out:
            roles.append(("out", out.index(x)))
            if x in used:
                return None
        else:
            roles.append(("bound", len(bound)))
            bound.append(x)
    others = tuple(k for k, x in enumerate(out) if x != UNIT and x not in labels)
    if any(x not in used for x in bound):
        return None
    operands = [
        (arg, row)
        for k, (arg, row) in enumerate(zip(node.args, spec.inputs, strict=True))
        if k != place
    ]
    inside = contract(operands, [*bound, *[out[k] for k in others]], sizes_of(node))
    return Rest(tuple(roles), others, inside)


def _sum(
    a: Part, place: int, first: Rest, more: Sequence[tuple[Part, Rest]], s: Context
) -> Part:
    """factor * (scale * first + other scales * other rests), contracted."""
    spec = a.node.value
    labels = spec.inputs[place]
    out = spec.output
    bound = [x for x in labels if x != UNIT and x not in out]
    terms = [mul(p.scale, s.again(rest.node)) for p, rest in [(a, first), *more]]
    inside = s.elementwise(reduce(add, terms))
    row = [*bound, *[out[k] for k in first.others]]
    node = contract(
        [(a.node.args[place], labels), (inside, row)], out, sizes_of(a.node)
    )
    scale, rest = split(s.again(node))
    return Part(reduce(mul, scale, ONE), rest)
