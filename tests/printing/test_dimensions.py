"""LaTeX of arrays is mathematics: `latex_shapes` reads the shape of each part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import calcml as cm
from calcml.core.expr import Expr, walk
from calcml.printing.latex import name as latex_name
from calcml.tables.columns import cells_of as cells
from calcml.tables.formats.latex import LATEX
from tests.array_cases import CASES, SHAPES
from tests.core.test_spec import first_variable
from tests.latex_shapes import MisfitError, Reader, check, sides
from tests.support import corpus
from tests.test_golden_arrays import ENTRIES, derivatives
from tests.test_golden_steps import ENTRIES as STEPS

SYMBOLS = {
    **SHAPES, "X": "m n", "Y": "m k", "W": "n k", "b": "k", "K": "q n", "V": "q k",
    "M": "m q",
}  # fmt: skip
# What people write with broadcasting, to be derived by the names beside it.
TEXTS = {
    "A - mean(A, axis=0)": "A",
    "(A - mean(A, axis=0))/sqrt(var(A, axis=0) + eps)": "",
    "(A - mean(A, axis=1, keepdims=1))/sqrt(var(A, axis=1, keepdims=1) + 2)*u": "",
    "sum(sin((A - mean(A, axis=0))/sqrt(var(A, axis=0) + eps))*C)": "",
    "sum(tanh(A - mean(A, axis=1, keepdims=1))*C)": "A",
    "sum((softmax(X @ K.T/sqrt(n) + M, axis=1) @ V)^2)": "X K V M",
    "softmax(where(tril(ones(n, n)) == 1, S, -1e9), axis=1) @ u": "",
    "sum(softmax(where(T > 0, S, -1e9), axis=1) @ u)": "S u",
    "softmax(A, axis=0) + softmax(A, axis=1)": "",
    "sum(softmax(A + u, axis=0)*C)": "A u",
    "-sum(Y*log_softmax(X @ W + b, axis=1))/m": "X W b",
    "cross_entropy(X @ W, Y)": "W",
    "w[:, None] + u": "w u",
    "w[:, None] - u[None, :]": "",
    "w[:, None]/u": "",
    "u/w[:, None]": "",
    "w[:, None]*u*A": "",
    "A/w[:, None]/u": "",
    "exp(-(w[:, None] - u)^2/2)": "",
    "sum(exp(-(w[:, None] - u)^2/2))": "w u",
    "exp(-sum((X[:, None, :] - K[None, :, :])^2, axis=2)/2)": "",
    "exp(2*w[:, None]*u - w[:, None]^2 - u^2)": "",
    "1/(1 + w[:, None]*u)": "",
    "A @ u/(norm2(A, axis=1)*norm2(u))": "",
    "sum(A*C, axis=1)/(norm2(A, axis=1)*norm2(C, axis=1))": "",
    "sum(sum(A*C, axis=1)/(norm2(A, axis=1)*norm2(C, axis=1)))": "A",
    "var(u)": "u",
    "std(A)": "A",
    "mean(var(A, axis=0))": "A",
    "A/sum(A, axis=1, keepdims=1)": "",
    "A/sum(A)": "",
    "A/max(A, axis=0)": "",
    "sum(log(A/sum(A, axis=0)))": "A",
    "u[2:] - 2*u[1:-1] + u[:-2]": "",
    "sum((u[1:] - u[:-1])^2)": "u",
    "cumsum(u) - u": "u",
    "sum(cumsum(A, axis=1)^2)": "A",
    "softmax(u)": "u",
    "logsumexp(u)": "u",
    "log_softmax(u)": "u",
    "sum(relu(X @ W + b)^2)": "X W b",
    "sum(leaky_relu(X @ W + b))": "X W b",
    "huber(u, v, 2)": "u v",
    "2^u + u^2 + u^v + 3/u": "",
    "sum(2^u*u^v)": "u v",
    "max(A, u) + min(w[:, None], 1) + clip(A, 0, 1)": "",
    "where(c.T @ c > 0, A, 0)": "",
    "c*u + c + 1": "",
    "c.T + u": "",
    "c.T @ S + u @ S": "",
    "(u @ S)*v + 1": "",
    "(u @ S)[:, None] + v @ S": "",
    "A[0] + A[-1] + u": "",
    "A[:, 0][:, None]*A": "",
    "(A @ u)[:, None]*A - A*(w @ A)": "",
    "trace(A @ A.T + 1)": "A",
    "logdet(S + 1)": "S",
    "inv(S + u) @ v": "",
    "sum(inv(S + u) @ v)": "u v",
    "kron(A, B) + 1": "",
    "trace(kron(S, T) @ kron(T, S))": "",
    "diag(u) + u + 1": "",
    "outer(u, u) - u": "",
    "sum((outer(w, u) - 1)^2)": "w u",
    "sum(i, u[i]*A[j, i]) + 1": "",
    "mean((A @ u - w + 1)^2)": "u w",
    "norm2(A - u)": "A u",
    "sum(sigmoid(A @ u + t)*(1 - sigmoid(A @ u + t)))": "u t",
    "exp(A)/(1 + exp(A)) + exp2(u) + square(A) + reciprocal(A)": "",
    "gelu(A + u)/2 + 1": "",
    "ones(1, n) + u": "",
    "ones(n, 1)*u + eye(n)*2": "",
    "u > 1": "",
    "A + u != 0 and w[:, None] > 0": "",
    "H + u[:, None]": "",
    "sum(softmax(H + 1, axis=2) @ B.T)": "",
}


def names_of(*parts: Expr) -> dict[str, Any]:
    """The shapes of the names in expressions and in their sizes, as LaTeX has them."""
    found = {n.value: n.dims for part in parts for n in walk(part) if n.op == "symbol"}
    sizes = {
        n for part in parts for x in walk(part) for d in x.dims for n in d.free_symbols
    }
    return {
        latex_name(n): dims for n, dims in {**dict.fromkeys(sizes, ()), **found}.items()
    }


def fits(e: Expr) -> None:
    """The LaTeX of an expression has its shape."""
    check(e.latex(), names_of(e), e.dims)


def slopes(root: Expr, names: str) -> Iterator[Expr]:
    """First derivatives, as swept and simplified, and the Hessian of a scalar."""
    for name in names.split():
        yield cm.diff(root, name)
        yield cm.diff(root, name, simplify=False)
    if names and not root.dims:
        yield cm.hessian(root, names.rsplit(maxsplit=1)[-1])


@pytest.mark.parametrize("text", TEXTS)
def test_what_people_write(text: str) -> None:
    used = {*re.findall(r"\w+", text)}
    root = cm.parse(text, shapes={k: v for k, v in SYMBOLS.items() if k in used})
    fits(root)
    for slope in slopes(root, TEXTS[text]):
        fits(slope)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_functions_of_arrays(case: Any) -> None:
    if "0:2" not in case.text:  # an index that runs over a part of its axis
        fits(cm.parse(case.text, shapes=SHAPES))


@pytest.mark.parametrize("row", corpus("matrix_calculus"), ids=lambda row: row["id"])
def test_the_corpus_of_matrices(row: dict[str, Any]) -> None:
    try:
        f = cm.parse(row["expr"], shapes=row["shapes"])
        fits(f)
        fits(cm.parse(row["derivative"], shapes=row["shapes"]))
        fits(cm.diff(f, first_variable(row)))
    except cm.CalcmlError:
        return  # a dialect, or a derivative that calcml lacks


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["title"])
def test_golden_arrays(entry: dict[str, Any]) -> None:
    for _, e in derivatives(entry):
        fits(e)


@pytest.mark.parametrize(
    "entry", [e for e in STEPS if "shapes" in e], ids=lambda e: e["title"]
)
def test_lines_of_a_backward_pass(entry: dict[str, Any]) -> None:
    told = cm.derive(entry["text"], entry["by"], shapes=entry["shapes"])
    parts = [e for _, e in told.forward] + [s.shown for s in told.steps]
    for e in parts:
        fits(e)


@pytest.mark.parametrize("name", ["basics", "layers"])
def test_rows_of_tables(name: str) -> None:
    """Each formula in the cells of each row; sides of equations have one shape."""
    for row in cm.table(name).rows:
        if not row.has_arrays:
            continue
        parts = row.function, row.derivative, *row.definitions.values()
        names = names_of(*parts) | {"g": row.function.dims}
        names |= {latex_name(n): e.dims for n, e in row.definitions.items()}
        names.setdefault(latex_name(row.name or "Y"), row.function.dims)
        for cell in cells(row, LATEX)[:3]:
            for tex in re.findall(r"\$\\displaystyle ([^$]*)\$", cell):
                Reader(tex, {n: sides(d) for n, d in names.items()}).whole()
        check(LATEX.formula(row.derivative), names, row.derivative.dims)


@pytest.mark.parametrize(
    "tex",
    [
        r"X - \frac{X^{\top} \mathbf{1}}{m}",
        r"I_{n} - \operatorname{softmax}\left(v\right)",
        r"X W + v",
        r"1 - v",
        r"v v",
        r"\frac{1}{v}",
        r"e^{X}",
        r"X \odot v",
        r"X^{-1}",
        r"X_{i}",
        r"\sum_{j} X_{ij} X_{jk}",
        r"\begin{cases} X & \text{if } X > 0 \\ v & \text{otherwise} \end{cases}",
        r"\left[v_{i}\right]_{i} = X",
    ],
)
def test_what_does_not_fit_is_seen(tex: str) -> None:
    names = {"X": sides(["m", "n"]), "W": sides(["n", "k"]), "v": sides(["n"])}
    with pytest.raises(MisfitError):
        Reader(tex, names | {"m": sides([])}).whole()
