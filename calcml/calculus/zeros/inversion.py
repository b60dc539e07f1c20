"""One step towards a solution: what f(u) = c says of u."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from calcml.algebra.facts.row_facts import known
from calcml.calculus.zeros.constants import real_root, shortened, sign_or_none
from calcml.core.build import add, build, div, mul, neg, sub
from calcml.core.errors import DomainError
from calcml.core.expr import ONE, ZERO, Expr, make, number
from calcml.core.operations import EXP, LOG
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.rows import definition, filled

NEVER: list[Equation] = []


class Equation(NamedTuple):
    """node = value, with what else must hold; `exact` if no decimal is in the value.

    Of what is given, the first `checked` conditions were looked at already.
    """

    node: Expr
    value: Expr
    given: tuple[Expr, ...] = ()
    exact: bool = True
    checked: int = 0

    def then(self, node: Expr, value: Expr, *given: Expr) -> Equation:
        """What follows from this equation."""
        return self._replace(
            node=node,
            value=shortened(value),
            given=(*self.given, *given),
            checked=len(self.given),
        )


Step = Callable[[Equation, list[bool]], "list[Equation] | None"]

TURNED = {"1/s": "s", "1/c": "c", "c/s": "s/c"}  # one over a function of the circle


def step(e: Equation, has_x: Callable[[Expr], bool], n: Expr) -> list[Equation] | None:
    """Equations of which one holds wherever `e` does; None where no way is known.

    They may hold elsewhere, too. `n` is a name for any integer.
    """
    node = e.node
    special = STEPS.get(node.op)
    if special is not None:
        return special(e, [has_x(a) for a in node.args])
    row = FUNCTIONS.get(node.op)
    if row is not None and row.picks:
        return _picked(e, row)
    if row is None or len(node.args) != 1:
        first = row is not None and row.inverse and not any(map(has_x, node.args[1:]))
        return _inverted(e, row) if row and first else _defined(e, row)
    return _called(e, row, n)


def _defined(e: Equation, row: Row | None) -> list[Equation] | None:
    if row is None or row.by is None:
        return None
    return [e.then(definition(row)(e.node.args, e.node), e.value)]


def _called(e: Equation, row: Row, n: Expr) -> list[Equation] | None:
    (u,) = e.node.args
    if row.circle:
        return _angles(e, row.circle, n)
    if row.monotone and e.value.op == "number":
        for place, value in known(row).points:
            if value == e.value.value:
                return [e.then(u, number(place))]
    if row.inverse:
        return _inverted(e, row)
    if row.exponential:
        grown = filled(row.exponential, ("E",), (make(EXP, (u,)),))
        return [e.then(grown, e.value)]
    return _defined(e, row)


def _inverted(e: Equation, row: Row) -> list[Equation]:
    """By the row's `inverse`, which has no value where `e` never holds."""
    u, *others = e.node.args
    arguments, _, condition = row.inverse.partition(" if ")
    texts = [*arguments.split(" or "), *([condition] if condition else ())]
    try:
        found = [filled(t, ("y", *row.params[1:]), (e.value, *others)) for t in texts]
        given = (found.pop(),) if condition else ()
        return [e.then(u, value, *given) for value in dict.fromkeys(found)]
    except DomainError:
        return NEVER


def _angles(e: Equation, circle: str, n: Expr) -> list[Equation] | None:
    (u,), c = e.node.args, e.value
    if n.value in c.free_symbols:
        return None
    if sign_or_none(c) == 0:
        circle = circle.partition("/")[0]  # a quotient is 0 where its first part is
    elif circle in TURNED:
        circle, c = TURNED[circle], div(ONE, c)
    rows = [row for row in FUNCTIONS.values() if row.circle == circle]
    turns: dict[Expr, Expr] = {}
    for way in rows[0].inverse.split(" or ") if rows else ():
        text, _, turn = way.rpartition(" + ")
        angle = shortened(filled(text, ("y",), (c,)))
        turns[angle] = filled(turn, ("n",), (ONE,))
    return [e.then(u, add(a, mul(turn, n))) for a, turn in _apart(turns)]


def _apart(turns: Mapping[Expr, Expr]) -> Iterator[tuple[Expr, Expr]]:
    """Angles that differ by no whole turns, each with its turn; halves are put in."""
    angles = list(turns)
    for i, angle in enumerate(angles):
        turn = turns[angle]
        away = [shortened(div(sub(angle, other), turn)) for other in angles]
        whole = [k.op == "number" and k.value.denominator for k in away]
        if not any(parts in (1, 2) for parts in whole[:i] if parts):
            yield angle, shortened(div(turn, number(2))) if 2 in whole else turn


# --- operators ---------------------------------------------------------------------


def _undone(e: Equation, has: list[bool]) -> list[Equation] | None:
    """Of a + b, a - b or a/b, of which one has x: that one."""
    if all(has):
        return None
    place = has.index(True)
    value = UNDONE[e.node.op][place](e.value, e.node.args[1 - place])
    return [e.then(e.node.args[place], value)]


UNDONE: dict[str, tuple[Callable[[Expr, Expr], Expr], ...]] = {
    "add": (sub, sub),
    "sub": (add, lambda value, a: sub(a, value)),
    "div": (mul, lambda value, a: div(a, value)),
}


def _mul(e: Equation, has: list[bool]) -> list[Equation] | None:
    a, b = e.node.args
    if e.value is ZERO:
        return [
            e.then(part, ZERO) for part, x in zip(e.node.args, has, strict=True) if x
        ]
    if all(has):
        return None
    u, k = (a, b) if has[0] else (b, a)
    which = sign_or_none(k)
    if which == 0:
        return NEVER
    return [e.then(u, div(e.value, k), *(() if which else (make("ne", (k, ZERO)),)))]


def _div(e: Equation, has: list[bool]) -> list[Equation] | None:
    if e.value is ZERO:
        return [e.then(e.node.args[0], ZERO)] if has[0] else NEVER
    return _undone(e, has)


def _pow(e: Equation, has: list[bool]) -> list[Equation] | None:
    base, exponent = e.node.args
    if has[1]:
        if has[0]:
            return None
        return [e.then(exponent, div(make(LOG, (e.value,)), make(LOG, (base,))))]
    if exponent.op != "number":
        return None
    k, which = exponent.value, sign_or_none(e.value)
    if which == 0:
        return [e.then(base, ZERO)] if k > 0 else NEVER
    value = e.value if k > 0 else div(ONE, e.value)
    top, bottom = abs(k.numerator), k.denominator
    if bottom == 1 and top % 2:
        return [e.then(base, real_root(value, top))]
    if which == -1:
        return NEVER
    given = () if which else (make("ge", (e.value, ZERO)),)
    root = build("pow", (value, number(bottom))) if bottom > 1 else value
    root = real_root(shortened(root), top) if top > 1 else root
    ends = [root, neg(root)] if top % 2 == 0 and bottom == 1 else [root]
    return [e.then(base, end, *given) for end in ends]


def _where(e: Equation, has: list[bool]) -> list[Equation]:
    condition, a, b = e.node.args
    other = make("not", (condition,))
    return [e.then(a, e.value, condition), e.then(b, e.value, other)]


def _picked(e: Equation, row: Row) -> list[Equation]:
    """max or min: an argument has the value, and the others do not pass it."""
    beyond = "le" if row.picks == "ge" else "ge"
    found = []
    for part in e.node.args:
        rest = [
            make(beyond, (other, e.value)) for other in e.node.args if other is not part
        ]
        found.append(e.then(part, e.value, *rest))
    return found


STEPS: dict[str, Step] = {
    "neg": lambda e, has: [e.then(e.node.args[0], neg(e.value))],
    "add": _undone,
    "sub": _undone,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "where": _where,
}
