"""Sums and products taken apart and put together: like terms, powers and their order.

A product is a coefficient and a power for each base, a sum a coefficient for each
term. Both are read from canonical nodes and written as such: positive terms first and
high degrees before low ones, signs outside, one denominator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from calcml.algebra.decimals import HALVES, UNITS, coefficient_node, halves
from calcml.algebra.limits import MAX_MERGED
from calcml.core.budget import spend
from calcml.core.build import IMAG, add, chain, div, is_decimal, neg, power, sub
from calcml.core.errors import DomainError
from calcml.core.exact import exact_power
from calcml.core.expr import MINUS_ONE, ONE, ZERO, E, Expr, Number, number
from calcml.core.flat import SUMS, signed_terms
from calcml.core.operations import ABS, CBRT, EXP, LOG, SIGN, SQRT
from calcml.core.order import Factor, Order

PRODUCTS = frozenset(("mul", "div", "neg", "pow", EXP, SQRT))

OF_FACTORS = frozenset((ABS, SIGN, CBRT))  # of a product: taken factor by factor
PRODUCT_LIKE = PRODUCTS | OF_FACTORS | {"number"}  # others are factors as they stand
COMPOUND = PRODUCT_LIKE | SUMS

Factors = dict[Expr, Expr]  # a power for each base
Term = tuple[Number, bool, Expr]  # coefficient, whether it is a decimal, the rest
Content = tuple[Number, Expr, list[tuple[Expr, int]]]  # of a sum: see `content`


class Product(NamedTuple):
    """coefficient * product of base^exponent; `dotted` if a decimal was in it."""

    coefficient: Number
    dotted: bool
    factors: dict[Expr, Expr]


class Algebra:
    """The sums and products of one simplification, remembered while it runs.

    `function(op, args)` makes a simplified call, for roots and exponentials. `pairs`
    says of an even function f what a + f(a) is, and `positive` what is given of a node.
    """

    def __init__(
        self,
        function: Callable[[str, tuple[Expr, ...]], Expr],
        pairs: Mapping[str, Callable[[Expr], Expr]],
        positive: Callable[[Expr], bool],
        roots: Sequence[Expr] = (),
    ) -> None:
        self.function, self.roots = function, roots
        self.pairs, self.positive = pairs, positive
        self._products: dict[Expr, Product] = {}
        self._sums: dict[Expr, list[Term]] = {}
        self._made: dict[tuple[object, ...], Expr] = {}
        self._totals: dict[tuple[object, ...], Expr] = {}  # without choices, pairs
        self._turned: dict[Expr, Expr] = {}
        self._contents: dict[Expr, Content] = {}
        self.order = Order()

    # --- reading -------------------------------------------------------------------

    def product_of(self, node: Expr) -> Product:
        """A canonical node as a product of powers."""
        known = self._products.get(node)
        if known is None and node.op not in PRODUCT_LIKE:
            known = self._products[node] = Product(1, False, {node: ONE})
        elif known is None:
            known = self._products[node] = self.gather([(node, 1)], {})
        return known

    # --- products ------------------------------------------------------------------

    def gather(
        self, parts: Iterable[tuple[Expr, int]], done: dict[Expr, Expr]
    ) -> Product:
        """The product of the nodes to whole powers; `done` holds simplified nodes."""
        coefficient: Number = 1
        dotted = False
        factors: dict[Expr, Expr] = {}
        stack = list(parts)
        while stack:
            node, k = stack.pop()
            ready = done.get(node)
            if ready is not None and ready is not node:
                stack.append((ready, k))
                continue
            op = node.op
            if op == "number":
                if node.value == 0 and k < 0:
                    raise DomainError("a denominator is 0 wherever it has a value")
                value = exact_power(node.value, k)
                if value is None:
                    self._multiply(factors, node, number(k))
                else:
                    coefficient = coefficient * value
                    dotted = dotted or is_decimal(node)
            elif op == "mul":
                a, b = node.args
                stack += [(b, k), (a, k)]
            elif op == "div":
                a, b = node.args
                stack += [(b, -k), (a, k)]
            elif op == "neg":
                coefficient = -coefficient if k % 2 else coefficient
                stack.append((node.args[0], k))
            elif op == SQRT:
                base = done.get(node.args[0], node.args[0])
                self._multiply(factors, base, halves(k))
            elif op == EXP:
                self._exponential(factors, done.get(node.args[0], node.args[0]), k)
            elif op == "pow":
                base, exponent = (done.get(a, a) for a in node.args)
                if exponent.op == "number" and isinstance(exponent.value, int):
                    stack.append((base, k * exponent.value))
                else:
                    self._multiply(factors, base, self.scaled(exponent, k))
            else:
                self._multiply(factors, node, ONE if k == 1 else number(k))
        spend(4 * len(factors))
        return self.settled(Product(coefficient, dotted, factors))

    def _multiply(self, factors: dict[Expr, Expr], base: Expr, exponent: Expr) -> None:
        before = factors.get(base)
        if before is not None:
            exponent = self.total([(1, before), (1, exponent)])
        factors[base] = exponent

    def _exponential(self, factors: dict[Expr, Expr], exponent: Expr, k: int) -> None:
        """e^(k*exponent), where e^(n*log(v)) is v^n."""
        kept: list[tuple[Number, Expr]] = []
        for coefficient, dotted, term in (terms := self.terms_of(exponent)):
            logs = [b for b in self.product_of(term).factors if b.op == LOG]
            rest = dict(self.product_of(term).factors)
            if len(logs) == 1 and rest.pop(logs[0]) is ONE:
                power_of = self.product(coefficient * k, dotted, rest)
                self._multiply(factors, logs[0].args[0], power_of)
            else:
                kept.append((coefficient * k, term))
        if kept:
            dots = any(dotted for _, dotted, _ in terms)
            self._multiply(factors, E, self.total(kept, dots))

    def settled(self, found: Product) -> Product:
        """Whole powers of numbers, products and sums with a common factor resolved."""
        coefficient, dotted, factors = found
        for base, exponent in factors.items():
            k = exponent.value if exponent.op == "number" else 1
            if base.op in COMPOUND or base is IMAG or not (k and isinstance(k, int)):
                break
        else:
            return found
        settled: dict[Expr, Expr] = {}
        again: list[tuple[Expr, int]] = []
        alone, special = len(factors) == 1 and coefficient == 1, False
        # Powers that are not whole first: a whole one beside them takes their sign.
        for base, exponent in sorted(factors.items(), key=lambda p: is_whole(p[1])):
            if exponent is ZERO:
                continue
            whole = is_whole(exponent)
            k = exponent.value if whole else 0
            rooted = exponent.op == "number" or base.op in PRODUCTS
            special |= base.op in OF_FACTORS or not whole and rooted
            if base is IMAG and whole:
                coefficient = -coefficient if k % 4 > 1 else coefficient
                if k % 2:
                    self._multiply(settled, base, ONE)
                continue
            if base.op == "number" and exponent.op == "number":
                value = exact_power(base.value, exponent.value)
                if value is not None:
                    coefficient = coefficient * value
                    dotted = dotted or is_decimal(base)
                    continue
            if whole and base.op in PRODUCTS:
                again.append((base, k))
            elif whole and base.op in SUMS and not (alone and k == 1):
                content, inner, monomial = self.content(base)
                if content != 1:
                    value = exact_power(content, k)
                    if value is None:
                        settled[base] = exponent
                        continue
                    coefficient = coefficient * value
                again += [(b, e * k) for b, e in monomial]
                if inner.op in SUMS:
                    coefficient *= self._put_sum(settled, inner, exponent)
                else:  # without what is taken out its terms were one
                    again.append((inner, k))
            else:
                self._multiply(settled, base, exponent)
        if again:
            more = self.gather(again, {})
            coefficient, dotted = coefficient * more.coefficient, dotted or more.dotted
            for base, exponent in more.factors.items():
                self._multiply(settled, base, exponent)
            loose = [b for b, e in settled.items() if b.op in PRODUCTS and is_whole(e)]
            if loose or ZERO in settled.values():
                return self.settled(Product(coefficient, dotted, settled))
        settled = {b: e for b, e in settled.items() if e is not ZERO}
        product = Product(coefficient, dotted, settled)
        return self.resolved(product) if special else product

    def resolved(self, found: Product) -> Product:
        """A settled product as it is; numbers of one kind allow more."""
        return found

    def join_pairs(self, like: dict[Expr, Number]) -> None:
        """c*a + c*f(a) by the rule of an even f, in place; of real numbers alone."""

    def spelled(self, ordered: list[Factor]) -> list[Factor]:
        """The factors of a product as they are written, in their order."""
        return ordered

    def spelled_exponent(self, exponent: Expr) -> Expr:
        """An exponent of e as it is written."""
        return exponent

    def _put_sum(self, settled: dict[Expr, Expr], node: Expr, power: Expr) -> int:
        """Enter a whole power of a sum beside its opposite's: the sign that is left."""
        opposite = self.negated(node) if settled else node
        other = settled.get(opposite)
        if other is None or opposite is node:
            self._multiply(settled, node, power)
            return 1
        del settled[opposite]
        kept, turned = opposite, power
        if is_whole(other) and self.forward({t: c for c, _, t in self.terms_of(node)}):
            kept, turned = node, other
        total = self.total([(1, other), (1, power)])
        if total is not ZERO:
            settled[kept] = total
        return -1 if turned.value % 2 else 1

    def forward(self, vector: Mapping[Expr, Number]) -> bool:
        """Whether, of a sum and its opposite, this is the one that is kept."""
        terms = [term for term in vector if term is not ONE] or [ONE]
        first = min(terms, key=lambda term: self.order.of_factor((term, ONE)))
        return vector[first] > 0

    def product(self, coefficient: Number, dotted: bool, factors: Factors) -> Expr:
        """The canonical node of a product."""
        if coefficient == 0:
            return ZERO
        if not factors:
            return self._number(coefficient, dotted)
        if coefficient == 1 and len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent is ONE:
                return base
        spend(len(factors))
        key = coefficient, dotted, tuple(factors.items())
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = self._product(coefficient, dotted, factors)
        return known

    def _product(self, coefficient: Number, dotted: bool, factors: Factors) -> Expr:
        chosen = self._choice(coefficient, dotted, factors)
        if chosen is not None:
            return chosen
        ordered = list(factors.items())
        spend(4 * len(ordered))
        if len(ordered) > 1:
            ordered = self.order.of_factors(ordered)
            if sum([e.op == "number" and e not in UNITS for _, e in ordered]) > 1:
                ordered = self.spelled(ordered)
        if coefficient < 0:
            ordered, coefficient = self._without_sign(ordered, coefficient)
        above: list[Expr] = []
        below: list[Expr] = []
        beside = len(ordered) > 1 or abs(coefficient) != 1  # f/x^n, but x^(-n) alone
        for base, exponent in ordered:
            if base is not E and exponent.op == "number" and exponent.value < 0:
                k = ONE if exponent is MINUS_ONE else neg(exponent)
                below.append(self.powered(base, k))
            elif base is not E and beside and self.opposite(exponent):
                below.append(self.powered(base, self.scaled(exponent, -1)))
            else:
                above.append(self.powered(base, exponent))
        top, bottom = self._number(coefficient, dotted), ONE
        if top.op == "number" and "/" in top.text:
            top, bottom = number(top.value.numerator), number(top.value.denominator)
        result = chain(top, above)
        divisor = chain(bottom, below)
        return result if divisor is ONE else div(result, divisor)

    def _number(self, value: Number, dotted: bool) -> Expr:
        if dotted:
            return coefficient_node(value, self.roots)
        return ONE if value == 1 else number(value)

    def _choice(
        self, coefficient: Number, dotted: bool, factors: dict[Expr, Expr]
    ) -> Expr | None:
        """u * where(c, 1, 0) as where(c, u, 0), and a bare -(a - b) as b - a."""
        for base, exponent in factors.items():
            if exponent is ONE and base.op == "where":
                condition, a, b = base.args
                if {a, b} == {ZERO, ONE} and (len(factors) > 1 or coefficient != 1):
                    rest = {k: e for k, e in factors.items() if k is not base}
                    value = self.product(coefficient, dotted, rest)
                    pair = (value, ZERO) if a is ONE else (ZERO, value)
                    return self.function("where", (condition, *pair))
        if coefficient == -1 and len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent is ONE and base.op in SUMS:
                return self.negated(base)
        return None

    def _without_sign(
        self, ordered: list[tuple[Expr, Expr]], coefficient: Number
    ) -> tuple[list[tuple[Expr, Expr]], Number]:
        """The sign moved into a difference, if there is one to turn round."""
        for i, (base, exponent) in enumerate(ordered):
            if exponent is ONE and base.op in SUMS:
                signs = {c < 0 for c, _, _ in self.terms_of(base)}
                if len(signs) == 2:
                    turned = list(ordered)
                    turned[i] = (self.negated(base), ONE)
                    return turned, -coefficient
        return ordered, coefficient

    def powered(self, base: Expr, exponent: Expr) -> Expr:
        """base^exponent, with roots and exponentials in their own notation."""
        if exponent is ONE:
            return base
        if base is E:
            if exponent.op in SUMS:
                exponent = self.spelled_exponent(exponent)
            return self.function(EXP, (exponent,))
        if exponent in HALVES:
            return self.function(SQRT, (base,))
        return power(base, exponent)

    # --- reading sums --------------------------------------------------------------

    def terms_of(self, node: Expr) -> list[Term]:
        """A canonical node as (coefficient, dotted, term without coefficient)."""
        known = self._sums.get(node)
        if known is not None:
            return known
        found: list[Term] = []
        for sign, part in signed_terms(node, SUMS) if node.args else ((1, node),):
            if part.op not in PRODUCT_LIKE:
                found.append((sign, False, part))
                continue
            coefficient, dotted, factors = self.product_of(part)
            term = self.product(1, False, factors) if factors else ONE
            found.append((sign * coefficient, dotted, term))
        self._sums[node] = found
        return found

    # --- sums ----------------------------------------------------------------------

    def total(self, parts: Iterable[tuple[Number, Expr]], dotted: bool = False) -> Expr:
        """The canonical sum of coefficient * canonical node, like terms joined."""
        key = tuple(parts), dotted
        known = self._totals.get(key)
        if known is not None:
            return known
        like: dict[Expr, Number] = {}
        for factor, node in key[0]:
            terms = self.terms_of(node)
            spend(len(terms))
            if len(terms) > MAX_MERGED:
                terms = [(1, False, node)]
            for coefficient, point, term in terms:
                inner = self.terms_of(term) if term.op in SUMS else ()
                if 0 < len(inner) <= MAX_MERGED:  # a number times a sum
                    for c, dot, t in inner:
                        like[t] = like.get(t, 0) + factor * coefficient * c
                        dotted = dotted or point or dot
                else:
                    like[term] = like.get(term, 0) + factor * coefficient
                    dotted = dotted or point
        ops = {term.op for term in like}
        if "where" in ops:
            self._join_choices(like)
        if "where" in ops or not ops.isdisjoint(self.pairs):
            self.join_pairs(like)
            return self._sum(like, dotted)
        return self._totals.setdefault(key, self._sum(like, dotted))

    def _join_choices(self, like: dict[Expr, Number]) -> None:
        """Terms that choose by one condition, as where(c, a, 0) + where(c, 0, b)."""
        by_condition: dict[Expr, list[Expr]] = {}
        for term, coefficient in like.items():
            if term.op == "where" and coefficient:
                by_condition.setdefault(term.args[0], []).append(term)
        for condition, terms in by_condition.items():
            if len(terms) > 1:
                weights = [like.pop(term) for term in terms]
                sides = [[t.args[i] for t in terms] for i in (1, 2)]
                a, b = (self.total(zip(weights, s, strict=True)) for s in sides)
                joined = self.function("where", (condition, a, b))
                for coefficient, _, term in self.terms_of(joined):
                    like[term] = like.get(term, 0) + coefficient

    def _sum(self, like: dict[Expr, Number], dotted: bool) -> Expr:
        read = [(c, t, self.product_of(t)) for t, c in like.items() if c]
        terms = [(c * of.coefficient, t, of.factors) for c, t, of in read]
        spend(4 * len(terms))
        if len(terms) < 2:
            return self.product(terms[0][0], dotted, terms[0][2]) if terms else ZERO
        result: Expr = ZERO
        for coefficient, _, factors in self.order.of_terms(terms):
            if coefficient < 0 and result is not ZERO:
                result = sub(result, self.product(-coefficient, dotted, factors))
            else:
                result = add(result, self.product(coefficient, dotted, factors))
        return result

    def content(self, base: Expr) -> Content:
        """A sum as (number, the rest, common factors with whole exponents)."""
        if base not in self._contents:
            self._contents[base] = self._content(base)
        return self._contents[base]

    def _content(self, base: Expr) -> Content:
        terms = self.terms_of(base)
        if any(dotted for _, dotted, _ in terms):
            return 1, base, []
        above = gcd(*[c.numerator for c, _, _ in terms])
        below = lcm(*[c.denominator for c, _, _ in terms])
        content: Number = above if below == 1 else Fraction(above, below)
        common: dict[Expr, int] | None = None
        for _, _, term in terms:
            powers = self.product_of(term).factors.items()
            mine = {b: e.value for b, e in powers if is_whole(e)}
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
        if (known := self._turned.get(node)) is not None:
            return known
        terms = self.terms_of(node)
        dotted = any(dotted for _, dotted, _ in terms)
        made = self._sum({t: -c for c, _, t in terms}, dotted)
        return self._turned.setdefault(node, made)

    def opposite(self, node: Expr) -> bool:
        """Whether each of several parts has a sign in front."""
        return bool(node.args) and all(c < 0 for c, _, _ in self.terms_of(node))

    def scaled(self, node: Expr, factor: Number) -> Expr:
        """factor * node for canonical nodes."""
        if factor == 1:
            return node
        if node.op in SUMS:
            return self.total([(factor, node)])
        coefficient, dotted, factors = self.product_of(node)
        return self.product(coefficient * factor, dotted, factors)


def is_whole(exponent: Expr) -> bool:
    """Whether an exponent is a whole number."""
    return exponent.op == "number" and isinstance(exponent.value, int)
