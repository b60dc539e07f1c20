"""The derivative to compare with: SymPy's, or calcml's own."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod
from typing import Any

from calcml.calculus.derivative import derived
from calcml.check.limits import (
    MAX_POWER,
    MAX_PROOF,
    MAX_SOURCE,
    MAX_TERMS,
    MAX_TREE,
    SPARE,
)
from calcml.core.budget import SpentError, counted, half
from calcml.core.errors import CalcmlError, LimitError, UnsupportedError, or_none
from calcml.core.expr import Expr, walk
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import Point
from calcml.parsing.inputs import Function
from calcml.parsing.parser import Given
from calcml.sympy_bridge import from_sympy, is_flat, to_sympy


@dataclass(frozen=True, slots=True)
class Reference:
    """A derivative as an expression, as SymPy's object, or both.

    `short` is a simplified form of `node`: values are never taken of it, so that an
    error of the simplifier refutes no right candidate.
    """

    name: str
    node: Expr | None
    source: Any = None
    short: Expr | None = None


def own(
    root: Expr, variable: Expr, order: int, given: Given = (), simplify: bool = True
) -> Expr:
    """calcml's derivative, as it is given to a user."""
    known = given if simplify else ()
    return derived(Function(root), [variable], order, simplify, known)


def by_calcml(root: Expr, variable: Expr, order: int, given: Given = ()) -> Reference:
    """calcml's own derivative, to compare a candidate with."""
    node = derived(Function(root), [variable], order, simplify=False)
    short = own(root, variable, order, given)
    return Reference("calcml's derivative", node, short=short)


# SymPy writes this for the slope of a jump, or leaves the derivative undone. Kinks
# themselves are not sampled.
_PEAK = "DiracDelta"


def by_sympy(root: Expr, variable: Expr, order: int, given: Given = ()) -> Reference:
    """SymPy's own derivative; UnsupportedError or LimitError where it has none."""
    size: dict[Expr, int] = {}
    for node in walk(root):
        size[node] = 1 + sum([size[a] for a in node.args])
    if size[root] > MAX_TREE:
        raise LimitError(
            f"written out, the formula has over {MAX_TREE:,} parts, too many for SymPy"
        )
    try:
        with half():
            source, undone = counted(_derived, (root, variable.value, order))
    except SpentError:
        raise LimitError(
            "SymPy's derivative takes over half of the steps of a call"
        ) from None
    except CalcmlError:
        raise
    except Exception as error:  # SymPy raises errors of every kind
        raise UnsupportedError(f"SymPy gives up: {type(error).__name__}") from error
    if undone:
        raise UnsupportedError(f"SymPy leaves {undone[0]} as it is")
    read = or_none(from_sympy, source)
    if read is None or source.count_ops() <= MAX_SOURCE:
        return Reference("SymPy's derivative", read, source)
    return Reference("SymPy's derivative", read)


def _derived(root: Expr, name: str, order: int) -> tuple[Any, list[Any]]:
    """SymPy's derivative, and what it leaves undone in it."""
    import sympy

    source = sympy.diff(to_sympy(root), sympy.Symbol(name, real=True), order)
    source = source.replace(_is_flat, lambda term: sympy.Integer(0))
    undone = [d for d in source.atoms(sympy.Derivative) if not _is_formal(d.expr)]
    return source, undone


def _is_flat(term: Any) -> bool:
    kind = type(term).__name__
    if kind == "Derivative":
        kind = type(term.expr).__name__
        return kind == _PEAK or is_flat(kind)
    return kind == _PEAK


def _is_formal(term: Any) -> bool:
    return any(base.__name__ == "AppliedUndef" for base in type(term).__mro__)


def expanded(subject: Expr, source: Any) -> str:
    """By which cheap step SymPy finds that the difference is 0, or nothing."""
    try:
        with half():
            return "" if source is None else counted(_expanded, (subject, source))
    except (Exception, SpentError):  # noqa: BLE001  whatever SymPy met, it proves nothing
        return ""


def _expanded(subject: Expr, source: Any) -> str:
    import sympy

    difference = to_sympy(subject) - source
    if difference.count_ops() > MAX_PROOF:
        return ""
    for name, term in (
        ("expansion", difference),
        ("expansion in exponentials", difference.rewrite(sympy.exp)),
    ):
        above = sympy.fraction(sympy.together(term))[0]
        small = above == 0 or _terms(above) <= MAX_TERMS
        if small and sympy.expand(above) == 0:
            return f"SymPy's {name}: the difference is 0"
    return ""


def _terms(term: Any) -> int:
    """At most how many terms `term`, or any part of it, has when it is expanded."""
    import sympy

    count: dict[Any, int] = {}
    for part in sympy.postorder_traversal(term):
        below = [count[a] for a in part.args]
        count[part] = 1
        if part.is_Add:
            count[part] = sum(below)
        elif part.is_Mul:
            count[part] = prod(below)
        elif part.is_Pow and part.exp.is_Integer and below[0] > 1:
            power = min(abs(int(part.exp)), MAX_TERMS)
            count[part] = comb(below[0] + power - 1, power)
    return max(count.values())


def by_evalf(source: Any, point: Point, digits: int) -> Any:
    """SymPy's own value of its derivative, None where it finds no number."""
    if _power(source) > MAX_POWER:  # of a rational number it is one long step
        return None
    try:
        with half():
            return counted(_value, (source, point, digits))
    except (Exception, SpentError):  # noqa: BLE001  calcml's own value is used then
        return None


def _power(source: Any) -> int:
    """The highest power of a variable that SymPy takes in it, or more than that."""
    import sympy

    highest: dict[Any, int] = {}
    for part in sympy.postorder_traversal(source):
        below = [highest[a] for a in part.args]
        found = sum(below) if isinstance(part, sympy.Mul) else max(below, default=1)
        if isinstance(part, sympy.Pow):
            numbers = part.exp.atoms(sympy.Rational)  # those of a choice, too
            found = below[0] * max([1, *(abs(int(n)) for n in numbers)])
        highest[part] = min(found, MAX_POWER + 1)
    return highest[source]


def _value(source: Any, point: Point, digits: int) -> Any:
    import sympy

    source = sympy.sympify(source, strict=True)
    at = {
        sympy.Symbol(name, real=True): sympy.Rational(v.numerator, v.denominator)
        for name, v in point.items()
    }
    if any(p.exp.free_symbols for p in source.atoms(sympy.Pow)):
        # 3**(p/q) is one long step: it takes 3**q.
        at = {x: sympy.Float(v, digits + SPARE) for x, v in at.items()}
    value = source.evalf(digits, subs=at)
    if not value.is_number or not value.is_finite:
        return None
    parts = [sympy.Float(part, digits) for part in value.as_real_imag()]
    return context().mpc(*parts) if parts[1] else context().convert(parts[0])
