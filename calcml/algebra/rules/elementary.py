"""Values and inverse pairs of the elementary functions.

What a function is at 0 and at -a stands in its own row.
"""

from calcml.algebra.rules.rule import rule

# fmt: off
rule("log-exp",      "log(exp(a)) -> a", given="real")
rule("log-1",        "log(1) -> 0")
rule("log-e",        "log(e) -> 1")
rule("exp-log",      "exp(log(a)) -> a")
rule("exp-log1p",    "exp(log1p(a)) -> 1 + a")
rule("exp-softplus", "exp(softplus(a)) -> 1 + exp(a)", given="real")
rule("exp-logsigmoid", "exp(logsigmoid(a)) -> sigmoid(a)", given="real")
rule("exp-log-ndtr", "exp(log_ndtr(a)) -> ndtr(a)", given="real")
rule("exp-logaddexp", "exp(logaddexp(a, b)) -> exp(a) + exp(b)", given="real")
rule("lambertw-exp", "lambertw(a*exp(a)) -> a", given="real and a >= -1")
rule("exp-lambertw", "exp(lambertw(a)) -> a/lambertw(a)", given="real and lambertw(a) != 0")
rule("lambertw-end", "lambertw(-exp(-1)) -> -1")
rule("lambertw-e",   "lambertw(-1/e) -> -1")
rule("logit-sigmoid", "logit(sigmoid(a)) -> a", given="real")
rule("cos-asin",     "cos(asin(a)) -> sqrt(1 - a^2)", given="real")
rule("sin-acos",     "sin(acos(a)) -> sqrt(1 - a^2)", given="real")
rule("tan-asin",     "tan(asin(a)) -> a/sqrt(1 - a^2)", given="real")
rule("tan-acos",     "tan(acos(a)) -> sqrt(1 - a^2)/a", given="real")
rule("sin-atan",     "sin(atan(a)) -> a/sqrt(a^2 + 1)", given="real")
rule("cos-atan",     "cos(atan(a)) -> 1/sqrt(a^2 + 1)", given="real")
rule("cosh-asinh",   "cosh(asinh(a)) -> sqrt(a^2 + 1)", given="real")
rule("sinh-acosh",   "sinh(acosh(a)) -> sqrt(a - 1)*sqrt(a + 1)", given="real")
rule("tanh-asinh",   "tanh(asinh(a)) -> a/sqrt(a^2 + 1)", given="real")
rule("tanh-acosh",   "tanh(acosh(a)) -> sqrt(a - 1)*sqrt(a + 1)/a", given="real")
rule("sinh-atanh",   "sinh(atanh(a)) -> a/sqrt(1 - a^2)", given="real")
rule("cosh-atanh",   "cosh(atanh(a)) -> 1/sqrt(1 - a^2)", given="real")
rule("root-circle",  "sqrt(1 - cos(a)^2) -> abs(sin(a))", given="real")
rule("root-circle-s", "sqrt(1 - sin(a)^2) -> abs(cos(a))", given="real")
rule("root-tan",     "sqrt(tan(a)^2 + 1) -> 1/abs(cos(a))", given="real")
rule("root-sinh",    "sqrt(sinh(a)^2 + 1) -> cosh(a)", given="real")
rule("root-cosh",    "sqrt(cosh(a)^2 - 1) -> abs(sinh(a))", given="real")
rule("root-tanh",    "sqrt(1 - tanh(a)^2) -> 1/cosh(a)", given="real")
rule("abs-abs",      "abs(abs(a)) -> abs(a)")
rule("abs-exp",      "abs(exp(a)) -> exp(a)", given="real")
rule("where-same",   "where(c, a, a) -> a")
rule("max-same",     "max(a, a) -> a")
rule("min-same",     "min(a, a) -> a")
# fmt: on
