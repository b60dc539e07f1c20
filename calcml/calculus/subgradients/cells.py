"""A function with corners at a place: its branches in the cells that meet there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from calcml.algebra.simplify import simplify
from calcml.calculus.branches import extremes
from calcml.calculus.chain_rule import reverse
from calcml.calculus.expansions import calls
from calcml.calculus.limits import MOST_CELLS
from calcml.calculus.subgradients.hull import feasible
from calcml.calculus.subgradients.regions import (
    NOTHING,
    Region,
    UntoldError,
    numeric,
    sample,
    told_sign,
)
from calcml.calculus.zeros.constants import is_closed, truth
from calcml.calculus.zeros.polynomials import factors, normal
from calcml.core.build import bottom_up, div, mul, neg, power, sub, substitute
from calcml.core.comparisons import COMPARISONS
from calcml.core.decimals import numeral
from calcml.core.exact import ARITHMETIC, evaluate
from calcml.core.expr import ONE, ZERO, Expr, make, number, walk
from calcml.core.operations import ABS, CBRT, SQRT
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.rows import filled, lower

TRUTH = make("gt", (ZERO, ZERO)), make("ge", (ZERO, ZERO))
ROOTS = frozenset((SQRT, CBRT))


class Place(NamedTuple):
    """Where switches are 0: `values` of some variables, by the others."""

    values: dict[Expr, Expr]
    switches: tuple[Expr, ...] = ()

    @property
    def is_point(self) -> bool:
        """Whether the values, perhaps of some variables, are numbers."""
        return all(map(is_closed, self.values.values()))

    def at(self, e: Expr) -> Expr:
        """An expression at the place, short."""
        return _at(e, tuple(self.values.items())) if e.args or self.values else e


@lru_cache(maxsize=4_000)
def _at(e: Expr, values: tuple[tuple[Expr, Expr], ...]) -> Expr:
    put = substitute(e, dict(values))
    exact = None if put.free_symbols else evaluate(put)
    if exact is not None:
        return number(exact)
    return normal(put)


def in_choices(root: Expr) -> Expr:
    """The same function, but for jumps, whose corners are where comparisons change."""

    def change(node: Expr, new: Expr) -> Expr:
        row = FUNCTIONS.get(node.op)
        if row is None or not (row.picks or row.sides):
            return new
        return _extreme(new, row) if row.picks else _sided(new, row)

    alone = substitute(root, extremes.in_choices(walk(root)))
    return bottom_up(_lowered(alone), change)


def _lowered(root: Expr) -> Expr:
    return lower(root, lambda row: row.by is None or not calls.chooses(row))


def spelled(root: Expr) -> Expr:
    """The same in the spelling that has its corners in such functions: abs(x)."""

    def exact(node: Expr, new: Expr) -> Expr:
        return numeral(node.value, False) if node.op == "number" else new

    short = simplify(bottom_up(_lowered(root), exact))
    return in_choices(bottom_up(short, lambda node, new: _root_of_square(new)))


def _root_of_square(node: Expr) -> Expr:
    """sqrt(x^2*y^2) as abs(x*y)"""
    if node.op != SQRT:
        return node
    base, parts = ONE, factors(node.args[0])[1]
    for factor, e in parts.items():
        if e % 2 or e < 0:
            return node
        base = mul(base, power(factor, number(e // 2)))
    scale = simplify(div(node.args[0], mul(base, base)))
    constant = parts and scale.op == "number"
    return mul(make(SQRT, (scale,)), make(ABS, (base,))) if constant else node


def may_be_round(node: Expr) -> bool:
    """Whether a node is a root that may be 0, and has no slope there, as a norm's."""
    return node.op in ROOTS and not NOTHING.positive(node.args[0])


def _extreme(node: Expr, row: Row) -> Expr:
    """max or min: the first argument that no other passes."""
    made = node.args[-1]
    for i, mine in reversed(list(enumerate(node.args[:-1]))):
        best = [make(row.picks, (mine, other)) for other in node.args[i + 1 :]]
        made = make("where", (_all(best), mine, made))
    return made


def _all(conditions: Sequence[Expr]) -> Expr:
    first, *others = conditions
    for other in others:
        first = make("and", (first, other))
    return first


def _sided(node: Expr, row: Row) -> Expr:
    """A function of which a row says what it is to the left and to the right of 0."""
    (u,) = node.args
    left, right = [filled(s, row.params, node.args) for s in row.sides.split(" | ")]
    below = make("where", (make("lt", (u, ZERO)), left, ZERO))
    return make("where", (make("gt", (u, ZERO)), right, below))


def compared(root: Expr) -> Iterator[Expr]:
    """The comparisons of a function in choices, inner ones first."""
    return (n for n in walk(root) if n.op in COMPARISONS and n.free_symbols)


def outermost(root: Expr) -> Expr | None:
    """The comparison to decide first: what it excludes need not be decided."""
    for node in reversed(walk(root)):
        if node.op == "where":
            found = next(compared(node.args[0]), None)
            if found is not None:
                return found
    return next(compared(root), None)


def decided(root: Expr, comparison: Expr, truth: bool) -> Expr:
    """A function in choices where one comparison is known."""

    def change(node: Expr, new: Expr) -> Expr:
        if node is comparison:
            return TRUTH[truth]
        first = new.args[0] if new.args else new
        if new.op == "where" and first in TRUTH:
            return new.args[1 if first is TRUTH[True] else 2]
        if new.op == "not" and first in TRUTH:
            return TRUTH[first is TRUTH[False]]
        if new.op in ("and", "or"):
            for a, b in (new.args, new.args[::-1]):
                if a in TRUTH:
                    return b if a is TRUTH[new.op == "and"] else a
        return new

    return bottom_up(root, change)


# --- branches ----------------------------------------------------------------------


class Cell(NamedTuple):
    """A branch of a function beside a place: where the factors of switches have signs.

    `rows` are the slopes of these factors, away from the place and into the cell.
    """

    f: Expr
    signs: dict[Expr, int]
    rows: list[list[Expr]]


def cells(root: Expr, place: Place, region: Region) -> list[Expr]:
    """The branches of `root`, in choices, in the cells that meet at a place."""
    solved = list(place.values)
    found: dict[Expr, None] = {}
    stack = [Cell(root, {}, [])]
    while stack:
        if len(stack) + len(found) > MOST_CELLS:
            raise UntoldError("many cells meet there")
        cell = stack.pop()
        node = outermost(cell.f)
        if node is None:
            found[cell.f] = None
            continue
        which, parts = factors(sub(*node.args))
        new = None
        for u, e in parts.items():
            there = place.at(u)
            if e % 2 == 0 or NOTHING.nonnegative(u):
                continue
            if there is not ZERO:
                which *= told_sign(there, region)
            elif u in cell.signs:
                which *= cell.signs[u]
            else:
                new = u
                break
        if new is None:
            stack.append(cell._replace(f=_with(cell.f, node, which)))
            continue
        row = [ONE] if len(solved) == 1 else [place.at(g) for g in reverse(new, solved)]
        if all(c is ZERO for c in row):
            raise UntoldError("a switch has no slope there")
        for way in (1, -1):
            rows = [*cell.rows, [c if way > 0 else neg(c) for c in row]]
            if len(rows) == 1 or feasible(_numbers(rows, region)):
                stack.append(Cell(cell.f, {**cell.signs, new: way}, rows))
    if not found:
        raise UntoldError("which cells meet there")
    return list(found)


def _numbers(rows: Sequence[Sequence[Expr]], region: Region) -> list[list[Fraction]]:
    """The rows at a point of a region, whose order around the place is that of all."""
    if all(is_closed(c) for row in rows for c in row):
        return [[numeric(c) for c in row] for row in rows]
    for (a, b), (c, d) in combinations(rows, 2):
        told_sign(normal(sub(mul(a, d), mul(b, c))), region, True)
    there = sample({n for row in rows for c in row for n in c.free_symbols}, region)
    return [[numeric(substitute(c, there)) for c in row] for row in rows]


def at_place(root: Expr, place: Place, region: Region) -> Expr:
    """The value of an expression in choices at a place."""
    if root.free_symbols <= {v.value for v in place.values} and place.is_point:
        exact = evaluate(substitute(root, place.values))
        if exact is not None:
            return number(exact)
    while root.op == "where" and not _has_choice(root.args[0]):
        root = root.args[1 if _holds(root.args[0], place, region) else 2]
    while (node := outermost(root)) is not None:
        root = decided(root, node, _holds(node, place, region))
    return place.at(root)


def _has_choice(e: Expr) -> bool:
    """Whether what is compared is a choice itself."""
    return any(node.op == "where" for node in walk(e))


def _holds(condition: Expr, place: Place, region: Region) -> bool:
    """Whether a condition is true at a place; what is not told may not decide."""
    problems = [UntoldError("a condition")]

    def sign_of(difference: Expr) -> int | None:
        there = place.at(difference)
        try:
            return 0 if there is ZERO else told_sign(there, region)
        except UntoldError as error:
            problems.append(error)
            return None

    found = truth(condition, sign_of)
    if found is None:
        raise problems[-1]
    return found


def _with(f: Expr, comparison: Expr, which: int) -> Expr:
    return decided(f, comparison, bool(ARITHMETIC[comparison.op](which, 0)))
