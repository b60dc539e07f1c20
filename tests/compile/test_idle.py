"""Arguments that do not occur: a function and its derivatives take the same ones."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import calcml as cm
from calcml.core.errors import CalcmlError, DomainError, ShapeError

SIZES = {"m": 4, "n": 3, "k": 5}

CASES: list[tuple[str, str, dict[str, str]]] = [
    ("mean((X @ w - y)^2)", "w", {"X": "m n", "w": "n", "y": "m"}),
    ("mean(log(1 + exp(-y*(X @ w))))", "w", {"X": "m n", "w": "n", "y": "m"}),
    ("norm2(x - y)^2", "x", {"x": "n", "y": "n"}),
    ("sum(w^2)", "w", {"w": "n"}),
    ("c @ w", "w", {"c": "n", "w": "n"}),
    ("y @ X @ w", "w", {"X": "m n", "w": "n", "y": "m"}),
    ("y @ X @ w", "y", {"X": "m n", "w": "n", "y": "m"}),
    ("sum(x^2) + sum(y)", "x", {"x": "n", "y": "m"}),
    ("logsumexp(X @ w) + sum(b)", "b", {"X": "m n", "w": "n", "b": "m"}),
    ("mean(x)", "x", {"x": "k"}),
    ("sum(X)", "X", {"X": "m n"}),
    ("trace(A @ A)", "A", {"A": "n n"}),
    ("log(det(A)) + x @ x", "x", {"A": "n n", "x": "m"}),
    ("sum((w - b)^2)/2", "b", {"w": "n", "b": ""}),
    ("sum((W @ x)^2) + t^3", "x", {"W": "m n", "x": "n", "t": ""}),
    ("a*x^2 + c", "x", {"a": "", "x": "", "c": ""}),
    ("sum(w^2)", "X", {"X": "m n", "w": "n"}),
]


def _values(shapes: dict[str, str]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.uniform(0.5, 1, [SIZES[s] for s in v.split()]) for v in shapes.values()]


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize(("text", "x", "shapes"), CASES)
def test_function_gradient_and_hessian_take_the_same_arguments(
    text: str, x: str, shapes: dict[str, str], read: bool
) -> None:
    f: Any = cm.parse(text, shapes=shapes) if read else text
    said: Any = {} if read else {"shapes": shapes}
    values = _values(shapes)
    if read and x not in f.free_symbols:
        return  # an expression does not know its shape
    results = [
        cm.parse(text, shapes=shapes),
        cm.grad(f, [x], **said)[x],
        cm.diff(f, x, **said),
        cm.jacobian(f, x, **said),
        cm.hessian(f, x, **said),
    ]
    for result in results:
        compiled = cm.compile(result, list(shapes))
        declared = cm.compile(result, list(shapes), shapes=shapes)
        again = pickle.loads(pickle.dumps(compiled))
        for value in (compiled(*values), again(*values)):
            np.testing.assert_array_equal(value, declared(*values))
    assert np.shape(compiled(*values)) == 2 * np.shape(
        dict(zip(shapes, values, strict=True))[x]
    )


def test_what_does_not_occur_takes_any_value() -> None:
    f = cm.compile("2*X.T @ X/m", ["X", "w", "y"], shapes={"X": "m n"})
    X = np.ones((4, 3))
    for w in (0.5, np.ones(3), np.ones((7, 2)), [[1, 2]], None, "w"):
        np.testing.assert_array_equal(f(X, w, y=w), 2 * X.T @ X / 4)
    with pytest.raises(CalcmlError, match="X must be a real number"):
        f("X", 1, 1)
    scalars = cm.compile("2*b", ["X", "w", "y", "b"])
    assert scalars(np.ones((4, 3)), np.ones(3), np.ones(4), 2.0) == 4
    with pytest.raises(DomainError, match="no values here"):
        cm.compile("w*y", ["w", "y"])(np.ones(3), np.ones(4))


def test_a_declared_shape_is_asked_for_though_the_array_does_not_occur() -> None:
    f = cm.compile("eye(n)", ["w", "t"], shapes={"w": "n", "t": ""})
    np.testing.assert_array_equal(f(np.ones(3), 1), np.eye(3))
    with pytest.raises(ShapeError, match="w is declared with the shape"):
        f(np.ones((3, 1)), 1)
    with pytest.raises(ShapeError, match="t is declared with the shape"):
        f(np.ones(3), np.ones(2))


def test_a_size_of_no_argument_is_asked_for() -> None:
    with pytest.raises(CalcmlError, match=r'as in shapes=\{"w": "n"\}') as error:
        cm.compile("3*eye(n)", ["w"])
    assert error.value.message.startswith("not among the arguments: n")


def test_two_shapes_of_one_name_give_no_size() -> None:
    kept = [
        cm.hessian("7*sum(w^2)/2", "w", shapes={"w": "n"}),
        cm.diff("7*trace(w)", "w", shapes={"w": "n n"}),
    ]
    assert kept[0] is kept[1]
    with pytest.raises(CalcmlError, match="not among the arguments: n"):
        cm.compile(kept[0], ["w"])
