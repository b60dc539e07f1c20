"""Derivatives by variables in turn: the run that `diff` makes, and that steps tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex, TypedDict

from calcml.calculus.chain_rule import Used
from calcml.calculus.in_names import short
from calcml.calculus.limits import HIGH, MOST_LOOKED_AT
from calcml.calculus.slopes import Sweep, derivative, gradient
from calcml.core.budget import SpentError, half
from calcml.core.errors import LimitError, ParseError, ShapeError
from calcml.core.expr import ONE, Expr, walk
from calcml.core.shapes import is_unit, shown
from calcml.core.tensors import filled, has_arrays
from calcml.parsing.inputs import Function
from calcml.parsing.limits import MAX_ORDER
from calcml.parsing.parser import Given, Shapes

if TYPE_CHECKING:  # what is not simplified loads no simplifier
    from calcml.algebra.simplify import Step


class Options(TypedDict, total=False):
    """What the calls for derivatives have in common, as `calculus.diff` says it."""

    simplify: bool
    given: Given
    shapes: Shapes | None
    defined: bool


class Choices(Options, total=False):
    """Options of calls that choose the functions of their answers, too."""

    functions: str | None


def checked_order(order: int) -> int:
    """The order of a derivative; ParseError or LimitError for what is none."""
    whole = type(order) is int or isinstance(order, SupportsIndex)  # which is slow
    if not whole or isinstance(order, bool) or order < 0:
        raise ParseError("the order of a derivative is a whole number from 0")
    if order > MAX_ORDER:
        raise LimitError(f"the order of a derivative is over {MAX_ORDER:,}")
    return int(order)


class Run(NamedTuple):
    """One derivative that was taken: what went in, what was done, what came out.

    `spelled` is the function as the sweep had it, `used` the partials that it used,
    `raw` what it made, `steps` those of the simplifier; by an array the sweep is a
    reverse one, and `passed` are the adjoints. A derivative of a high `order`
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
    passed: Mapping[Expr, Expr] = MappingProxyType({})


class Pass(NamedTuple):
    """A gradient that was taken, by one reverse sweep over `spelled`.

    `passed` are the adjoints of the parts, `raw` the derivatives by the variables as
    the sweep made them, `results` what the simplifier made of them.
    """

    spelled: Expr
    passed: Mapping[Expr, Expr]
    raw: Sequence[Expr]
    results: Sequence[Expr]


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
    one = order >= HIGH and len(variables) == 1 and simplify
    one = one and given in ((), []) and not (defined and read.definitions)
    if one and not has_arrays(result):
        from calcml.calculus.high_order import high_derivative

        high = high_derivative(result, variables[0], order)
        if high is not None:
            (high,) = valued(result, variables, [high], given, order)
            if told is not None:
                x = variables[0]
                told.append(Run(result, x, result, (), high, (), high, order))
            return high
    nodes: Sequence[Expr] = read.nodes
    ways = [*variables] * order
    last = len(ways)
    formula = result  # of the derivative so far, without values at single places
    start, turn = result, 0  # where the variable's turn began, and its orders since
    for k, name in enumerate(ways, 1):
        before, sweep = result, None if told is None else Sweep()
        trace: list[Step] | None = None if told is None else []
        root = formula
        if simplify:
            from calcml.algebra.arrays.simplify import prepared, without_kinds

            kept = read.definitions.values()
            root = prepared(formula, nodes or walk(formula), kept)
        nodes = nodes if root is formula else ()
        raw = result = derivative(root, name, sweep=sweep, order=nodes)
        nodes = ()
        if simplify and k < last:  # whose names would hide the variable
            (result,) = short(read, [result], True, without_kinds(given), trace=trace)
        elif k == last:
            (result,) = short(read, [result], simplify, given, defined, trace)
        formula, turn = result, turn + 1
        if simplify:
            (result,) = valued(start, [name], [formula], given, turn, before)
        if told is not None and sweep is not None and sweep.root is not None:
            steps = tuple(trace or ())
            done = before, name, sweep.root, sweep.used, raw, steps, result
            told.append(Run(*done, passed=sweep.passed))
        if ways[k:] and ways[k] is not name:
            formula, start, turn = result, result, 0
    return result if last else short(read, [result], simplify, given, defined)[0]


def valued(
    root: Expr,
    variables: Sequence[Expr],
    slopes: Sequence[Expr],
    given: Given,
    order: int = 1,
    below: Expr | None = None,
) -> Sequence[Expr]:
    """Derivatives with their values at single places, where they may lack some.

    Half of a call's budget of work is for them: derivatives beyond stay formulas.
    """
    from calcml.calculus.lacking import may_lack

    nodes = walk(root, below or root)
    if len(nodes) > MOST_LOOKED_AT or not may_lack(nodes) or has_arrays(root):
        return slopes
    from calcml.algebra.facts import facts
    from calcml.calculus.at_points import with_values

    known = facts(given, root.free_symbols)
    found = [*slopes]
    with suppress(SpentError), half():
        for i, (v, slope) in enumerate(zip(variables, slopes, strict=True)):
            if not v.dims:
                found[i] = with_values(root, v, slope, known, order, below)
    return found


def told(
    read: Function,
    results: list[Expr],
    functions: str | None,
    given: Given,
    simplify: bool,
) -> list[Expr]:
    """The results in the `functions` that were asked for, and in those of `read`."""
    if functions is None:
        return results
    from calcml.algebra.elementary import in_functions

    return in_functions(functions, results, read.root, given, simplify)


def graded(
    read: Function,
    variables: Sequence[Expr],
    simplify: bool = True,
    given: Given = (),
    defined: bool = False,
    told: list[Pass] | None = None,
) -> list[Expr]:
    """The gradient of a scalar by the variables; see `calculus.grad`.

    What was done is added to `told`.
    """
    root = read.root
    if not all(map(is_unit, root.dims)):
        raise ShapeError(
            f"the gradient is of a scalar, and this has the shape {shown(root.dims)}; "
            "take jacobian, or vjp with an upstream gradient"
        )
    sweep = None if told is None else Sweep()
    if simplify:
        from calcml.algebra.arrays.simplify import prepared

        root = prepared(root, read.nodes, read.definitions.values())
    nodes = read.nodes if root is read.root else ()
    upstream = filled(ONE, root.dims) if root.dims else None
    raw = parts = gradient(root, variables, upstream, sweep, nodes)
    parts = short(read, parts, simplify, given, defined)
    if simplify:
        parts = [*valued(root, variables, parts, given)]
    if told is not None and sweep is not None and sweep.root is not None:
        told.append(Pass(sweep.root, sweep.passed, raw, parts))
    return parts
