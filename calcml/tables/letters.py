"""Letters that are functions in a row: what has a prime before a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from calcml.core.build import rebuilt
from calcml.core.expr import Expr, formal, walk
from calcml.tables.spelled import cleaned, primes

_CALL = r"(?<![A-Za-z\\]){}(?='*\s*(?:\\left\s*)?\()"  # a letter that is called
_FUNCTIONS = "fghFGH"  # letters that every language takes for functions


def called(texts: Iterable[str]) -> frozenset[str]:
    """Letters that are functions in some texts: what has a prime before a bracket."""
    primed = re.compile(_CALL.format("([A-Za-z])").replace("*", "+", 1))
    return frozenset(primed.findall(cleaned(primes(" ; ".join(texts)))[0]))


def as_functions(text: str, functions: Iterable[str]) -> tuple[str, dict[str, str]]:
    """A text whose `functions` have letters of such, and what those stand for."""
    asked = [c for c in sorted({*functions} - {*_FUNCTIONS}) if c in text]
    spare = [c for c in _FUNCTIONS if not re.search(rf"(?<![A-Za-z]){c}", text)]
    letters = dict(zip(spare, asked, strict=False))
    for new, old in letters.items():
        text = re.sub(_CALL.format(old), new, text)
    return text, letters


def renamed(root: Expr, letters: Mapping[str, str]) -> Expr:
    """An expression with other names for its unknown functions."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        done[node] = rebuilt(node, done)
        if node.op == "formal" and node.value[0] in letters:
            name, orders = node.value
            done[node] = formal(letters[name], orders, done[node].args)
    return done[root]
