"""Rewrites: one named line each, in calcml's own grammar, with the guard it needs.

`a`, `b`, `c` and `n` stand for any expression. `given` is the condition under which the
two sides are equal; "real" asks that no imaginary unit is in the expression.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """left -> right, wherever left is defined and `given` holds."""

    name: str
    left: str
    right: str
    given: str = ""


RULES: dict[str, Rule] = {}


def rule(name: str, text: str, given: str = "") -> None:
    """Add one rewrite; a name that is there already is a ValueError."""
    if name in RULES:
        raise ValueError(f"two rules are called {name}")
    left, right = text.split(" -> ")
    RULES[name] = Rule(name, left, right, given)


from calcml.rules import elementary as elementary, kinks as kinks  # noqa: E402  the data
