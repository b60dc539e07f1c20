"""A table: its rows, and how it is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calcml.core.arguments import checked
from calcml.core.display import Display
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.files import write
from calcml.tables.catalogue import ROWS, catalogue
from calcml.tables.render import as_dict, html, markdown, tex
from calcml.tables.rows import Row, made

SUFFIXES = {".md": "markdown", ".tex": "latex", ".json": "json"}
FORMATS = tuple(SUFFIXES.values())


@dataclass(frozen=True, repr=False)
class Table(Display):
    """A table of derivatives, all computed and checked."""

    name: str
    title: str
    rows: list[Row]
    indent = 2

    def render(self, format: str = "markdown") -> str:
        """The table as text of a format: markdown, latex or json."""
        if format not in FORMATS:
            raise UnsupportedError(
                f"there is no table format {format}; there are {', '.join(FORMATS)}"
            )
        return super().render(format) + "\n"

    def markdown(self) -> str:
        """A Markdown table that reads well as it is, too."""
        return markdown(self.title, self.rows)

    def latex(self) -> str:
        """A tabular; the document that reads it in needs amsmath."""
        return tex(self.title, self.rows)

    def html(self) -> str:
        """A table in HTML, formulas in MathML."""
        return html(self.title, self.rows)

    def as_dict(self) -> dict[str, Any]:
        """The title and the rows for JSON."""
        return {"title": self.title, ROWS: [as_dict(row) for row in self.rows]}

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Write the table, whole or not at all, in a format, that of the path's suffix.

        Raises UnsupportedError for another suffix and no format, or a format against
        the suffix, OSError where it cannot be written.
        """
        format = format_of(path, format)
        write(path, self.render(format).encode())

    def __str__(self) -> str:
        return self.render()


def format_of(path: str | os.PathLike[str], format: str | None = None) -> str:
    """The format of a file: what is asked for, or what its name tells."""
    target = Path(path)
    told = SUFFIXES.get(target.suffix.lower())
    if told and format not in (None, told):
        raise UnsupportedError(
            f"the name {target.name} is one of {told}, not of {format}; end it "
            "otherwise, or leave the format out"
        )
    if not (told or format):
        raise UnsupportedError(
            f"the name {target.name} does not tell the format; "
            f"end it with {', '.join(SUFFIXES)}"
        )
    return told or str(format)


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
    rows = []
    for number, entry in enumerate(found.entries, 1):
        try:
            rows.append(made(entry))
        except CalcmlError as error:
            error.message = f"row {number} of {found.name}: {error.message}"
            raise
    return Table(found.name, found.title, rows)
