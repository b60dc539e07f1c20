"""A run: a file of rows answered into another, by several processes, and resumable.

The answers go to OUT.part, which is renamed to OUT at the end: OUT is whole or absent.
A run that was killed leaves OUT.part, and OUT.resume, its record; to resume is to
compare both with the input, to skip as many rows of it as they agree on, and to go on.
"""

from __future__ import annotations

import gc
import os
import shutil
import stat
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from calcml.batch.keys import announce
from calcml.batch.limits import CHUNK, CHUNK_BYTES, FAILED_SHOWN
from calcml.batch.lines import (
    Answered,
    Line,
    Reader,
    answer_line,
    answered,
    crashed,
)
from calcml.batch.record import Record
from calcml.batch.rows import Settings, warm
from calcml.batch.stops import Stopped, Stops
from calcml.batch.workers import Crew
from calcml.core.errors import CalcmlError
from calcml.core.files import permissions


class Progress(NamedTuple):
    """How far a run is: rows answered, errors among them, bytes of the input read.

    `failed` are the numbers of the first lines whose answer is an error.
    """

    rows: int = 0
    errors: int = 0
    read: int = 0
    failed: tuple[int, ...] = ()


class SharedError(CalcmlError):
    """The input is a file that the run writes."""


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


_CRASH = (
    "the process that worked on this row died: it was out of memory, ended from "
    "outside, or over its time in one long operation"
)


class Work(NamedTuple):
    """How rows are answered: by this process, or by several."""

    settings: Settings
    workers: int
    stops: Stops

    def answers(
        self,
        lines: Iterator[Line],
        known: Callable[[Line], Answered | None] = lambda _: None,
        early: list[tuple[Line, Answered]] | None = None,
    ) -> Generator[tuple[Line, Answered], None, None]:
        """Each line with its answer, in order; after a stop, too, those in order.

        What is `known` is not made again. Answers before their turn go to `early`.
        """
        work = partial(answer_line, settings=self.settings)
        if not self.settings.expendable:
            while (line := self.stops.during(partial(next, lines, None))) is not None:
                made = known(line) or self.stops.during(partial(work, line))
                yield line, made
            return
        with Crew(self.workers, work, prepare, self.stops) as crew:
            try:
                for line, made in crew.results(_chunks(lines), known):
                    yield line, made or self._crash(line)
            except Stopped:
                crew.drain()
                for line, made in crew.in_turn():
                    yield line, made or self._crash(line)
                if early is not None:
                    found = [(line, crew.done.get(line[0])) for line in crew.order]
                    early += [(line, made) for line, made in found if made]
                raise

    def _crash(self, line: Line) -> Answered:
        return answered(crashed(*line, _CRASH, self.settings.keep))


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

    Raises CalcmlError if what was kept answers other rows, or if another run writes
    there; SharedError, one of them, where source and target are one file; OSError as
    files do; Stopped, a KeyboardInterrupt, after Ctrl-C or SIGTERM, which lose no row
    that was answered.
    """
    expendable = workers > 1 or timeout is not None
    settings = Settings(simplify, timeout, expendable, keep)
    reader = Reader(source)
    told: set[str] = set()

    def added(done: Progress, line: Line, made: Answered) -> Progress:
        announce(made.unused, told, keep)
        failed = done.failed
        if made.failed and len(failed) < FAILED_SHOWN:
            failed += (line[0],)
        done = Progress(done.rows + 1, done.errors + made.failed, reader.read, failed)
        progress(done)
        return done

    _refuse_shared(source, target)
    with Stops() as stops:
        work = Work(settings, workers, stops)
        if isinstance(target, Path) and not _is_device(target):
            place = Path(os.path.realpath(target))
            return Whole(place, work, added).written(iter(reader), resume)
        done = Progress()
        out = target.open("wb") if isinstance(target, Path) else target
        with closing(work.answers(iter(reader))) as answers:
            for line, made in answers:
                out.write(made.line)
                out.flush()  # what the system has survives the end of this process
                done = added(done, line, made)
        if isinstance(target, Path):
            out.close()
        return done


def _is_device(path: Path) -> bool:
    """Whether a path is that of a device or a pipe, which takes what is written."""
    return path.exists() and not path.is_file()


def _beside(target: Path, end: str) -> Path:
    return target.with_name(target.name + end)


def _refuse_shared(source: IO[bytes], target: Path | BinaryIO) -> None:
    """SharedError where the input and what a run writes are one file."""
    seen: list[tuple[str, os.stat_result]] = []
    places: dict[str, int | Path] = {}
    with suppress(OSError, AttributeError):  # no file of the system's
        places["IN"] = source.fileno()
    if isinstance(target, Path):
        real = Path(os.path.realpath(target))
        places |= {f"OUT{end}": _beside(real, end) for end in ("", PART, RECORD, SPARE)}
    else:
        with suppress(OSError, AttributeError):
            places["OUT"] = target.fileno()
    for name, place in places.items():
        with suppress(OSError):  # there is none
            there = os.stat(place)
            if not stat.S_ISREG(there.st_mode):
                continue  # a terminal may be both, and so may a device
            for other, met in seen:
                if os.path.samestat(there, met):
                    raise SharedError(f"{other} and {name} are one file")
            seen.append((name, there))


PART, RECORD, SPARE = ".part", ".resume", ".part.new"


class Whole:
    """A file of answers that appears when all is done: OUT, by way of OUT.part."""

    def __init__(
        self,
        target: Path,
        work: Work,
        added: Callable[[Progress, Line, Answered], Progress],
    ) -> None:
        self.target, self.work, self.added = target, work, added
        self.part = _beside(target, PART)
        self.mode = permissions(target)

    def written(self, lines: Iterator[Line], resume: bool) -> Progress:
        """Answer the lines, all of them or those that an earlier run did not."""
        path = _beside(self.target, RECORD)
        with Record(path, self.work.settings, self.mode) as record:
            old = self.part if os.path.lexists(self.part) else self.target
            done = Progress()
            if resume and os.path.lexists(old):
                done, lines = self._kept(old, record, lines)
                first = next(lines, None)
                if first is None and old is self.target:
                    return done
                lines = chain([first] if first else [], lines)
                self._own_part(old)
            else:
                self.part.unlink(missing_ok=True)  # no other name of it is written to
                record.begin()
                open(self.part, "xb", opener=partial(os.open, mode=self.mode)).close()
            try:
                return self._finished(lines, record, done)
            except OSError as error:  # a full disk has no name of its own
                error.filename = error.filename or str(self.part)
                raise

    def _kept(
        self, old: Path, record: Record, lines: Iterator[Line]
    ) -> tuple[Progress, Iterator[Line]]:
        """What an earlier run did, and the lines that are left."""
        if not old.is_file():
            raise CalcmlError(f"{old} is no regular file, which the run needs there")
        kept = record.go_on(old, lines)
        if old is self.target and not kept.whole:
            raise CalcmlError(
                f"{old} is not what its run wrote; without --resume a run begins anew"
            )
        done = Progress(record.digests.rows, kept.errors, 0, kept.failed)
        return done, chain(kept.lines, lines)

    def _own_part(self, old: Path) -> None:
        """OUT.part with what `old` has, and no other name that would change with it."""
        if old is self.part and not old.is_symlink() and old.stat().st_nlink == 1:
            return
        spare = _beside(self.target, SPARE)
        spare.unlink(missing_ok=True)
        shutil.copyfile(old, spare)
        spare.chmod(self.mode)
        spare.replace(self.part)

    def _finished(
        self, lines: Iterator[Line], record: Record, done: Progress
    ) -> Progress:
        early: list[tuple[Line, Answered]] = []
        answers = self.work.answers(lines, record.known, early)
        with self.part.open("r+b") as out, closing(answers):
            out.truncate(record.digests.size)
            out.seek(record.digests.size)
            try:
                for line, made in answers:
                    out.write(made.line)
                    out.flush()  # what the system has survives the end of this process
                    record.add(line, made.line)
                    done = self.added(done, line, made)
            except Stopped:
                record.note()
                for line, made in early:
                    record.keep_early(line, made.line)
                    out.write(made.line)  # for those who read it: none is missing
                raise
            record.note()
            os.fsync(out.fileno())  # the name must not outlive its contents
            mine = os.fstat(out.fileno())
        if not os.path.samestat(mine, self.part.stat()):
            raise CalcmlError(f"{self.part} was taken away while the run wrote it")
        self.part.replace(self.target)
        return done
