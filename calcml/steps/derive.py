"""`derive`: the derivative with its steps."""

from __future__ import annotations

from calcml.errors import ParseError
from calcml.expr import Expr
from calcml.runs import Run, derived
from calcml.simplify import Given
from calcml.steps.derivation import Derivation, Step
from calcml.steps.told import steps_of
from calcml.subject import Formula, Function, Variable, function, variable
from calcml.syntax import Shapes

LEVELS = ("brief", "full")


def derive(
    f: Formula,
    x: Variable,
    *,
    order: int = 1,
    level: str = "brief",
    given: Given = (),
    shapes: Shapes | None = None,
) -> Derivation:
    """The derivative of `f` by `x` with its steps: those of the run of `diff`."""
    if level not in LEVELS:
        raise ParseError(f"there is no level {level}; steps are brief or full")
    read = function(f, shapes)
    return _told(read, x, order, level, given)


def _told(
    read: Function, x: Variable, order: int, level: str, given: Given
) -> Derivation:
    runs: list[Run] = []
    by = variable(x, read)
    result = derived(read, [by], order, given=given, told=runs)
    steps: list[Step] = []
    names: dict[Expr, Expr] = {}
    for run in runs:
        more, named = steps_of(run, level)
        steps += more
        names |= dict(named)
    return Derivation(read.root, by, order, result, tuple(steps), level, names)
