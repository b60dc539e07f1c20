"""One rewrite, and how it is entered in the table."""

from __future__ import annotations

from typing import NamedTuple

RELATED = "relate"  # the stage of relations between values of functions


class Rule(NamedTuple):
    """left -> right, wherever left is defined and `given` holds.

    A rule of the stage "close" folds an expression into a function, and waits until a
    whole expression is simplified; one of the stage "tidy" is used before, too, and one
    of the stage "relate" only where the functions of its right side occur. What
    the letters in `total` stand for must have a value everywhere: the right side asks
    for it where the left side does not.
    """

    name: str
    left: str
    right: str
    given: str = ""
    stage: str = "tidy"
    total: str = ""


RULES: dict[str, Rule] = {}


def rule(
    name: str, text: str, given: str = "", stage: str = "tidy", total: str = ""
) -> None:
    """Add one rewrite; a name that is there already is a ValueError."""
    if name in RULES:
        raise ValueError(f"two rules are called {name}")
    left, right = text.split(" -> ")
    RULES[name] = Rule(name, left, right, given, stage, total)
