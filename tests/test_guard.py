"""The guard for speed: what it calls a fault, and that its table is whole."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.guard import MEMORY, RECORDS, ROWS, Measured, Row, fault
from tests.benchmarks.guard_jobs import WORKS, guarded

GROWS = Row("any", "guarded", sizes=(10, 100))


def test_every_row_has_its_work_and_its_record() -> None:
    timed = {row.work for row in ROWS if row.job == "guarded"}
    assert timed == set(WORKS)
    kept = json.loads(RECORDS.read_text(encoding="utf-8"))
    assert set(kept["ratios"]) == {row.work for row in ROWS}
    assert MEMORY.work not in kept["ratios"]  # it has a bound, and no record


@pytest.mark.parametrize(
    ("found", "record", "said"),
    [
        (Measured(1.4, 1, 1.0), 1.0, ""),
        (Measured(1.6, 1, 1.0), 1.0, "1.60 times its record"),
        (Measured(1.0, 1, 1.9), 1.0, "grows as n^1.90, and may as n^1.3"),
        (Measured(1.0, 1, None), None, "no record"),
        (Measured(1.0, 1, None, "TypeError"), 1.0, "TypeError"),
    ],
)
def test_what_counts_as_a_fault(
    found: Measured, record: float | None, said: str
) -> None:
    assert fault(GROWS, found, record) == said


def test_a_sample_is_a_ratio_to_the_loop() -> None:
    """A job that is the loop itself has the ratio 1, but for noise."""
    job = guarded("20th derivative of tanh", 1)
    first, second = job.work(), job.work()
    assert first.ratio > 0
    assert second.seconds > 0
