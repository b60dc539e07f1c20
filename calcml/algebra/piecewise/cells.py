"""Truth tables of conditions over intervals: exact reasoning about comparisons.

The numbers that a quantity is compared with cut its values into points and open
intervals. A cell is one of those for each quantity, and a condition is the set of the
cells in which it holds: the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from calcml.algebra.facts import Facts
from calcml.algebra.facts.interval import EVERYTHING, Interval
from calcml.algebra.facts.linear import Form, linear, parallel, reciprocal, written
from calcml.algebra.piecewise.limits import MOST_CELLS
from calcml.core.build import sub
from calcml.core.comparisons import COMPARISONS, NEGATED, REVERSED
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import (
    CONDITIONS,
    INF,
    ONE,
    Expr,
    Number,
    make,
    number,
    walk,
)


class Atom(NamedTuple):
    """A comparison of a quantity, by its place, with a number."""

    place: int
    op: str
    bound: Number


class Quantity:
    """What is compared with numbers: a linear form without its constant."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.points: list[Number] = []

    @property
    def size(self) -> int:
        """How many points and open intervals there are."""
        return 2 * len(self.points) + 1

    def node(self) -> Expr:
        """The quantity as an expression."""
        return written(self.form)

    def holding(self, op: str, bound: Number) -> int:
        """The own cells in which the quantity is `op` a bound that is a point."""
        at = 2 * self.points.index(bound) + 1
        below, here = (1 << at) - 1, 1 << at
        above = (1 << self.size) - 1 - below - here
        return {
            "lt": below,
            "le": below | here,
            "eq": here,
            "ne": below | above,
            "ge": here | above,
            "gt": above,
        }[op]

    def within(self, values: Interval) -> int:
        """The own cells that an interval of values may touch."""
        found, ends = 0, [None, *self.points, None]
        for i in range(self.size):
            low, high = ends[i // 2], ends[i // 2 + 1]
            if i % 2:  # a point
                low = high = ends[i // 2 + 1]
            under = high is not None and (
                high < values.low
                or high == values.low
                and (values.low_open or not i % 2)
            )
            over = low is not None and (
                low > values.high
                or low == values.high
                and (values.high_open or not i % 2)
            )
            zero = i % 2 and high == 0 and values.without_zero
            if not (under or over or zero):
                found |= 1 << i
        return found


class Cells:
    """The cells of some conditions; `small` tells whether there are few enough."""

    def __init__(self, conditions: Iterable[Expr]) -> None:
        self.quantities: list[Quantity] = []
        self.switches: list[tuple[str, tuple[Expr, ...]]] = []
        self._atoms: dict[Expr, Atom | None] = {}
        for node in walk(*conditions):
            if node.op in COMPARISONS and node not in self._atoms:
                self._atoms[node] = self._read(node)
        for quantity in self.quantities:
            quantity.points.sort()
        sizes = [q.size for q in self.quantities] + [2] * len(self.switches)
        self.count = prod(sizes)
        self.small = self.count <= MOST_CELLS
        self.strides = [prod(sizes[:i]) for i in range(len(sizes))]
        self.sizes = sizes
        self.all = (1 << self.count) - 1 if self.small else 0

    def _read(self, node: Expr) -> Atom | None:
        """The comparison as one of a quantity; None where it is a number's."""
        form = linear(sub(*node.args))
        if form is None or INF in form:
            if self._switch(node) is None:
                self.switches.append((node.op, node.args))
            return None
        constant = form.pop(ONE, 0)
        if not form:
            return None
        place, factor = self._place(form)
        bound = -constant * reciprocal(factor)
        points = self.quantities[place].points
        if bound not in points:
            points.append(bound)
        return Atom(place, node.op if factor > 0 else REVERSED[node.op], bound)

    def _place(self, form: Form) -> tuple[int, Number]:
        """The quantity that a form is a multiple of, and the factor."""
        first = next(iter(form))
        for place, quantity in enumerate(self.quantities):
            if parallel(form, quantity.form):
                return place, form[first] * reciprocal(quantity.form[first])
        scale = reciprocal(form[first])
        self.quantities.append(Quantity({t: c * scale for t, c in form.items()}))
        return len(self.quantities) - 1, form[first]

    # --- sets of cells -------------------------------------------------------------

    def _spread(self, place: int, own: int) -> int:
        """All cells whose part at `place` is one of the `own` cells."""
        stride, size = self.strides[place], self.sizes[place]
        ones, base = (1 << stride) - 1, 0
        for i in range(size):
            if own >> i & 1:
                base |= ones << i * stride
        return base * (self.all // ((1 << stride * size) - 1))

    def _own(self, place: int, cells: int) -> int:
        """The parts at `place` of some cells."""
        found = 0
        for i in range(self.sizes[place]):
            if cells & self._spread(place, 1 << i):
                found |= 1 << i
        return found

    def truth(self, condition: Expr) -> int:
        """The cells in which a condition holds."""
        done: dict[Expr, int] = {}
        for node in walk(condition):
            if node.op not in CONDITIONS:
                continue
            if node.op in COMPARISONS:
                done[node] = self._comparison(node)
                continue
            parts = [done[a] for a in node.args]
            if node.op == "not":
                done[node] = self.all & ~parts[0]
            elif node.op == "and":
                done[node] = parts[0] & parts[1]
            else:
                done[node] = parts[0] | parts[1]
        return done[condition]

    def measures(self, comparison: Expr) -> bool:
        """Whether a comparison that was read is one of a quantity with a number."""
        return self._atoms.get(comparison) is not None

    def _comparison(self, node: Expr) -> int:
        if node not in self._atoms:  # made of those that were read
            self._atoms[node] = self._read(node)
        atom = self._atoms[node]
        if atom is not None:
            own = self.quantities[atom.place].holding(atom.op, atom.bound)
            return self._spread(atom.place, own)
        switch = self._switch(node)
        if switch is not None:
            place, sign = switch
            return self._spread(len(self.quantities) + place, sign)
        form = linear(sub(*node.args)) or {}
        return self.all if ARITHMETIC[node.op](form.get(ONE, 0), 0) else 0

    def _switch(self, node: Expr) -> tuple[int, int] | None:
        """The place of a comparison that is true or false as a whole, and its cell."""
        turned = REVERSED[node.op], node.args[::-1]
        for op, args in ((node.op, node.args), turned):
            for key, cell in (((op, args), 0b10), ((NEGATED[op], args), 0b01)):
                if key in self.switches:
                    return self.switches.index(key), cell
        return None

    def possible(self, facts: Facts) -> int:
        """The cells that facts leave possible."""
        found = self.all
        for place, quantity in enumerate(self.quantities):
            values = facts.interval(quantity.node())
            if values is not EVERYTHING:
                found &= self._spread(place, quantity.within(values))
        return found

    def bounds(self, cells: int) -> list[Expr]:
        """Comparisons of each quantity with numbers that hold in all the cells."""
        found: list[Expr] = []
        for place, quantity in enumerate(self.quantities):
            own, points = self._own(place, cells), quantity.points
            inside = [i for i in range(quantity.size) if own >> i & 1]
            if not inside or len(inside) == quantity.size:
                continue
            node, (low, high) = quantity.node(), (inside[0], inside[-1])
            if low == high and low % 2:
                found.append(make("eq", (node, number(points[low // 2]))))
                continue
            if low:
                op, point = ("ge", low // 2) if low % 2 else ("gt", low // 2 - 1)
                found.append(make(op, (node, number(points[point]))))
            if high < quantity.size - 1:
                op = "le" if high % 2 else "lt"
                found.append(make(op, (node, number(points[high // 2]))))
            found += [
                make("ne", (node, number(points[i // 2])))
                for i in range(low + 1, high)
                if i % 2 and i not in inside
            ]
        return found

    def comparisons(self) -> Sequence[tuple[Expr, int]]:
        """Every comparison of a quantity with one of its points, and its cells."""
        found = []
        for place, quantity in enumerate(self.quantities):
            node = quantity.node()
            for point in quantity.points:
                for op in ("lt", "le", "gt", "ge", "eq", "ne"):
                    own = quantity.holding(op, point)
                    made = make(op, (node, number(point)))
                    found.append((made, self._spread(place, own)))
        return found
