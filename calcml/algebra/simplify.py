"""The shortest equal form that is found: tidied, then closed, until neither helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calcml.algebra.alike import closed_alike
from calcml.algebra.canonical import Tidier, tidy
from calcml.algebra.closed.ordered import ordered
from calcml.algebra.closed.search import ARITHMETIC, BUDGET, Closer
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts, facts
from calcml.algebra.facts.limits import MOST_STEPS
from calcml.algebra.facts.linear import linear
from calcml.algebra.limits import MANY, MAX_FACTORS, MAX_ROUNDS, MAX_SIZE, MOST_WRITTEN
from calcml.algebra.pieces import in_pieces, shared_parts, swells
from calcml.algebra.rewrite import Rewrite
from calcml.core.budget import SpentError, half
from calcml.core.build import div, is_decimal, mul, neg, sub, substitute, substitute_all
from calcml.core.cost import Cost, functions_of_angles
from calcml.core.decimals import numeral
from calcml.core.expr import CONDITIONS, LIGHT, Expr, symbol, walk
from calcml.parsing.parser import Given

COLLECT = "collect like terms and powers"
PUT_IN_ORDER = "put in order"
AS_WRITTEN = "leave an argument as it was written"


class Step(NamedTuple):
    """One step of a simplification; `note` says what else is to be known of it.

    Where a step extends the domain, the note says which condition is no longer asked;
    where the budget of work ended the search, that the best form so far was kept.
    `parts` are the rewrites that a pass is made of, in their order.
    """

    rule: str
    before: Expr
    after: Expr
    note: str = ""
    parts: tuple[Rewrite, ...] = ()


def simplify(root: Expr, *, given: Given = (), trace: list[Step] | None = None) -> Expr:
    """An equal form, as short as is found, wherever `root` is defined, under `given`.

    The domain may grow. `trace` is a list to which the steps are added. Raises
    ParseError, UnsupportedError or DomainError for assumptions that cannot be read, or
    contradict each other.
    """
    return simplify_all([root], given=given, trace=trace)[0]


def simplify_all(
    roots: Sequence[Expr],
    *,
    given: Given = (),
    trace: list[Step] | None = None,
    barred: frozenset[str] = frozenset(),
) -> list[Expr]:
    """`simplify` on several expressions, which share work and stay shared.

    No functions are introduced that are `barred`.
    """
    names = {n.value for n in walk(*roots) if n.op == "symbol"} if given != () else ()
    known = facts(given, names)
    steps = _Steps(trace is not None, barred)
    shortest = shortest_forms(roots, known, steps)
    for equation in known.equations:
        for variable, value in _solutions(equation):
            put = [substitute(r, {variable: value}) for r in roots]
            more = _Steps(trace is not None, barred)
            more += [
                Step("use an equation that is given", a, b)
                for a, b in zip(roots, put, strict=True)
            ]
            tried, price = shortest_forms(put, known, more), Cost()
            if sum([price(n) for n in tried]) < sum([price(n) for n in shortest]):
                shortest, steps = tried, more
    ended = any(step.rule == "keep" for step in steps)  # by the budget
    written = shortest if ended else _as_written(shortest, roots, known)
    steps += [
        Step(AS_WRITTEN, a, b)
        for a, b in zip(shortest, written, strict=True)
        if a is not b
    ]
    found = _not_longer(written, roots)
    if trace is not None and len(roots) == 1 and found[0] is not written[0]:
        steps[:] = [Step(PUT_IN_ORDER, roots[0], found[0])]
    if trace is not None:
        trace += steps
    return found


def noted(step: Step) -> Step:
    """The step with a note of what its result asks for no longer."""
    return step if step.note else step._replace(note=_grown(step))


class _Steps(list[Step]):
    """The steps of one search; with `detailed`, passes tell their rewrites."""

    def __init__(self, detailed: bool, barred: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.detailed, self.barred = detailed, barred

    def tidier(self, roots: Sequence[Expr], known: Facts) -> Tidier:
        """A tidier whose passes are logged where that is asked for."""
        log: list[Rewrite] | None = [] if self.detailed else None
        return Tidier(roots, known, True, log, self.barred)


def _not_longer(news: Sequence[Expr], olds: Sequence[Expr]) -> list[Expr]:
    cost = Cost()
    return [
        new if cost(new) <= cost(old) else ordered(old)
        for new, old in zip(news, olds, strict=True)
    ]


def _as_written(news: Sequence[Expr], olds: Sequence[Expr], known: Facts) -> list[Expr]:
    """The forms, an argument in them as it was written where that was shorter.

    Only where that form is found a second time, too.
    """
    made = _put_back(news, olds, known)
    if all(a is b for a, b in zip(made, news, strict=True)):
        return made
    again = _put_back(shortest_forms(made, known), made, known)
    final = all(a is b for a, b in zip(again, made, strict=True))
    return made if final else list(news)


def _put_back(news: Sequence[Expr], olds: Sequence[Expr], known: Facts) -> list[Expr]:
    cost, back = Cost(), {}
    typed = _arguments(olds)
    for arg in _arguments(news) if len(typed) <= MOST_WRITTEN else ():
        for own in typed if arg not in typed else ():
            longer = cost(arg) > cost(own) and arg.free_symbols == own.free_symbols
            if longer and shortest_forms([own], known)[0] is arg:
                back[arg] = ordered(own)
                break
    return substitute_all(news, back) if back else list(news)


def _arguments(roots: Sequence[Expr]) -> dict[Expr, None]:
    """The arguments of functions, as far as they are no mere names."""
    calls = [n for n in walk(*roots) if n.op not in LIGHT and n.op not in CONDITIONS]
    return {arg: None for call in calls for arg in call.args if arg.op in ARITHMETIC}


def shortest_forms(
    roots: Sequence[Expr], known: Facts | None = None, steps: _Steps | None = None
) -> list[Expr]:
    """The shortest forms that are found, whatever the operations of `roots`."""
    known = Facts() if known is None else known
    steps = _Steps(False) if steps is None else steps
    tidier = steps.tidier(roots, known)
    try:
        with half():
            large = tidier.size * len(roots) > MAX_SIZE and _long(roots)
            wide = tidier.size**2 > MAX_FACTORS and swells(walk(*roots))
            if not tidier.scope.real or not large and not wide:
                return _many(roots, known, steps, tidier)
            cut = shared_parts(walk(*roots))
            return in_pieces(roots, cut, lambda some: _many(some, known, steps))
    except SpentError:
        best = tidier.reached
        steps.append(Step("keep", best[0], best[0], f"{BUDGET}: the work of a call"))
        return best


def _many(
    roots: Sequence[Expr], known: Facts, steps: _Steps, tidier: Tidier | None = None
) -> list[Expr]:
    """The forms of roots of which several may be alike."""
    tidier = tidier or steps.tidier(roots, known)
    if len(roots) >= MANY and tidier.scope.real and not known.conditions:
        roots = tidier.settled(roots)
        found = closed_alike(
            roots, lambda some: _forms(some, steps.tidier(some, known), steps)
        )
        if found is not None:
            return _where_shorter(found, roots, tidier)
    return _forms(roots, tidier, steps)


def _where_shorter(
    news: Sequence[Expr], olds: Sequence[Expr], tidier: Tidier
) -> list[Expr]:
    """Tidied expressions, those that changed tidied again and put in their places."""
    changed = [i for i, old in enumerate(olds) if news[i] is not old]
    settled = tidier.settled([news[i] for i in changed])
    found = list(olds)
    for i, new in zip(changed, settled, strict=True):
        (found[i],) = _not_longer([new], [olds[i]])
    return found


def _forms(roots: Sequence[Expr], tidier: Tidier, steps: _Steps) -> list[Expr]:
    """The forms after tidying and closing in turn, with what `tidier` is given."""
    known = tidier.given
    current = _closed(roots, tidier, steps)
    for _ in range(MAX_ROUNDS):
        # A shorter form may imply more: its conditions are spelled as its parts are.
        after = steps.tidier(current, known)
        if tidier.knows_as_much_as(after):
            break
        before, tidier, told = current, after, len(steps)
        current = _not_longer(_closed(before, tidier, steps), before)
        if all(a is b for a, b in zip(current, before, strict=True)):
            del steps[told:]
            break
    return current


def _closed(roots: Sequence[Expr], tidier: Tidier, steps: _Steps) -> list[Expr]:
    current = tidier.settled(roots)
    parts = tidier.logged()
    steps += [
        Step(COLLECT, a, b, parts=parts)
        for a, b in zip(roots, current, strict=True)
        if a is not b
    ]
    if _long(current):
        note = f"{BUDGET}: over {MAX_SIZE:,} parts"
        steps.append(Step("keep", current[0], current[0], note))
        return current
    closers: dict[frozenset[str], Closer] = {}
    for _ in range(MAX_ROUNDS):
        again = False
        for i, old in enumerate(current):
            familiar = functions_of_angles(old)
            closer = closers.setdefault(familiar, Closer(tidier, familiar))
            new = closed = closer.closed(old)
            if closed is not old:
                (new,) = tidier.settled([closed])
            better = closer.better(new, old)
            for rule, before, after in closer.log:
                if before is after:
                    steps.append(Step("keep", before, after, rule))
                elif better:
                    steps.append(Step(rule, before, after))
            closer.log.clear()
            parts = tidier.logged()
            if better and new is not closed:
                steps.append(Step(COLLECT, closed, new, parts=parts))
            if better:
                current[i] = new
                again = True
        if not again:
            break
    return current


def _long(roots: Sequence[Expr]) -> bool:
    """Whether all roots, each on its own, have more parts than are looked through."""
    left = MAX_SIZE - len(walk(*roots))
    for root in roots if len(roots) > 1 else ():
        if left < 0:
            break
        left -= len(walk(root))
    return left < 0


def _grown(step: Step) -> str:
    """What a step's result no longer asks for, though its expression did."""
    left = Facts().and_where_defined(conditions(step.after))
    gone = [c for c in conditions(step.before) if left.decide(c) is not True]
    if not gone:
        return ""
    return f"the domain grows: {', '.join(map(str, gone))} is no longer asked"


def _solutions(equation: Expr) -> list[tuple[Expr, Expr]]:
    """The variables in which an equation is linear, each with what it is then."""
    found: list[tuple[Expr, Expr]] = []
    nodes = walk(equation)
    form = linear(equation, 4 * len(nodes) + MOST_STEPS) or {}
    dotted = any(is_decimal(n) for n in nodes if n.op == "number")
    for variable in sorted(equation.free_symbols):
        x = symbol(variable)
        if x not in form:
            continue
        slope = numeral(form[x], dotted)
        rest = tidy(sub(equation, mul(slope, x)))
        if x not in walk(rest):
            found.append((x, tidy(neg(div(rest, slope)))))
    return found
