"""Where an expression is zero, exactly, for one variable.

>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> zeros(parse("x^2 - 2"), symbol("x")).points
(-sqrt(2), sqrt(2))
>>> zeros(parse("sin(2*x)"), symbol("x")).families[0].at
pi*n/2
"""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from functools import reduce
from itertools import chain, count
from typing import NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.zeros import polynomials
from calcml.calculus.zeros.constants import is_closed, near, shortened, sign, truth
from calcml.calculus.zeros.factored import factors
from calcml.calculus.zeros.inversion import Equation, step
from calcml.calculus.zeros.limits import MAX_POINTS, MAX_STEPS, WINDOW as WINDOW
from calcml.calculus.zeros.sign_changes import crossings
from calcml.core.build import bottom_up, substitute, substitute_all
from calcml.core.errors import CalcmlError, or_none
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, number, symbol, walk
from calcml.core.flat import Occurs, signed_terms

TRIED = range(-3, 4)  # integers at which a family is confirmed


class Family(NamedTuple):
    """Zeros `at` an expression in the integer `n`: for all n, or those `given`."""

    at: Expr
    n: Expr
    given: Expr | None = None


class Zeros(NamedTuple):
    """The real zeros that were found.

    `points` are free of the variable, in rising order where they are numbers, and
    `given` holds what else must be true of other symbols, point by point.
    `approximate` are those points that are decimals near a zero. `complete` says that
    there are no other zeros, `everywhere` that the expression is 0 for all x.
    """

    points: tuple[Expr, ...] = ()
    families: tuple[Family, ...] = ()
    complete: bool = True
    given: tuple[tuple[Expr, ...], ...] = ()
    approximate: frozenset[Expr] = frozenset()
    everywhere: bool = False
    regions: tuple[Expr, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether the points, exact and with nothing else asked for, are all of it."""
        more = self.families or self.approximate or self.regions or any(self.given)
        return self.complete and not more


def zeros(g: Expr, x: Expr) -> Zeros:
    """The zeros of `g` as a function of `x`, each confirmed by putting it in.

    Other symbols are taken to be such that no factor or coefficient vanishes.
    """
    return _Search(g, x).run()


class _Search:
    """Equations taken apart one by one until x stands alone."""

    def __init__(self, g: Expr, x: Expr) -> None:
        self.g, self.x = g, x
        self.n = unused_integer(g.free_symbols | {x.value})
        self.has_x = Occurs(x)
        self.found: dict[Expr, Equation] = {}
        self.families: dict[Expr, Family] = {}
        self.complete = True
        self.everywhere = False
        self.regions: list[Expr] = []  # where g is 0 at more than single points
        self.shortened: set[Expr] = set()  # equations, as differences: a circle ends
        self.domain = conditions(g)

    def run(self) -> Zeros:
        stack, steps = [Equation(self.g, ZERO)], 0
        while stack:
            steps += 1
            if steps > MAX_STEPS:
                self.complete = False
                break
            e = stack.pop()
            if any(is_closed(c) and truth(c) is False for c in e.given[e.checked :]):
                continue
            if e.node is self.x:
                self._enter(e)
            elif not self.has_x(e.node):
                self._constant(e)
            else:
                stack += reversed(self._next(e))
        return self._made()

    def _next(self, e: Equation) -> list[Equation]:
        try:
            news = step(e, self.has_x, self.n)
            if news is None:
                news = self._polynomial(e)
            if news is None:
                news = self._factored(e)
            if news is None:
                news = self._of_squares(e)
            if news is None:
                news = self._simplified(e)
        except CalcmlError:
            news = None
        return self._searched(e) if news is None else news

    def _polynomial(self, e: Equation) -> list[Equation] | None:
        read = polynomials.read(make("sub", (e.node, e.value)), self.x)
        if read is None or (read.kernel is e.node):
            return None
        if not read.top:
            self._holds(e)
            return []
        return self._at_roots(e, read)

    def _factored(self, e: Equation) -> list[Equation] | None:
        """An equation for each factor, where all are polynomials in one kernel."""
        read = factors(make("sub", (e.node, e.value)), self.x)
        found: list[Equation] = []
        for factor in read or ():
            news = self._at_roots(e, factor)
            if news is None or factor.kernel is e.node:
                return None
            found += news
        return None if read is None else found

    def _of_squares(self, e: Equation) -> list[Equation] | None:
        """A sum of terms of which none is negative is 0 where each of them is."""
        signed = signed_terms(make("sub", (e.node, e.value)))
        terms = sorted(
            [t for _, t in signed if t is not ZERO], key=lambda t: len(walk(t))
        )
        known = Facts()
        if len(terms) < 2 or {s for s, t in signed if t is not ZERO} != {1}:
            return None
        if not all(map(known.nonnegative, terms)):
            return None
        first, *others = filter(self.has_x, terms)
        others += [t for t in terms if not self.has_x(t)]
        return [e.then(first, ZERO, *[make("eq", (t, ZERO)) for t in others])]

    def _at_roots(
        self, e: Equation, read: polynomials.Polynomial
    ) -> list[Equation] | None:
        """An equation for each root of a polynomial in a kernel."""
        roots = polynomials.roots(read.top)
        if roots is None:
            return None
        return [
            e._replace(exact=e.exact and root.exact).then(
                read.kernel
                if root.power == 1
                else make("pow", (read.kernel, number(root.power))),
                root.value,
                *root.given,
            )
            for root in roots
        ]

    def _simplified(self, e: Equation) -> list[Equation] | None:
        whole = make("sub", (e.node, e.value))
        if whole in self.shortened:
            return None
        self.shortened.add(whole)
        new = simplify(whole)
        if new in (whole, e.node) or not self.has_x(new):
            return None if self.has_x(new) else [Equation(new, ZERO, e.given, e.exact)]
        return [Equation(new, ZERO, e.given, e.exact)]

    def _searched(self, e: Equation) -> list[Equation]:
        self.complete = False
        whole = make("sub", (e.node, e.value))
        if whole.free_symbols != {self.x.value}:
            return []
        points = crossings(whole, self.x)
        return [Equation(self.x, p, e.given, False) for p in points]

    def _constant(self, e: Equation) -> None:
        """An equation without x: it holds everywhere, nowhere, or for some symbols."""
        if or_none(simplify, make("sub", (e.node, e.value))) is ZERO:
            self._holds(e)

    def _holds(self, e: Equation) -> None:
        """An equation that is true wherever what is given with it is."""
        asked = [c for c in e.given if not is_closed(c)]
        if asked:
            self.regions.append(reduce(lambda a, b: make("and", (a, b)), asked))
        else:
            self.everywhere = True

    # --- what was found ------------------------------------------------------------

    def _enter(self, e: Equation) -> None:
        value = shortened(e.value)
        if self.n.value in value.free_symbols:
            family = self._family(value)
            if family is not None:
                self.families[value] = family
            return
        put = self._put(e.given, value)
        if None in put or not self._is_zero(value, e.exact):
            return
        if len(self.found) >= MAX_POINTS:
            self.complete = False
            return
        given = [c for c in put if c is not None and not is_closed(c)]
        self.found.setdefault(value, e._replace(given=tuple(given)))

    def _put(self, given: tuple[Expr, ...], value: Expr) -> list[Expr | None]:
        """Conditions at a point; None for one that fails there."""

        def put(condition: Expr) -> Expr | None:
            return simplify_condition(substitute(condition, {self.x: value}))

        return [or_none(put, condition) for condition in given]

    def _is_zero(self, value: Expr, exact: bool) -> bool:
        """Whether a value is real and g is 0 there; true where that is not told."""
        if is_closed(value) and near(value) is None:
            return False
        there = or_none(substitute, self.g, {self.x: value})
        if there is None:
            return False
        if not is_closed(there):
            return True
        if any(truth(c) is False for c in self._at(value)):
            return False
        if not exact:
            size = near(there)
            return size is not None and abs(size) < Fraction(1, 10**25)
        if sign(there) is not None:
            return sign(there) == 0
        return or_none(simplify, bottom_up(there, lambda _, e: shortened(e))) is ZERO

    def _at(self, value: Expr) -> list[Expr]:
        """The conditions of definedness, at a point."""
        try:
            return substitute_all(self.domain, {self.x: value})
        except CalcmlError:
            return [make("gt", (ZERO, ZERO))]

    def _family(self, value: Expr) -> Family | None:
        """A family with the integers for which it holds; None where it never does."""

        def at(k: int) -> Expr:
            return shortened(substitute(value, {self.n: number(k)}))

        tried = {k: or_none(at, k) for k in TRIED}
        right = [k for k, at in tried.items() if at and self._is_zero(at, True)]
        if right == list(TRIED):
            return Family(value, self.n)
        for op in ("ne", "ge", "gt", "le", "lt"):
            if right == [k for k in TRIED if ARITHMETIC[op](k, 0)]:
                return Family(value, self.n, make(op, (self.n, ZERO)))
        self.complete = self.complete and not right
        self.found |= {
            p: self.found.get(p, Equation(self.x, p)) for p in map(at, right)
        }
        return None

    def _made(self) -> Zeros:
        points = sorted(self.found, key=_place)
        return Zeros(
            tuple(points),
            tuple(self.families.values()),
            self.complete,
            tuple(self.found[p].given for p in points),
            frozenset(p for p in points if not self.found[p].exact),
            self.everywhere,
            tuple(dict.fromkeys(self.regions)),
        )


def unused_integer(taken: Container[str]) -> Expr:
    """A name for any integer that is not taken: n, k, m, n1, ..."""
    names = chain("nkm", (f"n{i}" for i in count(1)))
    return symbol(next(name for name in names if name not in taken))


def simplify_condition(condition: Expr) -> Expr | None:
    """A condition with both sides short; None where it is false."""
    if is_closed(condition) and truth(condition) is not None:
        return make("ge", (ZERO, ZERO)) if truth(condition) else None
    done: dict[Expr, Expr] = {}
    for node in walk(condition):
        if node.op in CONDITIONS:
            args = [done[a] if a.op in CONDITIONS else simplify(a) for a in node.args]
            done[node] = make(node.op, tuple(args))
    return done[condition]


def _place(point: Expr) -> tuple[int, Fraction, str]:
    value = near(point) if is_closed(point) else None
    return (value is None, value or Fraction(0), str(point))
