"""LaTeX cut into TeX's tokens; what is only typesetting is left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from calcml.core.errors import ParseError

MARKS = {
    rf"\{mark}": mark for mark in "hat bar tilde vec dot ddot check breve acute".split()
}


class Raw(NamedTuple):
    """A token of TeX: letter, number, command, word (of a \\text) or other."""

    kind: str
    value: str
    place: int
    end: int


WORDS = (
    "text|textrm|textit|textbf|textsf|texttt|mbox|mathrm|mathit|mathsf|mathtt"
    "|operatorname"
)
# {\rm loss} and {\bf x}, as plain TeX has them: a word, and a letter in its font.
_OLD = r"\{\s*\\(?:(?:rm|sf|tt)\s+(?=\w+\})|(?:bf|it|cal|boldmath)\s+(?=\w\}))"
_TOKEN = re.compile(
    rf"""(?P<space>\s+|~|%[^\n]*|\\[,;:!>\ ]|```(?:math|latex|tex)?|`(?=\$)|(?<=\$)`
        |\\\\\s*\[[^\]]*\]
        |\\(?:tag|label|hspace|vspace|color|textcolor)\*?\s*\{{[^{{}}]*\}})
    |(?:\\(?:{WORDS})\*?\s*\{{|{_OLD})(?P<word>(?:[^{{}}$\\]|\\_|\\[ ,;])*)\}}
    |(?P<number>[0-9]+(?:\{{,\}}[0-9]{{3}})*(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<command>\\not\s*(?:\\in\b|=)|\\[A-Za-z]+\*?|\\.|[<>=]=|!!)
    |(?P<letter>[^\W\d_])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
IGNORED = frozenset(
    r"""\quad \qquad \thinspace \medspace \thickspace \negthinspace \negmedspace
    \negthickspace \enspace \displaystyle \textstyle \scriptstyle \limits \nolimits
    \left
    \right \middle \big \Big \bigg \Bigg \bigl \Bigl \biggl \Biggl \bigr \Bigr \biggr
    \Biggr \bigm \Bigm \mleft \mright \Large \large \LARGE \small \footnotesize \tiny
    \normalsize \nonumber \notag \rm \bf \it \cal \sf \boldmath \mathstrut \strut \relax
    \noindent \hfill \displaylimits \mathbin \mathrel \mathord $ \( \) \[ \]
    \boxed""".split()
)
_SAME = {
    "−": "-", "–": "-", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "≤": r"\le",
    "≥": r"\ge", "≠": r"\ne", "∞": r"\infty", "∑": r"\sum", "∏": r"\prod",
    "√": r"\sqrt",
    r"\leq": r"\le", r"\geq": r"\ge", r"\leqslant": r"\le", r"\geqslant": r"\ge",
    r"\neq": r"\ne", "<=": r"\le", ">=": r"\ge", r"\lbrace": r"\{",
    r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]", r"\Vert": r"\|",
    r"\vert": "|", r"\cdotp": r"\cdot", r"\dfrac": r"\frac", r"\tfrac": r"\frac",
    r"\cfrac": r"\frac", r"\dbinom": r"\binom", r"\tbinom": r"\binom", r"\lt": "<",
    r"\gt": ">", r"\ast": "*", r"\land": r"\wedge", r"\lor": r"\vee", r"\to": r"\to",
    r"\varepsilon": r"\epsilon", r"\varphi": r"\phi", r"\vartheta": r"\theta",
    r"\varrho": r"\rho", r"\widehat": r"\hat", r"\overline": r"\bar",
    r"\widetilde": r"\tilde", r"\bm": r"\boldsymbol", r"\intercal": r"\top",
    r"\leftarrow": r"\gets", r"\longleftarrow": r"\gets", r"\doteq": "=",
    r"\mathbbm": r"\mathbb", r"\mathds": r"\mathbb", r"\bold": r"\mathbf",
}  # fmt: skip
ALIGNED = re.compile(
    r"\\(?:begin|end)\s*\{(?:aligned|align|alignedat|gathered|gather|split|equation"
    r"|eqnarray|multline|displaymath|math|flalign|subequations)\*?\}"
)
_CHOICE = re.compile(
    r"\\left\s*\\(?:\{|lbrace)\s*\\begin\s*\{array\}\s*\{[lcr@{}\s]*\}"
    r"(?P<cases>(?:(?!\\begin|\\end).)*)\\end\s*\{array\}\s*\\right\s*\.",
    re.DOTALL,
)
_ARRAY = re.compile(
    r"\\begin\s*\{array\}\s*\{[lcr|@{}\s]*\}(?P<inside>(?:(?!\\begin|\\end).)*)"
    r"\\end\s*\{array\}",
    re.DOTALL,
)
_EQUATION = re.compile(r"\s*&?[^&=]*(?:&\s*)?=")
_SIDE = re.compile(r"\\(?:m?(left|right)|[bB]igg?([lr]))")
_NORMED = {r"\|": r"\|", r"\lVert": r"\rVert"}
_BRACES = (r"\underbrace", r"\overbrace")
_STACKED = (r"\stackrel", r"\overset")
_WORDED = (r"\mathop", r"\operatorname")  # \mathop{\mathrm{max}} is that word
_INVISIBLE = (r"\phantom", r"\hphantom", r"\vphantom")
_BARS = {"|": "vert", r"\|": "Vert"}
_ENDED = re.compile(r"[\s}$]*(?:\\\\|\\end|&|$)")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)\*?\}")
_MIXED = re.compile(rf"(\\(?:{WORDS})\s*\{{[^{{}}$]*)\$([^{{}}$]*)\$(\s*\}})")


def scan(text: str) -> list[Raw]:
    """The tokens that mean something; ParseError where braces do not pair."""
    plain = _MIXED.sub(_opened, text) if "$" in text else text
    if r"{array}" in text:
        plain = _ARRAY.sub(_as_rows, _CHOICE.sub(_as_cases, plain))
    if r"\begin" in text:
        plain = ALIGNED.sub(lambda m: " " * len(m[0]), plain)
        plain = _ENVIRONMENT.sub(_flat, plain)
    found: list[Raw] = []
    opened: list[int] = []
    side = ""  # l or r, behind a size of a bracket
    for match in _TOKEN.finditer(plain):
        kind, value = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "space":
            if value.startswith("\\\\"):
                found.append(Raw("command", r"\\", match.start(), match.end()))
            continue
        if value.startswith(r"\not") and value[-1] in "=n":
            value = r"\ne" if value[-1] == "=" else r"\notin"
        value = _SAME.get(value, value).replace("{,}", "")
        twice = value == "|" and plain[match.end() :].lstrip()[:1] == "|"
        if side and value in _BARS and not twice:
            value, kind = f"\\{side}{_BARS[value]}", "command"
        sized = _SIDE.fullmatch(value)
        side = (sized[1] or sized[2])[0] if sized else ""
        if value in IGNORED and kind != "word":
            if (
                value in (r"\left", r"\right")
                and plain[match.end() :].lstrip()[:1] == "."
            ):
                found.append(Raw("command", r"\null", *match.span()))
            continue
        if value == ".":
            if found and found[-1].value == r"\null":
                found.pop()
                continue
            if _ENDED.match(plain, match.end()):
                continue
        if kind == "letter" and not value.isascii():
            value, kind = _greek(value, text, match.start()), "command"
        if kind == "other" and value[0] == "\\":
            kind = "command"
        if value == "{" and kind == "other":
            opened.append(match.start())
        elif value == "}" and kind == "other":
            if not opened:
                raise refused("this } closes nothing; remove it", text, match.span())
            opened.pop()
        found.append(Raw(kind, value, *match.span()))
    if opened:
        span = opened[-1], opened[-1] + 1
        raise refused("this { is never closed; add the missing }", text, span)
    return ordered(found)


def ordered(raw: list[Raw]) -> list[Raw]:
    r"""Tokens with what stands below a name behind its marks, and before its power.

    \hat{y_i} is \hat{y}_i, x^2_1 is x_1^2.
    """
    for i in [k for k, t in enumerate(raw) if t.value in _BRACES][::-1]:
        end = pairs(raw).get(i + 1, i) + 1  # of what the label below or above follows
        if raw[end : end + 1] and raw[end].value in ("_", "^"):
            del raw[end : pairs(raw).get(end + 1, end + 1) + 1]
        del raw[i]
    for i in [k for k, t in enumerate(raw) if t.value in _STACKED][::-1]:
        start = pairs(raw).get(i + 1, i + 1) + 1  # of what stands below the label
        if [t.value for t in raw[start : start + 3]] == ["{", "=", "}"]:
            raw[i : start + 3] = [raw[start + 1]]
    for i in [k for k, t in enumerate(raw) if t.value in _WORDED][::-1]:
        if [t.kind for t in raw[i + 1 : i + 4]] == ["other", "word", "other"]:
            raw[i : i + 4] = [raw[i + 2]]
        elif raw[i].value == r"\mathop":
            del raw[i]
    for i in [k for k, t in enumerate(raw) if t.value in _INVISIBLE][::-1]:
        del raw[i : pairs(raw).get(i + 1, i + 1) + 1]
    norms = [k for k, t in enumerate(raw) if t.value in _NORMED and k]
    for i in [k - 1 for k in norms if raw[k - 1].value == "{"][::-1]:  # {\|x\|}_2
        end = pairs(raw)[i]
        closed = raw[end - 1].value == _NORMED[raw[i + 1].value]
        loose = not i or raw[i - 1].kind != "command" and raw[i - 1].value != "}"
        if closed and loose and [t.value for t in raw[end + 1 : end + 2]] == ["_"]:
            del raw[end], raw[i]
    close = pairs(raw)
    for i in [k for k, token in enumerate(raw) if token.value in MARKS]:
        end = close.get(i + 1, 0)
        if end > i + 3 and raw[i + 3].value == "_":
            below = close.get(i + 4, i + 4) + 1
            if below == end and (end + 1 == len(raw) or raw[end + 1].value != "_"):
                raw[i + 3 : end + 1] = [raw[end], *raw[i + 3 : end]]
                close = pairs(raw)
    i = 0
    while i < len(raw):
        if raw[i].value == "^" and raw[i].kind == "other" and i + 1 < len(raw):
            middle = close.get(i + 1, i + 1) + 1
            inside = raw[i + 2 : middle - 1]
            indexed = len(inside) > 2 and inside[0].value in ("(", "[")
            if middle + 1 < len(raw) and raw[middle].value == "_" and not indexed:
                end = close.get(middle + 1, middle + 1) + 1
                raw[i:end] = [*raw[middle:end], *raw[i:middle]]
                close = pairs(raw)
        i += 1
    return raw


def _opened(match: re.Match[str]) -> str:
    return f"{match[1]}}}{match[2]}{' ' * (1 + len(match[3]))}"


def _flat(match: re.Match[str]) -> str:
    r"""\begin{cases} as the one command \begincases, and spaces after it."""
    name = {"dcases": "cases"}.get(match[2], match[2])
    return f"\\{match[1]}{name}".ljust(len(match[0]))


def _as_cases(match: re.Match[str]) -> str:
    r"""A \left\{\begin{array}{ll} ... \end{array}\right. as cases of that length."""
    inside = match["cases"]
    before = r"\begincases".ljust(match.start("cases") - match.start())
    return f"{before}{inside}".ljust(len(match[0]) - 12) + r" \endcases  "


def _as_rows(match: re.Match[str]) -> str:
    r"""An array of equations as the rows that aligned has, in that length."""
    rows = [row for row in match["inside"].split(r"\\") if row.strip()]
    if not all(map(_EQUATION.match, rows)):
        return match[0]
    before = " " * (match.start("inside") - match.start())
    return f"{before}{match['inside']}".ljust(len(match[0]))


def _greek(letter: str, text: str, place: int) -> str:
    """The command of a Greek letter."""
    case, _, name = unicodedata.name(letter, "").partition(" LETTER ")
    if case not in ("GREEK SMALL", "GREEK CAPITAL") or " " in name:
        raise refused(
            f"{letter!r} is no Latin or Greek letter", text, (place, place + 1)
        )
    name = "lambda" if name == "LAMDA" else name.lower()
    return f"\\{name if case.endswith('SMALL') else name.capitalize()}"


def refused(what: str, text: str, span: tuple[int, int]) -> ParseError:
    return ParseError(what, text=text, span=span)


def pairs(raw: Sequence[Raw]) -> dict[int, int]:
    """The place of the brace that closes each one."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for i, token in enumerate(raw):
        if token.kind == "other" and token.value == "{":
            opened.append(i)
        elif token.kind == "other" and token.value == "}":
            found[opened.pop()] = i
    return found
