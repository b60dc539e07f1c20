"""A table in Markdown, which reads well as it is, and rendered."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from calcml.core.display import markdown_table
from calcml.core.errors import UnsupportedError
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import PLAIN, one_line

WIDTH, NARROW, ANY = 100, 20, 10**6  # of a line


def marked(prose: str) -> str:
    """A text whose characters mean nothing in Markdown."""
    plain = re.sub(_ANYWHERE, r"\\\g<0>", one_line(prose))
    return plain.replace("`", "&#96;").replace("|", "&#124;")


_ANYWHERE = re.compile(
    r"""[*<\\$~] | (?<![^\W_])_ | _(?![^\W_])  # no emphasis, tag, mathematics
    | \](?=[(\[:]) | \[(?=\^) | &(?=\#?\w+;)  # no link, footnote, entity
    """,
    re.VERBOSE,
)


def _code(program: str) -> str:
    """Code in a line, the lines of a program beside each other."""
    lines = [one_line(line) for line in program.splitlines() if line.strip()]
    return " ".join(f"`{line}`" for line in lines)


MARKDOWN = replace(
    PLAIN,
    math=lambda formula: f"`{formula}`",
    prose=marked,
    code=_code,
    mark="[^\0{}]".format,  # with a sign that no text has, until all are numbered
)
_MARK = re.compile(r"\[\^\0(\d+)\]")


def write(table: Sheet, width: int = WIDTH) -> str:
    """A heading and tables, a row in a line; footnotes and notes under them.

    A cell without room in lines of `width` characters, of which 0 is any, becomes a
    footnote, whose mark stands behind the name that the cell begins with.
    """
    if type(width) is not int or 0 != width < NARROW:
        raise UnsupportedError(f"a width is 0, which is any, or from {NARROW}")
    page = laid_out(table, MARKDOWN)
    numbers: dict[str, int] = {}

    def mark(told: str) -> str:
        return f"[^{numbers.setdefault(told, len(numbers) + 1)}]"

    parts = [f"# {page.title}"]
    for name, lines in page.groups:
        cells = [[_parted(cell) for cell in line.cells] for line in lines]
        prices = [PRICES.get(column, PRICES[""]) for column in table.columns]
        limits = _limits(page.head, prices, cells, width or ANY)
        rows = [
            [
                _shown(cell, limit, page.footnotes, mark)
                for cell, limit in zip(row, limits, strict=True)
            ]
            for row in cells
        ]
        parts += [f"## {name}"] if name else []
        parts.append(markdown_table(page.head, rows, aligned=True))
    parts += [_paragraph(note, width) for note in page.notes]
    for told, number in numbers.items():
        parts.append(f"[^{number}]: {_paragraph(told, width, 4)}")
    return "\n\n".join(parts) + "\n"


# What a footnote costs a reader: behind a name, and alone. A row has to be known by its
# function, and is read for its derivative.
PRICES = {"name": (9, 20), "f": (1, 20), "derivative": (5, 6), "": (2, 3)}


class Cell(NamedTuple):
    """A cell, what stands for it where it becomes a footnote, and its own marks."""

    whole: str
    name: str
    marks: str

    def ways(self, costs: tuple[int, int] = (0, 0)) -> tuple[tuple[int, int], ...]:
        """How long it may be, and what it costs its reader: as a name, as a mark."""
        own = len(self.marks) + (len(FOOTNOTE) + bool(self.marks) if self.whole else 0)
        whole = len(self.whole) + len(self.marks)
        return (whole, 0), (len(self.name) + own, costs[0]), (own, costs[1])


FOOTNOTE = "[^100]"  # as long as a mark may be


def _parted(cell: str) -> Cell:
    """A cell and its name: of `relu(x) = max(x, 0)`, of "at 0: a jump"."""
    marks = "".join(found[0] for found in _MARK.finditer(cell))
    whole = _MARK.sub("", cell)
    named = _NAME.match(whole)
    name = next(filter(None, named.groups()), "") if named else ""
    return Cell(whole, name + "`" * (name.count("`") % 2), marks)


_NAME = re.compile(
    r"([^`:;]*(?:`\w+`)?): |(`\w+\([^`]*?\)) = |([^`,;]+)[,;][^`]*$", re.DOTALL
)


def _shown(
    cell: Cell, limit: int, footnotes: Sequence[str], mark: Callable[[str], str]
) -> str:
    """A cell in a width, with the marks of what is told below the table."""
    (whole, _), (named, _), _ = cell.ways()
    shown = cell.whole
    if whole > limit:
        shown = cell.name * (named <= limit) + mark(cell.whole)
    own = [mark(footnotes[int(n) - 1]) for n in _MARK.findall(cell.marks)]
    apart = " " if whole > limit and own else ""  # 1 and 2 are not 12
    return shown + apart + " ".join(own)


def _limits(
    head: Sequence[str],
    prices: Sequence[tuple[int, int]],
    rows: Sequence[Sequence[Cell]],
    width: int,
) -> list[int]:
    """The widths of columns that cost a reader least of those that fit into a line."""
    costs: list[dict[int, int]] = []  # of each column: what its widths cost
    for title, price, *column in zip(head, prices, *rows, strict=True):
        ways = [cell.ways(price) for cell in column]
        least = max([len(title), *(min(n for n, _ in way) for way in ways)])
        at = {max(n, least) for way in ways for n, _ in way}
        costs.append(
            {n: sum(min(c for m, c in way if m <= n) for way in ways) for n in at}
        )
    room = min(width - 3 * len(head) - 1, sum(map(max, costs)))
    best: dict[int, tuple[int, list[int]]] = {0: (0, [])}  # by the room that is taken
    for cost in costs:
        longer: dict[int, tuple[int, list[int]]] = {}
        for (taken, (before, limits)), n in product(best.items(), cost):
            now = before + cost[n], [*limits, n]
            if taken + n <= room and longer.get(taken + n, now) >= now:
                longer[taken + n] = now
        best = longer
    return min(best.values())[1] if best else [*map(min, costs)]


def _paragraph(text: str, width: int, indent: int = 0) -> str:
    """A text in lines, none of which begins a list, a heading or a quotation.

    Formulas that fit into a line are not broken; others stay one piece of code.
    """
    room = (width or ANY) - 2 * indent
    text = re.sub(rf"^({_BEGINS})", _begun, text)
    held = re.sub(rf" (?={_BEGINS})", "\0", text)
    held = re.sub(
        rf"`[^`]{{,{room - 4}}}`", lambda code: code[0].replace(" ", "\0"), held
    )
    lines = textwrap.wrap(held, room, break_long_words=False, break_on_hyphens=False)
    return f"\n{' ' * indent}".join(lines).replace("\0", " ")


_BEGINS = r"[-+>#=*]|\d+[.)](?:\s|$)"


def _begun(found: re.Match[str]) -> str:
    return re.sub(r"([.)]|^\D)", r"\\\1", found[0])
