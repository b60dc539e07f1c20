"""What a row of a published table says: a function, a derivative, and by what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import Expr
from calcml.parsing.inputs import Function, read
from calcml.parsing.readings import function
from calcml.tables.formulas import Reading, beside, readings
from calcml.tables.headings import Published
from calcml.tables.letters import called
from calcml.tables.setting import MARK, conditions, setting
from calcml.tables.spelled import (
    ELSE,
    IF,
    SIZES,
    SPAN,
    D,
    cleaned,
    is_whole,
    primes,
    sides,
    unwrapped,
)
from calcml.tables.words import spellings


class Row(NamedTuple):
    """What a row says: readings of its function, and texts of its derivative.

    `heads` are what the names on the left stand for, as f(x) or p; `conditions`, if
    there are any, are those under which the row is meant to hold.
    """

    functions: list[Reading]
    claims: list[str]
    variable: str
    names: Mapping[str, Expr]  # that it defines
    heads: dict[Expr, Expr]
    conditions: Expr | None
    named: bool  # whether a name stands beside the function, which may say by what
    prose: str  # words in the derivative that are not read
    upstream: str
    shapes: dict[str, str]
    given: list[str]
    letters: frozenset[str]  # that are functions


class Slope(NamedTuple):
    """What stands under a sign of a derivative: (sin x)', d/dx sin x, f'(x)."""

    inner: str
    variable: str = ""
    held: bool = True  # whether brackets or d/dx stand around it

    @property
    def bare(self) -> bool:
        """Whether it is a name alone, as in f'(x)."""
        name = r"\W*\\?(?:\w+\W*)?(?:\(\\?\w+\))?"
        plain = re.sub(r"\\(?:text|mathrm|operatorname)\{(\w+)\}", r"\1", self.inner)
        return re.fullmatch(name, plain) is not None


def row_of(row: Published) -> Row:
    """What a published row says. Raises CalcmlError where it is not read."""
    row, shapes, given = setting(row)
    functions, claims, by = _equation(row.equation) if row.equation else _columns(row)
    if not functions or not claims:
        lacks = "derivative" if functions else "function"
        raise CalcmlError(f"there is no formula for the {lacks} in it")
    asked = by or _plain(row.variable).lstrip("\\")
    where = conditions(row.condition)
    named = bool(_prose(row.function) or _TITLE.match(row.function))
    letters = called((row.function, row.derivative, row.equation))
    if degrees := _DEGREES.search(row.function):
        raise CalcmlError(f"{degrees[0]}: that is not read")
    prose = " ".join(re.sub(r"\b(?:or|oder|ou)\b", "", _prose(row.derivative)).split())
    if row.equation and where is None:
        prose = prose or row.condition
    last = named, prose, row.upstream, shapes, given, letters
    if shapes or len(functions) > 1 or _SEVERAL.search(functions[0]):
        whole = or_none(_defined, functions, shapes)
        if whole is not None:
            names = whole.definitions
            found = [Reading(whole.root, whole.told.dialect)]
            return Row(found, claims, asked, names, {}, where, *last)
    found, heads = _headed(functions, letters)
    return Row(found, claims, asked, {}, heads, where, *last)


_SEVERAL = re.compile("[;\n]")
_DEGREES = re.compile(r"\bin (?:degrees|Grad)\b|\ben degrés\b")


def _defined(functions: Sequence[str], shapes: Mapping[str, str]) -> Function:
    """A formula with the definitions of the names in it, which stand behind it."""
    if _SEVERAL.search(functions[0]):
        return read(functions[0], (), shapes)
    pairs = [  # a call, as in mse(a, b) = ..., names nothing
        parts[:1] * (len(parts) > 1 and "(" not in parts[0]) + parts[-1:]
        for parts in map(sides, functions)
    ]
    texts = [" = ".join(pair) for pair in [*pairs[1:], pairs[0]]]
    tex = any("\\" in one for one in texts)
    last = pairs[0][:-1]  # its name, which the derivative may use, too
    text = (r" \\ " if tex else "; ").join([*texts, *last])
    if not tex:
        return read(text, (), shapes)
    found = or_none(read, text, (), shapes, "latex")
    return read(beside(text), (), shapes, "latex") if found is None else found


def _headed(
    functions: Sequence[str], letters: frozenset[str]
) -> tuple[list[Reading], dict[Expr, Expr]]:
    """The first formula, and what the names on the left of equations stand for."""
    heads: dict[Expr, Expr] = {}
    found: list[list[Reading]] = []
    errors: list[CalcmlError] = []
    for one in functions:
        named: list[Expr] = []
        bodies: list[Reading] = []
        for side in (parts := sides(one)):
            try:
                ways = readings(_called(side), functions=letters)
            except CalcmlError as error:
                errors.append(error)
                continue
            last = side is parts[-1] and not bodies
            if not last and ways[0].node.op in ("formal", "symbol"):
                named += [way.node for way in ways]
            else:
                bodies += ways
        heads.update((name, bodies[0].node) for name in named if bodies)
        found.append(bodies)
    if not found[0]:
        raise errors[0] if errors else CalcmlError("there is no function in it")
    return found[0], heads


def _called(side: str) -> str:
    """A function that stands alone, as tanh, with its argument."""
    wrapped = r"\\?(?:(?:operatorname|text|mathrm)\s*\{)?\s*([A-Za-z ]{2,}?)\s*\}?"
    name = re.fullmatch(wrapped, cleaned(side)[0])
    word = name and function(name[1].strip())
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
    r"\\(?:Rightarrow|implies|[lL]ongrightarrow|to|mapsto)\b|\brArr\b|=>|⇒|→|↦|,(?=[^,]*')"
)


# --- texts -------------------------------------------------------------------------


def texts(cell: str) -> list[str]:
    """The formulas of a cell: its spans of code or TeX, if prose stands around them."""
    cell = MARK.sub("", primes(cell)).strip()
    spans = [next(filter(None, found)) for found in SPAN.findall(cell)]
    defined = len(spans) > 1 and all(map(_DEFINED.match, spans[1:]))
    if _prose(cell) or defined and not SPAN.sub("", cell).strip(" ,;"):
        return spans
    if not SPAN.search(cell):
        cell = _ASKED.sub("", _TITLE.sub("", cell))
        if not re.search(r"[\\;\n]", cell):
            parts = re.split(r",\s+(?=[^\W\d]\w* = )", cell)
            if len(parts) > 1:
                return parts
    whole = SPAN.sub(lambda m: next(filter(None, m.groups())), cell)
    for note in _NOTES:
        whole = note.sub("", whole)
    whole = re.sub(r"(?<!\\right)\.\s*$", "", whole.strip(" ;\n"))
    if whole.startswith("{") and is_whole(whole):
        whole = whole[1:-1].strip().removeprefix(r"\displaystyle").strip()
    return [whole] if whole else []


_DEFINED = re.compile(r"\s*\\?\w+\s*=(?!=)")  # beside a formula: what a name in it is
_NOTES = [
    re.compile(r"\s+\([^\W\d_]{4,}[^()]*\)\s*$"),  # c (constant)
    re.compile(r"\s*\([^(),&]*[<>≤≥≠][^(),&]*\)\s*$"),  # (|x| < 1)
    re.compile(r",\s*\\text\s*\{\s*(?:for|where)\b[^{}<>=]*\}\s*\w?\s*$"),
    re.compile(r"\s*\([^()]*[\u4e00-\u9fff][^()]*\)\s*$"),
    re.compile(r"[\s,，]+[A-Za-z]?(?![当若其否])[\u4e00-\u9fff][^()]*$"),  # a 为实数
    re.compile(rf"[;,](?!.*\b(?:{IF}|{ELSE})\b)[^;,()]*(?:[<>≤≥≠]|\\[lg]e)[^;,]*$"),
]
_BY = re.compile(rf"^\s*(?:{spellings('by')})\s+[^:]*:")
_TITLE = re.compile(r"^[^:=]*[^\W\d_]{3,}[^:=]*:\s+")  # a name before a formula
_ASKED = re.compile(rf",\s+(?:{spellings('by')})\s+\w+\s*$")


def _prose(cell: str) -> str:
    """The words around the spans of a cell."""
    if not SPAN.search(cell):
        return ""
    plain = re.sub(rf"\b(?:{IF}|{ELSE})\b", "", SPAN.sub(" ", _BY.sub("", cell)))
    return " ".join(re.findall(r"[^\W\d_]{2,}|w\.r\.t", plain))


_QUOTIENT = re.compile(
    rf"\s*(?:\\[dt]?frac\s*\{{\s*{D}(?P<f>(?:[^{{}}]|\{{[^{{}}]*\}})*)\}}\s*\{{\s*{D}(?P<x>\\?\w+)\s*\}}"
    rf"|{D}(?P<g>\w*)\s*/\s*{D}(?P<y>\w))(?P<rest>.*)",
    re.DOTALL,
)
_PRIMED = re.compile(
    r"(?P<f>(?:(?P<name>\\?[A-Za-z]{2,})\s*(?=\())?[(\[{].*[)\]}]|\{?\\?\w+\}?)\s*(?:['′’]|\^\s*\{?\s*(?:\\prime|['′’])\s*\}?)"
    r"\s*(?:\((?:\s*\\?\w+\s*,)*\s*\\?(?P<x>\w+)\s*\))?",
    re.DOTALL,
)


def slope(side: str) -> Slope | None:
    """What a side is the derivative of, None where it has no sign of one."""
    found = _QUOTIENT.fullmatch(side)
    if found:
        inner = (found["f"] or found["g"] or "") + found["rest"]
        by = (found["x"] or found["y"]).lstrip("\\")
        return Slope(unwrapped(inner), by, bool(found["rest"].strip()))
    plain = SIZES.sub("", side).strip()
    found = _PRIMED.fullmatch(plain)
    if found is None:
        return None
    name, inner = found["name"] or "", found["f"]
    called = bool(name) and function(name.lstrip("\\")) is not None
    argument = inner[len(name) :].strip()
    if argument[:1] not in ("(", "[", "{") or is_whole(argument):
        held = called or inner[0] in "(["
        return Slope(inner if name else unwrapped(inner), found["x"] or "", held)
    return None


def _plain(cell: str) -> str:
    return re.sub(r"[`${}\s]|\\displaystyle|\\(?=_)", "", cell)


def _by(cell: str) -> str:
    """The variable that prose names: by `z_1`."""
    fonts = r"\\displaystyle|\\math(?:rm|bf|it)|\\operatorname|\\text"
    plain = re.sub(rf"[`${{}}]|{fonts}|\\(?=_)", "", cell)
    asked = r"\b(?:by|wrt|w\.r\.t\.?|with respect to)\s+\\?([^\W\d]\w*)"
    found = re.search(asked, plain)
    return found[1] if found else ""
