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
fn("add(a, b)", ("1", "1"), rules=("sum rule", "sum rule", "sum rule"), code="np t k", doc="sum", sympy="Add", mpmath=lambda m, a, b: a + b, ball=lambda f, a, b: a + b)
fn("sub(a, b)", ("1", "-1"), rules=("difference rule", "difference rule", "difference rule"), code="np.subtract t t.subtract k.subtract", doc="difference", sympy=lambda s, a, b: a - b, mpmath=lambda m, a, b: a - b, ball=lambda f, a, b: a - b)
fn("mul(a, b)", ("b", "a"), rules=("product rule", "constant factor rule", "constant factor rule"), code="np.multiply t t.multiply k.multiply", doc="product", sympy="Mul", mpmath=lambda m, a, b: a * b, ball=lambda f, a, b: a * b)
fn("div(a, b)", ("1/b", "-y/b"), rules=("quotient rule", "constant factor rule", "reciprocal rule"), code="np.divide np.true_divide t t.divide k.divide k.true_divide", doc="quotient", on="b != 0", sample=((-3, 3), (0.2, 3)), sympy=lambda s, a, b: a / b, mpmath=lambda m, a, b: a / b, ball=lambda f, a, b: a / b)
fn("neg(a)", "-1", rules=("constant factor rule", "constant factor rule"), code="np.negative t t.negative k.negative", doc="opposite", sympy=lambda s, a: -a, mpmath=lambda m, a: -a, ball=lambda f, a: -a)
fn("pow(a, b)", ("b*a^(b - 1)", "y*log(a)"), rules=("power of two functions", "power rule", "exponential rule"), code="b m np np.power np.float_power t k.power lax", doc="power", on="a > 0 or a == 0 and b >= 0 or a != 0 and b == floor(b)", sample=((0.2, 3), (-3, 3)), sympy="Pow", mpmath=_power, aliases="Pow power", ball=_power_ball)

fn("lt(a, b)", code="np.less t t.less k.less", doc="less than", sympy="Lt", mpmath=lambda m, a, b: a < b, ball=lambda f, a, b: _decided(a < b, a >= b))
fn("le(a, b)", code="np.less_equal t t.less_equal k.less_equal", doc="at most", sympy="Le", mpmath=lambda m, a, b: a <= b, ball=lambda f, a, b: _decided(a <= b, a > b))
fn("gt(a, b)", code="np.greater t t.greater k.greater", doc="greater than", sympy="Gt", mpmath=lambda m, a, b: a > b, ball=lambda f, a, b: _decided(a > b, a <= b))
fn("ge(a, b)", code="np.greater_equal t t.greater_equal k.greater_equal", doc="at least", sympy="Ge", mpmath=lambda m, a, b: a >= b, ball=lambda f, a, b: _decided(a >= b, a < b))
fn("eq(a, b)", code="np.equal t k.equal sy.Eq", doc="equal", sympy="Eq", mpmath=lambda m, a, b: a == b, ball=lambda f, a, b: _decided(a == b, a != b))
fn("ne(a, b)", code="np.not_equal t t.not_equal k.not_equal sy.Ne", doc="not equal", sympy="Ne", mpmath=lambda m, a, b: a != b, ball=lambda f, a, b: _decided(a != b, a == b))
fn("and(a, b)", code="np.logical_and t.logical_and k.logical_and sy.And", doc="both", sympy="And", mpmath=lambda m, a, b: a and b, ball=lambda f, a, b: a and b)
fn("or(a, b)", code="np.logical_or t.logical_or k.logical_or sy.Or", doc="either", sympy="Or", mpmath=lambda m, a, b: a or b, ball=lambda f, a, b: None if a is None else a or b)
fn("not(a)", code="np.logical_not t.logical_not k.logical_not sy.Not", doc="negation", sympy="Not", mpmath=lambda m, a: not a, ball=lambda f, a: None if a is None else not a)

family("choice")
fn("where(condition, a, b)", (None, "where(condition, 1, 0)", "where(condition, 0, 1)"), rules=("branch by branch", "branch by branch", "branch by branch", "branch by branch"), code="np t k lax.select", doc="a where the condition holds, else b",
   sample=((-1, 1), (-3, 3), (-3, 3)),
   sympy=lambda s, c, a, b: s.Piecewise((a, c), (b, True)), mpmath=lambda m, c, a, b: a if c else b, ball=lambda f, c, a, b: None if c is None else a if c else b)
# fmt: on
