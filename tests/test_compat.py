"""What version 0.1.0 wrote still loads: pickles of its objects, and compiled source."""

from __future__ import annotations

import base64
import json
import pickle
import types
from pathlib import Path
from typing import Any

import pytest

import calcml as cm

DATA = Path(__file__).with_name("golden") / "version_0_1_0"
PICKLES = json.loads((DATA / "pickles.json").read_text(encoding="utf-8"))
SOURCES = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))


def loaded(name: str) -> Any:
    return pickle.loads(base64.b64decode(PICKLES[name]["pickle"]))


@pytest.mark.parametrize("name", PICKLES)
def test_pickles_load(name: str) -> None:
    found = loaded(name)
    shown = [str(f) for f in found] if isinstance(found, list) else str(found)
    assert PICKLES[name]["str"] in (None, shown)


def test_what_is_loaded_is_what_is_made() -> None:
    assert loaded("formal") is cm.diff("f(x, y)*x", "x")
    assert loaded("gradient") == cm.grad("(w*x + b - y)^2", ["w", "b"])
    assert loaded("domain") == cm.domain("log(x)/(x - 1)")
    assert type(loaded("report")) is type(cm.check("x", "1", "x"))
    assert type(loaded("parse error")) is cm.ParseError
    diff = loaded("functions")[0]
    assert diff("x") is cm.diff("x^3", "x")
    assert loaded("functions")[1] is cm.grad


def test_public_calls_stay_calls_when_their_old_modules_load() -> None:
    for name in PICKLES:
        loaded(name)
    public = [getattr(cm, name) for name in cm.__all__]
    assert not [p for p in public if isinstance(p, types.ModuleType)]


@pytest.mark.parametrize("name", ["compiled", "compiled python"])
def test_compiled_functions_load_and_compute(name: str) -> None:
    run = loaded(name)
    values = [0.5, 2.0][: len(run.names)]
    if name == "compiled":
        assert run(*values) == pytest.approx(1.4383512, rel=1e-7)
    else:
        assert run(*values) == pytest.approx([0.5723649429247, 0.25])


@pytest.mark.parametrize("name", SOURCES)
def test_sources_run(name: str) -> None:
    numpy = pytest.importorskip("numpy")
    if "scipy" in SOURCES[name]["source"]:
        pytest.importorskip("scipy")
    space: dict[str, Any] = {}
    exec(SOURCES[name]["source"], space)
    values = [
        numpy.array(v) if isinstance(v, list) else v for v in SOURCES[name]["values"]
    ]
    assert space["f"](*values) == pytest.approx(SOURCES[name]["results"])
