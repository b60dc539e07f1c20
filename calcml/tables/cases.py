"""A choice told as cases: 0 if x < 0, 1 if x > 0."""

from __future__ import annotations

from collections.abc import Collection

from calcml.algebra.simplify import simplify
from calcml.calculus.line import interval, samples
from calcml.core.build import bottom_up, substitute
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, Expr, Number, make, number, walk
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import definition

Case = tuple[Expr, Expr | None]  # a value, and when: None is "otherwise"


def cases(
    root: Expr, x: Expr, kinks: Collection[Number] = (), tidy: bool = True
) -> list[Case]:
    """The values of `root` by where `x` lies, in order; none where it has no choices.

    At `kinks` the slope does not exist, so they belong to no case. Choices that are
    not between intervals with known ends are told as they stand. `tidy` simplifies
    what a choice leaves.
    """
    root = bottom_up(root, _opened)
    if not any(node.op == "where" for node in walk(root)):
        return []
    ends = _ends(root, x)
    if ends is None:
        return _branches(root)
    points = [number(end) for end in sorted(ends)]
    found: list[tuple[Expr, int, int]] = []  # values, from which cell to which
    for cell, place in enumerate(samples(points) or ()):
        if cell % 2 and points[cell // 2].value in kinks:
            continue
        value = _at(root, {x: place})
        value = simplify(value) if tidy else value
        first = cell
        if found and found[-1][0] is value and found[-1][2] == cell - 1:
            _, first, _ = found.pop()
        found.append((value, first, cell))
    if len(found) == 1:
        return []
    if len(found) == 3 and len(points) == 1 and found[0][0] is found[2][0]:
        others = make("ne", (x, points[0]))  # one value but at a point
        return [(found[0][0], others), (found[1][0], make("eq", (x, points[0])))]
    return [(value, interval(x, points, *cells)) for value, *cells in found]


def may_choose(root: Expr) -> bool:
    """Whether there may be cases."""
    return any(n.op == "where" or _is_step(n) for n in walk(root))


def _is_step(node: Expr) -> bool:
    row = FUNCTIONS.get(node.op)
    return row is not None and row.d == ("0",) and row.by is not None


def _opened(node: Expr, made: Expr) -> Expr:
    """A step, a function of slope 0, as the choice that it is."""
    if _is_step(node):
        return definition(FUNCTIONS[node.op])(made.args, node)
    return made


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


def _at(root: Expr, here: dict[Expr, Expr]) -> Expr:
    """`root` with the branches that are taken at a place."""

    def taken(node: Expr, made: Expr) -> Expr:
        if node.op != "where":
            return made
        return made.args[1 if evaluate(substitute(node.args[0], here)) else 2]

    return bottom_up(root, taken)
