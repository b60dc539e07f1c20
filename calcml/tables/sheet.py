"""What a table is made of: rows, and which columns show them, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calcml.tables.columns import STANDARD
from calcml.tables.rows import Failed, Row


@dataclass(frozen=True, repr=False)
class Sheet:
    """Rows with what stands above and below them: what a format writes."""

    name: str
    title: str
    rows: list[Row]
    columns: Sequence[str] = STANDARD
    language: str = "en"
    notes: Sequence[str] = ()
    reference: str = ""
    failed: Sequence[Failed] = ()
