"""A table: its rows, and how it is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.tables.catalogue import catalogue
from calcml.tables.render import as_json, markdown, tex
from calcml.tables.rows import Row, made

FORMATS: dict[str, Callable[[str, Sequence[Row]], str]] = {
    "markdown": markdown,
    "latex": tex,
    "json": as_json,
}
SUFFIXES = {".md": "markdown", ".tex": "latex", ".json": "json"}


@dataclass(frozen=True)
class Table:
    """A table of derivatives, all computed and checked."""

    name: str
    title: str
    rows: list[Row]

    def render(self, format: str = "markdown") -> str:
        """The table as text of a format: markdown, latex or json."""
        write = FORMATS.get(format)
        if write is None:
            raise UnsupportedError(
                f"there is no table format {format}; there are {', '.join(FORMATS)}"
            )
        return write(self.title, self.rows)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table, whole or not at all, in the format of the path's suffix.

        Raises UnsupportedError for another suffix, OSError where it cannot be written.
        """
        target = Path(path)
        format = SUFFIXES.get(target.suffix.lower())
        if format is None:
            raise UnsupportedError(
                f"the name {target.name} does not tell the format; "
                f"end it with {', '.join(SUFFIXES)}"
            )
        target = Path(os.path.realpath(target))
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            part.write_text(self.render(format), encoding="utf-8", newline="\n")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def __str__(self) -> str:
        return self.render()

    def _repr_markdown_(self) -> str:
        return self.render()


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
