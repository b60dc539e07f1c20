"""Random arrays, and derivatives by differences."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from calcml.core.errors import DomainError, ShapeError
from calcml.core.expr import Expr, symbol
from calcml.evaluate.finite_differences import finite_difference, trial
from calcml.parsing.parser import parse

SHAPES = {"A": "m n", "S": "n n", "Q": "n n", "u": "n", "v": "n", "w": "m", "P": "m n"}


def formula(text: str) -> Expr:
    return parse(text, shapes=SHAPES)


# --- points ------------------------------------------------------------------------


def test_different_names_get_different_small_sizes() -> None:
    for seed in range(20):
        sizes, values = trial([formula("A @ u"), symbol("z", "k")], seed)
        assert sorted(sizes) == ["k", "m", "n"]
        assert len(set(sizes.values())) == 3 and set(sizes.values()) <= {2, 3, 4}
        assert np.shape(values["A"]) == (sizes["m"], sizes["n"])
        assert np.shape(values["u"]) == (sizes["n"],)


def test_the_same_seed_gives_the_same_trial() -> None:
    root = formula("A @ u + w*s")
    assert trial([root], 5) == trial([root], 5) != trial([root], 6)


def test_given_sizes_are_kept() -> None:
    sizes, values = trial([formula("A @ u")], 0, {"n": 7})
    assert sizes["n"] == 7 and len(values["u"]) == 7


@pytest.mark.parametrize(
    "text",
    [
        "log(u)",
        "log(u) + log(1 - u)",
        "sqrt(u - 2)",
        "asin(u)",
        "logdet(S)",
        "lgamma(u)",
    ],
)
def test_values_lie_where_the_formula_has_some(text: str) -> None:
    for seed in range(3):
        trial([formula(text)], seed)


def test_sizes_are_large_enough_for_slices() -> None:
    sizes, _ = trial([formula("u[1:6] + u[5]")], 0)
    assert sizes["n"] >= 6
    with pytest.raises(ShapeError):
        trial([formula("u[5]")], 0, {"n": 2})


def test_kinds_of_matrices() -> None:
    root = formula("cholesky(S) + Q + A.T @ A")
    _, values = trial([root], 1, definite=["S"], diagonal=["Q"])
    S, Q = (np.array(values[name], float) for name in "SQ")
    assert (S == S.T).all() and (np.linalg.eigvalsh(S) > 0).all()
    assert (np.diag(np.diag(Q)) == Q).all()
    _, values = trial([root], 1, definite=["S"], symmetric=["Q"])
    assert np.array_equal(values["Q"], np.transpose(values["Q"]))


def test_conditions_hold_in_every_element() -> None:
    given = [formula("u > 0.5"), formula("v < 0"), formula("sum(P, axis=1) == 1")]
    _, values = trial([formula("sum(u*v) + sum(P)")], 2, given=given)
    assert min(values["u"]) > Fraction(1, 2) and max(values["v"]) < 0
    assert all(sum(row) == 1 for row in values["P"])


def test_an_index_is_a_whole_number() -> None:
    _, values = trial([formula("onehot(k, n) @ u")], 0)
    assert values["k"] in (0, 1)


def test_where_there_is_no_value() -> None:
    with pytest.raises(DomainError, match="no arrays were found"):
        trial([formula("log(-1 - u^2)")])


# --- differences -------------------------------------------------------------------


def slope(text: str, name: str, symmetric: bool = False, **point: Any) -> Any:
    variable = symbol(name, SHAPES.get(name, ""))
    return finite_difference(formula(text), variable, point, symmetric=symmetric)


def test_a_gradient_has_the_shape_of_the_variable() -> None:
    assert slope("sum(u^2)", "u", u=[1, "0.5"]) == [2, 1]
    assert slope("w @ A @ u", "A", A=[[1, 2]], u=[3, 4], w=[2]) == [[6, 8]]
    assert slope("sum(u)*s", "s", u=[1, 2], s=5) == 3


def test_a_jacobian_has_both_shapes() -> None:
    assert slope("A @ u", "u", A=[[1, 2], [3, 4]], u=[0, 0]) == [[1, 2], [3, 4]]
    assert slope("u", "v", u=[1, 2], v=[1, 2]) == [[0, 0], [0, 0]]
    assert slope("outer(u, u)", "u", u=[1, 2]) == [[[2, 0], [2, 1]], [[2, 1], [0, 4]]]


def test_thirty_digits_are_right() -> None:
    found = slope("exp(sin(u))", "u", u=["0.3"])[0][0]
    with mpmath.workdps(40):
        x = mpmath.mpf("0.3")
        assert abs(found / (mpmath.exp(mpmath.sin(x)) * mpmath.cos(x)) - 1) < 1e-29


def test_symmetric_matrices_stay_so() -> None:
    S = [[2, 1], [1, 3]]
    with pytest.raises(DomainError, match="not symmetric"):
        slope("cholesky(S)", "S", S=S)
    found = np.array(slope("sum(cholesky(S)*Q)", "S", True, S=S, Q=[[1, 0], [2, 3]]))
    assert np.array_equal(found, found.T)
    assert slope("sum(Q*S)", "S", True, S=S, Q=[[1, 0], [2, 3]]) == [[1, 1], [1, 3]]
