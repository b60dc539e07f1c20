"""What several tests share: corpora, seeded points, comparison by value."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from calcml.errors import CalcmlError
from calcml.expr import Expr
from calcml.numeric import evalf

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
                point[name] = low + (high - low) * Fraction(rng.randrange(1, 10_000), 10_000)
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
