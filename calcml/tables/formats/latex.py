"""A table in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from calcml.core.display import environment
from calcml.core.typst import SIGNS
from calcml.parsing.parser import parse
from calcml.printing import latex
from calcml.printing.indexed import index_latex
from calcml.printing.latex import name as latex_name
from calcml.tables.formats.widths import widths
from calcml.tables.layout import laid_out
from calcml.tables.sheet import Sheet
from calcml.tables.style import Case, Style, Word, one_line


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
_TEX |= {c: f"{{{c}}}" for c in "[]"}  # after a rule, they would be its option
_TEX |= {"→": r"$\to$", "⇒": r"$\Rightarrow$", "−": "$-$"}
_TEX |= {sign: rf"$\{name}$" for name, sign in SIGNS.items() if not sign.isascii()}


def prose(text: str) -> str:
    """A text that is nothing else in LaTeX."""
    return "".join(_TEX.get(c) or _letter(c) for c in one_line(text))


def _letter(c: str) -> str:
    """A letter; Greek ones are formulas."""
    return f"${latex_name(c)}$" if "\u0370" <= c <= "\u03ff" else c


def _code(program: str) -> str:
    """Lines of a program, with the spaces that they begin with."""
    lines = [(len(t) - len(t.lstrip()), t) for t in program.splitlines()]
    return r"\newline ".join(rf"\texttt{{{'~' * n}{prose(t)}}}" for n, t in lines)


def _math(formula: str) -> str:
    return rf"$\displaystyle {formula}$"


def _fitted(formula: str) -> str:
    """A formula, in a macro where it may be too wide for its column."""
    whole, signs = _math(formula), _SIGN.findall(formula)
    if len(signs) <= SHORT:
        return whole
    depth, places = 0, [-1, len(signs)]
    for i, sign in enumerate(signs):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if not depth and sign in _BREAKING:
            places.append(i)
    longest = max(b - a for a, b in pairwise(sorted(places)))
    return rf"\{'fitted' if longest < 0.6 * len(signs) else 'shrunk'}{{{whole}}}"


_OPENING, _CLOSING = (
    frozenset(r"{ \left ( [ \begin".split()),
    frozenset(r"} \right ) ] \end".split()),
)
_BREAKING = frozenset("= + - < >".split())  # where TeX breaks a formula
_SIGN = re.compile(r"\\[a-zA-Z]+|[^\s_^&]")
SHORT = 40  # signs and letters of a formula that surely fits into its column


def sizes(names: Sequence[str]) -> str:
    """A shape in LaTeX's mathematics."""
    read = [parse(size, re.findall(r"[^\W\d]\w*", size)) for size in names]
    return r" \times ".join(map(latex, read))


LATEX = Style(
    partial(latex, whole=True),
    latex_name,
    cases,
    _math,
    prose,
    lambda names: f"${sizes(names)}$",
    partial(index_latex, whole=True),
    typed=False,
    code=_code,
    mark=r" \textsuperscript{{[{}]}}".format,  # a number alone were an exponent
)


NEEDS = "amsmath,array,booktabs,graphicx,longtable,pdflscape"
# A formula wider than its column is made smaller; one that TeX breaks, to 0.6 at most.
FITTED = r"""\providecommand{\shrunk}[1]{\sbox0{#1}\ifdim\wd0>\linewidth
  \resizebox{\linewidth}{!}{\usebox0}\else{#1}\fi}
\providecommand{\fitted}[1]{\sbox0{#1}\ifdim\wd0>\linewidth
  \ifdim.6\wd0>\linewidth
    \resizebox{\linewidth}{!}{\parbox{1.67\linewidth}{\raggedright #1}}%
  \else\resizebox{\linewidth}{!}{\usebox0}\fi
\else{#1}\fi}"""
APART = r"\normallineskip=3pt \normallineskiplimit=2pt"  # fractions in lines of a cell
DOCUMENT = r"""\documentclass[10pt]{article}
\usepackage[a4paper,margin=1.5cm%s]{geometry}
%s
\usepackage{amssymb,%s}
\begin{document}
%s
\end{document}
"""
COLUMN = r">{{\raggedright\arraybackslash}}p{{\dimexpr{:.4f}\linewidth-2\tabcolsep}}"
PLAIN_FONTS = r"\usepackage[T1]{fontenc}"
# Letters that pdfLaTeX has not are those of fonts that XeLaTeX and LuaLaTeX look for.
OTHER_FONTS = "% for XeLaTeX or LuaLaTeX\n\\usepackage{fontspec}"
CHINESE = OTHER_FONTS + "\n\\usepackage{ctex}"


def write(
    table: Sheet,
    document: bool = False,
    caption: str | None = None,
    label: str | None = None,
    landscape: bool | None = None,
) -> str:
    """A longtable for a document that needs some packages, or a whole document.

    `caption` is the title if it is not said, `label` is tab: and the catalogue's name.
    A table is in landscape where its columns ask for it, if that is not said.
    """
    page = laid_out(table, replace(LATEX, math=_fitted))
    shares, wide = widths(table)
    flipped = wide if landscape is None else landscape
    said = page.title if caption is None else prose(caption)
    named = re.sub(r"[^\w:.-]+", "-", label or f"tab:{table.name}", flags=re.A)
    head = rf"\toprule {' & '.join(page.head)} \\ \midrule"
    body = [rf"\caption{{{said}}}\label{{{named}}} \\", rf"{head} \endfirsthead"]
    body += [rf"{head} \endhead", r"\bottomrule \endlastfoot"]
    for group, lines in page.groups:
        if group:
            across = rf"\multicolumn{{{len(shares)}}}{{@{{}}l}}{{\textbf{{{group}}}}}"
            body.append(rf"{across} \\ \addlinespace")
        body += [" & ".join(line.cells) + r" \\ \addlinespace" for line in lines]
    columns = "".join(COLUMN.format(0.999 * share) for share in shares)
    parts = [
        r"\begingroup\small",
        r"\normallineskip=3pt \normallineskiplimit=2pt",
        FITTED,
        environment("longtable", body, columns),
    ]
    notes = [rf"{{[}}{n}{{]}} {t}" for n, t in enumerate(page.footnotes, 1)]
    parts += [rf"\noindent {note}\par" for note in [*notes, *page.notes]]
    whole = "\n".join([*parts, r"\endgroup"])
    if document:
        options = ",landscape" if flipped else ""
        return DOCUMENT % (options, _fonts(whole), NEEDS, whole)
    if flipped:
        whole = environment("landscape", [whole])
    return f"% {said}; needs \\usepackage{{{NEEDS}}}\n{whole}\n"


def _fonts(source: str) -> str:
    """The packages for the letters of a document."""
    if re.search(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]", source):
        return CHINESE
    return OTHER_FONTS if _OTHER.search(source) else PLAIN_FONTS


_OTHER = re.compile(
    r"[^\x00-\u017f\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026]"
    r"|[\u0126\u0127\u0138\u013f\u0140\u0149\u0166\u0167\u0174-\u0177\u017f]"
)
