"""The short form of a formula: what is assumed, and what was done to it."""

import calcml as cm

# Binary cross-entropy of a logit: a page of quotients by hand, two operations here.
loss = "-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z)))"
print(cm.diff(loss, "z"))  # sigmoid(z) - y

# Softmax cross-entropy of one logit, the targets adding up to 1.
print(cm.simplify("p_1*(y_1 + y_2 + y_3) - y_1", given="sum(y) = 1"))  # p_1 - y_1

# Each step says what it needs; cancelling x extends the domain, and says so.
steps = []
cm.simplify("(x^2 - x)/x + log(exp(1))", trace=steps)
for step in steps:
    print(f"{step.rule}: {step.before}  ->  {step.after}  {step.note}")
