"""A run told: what the sweep and the simplifier did, as the steps of a derivation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from calcml.algebra.closed.ordered import ordered
from calcml.algebra.simplify import PUT_IN_ORDER
from calcml.calculus.derivative import Run
from calcml.core.cost import Cost
from calcml.core.expr import Expr, make, walk
from calcml.steps.chain_rule import (
    Line,
    Local,
    each_layer,
    each_node,
    locals_of,
    pending,
)
from calcml.steps.inner_names import inner_functions, repeated_parts
from calcml.steps.limits import CHAIN_WORK, LONG_STEPS
from calcml.steps.rewrites import each_rewrite, folds, merged
from calcml.steps.rule_names import listed
from calcml.steps.step import Names, Step

SPELLED = "spell kinks in one way"


def steps_of(
    run: Run, level: str, known: Mapping[Expr, Expr], given: Sequence[Expr] = ()
) -> tuple[list[Step], dict[Expr, Expr]]:
    """The steps of a run at a level, and the names that they use.

    `known` are the names of steps before, `given` the assumptions of the run.
    """
    plain = _plain(run)
    if plain is not None:
        return [Step(plain.rules[0], *plain[1:5], names=Names())], {}
    full, x, root = level == "full", run.variable, run.spelled
    parts = locals_of(root, x, run.used)
    names = inner_functions(root, x, parts, known)
    told = merged(list(_lines(run, full, parts, names)))
    if full:
        short = Cost()(run.raw) <= LONG_STEPS
        names = {} if short else repeated_parts(root, run.raw, parts, names, known)
    before = pending(run.root, run.variable)
    if told and told[0].before is not before:  # it differs in the order of terms alone
        told[0] = told[0]._replace(before=before, old=before, new=told[0].after)
    shared = Names(names)
    facts = tuple(given)
    return [
        Step(listed(line.rules), *line[1:5], shared, facts if line.simplified else ())
        for line in told
    ], names


def _plain(run: Run) -> Line | None:
    """The one line of a derivative that needs no chain rule."""
    x, root = run.variable, run.root
    state = make("derivative", (root, x))
    if run.order > 1:
        rule = f"{run.order} derivatives in the normal form"
        for _ in range(run.order - 1):
            state = make("derivative", (state, x))
    elif root is x:
        rule = "derivative of the variable"
    elif x not in walk(root):
        rule = "derivative of a constant"
    else:
        return None
    return Line([rule], state, run.result, state, run.result)


def _lines(
    run: Run, full: bool, parts: Sequence[Local], names: Mapping[Expr, Expr]
) -> Iterator[Line]:
    """The sweep from the function inwards, then the rewrites, or all of them as one."""
    x, root, last = run.variable, run.spelled, pending(run.spelled, run.variable)
    yield from _spelled(run)
    if full:
        work = len(parts) * len(walk(root, run.raw))
        chain = each_node(root, x, parts, max(1, work // CHAIN_WORK))
    else:
        chain = each_layer(root, x, parts, names)
    for line in chain:
        yield line
        last = line.after
    if full:
        yield from each_rewrite(last, run.steps, run.result)
        return
    said = [PUT_IN_ORDER] if _alike(last, run.result) else folds(run.steps)
    yield Line(said or ["simplify"], last, run.result, last, run.result, True)


def _spelled(run: Run) -> Iterator[Line]:
    if not _alike(run.spelled, run.root):
        before, after = (pending(e, run.variable) for e in (run.root, run.spelled))
        yield Line([SPELLED], before, after, run.root, run.spelled)


def _alike(a: Expr, b: Expr) -> bool:
    """Whether two expressions differ in the order of terms and factors at most."""
    return a is b or ordered(a) is ordered(b)
