"""The expression that a SymPy object stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache, reduce
from operator import is_not
from typing import Any

from calcml.calculus.chain_rule import forward
from calcml.core import build, expr
from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr, scalar
from calcml.core.flat import postorder
from calcml.core.operations import SQRT
from calcml.functions import FUNCTIONS, SPELLINGS
from calcml.parsing.arguments import FORMAL
from calcml.parsing.calls import unknown
from calcml.parsing.parser import call, parsed


def from_sympy(source: Any) -> Expr:
    """The scalar expression that the SymPy object `source` stands for.

    Floats are read as they print, symbols as real variables.

    Raises UnsupportedError for what is no SymPy object, and naming what calcml has no
    counterpart for.

    >>> import sympy
    >>> from_sympy(sympy.sin(sympy.Symbol("x"))**2)
    sin(x)^2
    """
    import sympy

    try:
        source = sympy.sympify(source, strict=True)  # strict: no text, hence no eval
    except sympy.SympifyError:
        raise UnsupportedError(f"{source!r} is no SymPy object") from None
    return postorder(source, _parts, _convert)


def foreign(value: object) -> Expr:
    """A SymPy object as an expression; UnsupportedError for anything else."""
    found = brought(value)
    if isinstance(found, Expr):
        return scalar(found)
    raise UnsupportedError(f"{value!r} is no expression and no finite number")


def brought(value: Any) -> Any:
    """Arguments of a call, SymPy objects in them as expressions, matrices as lists.

    Numbers stay, for each call takes them as they are. As a key a symbol is its name.
    """
    kind = type(value)
    if kind in (list, tuple):
        parts = [brought(part) for part in value]
        return kind(parts) if any(map(is_not, parts, value)) else value
    if kind is dict:
        found = {_key(key): brought(part) for key, part in value.items()}
        same = all(key in found and found[key] is value[key] for key in value)
        return value if same else found
    if not kind.__module__.startswith("sympy."):
        return value
    if getattr(value, "is_Matrix", False) and hasattr(value, "tolist"):
        rows = brought(value.tolist())
        return [row[0] for row in rows] if value.shape[1] == 1 else rows
    return value if getattr(value, "is_Number", True) else from_sympy(value)


def _key(key: Any) -> Any:
    found = brought(key)
    return found.value if found is not key and found.op == "symbol" else found


def is_flat(name: str) -> bool:
    """Whether a function of SymPy has the slope 0 where it has one."""
    return any(row.d == ("0",) for row in SPELLINGS.get(name, ()))


def _parts(term: Any) -> tuple[Any, ...]:
    """The terms to convert before `term`; UnsupportedError for a foreign kind."""
    kind = type(term).__name__
    if term.is_Symbol or term.is_Number or kind in _LEAVES:
        return ()
    if kind == "Piecewise":
        return tuple(part for pair in term.args for part in pair.args)
    if kind == "Derivative":
        return (term.expr, *term.variables)
    if kind == "Subs":
        return (term.expr, *term.variables, *term.point)
    if kind in _SPECIAL or term.is_Function:
        return tuple(term.args)
    raise UnsupportedError(f"calcml has no counterpart of SymPy's {kind}")


def _convert(term: Any, args: list[Expr]) -> Expr:
    name = type(term).__name__
    by_row = _from_row(name, args)
    if by_row is not None:
        return by_row
    special = _LEAVES.get(name) or _SPECIAL.get(name)
    if special is not None:
        return special(term, args)
    if term.is_Number:
        return _rational(term, args)
    if name in SPELLINGS:
        return call(SPELLINGS[name], name, args)
    if any(base.__name__ == "AppliedUndef" for base in type(term).__mro__):
        if not re.match(FORMAL, name) or not args:
            raise unknown.function(name)
        return expr.formal(name, (0,) * len(args), tuple(args))
    raise UnsupportedError(f"calcml has no counterpart of SymPy's function {name}")


def _rational(term: Any, args: list[Expr]) -> Expr:
    if not term.is_Rational:
        raise UnsupportedError(f"SymPy's number {term} has no value in calcml")
    return expr.number(Fraction(int(term.p), int(term.q)))


def _float(term: Any, args: list[Expr]) -> Expr:
    mantissa, mark, exponent = str(term).partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
        mantissa += "" if "." in mantissa else ".0"
    return expr.decimal(mantissa + mark + exponent)


def _sum(term: Any, args: list[Expr]) -> Expr:
    total = args[0]
    for arg in args[1:]:
        less = build.unsigned(arg)
        total = build.add(total, arg) if less is None else build.sub(total, less)
    return total


def _product(term: Any, args: list[Expr]) -> Expr:
    """A product as one quotient: SymPy's b^-1 go below the line."""
    above, below = expr.ONE, expr.ONE
    for arg in args:
        if arg.op == "number" and not build.is_decimal(arg):
            above = build.mul(above, expr.number(arg.value.numerator))
            below = build.mul(below, expr.number(arg.value.denominator))
        elif arg.op == "div" and arg.args[0] is expr.ONE:
            below = build.mul(below, arg.args[1])
        else:
            above = build.mul(above, arg)
    return build.div(above, below)


def _power(term: Any, args: list[Expr]) -> Expr:
    base, exponent = args
    if exponent.op == "number" and exponent.value < 0:
        return build.div(expr.ONE, _positive_power(base, build.neg(exponent)))
    return _positive_power(base, exponent)


def _positive_power(base: Expr, exponent: Expr) -> Expr:
    if exponent is expr.HALF:
        return expr.make(SQRT, (base,))
    return build.power(base, exponent)


def _piecewise(term: Any, args: list[Expr]) -> Expr:
    if term.args[-1].args[1] != True:  # noqa: E712  SymPy's own truth
        raise UnsupportedError(
            "a Piecewise without a branch for True has no value there"
        )
    result = args[-2]
    for value, condition in zip(args[-4::-2], args[-3::-2], strict=True):
        result = expr.make("where", (condition, value, result))
    return result


def _truth(term: Any, args: list[Expr]) -> Expr:
    return expr.make("eq", (expr.ZERO, expr.ZERO if term else expr.ONE))


def _step(term: Any, args: list[Expr]) -> Expr:
    """Heaviside(x, h): h is its value at 0."""
    x, at_zero = args
    below = expr.make("lt", (x, expr.ZERO))
    rest = expr.make("where", (below, expr.ZERO, at_zero))
    return expr.make("where", (expr.make("gt", (x, expr.ZERO)), expr.ONE, rest))


def _from_row(name: str, args: list[Expr]) -> Expr | None:
    """What a row's `from_sympy` makes of a call in SymPy, None where none is for it."""
    for left, right in _calls_of_rows().get(name, ()):
        names = {}
        for pattern, arg in zip(left, args, strict=True):
            if pattern.op == "symbol":
                names[pattern] = arg
            elif pattern is not arg:
                break
        else:
            return build.substitute(right, names)
    return None


@cache
def _calls_of_rows() -> dict[str, list[tuple[tuple[Expr, ...], Expr]]]:
    """The rows' `from_sympy`, by the name that SymPy has: arguments, and our call."""
    found: dict[str, list[tuple[tuple[Expr, ...], Expr]]] = {}
    for row in FUNCTIONS.values():
        if row.from_sympy:
            theirs, ours = row.from_sympy.split(" -> ")
            name, _, inside = theirs.removesuffix(")").partition("(")
            left = tuple(parsed(arg, row.params) for arg in inside.split(", "))
            found.setdefault(name, []).append((left, parsed(ours, row.params)))
    return found


def _substituted(term: Any, args: list[Expr]) -> Expr:
    first, *rest = args
    half = len(rest) // 2
    return build.substitute(first, dict(zip(rest[:half], rest[half:], strict=True)))


Reader = Callable[[Any, list[Expr]], Expr]


def _constant(name: str) -> Reader:
    return lambda term, args: expr.constant(name)


_LEAVES: dict[str, Reader] = {
    "Float": _float,
    "Symbol": lambda term, args: expr.symbol(str(term.name)),
    # No other symbol is equal to it, whatever its name.
    "Dummy": lambda term, args: expr.symbol(f"{term.name}_{term.dummy_index}"),
    "Exp1": _constant("e"),
    "Pi": _constant("pi"),
    "EulerGamma": _constant("euler_gamma"),
    "Infinity": _constant("inf"),
    "NegativeInfinity": lambda term, args: build.neg(expr.INF),
    "ImaginaryUnit": _constant("I"),
    "BooleanTrue": _truth,
    "BooleanFalse": _truth,
}


def _chain(op: str) -> Reader:
    return lambda term, args: reduce(lambda a, b: expr.make(op, (a, b)), args)


def _plain(op: str) -> Reader:
    return lambda term, args: expr.make(op, tuple(args))


# Where SymPy's class is no function of the table, or means something else.
_SPECIAL: dict[str, Reader] = {
    "Add": _sum,
    "Mul": _product,
    "Pow": _power,
    "Piecewise": _piecewise,
    "Heaviside": _step,
    "Derivative": lambda term, args: reduce(forward, args),
    "Subs": _substituted,
    "And": _chain("and"),
    "Or": _chain("or"),
    "Not": _plain("not"),
    "Equality": _plain("eq"),
    "Unequality": _plain("ne"),
    "StrictLessThan": _plain("lt"),
    "LessThan": _plain("le"),
    "StrictGreaterThan": _plain("gt"),
    "GreaterThan": _plain("ge"),
}
