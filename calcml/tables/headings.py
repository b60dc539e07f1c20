"""Which columns of a published table hold functions and derivatives: their headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from calcml.core.errors import CalcmlError

Rows = list[list[str]]

# What the headings of columns say, in books of several languages; the first is best.
FUNCTIONS = (
    r"^formula$",
    r"^f\(|^y$|^y=|^f$|[eé]quation|ecuaci|gleichung|formula|formel|expression|definition|^u$|公式|表达式",
    r"function|funktion|fonction|funci|funzion|функц|函数|函數",
)
SLOPES = (
    r"derivative|derivat|ableitung|dérivée|derivee|derivada|производн|导数|導數|导函数"
    r"|^\w\([^)]*\)'|^\w'|^d\[?\w?(\([^)]*\))?\]?/d\w|^frac\{?d\w?(\([^)]*\))?\}?\{?d\w",
    r"gradient|slope|steigung|pente",
)
SECOND = r"second|zweite|seconde|二阶|2nd|''"
VARIABLES = (r"^(variable|var|veränderliche|by|wrt|nach|变量)$",)
CONDITIONS = (
    r"condition|domain|bedingung|definitionsb|domaine|条件|定义域|^for$|valid",
)


class Published(NamedTuple):
    """A row as it was published; `place` says where, `equation` holds both in one."""

    place: str
    function: str = ""
    derivative: str = ""
    variable: str = ""
    condition: str = ""
    equation: str = ""
    shapes: str = ""
    given: str = ""
    upstream: str = ""


_SIGNS = re.compile(r"(?:\\pm|±)\s*|(\\mp|∓)\s*")


def signed(published: Published, at: int) -> Published:
    """A row with the upper signs of its double ones, or with the lower ones."""

    def put(cell: str) -> str:
        return _SIGNS.sub(lambda m: "+-"[at ^ bool(m[1])], cell)

    parts = published.function, published.derivative, published.equation
    function, derivative, equation = map(put, parts)
    return published._replace(
        function=function, derivative=derivative, equation=equation
    )


class Columns(NamedTuple):
    """Columns asked for by their headings, or by their numbers from 1."""

    function: str | None = None
    derivative: str | None = None
    variable: str | None = None


def rows_below(rows: Rows, asked: Columns, before: int) -> list[Published]:
    """The rows of a table below its headings; none where these name no derivative."""
    head = [_heading(cell) for cell in rows[0]]
    pairs = _pairs(head, rows[0], asked)
    by, where = _first(head, VARIABLES), _first(head, CONDITIONS)
    if asked.variable is not None:
        by = _named(head, rows[0], asked.variable)
    named = asked.derivative is not None and asked.derivative.isdecimal()
    found: list[Published] = []
    for line in rows if named else rows[1:]:
        cells = [*line, *[""] * (len(head) - len(line))]
        for f, d in pairs:
            if cells[f].strip() or cells[d].strip():
                place = f"row {before + len(found) + 1}"
                if not cells[f].strip() and found:
                    cells[f] = found[-1].function
                variable = cells[by] if by is not None else _by(rows[0][d])
                condition = cells[where] if where is not None else ""
                row = Published(place, cells[f], cells[d], variable, condition)
                found.append(row._replace(**_stated(rows[0], cells)))
    return found


def _stated(head: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """What columns that calcml's own JSON has say of a row."""
    names = ("shapes", "given", "upstream")
    return {n: cells[head.index(n)] for n in names if n in head}


def _pairs(
    head: Sequence[str], shown: Sequence[str], asked: Columns
) -> list[tuple[int, int]]:
    """The columns of functions and of their derivatives, which may stand twice."""
    slopes = list(_matching(head, SLOPES[0])) or [*_matching(head, SLOPES[1])][:1]
    if asked.derivative is not None:
        slopes = [_named(head, shown, asked.derivative)]
    chosen = asked.function and _named(head, shown, asked.function)
    found: list[tuple[int, int]] = []
    for d in slopes:
        start = found[-1][1] + 1 if found else 0
        f = chosen if isinstance(chosen, int) else _before(head, slopes, start, d)
        if f is not None and f != d:
            found.append((f, d))
    return found


def _before(
    head: Sequence[str], slopes: Sequence[int], start: int, d: int
) -> int | None:
    """The column of the functions whose derivatives stand in column `d`."""
    for pattern in FUNCTIONS:
        among = [i for i in _matching(head, pattern) if i not in slopes]
        near = [i for i in among if start <= i < d] or among
        if near:
            return near[-1]
    return d - 1 if d > start else None


def _matching(head: Sequence[str], pattern: str) -> Iterator[int]:
    for i, cell in enumerate(head):
        if re.search(pattern, cell) and not re.search(SECOND, cell):
            yield i


def _first(head: Sequence[str], patterns: Sequence[str]) -> int | None:
    """The first column whose heading a pattern fits."""
    return next((i for p in patterns for i in _matching(head, p)), None)


def _named(head: Sequence[str], shown: Sequence[str], asked: str) -> int:
    """The column of a heading that is asked for, or of a number from 1."""
    if asked.isdecimal() and 0 < int(asked) <= len(head):
        return int(asked) - 1
    if _heading(asked) in head:
        return head.index(_heading(asked))
    there = ", ".join(cell.strip() for cell in shown)
    raise CalcmlError(f"there is no column {asked}; there are {there}")


def _heading(cell: str) -> str:
    """A heading without its typesetting: $f'(x)$, **f′(x)** and f^{\\prime}(x)."""
    plain = re.sub(r"\^\s*\{?\s*(?:\\prime|['′’])\s*\}?|[′’]", "'", unescape(cell))
    plain = re.sub(
        r"\\(mathrm|text|textbf|mathbf|displaystyle|left|right|d(?=frac))", "", plain
    )
    plain = re.sub(r"\\partial\b|∂", "d", plain)
    plain = re.sub(r"[\\$*`_ \t]|\{(?=d\}?)", "", plain)
    return unicodedata.normalize("NFC", plain).lower()


def _by(heading: str) -> str:
    """The variable that a heading names: f'(t), df/dx."""
    plain = re.sub(r"\\partial\s*|∂", "d", heading)
    quotient = r"\bd\w?(?:\([^()]*\))?\s*/\s*\{?d\s*(\w)"
    told = re.search(rf"'\s*\((\w)\)|{quotient}|\{{d\w?\}}\{{d(\w)", plain)
    return next(filter(None, told.groups()), "") if told else ""
