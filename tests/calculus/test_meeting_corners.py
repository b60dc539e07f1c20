"""Corners of several variables: the whole gradient of least norm, however spelled."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import pi
from typing import Any

import pytest

import calcml as cm
from tests.benchmarks.kink_slopes import Case, Part, cases, least, verdict
from tests.support import SEED

# A formula, a place, and its gradient there, of least norm by hand.
GRADIENTS = [
    ("max(x, y)", (1, 1), (1 / 2, 1 / 2)),
    ("max(x, 2*y)", (2, 1), (4 / 5, 2 / 5)),
    ("where(x > 2*y, x, 2*y)", (2, 1), (4 / 5, 2 / 5)),
    ("x + relu(2*y - x)", (2, 1), (4 / 5, 2 / 5)),
    ("x/2 + y + abs(x - 2*y)/2", (2, 1), (4 / 5, 2 / 5)),
    ("max(x^2, y)", (1, 1), (2 / 5, 4 / 5)),
    ("-3*x + relu(x - y)", (1, 1), (-2, -1)),
    ("max(-2*x - y, -3*x)", (1, 1), (-2, -1)),
    ("max(x, y) + relu(x)", (0, 0), (1 / 2, 1 / 2)),
    ("max(x, y) + relu(x)", (1, 1), (1, 1)),
    ("max(x, y) + relu(x)", (-1, -1), (1 / 2, 1 / 2)),
    ("max(x, y) + min(x, y)", (1, 1), (1, 1)),
    ("max(x, y)*min(x, y)", (2, 2), (2, 2)),
    ("abs(x - y)*sign(x - y)", (1, 1), (1, -1)),
    ("hypot(x - y, 0)/2 + (x - y)/2", (1, 1), (0, 0)),
    ("(x - y)^2 + abs(x)", (0, 1), (-1, 2)),
    ("y*abs(2*x + 2*y - 1)/2 - x - y", (1, 1), (0, 3 / 2)),  # beside its surface
    ("relu(x) + abs(y)*x + x - y", (0, 0), (1, -1)),
    ("relu(x*y) - relu(-x*y)", (0, 0), (0, 0)),
    ("relu(x*y) - relu(-x*y)", (0, 2), (2, 0)),
    ("y*where(x > 0, x, 2*x)", (0, -3), (-3, 0)),
    ("(x/2 + y)*abs(9*x^2 - 81/4) + 9*x^2", (3 / 2, -1), (81 / 4, 0)),  # 27 - 27*t/4
    ("-2*abs(3*x*y - 9/4) - 2*x + 2*y", (-3 / 2, -1 / 2), (-12 / 5, 4 / 5)),
    ("max(2*x, 2*x*(1 - y) - 1/2)", (-1 / 2, 1 / 2), (1, 1)),
    ("hypot(x, y) + 2*x", (0, 0), (1, 0)),  # a ball of radius 1 about (2, 0)
    ("hypot(x - 1, y - 1) + x/2", (1, 1), (0, 0)),
    ("max(x, y)*atan2(y, x)", (1, 1), (pi / 4 - 1 / 2, 1 / 2)),
    ("10*hypot(x, y) - 15*x + 20*y", (0, 0), (-9, 12)),
]


@pytest.mark.parametrize("simplify", [True, False])
@pytest.mark.parametrize(("f", "at", "gradient"), GRADIENTS, ids=str)
def test_whichever_are_asked_for(
    f: str, at: tuple[float, ...], gradient: tuple[float, ...], simplify: bool
) -> None:
    point = dict(zip("xy", at, strict=True))
    whole = cm.grad(f, simplify=simplify)
    rows = cm.jacobian([f], ["y", "x"], simplify=simplify)[0][::-1]
    for name, row, slope in zip("xy", rows, gradient, strict=True):
        alone = cm.diff(f, name, simplify=simplify)
        found = [float(e.evalf(point)) for e in (whole[name], row, alone)]
        assert found == pytest.approx([slope] * 3)


def test_a_spelling_whose_chain_has_no_value() -> None:
    parts = cm.grad("acosh(cosh(x - y)) + x - y")
    assert [float(p.evalf({"x": 1, "y": 1})) for p in parts.values()] == [0, 0]


def test_three_variables() -> None:
    parts = cm.grad("max(x, y, 2*z) + relu(x - y)")
    found = [float(p.evalf({"x": 2, "y": 2, "z": 1})) for p in parts.values()]
    assert found == pytest.approx([4 / 9, 4 / 9, 2 / 9])


CURVES = [  # two surfaces meet, and the slopes go with the place
    (
        "-2*z*relu(2*x - y/2 + 3*z) + clip(9*y^2, 9/4, 13/4) + 3*z",
        lambda x, y, z: (
            -2 * z * max(2 * x - y / 2 + 3 * z, 0)
            + min(max(9 * y**2, 9 / 4), 13 / 4)
            + 3 * z
        ),
        (-1 / 4, 1 / 2, 1 / 4),
    ),
    (
        "y*abs(x) + z*abs(x + z - 1) + 2*x - z",
        lambda x, y, z: y * abs(x) + z * abs(x + z - 1) + 2 * x - z,
        (0, -1, 1),
    ),
    (
        "x*abs(y) + abs(4*z^2 - 1)*(x + 1) - 2*y + z",
        lambda x, y, z: x * abs(y) + abs(4 * z**2 - 1) * (x + 1) - 2 * y + z,
        (3, 0, 1 / 2),
    ),
    (
        "max(9*(y^2 - 1)*sign(y^2 - 1), -x - z) + 9*x*y",  # on one of two curves
        lambda x, y, z: max(9 * abs(y**2 - 1), -x - z) + 9 * x * y,
        (3 / 2, -1, -3 / 2),
    ),
]


@pytest.mark.parametrize(("f", "value", "at"), CURVES, ids=str)
def test_curves_where_surfaces_meet(
    f: str, value: Callable[..., Any], at: tuple[float, ...]
) -> None:
    case = Case(Part(f, lambda p: value(*p)), at)
    right = least(case, random.Random(SEED))
    assert right is not None
    kind, found = verdict(case, right)
    assert kind == "right", (found, right)


@pytest.mark.parametrize(
    "f",
    ["v*relu(w*x + b) + u", "y*abs(x)", "max(x, y, z)", "relu(x)*relu(y)", "elu(x, a)"],
)
def test_nothing_is_written_where_rows_stand_alone(f: str) -> None:
    assert "==" not in str(cm.diff(f, "x")).replace("y ==", "").replace("z ==", "")


def test_kinks_say_where_the_chain_of_rows_is_taken() -> None:
    f = "a*relu(x) + b*relu(-x) + c*x + d"
    assert [k.note for k in cm.kinks(f, "x")] == [
        "slope taken: the chain of row slopes"
    ]
    (kink,) = cm.kinks("-3*x + relu(x - y)", "x")
    assert not kink.note
    assert str(kink.slope) == "-2"


def test_compiled_code_has_the_same_slope() -> None:
    parts = cm.grad("max(x, 2*y) + relu(x - 2*y)")
    run = cm.compile([parts["x"], parts["y"]], ["x", "y"])
    for x, y in ((2.0, 1.0), (3.0, 1.0), (1.0, 1.0)):
        point = {"x": x, "y": y}
        assert list(run(x, y)) == [float(p.evalf(point)) for p in parts.values()]


def test_random_places_where_corners_meet() -> None:
    print(f"seed {SEED}")
    for case, right in cases(SEED, 12):
        kind, found = verdict(case, right)
        assert kind in ("right", "fallback"), (case.formula.text, case.at, found)
