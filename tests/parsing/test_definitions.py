"""Functions of one's own are rows as good as built-in ones."""

from __future__ import annotations

from typing import Any

import pytest

import calcml as cm
from calcml.core.errors import UnsupportedError
from calcml.functions import FUNCTIONS
from tests.parsing.test_advice import told

pytestmark = pytest.mark.usefixtures("tables_as_before")


def test_a_function_of_one_s_own() -> None:
    swish2 = cm.define("swish2(x) = x*sigmoid(2*x)", doc="sharper silu")
    e = swish2("x^2")
    assert e is cm.parse("swish2(x^2)") is cm.swish2("x^2")
    assert cm.parse(str(e)) is e
    assert cm.check(e, None, "x").verdict in ("proved", "agrees")
    point = {"x": 0.7}
    by_hand = cm.parse("x^2*sigmoid(2*x^2)")
    assert e.evalf(point) == pytest.approx(by_hand.evalf(point))
    assert cm.diff(e, "x").evalf(point) == pytest.approx(
        cm.diff(by_hand, "x").evalf(point)
    )
    for backend in ("numpy", "python"):
        assert cm.compile(e, ["x"], backend=backend)(0.7) == pytest.approx(
            float(e.evalf(point))
        )
    assert e.latex() == r"\operatorname{swish2}\left(x^{2}\right)"


def test_one_function_in_another_and_defined_again() -> None:
    cm.define("h2(x) = 3*x")
    cm.define("h3(x, b) = h2(x)^2 + b")
    assert str(cm.grad("h3(x, b)")) == "{'b': 1, 'x': 6*h2(x)}"
    cm.define("h4(x) = x^2")
    cm.define("h4(x) = x^3")
    assert str(cm.diff("h4(x)", "x")) == "3*x^2"


def test_a_given_derivative() -> None:
    cm.define("cube(x) = x^3", d="3*x^2", tex=r"#1^{\triangle}")
    assert cm.diff("cube(x)", "x") is cm.parse("3*x^2")
    assert cm.parse("cube(x)").latex() == r"x^{\triangle}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("q1(x)", "looks like"),
        ("sin(x) = x", "built-in"),
        ("Abs(x) = x", "built-in"),
        ("add(x) = x", "built-in"),
        ("e(x) = x", "meaning"),
        ("D(x) = x", "meaning"),
        ("q1(x, x) = x", "different names"),
        ("q1(2) = 2", "no parameter"),
        ("q1(x) = x + y", "q1"),
        ("q1(x) = x > 0", "value"),
        ("q1(x) = x +", "ends after"),
        ("qq1(x) = qq1(x)", "unknown function"),
    ],
)
def test_wrong_definitions(text: str, says: str) -> None:
    with pytest.raises(cm.CalcmlError, match=says):
        cm.define(text)


def test_a_function_cannot_call_itself() -> None:
    cm.define("loop1(x) = x")
    with pytest.raises(cm.ParseError, match="by itself"):
        cm.define("loop1(x) = loop1(x) + 1")
    cm.define("loop2(x) = loop1(x)")
    with pytest.raises(cm.ParseError, match="by itself"):
        cm.define("loop1(x) = loop2(x)")


@pytest.mark.parametrize(
    "spelling",
    [
        "numpy.nosuch",
        "numpy.pi",
        "numpy.tanh(1)",
        "numpy.tanh\n",
        "numpy..tanh",
        "numpy.tanh; x",
        "numpy",
        "tanh",
        "numpyx.tanh",
        "scipy.linalg.expm",
        "os.system",
        "numpy.f2py.os.system",
        "numpy.exp.__class__",
        "__import__('os').getcwd",
        "lambda x: x",
        3,
    ],
)
def test_no_text_but_an_existing_name_reaches_compiled_source(spelling: Any) -> None:
    with pytest.raises(UnsupportedError, match="is no function of numpy or scipy"):
        cm.define("spelled(x) = tanh(x)", numpy=spelling)
    with pytest.raises(UnsupportedError, match="is no function of math"):
        cm.define("spelled(x) = tanh(x)", python=spelling)


@pytest.mark.parametrize("spelling", ["numpy.tanh", "numpy.exp", "scipy.special.erf"])
def test_a_name_of_a_library_computes_the_function(spelling: str) -> None:
    cm.define("spelled(x) = 2*x", numpy=spelling, python="math.tanh")
    f = cm.compile("spelled(x)", ["x"])
    assert f"{spelling}(x_)" in f.source
    python = cm.compile("spelled(x)", ["x"], backend="python")
    assert "math.tanh(x_)" in python.source


@pytest.mark.parametrize(
    "text",
    [
        "softplus3(x, b) := log(1 + exp(b*x))/b",
        "def softplus3(x, b): return log(1 + exp(b*x))/b",
        "softplus3(x, b) -> log(1 + exp(b*x))/b",
        "softplus3 = lambda x, b: log(1 + exp(b*x))/b",
        "softplus3 = log(1 + exp(b*x))/b",
    ],
)
def test_definitions_are_put_right(text: str) -> None:
    error = told(cm.define, text)
    new = error.message.partition(": write ")[2]
    cm.define(new)
    assert FUNCTIONS["softplus3"].by == "log(1 + exp(b*x))/b"


def test_parameters_that_lack_are_added_as_told() -> None:
    error = told(cm.define, "affine3(x) = a*x + b")
    call = error.message.partition("as in ")[2]
    cm.define(f"{call} = a*x + b")
    assert FUNCTIONS["affine3"].params == ("x", "a", "b")
