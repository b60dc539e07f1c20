"""The tables of reStructuredText: lists, CSV, grids and simple ones, as text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import dedent

from calcml.tables.headings import Rows


def tables(text: str) -> Iterator[Rows]:
    """Each table of a text, with formulas between dollars and code between ticks."""
    lines = [line.rstrip() for line in text.expandtabs().splitlines()]
    place = 0
    while place < len(lines):
        directive = re.match(r"\s*\.\. (list|csv)-table::", lines[place])
        read, end = _NO_TABLE
        if directive:
            end = _below(lines, place)
            body = dedent("\n".join(lines[place + 1 : end])).split("\n")
            read = (_list if directive[1] == "list" else _csv)(body)
        elif re.fullmatch(r"\s*\+(-+\+)+", lines[place]):
            read, end = _grid(lines, place)
        elif re.fullmatch(r"\s*=+( +=+)+", lines[place]):
            read, end = _simple(lines, place)
        if read:
            yield [[_plain(cell) for cell in row] for row in read]
        place = max(end, place + 1)


_NO_TABLE: tuple[Rows, int] = [], 0


def _below(lines: Sequence[str], place: int) -> int:
    """Where the block that is indented below a line ends."""
    depth = _depth(lines[place])
    end = place + 1
    while end < len(lines) and (not lines[end] or _depth(lines[end]) > depth):
        end += 1
    return end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _list(body: Sequence[str]) -> Rows:
    rows: Rows = []
    depth = None  # where the hyphens of cells stand
    for line in body:
        begun = re.match(r"(\s*)(?:\*\s+)?-(?=\s|$)", line)
        if begun and (depth is None or begun.end() == depth):
            if "*" in begun[0]:
                rows.append([])
            depth = begun.end()
            if rows:
                rows[-1].append(line[depth:])
        elif rows and rows[-1]:
            rows[-1][-1] += f"\n{line}"
    return rows


def _csv(body: Sequence[str]) -> Rows:
    told = dict(re.findall(r"^:(header|delim):\s*(.*)", "\n".join(body), re.MULTILINE))
    rows = [line for line in body if line and not line.startswith(":")]
    delimiter = {"tab": "\t", "space": " "}.get(told.get("delim", ","), ",")
    if len(told.get("delim", "")) == 1:
        delimiter = told["delim"]
    try:
        lines = [*filter(None, [told.get("header")]), *rows]
        return [*csv.reader(lines, delimiter=delimiter, skipinitialspace=True)]
    except csv.Error:
        return []


def _grid(lines: Sequence[str], start: int) -> tuple[Rows, int]:
    ends = [match.start() for match in re.finditer(r"\+", lines[start])]
    rows: Rows = [[""] * (len(ends) - 1)]
    place = start + 1
    while place < len(lines) and lines[place].lstrip()[:1] in ("+", "|"):
        line = lines[place].ljust(ends[-1] + 1)
        if line.lstrip()[0] == "+":
            rows.append([""] * (len(ends) - 1))
        else:
            for i, (left, right) in enumerate(pairwise(ends)):
                rows[-1][i] += f" {line[left + 1 : right].strip()}"
        place += 1
    return [row for row in rows if any(cell.strip() for cell in row)], place


def _simple(lines: Sequence[str], start: int) -> tuple[Rows, int]:
    ends = [match.start() for match in re.finditer("=+", lines[start])]
    rows: Rows = []
    place, rules = start + 1, 1
    while place < len(lines) and rules < 3:
        line = lines[place]
        place += 1
        if line == lines[start]:
            rules += 1
            if not lines[place : place + 1] or not lines[place]:
                break
        elif line and not re.fullmatch("[- ]+", line):
            cells = [line[a:b].strip() for a, b in pairwise([*ends, len(line) + 1])]
            if cells[0] or not rows:
                rows.append(cells)
            else:  # a line that goes on
                rows[-1] = [
                    " ".join(pair) for pair in zip(rows[-1], cells, strict=True)
                ]
    return rows, place


def _plain(cell: str) -> str:
    """A cell with roles of mathematics between dollars, those of code between ticks."""
    display = re.fullmatch(r"\s*\.\. math::(.*)", cell, re.DOTALL)
    if display:
        return f"${' '.join(display[1].split())}$"
    told = re.sub(rf":math:{_TICKED}", r"$\1$", cell)
    told = re.sub(rf":(?:literal|code):{_TICKED}", _literal, told)
    return re.sub(r"\s*\[\d+\]_", "", told).strip()


_TICKED = r"`((?:[^`\\]|\\[\s\S])*)`"


def _literal(match: re.Match[str]) -> str:
    plain = re.sub(r"\\(.)", r"\1", match[1])
    return f"`{plain}`"
