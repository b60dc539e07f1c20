"""The simplifier told: its passes and ways, one rewrite of a part after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from calcml.algebra.rewrite import Rewrite
from calcml.algebra.simplify import COLLECT, PUT_IN_ORDER, Step as Pass
from calcml.core.build import substitute
from calcml.core.expr import Expr, walk
from calcml.steps.chain_rule import Line
from calcml.steps.limits import REWRITES_WORK
from calcml.steps.order import permuted
from calcml.steps.rule_names import FOLD, of_algebra, of_rewrite


def each_rewrite(start: Expr, passes: Sequence[Pass], result: Expr) -> Iterator[Line]:
    """Every rewrite that leads from `start` to `result`, as it was done."""
    state = start
    events = sum(len(one.parts) + 1 for one in passes)
    coarse = events * len(walk(start)) > REWRITES_WORK
    for one in passes:
        if one.before is one.after:
            continue
        if one.rule != COLLECT:
            parts: Sequence[Rewrite] = [Rewrite(one.rule, one.before, one.after)]
        else:
            yield from _joined(state, one.before)
            state, parts = one.before, () if coarse else one.parts
        for part in parts:
            after = substitute(state, {part.before: part.after})
            if after is not state:
                rule = of_rewrite(part.rule, part.before, part.after)
                yield Line([rule], state, after, part.before, part.after, True)
                state = after
        if one.rule == COLLECT:
            yield from _joined(state, one.after)
            state = one.after
    yield from _joined(state, result)


def _joined(state: Expr, there: Expr) -> Iterator[Line]:
    """What is left between two states: the order of terms and factors."""
    if state is not there:
        yield Line([of_algebra(state, there)], state, there, state, there, True)


def folds(passes: Sequence[Pass]) -> list[str]:
    """The functions into which the simplifier folded something, as steps say it."""
    parts = [part for one in passes for part in one.parts or (one,)]
    said = [of_rewrite(p.rule, p.before, p.after) for p in parts if p.rule]
    return [words.partition(":")[0] for words in said if words.startswith(FOLD)]


def merged(lines: Iterable[Line]) -> list[Line]:
    """The lines, those that put something in order joined to others.

    Factors go with the line before, terms with one of the whole after it that leaves no
    trace of their order; else they are a line of their own.
    """
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else line
        if found and line.rules == [PUT_IN_ORDER] and not _permutes(line):
            found[-1] = last._replace(after=line.after)
        elif found and last.rules == line.rules == [PUT_IN_ORDER]:
            whole = last._replace(after=line.after, old=last.before, new=line.after)
            found[-1] = whole
        elif last.rules == [PUT_IN_ORDER] and line.old is line.before is last.after:
            whole = line._replace(before=last.before, old=last.before)
            found[-1:] = [last, line] if _permutes(whole) else [whole]
        else:
            found.append(line)
    return [line for line in found if line.before is not line.after]


def _permutes(line: Line) -> bool:
    return permuted(line.before, line.after)
