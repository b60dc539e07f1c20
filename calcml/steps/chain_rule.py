"""The chain rule told: from the derivative that is to be taken to the sweep's result.

A sweep says which partials it used at which nodes. Told from the function inwards, each
node's derivative is its partials times those of its arguments; where the last one is
told, the expression is the very node that the sweep made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

from calcml.algebra.canonical import Tidier
from calcml.algebra.simplify import PUT_IN_ORDER
from calcml.calculus.chain_rule import Used, local
from calcml.core.build import add, div, mul, sub, substitute, substitute_all
from calcml.core.cost import Cost
from calcml.core.errors import CalcmlError
from calcml.core.expr import CONDITIONS, ONE, ZERO, Expr, make, number, symbol, walk
from calcml.steps.limits import SHORTER
from calcml.steps.order import permuted
from calcml.steps.rule_names import PLAIN, is_inner, of_derivative
from calcml.steps.tidy_signs import neat

SIMPLIFY = "simplify"
QUOTIENT = "quotient rule"
_SUMS = frozenset(("sum rule", "difference rule"))  # whose terms have an order


def pending(f: Expr, x: Expr) -> Expr:
    """The derivative of a part that is still to be taken."""
    return ONE if f is x else make("derivative", (f, x))


class Local(NamedTuple):
    """One node's derivative: the partials of the arguments that vary, by place."""

    node: Expr
    terms: tuple[tuple[int, Expr], ...]

    @property
    def rule(self) -> str:
        """What the rule is called."""
        return of_derivative(self.node, [place for place, _ in self.terms])

    @property
    def chained(self) -> str:
        """The rule, with the chain rule where an argument is more than a variable."""
        inner = any(self.node.args[place].args for place, _ in self.terms)
        return f"chain rule, {self.rule}" * (inner and is_inner(self.node)) or self.rule

    def total(
        self,
        slopes: Mapping[Expr, Expr],
        x: Expr,
        names: Mapping[Expr, Expr] = MappingProxyType({}),
    ) -> Expr:
        """The partials times the slopes of the arguments, which are pending else.

        A quotient is (u'*v - u*v')/v^2; `names` stand for parts.
        """
        args = self.node.args
        inner = [args[place] for place, _ in self.terms]
        outer = args if self.quotient else [partial for _, partial in self.terms]
        tops = [slopes.get(arg) or pending(arg, x) for arg in inner]
        outer = substitute_all(outer, names) if names else outer
        if self.quotient:
            (u, v), (du, dv) = outer, tops
            return div(sub(mul(du, v), mul(u, dv)), make("pow", (v, number(2))))
        terms = list(map(mul, outer, tops))
        return reduce(add, terms) if terms else ZERO

    @property
    def quotient(self) -> bool:
        """Whether both what stands above the line and what stands below vary."""
        return self.node.op == "div" and len(self.terms) > 1


def locals_of(root: Expr, x: Expr, used: Sequence[Used]) -> list[Local]:
    """The derivatives of all nodes in which `x` occurs, arguments first.

    Parts whose slope is 0, such as step(x), are told like the others.
    """
    partials: dict[Expr, dict[int, Expr]] = {}
    for node, place, partial in used:
        partials.setdefault(node, {})[place] = partial
    moving, found = {x}, []
    for node in walk(root):
        if node.op in CONDITIONS or moving.isdisjoint(node.args):
            continue
        moving.add(node)
        mine = partials.get(node, {})
        for place, arg in enumerate(node.args):
            if arg in moving and place not in mine:
                # The sweep left it out, as the argument's slope is 0.
                with suppress(CalcmlError):
                    mine[place] = local(node)[place](node.args, node)
        found.append(Local(node, tuple(sorted(mine.items()))))
    return found


def outwards(root: Expr, parts: Sequence[Local]) -> list[Local]:
    """The parts, outer ones first, and from left to right."""
    of = {part.node: part for part in parts}
    seen: set[Expr] = set()
    order: list[Local] = []
    stack: list[tuple[Expr, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(of[node])
        elif node in of and node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(arg, False) for arg in node.args]
    return order[::-1]


class Line(NamedTuple):
    """One line: its rules, the expression before and after, the part that changes."""

    rules: list[str]
    before: Expr
    after: Expr
    old: Expr
    new: Expr
    simplified: bool = False  # by the simplifier, which may use what is given


def each_node(
    root: Expr, x: Expr, parts: Sequence[Local], at_once: int = 1
) -> Iterator[Line]:
    """The chain rule from `root` inwards: a node in each line, or `at_once` nodes."""
    state = pending(root, x)
    yield from _constant(root, x, parts)
    for group in _groups(root, parts, at_once):
        slopes: dict[Expr, Expr] = {}
        for part in reversed(group):
            slopes[part.node] = part.total(slopes, x)
        values = {pending(part.node, x): slopes[part.node] for part in group}
        after = substitute(state, values)
        if after is not state:
            old = pending(group[0].node, x)
            yield Line([p.chained for p in group], state, after, old, values[old])
        state = after


def _constant(root: Expr, x: Expr, parts: Sequence[Local]) -> Iterator[Line]:
    """The one line where only a condition depends on the variable."""
    if root is not x and (not parts or parts[-1].node is not root):
        before = pending(root, x)
        yield Line(["constant between the jumps"], before, ZERO, before, ZERO)


def _groups(root: Expr, parts: Sequence[Local], at_once: int) -> Iterator[list[Local]]:
    """Nodes told in one line: one each, but sums with multiples as a whole."""
    inwards = outwards(root, parts)
    if at_once > 1:
        for start in range(0, len(inwards), at_once):
            yield inwards[start : start + at_once]
        return
    uses = Counter(node for part in parts for node in part.node.args)
    plain = {part.node for part in parts if part.rule in PLAIN}
    head: dict[Expr, list[Local]] = {}
    groups: list[list[Local]] = []
    for part in inwards:
        group = head.get(part.node)
        if group is None:
            groups.append(group := [])
        group.append(part)
        if part.node in plain:
            inner = [a for a in part.node.args if a in plain and uses[a] == 1]
            head.update(dict.fromkeys(inner, group))
    yield from groups


def each_layer(
    root: Expr, x: Expr, parts: Sequence[Local], names: Mapping[Expr, Expr]
) -> Iterator[Line]:
    """The chain rule layer by layer: to the inner functions that have names.

    Each line is tidied, with the names in the place of the inner functions.
    """
    stands = {u: symbol(f"{name.value}'") for u, name in names.items()}
    back = {stands[u]: pending(u, x) for u in names} | {n: u for u, n in names.items()}
    slopes: dict[Expr, Expr] = {x: ONE}
    rules: dict[Expr, list[str]] = {}
    for part in parts:
        inner = [part.node.args[place] for place, _ in part.terms]
        known = {a: stands.get(a, slopes.get(a, ONE)) for a in inner}
        slopes[part.node] = part.total(known, x, names)
        below = [r for a in inner if a not in names for r in rules.get(a, ())]
        compound = is_inner(part.node) and any(a.args for a in inner)
        chained = ["chain rule"] if compound else []
        rules[part.node] = list(dict.fromkeys([*chained, part.rule, *below]))
    if root not in rules:
        yield from _constant(root, x, parts)
        return
    state, before = slopes[root], pending(root, x)
    tidier, cost = Tidier([state]), Cost()
    level = _levels(root, parts, names)
    for depth in range(max(level.values(), default=0) + 1):
        layer = [root] if depth == 0 else [u for u in names if level.get(u) == depth]
        if depth:
            state = substitute(state, {stands[u]: slopes[u] for u in layer})
        said = [rule for node in layer for rule in rules[node]]
        made, (state,) = neat(state), tidier.run([state])
        much = cost(made) - cost(state) >= SHORTER
        forms = [made, state] if much else [made if QUOTIENT in said else state]
        if forms[0] is not made and _SUMS & {*said} and permuted(made, state):
            said.append(PUT_IN_ORDER)
        for form in forms:
            after = substitute(form, back)
            if after is not before:
                yield Line(said, before, after, before, after)
            before, said = after, [SIMPLIFY]


def _levels(
    root: Expr, parts: Sequence[Local], names: Mapping[Expr, Expr]
) -> dict[Expr, int]:
    """How deep each named inner function stands: under how many others at most."""
    depth: dict[Expr, int] = {root: 0}
    for part in reversed(parts):
        own = depth.get(part.node, 0)
        for place, _ in part.terms:
            arg = part.node.args[place]
            depth[arg] = max(depth.get(arg, 0), own + (arg in names))
    return {u: depth[u] for u in names if u in depth}
