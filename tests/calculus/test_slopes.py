"""One slope at a kink for every spelling of a function (DESIGN's least-norm choice)."""

from __future__ import annotations

import pytest

import calcml as cm
from calcml import diff, grad

SPELLINGS = [
    *[(s, 0, 0) for s in (
        "relu(x)", "max(x, 0)", "max(0, x)", "Max(0, x)", "(x + abs(x))/2", "0.5*x + 0.5*abs(x)",
        "x/2 + abs(x)/2", "where(x > 0, x, 0)", "where(x >= 0, x, 0)", "where(x < 0, 0, x)",
        "where(0 <= x, x, 0)", "x - where(x < 0, x, 0)", "x - where(x > 0, 0, x)", "x*step(x)", "-min(-x, 0)", "where(x > 0, x, 0) + 0*y",
    )],
    *[(s, 0, 0) for s in (
        "abs(x)", "max(x, -x)", "where(x >= 0, x, -x)", "where(x < 0, -x, x)", "x*sign(x)",
        "-min(x, -x)",
    )],
    *[(s, 0, 0.01) for s in (
        "leaky_relu(x)", "where(x > 0, x, 0.01*x)", "where(x >= 0, x, 0.01*x)",
        "where(x < 0, 0.01*x, x)",
    )],
    *[(s, 0, 0) for s in ("clip(x, 0, 1)", "min(max(x, 0), 1)", "max(min(x, 1), 0)", "relu6(x)")],
    *[(s, 1, 0) for s in ("clip(x, 0, 1)", "min(max(x, 0), 1)", "hardtanh(x, -1, 1)")],
    ("where(x >= 0, x^2 + x, -3*x)", 0, 0),
    ("where(x >= 2, 3*x, x + 4)", 2, 1),
    ("where(x > 2, x + 4, 3*x)", 2, 1),
    ("where(x >= 0, x, exp(x) - 1)", 0, 1),
    ("floor(x)", 1, 0), ("ceil(x)", 1, 0), ("round(x)", 0.5, 0), ("sign(x)", 0, 0),
    ("abs(x - 1) + x - 1", 1, 0),
]  # fmt: skip


@pytest.mark.parametrize("simplify", [True, False])
@pytest.mark.parametrize(("f", "at", "slope"), SPELLINGS, ids=str)
def test_slope_at_the_kink(f: str, at: float, slope: float, simplify: bool) -> None:
    point = {"x": at, "y": 1}
    assert diff(f, "x", simplify=simplify).evalf(point) == pytest.approx(slope)
    assert grad(f, ["x"], simplify=simplify)["x"].evalf(point) == pytest.approx(slope)


@pytest.mark.parametrize(
    ("f", "values", "gradient"),
    [
        ("max(x, y)", {"x": 1, "y": 1}, [0.5, 0.5]),
        ("max(x, y)", {"x": 2, "y": 1}, [1, 0]),
        ("min(x, y)", {"x": 1, "y": 1}, [0.5, 0.5]),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 0}, [0.5, 0.5, 0]),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, [1 / 3, 1 / 3, 1 / 3]),
        ("max(x, y, 1)", {"x": 1, "y": 0}, [0, 0]),
        ("hypot(x, y)", {"x": 3, "y": 4}, [0.6, 0.8]),
    ],
)
def test_ties_are_split_evenly(
    f: str, values: dict[str, float], gradient: list[float]
) -> None:
    parts = grad(f, list(values))
    assert [float(p.evalf(values)) for p in parts.values()] == pytest.approx(gradient)


def test_the_branch_not_taken_costs_nothing() -> None:
    slope = diff("where(x > 0, log(x), 0)", "x")
    assert slope.evalf({"x": 0}) == 0
    assert slope.evalf({"x": -1}) == 0
    assert slope.evalf({"x": 2}) == 0.5


def test_single_values_of_a_constant_array_are_no_join() -> None:
    slope = cm.diff("prod(x)", "x", shapes={"x": "n"})
    second = cm.diff(slope, "x")
    point = {"x": [2, 3, 5]}
    assert second.evalf(point) == [[0, 5, 3], [5, 0, 2], [3, 2, 0]]


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [
        ("clip(x, x, 1)", 0.5, 1), ("clip(x, 0, x)", 2, 1), ("clip(x^2, 1, x^2)", 2, 4),
        ("clip(2*x, x + x, 5)", 1, 2), ("clip(x, abs(x), 3)", 0.5, 1),
        ("relu(x - 1) + clip(x, 0, 1)", 1, 1), ("max(x, 1) + clip(x, 0, 1)", 1, 1),
        ("clip(x, 0, 1) - relu(-x) + relu(x - 1)", 0, 1),
        ("0.1*min(x, 1) + 0.2*clip(x - 1, 0, 2)", 1, 0.1),
        ("hardtanh(x, -1, x)", 0.5, 1), ("clip(1/x, x, 1)", 3, 0),
    ],
)  # fmt: skip
def test_arguments_that_coincide(f: str, at: float, slope: float) -> None:
    assert diff(f, "x").evalf({"x": at}) == pytest.approx(slope)
