"""A run: a file of rows answered into another, by several processes, and resumable.

The answers go to OUT.part, which is renamed to OUT at the end: OUT is whole or absent.
A killed run leaves OUT.part with whole lines and perhaps a torn one at its end; to
resume is to drop that, to skip as many rows of the input, and to go on.
"""

from __future__ import annotations

import gc
import json
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from calcml.batch.keys import announce
from calcml.batch.limits import CHUNK, CHUNK_BYTES
from calcml.batch.lines import (
    Block,
    Line,
    Reader,
    answer_lines,
    block,
    crashed,
    line_identity,
)
from calcml.batch.rows import Answer, Settings, warm
from calcml.batch.workers import Crew
from calcml.core.errors import CalcmlError


class Progress(NamedTuple):
    """How far a run is: rows answered, errors among them, bytes of the input read."""

    rows: int = 0
    errors: int = 0
    read: int = 0


# --- work --------------------------------------------------------------------------


def prepare() -> None:
    """Make what the first row would wait for, and tell the collector that it stays."""
    warm()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # expressions have no cycles: look for them less


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[1])
        if len(chunk) == CHUNK or size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _by_crew(
    lines: Iterable[Line], settings: Settings, workers: int
) -> Generator[Block, None, None]:
    """Blocks in order, from several processes; a chunk whose process died is redone."""
    work = partial(answer_lines, settings=settings)
    chunks = _chunks(lines)
    waiting: deque[tuple[list[Line], Future[Block]]] = deque()
    with Crew(workers, prepare) as crew:
        while True:
            while len(waiting) < 3 * workers and (chunk := next(chunks, None)):
                waiting.append((chunk, crew.submit(work, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                yield future.result()
            except BrokenExecutor:
                crew.dismiss()
                yield from _one_by_one(chunk, work, settings.keep)
                # What was done before is done again, with the same answers.
                waiting = deque([(c, crew.submit(work, c)) for c, _ in waiting])


def _one_by_one(
    chunk: list[Line], work: Callable[[list[Line]], Block], keep: bool = False
) -> Iterator[Block]:
    """The rows of a chunk, each alone in a process, so that one that kills is known."""
    with Crew(1, prepare) as crew:
        try:
            crew.submit(work, []).result()
        except BrokenExecutor:
            raise CalcmlError("worker processes do not start here") from None
        for number, line in chunk:
            try:
                yield crew.submit(work, [(number, line)]).result()
            except BrokenExecutor:
                crew.dismiss()
                yield block([crashed(number, line, _CRASH, keep)])


_CRASH = (
    "the process that worked on this row died: it was out of memory, ended from "
    "outside, or over its time in one long operation"
)


# --- a run -------------------------------------------------------------------------


def run(
    source: IO[bytes],
    target: Path | BinaryIO,
    *,
    workers: int = 1,
    simplify: bool = True,
    timeout: float | None = None,
    resume: bool = False,
    keep: bool = False,
    progress: Callable[[Progress], object] = lambda _: None,
) -> Progress:
    """Answer the rows of `source` into `target`, a path that is written whole.

    One worker without a time limit is this process; else there are processes, as only
    a process can be stopped whatever it does. With `resume`, rows that an earlier run
    with the same input and settings answered are kept; `keep` is that of `batch`.
    Raises CalcmlError if what was kept answers other rows, OSError as files do.
    """
    reader = Reader(source)
    lines = iter(reader)
    by_crew = workers > 1 or timeout is not None
    settings = Settings(simplify, timeout, by_crew, keep)
    told: set[str] = set()
    blocks: Generator[Block, None, None]
    if by_crew:
        blocks = _by_crew(lines, settings, workers)
    else:
        blocks = (answer_lines([line], settings) for line in lines)

    def pour(out: BinaryIO, done: Progress) -> Progress:
        for lines, rows, errors, unused in blocks:
            announce(unused, told, keep)
            out.write(lines)
            out.flush()  # what is handed to the system survives the end of this process
            done = Progress(done.rows + rows, done.errors + errors, reader.read)
            progress(done)
        return done

    with closing(blocks):
        if not isinstance(target, Path):
            return pour(target, Progress())
        if target.exists() and not target.is_file():  # a device or a pipe
            with target.open("wb") as out:
                return pour(out, Progress())
        return _whole(Path(os.path.realpath(target)), lines, resume, pour)


def _whole(
    target: Path,
    lines: Iterator[Line],
    resume: bool,
    pour: Callable[[BinaryIO, Progress], Progress],
) -> Progress:
    """Write `target` by way of its part, which keeps what an earlier run wrote."""
    part = target.with_name(f"{target.name}.part")
    done, size = Progress(), 0
    old = part if part.exists() else target
    if resume and old.exists():
        done, size = _kept(old, lines)
        old.replace(part)
    with part.open("r+b" if size else "wb") as out:
        out.truncate(size)
        out.seek(size)
        done = pour(out, done)
        os.fsync(out.fileno())  # the name must not outlive its contents
    part.replace(target)
    return done


def _kept(old: Path, lines: Iterator[Line]) -> tuple[Progress, int]:
    """The whole answers in `old`, which must be those to the first of `lines`.

    Returns how many they are and their bytes; a torn end is left out.
    """
    rows = errors = size = 0
    with old.open("rb") as answers:
        for line in answers:
            made = _finished(line)
            if made is None:
                break
            asked = next(lines, None)
            if asked is None or made["id"] != line_identity(*asked):
                raise CalcmlError(
                    f"{old} answers other rows than this input has, from row "
                    f"{rows + 1} on; resume with the same input, or delete that file"
                )
            rows += 1
            errors += "error" in made
            size += len(line)
    return Progress(rows, errors), size


def _finished(line: bytes) -> Answer | None:
    """The answer that a line holds, None if it was torn or never reached the disk."""
    try:
        made: Answer | None = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return made if isinstance(made, dict) and "id" in made else None
