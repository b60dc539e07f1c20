"""Rows as lines of JSON: read one at a time, answered, and written."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Set
from typing import IO, Any, NamedTuple

from calcml.batch.keys import RowError, others
from calcml.batch.limits import MAX_LINE
from calcml.batch.rows import (
    Answer,
    Settings,
    lost,
    refusal,
    timed,
    with_others,
)

Line = tuple[int, bytes]  # its number, from 1


class Answered(NamedTuple):
    """An answer as a line, ready to be written."""

    line: bytes
    failed: bool
    unused: Set[str] = frozenset()  # keys of the row that are no options


class Reader:
    """The lines of a file that are not blank, with their numbers."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.read = 0

    def __iter__(self) -> Iterator[Line]:
        number = 0
        while line := self._line():
            number += 1
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if len(line) > MAX_LINE:
                self._skip(line)
            if not line.isspace():
                yield number, line
            if not is_whole(line):
                return  # what is written behind it later is no row of its own

    def _line(self) -> bytes:
        """The next line; one that is being written is read on while more comes."""
        line = more = self.source.readline(MAX_LINE + 1)
        while more and not is_whole(line):
            more = self.source.readline(MAX_LINE + 1 - len(line))
            line += more
        self.read += len(line)
        return line

    def _skip(self, line: bytes) -> None:
        """Read to the end of a line of which the beginning says enough."""
        while line and not line.endswith(b"\n"):
            line = self.source.readline(MAX_LINE)
            self.read += len(line)


def is_whole(line: bytes) -> bool:
    """Whether nothing that is added to the input changes a line, or its answer."""
    return line.endswith(b"\n") or len(line) > MAX_LINE


def parsed(line: bytes) -> Any:
    """The row of a line; RowError where it holds none."""
    if len(line) > MAX_LINE:
        raise RowError(f"the line has over {MAX_LINE:,} bytes")
    try:
        return _read(line.decode())
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is no UTF-8; save it as UTF-8"
    except RecursionError:
        message = "the line is nested too deeply"
    except ValueError as error:
        message = f"the line is no JSON: {error}"
    raise RowError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice, one would be dropped."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RowError(f"{twice} stands twice; write it once")
    return found


_read = json.JSONDecoder(object_pairs_hook=_object).decode


def answer_line(numbered: Line, settings: Settings) -> Answered:
    """The answer to a line."""
    number, line = numbered
    try:
        row = parsed(line)
    except RowError as error:
        return answered(refusal(number, error))
    unused = others(row) if isinstance(row, dict) else frozenset[str]()
    (made,) = timed([(number, row)], settings)
    return answered(made, unused)


def answered(made: Answer, unused: Set[str] = frozenset()) -> Answered:
    """An answer as a line of JSON."""
    return Answered(encoded(made), "error" in made, unused)


_encode = json.JSONEncoder(ensure_ascii=False).encode


def encoded(made: Answer) -> bytes:
    """An answer as a line of UTF-8."""
    try:
        return _encode(made).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only escapes can hold
        return json.dumps(made).encode() + b"\n"


def crashed(number: int, line: bytes, message: str, keep: bool) -> Answer:
    """The answer to a line whose process died."""
    try:
        row = parsed(line)
    except RowError:
        row = {}
    made = lost(row, number, "crash", message)
    return with_others(made, row) if keep else made
