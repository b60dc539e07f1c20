"""A new row in calcml/functions/ is all that a function of arrays takes.

Rows are read when the rest of calcml is loaded, so a script adds its row first, in a
process of its own, as if its line stood in the table.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A row like softmax, of powers of 2, and one with a sum in its derivative.
SOFTMAX2 = r"""
arr("softmax2(x)", axis=-1, build="along", single="1", letter="q",
    values="2^x/sum(2^x, axis=axis, keepdims=1)",
    d="log(2)*y[i]*delta(i, a) - log(2)*y[i]*y[a]",
    tex=r"\operatorname{softmax}_{2}", doc="2^x/sum(2^x) along an axis")
"""
SQUAREMAX = r"""
arr("squaremax(x)", axis="all", build="along", single="1",
    values="x^2/sum(x^2, axis=axis, keepdims=1)",
    d="2*x[i]*delta(i, a)/(x @ x) - 2*y[i]*x[a]/(x @ x)",
    doc="x^2/sum(x^2)")
"""

BEFORE = r"""
import sys
from calcml.functions.arrays import arr
"""
CHECKS = r"""
assert "calcml.core" not in sys.modules
import numpy as np
import calcml as cm
from tests.legal import verify

NAME, POWER, TEX = sys.argv[1:]
rng = np.random.default_rng(7)
at = {name: rng.uniform(1, 2, size) for name, size in
      (("x", 3), ("v", 3), ("A", (2, 3)))}

def read(text):
    return cm.parse(text.replace("F", NAME), shapes={"x": "n", "v": "n", "A": "m n"})

def value(e):
    return np.array(e.evalf(at), float)

def close(a, b, tolerance=1e-9):
    assert np.allclose(a, b, rtol=tolerance, atol=tolerance), (a, b)

# it parses and prints
assert cm.__getattr__(NAME)(cm.symbol("x", "n")) is read("F(x)")
for text in ("F(x)", "F(A)", "F(A, axis=0)", "F(A, axis=(0, 1))"):
    e = read(text)
    verify(e)
    assert e.op == NAME and e.shape == e.args[0].shape and read(str(e)) is e
    assert e.latex().startswith(TEX)
    assert e.latex().endswith(rf"\left({e.args[0]}\right)")
assert str(cm.parse(f"{NAME}(w, axis=1)", shapes={"w": "n 1"})) == "ones(n, 1)"

# it has values and is compiled
for name, axis in (("x", 0), ("A", 0), ("A", 1)):
    e = read(f"F({name}, axis={axis})")
    power = value(read(POWER.replace("x", name)))
    close(value(e), power/np.sum(power, axis=axis, keepdims=True))
    close(value(e), cm.compile(e, [name])(at[name]))

# it is derived: beside differences, by its definition, in products and reductions
slope = cm.jacobian(read("F(x)"), "x")
verify(slope)
f, h = cm.compile(read("F(x)"), ["x"]), 1e-6
columns = [(f(at["x"] + d) - f(at["x"] - d))/2/h for d in h*np.eye(3)]
close(value(slope), np.array(columns).T, 1e-7)
close(value(slope), cm.compile(slope, ["x"])(at["x"]))
close(value(slope), value(cm.jacobian(read(f"{POWER}/sum({POWER})"), "x")))
for text in ("sum(v*F(x))", "sum(F(A, axis=0)^2)", "log(F(A)[0, 1])"):
    for name, gradient in cm.grad(read(text)).items():
        assert cm.check(read(text), gradient, name).verdict in ("agrees", "proved")
        assert read(str(gradient)).shape == gradient.shape and gradient.latex()
close(value(cm.hessian(read("v @ F(x)"), "x")),
      value(cm.hessian(read(f"v @ ({POWER}/sum({POWER}))"), "x")))
assert f"chain rule through {NAME}" in str(cm.derive(read("sum(v*F(x))"), "x"))

# it is simplified as any array
assert str(cm.simplify(read("F(x) + F(x)"))) == f"2*{NAME}(x)"
"""


@pytest.mark.parametrize(
    ("row", "arguments"),
    [
        (SOFTMAX2, ["softmax2", "2^x", r"\operatorname{softmax}_{2}"]),
        (SQUAREMAX, ["squaremax", "x^2", r"\operatorname{squaremax}"]),
    ],
    ids=["softmax2", "squaremax"],
)
def test_a_row_is_all_that_a_function_takes(row: str, arguments: list[str]) -> None:
    sources = [p.read_text(encoding="utf-8") for p in ROOT.glob("calcml/**/*.py")]
    assert not any(arguments[0] in text for text in sources)
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + row + CHECKS, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
