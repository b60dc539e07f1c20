"""Products taken apart and put together: a coefficient and a power for each base."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from calcml.errors import DomainError
from calcml.exact import exact_power
from calcml.expr import HALF, ONE, ZERO, E, Expr, Number, constant, number
from calcml.light import div, is_decimal, power
from calcml.order import Order
from calcml.terms.parts import (
    PRODUCTS,
    SUMS,
    Content,
    Product,
    Term,
    chain,
    coefficient_node,
    is_whole,
    is_whole_product,
)

IMAGINARY = constant("I")


class Products(ABC):
    """The sums and products of one simplification, remembered while it runs.

    `function(op, args)` makes a simplified call; the algebra needs it for roots and
    exponentials. `pairs` says of an even function f what a + f(a) is.
    """

    def __init__(
        self,
        function: Callable[[str, tuple[Expr, ...]], Expr],
        pairs: Mapping[str, Callable[[Expr], Expr]],
    ) -> None:
        self.function = function
        self.pairs = pairs
        self._products: dict[Expr, Product] = {}
        self._sums: dict[Expr, list[tuple[Number, bool, Expr]]] = {}
        self._made: dict[tuple[object, ...], Expr] = {}
        self._turned: dict[Expr, Expr] = {}
        self._contents: dict[Expr, Content] = {}
        self.order = Order()

    # --- reading -------------------------------------------------------------------

    def product_of(self, node: Expr) -> Product:
        """A canonical node as a product of powers."""
        known = self._products.get(node)
        if known is None:
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
            elif op == "sqrt":
                base = done.get(node.args[0], node.args[0])
                self._multiply(factors, base, number(Fraction(k, 2)))
            elif op == "exp":
                self._exponential(factors, done.get(node.args[0], node.args[0]), k)
            elif op == "pow":
                base, exponent = (done.get(a, a) for a in node.args)
                if exponent.op == "number" and isinstance(exponent.value, int):
                    stack.append((base, k * exponent.value))
                else:
                    self._multiply(factors, base, self.scaled(exponent, k))
            else:
                self._multiply(factors, node, number(k))
        return self._settled(Product(coefficient, dotted, factors))

    def _multiply(self, factors: dict[Expr, Expr], base: Expr, exponent: Expr) -> None:
        before = factors.get(base)
        if before is not None:
            exponent = self.total([(1, before), (1, exponent)])
        factors[base] = exponent

    def _exponential(self, factors: dict[Expr, Expr], exponent: Expr, k: int) -> None:
        """e^(k*exponent), where e^(n*log(v)) is v^n."""
        kept: list[tuple[Number, Expr]] = []
        for coefficient, _, term in self.terms_of(exponent):
            logs = [b for b in self.product_of(term).factors if b.op == "log"]
            rest = dict(self.product_of(term).factors)
            if len(logs) == 1 and rest.pop(logs[0]) is ONE:
                power_of = self.product(coefficient * k, False, rest)
                self._multiply(factors, logs[0].args[0], power_of)
            else:
                kept.append((coefficient * k, term))
        if kept:
            self._multiply(factors, E, self.total(kept))

    def _settled(self, found: Product) -> Product:
        """Whole powers of numbers, products and sums with a common factor resolved."""
        coefficient, dotted, factors = found
        settled: dict[Expr, Expr] = {}
        again: list[tuple[Expr, int]] = []
        alone = len(factors) == 1 and coefficient == 1
        # Powers that are not whole first: a whole one beside them takes their sign.
        for base, exponent in sorted(factors.items(), key=lambda p: is_whole(p[1])):
            if exponent is ZERO:
                continue
            whole = is_whole(exponent)
            k = exponent.value if whole else 0
            if base is IMAGINARY and whole:
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
                coefficient *= self._put_sum(settled, inner, exponent)
            else:
                self._multiply(settled, base, exponent)
        if again:
            more = self.gather(again, {})
            coefficient, dotted = coefficient * more.coefficient, dotted or more.dotted
            for base, exponent in more.factors.items():
                self._multiply(settled, base, exponent)
            if any(e is ZERO or is_whole_product(b, e) for b, e in settled.items()):
                return self._settled(Product(coefficient, dotted, settled))
        settled = {b: e for b, e in settled.items() if e is not ZERO}
        return Product(coefficient, dotted, settled)

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

    def product(
        self, coefficient: Number, dotted: bool, factors: dict[Expr, Expr]
    ) -> Expr:
        """The canonical node of a product."""
        if coefficient == 0:
            return ZERO
        if not factors:
            return coefficient_node(coefficient, dotted)
        key = coefficient, dotted, tuple(factors.items())
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = self._product(coefficient, dotted, factors)
        return known

    def _product(
        self, coefficient: Number, dotted: bool, factors: dict[Expr, Expr]
    ) -> Expr:
        if coefficient == 1 and len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent is ONE:
                return base
        chosen = self._choice(coefficient, dotted, factors)
        if chosen is not None:
            return chosen
        ordered = list(factors.items())
        if len(ordered) > 1:
            ordered.sort(key=self.order.of_factor)
        if coefficient < 0:
            ordered, coefficient = self._without_sign(ordered, coefficient)
        above: list[Expr] = []
        below: list[Expr] = []
        for base, exponent in ordered:
            if base is not E and exponent.op == "number" and exponent.value < 0:
                below.append(self.powered(base, number(-exponent.value)))
            else:
                above.append(self.powered(base, exponent))
        top, bottom = coefficient_node(coefficient, dotted), ONE
        if top.op == "number" and "/" in top.text:
            top, bottom = number(top.value.numerator), number(top.value.denominator)
        result = chain(top, above)
        divisor = chain(bottom, below)
        return result if divisor is ONE else div(result, divisor)

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
            return self.function("exp", (exponent,))
        if exponent is HALF:
            return self.function("sqrt", (base,))
        return power(base, exponent)

    # --- what sums are asked for -----------------------------------------------------

    @abstractmethod
    def terms_of(self, node: Expr) -> list[Term]:
        """A canonical node as (coefficient, dotted, term without coefficient)."""

    @abstractmethod
    def total(self, parts: Iterable[tuple[Number, Expr]]) -> Expr:
        """The canonical sum of coefficient * canonical node, like terms joined."""

    @abstractmethod
    def content(self, base: Expr) -> Content:
        """A sum as (number, the rest, common factors with whole exponents)."""

    @abstractmethod
    def negated(self, node: Expr) -> Expr:
        """-node for a canonical sum."""

    @abstractmethod
    def scaled(self, node: Expr, factor: Number) -> Expr:
        """factor * node for canonical nodes."""
