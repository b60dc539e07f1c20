"""What was found of the rows of a published table, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from calcml.check.report import DIFFERS, Report, shown
from calcml.core.display import Display, html_table, markdown_table
from calcml.tables.headings import Published
from calcml.tables.schema import ROWS

VERDICTS = RIGHT, PARTLY, WRONG, UNKNOWN, UNREAD = (
    "right", "partly", "wrong", "unknown", "unread",
)  # fmt: skip
GRAVITY = (
    WRONG,
    PARTLY,
    UNKNOWN,
    UNREAD,
    RIGHT,
)  # a row's verdict is its worst claim's


@dataclass(frozen=True, slots=True)
class Verified:
    """A row as published, and what was found: a verdict, where it fails, what is right.

    `verdict` is "right", "partly" (it holds where `holds` says), "wrong", "unknown"
    (`notes` say why nobody knows) or "unread" (`notes` say why it is not read).
    `report` is that of `check`, `right` calcml's derivative in the row's own language.
    """

    row: Published
    verdict: str
    notes: tuple[str, ...] = ()
    report: Report | None = None
    right: str = ""
    holds: str = ""

    @property
    def claim(self) -> str:
        """The row as it was published."""
        pair = f"{self.row.function.strip()}  =>  {self.row.derivative.strip()}"
        return " ".join((self.row.equation or pair).split())

    @property
    def told(self) -> str:
        """What was found, in words."""
        found = [f"holds for {self.holds}"] if self.holds else []
        report = self.report
        if report is not None and report.verdict == DIFFERS and self.verdict != RIGHT:
            if report.counterexample and report.values:
                published, right = map(_number, report.values)
                place = shown(report.counterexample)
                found.append(f"at {place} it is {published}, right is {right}")
            found += report.message.split("; ", 1)[1:]
        if self.right:
            found.append(f"right: {self.right}")
        return "; ".join([*found, *self.notes])


@dataclass(frozen=True, repr=False)
class Verification(Display):
    """What was found of each row of a table that somebody published."""

    path: str
    rows: list[Verified] = field(default_factory=list)
    indent = 2

    @property
    def ok(self) -> bool:
        """Whether no row is wrong, nor right on a part of its domain alone."""
        return not any(row.verdict in (WRONG, PARTLY) for row in self.rows)

    def of(self, verdict: str) -> list[Verified]:
        """The rows of a verdict."""
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def summary(self) -> str:
        """How many rows there are of each verdict."""
        counts = [f"{len(self.of(v))} {v}" for v in VERDICTS if self.of(v)]
        return f"{len(self.rows)} rows: {', '.join(counts)}"

    def _cells(self) -> list[list[str]]:
        """The rows of which something is told, the worst first."""
        order = sorted(self.rows, key=lambda row: GRAVITY.index(row.verdict))
        told = [row for row in order if row.verdict != RIGHT or row.notes]
        return [[row.row.place, row.verdict, row.claim, row.told] for row in told]

    def __str__(self) -> str:
        lines = [f"{self.path}: {self.summary}"]
        for place, verdict, claim, told in self._cells():
            lines += [f"{place}, {verdict}: {claim}", f"  {told}"]
        return "\n".join(lines)

    def markdown(self) -> str:
        """The rows of which something is told, as a table."""
        cells = [[*row[:2], _code(row[2]), _code(row[3])] for row in self._cells()]
        return f"{_code(self.path)}: {self.summary}\n\n" + markdown_table(_HEAD, cells)

    def html(self) -> str:
        """The rows of which something is told, as a table; all of it is text."""
        cells = [[*map(escape, row)] for row in self._cells()]
        return f"<p>{escape(self.path)}: {self.summary}</p>{html_table(_HEAD, cells)}"

    def as_dict(self) -> Mapping[str, Any]:
        """Every row with its verdict."""
        rows = [
            {**row.row._asdict(), "verdict": row.verdict, "notes": list(row.notes)}
            | {"right": row.right, "holds": row.holds}
            | {"report": None if row.report is None else row.report.as_dict()}
            for row in self.rows
        ]
        return {"path": self.path, "summary": self.summary, ROWS: rows}


_HEAD = ("row", "verdict", "published", "found")


def _code(shown: str) -> str:
    """A text that Markdown shows as it is."""
    ticks = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " * (len(ticks) > 1)
    return f"{ticks}{pad}{shown}{pad}{ticks}" if shown else ""


def _number(value: Any) -> str:
    return f"{complex(value).real:.6g}"
