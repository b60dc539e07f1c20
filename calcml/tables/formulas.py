"""Formulas as others publish them, read in each language that they may be of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from calcml.core.errors import CalcmlError, ParseError
from calcml.core.expr import Expr
from calcml.functions import SPELLINGS
from calcml.parsing.dialects import OWN
from calcml.parsing.inputs import read
from calcml.parsing.latex.words import heads, letter
from calcml.parsing.names import is_function, is_greek
from calcml.parsing.parser import Shapes
from calcml.parsing.readings import function
from calcml.tables.letters import as_functions, renamed
from calcml.tables.spelled import ELSE, IF, cleaned
from calcml.tables.webpage import WITHOUT_TEX


class Reading(NamedTuple):
    """A formula, the language it is read in, and what the reading rests on.

    It is `open` where its cases leave places out, which the last one has here.
    """

    node: Expr
    dialect: str = OWN
    said: tuple[str, ...] = ()
    open: bool = False


def readings(
    text: str,
    shapes: Shapes | None = None,
    names: Mapping[str, Expr] | None = None,
    functions: Iterable[str] = (),
    variables: Iterable[str] = (),
) -> list[Reading]:
    """The formulas that a text may be, the likeliest first.

    `shapes` declares arrays, `names` are defined elsewhere in the row, `functions` and
    `variables` are letters that are such there. Raises the error of the first reading
    where there is none.
    """
    if WITHOUT_TEX in text:
        raise ParseError("a formula is in MathML alone, without the TeX of it")
    plain, said = cleaned(text)
    plain, letters = as_functions(plain, functions)
    if not shapes and _COMPOSED.search(plain):
        raise ParseError("a composition of functions is not read")
    found: dict[Expr, Reading] = {}
    errors: list[CalcmlError] = []
    for dialect, written, left in dict.fromkeys(_ways(plain)):
        try:
            symbols = {*_bare(written), *variables}
            node = read(written, symbols, shapes, dialect, names).root
        except CalcmlError as error:
            errors.append(error)
            continue
        node = renamed(node, letters)
        found.setdefault(node, Reading(node, dialect or OWN, said, left))
    if not found:
        raise errors[0]
    return list(found.values())


def _bare(text: str) -> list[str]:
    """Names of functions that stand alone, and so are variables here: threshold."""
    found = re.findall(r"(?<![\\\w{])([A-Za-z_]\w{2,})(?=\s*(?:[-+*/^<>=,)]|$))", text)
    return [name for name in found if "\\" not in text and is_function(name)]


def _ways(text: str) -> Iterator[tuple[str | None, str, bool]]:
    """A text in the languages that it may be of; whether its last case is opened."""
    apart, glued = _apart(_raised(text))
    tex = _cases(re.sub(r"\^\(([^()]*)\)", r"^{\1}", apart))
    own, left = _conditional(text)
    if "\\" in text:
        yield "latex", _cases(text), False
        yield "latex", tex, False
        opened = re.sub(r"&[^&]*(?=\\end\{cases\})", r"& \\text{otherwise} ", tex)
        yield "latex", opened, True
        return
    if re.search(r"\w\.\w+\(", text):
        yield "python", text, False
    ways = [("latex", tex, left), (None, own, left)]
    yield from ways if glued and "*" not in text else ways[::-1]
    if _HALF.search(text):  # x^1/2, which is meant as a root
        yield from _ways(_HALF.sub(r"^(\1)", text))


_COMPOSED = re.compile(r"\\circ(?![A-Za-z])|∘")
_HALF = re.compile(r"\^(\d/\d)(?!\d)")


def _raised(text: str) -> str:
    """Digits and letters above the line as powers."""
    return re.sub(
        r"[²³¹⁰-ⁿʰ-ˣᴬ-ᵡ]+",
        lambda m: f"^{{{unicodedata.normalize('NFKC', m[0]).replace('−', '-')}}}",
        text,
    )


@cache
def _vocabulary() -> re.Pattern[str]:
    """The functions of a first course, the longest names first."""
    families = ("elementary", "trigonometric", "hyperbolic")
    names = [n for n, rows in SPELLINGS.items() if rows[0].family in families]
    words = sorted((n for n in names if n.isalpha()), key=len, reverse=True)
    return re.compile("|".join(words))


_RUN = re.compile(
    r"\\(?:text|mbox|textrm|mathrm|operatorname|begin|end)\*?\s*\{[^{}]*\}|\\[A-Za-z]+"
    r"|(?<![A-Za-z_])[A-Za-z]+"
)
_BESIDE = re.compile(  # a letter and a bracket in which there is more than a name
    r"(\\[A-Za-z]+|(?<![A-Za-z\\_])[A-Za-z])\s*"
    r"(?=(?:\\left\s*)?\((?!\s*\\?\w+\s*(?:\\right\s*)?\)))"
)
_CALLED = re.compile(r"[fghuvFGH]$|\\(?:left|right|[bB]ig+[lr]?)$")


def _apart(text: str) -> tuple[str, bool]:
    """Names of functions as commands, letters apart: sinx, xlna; whether any were."""
    glued = False

    def cut(match: re.Match[str]) -> str:
        nonlocal glued
        word = match[0]
        if word[0] == "\\" or len(word) == 1:
            return word
        if function(word):
            return rf"\operatorname{{{word}}}"
        if is_greek(word):
            return rf"\{word} "
        parts, place = [], 0
        while place < len(word):
            known = _vocabulary().match(word, place)
            parts.append(rf"\operatorname{{{known[0]}}}" if known else word[place])
            place = known.end() if known else place + 1
        if word[:2] == "ar" and function(f"arc{word[2:]}"):
            return word  # arcos is no product, but arccos misspelt
        glued = glued or len(parts) > 1
        if sum(len(part) == 1 for part in parts) > 3:
            return word
        held = " ".join(parts)
        if match.string[match.end() : match.end() + 1] == "^":
            return held
        return re.sub(r"\} (\w)(?= \\|$)", r"}(\1)", held)

    return beside(_RUN.sub(cut, text)), glued


def beside(text: str) -> str:
    r"""LaTeX whose products of letters and sums have a sign: \eta \cdot (a + b)."""
    return _BESIDE.sub(_times, text)


def _times(match: re.Match[str]) -> str:
    name = match[1]
    known = name in heads() or name[0] != "\\" and function(name)
    called = known or _CALLED.match(name) or name[0] == "\\" and letter(name) is None
    return name if called else rf"{name} \cdot "


# --- choices -----------------------------------------------------------------------

_CASE = re.compile(
    rf"(?:(?:{ELSE})\s+(?P<last>.+)|(?P<value>.+?)\s*\b(?:(?:{ELSE})|(?:{IF})\s+(?P<when>.+)))"
)


def _told(text: str) -> list[tuple[str, str]]:
    """Values and their conditions, as prose tells them: 0 if x < 0, 1 otherwise."""
    if not re.search(rf"\b(?:{IF}|{ELSE})\b", text):
        return []
    found = []
    for part in re.split(r"[,;\n](?![^()]*\))", text.strip(" {")):
        case = _CASE.fullmatch(part.strip())
        if case is None:
            return []
        found.append((case["value"] or case["last"], case["when"] or ""))
    return found


def _conditional(text: str) -> tuple[str, bool]:
    """Cases as a conditional of the grammar, and whether its last one is opened."""
    cases = _told(text)
    if len(cases) < 2:
        return text, False
    *first, (last, when) = cases
    chain = "".join(f"({value}) if ({where}) else " for value, where in first)
    return f"{chain}({last})", bool(when)


_WORDED = re.compile(
    r"(\\begin\{cases\}|\\\\)\s*(?:\\(?:text|mbox|textrm)\s*\{[^{}]*\}|\?)\s*&.*?"
    r"(\\\\|(?=\\end))",
    re.DOTALL,
)


def _cases(text: str) -> str:
    """Cases as an environment of LaTeX, without those that have no value."""
    if r"\begin{cases}" in text:
        return _WORDED.sub(lambda m: m[2] if m[1] == r"\\" else m[1], text)
    cases = _told(text)
    if len(cases) < 2:
        return text
    rows = r" \\ ".join(
        rf"{value} & \text{{if }} {when}" if when else rf"{value} & \text{{otherwise}}"
        for value, when in cases
    )
    return rf"\begin{{cases}} {rows} \end{{cases}}"
