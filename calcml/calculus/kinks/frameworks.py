"""The slope that other systems compute at a kink, by their own local slopes.

The graph of a formula is evaluated in floats, with infinities and nan as those have
them; each call at one of its kinks passes on the slopes that were measured there.
A whole formula that was measured is taken from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import exp, inf, log, nan, sqrt

from calcml.calculus.expansions import calls
from calcml.calculus.kinks.limits import CLOSE
from calcml.calculus.zeros import constants
from calcml.core.build import substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import CONDITIONS, Expr, symbol, walk
from calcml.core.flat import depending
from calcml.core.operations import ABS, EXP, LOG, SQRT
from calcml.evaluate.evalf import evalf
from calcml.functions import FUNCTIONS
from calcml.functions.frameworks import FRAMEWORKS, LOCAL, MEASURED, OTHER_VALUES, Local
from calcml.parsing.parser import parse, parsed

Answers = dict[str, str | None]


class LackingError(Exception):
    """A framework has no such function, or no slope of it was measured."""


def answers(root: Expr, x: Expr, at: Expr, near: Expr | None = None) -> Answers:
    """What each framework gives for d root/d x at a place; None where it lacks it.

    Near the place `root` may be a shorter function, which serves.
    """
    known = measured(root, x, at)
    if known is not None:
        return known
    lacks = _lacks(root, x)
    root = root if near is None else near
    try:
        folded = Floats(root, x, at)
    except (CalcmlError, LackingError):
        return dict.fromkeys(FRAMEWORKS)
    return {name: None if name in lacks else folded.slope(name) for name in FRAMEWORKS}


@lru_cache(maxsize=20)
def _lacks(root: Expr, x: Expr) -> frozenset[str]:
    """The frameworks that have no slope of a function that moves with x."""
    found = set[str]()
    for op in {node.op for node in depending(walk(root), x)} & LOCAL.keys():
        found |= {f for f in FRAMEWORKS if _has_no_slope(LOCAL[op], f)}
    return frozenset(found)


def _has_no_slope(rows: Sequence[Local], framework: str) -> bool:
    return all(set(row.slopes[framework]) == {None} for row in rows)


def measured(root: Expr, x: Expr, at: Expr) -> Answers | None:
    """What was measured of a whole formula, renamed if need be."""
    if root.dims or root.free_symbols != {x.value}:
        return None
    renamed = substitute(root, {x: symbol("x")})
    for row, formula, place in _formulas():
        if formula is renamed and place is at:
            slopes = MEASURED[row].slopes
            return {name: parts[0] for name, parts in slopes.items()}
    return None


@lru_cache(maxsize=1)
def _formulas() -> list[tuple[int, Expr, Expr]]:
    """The measured formulas of one scalar variable x, with their places."""
    found = []
    for i, row in enumerate(MEASURED):
        if row.variable == "x" and list(row.at) == ["x"] and "[" not in row.at["x"]:
            formula = or_none(parse, row.formula)
            if formula is not None:  # one of arrays has no shapes here
                found.append((i, formula, constants.shortened(parse(row.at["x"]))))
    return found


class Floats:
    """Values of the nodes at a place, and slopes as a framework passes them on."""

    def __init__(self, root: Expr, x: Expr, at: Expr) -> None:
        self.root, self.x = root, x
        self.order = walk(root)
        if root.free_symbols - {x.value} or not all(map(_is_common, self.order)):
            raise LackingError
        self.at = at
        self.moving = depending(self.order, x)
        self.places: dict[Expr, Local | None] = {}
        self.values: dict[Expr, float | bool] = {}
        for node in self.order:
            self.values.setdefault(node, self._value(node))

    def _value(self, node: Expr) -> float | bool:
        try:
            there = substitute(node, {self.x: self.at})
            if node.op in CONDITIONS:
                truth = constants.truth(there)
                if truth is None:
                    raise LackingError
                return truth
            short = constants.shortened(there)
            value = evalf(short, {}, 15)
        except CalcmlError:
            return self._without(node)
        return float(value.real) if not value.imag else nan

    def _without(self, node: Expr) -> float:
        """An infinite value, or none: 1/0, log(0)."""
        if node.op == "where":
            chosen = node.args[1 if self.values[node.args[0]] else 2]
            return float(self.values[chosen])
        args = [float(self.values[a]) for a in node.args]
        operation = IN_FLOATS.get(node.op)
        if operation is None:
            raise LackingError
        try:
            return operation(*args)
        except (ArithmeticError, ValueError):
            return nan

    def slope(self, framework: str) -> str | None:
        """The slope, as text; None where the framework lacks a function."""
        tangents: dict[Expr, float] = {self.x: 1.0}
        try:
            for node in self.order:
                if node is not self.x:
                    tangents[node] = self._tangent(node, tangents, framework)
        except LackingError:
            return None
        result = tangents[self.root]
        if framework in REWRITE and not _is_finite(result):
            return None  # it may have made another formula of it first
        return shown(result)

    def _tangent(
        self, node: Expr, tangents: Mapping[Expr, float], framework: str
    ) -> float:
        if node.op in CONDITIONS or not node.args:
            return 0.0
        moving = [i for i, a in enumerate(node.args) if a in self.moving]
        if not moving:
            return 0.0
        if node.op == "where":
            return self._choice(node, tangents, framework)
        partials = self._partials(node, moving, framework)
        products = [(p, tangents[node.args[i]]) for i, p in partials]
        if node.op in LOCAL and any(_is_open(p, t) for p, t in products):
            raise LackingError  # some multiply, others choose
        return sum([p * t for p, t in products], 0.0)

    def _choice(
        self, node: Expr, tangents: Mapping[Expr, float], framework: str
    ) -> float:
        """The branch that is taken; of the other one, 0 times its slope."""
        condition, a, b = node.args
        taken, left = (a, b) if self.values[condition] else (b, a)
        spoiled = framework in ZERO_TIMES and not _is_finite(tangents[left])
        return nan if spoiled else tangents[taken]

    def _partials(
        self, node: Expr, moving: Sequence[int], framework: str
    ) -> list[tuple[int, float]]:
        rows = LOCAL.get(node.op, [])
        if rows and all(len(row.params) != len(node.args) for row in rows):
            raise LackingError  # of more arguments: systems nest calls in several ways
        if node not in self.places:
            at = [row for row in rows if self._is_at(row, node)]
            self.places[node] = at[0] if at else None
        row = self.places[node]
        if row is not None:
            if node.op in OTHER_VALUES.get(framework, ()):
                raise LackingError
            parts = row.slopes[framework]
            return [(i, self._read(row, node, parts[i])) for i in moving]
        return [(i, self._own(node, i)) for i in moving]

    def _is_at(self, row: Local, node: Expr) -> bool:
        """Whether a call's arguments are at the place of a row."""
        if len(row.params) != len(node.args):
            return False
        names = dict(zip(row.params, node.args, strict=True))
        return all(self._meets(part, names) for part in row.place.split(" and "))

    def _meets(self, part: str, names: Mapping[str, Expr]) -> bool:
        left, equals, right = part.partition(" = ")
        if not equals:
            left, integers, _ = part.partition(" in integers")
            value = self._number(left, names)
            return bool(integers) and _is_finite(value) and value == round(value)
        a, b = [self._number(side, names) for side in (left, right)]
        return a == b or abs(a - b) < CLOSE * max(1.0, abs(a), abs(b))

    def _number(self, text: str, names: Mapping[str, Expr]) -> float:
        body = parsed(text, tuple(names))
        values = {n: self.values[a] for n, a in names.items() if n in body.free_symbols}
        if not all(_is_finite(float(v)) for v in values.values()):
            return nan
        return float(evalf(body, values, 15).real)

    def _read(self, row: Local, node: Expr, text: str | None) -> float:
        if text is None:
            raise LackingError
        special = {"nan": nan, "inf": inf, "-inf": -inf}
        if text in special:
            return special[text]
        return self._number(text, dict(zip(row.params, node.args, strict=True)))

    def _own(self, node: Expr, place: int) -> float:
        """The partial derivative that the function's row states, in floats."""
        if node.op == "div":
            return self._of_quotient(node, place)
        partial = or_none(calls.derivative, node.op, node.args, place, 1)
        if partial is None:
            raise LackingError
        for part in walk(partial):
            if part not in self.values:
                self.values[part] = self._value(part)
        return float(self.values[partial])

    def _of_quotient(self, node: Expr, place: int) -> float:
        a, b = [float(self.values[arg]) for arg in node.args]
        return _quotient(1.0, b) if place == 0 else -_quotient(_quotient(a, b), b)


def _quotient(a: float, b: float) -> float:
    """a/b, with the infinities that Python refuses."""
    if b:
        return a / b
    return inf if a > 0 else -inf if a < 0 else nan


def _power(a: float, b: float) -> float:
    return inf if a == 0 and b < 0 else a**b if a >= 0 else nan


# Arithmetic where a value is infinite or none.
IN_FLOATS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a: -a,
    "div": _quotient,
    "pow": _power,
    LOG: lambda a: -inf if a == 0 else nan if a < 0 else log(a),
    EXP: exp,
    ABS: abs,
    SQRT: lambda a: nan if a < 0 else sqrt(a),
}

# Frameworks that rewrite a formula before they derive it.
REWRITE = frozenset(("CasADi", "SymPy"))

# Frameworks that multiply the slope of a branch not taken by 0.
ZERO_TIMES = frozenset(("JAX", "PyTorch", "PyTensor"))


def _is_common(node: Expr) -> bool:
    """Whether all frameworks have an operation, or it was measured which do."""
    row = FUNCTIONS.get(node.op)
    if node.dims or node.op == "formal" or row is None or node.op in LOCAL:
        return not node.dims and node.op != "formal"
    if row.family in ("operators", "choice"):
        return True
    return row.by is None and bool(row.numpy and row.numpy.startswith("numpy."))


def _is_open(a: float, b: float) -> bool:
    """Whether a product is 0 times infinity, or of what is none already."""
    return not _is_finite(a * b) and (a == 0 or b == 0)


def _is_finite(value: float) -> bool:
    return value - value == 0


def shown(value: float) -> str:
    """A float as it reads: 0, 1/2, 0.01, inf, nan."""
    if not _is_finite(value):
        return "inf" if value > 0 else "-inf" if value < 0 else "nan"
    simple = Fraction(value).limit_denominator(12)
    if abs(float(simple) - value) <= CLOSE * max(1.0, abs(value)):
        return str(simple)
    return f"{value:.12g}"
