"""A table as a picture of vectors, SVG, by Typst."""

from __future__ import annotations

from calcml.tables.formats.typst import compiled
from calcml.tables.sheet import Sheet


def write(table: Sheet, landscape: bool | None = None, size: float = 9) -> bytes:
    """One page, as long as the table."""
    return compiled(table, "svg", landscape=landscape, size=size, endless=True)
