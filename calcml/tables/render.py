"""A table as Markdown, LaTeX or JSON: a style is data, the cells are made once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from calcml.expr import Expr, make
from calcml.printing.latex import latex, name as latex_name
from calcml.printing.text import text
from calcml.tables.cases import Case, cases
from calcml.tables.rows import Row

COLUMNS = ("function", "derivative", "domain", "kinks", "checked")
EVERYWHERE = "all real numbers"


@dataclass(frozen=True, slots=True)
class Style:
    """How a format writes formulas, names, cases, and prose between them."""

    formula: Callable[[Expr], str]
    name: Callable[[str], str]
    cases: Callable[[Sequence[tuple[str, str]]], str]
    math: Callable[[str], str]
    prose: Callable[[str], str]
    typed: bool  # whether a formula is also shown as it was typed


def _cases_in_text(found: Sequence[tuple[str, str]]) -> str:
    return ", ".join(
        f"{v} {f'if {when}' if when else 'otherwise'}" for v, when in found
    )


def _cases_in_latex(found: Sequence[tuple[str, str]]) -> str:
    lines = [
        rf"{v} & \text{{if }} {when}" if when else rf"{v} & \text{{otherwise}}"
        for v, when in found
    ]
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


def _code(formula: str) -> str:
    """A code span; a bar would end the cell."""
    return "`" + formula.replace("|", r"\|") + "`"


def _marked(prose: str) -> str:
    return re.sub(r"([*|<`\\])", r"\\\1", " ".join(prose.split()))


_NAMED = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum"}
_TEX = {c: rf"\text{n}{{}}" for c, n in _NAMED.items()}
_TEX |= {c: rf"\{c}" for c in "&%$#_{}"} | {c: f"${c}$" for c in "<>*"}


def _escaped(prose: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(prose.split()))


def _displayed(formula: str) -> str:
    return rf"$\displaystyle {formula}$"


PLAIN = Style(text, str, _cases_in_text, str, str, True)
MARKDOWN = Style(text, str, _cases_in_text, _code, _marked, True)
LATEX = Style(latex, latex_name, _cases_in_latex, _displayed, _escaped, False)


# --- cells -------------------------------------------------------------------------


def cells(row: Row, style: Style) -> list[str]:
    """What stands in each column."""
    return [
        function(row, style),
        style.math(_choice(row.derivative, row.cases, style)),
        domain(row, style),
        style.prose("; ".join(map(str, row.kinks)) or "none"),
        style.prose(checked(row)),
    ]


def function(row: Row, style: Style) -> str:
    """The function, in the ways it is written: sigmoid(x) = 1/(1 + exp(-x))."""
    forms = [style.name(row.name)] if row.name else []
    if style.typed and not row.name and not row.definitions:
        forms.append(" ".join(row.entry.formula.split()))
    forms.append(style.formula(row.function))
    if row.meaning is not None:
        forms.append(
            _choice(row.meaning, cases(row.meaning, row.variable, tidy=False), style)
        )
    kept = {form.replace(" ", ""): form for form in reversed(forms)}
    math = [" = ".join(reversed(kept.values()))]
    for name, body in row.definitions.items():
        math.append(f"{style.name(name)} = {style.formula(body)}")
    shown = ", ".join(map(style.math, math))
    if row.entry.title:
        shown = f"{style.prose(row.entry.title)}: {shown}"
    elif row.variable.value != "x" and len(row.function.free_symbols) > 1:
        shown = f"{shown}, by {style.math(style.name(row.variable.value))}"
    return shown


def domain(row: Row, style: Style) -> str:
    """The conditions under which the function is defined and real."""
    if not row.domain:
        return style.prose(EVERYWHERE)
    whole = row.domain[0]
    for condition in row.domain[1:]:
        whole = make("and", (whole, condition))
    return style.math(_condition(whole, style))


def checked(row: Row) -> str:
    """What the derivative rests on."""
    return f"{row.report.verdict} against SymPy: {row.report.method}"


def _choice(e: Expr, found: Sequence[Case], style: Style) -> str:
    if not found:
        return style.formula(e)
    return style.cases(
        [
            (style.formula(value), "" if when is None else _condition(when, style))
            for value, when in found
        ]
    )


def _condition(e: Expr, style: Style) -> str:
    """A condition; that a value lies between two others in one line: 0 < x < 6."""
    if e.op == "and":
        left, right = e.args
        below = left.op in ("lt", "le") and right.op in ("lt", "le")
        if below and left.args[1] is right.args[0]:
            shared = style.formula(right.args[0])
            return style.formula(left) + style.formula(right).removeprefix(shared)
    return style.formula(e)


# --- formats -----------------------------------------------------------------------


def markdown(title: str, rows: Sequence[Row]) -> str:
    """A table that reads well as it is, and rendered."""
    body = [cells(row, MARKDOWN) for row in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *body, strict=True)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in [COLUMNS, ["-" * w for w in widths], *body]
    ]
    return "\n".join([f"# {_marked(title)}", "", *lines]) + "\n"


def tex(title: str, rows: Sequence[Row]) -> str:
    """A tabular; the document that reads it in needs amsmath."""
    lines = [" & ".join(cells(row, LATEX)) + r" \\[1ex]" for row in rows]
    head = [f"% {' '.join(title.split())}; needs \\usepackage{{amsmath}}"]
    head += [rf"\begin{{tabular}}{{{'l' * len(COLUMNS)}}}", r"\hline"]
    head += [" & ".join(COLUMNS) + r" \\", r"\hline"]
    return "\n".join([*head, *lines, r"\hline", r"\end{tabular}"]) + "\n"


def as_json(title: str, rows: Sequence[Row]) -> str:
    """An object with the title and the rows; formulas in calcml's grammar and LaTeX."""
    data = {"title": title, "rows": [_object(row) for row in rows]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _object(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = dict(zip(COLUMNS, cells(row, PLAIN), strict=True))
    found["derivative"] = text(row.derivative)
    if row.cases:
        found["cases"] = _choice(row.derivative, row.cases, PLAIN)
    report = row.report
    found["checked"] = {
        "against": "SymPy",
        "verdict": report.verdict,
        "method": report.method,
        "points": report.points,
    }
    found |= {"formula": row.entry.formula, "variable": row.variable.value}
    found |= {"title": row.entry.title, "note": row.entry.note}
    found["definitions"] = {k: text(e) for k, e in row.definitions.items()}
    found["latex"] = dict(zip(COLUMNS[:3], cells(row, LATEX)[:3], strict=True))
    return found
