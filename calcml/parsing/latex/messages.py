"""What is told where the grammar of LaTeX reads no further."""

from __future__ import annotations

from calcml.core.errors import ParseError
from calcml.parsing.messages import END, Token

_TWO = "this can be read in more than one way; put brackets around what is meant"
_JOINTS = frozenset(("_BESIDE", "_SCALES", "_THEN", "POW", "_OVER", "TIMES", "DOT"))


def unexpected(text: str, token: Token, previous: Token) -> ParseError:
    """The error for a token that cannot stand where it does."""
    kind, value, place = token
    if kind == END and previous[0] == END:
        what = r"the formula is empty; write one, for example \frac{1}{1 + e^{-x}}"
    elif kind == END:
        what = f"the formula ends after {previous[1]!r}, where a value should follow"
    elif kind in _JOINTS:
        what = _TWO
    elif kind == "COMPARE":
        what = (
            r"a comparison stands in cases or behind \mathbb{1}; give one of its sides"
        )
    elif kind == "COMMA":
        what = "a comma separates arguments; give one formula"
    elif previous[0] == END:
        what = f"a formula cannot begin with {value!r}"
    else:
        what = f"{value!r} cannot follow {previous[1]!r}"
    return ParseError(what, text=text, span=(place, place + max(1, len(value))))
