"""A table in Markdown, which reads well as it is, and rendered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations, zip_longest

from calcml.core.display import markdown_table
from calcml.core.errors import UnsupportedError
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN, one_line

WIDTH, NARROW, ANY = 100, 20, 10**6  # of a line
LEAST, MOST = 12, 4  # characters of a column; lines of a cell


def marked(prose: str) -> str:
    """A text whose characters mean nothing in Markdown."""
    plain = re.sub(_ANYWHERE, r"\\\g<0>", one_line(prose))
    return plain.replace("`", "&#96;").replace("|", "&#124;")


_ANYWHERE = re.compile(
    r"""[*<\\$~] | (?<![^\W_])_ | _(?![^\W_])  # no emphasis, tag, mathematics
    | \](?=[(\[:]) | \[(?=\^) | &(?=\#?\w+;)  # no link, footnote, entity
    """,
    re.VERBOSE,
)


def _code(program: str) -> str:
    """Code in a line, the lines of a program beside each other."""
    lines = [one_line(line) for line in program.splitlines() if line.strip()]
    return " ".join(f"`{line}`" for line in lines)


MARKDOWN = replace(
    PLAIN,
    math=lambda formula: f"`{formula}`",
    prose=marked,
    code=_code,
    mark="[^{}]".format,
)


def write(table: Sheet, width: int = WIDTH) -> str:
    """A heading and tables; footnotes and notes under them.

    Cells go on in the next lines where a line would be over `width` characters, and
    the longest stand under the table; 0 is any width.
    """
    if type(width) is not int or 0 != width < NARROW:
        raise UnsupportedError(f"a width is 0, which is any, or from {NARROW}")
    page = laid_out(table, MARKDOWN)
    footnotes = [*page.footnotes]
    parts = [f"# {page.title}"]
    for name, lines in page.groups:
        rows = [page.head, *(line.cells for line in lines)]
        limits = _limits(rows, width or ANY)
        cells = [
            line
            for row in lines
            for line in _lines(_short(row.cells, limits, footnotes), limits)
        ]
        head = [*_lines(page.head, limits)]
        shown = markdown_table(head[0], [*head[1:], *cells], aligned=True)
        parts += [f"## {name}", shown] if name else [shown]
    parts += [_paragraph(note, width) for note in page.notes]
    for number, told in enumerate(footnotes, 1):
        parts.append(f"[^{number}]: {_paragraph(told, width, 4)}")
    return "\n\n".join(parts) + "\n"


def _paragraph(text: str, width: int, indent: int = 0) -> str:
    """A text in lines, none of which begins a list, a heading or a quotation."""
    lines = wrapped(text, (width or ANY) - 2 * indent).splitlines()
    lines = [re.sub(r"^([-+>#=]|\d+(?=[.)]))", _begun, line) for line in lines]
    return f"\n{' ' * indent}".join(lines)


def _begun(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _limits(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widths of columns that make the fewest lines."""
    lengths = Counter(tuple(len(cell) for cell in row) for row in rows)
    needed = [max(column) for column in zip(*lengths, strict=True)]
    room = width - 3 * len(needed) - 1
    even = room // len(needed)
    words = [max(map(_longest, column)) for column in zip(*rows, strict=True)]
    least = [min(max(LEAST, word), even) for word in words]
    limits, wide = needed, max(needed)
    while sum(limits) > room and wide > 1:  # first alike
        wide -= 1
        limits = [min(n, max(wide, m)) for n, m in zip(needed, least, strict=True)]
    spare = max(0, room - sum(limits))
    limits[limits.index(max(limits))] += spare if limits != needed else 0
    for step in (8, 4, 2, 1):
        while True:
            tried = [*_moved(limits, needed, least, step)]
            best = min(tried, key=lambda t: _height(lengths, t), default=limits)
            if _height(lengths, best) >= _height(lengths, limits):
                break
            limits = best
    return limits


def _longest(cell: str) -> int:
    """The length of the longest word or piece of code, which no line breaks."""
    code = [f"`{p.strip()}`" for c in _CODE.findall(cell) for p in _pieces(c[1:-1], 0)]
    return max(map(len, [*_CODE.sub("", cell).split(), *code]), default=0)


_CODE = re.compile("`[^`]*`")


def _moved(
    limits: Sequence[int], needed: Sequence[int], least: Sequence[int], step: int
) -> Iterator[list[int]]:
    """The widths with a few characters of one column given to another."""
    for i, j in permutations(range(len(limits)), 2):
        if (
            limits[i] - step >= min(least[i], needed[i])
            and limits[j] + step <= needed[j]
        ):
            moved = [*limits]
            moved[i], moved[j] = moved[i] - step, moved[j] + step
            yield moved


def _height(lengths: Mapping[tuple[int, ...], int], limits: Sequence[int]) -> float:
    """How many lines the rows take, about, and a little of all that goes on."""
    total = 0.0
    for row, times in lengths.items():
        high = [_high(n, w) for n, w in zip(row, limits, strict=True)]
        total += times * (max(high) + sum(high) / 8)
    return total


def _high(length: int, width: int) -> float:
    lines = length / width
    return min(MOST + 1, lines + 1) if lines > 1 else 1


def _short(
    cells: Sequence[str], limits: Sequence[int], footnotes: list[str]
) -> list[str]:
    """The cells of a row, those of too many lines as footnotes."""
    found = []
    for cell, limit in zip(cells, limits, strict=True):
        lines = wrapped(cell, limit).splitlines()
        if len(lines) > MOST or max(map(len, lines), default=0) > limit:
            name, colon, rest = cell.partition(": ")
            named = colon and "`" not in name and len(name) < (MOST - 2) * limit
            footnotes.append(rest if named else cell)
            cell = f"{name}: " * bool(named) + f"[^{len(footnotes)}]"
        found.append(cell)
    return found


def _lines(cells: Sequence[str], limits: Sequence[int]) -> Iterator[list[str]]:
    """The lines of a row."""
    columns = [
        wrapped(cell, limit).splitlines() or [""]
        for cell, limit in zip(cells, limits, strict=True)
    ]
    for line in zip_longest(*columns, fillvalue=""):
        yield [*line]


def wrapped(cell: str, width: int) -> str:
    """A cell in lines of a width, where words and operators end; code stays code."""
    lines = [""]
    for space, code, tail in re.findall(r"(\s*)(`[^`]*`)?([^\s`]*)", cell):
        pieces = _pieces(code[1:-1], width) if code else [""]
        for i, piece in enumerate(pieces):
            end = tail if i == len(pieces) - 1 else ""
            before = lines[-1]
            if code and i:
                joined = f"{before[:-1]}{piece}`{end}"
            else:
                joined = f"{before}{' ' * bool(space and before)}" + (
                    f"`{piece}`{end}" if code else end
                )
            if len(joined) <= width or not before:
                lines[-1] = joined
            else:
                lines.append(f"`{piece.strip()}`{end}" if code else end)
    return "\n".join(lines)


def _pieces(code: str, width: int) -> list[str]:
    """Code in pieces at its spaces; one of over a line, after its operators, too."""
    found = []
    for piece in re.findall(r" ?[^ ]+", code):
        fits = len(piece) < width - 1
        found += [piece] if fits else re.findall(r"[^*/,(]+[*/,(]*|[*/,(]+", piece)
    return found or [code]
