"""What a person writes is used, or refused by name: no part of it is dropped."""

from __future__ import annotations

from typing import Any

import pytest

import calcml as cm
from calcml.functions.arrays import ARRAY_FUNCTIONS

SHAPES = {"A": "m n", "B": "n n", "x": "n", "y": "n"}


# --- texts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["x^2; x^3", "x^2\nx^3", "x^2; y = 3", "x; x; x", "p = x; p^2; q = p"]
)
def test_a_formula_that_defines_nothing_is_last(text: str) -> None:
    with pytest.raises(cm.ParseError, match="defines nothing and would be dropped"):
        cm.diff(text, "x")


@pytest.mark.parametrize("text", ["x^2", "x^2;", "u = x; u^2\n", "u = x^2", "# x\nx^2"])
def test_one_formula_after_its_definitions(text: str) -> None:
    assert str(cm.diff(text, "x")) == "2*x"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sum(A, axis=(0, 0))", "sum has the axis 0 of (m, n) twice"),
        ("sum(A, axis=(0, -2))", "sum has the axis 0 of (m, n) twice"),
        ("mean(A, axis=(1, 1))", "mean has the axis 1 of (m, n) twice"),
        ("norm2(A, axis=(1, -1))", "norm2 has the axis 1"),
        ("sum(A, axis=0, axis=1)", "sum takes axis once"),
        ("ones(3, axis=0)", "ones has no argument axis"),
        ("reshape(x, n, 1, order=2)", "reshape has no argument order"),
        ("softmax(x, keepdims=1)", "softmax has no argument keepdims"),
        ("cumsum(x, keepdims=1)", "cumsum has no argument keepdims"),
        ("trace(B, keepdims=0)", "trace has no argument keepdims"),
        ("dot(x, y, axis=None)", "dot has no argument axis"),
        ("var(x, ddof=1)", "var has no argument ddof"),
        ("huber(x, y, 1, delta=2)", "huber has no argument delta"),
        ("sum(x, 'i')", "sum has no argument in quotes"),
        ("gelu(z, approximate='tanh', approximate='none')", "approximate once"),
    ],
)
def test_arguments_of_calls(text: str, says: str) -> None:
    with pytest.raises(cm.CalcmlError) as error:
        cm.parse(text, shapes=SHAPES)
    assert says in str(error.value)
    assert error.value.text == text


@pytest.mark.parametrize("name", ARRAY_FUNCTIONS)
def test_no_call_takes_an_unknown_keyword(name: str) -> None:
    row = ARRAY_FUNCTIONS[name]
    arguments = [cm.symbol(p, "n n" if row.takes else "n") for p in row.params]
    sized = row.params.index(row.sizes) if row.sizes else len(arguments)
    plain = [a if k < sized else 3 for k, a in enumerate(arguments)]
    with pytest.raises(cm.ParseError, match="has no argument colour"):
        getattr(cm, name)(*plain, colour=1)


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ("m n", ("m", "n")),
        ("m, n", ("m", "n")),
        ("m,n", ("m", "n")),
        ("(m, n)", ("m", "n")),
        ("(n,)", ("n",)),
        ("[2, 3]", (2, 3)),
        ("m x n", ("m", "n")),
        ("m by n", ("m", "n")),
        ("m X n", ("m", "n")),
        ("2×n", (2, "n")),
        ("m x n x 3", ("m", "n", 3)),
        ("x", ("x",)),
        ("x n", ("x", "n")),
        ("m, x, n", ("m", "x", "n")),
    ],
)
def test_spellings_of_a_shape(shape: str, sizes: tuple[object, ...]) -> None:
    assert cm.symbol("X", shape).shape == sizes


@pytest.mark.parametrize(
    "shape", ["m x n k", "m n, k", "m,,n", "m n; w: n", "m*n", "2x3", "(m n"]
)
def test_what_is_no_shape(shape: str) -> None:
    with pytest.raises(cm.ShapeError, match="the shape of X: "):
        cm.parse("X", shapes={"X": shape})


# --- options of derivatives --------------------------------------------------------

LOSS = "p = sigmoid(w*x + b); -log(p)"


@pytest.mark.parametrize("option", [{"given": "x > 0"}, {"defined": True}])
@pytest.mark.parametrize(
    "call",
    [
        lambda **options: cm.diff(LOSS, "w", **options),
        lambda **options: cm.diff(LOSS, "w", order=0, **options),
        lambda **options: cm.grad(LOSS, ["w", "b"], **options),
        lambda **options: cm.jacobian(LOSS, "w", **options),
        lambda **options: cm.jacobian([LOSS], ["w", "b"], **options),
        lambda **options: cm.hessian(LOSS, "w", **options),
        lambda **options: cm.hessian(LOSS, ["w", "b"], **options),
        lambda **options: cm.vjp(LOSS, "w", **options),
        lambda **options: cm.jvp(LOSS, "w", **options),
    ],
)
def test_what_only_simplify_uses_asks_for_it(call: Any, option: Any) -> None:
    with pytest.raises(cm.UnsupportedError, match="has no effect without simplify"):
        call(simplify=False, **option)
    assert call(**option) is not None


def test_names_that_the_text_defines_in_lists() -> None:
    second = "[[p*x^2*(1 - p), p*x*(1 - p)], [p*x*(1 - p), p*(1 - p)]]"
    assert str(cm.hessian(LOSS, ["w", "b"], defined=True)) == second
    first = cm.jacobian([LOSS, "w"], ["w", "b"], defined=True)
    assert str(first) == "[[x*(p - 1), p - 1], [1, 0]]"


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_a_defined_name_hides_no_variable_between_orders(order: int) -> None:
    """The name of a part of the first derivative is no constant of the second."""
    text, at = "p = sigmoid(x); p^2", {"x": 0.3}
    named = cm.diff(text, "x", order=order, defined=True)
    assert named.free_symbols <= {"p", "x"}
    inside = named.subs({"p": cm.parse("sigmoid(x)")}).evalf(at, 20)
    assert abs(inside - cm.diff(text, "x", order=order).evalf(at, 20)) < 1e-18


def test_an_order_of_0_is_simplified() -> None:
    assert str(cm.diff("sqrt(x^2)", "x", order=0, given="x > 0")) == "x"


def test_lists_keep_their_length() -> None:
    assert str(cm.jacobian(["x*y"], ["x", "x"])) == "[[y, y]]"
    assert str(cm.hessian("x*y", "x", ["x", "y"])) == "[[0, 1]]"
    assert str(cm.hessian("x*y", ["x", "y"], "x")) == "[[0], [1]]"


@pytest.mark.parametrize(
    ("x", "options"), [(["x", "y"], {}), ("x", {"simplify": False})]
)
def test_a_compressed_hessian_is_of_arrays_and_short(x: Any, options: Any) -> None:
    with pytest.raises(cm.CalcmlError, match="compressed"):
        cm.hessian("x*y", x, compressed=True, **options)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: cm.grad(cm.parse("x*y"), shapes={"y": "n"}), "y has the shape ()"),
        (lambda: cm.domain(cm.parse("x"), shapes={"x": "n"}), "x has the shape ()"),
        (lambda: cm.simplify(cm.symbol("x", "n"), shapes={"x": "m"}), "shape (n,)"),
        (lambda: cm.define("same(x) = x", colour=1), "colour is no field"),
        (lambda: cm.define("same(x) = x", params=("y",)), "params is no field"),
        (lambda: cm.define("same(x) = x", d=("1", "2")), "d has 2 of the derivatives"),
        (lambda: cm.define("same(x, b) = x", d="1"), "d has 1 of the derivatives by x"),
        (lambda: cm.define("same(x) = x", d="z"), "z, which is no parameter"),
    ],
)
def test_options_that_have_no_effect_are_refused(call: Any, says: str) -> None:
    with pytest.raises(cm.CalcmlError) as error:
        call()
    assert says in str(error.value)


def test_what_is_given_of_arrays_holds_of_their_elements() -> None:
    shapes = {"x": "n", "W": "n"}
    assert len(cm.kinks("sum(abs(x))", "x", shapes=shapes, given="x > 0")) == 0
    given = ["W > 0", "x < 0"]
    assert len(cm.kinks("sum(relu(W*x))", "x", shapes=shapes, given=given)) == 0
    assert len(cm.kinks("sum(relu(W*x))", "x", shapes=shapes, given="W > 0")) == 1


def test_symbols_may_be_a_text() -> None:
    assert cm.parse("pi*e", symbols="pi, e").free_symbols == {"pi", "e"}


# --- checks ------------------------------------------------------------------------


def test_points_of_arrays_are_drawn_from_ranges() -> None:
    shapes = {"x": "n", "A": "n n"}
    for ranges in ({"x": (4, 5)}, {"x": (-3, -2), "A": (0.5, 0.6)}):
        report = cm.check("x @ A @ x", "x", "x", shapes=shapes, ranges=ranges)
        assert report.counterexample is not None
        for name, (low, high) in ranges.items():
            values = report.counterexample[name]
            flat = values if name == "x" else [v for row in values for v in row]
            assert all(low <= v <= high for v in flat)
    # The slope of abs(x) is 1 where elements are positive, and there alone.
    args = "sum(abs(x))", "x^0", "x"
    assert cm.check(*args, shapes=shapes, ranges={"x": (1, 2)}).verdict == "agrees"
    assert cm.check(*args, shapes=shapes).verdict == "differs"


@pytest.mark.parametrize("against", ["sympy", "calcml"])
def test_arrays_are_compared_with_finite_differences(against: str) -> None:
    with pytest.raises(cm.UnsupportedError, match=f"leave out against {against}"):
        cm.check("sum(x^2)", "2*x", "x", shapes={"x": "n"}, against=against)


@pytest.mark.parametrize(
    "options",
    [
        {"points": 0},
        {"points": 2.5},
        {"ranges": {"x": (3, 1)}},
        {"ranges": {"x": 3}},
        {"ranges": {"x": (1, 2, 3)}},
        {"ranges": {"x": ("a", "b")}},
        {"ranges": {"x": (0, float("inf"))}},
    ],
)
def test_points_and_ranges_that_are_none(options: Any) -> None:
    with pytest.raises(cm.CalcmlError, match=r"points is a|range of x is a"):
        cm.check("x^2", "2*x", "x", **options)


def test_what_is_put_in_has_the_place_of_a_variable() -> None:
    x, y = cm.symbols("x y")
    assert (x * y).subs({x: 2, "y": 3}) == cm.parse("6")
    for key in ("x*y", x * y, 2):
        with pytest.raises(cm.UnsupportedError, match="subs replaces variables"):
            (x * y).subs({key: 1})


def test_a_gradient_has_no_part_more() -> None:
    with pytest.raises(cm.CalcmlError, match="name the variables"):
        cm.check("x^2", [], [])
    with pytest.raises(cm.CalcmlError, match="a part for z, by which nothing"):
        cm.check("x^2", {"x": "2*x", "z": "1"}, ["x"])


def test_a_hessian_of_a_list_takes_what_is_given_of_arrays() -> None:
    shapes = {"B": "n n", "x": "n"}
    args = "c^2*(x @ B @ x + x @ B.T @ x)", ["c", "d"]
    found = cm.hessian(*args, shapes=shapes, given="B symmetric")
    assert str(found) == "[[4*x @ B @ x, 0], [0, 0]]"


@pytest.mark.parametrize("text", ["x[i][j]", "(x[i] + 1)[0]", "x[i].T"])
def test_an_element_is_named_in_a_message(text: str) -> None:
    with pytest.raises(cm.ShapeError, match="is no array"):
        cm.parse(text, shapes={"x": "n"})
