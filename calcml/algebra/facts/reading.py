"""The text of assumptions and guards: conditions of the grammar, and more words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from calcml.core.build import add, substitute
from calcml.core.errors import CalcmlError, ParseError, UnsupportedError
from calcml.core.expr import CONDITIONS, Expr, make, scalar, symbol
from calcml.parsing.arguments import NAME
from calcml.parsing.names import constants_in, spans
from calcml.parsing.parser import parse

# What "x in ..." says of x, in the grammar.
SETS = {
    "reals": "{0} == {0}",
    "positive reals": "{0} > 0",
    "nonnegative reals": "{0} >= 0",
    "negative reals": "{0} < 0",
    "integers": "{0} == floor({0})",
    "positive integers": "{0} == floor({0}) and {0} > 0",
    "nonnegative integers": "{0} == floor({0}) and {0} >= 0",
    "negative integers": "{0} == floor({0}) and {0} < 0",
    "naturals": "{0} == floor({0}) and {0} >= 0",
}
# Patterns are texts: `re` keeps those that are used, and a start needs none.
_BELONGS = (
    rf"\b({NAME})\s+(?:in|is|are)\s+(?:an?\s+)?"
    r"((?:positive|nonnegative|negative)\s+)?([A-Za-z]+)(?:\s+numbers?\b)?"
)
_LETTERS = {"R": "reals", "Z": "integers", "N": "naturals"}
# What people say of a name, and how it is written.
_SAID = {
    "positive": "> 0",
    "negative": "< 0",
    "nonnegative": ">= 0",
    "nonpositive": "<= 0",
    "nonzero": "!= 0",
    "real": "in reals",
    "integer": "in integers",
}
_SAYING = rf"({NAME})\s+(?:is\s+)?({'|'.join(_SAID)})|({'|'.join(_SAID)})\s+({NAME})"
_WITHIN = rf"({NAME})\s*(?:\bin|∈)\s*([\[(])([^,]+),([^,]+)([\])])"
_MATRICES = (
    r"(?i)\b(symmetric|antisymmetric|skew-?symmetric|orthogonal|diagonal|invertible|"
    r"singular|definite|semidefinite|psd|spd|triangular|square matrix)\b"
)
_TURNED = (
    r"(?i)(?:an? )?(symmetric|diagonal|positive definite)(?: matrix)? "
    rf"({NAME})|({NAME})(?: is)? s?pd"
)
_SUM = rf"\bsum\(\s*({NAME})\s*\)"
_EQUALS = r"(?<![=<>!])=(?!=)"


class Piece(NamedTuple):
    """One assumption: its condition, and its place in the text."""

    condition: Expr
    text: str
    span: tuple[int, int]


def read_condition(text: str, names: Iterable[str] = ()) -> Expr:
    """A condition of the grammar in which "n in integers" may stand, too.

    Raises ParseError and the other errors of `parse`, at their place in `text`.
    """
    written = re.sub(_BELONGS, lambda match: f"({_member(match, text, 0)})", text)
    node = parse(written, names)
    if node.op not in CONDITIONS:
        raise _no_condition(text, (0, len(text)))
    return node


def _member(match: re.Match[str], text: str, start: int) -> str:
    sign, word = (match[2] or "").strip(), match[3]
    kind = _LETTERS.get(word, word.lower().rstrip("s") + "s")
    kind = f"{sign} {kind}".strip()
    if kind not in SETS:
        span = start + match.start(), start + match.end()
        names = ", ".join(SETS)
        message = f"{word} is no set that is known here; there are {names}"
        raise ParseError(message, text=text, span=span)
    return SETS[kind].format(match[1])


def _no_condition(text: str, span: tuple[int, int]) -> ParseError:
    message = (
        "an assumption should stand here, such as x > 0, 0 < p < 1, n in integers "
        "or a + b = 1"
    )
    return ParseError(message, text=text, span=span)


def read_pieces(
    given: str | Expr | Sequence[str | Expr], names: Iterable[str]
) -> Iterator[Piece]:
    """The assumptions one by one; errors point at them."""
    names = sorted({*names, *constants_in(given)})
    for part in (given,) if isinstance(given, (str, Expr)) else given:
        if isinstance(part, str):
            for start, end in spans(part):
                piece = _read(part, start, end, names)
                yield Piece(piece, part, (start, end))
        elif part.op in CONDITIONS:
            yield Piece(part, "", (0, 0))
        else:
            raise _no_condition(str(part), (0, len(str(part))))


def _read(text: str, start: int, end: int, names: Sequence[str]) -> Expr:
    """The condition between two places of a text."""
    piece = text[start:end]
    if re.search(_MATRICES, piece):
        message = (
            "facts about matrices are for derivatives of arrays: A symmetric, "
            "diagonal or positive definite"
        )
        turned = re.fullmatch(_TURNED, piece)
        if turned:
            kind = (turned[1] or "positive definite").lower()
            message += f": write {turned[2] or turned[3]} {kind}"
        raise UnsupportedError(message, text=text, span=(start, end))
    belongs = re.fullmatch(_BELONGS, piece)
    told = _told(piece)
    if told and not (belongs and told.endswith("s")):  # "x is real" is read
        message = f"an assumption is a condition, or names a set: write {told}"
        raise ParseError(message, text=text, span=(start, end))
    if belongs:
        return parse(_member(belongs, text, start), names)
    equals = [
        m.start() for m in re.finditer(_EQUALS, piece) if not depth(piece, m.start())
    ]
    if len(equals) == 1:
        cut = start + equals[0]
        sides = ((start, cut), (cut + 1, end))
        values = [scalar(_formula(text, *side, names)) for side in sides]
        return make("eq", tuple(values))
    if equals:
        cuts = pairwise([-1, *equals, len(piece)])
        parts = pairwise(piece[a + 1 : b].strip() for a, b in cuts)
        told = ", ".join(f"{a} = {b}" for a, b in parts)
        message = f"an equation has one =: write {told}"
        raise ParseError(message, text=text, span=(start, end))
    if re.search(_BELONGS, piece):
        return read_condition(piece, names)
    node = _formula(text, start, end, names)
    if node.op not in CONDITIONS:
        raise _no_condition(text, (start, end))
    return node


def _told(piece: str) -> str:
    """How a fact in other words is written: x positive, x in [0, 1], x ∈ R, x =< 1."""
    said = re.fullmatch(_SAYING, piece.replace("non-", "non"))
    if said:
        return f"{said[1] or said[4]} {_SAID[said[2] or said[3]]}"
    within = re.fullmatch(_WITHIN, piece)
    if within:
        name, low, a, b, high = within.groups()
        signs = "<" + "=" * (low == "["), "<" + "=" * (high == "]")
        return f"{a.strip()} {signs[0]} {name} {signs[1]} {b.strip()}"
    member = re.fullmatch(rf"({NAME})\s*∈\s*(\w+)", piece)
    if member:
        word = unicodedata.normalize("NFKC", member[2])
        return f"{member[1]} in {_LETTERS.get(word, word)}"
    turned = re.sub(r"=\s*([<>])", r"\1=", piece)
    return turned if turned != piece else ""


def depth(text: str, place: int) -> int:
    """How many parentheses are open at a place."""
    return text.count("(", 0, place) - text.count(")", 0, place)


def _formula(text: str, start: int, end: int, names: Sequence[str]) -> Expr:
    """The expression between two places; its errors point into the whole text."""
    sums: dict[Expr, Expr] = {}

    def shorten(match: re.Match[str]) -> str:
        placeholder = "sum_" + re.sub(r"\W", "_", match[0][4:])
        span = start + match.start(), start + match.end()
        sums[symbol(placeholder)] = _sum(match[1], names, text, span)
        return placeholder

    written = re.sub(_SUM, shorten, text[start:end])
    try:
        node = parse(" " * start + written, names)
    except CalcmlError as error:
        if error.span is None:
            error.span = (start, end)
        error.text = text
        raise
    return substitute(node, sums) if sums else node


def _sum(name: str, names: Sequence[str], text: str, span: tuple[int, int]) -> Expr:
    """The sum of the variables name_1, name_2, ..."""
    pattern = re.compile(rf"{re.escape(name)}_(\d+)")
    matches = [match for match in map(pattern.fullmatch, names) if match]
    found = [match[0] for match in sorted(matches, key=lambda m: int(m[1]))]
    if not found:
        message = (
            f"sum({name}) speaks of variables {name}_1, {name}_2, ... but the formula "
            "has none; write the sum out, such as a + b = 1"
        )
        raise UnsupportedError(message, text=text, span=span)
    whole = symbol(found[0])
    for part in found[1:]:
        whole = add(whole, symbol(part))
    return whole
