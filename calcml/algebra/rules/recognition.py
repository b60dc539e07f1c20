"""Forms folded into the function that they are, where a whole expression is simplified.

A derivative is taken before: its kinks are those of the spelling. Rows with
`recognised` add their definitions to these.
"""

from calcml.algebra.rules.rule import rule

# fmt: off
rule("softplus-log",     "log(1 + exp(a)) -> softplus(a)", given="real", stage="close")
rule("softplus-log-b",   "log(exp(a) + 1) -> softplus(a)", given="real", stage="close")
rule("logaddexp-log",    "log(exp(a) + exp(b)) -> logaddexp(a, b)", given="real", stage="close")
rule("logsumexp-log",    "log(exp(a) + exp(b) + exp(c)) -> logsumexp(a, b, c)", given="real", stage="close")
rule("logsumexp-log-4",  "log(exp(a) + exp(b) + exp(c) + exp(n)) -> logsumexp(a, b, c, n)", given="real", stage="close")
rule("logsigmoid-log",   "log(sigmoid(a)) -> logsigmoid(a)", given="real", stage="close")
rule("softplus-mirror",  "log(1 - sigmoid(a)) -> -softplus(a)", given="real", stage="close")
rule("relu-max",         "max(a, 0) -> relu(a)", stage="close")
rule("relu-max-left",    "max(0, a) -> relu(a)", stage="close")
rule("relu6-min",        "min(relu(a), 6) -> relu6(a)", stage="close")
rule("relu6-min-left",   "min(6, relu(a)) -> relu6(a)", stage="close")
rule("abs-sign",         "a*sign(a) -> abs(a)", given="real", stage="close")
rule("sign-abs",         "a/abs(a) -> sign(a)", given="real", stage="close")
rule("sinc-times",       "a*sinc(a/pi) -> sin(a)", stage="close")
rule("relu-step",        "a*step(a) -> relu(a)", given="real", stage="close")
rule("step-square",      "step(a)*step(a) -> step(a)", given="real", stage="close")
rule("where-square-gt",  "where(a > b, 1, 0)*where(a > b, 1, 0) -> where(a > b, 1, 0)", given="real", stage="close")
rule("where-square-lt",  "where(a < b, 1, 0)*where(a < b, 1, 0) -> where(a < b, 1, 0)", given="real", stage="close")
rule("relu-step-relu",   "relu(a)*step(a) -> relu(a)", given="real", stage="close")
rule("where-relu-gt",    "where(a > 0, b*relu(a), 0) -> b*relu(a)", given="real", stage="close", total="b")
rule("where-relu-ge",    "where(a >= 0, b*relu(a), 0) -> b*relu(a)", given="real", stage="close", total="b")
rule("relu-relu",        "relu(relu(a)) -> relu(a)", stage="close")
rule("abs-relu",         "abs(relu(a)) -> relu(a)", stage="close")
# fmt: on
