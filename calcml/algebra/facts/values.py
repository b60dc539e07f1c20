"""Values of expressions: one pass over a graph, arguments before what uses them."""

from __future__ import annotations

from typing import Any

from calcml.algebra.facts.interval import (
    EVERYTHING,
    INFINITY,
    Interval,
    hull,
    meet,
    plus,
    point,
    scale,
)
from calcml.algebra.facts.linear import (
    Fact,
    Form,
    Index,
    index,
    least,
    linear,
    multiples,
    opposite,
    total,
)
from calcml.algebra.facts.operations import OPERATIONS, is_sum
from calcml.algebra.facts.row_facts import (
    choices,
    constant_interval,
    defined,
    facts_of,
    known,
    monotone,
    needs,
    relations,
)
from calcml.core.budget import spend
from calcml.core.build import sub
from calcml.core.comparisons import COMPARISONS, NEGATED
from calcml.core.expr import CONDITIONS, Expr, Number, make
from calcml.functions import FUNCTIONS, Row


class Values:
    """The values of nodes under bounds of some nodes and linear facts about them.

    `apart` are the `multiples` of forms that are not 0. `terms` are the values of each
    term of `facts`, not looked for again: so a fact about a node can narrow its parts.
    """

    __slots__ = ("_indexed", "_known", "apart", "bounds", "facts", "terms")

    def __init__(self) -> None:
        self.bounds: dict[Expr, Interval] = {}
        self.facts: list[Fact] = []
        self.apart: set[frozenset[tuple[Expr, Number]]] = set()
        self.terms: dict[Expr, Interval | None] = {}
        self._indexed: tuple[int, Index] = (0, {})
        self._known: dict[Expr, Any] = {}  # node -> Interval, None; condition -> truth

    def forget(self) -> None:
        """Begin anew, after bounds, facts or terms have changed."""
        self._known.clear()

    def _index(self) -> Index:
        """`facts` by their terms; they are only ever added to."""
        count, found = self._indexed
        if count != len(self.facts):
            found = index(self.facts)
            self._indexed = len(self.facts), found
        return found

    def suppose(self, condition: Expr) -> None:
        """Take a condition, as it is spelled, for true."""
        self._known[condition] = True

    def values(self, node: Expr) -> Interval | None:
        """The interval of a node; None where it is not real or has no value."""
        found: Interval | None = self.settled(node)
        return found

    def settled(self, root: Expr) -> Any:
        """What is known of a node, found with what it needs first."""
        memo = self._known
        if root in memo:
            return memo[root]
        stack, opened = [root], set()
        while stack:
            node = stack[-1]
            if node in memo:
                stack.pop()
                continue
            if node not in opened:
                opened.add(node)
                missing = [n for n in needs(node) if n not in memo and n not in opened]
                if missing:
                    stack += missing
                    continue
            spend(10)
            memo[node] = self._truth(node) if node.op in CONDITIONS else self._of(node)
            stack.pop()
        return memo[root]

    def _truth(self, node: Expr) -> bool | None:
        op, known_ = node.op, self._known
        if op in COMPARISONS:
            return _sign(op, known_.get(sub(*node.args)))
        parts = [known_[a] for a in node.args]
        if op == "not":
            return None if parts[0] is None else not parts[0]
        decisive = op == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive

    def _of(self, node: Expr) -> Interval | None:
        """The values of a node whose needs are known."""
        op = node.op
        if op == "number":
            return point(node.value)
        if op == "symbol":
            return self.bounds.get(node, EVERYTHING)
        if op == "constant":
            return constant_interval(node.value)
        if is_sum(node):
            return self._sum(node)
        values = self._choice(node) if op == "where" else self._call(node)
        bound = self.bounds.get(node)
        return meet(values, bound) if values is not None and bound else values

    def _choice(self, node: Expr) -> Interval | None:
        """The values of both branches, each where its condition holds."""
        truth, a, b = [self._known[part] for part in node.args]
        if truth is not None:
            found: Interval | None = a if truth else b
            return found
        if a is None or b is None:
            return None
        condition, left, right = node.args
        if condition.op in COMPARISONS:
            a = self._where(left, a, condition)
            b = self._where(right, b, make(NEGATED[condition.op], condition.args))
        return hull(a, b) if a and b else a or b

    def _where(self, node: Expr, values: Interval, condition: Expr) -> Interval | None:
        """The values of a node where a comparison holds; None where it never does."""
        form = linear(node)
        if form is None:
            return values
        return self.refined(form, values, facts_of(condition))

    def _call(self, node: Expr) -> Interval | None:
        args = [self._known[a] for a in node.args]
        if None in args:
            return None
        operation = OPERATIONS.get(node.op)
        values = operation(node, args, self.values) if operation else EVERYTHING
        row = FUNCTIONS.get(node.op)
        if values is None or row is None or not (row.range or row.by or row.monotone):
            return values
        return self._stated(node, row, values, args)

    def _stated(
        self, node: Expr, row: Row, values: Interval, args: list[Interval]
    ) -> Interval | None:
        """The values of a call, with what its row states of them."""
        facts, definition = known(row), defined(row, node)
        found: list[Interval | None] = [facts.values]
        if definition is not None:
            found.append(self._known[definition])
        for condition, otherwise in choices(row, node):
            if self._known[condition] is False:
                found.append(otherwise)
        if facts.rising:
            found.append(monotone(facts, args[0]))
        whole: Interval | None = values
        for more in found:
            if whole is None or more is None:
                return None
            whole = meet(whole, more)
        if whole is None or whole.low >= 0 or whole.high <= 0 or not facts.relations:
            return whole
        if all(a.low == -INFINITY and a.high == INFINITY for a in args):
            return whole
        return self.refined({node: 1}, whole, relations(node), node)

    # --- sums ----------------------------------------------------------------------

    def _sum(self, node: Expr) -> Interval | None:
        form = linear(node)
        if form is not None:
            return self.of_sum(form)
        args = [self._known[a] for a in node.args]
        if None in args:
            return None
        if len(args) == 1:
            return scale(args[0], -1)
        if node.op in OPERATIONS:
            return OPERATIONS[node.op](node, args, self.values)
        return plus(args[0], scale(args[1], -1) if node.op == "sub" else args[1])

    def of_sum(self, form: Form) -> Interval | None:
        values = total(form, self.values)
        if values is None:
            return None
        if form and self.apart and multiples(form) in self.apart:
            values = meet(values, EVERYTHING._replace(nonzero=True))
        if self.facts and values is not None:
            values = self.refined(form, values, self.facts)
        if values is None or values.low >= 0 or values.high <= 0:
            return values
        more = [fact for term in form for fact in relations(term)]
        return self.refined(form, values, [*self.facts, *more]) if more else values

    def refined(
        self,
        form: Form,
        values: Interval,
        facts: list[Fact],
        own: Expr | None = None,
    ) -> Interval | None:
        """`values` of a form, narrowed by linear facts; `own` is not yet known."""
        fixed = self.terms if own is None else {**self.terms, own: EVERYTHING}

        def box(term: Expr) -> Interval | None:
            return fixed[term] if term in fixed else self.values(term)

        by_term = self._index() if facts is self.facts else index(facts)
        low, low_open = least(form, by_term, box)
        high, high_open = least(opposite(form), by_term, box)
        if low == high == -INFINITY:
            return values
        return meet(values, Interval(low, -high, low_open, high_open))


def _sign(op: str, values: Interval | None) -> bool | None:
    """The truth of values `op` 0 where it is the same for all of them."""
    if values is None:
        return None
    zero = values.low == values.high == 0
    yes, no = {
        "lt": (values.negative, values.low >= 0),
        "le": (values.high <= 0, values.positive),
        "gt": (values.positive, values.high <= 0),
        "ge": (values.low >= 0, values.negative),
        "eq": (zero, values.without_zero),
        "ne": (values.without_zero, zero),
    }[op]
    return True if yes else False if no else None
