"""Tidying: constants, like terms, powers, order, inverse pairs.

One pass goes over the graph once, leaves first, and makes each maximal sum or product
at its top, so long chains cost what they are long. Passes repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from calcml.algebra.definedness import conditions, guard_of
from calcml.algebra.facts import Facts
from calcml.algebra.known import known
from calcml.algebra.limits import MAX_PASSES, MAX_ROOTS
from calcml.algebra.logarithms import Logarithms, by_primes
from calcml.algebra.rewrite import (
    VARIABLES,
    Rewrite,
    Scope,
    contains_power,
    folds,
    match,
    pairs,
    rewritten,
)
from calcml.algebra.terms import OF_FACTORS, PRODUCTS, Algebra, is_whole
from calcml.algebra.turns import turned
from calcml.algebra.typed_powers import TypedAlgebra
from calcml.core.budget import spend
from calcml.core.build import IMAG, rebuild
from calcml.core.decimals import is_pointed
from calcml.core.errors import DomainError
from calcml.core.exact import evaluate
from calcml.core.expr import MINUS_ONE, ONE, ZERO, Expr, make, number, walk
from calcml.core.flat import SUMS, signed_terms, walk_to
from calcml.core.operations import ABS, LOG
from calcml.functions import FUNCTIONS


def tidy(root: Expr) -> Expr:
    """An equal, tidied form, wherever `root` is defined; the domain may grow."""
    return Tidier([root]).settled([root])[0]


def tidy_all(roots: Sequence[Expr]) -> list[Expr]:
    """`tidy` on several expressions, which share work and stay shared."""
    return Tidier(roots).settled(roots)


EXTREMES = frozenset(row.op for row in FUNCTIONS.values() if row.picks)


class Tidier:
    """Passes over the graph of some roots, with what they learn about nodes.

    Where `log` is a list, each part that a pass changes is entered in it.
    """

    def __init__(
        self,
        roots: Sequence[Expr],
        facts: Facts | None = None,
        closing: bool = False,
        log: list[Rewrite] | None = None,
        barred: frozenset[str] = frozenset(),
    ) -> None:
        order = walk(*roots)
        self.size, self.roots, real = len(order), roots, IMAG not in order
        self.reached = list(roots)  # by the passes over all of them
        self.given = Facts() if facts is None else facts
        self._facts: Facts | None = None
        self.scope = Scope(real, self.facts, closing, barred)
        kind = TypedAlgebra if real else Algebra
        self.algebra = kind(
            self.function,
            pairs() if real and not barred else {},
            self.given.positive,
            roots,
        )
        if isinstance(self.algebra, TypedAlgebra):
            self.algebra.bases = self.bases
        self.called: dict[tuple[str, tuple[Expr, ...]], Expr] = {}
        self.done: dict[Expr, Expr] = {}
        self.apart: dict[Expr, Expr] = {}  # branches' values, each tidied alone
        self.inner: set[Expr] = set()  # what is made with the one node that uses it
        self.log = log
        self.alone = False  # whether choices are left as they are
        self.named: dict[tuple[str, tuple[Expr, ...]], str] = {}  # the rules of calls
        self.rules: dict[Expr, str] = {}  # what the rules made in the node at work

    def facts(self) -> Facts:
        """What is given, and what holds wherever all the roots are defined."""
        if self._facts is None:
            self._facts = self.given
            if len(self.roots) <= MAX_ROOTS:
                each = [conditions(root) for root in self.roots]
                shared = [c for c in each[0] if all(c in other for other in each[1:])]
                self._facts = self.given.and_where_defined(shared)
        return self._facts

    @cached_property
    def logarithms(self) -> Logarithms:
        """The logarithms of numbers that depend on each other, by those of primes."""
        return by_primes([n.args[0] for n in walk(*self.roots) if n.op == LOG])

    def bases(self) -> list[Expr]:
        """The quotients and products of which the roots have whole powers, tidied."""
        powers = [n for n in walk(*self.roots) if n.op == "pow" and is_whole(n.args[1])]
        found = {n.args[0]: None for n in powers if n.args[0].op in _QUOTIENTS}
        return tidy_all([*found]) if found else []

    def knows_as_much_as(self, other: Tidier) -> bool:
        """Whether the other one's roots imply the same, of what was asked for."""
        if "logarithms" in vars(self) and other.logarithms.keys() - self.logarithms:
            return False
        return self._facts is None or self._facts == other.facts()

    def settled(self, roots: Sequence[Expr]) -> list[Expr]:
        """Passes until nothing changes."""
        current = list(roots)
        for _ in range(MAX_PASSES):
            tidied = self.run(current)
            if all(a is b for a, b in zip(tidied, current, strict=True)):
                break
            current = tidied
            if roots is self.roots:
                self.reached = current
        return current

    def run(self, roots: Sequence[Expr]) -> list[Expr]:
        """One pass."""
        order = walk(*roots)
        self.inner = inner = _inner(roots, order)
        self.done = {}
        self.rules.clear()
        for node in order:
            if node not in inner:
                made = self._made(node)
                if self.log is not None and node.args:
                    self._enter(node, made, self.log)
                self.done[node] = made
        return [self.done[root] for root in roots]

    def logged(self) -> tuple[Rewrite, ...]:
        """What was logged since the last time."""
        parts = tuple(self.log or ())
        if self.log:
            self.log.clear()
        return parts

    def _enter(self, node: Expr, made: Expr, log: list[Rewrite]) -> None:
        """Log what became of a node whose parts are made already."""
        stands: dict[Expr, Expr] = {}
        for part in walk_to(node, self.done.__contains__):
            ready = self.done.get(part)
            if ready is None:
                args = tuple([stands[a] for a in part.args])
                ready = rebuild(part, args) if args else part
            stands[part] = ready
        if stands[node] is not made:
            only = next(iter(self.rules.values())) if len(self.rules) == 1 else ""
            log.append(Rewrite(self.rules.get(made, only), stands[node], made))
        self.rules.clear()

    def _made(self, node: Expr) -> Expr:
        if node.op in SUMS:
            return self._one_choice(self.algebra.total(self._leaves(node)))
        if node.op in PRODUCTS:
            return self._product(node)
        if not node.args:
            return number(node.value) if is_pointed(node) else node
        args = tuple([self.done[a] for a in node.args])
        if node.op == "formal":
            return rebuild(node, args)
        made = self.function(node.op, args)
        if made.op in OF_FACTORS and made.args[0].op in (*PRODUCTS, "number"):
            return self._product(made)
        return made

    def _one_choice(self, total: Expr) -> Expr:
        """A sum in which two choices that are nowhere both in use are one."""
        if total.op not in SUMS or not self.scope.real:
            return total
        choices = [
            (c, t) for c, _, t in self.algebra.terms_of(total) if t.op == "where"
        ]
        if len(choices) < 2:
            return total
        from calcml.algebra.piecewise.side_by_side import side_by_side

        return side_by_side(total, choices, self.algebra)

    def _leaves(self, node: Expr) -> list[tuple[int, Expr]]:
        """A sum's terms with their signs, each simplified."""
        found = signed_terms(node, SUMS, self.inner)
        return [(sign, self.done[part]) for sign, part in found]

    def _product(self, node: Expr) -> Expr:
        algebra = self.algebra
        coefficient, dotted, factors = algebra.gather([(node, 1)], self.done)
        if self.scope.closing:
            factors = self._folded(factors)
        if coefficient == -1 and len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent is ONE and base.op in SUMS:
                return algebra.negated(base)
        return algebra.product(coefficient, dotted, factors)

    def _folded(self, factors: dict[Expr, Expr]) -> dict[Expr, Expr]:
        """Factors a and f(a), of which the product is a function, as that function."""
        for base, exponent in factors.items():
            for rule in folds().get(base.op, ()):
                once = MINUS_ONE if rule.left.op == "div" else ONE
                square = rule.left.args[0] is rule.left.args[1]
                if (exponent is once) is square or rule.guard.real > self.scope.real:
                    continue
                bound = match(rule.left.args[1], base)
                if bound is None or self.scope.bars(rule.rule):
                    continue
                if square and self.given.decide(make("gt", (exponent, ZERO))):
                    self.rules[base] = rule.rule.name
                    return factors | {base: ONE}
                a = bound["a"]
                beside = rule.left.args[0]
                beside = a if beside.op == "symbol" else rebuild(beside, (a,))
                inside = self.algebra.product_of(beside)
                if inside.coefficient != 1 or not all(
                    contains_power(factors.get(b), e) for b, e in inside.factors.items()
                ):
                    continue
                left = {b: e for b, e in factors.items() if b is not base}
                for b, e in inside.factors.items():
                    rest = self.algebra.total([(1, left.pop(b)), (-1, e)])
                    if rest is not ZERO:
                        left[b] = rest
                whole = rule.right((a,) * len(VARIABLES), base)
                self.rules[whole] = rule.rule.name
                left[whole] = self.algebra.total([(1, left.get(whole, ZERO)), (1, ONE)])
                return {b: e for b, e in left.items() if e is not ZERO}
        return factors

    def function(self, op: str, args: tuple[Expr, ...]) -> Expr:
        """op(*args), simplified: its value, a rule's right side, or itself."""
        known = self.called.get((op, args))
        if known is None:
            known = self.called[op, args] = self._function(op, args)
        if self.log is not None and (op, args) in self.named:
            self.rules[known] = self.named[op, args]
        return known

    def _function(self, op: str, args: tuple[Expr, ...]) -> Expr:
        if op == "where" and all(a.op == "number" for a in args[0].args):
            truth = evaluate(args[0])
            if truth is not None:
                return args[1] if truth else args[2]
        if op in ("and", "or", "not"):
            from calcml.algebra.piecewise import connected

            return connected(op, args)
        if op == ABS and args[0].op == "number":
            return number(abs(args[0].value))
        if op == LOG and args[0] in self.logarithms:
            return self.algebra.total(self.logarithms[args[0]])
        if op in ("eq", "ne") and args[1] is ZERO and args[0].op in _PRODUCT:
            args = self._unscaled(args[0]), ZERO
        row = FUNCTIONS.get(op)
        if row and row.parity == "even" and isinstance(self.algebra, TypedAlgebra):
            args = (self.algebra.unsigned(args[0])[0],)
        spend(20)
        node = make(op, args)
        if ZERO in args and self.scope.real:
            self._refuse_pole(node)
        found = rewritten(node, self.scope)
        if found is None and row and row.circle:
            found = turned(op, args[0], self.algebra, self.function)
        elif found is None and row and self.scope.real and not self.alone:
            found = known(row, node, self.settled_alone)
        if found is None and op == "where" and self.scope.real and not self.alone:
            from calcml.algebra.piecewise import shorter

            found = shorter(node, self.scope, self.settled_alone)
        if found is None and self.scope.closing and op in EXTREMES:
            from calcml.algebra.piecewise.extremes import shortened

            found = shortened(node, self.facts())
        if found is None:
            return node
        self.named[op, args], result = found
        minus = result.op == "neg"  # over simplified nodes
        return self.algebra.scaled(result.args[0], -1) if minus else result

    def _unscaled(self, product: Expr) -> Expr:
        """A product without its numbers, which is 0 where the product is."""
        factors = self.algebra.product_of(product).factors
        kept = {b: e for b, e in factors.items() if b.op != "constant"}
        return self.algebra.product(1, False, kept) if kept else product

    def settled_alone(self, value: Expr) -> Expr:
        """A branch's value tidied, as it is needed before its choice is made."""
        if value not in self.apart:
            scope = self.scope
            tidier = Tidier([value], self.given, scope.closing, None, scope.barred)
            tidier.alone = True
            (self.apart[value],) = tidier.settled([value])
        return self.apart[value]

    def _refuse_pole(self, node: Expr) -> None:
        """Raise DomainError for a function that has no value at 0, such as log(0)."""
        guard = guard_of(node)
        if guard is not None and evaluate(guard) is False:
            name = FUNCTIONS[node.op].signature
            raise DomainError(f"{name} has no value at 0, and is asked for it there")


def _inner(roots: Sequence[Expr], order: Sequence[Expr]) -> set[Expr]:
    """Nodes used once, by a node of their own kind, which is made as a whole."""
    uses: dict[Expr, int] = dict.fromkeys(roots, 2)
    inside: set[Expr] = set()
    for node in order:
        kind = SUMS if node.op in SUMS else _PRODUCT if node.op in _PRODUCT else ()
        for place, arg in enumerate(node.args):
            uses[arg] = uses.get(arg, 0) + 1
            if arg.op in kind and (node.op != "pow" or is_whole(node.args[1]) > place):
                inside.add(arg)
    return {node for node in inside if uses[node] == 1}


_QUOTIENTS = frozenset(("mul", "div"))
_PRODUCT = frozenset(("mul", "div", "neg", "pow"))
