"""A choice told as cases: 0 if x < 0, 1 if x > 0."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import NamedTuple

from calcml.algebra.simplify import simplify
from calcml.calculus.line import interval
from calcml.core.build import rebuild, substitute
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, Expr, Number, number, walk
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import definition

Case = tuple[Expr, Expr | None]  # a value, and when: None is "otherwise"


class Interval(NamedTuple):
    """Numbers between two bounds; None is no bound, and a bound may belong to it."""

    low: Number | None
    high: Number | None
    has_low: bool = False
    has_high: bool = False

    def condition(self, x: Expr) -> Expr:
        """That `x` lies in the interval, which has a bound."""
        low, high = (None if n is None else number(n) for n in (self.low, self.high))
        found = interval(x, low, high, self.has_low, self.has_high)
        assert found is not None
        return found


def cases(
    root: Expr, x: Expr, kinks: Collection[Number] = (), tidy: bool = True
) -> list[Case]:
    """The values of `root` by where `x` lies, in order; none where it has no choices.

    At `kinks` the slope does not exist, so they belong to no case. Choices that are
    not between intervals with known ends are told as they stand. `tidy` simplifies
    what a choice leaves.
    """
    root = _opened(root)
    if not any(node.op == "where" for node in walk(root)):
        return []
    ends = _ends(root, x)
    if ends is None:
        return _branches(root)
    pieces: list[tuple[Number, Interval]] = []
    low: Number | None = None
    for end in [*sorted(ends), None]:
        pieces.append((_between(low, end), Interval(low, end)))
        if end is not None and end not in kinks:
            pieces.append((end, Interval(end, end, True, True)))
        low = end
    found: list[tuple[Expr, Interval]] = []
    for place, cell in pieces:
        value = _at(root, x, place)
        _extend(found, simplify(value) if tidy else value, cell)
    if len(found) == 1:
        return []
    return [(value, cell.condition(x)) for value, cell in found]


def _opened(root: Expr) -> Expr:
    """`root` with its steps, functions of slope 0, as the choices that they are."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        args = tuple([done[a] for a in node.args])
        row = FUNCTIONS.get(node.op)
        if row is not None and row.d == ("0",) and row.by is not None:
            done[node] = definition(row)(args, node)
        else:
            done[node] = rebuild(node, args) if args else node
    return done[root]


def _ends(root: Expr, x: Expr) -> set[Number] | None:
    """The numbers that `x` is compared with, None if a condition is of another form."""
    ends = set()
    for node in walk(root):
        if node.op in CONDITIONS and node.args[0].op not in CONDITIONS:
            others = [a for a in node.args if a is not x]
            end = evaluate(others[0]) if len(others) == 1 else None
            if end is None:
                return None
            ends.add(end)
    return ends


def _branches(root: Expr) -> list[Case]:
    found: list[Case] = []
    while root.op == "where":
        condition, value, root = root.args
        found.append((value, condition))
    return [*found, (root, None)] if found else []


def _between(low: Number | None, high: Number | None) -> Number:
    if low is None:
        return 0 if high is None else high - 1
    return low + 1 if high is None else Fraction(low + high) / 2


def _at(root: Expr, x: Expr, place: Number) -> Expr:
    """`root` with the branches that are taken where x is `place`."""
    done: dict[Expr, Expr] = {}
    here = {x: number(place)}
    for node in walk(root):
        args = tuple([done[a] for a in node.args])
        if node.op == "where":
            done[node] = args[1 if evaluate(substitute(node.args[0], here)) else 2]
        elif node.op in CONDITIONS or not args:
            done[node] = node
        else:
            done[node] = rebuild(node, args)
    return done[root]


def _extend(found: list[tuple[Expr, Interval]], value: Expr, cell: Interval) -> None:
    """Add a case, or widen the last one where it has the same value and touches."""
    if found:
        last, (low, _, has_low, has_high) = found[-1]
        if last is value and (has_high or cell.has_low):
            found[-1] = value, Interval(low, cell.high, has_low, cell.has_high)
            return
    found.append((value, cell))
