"""What is told where the grammar of LaTeX reads no further."""

from __future__ import annotations

from calcml.core.errors import ParseError
from calcml.parsing.latex.emitter import BRACKETS
from calcml.parsing.latex.outlet import APART
from calcml.parsing.latex.reader import Reader
from calcml.parsing.latex.surveyed import ROUND
from calcml.parsing.latex.words import over_indices
from calcml.parsing.messages import END, Token

_TWO = "this can be read in more than one way"
_JOINTS = frozenset(("_BESIDE", "_SCALES", "_THEN", "POW", "_OVER", "TIMES", "DOT"))
_APART = frozenset(("_PLUS", "_MINUS", "COMMA", "LPAR", "BREAK", "CELL", "COMPARE"))


def unexpected(reader: Reader, token: Token, previous: Token) -> ParseError:
    """The error for a token that cannot stand where it does."""
    kind, value, place = token
    if kind == END and previous[0] == END:
        what = r"the formula is empty; write one, for example \frac{1}{1 + e^{-x}}"
    elif kind == END:
        what = f"the formula ends after {previous[1]!r}, where a value should follow"
    elif kind in _JOINTS or kind == "BIG" and previous[0] == "_THEN":
        return _both(reader, place)
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
    return ParseError(what, text=reader.text, span=(place, place + max(1, len(value))))


def _both(reader: Reader, place: int) -> ParseError:
    """The error for what may belong to a function's argument, or to a denominator."""
    text = reader.text
    i = next((k for k, t in enumerate(reader.raw) if t.place >= place), None)
    joint = len(reader.out) - 1
    while joint > 0 and (
        reader.out[joint][2] >= place or reader.out[joint][0] not in ("_OF", "_OVER")
    ):
        if reader.out[joint][0] in _APART and reader.out[joint][2] < place:
            joint = 0
        joint -= 1
    sign = "|" if i is None else reader.value(i)
    whole = i in reader.close or sign in ("|", r"\|", *BRACKETS, *ROUND)
    if i is None or whole or joint < 1 or not _alone(reader.out, joint):
        what = f"{_TWO}; put brackets around what is meant"
        return ParseError(what, text=text, span=(place, place + 1))
    operator = sign in ("^", "/", r"\cdot", r"\times", "*")
    big = sign in over_indices()
    end = reader.raw[(reader.term(i) if big else reader.end(i + operator)) - 1].end
    head = joint - 1
    while reader.out[joint][0] == "_OF" and reader.out[head][0] != "FUNCTION":
        head -= 1
    start, middle = reader.out[head][2], reader.out[joint][2]
    over = reader.out[joint][0] == "_OVER"
    first = text[start:middle].strip()
    operand = APART.sub("", text[middle + over : place].strip())
    rest = text[place:end] if sign == "^" else f" {text[place:end]}"
    written = f"{first}({operand}{rest}) or {first}({operand}){rest}"
    if over:
        written = f"{first}/({operand}{rest}) or ({first}/{operand}){rest}"
    return ParseError(f"{_TWO}: write {written}", text=text, span=(start, end))


def _alone(out: list[Token], joint: int) -> bool:
    """Whether a function stands there, or / after one token that begins a term."""
    if out[joint][0] == "_OF":
        return True
    before = out[joint - 2][0] if joint > 1 else "COMMA"
    return out[joint - 1][0] in ("NUMBER", "NAME") and before in (*_APART, "LBRACE")
