"""The tables of Markdown, with footnotes in the place of cells that begin them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from calcml.tables.headings import Rows
from calcml.tables.limits import MAX_CELL
from calcml.tables.spelled import SPAN


def tables(text: str) -> Iterator[Rows]:
    """Tables of lines with bars, below a line of dashes, with their footnotes."""
    lines = text.splitlines()
    told = {name: " ".join(body.split()) for name, body in _FOOTNOTE.findall(text)}
    for i, line in enumerate(lines):
        if i and "|" in lines[i - 1] and re.fullmatch(r"[\s|:\-]*-[\s|:\-]*", line):
            end = i + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [barred(row) for row in [lines[i - 1], *lines[i + 1 : end]]]
            yield [[_whole(cell, told) for cell in row] for row in rows]


_FOOTNOTE = re.compile(r"^\[\^(\w+)\]:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_MARKED = re.compile(r"([^`]*?(?:`[^`]*`)?)\s*\[\^(\w+)\].*")


def _whole(cell: str, told: Mapping[str, str]) -> str:
    """A cell, or the footnote that it begins: sin(x)[^1] for sin(x) = ..."""
    marked = _MARKED.fullmatch(cell.strip())
    note = told.get(marked[2], "") if marked else ""
    begun = marked is not None and note.startswith(marked[1].removesuffix("`"))
    return note if begun and SPAN.search(note) else cell


def barred(line: str) -> list[str]:
    """The cells of a line; bars inside of dollars or code, or after \\, are none."""
    line = line[:MAX_CELL].strip()
    cells, depth = [""], ""
    for piece in re.findall(r"\\.|\$+|`+|\||[^\\$`|]+|\\$", line):
        if piece[0] in "$`" and depth in ("", piece):
            depth = "" if depth else piece
        if piece == "|" and not depth:
            cells.append("")
        else:
            cells[-1] += "|" if piece == r"\|" else piece
    if depth:  # a dollar that nothing closes
        cells = re.split(r"(?<!\\)\|", line)
    cells = cells[1:] if not cells[0].strip() else cells
    return [unescape(c) for c in (cells[:-1] if not cells[-1].strip() else cells)]
