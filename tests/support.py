"""What several tests share: corpora, seeded points, comparison by value."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import _TABLES, Expr
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import sample
from calcml.parsing.parser import parse

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
SEED = 20_231
DIGITS = 30
TOLERANCE = 1e-9
Range = tuple[float, float]
Point = dict[str, Fraction]


def corpus(name: str) -> list[dict[str, Any]]:
    """The rows of a corpus; none where it is absent, which `needs_corpora` reports."""
    path = CORPORA / f"{name}.jsonl"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def needs_corpora() -> None:
    """Skip where the corpora are absent; in CI they must be there."""
    if CORPORA.is_dir():
        return
    message = f"no corpora at {CORPORA}: this test compares with them"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


# Tried in turn where a row states no ranges.
SCALES: tuple[Range, ...] = ((0.1, 0.9), (1.1, 3), (-0.9, 0.9), (-3, 3))


def points(
    names: Sequence[str], ranges: Mapping[str, Range], seed: object
) -> Iterator[Point]:
    """Endless seeded points, decimals of four places inside `ranges` or the scales."""
    rng = random.Random(f"{SEED} {seed}")
    while True:
        for scale in SCALES:
            point = {}
            for name in names:
                low, high = (Fraction(str(bound)) for bound in ranges.get(name, scale))
                point[name] = low + (high - low) * Fraction(
                    rng.randrange(1, 10_000), 10_000
                )
            yield point


def value(e: Expr, at: Mapping[str, object], digits: int = DIGITS) -> Any:
    """The value at a point, None where there is none."""
    try:
        return evalf(e, at, digits)
    except CalcmlError:
        return None


def close(a: Any, b: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether two values agree, relative to the larger, absolute near 0."""
    return bool(abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12))


def operations(text: str) -> int:
    """How many operations a printed formula has, in Python's syntax with ^ for powers.

    Each binary operator, unary minus, comparison and call is one; of several
    definitions the last counts. It reads what is printed, as a person would.
    """
    last = text.rsplit(";", maxsplit=1)[-1].strip()
    tree = ast.parse(last.replace("^", "**"), mode="eval")
    return sum(
        isinstance(node, ast.BinOp | ast.Call | ast.Compare)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub))
        for node in ast.walk(tree)
    )


# --- rows of a corpus --------------------------------------------------------------


def refused(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The unknown function that each row is refused for, with the rows' names."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for text in (row["expr"], row["derivative"]):
            try:
                parse(text, row["vars"])
            except UnsupportedError as error:
                message = r"(?:unknown|there is no) function (\w+)\b.*"
                name = re.sub(message, r"\1", error.message)
                found.setdefault(name, []).append(row["id"])
                break
    return found


def sampled(
    row: dict[str, Any], rewrite: Callable[[Expr], Expr] = lambda node: node
) -> tuple[Expr, Expr, list[Point]]:
    """A row's function, its derivative as given, and points where that has a value.

    The points lie in the function's real domain; where it has none there, anywhere.
    """
    function, right = (
        rewrite(parse(row[k], row["vars"])) for k in ("expr", "derivative")
    )
    ranges = row.get("ranges", {})
    names = sorted(function.free_symbols | right.free_symbols)
    anywhere = islice(points(names, ranges, row["id"]), 40)
    inside = [dict(next(anywhere)) | p for p in sample(function, 6, SEED, ranges)]
    good = [p for p in inside if value(right, p) is not None]
    for point in anywhere:
        if len(good) >= 4:
            break
        if value(right, point) is not None:
            good.append(point)
    assert len(good) >= 4, f"{row['id']}: only {len(good)} points have values"
    return function, right, good


def assert_equal(
    ours: Expr, right: Expr, at: Sequence[Point], row: Mapping[str, Any]
) -> None:
    """Fail where two expressions differ at one of the points, and say where."""
    for point in at:
        known, found = value(right, point), value(ours, point)
        assert found is not None and close(found, known), (
            f"{row['id']}: d/d{row['var']} {row['expr']} is {row['derivative']} "
            f"= {known}, not {ours} = {found}, at {point} (seed {SEED})"
        )


def size_of_tables() -> int:
    """How many nodes are alive in this process."""
    return sum(len(table) for table in _TABLES.values())


def fresh(code: str, *args: str, data: bytes = b"") -> str:
    """What a fresh process of Python writes that runs `code` in the project's root."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[1],
        input=data,
        timeout=60,
    )
    return done.stdout.decode()
