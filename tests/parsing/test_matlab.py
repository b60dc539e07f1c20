"""The language of matrixcalculus.org: the same expressions, sizes inferred, errors."""

from __future__ import annotations

import pytest

from calcml.core.errors import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.matlab import parse_matlab
from calcml.parsing.parser import parse

# A formula, the same in calcml's grammar, the shapes that it has there.
SAME = [
    # quadratic forms and least squares
    ("x'*A*x", "x @ A @ x", "x: m; A: m m"),
    ("x'*A*y", "x @ A @ y", "x: m; A: m n; y: n"),
    ("x'*A*x + c*sin(y)'*x", "x @ A @ x + c*sin(y) @ x", "x: m; A: m m; y: m"),
    ("x'*A'*A*x", "x @ A.T @ A @ x", "x: m; A: n m"),
    ("norm2(A*x-y)^2", "norm2(A @ x - y)^2", "A: m n; x: n; y: m"),
    ("A'*(A*x-y)", "A.T @ (A @ x - y)", "A: m n; x: n; y: m"),
    ("norm2(A*x-y) + c*norm1(x)", "norm2(A@x - y) + c*norm1(x)", "A: m n; x: n; y: m"),
    ("(x-y)'*inv(S)*(x-y)", "(x - y) @ inv(S) @ (x - y)", "x: m; y: m; S: m m"),
    ("x'*A*x/(x'*x)", "x @ A @ x/(x @ x)", "x: m; A: m m"),
    ("inv(X'*X)*X'*y", "inv(X.T @ X) @ X.T @ y", "X: m n; y: m"),
    # losses
    (
        "sum(log(exp(-y.*(X*w)) + vector(1)))",
        "sum(log(exp(-y*(X @ w)) + ones(m)))",
        "y: m; X: m n; w: n",
    ),
    (
        "sum(relu(vector(1) - y.*(X*w))) + a/2*w'*w",
        "sum(relu(ones(m) - y*(X @ w))) + a/2*w @ w",
        "y: m; X: m n; w: n",
    ),
    ("sum((X*w - y).^2)/2", "sum((X @ w - y)^2)/2", "X: m n; w: n; y: m"),
    ("norm2(tanh(X*w) - y)", "norm2(tanh(X @ w) - y)", "X: m n; w: n; y: m"),
    ("vector(1)./(1 + exp(-X*w))", "ones(m)/(1 + exp(-X @ w))", "X: m n; w: n"),
    ("W'*tanh(V*x)", "W.T @ tanh(V @ x)", "W: m n; V: m p; x: p"),
    # matrices
    ("tr(A*X'*B*X*C)", "trace(A @ X.T @ B @ X @ C)", "A: m n; X: p n; B: p p; C: n m"),
    ("norm2(X*Y' - A)^2", "norm2(X @ Y.T - A)^2", "X: m n; Y: p n; A: m p"),
    ("log(det(inv(X)))", "log(det(inv(X)))", "X: m m"),
    ("logdet(X) - tr(S*X)", "logdet(X) - trace(S @ X)", "X: m m; S: m m"),
    ("inv(X)^2", "inv(X) @ inv(X)", "X: m m"),
    ("A^3", "A @ A @ A", "A: m m"),
    ("A^-2", "inv(A) @ inv(A)", "A: m m"),
    ("A^0", "eye(m)", ""),
    ("A.^2", "A^2", "A: m n"),
    ("A.*B./C", "A*B/C", "A: m n; B: m n; C: m n"),
    ("inv(A + c*eye)*x", "inv(A + c*eye(m)) @ x", "A: m m; x: m"),
    ("A*eye*B", "A @ eye(n) @ B", "A: m n; B: n p"),
    ("matrix(1) - x*y'", "ones(m, n) - outer(x, y)", "x: m; y: n"),
    ("vector(1)'*A*vector(1)", "ones(m) @ A @ ones(n)", "A: m n"),
    ("vector(2*a) + x", "2*a*ones(m) + x", "x: m"),
    ("exp(X*W)", "exp(X @ W)", "X: m n; W: n p"),
    # vectors, columns and rows
    ("X*w", "X @ w", "X: m n; w: n"),
    ("relu(A*x)", "relu(A @ x)", "A: m n; x: n"),
    ("(x.*y)'", "x*y", "x: m; y: m"),
    ("x*y'*z", "outer(x, y) @ z", "x: m; y: n; z: n"),
    ("x'*y*z", "x @ y*z", "x: m; y: m; z: n"),
    ("(A*x)*(B*y)'", "outer(A @ x, B @ y)", "A: m n; x: n; B: p q; y: q"),
    ("x'*A", "x @ A", "x: m; A: m n"),
    ("diag(x)*A", "diag(x) @ A", "x: m; A: m n"),
    ("diag(A)'*x", "diag(A) @ x", "A: m m; x: m"),
    ("(x'*A*x)^2*y/norm2(y)", "(x @ A @ x)^2*y/norm2(y)", "x: m; A: m m; y: n"),
    ("arcsin(x) + arccos(x) - arctan(x)", "asin(x) + acos(x) - atan(x)", "x: m"),
    ("sign(x).*abs(x).^a", "sign(x)*abs(x)^a", "x: m"),
    ("a.^x + 2.^x", "a^x + 2^x", "x: m"),
    # scalars
    ("a^b", "a^b", ""),
    ("a*sin(b)/c - 2.5e-1*pi", "a*sin(b)/c - 2.5e-1*pi", ""),
    ("tr(a) + det(b) + inv(c)", "a + b + 1/c", ""),
    # what their language lacks
    ("softmax(X*w)'*y", "softmax(X @ w) @ y", "X: m n; w: n; y: m"),
    ("sum(max(x, 0)) + max(y)", "sum(max(x, 0)) + max(y)", "x: m; y: n"),
    ("mse(X*w, y)", "mse(X @ w, y)", "X: m n; w: n; y: m"),
    ("huber(X*w, y, 2)", "huber(X @ w, y, 2)", "X: m n; w: n; y: m"),
    ("solve(A, x)", "solve(A, x)", "A: m m; x: m"),
    ("solve(A, B)*y", "solve(A, B) @ y", "A: m m; B: m n; y: n"),
    ("dot(x, y)*transpose(A)", "dot(x, y)*A.T", "x: m; y: m; A: n p"),
    ("logsumexp(A*x) - mean(A)", "logsumexp(A @ x) - mean(A)", "A: m n; x: n"),
    ("mvn_logpdf(x, z, S)", "mvn_logpdf(x, z, S)", "x: m; z: m; S: m m"),
]  # fmt: skip


def shapes(text: str) -> dict[str, str]:
    """The shapes in a text such as "A: m n; x: n"."""
    pairs = (part.partition(":") for part in text.split(";") if part)
    return {name.strip(): sizes.strip() for name, _, sizes in pairs}


@pytest.mark.parametrize(("text", "calcml", "where"), SAME)
def test_the_same_expression(text: str, calcml: str, where: str) -> None:
    assert parse_matlab(text) is parse(calcml, shapes=shapes(where))


@pytest.mark.parametrize(("text", "calcml", "where"), SAME)
def test_declared_shapes_change_nothing(text: str, calcml: str, where: str) -> None:
    assert parse_matlab(text, shapes=shapes(where)) is parse(
        calcml, shapes=shapes(where)
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("-a^2", "-(a^2)"),
        ("a^b^c", "(a^b)^c"),
        ("2^-a", "2^(-a)"),
        ("2^-a^b", "(2^(-a))^b"),
        ("-a*b", "(-a)*b"),
        ("a/b*c", "(a/b)*c"),
        ("a-b-c", "(a - b) - c"),
        ("-x.*y", "(-x).*y"),
        ("-x'", "-(x')"),
        ("A*B'", "A*(B')"),
        ("A^2'", "(A^2)'"),
        ("X.^2'", "(X.^2)'"),
        ("A'^2", "(A')^2"),
        ("x.*y.^2", "x.*(y.^2)"),
        ("A*x.*y", "(A*x).*y"),
        ("2.*x", "2 .* x"),
        ("2.5.*x", "(2.5).*x"),
        ("2.^x", "2 .^ x"),
        ("2./x", "2 ./ x"),
        ("x.'*y", "x'*y"),
        ("x\u2019*y", "x'*y"),
        ("A*x % the model\n+ y", "A*x + y"),
        ("norm2(x)'", "norm2(x)"),
    ],
)
def test_precedence(text: str, plain: str) -> None:
    assert parse_matlab(text) is parse_matlab(plain)


@pytest.mark.parametrize(
    ("text", "where", "shape"),
    [
        ("A*x", {}, ("m",)),
        ("A*x", {"A": "3 4"}, (3,)),
        ("A*x", {"x": "k"}, ("m",)),
        ("A*B", {"B": "m k"}, ("n", "k")),  # m is taken
        ("m*n'", {}, ("p", "q")),  # both are variables here
        ("x'*A", {}, ("n",)),
        ("(A*x)'", {}, ("m",)),
        ("a*x", {"a": "k m"}, ("k",)),
        ("lambda*x", {"lambda": ""}, ("m",)),
        ("\u03a3*x + \u03bc*x", {}, ("m",)),
        ("x + 1", {}, ("m",)),
        ("e*E", {}, ("m", "n")),  # names, not the constant
        ("matrix(a)", {}, ("m", "n")),
        ("eye", {}, ("m", "m")),
        ("*".join(f"A_{i}" for i in range(20)), {}, ("m", "n_9")),
    ],
)
def test_sizes(text: str, where: dict[str, str], shape: tuple[object, ...]) -> None:
    assert parse_matlab(text, shapes=where).shape == shape


@pytest.mark.parametrize(
    ("text", "calcml", "others"),
    [
        ("v'*A*v", "v.T @ A @ v", "A: n n"),
        ("v'*v*x", "v[0, 0]*0 + x*(v.T @ v)[0, 0]", "x: m"),
        ("v + x", "v + x[:, None]", "x: n"),
        ("x*v'", "x[:, None] @ v.T", "x: m"),
        ("v*x'", "v @ x[None, :]", "x: m"),
        ("v*B", "v @ B", "B: 1 m"),
        ("diag(v)", "diag(v)", ""),
        ("A + v", "A + v", "A: n 1"),
        ("(v'*v)^a", "(v.T @ v)^a", ""),
    ],
)
def test_a_declared_column_keeps_two_axes(text: str, calcml: str, others: str) -> None:
    found = parse_matlab(text, shapes={"v": "n 1"})
    expected = parse(calcml, shapes={"v": "n 1"} | shapes(others))
    assert found.shape == expected.shape
    if "0]" not in calcml:
        assert found is expected


@pytest.mark.parametrize(
    ("text", "kind", "marked", "says"),
    [
        ("a + x*y", ShapeError, "x*y", "(m, 1) and (n, 1) do not fit together in *;"),
        ("2*(A + x)", ShapeError, "A + x", "(m, n) and (m, 1)"),
        ("x + y'", ShapeError, "x + y'", "(m, 1) and (1, n) do not fit together in +"),
        ("A*x'", ShapeError, "A*x'", "(m, n) and (1, p)"),
        ("det(x*y' - A*x)", ShapeError, "x*y' - A*x", "(m, n) and (m, 1)"),
        ("1 + det(x)", ShapeError, "det(x)", "det takes the shapes (n, n), and here"),
        ("x^2", ShapeError, "x^2", "write .^"),
        ("A*B + (A*B)^2*inv(x)", ShapeError, "inv(x)", "(p, 1)"),
        ("a^x", UnsupportedError, "a^x", "write .^"),
        ("1/A", UnsupportedError, "1/A", "write ./ element by element, *inv(...)"),
        ("A^a", UnsupportedError, "A^a", "whole number"),
        ("A^99", LimitError, "A^99", "over 64"),
        ("x'*(x/0)", DomainError, "x/0", "division by zero"),
        ("y + tahn(x)", UnsupportedError, "tahn(x)", "Did you mean tanh"),
        ("A(x)", UnsupportedError, "A(x)", "a product is A*(...)"),
        ("kron(A, B)", UnsupportedError, "kron(A, B)", "cannot be inferred"),
        ("A + eye(3)", UnsupportedError, "eye(3)", "a unit matrix is eye"),
        ("inf*x", UnsupportedError, "inf", "infinity"),
        ("x + vector(y)", ParseError, "vector(y)", "vector takes one scalar"),
        ("sum(X, 1)", ParseError, "sum(X, 1)", "X*vector(1)"),
        ("log(x, 2)", ParseError, "log(x, 2)", "log takes 1 argument"),
        ("det()", ParseError, "det()", "det takes 1 argument"),
        ("exp()", ParseError, "exp()", "exp takes 1 argument"),
        ("2x", ParseError, "2x", "write 2*x"),
        ("x[0]", ParseError, "[", "no meaning"),
        ("sin(x", ParseError, "(", "never closed"),
        ("", ParseError, "", "empty"),
        ("or + a", ParseError, "or", "no name of a variable"),
    ],
)
def test_errors_point(
    text: str, kind: type[CalcmlError], marked: str, says: str
) -> None:
    with pytest.raises(kind) as caught:
        parse_matlab(text)
    error = caught.value
    assert says in error.message
    assert error.span is not None
    start, end = error.span
    assert text[start:end] == marked


def test_declared_sizes_that_differ() -> None:
    with pytest.raises(ShapeError, match=r"\(3, 4\) and \(5, 1\)"):
        parse_matlab("A*x", shapes={"A": "3 4", "x": "5"})
    with pytest.raises(UnsupportedError, match="scalars, vectors and matrices"):
        parse_matlab("T*x", shapes={"T": "2 3 4"})


def test_symbols_are_variables() -> None:
    assert parse_matlab("pi").op == "constant"
    assert parse_matlab("pi*x'", symbols=["pi"]).shape == ("m", "n")
    assert parse_matlab("eye*x", symbols=["eye"]).free_symbols >= {"eye", "x"}


def test_every_array_function_is_decided_on() -> None:
    """A new row is read, or its sizes cannot be inferred: no other end."""
    refused = set()
    for row in ARRAY_OPERATIONS.values():
        for arguments in ("X", "x", "x, y", "X, y", "X, 2", "X, Y, a", "x, y, S"):
            try:
                parse_matlab(f"{row.name}({arguments})")
                break
            except (ParseError, ShapeError):
                continue
            except UnsupportedError:
                refused.add(row.name)
                break
    assert refused == {*"kron eye ones zeros arange onehot reshape".split()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + "x" + ")" * 100_000,
        "-" * 100_000 + "x",
        "x" + "'" * 100_000,
        "+".join(["A*x"] * 100_000),
        "exp(" * 100_000 + "x" + ")" * 100_000,
    ],
    ids=["brackets", "signs", "transposes", "terms", "calls"],
)
def test_depth(text: str) -> None:
    assert parse_matlab(text).shape == ("m",)
