"""Texts of rows as functions of (arguments, own value), and what a target lacks.

Filling a template builds a few nodes; parsing the text again would cost a hundredfold.
`lower` and `lower_arrays` put the definitions of rows in the place of functions that a
target lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from calcml.core.build import bottom_up, rebuilt, substitute
from calcml.core.errors import UnsupportedError
from calcml.core.expr import LIGHT, ONE, Expr, make, symbol, walk
from calcml.functions import FUNCTIONS, Row
from calcml.functions.arrays import ALONG_AXES, ARRAY_OPERATIONS, ArrayRow
from calcml.parsing.limits import MAX_PASSES
from calcml.parsing.parser import defined, parsed

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


@cache
def template_of(text: str, names: tuple[str, ...]) -> Partial:
    """A row's text as a function of the arguments and the last of `names`."""
    return template(parsed(text, names), names)


def filled(text: str, names: tuple[str, ...], args: Sequence[Expr]) -> Expr:
    """A row's text with `args` in the place of `names`."""
    values = {symbol(n): a for n, a in zip(names, args, strict=True)}
    return substitute(parsed(text, names), values)


def params(row: Row) -> tuple[str, ...]:
    """The names in a row's `by`: a row of any number of arguments has it for two."""
    return ("a", "b") if row.variadic else row.params


@cache
def definition(row: Row) -> Partial:
    """The row's `by` as a function of (arguments, own value), which it does not use.

    A row of any number of arguments defines itself for two, `a` and `b`, and is folded
    from the left. Raises UnsupportedError where the row has no definition.
    """
    return _defined(row, row.by)


@cache
def stable(row: Row) -> Partial:
    """Its definition for doubles, as `definition` is, whose `by` may serve for them."""
    return _defined(row, row.by if row.stable is None else row.stable)


def _defined(row: Row, text: str | None) -> Partial:
    if not text:
        raise UnsupportedError(
            f"{row.name} is not there in this target and has no definition in "
            "other functions"
        )
    names = params(row)
    made = template(parsed(text, names), (*names, "y"))
    return _folded(made) if row.variadic else made


def _folded(pair: Partial) -> Partial:
    def fold(args: tuple[Expr, ...], y: Expr) -> Expr:
        result = args[0]
        for arg in args[1:]:
            result = pair((result, arg), y)
        return result

    return fold


def lower(
    root: Expr,
    has: Callable[[Row], bool],
    by: Callable[[Row], Partial] = definition,
) -> Expr:
    """`root` with every function whose row fails `has` replaced by its definition.

    Raises UnsupportedError naming a function that has neither.
    """
    for _ in range(MAX_PASSES):
        lacking: Row | None = None
        done: dict[Expr, Expr] = {}
        for node in walk(root):
            row = FUNCTIONS.get(node.op)
            if row is None and node.op == "derivative":
                raise UnsupportedError(
                    f"the derivative of {node.args[0]} is still to be taken here; the "
                    "result of the steps has a value"
                )
            if row is None or has(row):
                done[node] = rebuilt(node, done) if lacking else node
            else:
                lacking = row
                args = tuple([done[a] for a in node.args])
                done[node] = by(row)(args, node)
        root = done[root]
        if lacking is None:
            return root
    assert lacking is not None
    raise UnsupportedError(
        f"{lacking.name} is not there in this target, "
        "and its definition leads back to it"
    )


def lower_arrays(root: Expr, has: Callable[[ArrayRow], bool]) -> Expr:
    """`root` with functions along axes whose rows fail `has` by their definitions."""
    rows = [ARRAY_OPERATIONS[op] for op in ALONG_AXES]
    lacking = {row.op: row for row in rows if row.values and not has(row)}

    def changed(node: Expr, new: Expr) -> Expr:
        row = lacking.get(node.op)
        if row is None:
            return new
        return defined(str(row.values), {row.params[0]: new.args[0], "axis": new.value})

    for _ in range(MAX_PASSES):
        order = walk(root)
        if not any(node.op in lacking for node in order):
            break
        root = bottom_up(root, changed, order)
    return root
