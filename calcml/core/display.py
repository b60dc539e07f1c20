"""Answers in the forms that people and programs read, and how tables are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

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


def mathml(tex: str, alone: bool = True) -> str:
    """LaTeX as MathML, by latex2mathml; `alone` on a line, or in one.

    It holds the LaTeX as its text for readers, of whom `verify` is one.
    """
    from html import escape, unescape
    from xml.etree import ElementTree

    from latex2mathml.converter import convert_to_element

    if not tex:
        return ""
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        letter = chr(_PRIVATE + len(names))
        names[letter] = match[1].replace("\\", "")
        return f"{letter} "

    plain = _OPERATOR.sub(named, tex).replace("{aligned}", "{align*}")
    root: Element = convert_to_element(plain, display="block" if alone else "inline")
    for node in root.iter():
        letter = unescape(node.text or "")
        node.text = names.get(letter, letter)
        if len(names.get(letter, "")) == 1 or "Α" <= letter <= "Ω" and len(letter) == 1:
            node.set("mathvariant", "normal")
        if node.tag == "mo" and len(letter) > 1 and letter.isalpha():
            node.tag = "mi"  # max and det, which no space stands around
        if "columnalign" in node.attrib:  # which browsers do not know
            node.set("style", f"text-align: {node.attrib.pop('columnalign')}")
    for node in [*root.iter()]:
        _space(node)
        _flatten(node)
    told = ElementTree.tostring(root, encoding="unicode")
    return told.replace("<math", f'<math alttext="{escape(tex)}"', 1)


_OPERATOR = re.compile(r"\\(?:operatorname|mathrm)\s*\{((?:[^{}\\]|\\_)*)\}")
_PRIVATE = 0xE000  # letters that stand for names of functions: each is one word
_TALL = {"mfrac", "mtable", "munder", "mover", "munderover", "msqrt", "mroot"}


def _space(node: Element) -> None:
    """Thin spaces between a function's name and its neighbours, as x ln(x) has."""
    parts = [*node] if node.tag in ("math", "mrow", "mtd", "mstyle") else []
    for left, right in reversed([*pairwise(parts)]):
        opens = right.tag == "mo" or len(right) and right[0].tag == "mo"
        if left.tag != "mo" and _is_name(right) or _is_name(left) and not opens:
            space = node.makeelement("mspace", {"width": "0.167em"})
            node.insert([*node].index(right), space)


def _is_name(node: Element) -> bool:
    if node.tag in ("msub", "msup", "msubsup") and len(node):
        node = node[0]
    return node.tag == "mi" and len(node.text or "") > 1


def _flatten(node: Element) -> None:
    """Brackets that need not grow are set as letters: browsers set others wide."""
    fences = [part for part in node if part.get("fence") == "true"]
    if fences and _TALL.isdisjoint(part.tag for part in node.iter()):
        for part in fences:
            part.set("stretchy", "false")


def environment(name: str, lines: Sequence[str], columns: str = "") -> str:
    """Lines in an environment of LaTeX, with the letters of a table's columns."""
    begin = rf"\begin{{{name}}}{f'{{{columns}}}' if columns else ''}"
    return "\n".join([begin, *lines, rf"\end{{{name}}}"])
