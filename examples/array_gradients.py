"""Gradients of losses on arrays: shapes are declared, the answer is matrix notation."""

import numpy

import calcml as cm

SHAPES = {"X": "m n", "w": "n", "y": "m"}  # m examples of n features

squares = "sum((X @ w - y)^2)"
print("least squares  ", cm.diff(squares, "w", shapes=SHAPES))
print("  Hessian      ", cm.hessian(squares, "w", shapes=SHAPES))

# With `defined`, the answer is in the names that the text defines.
loss = "p = sigmoid(X @ w); -mean(y*log(p) + (1 - y)*log(1 - p))"
slope = cm.diff(loss, "w", shapes=SHAPES, defined=True)
print("logistic       ", slope)
print("  in LaTeX     ", slope.latex())

# Assumptions on arrays: the rows of Y are probabilities, S is symmetric.
loss = "P = softmax(Z, axis=1); -sum(Y*log(P))"
shapes = {"Z": "m k", "Y": "m k"}
given = "sum(Y, axis=1) = 1"
slope = cm.diff(loss, "Z", shapes=shapes, given=given, defined=True)
print("softmax        ", slope)
trace, shapes = "trace(W.T @ S @ W)", {"W": "n k", "S": "n n"}
print("trace          ", cm.diff(trace, "W", shapes=shapes, given="S symmetric"))

# The same formulas run: a step of Newton's method reaches the least squares.
random = numpy.random.default_rng(0)
X, y, w = random.normal(size=(20, 3)), random.normal(size=20), numpy.zeros(3)
gradient = cm.diff(squares, "w", shapes=SHAPES)
hessian = cm.hessian(squares, "w", shapes=SHAPES)
step = cm.compile([gradient, hessian], ["X", "w", "y"])
slopes, curvature = step(X, w, y)
w = w - numpy.linalg.solve(curvature, slopes)
left = numpy.abs(step(X, w, y)[0]).max()
print(f"largest slope after a step of Newton's method: {left:.1e}")
