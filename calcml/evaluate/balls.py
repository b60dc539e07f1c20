"""Rigorous enclosures of expressions at a point, by the ball arithmetic of FLINT.

A ball is a midpoint and a radius; the true value lies inside it. What a ball proves
(two values differ, a condition holds) is proved for the numbers themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, reduce
from typing import Any

from calcml.core.budget import spend
from calcml.core.errors import CalcmlError, DomainError, UnsupportedError
from calcml.core.exact import ARITHMETIC
from calcml.core.expr import CONDITIONS, LEAVES, Expr, walk
from calcml.evaluate.limits import BITS, DIGITS, LONG_BITS, MAX_EXACT, MAX_SIZE
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.parsing.rows import lower

BITS_A_DIGIT = 3.33

Ball = Any  # flint's acb
Point = Mapping[str, Fraction]
Test = Callable[[list[Ball]], bool]


@cache
def _flint() -> Any:
    import flint

    return flint


# Precision is the setting of FLINT's whole process: one enclosure works at a time.
_lock = threading.RLock()


def enclosure(root: Expr, point: Point, digits: int = DIGITS) -> Ball | None:
    """A ball (flint's acb) around the value of `root` that holds it to `digits` digits.

    None where no precision that is tried finds one: at a pole, outside the domain, at
    a jump. Raises UnsupportedError where a function has no spelling in balls.
    """
    balls = enclosures([root], point, lambda found: all(_sharp(found, digits)), digits)
    return None if balls is None else balls[0]


def enclosures(
    roots: Sequence[Expr],
    point: Point,
    enough: Test,
    digits: int = DIGITS,
) -> list[Ball] | None:
    """Balls around the values of all `roots`, at the first precision that is `enough`.

    None where it never is, or where one of them has no ball; a value without a ball is
    undefined or not decided.
    """
    order, tops = _ready(roots)
    if None in tops:
        return None
    with _lock:
        for extra in BITS:
            balls = _run(order, tops, point, int(digits * BITS_A_DIGIT) + extra)
            if None not in balls and enough(balls):
                return balls
    return None


def glance(roots: Sequence[Expr], point: Point, digits: int = 15) -> list[Ball | None]:
    """Balls of one quick run; None for what it leaves undecided or undefined."""
    order, tops = _ready(roots)
    with _lock:
        return _run(order, tops, point, int(digits * BITS_A_DIGIT) + BITS[0])


def value_in_balls(row: Row, args: Sequence[Any], m: Any) -> Any:
    """The real value of a function at mpmath's numbers, to the precision of `m`.

    None where no precision that is tried finds it.
    """
    if row.ball is None or any(m.im(arg) for arg in args):
        return None
    flint = _flint()
    with _lock:
        for bits in LONG_BITS:
            with flint.ctx.workprec(m.prec + bits):
                ball = _called(row, [flint.acb(arg) for arg in args])
                if ball is not None and _is_real(ball) and all(_sharp([ball], m.dps)):
                    stem, exponent = ball.real.mid().man_exp()
                    return m.ldexp(int(stem), int(exponent))
    return None


def supports(root: Expr) -> bool:
    """Whether every function of `root` has a spelling in balls."""
    try:
        _ready([root])
    except UnsupportedError:
        return False
    return True


def excludes_zero(ball: Ball) -> bool:
    """Whether the value is certainly not 0."""
    return not ball.contains(0)


def _sharp(balls: Sequence[Ball], digits: int) -> Iterator[bool]:
    """Whether each ball is narrow, relative to its size where that is not 0."""
    for ball in balls:
        size = abs(ball).lower()
        yield ball.rad() * 10**digits <= (size if size > 0 else 1)


def _ready(roots: Sequence[Expr]) -> tuple[list[Expr], list[Expr | None]]:
    """The nodes to evaluate, in order, and the lowered roots; None has no value."""
    tops = [_lowered(root) for root in roots]
    order = walk(*[top for top in tops if top is not None])
    for node in order:
        if node.op == "formal":
            raise UnsupportedError(f"the unknown function {node.value[0]} has no ball")
        if node.op not in FUNCTIONS and node.op not in LEAVES:
            raise UnsupportedError("arrays have no ball")
    return order, tops


def _lowered(root: Expr) -> Expr | None:
    try:
        return lower(root, lambda row: row.ball is not None)
    except DomainError:  # a definition divides by a 0 that is written there
        return None


# --- one run -----------------------------------------------------------------------


def _run(
    order: Sequence[Expr], tops: Sequence[Expr | None], point: Point, bits: int
) -> list[Ball | None]:
    """Balls around the values of `tops`; None where one is undefined or undecided."""
    flint = _flint()
    spend(len(order) * (4 + bits // 100))
    with flint.ctx.workprec(bits):
        # A Fraction, a ball, a truth, or None (not decided).
        values: dict[Expr | None, Any] = {None: None}
        for node in order:
            args = [values[a] for a in node.args]
            if not args:
                values[node] = _leaf(node, point)
            elif node.op in CHOICES:
                values[node] = FUNCTIONS[node.op].ball(flint, *args)  # type: ignore[operator,misc]
            else:
                values[node] = None if None in args else _strict(node, args)
        balls = [_ball(values[top]) for top in tops]
    return [None if isinstance(ball, bool) else ball for ball in balls]


# Rows whose value may exist where an argument's does not.
CHOICES = frozenset(("where", "and", "or", "not"))


def _leaf(node: Expr, point: Point) -> Any:
    if node.op == "number":
        return Fraction(node.value)
    if node.op == "symbol":
        if node.value not in point:
            raise CalcmlError(f"the variable {node.value} has no value")
        return Fraction(point[node.value])
    return _finite(CONSTANTS[node.value].ball(_flint()))


def _strict(node: Expr, args: list[Any]) -> Any:
    """A function of arguments that all exist; rational arithmetic is exact."""
    if node.op in CONDITIONS and node.args[0] is node.args[1]:
        if not all(_is_real(a) for a in args):
            return None
        args = [Fraction(0)] * 2  # a number beside itself, which no ball tells
    if node.op in ARITHMETIC and all(isinstance(a, Fraction) for a in args):
        try:
            value = ARITHMETIC[node.op](*args)
        except (ValueError, ArithmeticError):
            return None
        if isinstance(value, bool):
            return value
        if value is not None:
            bits = value.numerator.bit_length() + value.denominator.bit_length()
            if bits <= MAX_EXACT:
                return Fraction(value)
    return _called(FUNCTIONS[node.op], [_ball(a) for a in args])


def _called(row: Row, args: list[Ball]) -> Any:
    """The row's spelling, for real numbers where all are real, else for complex ones.

    A function of real numbers may be complex: then the real one has no finite ball.
    """
    kinds = [args]
    if all(_is_real(a) for a in args):
        kinds.insert(0, [a.real for a in args])
    for given in kinds:
        try:
            value = _spelled(row, given)
        except (AttributeError, ArithmeticError, ValueError, TypeError):
            continue
        if isinstance(value, bool):
            return value
        value = _finite(value)
        if value is not None:
            return value
    return None


def _spelled(row: Row, args: list[Any]) -> Any:
    """A name is a method of its first argument; one of many arguments is folded."""
    name = row.ball
    if callable(name):
        return name(_flint(), *args)
    if row.variadic:
        return reduce(lambda a, b: getattr(a, str(name))(b), args)
    return getattr(args[0], str(name))(*args[1:])


def _is_real(value: Any) -> bool:
    return isinstance(value, Fraction) or bool(value.imag.is_zero())


def _finite(value: Any) -> Ball | None:
    if value is None:
        return None
    ball = _flint().acb(value)
    small = ball.is_finite() and abs(ball).upper() < _flint().arb(2) ** MAX_SIZE
    return ball if small else None


def _ball(value: Any) -> Any:
    """A rational number as a ball; balls, truths and None as they are."""
    if isinstance(value, Fraction):
        return _flint().acb(_flint().fmpq(value.numerator, value.denominator))
    return value
