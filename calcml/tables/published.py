"""Tables that others published: the rows of a file, each of two formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from calcml.core.errors import CalcmlError, LimitError
from calcml.tables import markdown, restructured
from calcml.tables.equations import equations
from calcml.tables.headings import Columns, Published, Rows, rows_below
from calcml.tables.limits import MAX_FILE, MAX_ROWS
from calcml.tables.webpage import Page


def published(path: Path, asked: Columns) -> list[Published]:
    """The rows of all tables of derivatives in a file.

    Raises CalcmlError where there is none, telling what there is; OSError as files do.
    """
    text = _text(path)
    found: list[Published] = []
    heads: list[str] = []
    for rows in _tables(text, path.suffix.lower()):
        if not rows:
            continue
        one = rows_below(rows, asked, len(found))
        if not one:
            heads.append(", ".join(cell.strip() or "-" for cell in rows[0])[:100])
        found += one
    if not found and not any(asked):
        found = equations(text)
    if not found:
        told = f"; the columns are {'; '.join(heads[:3])}" if heads else ""
        raise CalcmlError(
            f"{path} has no table of derivatives that is seen{told}; name the columns "
            "by --function and --derivative, by a heading or a number"
        )
    if len(found) > MAX_ROWS:
        raise LimitError(f"{path} has over {MAX_ROWS:,} rows; verify it in parts")
    return found


def _text(path: Path) -> str:
    if path.stat().st_size > MAX_FILE:
        raise LimitError(f"{path} has over {MAX_FILE:,} bytes; verify it in parts")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CalcmlError(f"{path} is no UTF-8; save it as UTF-8") from None
    if "\0" in text:
        raise CalcmlError(f"{path} is no text")
    return text


# --- containers --------------------------------------------------------------------


def _tables(text: str, suffix: str) -> Iterator[Rows]:
    """Each table of a file, the headings first; by its name, else by what it shows."""
    if suffix == ".json" or suffix not in _KNOWN and text.lstrip()[:1] in ("[", "{"):
        yield _json(text)
    elif suffix in (".csv", ".tsv"):
        yield _csv(text)
    else:
        if suffix == ".rst" or re.search(r"^\s*\.\. \w+-table::", text, re.MULTILINE):
            yield from restructured.tables(text)
        yield from markdown.tables(text)
        yield from _tex(text)
        if re.search("<table", text, re.IGNORECASE):
            reader = Page()
            reader.feed(
                re.sub(r"<sup[^<>]*>\s*<a\b.*?</sup>", "", text, flags=re.DOTALL)
            )
            reader.close()
            yield from reader.tables
        elif suffix not in _KNOWN:
            yield _csv(text)


_KNOWN = (".md", ".markdown", ".tex", ".html", ".htm", ".rst", ".txt", ".csv", ".tsv")


def _csv(text: str) -> Rows:
    import csv

    first = text.lstrip().split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    try:
        return [
            row for row in csv.reader(text.splitlines(True), delimiter=delimiter) if row
        ]
    except csv.Error as error:
        raise CalcmlError(f"the CSV is not read: {error}") from None


def _json(text: str) -> Rows:
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CalcmlError(f"the JSON is not read: {error}") from None
    if isinstance(data, dict):
        lists = [v for v in data.values() if isinstance(v, list) and v]
        texts = data and all(isinstance(v, str) for v in data.values())
        if texts and not lists:
            return [["function", "derivative"], *([k, v] for k, v in data.items())]
        rows = [v for v in lists if all(isinstance(row, Mapping) for row in v)]
        data = [*rows, *lists, []][0]
    if not isinstance(data, list):
        return []
    if data and all(isinstance(row, Mapping) for row in data):
        keys = list(dict.fromkeys(key for row in data for key in row))
        return [keys, *([_cell(row.get(key, "")) for key in keys] for row in data)]
    return [[*map(_cell, row)] for row in data if isinstance(row, list)]


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items() if isinstance(v, str))
    if isinstance(value, list):
        return ", ".join(v for v in value if isinstance(v, str))
    return str(value) if isinstance(value, (str, int, float)) else ""


_BEGIN = re.compile(
    r"\\begin\{(tabularx?|tabulary|tabu|longtable|array|supertabular|tblr)\*?\}"
)
_RULES = re.compile(
    r"\\(hline|addlinespace|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot"
    r"|centering|displaystyle|noalign\{[^{}]*\}|c(mid|)line(\([^)]*\))?\{[^{}]*\}"
    r"|specialrule(\{[^{}]*\})*|(add)?vspace\*?\{[^{}]*\}|rule(\[[^\]]*\])?\{[^{}]*\}\{[^{}]*\}"
    r"|label\{[^{}]*\}|rowcolor(\[\w+\])?\{[^{}]*\})(?![A-Za-z])|\\caption\{.*\}"
)


def _tex(text: str) -> Iterator[Rows]:
    """The tables of LaTeX: rows end with \\\\, cells with &, where nothing is open."""
    text = re.sub(r"(?<!\\)%[^\n]*", "", text)
    place = 0
    while begin := _BEGIN.search(text, place):
        name, start = begin[1], begin.end()
        end = place = _closed(text, name, start)
        body = _REPEATED.sub("", text[start:end])
        while option := re.match(r"\s*(\[[^\]]*\]|\{(?:[^{}]|\{[^{}]*\})*\})", body):
            body = body[option.end() :]
        lines = (row for row in _cut(body) if len(row) > 1 or _TITLE not in row[0])
        rows = [[_plain(cell) for cell in row] for row in lines]
        yield [row for row in rows if any(cell.strip() for cell in row)]


_REPEATED = re.compile(r"\\endfirsthead(?:.*?\\endlastfoot|.*?\\endfoot)", re.DOTALL)


_TITLE = r"\multicolumn"  # of a line alone: the name of a group


def _closed(text: str, name: str, start: int) -> int:
    depth = 1
    for match in re.compile(rf"\\(begin|end)\{{{name}\*?\}}").finditer(text, start):
        depth += 1 if match[1] == "begin" else -1
        if not depth:
            return match.start()
    return len(text)


def _cut(body: str) -> Iterator[list[str]]:
    cells, depth = [""], 0
    for piece in _PIECES.findall(body):
        depth += piece == "{" or piece.startswith(r"\begin{")
        depth -= piece == "}" or piece.startswith(r"\end{")
        if piece == "&" and depth <= 0:
            cells.append("")
        elif piece.startswith((r"\\", r"\tabularnewline")) and depth <= 0:
            yield cells
            cells = [""]
        else:
            cells[-1] += piece
    yield cells


_PIECES = re.compile(
    r"\\(?:begin|end)\{\w+\*?\}|\\\\(?:\s*\[[^\]]*\])?|\\tabularnewline|\\.|[{}&]"
    r"|[^\\{}&]+|\\$",
    re.DOTALL,
)


def _plain(cell: str) -> str:
    cell = re.sub(r"\\textsuperscript\{[^{}]*\}", "", _RULES.sub("", cell)).strip()
    cell = re.sub(r"\\[A-Za-z]+\{(\$[^$]*\$)\}", r"\1", cell)
    several = re.fullmatch(
        r"\\multi(?:column|row)\{[^{}]*\}\{[^{}]*\}\{(.*)\}", cell, re.DOTALL
    )
    return several[1] if several else cell
