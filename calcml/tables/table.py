"""A table: its rows, and how it is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from calcml.core.arguments import checked
from calcml.core.display import Display
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.files import write
from calcml.tables.catalogue import Entry, catalogue
from calcml.tables.columns import COLUMNS, STANDARD, reports
from calcml.tables.formats import FORMATS, checked_format, written
from calcml.tables.rows import Failed, Row, made
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN, one_line


class Table(Sheet, Display):
    """A table of derivatives, all computed and checked."""

    indent = 2

    def render(self, format: str = "markdown", **options: Any) -> str:
        """The table as text of a format: markdown, latex, html or json."""
        return _text(written(self, format, **options), format)

    def markdown(self) -> str:
        """A Markdown table that reads well as it is, too."""
        return self.render("markdown")

    def latex(self) -> str:
        """A tabular; the document that reads it in needs amsmath."""
        return self.render("latex")

    def html(self) -> str:
        """A table in HTML for a notebook, formulas in MathML."""
        return self.render("html", document=False)

    def as_dict(self) -> dict[str, Any]:
        """The title and the rows for JSON."""
        from calcml.tables.formats.json import as_dict

        return as_dict(self)

    def to_dataframe(self) -> Any:
        """The table as a DataFrame of pandas, which need not be installed else."""
        try:
            from pandas import DataFrame
        except ImportError:
            raise UnsupportedError(
                "pandas is missing: pip install 'calcml[tables]', or write csv"
            ) from None
        from calcml.tables.formats.csv import frame

        head, lines = frame(self)
        return DataFrame(lines, columns=head)

    def save(
        self, path: str | os.PathLike[str], format: str | None = None, **options: Any
    ) -> None:
        """Write the table, whole or not at all; the path's ending tells the format.

        A format that is given wins over the ending. Raises UnsupportedError for an
        ending that tells none and no format, OSError where it cannot be written.
        """
        made = written(self, format_of(path, format), **options)
        write(path, made if isinstance(made, bytes) else made.encode())

    def __str__(self) -> str:
        return self.render()


def _text(made: str | bytes, format: str) -> str:
    if isinstance(made, bytes):
        raise UnsupportedError(f"{format} is no text; save it to a file")
    return made


def format_of(path: str | os.PathLike[str], format: str | None = None) -> str:
    """The format of a file: what is asked for, or what its name tells."""
    if format is not None:
        return checked_format(format)
    suffix = Path(path).suffix.lower()
    for name, ending in FORMATS.items():
        if suffix == ending:
            return name
    raise UnsupportedError(
        f"the name {Path(path).name} does not tell the format; "
        f"end it with {', '.join(FORMATS.values())}"
    )


@checked
def table(
    name: str | os.PathLike[str] | None = None,
    *,
    rows: Any = None,
    columns: str | Iterable[str] | None = None,
    sort: str | None = None,
    title: str | None = None,
    language: str | None = None,
    first: int | None = None,
    keep_going: bool = False,
) -> Table:
    """The table of the catalogue `name`, each derivative computed and checked.

    `name` is one of calcml's catalogues, such as "basics" or "layers" (backward
    passes), or the path of a TOML, JSON or CSV file of one's own; without one, `rows`
    are dictionaries with the keys of such a file's rows, or a DataFrame. `columns` are
    some of name, f, derivative, second, gradient, domain, kinks, values, numpy,
    frameworks, check, steps, plot, reference, note and fisher; `sort` is the one that
    orders the rows ("-f" downwards), `language` en, de, fr or zh. `columns`, `sort`,
    `title` and `language` win over those of the catalogue. `first` is how many rows are
    made, all if absent.

    Raises CalcmlError where there is no such catalogue, and for a row that cannot be
    made or whose check fails, naming it; `keep_going` marks such a row in the table.

    >>> basics = table("basics", first=3)
    >>> len(basics.rows), basics.render("markdown").splitlines()[0]
    (3, '# Derivatives of a first course')
    >>> print(table(rows=[{"formula": "x^3", "by": "x"}]).rows[0].derivative)
    3*x^2
    """
    if (name is None) == (rows is None):
        raise CalcmlError("a table is of a catalogue's name or file, or of rows")
    if first is not None and (type(first) is not int or first < 1):
        raise CalcmlError("first is a whole number from 1")
    listed = columns if columns is None or isinstance(columns, str) else [*columns]
    asked = {"columns": listed, "sort": sort, "title": title, "language": language}
    over = {key: value for key, value in asked.items() if value is not None}
    found = catalogue("table" if name is None else os.fspath(name), rows, over)
    shown = tuple(found.columns) or STANDARD
    entries = found.entries[:first]
    if "gradient" in shown and "derivative" not in shown:
        entries = [entry for entry in entries if entry.leads]
    found_rows, failed = list[Row](), list[Failed]()
    for number, entry in enumerate(entries, 1):
        try:
            found_rows.append(_made(entry, shown, keep_going))
        except CalcmlError as error:
            if not keep_going:
                by = f"{entry.name or one_line(entry.formula)} by {entry.by}"
                error.message = f"row {number} of {found.name} ({by}): {error.message}"
                raise
            failed.append(Failed(entry, error.message))
    told = shown, found.language, found.notes, found.reference, failed
    return Table(found.name, found.title, _ordered(found_rows, found.sort), *told)


def _made(entry: Entry, columns: Sequence[str], keep_going: bool) -> Row:
    """A row with what its columns need; CalcmlError where a check fails."""
    row = made(entry)
    for fact in " ".join(COLUMNS[name].facts for name in columns).split():
        getattr(row, fact)
    for report in () if keep_going else reports(row, columns):
        if not report.ok:
            told = "; ".join(str(report).splitlines())
            raise CalcmlError(f"{told}; --keep-going (keep_going=True) marks it")
    return row


def _ordered(rows: Sequence[Row], sort: str) -> list[Row]:
    """The rows of a group together, those of a formula in their order."""
    groups: dict[str, list[list[Row]]] = {}
    for row in rows:
        blocks = groups.setdefault(row.entry.group, [])
        if row.entry.leads or not blocks:
            blocks.append([])
        blocks[-1].append(row)
    name, cell = sort.removeprefix("-"), lambda block: ""
    if name:
        cell = lambda block: COLUMNS[name].cell(block[0], PLAIN).casefold()  # noqa: E731
    return [
        row
        for blocks in groups.values()
        for block in sorted(blocks, key=cell, reverse=sort.startswith("-"))
        for row in block
    ]
