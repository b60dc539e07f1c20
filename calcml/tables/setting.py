"""What stands with a published formula: shapes, what is given, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from calcml.core.errors import or_none
from calcml.core.expr import CONDITIONS, Expr
from calcml.core.flat import joined
from calcml.parsing.parser import parse
from calcml.tables.formulas import readings
from calcml.tables.headings import Published
from calcml.tables.words import spellings

MARK = re.compile(r"\[\^\w+\]|\^\{\[\w+\]\}")  # of a footnote
_SHAPES = re.compile(rf"[,;]?\s*\b(?:{spellings('shapes')})\s+(?=[^,]*:)")
_WORD = rf",\s*(?:{spellings('given')})\s+"
_GIVEN = re.compile(rf"{_WORD}(?=[`$]|\w+ \w)|,\s*given\s+(?=.*[=<>])")


def setting(row: Published) -> tuple[Published, dict[str, str], list[str]]:
    """A row without the shapes and assumptions that stand with its function."""
    function, told, given = MARK.sub("", row.function), row.shapes, row.given
    if not told:
        function, told, *_ = *_SHAPES.split(function, maxsplit=1), ""
        parts = re.split(_WORD if told else _GIVEN, told or function, maxsplit=1)
        function, told = (function, parts[0]) if told else (parts[0], "")
        given = "".join(parts[1:])
    asked = _LAST.search(told) or _LAST.search(given)
    if asked:
        told, given = _LAST.sub("", told), _LAST.sub("", given)
        row = row._replace(variable=row.variable or asked[1])
    plain = re.sub(r"\\times", " ", re.sub(r"[`${}]|\\displaystyle", "", told))
    shapes = {n: " ".join(d.split()) for n, d in re.findall(r"(\w+)\s*:([^,]*)", plain)}
    facts = _APART.split(re.sub("[`$]", "", given)) if given else []
    return row._replace(function=function), shapes, [_fact(f, shapes) for f in facts]


_LAST = re.compile(rf",\s+(?:{spellings('by')})\s+(\$\s*[^\s,$]+\$|[^\s,]+)\s*$")
_APART = re.compile(r",\s+(?![^()]*\))")
_SIGNS = {r"\le": "<=", r"\leq": "<=", "≤": "<=", r"\ge": ">=", r"\geq": ">="}
_SIGNS |= {"≥": ">=", r"\ne": "!=", r"\neq": "!=", "≠": "!="}


def _fact(told: str, shapes: Mapping[str, str] | None = None) -> str:
    """An assumption in calcml's language, which words such as A symmetric are, too."""
    if "\\" not in told:
        return told
    *parts, last = re.split(r"(\\(?:leq?|geq?|neq?)(?![A-Za-z])|[<>!]?=|[<>≤≥≠])", told)
    made = ""
    for side, sign in zip(parts[::2], parts[1::2], strict=True):
        made += f"{readings(side, shapes)[0].node} {_SIGNS.get(sign, sign)} "
    return f"{made}{readings(last, shapes)[0].node}" if made else told


def conditions(cell: str) -> Expr | None:
    """The conditions of a cell that are read, all in one."""
    found = []
    for part in re.split(r",|\\text\{[^{}]*\}|\band\b", re.sub("[$`]", "", cell)):
        fact = or_none(_fact, part)
        node = or_none(parse, fact) if fact else None
        if node is not None and node.op in CONDITIONS:
            found.append(node)
    return joined("and", found) if found else None
