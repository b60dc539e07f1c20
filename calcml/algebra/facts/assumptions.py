"""Facts: what assumptions imply of signs, intervals, integers and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from calcml.algebra.facts.interval import EVERYTHING, Interval, meet, point, scale
from calcml.algebra.facts.limits import MOST_ASSUMED, MOST_DOMAIN, ROUNDS
from calcml.algebra.facts.linear import linear, multiples, reciprocal
from calcml.algebra.facts.row_facts import against, facts_of, known, relations
from calcml.algebra.facts.values import Values
from calcml.core.build import neg, sub
from calcml.core.comparisons import COMPARISONS, NEGATED
from calcml.core.errors import DomainError, LimitError, UnsupportedError
from calcml.core.exact import ARITHMETIC, exact_power
from calcml.core.expr import CONDITIONS, INF, ONE, ZERO, Expr, make, number
from calcml.functions import FUNCTIONS


class Facts:
    """Assumptions, and what follows from them; `True` only where it does follow.

    A statement about a node speaks of its values where the node and all of its parts
    are defined and real. What is found is remembered as long as the object lives.
    """

    __slots__ = ("_engine", "conditions", "equations")

    def __init__(self, conditions: Iterable[Expr] = ()) -> None:
        """DomainError where no values fulfil the conditions, as far as that is seen."""
        self.conditions: tuple[Expr, ...] = tuple(dict.fromkeys(conditions))
        self.equations: tuple[Expr, ...] = ()
        self._engine = Values()
        if len(self.conditions) > MOST_ASSUMED:
            raise LimitError(f"there are over {MOST_ASSUMED:,} assumptions")
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
        return self._engine.values(node) or EVERYTHING

    def positive(self, node: Expr) -> bool:
        """Whether `node` > 0 follows."""
        return self.interval(node).positive

    def negative(self, node: Expr) -> bool:
        """Whether `node` < 0 follows."""
        return self.interval(node).negative

    def nonnegative(self, node: Expr) -> bool:
        """Whether `node` >= 0 follows."""
        return self.interval(node).low >= 0

    def nonpositive(self, node: Expr) -> bool:
        """Whether `node` <= 0 follows."""
        return self.interval(node).high <= 0

    def nonzero(self, node: Expr) -> bool:
        """Whether `node` != 0 follows."""
        return self.interval(node).without_zero

    def integer(self, node: Expr) -> bool:
        """Whether it follows that `node` is an integer."""
        return self.interval(node).whole

    def decide(self, condition: Expr) -> bool | None:
        """Whether a condition holds everywhere, or nowhere; else None."""
        if condition.op not in CONDITIONS:
            raise UnsupportedError(f"{condition} is no condition, such as x > 0")
        found: bool | None = self._engine.settled(condition)
        return found

    def and_where_defined(self, conditions: Iterable[Expr]) -> Facts:
        """These facts and the conditions, of which those not understood are left out.

        `calcml.algebra.definedness.conditions` gives those of an expression. At most
        MOST_DOMAIN are added, and none where they contradict what is known.
        """
        news = (c for c in conditions if c.op != "or" and self.decide(c) is None)
        more = list(islice(news, MOST_DOMAIN))
        if not more:
            return self
        try:
            return Facts((*self.conditions, *more))
        except (DomainError, LimitError):
            return self

    # --- assumptions ---------------------------------------------------------------

    def _read(self) -> None:
        stack, literal = list(self.conditions[::-1]), []
        while stack:
            condition = stack.pop()
            literal.append(condition)
            part = condition.args[0]
            if condition.op == "and":
                stack += condition.args[::-1]
            elif condition.op in COMPARISONS:
                stack += self._assume(condition)
            elif condition.op == "not" and part.op in NEGATED:
                stack.append(make(NEGATED[part.op], part.args))
        self._narrow()
        for condition in literal:
            if self._engine.settled(condition) is False:
                raise DomainError(f"{condition} contradicts the other assumptions")
            self._engine.suppose(condition)

    def _assume(self, comparison: Expr) -> list[Expr]:
        """Take a comparison for true; what follows for parts of it."""
        difference, engine = sub(*comparison.args), self._engine
        op, form = comparison.op, linear(difference)
        if op == "eq":
            self.equations += (difference,)
            self._whole(*comparison.args)
        if form is None or INF in form:
            return []
        terms = [term for term in form if term is not ONE]
        if not terms:
            if not ARITHMETIC[op](form.get(ONE, 0), 0):
                raise DomainError(f"{comparison} never holds")
            return []
        if op == "ne":
            engine.apart.add(multiples(form))
        if len(terms) > 1:
            engine.facts += facts_of(comparison)
            return []
        factor = -reciprocal(form[terms[0]])
        limit = scale(point(form.get(ONE, 0)), factor)
        self._bound(terms[0], against(op, limit, factor), comparison)
        return implied(terms[0], engine.bounds[terms[0]])

    def _whole(self, a: Expr, b: Expr) -> None:
        """What equals an integer is one."""
        for one, other in ((a, b), (b, a)):
            if one.op == "symbol" and Facts().integer(other):
                self._bound(one, EVERYTHING._replace(whole=True), one)

    def _bound(self, term: Expr, values: Interval, why: Expr) -> None:
        bounds = self._engine.bounds
        both = meet(bounds.get(term, EVERYTHING), values)
        if both is None:
            raise DomainError(f"{why} contradicts the other assumptions")
        bounds[term] = both

    def _narrow(self) -> None:
        """Let the assumptions narrow one another; DomainError where they contradict."""
        engine = self._engine
        stated = dict.fromkeys([*engine.bounds, *_terms(engine)])
        for term in stated:
            engine.facts += [f for f in relations(term) if len(f.form) > 1]
        engine.terms = dict.fromkeys([*engine.bounds, *_terms(engine)], EVERYTHING)
        for _ in range(ROUNDS):
            news = [self._narrow_term(term) for term in engine.terms]
            if not any(news):
                break
        for form, _ in engine.facts:
            if engine.of_sum(form) is None and all(map(engine.values, form)):
                raise DomainError("the assumptions contradict one another")

    def _narrow_term(self, term: Expr) -> bool:
        """Find the values of a term of the assumptions; whether that is news."""
        engine = self._engine
        values = engine.values(term)
        if values is not None:
            values = engine.refined({term: 1}, values, engine.facts)
        if values is None and Values().values(term) is not None:
            raise DomainError(f"no value of {term} fulfils the assumptions")
        if values == engine.terms[term]:
            return False
        engine.terms[term] = values
        if values is not None:
            engine.bounds[term] = values
        engine.forget()
        return True


def _terms(engine: Values) -> list[Expr]:
    return [term for fact in engine.facts for term in fact.form if term is not ONE]


# --- what bounds on a value say of the argument: log(x) > 0 means x > 1 ------------


def implied(node: Expr, values: Interval) -> list[Expr]:
    """Comparisons that hold for a node's argument where its value is among `values`."""
    if node.op == "mul" and values.without_zero:
        return [make("ne", (a, ZERO)) for a in node.args]
    if node.op == "pow" and node.args[1].op == "number":
        return list(_of_power(node, values))
    if node.op == "div" and node.args[0].op == "number":
        return list(_of_quotient(node, values))
    row = FUNCTIONS.get(node.op)
    if row is None or not row.monotone:
        return []
    return list(_of_monotone(node, values))


def _of_power(node: Expr, values: Interval) -> Iterator[Expr]:
    base, n = node.args[0], node.args[1].value
    if n <= 0 or n.denominator > 1:
        return
    if values.without_zero:
        yield make("ne", (base, ZERO))
    if n % 2:
        if values.low >= 0:
            yield _compare("g", base, ZERO, values.positive)
        if values.high <= 0:
            yield _compare("l", base, ZERO, values.negative)
    elif not isinstance(values.high, float) and not values.negative:
        root = exact_power(values.high, reciprocal(n))
        if root is not None:
            yield _compare("l", base, number(root), values.high_open)
            yield _compare("g", base, neg(number(root)), values.high_open)


def _of_quotient(node: Expr, values: Interval) -> Iterator[Expr]:
    top, bottom = node.args
    if top.value and (values.low >= 0 or values.high <= 0):
        sign = "g" if (top.value > 0) == (values.low >= 0) else "l"
        yield _compare(sign, bottom, ZERO, True)


def _of_monotone(node: Expr, values: Interval) -> Iterator[Expr]:
    facts, arg = known(FUNCTIONS[node.op]), node.args[0]
    above, below = ("g", "l") if facts.rising > 0 else ("l", "g")
    for x, y in facts.points:
        if not y and values.without_zero:
            yield make("ne", (arg, number(x)))
        if values.low >= y:
            strict = values.low > y or values.low_open
            yield _compare(above, arg, number(x), strict)
        if values.high <= y:
            strict = values.high < y or values.high_open
            yield _compare(below, arg, number(x), strict)


def _compare(sign: str, a: Expr, b: Expr, strict: bool) -> Expr:
    return make(sign + ("t" if strict else "e"), (a, b))
