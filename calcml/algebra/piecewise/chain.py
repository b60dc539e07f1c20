"""A choice as a chain of rows: read, made shorter, and written again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.piecewise.branch_values import continued, refinable, refined
from calcml.algebra.piecewise.cells import Cells
from calcml.algebra.piecewise.limits import MOST_ATOMS, MOST_ROWS
from calcml.algebra.rewrite import Scope
from calcml.core.comparisons import COMPARISONS, NEGATED, REVERSED
from calcml.core.errors import DomainError, LimitError
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, walk

Rows = list[tuple[Expr, Expr]]


def rows_of(node: Expr) -> tuple[Rows, Expr] | None:
    """The rows (condition, value) of a choice, and the value otherwise.

    None where there are more than MOST_ROWS rows.
    """
    rows: Rows = []
    while node.op == "where":
        condition, value, node = node.args
        rows.append((condition, value))
        if len(rows) > MOST_ROWS:
            return None
    return rows, node


def flat(node: Expr) -> Expr | None:
    """A choice with no choice as a row's value, as far as that asks for nothing more.

    where(c, where(d, a, b), e) is where(not c, e, where(d, a, b)), and where e is a
    choice, too, where(c and d, a, where(c, b, e)). None where nothing is to be done.
    """
    rows: Rows = []
    changed = False
    while node.op == "where" and len(rows) <= MOST_ROWS:
        condition, value, other = node.args
        if value.op == "where" and other.op != "where":
            rows.append((negated(condition), other))
            node, changed = value, True
        elif value.op == "where" and not conditions(value.args[0]):
            inner, a, b = value.args
            rows.append((make("and", (condition, inner)), a))
            node, changed = make("where", (condition, b, other)), True
        else:
            rows.append((condition, value))
            node = other
    return chain(rows, node) if changed else None


def chain(rows: Sequence[tuple[Expr, Expr]], otherwise: Expr) -> Expr:
    """The choice that the rows are."""
    for condition, value in reversed(rows):
        otherwise = make("where", (condition, value, otherwise))
    return otherwise


def negated(condition: Expr) -> Expr:
    """The opposite of a condition, in comparisons; undefined where it is undefined.

    >>> from calcml.parsing.parser import parse
    >>> negated(parse("x > 0 and not y == 1"))
    x <= 0 or y == 1
    """
    opposite: dict[Expr, tuple[Expr, Expr]] = {}  # (itself without not, its opposite)
    for node in walk(condition):
        if node.op in COMPARISONS:
            opposite[node] = node, make(NEGATED[node.op], node.args)
        elif node.op == "not":
            opposite[node] = opposite[node.args[0]][::-1]
        elif node.op in CONDITIONS:
            a, b = (opposite[arg] for arg in node.args)
            if node.op == "and":
                other = make("or", tuple(map(_number_last, (a[1], b[1]))))
            else:
                other = _between(a[1], b[1])
            opposite[node] = make(node.op, (a[0], b[0])), other
    return opposite[condition][1]


def _number_last(test: Expr) -> Expr:
    """x > 0 for 0 < x"""
    if test.op in COMPARISONS and test.args[0].op == "number":
        return make(REVERSED[test.op], test.args[::-1])
    return test


class Shortener:
    """One chain, made shorter under what its conditions say of one another."""

    def __init__(
        self, rows: Rows, otherwise: Expr, scope: Scope, settle: Callable[[Expr], Expr]
    ) -> None:
        self.rows, self.otherwise = rows, otherwise
        self.scope, self.settle = scope, settle
        self.cells = Cells([condition for condition, _ in rows])
        self.sets: list[int] = []  # the cells of each row

    def run(self) -> Expr:
        """The chain after all that is tried; the same node where nothing helps."""
        before = chain(self.rows, self.otherwise)
        if not self.cells.small:
            return before
        given = self.scope.facts()
        self.decide(given, self.cells.possible(given))
        self.refine(given)
        self.merge()
        self.spell()
        return chain(self.rows, self.otherwise)

    def decide(self, given: Facts, left: int) -> None:
        """Leave out rows that are never reached, and what comes after all are."""
        rows, self.rows = self.rows, []
        self.possible = left
        for condition, value in rows:
            cells = self.cells.truth(condition) & left
            truth = self._decided(condition, cells, left, given)
            if truth is False:
                continue
            if truth is True:
                self.otherwise = value
                break
            self.rows.append((condition, value))
            self.sets.append(cells)
            left &= ~cells

    def _decided(
        self, condition: Expr, cells: int, left: int, given: Facts
    ) -> bool | None:
        """The truth of a condition among the cells that are left, where it is defined.

        One that may be undefined is left undecided: its choice has no value there.
        """
        truth = True if cells == left else False if not cells else None
        if truth is None and not self._plain(condition, given):
            known = [] if left == self.possible else self.cells.bounds(left)
            context = under(given, known)
            truth = False if context is None else context.decide(condition)
        if truth is None:
            return None
        guards = conditions(condition)
        there = under(Facts(), self.cells.bounds(left)) if guards else None
        total = all(there and there.decide(guard) for guard in guards)
        return truth if total else None

    def _plain(self, condition: Expr, given: Facts) -> bool:
        """Whether the cells know all that facts could say: it is about variables."""
        if given.conditions:
            return False
        forms = [q.form for q in self.cells.quantities]
        return all(len(f) == 1 and next(iter(f)).op == "symbol" for f in forms)

    def refine(self, given: Facts) -> None:
        """Simplify the values by the conditions under which they are taken."""
        left = self.possible
        values = [*self.rows, (None, self.otherwise)]
        for i, (condition, value) in enumerate(values):
            cells = left if condition is None else self.sets[i]
            left &= ~cells
            if not refinable(value):
                continue
            known = self.cells.bounds(cells)
            if condition is not None:
                known.append(condition)
            context = under(given, known)
            if context is None:
                continue
            new = refined(value, context, self.scope, self.settle)
            if condition is None:
                self.otherwise = new
            else:
                self.rows[i] = condition, new

    # --- joining -------------------------------------------------------------------

    def merge(self) -> None:
        """Join neighbouring rows of one value, where one comparison less tells both."""
        i = len(self.rows) - 1
        while i >= 0:
            self._merge(i)
            i = min(i, len(self.rows)) - 1

    def _merge(self, i: int) -> None:
        rows, sets = self.rows, self.sets
        condition, value = rows[i]
        after = rows[i + 1][1] if i + 1 < len(rows) else self.otherwise
        total = not conditions(condition)
        if i + 1 == len(rows):
            if (
                value is after
                and total
                or continued(condition, value, after, self.settle)
            ):
                self.otherwise = value if condition.op == "ne" else after
                del rows[i], sets[i]
                return
            if i and rows[i - 1][1] is after:
                self._interval(i - 1)
        elif value is after and total and not conditions(rows[i + 1][0]):
            joined = make("or", (condition, rows[i + 1][0]))
            both = sets[i] | sets[i + 1]
            new = self.spelled(joined, both, self._left(i))
            if atoms(new) <= atoms(joined) - 1:
                rows[i : i + 2] = [(new, value)]
                sets[i : i + 2] = [both]

    def _interval(self, i: int) -> None:
        """where(c, a, where(d, b, a)) as where(not c and d, b, a)."""
        (first, _), (second, value) = self.rows[i : i + 2]
        if conditions(first) or conditions(second):
            return
        joined = _between(negated(first), second)
        cells, left = self.sets[i + 1], self._left(i)
        self.rows[i:] = [(self.spelled(joined, cells, left), value)]
        self.sets[i:] = [cells]

    def _left(self, i: int) -> int:
        """The cells that are left for the row at `i`."""
        left = self.possible
        for cells in self.sets[:i]:
            left &= ~cells
        return left

    # --- spelling ------------------------------------------------------------------

    def spell(self) -> None:
        """Write each condition with as few comparisons as tell it from those left."""
        for i, (condition, value) in enumerate(self.rows):
            if not conditions(condition):
                left = self._left(i)
                new = self.spelled(condition, self.sets[i], left)
                self.rows[i] = new, value

    def spelled(self, condition: Expr, cells: int, left: int) -> Expr:
        """A condition true in `cells` and false in the others of those `left`.

        It is the one that is given unless another one has fewer comparisons.
        """
        most = atoms(condition)
        if most == 1:
            return condition if condition.op != "not" else negated(condition)
        own = [n for n in walk(condition) if n.op in COMPARISONS]
        table = [(n, self.cells.truth(n)) for n in own]
        table += self.cells.comparisons()
        for node, holds in table:
            if holds & left == cells:
                return node
        if most > 2:
            for made, holds in _pairs(table[:MOST_ATOMS]):
                if holds & left == cells:
                    return made
        return negated(negated(condition))


def _between(a: Expr, b: Expr) -> Expr:
    """Both, as 0 < x and x < 1 where they are bounds of one variable by numbers."""
    if a.op in ("gt", "ge") and b.op in ("lt", "le") and a.args[0] is b.args[0]:
        a = make(REVERSED[a.op], a.args[::-1])
    elif a.op in ("lt", "le") and b.op in ("gt", "ge") and a.args[0] is b.args[0]:
        a, b = make(REVERSED[b.op], b.args[::-1]), a
    return make("and", (a, b))


def _pairs(table: Sequence[tuple[Expr, int]]) -> Iterator[tuple[Expr, int]]:
    for (a, first), (b, second) in combinations(table, 2):
        yield make("and", (a, b)), first & second
        yield make("or", (a, b)), first | second


def atoms(condition: Expr) -> int:
    """How many comparisons a condition is written with."""
    count: dict[Expr, int] = {}
    for node in walk(condition):
        if node.op in COMPARISONS:
            count[node] = 1
        elif node.op in CONDITIONS:
            count[node] = sum(count[a] for a in node.args)
    return count[condition]


def under(facts: Facts, known: Sequence[Expr]) -> Facts | None:
    """The facts with conditions more; None where they contradict one another."""
    if not known:
        return facts
    try:
        return Facts((*facts.conditions, *known))
    except DomainError:
        return None
    except LimitError:
        return facts


# --- sums of choices each of which is 0 where the other is not ---------------------


def supported(node: Expr) -> Rows | None:
    """The rows of a choice that is 0 otherwise and in no row; None for other ones."""
    found = rows_of(node)
    if found is None or node.dims:
        return None
    rows, otherwise = found
    if len(rows) == 1 and rows[0][1] is ZERO:
        rows, otherwise = [(negated(rows[0][0]), otherwise)], ZERO
    if otherwise is not ZERO or any(value is ZERO for _, value in rows):
        return None
    return None if any(conditions(test) for test, _ in rows) else rows


def apart(a: Rows, b: Rows) -> bool:
    """Whether no row of one holds where a row of the other does."""
    cells = Cells([test for test, _ in (*a, *b)])
    if not cells.small:
        return False
    first = second = 0
    for test, _ in a:
        first |= cells.truth(test)
    for test, _ in b:
        second |= cells.truth(test)
    return not first & second
