"""Slopes at all integers of a function that rounds, by one formula.

Beside an integer a, floor(a) is a - 1 and a, and the slopes on both sides are those of
the function with these in its place.

>>> from calcml.core.expr import symbol
>>> from calcml.parsing.parser import parse
>>> x = symbol("x")
>>> at_integers(parse("floor(x)*sin(pi*x)"), x, x)
clip(0, pi*(x - 1), pi*x)*cos(pi*x)
"""

from __future__ import annotations

from functools import reduce

from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.slopes import derivative
from calcml.calculus.subgradients.least import smallest
from calcml.calculus.zeros import zeros
from calcml.calculus.zeros.polynomials import factors, normal
from calcml.core.build import add, div, mul, power, sub, substitute
from calcml.core.exact import evaluate
from calcml.core.expr import ONE, Expr, number, symbol, walk
from calcml.functions import FUNCTIONS

LEVEL = symbol("\u00b7k")  # for what is rounded; no name of the grammar has the dot


def level_at(root: Expr, x: Expr, a: Expr) -> list[Expr]:
    """Single places where `a` is an integer and what rounds it makes no jump.

    >>> from calcml.parsing.parser import parse
    >>> x = symbol("x")
    >>> level_at(parse("floor(x)*(x - 5)"), x, x)
    [5]
    """
    around = substitute(root, _levels(root, a))
    left, right = [substitute(around, {LEVEL: end}) for end in (sub(a, ONE), a)]
    found = zeros(simplify(sub(right, left)), x)
    wholes = {p: evaluate(substitute(a, {x: p})) for p in found.points}
    return [p for p, k in wholes.items() if k is not None and k == int(k)]


def _levels(root: Expr, a: Expr) -> dict[Expr, Expr]:
    """What rounds `a`, each with what it is between two integers, by the lower one."""
    levels: dict[Expr, Expr] = {}
    for node in walk(root):
        row = FUNCTIONS.get(node.op)
        if row is None or not row.rounds:
            continue
        off = normal(sub(a, node.args[0]))
        if off.op == "number" and (off.value == 0 or row.rounds == "even"):
            levels[node] = add(LEVEL, ONE) if row.rounds == "up" else LEVEL
    return levels


def at_integers(root: Expr, x: Expr, a: Expr) -> Expr | None:
    """The slope of least norm where `a` is an integer; None where nothing rounds it."""
    levels = _levels(root, a)
    if not levels:
        return None
    slope = derivative(substitute(root, levels), x)
    left, right = [normal(substitute(slope, {LEVEL: end})) for end in (sub(a, ONE), a)]
    parts = factors(left)[1], factors(right)[1]
    shared = {f: min(e, parts[1][f]) for f, e in parts[0].items() if f in parts[1]}
    scale = reduce(mul, [power(f, number(e)) for f, e in shared.items()], ONE)
    left, right = normal(div(left, scale)), normal(div(right, scale))
    return simplify(mul(scale, smallest(left, [normal(sub(right, left))], Facts())))
