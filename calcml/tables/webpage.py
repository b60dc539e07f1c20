"""The tables of a page of HTML, as text: powers, indices and the TeX of formulas."""

from __future__ import annotations

from html.parser import HTMLParser

from calcml.tables.headings import Rows

WITHOUT_TEX = "[MathML without TeX]"
_TABLE, _ROW, *_CELLS = "table tr td th".split()


class Page(HTMLParser):
    """The tables of a page: text, TeX of formulas, powers and indices; no scripts.

    Of a formula in MathML it is the TeX that stands with it, as `alttext` or as an
    annotation; without one, a text that says so, which no language reads.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self.open: list[Rows] = []
        self.unseen: list[
            str
        ] = []  # the tags that are open inside of what is not shown
        self.tex = False  # whether TeX follows as data
        self.told = False  # whether a formula told its TeX already

    def put(self, text: str) -> None:
        if self.open and self.open[-1] and self.open[-1][-1]:
            self.open[-1][-1][-1] += text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        kind = facts.get("type", "") + facts.get("encoding", "")
        hidden = facts.get("aria-hidden") == "true"
        if "tex" in kind and tag in ("script", "annotation") and not self.told:
            self.tex = self.told = not self.unseen or self.unseen[0] == "math"
            self.put("$" * self.tex)
        if self.unseen:
            self.unseen += [tag] * (tag == self.unseen[0])
        elif tag == "img":
            self.put(f"${facts['alt']}$" if facts.get("alt") and not hidden else "")
        elif tag in _UNSEEN or hidden and tag not in _VOID:
            self.unseen.append(tag)
            self.told = bool(facts.get("alttext"))
            self.put(f"${facts['alttext']}$" if self.told else "")
        elif tag == _TABLE:
            self.tables.append([])
            self.open.append(self.tables[-1])
        elif tag == _ROW and self.open:
            self.open[-1].append([])
        elif tag in _CELLS and self.open:
            if not self.open[-1]:
                self.open[-1].append([])
            self.open[-1][-1].append("")
        else:
            self.put(_SCRIPTS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if self.tex and tag in ("script", "annotation"):
            self.put("$")
            self.tex = False
        if self.unseen:
            if tag == self.unseen[0]:
                self.unseen.pop()
                if tag == "math" and not self.unseen and not self.told:
                    self.put(WITHOUT_TEX)
                self.told = self.told and bool(self.unseen)
        elif tag == _TABLE and self.open:
            self.open.pop()
        elif tag in ("sup", "sub"):
            self.put("}")
        elif tag == "summary" and self.open:  # what unfolds below a cell
            self.unseen.append("details")

    def handle_data(self, data: str) -> None:
        if self.tex or not self.unseen:
            self.put(data)


_UNSEEN = ("script", "style", "math", "svg")
_VOID = ("br", "hr", "input", "meta", "link")
_SCRIPTS = {"sup": "^{", "sub": "_{", "br": " "}
