"""A table in JSON, formulas in calcml's grammar and in LaTeX."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from calcml import __version__
from calcml.printing import text
from calcml.tables.cells import choice
from calcml.tables.columns import COLUMNS
from calcml.tables.formats.latex import LATEX
from calcml.tables.rows import Row
from calcml.tables.schema import ROWS
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN


def write(table: Sheet) -> str:
    """The title and the rows."""
    return json.dumps(as_dict(table), ensure_ascii=False, indent=2) + "\n"


def as_dict(table: Sheet) -> dict[str, Any]:
    """The title and the rows, as JSON holds them."""
    rows = [_row(row, table.columns) for row in table.rows]
    failed = [{"formula": f.entry.formula, "failed": f.message} for f in table.failed]
    told = {"language": table.language, "notes": [*table.notes]}
    told |= {"reference": table.reference, "version": __version__}
    return {"title": table.title, **told, ROWS: rows} | (
        {"failed": failed} if failed else {}
    )


def _row(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    entry, report = row.entry, row.report
    found: dict[str, Any] = {c: COLUMNS[c].cell(row, PLAIN) for c in columns}
    found["derivative"] = text(row.derivative)
    if row.cases:
        found["cases"] = choice(row.derivative, row.cases, PLAIN)
    found["checked"] = {
        "against": "finite differences" if row.has_arrays else "SymPy",
        "verdict": report.verdict,
        "method": report.method,
        "points": report.points,
    }
    found |= {"formula": entry.formula, "variable": row.variable.value}
    for key in ("name", "group", "note", "reference", "upstream"):
        found[key] = getattr(entry, key)
    found |= {"shapes": row.shapes, "given": list(entry.given)}
    found["definitions"] = {k: text(e) for k, e in row.definitions.items()}
    latex = [c for c in columns if c in ("f", "derivative", "domain")]
    found["latex"] = {c: COLUMNS[c].cell(row, LATEX) for c in latex}
    return found
