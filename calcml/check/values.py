"""Values of a candidate and of the right derivative, compared at points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from calcml.check.reference import Reference, by_evalf
from calcml.check.report import AGREES, DIFFERS, UNKNOWN, Report
from calcml.diff import diff
from calcml.domain import Point, Range, sample
from calcml.errors import CalcmlError
from calcml.expr import ZERO, Expr, rebuild, substitute, symbol, walk
from calcml.numeric import context, evalf
from calcml.syntax import parse

DIGITS = 30  # of the values that are compared
MAX_DIGITS = 600  # of values compared again; smaller ones are not decided
FEW = 4  # points at which SymPy's own values are taken, and a wrong factor looked for
TOLERANCE = 1e-20  # the relative difference that is still rounding


class Search(NamedTuple):
    """How many points are compared, and how they are drawn."""

    points: int
    seed: int
    ranges: Mapping[str, Range] | None


class Case(NamedTuple):
    """A candidate (`what` it is called) for a derivative of `root`."""

    root: Expr
    subject: Expr
    what: str
    reference: Reference


def at_points(case: Case, search: Search) -> Report:
    """Compare values at points of the domain of the function that was derived."""
    root, subject, what, reference = case
    nodes = [root, subject, reference.node or ZERO]
    bodies = _stand_ins(walk(*nodes))
    if bodies:
        if reference.node is None:
            return Report(UNKNOWN, "SymPy", f"calcml cannot read {reference.source}")
        root, subject, known = (_concrete(node, bodies) for node in nodes)
        reference = Reference(reference.name, known)
    found = sample(root, *search, also=subject.free_symbols)
    method = f"values at {len(found)} points, {DIGITS} digits"
    if bodies:
        method += "; " + ", ".join(f"{n} = {body}" for (n, _), body in bodies.items())
    if not found:
        return Report(
            UNKNOWN,
            method,
            "no point was found where the formula is real and below 1e100",
        )
    compared = 0
    for i, point in enumerate(found):
        if i == FEW and reference.node is not None:
            reference = Reference(reference.name, reference.node)
        pair = _pair(subject, reference, point, DIGITS)
        equal = None if pair is None else _equal(subject, reference, point, pair)
        if pair is not None and equal is False:
            message = f"{what} is {_short(pair[0])}, {reference.name} {_short(pair[1])}"
            message += _ratio(subject, reference, found)
            return Report(DIFFERS, method, message, compared + 1, point, pair)
        compared += equal is True
    if not compared:
        message = f"{what} or {reference.name} has no value at any of the points"
        return Report(UNKNOWN, method, message)
    return Report(AGREES, method, f"{what} equals {reference.name}", compared)


_Pair = tuple[Any, Any]


def _pair(
    subject: Expr, reference: Reference, point: Point, digits: int
) -> _Pair | None:
    """The values of both, None where one has none."""
    right = None
    if reference.source is not None:
        right = by_evalf(reference.source, point, digits)
    try:
        if right is None and reference.node is not None:
            right = evalf(reference.node, point, digits)
        return None if right is None else (evalf(subject, point, digits), right)
    except CalcmlError:
        return None


def _equal(
    subject: Expr, reference: Reference, point: Point, pair: _Pair
) -> bool | None:
    """Whether two values are equal; a difference that more digits remove was rounding.

    None where that cannot be told: a 0 may be what is left of 1 - 1 + something small.
    """
    if _close(*pair):
        return True
    smallest = min([context().mag(value) for value in pair if value])
    digits = 2 * DIGITS + max(0, -smallest // 3)
    again = None
    if digits <= MAX_DIGITS:
        again = _pair(subject, reference, point, digits)
    if again is None:
        return None
    shrunk = abs(again[0] - again[1]) <= abs(pair[0] - pair[1]) * 10 ** (-DIGITS // 3)
    return _close(*again) or bool(shrunk)


def _close(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))


def _ratio(subject: Expr, reference: Reference, found: Sequence[Point]) -> str:
    """What the candidate seems to be wrong by: one factor at all points."""
    pairs = [_pair(subject, reference, point, DIGITS) for point in found[:FEW]]
    ratios = [pair[0] / pair[1] for pair in pairs if pair and pair[1]]
    if not ratios[1:] or not all(_close(r, ratios[0]) for r in ratios):
        return ""
    factor = _short(ratios[0])
    if factor == "-1.0":
        return "; only the sign is wrong, at every point tried"
    return f"; it is {factor.removesuffix('.0')} times that at every point tried"


def _short(value: Any) -> str:
    return str(context().nstr(value, 12))


# --- unknown functions -------------------------------------------------------------

_Bodies = dict[tuple[str, int], Expr]


def _stand_ins(nodes: Sequence[Expr]) -> _Bodies:
    """For each unknown function, a known one that is smooth and real everywhere."""
    found = sorted({(n.value[0], len(n.args)) for n in nodes if n.op == "formal"})
    bodies = {}
    for i, (name, slots) in enumerate(found):
        u = " + ".join(f"{i + j + 2}/{j + 3}*{_SLOT}{j}" for j in range(slots))
        v = " + ".join(f"{j + 2}/{i + j + 5}*{_SLOT}{j}" for j in range(slots))
        bodies[name, slots] = parse(f"sin({u} + {i + 1}) + exp(({v})/4)")
    return bodies


_SLOT = "u_"


def _concrete(root: Expr, bodies: _Bodies) -> Expr:
    """`root` with known functions, and their derivatives, in place of unknown ones."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        args = tuple([done[a] for a in node.args])
        if node.op != "formal":
            done[node] = rebuild(node, args) if args else node
            continue
        name, orders = node.value
        slots = [symbol(f"{_SLOT}{j}") for j in range(len(args))]
        by = [slot for slot, k in zip(slots, orders, strict=True) for _ in range(k)]
        slope = diff(bodies[name, len(args)], by)
        done[node] = substitute(slope, dict(zip(slots, args, strict=True)))
    return done[root]
