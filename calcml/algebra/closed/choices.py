"""A formula with several choices as one: the shortest that has its value everywhere.

The cells of one value are joined by the tree of comparisons that is shortest to read;
two values that meet where a quantity is 0 may be an extreme, a multiple of its absolute
value or of its sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from calcml.algebra.closed.limits import MAX_STATES, MAX_VALUES
from calcml.algebra.closed.regions import Regions, Settle
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear, parallel, reciprocal
from calcml.algebra.piecewise.choosing import PICKS
from calcml.algebra.terms import Algebra
from calcml.core.build import add, is_decimal, mul, neg, sub
from calcml.core.comparisons import REVERSED
from calcml.core.cost import TOO_MUCH, Cost
from calcml.core.decimals import numeral
from calcml.core.errors import LimitError
from calcml.core.expr import HALF, ZERO, Expr, make, number
from calcml.core.operations import ABS, SIGN


def one_choice(
    root: Expr, given: Facts, algebra: Algebra, cost: Cost, settle: Settle
) -> Expr | None:
    """A formula with several choices as one; None where that is not found.

    Raises LimitError where it is too much work.
    """
    regions = Regions(root, given, algebra, settle)
    tree = Tree(regions, cost)
    return tree.shortest(regions.possible)


class Tree:
    """Trees of comparisons between the values of regions."""

    def __init__(self, regions: Regions, cost: Cost) -> None:
        self.regions, self.cost = regions, cost
        order = regions.algebra.order
        self.values = sorted(
            set(regions.values.values()), key=lambda v: (cost(v), order.digest(v))
        )
        if len(self.values) > MAX_VALUES:
            raise LimitError("the choices have too many values")
        self.where = {value: regions.holding(value) for value in self.values}
        self.tests = self._tests()
        self.found: dict[int, Expr | None] = {}
        self.bent: dict[tuple[Expr, ...], list[tuple[Expr, int]]] = {}

    def _tests(self) -> list[tuple[Expr, int]]:
        """Comparisons that tell cells apart, the shortest of each kind."""
        regions, found = self.regions, dict[int, tuple[Expr, int]]()
        dotted = any(is_decimal(n) for n in regions.order if n.op == "number")
        made = [(_plain(t, dotted), h) for t, h in regions.cells.comparisons()]
        every = [(t, regions.truth(t)) for t in regions.tests]
        every += [(test, holds) for test, holds in made if test.op != "ne"]
        for (a, first), (b, second) in permutations(made, 2):
            if a.args[0] is b.args[0] and a.op in ("gt", "ge") and b.op in ("lt", "le"):
                low = make(REVERSED[a.op], a.args[::-1])
                every.append((make("and", (low, b)), first & second))
        for test, holds in sorted(every, key=lambda pair: self.cost(pair[0])):
            inside = holds & regions.possible
            outside = regions.possible & ~inside
            if inside and outside:
                found.setdefault(min(inside, outside), (test, inside))
        return list(found.values())

    def shortest(self, left: int) -> Expr | None:
        """The shortest formula that is right in some cells."""
        if left in self.found:
            return self.found[left]
        for value in self.values:
            if not left & ~self.where[value]:
                self.found[left] = value
                return value
        self.found[left] = None
        best = None
        for made in self._formulas(left):
            if best is None or self.cost(made) < self.cost(best):
                best = made
        self.found[left] = best
        return best

    def _formulas(self, left: int) -> Iterator[Expr]:
        """Formulas that are right in some cells, those by `where` ever shorter."""
        tests = [pair for pair in self.tests if left & pair[1] and left & ~pair[1]]
        if len(self.found) > MAX_STATES:
            tests = [max(tests, key=lambda pair: self._told(left, pair[1]))]
        price, least = TOO_MUCH, sum([self.cost(v) for v in self.values[:2]])
        for test, holds in tests:
            own = self.cost(test) + self.cost.call("where")
            if own + least >= price:  # the tests are in order of their costs
                break
            a, b = self.shortest(left & holds), self.shortest(left & ~holds)
            if a is not None and b is not None:
                cost = own + self.cost(a) + self.cost(b)
                if cost < price:
                    price = cost
                    yield make("where", (test, a, b))
        for quantity, above in self.regions.above.items():
            at = self.regions.at[quantity]
            below = left & ~above & ~at
            if below and left & above:
                sides = self.shortest(below), self.shortest(left & above)
                if set(sides) <= self.where.keys():
                    yield from self._bent(quantity, *sides, left & at)

    def _told(self, left: int, holds: int) -> int:
        """In how many cells one value for each side of a comparison is right."""
        sides = left & holds, left & ~holds
        return sum([
            max([(side & own).bit_count() for own in self.where.values()])
            for side in sides
        ])  # fmt: skip

    def _bent(self, u: Expr, low: Any, high: Any, at: int) -> Iterator[Expr]:
        """Formulas that are `low` where u < 0 and `high` where u > 0."""
        key = u, low, high
        if key not in self.bent:
            self.bent[key] = list(self._bends(*key))
        yield from [made for made, holds in self.bent[key] if not at & ~holds]

    def _bends(self, u: Expr, low: Expr, high: Expr) -> Iterator[tuple[Expr, int]]:
        """Such formulas, and the cells of u = 0 in which they are right."""
        settled, own = self.regions.settle, self.where[low] | self.where[high]
        form, slope, middle = (linear(n) for n in (u, sub(high, low), add(low, high)))
        if conditions(low) != conditions(high):
            return
        if middle == {}:
            holds = self.regions.holding(ZERO)
            for side, value in ((u, high), (settled(neg(u)), low)):
                yield settled(mul(value, make(SIGN, (side,)))), holds
        if form and slope and parallel(slope, form):
            first = next(iter(form))
            k = slope[first] * reciprocal(form[first])
            size = mul(number(k), make(ABS, (u,)))
            yield settled(make(PICKS["ge" if k > 0 else "le"], (low, high))), own
            yield settled(mul(HALF, add(add(low, high), size))), own


def _plain(test: Expr, dotted: bool) -> Expr:
    """A comparison with a number, as a decimal where the formula has such."""
    quantity, point = test.args
    return make(test.op, (quantity, numeral(point.value, dotted)))
