"""Arguments of wrong kinds end in errors of calcml, which say what they should be."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import calcml as cm

numpy = pytest.importorskip("numpy")
F = "x*y^2"
ONE = Path(__file__).parents[1] / "tables" / "one.toml"
CALLS: dict[str, tuple[Any, ...]] = {
    "parse": (F,),
    "diff": (F, "x"),
    "grad": (F, ["x"]),
    "jacobian": ([F], ["x"]),
    "hessian": (F, ["x"]),
    "vjp": (F, "x"),
    "jvp": (F, "x"),
    "simplify": (F,),
    "derive": (F, "x"),
    "kinks": ("abs(x)", "x"),
    "domain": (F, "x"),
    "check": (F, "y^2", "x"),
    "table": (str(ONE),),
    "batch": ([{"expr": F, "var": "x"}],),
    "compile": (F, ["x", "y"]),
    "symbol": ("x",),
    "symbols": ("x y",),
    "from_sympy": (None,),
}


def odd() -> Iterator[Any]:
    yield from (None, 5, True, math.nan, [], {}, {"x"}, b"x", object(), "x")
    yield (c for c in "x")
    yield numpy.ones(2)


def said(name: str, args: tuple[Any, ...], **options: Any) -> str:
    """How a call ends: its answer, or the error of calcml."""
    try:
        answer = getattr(cm, name)(*args, **options)
        return str(list(answer) if name == "batch" else answer)
    except cm.CalcmlError as error:
        return str(error)


@pytest.mark.parametrize("name", CALLS)
def test_an_argument_of_a_wrong_kind_is_an_error_of_calcml(name: str) -> None:
    args = CALLS[name]
    for place in range(len(args)):
        if (name, place) != ("table", 0):  # tables are made where the name is one
            for value in odd():
                said(name, (*args[:place], value, *args[place + 1 :]))
    for option, parameter in inspect.signature(getattr(cm, name)).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            for value in odd():
                said(name, args, **{option: value})


@pytest.mark.parametrize(
    ("name", "args", "options", "message"),
    [
        ("symbol", (math.nan,), {}, "a variable's name is a text, not nan"),
        ("symbols", ([],), {}, "names is []; it should be a text"),
        ("table", ({"x"},), {}, "name is {'x'}; it should be a table's name or a path"),
        ("batch", (5,), {}, "rows is 5; it should be formulas and rows"),
        ("vjp", (F, True), {}, "one derives by variables, such as x; True is none"),
        ("parse", (F,), {"symbols": 1}, "symbols is 1; it should be names"),
        ("simplify", (F,), {"trace": 5}, "trace is 5; it should be a list"),
    ],
)
def test_the_error_says_what_it_should_be(
    name: str, args: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    assert message in said(name, args, **options)
