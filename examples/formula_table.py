"""A table of derivatives for a handout, each computed and then checked by SymPy."""

from pathlib import Path
from tempfile import TemporaryDirectory

import calcml as cm

CATALOGUE = """
title = "Losses of one example"

[[rows]]
formula = "(p - y)^2"
by = "p"

[[rows]]
formula = "softplus(z) - y*z"
by = "z"

[[rows]]
formula = "log(cosh(p - y))"
by = "p"
"""

with TemporaryDirectory() as folder:
    path = Path(folder) / "losses.toml"
    path.write_text(CATALOGUE, encoding="utf-8")
    table = cm.table(path)
    table.save(Path(folder) / "losses.tex")  # for a paper; .md and .json work as well
    print(table)

for row in table.rows:
    print(row.report.verdict, row.entry.formula)
