"""A table: its rows, and how it is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calcml.core.arguments import checked
from calcml.core.display import Display
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.files import write
from calcml.tables.catalogue import Catalogue, Entry, catalogue
from calcml.tables.columns import COLUMNS, STANDARD
from calcml.tables.formats import FORMATS, checked_format, written
from calcml.tables.rows import Row, made
from calcml.tables.sheet import Sheet


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
def table(name: str | os.PathLike[str]) -> Table:
    """The table of the catalogue `name`, each derivative computed and checked.

    `name` is "basics", "activations", "layers" (backward passes), or the path of a TOML
    file of one's own, which declares the shapes of its arrays.

    Raises CalcmlError where there is none, or naming the row that cannot be made.

    >>> basics = table("basics")
    >>> len(basics.rows), basics.render("markdown").splitlines()[0]
    (9, '# Derivatives of a first course')
    """
    found = catalogue(os.fspath(name))
    columns = tuple(found.columns) or STANDARD
    rows = [_made(found, i, entry, columns) for i, entry in enumerate(found.entries, 1)]
    return Table(
        found.name,
        found.title,
        rows,
        columns,
        found.language,
        found.notes,
        found.reference,
    )


def _made(found: Catalogue, number: int, entry: Entry, columns: Sequence[str]) -> Row:
    """A row with what its columns need."""
    try:
        row = made(entry)
        for fact in " ".join(COLUMNS[name].facts for name in columns).split():
            getattr(row, fact)
    except CalcmlError as error:
        error.message = f"row {number} of {found.name}: {error.message}"
        raise
    return row
