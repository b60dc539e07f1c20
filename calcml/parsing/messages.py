"""What a text that is no formula is told: what is wrong, where, and what to write."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from calcml.core.errors import ParseError

Token = tuple[str, str, int]  # terminal, text, place
END = "$END"
DOUBT = "$DOUBT"  # the kind of a token where something with two readings begins


class StoppedError(Exception):
    """The grammar reads no further than a token; that, and the one before it."""


class TwoReadingsError(ParseError):
    """What the grammar has read may mean two things, as a product of arrays may."""

    def __init__(self) -> None:
        super().__init__(_DOUBT)


_OPERAND = frozenset(("NAME", "NUMBER", "STRING", "LPAR"))
_BETWEEN = "two values stand side by side"
_DOUBT = "this can be read in more than one way"
_PRIME = "primes are not used; diff derives a formula"
_WHY = {
    "'": _PRIME,
    "’": _PRIME,
    "!": "there is no factorial sign",
    "\\": "LaTeX is not read here",
    "∂": "derivatives are taken by diff and grad, not in the formula",
    "∇": "derivatives are taken by diff and grad, not in the formula",
    "∫": "integrals are not computed",
    "∑": "a sum is sum(x) of an array, or sum(i, x[i]) over an index",
    "∏": "a product is prod(x) of an array, or prod(i, x[i]) over an index",
}


def unexpected(
    text: str,
    token: Token,
    previous: Token,
    stops: Callable[[str], int | None],
    names: Mapping[str, Any],
) -> ParseError:
    """The error for a token that cannot stand where it does.

    `stops` says where the grammar stops in a text, `names` what names stand for.
    """
    kind, value, place = token
    span = place, place + max(1, len(value))
    unclosed = _unclosed(text[:place]) if _ends_operand(previous) else None
    broken = "\n" in text[previous[2] : place] and _unclosed(text) is not None
    if kind == END and not text.strip():
        what = "the formula is empty; write one, for example x*exp(-x^2)"
    elif unclosed is not None and (kind == END or broken):
        there = "" if kind == END else " at the end of its line"
        what = f"this bracket is never closed; add the missing one{there}"
        span = unclosed, unclosed + 1
    elif kind == END:
        what = f"the formula ends after {previous[1]!r}, where a value should follow"
    elif kind == "BAD" and unicodedata.category(value) in ("Cc", "Cf"):
        code = f"U+{ord(value):04X}"
        what = f"the character {code} has no meaning in a formula; remove it"
    elif value.isspace():
        what = f"U+{ord(value):04X} is no space of a formula; write a plain one"
    else:
        return _advised(text, token, previous, stops, names)
    return ParseError(what, text=text, span=span)


def _advised(
    text: str,
    token: Token,
    previous: Token,
    stops: Callable[[str], int | None],
    names: Mapping[str, Any],
) -> ParseError:
    """The error with what to write instead, where that can be told."""
    from calcml.parsing.advice import Adviser  # where there is something to explain

    kind, value, place = token
    ranks = {n: len(x.dims) for n, x in names.items() if getattr(x, "dims", ())}
    found = Adviser(stops, ranks).advice(text, place)
    what = found and found.why or _wrong(text, token, previous, found is not None)
    if found:
        what = _DOUBT if len(found.texts) > 1 and not found.why else what
        written = " or ".join(found.texts)
        what += f": write {written}" if written else "; remove it"
        return ParseError(what, text=text, span=found.span)
    if value == "=" and previous[0] != END:
        doubled = f"{text[:place]}={text[place:]}"
        what += "; for a condition write ==" * (stops(doubled) is None)
    start = previous[2] if what.startswith(_BETWEEN) or kind == "NUMBER" else place
    return ParseError(what, text=text, span=(start, place + max(1, len(value))))


def _wrong(text: str, token: Token, previous: Token, helped: bool) -> str:
    """What is wrong with a token in its place."""
    from calcml.parsing.readings import function

    kind, value, place = token
    before_kind, before, _ = previous
    if kind == DOUBT:
        return _DOUBT
    if value[:1] in _WHY:
        return _WHY[value[0]]
    if kind == "BAD":
        shown = repr(value) if value.isprintable() else f"U+{ord(value):04X}"
        foreign = unicodedata.category(value)[0] in "LM" and not helped
        letters = "; names have Latin and Greek letters" if foreign else ""
        return f"the character {shown} has no meaning in a formula{letters}"
    if kind == "BAR" and not helped:
        return "bars stand in pairs; close the bar, or write abs(x)"
    if _ends_operand(previous) and kind in _OPERAND:
        if helped and function(before):
            return "the argument of a function stands in brackets"
        if before_kind == kind == "NUMBER" and not helped:
            return "a number has one point, and a whole exponent"
        return _BETWEEN
    if value in (")", "]") and not helped and _unclosed(text[:place]) is None:
        return f"this {value!r} closes nothing; remove it or open a bracket before"
    if value == "[" and not helped:
        return "there are no lists; name an array, and declare its shape"
    if before_kind == END:
        return f"a formula cannot begin with {value!r}"
    return f"{value!r} cannot follow {before!r}"


def _ends_operand(token: Token) -> bool:
    return token[0] in ("NAME", "NUMBER") or token[1] in (")", "]")


def unused(formula: object) -> ParseError:
    """The error for a formula that stands before another and has no name."""
    return ParseError(
        f"the formula before this, {str(formula)[:40]}, defines nothing and would be "
        "dropped; give it a name, as in u = ..., and use that, or ask for each formula "
        "by itself"
    )


def _unclosed(text: str) -> int | None:
    """The place of the innermost bracket of `text` that is open at its end."""
    opened = []
    for place, char in enumerate(text):
        if char in "([":
            opened.append(place)
        elif char in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else None
