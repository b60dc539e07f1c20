"""Functions on the circle of angles with quarter turns: sin(x + pi) is -sin(x)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from calcml.algebra.terms import Algebra, Term
from calcml.core.expr import PI, Expr
from calcml.core.flat import SUMS
from calcml.functions import FUNCTIONS
from calcml.parsing.parser import parsed
from calcml.parsing.rows import filled

SINES = {  # of parts of pi up to a half
    Fraction(0): "0",
    Fraction(1, 6): "1/2",
    Fraction(1, 4): "sqrt(2)/2",
    Fraction(1, 3): "sqrt(3)/2",
    Fraction(1, 2): "1",
}
QUARTERS = {1: ("c", "-s"), 2: ("-s", "-c"), 3: ("-c", "s")}  # s and c after so many
Function = Callable[[str, tuple[Expr, ...]], Expr]


def turned(
    op: str, angle: Expr, algebra: Algebra, function: Function
) -> tuple[str, Expr] | None:
    """What a function of the circle is without quarter turns, or its value; its name.

    None where there is neither.
    """
    terms = _opened(angle, algebra)
    turn = sum([Fraction(c) for c, _, t in terms if t is PI])
    if not turn or any(dotted for _, dotted, _ in terms):
        return None
    formula = FUNCTIONS[op].circle
    rest = [(c, t) for c, _, t in terms if t is not PI]
    if not rest:
        values = _sine(turn), _sine(Fraction(1, 2) - turn)
        divisor = values["sc".index(formula[-1])] if "/" in formula else "1"
        if not all(values) or divisor == "0":
            return None
        return "known angle", filled(formula, ("s", "c"), tuple(map(parsed, values)))
    quarters = 2 * turn % 4
    if quarters.denominator > 1:
        return None
    from calcml.algebra.normal.families import functions_on

    shifted, sign = formula, 1
    if quarters:
        letters = dict(zip("sc", QUARTERS[int(quarters)], strict=True))
        shifted = "".join([letters.get(a, a)[-1] for a in formula])
        sign = (-1) ** sum([letters.get(a, a)[0] == "-" for a in formula])
    call = function(functions_on("circle")[shifted], (algebra.total(rest),))
    return "quarter turns", algebra.scaled(call, sign)


def _opened(angle: Expr, algebra: Algebra) -> list[Term]:
    """The terms of an angle, those of a sum that is multiplied by a number, too."""
    terms = algebra.terms_of(angle)
    if len(terms) == 1 and angle.args:
        k, dotted, term = terms[0]
        if term.op in SUMS:
            return [(k * c, dotted or d, t) for c, d, t in algebra.terms_of(term)]
    return terms


def _sine(turn: Fraction) -> str:
    """The sine of a part of pi; empty where none is known."""
    part = turn % 1
    found = SINES.get(min(part, 1 - part), "")
    return f"-({found})" if found not in ("", "0") and turn % 2 > 1 else found
