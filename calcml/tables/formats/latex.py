"""A table in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from calcml.core.display import environment
from calcml.parsing.parser import parse
from calcml.printing import latex
from calcml.printing.indexed import index_latex
from calcml.printing.latex import name as latex_name
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import Case, Style, Word


def cases(found: Sequence[Case], word: Word) -> str:
    lines = [
        rf"{v} & \text{{{word('if')} }} {when}"
        if when
        else rf"{v} & \text{{{word('otherwise')}}}"
        for v, when in found
    ]
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


_NAMED = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum"}
_TEX = {c: rf"\text{n}{{}}" for c, n in _NAMED.items()}
_TEX |= {c: rf"\{c}" for c in "&%$#_{}"} | {c: f"${c}$" for c in "<>*"}


def _escaped(prose: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(prose.split()))


def sizes(names: Sequence[str]) -> str:
    """A shape in LaTeX's mathematics."""
    read = [parse(size, re.findall(r"[^\W\d]\w*", size)) for size in names]
    return r" \times ".join(map(latex, read))


LATEX = Style(
    partial(latex, whole=True),
    latex_name,
    cases,
    lambda formula: rf"$\displaystyle {formula}$",
    _escaped,
    lambda names: f"${sizes(names)}$",
    partial(index_latex, whole=True),
    typed=False,
    mark=r"\textsuperscript{{{}}}".format,
)


def write(table: Sheet) -> str:
    """A tabular; the document that reads it in needs amsmath."""
    page = laid_out(table, LATEX)
    body = [" & ".join(line.cells) + r" \\[1ex]" for line in page.lines]
    body = [r"\hline", " & ".join(page.head) + r" \\", r"\hline", *body, r"\hline"]
    tabular = environment("tabular", body, "l" * len(page.head))
    return (
        f"% {' '.join(table.title.split())}; needs \\usepackage{{amsmath}}\n{tabular}\n"
    )
