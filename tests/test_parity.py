"""The calls are alike: the same options, lists of variables, SymPy's objects."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import pytest
import sympy

import calcml as cm

SHARED = ("simplify", "given", "shapes", "defined")
CALLS = "diff grad jacobian hessian vjp jvp derive kinks domain check".split()
x, y, z, t = sympy.symbols("x y z t")
X, Y = cm.symbols("x y")
F, G = "x^2*y + sqrt(x^2)", "x*y"


@pytest.mark.parametrize("option", SHARED)
@pytest.mark.parametrize("call", CALLS)
def test_options_are_those_of_diff(call: str, option: str) -> None:
    theirs = inspect.signature(getattr(cm, call)).parameters[option]
    own = inspect.signature(cm.diff).parameters[option]
    assert (theirs.annotation, theirs.kind) == (own.annotation, own.kind)
    assert theirs.default == own.default or (call, option) == ("check", "defined")


def test_options_are_spelled() -> None:
    calls = {n: getattr(cm, n) for n in cm.__all__}
    methods = dict(inspect.getmembers(cm.Expr, inspect.isfunction))
    gather = {
        name
        for name, call in (calls | methods).items()
        if isinstance(call, FunctionType)
        for p in inspect.signature(call).parameters.values()
        if p.kind is p.VAR_KEYWORD
    }
    # Names of variables, and fields of a row.
    assert gather == {"subs", "__call__", "define"}
    theirs = [*inspect.signature(cm.Expr.diff).parameters][2:]
    assert theirs == [*inspect.signature(cm.diff).parameters][2:]


# By the call: what it is asked of texts, and of SymPy's objects.
ASKED: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "simplify": ((F,), (x**2 * y + sympy.sqrt(x**2),)),
    "diff": ((G, ["x", "y"]), (x * y, [x, y])),
    "grad": ((G, ["x", "y"]), (x * y, [x, y])),
    "jacobian": (([G, "x"], ["x", "y"]), (sympy.Matrix([x * y, x]), [x, y])),
    "hessian": ((F, ["x", "y"]), (x**2 * y + sympy.sqrt(x**2), (x, y))),
    "vjp": ((G, ["x", "y"], "z^2"), (x * y, [x, y], z**2)),
    "jvp": ((G, ["x", "y"], ["z", "t"]), (x * y, [x, y], [z, t])),
    "derive": ((G, ["x", "y"]), (x * y, [x, y])),
    "kinks": (("abs(x*y)", ["x", "y"]), (abs(x * y), [x, y])),
    "domain": (("log(x*y)", ["x", "y"]), (sympy.log(x * y), [x, y])),
    "check": ((G, {"x": "y", "y": "x"}, ["x", "y"]), (x * y, {x: y, y: x}, [x, y])),
    "compile": (([G, {"a": "x"}], ["x", "y"]), ([x * y, {"a": x}], [x, y])),
}


@pytest.mark.parametrize("call", ASKED)
def test_sympy_goes_in_wherever_a_formula_does(call: str) -> None:
    texts, objects = (getattr(cm, call)(*args) for args in ASKED[call])
    assert str(texts) == str(objects)
    if call != "compile":
        mixed = getattr(cm, call)(ASKED[call][0][0], *ASKED[call][1][1:])
        assert str(mixed) == str(texts)


def test_every_call_that_takes_formulas_is_asked() -> None:
    taking = {
        name
        for name in cm.__all__
        if isinstance(call := getattr(cm, name), FunctionType)
        for p in inspect.signature(call).parameters.values()
        if "Formula" in str(p.annotation) or p.name == "exprs"
    }
    assert taking == ASKED.keys()


def test_sympy_goes_in_beside_formulas() -> None:
    root, positive = sympy.sqrt(x**2), sympy.Gt(x, 0)
    assert cm.simplify(root, given=positive) is X
    assert cm.simplify("sqrt(x^2)", given=[X > 0]) is cm.simplify(root, given=X > 0)
    assert cm.diff(root, x, given=positive, functions="elementary") is cm.parse("1")
    assert X + x is x + X is X + X
    assert x * X is X * x is X * X
    assert x - X is X - X and x / Y is X / Y and x**Y is X**Y
    assert cm.sin(x) is cm.parse("sin(x)")
    assert cm.where(x > y, x, y) is cm.parse("where(x > y, x, y)")
    assert (X * Y).subs({x: y**2}) is (X * Y)(x=y**2) is Y**2 * Y
    assert (X**2).diff(x) is 2 * X
    assert (X**2).evalf({x: sympy.Rational(1, 2)}) == 0.25
    ranges = {x: (2, 3)}
    report = cm.check("x^2", "2*x + max(1 - x, 0)", x, ranges=ranges)
    assert report.verdict == "agrees"
    trace: list[Any] = []
    assert cm.simplify(x**2 / (x + 0 * y) * X / X, trace=trace) is X
    assert trace
    with pytest.raises(cm.UnsupportedError, match="no counterpart of SymPy's Integral"):
        cm.diff(sympy.Integral(sympy.sin(x) / x), x)


def test_an_expression_is_no_callable() -> None:
    """It can be called, to put values in; where a function may stand it is none."""
    assert cm.parse(X**2) is cm.parse(x**2) is X**2
    assert cm.check(X**2, 2 * X, X).verdict == "proved"
    assert cm.check(X * Y, [Y, X], [X, Y]).verdict == "proved"
    assert cm.compile(X**2, [X])(3) == 9
    assert cm.compile({"a": X**2}, [X])(3) == {"a": 9}


def test_lists_of_variables() -> None:
    assert cm.diff(G, ["x", "y"]) is cm.diff(G, "x", "y") is cm.parse("1")
    assert cm.diff("x^2", []) is 2 * X
    assert (X**2 * Y).diff(["x", "y"]) is 2 * X
    found = cm.kinks("abs(x) + y", ["x", "y"])
    assert [*found] == ["x", "y"]
    assert [len(k) for k in found.values()] == [1, 0]
    assert str(found).startswith("by x\nx = 0: corner")
    assert found["x"].latex() in found.latex()
    assert found["x"].markdown() in found.markdown()
    assert found["x"].html() in found.html()
    assert found.as_dict()["x"] == found["x"].as_dict()
    with pytest.raises(cm.ParseError, match="a tangent of its own"):
        cm.jvp(G, ["x", "y"])


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("sqrt(x^2 - 1)", {"given": "x > 0"}, "x >= 1; differentiable for x > 1"),
        ("log(x)", {"given": "x > 0"}, "everywhere; differentiable everywhere"),
        ("log(x)", {"given": "x < 0"}, "nowhere; differentiable nowhere"),
        ("abs(x)", {"given": "x > 0"}, "everywhere; differentiable everywhere"),
        ("1/(x*y)", {"given": ["x > 0", "y != 0"]}, "everywhere; diff"),
        ("u = w*x + b; log(u)", {"defined": True}, "for u > 0; differ"),
        ("c = a^2; sqrt(x - c)", {"defined": True}, "for x >= c; differ"),
        ("sqrt(x^2 - 1)", {"simplify": False}, "for x^2 - 1 >= 0"),
        ("sum(log(x))", {"shapes": {"x": "n"}, "given": "x > 0"}, "everywhere; diff"),
    ],
)
def test_domains_under_options(text: str, options: dict[str, Any], says: str) -> None:
    assert says in str(cm.domain(text, **options))


def test_steps_under_options() -> None:
    text = "p = sigmoid(x); p^2"
    for level in ("brief", "full"):
        raw = cm.derive(text, "x", level=level, simplify=False)
        assert raw.result is raw.steps[-1].after is cm.diff(text, "x", simplify=False)
        named = cm.derive(text, "x", level=level, defined=True)
        assert named.result is named.steps[-1].after
        assert named.result is cm.diff(text, "x", defined=True)
    several = cm.derive("p = sigmoid(w*x); -log(p)", ["w"], simplify=False)
    assert several.result == cm.grad("-log(sigmoid(w*x))", ["w"], simplify=False)
