"""A table laid out: what stands where, in a style, for every format to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from calcml.tables.columns import COLUMNS, cells_of
from calcml.tables.rows import Row
from calcml.tables.sheet import Sheet
from calcml.tables.style import Style


class Line(NamedTuple):
    """A row of a table, and what stands in each of its columns."""

    row: Row
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Title, headings, lines under the headings of their groups, and what follows.

    All texts are written in the format's style, so that a format joins them as they
    are. A group without a heading has "". `footnotes` belong to marks in cells, from 1.
    """

    title: str
    head: list[str]
    groups: list[tuple[str, list[Line]]]
    footnotes: list[str]
    notes: list[str]  # under the table: those of the catalogue, how rows were checked

    @property
    def lines(self) -> list[Line]:
        """All lines in order."""
        return [line for _, lines in self.groups for line in lines]


def laid_out(table: Sheet, style: Style) -> Layout:
    """The table in a style; `style.language` gives way to that of the table."""
    style = replace(style, language=table.language)
    footnotes: list[str] = []
    groups: dict[str, list[Line]] = {}
    for row in table.rows:
        line = Line(row, _cells(table, row, style, footnotes))
        groups.setdefault(row.entry.group, []).append(line)
    heads = [COLUMNS[name].heading(style.language) for name in table.columns]
    return Layout(
        style.prose(table.title),
        [style.prose(head) for head in heads],
        [(style.prose(name), lines) for name, lines in groups.items()],
        footnotes,
        [style.prose(note) for note in [*table.notes, *how_checked(table)]],
    )


def _cells(table: Sheet, row: Row, style: Style, footnotes: list[str]) -> list[str]:
    """The cells of a row, the first that is not empty with the marks of footnotes."""
    found = cells_of(row, style, table.columns)
    if not row.entry.leads:
        found = [
            "" if COLUMNS[name].once else cell
            for name, cell in zip(table.columns, found, strict=True)
        ]
    told = [
        style.prose(getattr(row.entry, key))
        for key in ("note", "reference")
        if key not in table.columns and row.entry.leads and getattr(row.entry, key)
    ]
    for text in told:
        footnotes.append(text)
        found[0] += style.mark(len(footnotes))
    return found


def how_checked(table: Sheet) -> Sequence[str]:
    """How each row was checked, and by which version."""
    return ()
