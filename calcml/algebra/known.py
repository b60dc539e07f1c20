"""Functions at numbers: log10(1000) is 3, floor(7/2) is 3, gamma(5) is 24."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from calcml.algebra.definedness import guard_of
from calcml.algebra.limits import MOST_STEPS
from calcml.core.build import mul, substitute
from calcml.core.exact import evaluate, rules_of_rows
from calcml.core.expr import Expr, Number, make, number, symbol, walk
from calcml.core.operations import EXP, LOG, SQRT
from calcml.functions import Row
from calcml.parsing.parser import parsed
from calcml.parsing.rows import definition, filled

PLAIN = {"number", "constant", "add", "sub", "mul", "div", "neg", "pow", SQRT}
Settled = Callable[[Expr], Expr]


def known(row: Row, node: Expr, settled: Settled) -> tuple[str, Expr] | None:
    """What a function is at numbers, where that takes no other function; its name."""
    if node.op in PLAIN:
        return None
    value: Expr | None = None
    if any(a.op != "number" for a in node.args):
        value = _at_logarithm(row, node.args[0], settled)
    elif guard_of(node) is None:
        value = _at_numbers(row, node, settled)
    if value is None or not all(n.op in PLAIN for n in walk(value)):
        return None
    return "known value", value


def _at_numbers(row: Row, node: Expr, settled: Settled) -> Expr | None:
    exact = evaluate(node, rules_of_rows())
    if exact is not None:
        return number(exact)
    above = f"{row.name}({row.params[0]} + 1)"
    if above in row.elsewhere:
        return _by_recurrence(row, above, node.args[0].value, settled)
    if row.variadic and row.by:
        return settled(definition(row)(node.args, node))
    formula = row.by or row.elsewhere
    return settled(_branch(formula, row.params, node.args)) if formula else None


def _branch(text: str, params: tuple[str, ...], args: tuple[Expr, ...]) -> Expr:
    """A row's text at numbers, of its choices the branch that is taken there."""
    formula = parsed(text, params)
    values = {symbol(p): a for p, a in zip(params, args, strict=True)}
    while formula.op == "where":
        holds = evaluate(substitute(formula.args[0], values), rules_of_rows())
        if holds is None:
            break
        formula = formula.args[1 if holds else 2]
    return substitute(formula, values)


def _at_logarithm(row: Row, angle: Expr, settled: Settled) -> Expr | None:
    """By exponentials: cosh(log(2)) is (2 + 1/2)/2."""
    logarithms = [n.args[0].op for n in (angle, *angle.args) if n.op == LOG]
    if not row.exponential or "number" not in logarithms:
        return None
    power = settled(make(EXP, (angle,)))
    return settled(filled(row.exponential, ("E",), (power,)))


def _by_recurrence(row: Row, above: str, x: Number, settled: Settled) -> Expr | None:
    """By f(x)/f(x + 1), from a known value: gamma(5) is 4*3*2*1*gamma(1)."""
    if not row.elsewhere.startswith(f"{above}/"):
        return None
    for place, value in row.places:
        steps = x - Fraction(place)
        if steps.denominator > 1 or abs(steps) > MOST_STEPS:
            continue
        factor = Fraction(1)
        for k in range(min(0, int(steps)), max(0, int(steps))):
            at = number(Fraction(place) + k)
            ratio = filled(row.elsewhere.replace(above, "1"), row.params, (at,))
            factor *= Fraction(evaluate(ratio) or 0)
        factor = 1 / factor if steps > 0 else factor
        return settled(mul(number(factor), parsed(value)))
    return None
