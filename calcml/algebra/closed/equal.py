"""Whether two expressions are equal by their normal forms: an exact proof."""

from __future__ import annotations

from calcml.algebra.canonical import Tidier
from calcml.algebra.closed.assemble import Assembler
from calcml.algebra.closed.limits import MAX_ARGUMENT, MAX_PROVED
from calcml.algebra.facts import Facts
from calcml.algebra.normal.families import negative
from calcml.algebra.normal.reader import GIVEN_UP, Reader, kind
from calcml.algebra.normal.ring import Quotient
from calcml.core.build import mul, power, rebuild, sub
from calcml.core.comparisons import COMPARISONS, REVERSED
from calcml.core.cost import Cost
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, ZERO, Expr, make, number, walk
from calcml.core.operations import SQRT
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.rows import lower


def equal(a: Expr, b: Expr, facts: Facts | None = None) -> bool:
    """Whether a and b have one normal form, under `facts`: True is a proof.

    Functions are replaced by their definitions, functions of exponentials and angles by
    one basis, logarithms of positive products by sums; arguments are multiplied out.
    False says that no proof was found.
    """
    try:
        roots = [lower(root, _basic) for root in (a, b)]
        if len(walk(*roots)) > MAX_PROVED:
            return False
        normal = _Normal(roots, facts or Facts())
        left, right = (normal.arguments(root) for root in roots)
        values = Reader(normal.algebra, [left, right], exact=True, signs=True)
        one, other = (values.values[root] for root in (left, right))
        return bool(values.ring.sum([one, negative(other)]).coefficient == 0)
    except GIVEN_UP:
        return False


def _basic(row: Row) -> bool:
    """Whether a function stays; the others are replaced by their definitions."""
    return row.by is None or bool(row.circle or row.hyperbola or row.exponential)


class _Normal:
    """Brings arguments of functions to one form, the inner ones first."""

    def __init__(self, roots: list[Expr], facts: Facts) -> None:
        tidier = Tidier(roots, facts)
        self.tidier, self.algebra, self.facts = tidier, tidier.algebra, facts

    def arguments(self, root: Expr) -> Expr:
        """`root` with the arguments of its functions multiplied out."""
        (root,) = self.tidier.settled([root])
        done: dict[Expr, Expr] = {}
        for node in walk(root):
            args = tuple([done[a] for a in node.args])
            if not args or kind(node):
                done[node] = rebuild(node, args) if args else node
            elif node.op in COMPARISONS:
                turned = node.op in ("lt", "le")
                left, right = reversed(args) if turned else args
                op = REVERSED[node.op] if turned else node.op
                done[node] = make(op, (self.expanded(sub(left, right)), ZERO))
            else:
                args = tuple([self.expanded(a) for a in args])
                done[node] = self._function(node, args)
        return done[root]

    def _function(self, node: Expr, args: tuple[Expr, ...]) -> Expr:
        row = FUNCTIONS.get(node.op)
        if row is not None and row.exp and row.exp == row.params[0]:
            return self._logarithm(node.op, args[0])
        if node.op == SQRT or node.op == "pow" and args[1].op == "number":
            return self._root(node, args)
        if node.op == "formal" or row is None or node.op in ("pow", "where"):
            return rebuild(node, args)
        return self.tidier.function(node.op, args)

    def expanded(self, node: Expr) -> Expr:
        """A quotient over its denominator, its numerator multiplied out."""
        if not node.args or not kind(node):
            return node
        reader = Reader(self.algebra, [node], exact=True)
        ring, (coefficient, factors) = reader.ring, reader.values[node]
        top = {f: e for f, e in factors.items() if f >= ring.size and e > 0}
        rest = {f: e for f, e in factors.items() if f not in top}
        size = 1
        for f, e in top.items():
            size *= len(ring.polynomials[f]) ** e
        if size > MAX_ARGUMENT:
            raise LimitError("an argument has too many terms")
        above = ring.multiplied(top)
        assembler = Assembler(reader, Cost())
        parts = []
        for monomial, c in ring.terms(above).items():
            powers = {i: e for i, e in enumerate(monomial) if e}
            for f, e in rest.items():
                powers[f] = powers.get(f, 0) + e
            term = Quotient(coefficient * c, powers)
            parts.append((1, assembler.flat(term)))
        return self.algebra.total(parts)

    def _logarithm(self, op: str, arg: Expr) -> Expr:
        """The logarithm of a product of positive factors as a sum."""
        factors = self._positive_factors(arg)
        parts = [(k, self.tidier.function(op, (base,))) for base, k in factors]
        return self.algebra.total(parts)

    def _root(self, node: Expr, args: tuple[Expr, ...]) -> Expr:
        """A root of a product of positive factors as a product of roots."""
        result = ONE
        for base, k in self._positive_factors(args[0]):
            result = mul(result, power(rebuild(node, (base, *args[1:])), number(k)))
        return result

    def _positive_factors(self, arg: Expr) -> list[tuple[Expr, int]]:
        """Factors and their powers where all are known to be positive, else the whole.

        One that may be 0 will do where it does not stand below.
        """
        whole = [(arg, 1)]
        if arg.op == "number":
            return whole
        reader = Reader(self.algebra, [arg], exact=True)
        coefficient, factors = reader.values[arg]
        assembler = Assembler(reader, Cost())
        found = []
        for f, k in factors.items():
            base = assembler.flat(reader.ring.generator(f))
            if self.facts.negative(base):
                base = self.algebra.scaled(base, -1)
                coefficient = -coefficient if k % 2 else coefficient
            may_be_0 = k > 0 and self.facts.nonnegative(base)
            if not may_be_0 and not self.facts.positive(base):
                return whole
            found.append((base, k))
        if coefficient < 0:
            return whole
        for n, sign in ((coefficient.p, 1), (coefficient.q, -1)):
            if n != 1:
                found.append((number(int(n)), sign))
        return found
