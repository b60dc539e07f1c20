"""Slopes at kinks as other systems return them, measured.

A slope is a text in calcml's grammar, over the names of the parameters where it holds
for all their values, or "nan". A framework that is not named lacks the function; "-" is
a slope that it does not give: by a parameter that must be a plain number there, or a
result that is no number (SymPy's Dirac deltas and derivatives left undone). SymPy's
complex infinity is called inf. `where` is in no row: all five take the slope of the
branch that the condition picks.

Measured are JAX and PyTorch in reverse mode, CasADi with SX, PyTensor without rewrites.
Elsewhere some slopes differ: of a branch not taken an infinite slope gives nan in
reverse mode, not in forward mode or after PyTensor's rewrites; PyTorch's `prelu` has
slope 1 at 0 in forward mode; CasADi's MX shares a tie of an array evenly. A slope of 0
that is a choice, as that of `relu`, `floor` or `where`, stays 0 where what is outside
has an infinite slope; one that is a factor, as that of `abs`, gives nan.

PyTorch's `max` and `min` are `torch.maximum` and `torch.minimum`, of an array
`torch.amax` and `torch.amin`; CasADi's are `fmax`, `fmin`, `mmax`, `mmin`, its `relu` is
`ramp`, its `step` is `heaviside`, which is 1/2 at 0.
"""

from __future__ import annotations

from typing import NamedTuple

FRAMEWORKS = {
    "JAX": "0.10.2",
    "PyTorch": "2.13.0",
    "CasADi": "3.8.2",
    "PyTensor": "3.0.7",
    "SymPy": "1.14.0",
}
Slopes = dict[str, tuple[str | None, ...]]  # by framework


class Local(NamedTuple):
    """The slopes of a function at one of its kinks, one for each parameter.

    A parameter that is an array has one slope for each element that is at the place.
    """

    op: str
    params: tuple[str, ...]
    place: str
    slopes: Slopes


class Measured(NamedTuple):
    """The slope of a whole formula at a point; of an array, element by element."""

    formula: str
    variable: str
    at: dict[str, str]
    slopes: Slopes


LOCAL: dict[str, list[Local]] = {}  # by operation

# Functions that have another value at their kink there.
OTHER_VALUES = {"CasADi": frozenset(("step",))}
MEASURED: list[Measured] = []


def local(signature: str, place: str, **slopes: str) -> None:
    """Add the slopes at `place`; the signature is the operation with its parameters."""
    op, _, inside = signature.rstrip(")").partition("(")
    params = tuple(inside.split(", "))
    row = Local(op, params, place, _by_framework(slopes, len(params)))
    LOCAL.setdefault(op, []).append(row)


def measured(formula: str, at: str, **slopes: str) -> None:
    """Add the slopes by the first variable of `at`, such as "x = 0; y = 1"."""
    point = dict(part.split(" = ") for part in at.split("; "))
    variable = next(iter(point))
    parts = _by_framework(slopes, point[variable].count(",") + 1)
    MEASURED.append(Measured(formula, variable, point, parts))


def _by_framework(slopes: dict[str, str], size: int) -> Slopes:
    lacking = ", ".join(["-"] * size)
    texts = {name: slopes.pop(name, lacking).split(", ") for name in FRAMEWORKS}
    if slopes or any(len(parts) != size for parts in texts.values()):
        raise ValueError(f"{slopes or texts}: {size} slopes for each of {FRAMEWORKS}")
    return {
        name: tuple(None if part == "-" else part for part in parts)
        for name, parts in texts.items()
    }


# fmt: off
# --- functions at their kinks --------------------------------------------------------

local("abs(x)",   "x = 0",               JAX="1",   PyTorch="0", CasADi="0", PyTensor="0", SymPy="0")
local("sign(x)",  "x = 0",               JAX="0",   PyTorch="0", CasADi="0", PyTensor="0", SymPy="-")
local("floor(x)", "x in integers",       JAX="0",   PyTorch="0", CasADi="0", PyTensor="0", SymPy="-")
local("ceil(x)",  "x in integers",       JAX="0",   PyTorch="0", CasADi="0", PyTensor="0", SymPy="-")
local("round(x)", "x + 1/2 in integers", JAX="0",   PyTorch="0",             PyTensor="0")
local("step(x)",  "x = 0",               JAX="0",                CasADi="0",               SymPy="-")
local("cbrt(x)",  "x = 0",               JAX="inf",                                        SymPy="inf")
local("sqrt(x)",  "x = 0",               JAX="inf", PyTorch="inf", CasADi="inf", PyTensor="inf", SymPy="inf")
local("sinc(x)",  "x = 0",               JAX="0",   PyTorch="0",                           SymPy="nan")
local("acot(x)",  "x = 0",                                                                 SymPy="-1")
local("hypot(x, y)", "x = 0 and y = 0",  JAX="1/2, 1/2", PyTorch="nan, nan", CasADi="nan, nan")
local("pow(a, b)", "a = 0 and b = 1/2",  JAX="inf, 0", PyTorch="inf, 0", CasADi="inf, nan",  PyTensor="inf, 0", SymPy="nan, nan")
local("pow(a, b)", "a = 0 and b = 0",    JAX="nan, 0", PyTorch="0, 0",   CasADi="nan, -inf", PyTensor="nan, 0", SymPy="nan, inf")
local("pow(a, b)", "a = 0 and b = 1",    JAX="1, 0",   PyTorch="1, 0",   CasADi="1, nan",    PyTensor="1, 0",   SymPy="nan, nan")

local("max(a, b)", "a = b",                JAX="1/2, 1/2",    PyTorch="1/2, 1/2", CasADi="1/2, 1/2", PyTensor="1, 0", SymPy="1/2, 1/2")
local("min(a, b)", "a = b",                JAX="1/2, 1/2",    PyTorch="1/2, 1/2", CasADi="1/2, 1/2", PyTensor="1, 0", SymPy="1/2, 1/2")
local("clip(x, min, max)", "x = min",      JAX="1/2, 1/2, 0", PyTorch="1, 0, 0", PyTensor="1, 0, 0")
local("clip(x, min, max)", "x = max",      JAX="1/2, 0, 1/2", PyTorch="1, 0, 0", PyTensor="1, 0, 0")
local("hardtanh(x, min_val, max_val)", "x = min_val", JAX="1, -, -", PyTorch="0, -, -")
local("hardtanh(x, min_val, max_val)", "x = max_val", JAX="1, -, -", PyTorch="0, -, -")

local("relu(x)",        "x = 0",  JAX="0",   PyTorch="0", CasADi="1/2")
local("relu6(x)",       "x = 0",  JAX="0",   PyTorch="0")
local("relu6(x)",       "x = 6",  JAX="0",   PyTorch="0")
local("leaky_relu(x, negative_slope)", "x = 0", JAX="1, 0", PyTorch="negative_slope, -")
local("prelu(x, weight)", "x = 0",              PyTorch="weight, 0")
local("elu(x, alpha)",  "x = 0",  JAX="alpha, 0", PyTorch="alpha, -")
local("celu(x, alpha)", "x = 0",  JAX="1, 0",     PyTorch="1, -")
local("selu(x)",        "x = 0",  JAX="1.0507009873554805*1.6732632423543772", PyTorch="1.0507009873554805*1.6732632423543772")
local("hardsigmoid(x)", "x = -3", JAX="0",   PyTorch="0")
local("hardsigmoid(x)", "x = 3",  JAX="0",   PyTorch="0")
local("hardswish(x)",   "x = -3", JAX="0",   PyTorch="0")
local("hardswish(x)",   "x = 3",  JAX="1",   PyTorch="1")
local("hardshrink(x, lambd)", "x = -lambd",  PyTorch="0, -")
local("hardshrink(x, lambd)", "x = lambd",   PyTorch="0, -")
local("softshrink(x, lambd)", "x = -lambd",  PyTorch="0, -")
local("softshrink(x, lambd)", "x = lambd",   PyTorch="0, -")
local("threshold(x, threshold, value)", "x = threshold", PyTorch="0, -, -")
local("i0e(x)",         "x = 0",  JAX="0",   PyTorch="0")
local("ive(n, x)",      "x = 0 and n = 0",   PyTensor="-, 1")

# Of more than two that tie, CasADi and SymPy give other shares: see below.
local("max_over(x)", "two elements tie", JAX="1/2", PyTorch="1/2", CasADi="1/2", PyTensor="1", SymPy="1/2")
local("min_over(x)", "two elements tie", JAX="1/2", PyTorch="1/2", CasADi="1/2", PyTensor="1", SymPy="1/2")
local("norm1(x)",    "x = 0", JAX="1",   PyTorch="0", CasADi="0",   PyTensor="0",   SymPy="0")
local("norm2(x)",    "x = 0", JAX="nan", PyTorch="0", CasADi="nan", PyTensor="nan", SymPy="nan")

# --- formulas ------------------------------------------------------------------------

measured("relu(x)",                  "x = 0",         JAX="0",     PyTorch="0",      CasADi="1/2")
measured("max(x, 0)",                "x = 0",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="1",   SymPy="1/2")
measured("max(0, x)",                "x = 0",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="0",   SymPy="1/2")
measured("(x + abs(x))/2",           "x = 0",         JAX="1",     PyTorch="1/2",    CasADi="1/2", PyTensor="1/2", SymPy="1/2")
measured("where(x > 0, x, 0)",       "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("where(x >= 0, x, 0)",      "x = 0",         JAX="1",     PyTorch="1",      CasADi="1",   PyTensor="1",   SymPy="1")
measured("where(x < 0, 0, x)",       "x = 0",         JAX="1",     PyTorch="1",      CasADi="1",   PyTensor="1",   SymPy="1")
measured("x*step(x)",                "x = 0",         JAX="0",                       CasADi="1/2",                 SymPy="0")
measured("-min(-x, 0)",              "x = 0",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="1",   SymPy="1/2")
measured("relu(x)^2",                "x = 0",         JAX="0",     PyTorch="0",      CasADi="0")
measured("relu(-x)",                 "x = 0",         JAX="0",     PyTorch="0",      CasADi="-1/2")
measured("relu(x) - relu(-x)",       "x = 0",         JAX="0",     PyTorch="0",      CasADi="1")

measured("abs(x)",                   "x = 0",         JAX="1",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("max(x, -x)",               "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="1",   SymPy="0")
measured("where(x > 0, x, -x)",      "x = 0",         JAX="-1",    PyTorch="-1",     CasADi="-1",  PyTensor="-1",  SymPy="-1")
measured("where(x >= 0, x, -x)",     "x = 0",         JAX="1",     PyTorch="1",      CasADi="1",   PyTensor="1",   SymPy="1")
measured("x*sign(x)",                "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("sqrt(x^2)",                "x = 0",         JAX="nan",   PyTorch="nan",    CasADi="0",   PyTensor="nan", SymPy="0")
measured("relu(x) + relu(-x)",       "x = 0",         JAX="0",     PyTorch="0",      CasADi="0")
measured("abs(x)*x",                 "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("abs(x)^2",                 "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("abs(abs(x))",              "x = 0",         JAX="1",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("sqrt(abs(x))",             "x = 0",         JAX="inf",   PyTorch="nan",    CasADi="nan", PyTensor="nan", SymPy="nan")
measured("abs(x)^(2/3)",             "x = 0",         JAX="inf",   PyTorch="nan",    CasADi="nan", PyTensor="nan", SymPy="nan")
measured("sqrt(max(x, 0))",          "x = 0",         JAX="inf",   PyTorch="inf",    CasADi="inf", PyTensor="inf", SymPy="inf")
measured("sqrt(where(x > 0, x, 0))", "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0",   SymPy="0")
measured("sqrt(relu(x))",            "x = 0",         JAX="0",     PyTorch="0",      CasADi="inf")
measured("sqrt(floor(x))",           "x = 0",         JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="0")

measured("clip(x, 0, 1)",            "x = 0",         JAX="1/2",   PyTorch="1",                    PyTensor="1")
measured("clip(x, 0, 1)",            "x = 1",         JAX="1/2",   PyTorch="1",                    PyTensor="1")
measured("min(max(x, 0), 1)",        "x = 0",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="1",   SymPy="1/2")
measured("min(max(x, 0), 1)",        "x = 1",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="1",   SymPy="1/2")
measured("hardtanh(x, -1, 1)",       "x = -1",        JAX="1",     PyTorch="0")
measured("hardtanh(x, -1, 1)",       "x = 1",         JAX="1",     PyTorch="0")
measured("relu6(x)",                 "x = 0",         JAX="0",     PyTorch="0")
measured("relu6(x)",                 "x = 6",         JAX="0",     PyTorch="0")
measured("leaky_relu(x)",            "x = 0",         JAX="1",     PyTorch="0.01")
measured("where(x > 0, x, 0.01*x)",  "x = 0",         JAX="0.01",  PyTorch="0.01",   CasADi="0.01", PyTensor="0.01", SymPy="0.01")
measured("max(x, 0.01*x)",           "x = 0",         JAX="0.505", PyTorch="0.505",  CasADi="0.505", PyTensor="1", SymPy="0.505")
measured("elu(x)",                   "x = 0",         JAX="1",     PyTorch="1")

measured("max(x, y)",                "x = 1; y = 1",  JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="1",   SymPy="1/2")
measured("max(x^2, x)",              "x = 0",         JAX="1/2",   PyTorch="1/2",    CasADi="1/2", PyTensor="0",   SymPy="1/2")
measured("max(x^2, x)",              "x = 1",         JAX="3/2",   PyTorch="3/2",    CasADi="3/2", PyTensor="2",   SymPy="3/2")
measured("max(max(x, 0), 1 - x)",    "x = 0.5",       JAX="0",     PyTorch="0",      CasADi="0",   PyTensor="1",   SymPy="0")
measured("hypot(x, y)",              "x = 0; y = 0",  JAX="1/2",   PyTorch="nan",    CasADi="nan")
measured("sqrt(x^2 + y^2)",          "x = 0; y = 0",  JAX="nan",   PyTorch="nan",    CasADi="nan", PyTensor="nan", SymPy="nan")
measured("sqrt(x)",                  "x = 0",         JAX="inf",   PyTorch="inf",    CasADi="inf", PyTensor="inf", SymPy="inf")
measured("sinc(x)",                  "x = 0",         JAX="0",     PyTorch="0",                                    SymPy="nan")
measured("where(x > 0, log(x), 0)",  "x = 0",         JAX="nan",   PyTorch="nan",    CasADi="0",   PyTensor="nan", SymPy="0")
measured("where(x > 0, sqrt(x), 0)", "x = 0",         JAX="nan",   PyTorch="nan",    CasADi="0",   PyTensor="nan", SymPy="0")
measured("where(x > 0, sin(x)/x, 1)", "x = 0",         JAX="nan",   PyTorch="nan",    CasADi="0",   PyTensor="nan", SymPy="0")

measured("max(x)",                   "x = [1, 1, 0]",  JAX="1/2, 1/2, 0", PyTorch="1/2, 1/2, 0", CasADi="1/2, 1/2, 0", PyTensor="1, 1, 0", SymPy="1/2, 1/2, 0")
measured("max(x)",                   "x = [1, 1, 1]",  JAX="1/3, 1/3, 1/3", PyTorch="1/3, 1/3, 1/3", CasADi="1/4, 1/4, 1/2", PyTensor="1, 1, 1", SymPy="1/2, 1/2, 1/2")
measured("min(x)",                   "x = [0, 0, 1]",  JAX="1/2, 1/2, 0", PyTorch="1/2, 1/2, 0", CasADi="1/2, 1/2, 0", PyTensor="1, 1, 0", SymPy="1/2, 1/2, 0")
measured("norm1(x)",                 "x = [0, 1]",     JAX="1, 1", PyTorch="0, 1", CasADi="0, 1", PyTensor="0, 1", SymPy="0, 1")
measured("norm2(x)",                 "x = [0, 0]",     JAX="nan, nan", PyTorch="0, 0", CasADi="nan, nan", PyTensor="nan, nan", SymPy="nan, nan")
measured("norm2(x)^2",               "x = [0, 0]",     JAX="nan, nan", PyTorch="0, 0", CasADi="0, 0", PyTensor="nan, nan", SymPy="0, 0")
measured("norm_inf(x)",              "x = [0, 0]",     JAX="1/4, 1/4", PyTorch="0, 0", CasADi="0, 0", PyTensor="0, 0", SymPy="0, 0")
measured("norm_inf(x)",              "x = [1, -1, 0]", JAX="1/2, -1/2, 0", PyTorch="1/2, -1/2, 0", CasADi="1/2, -1/2, 0", PyTensor="1, -1, 0", SymPy="1/2, -1/2, 0")
measured("std(x)",                   "x = [1, 1]",     JAX="nan, nan", PyTorch="0, 0", PyTensor="nan, nan")
# fmt: on
