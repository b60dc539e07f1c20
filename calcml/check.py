"""A derivative checked: proved, agreeing at points, differing at one, or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import comb, prod
from typing import Any, NamedTuple

from calcml.kinks import derivative
from calcml.diff import diff
from calcml.domain import Point, Range, sample
from calcml.errors import CalcmlError, LimitError, UnsupportedError
from calcml.expr import ZERO, Expr, lift, rebuild, sub, substitute, symbol, walk
from calcml.kinks import derivative
from calcml.numeric import context, evalf
from calcml.simplify import simplify
from calcml.sympy_bridge import from_sympy, to_sympy
from calcml.syntax import parse

DIGITS = 30  # of the values that are compared
MAX_DIGITS = 600  # of values compared again; smaller ones are not decided
TOLERANCE = 1e-20  # the relative difference that is still rounding
MAX_TREE = 1_500  # nodes of a formula written out: SymPy's derivative takes seconds
FIRST = 3  # points compared before a proof is tried
MAX_PROOF = 150  # operations of a difference that SymPy is asked to expand
MAX_TERMS = 400  # terms of it, expanded

VERDICTS = PROVED, AGREES, DIFFERS, UNKNOWN = ("proved", "agrees", "differs", "unknown")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how.

    `verdict` is "proved" (the two are one expression by exact steps), "agrees" (equal
    at `points` points), "differs" (at the point `counterexample`, where `values` are
    the candidate's and the right one) or "unknown" (`message` says why).
    """

    verdict: str
    method: str
    message: str
    points: int = 0
    counterexample: Point | None = None
    values: tuple[Any, Any] | None = None

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.message}"]
        if self.counterexample is not None:
            lines.append(f"counterexample: {shown(self.counterexample)}")
        return "\n".join([*lines, f"method: {self.method}"])

    def __bool__(self) -> bool:
        raise UnsupportedError(
            f"a report is not true or false; its verdict is {self.verdict!r}, "
            f"one of {', '.join(VERDICTS)}"
        )


def check(
    f: Expr | str,
    candidate: Any,
    x: Any,
    *,
    against: str = "sympy",
    order: int = 1,
    points: int = 12,
    seed: int = 0,
    ranges: Mapping[str, Range] | None = None,
) -> Report:
    """Whether `candidate` is the derivative of `f` by `x`; None asks about calcml's own.

    `x` is a variable, or a list of them for a gradient; `candidate` is then a list in
    that order or a dictionary. It is compared with SymPy's derivative of the same
    formula, or (`against="calcml"`) with calcml's: exactly where that is quick, else at
    `points` points of the domain of `f`, drawn from `ranges` where they are given.
    """
    if against not in _REFERENCES:
        known = " or ".join(_REFERENCES)
        raise UnsupportedError(f"there is no check against {against}; use {known}")
    if candidate is None and against == "calcml":
        raise CalcmlError("calcml's derivative is itself: give a candidate, or use sympy")
    root = _expression(f)
    if isinstance(x, (str, Expr)):
        pairs = [(_variable(x), candidate)]
    else:
        pairs = _pairs([_variable(v) for v in x], candidate)
    search = _Search(points, seed, ranges)
    reports = []
    for variable, given in pairs:
        report = _checked(root, given, variable, against, order, search)
        if len(pairs) > 1:
            report = replace(report, message=f"by {variable.value}: {report.message}")
        reports.append(report)
    return min(reports, key=lambda report: _GRAVITY.index(report.verdict))


_GRAVITY = (DIFFERS, UNKNOWN, AGREES, PROVED)


class _Search(NamedTuple):
    """How many points are compared, and how they are drawn."""

    points: int
    seed: int
    ranges: Mapping[str, Range] | None


def _variable(value: str | Expr) -> Expr:
    return symbol(value) if isinstance(value, str) else value


def _pairs(variables: Sequence[Expr], candidate: Any) -> list[tuple[Expr, Any]]:
    """Each variable with its part of a gradient."""
    if candidate is None:
        return [(v, None) for v in variables]
    if isinstance(candidate, Mapping):
        parts = {_variable(k): part for k, part in candidate.items()}
        missing = [str(v.value) for v in variables if v not in parts]
        if missing:
            raise CalcmlError(f"the candidate has no part for {', '.join(missing)}")
        return [(v, parts[v]) for v in variables]
    if isinstance(candidate, (str, Expr)) or len(candidate) != len(variables):
        raise CalcmlError(f"the candidate must have {len(variables)} parts, one a variable")
    return list(zip(variables, candidate, strict=True))


def _expression(value: Any) -> Expr:
    return parse(value) if isinstance(value, str) else lift(value)


# --- one derivative ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reference:
    """The derivative to compare with: SymPy's object, an expression, or both."""

    name: str
    node: Expr | None
    source: Any = None


def _checked(
    root: Expr, given: Any, variable: Expr, against: str, order: int, search: _Search
) -> Report:
    try:
        reference = _REFERENCES[against](root, variable, order)
        subject = _own(root, variable, order) if given is None else _expression(given)
    except CalcmlError as error:
        return Report(UNKNOWN, f"compare with {against}", error.message)
    if subject is reference.node:
        return Report(PROVED, "the same expression", f"it is {reference.name}")
    what = "calcml's derivative" if given is None else "the candidate"
    compare = partial(_at_points, root, subject, reference, what, search)
    report = compare(min(FIRST, search.points))  # values first: a proof may err
    if report.verdict == DIFFERS:
        return report
    exact = _simplified(subject, reference.node)
    if not exact and report.verdict == AGREES:
        exact = _expanded(subject, reference.source)
    if exact:
        return Report(PROVED, exact, f"{what} equals {reference.name}", report.points)
    return report if report.verdict == UNKNOWN else compare(search.points)


def _own(root: Expr, variable: Expr, order: int) -> Expr:
    """calcml's derivative, as it is given to a user."""
    for _ in range(order):
        root = simplify(derivative(root, variable))
    return root


def _by_calcml(root: Expr, variable: Expr, order: int) -> _Reference:
    return _Reference("calcml's derivative", _own(root, variable, order))


def _simplified(subject: Expr, node: Expr | None) -> str:
    """How calcml finds that the two are equal, or nothing."""
    if node is None:
        return ""
    if simplify(subject) is simplify(node) or simplify(sub(subject, node)) is ZERO:
        return "the same expression after simplification"
    return ""


# --- SymPy -------------------------------------------------------------------------

# SymPy's classes whose slope is 0 wherever there is one; it writes DiracDelta, or leaves
# the derivative undone. Kinks themselves are not sampled.
_FLAT = ("DiracDelta", "floor", "ceiling", "sign", "Heaviside")


def _by_sympy(root: Expr, variable: Expr, order: int) -> _Reference:
    """SymPy's own derivative; UnsupportedError or LimitError where it has none."""
    import sympy

    size: dict[Expr, int] = {}
    for node in walk(root):
        size[node] = 1 + sum([size[a] for a in node.args])
    if size[root] > MAX_TREE:
        raise LimitError(
            f"written out, the formula has over {MAX_TREE:,} parts, too many for SymPy"
        )
    try:
        source = to_sympy(root)
        source = sympy.diff(source, sympy.Symbol(variable.value, real=True), order)
        source = source.replace(_is_flat, lambda term: sympy.Integer(0))
        undone = [d for d in source.atoms(sympy.Derivative) if not _is_formal(d.expr)]
    except CalcmlError:
        raise
    except Exception as error:  # noqa: BLE001  SymPy raises errors of every kind
        raise UnsupportedError(f"SymPy gives up: {type(error).__name__}") from error
    if undone:
        raise UnsupportedError(f"SymPy leaves {undone[0]} as it is")
    try:
        node = from_sympy(source)
    except CalcmlError:
        node = None
    return _Reference("SymPy's derivative", node, source)


_REFERENCES = {"sympy": _by_sympy, "calcml": _by_calcml}


def _is_flat(term: Any) -> bool:
    kind = type(term).__name__
    if kind == "Derivative":
        kind = type(term.expr).__name__
        return kind in _FLAT
    return kind == "DiracDelta"


def _is_formal(term: Any) -> bool:
    return any(base.__name__ == "AppliedUndef" for base in type(term).__mro__)


def _expanded(subject: Expr, source: Any) -> str:
    """By which cheap step SymPy finds that the difference is 0, or nothing."""
    import sympy

    if source is None:
        return ""
    try:
        difference = to_sympy(subject) - source
        if difference.count_ops() > MAX_PROOF:
            return ""
        for name, term in (
            ("expansion", difference),
            ("expansion in exponentials", difference.rewrite(sympy.exp)),
        ):
            above = sympy.fraction(sympy.together(term))[0]
            if above == 0 or _terms(above) <= MAX_TERMS and sympy.expand(above) == 0:
                return f"SymPy's {name}: the difference is 0"
    except Exception:  # noqa: BLE001  a proof that fails proves nothing, whatever SymPy met
        return ""
    return ""


def _terms(term: Any) -> int:
    """At most how many terms `term`, or any part of it, has when it is expanded."""
    import sympy

    count: dict[Any, int] = {}
    for part in sympy.postorder_traversal(term):
        below = [count[a] for a in part.args]
        count[part] = 1
        if part.is_Add:
            count[part] = sum(below)
        elif part.is_Mul:
            count[part] = prod(below)
        elif part.is_Pow and part.exp.is_Integer and below[0] > 1:
            power = min(abs(int(part.exp)), MAX_TERMS)
            count[part] = comb(below[0] + power - 1, power)
    return max(count.values())


def _by_evalf(source: Any, point: Point, digits: int) -> Any:
    """SymPy's own value of its derivative, None where it finds no number."""
    import sympy

    at = {
        sympy.Symbol(name, real=True): sympy.Rational(v.numerator, v.denominator)
        for name, v in point.items()
    }
    try:
        value = sympy.sympify(source).evalf(digits, subs=at)
        if not value.is_number or not value.is_finite:
            return None
        parts = [sympy.Float(part, digits) for part in value.as_real_imag()]
    except Exception:  # noqa: BLE001  calcml's own value of SymPy's derivative is used then
        return None
    return context().mpc(*parts) if parts[1] else context().convert(parts[0])


# --- points ------------------------------------------------------------------------


def _at_points(
    root: Expr,
    subject: Expr,
    reference: _Reference,
    what: str,
    search: _Search,
    wanted: int,
) -> Report:
    """Compare values at `wanted` points of the domain of `root`."""
    nodes = [root, subject, reference.node or ZERO]
    bodies = _stand_ins(walk(*nodes))
    if bodies:
        if reference.node is None:
            return Report(UNKNOWN, "SymPy", f"calcml cannot read {reference.source}")
        root, subject, known = (_concrete(node, bodies) for node in nodes)
        reference = _Reference(reference.name, known)
    found = sample(root, wanted, search.seed, search.ranges, subject.free_symbols)
    method = f"values at {len(found)} points, {DIGITS} digits"
    if bodies:
        method += "; " + ", ".join(f"{n} = {body}" for (n, _), body in bodies.items())
    if not found:
        return Report(UNKNOWN, method, "no point was found where the formula has a value")
    compared = 0
    for point in found:
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
    subject: Expr, reference: _Reference, point: Point, digits: int
) -> _Pair | None:
    """The values of both, None where one has none."""
    right = None
    if reference.source is not None:
        right = _by_evalf(reference.source, point, digits)
    try:
        if right is None and reference.node is not None:
            right = evalf(reference.node, point, digits)
        return None if right is None else (evalf(subject, point, digits), right)
    except CalcmlError:
        return None


def _equal(
    subject: Expr, reference: _Reference, point: Point, pair: _Pair
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


def _ratio(subject: Expr, reference: _Reference, found: Sequence[Point]) -> str:
    """What the candidate seems to be wrong by: one factor at all points."""
    pairs = [_pair(subject, reference, point, DIGITS) for point in found[:4]]
    ratios = [pair[0] / pair[1] for pair in pairs if pair and pair[1]]
    if len(ratios) < 2 or not all(_close(r, ratios[0]) for r in ratios):
        return ""
    factor = _short(ratios[0])
    if factor == "-1.0":
        return "; only the sign is wrong, at every point tried"
    return f"; it is {factor.removesuffix('.0')} times that at every point tried"


def _short(value: Any) -> str:
    return str(context().nstr(value, 12))


def shown(point: Mapping[str, Fraction]) -> str:
    """A point as it is typed: x = 0.4863, y = -1.5."""
    return ", ".join(f"{name} = {float(value)!r}" for name, value in point.items())


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
    """`root` with the known functions, and their derivatives, in place of the unknown."""
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
