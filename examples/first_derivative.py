"""A first derivative: text in, a short closed form out, and its value at a point."""

import calcml as cm

f = cm.parse("x*exp(-x^2)")
slope = cm.diff(f, "x")

print("f       =", f)
print("f'      =", slope)
print("f''     =", cm.diff(f, "x", order=2))
print("LaTeX   =", slope.latex())
print("f'(0.5) =", slope.evalf({"x": 0.5}))
print(cm.check(f, slope, "x", against="sympy"))
