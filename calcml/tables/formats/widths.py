"""How wide the columns of a page are, from what stands in them as text."""

from __future__ import annotations

import re

from calcml.tables.columns import COLUMNS, cells_of
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN

LEAST, MOST, PICTURE = 8, 60, 30  # characters of a column; a plot's
PORTRAIT = 108  # characters that stand beside each other on a page


def widths(table: Sheet) -> tuple[list[float], bool]:
    """The columns' shares of a page, and whether it should be landscape.

    A column is as wide as the longest of its texts that are not broken: between commas,
    or a third of the whole.
    """
    needed = [_needed(table, name) for name in table.columns]
    return [n / sum(needed) for n in needed], sum(needed) > PORTRAIT


def _needed(table: Sheet, name: str) -> int:
    if name == "plot":
        return PICTURE
    found = [COLUMNS[name].heading(table.language).split()[-1]]
    for row in table.rows:
        (cell,) = cells_of(row, PLAIN, [name])
        found += [*re.split(r"[,;:]\s|\n", cell), "x" * (len(cell) // 3)]
    return min(max(LEAST, *map(len, found)), MOST) + 2  # and the space between columns
