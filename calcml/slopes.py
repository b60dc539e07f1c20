"""One slope at a kink, however the function was spelled.

Before a function with kinks is derived, its spellings are brought to one (the rules
of `rules/kinks.py`), and where two branches meet, the point itself goes to the branch
whose slope is the element of least norm in the set of subgradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from calcml import norms
from calcml.diff import Used, forward, reverse
from calcml.errors import CalcmlError
from calcml.exact import evaluate
from calcml.expr import Expr, make, number, walk
from calcml.light import substitute_all
from calcml.notation.matrix import has_arrays
from calcml.regions import mapped
from calcml.tidy import tidy, tidy_all


@final
@dataclass(slots=True)
class Sweep:
    """What one sweep did: the function as it was spelled for it, and what it used.

    `used` are the partials of a forward sweep, `passed` the adjoints of a reverse one.
    """

    root: Expr | None = None
    used: list[Used] = field(default_factory=list)
    passed: dict[Expr, Expr] = field(default_factory=dict)


def derivative(
    root: Expr,
    variable: Expr,
    tangent: Expr | None = None,
    sweep: Sweep | None = None,
) -> Expr:
    """d root / d variable, with the chosen slope at kinks; shape root + variable.

    With a `tangent`, the derivative in that direction. What was done is entered in
    `sweep`.
    """
    root, order = _settled(root)
    if sweep is not None:
        sweep.root = root
    if variable.dims and tangent is None:
        return reverse(root, [variable], order, None, sweep and sweep.passed)[0]
    return forward(root, variable, order, tangent, sweep and sweep.used)


def gradient(
    root: Expr,
    variables: Sequence[Expr],
    upstream: Expr | None = None,
    sweep: Sweep | None = None,
) -> list[Expr]:
    """d root / d each variable, with the chosen slope at kinks.

    With an `upstream` gradient, its product with the Jacobian. What was done is
    entered in `sweep`.
    """
    root, order = _settled(root)
    if sweep is not None:
        sweep.root = root
    return reverse(root, variables, order, upstream, sweep and sweep.passed)


def settled(root: Expr) -> Expr:
    """The same function, spelled so that the chain rule gives the chosen slopes."""
    return _settled(root)[0]


def _settled(root: Expr) -> tuple[Expr, Sequence[Expr]]:
    root = norms.spelled(root)
    order = walk(root)
    if _KINKED.isdisjoint({node.op for node in order}):
        return root, order
    if has_arrays(root):
        root = mapped(root, lambda scalar: _settled(scalar)[0])
        return root, walk(root)
    root = tidy(root)
    ties = {node: _tied(node) for node in walk(root) if node.op == "where"}
    changed = {node: new for node, new in ties.items() if new is not node}
    if changed:
        (root,) = substitute_all([root], changed)
    return root, walk(root)


_KINKED = frozenset(("abs", "max", "min", "where"))
_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def _tied(node: Expr) -> Expr:
    """A choice by x < c (or such), its tie given to the branch of least slope."""
    condition, a, b = node.args
    op = condition.op
    if op not in _TURNED:
        return node
    x, c = condition.args
    if c.op == "symbol":
        x, c, op = c, x, _TURNED[op]
    if x.op != "symbol" or c.op != "number":
        return node
    if not (a.free_symbols | b.free_symbols) <= {x.value}:
        return node
    above, below = (a, b) if op in ("gt", "ge") else (b, a)
    at = [forward(above, x), forward(below, x), above, below]
    try:
        values = [evaluate(v) for v in tidy_all(substitute_all(at, {x: c}))]
    except CalcmlError:  # a branch or its slope has no value there: nothing joins
        return node
    if None in values:
        return node
    high, low, top, bottom = (Fraction(v) for v in values if v is not None)
    if top != bottom or high == low:
        return node
    if high * low < 0:
        inner = make("where", (make("lt", (x, c)), below, number(top)))
        return make("where", (make("gt", (x, c)), above, inner))
    if abs(high) < abs(low):
        return make("where", (make("ge", (x, c)), above, below))
    return make("where", (make("gt", (x, c)), above, below))
