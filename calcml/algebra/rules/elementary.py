"""Values and inverse pairs of the elementary functions.

What a function is at 0 and at -a stands in its own row.
"""

from calcml.algebra.rules.rule import rule

# fmt: off
rule("log-exp",      "log(exp(a)) -> a", given="real")
rule("log-1",        "log(1) -> 0")
rule("log-e",        "log(e) -> 1")
rule("exp-log",      "exp(log(a)) -> a")
rule("abs-abs",      "abs(abs(a)) -> abs(a)")
rule("abs-exp",      "abs(exp(a)) -> exp(a)", given="real")
rule("where-same",   "where(c, a, a) -> a")
rule("max-same",     "max(a, a) -> a")
rule("min-same",     "min(a, a) -> a")
# fmt: on
