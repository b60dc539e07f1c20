"""Sums taken apart and put together: a coefficient for each term."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from calcml.expr import ONE, ZERO, Expr, Number
from calcml.light import add, sub
from calcml.terms.parts import SUMS, Content
from calcml.terms.products import Products

MAX_MERGED = 100  # terms of a shared sum that are copied into the sums that use it


class Algebra(Products):
    """The sums and products of one simplification, remembered while it runs."""

    # --- reading -------------------------------------------------------------------

    def terms_of(self, node: Expr) -> list[tuple[Number, bool, Expr]]:
        """A canonical node as (coefficient, dotted, term without coefficient)."""
        known = self._sums.get(node)
        if known is not None:
            return known
        found: list[tuple[Number, bool, Expr]] = []
        stack: list[tuple[Expr, int]] = [(node, 1)]
        while stack:
            part, sign = stack.pop()
            if part.op in SUMS:
                a, b = part.args
                stack.append((b, sign if part.op == "add" else -sign))
                stack.append((a, sign))
                continue
            coefficient, dotted, factors = self.product_of(part)
            term = self.product(1, False, factors) if factors else ONE
            found.append((sign * coefficient, dotted, term))
        self._sums[node] = found
        return found

    # --- sums ----------------------------------------------------------------------

    def total(self, parts: Iterable[tuple[Number, Expr]]) -> Expr:
        """The canonical sum of coefficient * canonical node, like terms joined."""
        like: dict[Expr, Number] = {}
        dotted = False
        for factor, node in parts:
            terms = self.terms_of(node)
            if len(terms) > MAX_MERGED:
                terms = [(1, False, node)]
            for coefficient, point, term in self._opened(terms):
                like[term] = like.get(term, 0) + factor * coefficient
                dotted = dotted or point
        self._join_choices(like)
        self._join_pairs(like)
        return self._sum(like, dotted)

    def _join_choices(self, like: dict[Expr, Number]) -> None:
        """Terms that choose by one condition, as where(c, a, 0) + where(c, 0, b)."""
        by_condition: dict[Expr, list[Expr]] = {}
        for term, coefficient in like.items():
            if term.op == "where" and coefficient:
                by_condition.setdefault(term.args[0], []).append(term)
        for condition, terms in by_condition.items():
            if len(terms) > 1:
                weights = [like.pop(term) for term in terms]
                a, b = (
                    self.total(zip(weights, [t.args[i] for t in terms], strict=True))
                    for i in (1, 2)
                )
                joined = self.function("where", (condition, a, b))
                for coefficient, _, term in self.terms_of(joined):
                    like[term] = like.get(term, 0) + coefficient

    def _join_pairs(self, like: dict[Expr, Number]) -> None:
        """c*a + c*f(a) by its rule, where f is even: then a may be its opposite too."""
        for term in [t for t in like if t.op in self.pairs]:
            c = like.get(term, 0)
            inside = {t: k for k, _, t in self.terms_of(term.args[0])}
            for sign in (1, -1):
                if c and all(like.get(t) == sign * c * k for t, k in inside.items()):
                    for part in (term, *inside):
                        del like[part]
                    made = self.pairs[term.op](self.scaled(term.args[0], sign))
                    for coefficient, _, part in self.terms_of(made):
                        like[part] = like.get(part, 0) + c * coefficient
                    break

    def _opened(
        self, terms: list[tuple[Number, bool, Expr]]
    ) -> Iterable[tuple[Number, bool, Expr]]:
        """The terms, with a number times a sum multiplied out."""
        for coefficient, dotted, term in terms:
            if term.op in SUMS and len(inner := self.terms_of(term)) <= MAX_MERGED:
                for c, point, t in inner:
                    yield coefficient * c, dotted or point, t
            else:
                yield coefficient, dotted, term

    def _sum(self, like: dict[Expr, Number], dotted: bool) -> Expr:
        terms = [(t, c) for t, c in like.items() if c]
        if not terms:
            return ZERO
        if len(terms) > 1:
            terms.sort(
                key=lambda t: (
                    t[1] < 0,
                    self.order.of_term(t[0], self.product_of(t[0]).factors),
                )
            )
        result: Expr | None = None
        for term, coefficient in terms:
            factors = self.product_of(term).factors
            if result is None:
                result = self.product(coefficient, dotted, factors)
            elif coefficient < 0:
                result = sub(result, self.product(-coefficient, dotted, factors))
            else:
                result = add(result, self.product(coefficient, dotted, factors))
        assert result is not None
        return result

    def content(self, base: Expr) -> Content:
        """A sum as (number, the rest, common factors with whole exponents)."""
        known = self._contents.get(base)
        if known is None:
            known = self._contents[base] = self._content(base)
        return known

    def _content(self, base: Expr) -> Content:
        terms = self.terms_of(base)
        if any(dotted for _, dotted, _ in terms):
            return 1, base, []
        above = gcd(*[c.numerator for c, _, _ in terms])
        below = lcm(*[c.denominator for c, _, _ in terms])
        content: Number = above if below == 1 else Fraction(above, below)
        common: dict[Expr, int] | None = None
        for _, _, term in terms:
            mine = {
                b: e.value
                for b, e in self.product_of(term).factors.items()
                if e.op == "number" and isinstance(e.value, int)
            }
            if common is None:
                common = mine
            else:
                common = {b: min(e, mine[b]) for b, e in common.items() if b in mine}
            if not common and content == 1:
                return 1, base, []
        shared = {b: e for b, e in (common or {}).items() if e}
        if not shared and content == 1:
            return 1, base, []
        inverse = [(b, -e) for b, e in shared.items()]
        parts: list[tuple[Number, Expr]] = []
        for coefficient, _, term in terms:
            left = self.gather([(term, 1), *inverse], {})
            rest = self.product(1, False, left.factors) if left.factors else ONE
            weight = coefficient * left.coefficient
            parts.append((weight if content == 1 else Fraction(weight) / content, rest))
        return content, self.total(parts), list(shared.items())

    def negated(self, node: Expr) -> Expr:
        """-node for a canonical sum, however long it is."""
        known = self._turned.get(node)
        if known is not None:
            return known
        like: dict[Expr, Number] = {}
        dotted = False
        for coefficient, point, term in self.terms_of(node):
            like[term] = like.get(term, 0) - coefficient
            dotted = dotted or point
        made = self._turned[node] = self._sum(like, dotted)
        return made

    def scaled(self, node: Expr, factor: Number) -> Expr:
        """factor * node for canonical nodes."""
        if factor == 1:
            return node
        if node.op in SUMS:
            return self.total([(factor, node)])
        coefficient, dotted, factors = self.product_of(node)
        return self.product(coefficient * factor, dotted, factors)
