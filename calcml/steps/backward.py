"""A gradient told layer by layer, the upstream gradient first: backpropagation.

The parts that are told are those that the formula's text names, and the inner functions
of the others. Each line gives the gradient of the result by one of them, by means of
those that came before it: what the reverse sweep passed on, written shortly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from calcml.algebra.arrays.simplify import simplify_all
from calcml.algebra.simplify import Step
from calcml.calculus.derivative import Pass
from calcml.core.build import rebuild, substitute, substitute_all
from calcml.core.expr import ARRAYS, Expr, symbol, walk
from calcml.core.flat import depending
from calcml.core.tensors import has_arrays
from calcml.functions import CONSTANT_NAMES, FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.parser import Given
from calcml.printing.latex import PARTIAL
from calcml.steps.limits import MOST_LAYERS
from calcml.steps.rewrites import each_rewrite, merged
from calcml.steps.rule_names import is_inner, listed, of_derivative
from calcml.steps.tidy_signs import neat


class Layer(NamedTuple):
    """The gradient by one part: its name, how it came, and what it is.

    `before` is the gradient as the sweep made it, `after` an equal short form; `shown`
    is that with names for the parts and for the gradients that came before. `rewrites`
    lead to it: what the chain rule gives, then that rewritten, each with its rule.
    """

    name: str
    rule: str
    before: Expr
    after: Expr
    shown: Expr
    rewrites: tuple[tuple[Expr, str], ...] = ()  # none in pickles of 0.1.0


def named_parts(
    root: Expr,
    definitions: Mapping[str, Expr],
    passed: Mapping[Expr, Expr],
    variables: Sequence[Expr],
) -> dict[Expr, Expr]:
    """The parts that are told, with the symbols for them: inner ones first.

    Those that the text names but no slope passes are only shown by their names.
    """
    active = {*passed, *variables}
    given = {node: name for name, node in definitions.items() if node.args}
    order = [n for n in walk(root) if n in passed and n.args and n is not root]
    inner = _inner_arguments(order, root)
    arrays = has_arrays(root)  # whose scalars are norms and such
    inner = {n for n in inner if n.dims or not arrays}
    told = [n for n in order if n in given or n in inner]
    told = [n for n in told if n in given or not _of_one(n, told, active)][
        -MOST_LAYERS:
    ]
    still = {n for n in walk(root) if n in given and n not in passed and n is not root}
    told = [n for n in walk(root) if n in still or n in set(told)] if still else told
    taken = {n.value for n in walk(root) if n.op == "symbol"}
    taken |= CONSTANT_NAMES.keys() | set(given.values())
    fresh = [n for n in told if n not in given]
    free = (f"z{k}" for k in range(1, len(told) + len(taken) + 1))
    letters = ["z"] if len(fresh) == 1 and "z" not in taken else free
    new = dict(zip(fresh, (n for n in letters if n not in taken), strict=False))
    return {n: symbol(given.get(n) or new[n], n.dims) for n in told}


def _inner_arguments(order: Sequence[Expr], root: Expr) -> set[Expr]:
    """Arguments of functions that are no plain operators."""
    found: set[Expr] = set()
    for node in (*order, root) if root.args else ():
        if node.op not in ARRAYS and is_inner(node):
            found.update(node.args[:1] if node.op == "pow" else node.args)
        elif node.op in ARRAY_OPERATIONS:
            found.update(node.args)
    return found


def _of_one(node: Expr, told: Sequence[Expr], active: Collection[Expr]) -> bool:
    """Whether a part is a sum or a multiple of another one that is told: 1 - p."""
    while node.op not in ARRAYS and node.op in FUNCTIONS and FUNCTIONS[node.op].rules:
        moving = [a for a in node.args if a in active]
        if len(moving) != 1 or node.op == "pow":
            return False
        (node,) = moving
        if node in told:
            return True
    return False


def with_names(results: Sequence[Expr], names: Mapping[Expr, Expr]) -> list[Expr]:
    """Gradients made short, with the names in the place of the parts they hold."""
    short = simplify_all(list(names))
    return substitute_all(results, dict(zip(short, names.values(), strict=True)))


def layers(
    told: Pass,
    variables: Sequence[Expr],
    names: Mapping[Expr, Expr],
    given: Given,
) -> Iterator[Layer]:
    """The gradient by each named part from the result down, then by the variables."""
    partial = {n: symbol(PARTIAL + name.value, told.passed[n].dims)
               for n, name in names.items() if n in told.passed}  # fmt: skip
    upstream = {told.passed[n]: p for n, p in partial.items() if told.passed[n].args}
    back = {p: told.passed[n] for n, p in partial.items()}
    back |= {name: node for node, name in names.items()}

    def layer(name: str, node: Expr, raw: Expr) -> Layer:
        above = {a: p for a, p in upstream.items() if node not in names or a is not raw}
        whole = substitute(raw, {**names, **above})
        trace: list[Step] = []
        (shown,) = simplify_all([whole], given=given, trace=trace, like=[told.spelled])
        rule, after = _through(node, names, told), substitute(shown, back)
        lines = merged(each_rewrite(whole, trace, shown))
        made = [(whole, rule), *[(line.after, listed(line.rules)) for line in lines]]
        rewrites = [(neat(e), words) for e, words in made[:-1]] + made[-1:]
        return Layer(name, rule, raw, after, shown, tuple(rewrites))

    for node, name in reversed([*names.items()]):
        if node in told.passed:
            yield layer(name.value, node, told.passed[node])
    for x, raw in zip(variables, told.raw, strict=True):
        yield layer(str(x.value), x, raw)


def _through(node: Expr, names: Mapping[Expr, Expr], told: Pass) -> str:
    """Through what a slope came down to a node from the named parts above it."""
    users: dict[Expr, list[Expr]] = {}
    order = walk(told.spelled)
    below = depending(order, node)
    moved = told.passed or [n for n in order if n in below]  # by a forward sweep
    for user in moved:
        for arg in user.args:
            users.setdefault(arg, []).append(user)
    above: dict[Expr, None] = {}
    stack = list(users.get(node, ()))
    while stack:
        user = stack.pop()
        if user not in above:
            above[user] = None
            if user not in names:
                stack += users.get(user, ())
    found = dict.fromkeys(_operation(user) for user in above)
    moving = {node, *above}
    plain = [
        of_derivative(user, [k for k, a in enumerate(user.args) if a in moving])
        for user in above
        if user.op in FUNCTIONS
    ]
    words = [word for word in found if word]
    if not above:
        whole = node is told.spelled
        return "derivative of the variable" if whole else "derivative of a constant"
    if words:
        return f"chain rule through {', '.join(words)}"
    return listed(plain)


def _operation(node: Expr) -> str:
    """What an operation is called where a slope comes through it."""
    if node.op == "contract":
        if len(node.args) > 1:
            return "a matrix product"
        summed = set(node.value.inputs[0]) - set(node.value.output)
        return "a sum" if summed else "a transpose or broadcast"
    if node.op in ARRAY_OPERATIONS:
        return ARRAY_OPERATIONS[node.op].name
    row = FUNCTIONS.get(node.op)
    return "" if row is None or row.rules else row.name


def definitions(names: Mapping[Expr, Expr]) -> list[tuple[Expr, Expr]]:
    """The named parts with what they are, written with the names below them."""
    return [(name, in_names(node, names)) for node, name in names.items()]


def in_names(node: Expr, names: Mapping[Expr, Expr]) -> Expr:
    """A part, written with the names of those below it."""
    args = tuple([substitute(a, names) for a in node.args])
    return rebuild(node, args) if args else node
