"""Rows as lines of JSON: read one at a time, answered, and written."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Set
from typing import IO, Any, NamedTuple

from calcml.batch.keys import RowError, others
from calcml.batch.limits import MAX_LINE
from calcml.batch.rows import (
    Answer,
    Settings,
    identity,
    lost,
    refusal,
    timed,
    with_others,
)

Line = tuple[int, bytes]  # its number, from 1


class Block(NamedTuple):
    """Answer lines, ready to be written."""

    lines: bytes
    rows: int
    errors: int
    unused: Set[str] = frozenset()  # keys that are no options


class Reader:
    """The lines of a file that are not blank, with their numbers."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.read = 0

    def __iter__(self) -> Iterator[Line]:
        number = 0
        while line := self.source.readline(MAX_LINE + 1):
            number += 1
            self.read += len(line)
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if len(line) > MAX_LINE:
                self._skip(line)
            if not line.isspace():
                yield number, line

    def _skip(self, line: bytes) -> None:
        """Read to the end of a line of which the beginning says enough."""
        while line and not line.endswith(b"\n"):
            line = self.source.readline(MAX_LINE)
            self.read += len(line)


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


def answer_lines(lines: Iterable[Line], settings: Settings) -> Block:
    """The answers to some lines."""
    out: list[Answer] = []
    unused: set[str] = set()
    for number, line in lines:
        try:
            row = parsed(line)
        except RowError as error:
            out.append(refusal(number, error))
        else:
            out += timed([(number, row)], settings)
            unused |= others(row) if isinstance(row, dict) else set()
    return block(out, unused)


def block(answers: list[Answer], unused: Set[str] = frozenset()) -> Block:
    """Answers as lines of JSON."""
    errors = sum(["error" in a for a in answers])
    lines = b"".join([encoded(a) for a in answers])
    return Block(lines, len(answers), errors, unused)


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


def line_identity(number: int, line: bytes) -> int | str:
    """The id that the answer to a line has."""
    try:
        return identity(parsed(line), number)
    except RowError:
        return number
