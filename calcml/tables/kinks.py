"""The kinks of a row's formula, in the words of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calcml.algebra.arrays.simplify import without_kinds
from calcml.calculus.domain import where_defined
from calcml.calculus.kinks import Kink as Found, kinks as found_kinks, shown
from calcml.core.budget import limited
from calcml.core.errors import CalcmlError, LimitError
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, Number
from calcml.core.tensors import has_arrays
from calcml.parsing.parser import Given

OF_THE_DOMAIN = frozenset(("pole", "edge", "hole"))  # which a table tells elsewhere


class Kink(NamedTuple):
    """Places, in words, and what happens there; the numbers among the places."""

    places: tuple[str, ...]
    what: str
    numbers: tuple[Number, ...] = ()

    def __str__(self) -> str:
        at = " and ".join(self.places)
        if not at:
            return self.what
        if self.what.startswith("subgradient"):
            return f"undefined at {at}, {self.what}"
        return f"at {at}: {self.what}"


def kinks(root: Expr, x: Expr, given: Given = ()) -> list[Kink]:
    """The kinks of `root` along `x`; places at which the same happens stand together.

    None where they cannot be told, as of formulas with the imaginary unit.
    """
    found: Sequence[Found] = ()
    try:
        found = found_kinks(root, x, given=without_kinds(given))
    except LimitError:
        return [Kink((), "not decided")]
    except CalcmlError:
        pass
    doubtful = any(kink.kind == "singular" for kink in found)
    bounded = doubtful and bool(limited(where_defined)(root)[0])
    places: dict[str, list[Found]] = {}
    arrays = has_arrays(root)  # whose values are not told
    for kink in found:
        edge = kink.kind in OF_THE_DOMAIN or bounded and kink.kind == "singular"
        if not edge:
            places.setdefault(_what(kink, valued=not arrays), []).append(kink)
    return [
        Kink(tuple(_place(k, x) for k in some), what, tuple(_numbers(some)))
        for what, some in places.items()
    ]


def _what(kink: Found, valued: bool) -> str:
    """What happens at a kink; there is no slope where a function has no value."""
    if kink.subgradients:
        of = "in" if kink.subgradients.startswith("[") else ""
        told = f"subgradient {of} {kink.subgradients}".replace("  ", " ")
        return told if kink.slope is None else f"{told}, {shown(kink.slope)} is taken"
    kind = "not continuous" if kink.kind == "jump" else kink.kind
    if kink.slope is None or kink.value is None and valued:
        return kind
    return f"{kind}, slope {kink.slope}"


def _place(kink: Found, x: Expr) -> str:
    where = kink.where
    if kink.at is not None or "," not in where:
        where = where.removeprefix(f"{x} = ")
    return where if kink.condition is None else f"{where} (if {kink.condition})"


def _numbers(some: list[Found]) -> list[Number]:
    values = [evaluate(k.at) for k in some if k.at is not None]
    return [v for v in values if v is not None and not isinstance(v, bool)]
