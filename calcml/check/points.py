"""A candidate and the right derivative, compared at points of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from calcml.algebra.facts.row_facts import is_kinked
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import diff
from calcml.check.blame import blame
from calcml.check.branches import Branch
from calcml.check.compare import Pair, by_balls, by_values, close, has_balls
from calcml.check.judges import AtPoints, Ground
from calcml.check.limits import (
    DIGITS,
    FEW,
    MAX_DIFFERENCE,
    MAX_SHOWN,
    MORE,
    SAME,
    VISIBLE,
)
from calcml.check.reference import Reference, by_evalf
from calcml.check.report import AGREES, DIFFERS, UNKNOWN, Report
from calcml.core.build import rebuild, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import ZERO, Expr, symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import Point, Range, inside, sample
from calcml.parsing.parser import parse

# Numbers that a reader can put in by hand; different ones for different variables.
SIMPLE = tuple(map(Fraction, ("0.5", "2", "1.3", "3", "0.7", "1.5", "0.3", "2.5")))


class Search(NamedTuple):
    """How many points are compared, and how they are drawn."""

    points: int
    seed: int
    ranges: Mapping[str, Range] | None
    way: Branch = Branch({}, ())
    explained: bool = True  # whether it is told what is wrong with a candidate

    def sample(self, case: Case) -> list[Point]:
        """Points of the domain of the function that was derived."""
        drawn = self.points, self.seed, self.ranges
        also = case.subject.free_symbols
        return sample(case.root, *drawn, also, self.way.given)


class Case(NamedTuple):
    """A candidate (`what` it is called) for a derivative of `root`."""

    root: Expr
    subject: Expr
    what: str
    reference: Reference

    def where(self, way: Branch) -> Case:
        """The case where variables have the values of a way in which facts hold."""
        if not way.values:
            return self
        known = self.reference
        node, short = (e and way.put(e) for e in (known.node, known.short))
        reference = Reference(known.name, node, None, short)
        return Case(way.put(self.root), way.put(self.subject), self.what, reference)


def at_points(case: Case, search: Search) -> Report | None:
    """Compare at points of the domain of the function that was derived.

    These fulfil what is given, in the way of the `search`. None where there are none.
    """
    case = case.where(search.way)
    root, subject, what, reference = typed = case
    nodes, given = [root, subject, reference.node or ZERO], search.way.given
    bodies = _stand_ins(walk(*nodes, *given))
    if bodies:
        if reference.node is None:
            return Report(UNKNOWN, "SymPy", f"calcml cannot read {reference.source}")
        root, subject, known = (_concrete(node, bodies) for node in nodes)
        reference = Reference(reference.name, known)
        case = Case(root, subject, what, reference)
        grounded = tuple(_concrete(condition, bodies) for condition in given)
        search = search._replace(way=search.way._replace(given=grounded))

    def ground(node: Expr) -> Expr:
        return _concrete(node, bodies) if bodies else node

    balls = has_balls(subject, reference.node)
    used = "balls" if balls else "values"
    where = "".join(f"; {name} = {body}" for (name, _), body in bodies.items())
    found = search.sample(case)
    if not found:
        return None
    compared = 0
    for point in found:
        pair = _compare(subject, reference, point, balls)
        if pair.values is not None and (pair.equal is False or compared < FEW):
            reason = _unconfirmed(reference, point, pair.values[1])
            if reason:
                return Report(UNKNOWN, f"SymPy's own value{where}", reason)
        if pair.equal is False:
            report = _differs(case, found, search, balls)
            if balls and search.explained:
                given = search.way.given
                report = _explained(report, typed, found, ground, given)
            return replace(report, method=report.method + where)
        compared += pair.equal is True
    if not compared:
        reason = f"{what} or {reference.name} has no value at any of the points"
        return Report(UNKNOWN, f"{used} at {len(found)} points{where}", reason)
    exact = "radius below 1e-30" if balls else f"{DIGITS} digits"
    method = f"{used} at {compared} points, {exact}{where}"
    return Report(AGREES, method, f"{what} equals {reference.name}", compared)


def _compare(subject: Expr, reference: Reference, point: Point, balls: bool) -> Pair:
    if balls and reference.node is not None:
        return by_balls(subject, reference.node, point)
    return by_values(subject, reference, point)


def _unconfirmed(reference: Reference, point: Point, value: Any) -> str:
    """Why SymPy's own value says that calcml misread its derivative, or nothing."""
    if reference.source is None or reference.node is None:
        return ""
    own = by_evalf(reference.source, point, DIGITS)
    if own is None or close(own, value, SAME) or abs(own - value) < 1e-25:
        return ""
    read = f"{short(value)} as calcml reads it"
    return f"SymPy's derivative is {short(own)} there, and {read}"


# --- what differs ------------------------------------------------------------------


def _differs(case: Case, found: Sequence[Point], search: Search, balls: bool) -> Report:
    """The report on a candidate that differs at one of the points `found`."""
    _, subject, what, reference = case
    best, pair = found[0], Pair(None)
    for point in _places(case, found, search):
        tried = _compare(subject, reference, point, balls)
        if tried.equal is False and (pair.equal is None or tried.apart > pair.apart):
            best, pair = point, tried
        if pair.apart > VISIBLE:
            break
    assert pair.values is not None
    message = (
        f"{what} is {short(pair.values[0])}, {reference.name} {short(pair.values[1])}"
    )
    method = "balls: their difference there excludes 0"
    if not balls:
        method = f"values of {DIGITS} digits, no balls"
    solved = {str(v.value): evalf(e, best) for v, e in search.way.values.items()}
    return Report(DIFFERS, method, message, 1, best | solved, pair.values)


def _explained(
    report: Report,
    case: Case,
    found: Sequence[Point],
    ground: Ground,
    given: Sequence[Expr],
) -> Report:
    """The report with the symbolic difference, and with what is wrong."""
    root, subject, _, reference = case
    right = reference.short or reference.node
    if right is None or report.counterexample is None:
        return report
    points = [dict(report.counterexample), *found]
    reason = blame(root, subject, right, AtPoints(points, ground))
    message = f"{report.message}; {reason}" if reason else report.message
    difference = _difference(subject, right, given)
    return replace(report, message=message, difference=difference)


def _places(case: Case, found: Sequence[Point], search: Search) -> Iterator[Point]:
    """Where a counterexample is looked for: simple numbers first, new points last."""
    yield from _simple(case, search)
    yield from found
    yield from search._replace(points=MORE, seed=search.seed + 1).sample(case)


def _simple(case: Case, search: Search) -> Iterator[Point]:
    """Points of simple numbers inside the domain; none where there may be a kink."""
    names = sorted(case.root.free_symbols | case.subject.free_symbols)
    if len(names) > len(SIMPLE) or any(map(is_kinked, walk(case.root))):
        return
    for sign, turn in product((1, -1), range(len(SIMPLE))):
        simple = [sign * SIMPLE[(turn + i) % len(SIMPLE)] for i in range(len(names))]
        point = dict(zip(names, simple, strict=True))
        held = all(
            low <= point[name] <= high
            for name, (low, high) in (search.ranges or {}).items()
            if name in point
        )
        if held and inside(case.root, point, search.way.given):
            yield point


def _difference(subject: Expr, right: Expr, given: Sequence[Expr]) -> Expr | None:
    """The candidate minus what is right, simplified; None where it is too long."""
    if len(walk(subject, right)) > MAX_DIFFERENCE:
        return None
    difference = or_none(simplify, sub(subject, right), given=given)
    short = difference is not None and len(str(difference)) <= MAX_SHOWN
    return difference if short else None


def short(value: Any) -> str:
    """The first digits of a value."""
    return str(context().nstr(value, 12)).removesuffix(".0")


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
