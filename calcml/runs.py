"""Derivatives by variables in turn: the run that `diff` makes, and that steps tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calcml.arrays.simplify import with_softmax, without_kinds
from calcml.diff import Used
from calcml.expr import Expr
from calcml.named import short
from calcml.notation.matrix import has_arrays
from calcml.simplify import Given, Step, high_derivative
from calcml.slopes import Sweep, derivative
from calcml.subject import Function

HIGH = 3  # orders from which on derivatives are taken in the normal form


class Run(NamedTuple):
    """One derivative that was taken: what went in, what was done, what came out.

    `spelled` is the function as the sweep had it, `used` the partials that it used,
    `raw` what it made, `steps` those of the simplifier. A derivative of a high `order`
    that was taken in the normal form has none of them.
    """

    root: Expr
    variable: Expr
    spelled: Expr
    used: Sequence[Used]
    raw: Expr
    steps: Sequence[Step]
    result: Expr
    order: int = 1


def derived(
    read: Function,
    variables: Sequence[Expr],
    order: int = 1,
    simplify: bool = True,
    given: Given = (),
    defined: bool = False,
    told: list[Run] | None = None,
) -> Expr:
    """The derivative by the variables in turn, `order` times; see `calculus.diff`.

    What was done is added to `told`.
    """
    result = read.root
    arrays = has_arrays(result)
    if simplify and order >= HIGH and len(variables) == 1 and not given and not arrays:
        high = high_derivative(result, variables[0], order)
        if high is not None:
            if told is not None:
                x = variables[0]
                told.append(Run(result, x, result, (), high, (), high, order))
            return high
    inner, last = without_kinds(given), len(variables) * order
    for k, name in enumerate(list(variables) * order, 1):
        before, sweep = result, None if told is None else Sweep()
        trace: list[Step] | None = None if told is None else []
        root = with_softmax(result) if simplify else result
        raw = result = derivative(root, name, sweep=sweep)
        if simplify:
            assumed = given if k == last else inner
            (result,) = short(read, [result], assumed, defined, trace)
        if told is not None and sweep is not None and sweep.root is not None:
            steps = tuple(trace or ())
            told.append(Run(before, name, sweep.root, sweep.used, raw, steps, result))
    return result
