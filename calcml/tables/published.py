"""Tables that others published: the rows of a file, each of two formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

from calcml.core.errors import CalcmlError, LimitError
from calcml.tables import restructured
from calcml.tables.claims import slope
from calcml.tables.headings import Columns, Published, Rows, rows_below
from calcml.tables.limits import MAX_CELL, MAX_FILE, MAX_ROWS
from calcml.tables.spelled import ELSE, IF, SPAN, sides
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
        found = _equations(text)
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
        yield from _markdown(text)
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


def _markdown(text: str) -> Iterator[Rows]:
    """Tables of lines with bars, below a line of dashes, with their footnotes."""
    lines = text.splitlines()
    told = {name: " ".join(body.split()) for name, body in _FOOTNOTE.findall(text)}
    for i, line in enumerate(lines):
        if i and "|" in lines[i - 1] and re.fullmatch(r"[\s|:\-]*-[\s|:\-]*", line):
            end = i + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_barred(row) for row in [lines[i - 1], *lines[i + 1 : end]]]
            yield [[_whole(cell, told) for cell in row] for row in rows]


_FOOTNOTE = re.compile(r"^\[\^(\w+)\]:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_MARKED = re.compile(r"([^`]*?(?:`[^`]*`)?)\s*\[\^(\w+)\].*")


def _whole(cell: str, told: Mapping[str, str]) -> str:
    """A cell, or the footnote that it begins: sin(x)[^1] for sin(x) = ..."""
    marked = _MARKED.fullmatch(cell.strip())
    note = told.get(marked[2], "") if marked else ""
    begun = marked is not None and note.startswith(marked[1].removesuffix("`"))
    return note if begun and SPAN.search(note) else cell


def _barred(line: str) -> list[str]:
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


# --- lists of equations ------------------------------------------------------------

_DERIVED = re.compile(
    r"""\{\s*d\s*\\over\b|\\d?t?frac\s*\{\s*(?:\\mathrm\s*\{?)?d|\bd\s*/\s*d\s*[a-z]|['′’]|\\prime|\bD_\s*\{?[a-z]"""
)


def _equations(text: str) -> list[Published]:
    """Lines that say what a derivative is: d/dx sin x = cos x, (sin x)' = cos x."""
    found: list[Published] = []
    defined = "", ""  # a name and the line before that says what it is
    for number, line in enumerate(text.split("\n"), 1):
        place = f"line {number}"
        for part in re.split(r"\\\\(?:\[[^\]]*\])?|\\q?quad", line[:MAX_CELL]):
            plain = _NUMBERED.sub("", part.replace("&", "")).strip()
            if (
                len(re.findall(r"\$+", plain)) % 2
            ):  # its other dollar stands behind the condition
                plain = plain.replace("$", "").rstrip(", ")
            cells = _barred(plain) if plain.startswith("|") else []
            if plain.startswith("=") and found and found[-1].equation:
                last = found.pop()  # an equation that goes on
                found.append(last._replace(equation=f"{last.equation} {plain}"))
                continue
            if not (_DERIVED.search(plain) and "=" in plain):
                named = _DEFINES.match(plain)
                defined = (named[1], plain) if named else defined
                continue
            if len(cells) > 1:
                found.append(Published(place, *cells[:2]))
                continue
            spans = [match[0] for match in SPAN.finditer(plain) if "=" in match[0]]
            several = spans if len(spans) > 1 else [*_each(plain)]
            for one in several:  # which may stand in a line of prose
                if _DERIVED.search(one):
                    found.append(_equation(place, one, *defined))
                elif named := _DEFINES.match(one):
                    defined = named[1], one
    return found


def _equation(place: str, equation: str, name: str, told: str) -> Published:
    """An equation, with what stands before it where that says what f in f' is."""
    first = sides(_inside(equation))
    under = slope(first[0]) if first else None
    if name and under and re.fullmatch(rf"{re.escape(name)}(?!\w).*", under.inner):
        return Published(place, told, equation)
    *where, last = _WHERE.split(equation, maxsplit=1)
    if where and not _OTHERWISE.search(equation):
        return Published(place, equation=where[0], condition=last)
    return Published(place, equation=equation)


_DEFINES = re.compile(r"\W*?(\\?[A-Za-z]+)\s*(?:\(\s*\\?\w+\s*\)\s*)?=")
_WHERE = re.compile(rf"(?<=\$)\s*(?:{IF})\s+(?=\$)")
_OTHERWISE = re.compile(rf"\b(?:{ELSE})\b")


def _inside(text: str) -> str:
    """What stands between the dollars around a whole text, or the text."""
    span = SPAN.fullmatch(text.strip())
    return next(filter(None, span.groups())) if span else text


def _each(text: str) -> Iterator[str]:
    """The equations of a line with commas: (a^x)' = a^x ln a, (e^x)' = e^x."""
    inside = _inside(text)
    cuts, depth = [0], 0
    for place, char in enumerate(inside):
        depth += (char in "([{") - (char in ")]}")
        if char in ",;，；" and depth <= 0:
            first, *others = sides(inside[place + 1 :]) or [""]
            under = slope(first)
            if others and under is not None and under.held:
                cuts.append(place + 1)
    if len(cuts) == 1:
        yield text
        return
    for start, end in pairwise([*cuts, len(inside) + 1]):
        yield inside[start : end - 1]


_NUMBERED = re.compile(r"^\s*(?:[-*+]\s|(?:\d+\.)+\s|\d+\)\s)?(?:\s|\\[;,!:])*")
