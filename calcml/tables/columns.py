"""DATA: a line for a column of tables: its name, its headings, what its cells say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from calcml.check import Report
from calcml.core.build import substitute
from calcml.core.expr import symbol, walk
from calcml.tables import cells
from calcml.tables.rows import Row
from calcml.tables.style import Style
from calcml.tables.words import LANGUAGES, translated


class Column(NamedTuple):
    """A column: headings by language, the cell of a row, and what facts it needs.

    `facts` are the attributes of a row that are computed for it, where an error still
    knows its row. `once` is of cells that a formula of several variables has once.
    """

    headings: tuple[str, str, str, str]
    cell: Callable[[Row, Style], str]
    facts: str = ""
    once: bool = False

    def heading(self, language: str) -> str:
        """What stands above the column."""
        return self.headings[LANGUAGES.index(language)]


def kinks(row: Row, style: Style) -> str:
    """Where the function is not smooth, and the subgradients there."""
    told = "; ".join(map(str, row.kinks)) or "none"
    return style.prose(translated(told, style.language))


def check(row: Row, style: Style) -> str:
    """What the derivative rests on."""
    return style.prose(translated(cells.how(row, row.report), style.language))


def plot(row: Row, style: Style) -> str:
    """Graphs of the function and of its derivative, of scalars that are known."""
    from calcml.tables.plots import plot as drawn

    f, slope = row.function, row.derivative
    for name, body in reversed(row.definitions.items()):
        f, slope = [substitute(e, {symbol(name): body}) for e in (f, slope)]
    if row.has_arrays or any(n.op == "formal" for n in walk(f)):
        return ""
    return style.picture(drawn(f, slope, row.variable, row.entry.ranges))


def _text(key: str) -> Callable[[Row, Style], str]:
    return lambda row, style: style.prose(getattr(row.entry, key))


# fmt: off
COLUMNS = {
    "name": Column(("name", "Name", "nom", "名称"), _text("name"), once=True),
    "f": Column(("function", "Funktion", "fonction", "函数"), cells.function, once=True),
    "derivative": Column(("derivative", "Ableitung", "dérivée", "导数"), cells.slope, "cases"),
    "second": Column(("second derivative", "zweite Ableitung", "dérivée seconde", "二阶导数"), cells.second, "second"),
    "gradient": Column(("gradient", "Gradient", "gradient", "梯度"), cells.gradient, "partials", once=True),
    "domain": Column(("domain", "Definitionsbereich", "domaine", "定义域"), cells.domain, "domain"),
    "kinks": Column(("kinks", "Knicke", "points anguleux", "不可导点"), kinks, "kinks"),
    "values": Column(("values", "Werte", "valeurs", "函数值"), cells.values, "values"),
    "numpy": Column(("NumPy", "NumPy", "NumPy", "NumPy"), cells.numpy),
    "frameworks": Column(("in libraries", "in Bibliotheken", "dans les bibliothèques", "在库中"), cells.frameworks, once=True),
    "check": Column(("checked", "geprüft", "vérifié", "校验"), check),
    "steps": Column(("steps", "Schritte", "étapes", "步骤"), cells.steps, "steps"),
    "plot": Column(("plot", "Graph", "graphe", "图像"), plot),
    "reference": Column(("reference", "Quelle", "source", "来源"), _text("reference"), once=True),
    "note": Column(("note", "Anmerkung", "remarque", "备注"), _text("note"), once=True),
    "fisher": Column(("Fisher information", "Fisher-Information", "information de Fisher", "费希尔信息"), cells.fisher, "fisher"),
}
# fmt: on
STANDARD = ("f", "derivative", "domain", "kinks")  # where a catalogue names none


def cells_of(row: Row, style: Style, columns: Sequence[str] = STANDARD) -> list[str]:
    """What stands in the columns of these names."""
    style = replace(style, named="name" not in columns)
    return [COLUMNS[name].cell(row, style) for name in columns]


def reports(row: Row, columns: Sequence[str] = STANDARD) -> list[Report]:
    """What the derivatives in these columns rest on."""
    others = [row.second] if "second" in columns else []
    others += row.partials if "gradient" in columns else []
    found = [row, *(other for other in others if other not in (None, row))]
    return [other.report for other in found if other is not None]
