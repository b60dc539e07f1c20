"""`functions="elementary"`: no other function is written but those that were typed."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest

import calcml as cm
from calcml.core.expr import walk
from calcml.functions import FUNCTIONS
from tests.support import close, points, value

SIMPLIFIED = {
    "exp(x)/(1 + exp(x))": "exp(x)/(1 + exp(x))",
    "log(exp(a) + exp(b))": "log(exp(a) + exp(b))",
    "(x + abs(x))/2": "max(x, 0)",
    "where(x > 0, x, 0)": "max(x, 0)",
    "x/(1 + exp(-x))": "x/(1 + exp(-x))",
    "1/(1 + exp(a - b))": "1/(1 + exp(a - b))",
    "sigmoid(x)*exp(x)/(1 + exp(x))": "sigmoid(x)^2",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": "tanh(x)",
}
DERIVED = {
    "1/(1 + exp(-x))": "exp(x)/(1 + exp(x))^2",
    "log(1 + exp(x))": "exp(x)/(1 + exp(x))",
    "relu(x)": "where(x > 0, 1, 0)",
    "Si(x)": "where(x == 0, 1, sin(x)/x)",
    "max(x, 0)^2": "2*max(x, 0)",
    "log(1 + exp(-y*(w*x + b)))": "-w*y/(1 + exp(y*(w*x + b)))",
    "sigmoid(x)": "sigmoid(x)*(1 - sigmoid(x))",
    "log(cosh(x))": "tanh(x)",
    "gamma(x)": "digamma(x)*gamma(x)",
}


@pytest.mark.parametrize("text", SIMPLIFIED)
def test_simplified(text: str) -> None:
    assert str(cm.simplify(text, functions="elementary")) == SIMPLIFIED[text]


@pytest.mark.parametrize("text", DERIVED)
def test_derived(text: str) -> None:
    assert str(cm.diff(text, "x", functions="elementary")) == DERIVED[text]


def test_gradients_jacobians_and_hessians_too() -> None:
    text, only = "log(1 + exp(x))*y", "elementary"
    parts = cm.grad(text, functions=only)
    assert str(parts["x"]) == "y/(1 + exp(-x))"
    assert cm.jacobian([text], ["x"], functions=only) == [[parts["x"]]]
    rows = cm.hessian(text, ["x", "y"], functions=only)
    assert str(rows[0]) == "[y*exp(x)/(1 + exp(x))^2, exp(x)/(1 + exp(x))]"
    assert cm.hessian(text, "x", functions=only) is rows[0][0]


@pytest.mark.parametrize("op", [op for op, row in FUNCTIONS.items() if row.d[:1]])
def test_of_each_row(op: str) -> None:
    """Its derivative has no function that has a definition and was not typed; equal."""
    row = FUNCTIONS[op]
    names = [f"a{i}" for i, _ in enumerate(row.params)]
    ranges = dict(zip(names, row.sample, strict=False))
    options = "".join(f', {k}="{v}"' for k, v in row.options.items())
    if row.family in ("operators", "choice") or row.d[-1] is None:
        return
    f = cm.parse(f"{row.name}({', '.join(names)}{options})")
    plain = cm.diff(f, names[-1])
    found = cm.diff(f, names[-1], functions="elementary")
    others = {FUNCTIONS[n.op] for n in walk(found) if n.op in FUNCTIONS} - {row}
    assert [r.name for r in others if r.by is not None and not r.elementary] == []
    for point in islice(points(names, ranges, op), 4):
        at = {k: Fraction(v) for k, v in point.items()}
        known = value(plain, at)
        if known is not None and not known.imag:
            assert close(value(found, at), known), at


@pytest.mark.parametrize(
    ("text", "shapes", "functions", "says"),
    [
        ("x", {}, "elem", 'write functions="elementary", or leave it out'),
        ("sum(exp(x))", {"x": "n"}, "elementary", "leave it out for arrays"),
    ],
)
def test_refused(text: str, shapes: dict[str, str], functions: str, says: str) -> None:
    with pytest.raises(cm.UnsupportedError, match=says):
        cm.diff(text, "x", shapes=shapes, functions=functions)
