"""A table in Typst, and what Typst makes of it: PDF, SVG and PNG without TeX."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.typst import typst
from calcml.tables.formats.latex import LATEX, cases, sizes
from calcml.tables.formats.widths import widths
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import one_line

PAPERS = {  # width and height in cm
    "a3": (29.7, 42.0),
    "a4": (21.0, 29.7),
    "a5": (14.8, 21.0),
    "us-letter": (21.59, 27.94),
}
MARGIN = 1.5  # cm
PAGE = """\
#set document(title: {title}, date: none)
#set page(width: {width}cm, height: {height}, margin: {margin}cm, numbering: {numbers})
#set text(size: {size}pt, lang: "{language}")
#set par(leading: 0.5em)
#show raw: set text(size: 0.85em)
#let widths = ({widths})
// A formula wider than its column is made smaller, to 0.6 of its size; then broken.
#let fitted(formula, width) = context {{
  let part = width / measure(formula).width
  if part >= 1 {{ formula }} else if part > 0.6 {{
    box(scale(part * 100%, reflow: true, formula))
  }} else {{ box(scale(60%, reflow: true, box(width: width / 0.6, formula))) }}
}}
#show math.equation: set text(top-edge: "bounds", bottom-edge: "bounds")
#show math.equation.where(block: false): math.display
#show table.cell: it => {{
  show math.equation: formula => fitted(formula, widths.at(it.x) - 8pt)
  it
}}
#align(left, text(size: 1.5em, weight: "bold", {title}))
#table(
  columns: widths, stroke: none, inset: 4pt, align: left + horizon,
  table.hline(), table.header({head}), table.hline(stroke: 0.5pt),
{rows}
  table.hline(),
)
"""


def string(text: str) -> str:
    """A text as a string of Typst's code."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def prose(text: str) -> str:
    """A text that is nothing else in Typst's markup."""
    return f"#{string(one_line(text))};"


TYPST = replace(
    LATEX,
    # Words between cases are LaTeX until the whole is translated.
    cases=lambda found, word: cases(found, lambda key: word(key)[2:-2]),
    math=lambda formula: f"${typst(formula)}$",
    prose=prose,
    shape=lambda names: f"${typst(sizes(names))}$",
    code=lambda program: (
        f"#raw({string(program)}, block: {str(chr(10) in program).lower()});"
    ),
    picture=lambda svg: f'#image(bytes({string(svg)}), format: "svg", width: 100%);',
    mark="#h(1pt)#super[\\[{}\\]]".format,  # a number alone were an exponent
)


def write(
    table: Sheet,
    paper: str = "a4",
    landscape: bool | None = None,
    size: float = 9,
    endless: bool = False,
) -> str:
    """The source of a document of A4 or another paper; `endless` is of one page.

    It is in landscape where the columns ask for it, if that is not said. `size` is that
    of letters in points.
    """
    if paper not in PAPERS:
        raise UnsupportedError(
            f"there is no paper {paper}; there are {', '.join(PAPERS)}"
        )
    page = laid_out(table, TYPST)
    shares, wide = widths(table)
    flipped = wide if landscape is None else landscape
    width, height = sorted(PAPERS[paper], reverse=flipped)
    room = width - 2 * MARGIN
    rows = []
    for group, lines in page.groups:
        if group != prose(""):
            rows.append(
                f"table.cell(colspan: {len(shares)}, inset: (top: 9pt), [*{group}*]),"
            )
        rows += ["".join(f"[{cell}], " for cell in line.cells) for line in lines]
    source = PAGE.format(
        title=string(one_line(table.title)),
        width=width,
        height="auto" if endless else f"{height}cm",
        margin=MARGIN,
        numbers="none" if endless else string("1"),
        size=size,
        language=table.language,
        widths="".join(f"{room * share:.2f}cm, " for share in shares),
        head=", ".join(f"[*{head}*]" for head in page.head),
        rows="\n".join(f"  {row}" for row in rows),
    )
    below = [f"\\[{n}\\] {text}" for n, text in enumerate(page.footnotes, 1)]
    notes = [f"#text(size: 0.85em)[{text}]" for text in [*below, *page.notes]]
    return source + "\n\n".join(notes) + "\n"


def compiled(
    table: Sheet, format: Literal["pdf", "svg", "png"], **options: Any
) -> bytes:
    """What Typst makes of the source.

    Raises UnsupportedError where a font lacks a letter.
    """
    from typst import TypstError, compile

    source = write(table, **options)
    _check_letters(source)
    try:
        return compile(source.encode(), format=format)
    except TypstError as error:
        raise CalcmlError(f"Typst refuses the table: {error.message}") from None


# Letters of the fonts that Typst brings: Latin, Greek, Cyrillic, punctuation, symbols.
_OWN = re.compile(r"[\x00-\u052f\u1e00-\u2bff\ufb00-\ufb06\U0001d400-\U0001d7ff]+")


def _check_letters(source: str) -> None:
    """UnsupportedError for letters that no font here has: they would be empty boxes."""
    lacking = set(_OWN.sub("", source))
    if not lacking:
        return
    from typst import Fonts

    for path in sorted({font.path for font in Fonts().fonts() if font.path}):
        lacking -= _letters(path)
        if not lacking:
            return
    shown = "".join(sorted(lacking)[:8])
    raise UnsupportedError(
        f"no font here has {shown}; install one that does, such as Noto Serif CJK "
        "(fonts-noto-cjk of Debian) for Chinese, or write another format"
    )


@cache
def _letters(path: str) -> frozenset[str]:
    """The letters of a font's file, or of a collection's."""
    from fontTools.ttLib import TTCollection, TTFont

    whole: Any = (TTCollection if path.endswith(".ttc") else TTFont)(path, lazy=True)
    found = [font.getBestCmap() for font in getattr(whole, "fonts", [whole])]
    return frozenset(chr(code) for cmap in found for code in cmap or ())
