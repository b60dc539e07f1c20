"""Derivatives of arrays by their public names: formulas, shapes, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import calcml as cm
from calcml.calculus.jacobians import hessian
from calcml.core.build import dump, load
from calcml.core.errors import (
    CalcmlError,
    DomainError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.core.expr import symbol, walk
from calcml.printing.indexed import index_text

DATA = {"X": "m n", "w": "n", "y": "m"}
BATCH = {"X": "b d", "W": "d c", "Y": "b c"}
SQUARE = {"X": "n n", "A": "n n", "B": "n n", "x": "n", "z": "n"}

# --- formulas ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "by", "shapes", "given", "gradient"),
    [
        ("mean((X @ w - y)^2)", "w", DATA, (), "2*X.T @ (X @ w - y)/m"),
        ("sum(softplus(X @ w) - y*(X @ w))", "w", DATA, (), "X.T @ (sigmoid(X @ w) - y)"),
        ("bce_with_logits(X @ w, y)", "w", DATA, (), "X.T @ (sigmoid(X @ w) - y)/m"),
        ("cross_entropy(X @ W, Y)", "W", BATCH, "sum(Y, axis=1) = 1", "X.T @ (softmax(X @ W) - Y)/b"),
        ("-sum(Y*log(softmax(X @ W)))", "W", BATCH, "sum(Y, axis=1) = 1", "X.T @ (softmax(X @ W) - Y)"),
        ("log(sum(exp(x)))", "x", SQUARE, (), "softmax(x)"),
        ("-log(sum(i, exp(x[i])))", "x", SQUARE, (), "-softmax(x)"),
        ("x @ A @ x", "x", SQUARE, (), "(A + A.T) @ x"),
        ("x @ A @ x", "x", SQUARE, "A symmetric", "2*A @ x"),
        ("x @ A @ x/2", "x", SQUARE, "A positive definite", "A @ x"),
        ("x @ inv(A) @ x", "x", SQUARE, "A diagonal", "2*x/diag(A)"),
        ("-logdet(X)", "X", SQUARE, "X symmetric", "-inv(X)"),
        ("trace(A @ inv(X))", "X", SQUARE, (), "-inv(X).T @ A.T @ inv(X).T"),
        ("norm2(x - z)", "x", SQUARE, (), "normalize(x - z)"),
        ("norm2(z - x)", "x", SQUARE, (), "normalize(x - z)"),
        ("norm2(y - X @ w)", "w", DATA, (), "X.T @ normalize(X @ w - y)"),
        ("sqrt(mean((X @ w - y)^2))", "w", DATA, (), "X.T @ normalize(X @ w - y)/sqrt(m)"),
        ("std(x)", "x", SQUARE, (), "normalize(x - sum(x)/n)/sqrt(n)"),
        ("norm2(2*x)", "x", SQUARE, (), "2*normalize(x)"),
        ("norm2(X.T)", "X", SQUARE, (), "normalize(X)"),
        ("sum(norm2(X, axis=1))", "X", SQUARE, (), "normalize(X, axis=1)"),
        ("norm2(x)^3", "x", SQUARE, (), "3*x*norm2(x)"),
        ("norm2(x)^2 + norm2(x)", "x", SQUARE, (), "2*x + normalize(x)"),
        ("log(norm2(x))", "x", SQUARE, (), "x/(x @ x)"),
        ("1/norm2(x)", "x", SQUARE, (), "-x/(x @ x)^(3/2)"),
        ("max(x)", "x", SQUARE, (), "where(x == max(x), 1, 0)/sum(where(x == max(x), 1, 0))"),
        ("var(x)", "x", SQUARE, (), "2*(x - sum(x)/n)/n"),
        ("x[0]^2*x[1]", "x", SQUARE, (), "x[0]*(x[0]*onehot(1, n) + 2*x[1]*onehot(0, n))"),
    ],
)  # fmt: skip
def test_gradient(
    text: str, by: str, shapes: dict[str, str], given: Any, gradient: str
) -> None:
    made = cm.grad(text, by, shapes=shapes, given=given)[by]
    assert str(made) == gradient
    assert made.shape == cm.parse(by, shapes=shapes).shape
    read = cm.parse(gradient, shapes=shapes)
    assert cm.simplify(read, given=given) is made


def test_softmax_has_its_off_diagonal() -> None:
    jacobian = cm.jacobian("softmax(z)", "z", shapes={"z": "n"})
    assert str(jacobian) == "p = softmax(z); diag(p) - outer(p, p)"
    assert index_text(jacobian) == "p = softmax(z); p[i]*(delta(i, j) - p[j])"
    read = cm.parse("p = softmax(z); p[i]*(delta(i, j) - p[j])", shapes={"z": "n"})
    assert read.shape == ("n", "n")
    report = cm.check("softmax(z)", read, "z", shapes={"z": "n"})
    assert report.verdict == "agrees"


def test_what_sympy_gets_wrong() -> None:
    """Its answers are 0, 0, a diagonal and a StopIteration."""
    shapes = {"X": "n n", "A": "n n", "v": "n", "z": "n"}
    for text, by, right in [
        ("log(det(X))", "X", "inv(X).T"),
        ("v @ A @ v", "v", "(A + A.T) @ v"),
        ("exp(z)/sum(exp(z))", "z", "p = softmax(z); diag(p) - outer(p, p)"),
        ("exp(z[k])/sum(i, exp(z[i]))", "z", "p = softmax(z); diag(p) - outer(p, p)"),
    ]:
        made = cm.diff(text, by, shapes=shapes)
        assert str(made) == right
        assert cm.check(text, made, by, shapes=shapes).verdict == "agrees"


def test_definitions_are_used() -> None:
    loss = "z = X @ w; p = sigmoid(z); L = -mean(y*log(p) + (1 - y)*log(1 - p))"
    gradient = cm.grad(loss, "w", shapes=DATA, defined=True)["w"]
    assert str(gradient) == "X.T @ (p - y)/m"
    written = {name: cm.parse(t, shapes=DATA) for name, t in [("p", "sigmoid(X @ w)")]}
    assert gradient.subs(written) is cm.grad(loss, "w", shapes=DATA)["w"]


def test_backward_passes() -> None:
    norm = "mu = mean(x); s = sqrt(mean((x - mu)^2) + eps); h = (x - mu)/s; h"
    back = cm.vjp(norm, "x", "g", shapes={"x": "d"}, defined=True)
    assert str(back) == "(g - ((g @ h)*h + sum(g))/d)/s"
    linear = cm.vjp("X @ W + v", ["X", "W", "v"], shapes=BATCH | {"v": "c"})
    assert list(map(str, linear.values())) == ["g @ W.T", "X.T @ g", "sum(g, axis=0)"]
    forward = cm.jvp("inv(X)", "X", "dX", shapes=SQUARE)
    assert str(forward) == "-inv(X) @ dX @ inv(X)"


def test_hessians() -> None:
    loss = "-mean(y*log(sigmoid(X @ w)) + (1 - y)*log(1 - sigmoid(X @ w)))"
    curved = cm.hessian(loss, "w", shapes=DATA)
    assert str(curved) == "(X.T*(sigmoid(X @ w)*(1 - sigmoid(X @ w)))) @ X/m"
    ridge = cm.hessian("sum((X @ w - y)^2) + c*sum(w^2)", "w", shapes=DATA)
    assert str(ridge) == "2*(c*eye(n) + X.T @ X)"
    (term,) = hessian("sum(exp(w))", "w", shapes=DATA, compressed=True)
    assert str(term.factor) == "exp(w)" and term.deltas == (("i", "j"),)


def test_a_symmetric_matrix_moves_in_all_directions_until_the_end() -> None:
    shapes = {"X": "n n"}
    curved = cm.hessian("-logdet(X)", "X", shapes=shapes, given="X symmetric")
    free = cm.hessian("-logdet(X)", "X", shapes=shapes)
    at = {"X": [[2, 1], [1, 3]]}
    assert curved.evalf(at) == free.evalf(at)


def test_a_shared_slope_is_shared() -> None:
    """The slopes of layers are computed once for all the weights below."""
    text = "h = tanh(X @ W); k = tanh(h @ V); sum((k @ U - Y)^2)"
    shapes = {"X": "b d", "W": "d e", "V": "e f", "U": "f c", "Y": "b c"}
    slopes = cm.grad(text, ["W", "V", "U"], shapes=shapes).values()
    products = [n for n in walk(*slopes) if n.op == "contract" and len(n.args) > 1]
    assert len(products) == 7  # three forward, one of a slope, three of weights


# --- shapes and errors -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "says", "carets"),
    [
        ("A @ y", ShapeError, "(m, n) and (k,) do not fit together in @", "^^^^^"),
        ("x + y", ShapeError, "(n,) and (k,) do not fit together in +", "^^^^^"),
        ("1 + inv(A)", ShapeError, "inv takes a square matrix, got shape (m, n)", "    ^^^^^^"),
        ("trace(x)", ShapeError, "trace takes a square matrix, got shape (n,)", "^^^^^^^^"),
        ("sum(A, axis=2)", ShapeError, "sum has no axis 2 in the shape (m, n)", "^^^^^^^^^^^^^^"),
        ("sum(t)", ShapeError, "sum takes an array; declare t: n", "^^^^^^"),
        ("x[0, 1]", ShapeError, "2 indices for an array of shape (n,)", "^^^^^^^"),
        ("B[3, 0]", ShapeError, "the index 3 is beyond an axis of size 3", "^^^^^^^"),
        ("x[i]*y[i]", ShapeError, "the index i runs over axes of sizes n and k", "^^^^^^^^^"),
        ("delta(i, j)", ShapeError, "the range of delta(i, j) is not known", "^^^^^^^^^^^"),
        ('einsum("ij,jk->ik", A, x)', ShapeError, "stands for an array of shape (n,)", "^" * 25),
        ("f(x)", UnsupportedError, "unknown function of an array", "^^^^"),
        ("matrix_power(S, t)", UnsupportedError, "a whole number as its exponent", "^" * 18),
        ("det()", ParseError, "det takes 1 argument, got 0", "^^^^^"),
        ("mean(A, ax=1)", ParseError, "mean has no argument ax", "^^^^^^^^^^^^^"),
        ("x[::2]", UnsupportedError, "how many places 0:n:2 has is not known", "^^^^^^"),
    ],
)  # fmt: skip
def test_errors_point(
    text: str, kind: type[CalcmlError], says: str, carets: str
) -> None:
    shapes = {"A": "m n", "x": "n", "y": "k", "S": "n n", "B": "3 3"}
    with pytest.raises(kind) as caught:
        cm.parse(text, shapes=shapes)
    line, marks, *_ = str(caught.value).split("\n")
    assert line == text and marks == carets
    assert says in caught.value.message


def test_refusals_of_derivatives() -> None:
    with pytest.raises(ShapeError, match="gradient is of a scalar"):
        cm.grad("A @ x", "x", shapes={"A": "m n", "x": "n"})
    with pytest.raises(UnsupportedError, match="n is the size of an array"):
        cm.diff("mean(x)", "n", shapes={"x": "n"})
    with pytest.raises(ShapeError, match="needs \\(m,\\)"):
        cm.vjp("A @ x", "x", symbol("g", "n"), shapes={"A": "m n", "x": "n"})
    with pytest.raises(ParseError, match="g is a name of the formula"):
        cm.vjp("x*g", "x", "g", shapes={"x": "n", "g": "n"})
    with pytest.raises(ParseError, match="Q is no matrix"):
        cm.grad("sum(A)", "A", shapes={"A": "n n"}, given="Q symmetric")
    with pytest.raises(UnsupportedError, match="no dialect maple"):
        cm.parse("x", dialect="maple")


def test_what_does_not_occur_has_the_slope_0_in_its_shape() -> None:
    slope = cm.diff("A @ x", "z", shapes={"A": "m n", "x": "n"})
    assert str(slope) == "zeros(m)"
    made = cm.grad("sum(x)", ["x", "B"], shapes={"x": "n", "B": "n k"})
    assert str(made["x"]) == "ones(n)" and str(made["B"]) == "zeros(n, k)"


def test_kinks_have_one_slope_on_arrays() -> None:
    spellings = ["relu(x)", "max(x, 0)", "(x + abs(x))/2", "where(x > 0, x, 0)"]
    for text in spellings:
        slope = cm.grad(f"sum({text})", "x", shapes={"x": "n"})["x"]
        assert slope.evalf({"x": [-1, 0, 2]}) == [0, 0, 1]
    ties = cm.grad("max(x)", "x", shapes={"x": "n"})["x"]
    assert ties.evalf({"x": [1, 1, 0]}) == [0.5, 0.5, 0]


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("norm2(x)", [0, 0], [0, 0]),
        ("sqrt(sum(x^2))", [0, 0], [0, 0]),
        ("sqrt(x @ x)", [0, 0], [0, 0]),
        ("sqrt(mean(x^2))", [0, 0], [0, 0]),
        ("std(x)", [2, 2], [0, 0]),
        ("norm2(relu(x))", [-1, -2], [0, 0]),
        ("x[0]*x[1] + norm2(x - x)", [1, 2], [2, 1]),
        ("norm2(x)^2 + norm2(x) + x[1]", [0, 0], [0, 1]),
        ("exp(norm2(x)) + k*x[0]", [0, 0], [3, 0]),
        ("norm2(x)", [3, 4], [0.6, 0.8]),
        ("sum(norm2(X, axis=1))", [[0, 0], [3, 4]], [[0, 0], [0.6, 0.8]]),
        ("sum(norm2(X, axis=0)^3)", [[0, 3], [0, 4]], [[0, 45], [0, 60]]),
    ],
)
@pytest.mark.parametrize("simplify", [True, False])
def test_a_norm_has_the_slope_0_at_0(
    text: str, x: Any, slope: Any, simplify: bool
) -> None:
    """In values and in compiled code, however it was spelled and simplified."""
    pytest.importorskip("numpy")
    name, shapes = ("X", {"X": "m n"}) if "X" in text else ("x", {"x": "n"})
    made = cm.diff(text, name, shapes=shapes, simplify=simplify)
    at = {name: x, "k": 3} if "k" in made.free_symbols else {name: x}
    run = cm.compile(made, list(at), shapes=shapes)
    close = pytest.approx
    assert [*flat(made.evalf(at))] == close([*flat(slope)], abs=1e-14)
    assert [*flat(run(**at).tolist())] == close([*flat(slope)], abs=1e-14)


def flat(value: Any) -> Iterator[float]:
    """The elements of nested lists."""
    if isinstance(value, list):
        for part in value:
            yield from flat(part)
    else:
        yield float(value)


def test_normalize() -> None:
    shapes = {"x": "n", "y": "n", "X": "m n"}

    def short(text: str) -> str:
        return str(cm.simplify(cm.parse(text, shapes=shapes)))

    assert short("norm2(x)*normalize(x)") == "x"
    assert short("x @ normalize(x)") == "norm2(x)"
    assert short("normalize(-2*X.T)") == "-normalize(X).T"
    assert short("normalize(x - x)") == "zeros(n)"
    assert short("x/norm2(x)") == "x/norm2(x)"  # which has no value at 0
    assert str(cm.diff("normalize(x) @ y", "y", shapes=shapes)) == "normalize(x)"
    at = {"x": [0, 0]}
    with pytest.raises(DomainError):
        cm.hessian("norm2(x)", "x", shapes=shapes).evalf(at)
    assert cm.hessian("norm2(x)^3", "x", shapes=shapes).evalf(at) == [[0, 0], [0, 0]]
    e = cm.parse("normalize(x - y)", shapes=shapes)
    assert e.latex() == r"\frac{x - y}{\left\|x - y\right\|}"
    assert cm.check("norm2(x)", "x/norm2(x)", "x", shapes=shapes).verdict == "agrees"


def test_a_product_with_a_0_in_it() -> None:
    slope = cm.grad("prod(x)", "x", shapes={"x": "n"})["x"]
    assert slope.evalf({"x": [0, 2, 3]}) == [6, 0, 0]


def test_arrays_travel() -> None:
    e = cm.grad("cross_entropy(X @ W, Y)", "W", shapes=BATCH)["W"]
    assert load(dump(e)) is e
    with pytest.raises(ShapeError, match="has the shape"):
        e.subs({"X": symbol("Q", "d d")})


def test_slices_of_one_start_are_not_one() -> None:
    x = symbol("x", "n")
    assert x[1:2].shape == (1,) and x[1:3].shape == (2,)


def test_a_scalar_operand_of_a_contraction_has_the_others_as_its_slope() -> None:
    shapes = {"x": "n", "u": "m"}
    for text in ('einsum("i,->", x, u[2])', "sum(i, x[i]*u[2])"):
        gradient = cm.grad(text, "u", shapes=shapes)["u"]
        assert str(gradient) == "sum(x)*onehot(2, m)"
        assert (
            cm.jvp(text, "u", "v", shapes=shapes | {"v": "m"}).evalf(
                {"x": [1, 2], "u": [1, 1, 1], "v": [0, 0, 5]}
            )
            == 15
        )


def test_an_index_is_a_number_too() -> None:
    for text, value in (
        ("sum(i, i*x[i])", 23),
        ("sum(i, x[i]^i)", 87),
        ("x[i]*i", [0, 5, 18]),
    ):
        assert cm.parse(text, shapes={"x": "n"}).evalf({"x": [2, 5, 9]}) == value


def test_arrays_by_operators() -> None:
    a, x = symbol("A", "n k"), symbol("x", "n")
    assert cm.sum(a, axis=1, keepdims=True).shape == ("n", 1)
    assert cm.max(a, axis=0, keepdims=1).shape == (1, "k")
    assert str(cm.where(x > 0, x, 0)) == "where(x > 0, x, 0)"
    assert str(cm.vjp(a @ symbol("B", "k m"), "A", "ones(n, m)")).startswith("sum(B")
    for action in (lambda: x["i"], lambda: x[1.5], lambda: x[[0, 1]], lambda: x[True]):
        with pytest.raises(UnsupportedError, match="no index"):
            action()
    with pytest.raises(ParseError, match=r"write A.T"):
        cm.parse("A^T @ A", shapes={"A": "n n"})


def test_shapes_of_derivatives() -> None:
    shapes = {"A": "n k", "b": "n 1", "c": "k 1", "x": "n"}
    assert cm.jacobian("A*b", "b", shapes=shapes).shape == ("n", "k", "n", 1)
    assert cm.jacobian("A @ c", "c", shapes=shapes).shape == ("n", "k")
    assert cm.grad("sum(A)", "x", shapes=shapes)["x"].shape == ("n",)


def test_a_candidate_may_use_the_names_of_the_formula() -> None:
    verdict = cm.check(
        "p = softmax(z); p", "diag(p) - outer(p, p)", "z", shapes={"z": "n"}
    )
    assert verdict.verdict == "agrees"


def test_facts_speak_of_declared_arrays_that_do_not_occur() -> None:
    shapes = {"A": "m n", "x": "n", "y": "m", "w": "n"}
    found = cm.grad("norm2(A @ x - y)^2", ["x"], given="x = w", shapes=shapes)
    assert str(found["x"]) == "2*A.T @ (A @ w - y)"


def test_what_is_given_of_arrays_holds_beside_a_kink() -> None:
    """Values at single places are those of scalars: they do not read what is given."""
    shapes = {"W": "k n", "x": "n", "y": "k", "V": "k k"}
    loss = "h = relu(W @ x); -sum(y*log(softmax(V @ h)))"
    for name, slope in (
        ("V", "outer(softmax(V @ relu(W @ x)) - y, relu(W @ x))"),
        ("W", "outer(step(W @ x)*(V.T @ (softmax(V @ relu(W @ x)) - y)), x)"),
    ):
        assert str(cm.diff(loss, name, shapes=shapes, given="sum(y) = 1")) == slope
        told = cm.derive(loss, name, shapes=shapes, given="sum(y) = 1")
        assert "- y" in str(told).splitlines()[-1]
