"""The backward pass of a layer: the gradient of its output goes in, that of its inputs
comes out, checked and as code.
"""

import calcml as cm

LAYER = """
D = X - mean(X, axis=0)      # a batch of examples in the rows of X
v = mean(D^2, axis=0)
s = sqrt(v + eps)
H = D/s
gamma*H + beta
"""
SHAPES = {"X": "m n", "gamma": "n", "beta": "n"}

backward = cm.vjp(LAYER, ["X", "gamma", "beta"], "g", shapes=SHAPES, defined=True)
print("batch norm, g the gradient of the output:")
for name, slope in backward.items():
    print(f"  by {name:5} {slope}")

# The rows of the table of layers are checked against finite differences.
for row in cm.table("layers").rows:
    if row.entry.name == "batch norm":
        print(f"  {row.report.verdict} by {row.variable}: {row.report.method}")
