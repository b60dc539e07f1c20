"""A table as PDF, by Typst."""

from __future__ import annotations

from calcml.tables.formats.typst import compiled
from calcml.tables.sheet import Sheet


def write(
    table: Sheet, paper: str = "a4", landscape: bool | None = None, size: float = 9
) -> bytes:
    """Pages of a paper."""
    return compiled(table, "pdf", paper=paper, landscape=landscape, size=size)
