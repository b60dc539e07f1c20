"""Norms: sqrt(sum(r^2)) read as one, and the slope 0 where r is 0.

While a function is derived, a norm is one operation, whose slope is normalize(r): r
over its norm, and 0 where r is 0, the element of least norm. Elsewhere a norm is the
square root of a contraction, which algebra knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from calcml.algebra.definedness import conditions
from calcml.core.build import bottom_up, div, mul, power, rebuilt
from calcml.core.comparisons import STRICT
from calcml.core.expr import ONE, TWO, ZERO, Expr, make, walk
from calcml.core.operations import ABS, SQRT
from calcml.core.tensors import (
    UNIT,
    Label,
    Operand,
    array,
    contract,
    operands_of,
    sizes_of,
    without_units,
)
from calcml.core.tensors.elementwise import is_repeat
from calcml.core.tensors.names import NORM2, NORMALIZE

OPEN = frozenset(("mul", "div", "pow", SQRT, "neg", ABS))  # 0 where a part is 0


class Norm(NamedTuple):
    """The norm of an array along some axes."""

    array: Expr
    axes: tuple[int, ...]


class Root(NamedTuple):
    """A square root that is a norm, times a root and over a root of positive factors.

    `square` is the sum of squares.
    """

    norm: Norm
    square: Expr
    above: Expr
    below: Expr


# --- read --------------------------------------------------------------------------


def square_of(node: Expr) -> Norm | None:
    """The norm whose square a contraction is, in one of its spellings."""
    if node.op != "contract":
        return None
    sizes = sizes_of(node)
    pairs = _opened(operands_of(node), sizes)
    if len(pairs) == 1:
        ((x, labels),) = pairs
        if _is_square(x):
            pairs = [(x.args[0], labels)] * 2
        elif x.op == "mul":
            pairs = [(a, labels) for a in x.args]
    if len(pairs) != 2 or pairs[0] != pairs[1] or not pairs[0][0].dims:
        return None
    x, labels = pairs[0]
    if len(x.dims) != len(labels):
        return None
    real = [k for k in labels if k != UNIT]
    out = [k for k in node.value.output if k != UNIT]
    if len({*real}) < len(real) or out != [k for k in real if k in out]:
        return None
    axes = [k for k, label in enumerate(labels) if label not in out]
    if out:
        axes = [k for k in axes if labels[k] != UNIT]
    return Norm(x, tuple(axes)) if axes else None


def _is_square(x: Expr) -> bool:
    return x.op == "pow" and x.args[1].op == "number" and x.args[1].value == 2


def _opened(pairs: list[Operand], sizes: dict[Label, Expr]) -> list[Operand]:
    """Operands, those that are other contractions' values under other labels opened."""
    again = True
    while again:
        again, found = False, list[Operand]()
        for x, labels in pairs:
            inside = _inside(x, labels, len(pairs) == 1, sizes)
            again = again or inside is not None
            found += [(x, tuple(labels))] if inside is None else inside
        pairs = found
    return pairs


def _inside(
    x: Expr, labels: Sequence[Label], alone: bool, sizes: dict[Label, Expr]
) -> list[Operand] | None:
    if alone and _is_square(x) and x.args[0].op == SQRT:
        return [(x.args[0].args[0], labels)]  # a norm of norms
    if x.op != "contract" or len(x.args) > 1 and not alone:
        return None
    spec = x.value
    real = [k for k in spec.output if k != UNIT]
    used = {k for row in spec.inputs for k in row}
    if len({*real}) < len(real) or not {*real} <= used:
        return None
    if not alone and not used <= {*real, UNIT}:
        return None
    names: dict[Label, Label] = dict(zip(spec.output, labels, strict=True))
    names[UNIT] = UNIT
    for k, size in enumerate(spec.sizes):
        if k not in names:
            names[k] = len(sizes)
            sizes[len(sizes)] = size
    return [(a, tuple(names[k] for k in row)) for a, row in operands_of(x)]


def root_of(node: Expr) -> Root | None:
    """What norm a square root is: sqrt(sum(r^2)), sqrt(mean(r^2)), sqrt(r @ r)."""
    if node.op != SQRT:
        return None
    found: tuple[Norm, Expr] | None = None
    factors: dict[bool, Expr] = {True: ONE, False: ONE}
    rest: list[Expr] = []
    stack = [(node.args[0], True)]
    while stack:
        part, above = stack.pop()
        if part.op in ("mul", "div"):
            a, b = part.args
            stack += [(b, above == (part.op == "mul")), (a, above)]
            continue
        norm = square_of(part) if above and found is None else None
        if norm is not None:
            found = norm, part
            continue
        factors[above] = mul(factors[above], part)
        rest.append(part)
    if found is None or not all(is_positive(part, found[0].array) for part in rest):
        return None
    return Root(*found, factors[True], factors[False])


def is_positive(node: Expr, x: Expr) -> bool:
    """Whether a factor is a positive number or a size of the array, or one over it."""
    if node.op == "div" and node.args[0] is ONE:
        node = node.args[1]
    if node.op == "number":
        return bool(node.value > 0)
    names = {name for size in x.dims for name in size.free_symbols}
    return node.op == "symbol" and not node.dims and node.value in names


# --- nodes -------------------------------------------------------------------------


def norm(x: Expr, axes: tuple[int, ...]) -> Expr:
    """The norm as one operation."""
    dims = tuple(size for k, size in enumerate(x.dims) if k not in axes)
    return array(NORM2, (x,), axes, dims)


def normalized(x: Expr, axes: tuple[int, ...]) -> Expr:
    """x over its norm along some axes, and 0 where that is 0."""
    return array(NORMALIZE, (x,), axes, x.dims)


def square(x: Expr, axes: tuple[int, ...], keep: bool = False) -> Expr:
    """The sum of squares along some axes, which are left out or `keep` the size 1."""
    labels = range(len(x.dims))
    out = [UNIT if k in axes else k for k in labels if keep or k not in axes]
    out = [] if len(axes) == len(labels) else out
    return contract([(power(x, TWO), labels)], out, dict(enumerate(x.dims)))


def quotient(node: Expr) -> Expr:
    """normalize(x) as x/norm2(x), which has no value where x is 0."""
    (x,) = node.args
    return div(x, make(SQRT, (square(x, node.value, keep=True),)))


def with_roots(root: Expr) -> Expr:
    """`root` with norms as square roots.

    So is normalize(x) written by one, where `root` divides by it anyway.
    """
    root = _mapped(root, {NORM2: _as_root})
    if not any(node.op == NORMALIZE for node in walk(root)):
        return root
    beneath = {*_divisors(root)}

    def divided(node: Expr) -> Expr:
        return quotient(node) if Norm(node.args[0], node.value) in beneath else node

    return _mapped(root, {NORMALIZE: divided}) if beneath else root


def lowered(root: Expr) -> Expr:
    """`root` with norms, and arrays over their norms, by what computes them."""
    return _mapped(root, {NORM2: _as_root, NORMALIZE: _guarded})


def _as_root(node: Expr) -> Expr:
    return make(SQRT, (square(node.args[0], node.value),))


def _guarded(node: Expr) -> Expr:
    """x/norm2(x), over 1 where the norm is 0: there x is 0."""
    x, below = quotient(node).args
    return div(x, make("where", (make("eq", (below, ZERO)), ONE, below)))


def _mapped(root: Expr, change: Mapping[str, Callable[[Expr], Expr]]) -> Expr:
    order = walk(root)
    if not any(node.op in change for node in order):
        return root
    return bottom_up(root, lambda node, new: change.get(node.op, _same)(new), order)


def _same(node: Expr) -> Expr:
    return node


# --- for the chain rule ------------------------------------------------------------


def spelled(root: Expr, order: Sequence[Expr]) -> Expr:
    """`root` with norms as operations of their own, for the chain rule."""
    return spelled_parts(root, order)[root]


def spelled_parts(root: Expr, order: Sequence[Expr]) -> Mapping[Expr, Expr]:
    """What the parts of `root` are with norms as operations of their own.

    A function that divides by a norm has no value where it is 0, and no slope: there
    that norm stays as it is. `order` is `walk(root)`.
    """
    roots = {n: r for n in order if n.op == SQRT and (r := root_of(n)) is not None}
    if not roots:
        return {root: root}
    beneath = {*_divisors(root)}
    done: dict[Expr, Expr] = {}
    for node in order:
        done[node] = rebuilt(node, done)
        found = roots.get(node)
        if found is not None and found.norm not in beneath:
            done[node] = _spelled(found, done[found.norm.array])
    return done


def _spelled(found: Root, x: Expr) -> Expr:
    """The norm with its factors, its axes where the square root had them."""
    made = without_units(norm(x, found.norm.axes))
    out = found.square.value.output
    inside = [k for k in out if k != UNIT]
    made = contract([(made, inside)], out, sizes_of(found.square))
    if found.above is not ONE:
        made = mul(make(SQRT, (found.above,)), made)
    return made if found.below is ONE else div(made, make(SQRT, (found.below,)))


def _divisors(root: Expr) -> Iterator[Norm]:
    """The norms that are not 0 wherever `root` has a value."""
    stack = [
        part
        for guard in conditions(root)
        if guard.op in STRICT and ZERO in guard.args
        for part in guard.args
    ]
    while stack:
        node = stack.pop()
        found = square_of(node)
        if found is not None:
            yield found
        elif node.op in OPEN or is_repeat(node):
            stack += node.args[: 1 if node.op == "pow" else None]
