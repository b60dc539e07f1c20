"""The value of one node from the values of its arguments, by mpmath.

A value is a Fraction while it is exact, an mpmath number, a bool, or a Failure.
"""

from __future__ import annotations

import cmath
import numbers
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from calcml.core.budget import counted, spend
from calcml.core.errors import CalcmlError, DomainError, LimitError, UnsupportedError
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import CONDITIONS, Expr, walk
from calcml.core.numerals import exact, without_axes
from calcml.evaluate.balls import value_in_balls
from calcml.evaluate.limits import (
    GUARD,
    LONG,
    LONG_PREC,
    MAX_ARGUMENT,
    MAX_EXACT,
    MAX_EXPONENT,
    MAX_RESULT,
    MAX_SHOWN,
    NEAR,
    NOISE,
    SHRUNK,
)
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.functions.arrays import ARRAY_OPERATIONS

Functions = Mapping[str, Callable[..., Any]]

_local = threading.local()


def context() -> Any:
    """This thread's own mpmath context: its precision is nobody else's."""
    if not hasattr(_local, "context"):
        from mpmath.ctx_mp import MPContext

        _local.context = MPContext()
    return _local.context


class Failure:
    """A value that does not exist: an error only where it is used."""

    __slots__ = ("node", "reason", "values")

    def __init__(
        self, node: Expr, values: list[Any], reason: CalcmlError | str
    ) -> None:
        self.node, self.values, self.reason = node, values, reason

    def __bool__(self) -> bool:
        raise self.error()

    def error(self) -> CalcmlError:
        """What is wrong and where."""
        if isinstance(self.reason, CalcmlError):
            return self.reason
        m, op = context(), self.node.op
        what = (FUNCTIONS.get(op) or ARRAY_OPERATIONS[op]).signature
        if len(walk(self.node)) <= MAX_SHOWN:
            what = str(self.node)
        at = ", ".join(m.nstr(m.convert(v), 6) for v in self.values)
        at = f", its arguments being {at}" if at else ""
        return DomainError(f"{what} has no value{at}: {self.reason}")


def missing(node: Expr) -> CalcmlError:
    """The error for a variable without a value."""
    name, example = node.value, "[0.5, 2]" if node.dims else "0.5"
    return CalcmlError(
        f"the variable {name} has no value; give one, as in "
        f'evalf({{"{name}": {example}}})'
    )


def told(values: list[Any], m: Any) -> list[Any]:
    """The values, or LimitError where one is too long to be written."""
    if any(value and abs(m.mag(value)) > MAX_RESULT for value in values):
        raise LimitError(f"the value is too long: over {MAX_RESULT:,} bits")
    return values


def confirmed(run: Callable[[], Sequence[Any]], digits: int, m: Any) -> list[Any]:
    """The values that `run` finds at the precision of `m`, each told to `digits`.

    A second run with more digits confirms the first, where no sum has lost them all;
    what stays far below the largest of the values is 0. Raises DomainError where there
    is no value.
    """
    found: list[Any] = []
    before: Sequence[Any] = ()
    for extra in GUARD:
        m.dps = digits + extra
        m.lost = False
        items = run()
        before = before or [None] * len(items)
        found = found or [None] * len(items)
        for k, item in enumerate(items):
            if found[k] is None and (extra == GUARD[-1] or not m.lost):
                m.dps = digits + extra
                found[k] = settled(item, before[k], digits, m)
        if None not in found:
            return found
        before = items
    largest = max([abs(v) for v in found if v is not None], default=m.mpf(0))
    noise = largest * m.mpf(10) ** -(digits + GUARD[-1] // 2)
    for k, item in enumerate(before):
        if found[k] is None:
            if isinstance(item, Failure) or item != 0 and abs(item) >= noise:
                raise DomainError(
                    f"the value cannot be told to {digits} digits: it changes with "
                    "every digit of the working precision, as at a pole or a jump"
                )
            found[k] = rounded(m.mpf(0), None, digits, m)
    return found


def settled(value: Any, previous: Any, digits: int, m: Any) -> Any:
    """The final value where this run confirms the `previous` one, else None.

    Raises the error of a Failure that two runs meet, or whose reason is final.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        return rounded(m.convert(value), None, digits, m)
    if isinstance(value, Failure):
        if isinstance(previous, Failure) or isinstance(value.reason, CalcmlError):
            raise value.error()
    elif m.isinf(value):
        raise DomainError("the value is infinite")
    elif previous is not None and not isinstance(previous, Failure):
        # A 0 may be what is left of 1 - 1 + 1e-100: only the last run confirms it.
        if value and abs(value - previous) <= abs(value) * m.mpf(10) ** -(digits + 1):
            return rounded(value, previous, digits, m)
        shrunk = abs(value) < abs(previous) * m.mpf(10) ** -SHRUNK
        shrunk = shrunk and abs(m.mag(value)) < NEAR  # e^-10^40 changes, too
        small = not value or shrunk or abs(value) < m.mpf(10) ** (NOISE - m.dps)
        if small and m.dps == digits + GUARD[-1]:
            beyond = value and m.mag(value) < -MAX_RESULT  # e^-10^400 has no digit
            return value if beyond else rounded(m.mpf(0), None, digits, m)
    return None


def rounded(value: Any, previous: Any, digits: int, m: Any) -> Any:
    """`value` rounded to `digits`, as a number of mpmath's own context."""
    import mpmath

    m.dps = digits
    if isinstance(value, m.mpc) and previous is not None:
        imaginary, before = value.imag, m.mpc(previous).imag
        noise = abs(imaginary - before) > abs(before) * m.mpf("1e-3")
        if noise and abs(imaginary) <= abs(value) * m.mpf(10) ** -(digits + 1):
            value = value.real
    value = +value
    if isinstance(value, m.mpc):
        return mpmath.mp.make_mpc(value._mpc_)
    return mpmath.mp.make_mpf(value._mpf_)


def read_number(value: object) -> Any:
    """A number from outside: a Fraction where it is rational, else an mpmath number."""
    value = _numeral(value) if isinstance(value, str) else without_axes(value)
    if isinstance(value, Expr):
        value = value.value if value.op == "number" else value
    if isinstance(value, Decimal) and value.is_finite():
        if abs(value.adjusted()) > MAX_EXACT:
            raise LimitError(f"a number's exponent is beyond {MAX_EXACT:,}")
        return Fraction(value)
    if hasattr(value, "_mpf_") or hasattr(value, "_mpc_"):
        return value
    if (found := exact(value)) is not None:
        return Fraction(found)
    if isinstance(value, numbers.Complex) and cmath.isfinite(value := complex(value)):
        return read_number(value.real), read_number(value.imag)
    raise CalcmlError(f"{value!r} is no finite number to evaluate at")


def _numeral(text: str) -> object:
    """The number that a text such as 0.5, 1e-3, 1/2 or 1+2j stands for."""
    for read in (Decimal, Fraction, complex):
        with suppress(ValueError, ArithmeticError):
            return read(text)
    raise CalcmlError(f"{text[:40]!r} is no number; write 0.5, 1/2 or 1+2j")


def short(value: Fraction, m: Any) -> Any:
    """An exact value, as an mpmath number where it is long."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    return value if bits <= MAX_EXACT else m.convert(value)


def number(value: Any, m: Any) -> Any:
    """`value` in the context `m`, real where its imaginary part is 0."""
    if isinstance(value, tuple):
        value = m.mpc(*(m.convert(part) for part in value))
    value = m.convert(value)
    if isinstance(value, m.mpc) and value.imag == 0:
        return value.real
    return value


def value_of(
    node: Expr, args: list[Any], point: Mapping[str, Any], functions: Functions, m: Any
) -> Any:
    """The value of a node from those of its arguments and of variables."""
    if not args:
        return leaf(node, point, m)
    if node.op == "formal":
        return formal_value(node, args, functions, m)
    # A choice uses some of its arguments; the others may fail.
    return (chosen if node.args[0].op in CONDITIONS else strict)(node, args, m)


def leaf(node: Expr, point: Mapping[str, Any], m: Any) -> Any:
    """A number, a constant, or a variable's value at the point."""
    if node.op == "number":
        return Fraction(node.value)
    if node.op == "symbol":
        value = point[node.value]
        return value if isinstance(value, Fraction) else number(value, m)
    return number(getattr(m, CONSTANTS[node.value].mpmath), m)


def chosen(node: Expr, args: list[Any], m: Any) -> Any:
    """A choice: it uses some of its arguments, and the others may fail."""
    spelled = FUNCTIONS[node.op].mpmath
    assert callable(spelled)
    try:
        return spelled(m, *args)
    except CalcmlError as error:
        return Failure(node, [], error)


def strict(node: Expr, args: list[Any], m: Any) -> Any:
    """A function of arguments that must all exist; rational arithmetic is exact."""
    exact = True
    spend(4)
    for arg in args:
        if isinstance(arg, Failure):
            return arg
        exact = exact and isinstance(arg, Fraction)
    if exact and node.op in ARITHMETIC:
        try:
            value = ARITHMETIC[node.op](*args)
        except (ValueError, ArithmeticError) as error:
            return Failure(node, args, _reason(error))
        if isinstance(value, bool):
            return value
        if value is not None:
            return short(Fraction(value), m)
    return _called(node, FUNCTIONS[node.op], [number(a, m) for a in args], m)


def _called(node: Expr, row: Row, args: list[Any], m: Any) -> Any:
    """The row's mpmath function at `args`; infinite only where an argument is."""
    if node.op not in ARITHMETIC:
        for bits in [m.mag(a) for a in args if a and m.isfinite(a)]:
            if bits > MAX_ARGUMENT or bits < -MAX_RESULT:
                return Failure(node, args, _too_large(row, f"2^{MAX_ARGUMENT}"))
            if m.prec > LONG_PREC:
                spend(max(0, min(bits, MAX_EXPONENT)) ** 2 // 50)
    spend(4 + (m.prec / 200) ** 2)
    own = row.mpmath
    call = partial(own, m) if callable(own) else getattr(m, str(own))
    try:
        value = counted(call, args, m) if row.family in LONG else call(*args)
        if isinstance(value, bool):
            return value
        value = number(value, m)
    except OverflowError:
        return Failure(node, args, _too_large(row))
    except (ArithmeticError, ValueError, TypeError, NotImplementedError) as error:
        return Failure(node, args, _reason(error))
    except (m.NoConvergence, RecursionError, UnboundLocalError):
        value = value_in_balls(row, args, m)  # slow series, and slips of mpmath's
        if value is None:
            return Failure(node, args, _too_large(row, "the reach of its series"))
    if m.isfinite(value):
        if not value and node.op in ARITHMETIC and all(args):
            m.lost = True  # a sum of which no digit is left
        absurd = value and abs(m.mag(value)).bit_length() > MAX_EXPONENT
        return Failure(node, args, _too_large(row)) if absurd else value
    if m.isinf(value) and any(m.isinf(a) for a in args):
        return value
    return Failure(node, args, "a pole, or undefined")


def _too_large(row: Row, limit: str = f"2^(2^{MAX_EXPONENT})") -> LimitError:
    return LimitError(f"{row.name} meets a number too large for it: over {limit}")


def _reason(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    if isinstance(error, TypeError):
        return "complex values have no order and no place here"
    return str(error) or "undefined"


def formal_value(node: Expr, args: list[Any], functions: Functions, m: Any) -> Any:
    """An unknown function, or its derivative by differences, by the caller's word."""
    name, orders = node.value
    if name not in functions:
        raise UnsupportedError(
            f"the unknown function {name} has no value; give it one with "
            f"functions={{'{name}': a callable on mpmath numbers}}"
        )
    for arg in args:
        if isinstance(arg, Failure):
            return arg
    places = tuple(number(a, m) for a in args)
    if not any(orders):
        return number(functions[name](*places), m)
    if len(places) == 1:
        return number(m.diff(functions[name], places[0], orders[0]), m)
    return number(m.diff(functions[name], places, orders), m)
