"""A derivative checked: proved, agreeing at points, differing at one, or unknown.

A function, a candidate and a variable flow in, a report with a verdict flows out. It
may import what stands below it, `sympy_bridge` and SymPy among it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.check.arrays import check_array
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
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import Expr, lift, symbol, walk
from calcml.core.tensors import has_arrays
from calcml.evaluate.sample import Range
from calcml.parsing.inputs import Formula, Several, Variable, function
from calcml.parsing.parser import Given, Shapes, declared, parse

REFERENCES = {"sympy": by_sympy, "calcml": by_calcml}
GRAVITY = (DIFFERS, UNKNOWN, AGREES, PROVED)  # the verdict on a gradient is its worst


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
    shapes: Shapes | None = None,
    given: Given = (),
) -> Report:
    """Whether `candidate` is the derivative of `f` by `x`: a Report with a verdict.

    `x` is a variable, or a list of them for a gradient; `candidate` is then a list in
    that order or a dictionary, and the verdict the worst of its parts. It may use the
    names that the text `f` defines. It is compared with calcml's own derivative of an
    `order`, or with SymPy's (`against` "sympy"): exactly where that is quick, else in
    balls at `points` points of the domain of `f`, drawn by a `seed` from `ranges` (name
    -> lowest and highest value) where they are given. The candidate None is calcml's
    own derivative, compared with SymPy's.

    `shapes` declares the arrays of a text. Derivatives of arrays or by arrays have the
    shape of `diff`, and are compared with finite differences at random arrays, at which
    `given` holds, whatever the candidate is; `against` is not for them.

    Raises the errors of `parse` about `f`, UnsupportedError for another `against`, and
    CalcmlError for a gradient of another length, and for `points` and `ranges` that
    are none. What cannot be compared is no error: the verdict is "unknown" and says
    why.

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
    _check_search(points, ranges or {})
    read = function(f, shapes)
    root = read.root
    if isinstance(candidate, str) and read.definitions:
        candidate = parse(candidate, (), shapes, None, read.definitions)
    arrays = declared(shapes or {}) | _arrays(root)
    if isinstance(x, (str, Expr)):
        pairs = [(_variable(x, arrays), candidate)]
    else:
        pairs = _pairs([_variable(v, arrays) for v in x], candidate, arrays)
    if against and any(map(has_arrays, [root, *(v for v, _ in pairs)])):
        raise UnsupportedError(
            "derivatives of arrays are compared with finite differences; leave out "
            f"against {against}"
        )
    against = "sympy" if candidate is None else against or "calcml"
    search = Search(points, seed, ranges)
    sizes: Shapes = {name: node.dims for name, node in arrays.items()}
    reports = []
    for variable, part in pairs:
        try:
            typed = [] if part is None else [_formula(part, sizes)]
            if any(map(has_arrays, [root, variable, *typed])):
                (subject,) = typed or [own(root, variable, order)]
                report = check_array(
                    root, subject, variable, points, seed, given, order, ranges
                )
            else:
                reference = REFERENCES[against](root, variable, order)
                what = "the candidate" if typed else "calcml's derivative"
                (subject,) = typed or [own(root, variable, order)]
                report = _report(Case(root, subject, what, reference), search)
        except CalcmlError as error:
            report = Report(UNKNOWN, f"compare with {against}", error.message)
        if len(pairs) > 1:
            report = replace(report, message=f"by {variable.value}: {report.message}")
        reports.append(report)
    return min(reports, key=lambda report: GRAVITY.index(report.verdict))


def _check_search(points: int, ranges: Mapping[str, Range]) -> None:
    """CalcmlError for what is no number of points, or no interval."""
    if type(points) is not int or points < 1:
        raise CalcmlError("points is a whole number from 1")
    for name, pair in ranges.items():
        try:
            low, high = map(Fraction, pair)
        except (TypeError, ValueError, OverflowError):
            low, high = Fraction(1), Fraction(0)
        if low > high:
            raise CalcmlError(f"the range of {name} is a pair such as (0.1, 3)")


def _variable(value: str | Expr, arrays: Mapping[str, Expr]) -> Expr:
    return arrays.get(value) or symbol(value) if isinstance(value, str) else value


def _arrays(root: Expr) -> dict[str, Expr]:
    return {n.value: n for n in walk(root) if n.op == "symbol" and n.dims}


def _pairs(
    variables: Sequence[Expr], candidate: Any, arrays: Mapping[str, Expr]
) -> list[tuple[Expr, Any]]:
    """Each variable with its part of a gradient."""
    if candidate is None:
        return [(v, None) for v in variables]
    if isinstance(candidate, Mapping):
        parts = {_variable(k, arrays): part for k, part in candidate.items()}
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


def _formula(value: Any, shapes: Shapes | None) -> Expr:
    return parse(value, (), shapes) if isinstance(value, str) else lift(value)


def _report(case: Case, search: Search) -> Report:
    """Values first, at a few points: they refute for certain, and a proof may err."""
    _, subject, what, reference = case
    equal = f"{what} equals {reference.name}"
    if subject is reference.node or subject is reference.short:
        return Report(PROVED, "the same expression", equal)
    few = at_points(case, search._replace(points=min(FIRST, search.points)))
    if few.verdict == DIFFERS:
        return few
    right = reference.short or reference.node
    facts = Facts().and_where_defined(conditions(case.root))
    exact = "" if right is None else proved(subject, right, facts)
    if not exact and few.verdict == AGREES:
        exact = expanded(subject, reference.source)
    if exact:
        return Report(PROVED, exact, equal, few.points)
    return few if few.verdict == UNKNOWN else at_points(case, search)
