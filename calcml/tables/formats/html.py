"""A table in HTML: one file without scripts or requests, formulas in MathML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from html import escape

from calcml.core.mathml import mathml
from calcml.tables.formats.latex import LATEX, sizes
from calcml.tables.formats.widths import widths
from calcml.tables.layout import Layout, Line, laid_out
from calcml.tables.plots import PAPER
from calcml.tables.rows import Row
from calcml.tables.sheet import Sheet
from calcml.tables.style import one_line

HTML = replace(
    LATEX,
    math=partial(mathml, alone=False),
    prose=lambda prose: escape(one_line(prose)),
    shape=lambda names: mathml(sizes(names), alone=False),
    code=lambda program: (
        f"<pre>{escape(program)}</pre>"
        if "\n" in program
        else f"<code>{escape(program)}</code>"
    ),
    picture=lambda svg: svg.replace(PAPER, "Canvas"),
)

STYLE = """
:root { color-scheme: light dark; --line: #8885; --link: light-dark(#1d4ed8, #93c5fd) }
body { font: 1rem/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem;
  max-width: 90rem; background: Canvas; color: CanvasText; overflow-wrap: anywhere }
a { color: var(--link); text-decoration: none }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem }
h2 a { color: inherit } nav a { margin-right: 1.2em }
.wide, .cell { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0;
  border-bottom: 1px solid var(--line) }
.cell { min-width: 5rem } th { overflow-wrap: normal }
tr:target { background: #fde04733 }
math { white-space: nowrap; math-style: normal }
pre, code { margin: 0; font-size: .85em } svg { max-width: 100% }
summary { cursor: pointer; white-space: nowrap }
details table { font-size: .85em; width: auto }
details td { white-space: nowrap }
.notes { font-size: .88em } ol.notes { padding-left: 1.6em }
@media (max-width: 48rem) {
  .rows, .rows > tbody, .row, td.in { display: block }
  .rows > thead { display: none }
  .row { padding: .5rem 0; border-bottom: 1px solid var(--line) }
  td.in { border: 0; padding: .15rem 0 }
  td.in::before { content: attr(data-label); font-size: .75rem; opacity: .7 }
  .cell { max-width: 100% !important }
}
@media print {
  :root { color-scheme: light } body { font-size: 9pt; padding: 0; max-width: none }
  tr { break-inside: avoid } thead { display: table-header-group } nav { display: none }
  .wide, .cell { overflow: visible } a { color: inherit }
  summary { list-style: none }
}
"""
HEAD = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # no script, no request


def write(table: Sheet, document: bool = True) -> str:
    """A page that stands alone; without `document` its inside, for a notebook."""
    prefix = slug(table.name)
    marked = f'<sup><a href="#{prefix}-note-{{0}}">[{{0}}]</a></sup>'.format
    page = laid_out(table, replace(HTML, mark=marked))
    body = "\n".join(_parts(table, page, prefix))
    if not document:
        return body
    head = HEAD.format(
        language=table.language, policy=POLICY, title=page.title, style=STYLE
    )
    return f"{head}{body}\n</body>\n</html>\n"


def _parts(table: Sheet, page: Layout, prefix: str) -> Iterator[str]:
    anchor = _anchors(prefix)
    groups = [(anchor(lines[0].row.entry.group), n, lines) for n, lines in page.groups]
    shares, _ = widths(table)
    yield f"<main>\n<h1>{page.title}</h1>"
    links = [f'<a href="#{at}">{name}</a>' for at, name, _ in groups if name]
    if len(links) > 1:
        yield f"<nav>{' '.join(links)}</nav>"
    for at, name, lines in groups:
        if name:
            yield f'<h2 id="{at}"><a href="#{at}">{name}</a></h2>'
        top = "".join(
            f'<th style="width: {100 * share:.0f}%">{head}</th>'
            for head, share in zip(page.head, shares, strict=True)
        )
        yield '<div class="wide"><table class="rows">'
        yield f"<thead><tr>{top}</tr></thead>\n<tbody>"
        for line in lines:
            entry = line.row.entry
            at = anchor(f"{entry.name or entry.formula} {entry.by}")
            cells = "".join(_cells(table, page, line, shares))
            yield f'<tr class="row" id="{at}">{cells}</tr>'
        yield "</tbody>\n</table></div>"
    if page.footnotes:
        yield '<ol class="notes">'
        for n, text in enumerate(page.footnotes, 1):
            yield f'<li id="{prefix}-note-{n}">{text}</li>'
        yield "</ol>"
    for note in page.notes:
        yield f'<p class="notes">{note}</p>'
    yield "</main>"


def _cells(
    table: Sheet, page: Layout, line: Line, shares: Sequence[float]
) -> Iterator[str]:
    """The cells of a row; its derivative unfolds the steps."""
    steps = line.row.steps if isinstance(line.row, Row) else None
    told = steps and steps.html()
    whole = zip(table.columns, page.head, line.cells, shares, strict=True)
    for name, head, cell, share in whole:
        if name == "derivative" and told:
            cell = f"<details><summary>{cell}</summary>{told}</details>"
        label = f' data-label="{head}"' if cell else ""
        most = f' style="max-width: {max(90 * share, 32):.0f}vw"'  # the rest scrolls
        yield f'<td class="in"{label}><div class="cell"{most}>{cell}</div></td>'


def slug(words: str) -> str:
    """A name for an anchor: letters and digits of any script, and hyphens."""
    return "-".join(re.findall(r"\w+", words.casefold())) or "table"


def _anchors(prefix: str) -> Callable[[str], str]:
    """A function that makes anchors of texts, all different."""
    seen: Counter[str] = Counter()

    def made(text: str) -> str:
        name = f"{prefix}-{slug(text)}"
        seen[name] += 1
        return name if seen[name] == 1 else made(f"{text} {seen[name]}")

    return made
