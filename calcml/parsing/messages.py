"""What a text that is no formula is told: what is wrong, where, and what to write."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from calcml.core.errors import ParseError

Token = tuple[str, str, int]  # terminal, text, place
END = "$END"

_OPERAND = frozenset(("NAME", "NUMBER", "STRING", "LPAR"))
_BETWEEN = "two values stand side by side; there is no implicit multiplication"
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
    before_kind, before, before_place = previous
    span = (place, place + max(1, len(value)))
    ends_operand = before_kind in ("NAME", "NUMBER") or before in (")", "]")
    unclosed = _unclosed(text[:place])
    if kind == END and not text.strip():
        what = "the formula is empty; write one, for example x*exp(-x^2)"
    elif kind == END and unclosed is not None and ends_operand:
        what = "this bracket is never closed; add the missing one"
        span = (unclosed, unclosed + 1)
    elif kind == END:
        what = f"the formula ends after {before!r}, where a value should follow"
    elif (
        unclosed is not None
        and "\n" in text[before_place:place]
        and ends_operand
        and _unclosed(text) is not None
    ):
        what = "this bracket is not closed on its line; add the missing one there"
        span = (unclosed, unclosed + 1)
    elif kind == "BAD" and unicodedata.category(value) in ("Cc", "Cf"):
        what = (
            f"the character U+{ord(value):04X} has no meaning in a formula; remove it"
        )
    elif value.isspace():
        what = f"U+{ord(value):04X} is no space of a formula; write a plain one"
    else:
        return _advised(text, token, previous, span, stops, names)
    return ParseError(what, text=text, span=span)


def _advised(
    text: str,
    token: Token,
    previous: Token,
    span: tuple[int, int],
    stops: Callable[[str], int | None],
    names: Mapping[str, Any],
) -> ParseError:
    """The error with what to write instead, where that can be told."""
    # Loaded only where there is something to explain.
    from calcml.parsing.advice import Adviser
    from calcml.parsing.readings import function

    kind, value, place = token
    before_kind, before, before_place = previous
    ranks = {n: len(x.dims) for n, x in names.items() if getattr(x, "dims", ())}
    found = Adviser(stops, ranks).advice(text, place)
    ends_operand = before_kind in ("NAME", "NUMBER") or before in (")", "]")
    if found and found.why:
        what = found.why
    elif value[:1] in _WHY:
        what = _WHY[value[0]]
    elif kind == "BAD":
        shown = repr(value) if value.isprintable() else f"U+{ord(value):04X}"
        what = f"the character {shown} has no meaning in a formula"
        if unicodedata.category(value)[0] in "LM" and not found:
            what += "; names have Latin and Greek letters"
    elif ends_operand and kind in _OPERAND:
        what = _BETWEEN
        if found and function(before):
            what = "the argument of a function stands in brackets"
        elif before_kind == kind == "NUMBER" and not found:
            what = "a number has one point, and a whole exponent"
        span = (before_place, place + len(value))
    elif value in (")", "]") and not found and _unclosed(text[:place]) is None:
        what = f"this {value!r} closes nothing; remove it or open a bracket before"
    elif value == "[" and not found:
        what = "there are no lists; name an array, and declare its shape"
    elif before_kind == END:
        what = f"a formula cannot begin with {value!r}"
    else:
        what = f"{value!r} cannot follow {before!r}"
    if found and found.texts == [""]:
        return ParseError(f"{what}; remove it", text=text, span=found.span)
    if found:
        what += f": write {' or '.join(found.texts)}"
        span = found.span
    elif value == "=" and before_kind != END:
        doubled = f"{text[:place]}={text[place:]}"
        what += "; for a condition write ==" * (stops(doubled) is None)
    return ParseError(what, text=text, span=span)


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
