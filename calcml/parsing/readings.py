"""What a reading is made of: its texts, the functions it calls, their powers.

A reading is a list of texts: several where a person may mean either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import product, repeat
from typing import NamedTuple

from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.elsewhere import FOREIGN
from calcml.parsing.limits import MAX_READINGS
from calcml.parsing.pieces import WORDS, Pieces, UnreadError


class Part(NamedTuple):
    """A factor as it is to be written, each way, and the piece after it.

    `base` and `exponent` are those of a power; it is `loose` where what follows may
    belong to the exponent.
    """

    texts: Sequence[str]
    end: int
    base: Sequence[str] = ()
    exponent: Sequence[str] = ()
    loose: bool = False


def function(name: str) -> str | None:
    """The function that is called so, in whatever case, or None."""
    if name in WORDS or name in CONSTANT_NAMES:
        return None
    if name in SPELLINGS or name in ARRAY_FUNCTIONS:
        return name
    foreign = [n for n, _ in FOREIGN]
    if name in foreign:
        return name
    names = [*SPELLINGS, *ARRAY_FUNCTIONS, *foreign]
    alike = (n for n in names if n.lower() == name.lower() and n not in WORDS)
    return next(alike, None) if len(name) > 1 else None


def few(texts: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(texts))
    if not 0 < len(found) <= MAX_READINGS:
        raise UnreadError
    return found


def each(pattern: str, *readings: Sequence[str]) -> list[str]:
    """A pattern filled with each reading of its parts."""
    return few(pattern.format(*texts) for texts in product(*readings))


def plain(raised: str) -> str:
    """What stands above or below the line, on it."""
    return unicodedata.normalize("NFKC", raised).replace("−", "-").replace("⁄", "/")


def held(text: str) -> str:
    """A text in brackets, unless it holds together."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        ends = char in ")]" and place + 1 < len(text)
        if not depth and (ends or not (char.isalnum() or char in "_.)]")):
            return f"({text})"
    return text


def ranked(text: str, ranks: Mapping[str, int]) -> int:
    """The number of axes of a factor, as far as its name or a transpose tells."""
    name = re.match(r"(?:inv\()?(\w+)", text)
    if text.endswith(".T"):
        return ranks.get(text[:-2], 2)
    held_together = name and re.fullmatch(r"\w+|inv\(\w+\)|\w+\^\(-1\)", text)
    return ranks.get(name[1], 0) if name and held_together else 0


def products(whole: str, a: str, b: str, ranks: Mapping[str, int]) -> list[str]:
    """Products `whole`, which end with `a`, times `b`: by @ where they are matrices."""
    plain, matrices = f"{whole}*{b}", f"{whole} @ {b}"
    if " @ " in whole:
        return [matrices]
    if a[0].isdigit() or b[0].isdigit() or "]" in (a[-1], b[-1]):
        return [plain]
    one, other = ranked(a, ranks), ranked(b, ranks)
    if a.endswith(".T") or one > 1 and other:
        return [matrices]
    if b.endswith(".T") and one and other == 1:
        return [f"outer({whole}, {b[:-2]})"]
    if b.endswith(".T") and (one or a.isupper()) or one and other > 1:
        return [matrices]
    axes = [max(map(ranks.get, _names(text), repeat(0)), default=0) for text in (a, b)]
    named = [n not in ranks for text in (a, b) for n in [text] if _names(text) == [n]]
    if min(axes) and max(axes) > 1:
        return [matrices, plain]
    if b.endswith(".T") or one and other or max(axes) > 1 and any(named):
        return [plain, matrices]
    return [plain]


def _names(text: str) -> list[str]:
    return re.findall(r"[^\W\d]\w*", text)


def bare(text: str) -> str:
    return text[1:-1] if re.fullmatch(r"\([^()]*\)", text) else text


def multiplied(text: str, ranks: Mapping[str, int]) -> bool:
    """Whether a text is seen to be a matrix, or a product of matrices."""
    inside = _names(text) if text.startswith("(") else []
    if ranked(text, ranks) > 1 or any(ranks.get(name, 0) > 1 for name in inside):
        return True
    return any(sign in text for sign in (".T", "@", "^T", "ᵀ", "⊤"))


def above(
    texts: Sequence[str], exponent: str, end: int, ranks: Mapping[str, int]
) -> Part:
    """A power whose exponent stands above the line."""
    if exponent == "T":
        return Part([f"{text}.T" for text in texts], end)
    exponent = re.sub("(?<=[A-Za-z])(?=[0-9])", "^", exponent)  # e⁻ˣ² is e^(-x^2)
    above = exponent if exponent.isalnum() else f"({exponent})"
    powers = [f"{text}^{above}" for text in texts]
    if exponent.isdigit():
        squares = (t for t in texts if ranked(t, ranks) > 1)
        powers += [f"matrix_power({text}, {exponent})" for text in squares]
    if exponent == "-1" and multiplied(texts[0], ranks):
        powers = [f"inv({bare(text)})" for text in texts]
    elif exponent == "-1":
        powers += [f"inv({text})" for text in texts if re.fullmatch("[A-Z]", text)]
    return Part(powers, end, texts, [above])


def number(pieces: Pieces, k: int) -> Part:
    """A number: its digits in groups, in base 16, or with a fraction."""
    value, end = pieces.value(k), k + 1
    if value[:2].lower() in ("0x", "0b"):
        return Part([str(int(value, 0))], end)
    if not value[-1].isascii():
        whole = f"{value[:-1]} + " if value[:-1] else ""
        return Part([f"({whole}{plain(value[-1])})"], end)
    groups = [value.replace("_", "")]
    while pieces.piece(end).kind == "number" and value.isdecimal():
        if not re.fullmatch("[0-9]{3}", pieces.value(end)):
            break
        groups.append(pieces.value(end))
        end += 1
    if pieces.piece(end).kind == "number" and not pieces.piece(end).apart:
        raise UnreadError
    return Part(few(["".join(groups), "*".join(groups)]), end)


def least(name: str) -> int:
    """The smallest number of arguments of a function."""
    rows = [row.least + row.variadic for row in SPELLINGS.get(name, ())]
    rows = rows or [count for n, count in FOREIGN if n == name]
    if not rows:
        row = ARRAY_FUNCTIONS[name]
        rows = [len(row.params) - len(row.defaults)]
    return min(rows)


def raised(name: str, exponent: str, argument: str) -> list[str]:
    """sin^2(x) as sin(x)^2; sin^-1(x) is the inverse, or the reciprocal."""
    call = f"{name}({argument})"
    if not exponent:
        return [call]
    if exponent != "-1":
        return [f"{call}^{exponent if exponent.isalnum() else f'({exponent})'}"]
    row = SPELLINGS[name][0] if name in SPELLINGS else None
    found = re.match(r"(\w+)\(y\)", row.inverse) if row else None
    inverse = found[1] if found else f"a{name}"
    known = [f"{inverse}({argument})"] if inverse in SPELLINGS else []
    return [*known, f"{call}^(-1)"]
