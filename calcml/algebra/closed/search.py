"""Closed forms: equal forms of an expression, and the choice of the one to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.limits import (
    MAX_CHOSEN,
    MAX_NODES,
    MAX_SWAPPED,
    MOST_RELATED,
    QUICK,
    SHORT,
)
from calcml.algebra.closed.relations import SPECIAL, are_tied, fewer, related, tied
from calcml.algebra.definedness import conditions
from calcml.algebra.terms import is_whole
from calcml.core.build import rebuild, sub
from calcml.core.comparisons import ORDERED, REVERSED
from calcml.core.cost import Cost
from calcml.core.errors import DomainError, LimitError
from calcml.core.expr import CONDITIONS, ONE, E, Expr, make, number, walk
from calcml.core.flat import SUMS
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
    "write by hyperbolic functions",
    "split into a sum",
    "split into proper fractions",
    "join terms over one denominator",
    "write by the logarithm of a sum",
    "write by other functions of angles",
    "write by multiples of an angle",
)
Found = TypeVar("Found")
KINKED = frozenset(row.op for row in FUNCTIONS.values() if row.kink) | {"where"}
ARITHMETIC = frozenset(("add", "sub", "mul", "div", "neg"))


class Closer:
    """Looks for shorter forms of tidied expressions, their inner parts first."""

    def __init__(self, tidier: Tidier, familiar: Iterable[str]) -> None:
        self.tidier = tidier
        self.cost = Cost(familiar, tidier.scope.barred)
        self.related = False  # whether values may be written by others
        self.whole = False  # whether the whole is at work, and no argument in it
        self.choosing = False  # whether several choices may be one
        self._closed: dict[Expr, Expr] = {}
        self.log: list[tuple[str, Expr, Expr]] = []  # what was made of what, and how

    def better(self, new: Expr, old: Expr) -> bool:
        """Whether a form has fewer operations, or as many and fewer different parts."""
        if new is old:
            return False
        gain = self.cost(old) - self.cost(new)
        return gain > 0 or gain == 0 and self._parts(new) < self._parts(old)

    def _parts(self, form: Expr) -> tuple[int, bool]:
        """How many parts differ, and of a whole whether terms of sums are quotients.

        The quotient rule's form is that of a result, and no argument of a root: there a
        perfect square would lose its complex values.
        """
        order = walk(form)
        terms = [a for n in order if n.op in SUMS for a in n.args] if self.whole else ()
        return len(order), any(term.op == "div" for term in terms)

    def closed(self, root: Expr) -> Expr:
        """A short form of `root`, whose arguments of functions are closed as well."""
        order = walk(root)
        if len(order) > MAX_NODES:
            return root
        ops = {node.op for node in order}
        real = self.tidier.scope.real
        self.related = real and (not SPECIAL.isdisjoint(ops) or are_tied(order))
        self.choosing = real and not KINKED.isdisjoint(ops) and len(order) <= MAX_CHOSEN
        done: dict[Expr, Expr] = {}
        self.whole = False
        for node in order:
            if not node.args:
                done[node] = node
            elif node.op in ARITHMETIC or node.op == "pow" and is_whole(node.args[1]):
                done[node] = rebuild(node, tuple([done[a] for a in node.args]))
            else:
                args = tuple([self._region(done[a]) for a in node.args])
                done[node] = node if args == node.args else rebuild(node, args)
        self.whole = True
        return self._region(done[root])

    def written(self, reader: Reader, q: Quotient) -> Expr:
        """A quotient as an expression."""
        from calcml.algebra.closed.writer import Writer

        return Writer(reader, self.cost).product(q)

    def _region(self, node: Expr) -> Expr:
        """The best form of an expression whose functions are left as they are."""
        known = self._closed.get(node)
        if known is None:
            known = self._best(node)
            if self.related:
                known = self._by_relations(node, known)
            self._closed[node] = known
        return known

    def _by_relations(self, node: Expr, best: Expr) -> Expr:
        """The best form, values of special functions written by others that occur."""
        settle, facts = self.tidier.settled_alone, self.tidier.facts()
        found, have = [(node, facts)], conditions(node)
        for made, facts in found:
            if made is not node:
                told = len(self.log)
                form = self._best(made)
                del self.log[told:]
                # What a relation may ask for more is that a denominator is not 0.
                asked = [c for c in conditions(form) if c.op != "or" and c not in have]
                sure = fewer(form, node) and all(facts.decide(c) is True for c in asked)
                if sure and self.better(form, best):
                    best = form
                    self.log.append(("use a relation", node, best))
            tied_too = tied(made, self._region, settle)
            for other, known in chain(related(made, settle), tied_too):
                if len(found) < MOST_RELATED and all(other is not f for f, _ in found):
                    found.append((other, facts.and_where_defined(known)))
        return best

    def _best(self, node: Expr) -> Expr:
        if node.op in ORDERED:
            best = self._compared(node)
            if best is not node:
                self.log.append(("bring a comparison to one side", node, best))
            return best
        if not node.args or node.op in CONDITIONS:
            return node
        chosen = self._as_one_choice(node)
        if chosen is not node or self._short(node):
            return chosen
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

    def _as_one_choice(self, node: Expr) -> Expr:
        """Several choices as one, where that is shorter."""
        if not self.choosing:
            return node
        from calcml.algebra.piecewise.choosing import several, visible

        if not several(visible(node)):
            return node
        from calcml.algebra.closed.choices import one_choice

        tidier = self.tidier
        with suppress(*GIVEN_UP, DomainError):
            given, settle = tidier.facts(), tidier.settled_alone
            made = one_choice(node, given, tidier.algebra, self.cost, settle)
            if made is not None and self.better(made, node):
                self.log.append(("join choices", node, made))
                return made
        return node

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
        whole, above = self._without_positive(self._region(sub(*node.args)))
        terms, op = algebra.terms_of(whole), node.op if above else REVERSED[node.op]
        left = algebra.total([(c, t) for c, _, t in terms if c > 0 and t is not ONE])
        right = algebra.total([(-c, t) for c, _, t in terms if c < 0 and t is not ONE])
        constant = sum([c for c, _, t in terms if t is ONE])
        if any(dotted for _, dotted, _ in terms):
            return node
        for a, b, sign in ((left, right, 1), (right, left, -1)):
            for more, less in ((constant * sign, 0), (0, -constant * sign)):
                sides = [(1, a), (more, ONE)], [(1, b), (less, ONE)]
                own = op if sign > 0 else REVERSED[op]
                found.append(make(own, tuple(map(algebra.total, sides))))
        return min(
            found,  # x > -3 rather than x + 3 > 0
            key=lambda n: (
                self.cost(n),
                n.args[1].op != "number",
                bool(n.args[0].args),
            ),
        )

    def _without_positive(self, node: Expr) -> tuple[Expr, bool]:
        """What has the sign of an expression, or the opposite one: without factors."""
        algebra, facts = self.tidier.algebra, self.tidier.facts()
        coefficient, dotted, factors = algebra.product_of(node)
        if node.op in SUMS:
            coefficient, inner, shared = algebra.content(node)
            factors = {inner: ONE} | {base: number(e) for base, e in shared}
        above, kept = coefficient > 0, {}
        for base, exponent in factors.items():
            if is_whole(exponent) and facts.negative(base):
                above ^= exponent.value % 2
            elif not facts.positive(base):
                kept[base] = exponent
        return (algebra.product(1, dotted, kept), bool(above)) if kept else (node, True)

    def _readers(self, node: Expr) -> Iterator[Reader]:
        """The node read as a quotient; a second time, with sines for cosines."""
        from calcml.algebra.normal.reader import Reader
        from calcml.algebra.normal.signs import squares

        reader = Reader(self.tidier.algebra, [node], signs=True)
        yield reader
        if reader.angles and _may_be_swapped(reader, reader.values[node]):
            yield Reader(self.tidier.algebra, [node], swapped=True, signs=True)
        if self.tidier.scope.real and (apart := squares(reader)):
            yield Reader(self.tidier.algebra, [node], signs=True, apart=apart)

    def _ways(
        self, node: Expr, reader: Reader
    ) -> tuple[tuple[str, Iterable[Expr]], ...]:
        """Names of ways to other forms, each with the forms; the first QUICK are so."""
        from calcml.algebra.closed.curves import products
        from calcml.algebra.closed.forms import (
            folded,
            joined,
            proper,
            ratios,
            sign_inside,
            split,
        )
        from calcml.algebra.closed.multiples import multiples
        from calcml.algebra.closed.relations import by_logarithms
        from calcml.algebra.closed.writer import Writer

        q, writer = reader.values[node], Writer(reader, self.cost)
        forms = (
            map(writer.product, [q]),
            map(writer.product, ratios(q, reader)),
            (
                sign_inside(writer.product(made), node, self.tidier.algebra, self.cost)
                for made in folded(q, reader)
            ),
            self._hyperbolic(q, reader),
            split(q, writer),
            proper(q, reader, writer),
            joined(node, reader, writer),
            by_logarithms(node, self.tidier),
            products(node, self.tidier, self.cost) if writer.curved else (),
            multiples(q, writer) if reader.angles else (),
        )
        return tuple(zip(WAYS, forms, strict=True))

    def _hyperbolic(self, q: Quotient, reader: Reader) -> Iterator[Expr]:
        """A quotient of exponentials in which E^2 - 1 is 2*E times a sine."""
        from calcml.algebra.closed.writer import Writer

        if any(base is E for base, _ in reader.generators):
            yield Writer(reader, self.cost, hyperbolic=True).product(q)

    def _made(self, found: Iterable[Found], node: Expr) -> Iterator[Found]:
        """What is found, as far as the budget of work goes."""
        try:
            yield from found
        except LimitError as error:
            self.log.append((f"{BUDGET}: {error.message}", node, node))
        except GIVEN_UP:
            return


def _may_be_swapped(reader: Reader, q: Quotient) -> bool:
    """Whether a sine or cosine has a power over 1, in sums that are not long."""
    places = [i for angle in reader.angles for i in (angle.s, angle.c)]
    sums = [reader.ring.polynomials[f] for f in q.factors if f >= reader.ring.size]
    if max(map(len, sums), default=0) > MAX_SWAPPED:
        return False
    degrees = [abs(q.factors.get(i, 0)) for i in places]
    degrees += [p.degrees()[i] for p in sums for i in places]
    return max(degrees) > 1
