"""Where functions are not smooth, and what is known there: worked out by hand.

A row: the formula, a place of its variable, the kind; the value, the slopes on the left
and on the right, the set of subgradients, the slope that calcml takes. A dash is what
does not exist. Each row has its source or a derivation. A slope beside a jump is that of
the piece on that side; "smooth" marks places that must not be reported. `convex` says
that the function is convex near the place: then the set is the subdifferential, else it
is Clarke's generalized gradient, the hull of the slopes on both sides.

The slope taken is the element of least norm; where two expressions tie in `max` or
`min`, the mean of their slopes; the slope of the piece that holds the place at a jump.

Sources: [B] Boyd and Vandenberghe, Convex Optimization; [C] Clarke, Optimization and
Nonsmooth Analysis; [R] Rockafellar, Convex Analysis; [S] Stewart, Calculus; [T]
PyTorch's documentation of the function, which defines it by pieces.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """What is known of a formula at a place; texts are in calcml's grammar."""

    formula: str
    at: str
    kind: str
    value: str
    left: str
    right: str
    set: str
    slope: str
    why: str
    convex: bool = False
    variable: str = "x"
    given: str = ""  # holds of the other variables


CASES: list[Case] = []


def case(
    row: str, why: str, convex: bool = False, by: str = "x", given: str = ""
) -> None:
    """Add a case; `row` has its parts between bars."""
    parts = ("" if p.strip() == "-" else p.strip() for p in row.split("|"))
    f, at, kind, value, left, right, both, slope = parts
    CASES.append(
        Case(f, at, kind, value, left, right, both, slope, why, convex, by, given)
    )


# fmt: off
# --- the rectifier and the absolute value, in their spellings ------------------------

for f in ("relu(x)", "max(x, 0)", "max(0, x)", "(x + abs(x))/2", "where(x > 0, x, 0)", "where(x >= 0, x, 0)",
          "where(x < 0, 0, x)", "x*step(x)", "-min(-x, 0)", "abs(relu(x))", "relu(relu(x))"):
    case(f"{f} | 0 | corner | 0 | 0 | 1 | [0, 1] | 0", "it is 0 for x < 0 and x for x > 0; [B] 3.1.5: a maximum of affine functions", convex=True)
for f in ("abs(x)", "max(x, -x)", "-min(x, -x)", "where(x >= 0, x, -x)", "where(x > 0, x, -x)", "where(x < 0, -x, x)",
          "x*sign(x)", "sqrt(x^2)", "relu(x) + relu(-x)", "abs(abs(x))"):
    case(f"{f} | 0 | corner | 0 | -1 | 1 | [-1, 1] | 0", "[R] section 23: the subdifferential of |x| at 0 is [-1, 1]", convex=True)
case("-abs(x)        | 0   | corner | 0   | 1  | -1 | [-1, 1] | 0", "[C] 2.2: the generalized gradient of -f is that of f, turned: -[-1, 1]")
case("-relu(x)       | 0   | corner | 0   | 0  | -1 | [-1, 0] | 0", "[C] 2.2: -[0, 1]")
case("abs(x - 1) + x | 1   | corner | 1   | 0  | 2  | [0, 2]  | 0", "1 for x < 1, 2*x - 1 for x > 1", convex=True)
case("abs(2*x + 3)   | -3/2 | corner | 0  | -2 | 2  | [-2, 2] | 0", "chain rule for an affine argument, [R] theorem 23.9: 2*[-1, 1]", convex=True)

# --- activations and losses ----------------------------------------------------------

case("leaky_relu(x)       | 0  | corner | 0  | 0.01 | 1   | [0.01, 1] | 0.01", "[T]: x for x > 0, else 0.01*x", convex=True)
case("where(x > 0, x, 0.01*x) | 0 | corner | 0 | 0.01 | 1 | [0.01, 1] | 0.01", "leaky_relu(x), written out", convex=True)
case("relu6(x)            | 0  | corner | 0  | 0    | 1   | [0, 1]    | 0", "[T]: min(max(0, x), 6), near 0 like relu", convex=True)
case("relu6(x)            | 6  | corner | 6  | 1    | 0   | [0, 1]    | 0", "x for 0 < x < 6, 6 above: concave there")
case("clip(x, 0, 1)       | 0  | corner | 0  | 0    | 1   | [0, 1]    | 0", "0, then x", convex=True)
case("clip(x, 0, 1)       | 1  | corner | 1  | 1    | 0   | [0, 1]    | 0", "x, then 1")
case("min(max(x, 0), 1)   | 1  | corner | 1  | 1    | 0   | [0, 1]    | 0", "clip(x, 0, 1), written out")
case("hardtanh(x, -1, 1)  | -1 | corner | -1 | 0    | 1   | [0, 1]    | 0", "[T]: -1, then x", convex=True)
case("hardtanh(x, -1, 1)  | 1  | corner | 1  | 1    | 0   | [0, 1]    | 0", "[T]: x, then 1")
case("hardsigmoid(x)      | -3 | corner | 0  | 0    | 1/6 | [0, 1/6]  | 0", "[T]: 0, then x/6 + 1/2", convex=True)
case("hardsigmoid(x)      | 3  | corner | 1  | 1/6  | 0   | [0, 1/6]  | 0", "[T]: x/6 + 1/2, then 1")
case("hardswish(x)        | -3 | corner | 0  | 0    | -1/2 | [-1/2, 0] | 0", "[T]: 0, then x*(x + 3)/6 of slope (2*x + 3)/6")
case("hardswish(x)        | 3  | corner | 3  | 3/2  | 1   | [1, 3/2]  | 1", "[T]: x*(x + 3)/6 of slope (2*x + 3)/6, then x")
case("softshrink(x)       | 1/2  | corner | 0 | 0   | 1   | [0, 1]    | 0", "[T]: 0, then x - 1/2", convex=True)
case("softshrink(x)       | -1/2 | corner | 0 | 1   | 0   | [0, 1]    | 0", "[T]: x + 1/2, then 0")
case("hardshrink(x)       | 1/2  | jump   | 0 | 0   | 1   | -         | 0", "[T]: x > 1/2 is strict, so the value is that of the piece 0")
case("hardshrink(x)       | -1/2 | jump   | 0 | 1   | 0   | -         | 0", "[T]: x < -1/2 is strict, so the value is that of the piece 0")
case("threshold(x, 1, 5)  | 1  | jump   | 5  | 0    | 1   | -         | 0", "[T]: x for x > 1, else 5")
case("threshold(x, 1, 1)  | 1  | corner | 1  | 0    | 1   | [0, 1]    | 0", "1, then x: no jump, as the value is the threshold", convex=True)
case("elu(x)              | 0  | smooth | 0  | 1    | 1   | -         | 1", "[T]: alpha = 1; (exp(x) - 1)' = 1 at 0")
case("elu(x, 2)           | 0  | corner | 0  | 2    | 1   | [1, 2]    | 1", "[T]: 2*(exp(x) - 1) has slope 2 at 0")
case("elu(x, 1/2)         | 0  | corner | 0  | 1/2  | 1   | [1/2, 1]  | 1/2", "[T]: (exp(x) - 1)/2 has slope 1/2 at 0, and is convex", convex=True)
case("celu(x, 2)          | 0  | smooth | 0  | 1    | 1   | -         | 1", "[T]: (2*(exp(x/2) - 1))' = exp(x/2), 1 at 0")
case("selu(x)             | 0  | corner | 0  | 1.0507009873554805*1.6732632423543772 | 1.0507009873554805 | [1.0507009873554805, 1.0507009873554805*1.6732632423543772] | 1.0507009873554805", "[T]: scale*alpha*exp(x) on the left, scale on the right")
case("softsign(x)         | 0  | smooth | 0  | 1    | 1   | -         | 1", "x/(1 + |x|) has slope 1/(1 + |x|)^2 on both sides")
case("relu(1 - x)         | 1  | corner | 0  | -1   | 0   | [-1, 0]   | 0", "the hinge loss, [B] 6.1.2: 1 - x, then 0", convex=True)
case("relu(1 - x)^2       | 1  | smooth | 0  | 0    | 0   | -         | 0", "the squared hinge: -2*(1 - x) is 0 at 1")
case("max(abs(x) - 1, 0)  | 1  | corner | 0  | 0    | 1   | [0, 1]    | 0", "the dead zone, [B] 6.1.2: 0, then x - 1", convex=True)
case("max(abs(x) - 1, 0)  | -1 | corner | 0  | -1   | 0   | [-1, 0]   | 0", "the dead zone: -x - 1, then 0", convex=True)
case("max(abs(x) - 1, 0)  | 0  | smooth | 0  | 0    | 0   | -         | 0", "the dead zone is 0 there: the corner of |x| does not show")
case("max(x/4, -3*x/4)    | 0  | corner | 0  | -3/4 | 1/4 | [-3/4, 1/4] | 0", "the pinball loss of the quartile; two expressions tie", convex=True)
case("where(x >= 0, x/4, -3*x/4) | 0 | corner | 0 | -3/4 | 1/4 | [-3/4, 1/4] | 0", "the pinball loss by pieces: 0 is in the set", convex=True)
case("where(abs(x) <= 1, x^2/2, abs(x) - 1/2) | 1  | smooth | 1/2 | 1  | 1  | - | 1",  "Huber's function, [B] 6.1.2: x and 1 join")
case("where(abs(x) <= 1, x^2/2, abs(x) - 1/2) | -1 | smooth | 1/2 | -1 | -1 | - | -1", "Huber's function: x and -1 join")
case("where(abs(x) <= 1, x^2/2, abs(x) - 1/2) | 0  | smooth | 0   | 0  | 0  | - | 0",  "Huber's function: |x| is in the other piece")
case("where(x < -1, -x - 1/2, where(x > 1, x - 1/2, x^2/2)) | 1 | smooth | 1/2 | 1 | 1 | - | 1", "Huber's function, as a chain")
case("where(x < -1, -x, where(x > 1, x, x^2)) | 1  | corner | 1 | 2 | 1 | [1, 2] | 1", "Huber's function without its halves: 2*x, then 1")

# --- several pieces ------------------------------------------------------------------

case("max(x, 0, 1 - x)  | 1/2 | corner | 1/2 | -1 | 1 | [-1, 1] | 0", "x and 1 - x tie above 0: (1 - 1)/2; [B] 3.1.5", convex=True)
case("max(x, 0, 1 - x)  | 0   | smooth | 1   | -1 | -1 | -      | -1", "x and 0 tie below 1 - x")
case("max(x, 0, 1 - x)  | 1   | smooth | 1   | 1  | 1 | -       | 1", "1 - x and 0 tie below x")
case("max(x^2, x)       | 0   | corner | 0   | 0  | 1 | [0, 1]  | 0", "x^2 > x outside (0, 1); the least of 0 and 1", convex=True)
case("max(x^2, x)       | 1   | corner | 1   | 1  | 2 | [1, 2]  | 1", "x^2 > x outside (0, 1); the least of 1 and 2", convex=True)
case("max(x^3, x)       | 0   | corner | 0   | 0  | 1 | [0, 1]  | 0", "x^3 > x in (-1, 0), where it is concave; then x")
case("min(x, 2 - x)     | 1   | corner | 1   | 1  | -1 | [-1, 1] | 0", "a roof: the mean of 1 and -1")
case("min(abs(x), 0)    | 0   | smooth | 0   | 0  | 0 | -       | 0", "it is 0 everywhere")
case("max(abs(x), 1)    | 1   | corner | 1   | 0  | 1 | [0, 1]  | 0", "1, then x; 0 against a constant", convex=True)
case("relu(1 - x^2)     | 1   | corner | 0   | -2 | 0 | [-2, 0] | 0", "1 - x^2 has slope -2 at 1, and is concave")
case("relu(1 - x^2)     | -1  | corner | 0   | 0  | 2 | [0, 2]  | 0", "1 - x^2 has slope 2 at -1, and is concave")
case("abs(x^2 - 1)      | 1   | corner | 0   | -2 | 2 | [-2, 2] | 0", "1 - x^2, then x^2 - 1; [S] 3.2: not differentiable at 1")
case("abs(x^2 + 1)      | 0   | smooth | 1   | 0  | 0 | -       | 0", "x^2 + 1 > 0")
case("abs(x^3)          | 0   | smooth | 0   | 0  | 0 | -       | 0", "3*x*|x| on both sides")
case("abs(x)*x          | 0   | smooth | 0   | 0  | 0 | -       | 0", "[S] 3.2: 2*|x| on both sides")
case("x*relu(x)         | 0   | smooth | 0   | 0  | 0 | -       | 0", "0 and 2*x join")
case("relu(x)^2         | 0   | smooth | 0   | 0  | 0 | -       | 0", "0 and 2*x join")
case("x^2*sign(x)       | 0   | smooth | 0   | 0  | 0 | -       | 0", "x*|x|")
case("relu(x) - relu(-x) | 0  | smooth | 0   | 1  | 1 | -       | 1", "it is x")
case("abs(x - 1) + abs(x + 1) | 1 | corner | 2 | 0 | 2 | [0, 2] | 0", "sum rule, [R] theorem 23.8: [-1, 1] + 1", convex=True)
case("abs(sin(x))       | 0   | corner | 0   | -1 | 1 | [-1, 1] | 0", "|cos(0)| on both sides; concave beside 0")
case("exp(-abs(x))      | 0   | corner | 1   | 1  | -1 | [-1, 1] | 0", "exp(x), then exp(-x)")
case("exp(abs(x))       | 0   | corner | 1   | -1 | 1 | [-1, 1] | 0", "exp(-x), then exp(x)", convex=True)
case("log(1 + abs(x))   | 0   | corner | 0   | -1 | 1 | [-1, 1] | 0", "1/(1 + |x|) on both sides; concave beside 0")
case("cos(abs(x))       | 0   | smooth | 1   | 0  | 0 | -       | 0", "cos is even: it is cos(x)")
case("where(x < 0, x^2, x)      | 0 | corner | 0 | 0 | 1 | [0, 1] | 0", "2*x and 1; [S] 1.1 writes functions by pieces so", convex=True)
case("where(x < 0, exp(x), 1 + x) | 0 | smooth | 1 | 1 | 1 | -     | 1", "exp has slope 1 at 0")
case("where(x < 1, x^3, 3*x - 2)  | 1 | smooth | 1 | 3 | 3 | -     | 3", "the tangent of x^3 at 1")
case("where(x < 1, (3*x - x^3)/2, (x^3 - 6*x^2 + 9*x - 2)/2) | 1 | smooth | 1 | 0 | 0 | - | 0", "the natural cubic spline through (0, 0), (1, 1), (2, 0): slopes 0, second derivatives -3")
case("where(x <= 10000, 0.1*x, where(x <= 40000, 1000 + 0.2*(x - 10000), 7000 + 0.3*(x - 40000))) | 10000 | corner | 1000 | 1/10 | 1/5 | [1/10, 1/5] | 1/10", "brackets of an income tax: 10%, then 20% of what is above", convex=True)
case("where(x <= 10000, 0.1*x, where(x <= 40000, 1000 + 0.2*(x - 10000), 7000 + 0.3*(x - 40000))) | 40000 | corner | 7000 | 1/5 | 3/10 | [1/5, 3/10] | 1/5", "brackets of an income tax: 20%, then 30% of what is above", convex=True)
case("abs(x - 2*floor((x + 1)/2)) | 0 | corner | 0 | -1 | 1 | [-1, 1] | 0", "a triangle wave, the distance to the nearest even number", convex=True)
case("abs(x - 2*floor((x + 1)/2)) | 1 | corner | 1 | 1 | -1 | [-1, 1] | 0", "a triangle wave: x, then 2 - x")
case("max(sin(x), cos(x)) | pi/4 | corner | sqrt(2)/2 | -sqrt(2)/2 | sqrt(2)/2 | [-sqrt(2)/2, sqrt(2)/2] | 0", "cos, then sin, which are concave there; the mean of both slopes")
case("abs(sin(x))       | pi  | corner | 0   | -1 | 1 | [-1, 1] | 0", "as at 0, moved by a period")
case("abs(x)*sin(x)     | 0   | smooth | 0   | 0  | 0 | -       | 0", "x*|x| near 0")
case("abs(x)^(3/2)      | 0   | smooth | 0   | 0  | 0 | -       | 0", "3/2*sqrt(|x|) on both sides, turned")
case("abs(exp(x) - 1)   | 0   | corner | 0   | -1 | 1 | [-1, 1] | 0", "1 - exp(x), which is concave, then exp(x) - 1")
case("sqrt(x^2 + x^4)   | 0   | corner | 0   | -1 | 1 | [-1, 1] | 0", "|x|*sqrt(1 + x^2)", convex=True)
case("hypot(x, 0)       | 0   | corner | 0   | -1 | 1 | [-1, 1] | 0", "|x|", convex=True)
case("relu(x)*relu(1 - x) | 0 | corner | 0   | 0  | 1 | [0, 1]  | 0", "0, then x*(1 - x), which is concave")
case("relu(x)*relu(1 - x) | 1 | corner | 0   | -1 | 0 | [-1, 0] | 0", "x*(1 - x), then 0")
case("relu(x)*relu(-x)  | 0   | smooth | 0   | 0  | 0 | -       | 0", "one factor is 0 everywhere")
case("clip(2*x + 1, -1, 1) | 0 | corner | 1  | 2  | 0 | [0, 2]  | 0", "2*x + 1, then 1")
case("x*clip(x, -1, 1)  | 1   | corner | 1   | 2  | 1 | [1, 2]  | 1", "x^2, then x")
case("max(x, -x, 1)     | 1   | corner | 1   | 0  | 1 | [0, 1]  | 0", "1, then x; 0 against a constant", convex=True)
case("cbrt(x)^3         | 0   | smooth | 0   | 1  | 1 | -       | 1", "it is x")
case("floor(x)*sin(pi*x) | 1  | corner | 0   | 0  | -pi | [-pi, 0] | 0", "0, then sin(pi*x) of slope pi*cos(pi)")
case("ceil(x)*sin(pi*x) | -2 | corner | 0   | -2*pi | -pi | [-2*pi, -pi] | -pi", "-2, then -1 times sin(pi*x) of slope pi")
case("x*floor(x) - floor(x)^2/2 - floor(x)/2 | 2 | corner | 1 | 1 | 2 | [1, 2] | 1", "x - 1, then 2*x - 3", convex=True)
case("x - floor(x)      | 1   | jump   | 0   | 1  | 1 | -       | 1", "a saw tooth, [S] 2.3: x, then x - 1")

# --- jumps ---------------------------------------------------------------------------

case("floor(x)          | 1   | jump   | 1   | 0  | 0 | -       | 0", "[S] 2.5: continuous from the right only")
case("floor(x)          | 1/2 | smooth | 0   | 0  | 0 | -       | 0", "[S] 2.5: constant between integers")
case("ceil(x)           | 1   | jump   | 1   | 0  | 0 | -       | 0", "-floor(-x)")
case("round(x)          | 1/2 | jump   | 0   | 0  | 0 | -       | 0", "halves go to the even number")
case("sign(x)           | 0   | jump   | 0   | 0  | 0 | -       | 0", "-1, 0, 1")
case("step(x)           | 0   | jump   | 0   | 0  | 0 | -       | 0", "Heaviside's function, [S] 2.2, here 0 at 0")
case("x*floor(x)        | 1   | jump   | 1   | 0  | 1 | -       | 1", "0*x, then 1*x, which holds 1")
case("x*floor(x)        | 0   | corner | 0   | -1 | 0 | [-1, 0] | 0", "-1*x, then 0*x: they meet", convex=True)
case("x*floor(x)        | -1  | jump   | 1   | -2 | -1 | -      | -1", "-2*x, then -1*x, which holds -1")
case("floor(x^2)        | 1   | jump   | 1   | 0  | 0 | -       | 0", "0, then 1")
case("floor(x^2)        | 0   | smooth | 0   | 0  | 0 | -       | 0", "0 on both sides: x^2 meets 0 and does not pass it")
case("floor(2*x)/2      | 1/2 | jump   | 1/2 | 0  | 0 | -       | 0", "0, then 1/2")
case("x - round(x)      | 1/2 | jump   | 1/2 | 1  | 1 | -       | 1", "x, which holds 1/2, then x - 1")
case("1/(1 + exp(1/x))  | 0   | jump   | -   | 0  | 0 | -       | -", "[S] 2.5: 1, then 0, flatter than every power")
case("where(x > 0, x^2 + 1, x) | 0 | jump | 0 | 1 | 0 | -       | 1", "x holds 0")
case("where(x >= 0, x^2 + 1, x) | 0 | jump | 1 | 1 | 0 | -      | 0", "x^2 + 1 holds 0")
case("x/abs(x)          | 0   | jump   | -   | 0  | 0 | -       | -", "[S] 1.5: -1, then 1, not defined at 0")
case("atan(1/x)         | 0   | jump   | -   | -1 | -1 | -      | -", "-pi/2, then pi/2; the slope is -1/(1 + x^2)")
case("acot(x)           | 0   | jump   | -   | -1 | -1 | -      | -", "atan(1/x)")

# --- vertical tangents, poles, holes, edges ------------------------------------------

case("cbrt(x)           | 0 | vertical tangent | 0 | inf  | inf | - | -", "[S] 2.8: a vertical tangent at 0")
case("sqrt(abs(x))      | 0 | vertical tangent | 0 | -inf | inf | - | -", "a cusp: 1/(2*sqrt(|x|)) grows")
case("abs(x)^(2/3)      | 0 | vertical tangent | 0 | -inf | inf | - | -", "[S] 4.1: a cusp at 0")
case("sqrt(relu(x))     | 0 | vertical tangent | 0 | 0 | inf  | - | -", "0, then sqrt(x)")
case("where(x > 0, x*log(x), 0) | 0 | vertical tangent | 0 | 0 | -inf | - | 0", "0, which holds 0, then x*log(x) of slope log(x) + 1")
case("exp(1/x)          | 0 | pole | - | 0    | -inf | - | -", "exp(-t)*t^2 vanishes, exp(t)*t^2 grows, for t = 1/|x|")
case("entr(x)           | 0 | edge | 0 | -    | inf | - | -", "-log(x) - 1 grows")
case("x^(1/3)           | 0 | edge | 0 | -    | inf | - | -", "a power is real where its base is not negative")
case("1/x               | 0 | pole | - | -inf | -inf | - | -", "[S] 2.2: a vertical asymptote")
case("1/x^2             | 0 | pole | - | inf  | -inf | - | -", "[S] 2.2: a vertical asymptote")
case("log(abs(x))       | 0 | pole | - | -inf | inf | - | -", "it falls without bound on both sides")
case("log(x)            | 0 | edge | - | -    | inf | - | -", "[S] 2.2: it falls without bound on the right")
case("tan(x)            | pi/2 | pole | - | inf | inf | - | -", "[S] 2.2: a vertical asymptote")
case("1/(x - 1)         | 1 | pole | - | -inf | -inf | - | -", "1/x, moved")
case("sin(x)/x          | 0 | hole | - | 0    | 0   | - | -", "[S] 3.3: the limit is 1; 1 - x^2/6 near 0")
case("(x^2 - 1)/(x - 1) | 1 | hole | - | 1    | 1   | - | -", "[S] 2.3: x + 1 elsewhere")
case("(1 - cos(x))/x^2  | 0 | hole | - | 0    | 0   | - | -", "1/2 - x^2/24 near 0")
case("(1 - cos(x))/x    | 0 | hole | - | 1/2  | 1/2 | - | -", "[S] 3.3: the limit is 0; x/2 near 0")
case("exp(-1/x^2)       | 0 | hole | - | 0    | 0   | - | -", "flatter than every power")
case("sinc(x)           | 0 | smooth | 1 | 0  | 0   | - | 0", "sin(pi*x)/(pi*x) with its hole filled: 1 - (pi*x)^2/6")
case("sqrt(x)           | 0 | edge | 0 | -    | inf | - | -", "[S] 2.8: x >= 0; 1/(2*sqrt(x)) grows")
case("sqrt(1 - x^2)     | 1 | edge | 0 | -inf | -   | - | -", "a half circle: -x/sqrt(1 - x^2)")
case("sqrt(1 - x^2)     | -1 | edge | 0 | -   | inf | - | -", "a half circle: -x/sqrt(1 - x^2)")
case("x*sqrt(x)         | 0 | edge | 0 | -    | 0   | - | 0", "3/2*sqrt(x)")
case("asin(x)           | 1 | edge | pi/2 | inf | - | - | -", "[S] 3.5: 1/sqrt(1 - x^2) grows")
case("acos(x)           | -1 | edge | pi | -  | -inf | - | -", "[S] 3.5: -1/sqrt(1 - x^2)")
case("x*log(x)          | 0 | edge | - | -    | -inf | - | -", "[S] 4.4: the limit is 0; log(x) + 1 falls")
case("sqrt(x^2 + 1)     | 0 | smooth | 1 | 0  | 0   | - | 0", "x/sqrt(x^2 + 1)")

# --- with other variables ------------------------------------------------------------

case("abs(x - a)        | a    | corner | 0 | -1 | 1 | [-1, 1] | 0", "|x|, moved", convex=True)
case("max(x, a)         | a    | corner | a | 0  | 1 | [0, 1]  | 1/2", "a, then x; two expressions tie", convex=True)
case("relu(w*x + b)     | -b/w | corner | 0 | 0  | w | [0, w]  | 0", "0, then w*x + b, as w > 0", convex=True, given="w > 0")
case("relu(1 - y*s)     | 1/y  | corner | 0 | -y | 0 | [-y, 0] | 0", "the hinge loss by the score s, as y > 0", convex=True, by="s", given="y > 0")
case("leaky_relu(x, k)  | 0    | corner | 0 | k  | 1 | [k, 1]  | k", "[T]: k*x, then x, as k < 1", convex=True, given="0 < k and k < 1")
case("abs(x)/a          | 0    | corner | 0 | -1/a | 1/a | [-1/a, 1/a] | 0", "|x|, scaled by 1/a > 0", convex=True, given="a > 0")
# fmt: on
