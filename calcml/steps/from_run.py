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
    lines, names = (_brief if level == "brief" else _full)(run, known)
    if level == "full" and Cost()(run.raw) <= LONG_STEPS:
        names = {}
    told = merged(list(lines))
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


Told = tuple[Iterator[Line], dict[Expr, Expr]]


def _full(run: Run, known: Mapping[Expr, Expr]) -> Told:
    x, parts = run.variable, locals_of(run.spelled, run.variable, run.used)
    size = len(walk(run.spelled, run.raw))
    at_once = max(1, len(parts) * size // CHAIN_WORK)

    def lines() -> Iterator[Line]:
        yield from _spelled(run)
        last = pending(run.spelled, x)
        for line in each_node(run.spelled, x, parts, at_once):
            yield line
            last = line.after
        yield from each_rewrite(last, run.steps, run.result)

    names = inner_functions(run.spelled, x, parts, known)
    return lines(), repeated_parts(run.spelled, run.raw, parts, names, known)


def _spelled(run: Run) -> Iterator[Line]:
    if not _alike(run.spelled, run.root):
        before, after = (pending(e, run.variable) for e in (run.root, run.spelled))
        yield Line([SPELLED], before, after, run.root, run.spelled)


def _brief(run: Run, known: Mapping[Expr, Expr]) -> Told:
    x, parts = run.variable, locals_of(run.spelled, run.variable, run.used)
    names = inner_functions(run.spelled, x, parts, known)

    def lines() -> Iterator[Line]:
        yield from _spelled(run)
        last = pending(run.spelled, x)
        for line in each_layer(run.spelled, x, parts, names):
            yield line
            last = line.after
        said = folds(run.steps) or ["simplify"]
        rules = [PUT_IN_ORDER] if _alike(last, run.result) else said
        yield Line(rules, last, run.result, last, run.result, True)

    return lines(), names


def _alike(a: Expr, b: Expr) -> bool:
    """Whether two expressions differ in the order of terms and factors at most."""
    return a is b or ordered(a) is ordered(b)
