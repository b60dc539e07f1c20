"""Lists of equations that say what derivatives are: (sin x)' = cos x, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from calcml.tables.claims import slope
from calcml.tables.headings import Published
from calcml.tables.limits import MAX_CELL
from calcml.tables.markdown import barred
from calcml.tables.spelled import ELSE, IF, SPAN, sides

_DERIVED = re.compile(
    r"""\{\s*d\s*\\over\b|\\d?t?frac\s*\{\s*(?:\\mathrm\s*\{?)?d|\bd\s*/\s*d\s*[a-z]|['′’]|\\prime|\bD_\s*\{?[a-z]"""
)


def equations(text: str) -> list[Published]:
    """Lines that say what a derivative is: d/dx sin x = cos x, (sin x)' = cos x."""
    found: list[Published] = []
    defined = "", ""  # a name and the line before that says what it is
    for number, line in enumerate(text.split("\n"), 1):
        place = f"line {number}"
        for part in re.split(r"\\\\(?:\[[^\]]*\])?|\\q?quad", line[:MAX_CELL]):
            plain = _NUMBERED.sub("", part.replace("&", "")).strip()
            if (
                len(re.findall(r"\$+", plain)) % 2
            ):  # its other dollar stands behind the condition
                plain = plain.replace("$", "").rstrip(", ")
            cells = barred(plain) if plain.startswith("|") else []
            if plain.startswith("=") and found and found[-1].equation:
                last = found.pop()  # an equation that goes on
                found.append(last._replace(equation=f"{last.equation} {plain}"))
                continue
            if not (_DERIVED.search(plain) and "=" in plain):
                named = _DEFINES.match(plain)
                defined = (named[1], plain) if named else defined
                continue
            if len(cells) > 1:
                found.append(Published(place, *cells[:2]))
                continue
            spans = [match[0] for match in SPAN.finditer(plain) if "=" in match[0]]
            several = spans if len(spans) > 1 else [*_each(plain)]
            for one in several:  # which may stand in a line of prose
                if _DERIVED.search(one):
                    found.append(_equation(place, one, *defined))
                elif named := _DEFINES.match(one):
                    defined = named[1], one
    return found


def _equation(place: str, equation: str, name: str, told: str) -> Published:
    """An equation, with what stands before it where that says what f in f' is."""
    first = sides(_inside(equation))
    under = slope(first[0]) if first else None
    if name and under and re.fullmatch(rf"{re.escape(name)}(?!\w).*", under.inner):
        return Published(place, told, equation)
    *where, last = _WHERE.split(equation, maxsplit=1)
    if where and not _OTHERWISE.search(equation):
        return Published(place, equation=where[0], condition=last)
    return Published(place, equation=equation)


_DEFINES = re.compile(r"\W*?(\\?[A-Za-z]+)\s*(?:\(\s*\\?\w+\s*\)\s*)?=")
_WHERE = re.compile(rf"(?<=\$)\s*(?:{IF})\s+(?=\$)")
_OTHERWISE = re.compile(rf"\b(?:{ELSE})\b")


def _inside(text: str) -> str:
    """What stands between the dollars around a whole text, or the text."""
    span = SPAN.fullmatch(text.strip())
    return next(filter(None, span.groups())) if span else text


def _each(text: str) -> Iterator[str]:
    """The equations of a line with commas: (a^x)' = a^x ln a, (e^x)' = e^x."""
    inside = _inside(text)
    cuts, depth = [0], 0
    for place, char in enumerate(inside):
        depth += (char in "([{") - (char in ")]}")
        if char in ",;，；" and depth <= 0:
            first, *others = sides(inside[place + 1 :]) or [""]
            under = slope(first)
            if others and under is not None and under.held:
                cuts.append(place + 1)
    if len(cuts) == 1:
        yield text
        return
    for start, end in pairwise([*cuts, len(inside) + 1]):
        yield inside[start : end - 1]


_NUMBERED = re.compile(r"^\s*(?:[-*+]\s|(?:\d+\.)+\s|\d+\)\s)?(?:\s|\\[;,!:])*")
