"""Facts: what assumptions imply of signs, intervals, integers and conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calcml.errors import DomainError
from calcml.expr import CONDITIONS, ONE, Expr, make, sub
from calcml.facts.interval import (
    EVERYTHING,
    INFINITY,
    Interval,
    hull,
    meet,
    plus,
    point,
    scale,
)
from calcml.facts.known import (
    Known,
    against,
    constant_interval,
    facts_of,
    known,
    monotone,
    needs,
    relations,
)
from calcml.facts.linear import (
    Fact,
    Form,
    least,
    linear,
    opposite,
    parallel,
    reciprocal,
    total,
)
from calcml.facts.operations import OPERATIONS, is_sum
from calcml.functions import FUNCTIONS

ROUNDS = 3  # in which assumptions narrow one another
COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


class Facts:
    """Assumptions, and what follows from them; `True` only where it does follow.

    A statement about a node speaks of its values where the node and all of its parts
    are defined and real. What is found is remembered as long as the object lives.
    """

    __slots__ = ("_apart", "_bounds", "_facts", "_known", "conditions", "equations")

    def __init__(self, conditions: Iterable[Expr] = ()) -> None:
        """DomainError where no values fulfil the conditions, as far as that is seen."""
        self.conditions: tuple[Expr, ...] = tuple(dict.fromkeys(conditions))
        self.equations: tuple[Expr, ...] = ()
        self._bounds: dict[Expr, Interval] = {}
        self._facts: list[Fact] = []
        self._apart: list[Form] = []
        self._known: dict[Expr, Any] = {}  # node -> Interval, None; condition -> truth
        if self.conditions:
            self._read()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self.conditions == other.conditions

    def __hash__(self) -> int:
        return hash(self.conditions)

    def __repr__(self) -> str:
        return f"Facts({', '.join(map(str, self.conditions))})"

    # --- questions -----------------------------------------------------------------

    def interval(self, node: Expr) -> Interval:
        """An interval that holds all values of `node`; EVERYTHING for unreal ones."""
        return self._values(node) or EVERYTHING

    def positive(self, node: Expr) -> bool:
        """Whether `node` > 0 follows."""
        values = self._values(node)
        return values is not None and values.positive

    def negative(self, node: Expr) -> bool:
        """Whether `node` < 0 follows."""
        values = self._values(node)
        return values is not None and values.negative

    def nonnegative(self, node: Expr) -> bool:
        """Whether `node` >= 0 follows."""
        values = self._values(node)
        return values is not None and values.low >= 0

    def nonpositive(self, node: Expr) -> bool:
        """Whether `node` <= 0 follows."""
        values = self._values(node)
        return values is not None and values.high <= 0

    def nonzero(self, node: Expr) -> bool:
        """Whether `node` != 0 follows."""
        values = self._values(node)
        return values is not None and values.without_zero

    def integer(self, node: Expr) -> bool:
        """Whether it follows that `node` is an integer."""
        values = self._values(node)
        return values is not None and values.whole

    def decide(self, condition: Expr) -> bool | None:
        """Whether a condition holds everywhere, or nowhere; else None."""
        found: bool | None = self._settled(condition)
        return found

    def and_where_defined(self, conditions: Iterable[Expr]) -> Facts:
        """These facts and the conditions, of which those not understood are left out.

        `conditions.conditions` gives those under which an expression is defined. If they
        contradict what is known, nothing is added.
        """
        more = [c for c in conditions if c.op != "or" and self.decide(c) is None]
        if not more:
            return self
        try:
            return Facts((*self.conditions, *more))
        except DomainError:
            return self

    # --- assumptions ---------------------------------------------------------------

    def _read(self) -> None:
        stack = list(self.conditions[::-1])
        while stack:
            condition = stack.pop()
            if condition.op == "and":
                stack += condition.args[::-1]
            elif condition.op in COMPARISONS:
                self._assume(condition)
            elif condition.op == "not" and condition.args[0].op in _OPPOSITE:
                part = condition.args[0]
                stack.append(make(_OPPOSITE[part.op], part.args))
        self._narrow()
        for condition in self.conditions:
            self._known.setdefault(condition, True)

    def _assume(self, comparison: Expr) -> None:
        difference = sub(*comparison.args)
        op, form = comparison.op, linear(difference)
        if op == "eq":
            self.equations += (difference,)
            self._whole(*comparison.args)
        if form is None:
            return
        terms = [term for term in form if term is not ONE]
        if not terms:
            if not _HOLDS[op](form.get(ONE, 0)):
                raise DomainError(f"{comparison} never holds")
        elif len(terms) > 1:
            self._apart += [form] * (op == "ne")
            self._facts += facts_of(comparison)
        else:
            factor = -reciprocal(form[terms[0]])
            limit = scale(point(form.get(ONE, 0)), factor)
            self._bound(terms[0], against(op, limit, factor), comparison)
            self._apart += [form] * (op == "ne")

    def _whole(self, a: Expr, b: Expr) -> None:
        """What equals an integer is one."""
        for one, other in ((a, b), (b, a)):
            values = Facts().interval(other)
            if values.whole and one.args == () and one.op == "symbol":
                self._bound(one, EVERYTHING._replace(whole=True), one)

    def _bound(self, term: Expr, values: Interval, why: Expr) -> None:
        both = meet(self._bounds.get(term, EVERYTHING), values)
        if both is None:
            raise DomainError(f"{why} contradicts the other assumptions")
        self._bounds[term] = both

    def _narrow(self) -> None:
        """Let the assumptions narrow one another; DomainError where they contradict."""
        terms = dict.fromkeys(self._bounds)
        terms |= {t: None for fact in self._facts for t in fact.form if t is not ONE}
        for term in terms:
            self._facts += [fact for fact in relations(term) if len(fact.form) > 1]
        terms |= {t: None for fact in self._facts for t in fact.form if t is not ONE}
        for _ in range(ROUNDS):
            narrower = False
            for term in terms:
                narrower |= self._narrow_term(term)
            if not narrower:
                break
        for form, strict in self._facts:
            values = self._of_sum(form)
            if values is None or values.negative or (strict and values.high <= 0):
                if all(self._values(t) is not None for t in form):
                    raise DomainError("the assumptions contradict one another")

    def _narrow_term(self, term: Expr) -> bool:
        before = self._values(term)
        if before is None:
            if term in self._bounds and Facts()._values(term) is not None:
                raise DomainError(f"no value of {term} fulfils the assumptions")
            return False
        after = self._refined({term: 1}, before, self._facts)
        if after is None:
            raise DomainError(f"no value of {term} fulfils the assumptions")
        if after == before:
            return False
        self._bounds[term] = after
        self._known.clear()
        return True

    # --- values --------------------------------------------------------------------

    def _values(self, node: Expr) -> Interval | None:
        """The interval of a node; None where it is not real or has no value."""
        found: Interval | None = self._settled(node)
        return found

    def _settled(self, root: Expr) -> Any:
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
            return self._bounds.get(node, EVERYTHING)
        if op == "constant":
            return constant_interval(node.value)
        if is_sum(node):
            return self._sum(node)
        values = self._choice(node) if op == "where" else self._call(node)
        bound = self._bounds.get(node)
        return meet(values, bound) if values is not None and bound else values

    def _choice(self, node: Expr) -> Interval | None:
        truth, a, b = [self._known[part] for part in node.args]
        if truth is not None:
            found: Interval | None = a if truth else b
            return found
        return None if a is None or b is None else hull(a, b)

    def _call(self, node: Expr) -> Interval | None:
        args = [self._known[a] for a in node.args]
        if None in args:
            return None
        operation = OPERATIONS.get(node.op)
        values = operation(node, args, self._values) if operation else EVERYTHING
        row = FUNCTIONS.get(node.op)
        if values is None or row is None or not (row.range or row.by or row.monotone):
            return values
        return self._stated(node, known(row), values, args)

    def _stated(
        self, node: Expr, facts: Known, values: Interval, args: list[Interval]
    ) -> Interval | None:
        """The values of a call, with what its row states of them."""
        found: list[Interval | None] = [facts.values]
        extra = needs(node)[len(args) :]
        if facts.definition is not None:
            found.append(self._known[extra.pop(0)])
        for condition, (_, otherwise) in zip(extra, facts.choices, strict=True):
            if self._known[condition] is False:
                found.append(otherwise)
        if facts.rising:
            found.append(monotone(facts, args[0]))
        if facts.relations:
            found.append(self._refined({node: 1}, EVERYTHING, relations(node), (node,)))
        whole: Interval | None = values
        for more in found:
            if whole is None or more is None:
                return None
            whole = meet(whole, more)
        return whole

    # --- sums ----------------------------------------------------------------------

    def _sum(self, node: Expr) -> Interval | None:
        form = linear(node)
        if form is not None:
            return self._of_sum(form)
        args = [self._known[a] for a in node.args]
        if None in args:
            return None
        if len(args) == 1:
            return scale(args[0], -1)
        if node.op in OPERATIONS:
            return OPERATIONS[node.op](node, args, self._values)
        return plus(args[0], scale(args[1], -1) if node.op == "sub" else args[1])

    def _of_sum(self, form: Form) -> Interval | None:
        values = total(form, self._values)
        if values is None:
            return None
        if any(parallel(form, other) for other in self._apart):
            values = meet(values, EVERYTHING._replace(nonzero=True))
        if self._facts and values is not None:
            values = self._refined(form, values, self._facts)
        if values is None or values.low >= 0 or values.high <= 0:
            return values
        more = [fact for term in form for fact in relations(term)]
        return self._refined(form, values, [*self._facts, *more]) if more else values

    def _refined(
        self,
        form: Form,
        values: Interval,
        facts: list[Fact],
        without: tuple[Expr, ...] = (),
    ) -> Interval | None:
        """`values` of a form, narrowed by linear facts."""
        box = self._values
        if without:  # while the term's own values are being found

            def box(term: Expr) -> Interval | None:
                return EVERYTHING if term in without else self._values(term)

        low, low_open = least(form, facts, box)
        high, high_open = least(opposite(form), facts, box)
        if low == high == -INFINITY:
            return values
        return meet(values, Interval(low, -high, low_open, high_open))


_OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}
_HOLDS: dict[str, Any] = {
    "lt": lambda v: v < 0,
    "le": lambda v: v <= 0,
    "gt": lambda v: v > 0,
    "ge": lambda v: v >= 0,
    "eq": lambda v: v == 0,
    "ne": lambda v: v != 0,
}


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
