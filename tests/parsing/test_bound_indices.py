"""Sums over indices: shifts, strides, reversals, windows, triangles, nested bounds.

Each text stands beside the same sum as loops of NumPy, which is differentiated by
central differences; nothing of calcml decides what is right.
"""

from __future__ import annotations

import math
import pickle
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import calcml as cm
from tests.legal import verify

SIZES = {"n": 6, "m": 4, "l": 3}
SHAPES = {
    "x": "n", "y": "n", "z": "n", "u": "m", "w": "l", "A": "n n", "B": "m n", "C": "l l",
    "h": "2", "q": "5", "s": "7", "t": "",
}  # fmt: skip


class Sum(NamedTuple):
    text: str
    loops: Callable[..., Any]
    by: str = "x"
    selects: bool = True  # whether the gradient must do without a selector


def over(*bounds: int) -> range:
    return range(bounds[0], bounds[1] + 1)


n, m, l = SIZES["n"], SIZES["m"], SIZES["l"]  # noqa: E741
exp, log, sqrt = np.exp, np.log, np.sqrt
SUMS = [
    # shifts
    Sum("sum(i, 0, n - 2, x[i]*x[i + 1])", lambda x: sum(x[i] * x[i + 1] for i in over(0, n - 2))),
    Sum("sum(i, 0, n - 2, (x[i + 1] - x[i])^2)", lambda x: sum((x[i + 1] - x[i]) ** 2 for i in over(0, n - 2))),
    Sum("sum(i, 1, n - 1, abs(x[i] - x[i - 1]))", lambda x: sum(abs(x[i] - x[i - 1]) for i in over(1, n - 1))),
    Sum("sum(i, 1, n - 2, (x[i - 1] - 2*x[i] + x[i + 1])^2)", lambda x: sum((x[i - 1] - 2 * x[i] + x[i + 1]) ** 2 for i in over(1, n - 2))),
    Sum("sum(i, 2, n - 1, exp(x[i]*x[i - 2]))", lambda x: sum(exp(x[i] * x[i - 2]) for i in over(2, n - 1))),
    Sum("sum(i, 0, n - 3, x[i]*y[i + 1]*z[i + 2])", lambda x, y, z: sum(x[i] * y[i + 1] * z[i + 2] for i in over(0, n - 3)), "y"),
    Sum("sum(i, 1, n - 1, (x[i] - t*x[i - 1])^2)", lambda x, t: sum((x[i] - t * x[i - 1]) ** 2 for i in over(1, n - 1)), "t"),
    Sum("sum(i, 1, n - 1, log(1 + exp(x[i] - x[i - 1])))", lambda x: sum(log(1 + exp(x[i] - x[i - 1])) for i in over(1, n - 1))),
    Sum("sum(i, 1, n - 1, (x[i]/x[i - 1] - 1)^2)", lambda x: sum((x[i] / x[i - 1] - 1) ** 2 for i in over(1, n - 1))),
    Sum("sqrt(sum(i, 0, n - 2, (x[i + 1] - x[i])^2))", lambda x: sqrt(sum((x[i + 1] - x[i]) ** 2 for i in over(0, n - 2)))),
    Sum("sum(i, 0, n - 2, A[i, i + 1]*x[i])", lambda A, x: sum(A[i, i + 1] * x[i] for i in over(0, n - 2)), "A", False),
    Sum("sum((i, j), B[i, j]*x[j])", lambda B, x: sum(B[i, j] * x[j] for i in range(m) for j in range(n)), "B"),
    Sum("sum(i, 1, n - 1, sum(j, B[j, i]*B[j, i - 1]))", lambda B: sum(B[j, i] * B[j, i - 1] for i in over(1, n - 1) for j in range(m)), "B"),
    Sum("sum(i, 1, n - 1, sum(j, 1, n - 1, (A[i, j] - A[i - 1, j])^2 + (A[i, j] - A[i, j - 1])^2))",
        lambda A: sum((A[i, j] - A[i - 1, j]) ** 2 + (A[i, j] - A[i, j - 1]) ** 2 for i in over(1, n - 1) for j in over(1, n - 1)), "A"),
    Sum("mean(i, 0, n - 2, x[i]*x[i + 1])", lambda x: np.mean([x[i] * x[i + 1] for i in over(0, n - 2)])),
    Sum("sum(i, x[i]*u[2])", lambda x, u: sum(x[i] * u[2] for i in range(n)), "u", False),
    # strides and reversals
    Sum("sum(i, 0, 2, x[2*i]*w[i])", lambda x, w: sum(x[2 * i] * w[i] for i in range(3)), "w"),
    Sum("sum(i, 0, 2, x[2*i]*w[i])", lambda x, w: sum(x[2 * i] * w[i] for i in range(3)), "x"),
    Sum("sum(i, w[i]*s[2*i + 1]^2)", lambda w, s: sum(w[i] * s[2 * i + 1] ** 2 for i in range(l)), "s"),
    Sum("sum(i, w[i]*s[3*i])", lambda w, s: sum(w[i] * s[3 * i] for i in range(l)), "s"),
    Sum("sum(i, x[i]*x[n - 1 - i])", lambda x: sum(x[i] * x[n - 1 - i] for i in range(n))),
    Sum("sum(i, (x[i] - x[n - 1 - i])^2)", lambda x: sum((x[i] - x[n - 1 - i]) ** 2 for i in range(n))),
    Sum("sum(i, y[i]*exp(x[n - 1 - i]))", lambda x, y: sum(y[i] * exp(x[n - 1 - i]) for i in range(n))),
    Sum("sum(i, w[i]*q[4 - 2*i])", lambda w, q: sum(w[i] * q[4 - 2 * i] for i in range(l)), "q"),
    Sum("sum(i, A[i, n - 1 - i])", lambda A: sum(A[i, n - 1 - i] for i in range(n)), "A", False),
    Sum("x[::-1] @ y", lambda x, y: x[::-1] @ y),
    Sum("sum(s[0:7:2]*s[0:7:2]) + sum(s[1:6:2])", lambda s: (s[0:7:2] ** 2).sum() + s[1:6:2].sum(), "s"),
    Sum("sum(i, 0, 2, (s[2*i] - s[2*i + 1])^2)", lambda s: sum((s[2 * i] - s[2 * i + 1]) ** 2 for i in range(3)), "s"),
    # windows
    Sum("sum(t, 0, 3, u[t]*sum(k, w[k]*x[t + k]))", lambda u, w, x: sum(u[t] * w[k] * x[t + k] for t in range(4) for k in range(3)), "w"),
    Sum("sum(t, 0, 3, u[t]*sum(k, w[k]*x[t + k]))", lambda u, w, x: sum(u[t] * w[k] * x[t + k] for t in range(4) for k in range(3)), "x"),
    Sum("sum(t, 0, 3, (u[t] - sum(k, w[k]*x[t + k]))^2)", lambda u, w, x: sum((u[t] - sum(w[k] * x[t + k] for k in range(3))) ** 2 for t in range(4)), "w"),
    Sum("sum(t, 0, 3, (u[t] - sum(k, w[k]*x[t + k]))^2)", lambda u, w, x: sum((u[t] - sum(w[k] * x[t + k] for k in range(3))) ** 2 for t in range(4)), "x"),
    Sum("sum(t, 0, 3, tanh(sum(k, w[k]*x[t + 2 - k])))", lambda w, x: sum(np.tanh(sum(w[k] * x[t + 2 - k] for k in range(3))) for t in range(4)), "x"),
    Sum("sum(t, 0, 3, tanh(sum(k, w[k]*x[t + 2 - k])))", lambda w, x: sum(np.tanh(sum(w[k] * x[t + 2 - k] for k in range(3))) for t in range(4)), "w"),
    Sum("sum(t, 0, 1, sum(k, w[k]*x[3*t + k]))", lambda w, x: sum(w[k] * x[3 * t + k] for t in range(2) for k in range(3)), "x"),
    Sum("sum(t, 0, 1, (sum(k, 0, 1, h[k]*s[2*t + 2*k]))^2)", lambda h, s: sum(sum(h[k] * s[2 * t + 2 * k] for k in range(2)) ** 2 for t in range(2)), "s"),
    Sum("sum((a, b), 0*C[a, b] + C[a, b]*sum(i, 0, 3, sum(j, 0, 3, A[i + a, j + b]^2)))",
        lambda A, C: sum(C[a, b] * A[i + a, j + b] ** 2 for a in range(l) for b in range(l) for i in range(4) for j in range(4)), "C"),
    Sum("sum(i, 0, 3, sum(j, 0, 3, (sum((a, b), C[a, b]*A[i + a, j + b]))^2))",
        lambda A, C: sum(sum(C[a, b] * A[i + a, j + b] for a in range(l) for b in range(l)) ** 2 for i in range(4) for j in range(4)), "A"),
    Sum("sum(k, 0, 2, (sum(t, 0, n - 1 - k, x[t]*x[t + k]))^2)", lambda x: sum(sum(x[t] * x[t + k] for t in over(0, n - 1 - k)) ** 2 for k in range(3))),
    Sum("sum(t, 0, n - 1, (y[t] - sum(k, 0, t, x[t - k]*z[k]))^2)", lambda x, y, z: sum((y[t] - sum(x[t - k] * z[k] for k in range(t + 1))) ** 2 for t in range(n))),
    Sum("max(t, 0, 3, sum(k, w[k]*x[t + k]))", lambda w, x: max(sum(w[k] * x[t + k] for k in range(3)) for t in range(4)), "w"),
    Sum("sum(t, 0, 1, sum(k, 0, 1, u[t]*h[k]*s[3*t + 2*k]))", lambda u, h, s: sum(u[t] * h[k] * s[3 * t + 2 * k] for t in range(2) for k in range(2)), "s"),
    # triangles and nested bounds
    Sum("sum(i, sum(j, 0, i, x[i]*x[j]))", lambda x: sum(x[i] * x[j] for i in range(n) for j in over(0, i))),
    Sum("sum(i, 0, n - 2, sum(j, i + 1, n - 1, (x[i] - x[j])^2))", lambda x: sum((x[i] - x[j]) ** 2 for i in range(n) for j in range(i + 1, n))),
    Sum("sum(i, 0, n - 2, sum(j, i + 1, n - 1, 1/(x[i] - x[j])^2))", lambda x: sum(1 / (x[i] - x[j]) ** 2 for i in range(n) for j in range(i + 1, n))),
    Sum("sum(i, 0, n - 2, sum(j, i + 1, n - 1, log(abs(x[i] - x[j]))))", lambda x: sum(log(abs(x[i] - x[j])) for i in range(n) for j in range(i + 1, n))),
    Sum("sum(i, y[i]*(x[i] - log(sum(exp(x[i:n])))))", lambda x, y: sum(y[i] * (x[i] - log(exp(x[i:]).sum())) for i in range(n))),
    Sum("sum(i, y[i]*(x[i] - log(sum(j, i, n - 1, exp(x[j])))))", lambda x, y: sum(y[i] * (x[i] - log(exp(x[i:]).sum())) for i in range(n))),
    Sum("sum(i, y[i]*logsumexp(j, 0, i, x[j]))", lambda x, y: sum(y[i] * log(exp(x[: i + 1]).sum()) for i in range(n))),
    Sum("sum(i, (mean(x[:i + 1]) - y[i])^2)", lambda x, y: sum((x[: i + 1].mean() - y[i]) ** 2 for i in range(n))),
    Sum("sum(i, 1, n - 1, y[i]*norm2(x[:i]))", lambda x, y: sum(y[i] * sqrt((x[:i] ** 2).sum()) for i in over(1, n - 1))),
    Sum("sum(i, y[i]*max(j, 0, i, x[j]))", lambda x, y: sum(y[i] * max(x[: i + 1]) for i in range(n))),
    Sum("sum(i, 0, n - 1, prod(j, 0, i, x[j]))", lambda x: sum(np.prod(x[: i + 1]) for i in range(n)), "x", False),
    Sum("sum(i, y[i]*prod(j, 0, i - 1, 1 - x[j]))", lambda x, y: sum(y[i] * np.prod(1 - x[:i]) for i in range(n)), "x", False),
    Sum("sum(i, 0, n - 1, sum(j, max(0, i - 1), min(n - 1, i + 1), x[i]*y[j]))", lambda x, y: sum(x[i] * y[j] for i in range(n) for j in over(max(0, i - 1), min(n - 1, i + 1)))),
    Sum("sum(i, sum(j, 0, i, A[i, j]*x[j]))", lambda A, x: sum(A[i, j] * x[j] for i in range(n) for j in over(0, i)), "A"),
    Sum("sum(i, sum(j, 0, i, sum(k, 0, j, x[i]*y[j]*z[k])))", lambda x, y, z: sum(x[i] * y[j] * z[k] for i in range(n) for j in range(i + 1) for k in range(j + 1)), "y"),
    Sum("sum(i, y[i]*(x[i:n] @ z[0:n - i]))", lambda x, y, z: sum(y[i] * (x[i:] @ z[: n - i]) for i in range(n))),
    Sum("sum(i, sum(A[i, :]*x)^2)", lambda A, x: sum((A[i] @ x) ** 2 for i in range(n)), "A"),
    # indices as numbers, and in other places
    Sum("sum(i, 0, n - 1, x[i]*t^i)", lambda x, t: sum(x[i] * t**i for i in range(n)), "t"),
    Sum("sum(i, 0, n - 1, x[i]*t^i)", lambda x, t: sum(x[i] * t**i for i in range(n)), "x"),
    Sum("sum(i, i*x[i]^2)", lambda x: sum(i * x[i] ** 2 for i in range(n))),
    Sum("sum((i, j), A[i, j]*(i - j)^2)", lambda A: sum(A[i, j] * (i - j) ** 2 for i in range(n) for j in range(n)), "A"),
    Sum("sum((i, j), where(i < j, A[i, j], 0)*x[i])", lambda A, x: sum(A[i, j] * x[i] for i in range(n) for j in range(i + 1, n)), "A"),
    Sum("sum(k, 0, 5, t^k/gamma(k + 1))", lambda t: sum(t**k / math.factorial(k) for k in range(6)), "t"),
    Sum("sum(i, y[i]*onehot(i, n)) @ x", lambda x, y: x @ y),
    Sum("prod(k, 1, 3, t - k)", lambda t: np.prod([t - k for k in range(1, 4)]), "t", False),
    Sum("sum(i, sum(j, x[i]*x[j]*exp(-abs(i - j)/2)))", lambda x: sum(x[i] * x[j] * exp(-abs(i - j) / 2) for i in range(n) for j in range(n))),
]  # fmt: skip


def values(case: Sum, rng: np.random.Generator) -> dict[str, Any]:
    names = case.loops.__code__.co_varnames[: case.loops.__code__.co_argcount]
    found = {}
    for name in names:
        shape = [SIZES.get(d, 0) or int(d) for d in SHAPES[name].split()]
        found[name] = rng.uniform(0.4, 1.7, shape)
    return found


def differences(f: Callable[[Any], Any], at: Any, step: float) -> Any:
    """Central differences, the axes of the argument last."""
    at = np.asarray(at, float)
    parts = []
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        parts.append((np.asarray(f(up)) - np.asarray(f(down))) / (2 * step))
    return np.moveaxis(np.array(parts), 0, -1).reshape((*np.shape(parts[0]), *at.shape))


IDS = [f"{case.text} by {case.by}" for case in SUMS]


@pytest.mark.parametrize("case", SUMS, ids=IDS)
def test_sums_are_those_of_loops(case: Sum) -> None:
    at = values(case, np.random.default_rng(7))
    shapes = {name: SHAPES[name] for name in at}
    args = list(shapes)
    f = cm.parse(case.text, shapes=shapes)
    gradient = cm.grad(case.text, case.by, shapes=shapes)[case.by]
    twice = cm.hessian(case.text, case.by, shapes=shapes)
    again = cm.parse(str(gradient), shapes=shapes)
    run = cm.compile([f, gradient, twice, again], args, shapes=shapes)
    got = run(*at.values())

    def put(value: Any) -> Any:
        return case.loops(**at | {case.by: value})

    point = at[case.by]
    slope = differences(put, point, 1e-6)
    verify(f)
    verify(gradient)
    assert pickle.loads(pickle.dumps(gradient)) is gradient
    numbers = {name: value.tolist() for name, value in at.items()}
    assert float(f.evalf(numbers)) == pytest.approx(put(point), rel=1e-12)
    assert got[0] == pytest.approx(put(point), rel=1e-12)
    assert got[1] == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert got[3] == pytest.approx(got[1], rel=1e-12, abs=1e-12)
    by_slope = cm.compile(gradient, args, shapes=shapes)
    second = differences(lambda v: by_slope(**at | {case.by: v}), point, 1e-5)
    hessian = np.reshape(got[2], second.shape)
    assert hessian == pytest.approx(second, rel=1e-5, abs=1e-5)
    if case.selects:
        source = cm.compile([f, gradient], args, shapes=shapes).source
        assert not re.search(r"numpy\.eye\((?!1,)|\bselector\(", source), source


# --- what is refused, and what is asked for ------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(i, x[i]*x[i + 1])", "sum(i, 0, n - 2, ...)"),
        ("sum(i, x[i]*x[i - 1])", "sum(i, 1, n - 1, ...)"),
        ("sum(i, 0, n, x[i])", "sum(i, 0, n - 1, ...)"),
        ("sum(i, 0, n - 1, x[i]*x[n - i])", "sum(i, 1, n - 1, ...)"),
        ("sum(i, A[i - 1, i])", "sum(i, 1, n - 1, ...)"),
        ("sum(i, 0, n - 2, A[i, i + 2])", "sum(i, 0, n - 3, ...)"),
    ],
)
def test_an_index_beyond_its_axis_is_refused_with_its_bounds(
    text: str, message: str
) -> None:
    with pytest.raises(cm.ShapeError, match=re.escape(message)) as error:
        cm.parse(text, shapes=SHAPES)
    term = re.sub(r"^sum\(i, (0, n(?: - \d)?, )?", "", text)
    advice = re.search(r"sum\(i, [^,]*, [^,]*, ", str(error.value.message))
    assert advice is not None
    assert cm.parse(f"{advice[0]}{term}", shapes=SHAPES).shape == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(i, x[i + 1])", "the range of the index i is not known"),
        ("sum(i, x[i + c])", "the range of the index c is not known"),
        ("x[i + 1]", "the range of the index i is not known"),
        ("sum(i, 1.5, 3, x[i])", "a bound of an index is a whole number"),
        ("sum(i, 0, x[0], x[i])", "x\\[0\\] is no bound of an index"),
        ("sum(i, 0, i, x[i])", "a bound of the index i holds i itself"),
        ("sum(i, x[i/2])", "is not known"),
        ("sum(i, x[i], 3)", "takes an array, or an index and a term"),
        ("sum(x[i])", r"is one element: write sum of .* or sum\(i, x\[i\]\)"),
        ("max(x[i]) + 1", "is one element"),
        ("mean(x[i]*y[i])", "is one element"),
        ("softmax(x[i])", "is one element: write softmax of the whole array"),
        ("sum((i, j), 0, 2, A[i, j])", "bounds belong to one index"),
        ("sum(e, x[e])", "e is a constant"),
        ("sum(n, x[n])", "n is the size of an array"),
        ("A[i, :]", "the index i is in no sum"),
        ("sum(i, A[i, j]*sum(i, A[i, j]*x[k]))", "summed over twice"),
        ("mean(i, 3, 2, x[i])", "mean has no value over no index"),
        ("max(i, 3, 2, x[i])", "max has no value over no index"),
        ("min(i, 3, 2, x[i])", "min has no value over no index"),
        ("sum(i, 0, n - 1, sum(softmax(x[i:n])))", "write it with elements and sums"),
        ("x[::2]", "how many places"),
        ("x[::y]", "the step of a slice is a whole number"),
    ],
)
def test_what_has_no_meaning_is_refused(text: str, message: str) -> None:
    with pytest.raises(cm.CalcmlError, match=message):
        cm.parse(text, shapes=SHAPES)


def test_empty_ranges() -> None:
    for text, value in (("sum", "0"), ("prod", "1"), ("logsumexp", "-inf")):
        assert str(cm.parse(f"{text}(i, 3, 2, x[i])", shapes=SHAPES)) == value
    one = {"x": [5]}
    assert cm.parse("sum(i, 1, n - 1, x[i])", shapes={"x": "n"}).evalf(one) == 0
    assert cm.parse("prod(i, 1, n - 1, x[i])", shapes={"x": "n"}).evalf(one) == 1
    for text in ("max(i, 1, n - 1, x[i])", "mean(i, 1, n - 1, x[i])"):
        with pytest.raises(cm.DomainError):
            cm.parse(text, shapes={"x": "n"}).evalf(one)


def test_what_sizes_decide_is_asked_at_the_call() -> None:
    shapes = {"x": "n", "w": "l", "u": "m"}
    text = "sum(t, u[t]*sum(k, w[k]*x[t + k]))"
    gradient = cm.grad(text, "w", shapes=shapes)["w"]
    told = "the sizes must hold l + m - 1 <= n: an axis ends there"
    assert gradient.notes == cm.parse(text, shapes=shapes).notes == (told,)
    run = cm.compile([text, gradient], ["x", "w", "u"], shapes=shapes)
    assert run([1, 2, 3, 4], [1, 1], [1, 1, 1])[0] == 15
    with pytest.raises(cm.ShapeError, match=re.escape("l + m - 1 <= n does not hold")):
        run([1, 2, 3], [1, 1], [1, 1, 1])
    with pytest.raises(cm.ShapeError, match="does not hold at l = 2, m = 3, n = 3"):
        cm.parse(text, shapes=shapes).evalf(
            {"x": [1, 2, 3], "w": [1, 1], "u": [1, 1, 1]}
        )
    assert cm.check(text, str(gradient), "w", shapes=shapes).ok


def test_names_in_bounds_are_sizes_and_have_no_slope() -> None:
    for text, name in (("sum(k, 0, N, t^k)", "N"), ("sum(x[:k])", "k")):
        with pytest.raises(cm.UnsupportedError, match=f"{name} is the size"):
            cm.diff(text, name, shapes={"x": "n"})


def test_results_are_written_as_people_write_them() -> None:
    for text, by, written in (
        ("sum(i, 0, n - 2, x[i]*x[i + 1])", "x", "pad(x[1:n], 0, 1) + pad(x[:n - 1], 1, 0)"),
        ("sum(i, x[i]*x[n - 1 - i])", "x", "2*x[::-1]"),
        ("sum(i, w[i]*s[2*i + 1])", "w", "s[1:2*l:2]"),
        ("sum(i, 0, n - 1, x[i]*t^i)", "x", "t^arange(n)"),
        ("sum(t, 0, 3, u[t]*sum(k, w[k]*x[t + k]))", "w", "sum(j, 0, 3, u[j]*x[i + j])*ones(l)[i]"),
        ("sum(t, u[t]*sum(k, w[k]*x[t + k]))", "x", "sum(j, max(0, i - m + 1), min(l - 1, i), u[i - j]*w[j])*ones(n)[i]"),
    ):  # fmt: skip
        assert str(cm.grad(text, by, shapes=SHAPES)[by]) == written
    gradient = cm.grad("sum(t, u[t]*sum(k, w[k]*x[t + k]))", "x", shapes=SHAPES)["x"]
    low = r"\sum_{j=\max\left(0, i - m + 1\right)}^{\min\left(l - 1, i\right)}"
    assert gradient.latex().startswith(low)


def test_hessians_of_chains_are_filled_along_their_bands() -> None:
    shapes = {"x": "n"}
    text = "sum(i, 0, n - 2, x[i]^2*x[i + 1])"
    run = cm.compile(cm.hessian(text, "x", shapes=shapes), ["x"], shapes=shapes)
    assert "banded(" in run.source
    assert " @ " not in run.source  # no product of n x n matrices
    point = np.random.default_rng(3).uniform(0.5, 1.5, 5)
    slope = cm.compile(cm.grad(text, "x", shapes=shapes)["x"], ["x"], shapes=shapes)
    assert run(point) == pytest.approx(differences(slope, point, 1e-6), abs=1e-7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(i, 1, n - 1, sum(x[:-i]))", "write n - i"),
        ("sum(i, x[i - n]*y[i])", "write x\\[i\\]"),
        ("sum(i, A[i, -1 - i])", "write A\\[i, n - i - 1\\]"),
        (
            "sum(i, 1, n, x[i]^2)",
            "places count from 0: write sum\\(i, 0, n - 1, ...\\)",
        ),
        ("sum(i, 0, 2, x[i^2])", "i\\^2 is no place"),
        ("sum((i, j), x[i]*y[abs(i - j)]*z[j])", "abs\\(i - j\\) is no place"),
        ("sum(i, 0, 2, sum(j, 0, i*i, x[j]))", "i\\*i is no bound"),
        ("sum(i, y[i]*sum(x[:min(n, i + 2)]))", "is no bound"),
        ("sum(i, 0, n/2 - 1, x[2*i])", "may be no whole number"),
        ("logsumexp(k, 0, 3, k*t)", "may be over an index k or of four values"),
        ("max(k, 0, n - 1, t*k)", "may be over an index k or of four values"),
        ("f = x[i]^2; sum(i, 0, n - 1, f)", "write f\\[i\\]"),
        ("z = sum(j, A[i, j]*x[j]); sum(i, y[i]*z)", "write z\\[i\\]"),
        ("sum(i, min(i, x[i])*y[i])", "write i second"),
        ("sum(i, 1, 3, x_i^2)", "an element is x\\[i\\]"),
        ("sum(i, 0, n - 1, sum(j, A[i, j])*a_i)", "an element is a\\[i\\]"),
    ],
)
def test_an_index_that_would_be_read_otherwise_is_refused(
    text: str, message: str
) -> None:
    with pytest.raises(cm.CalcmlError, match=message):
        cm.parse(text, shapes=SHAPES)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(i, A[i, -1]*y[i])", "A[:, n - 1] @ y"),
        ("sum(i, min(x[i], i)*y[i])", "min(x, arange(n)) @ y"),
        ("f = x[i]^2; sum(i, 0, n - 1, f[i])", "x @ x"),
        ("F = A[i, j]^2; sum(i, 0, n - 1, x[i]*sum(F[i, :]))", "x @ sum(A^2, axis=1)"),
        ("y[i]*sum(j, 0, i, j*x[j])", "y*cumsum(arange(n)*x)"),
        ("y[i]*sum(j, i, n - 1, x[j])", "y*cumsum(x[::-1])[::-1]"),
        ("sum(t, 0, n - 1 - k, x[t]*x[t + k])", "x[:n - k] @ x[k:n]"),
        ("max((i, j), A[i, j])", "max(A)"),
        ("x[n - 1]*ones(n)", "x[-1]*ones(n)"),
        ("onehot(2, 5) @ q", "q[2]"),
    ],
)
def test_texts_that_say_the_same(text: str, same: str) -> None:
    at = {name: np.random.default_rng(1).uniform(0.5, 1.5, n) for name in "xyq"}
    at = {"x": at["x"], "y": at["y"], "q": at["q"][:5], "A": np.outer(at["x"], at["y"])}
    known = {name: value.tolist() for name, value in at.items()} | {"k": 2}
    one, other = (cm.parse(t, shapes=SHAPES).evalf(known) for t in (text, same))
    assert np.array(one, float) == pytest.approx(np.array(other, float))


def test_sums_over_a_part_of_an_axis_say_so() -> None:
    shapes = {"Y": "n d", "A": "d d"}
    text = "sum(t, 1, n - 1, norm2(Y[t] - A @ Y[t - 1])^2)"
    hessian = cm.hessian(text, "A", shapes=shapes)
    assert str(hessian) == "2*eye(d)[i, k]*sum(m, 0, n - 2, Y[m, j]*Y[m, l])"
    assert r"\sum_{m=0}^{n - 2}" in hessian.latex()


def test_bounds_that_are_given_at_the_call() -> None:
    text, shapes = "sum(i, a, b, x[i])", {"x": "n"}
    run = cm.compile(text, ["x", "a", "b"], shapes=shapes)
    assert run([1, 2, 3, 4], 1, 2) == 5
    assert run([1, 2, 3, 4], 3, 0) == 0
    with pytest.raises(cm.ShapeError, match="beyond an axis of size 4"):
        run([1, 2, 3, 4], -1, 2)
