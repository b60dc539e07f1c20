"""Guards of rules: read once, decided for what a pattern is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from calcml.algebra.facts.assumptions import Facts
from calcml.algebra.facts.reading import read_condition
from calcml.core.build import substitute
from calcml.core.errors import or_none
from calcml.core.expr import Expr, symbol


class Guard(NamedTuple):
    """A rule's guard: a condition on its letters, and whether it asks for real values.

    `real` means that no imaginary unit is in the expression, which the caller sees to.
    """

    condition: Expr | None = None
    letters: frozenset[str] = frozenset()
    real: bool = False


def read_guard(text: str) -> Guard:
    """The guard that `text` states: "", "real", "a > 0 and n in integers", ...

    Raises the errors of `parse`.
    """
    real = text == "real" or text.startswith("real and ")
    text = text.removeprefix("real").removeprefix(" and ") if real else text
    if not text:
        return Guard(real=real)
    condition = read_condition(text)
    return Guard(condition, condition.free_symbols, real)


def guard_holds(guard: Guard, bound: Mapping[str, Expr], facts: Facts) -> bool:
    """Whether the condition of a guard follows for what its letters are bound to.

    A letter that is not bound leaves it undecided.
    """
    if guard.condition is None:
        return True
    if not guard.letters <= bound.keys():
        return False
    values = {symbol(letter): bound[letter] for letter in guard.letters}
    condition = or_none(substitute, guard.condition, values)
    return condition is not None and facts.decide(condition) is True
