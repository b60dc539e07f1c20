"""A row's text, made into a function of (arguments, own value).

Filling a template builds a few nodes; parsing the text again would cost a hundredfold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calcml.expr import LIGHT, ONE, Expr, make, symbol, walk

Partial = Callable[[tuple[Expr, ...], Expr], Expr]


def one(args: tuple[Expr, ...], y: Expr) -> Expr:
    """The partial that is 1, told apart by `is`."""
    return ONE


def template(formula: Expr, names: Sequence[str]) -> Partial:
    """The function that puts arguments, then the own value, in the place of `names`.

    A name that occurs twice means its first place, so a parameter called y hides the
    function's own value.
    """
    place = {symbol(name): i for i, name in reversed(list(enumerate(names)))}
    if formula in place:
        i = place[formula]
        return lambda args, y: args[i] if i < len(args) else y
    if formula is ONE:
        return one
    if not formula.args:
        return lambda args, y: formula
    constants: list[Expr] = []
    steps: list[tuple[Callable[..., Expr], tuple[int, ...]]] = []
    nodes = walk(formula)
    for node in nodes:
        if not node.args and node not in place:
            place[node] = len(names) + len(constants)
            constants.append(node)
    for node in nodes:
        if node.args:
            op = node.op
            place[node] = len(names) + len(constants) + len(steps)
            light = LIGHT.get(op) or (lambda *args, op=op: make(op, args))
            steps.append((light, tuple(place[a] for a in node.args)))

    def partial(args: tuple[Expr, ...], y: Expr) -> Expr:
        values = [*args, y, *constants]
        for build, places in steps:
            values.append(build(*[values[i] for i in places]))
        return values[-1]

    return partial
