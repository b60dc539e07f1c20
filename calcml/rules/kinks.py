"""Spellings of one kinked function, brought to the one whose row states its slope."""

from calcml.rules import rule

# fmt: off
rule("sqrt-square",  "sqrt(a^2) -> abs(a)", given="real")
rule("abs-max",      "max(a, -a) -> abs(a)")
rule("abs-max-left", "max(-a, a) -> abs(a)")
# fmt: on
