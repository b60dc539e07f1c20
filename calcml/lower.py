"""Functions that a target lacks, replaced by the definitions of their rows."""

from __future__ import annotations

from collections.abc import Callable

from calcml.errors import UnsupportedError
from calcml.expr import Expr, walk
from calcml.functions import FUNCTIONS, Row
from calcml.light import rebuild
from calcml.syntax import parse
from calcml.templates import Partial, template

MAX_PASSES = (
    16  # of definitions inside definitions; more means that they go in a circle
)

_definitions: dict[Row, Partial] = {}


def definition(row: Row) -> Partial:
    """The row's `by` as a function of (arguments, own value), which it does not use.

    A row of any number of arguments defines itself for two, `a` and `b`, and is folded
    from the left. Raises UnsupportedError where the row has no definition.
    """
    made = _definitions.get(row)
    if made is None:
        if row.by is None:
            raise UnsupportedError(
                f"{row.name} is not there in this target and has no definition in "
                "other functions"
            )
        names = ("a", "b") if row.variadic else row.params
        made = template(parse(row.by, names), (*names, "y"))
        made = _definitions[row] = _folded(made) if row.variadic else made
    return made


def _folded(pair: Partial) -> Partial:
    def fold(args: tuple[Expr, ...], y: Expr) -> Expr:
        result = args[0]
        for arg in args[1:]:
            result = pair((result, arg), y)
        return result

    return fold


def lower(root: Expr, has: Callable[[Row], bool]) -> Expr:
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
                args = tuple([done[a] for a in node.args]) if lacking else node.args
                done[node] = node if args == node.args else rebuild(node, args)
            else:
                lacking = row
                args = tuple([done[a] for a in node.args])
                done[node] = definition(row)(args, node)
        root = done[root]
        if lacking is None:
            return root
    assert lacking is not None
    raise UnsupportedError(
        f"{lacking.name} is not there in this target, "
        "and its definition leads back to it"
    )
