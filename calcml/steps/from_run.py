"""A run told: what the sweep and the simplifier did, as the steps of a derivation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from calcml.algebra.closed.ordered import ordered
from calcml.algebra.simplify import PUT_IN_ORDER, Step as Pass, simplify_all
from calcml.calculus.derivative import Run
from calcml.core.cost import Cost
from calcml.core.expr import Expr, make, walk
from calcml.steps.chain_rule import (
    SIMPLIFY,
    Line,
    Local,
    each_layer,
    each_node,
    locals_of,
    pending,
)
from calcml.steps.inner_names import inner_functions, repeated_parts
from calcml.steps.limits import CHAIN_WORK, LONG_STEPS
from calcml.steps.order import permuted
from calcml.steps.rewrites import each_rewrite, folds, merged
from calcml.steps.rule_names import listed
from calcml.steps.single_points import values, without_values
from calcml.steps.step import Names, Step

SPELLED = "spell kinks in one way"
UNTIDIED = "as the sweep made it"


def steps_of(
    run: Run, level: str, known: Mapping[Expr, Expr], given: Sequence[Expr] = ()
) -> tuple[list[Step], dict[Expr, Expr]]:
    """The steps of a run at a level, and the names that they use.

    `known` are the names of steps before, `given` the assumptions of the run.
    """
    plain = _plain(run)
    if plain is not None:
        return [Step(plain.rules[0], *plain[1:5], names=Names(result=run.result))], {}
    full, x, root = level == "full", run.variable, run.spelled
    parts = locals_of(root, x, run.used)
    names = inner_functions(root, x, parts, known)
    told = merged(_lines(run, full, parts, names, given))
    if full:
        short = Cost()(run.raw) <= LONG_STEPS
        names = {} if short else repeated_parts(root, run.raw, parts, names, known)
    before = pending(run.root, run.variable)
    if told and told[0].before is not before:  # it differs in the order of terms alone
        told[0] = told[0]._replace(before=before, old=before, new=told[0].after)
    if not full:
        told = [_with_order(line) for line in told]
    shared = Names(names, run.result)
    facts = tuple(given)
    return [
        Step(listed(line.rules), *line[1:5], shared, facts if line.simplified else ())
        for line in told
    ], names


def _with_order(line: Line) -> Line:
    """A line that says so where it puts terms in order besides what it does."""
    telling = not {PUT_IN_ORDER, SIMPLIFY} & {*line.rules}
    if telling and permuted(line.before, line.after):
        return line._replace(rules=[*line.rules, PUT_IN_ORDER])
    return line


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
    run: Run,
    full: bool,
    parts: Sequence[Local],
    names: Mapping[Expr, Expr],
    given: Sequence[Expr],
) -> Iterator[Line]:
    """The sweep from the function inwards, then the rewrites, or all of them as one."""
    x, root, last = run.variable, run.spelled, pending(run.spelled, run.variable)
    yield from _spelled(run, full)
    if full:
        work = len(parts) * len(walk(root, run.raw))
        chain = each_node(root, x, parts, max(1, work // CHAIN_WORK))
    else:
        chain = each_layer(root, x, parts, names)
    for line in chain:
        yield line
        last = line.after
    formula = without_values(last, run.result)
    if full:
        yield from each_rewrite(last, _passes(last, run, given), formula)
    else:
        said = [PUT_IN_ORDER] if _alike(last, formula) else folds(run.steps)
        other = UNTIDIED if run.result is run.raw else SIMPLIFY
        yield Line(said or [other], last, formula, last, formula, True)
    yield from values(formula, run.result)


def _passes(told: Expr, run: Run, given: Sequence[Expr]) -> Sequence[Pass]:
    """The simplifier's passes from what was told, which has quotients as schools do."""
    if told is run.raw:
        return run.steps
    passes: list[Pass] = []
    simplify_all([told], given=given, trace=passes)
    return passes


def _spelled(run: Run, full: bool) -> Iterator[Line]:
    """How the sweep spelled the function, if not in the order of factors alone."""
    root, spelled = run.root, run.spelled
    alike = _alike(spelled, root)
    if not alike or full and permuted(root, spelled):
        before, after = (pending(e, run.variable) for e in (root, spelled))
        yield Line([PUT_IN_ORDER if alike else SPELLED], before, after, root, spelled)


def _alike(a: Expr, b: Expr) -> bool:
    """Whether two expressions differ in the order of terms and factors at most."""
    return a is b or ordered(a) is ordered(b)
