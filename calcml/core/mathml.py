"""LaTeX as MathML: latex2mathml's, with names upright and brackets as TeX has them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


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
