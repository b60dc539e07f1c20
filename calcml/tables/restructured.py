"""The tables of reStructuredText, read by docutils: lists, CSV, grids, simple ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calcml.core.errors import CalcmlError
from calcml.tables.headings import Rows

# Nothing is put in from elsewhere, and what is wrong beside the tables is not told.
SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "_disable_config": True,
}


def tables(text: str) -> Iterator[Rows]:
    """Each table of a text, with formulas between dollars and code between ticks.

    Raises CalcmlError where docutils is not installed, or cannot read a table.
    """
    try:
        from docutils import ApplicationError, nodes
        from docutils.core import publish_doctree
    except ImportError:
        raise CalcmlError(
            "reStructuredText needs docutils: pip install 'calcml[tables]'"
        ) from None
    try:
        document = publish_doctree(text, settings_overrides=SETTINGS)
    except (ApplicationError, RecursionError) as error:
        raise CalcmlError(f"docutils does not read it: {error}") from None
    for message in document.findall(nodes.system_message):
        told = message.children[0].astext()
        if "table" in told.lower():
            raise CalcmlError(f"line {message['line']}: {' '.join(told.split())}")
    for table in document.findall(nodes.table):
        rows = table.findall(nodes.row)
        yield [["".join(_told(cell, nodes)).strip() for cell in row] for row in rows]


def _told(node: Any, nodes: Any) -> Iterator[str]:
    """What a cell says; marks of footnotes say nothing."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        yield f"${' '.join(node.astext().split())}$"
    elif isinstance(node, nodes.literal):
        yield f"`{node.astext()}`"
    elif isinstance(node, nodes.Text):
        yield node.astext()
    elif not isinstance(node, (nodes.footnote_reference, nodes.system_message)):
        for part in node.children:
            yield from _told(part, nodes)
