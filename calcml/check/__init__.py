"""A derivative checked: proved, agreeing at points, differing at one, or unknown.

A function, a candidate and a variable flow in, a report with a verdict flows out. It
may import what stands below it, `sympy_bridge` and SymPy among it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts, facts
from calcml.calculus.derivative import checked_order
from calcml.check.arrays import assumptions, check_array
from calcml.check.branches import Branches, branches
from calcml.check.limits import FIRST
from calcml.check.points import Case, Search, at_points
from calcml.check.proof import proved
from calcml.check.reference import by_calcml, by_sympy, expanded, own
from calcml.check.report import (
    AGREES as AGREES,
    DIFFERS as DIFFERS,
    PROVED as PROVED,
    UNKNOWN as UNKNOWN,
    VERDICTS as VERDICTS,
    Report as Report,
    shown as shown,
)
from calcml.core.budget import limited
from calcml.core.errors import CalcmlError, DomainError, UnsupportedError
from calcml.core.expr import Expr, lift, walk
from calcml.core.tensors import has_arrays
from calcml.evaluate.sample import Range
from calcml.parsing.inputs import (
    Formula,
    Function,
    Several,
    Variable,
    function,
    names_in,
    variable,
)
from calcml.parsing.parser import Given, Shapes, declared, parse

REFERENCES = {"sympy": by_sympy, "calcml": by_calcml}
GRAVITY = (DIFFERS, UNKNOWN, AGREES, PROVED)  # the verdict on a gradient is its worst


@limited
def check(
    f: Formula,
    candidate: Formula | Sequence[Formula] | Mapping[str, Formula] | None,
    x: Variable | Several,
    *,
    against: str | None = None,
    order: int = 1,
    points: int = 12,
    seed: int = 0,
    ranges: Mapping[str, Range] | None = None,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = True,
) -> Report:
    """Whether `candidate` is the derivative of `f` by `x`: a Report with a verdict.

    `x` is a variable, or a list of them for a gradient; `candidate` is then a list in
    that order or a dictionary, and the verdict the worst of its parts. It may use the
    names that the text `f` defines, unless `defined` is False. It is compared with
    calcml's own derivative of an `order`, or with SymPy's (`against` "sympy"): exactly
    where that is quick, else in balls at `points` points of the domain of `f`, drawn by
    a `seed` from `ranges` (name -> lowest and highest value) where they are given. The
    candidate None is calcml's own derivative, compared with SymPy's; without `simplify`
    as the chain rule made it.

    `shapes` declares the arrays of a text. Derivatives of arrays or by arrays have the
    shape of `diff`, and are compared with finite differences at random arrays, whatever
    the candidate is; `against` is not for them. `given` holds wherever values are
    compared, and in proofs: an equation is solved, and where that fails, the verdict is
    no "differs".

    Raises the errors of `parse` about `f`, the candidate and what is given, ParseError
    for a variable that is none, UnsupportedError for another `against`, and CalcmlError
    for a gradient of another length, and for `points` and `ranges` that are none. What
    cannot be compared is no error: the verdict is "unknown" and says why.

    Source of the balls: Johansson, Arb (IEEE Transactions on Computers, 2017).

    >>> print(check("x^3", "3*x^2", "x"))
    proved: the candidate equals calcml's derivative
    method: the same expression
    >>> check("x^3", "3*x", "x").verdict
    'differs'
    """
    if against not in (None, *REFERENCES):
        known = " or ".join(REFERENCES)
        raise UnsupportedError(f"there is no check against {against}; use {known}")
    if not simplify and candidate is not None:
        raise UnsupportedError(
            "simplify is of calcml's own derivative; a candidate is compared as it is"
        )
    _check_search(points, ranges or {})
    read = function(f, shapes, x, given)
    root = read.root
    arrays = declared(shapes or {}) | _arrays(root)
    if defined and isinstance(candidate, str) and read.definitions:
        candidate = parse(candidate, names_in(x), shapes, None, read.definitions)
    if not isinstance(x, (list, tuple)):
        pairs = [(variable(x, read), candidate)]
    else:
        pairs = _pairs([variable(v, read) for v in x], candidate, read)
    if against and any(map(has_arrays, [root, *(v for v, _ in pairs)])):
        raise UnsupportedError(
            "derivatives of arrays are compared with finite differences; leave out "
            f"against {against}"
        )
    against = "sympy" if candidate is None else against or "calcml"
    search = Search(points, seed, ranges)
    sizes: Shapes = {name: node.dims for name, node in arrays.items()}
    asked = [(v, None if p is None else _formula(p, sizes, root)) for v, p in pairs]
    reports = []
    for by, typed in asked:
        nodes = [root, by] if typed is None else [root, by, typed]
        compare = _arrays_compared if has_arrays(*nodes) else _scalars_compared
        way = Way(
            against, checked_order(order), search, given, [*arrays.values()], simplify
        )
        report = compare(root, typed, by, way)
        if len(asked) > 1:
            report = replace(report, message=f"by {by.value}: {report.message}")
        reports.append(report)
    return min(reports, key=lambda report: GRAVITY.index(report.verdict))


@limited
def holds(root: Expr, typed: Expr, x: Expr, given: Given = ()) -> Report:
    """What `check` says of scalars, without looking for what is wrong with them."""
    search = Search(12, 0, None, explained=False)
    return _scalars_compared(root, typed, x, Way("calcml", 1, search, given, [], True))


def _check_search(points: int, ranges: Mapping[str, Range]) -> None:
    """CalcmlError for what is no number of points, or no interval."""
    if type(points) is not int or points < 1:
        raise CalcmlError("points is a whole number from 1")
    if not isinstance(ranges, Mapping):
        raise CalcmlError('ranges are a dict, such as {"x": (0, 1)}')
    for name, pair in ranges.items():
        try:
            low, high = map(Fraction, pair)
        except (TypeError, ValueError, OverflowError):
            low, high = Fraction(1), Fraction(0)
        if low > high:
            raise CalcmlError(f"the range of {name} is a pair such as (0.1, 3)")


class Way(NamedTuple):
    """How a candidate is compared: what `check` was asked."""

    against: str
    order: int
    search: Search
    given: Given
    arrays: Sequence[Expr]  # those declared and those that occur
    simplify: bool  # whether a derivative of calcml's is


def _arrays_compared(root: Expr, typed: Expr | None, by: Expr, way: Way) -> Report:
    search, order = way.search, way.order
    nodes = walk(root, by, *way.arrays, *([] if typed is None else [typed]))
    assumed = assumptions(way.given, nodes, search.ranges or {})
    try:
        mine = own(root, by, order, way.given, way.simplify) if typed is None else typed
        return check_array(root, mine, by, search.points, search.seed, assumed, order)
    except CalcmlError as error:
        return Report(UNKNOWN, "finite differences", error.message)


def _scalars_compared(root: Expr, typed: Expr | None, by: Expr, way: Way) -> Report:
    names = root.free_symbols.union([] if typed is None else typed.free_symbols)
    known = facts(way.given, names)
    asked = by, way.order, known.conditions
    try:
        reference = REFERENCES[way.against](root, *asked)
        subject = own(root, *asked, way.simplify) if typed is None else typed
        what = "calcml's derivative" if typed is None else "the candidate"
        case = Case(root, subject, what, reference)
        report = _report(case, way.search, known, by)
        if report.verdict == DIFFERS and known.equations and way.against == "sympy":
            # What is given may hold at kinks alone, where SymPy takes other slopes.
            ours = case._replace(reference=by_calcml(root, *asked))
            if _report(ours, way.search, known, by).verdict != DIFFERS:
                message = f"{report.message}; calcml's derivative is another there"
                return Report(UNKNOWN, "compare with sympy", message)
        return report
    except CalcmlError as error:
        return Report(UNKNOWN, f"compare with {way.against}", error.message)


def _arrays(root: Expr) -> dict[str, Expr]:
    return {n.value: n for n in walk(root) if n.op == "symbol" and n.dims}


def _pairs(
    variables: Sequence[Expr], candidate: Any, read: Function
) -> list[tuple[Expr, Any]]:
    """Each variable with its part of a gradient."""
    if not variables:
        raise CalcmlError("name the variables to derive by")
    if candidate is None:
        return [(v, None) for v in variables]
    if isinstance(candidate, Mapping):
        parts = {variable(k, read): part for k, part in candidate.items()}
        missing = [str(v.value) for v in variables if v not in parts]
        if missing:
            raise CalcmlError(f"the candidate has no part for {', '.join(missing)}")
        more = [str(v) for v in parts if v not in variables]
        if more:
            raise CalcmlError(
                f"the candidate has a part for {', '.join(more)}, by which nothing is "
                "checked; add it to the variables"
            )
        return [(v, parts[v]) for v in variables]
    if isinstance(candidate, (str, Expr)) or len(candidate) != len(variables):
        raise CalcmlError(f"the candidate must have {len(variables)} parts, in order")
    return list(zip(variables, candidate, strict=True))


def _formula(value: Any, shapes: Shapes | None, root: Expr) -> Expr:
    if isinstance(value, str):
        value = parse(value, root.free_symbols, shapes)
    return lift(value)


def _report(case: Case, search: Search, known: Facts, by: Expr) -> Report:
    """Values first, at a few points: they refute for certain, and a proof may err."""
    _, subject, what, reference = case
    equal = f"{what} equals {reference.name}"
    if subject is reference.node or subject is reference.short:
        return Report(PROVED, "the same expression", equal)
    try:
        ways = branches(known, by)
        few = _at_ways(case, search._replace(points=min(FIRST, search.points)), ways)
    except DomainError as error:  # an equation is given that is not solved
        ways = Branches([], False)
        few = Report(UNKNOWN, "points at which what is given holds", error.message)
    if few.verdict == DIFFERS:
        return few
    exact = _proof(case, known, ways)
    if not exact and few.verdict == AGREES:
        exact = expanded(subject, reference.source)
    if exact:
        return Report(PROVED, exact, equal, few.points)
    return few if few.verdict == UNKNOWN else _at_ways(case, search, ways)


def _at_ways(case: Case, search: Search, ways: Branches) -> Report:
    """The worst of the reports on the ways in which what is given holds."""
    each = search._replace(points=-(-search.points // len(ways.ways)))
    found = [at_points(case, each._replace(way=way)) for way in ways.ways]
    reports = [report for report in found if report is not None]
    if not reports:
        held = " and what is given holds" if any(way.given for way in ways.ways) else ""
        reason = f"no point was found where the formula is real and below 1e100{held}"
        return Report(UNKNOWN, "values at 0 points", reason)
    worst = min(reports, key=lambda report: GRAVITY.index(report.verdict))
    if worst.verdict != AGREES:
        return worst
    points = sum([report.points for report in reports])
    method = worst.method.replace(f"at {worst.points} points", f"at {points} points")
    return replace(worst, points=points, method=method)


def _proof(case: Case, known: Facts, ways: Branches) -> str:
    """How the two are proved equal, in each of the ways if not in all at once."""
    exact, right = "", case.reference.short or case.reference.node
    if right is not None:
        domain = known.and_where_defined(conditions(case.root))
        exact = proved(case.subject, right, domain, known.conditions)
    if right is None or exact or not ways.complete:
        return exact
    for way in ways.ways:
        if not way.values:
            return ""
        root, subject, value = map(way.put, (case.root, case.subject, right))
        domain = Facts(way.given).and_where_defined(conditions(root))
        exact = proved(subject, value, domain, way.given)
        if not exact:
            break
    return exact
