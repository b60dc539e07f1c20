"""Functions of NumPy and of plain Python against evalf."""

import builtins
import math
import pickle
import random
import sys
from collections.abc import Sequence
from typing import Any

import numpy
import pytest

from calcml.calculus.chain_rule import reverse
from calcml.compile import compile
from calcml.core.build import add, mul
from calcml.core.errors import CalcmlError, DomainError, UnsupportedError
from calcml.core.expr import ZERO, Expr, make, number, symbol
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import sample
from calcml.functions import Row, rows
from calcml.parsing.parser import parse

BACKENDS = ("numpy", "python")
both = pytest.mark.parametrize("backend", BACKENDS)


def _example(row: Row) -> tuple[Expr, tuple[str, ...]]:
    if row.op == "where":
        return parse("where(a > b, a, b)"), ("a", "b")
    names = (*row.params, "b", "c") if row.variadic else row.params
    return make(row.op, tuple(symbol(n) for n in names)), names


@both
@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.op)
def test_every_row(row: Row, backend: str) -> None:
    root, names = _example(row)
    f = compile(root, names, backend=backend)
    for point in sample(root, 3, 5, dict(zip(row.params, row.sample, strict=False))):
        values = {name: float(value) for name, value in point.items()}
        right = float(evalf(root, point, 20))
        assert f(**values) == pytest.approx(right, rel=1e-11, abs=1e-300)


FORMULAS = [
    "x - (y - 1) - 2*(x + y)/(x*y)/(3 - x)",
    "-x^2 + (-x)^2 + x^-3 + (x - 7)^3 + 2^-x + (x + y)^0.5",
    "1/3*x + 0.1*y - 7/1000001",
    "where(x > y and not x == 2 or y <= 0, x, -y)*3 + where(x != y, 1, 0)",
    "max(x, y, 1, x*y) - min(x, 2) + max(x)",
    "exp(-x)/(1 + exp(-x)) + pi*e + euler_gamma",
    "abs(x - 3)*sign(x - 3) + floor(x) + ceil(y) + round(2*x)",
    "a*(b*(c*(x + y)))",
    "2^(1/2) + 3^x + 10^20*x",
]


@both
@pytest.mark.parametrize("formula", FORMULAS)
def test_operators(formula: str, backend: str) -> None:
    root = parse(formula)
    names = sorted(root.free_symbols)
    f = compile(root, names, backend=backend)
    for point in sample(root, 8, 2):
        right = float(evalf(root, point, 20))
        assert f(*map(float, point.values())) == pytest.approx(right, rel=1e-13)


@both
def test_shared_parts_are_computed_once(backend: str) -> None:
    root = parse("u = exp(x); v = sin(u*y); u*v + v^2 + tanh(v)/u")
    gradient = dict(zip("xy", reverse(root, [symbol("x"), symbol("y")]), strict=True))
    f = compile({"value": root, "slopes": gradient}, "x y", backend=backend)
    for name in ("exp", "sin", "cos", "tanh"):
        assert f.source.count(f".{name}(") == 1
    result = f(0.3, 0.7)
    assert list(result) == ["value", "slopes"]
    assert result["slopes"]["y"] == pytest.approx(
        float(evalf(gradient["y"], {"x": 0.3, "y": 0.7}))
    )


def test_the_source_is_short_and_readable() -> None:
    f = compile("tanh(w*x + b)^2 + 1/3*x", "w x b")
    assert f.source == (
        "import numpy\n\n\n"
        "def f(w_, x_, b_):\n"
        "    return [numpy.tanh(w_*x_ + b_)**2 + 1/3*x_]\n"
    )
    assert repr(f) == "<f(w, x, b), computed by numpy.>"
    terms = " + ".join(f"sin({i}*x)" for i in range(100))
    lines = compile(f"max({terms}, x, {terms})", "x").source.splitlines()
    assert max(map(len, lines)) <= 88


def test_structures() -> None:
    f = compile(["x + 1", ("x", {"a": symbol("x") * 2}), 7], "x", backend="python")
    assert f(3) == [4, (3, {"a": 6}), 7.0]
    assert compile([], "x")(1) == []
    assert compile((), [])() == ()


def test_results_have_the_shape_of_all_arguments() -> None:
    f = compile(["w*x", "w", "1", "x", "where(x > 1, 1, 0)"], ["w", symbol("x")])
    x = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    results = f(2, x)
    assert [r.shape for r in results] == [(2, 3)] * 5
    assert results[2].sum() == 6
    assert results[3] is not x
    results[3][0, 0] = 100
    assert x[0, 0] == 1
    assert [float(r) for r in f(2, 5)] == [10, 2, 1, 5, 1]
    assert f([1, 2, 3], [[1], [2]])[0].shape == (2, 3)
    assert f(numpy.float32(2), x.astype("float32"))[0].dtype == "float32"


@pytest.mark.filterwarnings("error")
def test_numpy_keeps_the_branch_not_taken_out() -> None:
    f = compile("where(x > 0, log(x), where(x < -1, sqrt(-x - 1), 1/x))", "x")
    assert f([1.0, -5.0, -0.5]) == pytest.approx([0, 2, -2])
    assert math.isnan(compile("x^(1/3)", "x")(-8))
    assert math.isnan(compile("1/x", "x")(0))
    assert math.isnan(compile("x + (-2)^(1/3)", "x")(1))
    assert compile("x + 9^9^9", "x")(1) == math.inf


def test_python_computes_only_the_branch_taken() -> None:
    f = compile("where(x > 0, log(x), x)", "x", backend="python")
    assert [f(1), f(-2)] == [0, -2]
    shared = "where(x > 0, log(x)*sin(x), 2) + 3*where(x > 1, 1 + log(x), 0)"
    g = compile(shared, "x", backend="python")
    assert g.source.count("math.log") == 1
    assert g(-1) == 2
    assert g(math.e) == pytest.approx(math.sin(math.e) + 6)
    late = "where(x > -1, log(x) + 1, 0) + where(x > 0, sqrt(log(x)^2), 3)"
    h = compile([late, "where(x > -1, log(x), 1)"], "x", backend="python")
    assert h(-2) == [3, 1]
    with pytest.raises(DomainError, match=r"no value at x = -0.5"):
        h(-0.5)
    alone = compile(
        "where(x > 0, log(y), 1) + where(x > 1, log(y), 1)", "x y", backend="python"
    )
    assert alone(-1, -1) == 2
    with pytest.raises(DomainError):
        alone(2, -1)
    both_ways = compile(
        ["where(x > 0, y^0.5, 1)", "where(x > 1, y^0.5, 1)"], "x y", backend="python"
    )
    with pytest.raises(DomainError):
        both_ways(2, -1)


@pytest.mark.parametrize(
    ("formula", "x"),
    [("x^(1/3)", -8), ("1/x", 0), ("log(x)", 0), ("exp(x)", 1e4), ("Ei(x)", 0)],
)
def test_python_names_the_point_without_a_value(formula: str, x: float) -> None:
    with pytest.raises(DomainError, match=f"no value at x = {x}"):
        compile(formula, "x", backend="python")(x)


def test_whole_powers_are_exact() -> None:
    assert compile("x^3 + 2*x^41", "x", backend="python")(3) == 27 + 2 * 3**41
    assert compile("(-x)^3", "x")(2.0) == -8


def test_numbers_are_the_nearest_doubles() -> None:
    f = compile(["0.1", "1/3", "123456789012345678901234567891", "1e-320*x"], "x")
    right = [0.1, 1 / 3, 1.2345678901234568e29, 1e-320]
    assert [float(v) for v in f(1.0)] == right


NAMES = (
    "lambda",
    "exp",
    "t1",
    "x_",
    "numpy",
    "class",
    "θ",
    "ϕ",
    "φ",
    "None",
    "print",
    "f",
)


@both
def test_any_name_is_a_variable(backend: str) -> None:
    total: Expr = ZERO
    for i, name in enumerate(NAMES):
        total = add(total, mul(number(10**i), make("sin", (symbol(name),))))
    f = compile(total, NAMES, backend=backend)
    values = [0.1 * i for i in range(len(NAMES))]
    right = sum(10**i * math.sin(v) for i, v in enumerate(values))
    assert f(*values) == pytest.approx(right)
    assert f(**dict(zip(NAMES, values, strict=True))) == pytest.approx(right)


@pytest.mark.parametrize(
    "name", ["__import__('os').abort()", "x): import os\n", "a b", ""]
)
def test_no_name_reaches_the_source(name: str) -> None:
    f = compile(symbol(name) + 1, [name], backend="python")
    assert f.source == "def f(v0):\n    return [v0 + 1]\n"
    assert f(**{name: 1}) == 2


def test_arguments() -> None:
    f = compile("x - y", ["x", "y"])
    assert f(3, 1) == f(3, y=1) == f(y=1, x=3) == 2
    for values, named, part in [
        ((1,), {}, "missing: y"),
        ((1,), {"z": 2}, "unknown or given twice: z"),
        ((1, 2), {"x": 3}, "unknown or given twice: x"),
        ((1, 2, 3), {}, "3 values were given"),
    ]:
        with pytest.raises(CalcmlError, match=f"the arguments are x, y; .*{part}"):
            f(*values, **named)
    with pytest.raises(CalcmlError, match="x must be a real number"):
        f("a", 1)
    with pytest.raises(CalcmlError, match="no values here"):
        f([1, 2], [1, 2, 3])


def test_what_cannot_be_compiled() -> None:
    with pytest.raises(CalcmlError, match=r"not among the arguments: a, y; give .'x'"):
        compile("a*x*y", "x")
    with pytest.raises(CalcmlError, match="stands twice: x"):
        compile("x", ["x", "x"])
    with pytest.raises(UnsupportedError, match="g is an unknown function"):
        compile("g(x)", "x")
    with pytest.raises(UnsupportedError, match="real numbers"):
        compile("I*x", "x")
    with pytest.raises(
        UnsupportedError, match="no backend fortran; use numpy or python"
    ):
        compile("x", "x", backend="fortran")


def test_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    assert compile("sigmoid(x)", "x")(0.0) == 0.5
    with pytest.raises(UnsupportedError, match="pip install scipy"):
        compile("erf(x)", "x")
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(UnsupportedError, match="pip install numpy"):
        compile("x", "x")
    assert compile("erf(x)", "x", backend="python")(0) == 0


def _network(sizes: Sequence[int]) -> tuple[Expr, list[str]]:
    weights: list[str] = []

    def weight() -> Expr:
        weights.append(f"w{len(weights)}")
        return symbol(weights[-1])

    layer: list[Expr] = [number(1), symbol("x")]
    for size in sizes:
        sums = [sum((mul(weight(), v) for v in layer), ZERO) for _ in range(size)]
        layer = [number(1), *(make("tanh", (s,)) for s in sums)]
    return (sum((mul(weight(), v) for v in layer), ZERO) - symbol("y")) ** 2, weights


@both
def test_the_gradient_of_a_network(backend: str) -> None:
    loss, weights = _network((5, 4))
    gradient = reverse(loss, [symbol(w) for w in weights])
    names = [*weights, "x", "y"]
    f = compile(
        (loss, dict(zip(weights, gradient, strict=True))), names, backend=backend
    )
    assert f.source.count(".tanh(") == 9
    rng = random.Random(7)
    point = {name: rng.uniform(-1, 1) for name in names}
    _, slopes = f(**point)
    for weight in weights:
        high, low = (f(**point | {weight: point[weight] + h})[0] for h in (1e-5, -1e-5))
        assert slopes[weight] == pytest.approx((high - low) / 2e-5, rel=1e-5, abs=1e-9)


@both
def test_depth_and_breadth_cost_no_stack(backend: str) -> None:
    deep: Expr = symbol("x")
    chosen: Expr = symbol("x")
    for _ in range(100_000):
        deep = make("sin", (deep,))
    for i in range(2_000):
        chosen = make("where", (make("gt", (chosen, number(i))), chosen + 1, number(1)))
    assert compile(deep, "x", backend=backend)(0.5) == pytest.approx(
        0.0054767, rel=1e-4
    )
    assert compile(chosen, "x", backend=backend)(1) == 2001
    names = [f"x{i}" for i in range(3_000)]
    widest = make("max", tuple(symbol(n) for n in names))
    assert compile(widest, names, backend=backend)(*range(3_000)) == 2_999


def test_pickle_keeps_the_function() -> None:
    f: Any = pickle.loads(pickle.dumps(compile(["x*y"], "x y")))
    assert f(2, 3) == [6]
    assert builtins.compile is not compile


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("formula", "outside", "beside"),
    [
        ("log(x)", 0.0, 1.0),
        ("atan(1/x)", 0.0, 2.0),
        ("exp(-1/x^2)", 0.0, 1.0),
        ("digamma(x) + 1", 0.0, 3.0),
        ("gammainc(x, 2)", -0.5, 0.5),
        ("x^(-2)", 0.0, 3.0),
        ("lgamma(x)", -2.0, -1.5),
        ("where(x > 1, log(x - 1), 1/(x - 1))", 1.0, 3.0),
    ],
)
def test_numpy_has_nan_where_others_have_errors(
    formula: str, outside: float, beside: float
) -> None:
    """An infinite part of a finite result is no value, either."""
    found = compile(formula, "x")(numpy.array([outside, beside, outside]))
    assert numpy.isnan(found).tolist() == [True, False, True]
    python = compile(formula, "x", backend="python")
    assert found[1] == pytest.approx(python(beside), rel=1e-14)
    with pytest.raises(DomainError):
        python(outside)
    with pytest.raises(DomainError):
        evalf(parse(formula), {"x": outside})


def test_numpy_has_nan_in_arrays_too() -> None:
    f = compile("sum(log(x))", "x", shapes={"x": "n"})
    assert math.isnan(f([0.0, 1.0])) and f([1.0, 1.0]) == 0
    g = compile("1/(A @ x)", "A x", shapes={"A": "m n", "x": "n"})
    found = g(numpy.eye(2), numpy.array([0.0, 2.0]))
    assert numpy.isnan(found).tolist() == [True, False]


def test_a_part_beyond_the_doubles_is_found_without_them() -> None:
    logistic = compile("1/(1 + exp(x)) + x*0", "x", backend="python")
    assert logistic(1000) == 0 == float(compile("sech(x)", "x", backend="python")(1e4))
    assert compile("exp(x)/exp(x - 1)", "x", backend="python")(1000) == math.e
    with pytest.raises(DomainError, match="beyond the largest double"):
        compile("-exp(x)", "x", backend="python")(1e300)
    assert compile("exp(x) - exp(x)", "x", backend="python")(710.0) == 0
