"""Calls that the catalogue of losses names, run by the libraries themselves.

Values at random points and at edges are those of the formula; at kinks torch and JAX
have the slopes that `kinks` tells of each element, or those that a note says.
Keras computes with PyTorch here; its losses are in single precision.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import warnings
from typing import Any

import numpy
import pytest

import calcml as cm
from calcml.core.expr import Expr
from calcml.tables.catalogue import Entry, catalogue
from tests.support import SEED

os.environ["KERAS_BACKEND"] = "torch"
torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
pytest.importorskip("sklearn.metrics")
jax.config.update("jax_enable_x64", True)
keras.backend.set_floatx("float64")

POINTS = 20
SIZES = {"m": 3, "n": 4}
SHARES = ("p", "q", "y")  # which sum to 1 where there are several classes
ENTRIES = {e.name: e for e in catalogue("losses").entries if e.leads}
CALLS = [(e, call) for e in ENTRIES.values() for call in e.libraries]

Point = dict[str, Any]

# Where a formula changes, and large arguments.
EDGES: dict[str, list[Point]] = {
    "squared error": [{"a": [0, 1, 1, 0], "b": [0, 1, 0, 1]}],
    "absolute error": [{"a": [0, 1, -1, 3], "b": [0, 1, -1, 2]}],
    "Huber loss": [{"a": [0, 0.5, -0.5, 9], "b": [0, 0, 0, 0], "delta": 0.5}],
    "smooth L1": [{"a": [0, 0.5, -0.5, 9], "b": [0, 0, 0, 0], "beta": 0.5}],
    "log-cosh": [{"a": [0, 800, -800, 1e-9], "b": [0, 0, 0, 0]}],
    "quantile (pinball) loss": [{"a": [0, 1, 2, 3], "b": [0, 1, 3, 2], "tau": 0.3}],
    "Gaussian likelihood": [
        {"a": [0, 1, 2, 3], "b": [0, 1, 3, 2], "v": [1e-9, 1e9, 1, 1]}
    ],
    "Poisson likelihood": [{"z": [0, -700, 20, 1], "y": [0, 0, 1, 3]}],
    "binary cross-entropy": [{"p": [1e-12, 1 - 1e-12, 0.5, 0.5], "y": [0, 1, 1, 0]}],
    "binary cross-entropy of logits": [{"z": [800, -800, 0, 0], "y": [0, 1, 1, 0.5]}],
    "hinge loss": [{"s": [1, -1, 0, 2], "y": [1, -1, 1, -1]}],
    "logistic loss (soft margin)": [{"s": [80, -80, 0, 2], "y": [-1, -1, 1, 1]}],
    "cross-entropy of logits": [{"z": [800, -800, 0, 0], "y": [0, 1, 0, 0]}],
    "cross-entropy of a batch": [
        {"Z": [[800, -800, 0, 0]] * 3, "Y": [[0, 1, 0, 0]] * 3}
    ],
    "label smoothing": [{"z": [80, -80, 0, 0], "y": [0, 1, 0, 0], "epsilon": 0.1}],
    "Kullback-Leibler divergence": [
        {"p": [1e-300, 0.5, 0.25, 0.25], "q": [0.5, 0.5, 0.25, 0.25]}
    ],
    "triplet loss": [{"a": [0] * 4, "p": [1, 0, 0, 0], "q": [2, 0, 0, 0], "alpha": 1}],
    "cosine similarity": [
        {"a": [1, 0, 0, 0], "b": [0, 1, 0, 0]},
        {"a": [1] * 4, "b": [-2] * 4},
    ],
    "InfoNCE": [{"A": [[1, 0, 0, 0]] * 3, "B": [[0, 1, 0, 0]] * 3, "tau": 0.001}],
    "reward model": [{"r_w": 800, "r_l": -800}, {"r_w": -800, "r_l": 800}],
}


def drawn(entry: Entry, name: str, rng: random.Random) -> Any:
    """A value of a variable: a label of -1 or 1, probabilities, a scale, a number."""
    shape = tuple(SIZES[size] for size in entry.shapes.get(name, "").split())
    count = int(numpy.prod(shape))
    if name == "y" and entry.formula.startswith(("hinge", "soft_margin")):
        values = [float(rng.choice((-1, 1))) for _ in range(count)]
    elif name in (*SHARES, "Y", "v") and entry.group != "Embeddings":
        values = [rng.uniform(0.05, 0.95) for _ in range(count)]
    elif shape:
        values = [rng.gauss(0, 1) for _ in range(count)]
    else:
        values = [rng.uniform(0.1, 0.9)]
    array = numpy.array(values).reshape(shape)
    if name in (*SHARES, "Y") and entry.group == "Several classes":
        array = array / array.sum(axis=-1, keepdims=True)
    return array.tolist()


def points(entry: Entry) -> list[Point]:
    rng = random.Random(f"{SEED} {entry.name}")
    names = sorted(cm.parse(entry.formula, shapes=entry.shapes).free_symbols - {*SIZES})
    random_ones = [{n: drawn(entry, n, rng) for n in names} for _ in range(POINTS)]
    return random_ones + EDGES[entry.name]


def theirs(call: str, at: Point) -> float:
    for module in ("sklearn.metrics", "scipy.special"):
        importlib.import_module(module)
    roots = {n: sys.modules[n] for n in ("torch", "keras", "sklearn", "scipy")}
    tensors = call.lstrip("-").startswith(("torch", "keras"))
    make = torch.tensor if tensors else numpy.array
    double = torch.float64 if tensors else float
    plain = "delta alpha beta epsilon".split() if tensors else ["delta", "tau"]
    here = {n: v if n in plain else make(v, dtype=double) for n, v in at.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shapes and of weights
        return float(eval(call, roots | SIZES | here))


def value(root: Expr, at: Point) -> float:
    names = root.free_symbols
    return float(root.evalf({n: v for n, v in (SIZES | at).items() if n in names}))


@pytest.mark.parametrize(("entry", "call"), CALLS, ids=[call for _, call in CALLS])
def test_values_are_those_of_the_library(entry: Entry, call: str) -> None:
    root = cm.parse(entry.formula, shapes=entry.shapes)
    for at in points(entry):
        tolerance = 1e-6 if call.startswith("keras") else 1e-9
        mine = value(root, at)
        assert theirs(call, at) == pytest.approx(mine, rel=tolerance, abs=tolerance), (
            SEED,
            at,
        )


def test_each_call_has_its_edges() -> None:
    assert EDGES.keys() == {entry.name for entry, _ in CALLS}
    assert len(CALLS) == 29


# --- slopes at kinks ---------------------------------------------------------------


def of_torch(call: str, by: str, at: Point) -> list[float]:
    values = {n: torch.tensor(v, dtype=torch.float64) for n, v in at.items()}
    values[by].requires_grad_()
    found = eval(call, {"torch": torch} | values)
    return torch.autograd.grad(found, values[by])[0].ravel().tolist()


def of_jax(call: str, by: str, at: Point) -> list[float]:
    values = {n: jax.numpy.array(v, float) for n, v in at.items()}
    names = {"jax": jax, "np": jax.numpy}
    found = jax.grad(lambda v: eval(call, names | values | {by: v}))(values[by])
    return numpy.ravel(found).tolist()


# fmt: off
# A loss at a kink of all elements: the element's formula, spelled in each framework.
KINKS: list[tuple[str, str, Point, str, str, str]] = [
    ("absolute error", "a", {"a": [1.0], "b": [1.0]}, "abs(a - 1)", "torch.nn.functional.l1_loss(a, b)", "np.abs(a - b).mean()"),
    ("quantile (pinball) loss", "a", {"a": [1.0], "b": [1.0], "tau": 0.25}, "max((1 - a)/4, -3*(1 - a)/4)", "torch.maximum(tau*(b - a), (tau - 1)*(b - a)).mean()", "np.maximum(tau*(b - a), (tau - 1)*(b - a)).mean()"),
    ("hinge loss", "s", {"s": [1.0], "y": [1.0]}, "relu(1 - s)", "torch.relu(1 - y*s).mean()", "jax.nn.relu(1 - y*s).mean()"),
    ("Huber loss", "a", {"a": [1.5], "b": [1.0], "delta": 0.5}, "where(abs(a - 1) <= 1/2, (a - 1)^2/2, (abs(a - 1) - 1/4)/2)", "torch.nn.functional.huber_loss(a, b, delta=float(delta))", "np.where(np.abs(a - b) <= delta, (a - b)**2/2, delta*(np.abs(a - b) - delta/2)).mean()"),
    ("smooth L1", "a", {"a": [1.5], "b": [1.0], "beta": 0.5}, "where(abs(a - 1) < 1/2, (a - 1)^2, abs(a - 1) - 1/4)", "torch.nn.functional.smooth_l1_loss(a, b, beta=float(beta))", "np.where(np.abs(a - b) < beta, (a - b)**2/(2*beta), np.abs(a - b) - beta/2).mean()"),
]
# fmt: on


@pytest.mark.parametrize(
    ("name", "by", "at", "element", "in_torch", "in_jax"),
    KINKS,
    ids=[kink[0] for kink in KINKS],
)
def test_slopes_at_kinks(
    name: str, by: str, at: Point, element: str, in_torch: str, in_jax: str
) -> None:
    """Those of the element's kink; where the loss is smooth there, its derivative."""
    (found_torch,), (found_jax,) = of_torch(in_torch, by, at), of_jax(in_jax, by, at)
    entry = ENTRIES[name]
    slope = cm.grad(entry.formula, [by], shapes=entry.shapes)[by]
    here = {n: v for n, v in ({"n": 1} | at).items() if n in slope.free_symbols}
    (mine,) = map(float, slope.evalf(here))
    kinks = [k for k in cm.kinks(element, by) if float(k.at) == at[by][0]]
    if not kinks:
        assert found_torch == pytest.approx(mine) == found_jax
        return
    (kink,) = kinks
    (whole,) = cm.kinks(entry.formula, by, shapes=entry.shapes)
    assert value(whole.slope, {"n": 1} | at) == pytest.approx(mine)
    told = kink.frameworks
    for framework, found in (("PyTorch", found_torch), ("JAX", found_jax)):
        assert found == pytest.approx(float(cm.parse(told[framework]))), framework
        assert float(kink.low) <= found <= float(kink.high)


@pytest.mark.parametrize(
    ("name", "call", "at"),
    [
        (
            "triplet loss",
            "torch.nn.functional.triplet_margin_loss(a, p, q, margin=1, eps=0)",
            {"a": [0.0, 0.0], "p": [1.0, 0.0], "q": [2.0, 0.0], "alpha": 1},
        ),
        (
            "cosine embedding",
            "torch.nn.functional.cosine_embedding_loss(a[None], b[None], y[None], margin=alpha)",
            {"a": [1.0, 0.0], "b": [0.0, 1.0], "y": -1, "alpha": 0},
        ),
    ],
)
def test_a_margin_that_is_just_met(name: str, call: str, at: Point) -> None:
    """PyTorch takes the slope of the side where the loss is positive, calcml 0."""
    entry = ENTRIES[name]
    assert "PyTorch" in entry.note
    by = "p" if name == "triplet loss" else "a"
    slope = cm.grad(entry.formula, [by], shapes=entry.shapes)[by]
    beside = at | {"alpha": at["alpha"] + (1e-6 if by == "p" else -1e-6)}
    for point, same in ((at, False), (beside, True)):
        known = {n: v for n, v in point.items() if n in slope.free_symbols}
        mine = [float(v) for v in slope.evalf(known)]
        found = of_torch(call, by, at)
        assert (mine == pytest.approx(found, abs=1e-5)) is same
        assert same or not any(mine)
