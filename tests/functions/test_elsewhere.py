"""What is told of functions known from elsewhere has their values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special as sc
from scipy.stats import norm as norm_dist

from calcml import CalcmlError, compile as compiled, parse
from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.elsewhere import (
    BRACKETS,
    FOREIGN,
    LATEX,
    NORMS,
    OPERATORS,
    PAIRS,
    PREFIXES,
)
from tests.parsing.test_advice import corrected


def norm(x: Any) -> Any:
    return np.sqrt(np.sum(x**2))


# By the first name of each row: of numbers at 0.7, 0.3, 0.45; of arrays, of vectors
# and matrices.
NUMBERS: dict[str, Callable[..., Any]] = {
    "mod": lambda x, n: x % n,
    "fmod": math.fmod,
    "floor_divide": lambda x, n: x // n,
    "INT": math.floor,
    "frac": lambda x: x % 1,
    "trunc": math.trunc,
    "FractionalPart": lambda x: math.modf(x)[0],
    "copysign": math.copysign,
    "signbit": lambda x: float(x < 0),
    "SQRTPI": lambda x: math.sqrt(math.pi * x),
    "InverseErf": lambda x: sc.erfinv(x),
    "ExpIntegralEi": lambda x: sc.expi(x),
    "SinIntegral": lambda x: sc.sici(x)[0],
    "CosIntegral": lambda x: sc.sici(x)[1],
    "ProductLog": lambda x: sc.lambertw(x).real,
    "jn": lambda n, x: sc.jv(n, x),
    "yn": lambda n, x: sc.yv(n, x),
    "clamp_min": max,
    "clamp_max": min,
    "log": math.log,
    "log_2": math.log2,
    "log_10": math.log10,
    "log_e": math.log,
    "exp10": lambda x: 10**x,
    "root": lambda x, n: x ** (1 / n),
    "nthroot": lambda x, n: x ** (1 / n),
    "sqr": lambda x: x * x,
    "cube": lambda x: x**3,
    "invsqrt": lambda x: x**-0.5,
    "negative": lambda x: -x,
    "positive": lambda x: x,
    "plus": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "float_power": lambda a, b: a**b,
    "fma": lambda a, b, c: a * b + c,
    "factorial": lambda n: sc.factorial(n),
    "factorial2": lambda n: math.prod(range(n, 0, -2)),
    "binomial": lambda n, k: sc.binom(n, k),
    "perm": lambda n, k: math.gamma(n + 1) / math.gamma(n - k + 1),
    "poch": lambda x, n: sc.poch(x, n),
    "lbeta": lambda a, b: sc.betaln(a, b),
    "log_factorial": lambda n: sc.gammaln(n + 1),
    "trigamma": lambda x: sc.polygamma(1, x),
    "harmonic": lambda n: sc.digamma(n + 1) + np.euler_gamma,
    "radians": math.radians,
    "degrees": math.degrees,
    "sind": lambda x: sc.sindg(x),
    "cosd": lambda x: sc.cosdg(x),
    "tand": lambda x: sc.tandg(x),
    "sinpi": lambda x: math.sin(math.pi * x),
    "cospi": lambda x: math.cos(math.pi * x),
    "tg": math.tan,
    "ctg": lambda x: 1 / math.tan(x),
    "cosec": lambda x: 1 / math.sin(x),
    "arctg": math.atan,
    "arcctg": lambda x: math.atan(1 / x),
    "sh": math.sinh,
    "ch": math.cosh,
    "th": math.tanh,
    "cth": lambda x: 1 / math.tanh(x),
    "arsh": math.asinh,
    "arch": lambda x: math.acosh(x),
    "arth": math.atanh,
    "versin": lambda x: 1 - math.cos(x),
    "coversin": lambda x: 1 - math.sin(x),
    "haversin": lambda x: (1 - math.cos(x)) / 2,
    "gd": lambda x: 2 * math.atan(math.tanh(x / 2)),
    "unitstep": lambda x: float(x > 0),
    "rect": lambda x: float(abs(x) < 0.5),
    "tri": lambda x: max(0, 1 - abs(x)),
    "ramp": lambda x: max(x, 0),
    "saturate": lambda x: min(max(x, 0), 1),
    "lerp": lambda a, b, t: (1 - t) * a + t * b,
    "smoothstep": lambda x: 3 * x**2 - 2 * x**3,
    "inv_logit": lambda x: sc.expit(x),
    "sigma": lambda x: sc.expit(x),
    "log_odds": lambda x: sc.logit(x),
    "logcosh": lambda x: math.log(math.cosh(x)),
    "quick_gelu": lambda x: x * sc.expit(1.702 * x),
    "xlogx": lambda x: x * math.log(x),
    "cloglog": lambda p: math.log(-math.log(1 - p)),
    "binary_entropy": lambda p: -p * math.log(p) - (1 - p) * math.log(1 - p),
    "logdiffexp": lambda a, b: math.log(math.exp(a) - math.exp(b)),
    "logaddexp2": lambda a, b: np.logaddexp2(a, b),
    "norm_pdf": lambda x, m=0, s=1: norm_dist.pdf(x, m, s),
    "norm_logpdf": lambda x, m=0, s=1: norm_dist.logpdf(x, m, s),
    "normcdf": lambda x: sc.ndtr(x),
    "log_normcdf": lambda x: math.log(sc.ndtr(x)),
    "probit": lambda x: sc.ndtri(x),
    "erfcinv": lambda x: sc.erfcinv(x),
    "dawsn": lambda x: sc.dawsn(x),
    "exp1": lambda x: sc.exp1(x),
    "li": lambda x: sc.expi(math.log(x)),
    "dilog": lambda x: sc.spence(1 - x),
    "spence": lambda x: sc.spence(x),
    "shi": lambda x: sc.shichi(x)[0],
    "cosm1": lambda x: math.cos(x) - 1,
    "cis": lambda x: math.cos(x),  # its real part
}
CONDITIONS: dict[str, Callable[..., Any]] = {
    "if": lambda c, a, b: a if c else b,
    "And": lambda a, b: a and b,
    "Or": lambda a, b: a or b,
    "Not": lambda a: not a,
    "Xor": lambda a, b: a != b,
    "Boole": lambda c: c,
}
ARRAYS: dict[str, Callable[..., Any]] = {
    "average": np.mean,
    "total": np.sum,
    "product": np.prod,
    "rms": lambda x: np.sqrt(np.mean(x**2)),
    "rmse": lambda a, b: np.sqrt(np.mean((a - b) ** 2)),
    "layer_norm": lambda x: (x - x.mean()) / np.sqrt(x.var() + 1e-5),
    "rms_norm": lambda x: x / np.sqrt(np.mean(x**2)),
    "addmm": lambda c, a, b: c + a @ b,
    "linear": lambda x, A: x @ A.T,
    "KroneckerProduct": np.kron,
    "SUMPRODUCT": lambda a, b: np.sum(a * b),
    "sumsq": lambda x: np.sum(x**2),
    "quad_form": lambda x, A: x @ A @ x,
    "distance": lambda a, b: norm(a - b),
    "sqeuclidean": lambda a, b: norm(a - b) ** 2,
    "inner": np.dot,
    "mm": np.matmul,
    "inverse": np.linalg.inv,
    "determinant": np.linalg.det,
    "log_det": lambda x: np.linalg.slogdet(x)[1],
    "frobenius": norm,
    "norm": lambda x, p: np.sum(np.abs(x) ** p) ** (1 / p),
}
MATRICES = (
    "addmm",
    "linear",
    "KroneckerProduct",
    "mm",
    "inverse",
    "determinant",
    "log_det",
    "frobenius",
)
POINTS = {"arch": [(1.7,)], "factorial2": [(5,), (6,)]}
ROUNDED = "mod fmod floor_divide INT frac FractionalPart trunc copysign".split()

FIRST = {row.text: name for (name, _), row in reversed(FOREIGN.items())}
CALLS = [(name, count, FIRST[row.text]) for (name, count), row in FOREIGN.items()]


def told(text: str, **options: Any) -> Any:
    """The expression that the message about a call tells to write, the first one."""
    with pytest.raises(CalcmlError) as caught:
        parse(text, **options)
    return parse(corrected(caught.value)[0], **options)


@pytest.mark.parametrize(("name", "count", "first"), CALLS, ids=str)
def test_what_is_told_has_the_values(name: str, count: int, first: str) -> None:
    if first in CONDITIONS:
        check_conditions(name, count, CONDITIONS[first])
    elif first in ARRAYS:
        check_arrays(name, count, first)
    else:
        expr = told(f"{name}({', '.join('xyz'[:count])})")
        points = [*POINTS.get(first, [(0.7, 0.3, 0.45)])]
        points += [(-1.7, 0.6), (-2.0, 0.5), (2.5, -1.5)] * (first in ROUNDED)
        for point in points:
            value = complex(expr.evalf(dict(zip("xyz", point, strict=False)))).real
            expected = float(NUMBERS[first](*point[:count]))
            assert value == pytest.approx(expected, rel=1e-12)


def check_conditions(name: str, count: int, expected: Callable[..., Any]) -> None:
    logic = expected.__code__.co_varnames[0] == "a"
    names = (("x > 0", "y > 1") if logic else ("x > 0", "y", "z"))[:count]
    text = f"{name}({', '.join(names)})"
    expr = told(f"where({text}, 1, 0)" if logic else text)
    for x, y, z in ((1.0, 2.0, 3.0), (-1.0, 0.5, 2.0), (1.0, 0.0, 4.0)):
        at = {"x": x, "y": y, "z": z}
        value = expr.evalf({n: at[n] for n in expr.free_symbols})
        given = ((x > 0, y > 1) if logic else (x > 0, y, z))[:count]
        assert float(value) == float(expected(*given))


def check_arrays(name: str, count: int, first: str) -> None:
    square = first in MATRICES
    shapes = dict.fromkeys("uvw", "n n" if square else "n")
    if first in ("quad_form", "norm"):
        shapes["v"] = "n n" if first == "quad_form" else ""
    names = list("uvw")[:count]
    expr = told(f"{name}({', '.join(names)})", shapes=shapes)
    random = np.random.default_rng(5)
    arrays = [random.normal(size=(3,) * len(shapes[n].split())) for n in names]
    arrays = [x @ x.T + np.eye(3) if x.ndim == 2 else x for x in arrays]
    if first == "norm":
        arrays[-1] = np.abs(arrays[-1])
    value = compiled(expr, names)(*arrays)
    assert np.allclose(value, ARRAYS[first](*arrays), rtol=1e-12)


def test_what_calcml_has_is_not_told() -> None:
    for name, count in FOREIGN:
        counts = [
            n
            for row in SPELLINGS.get(name, ())
            for n in range(row.least, len(row.params) + 1)
        ]
        assert count not in counts
        assert name not in ARRAY_FUNCTIONS or name.startswith("norm")


def test_signs_stand_for_what_there_is() -> None:
    called = {*PREFIXES.values(), *(n for _, n in BRACKETS.values()), *NORMS.values()}
    assert called <= {*SPELLINGS, *ARRAY_FUNCTIONS}
    signs = {*OPERATORS.values(), *PAIRS.values(), *LATEX.values()}
    words = {"", " ", "and", "or", "not", *CONSTANT_NAMES}
    assert signs - words <= set("+ - * / ^ ** = == != < <= > >=".split())
