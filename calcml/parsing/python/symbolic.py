"""What code for SymPy is made of that no other has: symbols and Piecewise."""

from __future__ import annotations

import re
from typing import Any

from calcml.core.build import build
from calcml.core.errors import ParseError
from calcml.core.expr import Expr
from calcml.parsing import parser
from calcml.parsing.python.values import CHOICE, Text, condition_of, scalar_of


def symbols(names: Any, **assumptions: Any) -> Any:
    """SymPy's names, which are variables here; what is assumed of them is `given`."""
    if not isinstance(names, Text) or assumptions.keys() & {"cls", "seq"}:
        raise ParseError('names of variables are one text: symbols("x y")')
    words = re.split(r"[\s,]+", names.text.strip(" ,"))
    if not all(re.fullmatch(r"[^\W\d]\w*", word) for word in words):
        raise ParseError("names of variables are letters, digits and _ here")
    found = tuple(map(parser.variable, words))
    return found if len(found) > 1 else found[0]


def piecewise(*pairs: Any) -> Expr:
    """SymPy's choice, of which the last condition is True."""
    if not pairs or any(type(p) is not tuple or len(p) != 2 for p in pairs):
        raise ParseError("Piecewise takes pairs of a value and a condition")
    *others, (last, always) = pairs
    if always is not True:
        raise ParseError("the last condition of Piecewise is read as True alone")
    result = scalar_of(last)
    for value, condition in reversed(others):
        result = build(CHOICE, (condition_of(condition), scalar_of(value), result))
    return result
