"""A table as Markdown, LaTeX or JSON: a style is data, the cells are made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any

from calcml.core.display import environment, html_table, markdown_table, mathml
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr, make
from calcml.core.flat import joined
from calcml.parsing.parser import parse
from calcml.printing import latex, text
from calcml.printing.indexed import index_latex, index_text
from calcml.printing.latex import name as latex_name
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
    shape: Callable[[Sequence[str]], str]
    elements: Callable[[Expr], str]  # a formula in index notation
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


def _marked(prose: str) -> str:
    return re.sub(r"([*<`\\])", r"\\\1", " ".join(prose.split()))


_NAMED = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum"}
_TEX = {c: rf"\text{n}{{}}" for c, n in _NAMED.items()}
_TEX |= {c: rf"\{c}" for c in "&%$#_{}"} | {c: f"${c}$" for c in "<>*"}


def _escaped(prose: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(prose.split()))


def _sizes(sizes: Sequence[str]) -> str:
    read = [parse(size, re.findall(r"[^\W\d]\w*", size)) for size in sizes]
    return _TIMES.join(map(latex, read))


_TIMES = r" \times "


PLAIN = Style(text, str, _cases_in_text, str, str, " ".join, index_text, True)
MARKDOWN = replace(PLAIN, math=lambda formula: f"`{formula}`", prose=_marked)
LATEX = Style(
    partial(latex, whole=True),
    latex_name,
    _cases_in_latex,
    lambda formula: rf"$\displaystyle {formula}$",
    _escaped,
    lambda sizes: f"${_sizes(sizes)}$",
    partial(index_latex, whole=True),
    False,
)
HTML = replace(
    LATEX,
    math=partial(mathml, alone=False),
    prose=escape,
    shape=lambda sizes: mathml(_sizes(sizes), alone=False),
)


# --- cells -------------------------------------------------------------------------


def cells(row: Row, style: Style) -> list[str]:
    """What stands in each column."""
    return [
        function(row, style),
        slope(row, style),
        domain(row, style),
        style.prose("; ".join(map(str, row.kinks)) or "none"),
        style.prose(checked(row)),
    ]


def lines(rows: Sequence[Row], style: Style) -> list[list[str]]:
    """The cells of a table, a formula of several variables in its first row alone."""
    found = [cells(row, style) for row in rows]
    for row, line in zip(rows, found, strict=True):
        if not row.entry.leads:
            line[0] = ""
    return found


def function(row: Row, style: Style) -> str:
    """The function, in the ways it is written: sigmoid(x) = 1/(1 + exp(-x))."""
    typed = _typed(row.entry.formula) if style.typed else {}
    whole = typed.get(row.name) if row.has_arrays else None
    forms = [style.name(row.name)] if row.name else []
    if style.typed and not row.name and not row.definitions:
        forms.append(" ".join(row.entry.formula.split()))
    forms.append(whole or style.formula(row.function))
    if row.meaning is not None:
        forms.append(
            _choice(row.meaning, cases(row.meaning, row.variable, tidy=False), style)
        )
    kept = {form.replace(" ", ""): form for form in reversed(forms)}
    math = [" = ".join(reversed(kept.values()))]
    for name, body in row.definitions.items():
        math.append(f"{style.name(name)} = {typed.get(name) or style.formula(body)}")
    shown = ", ".join(map(style.math, math)) + _setting(row, style)
    if row.entry.title:
        shown = f"{style.prose(row.entry.title)}: {shown}"
    elif row.variable.value != "x" and len(row.function.free_symbols) > 1:
        by = f", by {style.math(style.name(row.variable.value))}"
        shown += "" if row.entry.among else by
    return shown


def _typed(formula: str) -> dict[str, str]:
    """The definitions of a text by name, its value by none, as they were typed."""
    found = {}
    for line in re.split("[;\\n]", re.sub("#.*", "", formula)):
        match = _DEFINITION.match(line)
        if match and match[2].count("(") == match[2].count(")"):
            found[match[1] or ""] = " ".join(match[2].split())
    return found


_DEFINITION = re.compile(r"\s*(?:(\w+)\s*=(?!=))?\s*(.*\S)")


def _setting(row: Row, style: Style) -> str:
    """Shapes, assumptions and the upstream gradient, in words after the function."""
    names = [*row.entry.shapes, row.entry.upstream]
    shapes = [
        f"{style.math(style.name(name))}: {style.shape(shape.split())}"
        for name, shape in row.shapes.items()
        if name in names and shape
    ]
    shown = f", shapes {', '.join(shapes)}" if shapes else ""
    if row.entry.given:
        facts = [_assumption(fact, row, style) for fact in row.entry.given]
        shown += f", given {', '.join(facts)}"
    return shown


def _assumption(fact: str, row: Row, style: Style) -> str:
    """An assumption: a condition, an equation, or words such as "A symmetric"."""
    try:
        sides = [parse(side, (), row.shapes) for side in _EQUALS.split(fact)]
    except CalcmlError:
        return style.prose(fact)
    if not style.typed and len(sides) == 2:
        return style.math(style.formula(make("eq", tuple(sides))))
    return style.math(" = ".join(map(style.formula, sides)))


_EQUALS = re.compile(r"\s+={1,2}\s+")  # that of an option, as in axis=0, has no spaces


def slope(row: Row, style: Style) -> str:
    """The derivative, by which variable, and element by element where asked."""
    shown = _choice(row.derivative, row.cases, style)
    if row.entry.elements:
        shown = f"{style.elements(row.derivative)} = {shown}"
    if row.entry.among:
        return f"by {style.math(style.name(row.variable.value))}: {style.math(shown)}"
    return style.math(shown)


def domain(row: Row, style: Style) -> str:
    """The conditions under which the function is defined and real."""
    whole = joined("and", row.domain)
    parts = [] if whole is None else [style.math(_condition(whole, style))]
    for matrix, kind in row.matrices:
        parts.append(f"{style.math(style.formula(matrix))} {style.prose(kind)}")
    return style.prose(" and ").join(parts) or style.prose(EVERYWHERE)


def checked(row: Row) -> str:
    """What the derivative rests on."""
    against = "" if row.has_arrays else " against SymPy"
    return f"{row.report.verdict}{against}: {row.report.method}"


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
        plain = style.typed or not e.dims  # in indices there is no name to take away
        if plain and below and left.args[1] is right.args[0]:
            shared = style.formula(right.args[0])
            return style.formula(left) + style.formula(right).removeprefix(shared)
    return style.formula(e)


# --- formats -----------------------------------------------------------------------


def markdown(title: str, rows: Sequence[Row]) -> str:
    """A table that reads well as it is, and rendered."""
    table = markdown_table(COLUMNS, lines(rows, MARKDOWN), aligned=True)
    return f"# {_marked(title)}\n\n{table}"


def tex(title: str, rows: Sequence[Row]) -> str:
    """A tabular; the document that reads it in needs amsmath."""
    body = [" & ".join(line) + r" \\[1ex]" for line in lines(rows, LATEX)]
    body = [r"\hline", " & ".join(COLUMNS) + r" \\", r"\hline", *body, r"\hline"]
    table = environment("tabular", body, "l" * len(COLUMNS))
    return f"% {' '.join(title.split())}; needs \\usepackage{{amsmath}}\n{table}"


def html(title: str, rows: Sequence[Row]) -> str:
    """A heading and a table, formulas in MathML."""
    return f"<h3>{escape(title)}</h3>{html_table(COLUMNS, lines(rows, HTML))}"


def as_dict(row: Row) -> dict[str, Any]:
    """A row for JSON; formulas in calcml's grammar and LaTeX."""
    found: dict[str, Any] = dict(zip(COLUMNS, cells(row, PLAIN), strict=True))
    found["derivative"] = text(row.derivative)
    if row.cases:
        found["cases"] = _choice(row.derivative, row.cases, PLAIN)
    report = row.report
    found["checked"] = {
        "against": "finite differences" if row.has_arrays else "SymPy",
        "verdict": report.verdict,
        "method": report.method,
        "points": report.points,
    }
    found |= {"formula": row.entry.formula, "variable": row.variable.value}
    found |= {"title": row.entry.title, "note": row.entry.note}
    found |= {"shapes": row.shapes, "given": list(row.entry.given)}
    found["upstream"] = row.entry.upstream
    found["definitions"] = {k: text(e) for k, e in row.definitions.items()}
    found["latex"] = dict(zip(COLUMNS[:3], cells(row, LATEX)[:3], strict=True))
    return found
