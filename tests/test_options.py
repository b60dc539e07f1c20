"""Every option of every public call counts: it changes an answer, or it is refused."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import pytest

import calcml as cm

# A definition, a fact of x to use, and two variables.
TEXT = "p = sigmoid(x); y*p^2*log(x^2)"
SUM = "p = A @ x; sum(abs(p)*sqrt(x^2))"
SHAPES = {"A": "n n", "x": "n"}
SCALAR = {"simplify": False, "given": "x > 0", "defined": True}
ELEMENTARY = {"functions": "elementary"}
ROW = {"id": 1, "expr": "x*(x + x)", "var": "x", "page": 7}

# Of a call and a kind of its input: what it gets, and a value for each option.
TRIED: dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]] = {
    ("parse", "text"): (
        ("e*x",),
        {"shapes": {"x": "n"}, "symbols": "e", "given": "x > 0", "dialect": "matlab"},
    ),
    ("parse", "samples"): (("e*x^2",), {"like": 5}),
    ("explain_reading", "text"): (
        ("e*x^2",),
        {"shapes": {"x": "n"}, "symbols": "e", "dialect": "matlab"},
    ),
    ("simplify", "scalar"): (
        ("sqrt(x^2)",),
        {"given": "x > 0", "shapes": {"x": "n"}, "trace": []},
    ),
    ("simplify", "array"): (
        (cm.parse("A.T @ x + A @ x", shapes=SHAPES),),
        {"given": "A symmetric", "shapes": {"x": "m"}, "trace": []},
    ),
    **{
        (call, "elementary"): ((text, *["x"] * (call != "simplify")), ELEMENTARY)
        for call, text in {
            "simplify": "exp(x)/(1 + exp(x))",
            **dict.fromkeys(["diff", "grad", "jacobian", "hessian"], "log(1 + exp(x))"),
        }.items()
    },
    ("diff", "scalar"): ((TEXT, "x"), {**SCALAR, "order": 2, "shapes": {"x": "n"}}),
    ("diff", "two"): ((TEXT, "x", "y"), {**SCALAR, "order": 2, "shapes": {"y": "n"}}),
    ("diff", "itself"): ((TEXT, "x"), {**SCALAR, "order": 0}),
    ("diff", "high"): ((TEXT, "x"), {**SCALAR, "order": 3}),
    ("grad", "one"): ((TEXT, "x"), {**SCALAR, "shapes": {"x": "n"}}),
    ("grad", "several"): ((TEXT,), {**SCALAR, "wrt": ["y"], "shapes": {"y": "n"}}),
    ("jacobian", "one"): ((TEXT, "x"), {**SCALAR, "shapes": {"x": "n"}}),
    ("jacobian", "lists"): (
        ([TEXT, "x*y"], ["x", "y"]),
        {**SCALAR, "shapes": {"x": "n"}},
    ),
    ("hessian", "one"): (
        (TEXT, "x"),
        {**SCALAR, "y": "y", "shapes": {"x": "n"}, "compressed": True},
    ),
    ("hessian", "lists"): (
        (TEXT, ["x", "y"]),
        {**SCALAR, "y": ["y"], "shapes": {"x": "n"}, "compressed": True},
    ),
    ("vjp", "one"): ((TEXT, "x"), {**SCALAR, "upstream": "h", "shapes": {"x": "n"}}),
    ("vjp", "several"): (
        (TEXT, ["x", "y"]),
        {**SCALAR, "upstream": "h", "shapes": {"x": "n"}},
    ),
    ("jvp", "one"): ((TEXT, "x"), {**SCALAR, "tangent": "h", "shapes": {"x": "n"}}),
    ("vjp", "elementary"): (("log(1 + exp(x))", "x"), ELEMENTARY),
    ("jvp", "elementary"): (("log(1 + exp(x))", "x"), ELEMENTARY),
    ("derive", "scalar"): (
        ("x*sqrt(x^2)", "x"),
        {"order": 2, "level": "full", "given": "x > 0", "shapes": {"x": "n"}},
    ),
    ("derive", "names"): ((TEXT, "x"), SCALAR),
    ("derive", "several"): (
        ("y*sqrt(x^2)", ["x", "y"]),
        {"order": 2, "given": "x > 0", "shapes": {"x": "n"}},
    ),
    ("kinks", "scalar"): (
        ("abs(x)", "x"),
        {**SCALAR, "shapes": {"x": "n"}},
    ),
    ("domain", "scalar"): (
        ("log(x) + sqrt(y) + 1/(x + 1)",),
        {"simplify": False, "x": "x", "shapes": {"y": "n"}, "given": "x > 1"},
    ),
    ("domain", "names"): (("u = w*x + b; log(u)",), {"defined": True}),
    ("check", "scalar"): (
        ("x*relu(x)", "x", "x"),
        {"against": "sympy", "order": 2, "seed": 5, "ranges": {"x": (4, 5)}}
        | {"shapes": {"x": "n"}, "points": 0},
    ),
    ("check", "of names"): (("p = x^2; p^2", "4*p*x", "x"), {"defined": False}),
    ("check", "of a candidate"): (("x^2", "2*x", "x"), {"simplify": False}),
    ("check", "of facts"): (("sqrt(x^2)", "1", "x"), {"given": "x > 0"}),
    ("check", "agrees"): (("max(x, y)", "where(x > y, 1, 0)", "x"), {"points": 5}),
    ("compile", "scalar"): ((TEXT, "x y"), {"backend": "python", "shapes": {"x": "n"}}),
    ("batch", "rows"): (
        ([ROW],),
        {"simplify": False, "timeout": 1e-6, "keep": True},
    ),
    ("define", "function"): (("tried(x) = x^2",), {"facts": {"colour": 1}}),
    ("symbol", "name"): (("x",), {"shape": "m n"}),
}
# The same options, of arrays.
ARRAY = {"given": "x > 0", "simplify": False, "defined": True}
OF_ARRAYS: dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]] = {
    ("diff", "array"): ((SUM, "x"), {**ARRAY, "order": 2}),
    ("grad", "array"): ((SUM, "x"), {**ARRAY, "wrt": "A"}),
    ("jacobian", "array"): (("p = A @ x; abs(x)*p", "x"), ARRAY),
    ("jacobian", "list and array"): (([SUM], ["x"]), ARRAY),
    ("hessian", "array"): (
        ("p = exp(x); sum(p*sqrt(x^2))", "x"),
        {**ARRAY, "y": "x", "compressed": True},
    ),
    ("vjp", "array"): ((SUM, "x"), {**ARRAY, "upstream": "h"}),
    ("jvp", "array"): ((SUM, "x"), {**ARRAY, "tangent": "h"}),
    ("derive", "array"): (("sum(abs(x)*x)", "x"), {"given": "x > 0", "order": 2}),
    ("kinks", "array"): (("sum(abs(x))", "x"), {"given": "x > 0"}),
    ("check", "array"): (
        ("sum(abs(x))", "x^0", "x"),
        {"against": "sympy", "order": 2, "points": 0, "seed": 4, "given": "x > 0"}
        | {"ranges": {"x": (4, 5)}},
    ),
    ("compile", "array"): ((SUM, "A x n"), {"backend": "python"}),
}
# What has no effect on an answer, and why.
ELSEWHERE = {
    **dict.fromkeys(
        [("verify", part) for part in ("function", "derivative", "variable")],
        "tests/cli/test_cli.py, as options of the command",
    ),
    **dict.fromkeys(
        [
            ("table", part)
            for part in (
                *("name", "rows", "columns", "sort", "title", "language", "first"),
                "keep_going",
            )
        ],
        "tests/tables/test_sheets.py, each by what it changes",
    ),
    ("batch", "executor"): "where the work is done",
}
SAME = {
    ("hessian", "array", "y"): "x, which is the default, too",
    ("compile", "scalar", "shapes"): "what is computed element by element",
}


def cases() -> Iterator[Any]:
    for more, tried in (({}, TRIED), ({"shapes": SHAPES}, OF_ARRAYS)):
        for (call, kind), (args, options) in tried.items():
            for option, value in options.items():
                if (call, kind, option) not in SAME:
                    name = f"{call} of {kind}: {option}"
                    yield pytest.param(call, args, more, option, value, id=name)


def shown(call: str, args: tuple[Any, ...], options: dict[str, Any]) -> str:
    """All that a call answers, as text; the error where it is refused."""
    options = dict(options)
    facts = options.pop("facts", {})
    try:
        answer = getattr(cm, call)(*args, **options, **facts)
    except cm.CalcmlError as error:
        return f"refused: {error}"
    if call == "batch":
        answer = list(answer)
    names = sorted(getattr(answer, "free_symbols", ()))
    return f"{answer} {names} {getattr(answer, 'shape', '')}"


@pytest.mark.parametrize(("call", "args", "more", "option", "value"), list(cases()))
def test_an_option_counts(
    call: str, args: tuple[Any, ...], more: dict[str, Any], option: str, value: Any
) -> None:
    names = list(inspect.signature(getattr(cm, call)).parameters)
    place = names.index(option)
    given = args[:place] if place < len(args) else args  # an option that has a place
    plain = shown(call, args, more)
    assert not plain.startswith("refused")
    changed = shown(call, given, {**more, option: value})
    assert value if option == "trace" else changed != plain


def test_each_option_of_each_call_is_tried() -> None:
    functions = [n for n in cm.__all__ if isinstance(getattr(cm, n), FunctionType)]
    tried = {
        (call, option)
        for table in (TRIED, OF_ARRAYS)
        for (call, _), (_, options) in table.items()
        for option in options
    }
    there = {
        (call, name)
        for call in functions
        for name, p in inspect.signature(getattr(cm, call)).parameters.items()
        if p.default is not p.empty or p.kind is p.VAR_KEYWORD
    }
    assert there == tried | ELSEWHERE.keys()
