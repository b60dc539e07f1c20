"""Processes at work: one that dies costs its row at most, and none stays behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from calcml.batch import batch
from calcml.batch.files import Progress
from calcml.batch.limits import AHEAD, CHUNK
from calcml.batch.stops import Stops
from calcml.batch.workers import Clock, Crew
from calcml.core.errors import CalcmlError
from tests.batch.asked import answered, lines, ran, rows
from tests.support import CORPORA, needs_corpora

needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this platform has no timers"
)


def worked(work: Any, tasks: list[Any], size: int = 2, prepare: Any = int) -> list[Any]:
    """What a crew makes of tasks, in order."""
    numbered = list(enumerate(tasks))
    chunks = iter([numbered[i : i + CHUNK] for i in range(0, len(tasks), CHUNK)])
    with Crew(size, work, prepare, Stops()) as crew:
        return [made for _, made in crew.results(chunks)]


def doubled(task: tuple[int, int]) -> int:
    return 2 * task[1]


@pytest.mark.parametrize("count", [0, 1, CHUNK, 5 * AHEAD + 3])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_every_task_has_its_result_in_order(count: int, size: int) -> None:
    assert worked(doubled, [*range(count)], size) == [2 * i for i in range(count)]


def deadly(task: tuple[int, str]) -> str:
    """Its text, where the process does not die of it."""
    if task[1] == "die":
        os._exit(1)
    return task[1]


def test_a_task_that_kills_its_worker_is_found() -> None:
    tasks = ["a", "die", "b", "die", "c"] * 20
    assert worked(deadly, tasks) == [None if t == "die" else t for t in tasks]


def once(task: tuple[int, str]) -> int:
    """Its number, at the second try."""
    seen = Path(task[1])
    if task[0] == 3 and not seen.exists():
        seen.touch()
        os._exit(1)
    return task[0]


def test_a_task_whose_worker_died_is_tried_once_more(tmp_path: Path) -> None:
    assert worked(once, [str(tmp_path / "seen")] * 6) == [0, 1, 2, 3, 4, 5]


def test_processes_that_do_not_start_are_told() -> None:
    with pytest.raises(CalcmlError, match="do not start"):
        worked(doubled, [1, 2, 3], prepare=partial(os._exit, 1))


def deaf(_: object) -> None:
    """One long operation in C, in which no handler of a signal runs."""
    with Clock(0.05, expendable=True) as clock:
        clock.limit(partial(sum, range(10**12)))


@needs_timers
def test_the_clock_ends_a_process_that_hears_no_signal() -> None:
    assert worked(deaf, [1], 1) == [None]


def big(task: tuple[int, int]) -> bytes:
    return bytes(task[1])


def test_what_no_pipe_holds_is_handed_over() -> None:
    sizes = [1, 3_000_000, 2, 5_000_000] * 3
    assert [len(made) for made in worked(big, sizes)] == sizes
    tasks = [bytes(size) for size in sizes]
    with Crew(2, length, int, Stops()) as crew:
        made = [n for _, n in crew.results(iter([list(enumerate(tasks))]))]
    assert made == sizes


def length(task: tuple[int, bytes]) -> int:
    return len(task[1])


def test_results_do_not_pile_up_behind_a_slow_task() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield [(taken, taken)]

    with Crew(2, slow_at_first, int, Stops()) as crew:
        results = crew.results(endless())
        assert next(results) == ((1, 1), 1)
        assert taken <= 2 * AHEAD + 1
        results.close()  # type: ignore[attr-defined]


def slow_at_first(task: tuple[int, int]) -> int:
    time.sleep(0.5 * (task[0] == 1))
    return task[1]


@pytest.mark.slow
def test_workers_killed_from_outside_cost_nothing() -> None:
    asked = rows(600)
    killed: list[int] = []

    def kill_some(done: Progress) -> None:
        if done.rows in (1, 200, 400):
            for child in multiprocessing.active_children():
                child.kill()
                killed.append(child.pid or 0)

    made = answered(lines(asked), workers=2, progress=kill_some)
    assert len(killed) > 3
    assert made == list(batch(asked))


def test_nothing_is_left_when_a_run_ends() -> None:
    answered(lines(rows(20)), workers=2)
    assert not multiprocessing.active_children()
    if sys.platform == "linux":
        before = len(os.listdir("/proc/self/fd"))
        answered(lines(rows(20)), workers=2)
        assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.slow
def test_two_workers_answer_a_corpus_like_one(tmp_path: Path) -> None:
    needs_corpora()
    data = (CORPORA / "rubi_public_sample.jsonl").read_bytes()
    out = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    done = [ran(data, path, workers=n, simplify=False) for n, path in enumerate(out, 1)]
    assert done[0][:2] == done[1][:2] == (3_738, 0)
    assert done[1].read == len(data)
    assert out[0].read_bytes() == out[1].read_bytes()
    assert json.loads(out[0].read_bytes().splitlines()[0])
