"""Tidying: constants, like terms, powers, order, inverse pairs.

One pass goes over the graph once, leaves first, and makes each maximal sum or product
at its top, so long chains cost what they are long. Passes repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from calcml.exact import evaluate
from calcml.expr import CONDITIONS, ONE, Expr, make, number, rebuild, walk
from calcml.rewrite import pairs, rewritten
from calcml.terms import PRODUCTS, SUMS, Algebra

MAX_PASSES = 6


def tidy(root: Expr) -> Expr:
    """An equal, tidied form, wherever `root` is defined; the domain may grow."""
    return Tidier([root]).settled([root])[0]


def tidy_all(roots: Sequence[Expr]) -> list[Expr]:
    """`tidy` on several expressions, which share work and stay shared."""
    return Tidier(roots).settled(roots)


class Tidier:
    """Passes over the graph of some roots, with what they learn about nodes."""

    def __init__(self, roots: Sequence[Expr]) -> None:
        self.real = not any(n.op == "constant" and n.value == "I" for n in walk(*roots))
        self.algebra = Algebra(self.function, pairs())
        self.called: dict[tuple[str, tuple[Expr, ...]], Expr] = {}
        self.done: dict[Expr, Expr] = {}

    def settled(self, roots: Sequence[Expr]) -> list[Expr]:
        """Passes until nothing changes."""
        current = list(roots)
        for _ in range(MAX_PASSES):
            tidied = self.run(current)
            if all(a is b for a, b in zip(tidied, current, strict=True)):
                break
            current = tidied
        return current

    def run(self, roots: Sequence[Expr]) -> list[Expr]:
        """One pass."""
        order = walk(*roots)
        inner = _inner(roots, order)
        self.done = {}
        for node in order:
            if node not in inner:
                self.done[node] = self._made(node)
        return [self.done[root] for root in roots]

    def _made(self, node: Expr) -> Expr:
        if node.op in SUMS:
            return self.algebra.total(self._leaves(node))
        if node.op in PRODUCTS:
            return self._product(node)
        if not node.args:
            return number(node.value) if _whole(node) else node
        args = tuple([self.done[a] for a in node.args])
        if node.op == "formal":
            return rebuild(node, args)
        return self.function(node.op, args)

    def _leaves(self, node: Expr) -> list[tuple[int, Expr]]:
        """A sum's terms with their signs, each simplified."""
        found: list[tuple[int, Expr]] = []
        stack = [(node, 1)]
        while stack:
            part, sign = stack.pop()
            if part.op in SUMS and (part is node or part not in self.done):
                a, b = part.args
                stack.append((b, sign if part.op == "add" else -sign))
                stack.append((a, sign))
            else:
                found.append((sign, self.done[part]))
        return found

    def _product(self, node: Expr) -> Expr:
        algebra = self.algebra
        coefficient, dotted, factors = algebra.gather([(node, 1)], self.done)
        if coefficient == -1 and len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent is ONE and base.op in SUMS:
                return algebra.negated(base)
        return algebra.product(coefficient, dotted, factors)

    def function(self, op: str, args: tuple[Expr, ...]) -> Expr:
        """op(*args), simplified: its value, a rule's right side, or itself."""
        known = self.called.get((op, args))
        if known is None:
            known = self.called[op, args] = self._function(op, args)
        return known

    def _function(self, op: str, args: tuple[Expr, ...]) -> Expr:
        if op == "where":
            chosen = _chosen(*args)
            if chosen is not None:
                return chosen
        if op in CONDITIONS or op == "abs":
            value = _known(op, args)
            if value is not None:
                return value
        node = make(op, args)
        found = rewritten(node, self.real)
        if found is None:
            return node
        result = found[1]
        return self._made_of(result)

    def _made_of(self, node: Expr) -> Expr:
        """A rule's right side, a few nodes over simplified ones, in canonical form."""
        if node.op == "neg":
            return self.algebra.scaled(node.args[0], -1)
        return node


def _inner(roots: Sequence[Expr], order: Sequence[Expr]) -> set[Expr]:
    """Nodes used once, by a node of their own kind, which is made as a whole."""
    uses: dict[Expr, int] = dict.fromkeys(roots, 2)
    inside: set[Expr] = set()
    for node in order:
        kind = SUMS if node.op in SUMS else _PRODUCT if node.op in _PRODUCT else ()
        for place, arg in enumerate(node.args):
            uses[arg] = uses.get(arg, 0) + 1
            if arg.op in kind and (node.op != "pow" or _whole_power(node) > place):
                inside.add(arg)
    return {node for node in inside if uses[node] == 1}


def _whole_power(node: Expr) -> bool:
    exponent = node.args[1]
    return exponent.op == "number" and isinstance(exponent.value, int)


_PRODUCT = frozenset(("mul", "div", "neg", "pow"))


def _whole(node: Expr) -> bool:
    return node.op == "number" and "." in node.text and node.value == int(node.value)


def _known(op: str, args: tuple[Expr, ...]) -> Expr | None:
    """The value of a function of numbers, where it is exact."""
    if any(a.op != "number" for a in args):
        return None
    value = evaluate(make(op, args))
    if value is None or isinstance(value, bool):
        return None
    return number(value)


def _chosen(condition: Expr, a: Expr, b: Expr) -> Expr | None:
    """The branch of a choice whose condition is about numbers, None if it is not."""
    if any(arg.op != "number" for arg in condition.args):
        return None
    truth = evaluate(condition)
    return None if truth is None else a if truth else b
