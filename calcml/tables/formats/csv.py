"""A table in CSV: a line for a row, formulas in calcml's grammar."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

from calcml import __version__
from calcml.tables.columns import COLUMNS, cells_of
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN, one_line
from calcml.tables.words import phrase

CSV = replace(PLAIN, prose=one_line)
RUN = tuple("=+-@\t\r\n＝＋－＠")  # how a cell begins that a spreadsheet computes


def write(table: Sheet, safe: bool = False) -> str:
    """Headings and rows; `safe` puts an apostrophe before what spreadsheets run."""
    head, lines = frame(table)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for line in (head, *lines):
        guarded = [f"'{c}" if safe and c.lstrip().startswith(RUN) else c for c in line]
        writer.writerow(guarded)
    return out.getvalue()


def frame(table: Sheet) -> tuple[list[str], list[list[str]]]:
    """Headings and lines; how a row was checked, and by which version, stands last."""
    style = replace(CSV, language=table.language)
    columns = [name for name in table.columns if name != "check"]
    grouped = any(row.entry.group for row in table.rows)
    shown = [COLUMNS[name].heading(table.language) for name in (*columns, "check")]
    lines = []
    for row in table.rows:
        *cells, check = cells_of(row, style, [*columns, "check"])
        first = [one_line(row.entry.group)] * grouped
        lines.append([*first, *cells, f"calcml {__version__}: {check}"])
    for failed in table.failed:
        empty = [""] * (len(columns) - 1)
        first = [one_line(failed.entry.group)] * grouped
        told = f"{phrase('failed', table.language)}: {one_line(failed.message)}"
        lines.append([*first, one_line(failed.entry.formula), *empty, told])
    return [*[phrase("group", table.language)] * grouped, *shown], lines
