"""The keys of a row: what each may hold, and what is told of any other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from calcml.batch.limits import NEAR
from calcml.core.errors import CalcmlError
from calcml.core.expr import Expr
from calcml.parsing.dialects import DIALECTS

Asked = Mapping[str, Any]


class RowError(CalcmlError):
    """A row that asks nothing: no JSON, a key is missing, or holds something else."""

    kind = "row"


class Key(NamedTuple):
    """What a key `holds`, and in words what it must be."""

    holds: Callable[[Any], bool]
    must: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _is_one_or_more(value: Any) -> bool:
    return isinstance(value, str) or _are_texts(value)


def _is_order(value: Any) -> bool:
    return type(value) is int and value >= 1


def _are_shapes(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(shape, (str, list, tuple)) for shape in value.values()
    )


FORMATS: dict[str, Callable[[Expr], str]] = {
    "text": str,
    "latex": Expr.latex,
    "markdown": lambda e: f"$$\n{e.latex()}\n$$",
}

BY = "var"
KEYS = {
    "expr": Key(_is_text, 'a text, such as "x^2"'),
    BY: Key(_is_one_or_more, 'a name, such as "x", or a list of names'),
    "vars": Key(_are_texts, 'a list of names, such as ["x", "e"]'),
    "order": Key(_is_order, "a whole number from 1"),
    "shapes": Key(_are_shapes, 'an object, such as {"A": "m n", "x": "n"}'),
    "given": Key(_is_one_or_more, 'an assumption, such as "x > 0", or a list of them'),
    "dialect": Key(DIALECTS.__contains__, f"one of {', '.join(DIALECTS)}"),
    "defined": Key(_is_flag, "true or false"),
    "simplify": Key(_is_flag, "true or false"),
    "format": Key([*FORMATS].__contains__, f"one of {', '.join(FORMATS)}"),
}
_KNOWN = frozenset((*KEYS, "id"))
_ELSEWHERE = {"id": "", "ID": "id", "Id": "id", "symbols": "vars"}
ASKED = "expr", BY  # without which a row asks nothing
ANSWERED = frozenset(("id", "derivative", "notes", "error"))  # keys of an answer


def check(row: Asked) -> None:
    """RowError for a key that is missing, holds something else, or is misspelt."""
    for name, value in row.items():
        key = KEYS.get(name)
        if key is None:
            meant = slip_of(name)
            if meant:
                raise RowError(f"{name} is no key; write {meant}")
        elif not key.holds(value):
            raise RowError(f"{name} must be {key.must}")
    for name in ASKED:
        if name not in row:
            raise RowError(f"{name} must be {KEYS[name].must}")


def others(row: Asked) -> set[str]:
    """The keys of a row that are no options, and no slips of one."""
    found = row.keys() - _KNOWN
    return {name for name in found if not slip_of(name)} if found else found


def announce(found: Set[str], told: set[str], keep: bool) -> None:
    """Say on standard error which keys are no options, those not `told` before."""
    if found <= told:
        return
    listed = ", ".join(sorted(map(str, found - told)))
    done = "copied to the answers" if keep else "ignored; --keep copies them to answers"
    print(f"note: keys that are no options of a row: {listed}; {done}", file=sys.stderr)
    own = ", ".join(sorted((found & ANSWERED) - told))
    if keep and own:
        print(f"note: {own} is the answer's own, and not copied", file=sys.stderr)
    told |= found


@lru_cache(1024)
def slip_of(name: str) -> str:
    """The key of which `name` is a misspelling, or another name in Python."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    import difflib  # only where a key is none of ours

    near = difflib.get_close_matches(str(name).casefold(), KEYS, 1, NEAR)
    return near[0] if near and not str(name)[-1:].isdigit() else ""
