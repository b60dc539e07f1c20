"""Terms of a sum that have their corners at one place, spelled as one corner.

The slopes that the chain rule takes of relu(x) and of relu(-x) at 0 are 0; of their
difference, which is x, the slope is 1. So the terms with a corner where u = 0, and what
is a multiple of u beside them, are put together as a slope on each side of it.

>>> from calcml.parsing.parser import parse
>>> from calcml.algebra.canonical import Tidier
>>> one_corner(f := parse("relu(x) - relu(-x) + y"), Tidier([f]))
x + y
>>> one_corner(f := parse("relu(x) - x"), Tidier([f]))
relu(-x)
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

from calcml.algebra.canonical import Tidier
from calcml.algebra.facts.linear import linear
from calcml.algebra.terms import Algebra
from calcml.core.build import bottom_up, sub
from calcml.core.comparisons import ORDERED
from calcml.core.expr import ONE, ZERO, Expr, Number, make, symbol, walk
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS
from calcml.parsing.parser import parsed

Part = tuple[Number, Expr]


class Corner(NamedTuple):
    """A term with a corner where u = 0: its slopes by u on the left and on the right.

    `beside` is what the term is there.
    """

    u: Expr
    left: Number
    right: Number
    beside: Number = 0


@cache
def slopes() -> dict[str, tuple[Number, Number]]:
    """Functions that are a multiple of u on each side of u = 0: the two slopes."""
    found = {}
    for row in FUNCTIONS.values():
        sides = [linear(parsed(s, row.params)) for s in row.sides.split(" | ") if s]
        if len(sides) == 2 and len(row.params) == 1:
            x = symbol(row.params[0])
            left, right = (side or {} for side in sides)
            if {*left, *right} == {x}:
                found[row.op] = left.get(x, 0), right.get(x, 0)
    return found


@cache
def _with_slopes(left: Number, right: Number) -> str:
    return next(op for op, found in slopes().items() if found == (left, right))


def _is_clip(term: Expr) -> bool:
    """Whether a term is its first argument between the other two, which are numbers."""
    row = FUNCTIONS.get(term.op)
    return (
        row is not None
        and len(row.params) == 3
        and row.sides.split(" | ") == [row.params[k] for k in (1, 0, 2)]
        and all(a.op == "number" for a in term.args[1:])
    )


def one_corner(root: Expr, tidier: Tidier) -> Expr:
    """`root`, canonical for `tidier`, with one corner in a sum where some coincide."""
    inner = {a for node in walk(root) if node.op in SUMS for a in node.args}

    def change(node: Expr, made: Expr) -> Expr:
        whole = node.op in SUMS and node not in inner
        return _joined(made, tidier) if whole else made

    return bottom_up(root, change)


def _joined(node: Expr, tidier: Tidier) -> Expr:
    """A sum with one corner where several of its terms have one, else itself."""
    algebra = tidier.algebra
    rest: dict[Expr, Number] = {}
    corners: dict[Expr, list[Corner]] = {}
    for c, _, term in algebra.terms_of(node):
        found_here = _corners(term, c, tidier)
        if not found_here:
            rest[term] = rest.get(term, 0) + c
        for corner in found_here:
            turned = algebra.scaled(corner.u, -1)
            if turned in corners:
                corner = Corner(turned, -corner.right, -corner.left, corner.beside)
            corners.setdefault(corner.u, []).append(corner)
    if not corners:
        return node
    parts: list[Part] = []
    changed = False
    for u, found in corners.items():
        multiple = _multiple(u, rest, algebra)
        changed = changed or len(found) > 1 or multiple != 0
        left: Number = sum([c.left for c in found]) + multiple
        right: Number = sum([c.right for c in found]) + multiple
        parts += _spelled(u, left, right, algebra)
        parts.append((sum([c.beside for c in found]), ONE))
    if not changed:
        return node
    parts += [(c, term) for term, c in rest.items()]
    return algebra.total(parts)


def _corners(term: Expr, c: Number, tidier: Tidier) -> list[Corner]:
    """The corners of a term: one, or the two of a clip between numbers."""
    if _is_clip(term):
        x, low, high = term.args
        if low.value < high.value:
            lower, upper = tidier.settled([sub(x, low), sub(x, high)])
            return [Corner(lower, 0, c, c * low.value), Corner(upper, 0, -c)]
    corner = _corner(term, c, tidier)
    return [] if corner is None else [corner]


def _corner(term: Expr, c: Number, tidier: Tidier) -> Corner | None:
    """The corner of a term c*relu(u), c*abs(u), or of a bound by a number."""
    if term.op in slopes():
        left, right = slopes()[term.op]
        return Corner(term.args[0], c * left, c * right)
    if term.op == "where":
        return _of_choice(term, c)
    row = FUNCTIONS.get(term.op)
    if row is not None and row.picks and len(term.args) == 2:
        bounds = [a for a in term.args if a.op == "number"]
        if len(bounds) == 1:
            (inner,) = [a for a in term.args if a not in bounds]
            (u,) = tidier.settled([sub(inner, bounds[0])])
            left, right = (0, c) if row.picks == "ge" else (c, 0)
            return Corner(u, left, right, c * bounds[0].value)
    return None


def _of_choice(term: Expr, c: Number) -> Corner | None:
    """The corner of where(u > 0, u, 0), and of its kin."""
    condition, yes, no = term.args
    if condition.op not in ORDERED or condition.args[1] is not ZERO:
        return None
    u = condition.args[0]
    if {yes, no} != {u, ZERO}:
        return None
    above = (yes is u) == (condition.op in ("gt", "ge"))
    return Corner(u, 0, c) if above else Corner(u, c, 0)


def _multiple(u: Expr, rest: dict[Expr, Number], algebra: Algebra) -> Number:
    """How often `rest` holds u but for a number; that is taken out of it."""
    inside = {term: c for c, _, term in algebra.terms_of(u)}
    moving = [term for term in inside if term is not ONE]
    if not moving or moving[0] not in rest:
        return 0
    factor = Fraction(rest[moving[0]]) / inside[moving[0]]
    if any(rest.get(term) != factor * inside[term] for term in moving):
        return 0
    for term, c in inside.items():
        rest[term] = rest.get(term, 0) - factor * c
    return factor


def _spelled(u: Expr, left: Number, right: Number, algebra: Algebra) -> list[Part]:
    """A corner with two slopes, of which the chain rule takes the one of least norm."""
    if left == right:
        return [(left, u)]
    if left == -right:
        return [(right, make(_with_slopes(-1, 1), (u,)))]
    above = make(_with_slopes(0, 1), (u,))
    below = make(_with_slopes(0, 1), (algebra.scaled(u, -1),))
    if left * right <= 0:
        return [(right, above), (-left, below)]
    if (left < right) == (right > 0):
        return [(left, u), (right - left, above)]
    return [(right, u), (right - left, below)]
