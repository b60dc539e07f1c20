"""A sheet for a course, one page of PDF, from a catalogue that a person edits."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import calcml as cm

CATALOGUE = Path(__file__).parent / "data" / "course_sheet.toml"

table = cm.table(CATALOGUE)
with TemporaryDirectory() as folder:
    path = Path(sys.argv[1] if sys.argv[1:] else f"{folder}/course_sheet.pdf")
    table.save(path, size=8.5, landscape=False)
    print(f"{len(table.rows)} rows, {len(path.read_bytes()) // 1000} kB of PDF")

for row in table.rows:
    print(row.report.verdict, row.entry.formula)
