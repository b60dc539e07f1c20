"""Operators, comparisons and choice: rows like every other."""

from typing import Any

from calcml.functions.row import family, fn


def _power(m: Any, a: Any, b: Any) -> Any:
    """a^b, where the exponent has no more bits than a result can have."""
    if m.mag(b) > 64:
        raise OverflowError
    return m.power(a, b)


def _power_ball(f: Any, a: Any, b: Any) -> Any:
    """a^b; a whole exponent is exact, and serves a base whose sign is not known."""
    whole = b.real.unique_fmpz() if b.is_exact() else None
    if whole is not None and b == whole:
        return a**whole
    if a.is_zero():
        return a if b.real > 0 else None
    return a**b


def _decided(yes: bool, no: bool) -> bool | None:
    """The truth of a comparison that balls may leave open."""
    return True if yes else False if no else None


# fmt: off
family("operators")
fn("add(a, b)", ("1", "1"), rules=("sum rule", "sum rule", "sum rule"), doc="sum", sympy="Add", mpmath=lambda m, a, b: a + b, ball=lambda f, a, b: a + b)
fn("sub(a, b)", ("1", "-1"), rules=("difference rule", "difference rule", "difference rule"), doc="difference", sympy=lambda s, a, b: a - b, mpmath=lambda m, a, b: a - b, ball=lambda f, a, b: a - b)
fn("mul(a, b)", ("b", "a"), rules=("product rule", "constant factor rule", "constant factor rule"), doc="product", sympy="Mul", mpmath=lambda m, a, b: a * b, ball=lambda f, a, b: a * b)
fn("div(a, b)", ("1/b", "-y/b"), rules=("quotient rule", "constant factor rule", "reciprocal rule"), doc="quotient", on="b != 0", sample=((-3, 3), (0.2, 3)), sympy=lambda s, a, b: a / b, mpmath=lambda m, a, b: a / b, ball=lambda f, a, b: a / b)
fn("neg(a)", "-1", rules=("constant factor rule", "constant factor rule"), doc="opposite", sympy=lambda s, a: -a, mpmath=lambda m, a: -a, ball=lambda f, a: -a)
fn("pow(a, b)", ("b*a^(b - 1)", "y*log(a)"), rules=("power of two functions", "power rule", "exponential rule"), doc="power", on="a > 0 or a == 0 and b >= 0 or a != 0 and b == floor(b)", sample=((0.2, 3), (-3, 3)), sympy="Pow", mpmath=_power, aliases="Pow power", ball=_power_ball)

fn("lt(a, b)", doc="less than", sympy="Lt", mpmath=lambda m, a, b: a < b, ball=lambda f, a, b: _decided(a < b, a >= b))
fn("le(a, b)", doc="at most", sympy="Le", mpmath=lambda m, a, b: a <= b, ball=lambda f, a, b: _decided(a <= b, a > b))
fn("gt(a, b)", doc="greater than", sympy="Gt", mpmath=lambda m, a, b: a > b, ball=lambda f, a, b: _decided(a > b, a <= b))
fn("ge(a, b)", doc="at least", sympy="Ge", mpmath=lambda m, a, b: a >= b, ball=lambda f, a, b: _decided(a >= b, a < b))
fn("eq(a, b)", doc="equal", sympy="Eq", mpmath=lambda m, a, b: a == b, ball=lambda f, a, b: _decided(a == b, a != b))
fn("ne(a, b)", doc="not equal", sympy="Ne", mpmath=lambda m, a, b: a != b, ball=lambda f, a, b: _decided(a != b, a == b))
fn("and(a, b)", doc="both", sympy="And", mpmath=lambda m, a, b: a and b, ball=lambda f, a, b: a and b)
fn("or(a, b)", doc="either", sympy="Or", mpmath=lambda m, a, b: a or b, ball=lambda f, a, b: None if a is None else a or b)
fn("not(a)", doc="negation", sympy="Not", mpmath=lambda m, a: not a, ball=lambda f, a: None if a is None else not a)

family("choice")
fn("where(condition, a, b)", (None, "where(condition, 1, 0)", "where(condition, 0, 1)"), rules=("branch by branch", "branch by branch", "branch by branch", "branch by branch"), doc="a where the condition holds, else b",
   sample=((-1, 1), (-3, 3), (-3, 3)),
   sympy=lambda s, c, a, b: s.Piecewise((a, c), (b, True)), mpmath=lambda m, c, a, b: a if c else b, ball=lambda f, c, a, b: None if c is None else a if c else b)
# fmt: on
