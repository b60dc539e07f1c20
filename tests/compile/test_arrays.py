"""NumPy functions of whole arrays against evalf, and what their source computes."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import pytest

from calcml.algebra.arrays.simplify import simplify
from calcml.calculus.slopes import derivative
from calcml.compile import Compiled, compile
from calcml.core.errors import CalcmlError, DomainError, ShapeError, UnsupportedError
from calcml.core.expr import Expr, symbol
from calcml.evaluate.evalf import evalf
from calcml.parsing.parser import parse
from tests.array_cases import CASES, SEED, SHAPES, Case, example


def compiled(text: str, *names: str) -> Compiled:
    return compile(text, names, shapes=SHAPES)


def lines(function: Compiled) -> list[str]:
    """The lines of the function's body."""
    return [line.strip() for line in function.source.split("):\n")[1].splitlines()]


def contractions(function: Compiled) -> list[str]:
    """The lines that multiply or add arrays."""
    return [
        line.split(" = ")[1]
        for line in lines(function)
        if re.search(r" @ |einsum|numpy\.(sum|outer|trace)\(", line)
    ]


# --- values ------------------------------------------------------------------------


def compare(root: Expr, point: dict[str, Any]) -> None:
    arguments = [symbol(name, SHAPES.get(name, "")) for name in point]
    found = compile(root, arguments)(
        **{k: np.array(v, float) for k, v in point.items()}
    )
    right = np.array(evalf(root, point), float)
    assert np.shape(found) == right.shape, f"seed {SEED}"
    assert np.array(found, float) == pytest.approx(right, rel=1e-10), f"seed {SEED}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_values_are_those_of_evalf(case: Case) -> None:
    root, point, _ = example(case)
    compare(root, point)


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.op not in ("", "size", "rows", "eye", "ones", "zeros")],
    ids=lambda case: case.text,
)
def test_values_of_derivatives_are_those_of_evalf(case: Case) -> None:
    root, point, _ = example(case)
    variable = next(
        node for node in map(_variable, point) if node.value in root.free_symbols
    )
    slope = derivative(root, variable)
    compare(slope, point)
    compare(simplify(slope), point)


def _variable(name: str) -> Expr:
    return symbol(name, SHAPES.get(name, ""))


def test_a_structure_of_results() -> None:
    f = compile({"loss": "sum(u^2)", "grad": ["2*u", "u @ v"]}, "u v", shapes=SHAPES)
    found = f([1, 2], [3, 4])
    assert found["loss"] == 5 and found["grad"][1] == 11
    assert np.array_equal(found["grad"][0], [2, 4])


def test_results_are_arrays_of_their_own() -> None:
    A = np.ones((2, 3))
    for text in ("A", "A.T", "A[0, :]", "A[:, None]"):
        found = compiled(text, "A")(A)
        assert not np.shares_memory(found, A)
        found[...] = 7
    assert (A == 1).all()


def test_where_there_is_no_value() -> None:
    assert np.isnan(compiled("logdet(S)", "S")([[1, 2], [2, 1]]))
    assert np.isnan(compiled("log(u)", "u")([-1])).all()
    with pytest.raises(DomainError, match="Singular"):
        compiled("inv(S)", "S")([[1, 2], [2, 4]])


# --- sizes -------------------------------------------------------------------------


def test_sizes_are_those_of_the_arguments() -> None:
    f = compiled("mean(A, axis=0) + n", "A")
    assert {"m_ = A_.shape[0]", "n_ = A_.shape[1]"} < {*lines(f)}
    assert np.array_equal(f([[1, 2], [3, 6]]), [4, 6])


def test_a_size_that_no_argument_has_is_one_itself() -> None:
    with pytest.raises(CalcmlError, match="not among the arguments: n"):
        compile("ones(n)", "")
    f = compile("ones(n)*n", "n")
    assert np.array_equal(f(3), [3, 3, 3])
    with pytest.raises(ShapeError, match="n is the size of an axis"):
        f(2.5)


def test_the_gradient_of_a_mean_needs_the_variables_shape() -> None:
    slope = simplify(derivative(parse("mean(u)", shapes=SHAPES), symbol("u", "n")))
    f = compile(slope, [symbol("u", "n")])
    assert np.array_equal(f([5, 5]), [0.5, 0.5])


@pytest.mark.parametrize(
    "values",
    [
        ([[1, 2]], [1, 2, 3]),
        ([1, 2], [1, 2]),
        ([[1, 2]], 3),
        ([[1, 2]], [[1], [2]]),
    ],
)
def test_arguments_of_other_shapes_are_refused(values: tuple[Any, Any]) -> None:
    with pytest.raises(ShapeError):
        compiled("A @ u", "A", "u")(*values)


def test_a_fixed_size_is_checked() -> None:
    f = compile("sum(x)", "x", shapes={"x": "3"})
    assert f([1, 2, 3]) == 6
    with pytest.raises(ShapeError, match=r"declared with the shape \(3,\)"):
        f([1, 2])


# --- source ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A @ u", ["A_ @ u_"]),
        ("A.T @ w", ["A_.T @ w_"]),
        ("w @ A", ["w_ @ A_"]),
        ("sum(A)", ["numpy.sum(A_)"]),
        ("sum(A, axis=1)", ["numpy.sum(A_, axis=1)"]),
        ("outer(w, u)", ["numpy.outer(w_, u_)"]),
        ("trace(S)", ["numpy.trace(S_)"]),
        ("A.T @ (A @ u - w)", ["A_ @ u_", "A_.T @ (t1 - w_)"]),
        (
            'einsum("mnk,nk->m", H, B)',
            ['numpy.einsum("ijk,jk->i", H_, B_, optimize=True)'],
        ),
        # the order that costs least
        ("A @ S @ T @ u", ["T_ @ u_", "S_ @ t1", "A_ @ t2"]),
        ("w @ A @ S", ["w_ @ A_", "t1 @ S_"]),
        ("trace(outer(u, v) @ S)", ["u_ @ S_.T", "t1 @ v_"]),
        # nothing is multiplied
        ("S @ eye(n)", []),
        ("u[0]*v[1:] + S[-1, 1:]", []),
    ],
)
def test_contractions_are_what_a_person_would_write(
    text: str, source: list[str]
) -> None:
    names = sorted(parse(text, shapes=SHAPES).free_symbols & set(SHAPES))
    assert contractions(compiled(text, *names)) == source


def test_indices_stay_indices() -> None:
    assert lines(compiled("u[0] + u[-1]", "u")) == ["return [u_[0] + u_[-1]]"]
    assert lines(compiled("A[1, 2:]", "A")) == ["return [A_[1, 2:]]"]
    assert lines(compiled("A[:-1, 0]", "A")) == ["return [A_[:-1, 0]]"]


def test_a_shared_contraction_is_computed_once() -> None:
    f = compile(["sum((A @ u - w)^2)", "2*A.T @ (A @ u - w)"], "A u w", shapes=SHAPES)
    assert contractions(f).count("A_ @ u_") == 1


def test_functions_survive_pickling() -> None:
    f = pickle.loads(pickle.dumps(compiled("A @ u", "A", "u")))
    assert np.array_equal(f([[1, 2]], [3, 4]), [11])


def test_plain_python_has_no_arrays() -> None:
    with pytest.raises(UnsupportedError, match='backend="numpy"'):
        compile("sum(u)", "u", backend="python", shapes=SHAPES)
