"""Expressions read as quotients over kernels, the kernels chosen by what occurs.

A kernel is a symbol, a function's value, a root or an exponential. Those that depend on
each other are brought to a basis first: exponentials to a basis of their exponents,
roots to one root of each base, functions of one angle to the two coordinates of a
point on the unit circle (or hyperbola), or to the one function that is used.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import NamedTuple

from calcml.algebra.normal.exponents import Vector, basis, lowest, oriented, shifted
from calcml.algebra.normal.families import Directions
from calcml.algebra.normal.limits import (
    FOLDS,
    MAX_GENERATORS,
    MAX_NODES,
    MAX_POWER,
    MAX_ROOT,
    MAX_UNFOLDED,
    SPARE,
)
from calcml.algebra.normal.nonzero import below, never_zero, nonzero
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.algebra.normal.roots import Roots
from calcml.algebra.normal.signs import Parts, relate, taken_apart, value
from calcml.algebra.real_factors import SIGNED
from calcml.algebra.terms import Algebra
from calcml.core.build import IMAG, is_decimal
from calcml.core.errors import CalcmlError, LimitError
from calcml.core.expr import ONE, E, Expr
from calcml.core.flat import SUMS, signed_terms
from calcml.core.operations import EXP, SQRT
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import definition, template_of

GIVEN_UP = CalcmlError, ZeroDivisionError, OverflowError  # with which a reading may end


def kind(node: Expr) -> str:
    """How a node is read: as terms, as factors, or as neither."""
    if node.op in SUMS:
        return "terms"
    if node.op in ("mul", "div", "neg"):
        return "factors"
    if node.op == "pow":
        exponent = node.args[1]
        if exponent.op == "number" and isinstance(exponent.value, int):
            if abs(exponent.value) > MAX_POWER and node.args[0].op in SUMS:
                raise LimitError("a power of a sum is too high")
            return "factors"
    return ""


class Generator(NamedTuple):
    """generator^e prints as base^(e*unit)."""

    base: Expr
    unit: Expr


class Angle(NamedTuple):
    """The coordinates s and c of the point at `angle` on the circle or hyperbola."""

    angle: Expr
    s: int
    c: int
    curve: str


class Reader:
    """The kernels of some expressions, and the expressions as quotients over them.

    Raises LimitError where that is too much work, and ZeroDivisionError where a
    denominator is 0 wherever it has a value. `swapped` replaces the even powers of the
    cosines, and not of the sines; `exact` reads decimals as the rationals they are, and
    every function of an exponential in it, so that equal expressions are read as one;
    `signs` relates |u| and sgn(u) to u, squares of `apart` leave roots.
    """

    def __init__(
        self,
        algebra: Algebra,
        roots: Sequence[Expr],
        swapped: bool = False,
        exact: bool = False,
        signs: bool = False,
        apart: Collection[Expr] = (),
    ) -> None:
        self.algebra, self.exact, self.apart = algebra, exact, apart
        self.parts: dict[Expr, tuple[Expr, ...]] = {}  # what each node is read from
        self.signs: dict[Expr, Parts] = {}
        self._directions = Directions(algebra, exact)
        self.order, self.inner = self._walked(roots)
        if signs and any(node.op in SIGNED for node in self.order):
            self.signs = taken_apart(self.order, self._directions)
            self.order, self.inner = self._walked(roots)
        self.values: dict[Expr, Quotient] = {}
        self.generators: list[Generator] = []
        self.angles: list[Angle] = []
        self._plain: dict[Expr, int] = {}
        self._turned: dict[Expr, tuple[int, int]] = {}
        self._exponents: dict[Expr, list[tuple[object, Vector]]] = {}
        self.powers: dict[object, tuple[int, dict[int, int]]] = {}
        self.roots = roots
        self._degree, spare = self._survey()
        self._keep_powers()
        self._families()
        self.size = len(self.generators)
        if self.size + spare > MAX_GENERATORS:
            raise LimitError("the expression has too many kernels")
        folds = FOLDS if E in self._exponents or apart or spare else SPARE
        self.ring = Ring(self.size + spare + folds)
        self._roots = Roots(self, self._degree)
        for angle in self.angles:
            curved = self.ring.swapped_circle if swapped else self.ring.circle
            curved(angle.s, angle.c, 1 if angle.curve == "circle" else -1)
        if self.signs:
            relate(self)
        for node in self.order:
            if node not in self.inner:
                self.values[node] = self._value(node)

    def _walked(self, roots: Sequence[Expr]) -> tuple[list[Expr], set[Expr]]:
        """Nodes to read, parts first, and those read as part of a sum or product."""
        order: list[Expr] = []
        uses: dict[Expr, int] = dict.fromkeys(roots, 2)
        inside: set[Expr] = set()
        seen: set[Expr] = set()
        stack: list[tuple[Expr, bool]] = [(root, False) for root in reversed(roots)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                if len(seen) > MAX_NODES:
                    raise LimitError("the expression is too long to be read")
                way = kind(node)
                parts = self.parts[node] = self._read_into(node)
                stack.append((node, True))
                for part in reversed(parts):
                    uses[part] = uses.get(part, 0) + 1
                    if way and kind(part) == way:
                        inside.add(part)
                    stack.append((part, False))
        return order, {node for node in inside if uses[node] == 1}

    def _read_into(self, node: Expr) -> tuple[Expr, ...]:
        """The parts of a node that are quotients themselves."""
        if kind(node) or node.op == SQRT:
            return node.args[:1] if node.op == "pow" else node.args
        if node in self.signs:
            return tuple(call.args[0] for call in self.signs[node][1])
        if node.op == "pow":
            base, exponent = node.args
            if base.op == "number" and exponent.op == "number":
                return ()
            return (base,)
        if node.op == EXP:
            return tuple(part for part, _ in self.unfolded(node.args[0])[0])
        row = FUNCTIONS.get(node.op)
        if row is not None and row.recognised:
            return (definition(row)(node.args, node),)
        return ()

    def unfolded(self, exponent: Expr) -> tuple[list[tuple[Expr, int]], Vector]:
        """e^exponent as powers of what rows say exp is, and the exponent left."""
        left: Vector = {}
        found = []
        terms = self.algebra.terms_of(exponent)
        if exponent.args:
            terms = oriented(self.algebra, terms)
        for c, _, term in terms:
            row, k = FUNCTIONS.get(term.op), Fraction(c)
            if row and row.exp and k.denominator == 1 and abs(k) <= MAX_UNFOLDED:
                inside = template_of(row.exp, (*row.params, "y"))
                found.append((inside(term.args, term), int(k)))
            else:
                left[term] = left.get(term, Fraction(0)) + k
        return found, left

    # --- the survey: which generators there are -------------------------------------

    def _survey(self) -> tuple[int, int]:
        """The degree of all roots, and how many of their generators may be needed."""
        spare, degrees = 0, [1]
        for node in self.order:
            op, args = node.op, node.args
            if op == "number":
                if is_decimal(node) and not self.exact:
                    self.symbol(node)
            elif node is IMAG:
                spare, degrees = spare + 1, [*degrees, 2]
            elif op == SQRT or op == "pow" and args[1].op == "number":
                k = Fraction(args[1].value) if op == "pow" else Fraction(1, 2)
                if k.denominator > 1:
                    degrees.append(k.denominator)
                    spare += 4 if args[0].op == "number" else 2
            elif op == "pow":
                base, times = lowest(args[0])
                whole, vector = self._exponent(args[1], times)
                self._exponents.setdefault(base, []).append((node, vector))
                self.powers[node] = whole, {}
            elif op == EXP:
                vector = self.unfolded(args[0])[1]
                if vector:
                    self._exponents.setdefault(E, []).append((node, vector))
                self.powers[node] = 0, {}
            elif node in self.signs:
                for call in self.signs[node][1]:
                    self.symbol(call)
            elif self.parts[node] and not kind(node):
                continue
            elif not kind(node) and not self._directions.take(node):
                mate, sign = self._directions.turned(node)
                self._turned[node] = self.symbol(mate), sign
        degree = lcm(*degrees)
        if degree > MAX_ROOT:
            raise LimitError("the roots have too many degrees")
        return degree, spare

    def _exponent(self, node: Expr, times: int) -> tuple[int, Vector]:
        """`times` an exponent as a whole number and the rest.

        The whole number stays with the rest where the base is no part that is read.
        """
        vector = self._directions.linear(node)
        if times > 1:
            return 0, {t: c * times for t, c in vector.items()}
        whole = (constant := vector.pop(ONE, Fraction(0))).__floor__()
        if constant != whole:
            vector[ONE] = constant - whole
        return whole, vector

    def _keep_powers(self) -> None:
        """Leave in each power as much of its exponent as its base may not divide by."""
        for base, uses in self._exponents.items():
            if base is E or never_zero(base, self.nonzero, self.algebra):
                continue
            wholes = [self.powers[key][0] for key, _ in uses]
            kept = shifted([vector for _, vector in uses], wholes)
            for (key, vector), whole, keep in zip(uses, wholes, kept, strict=True):
                one = vector.pop(ONE, Fraction(0)) + keep
                if one:
                    vector[ONE] = one
                self.powers[key] = whole - keep, {}

    @cached_property
    def nonzero(self) -> set[Expr]:
        """Nodes that are not 0 wherever what is read has a value."""
        return nonzero(self.roots, self.algebra)

    @cached_property
    def divided(self) -> set[int]:
        """The numbers of factors by which what is read divides."""
        found: set[int] = set()
        stack = [part for node in self.order for part in below(node)]
        while stack:
            node = stack.pop()
            value = self.values.get(node)
            if value is None:
                stack += self.parts.get(node, ())
            else:
                found |= set(value.factors)
        relations = self.ring.relations
        for f in found & relations.keys():
            found |= set(relations[f].value.factors)
        whole = [base if unit is ONE else None for base, unit in self.generators]
        return found | {i for i, base in enumerate(whole) if base in self.nonzero}

    def symbol(self, node: Expr) -> int:
        """The generator that is a node's value."""
        found = self._plain.get(node)
        if found is None:
            found = self._plain[node] = self.generator(node, ONE)
        return found

    def generator(self, base: Expr, unit: Expr) -> int:
        self.generators.append(Generator(base, unit))
        return len(self.generators) - 1

    def _families(self) -> None:
        """Generators of exponentials, and of functions that have a direction."""
        vectors = [vector for _, vector in self._exponents.get(E, [])]
        for family in self._directions.families(vectors):
            if family.curve:
                s, c = (self.generator(node, ONE) for node in family.nodes)
                self.angles.append(Angle(family.unit, s, c, family.curve))
                self.powers[family] = s, {0: c}
            elif family.nodes:
                self.powers[family] = self.symbol(family.nodes[0]), {}
            else:
                for node, vector in family.vectors:
                    self._exponents.setdefault(E, []).append(((node,), vector))
        for base, uses in self._exponents.items():
            open_to = None if self._directions.uses else self.algebra
            units, coordinates = basis([vector for _, vector in uses], open_to)
            if self.exact:
                self._turn_forward(units, coordinates)
            numbers = [
                self.generator(base, self.algebra.total([(c, t) for t, c in u.items()]))
                for u in units
            ]
            for (key, _), found in zip(uses, coordinates, strict=True):
                whole = self.powers.get(key, (0, {}))[0]
                self.powers[key] = whole, {numbers[i]: k for i, k in found.items()}

    def _turn_forward(
        self, units: list[Vector], coordinates: list[dict[int, int]]
    ) -> None:
        """Choose of each unit and its opposite the one that every reading chooses."""
        for i, unit in enumerate(units):
            if not self.algebra.forward(unit):
                units[i] = {t: -c for t, c in unit.items()}
                for found in coordinates:
                    if i in found:
                        found[i] = -found[i]

    # --- values ---------------------------------------------------------------------

    def _value(self, node: Expr) -> Quotient:
        way, op = kind(node), node.op
        if way == "terms":
            return self._sum(node)
        if way == "factors":
            return self._product(node)
        if op == "number":
            if node in self._plain:
                return self.ring.generator(self._plain[node])
            return self.ring.number(node.value)
        if op == SQRT:
            return self._root(node.args[0], Fraction(1, 2))
        if op == "pow" and node.args[1].op == "number":
            return self._root(node.args[0], Fraction(node.args[1].value))
        if op in ("pow", EXP):
            return self._power(node)
        if node is IMAG:
            return self._roots.of_minus_one(Fraction(1, 2))
        if node in self._turned:
            i, sign = self._turned[node]
            return Quotient(self.ring.rational(sign), {i: 1})
        if node in self.signs:
            return value(node, self)
        if self.parts[node]:
            return self.values[self.parts[node][0]]
        return self._directions.value(node, self)

    def _sum(self, node: Expr) -> Quotient:
        found = []
        for sign, part in signed_terms(node, SUMS, self.inner):
            c, factors = self.values[part]
            found.append(Quotient(c * sign, factors))
        return self.ring.sum(found)

    def _product(self, node: Expr) -> Quotient:
        parts: list[tuple[Quotient, int]] = []
        sign = 1
        stack = [(node, 1)]
        while stack:
            part, k = stack.pop()
            op = part.op
            if part is not node and part not in self.inner:
                parts.append((self.values[part], k))
            elif op == "neg":
                sign = -sign if k % 2 else sign
                stack.append((part.args[0], k))
            elif op == "pow":
                stack.append((part.args[0], k * part.args[1].value))
            else:
                a, b = part.args
                stack += [(b, k if op == "mul" else -k), (a, k)]
        c, factors = self.ring.product(parts)
        return Quotient(c * sign, factors)

    def _root(self, base: Expr, k: Fraction) -> Quotient:
        number = base.op == "number"
        value = self.ring.number(base.value) if number else self.values[base]
        return self._roots.power(value, base, k)

    def _power(self, node: Expr) -> Quotient:
        """base^exponent or e^exponent, over the basis of the exponents of that base."""
        whole, powers = self.powers[node]
        parts = [(self.ring.generator(i), k) for i, k in powers.items()]
        if whole:
            parts.append((self.values[node.args[0]], whole))
        if node.op == EXP:
            for part, k in self.unfolded(node.args[0])[0]:
                parts.append((self.values[part], k))
        return self.ring.product(parts)
