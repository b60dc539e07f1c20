"""Every public call says what it takes, gives and raises, and shows it."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import calcml as cm
from calcml.api import LATER

ROOT = Path(__file__).parents[1]
NAMES = {name: getattr(cm, name) for name in cm.__all__}
FUNCTIONS = {n: call for n, call in NAMES.items() if isinstance(call, FunctionType)}
CLASSES = {name: kind for name, kind in NAMES.items() if isinstance(kind, type)}

function = pytest.mark.parametrize("call", FUNCTIONS.values(), ids=list(FUNCTIONS))
anything = pytest.mark.parametrize("what", NAMES.values(), ids=list(NAMES))


def doc(what: object) -> str:
    return " ".join((inspect.getdoc(what) or "").split())


def returned(call: Callable[..., Any]) -> list[str]:
    """The names in what a call and its overloads return."""
    found = []
    for one in (call, *typing.get_overloads(call)):
        annotation = inspect.signature(one).return_annotation
        assert isinstance(annotation, str), "annotations are not evaluated at a start"
        tree = ast.parse(annotation, mode="eval")
        found += [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return found


def test_a_name_is_a_function_or_a_class() -> None:
    assert len(FUNCTIONS) + len(CLASSES) == len(cm.__all__) > 20


@function
def test_no_call_returns_any(call: Callable[..., Any]) -> None:
    names = returned(call)
    assert names
    assert "Any" not in names


@function
def test_each_parameter_is_typed_and_explained(call: Callable[..., Any]) -> None:
    for name, parameter in inspect.signature(call).parameters.items():
        assert parameter.annotation is not parameter.empty, name
        assert f"`{name}`" in doc(call), name


@function
def test_errors_are_stated(call: Callable[..., Any]) -> None:
    assert "Raises " in doc(call)


@function
def test_what_holds_of_arrays_is_stated(call: Callable[..., Any]) -> None:
    if "shapes" in inspect.signature(call).parameters:
        assert re.search(r"\bshapes?\b|\barrays?\b", doc(call).replace("`shapes`", ""))


@anything
def test_there_is_an_example_that_runs(what: Any) -> None:
    """The examples themselves run with the tests of docstrings."""
    parsed = doctest.DocTestParser().get_examples(inspect.getdoc(what) or "")
    assert parsed, what


@pytest.mark.parametrize("kind", CLASSES.values(), ids=list(CLASSES))
def test_errors_have_a_kind_and_one_root(kind: type) -> None:
    if kind is not cm.Expr:
        assert issubclass(kind, cm.CalcmlError)
        assert isinstance(kind.kind, str)


@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "derive"])
def test_what_depends_on_the_arguments_is_overloaded(name: str) -> None:
    assert len(typing.get_overloads(NAMES[name])) >= 2


# What a call gives, as a type checker of strict mode sees it.
SEEN = {
    'jacobian("x", "x")': "Expr",
    'jacobian(["x", "x*y"], ["x"])': "Matrix",
    'jacobian("x*y", ["x", "y"])': "Matrix",
    'hessian("x*y", "x")': "Expr",
    'hessian("x*y", ["x", "y"])': "Matrix",
    'vjp("x*y", "x")': "Expr",
    'vjp("x*y", ["x"])': "Gradient",
    'derive("x", "x")': "Derivation",
    'derive("x", ["x"])': "Backpropagation",
    'check("x", "1", "x")': "Report",
    'kinks("x", "x")': "Kinks",
    'domain("x")': "Domain",
    'table("basics")': "Table",
    'compile("x", ["x"])': "Compiled",
    'sin("x")': "Expr",
    'define("same(x) = x")("y")': "Expr",
}


@pytest.mark.slow
def test_a_type_checker_sees_what_calls_give(tmp_path: Path) -> None:
    lines = [f"reveal_type(cm.{call})" for call in SEEN]
    script = tmp_path / "script.py"
    script.write_text("\n".join(["import calcml as cm", *lines]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(script)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    told = re.findall(r'Revealed type is "(.*)"', done.stdout)
    plain = [re.sub(r"calcml\.[\w.]*\.(?=\w)|calcml\.(?=\w)", "", t) for t in told]
    assert dict(zip(SEEN, plain, strict=True)) == SEEN, done.stdout


@pytest.mark.parametrize("name", LATER)
def test_what_is_loaded_later_is_there(name: str) -> None:
    assert NAMES[name].__module__.startswith(f"calcml.{LATER[name]}")
