"""What a row of a published table says: a function, a derivative, and by what."""

from __future__ import annotations

import re
from typing import NamedTuple

from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import CONDITIONS, Expr
from calcml.core.flat import joined
from calcml.parsing.readings import function
from calcml.tables.formulas import ELSE, IF, SPAN, D, Reading, readings
from calcml.tables.headings import Published


class Row(NamedTuple):
    """What a row says: readings of its function, and texts of its derivative.

    `heads` are what the names on the left stand for, as f(x) or p; `conditions`, if
    there are any, are those under which the row is meant to hold.
    """

    functions: list[Reading]
    claims: list[str]
    variable: str
    heads: dict[Expr, Expr]
    conditions: Expr | None
    prose: str  # words in the derivative that are not read


class Slope(NamedTuple):
    """What stands under a sign of a derivative: (sin x)', d/dx sin x, f'(x)."""

    inner: str
    variable: str = ""
    held: bool = True  # whether brackets or d/dx stand around it

    @property
    def bare(self) -> bool:
        """Whether it is a name alone, as in f'(x)."""
        name = r"\W*\\?(?:\w+\W*)?(?:\(\\?\w+\))?"
        return re.fullmatch(name, self.inner) is not None


def row_of(row: Published) -> Row:
    """What a published row says. Raises CalcmlError where it is not read."""
    functions, claims, by = _equation(row.equation) if row.equation else _columns(row)
    if not functions or not claims:
        lacks = "derivative" if functions else "function"
        raise CalcmlError(f"there is no formula for the {lacks} in it")
    heads: dict[Expr, Expr] = {}
    found: list[Reading] = []
    error: CalcmlError | None = None
    for k, one in enumerate(functions):
        parts = sides(one)
        named: list[Expr] = []
        bodies: list[Reading] = []
        for side in parts:
            try:
                read = readings(_called(side))
            except CalcmlError as wrong:
                error = error or wrong
                continue
            last = side is parts[-1] and not bodies
            if not last and read[0].node.op in ("formal", "symbol"):
                named += [reading.node for reading in read]
            else:
                bodies += read
        heads.update((name, bodies[0].node) for name in named if bodies)
        if k == 0:
            found = bodies
    if not found:
        raise error or CalcmlError("there is no function in it")
    asked = _plain(row.variable).lstrip("\\") or by
    words = _prose(row.derivative)
    return Row(found, claims, asked, heads, _conditions(row.condition), words)


def _called(side: str) -> str:
    """A function that stands alone, as tanh, with its argument."""
    wrapped = r"\\?(?:(?:operatorname|text|mathrm)\s*\{)?\s*([A-Za-z ]{2,}?)\s*\}?"
    name = re.fullmatch(wrapped, side)
    word = name and function(name[1])
    return f"{word}(x)" if word else side


Parts = tuple[list[str], list[str], str]


def _columns(row: Published) -> Parts:
    """The texts of the function and of its derivative, and the variable named there."""
    by = _by(row.function) or _by(row.derivative)
    functions, claims = texts(row.function), []
    for one in texts(_BY.sub("", row.derivative)):
        parts = sides(one)
        for side in parts:
            under = slope(side) if len(parts) > 1 else None
            if under is None:
                claims.append(side)
                continue
            by = by or under.variable
            if not under.bare:
                functions = [under.inner]
    return [_underived(one) for one in functions], claims, by


def _underived(one: str) -> str:
    under = slope(one)
    return one if under is None or under.bare else under.inner


def _equation(equation: str) -> Parts:
    """The same of an equation: (sin x)' = cos x, or f(x) = sin x, f'(x) = cos x."""
    for one in texts(equation):
        first, *others = sides(one) or [""]
        under = slope(first)
        if under is not None and others and under.held:
            return [under.inner], others, under.variable
        halves = _ARROW.split(one, maxsplit=1)
        if len(halves) == 2:
            return _columns(Published("", *halves))
    raise CalcmlError("it names no function with its derivative")


_ARROW = re.compile(
    r"\\(?:Rightarrow|implies|[lL]ongrightarrow|to|mapsto)\b|=>|⇒|→|↦|,(?=[^,]*')"
)


# --- texts -------------------------------------------------------------------------


def texts(cell: str) -> list[str]:
    """The formulas of a cell: its spans of code or TeX, if prose stands around them."""
    cell = cell.strip()
    if _prose(cell):
        return [next(filter(None, found)) for found in SPAN.findall(cell)]
    cell = _NOTE.sub("", cell) if not SPAN.search(cell) else cell
    whole = SPAN.sub(lambda m: next(filter(None, m.groups())), cell).strip(" .;\n")
    return [whole] if whole else []


_NOTE = re.compile(r"\s+\([^\W\d_]{4,}[^()]*\)\s*$")  # c (constant)
_BY = re.compile(r"^\s*by\s+[^:]*:")


def _prose(cell: str) -> str:
    """The words around the spans of a cell."""
    if not SPAN.search(cell):
        return ""
    plain = re.sub(rf"\b(?:{IF}|{ELSE})\b", "", SPAN.sub(" ", _BY.sub("", cell)))
    return " ".join(re.findall(r"[^\W\d_]{2,}|w\.r\.t", plain))


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


_QUOTIENT = re.compile(
    rf"\s*(?:\\[dt]?frac\s*\{{\s*{D}(?P<f>[^{{}}]*)\}}\s*\{{\s*{D}(?P<x>\\?\w+)\s*\}}"
    rf"|{D}(?P<g>\w*)\s*/\s*{D}(?P<y>\w))(?P<rest>.*)",
    re.DOTALL,
)
_PRIMED = re.compile(
    r"(?P<f>[(\[{].*[)\]}]|\{?\\?\w+\}?)\s*(?:['′’]|\^\s*\{?\s*(?:\\prime|['′’])\s*\}?)"
    r"\s*(?:\(\s*\\?(?P<x>\w+)\s*\))?",
    re.DOTALL,
)


def slope(side: str) -> Slope | None:
    """What a side is the derivative of, None where it has no sign of one."""
    found = _QUOTIENT.fullmatch(side)
    if found:
        inner = (found["f"] or found["g"] or "") + found["rest"]
        by = (found["x"] or found["y"]).lstrip("\\")
        return Slope(_unwrapped(inner), by, bool(found["rest"].strip()))
    plain = re.sub(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])", "", side.strip())
    found = _PRIMED.fullmatch(plain)
    if found and (found["f"][0] not in "([{" or _whole(found["f"])):
        held = found["f"][0] in "(["
        return Slope(_unwrapped(found["f"]), found["x"] or "", held)
    return None


def _unwrapped(text: str) -> str:
    """A text without the brackets around all of it."""
    text = re.sub(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])", "", text).strip()
    while text[:1] in ("(", "[", "{") and _whole(text):
        text = text[1:-1].strip()
    return text


def _whole(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if not depth:
            return place == len(text) - 1
    return False


def _plain(cell: str) -> str:
    return re.sub(r"[`${}\s]|\\displaystyle|\\(?=_)", "", cell)


def _by(cell: str) -> str:
    """The variable that prose names: by `z_1`."""
    plain = re.sub(r"[`${}]|\\displaystyle|\\(?=_)", "", cell)
    asked = (
        r"\b(?:by|wrt|w\.r\.t\.?|with respect to|nach|par rapport à)\s+\\?([^\W\d]\w*)"
    )
    found = re.search(asked, plain)
    return found[1] if found else ""


def _conditions(cell: str) -> Expr | None:
    """The conditions of a cell that are read, all in one."""
    found = []
    for part in re.split(r",|\\text\{[^{}]*\}|\band\b", re.sub("[$`]", "", cell)):
        read = or_none(readings, part) if part.strip() else None
        if read and read[0].node.op in CONDITIONS:
            found.append(read[0].node)
    return joined("and", found) if found else None
