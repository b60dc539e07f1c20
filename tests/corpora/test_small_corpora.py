"""Feynman's formulas, the textbook and unknown functions, by value."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from calcml import diff, grad
from calcml.core.expr import Expr, symbol
from calcml.evaluate.evalf import evalf
from calcml.parsing.parser import parse
from tests.support import close, corpus, needs_corpora, points, value

FEYNMAN, FORMAL, TEXTBOOK = (
    corpus(name) for name in ("feynman", "formal_functions", "textbook")
)


def test_all_rows_are_there() -> None:
    needs_corpora()
    assert [len(FEYNMAN), len(FORMAL), len(TEXTBOOK)] == [120, 65, 45]


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("row", FEYNMAN, ids=lambda row: str(row["id"]))
def test_feynman_gradient(row: dict[str, Any], tidy: bool) -> None:
    parts = grad(parse(row["expr"], row["vars"]), row["var"], simplify=tidy)
    right = [parse(text, row["vars"]) for text in row["derivative"]]
    compared = 0
    for point in islice(points(row["vars"], row["ranges"], row["id"]), 12):
        values = [
            (value(a, point), value(b, point))
            for a, b in zip(parts.values(), right, strict=True)
        ]
        if any(b is None for _, b in values):
            continue
        assert all(a is not None and close(a, b) for a, b in values), (point, values)
        compared += 1
    for stored in row["points"]:
        for name, wanted in stored["gradient"].items():
            found = value(parts[name], stored["at"])
            assert found is not None
            assert close(found, wanted, 1e-7), (
                stored,
                name,
                found,
            )  # stored to ~9 digits
        compared += 1
    assert compared >= 2


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("row", TEXTBOOK, ids=lambda row: str(row["id"]))
def test_textbook(row: dict[str, Any], tidy: bool) -> None:
    f, right = parse(row["expr"]), parse(row["derivative"])
    derivative = diff(f, row["var"], order=row["order"], simplify=tidy)
    compared = 0
    for point in islice(points(sorted(f.free_symbols), {}, row["id"]), 60):
        wanted = value(right, point)
        if wanted is not None and value(f, point) is not None:
            found = value(derivative, point)
            assert found is not None
            assert close(found, wanted), (point, found, wanted)
            compared += 1
    assert compared >= 8


def known_functions(row: dict[str, Any], seed: int) -> dict[str, Any]:
    """A smooth function of any number of arguments for each unknown one."""

    def made(shift: int) -> Any:
        def function(*args: Any) -> Any:
            mixed = sum((k + 1) * a for k, a in enumerate(args)) / (3 + seed)
            m = args[0].context  # of the precision that the caller works in
            return 2 + m.sin(mixed + shift) + m.exp(mixed / 4)

        return function

    return {name: made(i + seed) for i, name in enumerate(row["functions"])}


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("row", FORMAL, ids=lambda row: str(row["id"]))
def test_unknown_functions(row: dict[str, Any], tidy: bool) -> None:
    f, right = parse(row["expr"]), parse(row["derivative"])
    derivative = diff(f, row["var"], order=row["order"], simplify=tidy)
    names = sorted(f.free_symbols | right.free_symbols)
    compared = 0
    for seed, point in enumerate(islice(points(names, {}, row["id"]), 24)):
        functions = known_functions(row, seed % 3)

        def at(e: Expr, point: Any = point, functions: Any = functions) -> Any:
            try:
                return evalf(e, point, 20, functions=functions)
            except Exception:  # noqa: BLE001  a point outside the domain
                return None

        wanted = at(right)
        if wanted is not None:
            found = at(derivative)
            assert found is not None
            assert close(found, wanted), (point, found, wanted)
            compared += 1
    assert compared >= 3


def test_symbols_named_like_constants() -> None:
    f = parse("e^x*pi", ["e", "pi"])
    assert f.free_symbols == {"e", "x", "pi"}
    assert diff(f, symbol("pi")).free_symbols == {"e", "x"}
