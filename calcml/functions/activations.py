"""Activations, as in torch.nn.functional and jax.nn."""

from typing import Any

from calcml.functions.row import family, fn

_SCALE, _ALPHA = "1.0507009873554805", "1.6732632423543772"  # of selu, as in PyTorch


def _celu(m: Any, x: Any, alpha: Any) -> Any:
    """The exponent with the digits that it has before the point, too."""
    if m.re(x) > 0:
        return x * alpha / alpha
    with m.extraprec(max(0, m.mag(x) - m.mag(alpha)) if x and alpha else 0):
        return alpha * m.expm1(x / alpha)


# fmt: off
family("activations")
fn("relu(x)",       "step(x)",                   sides="0 | x", code="t F j nn.ReLU k ka", doc="rectifier, max(x, 0)", range="y >= 0 and y >= x", kink="x = 0: 0 in [0, 1]", by="max(x, 0)")
fn("relu6(x)",      "where(0 < x and x < 6, 1, 0)", code="F j nn.ReLU6 k ka", doc="min(max(x, 0), 6)", kink="x = 0, x = 6: 0 in [0, 1]", by="min(max(x, 0), 6)", sample=((-3, 9),))
fn("leaky_relu(x, negative_slope=0.01)", ("where(x > 0, 1, negative_slope)", "min(x, 0)"), code="F j nn.LeakyReLU", doc="x, or negative_slope x where x < 0",
   kink="x = 0: negative_slope in [negative_slope, 1]", by="where(x > 0, x, negative_slope*x)", sample=((-3, 3), (0.01, 0.5)))
fn("prelu(x, weight)", ("where(x > 0, 1, weight)", "min(x, 0)"), doc="x, or weight x where x < 0", kink="x = 0: weight in [weight, 1]", by="where(x > 0, x, weight*x)", sample=((-3, 3), (0.05, 0.9)))
fn("elu(x, alpha=1)",  ("where(x > 0, 1, alpha*exp(x))", "where(x > 0, 0, exp(x) - 1)"), code="F j nn.ELU k ka", doc="x, or alpha (exp(x) - 1) where x < 0",
   kink="x = 0: alpha in [alpha, 1]", by="where(x > 0, x, alpha*(exp(x) - 1))", stable="where(x > 0, x, alpha*expm1(x))", sample=((-3, 3), (0.2, 1)))
fn("celu(x, alpha=1)", ("where(x > 0, 1, exp(x/alpha))", "where(x > 0, 0, (1 - x/alpha)*exp(x/alpha) - 1)"), code="F t j nn.CELU k ka", doc="x, or alpha (exp(x/alpha) - 1) where x < 0",
   on="alpha != 0", goes_on=True, by="where(x > 0, x, alpha*(exp(x/alpha) - 1))", mpmath=_celu,
   stable="where(x > 0, x, alpha*expm1(x/alpha))", sample=((-3, 3), (0.3, 2)))
fn("selu(x)",       f"where(x >= 0, {_SCALE}, {_SCALE}*{_ALPHA}*exp(x))", code="F t j nn.SELU k ka", doc="scaled elu that keeps mean 0 and variance 1", range="y > -1.76", monotone="up", through="0: 0",
   kink=f"x = 0: {_SCALE} in [{_SCALE}, {_SCALE}*{_ALPHA}]", by=f"{_SCALE}*where(x > 0, x, {_ALPHA}*(exp(x) - 1))", stable=f"{_SCALE}*where(x > 0, x, {_ALPHA}*expm1(x))")
fn("sigmoid(x)",    "y*(1 - y)",                 exponential="E/(1 + E)", folds="exp(x) = y/(1 - y)", mirror="1 - y", inverse="log(y/(1 - y))", code="t F j nn.Sigmoid k ka s.expit ts.expit lax.logistic", doc="logistic function 1/(1 + exp(-x))", range="0 < y and y < 1", monotone="up", at_zero="1/2", tex=r"\sigma", by="1/(1 + exp(-x))", numpy="scipy.special.expit", aliases="expit logistic σ",
   python="1/(1 + math.exp(-#1)) if #1 >= 0 else math.exp(#1)/(1 + math.exp(#1))")
fn("logsigmoid(x)", "1 - sigmoid(x)",            exp="sigmoid(x)", code="F nn.LogSigmoid j.log_sigmoid k.log_sigmoid ka.log_sigmoid s.log_expit", through="0: -log(2)", doc="log of sigmoid(x)", tex=r"\log\sigma", by="-softplus(-x)", numpy="scipy.special.log_expit", aliases="log_sigmoid log_expit")
fn("softplus(x)",   "sigmoid(x)",                exp="1 + exp(x)", inverse="log(exp(y) - 1)", asymptote="x + softplus(-x)", code="j k ka", through="0: log(2)", doc="log(1 + exp(x))", range="y > 0 and y > x", monotone="up", tex=r"\operatorname{softplus}", by="logaddexp(x, 0)")
fn("softplus(x, beta)", ("sigmoid(beta*x)", "(x*sigmoid(beta*x) - y)/beta"), op="softplus_beta", doc="log(1 + exp(beta x))/beta", on="beta != 0",
   tex=r"\operatorname{softplus}_{#2}\left(#1\right)", by="softplus(beta*x)/beta", stable="where(beta*x > 0, x, 0) + log1p(exp(-abs(beta*x)))/beta", sample=((-3, 3), (0.3, 2)))
fn("squareplus(x, b=4)", ("y/(2*y - x)", "1/(4*(2*y - x))"), code="j k ka", doc="(x + sqrt(x^2 + b))/2", on="x^2 + b >= 0", by="(x + sqrt(x^2 + b))/2", mpmath=lambda m, x, b: (x + m.sqrt(x*x + b))/2 if m.re(x) >= 0 else b/2/(m.sqrt(x*x + b) - x),
   stable="s = sqrt(abs(b)); r = where(b < 0, abs(x)*sqrt(1 + b/x/x), hypot(x, s)); where(x >= 0, x/2 + r/2, b/2/(r - x))", sample=((-3, 3), (0.5, 4)))
fn("softsign(x)",   "1/(1 + abs(x))^2",          code="F nn.Softsign j.soft_sign k ka", doc="x/(1 + |x|)", range="-1 < y and y < 1", monotone="up", through="0: 0", by="x/(1 + abs(x))", aliases="soft_sign")
fn("silu(x)",       "sigmoid(x) + y*(1 - sigmoid(x))", recognised=True, code="F nn.SiLU j j.swish k k.swish ka ka.swish", through="0: 0", doc="x sigmoid(x)", range="y > -7/25", by="x*sigmoid(x)", aliases="swish")
fn("gelu(x)",       "ndtr(x) + x*exp(-x^2/2)/sqrt(2*pi)", recognised=True, through="0: 0", doc="x ndtr(x)", range="y > -1/5", tex=r"\operatorname{gelu}", by="x*ndtr(x)")
fn("hardsigmoid(x)", "where(-3 < x and x < 3, 1/6, 0)", code="F nn.Hardsigmoid j.hard_sigmoid k.hard_sigmoid ka.hard_sigmoid", through="0: 1/2", doc="relu6(x + 3)/6", kink="x = -3, x = 3: 0 in [0, 1/6]", by="min(max(x + 3, 0), 6)/6", sample=((-5, 5),), aliases="hard_sigmoid")
fn("hardswish(x)",  "where(x <= -3, 0, where(x < 3, (2*x + 3)/6, 1))", code="F nn.Hardswish j.hard_swish j.hard_silu k.hard_swish k.hard_silu ka.hard_swish ka.hard_silu", through="0: 0", doc="x relu6(x + 3)/6", kink="x = -3: 0 in [-1/2, 0]; x = 3: 1 in [1, 3/2]",
   by="x*min(max(x + 3, 0), 6)/6", stable="x*(min(max(x + 3, 0), 6)/6)", sample=((-5, 5),), aliases="hard_swish hard_silu")
fn("hardshrink(x, lambd=0.5)", ("where(abs(x) > lambd, 1, 0)", "0"), code="F t nn.Hardshrink k.hard_shrink ka.hard_shrink", doc="x where |x| > lambd, else 0", kink="x = -lambd, x = lambd: jump, slope 0",
   by="where(abs(x) > lambd, x, 0)", sample=((-3, 3), (0.2, 1)), aliases="hard_shrink")
fn("softshrink(x, lambd=0.5)", ("where(abs(x) > lambd, 1, 0)", "where(abs(x) > lambd, -sign(x), 0)"), code="F nn.Softshrink k.soft_shrink ka.soft_shrink", doc="x moved by lambd towards 0",
   kink="x = -lambd, x = lambd: 0 in [0, 1]", by="where(x > lambd, x - lambd, where(x < -lambd, x + lambd, 0))", sample=((-3, 3), (0.2, 1)), aliases="soft_shrink")
fn("threshold(x, threshold, value)", ("where(x > threshold, 1, 0)", "0", "where(x > threshold, 0, 1)"), code="F t nn.Threshold k ka", doc="x where x > threshold, else value",
   kink="x = threshold: jump, slope 0", by="where(x > threshold, x, value)", sample=((-3, 3), (-1, 1), (-3, 3)))
fn("glu(a, b)",     ("sigmoid(b)", "y*(1 - sigmoid(b))"), doc="gated linear unit a sigmoid(b)", by="a*sigmoid(b)")
fn("swiglu(a, b)",  ("b*(sigmoid(a) + silu(a)*(1 - sigmoid(a)))", "silu(a)"), doc="silu(a) b", by="silu(a)*b")
fn("geglu(a, b)",   ("b*(ndtr(a) + a*exp(-a^2/2)/sqrt(2*pi))", "gelu(a)"), doc="gelu(a) b", by="gelu(a)*b")
# fmt: on
