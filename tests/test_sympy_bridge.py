"""To SymPy and back: every row, and every notation of either side."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from operator import attrgetter

import pytest
import sympy

from calcml.core.errors import LimitError, UnsupportedError
from calcml.core.expr import Expr, make, symbol
from calcml.evaluate.evalf import evalf
from calcml.functions import Row, rows
from calcml.parsing.parser import parse
from calcml.sympy_bridge import from_sympy, to_sympy
from tests.support import close

SEED = 17
x, y = sympy.symbols("x y", real=True)
f, g = sympy.Function("f"), sympy.Function("g")


# --- rows --------------------------------------------------------------------------


@pytest.mark.parametrize("row", list(rows()), ids=attrgetter("op"))
def test_a_row_comes_back_with_its_value(row: Row) -> None:
    names = ("a", "b", "c") if row.variadic else row.params
    node = make(row.op, tuple(symbol(name) for name in names))
    if row.params[0] == "condition":
        node = parse("where(condition > 0, a, b)")
    there = to_sympy(node)
    back = from_sympy(there)
    rng = random.Random(f"{SEED} {row.op}")
    box = row.sample or ((-3, 3),) * len(names)
    for _ in range(3):
        at = {
            name: Fraction(str(low))
            + Fraction(rng.randrange(1, 99), 99) * Fraction(width)
            for name, (low, high) in zip(names, box, strict=True)
            for width in [str(high - low)]
        }
        known = evalf(node, at, 30)
        assert close(evalf(back, at, 30), known, 1e-28), at
        values = {
            sympy.Symbol(n, real=True): sympy.Rational(str(v)) for n, v in at.items()
        }
        theirs = sympy.N(there.subs(values), 30)
        assert close(known, complex(theirs), 1e-12), at


# --- there and back, the same node -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "3",
        "-1/3",
        "pi",
        "x/y",
        "exp(-x)/3",
        "sqrt(x)",
        "f(x)",
        "f(x, y)",
        "g(f(x))",
        "D(f(x), x)",
        "D(f(x), x, 3)",
        "D(f(x, y), x, 2, y)",
        "D(f(x^2), 1)",
        "D(f(x, x), 2)",
        "D(f(g(x)), 1, 2)",
        "digamma(x)",
        "step(x)",
        "x < y",
        "x > 0 and y > 0",
        "x > 0 or y > 0",
        "where(x > 0, x, y)",
    ],
)
def test_round_trip(text: str) -> None:
    assert from_sympy(to_sympy(parse(text))) is parse(text)


# --- from SymPy --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (sympy.E, "e"),
        (sympy.exp(x), "exp(x)"),
        (sympy.E**x, "exp(x)"),
        (sympy.Pow(2, x), "2^x"),
        (sympy.EulerGamma + 1, "1 + euler_gamma"),
        (sympy.oo, "inf"),
        (-sympy.oo, "-inf"),
        (2 * sympy.I, "2*I"),
        (sympy.Rational(2, 7), "2/7"),
        (sympy.Float("0.1"), "0.1"),
        (sympy.Float(2), "2.0"),
        (sympy.Float("1.5e-30"), "1.5e-30"),
        (x - y, "x - y"),
        (1 / x, "1/x"),
        (x**-2, "1/x^2"),
        (2 * x / (3 * y), "2*x/(3*y)"),
        (sympy.sqrt(x), "sqrt(x)"),
        (1 / sympy.sqrt(x), "1/sqrt(x)"),
        (sympy.Abs(x), "abs(x)"),
        (sympy.Max(x, y, 1), "max(1, x, y)"),
        (sympy.Min(x, y), "min(x, y)"),
        (sympy.polygamma(0, x), "digamma(x)"),
        (sympy.polygamma(2, x), "polygamma(2, x)"),
        (sympy.loggamma(x), "lgamma(x)"),
        (sympy.zeta(3, x), "zeta(3, x)"),
        (sympy.LambertW(x), "lambertw(x)"),
        (sympy.LambertW(x, -1), "lambertw(x, -1)"),
        (sympy.elliptic_pi(x, y), "elliptic_pi(x, y)"),
        (sympy.elliptic_e(x, y), "elliptic_e(x, y)"),
        (sympy.sinc(x), "sinc(x/pi)"),
        (sympy.Heaviside(x, 0), "step(x)"),
        (sympy.Heaviside(x), "where(x > 0, 1, where(x < 0, 0, 1/2))"),
        (sympy.Piecewise((x, x > 0), (y, x > -1), (1, True)),
         "where(x > 0, x, where(x > -1, y, 1))"),
        (sympy.Ne(x, y) | sympy.Not(x > 1), "x != y or x <= 1"),
        (sympy.And(x >= 0, sympy.Eq(y, 1)), "y == 1 and x >= 0"),
        (f(x).diff(x, 2), "D(f(x), x, 2)"),
        (f(x**2).diff(x), "2*x*D(f(x^2), 1)"),
        (sympy.Derivative(sympy.sin(x), x), "cos(x)"),
        (sympy.Subs(f(x).diff(x), x, y + 1), "D(f(y + 1), 1)"),
        (sympy.Symbol("e"), "e"),
        (7, "7"),
    ],
)  # fmt: skip
def test_from_sympy(source: object, text: str) -> None:
    known = parse(text, ["e"] if isinstance(source, sympy.Symbol) else ())
    back = from_sympy(source)
    assert back is known or close_everywhere(back, known)


def close_everywhere(a: Expr, b: Expr) -> bool:
    """SymPy orders sums and products its own way: equal values at seeded points do."""
    rng = random.Random(SEED)
    for _ in range(4):
        at = {name: Fraction(rng.randrange(-300, 300), 97) for name in ("x", "y")}
        given = {"f": lambda t: t.context.exp(t / 3)}
        if not close(evalf(a, at, 30, given), evalf(b, at, 30, given)):
            return False
    return True


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (sympy.re(sympy.Symbol("z")), "re"),
        (sympy.im(sympy.Symbol("z")), "im"),
        (sympy.factorial(x), "factorial"),
        (sympy.DiracDelta(x), "DiracDelta"),
        (sympy.jn(2, x), "jn"),
        (sympy.Integral(f(x), x), "Integral"),
        (sympy.Sum(x, (x, 1, y)), "Sum"),
        (sympy.Matrix([[1, x]]), "ImmutableDenseMatrix"),
        (sympy.zoo, "ComplexInfinity"),
        (sympy.nan, "nan"),
        (sympy.GoldenRatio, "GoldenRatio"),
        (sympy.Function("wobble")(x), "wobble"),
        (sympy.Piecewise((x, x > 0)), "True"),
        ("x + 1", "SymPy"),
        (None, "None"),
    ],
)
def test_what_has_no_counterpart_is_named(source: object, named: str) -> None:
    with pytest.raises(UnsupportedError, match=named):
        from_sympy(source)


def test_text_is_never_evaluated() -> None:
    with pytest.raises(UnsupportedError):
        from_sympy("__import__('os').getcwd()")


def test_free_dummies_stay_apart() -> None:
    assert len(from_sympy(sympy.Dummy("u") + sympy.Dummy("u")).free_symbols) == 2


# --- to SymPy ----------------------------------------------------------------------


def test_symbols_are_real_or_plain() -> None:
    assert to_sympy(parse("abs(x)^2")) == x**2
    assert to_sympy(parse("x"), real=False) == sympy.Symbol("x")


def test_numbers_are_exact() -> None:
    assert to_sympy(parse("0.1")) == sympy.Rational(1, 10)


def test_what_sympy_lacks_is_defined() -> None:
    assert to_sympy(parse("sigmoid(x)")) == 1 / (1 + sympy.exp(-x))
    assert to_sympy(parse("logsumexp(x, y)")) == sympy.log(sympy.exp(x) + sympy.exp(y))


def test_the_chain_rule_for_unknown_functions_is_sympys() -> None:
    from calcml.calculus.chain_rule import forward

    ours = to_sympy(forward(parse("g(f(x)^2)"), symbol("x")))
    assert sympy.simplify((ours - g(f(x) ** 2).diff(x)).doit()) == 0


def test_a_nesting_too_deep_for_sympy_is_an_error() -> None:
    node = parse("relu(1 - " * 1_000 + "x" + ")" * 1_000)
    with pytest.raises(LimitError, match="nested too deep"):
        to_sympy(node)


def test_functions_nested_2_000_deep_are_made() -> None:
    made = to_sympy(parse("sin(" * 2_000 + "x" + ")" * 2_000))
    for _ in range(2_000):
        (made,) = made.args
    assert made == x


def test_a_long_sum_goes_and_comes_back() -> None:
    sum_of_powers = parse(" + ".join(f"x^{n}" for n in range(300)))
    assert len(to_sympy(sum_of_powers).args) == 300
    total = sympy.Add(*(x**n for n in range(3_000)))
    assert close(evalf(from_sympy(total), {"x": Fraction(1, 2)}), 2)


# --- size --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x + 2*(x - y) - (y - (x + 3)) - (-x + y)",
        "2*(x + y)*sin(x)*3",
        "(x + y)*2*(x - y)/3*(x + 1)",
        "x*(3*(y + 1))*(2*(x + y))",
        "-(x - (y - x*2*(x + 1)))*(x + y)",
        "2*3*(x + y)",
    ],
)
def test_what_is_given_at_once_is_what_operators_make(text: str) -> None:
    """SymPy's own operators, one after the other, give the same object."""
    names = {"x": x, "y": y, "sin": sympy.sin, "Rational": sympy.Rational}
    exact = re.sub(r"\d+", lambda m: f"Rational({m[0]})", text)
    assert to_sympy(parse(text)) == eval(exact, names)  # a text of this test


def test_long_sums_and_products_are_flat() -> None:
    names = [f"x_{i}" for i in range(3_000)]
    assert len(to_sympy(parse(" + ".join(names))).args) == len(names)
    assert len(to_sympy(parse(" - ".join(names))).args) == len(names)
    assert len(to_sympy(parse("*".join(names))).args) == len(names)


@pytest.mark.parametrize("call", ["sin(", "tanh(", "log(1 + ", "sqrt(2 + ", "1/(3 + "])
def test_deep_nesting_is_the_same_level_by_level(call: str) -> None:
    depth = 300
    made = to_sympy(parse(call * depth + "x" + ")" * depth))
    inner = to_sympy(parse(call * 30 + "x" + ")" * 30))
    for _ in range(depth - 30):
        made = next(a for a in made.args if not a.is_Number)
        if made.is_Add:
            made = next(a for a in made.args if not a.is_Number)
    assert made == inner


def test_what_is_shared_is_made_once() -> None:
    node = symbol("x")
    for _ in range(200):
        node = node * node + 1
    assert to_sympy(node).is_Add


def test_choices_nested_deep_are_made() -> None:
    text = "x"
    for _ in range(60):
        text = f"where(x > 0, sin({text}) + x, 1)"
    made = to_sympy(parse(text))
    assert made.is_Piecewise
    assert made.subs(x, -1) == 1


def test_deep_products_are_flat() -> None:
    """A product in a product would be none that SymPy makes."""
    text = "x"
    for _ in range(60):
        text = f"exp(-({text})^2/3)"
    products = [p for p in sympy.preorder_traversal(to_sympy(parse(text))) if p.is_Mul]
    assert products
    assert not any(arg.is_Mul for p in products for arg in p.args)


def test_a_long_quotient_is_one_product() -> None:
    names = [f"x_{i}" for i in range(1_000)]
    assert len(to_sympy(parse("/".join(names))).args) == len(names)


@pytest.mark.parametrize("text", ["*".join(["exp(x + y)"] * 3), "x/y/x*2*(x + y)"])
def test_short_products_are_those_of_the_operators(text: str) -> None:
    names = {"x": x, "y": y, "exp": sympy.exp}
    assert to_sympy(parse(text)) == eval(text, names)  # a text of this test
