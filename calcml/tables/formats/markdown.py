"""A table in Markdown, which reads well as it is, and rendered."""

from __future__ import annotations

import re
from dataclasses import replace

from calcml.core.display import markdown_table
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN


def marked(prose: str) -> str:
    """A text whose characters mean nothing in Markdown."""
    return re.sub(r"([*<`\\])", r"\\\1", " ".join(prose.split()))


MARKDOWN = replace(
    PLAIN, math=lambda formula: f"`{formula}`", prose=marked, mark="[^{}]".format
)


def write(table: Sheet) -> str:
    """A heading and a table; footnotes and notes under it."""
    page = laid_out(table, MARKDOWN)
    lines = [line.cells for line in page.lines]
    parts = [f"# {page.title}", markdown_table(page.head, lines, aligned=True)]
    parts += page.notes
    parts += [f"[^{n}]: {text}" for n, text in enumerate(page.footnotes, 1)]
    return "\n\n".join(parts) + "\n"
