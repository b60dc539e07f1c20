"""Derivations: their levels, their conditions, and how they are told."""

from __future__ import annotations

import json
from html import unescape
from itertools import pairwise

import pytest

import calcml as cm
from calcml import derive, diff, grad
from calcml.core.mathml import mathml


def rules(f: str, level: str = "full", x: str = "x") -> list[str]:
    return [step.rule for step in derive(f, x, level=level).steps]


@pytest.mark.parametrize(
    ("f", "said"),
    [
        ("x", ["derivative of the variable"]),
        ("y", ["derivative of a constant"]),
        ("sin(x)", ["derivative of sin"]),
        ("sin(x^2)", ["chain rule, derivative of sin", "power rule"]),
        ("x + sin(x) - cos(x)", ["difference rule, sum rule", "derivative of sin", "derivative of cos"]),
        ("3*sin(x)", ["constant factor rule", "derivative of sin"]),
        ("x*sin(x)", ["product rule", "derivative of sin"]),
        ("exp(x)/(1 + exp(x))", ["quotient rule", "sum rule", "derivative of exp"]),
        ("1/sin(x)", ["reciprocal rule", "derivative of sin"]),
        ("a^x", ["exponential rule"]),
        ("x^n", ["power rule"]),
        ("x^x", ["power of two functions"]),
        ("relu(x)", ["derivative of relu"]),
        ("where(x > 0, sin(x), 0)", ["branch by branch", "derivative of sin"]),
        ("f(x^2)", ["chain rule, derivative of f", "power rule"]),
    ],
)  # fmt: skip
def test_rules_have_their_names(f: str, said: list[str]) -> None:
    assert rules(f)[: len(said)] == said


def told(f: str, level: str = "full") -> list[str]:
    """The rules and expressions of a derivation, as text has them."""
    lines = str(derive(f, "x", level=level)).splitlines()
    return [line.strip() for line in lines if "~~" not in line]


def test_a_quotient_is_told_as_in_school() -> None:
    assert told("x^2/sin(x)")[1:7] == [
        "1. quotient rule",
        "= (d/dx(x^2)*sin(x) - x^2*d/dx(sin(x)))/sin(x)^2",
        "2. power rule",
        "= (2*x*sin(x) - x^2*d/dx(sin(x)))/sin(x)^2",
        "3. derivative of sin",
        "= (2*x*sin(x) - x^2*cos(x))/sin(x)^2",
    ]
    (brief,) = [line for line in told("x^2/sin(x)", "brief") if "quotient" in line]
    assert "= (2*x*sin(x) - x^2*cos(x))/sin(x)^2    quotient rule" in brief


def test_terms_are_put_in_order_in_a_step_of_that_name() -> None:
    assert told("(1 - 2*x + x^3)^2")[-3:] == [
        "= 2*(1 - 2*x + x^3)*(-2 + 3*x^2)",
        "4. put in order",
        "= 2*(x^3 - 2*x + 1)*(3*x^2 - 2)",
    ]
    assert "power rule, put in order" in told("5*x - 2*x^2 + 3*x^4", "brief")[-1]
    assert told("3*x^4 - 2*x^2 + 5*x", "brief")[-1].endswith("power rule")
    back = told("1/sqrt(1 + x^2)", "brief")[-1]
    assert back.endswith("names put back, put in order")
    for f in ("tan(x)/x + x/tan(x)", "(sin(x) - cos(x))/(sin(x) + cos(x))"):
        assert not any("put in order" in line for line in told(f, "brief"))


@pytest.mark.parametrize(
    ("f", "said"),
    [
        ("log(1 + exp(x))", "fold into sigmoid: exp(x) = y/(1 - y) for y = sigmoid(x)"),
        ("x*relu(x)", "fold into relu: a*step(a) = relu(a)"),
        ("x*sigmoid(x)", "fold into silu: x*sigmoid(x) = silu(x)"),
        ("x*log(x)", "cancel common factors"),
        ("x^2/2 + x^2", "collect like terms"),
        ("cosh(-x)*x", "cosh(-a) = cosh(a)"),
    ],
)
def test_rewrites_have_their_names(f: str, said: str) -> None:
    assert said in rules(f)


def test_brief_steps_name_the_inner_function() -> None:
    told = derive("log(1 + exp(x))", "x")
    assert [f"{name} = {e}" for name, e in told.definitions()] == ["u = 1 + exp(x)"]
    assert [step.rule for step in told.steps] == [
        "chain rule, derivative of log",
        "derivative of exp",
        "fold into sigmoid",
    ]


def test_names_are_free_ones() -> None:
    names = [str(n) for n, _ in derive("u*exp(sin(x^2))*v", "x").definitions()]
    assert names == ["s", "w"]


@pytest.mark.parametrize(
    ("f", "condition"),
    [
        ("log(x)", ["x > 0"]),
        ("sqrt(x)", ["x > 0"]),
        ("x^2/x", ["x != 0"]),
        ("sin(x)", []),
        ("tanh(x)/exp(x)", []),
    ],
)
def test_steps_say_their_condition(f: str, condition: list[str]) -> None:
    asked = [str(c) for step in derive(f, "x").steps for c in step.condition]
    assert list(dict.fromkeys(asked)) == condition


def test_the_part_that_changes_is_marked() -> None:
    step = derive("x*sin(x)", "x", level="full").steps[1]
    before, part = step.marked(False)
    assert part is not None
    assert before[slice(*part)] == "d/dx(sin(x))"
    assert (
        f"\\underline{{{step.shown(step.old).latex()}}}"
        in derive("x*sin(x)", "x", level="full").latex()
    )


def test_a_higher_order_begins_where_the_one_before_ended() -> None:
    told = derive("sin(x)*exp(x)", "x", order=2)
    first, second = told.chains()
    assert second[0].before.args[0] is first[-1].after
    assert told.result is diff("sin(x)*exp(x)", "x", order=2)
    assert derive("tanh(x)", "x", order=7).result is diff("tanh(x)", "x", order=7)


@pytest.mark.parametrize("level", ["brief", "full"])
@pytest.mark.parametrize(
    "f", ["tanh(x)", "x^3", "sin(x)^2/x", "exp(-x^2/2)", "relu(x)^3*x", "tan(x)/log(x)"]
)
@pytest.mark.parametrize("order", [3, 4])
def test_each_order_is_told(f: str, order: int, level: str) -> None:
    told = derive(f, "x", order=order, level=level)
    assert len(told.chains()) == order
    assert told.steps[-1].after is told.result
    assert told.result is diff(f, "x", order=order)
    for one, following in pairwise(told.chains()):
        assert following[0].before.args[0] is one[-1].after
    assert "normal form" not in str(told)


def test_of_many_orders_the_last_are_told_as_one() -> None:
    told = derive("x*exp(x)", "x", order=20)
    assert [step.rule for step in told.steps][-1] == "12 derivatives in the normal form"
    assert told.steps[-1].after is told.result


@pytest.mark.parametrize("level", ["brief", "full"])
@pytest.mark.parametrize(
    ("f", "value"),
    [("cbrt(sin(x)^3 + x^5)", 1), ("cbrt(tan(x)^3 + x^4)", 1)],
)
def test_a_value_at_a_single_point_is_a_step(f: str, value: int, level: str) -> None:
    *_, last = derive(f, "x", level=level).steps
    assert last.rule == "value where x == 0"
    assert last.after is cm.parse(f"where(x == 0, {value}, {last.before})")


def test_inner_functions_have_the_names_of_the_text() -> None:
    told = derive("p = sigmoid(z); -(y*log(p) + (1 - y)*log(1 - p))", "z")
    assert [str(n) for n, _ in told.definitions()] == ["p"]


def test_given_facts_are_used() -> None:
    told = derive("sqrt(x^2)*x", "x", given="x > 0")
    assert told.result is diff("sqrt(x^2)*x", "x", given="x > 0")
    assert told.steps[-1].after is told.result


@pytest.mark.parametrize("level", ["brief", "full"])
@pytest.mark.parametrize(
    "f",
    ["x", "y", "x*exp(-x^2)", "where(x > 0, x, x^2)", "D(f(x), x)*g(x, y)", "abs(x)|"],
)
def test_every_form_is_there(f: str, level: str) -> None:
    f = f.rstrip("|")
    told = derive(f, "x", level=level)
    assert str(told)
    assert told.latex().startswith("\\begin{align*}")
    assert told.markdown()
    assert "<table>" in told._repr_html_()
    assert told._repr_latex_() == told.latex()
    data = json.loads(json.dumps(told.as_dict()))
    assert data["result"] == str(told.result)
    last = data["steps"][-1]
    assert last["after"] == str(told.result)
    assert last["after_latex"] == told.result.latex()
    assert len(data["steps"]) == told._repr_html_().count("<tr>") - 1


def test_names_are_put_back_in_every_form() -> None:
    told = derive("x/sqrt(1 + x^2)", "x", level="full")
    assert [str(n) for n, _ in told.definitions()] == ["u", "v"]
    (last,) = {
        told.as_dict()["steps"][-1]["after"],
        str(told).splitlines()[-1].removeprefix(" = "),
    }
    assert last == str(told.result)
    tex = told.result.latex()
    assert mathml(tex, alone=False) in told.html().rpartition("<td>")[2]
    assert told.markdown().endswith(f"${tex}$ |")
    assert f"&= {tex} && \\text{{names put back" in told.latex()


def test_html_is_escaped() -> None:
    assert "x < 1" not in derive("where(x < 1, x, 0)", "x")._repr_html_()


# --- gradients ---------------------------------------------------------------------


def test_backpropagation_begins_upstream() -> None:
    told = derive("(sigmoid(w*x + b) - y)^2", ["w", "b"])
    assert [step.name for step in told.steps] == ["z2", "z1", "w", "b"]
    assert [f"{n} = {e}" for n, e in told.forward] == [
        "z1 = w*x + b",
        "z2 = sigmoid(z1) - y",
    ]
    assert [str(step.shown) for step in told.steps][:2] == [
        "2*z2",
        "∂z2*sigmoid(z1)*(1 - sigmoid(z1))",
    ]
    assert dict(told.result) == grad("(sigmoid(w*x + b) - y)^2", ["w", "b"])


def test_the_names_of_the_text_are_the_layers() -> None:
    text = "h = relu(w*x); p = sigmoid(v*h); -log(p)"
    told = derive(text, ["w", "v"])
    assert [str(n) for n, _ in told.forward] == ["z1", "h", "z2", "p"]
    assert [step.name for step in told.steps] == ["p", "z2", "h", "z1", "w", "v"]


@pytest.mark.parametrize(
    ("given", "result"), [("sum(y) = 1", "p - y"), (["y > 0", "sum(y) = 1"], "p - y")]
)
def test_layers_use_what_is_given_of_arrays(
    given: str | list[str], result: str
) -> None:
    shapes = {"z": "n", "y": "n"}
    f = "p = softmax(z); -sum(y*log(p))"
    for by in ("z", ["z"]):
        told = derive(f, by, shapes=shapes, given=given)
        assert str(told.shown["z"]) == result
        assert dict(told.result) == grad(f, ["z"], shapes=shapes, given=given)


def test_arrays_are_told_with_their_shapes() -> None:
    shapes = {"X": "m n", "w": "n", "y": "m"}
    told = derive("mean((X @ w - y)^2)", "w", shapes=shapes)
    assert str(told).splitlines()[-2:] == [
        "∂w = X.T @ ∂z       chain rule through a matrix product; shape (n,)",
        "   = 2*X.T @ z/m    put together",
    ]
    assert told.result["w"] is grad("mean((X @ w - y)^2)", "w", shapes=shapes)["w"]


@pytest.mark.parametrize(
    ("f", "by", "shapes"),
    [
        ("norm2(X @ w - y)", ["w"], {"X": "m n", "w": "n", "y": "m"}),
        ("mu = mean(x); Z = (x - mu)/s; sum((g*Z + b)^2)", ["g", "b"], {"x": "d"}),
        ("Z = tanh(X @ W + b); P = softmax(Z @ V, axis=1); -sum(Y*log(P))/m", ["V", "W", "b"],
         {"X": "m n", "W": "n h", "b": "h", "V": "h k", "Y": "m k"}),
        ("s = sqrt(mean((x - mean(x))^2) + 1); sum(g*(x - mean(x))/s)", ["x", "g"], {"x": "d", "g": "d"}),
        ("logdet(A) + x @ inv(A) @ x", ["A", "x"], {"A": "n n", "x": "n"}),
    ],
)  # fmt: skip
def test_gradients_of_arrays_are_those_of_grad(
    f: str, by: list[str], shapes: dict[str, str]
) -> None:
    told = derive(f, by, shapes=shapes)
    assert dict(told.result) == grad(f, by, shapes=shapes)
    assert [step.name for step in told.steps][-len(by) :] == by
    for step in told.steps:
        assert step.before.dims == step.after.dims
    assert told.latex()
    assert told.markdown()
    assert json.dumps(told.as_dict())
    assert told._repr_html_()


def test_a_jacobian_is_told() -> None:
    told = derive("softmax(z)", "z", shapes={"z": "n"})
    assert told.result["z"] is diff("softmax(z)", "z", shapes={"z": "n"})
    assert "∂z = diag(p) - outer(p, p)    Jacobian" in str(told)


@pytest.mark.parametrize(
    ("f", "x", "rule"),
    [
        ("v", "v", "derivative of the variable"),
        ("inv(A + t*B)", "t", "chain rule through inv"),
        ("v*t", "t", "constant factor rule"),
        ("A @ v", "w", "derivative of a constant"),
    ],
)
def test_each_layer_has_a_rule(f: str, x: str, rule: str) -> None:
    shapes = {"A": "n n", "B": "n n", "v": "n", "w": "n"}
    (layer,) = derive(f, x, shapes=shapes).steps
    assert layer.rule == rule


def test_full_gradients_tell_what_the_chain_rule_gives() -> None:
    full = derive("softmax(z)", "z", shapes={"z": "n"}, level="full")
    (layer,) = full.steps
    assert [rule for _, rule in layer.rewrites] == [
        "chain rule through softmax",
        "simplify",
    ]
    lines = str(full).splitlines()[-2:]
    assert "eye(n)" in lines[0]
    assert lines[1].startswith("   = diag(p) - outer(p, p)")
    assert "simplify" in full.latex()
    assert "simplify" in full.markdown()
    assert "simplify" in full.html()
    assert [step["rule"] for step in full.as_dict()["steps"]][-1] == "simplify"
    brief = derive("softmax(z)", "z", shapes={"z": "n"})
    assert "simplify" not in str(brief)


def test_what_is_given_stands_in_every_form() -> None:
    shapes = {"z": "n", "y": "n"}
    array = derive(
        "p = softmax(z); -sum(y*log(p))", "z", shapes=shapes, given="sum(y) = 1"
    )
    scalar = derive("sqrt(x^2)", "x", given="x > 0", level="full")
    for told, words in ((array, "sum(y) = 1"), (scalar, "x > 0")):
        assert str(told).startswith(f"given {words}\n")
        assert "<mtext>given\u00a0</mtext>" in unescape(told.html())
        assert told.as_dict()["given"] == [words]
        for tex in (told.latex(), told.markdown()):
            assert r"\text{given }" in tex
            assert words in tex


def test_the_last_line_is_the_gradient_in_every_form() -> None:
    told = derive("(sigmoid(w*x + b) - y)^2", ["w", "b"])
    last = str(told.shown["b"])
    assert str(told).splitlines()[-1].split("    ")[0].endswith(f"= {last}")
    assert told.as_dict()["steps"][-1]["gradient"] == last
    tex = told.shown["b"].latex()
    assert mathml(tex, alone=False) in told.html().rpartition("<tr>")[2]
    assert mathml(r"\mathcal{L} = z_{2}^{2}") in told.html()


def test_the_result_has_a_name_that_is_free() -> None:
    assert "J = L*x + z^2" in str(derive("L*x + (L - 1)^2", ["L", "x"]))


def test_a_gradient_is_that_of_grad_where_branches_join() -> None:
    f = "where(abs(w) > 0, max(0, x - w), sigmoid(w)/(1 + (x - w)^2))"
    assert dict(derive(f, ["x", "w"]).result) == grad(f, ["x", "w"])


# --- limits ------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["brief", "full"])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    "f",
    ["x", "y", "3", "where(x > 0, 1, 0)", "max(0, 1 - y*x)", "hardtanh(x)", "min(7/3, 10 - x)",
     "abs(x*x - x*x)", "min(x, x + 1)", "max(x, 2*x - x)", "x/abs(x/x)", "where(y <= x, 1, 2)"],
)  # fmt: skip
def test_edges_are_told(f: str, order: int, level: str) -> None:
    told = derive(f, "x", order=order, level=level)
    assert told.result is diff(f, "x", order=order)
    assert str(told)
    assert told.latex()
    assert str(derive(f, ["x"]))


def test_given_facts_are_conditions_of_the_steps_that_use_them() -> None:
    told = derive("exp(abs(x))", "x", given="x > 0")
    assert str(told).startswith("given x > 0\n")
    assert [str(c) for c in told.steps[-1].condition] == ["x > 0"]


@pytest.mark.parametrize("x", ["z", "v", "t"])
def test_names_are_those_of_one_derivation(x: str) -> None:
    told = derive(f"max({x}, 0)^3*exp({x}^2)*abs({x}^2 - 1)", x, order=2)
    names = [str(n) for n, _ in told.definitions()]
    assert len(names) == len(set(names))
    assert x not in names


def test_wrong_levels_and_orders_are_told() -> None:
    for order in (0, -1, 1.5, True):
        with pytest.raises(cm.ParseError, match="order"):
            derive("x^2", "x", order=order)  # type: ignore[arg-type]
    with pytest.raises(cm.LimitError, match="order"):
        derive("x^2", "x", order=10**9)
    with pytest.raises(cm.ParseError, match="name the variables"):
        derive("x^2", [])
    with pytest.raises(cm.ParseError, match="3 is none"):
        derive("x^2", 3)  # type: ignore[call-overload]
    with pytest.raises(cm.ParseError, match="brief or full"):
        derive("x", "x", level="short")
    with pytest.raises(cm.UnsupportedError, match="order 1"):
        derive("x*y", ["x", "y"], order=2)


@pytest.mark.parametrize("level", ["brief", "full"])
def test_large_functions_are_told_in_few_steps(level: str) -> None:
    deep = "x"
    for _ in range(400):
        deep = f"sin({deep})"
    wide = " + ".join(f"x^{k}*sin({k}*x)" for k in range(2, 400))
    for f in (deep, wide):
        told = derive(f, "x", level=level)
        assert told.result is diff(f, "x")
        assert len(told.steps) < 5_000
        for a, b in pairwise(told.steps):
            assert a.after is b.before


@pytest.mark.parametrize("level", ["brief", "full"])
def test_depth_costs_no_stack(level: str) -> None:
    deep = cm.parse("sin(" * 5_000 + "x" + ")" * 5_000)
    told = derive(deep, "x", level=level)
    assert told.result is diff(deep, "x")
    assert str(told)


def test_steps_are_the_same_in_every_run() -> None:
    def told() -> str:
        return str(derive("x^2*sin(3*x)*exp(-x)/(1 + x^2)", "x", level="full"))

    first = told()
    derive("exp(-x)*sin(3*x)", "x")
    assert told() == first


def test_a_derivative_to_be_taken_has_no_value() -> None:
    before = derive("sin(x)^2", "x").steps[0].before
    with pytest.raises(cm.UnsupportedError, match="still to be taken"):
        before.evalf({"x": 1})
