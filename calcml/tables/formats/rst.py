"""A table in reStructuredText: a list-table for each group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN, one_line


def escaped(prose: str) -> str:
    """A text that means nothing in reStructuredText."""
    plain = re.sub(r"[\\`*_|]|:(?=\S)", r"\\\g<0>", one_line(prose))
    return re.sub(r"^(?=\W|\w+[.)](\s|$))", r"\\ ", plain)  # no list, no line


def _code(program: str) -> str:
    """Literal text; its lines stand beside each other."""
    lines = [one_line(line) for line in program.splitlines() if line.strip()]
    return " ; ".join(f":literal:`{_inside(line)}`" for line in lines)


def _inside(text: str) -> str:
    return re.sub(r"([\\`])", r"\\\1", text)


RST = replace(
    PLAIN,
    math=_code,
    prose=escaped,
    shape=lambda sizes: escaped(" ".join(sizes)),
    code=_code,
    mark=r" [{}]_".format,
)


def write(table: Sheet) -> str:
    """A heading, tables, notes, and footnotes."""
    return "\n".join(_lines(table))


def _lines(table: Sheet) -> Iterator[str]:
    page = laid_out(table, RST)
    yield from _heading(page.title, "=")
    for name, lines in page.groups:
        if name:
            yield from _heading(name, "-")
        yield from (".. list-table::", "   :header-rows: 1", "")
        for cells in (page.head, *(line.cells for line in lines)):
            for i, cell in enumerate(cells):
                yield f"   {'  -' if i else '* -'} {cell}".rstrip()
        yield ""
    for note in page.notes:
        yield from (note, "")
    for number, text in enumerate(page.footnotes, 1):
        yield from (f".. [{number}] {text}", "")


def _heading(text: str, line: str) -> tuple[str, ...]:
    return text, line * max(2 * len(text), 4), ""
