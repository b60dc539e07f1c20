"""Where a formula is not smooth, as the rows of its functions say."""

from __future__ import annotations

import re
from typing import NamedTuple

from calcml.errors import CalcmlError
from calcml.exact import evaluate
from calcml.expr import CONDITIONS, Expr, Number, walk
from calcml.functions import FUNCTIONS, Row
from calcml.printing.core import ATOM, binding
from calcml.printing.text import text
from calcml.syntax import parse


class Kink(NamedTuple):
    """Places, in words, and what happens there; the numbers among the places."""

    places: tuple[str, ...]
    what: str
    numbers: tuple[Number, ...] = ()

    def __str__(self) -> str:
        at = " and ".join(self.places)
        match = _CHOICE.match(self.what)
        if match is None:
            return f"at {at}: {self.what}" if self.what else f"at {at}"
        return f"undefined at {at}, subgradient in {match[2]}, {match[1]} is taken"


_CHOICE = re.compile(r"(\S+) in (.+)$")


def kinks(root: Expr, x: Expr) -> list[Kink]:
    """The kinks of `root` along `x`.

    Those of a function of plain variables are told whole; of those of a part only the
    place is known, as what surrounds it may smooth it.
    """
    row = FUNCTIONS.get(root.op)
    if row is not None and row.kink and all(not a.args for a in root.args):
        return [_told(part, row, root, x) for part in row.kink.split("; ")]
    found = []
    moving = {x}
    for node in walk(root):
        if moving.isdisjoint(node.args):
            continue
        moving.add(node)
        row = FUNCTIONS.get(node.op)
        if row is not None and row.kink:
            places = [_told(part, row, node, x).places for part in row.kink.split("; ")]
            found += [Kink(place, f"perhaps a kink, of {row.name}") for place in places]
        elif node.op in CONDITIONS and node.args[0].op not in CONDITIONS:
            edge = f"the edge of {text(node)}"
            found.append(Kink((edge,), "perhaps a kink or a jump"))
    return found


def _told(part: str, row: Row, node: Expr, x: Expr) -> Kink:
    """One part of a row's `kink`, such as "x = 0, x = 6: 0 in [0, 1]", for a node."""
    values = dict(zip(row.params, node.args, strict=False))
    names = re.compile("|".join(rf"\b{p}\b" for p in row.params))

    def filled(words: str) -> str:
        if words in values:
            return text(values[words])
        return names.sub(lambda m: _shown(values[m[0]]), words)

    where, _, what = part.partition(": ")
    places, numbers = [], []
    for place in where.split(", "):
        left, equals, right = place.partition(" = ")
        left, right = filled(left), filled(right)
        if equals and left == x.value:
            places.append(right)
            numbers += _number(right)
        else:
            places.append(f"{left}{equals}{right}")
    return Kink(tuple(places), filled(what), tuple(numbers))


def _shown(node: Expr) -> str:
    return text(node) if binding(node) == ATOM else f"({text(node)})"


def _number(words: str) -> list[Number]:
    try:
        value = evaluate(parse(words))
    except CalcmlError:
        return []
    return [] if value is None else [value]
