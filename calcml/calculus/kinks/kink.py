"""A kink, and the sequence of all kinks of a function, as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

from calcml.algebra.facts import Facts
from calcml.calculus.kinks.limits import LONG_FRACTION
from calcml.core.decimals import numeral
from calcml.core.display import Display, environment, html_table, markdown_table
from calcml.core.expr import Expr, make
from calcml.core.mathml import mathml
from calcml.printing import latex, text
from calcml.printing.latex import name as name_latex

Form = Callable[[Expr | None], str]


@dataclass(frozen=True)
class Kink:
    """A place where a function is not smooth, not continuous or not defined.

    `value` is the function there, `left_value` and `right_value` are its limits, `left`
    and `right` its slopes on each side; None stands for what does not exist or is not
    known. `low` and `high` are the ends of the set of subgradients: the subdifferential
    if the function is `convex` near the place, else Clarke's generalized gradient.
    `slope` is what calcml's derivative has there, `frameworks` what others compute.
    On a surface (`at` is None, other variables occur) the left side is the one that
    `where_left` states; what is said holds where `condition` does, and no other kink
    lies at the same place. `region` states a set of subgradients that is no interval.
    """

    where: str
    kind: str
    at: Expr | None = None
    condition: Expr | None = None
    value: Expr | None = None
    left_value: Expr | None = None
    right_value: Expr | None = None
    left: Expr | None = None
    right: Expr | None = None
    low: Expr | None = None
    high: Expr | None = None
    convex: bool = False
    slope: Expr | None = None
    where_left: str = ""
    where_right: str = ""
    note: str = ""
    region: str = ""
    approximate: bool = False
    frameworks: dict[str, str | None] = field(default_factory=dict)

    @property
    def subgradients(self) -> str:
        """The set of subgradients, such as "[0, 1]"; "" where there is none."""
        return self.between(shown)

    def between(self, form: Form) -> str:
        """The set of subgradients, its ends in a form."""
        if self.region or self.low is None or self.high is None:
            return self.region
        ends = form(self.low), form(self.high)
        if Facts().decide(make("le", (self.low, self.high))) is True:
            return "[{}, {}]".format(*ends)
        return "from {} to {}".format(*ends)

    @property
    def set_name(self) -> str:
        """What the set of subgradients is."""
        return "subdifferential" if self.convex else "Clarke"

    def as_dict(self) -> dict[str, Any]:
        """The fields as text and truths, for JSON."""
        row: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            row[name] = text(value) if isinstance(value, Expr) else value
        row["subgradients"] = self.subgradients
        row["set"] = self.set_name if self.subgradients else ""
        return row

    def cells(
        self, form: Form | None = None, words: Callable[[str], str] = str
    ) -> list[tuple[str, str]]:
        """What a person reads of it, by the heading: expressions in a form, words."""
        form = form or shown
        cells = [("place", self._place(form, words)), ("kind", self.kind)]
        cells += [("value", form(self.value)), ("limits", self._limits(form))]
        cells += [("left slope", form(self.left)), ("right slope", form(self.right))]
        if self.subgradients:
            told = words(self.region) or self.between(form)
            cells.append((self.set_name, told))
        cells.append(("calcml", form(self.slope)))
        cells += [(name, answer or "-") for name, answer in self.frameworks.items()]
        return cells

    def _place(self, form: Form, words: Callable[[str], str]) -> str:
        """Where it is; the expression that stands there is in the form."""
        told = "" if self.at is None else text(self.at)
        before, found, after = self.where.partition(f"= {told}")
        if self.at is None or not found:
            return words(self.where)
        return f"{words(before)}= {form(self.at)}{words(after)}"

    def _limits(self, form: Form) -> str:
        if self.kind in ("corner", "vertical tangent"):
            return ""
        return f"{form(self.left_value)} | {form(self.right_value)}"

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.kind}"]
        if self.condition is not None:
            lines[0] += f", if {text(self.condition)}"
        lines[0] += f" ({self.note})" if self.note else ""
        sides = [(self.where_left or "left", self.left_value, self.left)]
        sides += [(self.where_right or "right", self.right_value, self.right)]
        for name, limit, slope in sides:
            parts = []
            if limit is not None:
                parts.append(f"limit {text(limit)}")
            if slope is not None:
                parts.append(f"slope {text(slope)}")
            lines.append(f"  {name}: {', '.join(parts) or '-'}")
        lines.append(f"  value {shown(self.value)}, slope taken {shown(self.slope)}")
        if self.subgradients:
            lines.append(f"  {self.set_name}: {self.subgradients}")
        if self.frameworks:
            told = [f"{k} {v or '-'}" for k, v in self.frameworks.items()]
            lines.append(f"  {', '.join(told)}")
        return "\n".join(lines)


_MAYBE = [f.name for f in fields(Kink) if f.type == "Expr | None"]
EXPRESSIONS = [name for name in _MAYBE if name != "condition"]


def _math(e: Expr | None) -> str:
    return "-" if e is None else mathml(latex(e), alone=False)


def shown(e: Expr | None) -> str:
    """A value as text; a long fraction as the decimal that it is, if it is one."""
    if e is None:
        return "-"
    if e.op == "number" and len(e.text) > LONG_FRACTION:
        return text(numeral(e.value, True))
    return text(e)


class Kinks(Sequence[Kink], Display):
    """All kinks of a function that were found, in order; true if there are any.

    `complete` says that there are no others; `everywhere` that the function is defined
    for all values of its variables, `unknown` names functions in it that are not
    known, which are taken to be smooth.
    """

    def __init__(
        self,
        found: Sequence[Kink],
        complete: bool = True,
        everywhere: bool = False,
        unknown: Sequence[str] = (),
    ) -> None:
        self._kinks = tuple(found)
        self.unknown = tuple(unknown)
        self.complete = complete
        self.everywhere = everywhere

    def __len__(self) -> int:
        return len(self._kinks)

    def __iter__(self) -> Iterator[Kink]:
        return iter(self._kinks)

    def __getitem__(self, place: Any) -> Any:
        return self._kinks[place]

    def __bool__(self) -> bool:
        return bool(self._kinks)

    def __repr__(self) -> str:
        return str(self)

    def _nothing(self) -> str:
        if not self.complete:
            return "no kinks found; not all places could be looked at"
        return (
            "smooth everywhere" if self.everywhere else "smooth wherever it is defined"
        )

    def __str__(self) -> str:
        if not self._kinks:
            return self._nothing()
        lines = [str(kink) for kink in self._kinks]
        if not self.complete:
            lines.append("there may be others: not all places could be found")
        return "\n".join(lines)

    def _table(
        self, form: Form | None = None, words: Callable[[str], str] = str
    ) -> tuple[list[str], list[list[str]]]:
        """Headings, and the cells of each kink."""
        rows = []
        for kink in self._kinks:
            cells = dict(kink.cells(form, words))
            if kink.subgradients:
                of = cells.pop(kink.set_name)
                cells["subgradients"] = f"{of} ({kink.set_name})"
            rows.append(cells)
        first = ["place", "kind", "value", "limits", "left slope", "right slope"]
        first += ["subgradients", "calcml"]
        names = dict.fromkeys([*first, *(k for row in rows for k in row)])
        kept = [
            n for n in names if any(row.get(n, "") not in ("", "-") for row in rows)
        ]
        return kept, [[row.get(n, "") for n in kept] for row in rows]

    def markdown(self) -> str:
        """A Markdown table."""
        return markdown_table(*self._table()) if self._kinks else self._nothing()

    def html(self) -> str:
        """A table in HTML, formulas in MathML."""
        if not self._kinks:
            return f"<p>{self._nothing()}</p>"
        return html_table(*self._table(_math, escape))

    def latex(self) -> str:
        """A LaTeX array: place, kind, slopes, set of subgradients, slope taken."""
        if not self._kinks:
            return rf"\text{{{self._nothing()}}}"
        head = (
            r"\text{place} & \text{kind} & f'_- & f'_+ & \partial f & \text{taken} \\"
        )
        return environment("array", [head, *map(_latex_row, self._kinks)], "llllll")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kinks": [kink.as_dict() for kink in self._kinks],
            "complete": self.complete,
            "smooth_everywhere": self.everywhere,
            "unknown": list(self.unknown),
        }


class KinksByName(dict[str, Kinks], Display):
    """The kinks along each of several variables, by its name."""

    def __repr__(self) -> str:
        return "\n\n".join(f"by {name}\n{found}" for name, found in self.items())

    __str__ = __repr__

    def latex(self) -> str:
        """An array of LaTeX for each variable."""
        told = [rf"{name_latex(v)}\colon\quad {k.latex()}" for v, k in self.items()]
        return r" \qquad ".join(told)

    def markdown(self) -> str:
        """A Markdown table for each variable."""
        told = [f"By `{name}`\n\n{found.markdown()}" for name, found in self.items()]
        return "\n\n".join(told)

    def html(self) -> str:
        """A table in HTML for each variable, formulas in MathML."""
        told = [f"<p>by {escape(n)}</p>{found.html()}" for n, found in self.items()]
        return "".join(told)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: found.as_dict() for name, found in self.items()}


def _latex_row(kink: Kink) -> str:
    def shown(e: Expr | None) -> str:
        return "" if e is None else latex(e)

    place = rf"\text{{{kink.where}}}" if kink.at is None else latex(kink.at)
    both = f"[{shown(kink.low)}, {shown(kink.high)}]" if kink.subgradients else ""
    cells = [place, rf"\text{{{kink.kind}}}", shown(kink.left), shown(kink.right)]
    return " & ".join([*cells, both, shown(kink.slope)]) + r" \\"
