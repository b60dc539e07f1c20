"""A derivation told as a textbook does, and a gradient as backpropagation is taught."""

import calcml as cm

# Brief: inner functions have names, each layer of the chain rule is a line.
print(cm.derive("log(1 + exp(x))", "x"))
print()

# Full: every rule and every rewrite of the same run, what changes underlined.
print(cm.derive("x^2*sin(3*x)", "x", level="full"))
print()

# The last step is the very node that diff returns.
told = cm.derive("exp(sin(x^2))", "x")
assert told.steps[-1].after is cm.diff("exp(sin(x^2))", "x")
print(told.latex())
print()

# A list of variables: the gradient, layer by layer, from the loss back.
shapes = {"X": "m n", "w": "n", "b": "", "y": "m"}
loss = "p = sigmoid(X @ w + b); -mean(y*log(p) + (1 - y)*log(1 - p))"
print(cm.derive(loss, ["w", "b"], shapes=shapes))
