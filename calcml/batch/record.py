"""The record of a run, OUT.resume: which rows the answers in OUT or OUT.part are to.

It is locked while a run writes, so that two never write one OUT; the system takes the
lock back however a process ends. Lines of JSON are only ever added: what the answers
depend on; how far they came, again and again; answers made before their turn.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from calcml import __version__
from calcml.batch.limits import FAILED_SHOWN, LAG
from calcml.batch.lines import Answered, Line, is_whole
from calcml.batch.rows import Settings
from calcml.core.errors import CalcmlError
from calcml.core.files import unlinked

_HEAD = b'{"calcml": '  # how each begins


class Mark(NamedTuple):
    """How far a run came: rows, bytes of answers, digests of both."""

    rows: int
    size: int
    asked: str
    answered: str


class Digests:
    """The digests of the first rows, and of their answers."""

    def __init__(self) -> None:
        self.rows = self.size = 0
        self.asked, self.answered = sha256(), sha256()

    def add(self, line: Line, answer: bytes) -> None:
        """One more row and its answer."""
        self.rows += 1
        self.size += len(answer)
        self.asked.update(b"%d %d " % (line[0], len(line[1])) + line[1])
        self.answered.update(answer)

    def mark(self) -> Mark:
        """How far they are."""
        return Mark(
            self.rows, self.size, self.asked.hexdigest(), self.answered.hexdigest()
        )

    def copy(self) -> Digests:
        """The same, to go on from."""
        other = Digests()
        other.rows, other.size = self.rows, self.size
        other.asked, other.answered = self.asked.copy(), self.answered.copy()
        return other


class Kept(NamedTuple):
    """What is kept of an earlier run: the lines that failed, and those read too far."""

    errors: int
    failed: tuple[int, ...]
    lines: list[Line]
    whole: bool  # all that was recorded is there


class Record:
    """The record at a path, for answers with some settings; CalcmlError if locked."""

    def __init__(self, path: Path, settings: Settings, mode: int) -> None:
        self.path = path
        self.about = {
            "calcml": __version__,
            "simplify": settings.simplify,
            "timeout": settings.timeout,
            "keep": settings.keep,
        }
        self.file = _locked(path, mode)
        head = self.file.read(len(_HEAD))
        if not (head.startswith(_HEAD) or _HEAD.startswith(head)):
            self.file.close()
            raise CalcmlError(
                f"{path} is no record of calcml, which would write there; move it away"
            )
        self.digests = Digests()
        self.early: dict[int, tuple[str, str]] = {}
        self.noted = 0.0
        self.torn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def begin(self) -> None:
        """Forget every earlier run."""
        self.file.truncate(0)
        self._write(self.about)

    def add(self, line: Line, answer: bytes) -> None:
        """An answer was handed to the system. A torn line, whose end may come, is none
        that is kept."""
        if not is_whole(line[1]):
            self.note()
            self.torn = True
        self.digests.add(line, answer)
        if time.monotonic() - self.noted > LAG:
            self.note()

    def note(self) -> None:
        """Write how far the answers came."""
        if not self.torn:
            self._write(self.digests.mark())
            self.noted = time.monotonic()

    def keep_early(self, line: Line, answer: bytes) -> None:
        """An answer that was made before its turn."""
        self._write([line[0], _digest(line), answer.decode()])

    def known(self, line: Line) -> Answered | None:
        """The answer to a line that an earlier run made before its turn."""
        digest, text = self.early.get(line[0], ("", ""))
        if not text or digest != _digest(line):
            return None
        return Answered(text.encode(), "error" in json.loads(text))

    def go_on(self, old: Path, lines: Iterator[Line]) -> Kept:
        """Find how many answers in `old` are those to the first of `lines`.

        Raises CalcmlError where the rows, the options or the version are others.
        """
        about, marks = self._read()
        if about is None:
            raise CalcmlError(
                f"{old} may answer other rows: its record, {self.path}, is not there; "
                "without --resume a run begins anew"
            )
        if about != self.about:
            raise CalcmlError(
                f"{old} answers other rows: it was made with {_told(about)}, and this "
                f"is {_told(self.about)}; without --resume a run begins anew"
            )
        kept = self._followed(old, marks, lines)
        self.file.write(b"\n")  # ends a line that may be torn
        self.note()
        return kept

    def _followed(self, old: Path, marks: list[Mark], lines: Iterator[Line]) -> Kept:
        errors, failed = 0, list[int]()
        with old.open("rb") as answers:
            for mark in marks:
                there, read, bad = self.digests.copy(), list[Line](), list[int]()
                while there.rows < mark.rows:
                    line, answer = next(lines, None), answers.readline()
                    if line is not None:
                        read.append(line)
                    if not answer.endswith(b"\n"):
                        return Kept(errors, tuple(failed), read, False)
                    there.add(line or (0, b""), answer)
                    if line and _failed(answer):
                        bad.append(line[0])
                found = there.mark()
                if found[1::2] != mark[1::2]:
                    return Kept(errors, tuple(failed), read, False)
                if found != mark:
                    raise CalcmlError(
                        f"{old} answers other rows than this input has, between rows "
                        f"{self.digests.rows + 1} and {mark.rows}; without --resume a "
                        "run begins anew"
                    )
                self.digests = there
                errors += len(bad)
                failed = (failed + bad)[:FAILED_SHOWN]
        return Kept(errors, tuple(failed), [], True)

    def _read(self) -> tuple[Any, list[Mark]]:
        """What the record says: what the answers depend on, and how far they came."""
        about, marks = None, list[Mark]()
        self.file.seek(0)
        for text in self.file:
            try:
                entry = json.loads(text)
            except ValueError:
                continue  # the torn end of a run that was killed
            match entry:
                case {"calcml": _}:
                    about = entry
                case [int(), int(), str(), str()]:
                    mark = Mark(*entry)
                    while marks and marks[-1].rows >= mark.rows:
                        marks.pop()  # a run went on from before it
                    marks.append(mark)
                case [int(number), str(digest), str(answer)]:
                    self.early[number] = digest, answer
        return about, marks

    def _write(self, entry: object) -> None:
        self.file.write(json.dumps(entry).encode() + b"\n")
        self.file.flush()


def _digest(line: Line) -> str:
    return sha256(b"%d " % line[0] + line[1]).hexdigest()


def _failed(answer: bytes) -> bool:
    try:
        return "error" in json.loads(answer)
    except (ValueError, TypeError):
        return False  # damage, which the digest tells


def _told(about: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in about.items())


def _locked(path: Path, mode: int) -> IO[bytes]:
    """The file at a path, for this run alone."""
    opener = partial(unlinked, mode=mode)
    file = open(path, "a+b", opener=opener)  # noqa: SIM115  closed by the record
    try:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise CalcmlError(f"{path} is no regular file, which the run needs there")
        _lock(file)
        file.seek(0)
    except BlockingIOError:
        file.close()
        raise CalcmlError(f"another run writes there: it holds {path}") from None
    except BaseException:
        file.close()
        raise
    return file


def _lock(file: IO[bytes]) -> None:
    """BlockingIOError where another holds it."""
    try:
        import fcntl
    except ImportError:  # Windows, where a lock is of bytes: one that is never written
        import msvcrt

        file.seek(1 << 30)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
