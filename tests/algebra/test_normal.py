"""The normal form: arithmetic of its quotients, its kernels, and their values."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from calcml.algebra.canonical import Tidier
from calcml.algebra.normal.exponents import basis
from calcml.algebra.normal.limits import MAX_WORK
from calcml.algebra.normal.reader import Reader
from calcml.algebra.normal.ring import Quotient, Ring
from calcml.core.build import power
from calcml.core.errors import LimitError
from calcml.core.expr import number
from calcml.evaluate.pointwise import context
from calcml.parsing.parser import parse
from tests.support import DIGITS, SEED, Point, close, points, value

# --- arithmetic --------------------------------------------------------------------


class Arithmetic:
    """Quotients over x, y and z, written with operators."""

    def __init__(self) -> None:
        self.ring = Ring(3)
        self.one = self.ring.one
        self.x, self.y, self.z = (self.ring.generator(i) for i in range(3))

    def n(self, numerator: int, denominator: int = 1) -> Quotient:
        return Quotient(self.ring.rational(numerator, denominator), {})

    def plus(self, *terms: Quotient) -> Quotient:
        return self.ring.sum(terms)

    def times(self, *factors: Quotient) -> Quotient:
        return self.ring.product([(q, 1) for q in factors])

    def over(self, a: Quotient, b: Quotient) -> Quotient:
        return self.ring.product([(a, 1), (b, -1)])

    def minus(self, a: Quotient, b: Quotient) -> Quotient:
        return self.plus(a, self.times(self.n(-1), b))

    def to(self, a: Quotient, k: int) -> Quotient:
        return self.ring.product([(a, k)])


@pytest.fixture
def r() -> Arithmetic:
    return Arithmetic()


def test_numbers_are_exact(r: Arithmetic) -> None:
    assert r.plus(r.n(1, 2), r.n(1, 3)) == r.n(5, 6)
    assert r.times(r.n(2, 3), r.n(3, 4)) == r.n(1, 2)
    assert r.to(r.n(2, 3), -2) == r.n(9, 4)
    assert r.ring.number(number(7).value) == r.n(7)


def test_a_sum_stands_over_one_denominator(r: Arithmetic) -> None:
    """1/x + 1/y = (x + y)/(x*y)"""
    made = r.plus(r.to(r.x, -1), r.to(r.y, -1))
    assert made == r.over(r.plus(r.x, r.y), r.times(r.x, r.y))
    assert sorted(made.factors.values()) == [-1, -1, 1]


def test_what_a_sum_has_in_common_is_taken_out(r: Arithmetic) -> None:
    """x^2*y - x*y = x*y*(x - 1)"""
    made = r.minus(r.times(r.to(r.x, 2), r.y), r.times(r.x, r.y))
    assert made == r.times(r.x, r.y, r.minus(r.x, r.one))


def test_sums_are_factored(r: Arithmetic) -> None:
    made = r.minus(r.to(r.x, 2), r.one)
    assert made == r.times(r.minus(r.x, r.one), r.plus(r.x, r.one))
    assert len(made.factors) == 2
    assert len(r.plus(r.to(r.x, 2), r.one).factors) == 1


def test_factors_cancel(r: Arithmetic) -> None:
    above = r.minus(r.to(r.x, 2), r.to(r.y, 2))
    assert r.over(above, r.minus(r.x, r.y)) == r.plus(r.x, r.y)
    assert r.over(r.minus(r.x, r.y), r.minus(r.y, r.x)) == r.n(-1)


def test_zero(r: Arithmetic) -> None:
    assert r.minus(r.x, r.x) == r.ring.zero
    assert r.plus() == r.ring.zero
    assert r.times(r.ring.zero, r.x) == r.ring.zero
    with pytest.raises(ZeroDivisionError):
        r.over(r.x, r.ring.zero)


def test_a_root_to_its_degree_is_its_base(r: Arithmetic) -> None:
    """z^2 = x + 1"""
    base = r.plus(r.x, r.one)
    r.ring.relate(2, 2, base)
    assert r.minus(r.to(r.z, 2), base) == r.ring.zero
    assert r.minus(r.over(base, r.z), r.z) == r.ring.zero
    assert r.times(base, r.to(r.z, -3)) == r.to(r.z, -1)


def test_a_root_of_a_number(r: Arithmetic) -> None:
    """x^3 = 2: x^5 = 2*x^2 and 1/x = x^2/2"""
    r.ring.relate(0, 3, r.n(2))
    assert r.to(r.x, 3) == r.n(2)
    assert r.to(r.x, 5) == r.times(r.n(2), r.to(r.x, 2))
    assert r.minus(r.to(r.x, -1), r.times(r.n(1, 2), r.to(r.x, 2))) == r.ring.zero


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_point_on_a_curve(r: Arithmetic, sign: int, swapped: bool) -> None:
    """c^2 + s^2 = 1 on the circle, c^2 - s^2 = 1 on the hyperbola"""
    (r.ring.swapped_circle if swapped else r.ring.circle)(0, 1, sign)
    s, c = r.x, r.y
    s2, c2 = r.to(s, 2), r.to(c, 2)
    signed = r.times(r.n(sign), s2)
    assert r.plus(c2, signed) == r.one
    fourth = r.minus(r.to(c, 4), r.to(s, 4))  # c^2 + s^2 is 1 on the circle
    assert r.minus(fourth, r.times(r.minus(c2, s2), r.plus(c2, s2))) == r.ring.zero
    # s^2/(1 - c) = sign*(1 + c)
    quotient = r.over(signed, r.minus(r.one, c))
    assert r.minus(quotient, r.plus(r.one, c)) == r.ring.zero


def test_conjugates(r: Arithmetic) -> None:
    """z^2 = x: (z - 1)*(z + 1) = x - 1, and (x - 1)/(z - 1) = z + 1"""
    r.ring.relate(2, 2, r.x)
    less, more = r.minus(r.z, r.one), r.plus(r.z, r.one)
    norm = r.minus(r.x, r.one)
    assert r.times(less, more) == norm
    assert r.over(norm, less) == more
    assert r.over(r.one, r.times(less, more)) == r.to(norm, -1)


def test_work_has_a_budget(r: Arithmetic) -> None:
    many = r.to(r.plus(r.x, r.y, r.z), 90)  # 4,186 terms when multiplied out
    with pytest.raises(LimitError, match="too many terms"):
        r.plus(many, r.one)
    with pytest.raises(LimitError, match="too long"):
        r.to(r.n(3), 100_000)
    with pytest.raises(LimitError, match="budget"):
        r.ring.spend(MAX_WORK + 1)


def test_a_basis_over_the_whole_numbers() -> None:
    """x, 2*x and x/2 are multiples of x/2; a + b is the sum of a and b"""
    x, a, b = (parse(name) for name in "xab")
    one, half = number(1).value, parse("1/2").value
    units, found = basis([{x: one}, {x: 2 * one}, {x: half}])
    assert units == [{x: half}]
    assert found == [{0: 2}, {0: 4}, {0: 1}]
    units, found = basis([{a: one, b: one}, {a: one}, {b: one}])
    assert units == [{a: one}, {b: one}]
    assert found == [{0: 1, 1: 1}, {0: 1}, {1: 1}]


# --- kernels -----------------------------------------------------------------------


def read(text: str, **how: bool) -> tuple[Reader, Quotient]:
    """An expression's reader, and its quotient."""
    root = parse(text)
    reader = Reader(Tidier([root]).algebra, [root], **how)
    return reader, reader.values[root]


def kernels(reader: Reader) -> list[str]:
    """What the generators print as."""
    return sorted(str(power(base, unit)) for base, unit in reader.generators)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*y + 1/x", "x, y"),
        ("exp(x) + exp(2*x)", "exp(x)"),
        ("exp(x) + exp(x/2)", "exp(x/2)"),
        ("exp(x/2) + exp(x/3)", "exp(x/6)"),
        ("exp(a)*exp(b) + exp(a + b)", "exp(a), exp(b)"),
        ("1/exp(x) + exp(x)", "exp(x)"),
        ("exp(log(x) + y)", "exp(y), x"),  # exp(log(x)) is x
        ("exp(softplus(x))", "exp(x)"),  # 1 + exp(x)
        ("2^x + 4^x + 8^x", "2^x"),
        ("2^x + 3^x", "2^x, 3^x"),
        ("f^(c + d*x)*f^c*f^(d*x)", "f, f^(d*x), f^c"),
        ("x^n + x^(n + 1)", "x, x^n"),
        ("sqrt(x + 1) + sqrt(4*x + 4)", "(x + 1)^(1/2), 2^(1/2), x"),
        ("sqrt(x) + x^(1/3)", "x, x^(1/6)"),
        ("sqrt(2)*sqrt(3)/sqrt(6)", "2^(1/2), 3^(1/2)"),
        ("sqrt(12)", "2^(1/2), 3^(1/2)"),
        ("I^2", "I"),
        ("sqrt(-2)", "2^(1/2), I"),
        ("tan(x) + tan(-x)^3", "tan(x)"),
        ("tan(x) + cot(x)", "tan(x)"),
        ("sin(x) + cos(x)", "cos(x), sin(x)"),
        ("sin(2*x)/cos(x)", "cos(x), sin(x)"),
        ("sin(x)*tan(x/2)", "cos(x), sin(x)"),  # tan(x/2) is sin(x)/(1 + cos(x))
        ("sin(x)*sin(y)", "cos(x), cos(y), sin(x), sin(y)"),
        ("tanh(x)^2", "tanh(x)"),
        ("cosh(x) + sinh(x)", "cosh(x), sinh(x)"),
        ("cosh(x) + exp(x)", "exp(x)"),
        ("sigmoid(x) + sigmoid(-x)", "sigmoid(x)"),
        ("sigmoid(x) + exp(x)", "exp(x)"),
        ("silu(x) + 1", "sigmoid(x), x"),  # read by its definition
        ("log(x)*x", "log(x), x"),
        ("where(x > 0, x, 1) + 1", "where(x > 0, x, 1)"),
        ("0.5*x", "0.5, x"),  # a decimal prints as it was typed
    ],
)
def test_kernels(text: str, expected: str) -> None:
    assert ", ".join(kernels(read(text)[0])) == expected


def test_decimals_are_rationals_where_equality_is_asked() -> None:
    reader, q = read("0.5*x + x/2", exact=True)
    assert kernels(reader) == ["x"]
    assert q == reader.ring.generator(0)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("(x - 1)/(1 - x)", -1),
        ("exp(a)*exp(b)/exp(a + b)", 1),
        ("exp(x)^2/exp(2*x)", 1),
        ("4^x/2^(2*x)", 1),
        ("8^x/(2^x)^3", 1),
        ("f^(c + d*x)/(f^c*f^(d*x))", 1),
        ("x^(n + 2)/(x^n*x^2)", 1),
        ("sqrt(4*x + 4)/sqrt(x + 1)", 2),
        ("sqrt(2)*sqrt(3)/sqrt(6)", 1),
        ("sqrt(8)/sqrt(2)", 2),
        ("2^(1/3)*4^(1/3)", 2),
        ("(sqrt(x) + 1)*(sqrt(x) - 1)/(x - 1)", 1),
        ("(sqrt(x + 1) - sqrt(x))*(sqrt(x + 1) + sqrt(x))", 1),
        ("I^2", -1),
        ("I^4", 1),
        ("(1 + I)*(1 - I)", 2),
        ("(1 + I)^2/I", 2),
        ("sqrt(-2)^2", -2),
        ("sin(x)^2 + cos(x)^2", 1),
        ("sin(2*x)/(sin(x)*cos(x))", 2),
        ("cos(2*x) + 2*sin(x)^2", 1),
        ("tan(x)*cot(x)", 1),
        ("sec(x)^2 - tan(x)^2", 1),
        ("tan(x/2)*(1 + cos(x))/sin(x)", 1),
        ("cosh(x)^2 - sinh(x)^2", 1),
        ("(cosh(x) + sinh(x))/exp(x)", 1),
        ("sigmoid(x) + sigmoid(-x)", 1),
        ("sigmoid(x)*(1 + exp(-x))", 1),
        ("exp(2*log(x))/x^2", 1),
        ("exp(softplus(x)) - exp(x)", 1),
        ("silu(x)/(x*sigmoid(x))", 1),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_a_number(text: str, result: int, swapped: bool) -> None:
    reader, q = read(text, swapped=swapped)
    minus = Quotient(reader.ring.rational(-result), {})
    assert reader.ring.sum([q, minus]) == reader.ring.zero


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("+".join(f"x_{i}" for i in range(60)), "too many kernels"),
        ("sin(x)*sin(13*x)", "too large a multiple"),
        ("x^(1/61)", "too many degrees"),
        ("(x + y)^201", "power of a sum is too high"),
        ("(x + y + z)^100 + 1", "too many terms"),
        ("+".join(f"sin(x_{i})" for i in range(2_000)), "too long"),
    ],
)
def test_what_is_too_much_work(text: str, message: str) -> None:
    with pytest.raises(LimitError, match=message):
        read(text)


def test_a_denominator_that_vanishes() -> None:
    with pytest.raises(ZeroDivisionError):
        read("1/(sin(x)^2 + cos(x)^2 - 1)")


# --- values ------------------------------------------------------------------------


def evaluated(reader: Reader, q: Quotient, at: Point) -> Any:
    """The value of a quotient, by the values of its generators."""
    m = context()
    with m.workdps(DIGITS):
        result = m.mpf(int(q.coefficient.p)) / int(q.coefficient.q)
        kernels = [
            m.convert(value(power(base, unit), at)) for base, unit in reader.generators
        ]
        for f, e in q.factors.items():
            total = m.mpf(0)
            for monomial, c in reader.ring.terms(reader.ring.polynomials[f]).items():
                powers = zip(kernels, monomial, strict=False)
                total += c * m.fprod(kernel**k for kernel, k in powers if k)
            result *= total**e
    return result


VALUES = """
x
-x + 2/3
x*y/(x + y)
(x^2 - y^2)/(x - y)
1/x + 1/y + 1/(x*y)
(x + y)^5 - x^5
1/(1 + 1/(1 + 1/x))
0.1*x + 0.25
exp(x) + exp(2*x) + exp(x/2)
exp(x)*exp(y) + exp(x + y)/2
exp(x - y)/(exp(x) + exp(y))
exp(-x^2/2)/(1 + exp(x^2))
exp(x/2)/exp(x/3)
exp(2*log(x) - y)
exp(3*softplus(x)) - exp(x)
e^x + e
2^x + 4^x - 8^y
2^(x + 1)/3^(x - 1)
x^y*x^(2*y) + x
x^(y + 1) + x^(y - 1)
x^(y + 1/2)/sqrt(x)
(x + y)^(x - 1)
y^(x + x*y)/y^x
sqrt(x + 1) + sqrt(4*x + 4)
sqrt(x)/(1 + sqrt(x))
1/(sqrt(x + 1) - sqrt(x))
(x - 1)/(sqrt(x) - 1)
sqrt(x*y)*sqrt(x)
sqrt(x) + x^(1/3) - x^(-3/2)
sqrt(2)*sqrt(3)/sqrt(6) + sqrt(12)*x
2^(1/3)*x + 4^(1/3)
sqrt(sqrt(x) + 1) + sqrt(x)
(x^2 + 1)^(3/2)/(x^2 + 1)
sqrt(x/y) + sqrt(y/x)
sin(x)^2 + cos(x)
sin(2*x)/cos(x)
sin(3*x) + cos(5*x)
tan(x) + tan(-x)^2
tan(x/2) + sin(x)
sin(x/2)*cos(x/3)
sec(x)*csc(x) + cot(x)
sin(x + y)*cos(x + y)
sin(x)^4 - cos(x)^4
sin(x)^3/(1 - cos(x))
1/(1 + cos(x)) + 1/(1 - cos(x))
sinh(x) + cosh(x)
sinh(2*x)/cosh(x)
tanh(x)^2 + tanh(-x)
tanh(x) + tanh(2*x)
sech(x)^2 + exp(x)
coth(x) + csch(x)
sinh(x)^3/(cosh(x) - 1)
sigmoid(x)*(1 - sigmoid(x))
sigmoid(x) + sigmoid(-x)^2
sigmoid(x) + sigmoid(2*x)
sigmoid(x)*tanh(x/2)
silu(x) + x
mish(x) + exp(x)
gelu(x)*x
log(x)*x + log(y)
x*atan(y/x) - abs(x - y)
where(x > y, x, y) + max(x, y)
(1 + I*x)/(1 - I*x)
sqrt(-2)*x
pi*x^2 + e
""".strip().splitlines()


@pytest.mark.parametrize("how", ["", "swapped", "exact"])
@pytest.mark.parametrize("text", VALUES)
def test_a_quotient_has_the_expression_s_value(text: str, how: str) -> None:
    reader, q = read(text, **({how: True} if how else {}))
    root, positive = parse(text), {"x": (0.1, 0.9), "y": (1.1, 3)}
    for point in islice(points(["x", "y"], positive, text), 3):
        known, found = value(root, point), evaluated(reader, q, point)
        assert known is not None
        assert close(found, known, 1e-20), f"{found}, not {known} at {point} ({SEED})"
