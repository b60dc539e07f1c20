"""Arrays written in index notation."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcml.algebra.arrays.simplify import simplify
from calcml.core.errors import CalcmlError, LimitError
from calcml.core.expr import Expr, make, walk
from calcml.core.tensors import UNIT
from calcml.parsing import parser
from calcml.printing.index_form.index import index_form
from calcml.printing.indexed import index_latex, index_text

SHAPES = {
    "A": "m n",
    "B": "n h",
    "C": "h q",
    "S": "n n",
    "X": "m n",
    "T": "m n h",
    "b": "m 1",
    "c": "1 n",
    "p": "n",
    "u": "m",
    "v": "m",
    "w": "n",
    "y": "m",
    "z": "n",
}
SIZES = {"m": 4, "n": 3, "h": 2, "q": 5, "k": 1}

# --- values ------------------------------------------------------------------------

ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "logsigmoid": lambda x: -np.log1p(np.exp(-x)),
    "cos": np.cos,
    "sin": np.sin,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "where": np.where,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda x: np.linalg.slogdet(x)[1],
}
REDUCTIONS: dict[str, Callable[..., Any]] = {
    "max_over": np.max,
    "min_over": np.min,
    "prod_over": np.prod,
    "logsumexp_over": lambda x, axis: np.log(np.sum(np.exp(x), axis=axis)),
}


def value(root: Expr) -> Any:
    """The value of an array where variables have values that their names give."""
    done: dict[Expr, Any] = {}
    for node in walk(root, *[d for n in walk(root) for d in _sizes(n)]):
        done[node] = _value(node, [done[a] for a in node.args], done)
    return done[root]


def _sizes(node: Expr) -> list[Expr]:
    more = list(node.value[:1]) if node.op in ("selector", "mask") else []
    more += node.value.sizes if node.op == "contract" else []
    return [*node.dims, *more]


def _value(node: Expr, args: list[Any], done: dict[Expr, Any]) -> Any:
    shape = tuple(_size(d) for d in node.dims)
    if node.op == "number":
        return float(node.value)
    if node.op == "constant":
        return {"pi": np.pi, "e": np.e}[node.value]
    if node.op == "symbol":
        made = np.random.default_rng(list(node.value.encode())).uniform(1, 2, shape)
        return SIZES.get(node.value, made) if not shape else made
    if node.op in REDUCTIONS:
        return REDUCTIONS[node.op](args[0], axis=node.value)
    if node.op in ELEMENTWISE:
        return ELEMENTWISE[node.op](*args)
    return _tensor(node, args, shape)


def _size(size: Expr) -> int:
    return int(value(size))


def _tensor(node: Expr, args: list[Any], shape: tuple[int, ...]) -> Any:
    if node.op == "delta":
        return np.eye(shape[0])
    if node.op == "arange":
        return np.arange(shape[0])
    if node.op == "mask":
        start, steps = _size(node.value[0]), node.value[1]
        return np.array(
            [start + np.dot(steps, at) >= 0 for at in np.ndindex(shape)], float
        ).reshape(shape)
    if node.op == "onehot":
        return np.eye(1, shape[0], int(args[0]))[0]
    if node.op == "selector":
        start, steps = _size(node.value[0]), node.value[1]
        return np.array(
            [start + np.dot(steps, at[:-1]) == at[-1] for at in np.ndindex(shape)],
            float,
        ).reshape(shape)
    if node.op == "softmax":
        made = np.exp(args[0])
        return made / np.sum(made, axis=node.value, keepdims=True)
    if node.op == "reshape":
        return np.reshape(args[0], shape)
    assert node.op == "contract", node.op
    operands: list[Any] = []
    for x, labels in zip(args, node.value.inputs, strict=True):
        operands += [_without_units(x, labels), [k for k in labels if k != UNIT]]
    used = {k for labels in node.value.inputs for k in labels}
    out = [k for k in node.value.output if k in used and k != UNIT]
    pairs = zip(shape, node.value.output, strict=True)
    places = [size if k in out else 1 for size, k in pairs]
    return np.broadcast_to(np.reshape(np.einsum(*operands, out), places), shape)


def _without_units(x: Any, labels: tuple[int, ...]) -> Any:
    pairs = zip(np.shape(x), labels, strict=True)
    return np.reshape(x, [size for size, k in pairs if k != UNIT])


def same_values(root: Expr, other: Expr) -> None:
    """Assert equal shapes and values."""
    assert root.dims == other.dims
    np.testing.assert_allclose(value(other), value(root), rtol=1e-9, atol=1e-11)


def read(text: str) -> Expr:
    return parser.parse(text, shapes=SHAPES)


# --- what is written ---------------------------------------------------------------

# fmt: off
WRITTEN = [
    ("p*eye(n) - outer(p, p)",      "p[i]*(delta(i, j) - p[j])"),
    ("diag(p) - outer(p, p)",       "p[i]*(delta(i, j) - p[j])"),
    ("A @ B",                       "sum(k, A[i, k]*B[k, j])"),
    ("A @ B @ C",                   "sum(k, C[k, j]*sum(l, A[i, l]*B[l, k]))"),
    ("A.T @ A",                     "sum(k, A[k, i]*A[k, j])"),
    ("trace(A @ X.T)",              "sum(i, sum(j, A[i, j]*X[i, j]))"),
    ("sigmoid(X @ w)",              "sigmoid(sum(j, X[i, j]*w[j]))"),
    ("X.T @ (X @ w - y)/m",         "sum(j, X[j, i]*(sum(k, X[j, k]*w[k]) - y[j]))/m"),
    ("exp(z)/sum(exp(z))",          "exp(z[i])/sum(j, exp(z[j]))"),
    ("z*mean(z)",                   "z[i]*sum(j, z[j])/n"),
    ("X - mean(X, axis=0)",         "X[i, j] - sum(k, X[k, j])/m"),
    ("X*b + c",                     "X[i, j]*b[i, 0] + c[0, j]"),
    ("where(w > 0, w, z)",          "where(w[i] > 0, w[i], z[i])"),
    ("outer(u, w)",                 "u[i]*w[j]"),
    ("-w",                          "-w[i]"),
    # sums: factors outside, indices that do not meet, deltas, empty ones
    ("sum(3*t*u)*w",                "3*t*w[i]*sum(j, u[j])"),
    ('einsum("i,j->", u, w)',       "sum(i, u[i])*sum(i, w[i])"),
    ("sum(p*(eye(n) - p), axis=1)", "p[i] - sum(j, p[j]^2)"),
    ("eye(n) @ w",                  "w[i]"),
    ("sum(w*eye(n))",               "sum(i, w[i])"),
    ("sum(eye(n))",                 "n"),
    ("exp(eye(n)) @ w",             "sum(j, w[j]*exp(delta(i, j)))"),
    # functions of whole arrays, reductions
    ("softmax(X @ w)*y",            "softmax(X @ w)[i]*y[i]"),
    ("inv(S) @ w",                  "sum(j, inv(S)[i, j]*w[j])"),
    ("det(S)*S",                    "S[i, j]*det(S)"),
    ("logsumexp(X*w, axis=1)",      "logsumexp(j, X[i, j]*w[j])"),
    ("max(X)*w",                    "w[i]*max(j, max(k, X[j, k]))"),
    ("prod(u)*w",                   "w[i]*prod(j, u[j])"),
    # parts
    ("w[0]*w[-1]*w",                "w[0]*w[i]*w[n - 1]"),
    ("A[:, 2]",                     "A[i, 2]"),
    ("w[1:3]",                      "w[1:3][i]"),
    ("A[0, 1:3]*z[:2]",             "A[:, 1:3][0, i]*z[:2][i]"),
    # ranges that no element shows
    ("eye(n)",                      "eye(n)[i, j]"),
    ("2*ones(n)",                   "2*ones(n)[i]"),
    ("zeros(n)",                    "zeros(n)[i]"),
    ("w[:, None, None]",            "w[i]*ones(1, 1)[j, k]"),
    ("(b[0] + c[:, 0]).T*b",        "b[i, j]*(b[0, j] + c[j, 0])"),
    ("b.T",                         "b[j, i]"),
    ("X @ w[:, None]",              "sum(k, X[i, k]*w[k])*ones(1)[j]"),
    ("det(S)*ones(m, n)",           "det(S)*ones(m, n)[i, j]"),
    # three and four axes
    ('einsum("ij,kl->ijkl", A, B)', "A[i, j]*B[k, l]"),
    ('einsum("ijk,ij->k", T, X)',   "sum(j, sum(k, T[j, k, i]*X[j, k]))"),
    ('einsum("ijk,jl->ikl", T, S)', "sum(l, S[l, k]*T[i, l, j])"),
    ('einsum("ik,jl->ijkl", eye(n), S)', "S[j, l]*eye(n)[i, k]"),
    # indices have no name of a variable
    ("i*w*j",                       "i*j*w[k]"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_an_array_is_written_by_its_elements(text: str, expected: str) -> None:
    root = read(text)
    assert index_text(root, avoid=SHAPES) == expected
    same_values(root, read(expected))


CANONICAL = """
A @ B; S @ w; A @ B @ C; sigmoid(X @ w); X.T @ (X @ w - y); sum(u*v); w*softmax(z)
trace(S @ S); logsumexp(X, axis=1); inv(S) @ w; 2*eye(n); mean((X @ w - y)^2); A.T @ A
einsum("ijk,ij->k", T, X)
"""


@pytest.mark.parametrize("text", CANONICAL.strip().replace("\n", "; ").split("; "))
def test_what_is_written_is_the_same_array_again(text: str) -> None:
    root = read(text)
    assert simplify(read(index_text(root, avoid=SHAPES))) is simplify(root)


def test_the_names_are_those_of_the_axes_in_alphabetical_order() -> None:
    _, names = index_form(read('einsum("ij,kl->lkij", A, B)'))
    assert names == ("i", "j", "k", "l")
    many = parser.parse("+".join("ijklmnpqrstuvwabcgh") + "+ x*x", shapes={"x": "2 3"})
    assert index_form(many)[1] == ("i1", "j1")
    assert index_form(read("b"))[1] == ("i", "j")
    assert index_form(read("b"), ranged=False)[1] == ("i",)
    assert index_form(read("t^2"))[1] == ()


PARTS = list("ABCSXTbcpuvwyz")
STEPS = """
(a) @ (b); (a)*(b); (a) + (b); (a) - (b); (a)/(b); (a).T; sum(a, axis=0); sum(a)
mean(a, axis=0, keepdims=1); (a)[0]; (a)[1:2]; (a)[None]; (a)[-1]; sigmoid(a); trace(a)
softmax(a); max(a, axis=0); logsumexp(a, axis=-1); outer(a, b); diag(a); eye(n)*(a)
(a) + eye(n); einsum("ij,jk->ki", a, b); einsum("ij,ij->j", a, b); cumsum(a); inv(a)
(a) @ eye(n); sum(eye(n)*(a), axis=1); prod(a); (a)^2; exp(-(a)); cos((a)*eye(n)) @ w
"""
FORMS = STEPS.strip().replace("\n", "; ").split("; ")


def _any_array(chance: random.Random) -> tuple[str, Expr]:
    """A random array of finite values that fits together, and its text."""
    while True:
        text = chance.choice(PARTS)
        for _ in range(chance.randint(1, 3)):
            other = chance.choice(PARTS)
            form = chance.choice(FORMS)
            text = "".join({"a": text, "b": other}.get(w, w) for w in _words(form))
        try:
            root = read(text)
        except CalcmlError:
            continue
        if len(root.dims) < 5 and np.all(np.isfinite(value(root))):
            return text, root


def _words(form: str) -> list[str]:
    return re.findall(r"\w+|.", form)


@pytest.mark.parametrize("seed", range(40))
def test_random_arrays_have_the_same_values_again(seed: int) -> None:
    text, root = _any_array(random.Random(seed))
    note = index_text(root, avoid=SHAPES)
    try:
        again = read(note)
    except CalcmlError as error:
        pytest.fail(f"{text}: {note}: {error}")
    same_values(root, again)


# --- LaTeX -------------------------------------------------------------------------

# fmt: off
LATEX = [
    ("p*eye(n) - outer(p, p)",      r"p_{i} \left(\delta_{ij} - p_{j}\right)"),
    ("A @ B",                       r"\sum_{k} A_{ik} B_{kj}"),
    ("X @ w - y",                   r"\sum_{j} X_{ij} w_{j} - y_{i}"),
    ("softmax(z)",                  r"\operatorname{softmax}\left(z\right)_{i}"),
    ("exp(z)/sum(exp(z))",          r"\frac{e^{z_{i}}}{\sum_{j} e^{z_{j}}}"),
    ("sum(u - v)*w",                r"w_{i} \sum_{j} \left(u_{j} - v_{j}\right)"),
    ("sum(w)^2",                    r"\left(\sum_{i} w_{i}\right)^{2}"),
    ('einsum("i,j->", u, w)',       r"\left(\sum_{i} u_{i}\right) \sum_{i} w_{i}"),
    ("max(X, axis=1)",              r"\max_{j} X_{ij}"),
    ("prod(X*w, axis=1)",           r"\prod_{j} \left(X_{ij} w_{j}\right)"),
    ("inv(S) @ w",                  r"\sum_{j} \left(S^{-1}\right)_{ij} w_{j}"),
    ("X*b",                         r"X_{ij} b_{i, 0}"),
    ("w*w[-1]",                     r"w_{i} w_{n - 1}"),
    ("2*eye(n)",                    r"2 \delta_{ij}"),
    ("ones(n)",                     r"1"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), LATEX)
def test_latex(text: str, expected: str) -> None:
    assert index_latex(read(text), avoid=SHAPES) == expected


def test_latex_of_names_with_an_index_of_their_own() -> None:
    root = parser.parse("x_1*theta", shapes={"x_1": "n", "theta": "n"})
    assert index_latex(root) == r"\theta_{i} {x_{1}}_{i}"


def test_definitions_have_no_free_index() -> None:
    root = read("u[:, None]")
    total = read("sum(w^2)")
    for _ in range(8):
        root = make("cos", (root,)) * root + make("sin", (root,))
        total = make("cos", (total,)) * total + make("sin", (total,))
    written = index_text(root * read("w") * total, avoid=SHAPES)
    assert written.startswith("t1 = sum(k, w[k]^2); t2 = ")
    same_values(root * read("w") * total, read(written))


def test_what_is_too_long_is_refused() -> None:
    root = read("w")
    for _ in range(20):
        root = root * make("cos", (root,))
    with pytest.raises(LimitError, match="matrix notation is shorter"):
        index_text(root)
