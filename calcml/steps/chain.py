"""The chain rule told: from the derivative that is to be taken to the sweep's result.

A sweep says which partials it used at which nodes. Told from the function inwards, each
node's derivative is its partials times those of its arguments; where the last one is
told, the expression is the very node that the sweep made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from calcml.closed.cost import Cost
from calcml.diff import Used, local
from calcml.errors import CalcmlError
from calcml.expr import CONDITIONS, ONE, ZERO, Expr, make, symbol, walk
from calcml.functions import CONSTANT_NAMES
from calcml.light import add, mul, substitute
from calcml.steps.words import PLAIN, is_inner, of_derivative
from calcml.terms import SUMS
from calcml.tidy import Tidier

LETTERS = "u v w s t r q p".split()
LONG = 3  # operations of a part that gets a name as it is repeated
MOST_NAMED = 300  # parts of a function whose inner functions get names


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

    def total(self, slopes: Mapping[Expr, Expr], x: Expr) -> Expr:
        """The partials times the slopes of the arguments, which are pending else."""
        total: Expr | None = None
        for place, partial in self.terms:
            arg = self.node.args[place]
            slope = slopes.get(arg)
            term = mul(partial, pending(arg, x) if slope is None else slope)
            total = term if total is None else add(total, term)
        return ZERO if total is None else total


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
                slope = _partial(node, place)
                if slope is not None:
                    mine[place] = slope
        found.append(Local(node, tuple(sorted(mine.items()))))
    return found


def _partial(node: Expr, place: int) -> Expr | None:
    """A partial that the sweep left out, as the argument's slope is 0."""
    try:
        return local(node)[place](node.args, node)
    except CalcmlError:
        return None


def _place(term: tuple[int, Expr]) -> int:
    return term[0]


def inner_functions(root: Expr, x: Expr, parts: Sequence[Local]) -> dict[Expr, Expr]:
    """The inner functions of the chain rule, each with the symbol that stands for it.

    Arguments with a constant slope, such as 2*x + 1, get no name.
    """
    if len(parts) > MOST_NAMED:
        return {}
    slopes: dict[Expr, Expr] = {x: ONE}
    for part in parts:
        slopes[part.node] = part.total(slopes, x)
    moving = {node for node in slopes if x in walk(slopes[node])}
    found: dict[Expr, None] = {}
    for part in reversed(parts):
        if is_inner(part.node):
            inner = [part.node.args[place] for place, _ in part.terms]
            found.update(dict.fromkeys(a for a in inner if a in moving and a.args))
    for node in [u for u in found if _of_one(u, found, parts)]:
        del found[node]
    taken = root.free_symbols | CONSTANT_NAMES.keys()
    free = (letter for letter in _letters() if letter not in taken)
    return {node: symbol(name) for node, name in zip(found, free, strict=False)}


def _of_one(u: Expr, named: Mapping[Expr, None], parts: Sequence[Local]) -> bool:
    """Whether an inner function is a sum or multiple of another that has a name."""
    inner = {part.node: part for part in parts}
    node = u
    while node is u or node not in named:
        part = inner.get(node)
        if part is None or part.rule not in PLAIN or len(part.terms) != 1:
            return False
        node = node.args[part.terms[0][0]]
    return True


def repeated_parts(
    root: Expr, raw: Expr, names: Mapping[Expr, Expr]
) -> dict[Expr, Expr]:
    """The names, and more for parts of a function that its derivative repeats."""
    uses = Counter(arg for node in walk(raw) for arg in node.args)
    cost = Cost()
    often = [
        n
        for n in walk(root)
        if n is not root and n not in names and uses[n] > 1 and cost(n) >= LONG
    ]
    taken = root.free_symbols | {name.value for name in names.values()}
    free = (x for x in _letters() if x not in taken and x not in CONSTANT_NAMES)
    more = zip(often[::-1], free, strict=False)
    return dict(names) | {node: symbol(letter) for node, letter in more}


def _letters() -> Iterator[str]:
    yield from LETTERS
    k = 0
    while True:
        k += 1
        yield from (f"{letter}_{k}" for letter in LETTERS[:3])


class Line(NamedTuple):
    """One line: its rules, the expression before and after, the part that changes."""

    rules: list[str]
    before: Expr
    after: Expr
    old: Expr
    new: Expr


def each_node(
    root: Expr, x: Expr, parts: Sequence[Local], at_once: int = 1
) -> Iterator[Line]:
    """The chain rule from `root` inwards: a node in each line, or `at_once` nodes."""
    state = pending(root, x)
    for group in _groups(parts, at_once):
        slopes: dict[Expr, Expr] = {}
        for part in reversed(group):
            slopes[part.node] = part.total(slopes, x)
        values = {pending(part.node, x): slopes[part.node] for part in group}
        after = substitute(state, values)
        if after is not state:
            old = pending(group[0].node, x)
            yield Line([p.chained for p in group], state, after, old, values[old])
        state = after


def _groups(parts: Sequence[Local], at_once: int) -> Iterator[list[Local]]:
    """Nodes told in one line, outer ones first: one each, but whole sums."""
    inwards = parts[::-1]
    if at_once > 1:
        for start in range(0, len(inwards), at_once):
            yield list(inwards[start : start + at_once])
        return
    uses = Counter(node for part in parts for node in part.node.args)
    head: dict[Expr, list[Local]] = {}
    groups: list[list[Local]] = []
    for part in inwards:
        group = head.get(part.node)
        if group is None:
            groups.append(group := [])
        group.append(part)
        if part.node.op in SUMS:
            for arg in part.node.args:
                if arg.op in SUMS and uses[arg] == 1:
                    head[arg] = group
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
        terms = tuple((k, substitute(p, names)) for k, p in part.terms)
        slopes[part.node] = Local(part.node, terms).total(known, x)
        below = [r for a in inner if a not in names for r in rules.get(a, ())]
        chained = ["chain rule"] if any(a in names for a in inner) else []
        rules[part.node] = [*chained, part.rule, *below]
    state, before = slopes[root], pending(root, x)
    tidier = Tidier([state])
    level = _levels(root, parts, names)
    for depth in range(max(level.values(), default=0) + 1):
        layer = [root] if depth == 0 else [u for u in names if level.get(u) == depth]
        if depth:
            state = substitute(state, {stands[u]: slopes[u] for u in layer})
        (state,) = tidier.settled([state])
        after = substitute(state, back)
        said = [rule for node in layer for rule in rules[node]]
        if after is not before:
            yield Line(said, before, after, before, after)
        before = after


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
