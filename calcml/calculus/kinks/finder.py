"""From places to kinks: each place looked at from both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from calcml.algebra.facts import Facts
from calcml.algebra.piecewise import negated
from calcml.calculus.expansions import sides
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    coefficient,
    expression,
)
from calcml.calculus.expansions.local import Local
from calcml.calculus.expansions.series import CONSTANT
from calcml.calculus.expansions.sides import Side
from calcml.calculus.kinks import words
from calcml.calculus.kinks.chosen_slope import Taken
from calcml.calculus.kinks.families import SplitError
from calcml.calculus.kinks.kink import Kink
from calcml.calculus.kinks.limits import MOST_GIVEN
from calcml.calculus.kinks.nearby import Nearby, Solver
from calcml.calculus.kinks.periods import Repeated
from calcml.calculus.kinks.places import Place, facts_at, switches
from calcml.calculus.slopes import by_rows
from calcml.calculus.zeros import constants, zeros
from calcml.core.build import is_decimal, sub, substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ZERO, Expr, make, symbol, walk
from calcml.core.flat import signed_terms
from calcml.printing import text

ROWS = "slope taken: the chain of row slopes"


class UnknownEdgeError(UndecidedError):
    """The function ends at the place, and what it does before that is not known."""


class Finder:
    """The kinks of a scalar function of one variable, others being parameters."""

    def __init__(self, root: Expr, x: Expr, known: Facts) -> None:
        self.root, self.x, self.known = root, x, known
        unknown = any(node.op == "formal" for node in walk(root))
        self.surfaces = unknown or bool(root.free_symbols - {x.value})
        self.complete = True
        self.corners = False  # whether slopes are asked for at corners alone
        self.solve = Solver(x, known)
        self.taken = Taken(root, x, self.solve)
        self.decimal = any(n.op == "number" and is_decimal(n) for n in walk(root))

    def kinks(self) -> list[Kink]:
        """All that are found, in rising order, then families, then surfaces."""
        solved = [self.solve(switch) for switch in switches(self.root, self.x)]
        listed = [place for found, _, _ in solved for place in found]
        unsolved = [switch for _, _, some in solved for switch in some]
        self.complete = all(complete for _, complete, _ in solved)
        single = self.different([p for p in listed if p.n is None])
        found = [kink for place in single for kink in self.all_at(place)]
        families = [place for place in listed if place.n is not None]
        repeated = Repeated(self.root, self.x, self.at, [p.at for p in single])
        found = repeated.joined(families, found, shared=not self.surfaces)
        self.complete = self.complete and repeated.complete
        found += [words.not_solved(switch) for switch in unsolved if self.surfaces]
        if self.surfaces and any(k.kind == "corner" for k in found):
            found = self._noted(found)
        found = list({(k.where, k.condition): k for k in reversed(found)}.values())
        return sorted(found, key=words.ordered)

    @cached_property
    def nearby(self) -> Nearby | None:
        """The function near its places; None where other variables decide."""
        return None if self.surfaces else Nearby(self.root, self.x, self.solve)

    def near(self, place: Expr) -> Expr:
        """The function as it is near a place."""
        return self.root if self.nearby is None else self.nearby.at(place)

    def _noted(self, found: list[Kink]) -> list[Kink]:
        """Kinks, corners with a note where their slope is that of the rows in turn."""
        if not or_none(by_rows, self.root, self.x):
            return found
        return [replace(k, note=ROWS) if k.kind == "corner" else k for k in found]

    def different(self, found: Sequence[Place]) -> list[Place]:
        """Places without those that are there already, spelled otherwise."""
        kept: dict[object, Place] = {}
        for place in found:
            near = constants.near(place.at) if constants.is_closed(place.at) else None
            key = place.at if near is None else round(near * 10**30)
            if not self.excluded({self.x: place.at}):
                kept.setdefault(key, place)
        return list(kept.values())

    def excluded(self, at: Mapping[Expr, Expr]) -> bool:
        """Whether what is given leaves the values of some variables out."""
        for condition in self.known.conditions:
            there = or_none(substitute, condition, at)
            if there is None:
                return True
            closed = constants.is_closed(there)
            if (constants.truth(there) if closed else self.decided(there)) is False:
                return True
        return False

    def decided(self, condition: Expr) -> bool | None:
        return or_none(self.known.decide, condition)

    def all_at(self, place: Place) -> list[Kink]:
        """The kinks at a place, by what they ask of other variables."""
        found: list[Kink] = []
        stack = [place]
        while stack:
            part = stack.pop()
            try:
                kink = self.at(part)
            except SplitError as split:
                for condition in (negated(split.condition), split.condition):
                    more = part._replace(given=(*part.given, condition))
                    if facts_at(more, self.x, self.known) is not self.known:
                        stack.append(more)
                continue
            if kink is not None:
                found.append(kink)
        alike = len(found) > 1 and len({(k.kind, k.note) for k in found}) == 1
        if alike and found[0].note:  # no sign decides it
            return [replace(found[0], condition=None)]
        return found

    # --- one place -----------------------------------------------------------------

    def at(self, place: Place) -> Kink | None:
        """The kink at a place; None where the function is smooth there."""
        inner = self._inner(place)
        if inner is not None:
            return inner[0]
        ring = Ring(facts_at(place, self.x, self.known), place.approximate)
        try:
            at = coefficient(place.at)
            scale = self._scale(place, at, ring)
        except (UndecidedError, UndefinedError, CalcmlError):
            return self._named(
                place, Kink(words.where(place, self.x, None), "singular"), None
            )
        exact = place.at if constants.is_closed(place.at) else None
        plain = Kink(words.where(place, self.x, scale), "singular", exact)
        try:
            kink = self._looked_at(place, plain, at, ring, scale)
            return None if kink is None else self._named(place, kink, scale)
        except (UndecidedError, UndefinedError) as error:
            other = self._other(place)
            if other is not None:
                raise SplitError(make("gt", (other, ZERO))) from None
            note = f"not decided: {error}" if str(error) else "not decided"
            edge = isinstance(error, UnknownEdgeError)
            kind = "edge" if edge else "singular"
            told = replace(plain, kind=kind, note=note)
            return self._named(place, told, scale)

    def _looked_at(
        self, place: Place, plain: Kink, at: Coefficient, ring: Ring, scale: Coefficient
    ) -> Kink | None:
        """What both sides and the value say; SplitError where that depends on more."""
        root = self.near(place.at)
        left, right = self._sides(root, at, ring, scale)
        if not left.defined and not right.defined and self._outside(root, at, ring):
            return None
        value = sides.value_at(root, self.x, at, ring)
        kind = sides.kind_of(left, right, value, ring)
        if kind is None:
            return None
        condition = where_it_matters(kind, left, right, ring)
        if condition is not None and len(place.given) < MOST_GIVEN:
            raise SplitError(condition)
        beside = left.defined or right.defined  # a single point has no slope
        asked = kind == "corner" or beside and not self.corners
        low, high, convex = sides.subgradients(kind, left, right, ring, scale)
        return replace(
            plain,
            kind=kind,
            value=None if value is None else expression(value),
            left_value=sides.limit_of(left),
            right_value=sides.limit_of(right),
            left=sides.slope_of(left, ring, scale),
            right=sides.slope_of(right, ring, scale),
            low=low,
            high=high,
            convex=convex,
            slope=self.taken.at(at, ring) if asked else None,
        )

    def _other(self, place: Place) -> Expr | None:
        """The one other variable, whose sign may decide what is not decided."""
        names = self.root.free_symbols - {self.x.value}
        if len(names) != 1 or place.given or place.switch.given or place.n is not None:
            return None
        (name,) = names
        return symbol(name)

    def _sides(
        self, root: Expr, at: Coefficient, ring: Ring, scale: Coefficient
    ) -> tuple[Side, Side]:
        """Both sides; UnknownEdgeError where one is undefined, the other undecided."""
        found: list[Side] = []
        problem: UndecidedError | None = None
        for side in (-1, 1):
            try:
                found.append(sides.beside(root, self.x, at, ring, side, scale))
            except UndecidedError as error:
                problem = problem or error
        if problem is not None:
            ends = any(not side.defined for side in found)
            raise UnknownEdgeError(str(problem)) if ends else problem
        left, right = found
        return left, right

    def _inner(self, place: Place) -> tuple[Kink | None] | None:
        """The kink of a place that is there for one value of other variables alone.

        Such is x = 0 of sqrt(x^2 + y^2), which asks for -y^2 >= 0.
        """
        for c in (*place.switch.given, *place.given):
            values = self._only(substitute(c, {self.x: place.at}))
            if values is None:
                continue
            if self.excluded(values):
                return (None,)
            finder = Finder(substitute(self.root, values), self.x, self.known)
            finder.taken = self.taken.put(values)
            at = constants.shortened(substitute(place.at, values))
            inner = finder.all_at(place._replace(at=at, given=()))
            found = inner[0] if inner else None
            if found is None:
                return (None,)
            told = [found.where, *[f"{n} = {text(v)}" for n, v in values.items()]]
            return (replace(found, where=" and ".join(told)),)
        return None

    def _only(self, condition: Expr) -> dict[Expr, Expr] | None:
        """The only values of variables for which a sum of squares is 0 or less."""
        op, whole = condition.op, condition.args[0]
        if op not in ("eq", "ge", "le") or condition.args[1] is not ZERO:
            return None
        terms = signed_terms(whole)
        side = -1 if op == "ge" else 1 if op == "le" else terms[0][0]
        if any(s != side or not self.known.nonnegative(t) for s, t in terms):
            return None
        values: dict[Expr, Expr] = {}
        for _, term in terms:
            if len(term.free_symbols) != 1:
                return None
            (name,) = map(symbol, term.free_symbols)
            solved = zeros(term, name)
            if solved.families or len(solved.points) != 1:
                return None
            if values.setdefault(name, solved.points[0]) is not solved.points[0]:
                return None
        return values

    def _outside(self, root: Expr, at: Coefficient, ring: Ring) -> bool:
        try:
            return sides.value_at(root, self.x, at, ring) is None
        except UndecidedError:
            return True

    def _scale(self, place: Place, at: Coefficient, ring: Ring) -> Coefficient:
        """How fast the switch moves with x, for a surface of one place; else 1."""
        if not self.surfaces or not place.only:
            return Fraction(1)
        local = Local(self.x, at, Fraction(1), ring, 2)
        try:
            found = local.series(sub(place.switch.a, place.switch.b))
        except (UndecidedError, UndefinedError):
            return Fraction(1)
        if any(p < sides.LINEAR and p != CONSTANT for p in found.terms):
            return Fraction(1)
        moved = found.terms.get(sides.LINEAR, Fraction(1))
        return Fraction(1) if isinstance(moved, Fraction) else moved

    # --- words ---------------------------------------------------------------------

    def _named(self, place: Place, kink: Kink, scale: Coefficient | None) -> Kink:
        """The kink with its condition, the names of its sides, and short decimals."""
        condition = words.condition_of(place, self.x, self.decided)
        left, right = (
            words.sides_of(place, self.x, scale) if self.surfaces else ("", "")
        )
        told = words.decimals(kink) if place.approximate else words.shortest(kink)
        return replace(
            words.as_typed(told) if self.decimal else told,
            condition=condition,
            where_left=left,
            where_right=right,
            approximate=place.approximate,
        )


def where_it_matters(kind: str, left: Side, right: Side, ring: Ring) -> Expr | None:
    """The condition on other variables under which a kink is one, or is not."""
    ends = {
        "corner": (left.slope, right.slope),
        "jump": (left.limit, right.limit),
    }.get(kind, (None, None))
    if ends[0] is None or ends[1] is None:
        return None
    difference = expression(ring.add(ends[1], ring.neg(ends[0])))
    if difference.op != "where" or ZERO not in difference.args[1:]:
        return None
    return difference.args[0]
