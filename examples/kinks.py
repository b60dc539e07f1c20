"""Where a function is not smooth: what it does there, and which slope is taken."""

import calcml as cm

# A rectifier, in three spellings: one answer.
for f in ("relu(x)", "max(x, 0)", "(x + abs(x))/2"):
    (kink,) = cm.kinks(f, "x")
    print(f"{f}: slopes {kink.left} and {kink.right}, {kink.slope} is taken")
    print(f"   subgradients {kink.subgradients}; others: {kink.frameworks}")

# A joint may be smooth, a corner or a jump.
print(cm.kinks("where(x < 0, x^2, where(x < 1, x, 3))", "x"))
print(cm.kinks("x*relu(x)", "x"))

# With other variables the place is a surface.
print(cm.kinks("relu(w*x + b)", "x", given="w > 0"))

# Where a function is defined, and where its derivative is.
print(cm.domain("sqrt(x^2 - 1)/log(x)"))
