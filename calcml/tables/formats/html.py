"""A table in HTML, formulas in MathML."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

from calcml.core.display import html_table, mathml
from calcml.tables.formats.latex import LATEX, sizes
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet

HTML = replace(
    LATEX,
    math=partial(mathml, alone=False),
    prose=escape,
    shape=lambda names: mathml(sizes(names), alone=False),
    mark="<sup>{}</sup>".format,
)


def write(table: Sheet) -> str:
    """A heading and a table."""
    page = laid_out(table, HTML)
    lines = [line.cells for line in page.lines]
    return f"<h3>{page.title}</h3>{html_table(page.head, lines)}"
