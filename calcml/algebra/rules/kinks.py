"""Spellings of one kinked function, brought to the one whose row states its slope.

A rule a + f(a) is for an even function f, and is tried on every sum.
"""

from calcml.algebra.rules.rule import rule

# fmt: off
rule("sqrt-square",    "sqrt(a^2) -> abs(a)", given="real")
rule("relu-abs",       "a + abs(a) -> 2*relu(a)", given="real")
rule("abs-max",        "max(a, -a) -> abs(a)")
rule("abs-max-left",   "max(-a, a) -> abs(a)")
rule("relu-where-gt",  "where(a > 0, a, 0) -> relu(a)")
rule("relu-where-ge",  "where(a >= 0, a, 0) -> relu(a)")
rule("relu-where-lt",  "where(a < 0, 0, a) -> relu(a)")
rule("relu-where-le",  "where(a <= 0, 0, a) -> relu(a)")
rule("abs-where-gt",   "where(a > 0, a, -a) -> abs(a)")
rule("abs-where-ge",   "where(a >= 0, a, -a) -> abs(a)")
rule("abs-where-lt",   "where(a < 0, -a, a) -> abs(a)")
rule("abs-where-le",   "where(a <= 0, -a, a) -> abs(a)")
# fmt: on
