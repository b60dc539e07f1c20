"""Where a formula of a slope may have no value though its function has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

from calcml.algebra.definedness import conditions, guard_of
from calcml.algebra.facts import Facts
from calcml.algebra.facts.linear import linear
from calcml.calculus.chain_rule import partials
from calcml.core.build import sub, substitute
from calcml.core.comparisons import COMPARISONS, OPEN
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, ZERO, Expr, make, symbol, walk
from calcml.core.flat import leaves
from calcml.functions import FUNCTIONS, Row


def may_lack(order: Sequence[Expr]) -> bool:
    """Whether a partial derivative may have no value where its function has one.

    `order` are the nodes of a function.
    """
    ops = {node.op for node in order if node.args}
    if "pow" in ops and any(node.op == "pow" and _power(node) for node in order):
        return True
    rows = [FUNCTIONS[op] for op in ops if op in FUNCTIONS]
    return any(row.op == "where" or row.kink or any(_asked(row)) for row in rows)


def refuse_lost(order: Sequence[Expr]) -> None:
    """DomainError for a function of numbers without a value, as polygamma(-1, 2)."""
    for node in order:
        if not node.args or any(a.op != "number" for a in node.args):
            continue
        if guard_of(node) is not None:
            from calcml.evaluate.evalf import evalf

            with suppress(LimitError):
                evalf(node)


def kinked(order: Sequence[Expr]) -> bool:
    """Whether a function of a row with kinks, or a choice, is among some nodes."""
    rows = [FUNCTIONS.get(op) for op in {node.op for node in order if node.args}]
    return any(row is not None and (row.op == "where" or row.kink) for row in rows)


def lacking(order: Sequence[Expr], x: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Pairs of parts of a function: where they meet a slope by `x` may have no value.

    Such are the sides of the comparisons of a choice, too: where the branches meet.
    """
    moving = {x}
    for node in order:
        if moving.isdisjoint(node.args):
            continue
        moving.add(node)
        if node.op == "pow":
            if _power(node):
                yield node.args[0], ZERO
            continue
        row = FUNCTIONS.get(node.op)
        if row is None:
            continue
        found = [node.args[0]] if node.op == "where" else _filled(row, node, moving)
        for part in walk(*found):
            if part.op in COMPARISONS:
                yield part.args[0], part.args[1]


def ends(have: Sequence[Expr], x: Expr, known: Facts) -> list[tuple[Expr, Expr]]:
    """Pairs of parts that meet at ends of a domain which may be single points.

    Such is 0 of (-x^2)^(3/2). `have` are the conditions of the function.
    """
    asked = [c for c in have if c.op in OPEN and x.value in c.free_symbols]
    found = [c for c in asked if known.decide(c) is not True]
    if len(found) == 1 and found[0].args == (x, ZERO):
        return []
    if len(found) == 1 and (form := linear(sub(*found[0].args))):
        square = make("pow", (x, ONE + ONE))
        a, b, c = [form.pop(term, 0) for term in (square, x, ONE)]
        if not form and b * b != 4 * a * c:  # it changes its sign wherever it is 0
            return []
    return [(c.args[0], c.args[1]) for c in found]


def _power(node: Expr) -> bool:
    base, exponent = node.args
    if exponent.op != "number":
        return bool(base.free_symbols)
    return bool(exponent.value > 0 and exponent.value.denominator > 1)


def _filled(row: Row, node: Expr, moving: set[Expr]) -> list[Expr]:
    """What the partial derivatives by the arguments that move ask for more."""
    asked = _asked(row)
    if not any(asked):
        return []
    put = {symbol(p): a for p, a in zip(row.params, node.args, strict=True)}
    return [
        substitute(condition, put)
        for arg, some in zip(node.args, asked, strict=True)
        if arg in moving
        for condition in some
    ]


@lru_cache(maxsize=500)
def _asked(row: Row) -> list[list[Expr]]:
    """By place, what a partial derivative asks for to have a value, and the row not."""
    if row.variadic or row.op in COMPARISONS or row.op in ("where", "pow"):
        return []
    from calcml.calculus.domain.nonzero import told_apart
    from calcml.calculus.expansions.inverses import levels

    args = tuple([symbol(p) for p in row.params])
    call = make(row.op, args)
    have = conditions(call)
    known = Facts().and_where_defined(have)
    found: list[list[Expr]] = []
    for place, made in enumerate(partials(row.op) if row.d or row.by else ()):
        missing = bool(row.d) and row.d[place] is None
        asked = [] if missing else conditions(made(args, call))
        parts = [part for c in asked for part in leaves(c, "and")]
        asked = [c for c in parts if c.free_symbols and c not in have]
        news = [c for c in asked if known.decide(c) is not True]
        if any(call in walk(c) for c in news) and levels(row):
            news = [make("ne", (call, place)) for place in levels(row)]
        found.append([told_apart(c) for c in news])
    return found
