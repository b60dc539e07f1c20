"""A derivative by or of arrays, compared with finite differences at random arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from calcml.algebra.arrays.simplify import KINDS, known_of, simplify, single
from calcml.algebra.facts.reading import read_pieces
from calcml.calculus.derivative import derived
from calcml.check.blame import blame
from calcml.check.judges import AtArrays, close
from calcml.check.limits import ARRAY_DIGITS, ARRAY_TOLERANCE, DUST, PLACES
from calcml.check.points import short
from calcml.check.report import AGREES, DIFFERS, UNKNOWN, Report
from calcml.core.build import substitute
from calcml.core.errors import CalcmlError, DomainError
from calcml.core.expr import Expr, make, symbol, walk
from calcml.core.shapes import Dims, is_unit, shown
from calcml.evaluate.arrays import unconfirmed
from calcml.evaluate.arrays.grid import Grid, indices, read_grid
from calcml.evaluate.finite_differences import finite_difference, trial
from calcml.evaluate.limits import STEP_GUARD
from calcml.evaluate.sample import Range
from calcml.parsing.inputs import Function
from calcml.parsing.parser import Given


class Assumed(NamedTuple):
    """What is given: kinds of matrices, conditions on elements, and their ranges."""

    kinds: Mapping[str, set[str]]
    conditions: Sequence[Expr]
    ranges: Mapping[str, Range]
    given: Given  # as it was said


def check_array(
    root: Expr,
    candidate: Expr,
    variable: Expr,
    points: int,
    seed: int,
    assumed: Assumed,
    order: int,
) -> Report:
    """Whether `candidate` equals finite differences of `root` at random arrays.

    Its shape must be that of `root`, then that of `variable`, where axes of size 1 do
    not count; the gradient of a scalar has the shape of `variable`. What is `assumed`
    holds at the arrays. Differences are of the derivative of the order before.
    """
    root = derived(Function(root), [variable], order - 1, simplify=False)
    wanted = derivative_dims(root, variable)
    if _axes(candidate.dims) != _axes(wanted):
        message = (
            f"the candidate has the shape {shown(candidate.dims)}, and the derivative "
            f"{shown(wanted)}"
        )
        report = Report(DIFFERS, "shapes", message)
        return _explained(report, root, candidate, variable, f"{seed}", assumed)
    for point in range(points):
        at = f"{seed} {point}"
        try:
            found = _at_trial(root, candidate, variable, at, assumed)
        except CalcmlError as error:
            method = f"finite differences at {point} points of random sizes"
            return Report(UNKNOWN, method, error.message)
        if found is not None:
            return _explained(found, root, candidate, variable, at, assumed)
    method = f"finite differences at {points} points of random sizes"
    message = "the candidate equals finite differences of the formula"
    return Report(AGREES, method, message, points)


def derivative_dims(root: Expr, variable: Expr) -> Dims:
    """The shape of `root`, unless it has one element, then that of `variable`."""
    own: Dims = () if all(map(is_unit, root.dims)) else root.dims
    return own + variable.dims


def _axes(dims: Dims) -> Dims:
    return tuple(size for size in dims if not is_unit(size))


def assumptions(
    given: Given, nodes: Sequence[Expr], ranges: Mapping[str, Range]
) -> Assumed:
    """What is given of the variables among nodes, and from where they are drawn.

    Conditions on all elements, "sum(y) = 1", "A symmetric"; the errors of `known_of`.
    """
    arrays = {n.value: n for n in nodes if n.op == "symbol" and n.dims}
    listed = single(given)
    kinds: dict[str, set[str]] = {kind.split()[-1]: set() for kind in KINDS}
    for text in listed:
        for kind in KINDS:
            if isinstance(text, str) and text.rstrip().endswith(kind):
                kinds[kind.split()[-1]].add(text.split()[0])
    known = known_of(listed, arrays)
    equations = [make("eq", pair) for pair in known.equal]
    names = {n.value for n in nodes if n.op == "symbol"}
    stated = [fact for fact in known.scalars if fact in listed]
    whole = {symbol(name): array for name, array in arrays.items()}
    facts = [substitute(piece.condition, whole) for piece in read_pieces(stated, names)]
    return Assumed(kinds, [*equations, *facts], ranges, given)


def _at_trial(
    root: Expr, subject: Expr, variable: Expr, seed: str, assumed: Assumed
) -> Report | None:
    """The report on a candidate that differs at one trial, else None."""
    (kinds, conditions, ranges, _), nodes = assumed, [root, subject, variable]
    sizes, place = trial(nodes, seed, None, given=conditions, ranges=ranges, **kinds)
    at = place | sizes
    found = unconfirmed(subject, at, ARRAY_DIGITS + STEP_GUARD).items
    try:
        right = read_grid(finite_difference(root, variable, at, ARRAY_DIGITS))
    except DomainError:
        if variable.value not in kinds["symmetric"] | kinds["definite"]:
            raise
        # A function of symmetric matrices alone: only such ones are compared.
        mirrored = finite_difference(root, variable, at, ARRAY_DIGITS, symmetric=True)
        right = read_grid(mirrored)
        found = _mirrored(Grid(right.shape, found))
    largest = max(abs(value) for value in [*found, *right.items])
    for index, one, other in zip(indices(right.shape), found, right.items, strict=True):
        if abs(one - other) > ARRAY_TOLERANCE * max(largest, DUST):
            which = f"element {list(index)} of " if index else ""
            message = (
                f"{which}the candidate is {short(one)}, by finite differences "
                f"{short(other)}"
            )
            counterexample = dict(sorted(sizes.items())) | place
            return Report(
                DIFFERS, "finite differences", message, 1, counterexample, (one, other)
            )
    return None


def _explained(
    report: Report,
    root: Expr,
    subject: Expr,
    variable: Expr,
    seed: str,
    assumed: Assumed,
) -> Report:
    """The report, with what is wrong where calcml's own derivative tells it."""
    try:
        right = derived(Function(root), [variable], given=assumed.given)
        nodes = [root, subject, variable, right]
        judge = AtArrays(_places(nodes, seed, assumed, {}))
        at = judge.places[0]
        known = read_grid(finite_difference(root, variable, at, ARRAY_DIGITS))
        if not close(known, unconfirmed(right, at, ARRAY_DIGITS)):
            tied = any(c.op == "eq" for c in assumed.conditions)
            return _at_kink(report) if tied else report
        reason = blame(root, subject, right, judge)
        reason = reason or blame(root, simplify(subject), right, judge)
        for node in walk(*nodes) if not reason else ():
            if node.op == "symbol" and len(set(node.dims)) == 1 < len(node.dims):
                also = {"symmetric": {node.value}}
                there = _places(nodes, seed, assumed, also)
                if AtArrays(there).first(right, [("right", subject)]):
                    reason = f"it is right only where {node} is symmetric"
    except CalcmlError:  # it has none, or not at all places
        return report
    message = f"{report.message}; {reason}" if reason else report.message
    return replace(report, message=message)


def _at_kink(report: Report) -> Report:
    """No verdict: where equations hold there may be kinks, without differences."""
    message = f"{report.message}; calcml's derivative is another there: a kink"
    return replace(report, verdict=UNKNOWN, message=message, counterexample=None)


def _places(
    nodes: Sequence[Expr],
    seed: str,
    assumed: Assumed,
    also: Mapping[str, set[str]],
) -> list[Mapping[str, Any]]:
    """Places at which corrections are confirmed, some matrices `also` of a kind."""
    found: list[Mapping[str, Any]] = []
    kinds = {
        kind: names | also.get(kind, set()) for kind, names in assumed.kinds.items()
    }
    for turn in range(PLACES):
        at = f"{seed} {turn}" if turn else seed
        given, ranges = assumed.conditions, assumed.ranges
        sizes, values = trial(nodes, at, None, given=given, ranges=ranges, **kinds)
        found.append(sizes | values)
    return found


def _mirrored(grid: Grid) -> list[Any]:
    """Elements shared evenly between the last two axes."""
    found = dict(zip(indices(grid.shape), grid.items, strict=True))
    return [(found[(*k, i, j)] + found[(*k, j, i)]) / 2 for *k, i, j in found]
