"""Values of arrays, element by element, beside NumPy's and SciPy's."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from calcml.core.errors import CalcmlError, DomainError, ShapeError, UnsupportedError
from calcml.core.expr import formal, sizes, symbol
from calcml.evaluate.arrays import values
from calcml.evaluate.arrays.sizes import bound_sizes
from calcml.evaluate.evalf import evalf
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.parser import parse
from tests.array_cases import CASES, SEED, SHAPES, Case, example


def at(text: str, digits: int = 15, **point: Any) -> Any:
    return values(parse(text, shapes=SHAPES), point, digits)


# --- beside NumPy ------------------------------------------------------------------


def test_every_function_has_a_case() -> None:
    assert {case.op for case in CASES} - {""} == set(ARRAY_OPERATIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_values_are_those_of_numpy(case: Case) -> None:
    root, point, arrays = example(case)
    found = np.array(evalf(root, point), float)
    right = np.asarray(case.right(**arrays))
    assert found.shape == right.shape, f"seed {SEED}"
    assert found == pytest.approx(right.astype(float), rel=1e-11), f"seed {SEED}"


# --- digits ------------------------------------------------------------------------


def test_each_element_has_as_many_digits_as_asked_for() -> None:
    found = at("exp(u)", 50, u=["1/3", "-2"])
    with mpmath.workdps(60):
        right = mpmath.exp(mpmath.mpf(1) / 3), mpmath.exp(-2)
        assert all(abs(a / b - 1) < 1e-49 for a, b in zip(found, right, strict=True))


def test_cancellation_costs_no_digits() -> None:
    assert at("logsumexp(u) - u[0]", u=["1e-30", -100]) > 0
    assert at("sin(u)^2 + cos(u)^2 - 1", u=[1, 2]) == [0, 0]


def test_rational_elements_are_exact() -> None:
    assert at("u/3 == v", u=[1, 2], v=["1/3", "0.6666"]) == [True, False]
    assert at("det(S)", S=[["1/3", "2/3"], [1, 2]]) == 0
    assert at("sum(u)", u=["0.1", "0.2"]) == mpmath.mpf("0.3")


def test_a_part_that_is_not_used_may_have_no_value() -> None:
    assert at("log(u)[0]", u=[1, 0]) == 0
    assert at("tril(log(S))", S=[[1, 1], [1, 1]]) == [[0, 0], [0, 0]]
    assert at("where(u > 0, log(u), 0)", u=[1, 0]) == [0, 0]
    with pytest.raises(DomainError):
        at("sum(log(u))", u=[1, 0])


# --- arrays and sizes --------------------------------------------------------------


@pytest.mark.parametrize(
    "array", [[[1, 2], [3, 4]], np.array([[1, 2], [3, 4]]), ((1, 2), np.array([3, 4]))]
)
def test_arrays_are_nested_lists_or_those_of_numpy(array: Any) -> None:
    assert at("sum(A, axis=0)", A=array) == [4, 6]


def test_a_scalar_has_no_list() -> None:
    assert at("sum(u)", u=[1, 2]) == 3
    assert at("A @ u", A=[[1, 2]], u=[3, 4]) == [11]


def test_a_size_is_that_of_the_arrays_or_a_given_one() -> None:
    assert at("n*u", u=[1, 2, 4]) == [3, 6, 12]
    assert at("trace(eye(q))/q^2", q=4) == mpmath.mpf("0.25")
    with pytest.raises(ShapeError, match="the size q is not known"):
        at("trace(eye(q))")


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"A": [[1, 2]], "u": [1, 2, 3]}, "so n is 3; by the shape of A it is 2"),
        (
            {"A": [1, 2], "u": [1, 2]},
            r"declared with the shape \(m, n\), and its value",
        ),
        ({"A": [[1, 2], [3]], "u": [1]}, "rows of one length"),
        ({"A": [[]], "u": []}, "none is empty"),
        ({"A": [[1, 2]], "u": [1, 2], "n": 3}, "by the value given for it it is 3"),
        ({"A": [[1, 2]], "u": [1, 2], "n": 0.5}, "n is the size of an axis"),
    ],
)
def test_shapes_that_do_not_fit(point: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        at("A @ u", **point)


def test_a_missing_array_is_named() -> None:
    with pytest.raises(CalcmlError, match="variable u has no value"):
        at("A @ u", A=[[1, 2]])


def test_indices_beyond_an_axis() -> None:
    with pytest.raises(ShapeError, match="the index 5 is beyond an axis of size 2"):
        at("u[5]", u=[1, 2])
    with pytest.raises(ShapeError, match="the slice 1:4 is beyond"):
        at("u[1:4]", u=[1, 2])


def test_sizes_made_of_others() -> None:
    n = symbol("n")
    variables = [symbol("x", "n"), symbol("y", (n - 1, n * 2))]
    assert bound_sizes(variables, {"x": (3,), "y": (2, 6)}) == {"n": 3}
    with pytest.raises(ShapeError, match="declared with the shape"):
        bound_sizes(variables, {"x": (3,), "y": (2, 3)})
    assert sizes("n 3") == (n, parse("3"))


# --- where there is no value -------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "matrix", "message"),
    [
        ("inv(S)", [[1, 2], [2, 4]], "singular"),
        ("logdet(S)", [[1, 2], [2, 1]], "the determinant is -3"),
        ("cholesky(S)", [[1, 2], [2, 1]], "not positive definite"),
        ("cholesky(S)", [[2, 1], [0, 2]], "not symmetric"),
    ],
)
def test_matrices_without_a_value(text: str, matrix: Any, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        at(text, S=matrix)


def test_complex_elements() -> None:
    assert at("sum(sqrt(u))", u=[4, -1]) == mpmath.mpc(2, 1)
    with pytest.raises(DomainError, match="no order"):
        at("max(sqrt(u))", u=[4, -1])


def test_unknown_functions_take_elements() -> None:
    root = parse("f(u[0])*u", shapes=SHAPES)
    functions = {"f": lambda x: x + 1}
    assert values(root, {"u": [2, 3]}, functions=functions) == [6, 9]
    with pytest.raises(UnsupportedError, match="takes no arrays"):
        values(formal("f", (0,), (symbol("u", "n"),)), {"u": [2]}, functions=functions)


def test_evalf_of_a_scalar_ignores_arrays_that_it_does_not_use() -> None:
    assert evalf(parse("x + 1"), {"x": Fraction(1, 2), "A": [[1, 2]]}) == 1.5
