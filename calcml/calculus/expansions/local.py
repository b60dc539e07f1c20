"""A function beside a point, by one pass over its graph.

Each choice is taken as it falls on that side: for x = place + side*t and a small t > 0.
The side 0 is the place itself. What is known of each part is found once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from calcml.algebra.definedness import guard_of
from calcml.calculus.expansions import calls
from calcml.calculus.expansions.calls import right_side
from calcml.calculus.expansions.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.calculus.expansions.inverses import Y, turned
from calcml.calculus.expansions.series import (
    CONSTANT,
    INFINITY,
    Arithmetic,
    Series,
)
from calcml.calculus.limits import MOST_DERIVATIVES, MOST_STEPS
from calcml.calculus.zeros import constants
from calcml.calculus.zeros.limits import TINY
from calcml.core.budget import spend
from calcml.core.build import rebuild
from calcml.core.errors import CalcmlError
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, walk
from calcml.core.flat import Occurs
from calcml.core.operations import CBRT, EXP, LOG, SIGN, SQRT
from calcml.functions import FUNCTIONS, Row

Truth = bool | Expr  # a condition on other variables is left as it is
Found = Series | Truth | Exception


class _MissingError(Exception):
    def __init__(self, node: Expr) -> None:
        self.node = node


class Local:
    """The series of the parts of an expression on one side of a place.

    Series and truths are found with a stack: what lacks is found first.
    """

    def __init__(
        self,
        x: Expr,
        at: Coefficient,
        side: Coefficient,
        ring: Ring,
        order: int = 4,
    ) -> None:
        self.x, self.at, self.side = x, at, side
        self.ring = ring
        self.arithmetic = Arithmetic(ring, order)
        self.memo: dict[Expr, Found] = {}
        self.sided: set[Expr] = set()  # conditions that hold on one side of the place
        self.has_x = Occurs(x)
        self.rough = False  # whether a part is bounded, and no more is known of it

    def series(self, root: Expr) -> Series:
        """The series of `root`; UndefinedError or UndecidedError where it has none."""
        found = self._settled(root)
        assert isinstance(found, Series)
        return found

    def _settled(self, root: Expr) -> Series | Truth:
        """What is known of a node, found with what it needs first."""
        memo, stack = self.memo, [root]
        opened = {root}
        for _ in range(MOST_STEPS):
            if not stack:
                break
            spend(10)
            node = stack[-1]
            if node not in memo:
                try:
                    memo[node] = self._of(node)
                except _MissingError as missing:
                    if missing.node not in opened:
                        opened.add(missing.node)
                        stack.append(missing.node)
                        continue
                    memo[node] = UndecidedError("definitions that go in a circle")
                except (UndecidedError, UndefinedError) as error:
                    memo[node] = error
                except CalcmlError as error:
                    memo[node] = UndecidedError(str(error))
            opened.discard(stack.pop())
        else:
            raise UndecidedError("it is too long")
        return self._got(root)

    def _got(self, node: Expr) -> Series | Truth:
        found = self.memo.get(node)
        if found is None:
            raise _MissingError(node)
        if isinstance(found, Exception):
            raise found
        return found

    def _series(self, node: Expr) -> Series:
        found = self._got(node)
        assert isinstance(found, Series)
        return found

    def _truth(self, node: Expr) -> Truth:
        found = self._got(node)
        assert not isinstance(found, Series)
        return found

    # --- conditions ----------------------------------------------------------------

    def _condition(self, node: Expr) -> Truth:
        if node.op == "not":
            truth = self._truth(node.args[0])
            return not truth if isinstance(truth, bool) else make("not", (truth,))
        if node.op in ("and", "or"):
            return self._both(node)
        a, b = [self._series(arg) for arg in node.args]
        difference = self.arithmetic.sub(a, b)
        which = self.arithmetic.sign(difference)
        if which is not None:
            return bool(ARITHMETIC[node.op](which, 0))
        if node.op in ("eq", "ne"):
            return node.op == "ne"
        lead = difference.lead()
        assert lead is not None
        c = self.ring.mul(difference.terms[lead], Fraction((-1) ** (lead[1] % 2)))
        left = make(node.op, (expression(c), ZERO))
        if lead != CONSTANT:
            self.sided.add(left)
        known = self.ring.facts.decide(left)
        return left if known is None else known

    def _both(self, node: Expr) -> Truth:
        """and, or: the second part is looked at only where the first is not enough."""
        decisive = node.op == "or"
        first = self._truth(node.args[0])
        if first is decisive:
            return decisive
        second = self._truth(node.args[1])
        if isinstance(first, bool) or second is decisive:
            return second
        return first if isinstance(second, bool) else make(node.op, (first, second))

    def _where(self, node: Expr) -> Series:
        truth = self._truth(node.args[0])
        if isinstance(truth, bool):
            return self._series(node.args[1 if truth else 2])
        return self._either(truth, *[self._series(a) for a in node.args[1:]])

    def _either(self, condition: Expr, a: Series, b: Series) -> Series:
        """A choice by other variables, term by term."""
        if a.huge or b.huge:
            raise UndecidedError("a choice that depends on variables")
        terms = {}
        for power in {**a.terms, **b.terms}:
            pair = [expression(s.terms.get(power, Fraction(0))) for s in (a, b)]
            same = pair[0] is pair[1]
            terms[power] = self.ring.value(
                pair[0] if same else make("where", (condition, *pair))
            )
        return self.arithmetic.made(terms.items(), min(a.cut, b.cut))

    def _signed(self, u: Series) -> Coefficient:
        """The sign of a series near the place; a term where it depends on variables."""
        which = self.arithmetic.sign(u)
        if which is not None:
            return Fraction(which)
        lead = u.lead()
        assert lead is not None
        c = make(SIGN, (expression(u.terms[lead]),))
        return self.ring.mul(self.ring.value(c), Fraction((-1) ** (lead[1] % 2)))

    def _choice(self, node: Expr, row: Row) -> Series:
        """By what the row says of the choice."""
        if row.picks:
            return self._extreme(node, row)
        if row.rounds:
            return self._whole(node, row)
        u, right = self._series(node.args[0]), self._series(right_side(node, row))
        return self.arithmetic.scale(right, self._signed(u))

    def _extreme(self, node: Expr, row: Row) -> Series:
        """max or min, two by two."""
        best, *rest = [self._series(a) for a in node.args]
        arithmetic = self.arithmetic
        upward = 1 if row.picks == "ge" else -1
        for other in rest:
            difference = arithmetic.sub(best, other)
            which = arithmetic.sign(difference)
            if which is None:
                lead = difference.lead()
                assert lead is not None
                op = "gt" if upward * (-1) ** (lead[1] % 2) > 0 else "lt"
                condition = make(op, (expression(difference.terms[lead]), ZERO))
                chosen = self._either(condition, best, other)
                best = self._named(chosen, node.op, best, other)
            elif which * upward < 0:
                best = other
        return best

    def _named(self, chosen: Series, op: str, a: Series, b: Series) -> Series:
        """A choice whose limit is written as max or min."""
        if CONSTANT not in chosen.terms:
            return chosen
        ends = [expression(s.terms.get(CONSTANT, Fraction(0))) for s in (a, b)]
        terms = dict(chosen.terms)
        terms[CONSTANT] = self.ring.value(make(op, tuple(ends)))
        return Series(terms, chosen.cut)

    def _whole(self, node: Expr, row: Row) -> Series:
        """floor, ceil, round: a whole number on each side."""
        u = self._series(node.args[0])
        start, rest = self._parted(u)
        shift = Fraction(1, 2) if row.rounds == "even" else Fraction(0)
        moved = self.ring.add(start, shift)
        whole = _integer(moved)
        if whole is None:
            return self.arithmetic.constant(
                self.ring.value(make(node.op, (expression(start),)))
            )
        which = self.arithmetic.sign(rest)
        if which is None:
            raise UndecidedError("a jump whose side depends on variables")
        if row.rounds == "down":
            value = whole - (which < 0)
        elif row.rounds == "up":
            value = whole + (which > 0)
        else:
            value = whole - (which < 0 or (which == 0 and whole % 2 == 1))
        return self.arithmetic.constant(Fraction(value))

    def _parted(self, u: Series) -> tuple[Coefficient, Series]:
        """The limit of a series and what is left; UndecidedError for none."""
        if u.huge or any(p[0] < 0 or (p[0] == 0 and p[1]) for p in u.terms):
            raise UndecidedError("it oscillates or jumps without end")
        if u.cut <= 0:
            raise UndecidedError("its value near the place")
        start = u.terms.get(CONSTANT, Fraction(0))
        rest = {p: c for p, c in u.terms.items() if p != CONSTANT}
        return start, Series(rest, u.cut)

    def _of(self, node: Expr) -> Series | Truth:
        if node.op in CONDITIONS:
            return self._condition(node)
        if node is self.x:
            return self._variable()
        if not self.has_x(node):
            return self.arithmetic.constant(self.ring.value(node))
        guard = guard_of(node)
        if guard is not None:
            self._ask(guard)
        operation = OPERATIONS.get(node.op)
        if operation is not None:
            args = [self._series(a) for a in node.args]
            return self._or_bounded(node, lambda: operation(self.arithmetic, *args))
        if node.op == "where":
            return self._where(node)
        row = FUNCTIONS.get(node.op)
        if row is None:
            raise UndecidedError(f"how {node.op} behaves")
        if calls.is_choice(row):
            return self._choice(node, row)
        return self._call(node, row)

    def _ask(self, guard: Expr) -> None:
        """Go on where a guard holds, or may hold on both sides alike."""
        truth = self._truth(guard)
        if truth is False:
            raise UndefinedError
        if isinstance(truth, Expr) and not self.sided.isdisjoint(walk(truth)):
            raise UndecidedError("a side that depends on variables")

    def _variable(self) -> Series:
        terms: list[tuple[tuple[Fraction, int], Coefficient]] = [(CONSTANT, self.at)]
        if self.side != 0:
            terms.append(((Fraction(1), 0), self.side))
        return self.arithmetic.made(terms)

    # --- calls ---------------------------------------------------------------------

    def _call(self, node: Expr, row: Row) -> Series:
        args = [self._series(a) for a in node.args]
        return self._or_bounded(node, lambda: self._expanded(node, row, args))

    def _or_bounded(self, node: Expr, find: Callable[[], Series]) -> Series:
        """A series; that of something bounded where no more is known."""
        try:
            return find()
        except UndecidedError:
            values = self.ring.facts.interval(node)
            if max(-values.low, values.high) == INFINITY:
                raise
            self.rough = True
            return Series({}, 0)

    def _expanded(self, node: Expr, row: Row, args: Sequence[Series]) -> Series:
        constant = all(a.is_constant for a in args)
        chooses = calls.chooses(row) and not (constant and row.cut)
        turn = turned(row, args, self.arithmetic, _above_zero)
        if turn is not None:
            return turn
        if constant and not chooses:
            return self._value(node, args)
        taylor = None if chooses else self._taylor(node, args)
        if taylor is not None:
            return taylor
        other = calls.elsewhere(node) if chooses else self._other(node, args)
        if other is not None:
            return self._series(other)
        return self._integral(node, args, row)

    def _value(self, node: Expr, args: Sequence[Series]) -> Series:
        values = [expression(a.terms.get(CONSTANT, Fraction(0))) for a in args]
        value = self.ring.value(rebuild(node, tuple(values)))
        return self.arithmetic.constant(value)

    def _taylor(self, node: Expr, args: Sequence[Series]) -> Series | None:
        """By the derivatives at the limit of the one argument that moves."""
        moving = [i for i, a in enumerate(args) if not a.is_constant]
        if len(moving) > 1:
            return None
        try:
            parts = [self._parted(a) for a in args]
        except UndecidedError:
            return None
        (place,) = moving
        rest = parts[place][1]
        least = self.arithmetic.least(rest)
        count = min(MOST_DERIVATIVES, int(self.arithmetic.order / Fraction(least)) + 1)
        values = tuple(expression(start) for start, _ in parts)
        factors: list[Coefficient] = []
        factorial = Fraction(1)
        for k in range(count + 1):
            try:
                c = self.ring.value(calls.derivative(node.op, values, place, k))
            except (CalcmlError, UndefinedError):
                return None
            factorial *= max(k, 1)
            factors.append(self.ring.mul(c, 1 / factorial))
        return self.arithmetic.sum_of_powers(rest, factors)

    def _other(self, node: Expr, args: Sequence[Series]) -> Expr | None:
        """Another spelling, which serves here."""
        if len(args) == 1 and (args[0].huge or self.arithmetic.least(args[0]) < 0):
            which = self.arithmetic.sign(args[0])
            if which is None:
                raise UndecidedError("a sign that depends on variables")
            return calls.upward(node, which)
        return calls.elsewhere(node)

    def _integral(self, node: Expr, args: Sequence[Series], row: Row) -> Series:
        """From the slope: a function that goes on to its limit, or to infinity."""
        arithmetic = self.arithmetic
        moving = [i for i, a in enumerate(args) if not a.is_constant]
        if len(moving) > 1:
            raise UndecidedError(f"how {row.name} behaves there")
        (place,) = moving
        if self.rough:
            raise UndecidedError("how fast a bounded part changes")
        start, _ = self._parted(args[place])
        slope = calls.derivative(node.op, node.args, place, 1)
        if any(part.op == node.op for part in walk(slope)):
            raise UndecidedError(f"how {row.name} behaves there")
        grown = arithmetic.integrated(
            arithmetic.mul(self._series(slope), arithmetic.derived(args[place]))
        )
        if any(p[0] < 0 or p == (Fraction(0), 1) for p in grown.terms):
            kept = {p: c for p, c in grown.terms.items() if p[0] < 0 or p[1]}
            return Series(kept, 0)  # the constant of integration is not known
        values = list(node.args)
        values[place] = expression(start)
        return arithmetic.add(
            arithmetic.constant(self.ring.value(rebuild(node, tuple(values)))), grown
        )


def _above_zero(e: Expr) -> Series:
    """The series of a function of y for y > 0."""
    return Local(Y, Fraction(0), Fraction(1), Ring()).series(e)


def _integer(c: Coefficient) -> int | None:
    """The integer that a coefficient is."""
    if isinstance(c, Fraction):
        return c.numerator if c.denominator == 1 else None
    near = constants.near(c) if constants.is_closed(c) else None
    if near is None:
        return None
    whole = round(near)
    return whole if abs(near - whole) * 10**TINY < 1 else None


OPERATIONS: dict[str, Callable[..., Series]] = {
    "add": Arithmetic.add,
    "sub": Arithmetic.sub,
    "mul": Arithmetic.mul,
    "div": Arithmetic.div,
    "neg": Arithmetic.neg,
    "pow": Arithmetic.raised,
    SQRT: lambda s, u: s.power(u, Fraction(1, 2)),
    CBRT: Arithmetic.cbrt,
    EXP: Arithmetic.exp,
    LOG: Arithmetic.log,
}
