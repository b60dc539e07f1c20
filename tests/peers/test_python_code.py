"""Code as it stands in documentation, read and run: calcml's values are the library's.

Keras computes with PyTorch here, in double precision.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest

import calcml as cm
from calcml.functions import SPELLINGS
from calcml.functions.libraries import KNOWN, MODULES, calls, rows
from calcml.parsing.python.shaping import SHAPING

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"
jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
keras = pytest.importorskip("keras")
pytest.importorskip("sklearn.metrics")
keras.backend.set_floatx("float64")

# Code of public repositories is of PyTorch where it says so.
TENSORS = re.compile(r"(?<![\w.])(torch|nn|F)\.")
PATH = Path(__file__).parents[1] / "corpora" / "python_code.jsonl"
ROWS = [json.loads(line) for line in PATH.read_text("utf-8").splitlines()]
SIZES = {"n": 5, "m": 4, "c": 3, "k": 2, "p": 6, "d": 2, "h": 3}
POINTS = 3
DOUBLE, SINGLE = 1e-8, 1e-6  # Keras computes its losses in single precision


def drawn(kind: str, shape: tuple[int, ...], random: Any) -> Any:
    """Values of a kind: classes, bits, signs, probabilities, ... or normal ones."""
    normal = random.normal(size=shape)
    word, _, count = kind.partition(" ")
    if word == "class":
        return random.integers(0, SIZES.get(count) or int(count), size=shape)
    if word == "spd":
        return normal @ normal.T + 3 * numpy.eye(shape[0])
    exponential = numpy.exp(normal)
    shares = exponential / exponential.sum(axis=-1, keepdims=True) if shape else None
    return {
        "": normal,
        "pos": numpy.abs(normal) + 0.2,
        "prob": random.uniform(0.05, 0.95, size=shape),
        "bit": (normal > 0).astype(float),
        "sign": numpy.sign(normal),
        "simplex": shares,
        "logprob": shares is not None and numpy.log(shares),
    }[word]


def variables(text: str, seed: int) -> dict[str, tuple[str, Any]]:
    """The shapes and values of the variables of a row."""
    random = numpy.random.default_rng(seed)
    found = {}
    for part in text.split(", "):
        name, _, rest = part.partition(":")
        sizes, _, kind = rest.partition("~")
        shape = tuple(SIZES.get(s) or int(s) for s in sizes.split())
        found[name] = sizes.strip(), drawn(kind.strip(), shape, random)
    return found


@cache
def modules() -> dict[str, Any]:
    """What code may call, by the names that it has for it."""
    for module in (
        "jax.scipy.stats",
        "scipy.stats",
        "scipy.special",
        "sklearn.metrics",
        "sklearn.metrics.pairwise",
    ):
        importlib.import_module(module)
    return {name: importlib.import_module(path) for name, path in KNOWN.items()}


def theirs(row: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    """What the library that a row's source speaks of computes of its code."""
    code, names = row["code"], dict(modules())
    tensors = re.search("pytorch|keras", row["source"]) or TENSORS.search(code)
    here = {n: torch.tensor(v) if tensors else v for n, v in values.items()}
    lines = code.split("\n")
    defined = re.findall(r"^(def|class) (\w+)", code, re.M)
    if defined:
        exec(code, names)
        kind, last = defined[-1]
        made = names[last]().forward if kind == "class" else names[last]
        arguments = inspect.signature(made).parameters
        result = made(*[here[a] for a in arguments if a in here])
    else:
        *before, last = lines
        exec("\n".join(before), names)
        names |= here
        result = eval(re.sub(r"^\w+ = ", "", last), names)
    return numpy.asarray(result.detach() if hasattr(result, "detach") else result)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
@pytest.mark.parametrize("seed", range(POINTS))
def test_values_are_those_of_the_library(row: dict[str, str], seed: int) -> None:
    drawn_values = variables(row["variables"], seed)
    shapes = {name: shape for name, (shape, _) in drawn_values.items()}
    read = cm.parse(row["code"], shapes=shapes, dialect="python")
    values = {name: value for name, (_, value) in drawn_values.items()}
    expected = theirs(row, values)
    at = SIZES | {n: v.tolist() for n, v in values.items()}
    names = read.free_symbols
    found = numpy.array(read.evalf({n: at[n] for n in names}), dtype=float)
    single = expected.dtype == numpy.float32 or "keras" in row["code"]
    tolerance = SINGLE if single else DOUBLE
    assert found.shape == expected.shape
    assert numpy.allclose(found, expected, rtol=tolerance, atol=tolerance)


# --- every name --------------------------------------------------------------------

HOMES = {short: module for module, short in reversed(MODULES.items())}
OURS = {"b.floordiv", "b.mod"}  # operators, which have a line as functions have


def function_of(name: str) -> Any:
    """What a library has by the name that lines and rows have for it."""
    short, _, last = name.partition(".")
    path = HOMES[short].split(".")
    for count in range(len(path), 0, -1):
        try:
            found = importlib.import_module(".".join(path[:count]))
        except ImportError:
            continue
        for part in [*path[count:], last]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


# TensorFlow is not installed beside the others, nor is a Keras with its old backend.
PAGES = ("tf.", "tn.", "kb.")
NAMES = sorted(n for n in {*calls(), *rows(), *SHAPING} - OURS if n[:3] not in PAGES)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_one_of_its_library(name: str) -> None:
    assert callable(function_of(name))


PLAIN = sorted(
    (name, row)
    for name, row in rows().items()
    if name.partition(".")[0] in ("m", "np", "t", "ts", "s", "j", "F", "k", "ka")
    and SPELLINGS[row][0].d
    and SPELLINGS[row][0].params[0] != "condition"
)


@pytest.mark.parametrize(("name", "row"), PLAIN, ids=[name for name, _ in PLAIN])
def test_rows_have_the_values_of_libraries(name: str, row: str) -> None:
    """At points of the row's own range, where its arguments are those that it needs."""
    found = SPELLINGS[row][0]
    count = 2 if found.variadic else found.least
    random = numpy.random.default_rng(7)
    function = function_of(name)
    for _ in range(POINTS):
        at = [random.uniform(*r) for r in (found.sample or ((-3, 3),) * count)[:count]]
        at = [
            float(round(a)) if p == "n" else a
            for p, a in zip(found.params * 2, at, strict=False)
        ]
        if name.partition(".")[0] in ("t", "ts", "F", "k", "ka"):
            whole = [
                int(a) if p == "n" else a
                for p, a in zip(found.params * 2, at, strict=False)
            ]
            given = [
                a if isinstance(a, int) else torch.tensor(a, dtype=torch.float64)
                for a in whole
            ]
        else:
            given = at
        expected = float(function(*given).real)  # lambertw is complex there
        node = getattr(cm, row)(*[cm.parse(repr(a)) for a in at])
        assert math.isclose(float(node), expected, rel_tol=1e-6, abs_tol=1e-9), at
