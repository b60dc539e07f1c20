"""What a formula with choices is in each region that its comparisons tell apart.

They are signs of a few linear quantities. In a cell, where none of these changes its
sign, every choice is made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import compress

from calcml.algebra.closed.assemble import Assembler
from calcml.algebra.closed.limits import MAX_CELLS
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import contradict, linear, reciprocal, written
from calcml.algebra.facts.row_facts import facts_of
from calcml.algebra.normal.reader import Reader
from calcml.algebra.piecewise import Cells, under
from calcml.algebra.piecewise.choosing import CHOOSING, in_choices, visible
from calcml.algebra.terms import Algebra
from calcml.core.build import mul, rebuilt, sub, substitute
from calcml.core.comparisons import COMPARISONS
from calcml.core.cost import Cost
from calcml.core.errors import DomainError, LimitError
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import CONDITIONS, LIGHT, ZERO, Expr, make, number, walk
from calcml.core.operations import ABS, SIGN
from calcml.functions import FUNCTIONS

Settle = Callable[[Expr], Expr]
Signs = tuple[int, list[tuple[Expr, int]]]  # a sign, and factors with their powers


class Regions:
    """The cells of a formula's choices, and its values in them.

    Raises DomainError where it has no value in a cell, and LimitError where no linear
    quantities decide, or where that is much work.
    """

    def __init__(
        self, root: Expr, given: Facts, algebra: Algebra, settle: Settle
    ) -> None:
        self.conditions = conditions(root)
        self.root = in_choices(root)
        self.order = visible(self.root)
        self.given, self.algebra, self.settle = given, algebra, settle
        self.short: dict[Expr, Expr] = {}  # values made so
        self.signs: dict[Expr, Signs] = {}
        self.asked: dict[Expr, None] = {}  # the quantities that decide
        tests = [n for n in self.order if n.op in COMPARISONS]
        if any(conditions(test) for test in tests):
            raise LimitError("a condition may have no value")
        plain = [CHOOSING.isdisjoint([n.op for n in visible(t)]) for t in tests]
        self.tests = list(compress(tests, plain))
        for test in self.tests:
            self.sign(sub(*test.args), None)
        known = -1
        while len(self.asked) != known:
            known = len(self.asked)
            self._divide()
            cells = range(self.cells.count)
            self.values = {c: self._value(c) for c in cells if self.possible >> c & 1}
        self._leave_out_impossible()
        for cell, value in self.values.items():
            self.values[cell] = self._defined(value, cell)

    def _divide(self) -> None:
        """The cells of what is asked so far, and those that are possible one by one."""
        tests = [make("gt", (node, ZERO)) for node in self.asked]
        self.cells = cells = Cells(tests)
        if cells.count > MAX_CELLS or cells.switches:
            raise LimitError("the choices have too many regions")
        self.above = {t.args[0]: cells.truth(t) for t in tests}
        self.at = {q: cells.truth(make("eq", (q, ZERO))) for q in self.asked}
        self.possible = cells.possible(self.given)

    def _leave_out_impossible(self) -> None:
        """Leave out the cells in which the signs contradict each other."""
        groups: list[set[Expr]] = []  # of quantities that have variables together
        for quantity in self.cells.quantities:
            own = set(walk(quantity.node()))
            others = [g for g in groups if not own.isdisjoint(g)]
            groups = [g for g in groups if g not in others]
            groups.append(own.union(*others))
        stated = [c for c in self.given.conditions if c.op in COMPARISONS]
        given = [fact for condition in stated for fact in facts_of(condition)]
        known: dict[tuple[Expr, ...], bool] = {}
        for cell in list(self.values):
            bounds = self.cells.bounds(1 << cell)
            for group in groups:
                key = tuple([b for b in bounds if b.args[0] in group])
                if key not in known:
                    facts = [fact for bound in key for fact in facts_of(bound)]
                    known[key] = len(key) > 1 and contradict([*facts, *given])
                if known[key]:
                    self.possible &= ~(1 << cell)
                    del self.values[cell]
                    break

    # --- signs ---------------------------------------------------------------------

    def sign(self, node: Expr, cell: int | None) -> int:
        """The sign of an expression without choices in a cell; 0 while it is not known.

        What is not known is asked.
        """
        if node not in self.signs:
            self.signs[node] = self._factored(node)
        found, factors = self.signs[node]
        for factor, k in factors:
            if factor not in self.asked or cell is None or factor not in self.at:
                self.asked[factor] = None
                found = 0
            elif self.at[factor] >> cell & 1:
                return 0
            elif k % 2 and not self.above[factor] >> cell & 1:
                found = -found
        return found

    def truth(self, test: Expr) -> int:
        """The cells in which a comparison holds."""
        holds, difference = ARITHMETIC[test.op], sub(*test.args)
        return sum([1 << c for c in self.values if holds(self.sign(difference, c), 0)])

    def _factored(self, node: Expr) -> Signs:
        """A sign and the factors that may change that of an expression."""
        reader = Reader(self.algebra, [node], exact=True)
        coefficient, factors = reader.values[node]
        found, left = int(coefficient.p > 0) - int(coefficient.p < 0), []
        assembler = Assembler(reader, Cost())
        for f, k in factors.items():
            base = assembler.flat(reader.ring.generator(f))
            if self.given.negative(base):
                found = -found if k % 2 else found
            elif not self.given.positive(base):
                left.append((base, k))
        return found, left

    # --- values --------------------------------------------------------------------

    def _value(self, cell: int) -> Expr:
        """The formula in a cell, without choices."""
        done: dict[Expr, Expr] = {}
        truth: dict[Expr, bool] = {}
        for node in self.order:
            op, args = node.op, [done.get(a, a) for a in node.args]
            if op in COMPARISONS:
                sign = self.sign(sub(*args), cell)
                truth[node] = bool(ARITHMETIC[op](sign, 0))
            elif op in CONDITIONS:
                truth[node] = bool(ARITHMETIC[op](*[truth[a] for a in node.args]))
            elif op == "where":
                done[node] = args[1] if truth[node.args[0]] else args[2]
            elif op in (ABS, SIGN):
                size = number(self.sign(args[0], cell))
                done[node] = size if op == SIGN else mul(size, args[0])
            elif op in CHOOSING:
                picked = args[0]
                for other in args[1:]:
                    sign = self.sign(sub(picked, other), cell)
                    keeps = ARITHMETIC[FUNCTIONS[op].picks](sign, 0)
                    picked = picked if keeps else other
                done[node] = picked
            else:
                done[node] = rebuilt(node, done) if op in LIGHT else node
        return done[self.root]

    def _defined(self, value: Expr, cell: int) -> Expr:
        """A value made short, if the formula has one in a cell."""
        asked = [*self.conditions, *conditions(value)]
        known = under(self.given, self.cells.bounds(1 << cell)) if asked else None
        if known and any(known.decide(condition) is False for condition in asked):
            raise DomainError(f"{value} has no value there")
        if value not in self.short:
            self.short[value] = self.settle(value)
        return self.short[value]

    # --- places --------------------------------------------------------------------

    def there(self, node: Expr, cell: int) -> Expr | None:
        """A value with what is equal in a cell put in; None where it is none."""
        with suppress(DomainError):
            for quantity in self.asked:
                if self.at[quantity] >> cell & 1:
                    node = substitute(node, _solved(quantity))
            return self.settle(node)
        return None

    def holding(self, value: Expr) -> int:
        """The cells in which a value is that of the formula."""
        found, asked = 0, conditions(value)
        for cell, own in self.values.items():
            same = own is value
            if not same and any(at >> cell & 1 for at in self.at.values()):
                known = Facts().and_where_defined(conditions(own) if asked else ())
                there = self.there(value, cell)
                same = there is not None and there is self.there(own, cell)
                same = same and all(known.decide(c) is True for c in asked)
            found |= same << cell
        return found


def _solved(quantity: Expr) -> dict[Expr, Expr]:
    """A symbol and what it is where a linear quantity is 0."""
    form = linear(quantity) or {}
    for term, c in form.items():
        if term.op == "symbol":
            rest = {t: k for t, k in form.items() if t is not term}
            value = written(rest, -reciprocal(c))
            if term not in walk(value):
                return {term: value}
    return {}
