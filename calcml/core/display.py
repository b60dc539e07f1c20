"""Answers in the forms that people and programs read, and how tables are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

ALONE = (r"\begin{align*}", r"\begin{tabular}", "%")  # LaTeX that stands in no dollars


class Display:
    """What is told of a function or of its derivative.

    A class states the forms that it has: its text as `str`, `latex`, `markdown` and
    `html`, and `as_dict` for JSON. The command asks for them here, and so do notebooks,
    for which None is a form that is not there.
    """

    __slots__ = ()
    indent: ClassVar[int | None] = None  # of its JSON

    def latex(self) -> str | None:
        """LaTeX for amsmath or KaTeX."""

    def markdown(self) -> str | None:
        """Markdown."""

    def html(self) -> str | None:
        """A fragment of HTML."""

    def as_dict(self) -> Mapping[str, Any]:
        """What JSON holds of it."""
        raise NotImplementedError

    def render(self, format: str) -> str:
        """A form that it has, by its name: text, latex, markdown, html or json."""
        if format == "json":
            import json

            return json.dumps(self.as_dict(), ensure_ascii=False, indent=self.indent)
        return str(self if format == "text" else getattr(self, format)())

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str | None:
        tex = self.latex()
        inline = tex is not None and not tex.startswith(ALONE)
        return rf"$\displaystyle {tex}$" if inline else tex

    def _repr_markdown_(self) -> str | None:
        return self.markdown()

    def _repr_html_(self) -> str | None:
        return self.html()


Cells = Sequence[Sequence[str]]


def markdown_table(head: Sequence[str], rows: Cells, aligned: bool = False) -> str:
    """A table of cells in Markdown, whose bars are escaped here."""
    lines = [[cell.replace("|", r"\|") for cell in line] for line in (head, *rows)]
    widths = [max(map(len, column)) * aligned for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * (width or 3) for width in widths])
    padded = [[*map(str.ljust, line, widths)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def html_table(head: Sequence[str], rows: Cells) -> str:
    """A table of cells in HTML, headings in plain text."""
    from html import escape

    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def environment(name: str, lines: Sequence[str], columns: str = "") -> str:
    """Lines in an environment of LaTeX, with the letters of a table's columns."""
    begin = rf"\begin{{{name}}}{f'{{{columns}}}' if columns else ''}"
    return "\n".join([begin, *lines, rf"\end{{{name}}}"])
