"""`derive`: derivatives and gradients with their steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack, overload

from calcml.algebra.arrays.norms import spelled_parts
from calcml.algebra.arrays.simplify import single as assumptions
from calcml.algebra.facts import facts
from calcml.calculus.derivative import Pass, Run, checked_order, derived, graded
from calcml.calculus.in_names import short
from calcml.core.budget import limited
from calcml.core.cost import Cost
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import Expr, symbol
from calcml.core.methods import METHODS
from calcml.core.tensors import has_arrays
from calcml.parsing.inputs import (
    Formula,
    Function,
    Several,
    Variable,
    function,
    variables_in,
)
from calcml.parsing.parser import Given, Shapes
from calcml.steps.backpropagation import Backpropagation
from calcml.steps.backward import (
    definitions,
    in_names,
    layers,
    named_parts,
    with_names,
)
from calcml.steps.derivation import Derivation
from calcml.steps.from_run import steps_of
from calcml.steps.limits import LONG_ORDER, MOST_ORDERS
from calcml.steps.step import Names, Step

LEVELS = ("brief", "full")
IN_NAMES = "names of the formula"


class Options(TypedDict, total=False):
    """What derivations have in common, as `derive` says it."""

    order: int
    level: str
    simplify: bool
    given: Given
    shapes: Shapes | None
    defined: bool


@overload
def derive(f: Formula, x: Variable, **options: Unpack[Options]) -> Derivation: ...


@overload
def derive(f: Formula, x: Several, **options: Unpack[Options]) -> Backpropagation: ...


@limited
def derive(
    f: Formula,
    x: Variable | Several,
    *,
    order: int = 1,
    level: str = "brief",
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Derivation | Backpropagation:
    """The derivative of `f` by `x` with its steps: those of the run of `diff`.

    By one variable it is that of an `order`, of scalars, told one order after the
    other; `simplify`, `given`, `shapes` and `defined` are those of `diff`, and results
    have the shapes of `diff` and `grad`. At the `level` "brief" the steps are a
    textbook's: a line for each layer of the chain rule, inner functions called as the
    text calls them, or u, v, ... At "full" they are every rule and every rewrite. By a
    list of variables, or of arrays, the gradient is told layer by layer, the upstream
    gradient first, as backpropagation is taught; at "full" with what the chain rule
    gives and how that is rewritten.

    Raises the errors of `diff` and `grad`, ParseError for another level or an order
    below 1, and UnsupportedError for a gradient of an order over 1.

    >>> print(derive("log(1 + exp(x))", "x"))
    u = 1 + exp(x)
    d/dx(log(u)) = u'/u          chain rule, derivative of log
                 = exp(x)/u      derivative of exp
                 = sigmoid(x)    fold into sigmoid
    >>> [step.rule for step in derive("x*exp(2*x)", "x", level="full").steps][:2]
    ['product rule', 'chain rule, derivative of exp']
    """
    if level not in LEVELS:
        raise ParseError(f"there is no level {level}; steps are brief or full")
    if checked_order(order) < 1:
        raise ParseError("steps are told of an order from 1")
    read = function(f, shapes, x, given)
    variables = list(dict.fromkeys(variables_in(read, x)))
    if not variables:
        names = [str(v) for v in variables_in(read, None)] or ["w", "b"]
        raise ParseError(f"name the variables to derive by, as in derive(f, {names})")
    single = isinstance(x, (str, Expr))
    if single and not has_arrays(read.root) and not variables[0].dims:
        way = simplify, given, defined
        return _derivation(read, variables[0], order, level, *way)
    if order != 1:
        raise UnsupportedError(
            "the steps of a gradient are told for the order 1; for more take a formula "
            "of scalars by one variable, or hessian"
        )
    way = simplify, given, defined
    return _backpropagation(read, variables, level, *way, not single)


def _derivation(
    read: Function,
    x: Expr,
    order: int,
    level: str,
    simplify: bool,
    given: Given,
    defined: bool,
) -> Derivation:
    result, runs = _runs(read, x, order, simplify, given)
    assumed = facts(given, read.root.free_symbols).conditions
    steps: list[Step] = []
    known = {n: symbol(name) for name, n in read.definitions.items() if n.args}
    names: dict[Expr, Expr] = {}
    for run in runs:
        more, named = steps_of(run, level, known | names, assumed)
        steps += more
        names |= named
    if defined:
        (told,) = short(read, [result], simplify, given, defined)
        if told is not result:
            steps.append(Step(IN_NAMES, result, told, result, told, Names()))
            result = told
    return Derivation(read.root, x, order, result, tuple(steps), level, names, assumed)


def _runs(
    read: Function, x: Expr, order: int, simplify: bool, given: Given
) -> tuple[Expr, Sequence[Run]]:
    """The derivative as `diff` takes it, and a run for each order.

    One that `diff` takes in the normal form is taken again, order by order, as long as
    these are short; what is left of the orders is told as one.
    """
    runs: list[Run] = []
    result = derived(read, [x], order, simplify, given, told=runs)
    if runs[-1].order > 1:
        runs.clear()
        root, left, few, cost = read.root, order, order - MOST_ORDERS, Cost()
        while left and (left == 1 or left > few and cost(root) <= LONG_ORDER):
            root = derived(Function(root), [x], told=runs)
            left -= 1
        if left:
            runs.append(Run(root, x, root, (), result, (), result, left))
        else:
            runs[-1] = runs[-1]._replace(result=result)
    return result, runs


def _backpropagation(
    read: Function,
    variables: Sequence[Expr],
    level: str,
    simplify: bool,
    given: Given,
    defined: bool,
    gradient: bool,
) -> Backpropagation:
    passes: list[Pass] = []
    if gradient:
        graded(read, variables, simplify, given, defined, told=passes)
    else:  # of an array a Jacobian
        runs: list[Run] = []
        derived(read, variables, 1, simplify, given, defined, told=runs)
        passes += [Pass(r.spelled, r.passed, [r.raw], [r.result]) for r in runs]
    (told,) = passes
    parts = spelled_parts(read.root, read.nodes)
    meant = {n: parts.get(node, node) for n, node in read.definitions.items()}
    names = named_parts(told.spelled, meant, told.passed, variables)
    keys = [str(x.value) for x in variables]
    return Backpropagation(
        read.root,
        dict(zip(keys, told.results, strict=True)),
        dict(zip(keys, with_names(told.results, names), strict=True)),
        tuple(definitions(names)),
        in_names(told.spelled, names),
        tuple(layers(told, variables, names, given)),
        level,
        tuple(assumptions(given)),
    )


METHODS.update(derive=derive)
