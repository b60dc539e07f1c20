"""Functions that depend on each other, brought to one generator or two.

Functions of rational multiples of one argument, its direction, form a family: the
coordinates of a point on the unit circle or hyperbola, functions of one exponential,
or the multiples of the one function that is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import gcd, lcm
from typing import Any, NamedTuple

from calcml.algebra.normal.exponents import Vector, oriented
from calcml.algebra.normal.limits import MAX_MULTIPLE
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.terms import Algebra, Term
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, Expr, make, walk
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed

CURVES = ("circle", "hyperbola")
RATIOS = ("s/c", "c/s")


class Family(NamedTuple):
    """Functions of one direction: on a curve, one function, or of an exponential."""

    unit: Expr
    curve: str
    nodes: tuple[Expr, ...]
    vectors: tuple[tuple[Expr, Vector], ...]
    multiple: Fraction = Fraction(1)

    def __hash__(self) -> int:
        return hash((self.unit, self.curve, self.nodes))


class Directions:
    """The functions of an expression that have families, by direction."""

    def __init__(self, algebra: Algebra, exact: bool = False) -> None:
        self.algebra = algebra
        self.exact = exact
        self.uses: dict[tuple[Expr, bool], list[tuple[Expr, Row, Fraction]]] = {}
        self.family: dict[Expr, Family] = {}
        self._multiple: dict[Expr, Fraction] = {}
        self._points: dict[Family, list[tuple[Quotient, Quotient]]] = {}

    def take(self, node: Expr) -> bool:
        """Note a function's value, if its row puts it in a family."""
        row = FUNCTIONS.get(node.op)
        if row is None or not (row.circle or row.hyperbola or row.exponential):
            return False
        unit, k = self._direction(node.args[0])
        self.uses.setdefault((unit, bool(row.circle)), []).append((node, row, k))
        self._multiple[node] = k
        return True

    def terms(self, node: Expr) -> list[Term]:
        """The terms of a node, each sum in them turned as it is kept."""
        terms = self.algebra.terms_of(node)
        return oriented(self.algebra, terms) if node.args else terms

    def linear(self, node: Expr) -> Vector:
        """A node as rational coefficients of terms."""
        found: Vector = {}
        for c, _, term in self.terms(node):
            found[term] = found.get(term, Fraction(0)) + Fraction(c)
        return found

    def turned(self, node: Expr) -> tuple[Expr, int]:
        """An odd or even function's value at the kept one of a and -a, and its sign."""
        row = FUNCTIONS.get(node.op)
        if row is None or not row.parity or node.args[0].op not in SUMS:
            return node, 1
        (arg,) = node.args
        if self.algebra.forward(self.linear(arg)):
            return node, 1
        sign = -1 if row.parity == "odd" else 1
        return make(node.op, (self.algebra.negated(arg),)), sign

    def _direction(self, arg: Expr) -> tuple[Expr, Fraction]:
        """arg as a rational multiple of a node whose coefficients have no factor."""
        terms = self.terms(arg)
        if any(dotted for _, dotted, _ in terms) or not terms[0][0]:
            return arg, Fraction(1)
        content = Fraction(
            gcd(*[c.numerator for c, _, _ in terms]),
            lcm(*[c.denominator for c, _, _ in terms]),
        )
        if not self.algebra.forward({t: c for c, _, t in terms}):
            content = -content
        if content == 1:
            return arg, content
        return self.algebra.scaled(arg, 1 / content), content

    # --- which family a direction's functions form ----------------------------------

    def families(self, exponents: Sequence[Vector]) -> list[Family]:
        """The families, when exponentials with these exponents occur beside them."""
        found = []
        for (unit, _), uses in self.uses.items():
            family = self._family(unit, uses, exponents)
            found.append(family)
            for node, _, _ in uses:
                self.family[node] = family
        return found

    def _family(
        self,
        unit: Expr,
        uses: list[tuple[Expr, Row, Fraction]],
        exponents: Sequence[Vector],
    ) -> Family:
        rows = list(dict.fromkeys(row for _, row, _ in uses))
        sizes = {abs(k) for _, _, k in uses}
        curves = (c for c in CURVES if all(getattr(row, c) for row in rows))
        curve = next(curves, "")
        direction = self.linear(unit)
        beside = self.exact or any(_parallel(direction, v) for v in exponents)
        if not beside or curve == "circle":
            single = len(rows) == 1 and not curve
            ratios = curve and all(getattr(row, curve) in RATIOS for row in rows)
            if len(sizes) == 1 and (single or ratios) and not self.exact:
                (size,) = sizes
                node = make(uses[0][1].op, (self.scaled(unit, size),))
                return Family(unit, "", (node,), (), size)
            if curve:
                return self._on_curve(unit, curve, uses)
        vectors = tuple(
            (node, {t: c * k for t, c in direction.items()}) for node, _, k in uses
        )
        return Family(unit, "", (), vectors)

    def _on_curve(
        self, unit: Expr, curve: str, uses: list[tuple[Expr, Row, Fraction]]
    ) -> Family:
        """The two coordinates at the largest angle that divides all others."""
        angles = {k for _, row, k in uses if getattr(row, curve) not in RATIOS}
        halves = {abs(k) for _, _, k in uses} - {abs(k) for k in angles}
        if angles and all(2 * h in {abs(k) for k in angles} for h in halves):
            chosen = [abs(k) for k in angles]  # tan(u/2) is sin(u)/(1 + cos(u))
        else:
            chosen = [abs(k) for _, _, k in uses]
        size = Fraction(
            gcd(*[k.numerator for k in chosen]), lcm(*[k.denominator for k in chosen])
        )
        if any(abs(k) / size > MAX_MULTIPLE for _, _, k in uses):
            raise LimitError("an angle is too large a multiple of another")
        angle = self.scaled(unit, size)
        ops = functions_on(curve)
        nodes = tuple(make(ops[f], (angle,)) for f in "sc")
        return Family(angle, curve, nodes, (), size)

    def scaled(self, unit: Expr, k: Fraction) -> Expr:
        """k*unit as it is printed best."""
        return self.algebra.product(k, False, {unit: ONE}) if k != 1 else unit

    # --- values ---------------------------------------------------------------------

    def value(self, node: Expr, reader: Any) -> Quotient:
        """The function's value over the generators of its family."""
        row, family = FUNCTIONS[node.op], self.family[node]
        ring, k = reader.ring, self._multiple[node]
        if not family.curve and not family.nodes:
            powers = reader.powers[(node,)][1]
            e = ring.product([(ring.generator(i), n) for i, n in powers.items()])
            return evaluated(row.exponential, {"E": e}, ring)
        k = k / family.multiple
        if not family.curve:
            y = ring.generator(reader.powers[family][0])
            return self._single(row, FUNCTIONS[family.nodes[0].op], y, k, ring)
        formula = getattr(row, family.curve)
        s, at = reader.powers[family]
        if k.denominator == 2:
            y = self._point(family, s, at[0], int(2 * abs(k)), ring)
            y = {"s": y["s"], "c": ring.sum([ring.one, y["c"]])}  # tan(u/2) as above
        else:
            y = self._point(family, s, at[0], int(abs(k)), ring)
        found = evaluated(formula, y, ring)
        odd = formula.count("s") % 2  # s changes its sign with the angle, c does not
        return negative(found) if k < 0 and odd else found

    def _single(
        self, row: Row, own: Row, y: Quotient, k: Fraction, ring: Ring
    ) -> Quotient:
        if row is not own:  # the ratio of the coordinates the other way round
            y = ring.product([(y, -1)])
        if k > 0 or row.parity == "even":
            return y
        if row.parity == "odd" or row.circle in RATIOS or row.hyperbola in RATIOS:
            return negative(y)
        return evaluated(row.mirror, {"y": y}, ring)

    def _point(
        self, family: Family, s: int, c: int, k: int, ring: Ring
    ) -> dict[str, Quotient]:
        """The coordinates at k times the angle, by Chebyshev's recurrence."""
        known = self._points.get(family)
        if known is None:
            first = ring.generator(s), ring.generator(c)
            known = self._points[family] = [(ring.zero, ring.one), first]
        twice = Quotient(ring.rational(2), {c: 1})
        while len(known) <= k:
            point = []
            for before, last in zip(known[-2], known[-1], strict=True):
                product = ring.product([(twice, 1), (last, 1)])
                point.append(ring.sum([product, negative(before)]))
            known.append((point[0], point[1]))
        return dict(zip("sc", known[k], strict=True))


def negative(q: Quotient) -> Quotient:
    """-q"""
    return Quotient(-q.coefficient, q.factors)


def evaluated(formula: str, values: Mapping[str, Quotient], ring: Ring) -> Quotient:
    """A row's rational formula at quotients for its letters."""
    done: dict[Expr, Quotient] = {}
    for node in walk(parsed(formula, tuple(values))):
        args = [done.get(a, ring.one) for a in node.args]
        match node.op:
            case "symbol":
                done[node] = values[node.value]
            case "number":
                done[node] = ring.number(node.value)
            case "add":
                done[node] = ring.sum(args)
            case "sub":
                done[node] = ring.sum([args[0], negative(args[1])])
            case "mul":
                done[node] = ring.product([(args[0], 1), (args[1], 1)])
            case "div":
                done[node] = ring.product([(args[0], 1), (args[1], -1)])
            case "neg":
                done[node] = negative(args[0])
            case "pow":
                done[node] = ring.product([(args[0], node.args[1].value)])
            case op:
                raise ValueError(f"{op} is no rational operation, in {formula}")
    return done[node]


@cache
def folds() -> list[tuple[Row, int, str]]:
    """Rows that stand for an exponential: exp(k*x) by the row's value y."""
    found = []
    for row in FUNCTIONS.values():
        if row.folds:
            left, right = row.folds.split(" = ")
            exponent = parsed(left).args[0]
            k = 1 if exponent.op == "symbol" else exponent.args[0].value
            found.append((row, k, right))
    return found


@cache
def functions_on(curve: str) -> dict[str, str]:
    """The functions of a curve by what they are in its coordinates."""
    found: dict[str, str] = {}
    for row in FUNCTIONS.values():
        if getattr(row, curve):
            found.setdefault(getattr(row, curve), row.op)
    return found


def _parallel(a: Vector, b: Vector) -> bool:
    """Whether two vectors are multiples of each other."""
    if a.keys() != b.keys():
        return False
    ratios = {a[t] / b[t] for t in a}
    return len(ratios) == 1
