"""The chain rule through two layers: the loss of a small network, by every weight."""

import calcml as cm

NETWORK = """
h_1 = tanh(u_1*x + a_1)    # the first layer: two units
h_2 = tanh(u_2*x + a_2)
p = v_1*h_1 + v_2*h_2 + b  # the second layer
(p - t)^2                  # the loss for the target t
"""

loss = cm.parse(NETWORK)
weights = sorted(loss.free_symbols - {"x", "t"})
gradient = cm.grad(loss, weights)  # one sweep back from the loss
for name, slope in gradient.items():
    print(f"d loss / d {name} = {slope}")

print("\nThe same as code, each layer computed once:\n")
print(cm.compile(gradient, [*weights, "x", "t"], backend="python").source)

# The same slopes measured: how the loss moves with each weight.
point = {name: 0.1 * (i + 1) for i, name in enumerate(sorted(loss.free_symbols))}
step, error = 1e-6, 0.0
for name, slope in gradient.items():
    above = loss.evalf(point | {name: point[name] + step}, digits=30)
    below = loss.evalf(point | {name: point[name] - step}, digits=30)
    error = max(error, abs((above - below) / (2 * step) - slope.evalf(point)))
print(f"{len(gradient)} slopes, largest difference to the measured ones: {error}")
