"""Closed forms: equal forms of an expression, and the choice of the one to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.limits import MAX_NODES, MAX_SWAPPED, QUICK, SHORT
from calcml.algebra.terms import SUMS, is_whole
from calcml.core.build import rebuild, sub
from calcml.core.comparisons import ORDERED, REVERSED
from calcml.core.cost import Cost
from calcml.core.errors import LimitError
from calcml.core.expr import CONDITIONS, ONE, Expr, make, walk
from calcml.functions import FUNCTIONS

if TYPE_CHECKING:
    from calcml.algebra.normal.reader import Reader
    from calcml.algebra.normal.ring import Quotient

GIVEN_UP = LimitError, ZeroDivisionError, OverflowError
BUDGET = "the budget ended the search"  # the best form so far is kept
WAYS = (  # in which a quotient is written
    "write as one quotient, factored",
    "fold a ratio of exponentials",
    "fold exponentials",
    "split into a sum",
    "split into proper fractions",
    "join terms over one denominator",
)
Found = TypeVar("Found")
ARITHMETIC = frozenset(("add", "sub", "mul", "div", "neg"))


class Closer:
    """Looks for shorter forms of tidied expressions, their inner parts first."""

    def __init__(self, tidier: Tidier, familiar: Iterable[str]) -> None:
        self.tidier = tidier
        self.cost = Cost(familiar, tidier.scope.barred)
        self._closed: dict[Expr, Expr] = {}
        self.log: list[tuple[str, Expr, Expr]] = []  # what was made of what, and how

    def better(self, new: Expr, old: Expr) -> bool:
        """Whether a form has fewer operations, or as many and fewer different parts."""
        if new is old:
            return False
        gain = self.cost(old) - self.cost(new)
        return gain > 0 or gain == 0 and len(walk(new)) < len(walk(old))

    def closed(self, root: Expr) -> Expr:
        """A short form of `root`, whose arguments of functions are closed as well."""
        order = walk(root)
        if len(order) > MAX_NODES:
            return root
        done: dict[Expr, Expr] = {}
        for node in order:
            if not node.args:
                done[node] = node
            elif node.op in ARITHMETIC or node.op == "pow" and is_whole(node.args[1]):
                done[node] = rebuild(node, tuple([done[a] for a in node.args]))
            else:
                args = tuple([self._region(done[a]) for a in node.args])
                done[node] = node if args == node.args else rebuild(node, args)
        return self._region(done[root])

    def written(self, reader: Reader, q: Quotient) -> Expr:
        """A quotient as an expression."""
        from calcml.algebra.closed.writer import Writer

        return Writer(reader, self.cost).product(q)

    def _region(self, node: Expr) -> Expr:
        """The best form of an expression whose functions are left as they are."""
        known = self._closed.get(node)
        if known is None:
            known = self._closed[node] = self._best(node)
        return known

    def _best(self, node: Expr) -> Expr:
        if node.op in ORDERED:
            best = self._compared(node)
            if best is not node:
                self.log.append(("bring a comparison to one side", node, best))
            return best
        if not node.args or node.op in CONDITIONS:
            return node
        if self._short(node):
            return node
        best, how, price = node, "", self.cost(node)
        seen = {node}
        for reader in self._made(self._readers(node), node):
            ways = self._ways(node, reader)
            for count, (name, forms) in enumerate(ways):
                if count >= QUICK and price <= SHORT:
                    break
                for made in self._made(forms, node):
                    if made in seen:
                        continue
                    seen.add(made)
                    if self.better(made, best):
                        best, how, price = made, name, self.cost(made)
            if price <= SHORT:
                break
        if best is not node:
            self.log.append((how, node, best))
        return best

    def _short(self, node: Expr) -> bool:
        """Whether nothing is shorter: a product of different things, or one call."""
        if node.op in SUMS:
            return False
        curved = roots = 0
        for base, exponent in self.tidier.algebra.product_of(node).factors.items():
            if base.op in SUMS or base.op in ("mul", "div", "pow"):
                return False
            row = FUNCTIONS.get(base.op)
            if row is None:
                continue
            related = row.circle or row.hyperbola or row.exponential or row.recognised
            curved += bool(related)
            roots += base.op == "number" or exponent.op != "number"
        return curved + roots < 2

    def _compared(self, node: Expr) -> Expr:
        """A comparison with its positive terms on one side, a number on the right.

        That of an extreme with an argument stays: else they would differ by rounding.
        """
        for a, b in (node.args, node.args[::-1]):
            row = FUNCTIONS.get(b.op)
            if row is not None and row.picks and a in b.args:
                return node
        algebra = self.tidier.algebra
        found = [node]
        terms = algebra.terms_of(self._region(sub(*node.args)))
        left = algebra.total([(c, t) for c, _, t in terms if c > 0 and t is not ONE])
        right = algebra.total([(-c, t) for c, _, t in terms if c < 0 and t is not ONE])
        constant = sum([c for c, _, t in terms if t is ONE])
        if any(dotted for _, dotted, _ in terms):
            return node
        for a, b, op in ((left, right, node.op), (right, left, REVERSED[node.op])):
            sign = 1 if op == node.op else -1
            for more, less in ((constant * sign, 0), (0, -constant * sign)):
                sides = [(1, a), (more, ONE)], [(1, b), (less, ONE)]
                found.append(make(op, tuple(map(algebra.total, sides))))
        return min(found, key=lambda n: (self.cost(n), n.args[1].op != "number"))

    def _readers(self, node: Expr) -> Iterator[Reader]:
        """The node read as a quotient; a second time, with sines for cosines."""
        from calcml.algebra.normal.reader import Reader

        reader = Reader(self.tidier.algebra, [node], signs=True)
        yield reader
        sums = [reader.ring.polynomials[f] for f in reader.values[node].factors]
        if reader.angles and max(map(len, sums), default=0) <= MAX_SWAPPED:
            yield Reader(self.tidier.algebra, [node], swapped=True, signs=True)
        if reader.roots_of.alike and self.tidier.scope.real:
            yield Reader(self.tidier.algebra, [node], signs=True, apart=True)

    def _ways(
        self, node: Expr, reader: Reader
    ) -> tuple[tuple[str, Iterable[Expr]], ...]:
        """Names of ways to other forms, each with the forms; the first QUICK are so."""
        from calcml.algebra.closed.forms import folded, joined, proper, ratios, split
        from calcml.algebra.closed.writer import Writer

        q, writer = reader.values[node], Writer(reader, self.cost)
        forms = (
            map(writer.product, [q]),
            map(writer.product, ratios(q, reader)),
            map(writer.product, folded(q, reader)),
            split(q, writer),
            proper(q, reader, writer),
            joined(node, reader, writer),
        )
        return tuple(zip(WAYS, forms, strict=True))

    def _made(self, found: Iterable[Found], node: Expr) -> Iterator[Found]:
        """What is found, as far as the budget of work goes."""
        try:
            yield from found
        except LimitError as error:
            self.log.append((f"{BUDGET}: {error.message}", node, node))
        except GIVEN_UP:
            return
