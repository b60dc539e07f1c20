"""A table laid out: what stands where, in a style, for every format to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from calcml import __version__
from calcml.tables.cells import how
from calcml.tables.columns import COLUMNS, cells_of, reports
from calcml.tables.rows import Failed, Row
from calcml.tables.sheet import Sheet
from calcml.tables.style import Style, one_line
from calcml.tables.words import phrase, translated


class Line(NamedTuple):
    """A row of a table, and what stands in each of its columns."""

    row: Row | Failed
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
    for failed in table.failed:
        cells = [style.code(one_line(failed.entry.formula))] * bool(table.columns)
        cells += [f"{style.word('failed')}: {style.prose(failed.message)}"]
        rest = len(table.columns) - len(cells)
        line = Line(failed, [*cells, *[""] * rest][: len(table.columns)])
        groups.setdefault(failed.entry.group, []).append(line)
    heads = [COLUMNS[name].heading(style.language) for name in table.columns]
    return Layout(
        style.prose(table.title),
        [style.prose(head) for head in heads],
        [(style.prose(name), lines) for name, lines in groups.items()],
        footnotes,
        [*_notes(table, style)],
    )


def _cells(table: Sheet, row: Row, style: Style, footnotes: list[str]) -> list[str]:
    """The cells of a row, with the marks of footnotes."""
    found = cells_of(row, style, table.columns)
    if not row.entry.leads:
        found = [
            "" if COLUMNS[name].once else cell
            for name, cell in zip(table.columns, found, strict=True)
        ]
    told = [
        (0, getattr(row.entry, key))
        for key in ("note", "reference")
        if key not in table.columns and row.entry.leads
    ]
    told += [
        (0, f"{phrase('failed', style.language)}: {' '.join(str(report).splitlines())}")
        for report in reports(row, table.columns)
        if not report.ok
    ]
    if "fisher" in table.columns:
        told.append((table.columns.index("fisher"), row.entry.fisher_reference))
    for column, text in told:
        if text:
            shown = style.prose(text)
            if shown not in footnotes:
                footnotes.append(shown)
            found[column] += style.mark(1 + footnotes.index(shown))
    return found


def _notes(table: Sheet, style: Style) -> Iterator[str]:
    """The catalogue's notes, where it is from, and how each row was checked."""
    yield from map(style.prose, table.notes)
    if table.reference:
        yield f"{style.word('Source')}: {style.prose(table.reference)}"
    ways: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows, 1):
        for report in reports(row, table.columns):
            way = translated(how(row, report), style.language)
            ways.setdefault(way, []).append(number)
    told = []
    for way, numbers in ways.items():
        rows = phrase("Rows {}" if len({*numbers}) > 1 else "Row {}", style.language)
        told.append(f"{rows.format(_ranges(numbers))}: {way}")
    by = f"{phrase('Checked by', style.language)} calcml {__version__}"
    yield style.prose(f"{by}. {'. '.join(told)}.")


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers that rise, in short: 1-3, 5."""
    runs: list[list[int]] = []
    for n in dict.fromkeys(numbers):
        if runs and runs[-1][-1] == n - 1:
            runs[-1][1:] = [n]
        else:
            runs.append([n])
    return ", ".join("-".join(map(str, run)) for run in runs)
