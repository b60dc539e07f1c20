"""What compiled source calls where its library lacks a function."""

from __future__ import annotations

import math

import numpy
import pytest
from scipy.special import erf

import calcml as cm
from calcml.runtime import attempt, elementwise, special


@pytest.mark.parametrize("x", [-2.5, -1e-9, 0.0, 0.5, 3.0])
def test_a_value_is_the_nearest_double(x: float) -> None:
    assert special("erf")(x) == pytest.approx(float(erf(x)), rel=1e-15)
    assert special("tanh")(x) == pytest.approx(math.tanh(x), rel=1e-15)


def test_where_there_is_no_value_python_gets_an_error_and_numpy_nan() -> None:
    with pytest.raises(ValueError, match="not real"):
        special("log")(-1.0)
    found = elementwise("log")(numpy.array([-1.0, 1.0]))
    assert numpy.isnan(found[0]) and found[1] == 0


def test_a_failed_part_does_harm_only_where_it_is_used() -> None:
    failed = attempt(lambda: math.log(-1.0))
    assert attempt(lambda: 2.0) == 2.0
    with pytest.raises(ValueError, match="math domain error"):
        _ = failed + 1
    f = cm.compile("where(x > 0, log(x), 0)", ["x"], backend="python")
    assert f(-1.0) == 0


def test_compiled_source_names_its_home() -> None:
    """`calcml.runtime` is where users' files look for it: the name stays."""
    source = cm.compile("zeta(x)", ["x"], backend="python").source
    assert "from calcml.runtime import special" in source
