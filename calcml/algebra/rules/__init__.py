"""Rewrites: one named line each, in calcml's own grammar, with the guard it needs.

`a`, `b`, `c` and `n` stand for any expression. `given` is the condition under which the
two sides are equal: it must follow from what is known of the letters, or the rule is not
used; "real" asks that no imaginary unit is in the expression.
"""

from calcml.algebra.rules import (  # the data, in the table's order
    assumed as assumed,
    elementary as elementary,
    kinks as kinks,
    recognition as recognition,
    relations as relations,
)
from calcml.algebra.rules.rule import RULES as RULES, Rule as Rule
