"""One spelling for what others write in several."""

from __future__ import annotations

import re
from collections.abc import Callable

from calcml.functions import SPELLINGS
from calcml.parsing.latex.words import heads
from calcml.parsing.readings import function
from calcml.tables.limits import MAX_OVER
from calcml.tables.words import spellings

SPAN = re.compile(
    r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]|``(.+?)``|`([^`]+)`",
    re.DOTALL,
)
IF = rf"{spellings('if')}|for|when|where|für|wenn|pour|若"
ELSE = rf"{spellings('otherwise')}|else|elsewhere|autrement|否则"
_PRIMES = [
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\\mathrm\s*\{\s*\^\s*\{\s*\\prime\s*\}\s*\}|(?<=\))\s*\\prime\b", "'"),
        (r"\^\s*\{\s*'\s*((?:\\left)?\(.*?\))\s*\}", r"'\1"),
        (r"\bD_\s*\{?\s*([a-z])\s*\}?(?=\s*[\\(\[a-z])", r"\\frac{d}{d\1} "),
        (r"（", "("),
        (r"）", ")"),
    )
]


def primes(text: str) -> str:
    """A text with one spelling for primes, and for brackets."""
    for pattern, written in _PRIMES:
        text = pattern.sub(written, text)
    for _ in range(MAX_OVER):  # TeX's own fraction
        match = OVER.search(text)
        if match is None:
            break
        start, end = _around(text, match.start())
        above, below = text[start + 1 : match.start()], text[match.end() : end]
        text = rf"{text[: max(start, 0)]}\frac{{{above}}}{{{below}}}{text[end + 1 :]}"
    return text


OVER = re.compile(r"\\over(?![A-Za-z])")


def _around(text: str, place: int) -> tuple[int, int]:
    """The braces around a place, or what stands before and behind the text."""
    ends = []
    for step, opening in ((-1, "}"), (1, "{")):
        depth, i = 1, place + step
        while 0 <= i < len(text):
            depth += (text[i] == opening) - (text[i] in "{}" and text[i] != opening)
            if not depth:
                break
            i += step
        ends.append(i)
    return ends[0], ends[1]


D = r"(?:\\mathrm\s*\{?\s*d\s*\}?|\\partial\s*|∂|d)\s*"  # the sign of a differential


def _upright(match: re.Match[str]) -> str:
    r"""The letter of \mathrm{x}; of a function, as of B(a, b), and of d it stays."""
    found = match[1] or match[2]
    return match[0] if found == "d" or f"\\{found}" in heads() else f"{{{found}}}"


_WORD = r"\\(?:text|mbox|textrm|mathrm)\s*\{"
_SIGNS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern, re.DOTALL), written)
    for pattern, written in (
        (r"[_^]\s*\{\s*\}", ""),  # that an editor left
        (r"(?<![}\w])\{\s*([A-Za-z])\s*\}(?=\s*\^)", r"\1"),
        (r"[′’]|\^\s*\{\s*(?:\\prime|')\s*\}|\^\s*\\prime\b", "'"),
        (r"cosec(h?)", r"csc\1"),
        (r"(?<!\\)\bIn(?=\s*[a-z(|])", "ln"),
        (r"(?<![A-Za-z\\])([A-Za-z])\s+(?=[fghuvFGH]'*\s*(?:\\left\s*)?\()", r"\1*"),
        (r"\b([fghFGH])\s*\^\s*(\{\s*\d\s*\}|\d)\s*\((\w)\)", r"(\1(\3))^\2"),
        (r"\\bullet\b", r"\\cdot "),
        (r"\\mid\b|∣", "|"),
        (r"−", "-"),
        (r"[⁄∕]", "/"),
        (r"\\(?:mathrm|rm)\s+([A-Za-z])\b|\\mathrm\s*\{(\w)\}", _upright),
        (r"\barc\s*\\(\w+)", r"\\operatorname{arc\1}"),
        (r"\\mathrm\s*\{(\w+)\}\s*h\b", r"\\operatorname{\1h}"),
        (r'"([A-Za-z]{2,})"', r"\1"),
        (r"\btext\((arc\w+)\)text\(h\)", r"\1h"),  # AsciiMath
        (r"\btext\(([A-Za-z]+)\)", r"\1"),
        (rf"{_WORD}\s*-\s*(?=[A-Za-z])", r"-\\text{"),
        (rf"{_WORD}\s*-\s*\}}", "-"),
        (r"\{\s*([A-Za-z])\s*\}(?=')", r"\1"),
        (
            rf"\{{\s*(\\operatorname\{{\w+\}}|\\[a-z]+|{_WORD}\s*\w+\s*\}})\s*\}}(?=\s*[_^])",
            r"\1",
        ),
        (r"(\\[a-z]{2,})\s+(\\?[A-Za-z]+)\s*(?=\\cdot)", r"\1(\2)"),
        (r"^\s*\{?\s*\\displaystyle\b\s*(\{.*\})\s*\}\s*$", r"\1"),
        (r"\\left\s*\\\{\s*\{?\s*\\begin\{array\}\s*(?:\{\w*\})?", r"\\begin{cases} "),
        (r"\\end\{array\}\s*\}?\s*\\right\s*\.", r"\\end{cases}"),
        (r"\{\s*\\begin\{cases\}", r"\\begin{cases}"),
        (r"\\end\{cases\}\s*\}", r"\\end{cases}"),
        (rf"(?<!_)\{{\s*({_WORD}[^{{}}]*\}})\s*\}}", r"\1"),
        (rf"[\s,&]*{_WORD}\s*(?:{IF})\b[\s~]*\}}\s*&?", r" & \\text{if } "),
        (rf"[\s,&]*{_WORD}\s*(?:{ELSE})\s*\}}", r" & \\text{otherwise}"),
        (
            r"&\s*\(([^()&]*(?:[<>=≤≥]|\\[lgn][te])[^()&]*)\)\s*(?=\\\\|\\end)",
            r"& \1 ",
        ),
        (r"^\s*\\begin\{(align|gather|equation)\*?\}(.*)\\end\{\1\*?\}\s*$", r"\2"),
        (rf"\\[dt]?frac\s*\{{\s*{D}(\w)\s*\}}\s*\{{\s*{D}\w\s*\}}", r"{\1'}"),
        (r"\bd(\w)\s*/\s*d\w\b", r"(\1')"),
    )
]
_INVERSE = re.compile(
    r"\\?(?:(?:operatorname|mathrm|text)\s*\{)?([A-Za-z]+)\}?\s*"
    r"(?:\^\s*\{\s*-\s*1\s*\}|\^\s*-\s*1(?!\d)|\^\s*\(\s*-\s*1\s*\)|⁻¹|_inv\b)"
)


_ENDED = r"\s*(?:$|[),;}&<>=+*/-]|\\(?:right|end|[lg]eq?|neq?|cdot|\\)(?![A-Za-z]))"
_SET = re.compile(rf"{_WORD}\s*([A-Za-z]{{2,}})\s*\}}(?!_\{{{_WORD}|{_ENDED})")


def _operator(match: re.Match[str]) -> str:
    """The name of a function that is set as a word, and has an argument."""
    known = function(match[1])
    return rf"\operatorname{{{match[1]}}}" if known else match[0]


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """A text with one spelling for what is written in several; what that rests on."""
    for pattern, written in _SIGNS:
        text = pattern.sub(written, text)
    text = _SET.sub(_operator, text)
    said: list[str] = []

    def named(match: re.Match[str]) -> str:
        name = f"a{match[1]}"
        if name not in SPELLINGS:
            return match[0]
        said.append(f"{match[0].strip()} is read as the inverse function, {name}")
        return rf"\operatorname{{{name}}}" if "\\" in text else f"{name} "

    return _INVERSE.sub(named, text).strip(), tuple(said)


# --- brackets ----------------------------------------------------------------------


def sides(text: str) -> list[str]:
    """What stands between the equals signs of a text, outside of brackets."""
    found, depth = [""], 0
    for piece in re.findall(r"\\(?:begin|end)\b|[<>!:=]?=+|\\?.", text, re.DOTALL):
        depth += piece in ("(", "[", "{", r"\begin", r"\{")
        depth -= piece in (")", "]", "}", r"\end", r"\}")
        if piece in ("=", ":=") and depth <= 0:
            found.append("")
        else:
            found[-1] += piece
    return [side.strip() for side in found if side.strip()]


SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lr]?|displaystyle)(?![A-Za-z])")


def unwrapped(text: str) -> str:
    """A text without the brackets around all of it."""
    text = SIZES.sub("", text).strip()
    while text[:1] in ("(", "[", "{") and is_whole(text):
        text = text[1:-1].strip()
    return text


def is_whole(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if not depth:
            return place == len(text) - 1
    return False
