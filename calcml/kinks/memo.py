"""What is known of the parts of an expression beside a place, each found once."""

from __future__ import annotations

from fractions import Fraction

from calcml.errors import CalcmlError
from calcml.exact import ARITHMETIC
from calcml.expr import ZERO, Expr, make
from calcml.kinks.coefficients import (
    Coefficient,
    Ring,
    UndecidedError,
    UndefinedError,
    expression,
)
from calcml.kinks.series import CONSTANT, Arithmetic, Series

Truth = bool | Expr  # a condition on other variables is left as it is
Found = Series | Truth | Exception
MOST_STEPS = 20_000


class _MissingError(Exception):
    def __init__(self, node: Expr) -> None:
        self.node = node


class Memo:
    """Series and truths of nodes, found with a stack: what lacks is found first."""

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
        self.depends: dict[Expr, bool] = {x: True}

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

    def has_x(self, node: Expr) -> bool:
        """Whether the variable occurs in a node."""
        depends = self.depends
        stack = [node]
        while stack:
            part = stack[-1]
            missing = [a for a in part.args if a not in depends]
            if part in depends or not missing:
                depends.setdefault(part, any(depends[a] for a in part.args))
                stack.pop()
            else:
                stack += missing
        return depends[node]

    def _of(self, node: Expr) -> Series | Truth:
        raise NotImplementedError

    # --- conditions ----------------------------------------------------------------

    def _condition(self, node: Expr) -> Truth:
        if node.op == "not":
            truth = self._truth(node.args[0])
            return not truth if isinstance(truth, bool) else make("not", (truth,))
        if node.op in ("and", "or"):
            return self._both(node)
        a, b = [self._series(arg) for arg in node.args]
        difference = self.arithmetic.add(a, self.arithmetic.neg(b))
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
