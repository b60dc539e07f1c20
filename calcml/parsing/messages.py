"""What a text that is no formula is told: what is wrong, where, and what to write."""

from __future__ import annotations

from calcml.core.errors import ParseError

Token = tuple[str, str, int]  # terminal, text, place
END = "$END"

_OPERAND = frozenset(("NAME", "NUMBER", "STRING", "LPAR"))


def unexpected(text: str, token: Token, previous: Token) -> ParseError:
    """The error for a token that cannot stand where it does."""
    kind, value, place = token
    before_kind, before, before_place = previous
    span = (place, place + max(1, len(value)))
    ends_operand = before_kind in ("NAME", "NUMBER") or before in (")", "]")
    if kind == "BAD":
        what = _bad_character(value)
    elif ends_operand and kind in _OPERAND and not (before == ")" and kind == "STRING"):
        span = (before_place, place + len(value))
        what = (
            "two values stand side by side; there is no implicit multiplication: "
            f"write {before}*{value}"
        )
    elif kind == END and not text.strip():
        what = "the formula is empty; write one, for example x*exp(-x^2)"
    elif kind == END:
        where = _unclosed(text)
        if where is not None and ends_operand:
            return ParseError(
                "this bracket is never closed; add the missing one",
                text=text,
                span=(where, where + 1),
            )
        what = f"the formula ends after {before!r}, where a value should follow"
    elif value in (")", "]") and _unclosed(text[:place]) is None:
        what = f"this {value!r} closes nothing; remove it or open a bracket before"
    elif before_kind == END:
        what = f"a formula cannot begin with {value!r}"
    else:
        what = f"{value!r} cannot follow {before!r}"
        if value == "=":
            what += "; for a condition write =="
    return ParseError(what, text=text, span=span)


def unused(formula: object) -> ParseError:
    """The error for a formula that stands before another and has no name."""
    return ParseError(
        f"the formula before this, {str(formula)[:40]}, defines nothing and would be "
        "dropped; give it a name, as in u = ..., and use that, or ask for each formula "
        "by itself"
    )


def _bad_character(value: str) -> str:
    if value == "'":
        return "primes are not used; write a derivative as D(f(x), x)"
    if value == "!":
        return "there is no factorial sign; write gamma(n + 1)"
    shown = repr(value) if value.isprintable() else f"U+{ord(value):04X}"
    return f"the character {shown} has no meaning in a formula; remove it"


def _unclosed(text: str) -> int | None:
    """The place of the innermost bracket of `text` that is open at its end."""
    opened = []
    for place, char in enumerate(text):
        if char in "([":
            opened.append(place)
        elif char in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else None
