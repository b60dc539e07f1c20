"""What the calls of Python's libraries stand for: their own arguments and defaults.

A row of the function table names in `code` the libraries that have it, in the short
names of MODULES; what differs in its arguments or has no row is a line of _CALLS: the
names, the parameters, and the formula in calcml's own grammar. Parameters before a
semicolon are what a module of layers (a name with a capital) takes when it is called,
those behind it when it is made.

A parameter with a text or a truth value (`approximate="tanh"`) must have that value for
its line to be taken; an axis is one or several, `reduction` says what becomes of the
elements `y`, and any other one is a value. What stands in brackets names what prepares
the arguments, a function of `parsing.python.prepared`. Several results have names; one
that has no formula is "?".
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from calcml.functions.row import FUNCTIONS

# Where functions are found, and what these places are called in lines and rows.
MODULES = {
    "builtins": "b", "math": "m", "functools": "functools", "calcml.runtime": "runtime",
    "numpy": "np", "jax.numpy": "np", "autograd.numpy": "np", "numpy.linalg": "la", "jax.numpy.linalg": "la", "scipy.linalg": "sl", "jax.scipy.linalg": "sl",
    "scipy.special": "s", "jax.scipy.special": "s", "scipy.stats.norm": "norm", "jax.scipy.stats.norm": "norm", "jax.lax": "lax", "jax.nn": "j",
    "torch": "t", "torch.special": "ts", "torch.linalg": "tl", "torch.nn": "nn", "torch.nn.functional": "F", "torch.Tensor": "T", "numpy.ndarray": "A",
    "keras.backend": "kb", "tensorflow": "tf", "tensorflow.math": "tf", "tensorflow.linalg": "tf", "tensorflow.nn": "tn", "tensorflow.keras.backend": "kb",
    "scipy.stats.laplace": "laplace", "scipy.stats.cauchy": "cauchy", "scipy.stats.logistic": "logistic", "scipy.stats.t": "student",
    "jax.scipy.stats.laplace": "laplace", "jax.scipy.stats.cauchy": "cauchy", "jax.scipy.stats.logistic": "logistic", "jax.scipy.stats.t": "student",
    "sympy": "sy", "sklearn.metrics.pairwise": "skp", "keras.ops": "k", "keras.activations": "ka", "keras.losses": "kl", "sklearn.metrics": "sk",
    "tensorflow.keras.ops": "k", "tensorflow.keras.activations": "ka", "tensorflow.keras.losses": "kl",
}  # fmt: skip
# Names that code has for them where it imports nothing.
KNOWN = {
    "np": "numpy", "numpy": "numpy", "jnp": "jax.numpy", "jax": "jax", "lax": "jax.lax", "math": "math", "torch": "torch", "nn": "torch.nn",
    "F": "torch.nn.functional", "scipy": "scipy", "special": "scipy.special", "sympy": "sympy", "sp": "sympy", "keras": "keras", "sklearn": "sklearn",
    "ops": "keras.ops", "functools": "functools",
}  # fmt: skip
# What keras.backend had, and keras.ops lacks; the rest are functions of that.
BACKEND = frozenset("pow epsilon flatten".split())
STRANGE = {"tf": "tensorflow"}  # read by its pages alone: no test runs it
# What it has of the names of others, with their arguments.
_TENSORFLOW = {
    "tf": "abs acos acosh add asin asinh atan atan2 atanh ceil cos cosh digamma divide equal erf erfc erfinv exp expm1 floor greater greater_equal less "
    "less_equal lgamma log log1p maximum minimum multiply not_equal pow reciprocal round rsqrt sigmoid sign sin sinh softplus sqrt square subtract tan tanh "
    "where xlogy xlog1py",
    "tn": "elu relu relu6 selu sigmoid silu softplus softsign tanh",
}
_HOMES = "np m s t F k sy".split()
# Methods are functions of these, whose first argument is the object.
METHODS = {"torch": ("T", "t"), "numpy": ("A",)}
ARRAY_METHODS = "sum mean std var prod max min dot clip reshape transpose trace cumsum squeeze ravel flatten diagonal round".split()
PROPERTIES = {
    "real": "numpy.real",
    "shape": "numpy.shape",
    "size": "numpy.size",
    "ndim": "numpy.ndim",
}
NUMBERS = {
    "pi": "pi",
    "e": "e",
    "inf": "inf",
    "Inf": "inf",
    "oo": "inf",
    "E": "e",
    "tau": "2*pi",
    "euler_gamma": "euler_gamma",
    "EulerGamma": "euler_gamma",
}
TYPES = frozenset("float double float64 float32 float16 bfloat16 half".split())
# Arguments by name that change nothing where they have this value.
SILENT = {"dtype": None, "out": None, "inplace": False, "training": False, "where": None, "initial": None, "size_average": None, "reduce": None, "optimize": True,
          "evaluate": True, "overwrite_a": False, "check_finite": True, "sample_weight": None, "device": None, "requires_grad": False, "name": None}  # fmt: skip
REDUCED = {
    "mean": "sum(y)/total",
    "sum": "sum(y)",
    "none": "y",
    "batchmean": "sum(y)/rows(input)",
    "sum_over_batch_size": "sum(y)/total",
    "None": "y",
}
DEVICES = re.compile(r"(?:cpu|cuda|mps|xla)(?::\d+)?")  # where arrays are kept
# Decorators that change how a function is run, and no value: by their last names, and
# by whole ones where another library has that name.
KEEPING = frozenset(
    "jit njit compile script staticmethod cache lru_cache override final export "
    "beartype typechecked jaxtyped compact dataclass register_keras_serializable".split()
)
KEPT = frozenset(("tf.function", "torch.jit.ignore"))
# Lines that call these have no value: they show something, or test it.
TALKING = frozenset(("print", "warnings.warn", "logging.info", "jax.debug.print"))
TESTING = "assert_"
# Calls that are no formulas, and why.
REFUSED = {
    "detach": "it ends a derivative, which calcml would carry on; leave it out where that is meant",
    "stop_gradient": "it ends a derivative, which calcml would carry on; leave it out where that is meant",
    "backward": "calcml derives the formula itself; remove the line",
    "dropout": "it is random",
    "batch_norm": "it keeps running statistics; write the formula out",
    "item": "it ends a derivative; write the value itself",
}

_CALLS = """
b.int(x)[whole]: x
b.float(x): x
b.len(x)[sized]: x
b.range(n): arange(n)
b.max(x): max(x, axis=0)
b.min(x): min(x, axis=0)
b.sum(x): sum(x, axis=0)
b.floordiv np.floor_divide(a, b): floor(a/b)
b.mod np.mod np.remainder t.remainder k.mod(a, b): a - b*floor(a/b)
np.fmod m.fmod t.fmod(a, b): a - b*sign(a/b)*floor(abs(a/b))
np.trunc np.fix m.trunc t.trunc t.fix(x): sign(x)*floor(abs(x))
m.log sy.log sy.ln(x): log(x)
m.log sy.log(x, base): log(x)/log(base)
m.factorial sy.factorial s.factorial(n): gamma(n + 1)
s.comb m.comb sy.binomial s.binom(n, k): gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))
m.radians np.radians np.deg2rad t.deg2rad(x): x*pi/180
m.degrees np.degrees np.rad2deg t.rad2deg(x): x*180/pi
m.dist(p, q): norm2(p - q)
m.fsum(x): sum(x, axis=0)
np.positive t.positive(x): x
np.copysign m.copysign t.copysign(x, y): abs(x)*where(y < 0, -1, 1)
np.heaviside t.heaviside(x, values): where(x > 0, 1, where(x < 0, 0, values))
sy.Heaviside(x, values=1/2): where(x > 0, 1, where(x < 0, 0, values))
sy.sinc(x): sinc(x/pi)
sy.root(x, n): x^(1/n)
sy.cbrt(x): x^(1/3)
sy.Rational(p, q=1): p/q
sy.Integer sy.Float sy.S sy.sympify sy.nsimplify(x): x
np.clip A.clip(a, a_min=-inf, a_max=inf): min(max(a, a_min), a_max)
np.clip A.clip k.clip(x, min=-inf, max=inf): min(max(x, min), max)
k.clip(x, x_min, x_max): min(max(x, x_min), x_max)
t.clamp t.clip(input, min=-inf, max=inf): min(max(input, min), max)
t.clamp_min(input, min): max(input, min)
t.clamp_max(input, max): min(input, max)
tf.clip_by_value(t, low, high): min(max(t, low), high)
tf.negative(x): -x
tf.squared_difference(x, y): (x - y)^2
tf.cast(x, dtype)[floating]: x
tf.reduce_sum(input_tensor, axis=None, keepdims=False): sum(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_mean(input_tensor, axis=None, keepdims=False): mean(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_prod(input_tensor, axis=None, keepdims=False): prod(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_max(input_tensor, axis=None, keepdims=False): max(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_min(input_tensor, axis=None, keepdims=False): min(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_logsumexp(input_tensor, axis=None, keepdims=False): logsumexp(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_variance(input_tensor, axis=None, keepdims=False): var(input_tensor, axis=axis, keepdims=keepdims)
tf.reduce_std(input_tensor, axis=None, keepdims=False): std(input_tensor, axis=axis, keepdims=keepdims)
tf.matmul(a, b): matmul(a, b)
tn.softmax(logits, axis=-1): softmax(logits, axis=axis)
tn.log_softmax(logits, axis=-1): log_softmax(logits, axis=axis)
tn.gelu(features, approximate=False): gelu(features)
tn.gelu(features, approximate=True): gelu(features, approximate="tanh")
tn.leaky_relu(features, alpha=0.2): leaky_relu(features, alpha)
tn.swish(features, beta=1): features*sigmoid(beta*features)
tn.l2_loss(t): sum(t^2)/2
tn.sigmoid_cross_entropy_with_logits(labels, logits): softplus(logits) - labels*logits
tn.softmax_cross_entropy_with_logits(labels, logits, axis=-1): -sum(labels*log_softmax(logits, axis=axis), axis=axis)
kb.pow(x, a): x^a
kb.epsilon(): 1e-7
lax.clamp(low, x, high): min(max(x, low), high)
np.logaddexp2 t.logaddexp2(a, b): log2(2^a + 2^b)
np.true_divide(a, b): a/b
t.add(input, other, alpha): input + alpha*other
t.sub t.subtract(input, other, alpha): input - alpha*other
t.rsub(input, other, alpha=1): other - alpha*input
t.div t.divide t.true_divide(input, other, rounding_mode="None"): input/other
t.div t.divide(input, other, rounding_mode="floor"): floor(input/other)
t.div t.divide(input, other, rounding_mode="trunc"): sign(input/other)*floor(abs(input/other))
t.floor_divide(input, other): floor(input/other)
t.frac(input): input - sign(input)*floor(abs(input))
t.logit ts.logit(input, eps): logit(clip(input, eps, 1 - eps))
t.lerp(a, b, weight): a + weight*(b - a)
t.addcmul(input, a, b, value=1): input + value*a*b
t.addcdiv(input, a, b, value=1): input + value*a/b
np.asarray np.array np.float64 np.copy np.ascontiguousarray np.real t.tensor t.as_tensor t.clone T.clone T.contiguous T.float T.double T.to T.cuda T.cpu A.copy k.convert_to_tensor lax.convert_element_type(x)[array]: x
A.astype T.to T.type k.cast(x, dtype)[floating]: x
T.type_as(x, other)[typed]: x

np.sum A.sum np.nansum(a, axis=None, dtype=None, out=None, keepdims=False): sum(a, axis=axis, keepdims=keepdims)
np.mean A.mean np.average np.nanmean(a, axis=None, dtype=None, out=None, keepdims=False): mean(a, axis=axis, keepdims=keepdims)
np.average(a, axis=None, weights)[single]: sum(a*weights, axis=axis)/sum(weights, axis=axis)
np.prod A.prod(a, axis=None, dtype=None, out=None, keepdims=False): prod(a, axis=axis, keepdims=keepdims)
np.max np.amax A.max k.max k.amax(a, axis=None, out=None, keepdims=False): max(a, axis=axis, keepdims=keepdims)
np.min np.amin A.min k.min k.amin(a, axis=None, out=None, keepdims=False): min(a, axis=axis, keepdims=keepdims)
np.ptp(a, axis=None, out=None, keepdims=False): max(a, axis=axis, keepdims=keepdims) - min(a, axis=axis, keepdims=keepdims)
k.sum(x, axis=None, keepdims=False): sum(x, axis=axis, keepdims=keepdims)
k.mean(x, axis=None, keepdims=False): mean(x, axis=axis, keepdims=keepdims)
k.prod(x, axis=None, keepdims=False): prod(x, axis=axis, keepdims=keepdims)
k.var(x, axis=None, keepdims=False): var(x, axis=axis, keepdims=keepdims)
k.std(x, axis=None, keepdims=False): std(x, axis=axis, keepdims=keepdims)
np.var A.var(a, axis=None, dtype=None, out=None, ddof="0", keepdims=False): var(a, axis=axis, keepdims=keepdims)
np.var A.var(a, axis=None, dtype=None, out=None, ddof, keepdims=False)[freedom]: var(a, axis=axis, keepdims=keepdims)*total/(total - ddof)
np.std A.std(a, axis=None, dtype=None, out=None, ddof="0", keepdims=False): std(a, axis=axis, keepdims=keepdims)
np.std A.std(a, axis=None, dtype=None, out=None, ddof, keepdims=False)[freedom]: sqrt(var(a, axis=axis, keepdims=keepdims)*total/(total - ddof))
np.var A.var(a, axis=None, correction, keepdims=False)[freedom]: var(a, axis=axis, keepdims=keepdims)*total/(total - correction)
np.std A.std(a, axis=None, correction, keepdims=False)[freedom]: sqrt(var(a, axis=axis, keepdims=keepdims)*total/(total - correction))
t.var(input, dim=None, unbiased=True, keepdim=False)[freedom]: var(input, axis=dim, keepdims=keepdim)*total/(total - 1)
t.var(input, dim=None, unbiased=False, keepdim=False): var(input, axis=dim, keepdims=keepdim)
t.var(input, dim=None, correction, keepdim=False)[freedom]: var(input, axis=dim, keepdims=keepdim)*total/(total - correction)
t.std(input, dim=None, unbiased=True, keepdim=False)[freedom]: sqrt(var(input, axis=dim, keepdims=keepdim)*total/(total - 1))
t.std(input, dim=None, unbiased=False, keepdim=False): std(input, axis=dim, keepdims=keepdim)
t.std(input, dim=None, correction, keepdim=False)[freedom]: sqrt(var(input, axis=dim, keepdims=keepdim)*total/(total - correction))
t.var_mean(input, dim=None, unbiased=True, keepdim=False)[freedom]: var=var(input, axis=dim, keepdims=keepdim)*total/(total - 1) | mean=mean(input, axis=dim, keepdims=keepdim)
t.std_mean(input, dim=None, unbiased=True, keepdim=False)[freedom]: std=sqrt(var(input, axis=dim, keepdims=keepdim)*total/(total - 1)) | mean=mean(input, axis=dim, keepdims=keepdim)
t.sum t.nansum(input, dim=None, keepdim=False): sum(input, axis=dim, keepdims=keepdim)
t.mean t.nanmean(input, dim=None, keepdim=False): mean(input, axis=dim, keepdims=keepdim)
t.prod(input, dim=None, keepdim=False): prod(input, axis=dim, keepdims=keepdim)
t.amax(input, dim=None, keepdim=False): max(input, axis=dim, keepdims=keepdim)
t.amin(input, dim=None, keepdim=False): min(input, axis=dim, keepdims=keepdim)
t.max(input): max(input)
t.min(input): min(input)
t.max(input, dim, keepdim=False): values=max(input, axis=dim, keepdims=keepdim) | indices=?
t.min(input, dim, keepdim=False): values=min(input, axis=dim, keepdims=keepdim) | indices=?
t.max(input, other): max(input, other)
t.min(input, other): min(input, other)
t.logsumexp ts.logsumexp(input, dim, keepdim=False): logsumexp(input, axis=dim, keepdims=keepdim)
s.logsumexp j.logsumexp k.logsumexp(a, axis=None, keepdims=False): logsumexp(a, axis=axis, keepdims=keepdims)
s.logsumexp j.logsumexp(a, axis=None, b, keepdims=False): log(sum(b*exp(a), axis=axis, keepdims=keepdims))
np.cumsum A.cumsum(a)[single]: cumsum(a, axis=0)
np.cumsum A.cumsum k.cumsum(a, axis): cumsum(a, axis=axis)
t.cumsum(input, dim): cumsum(input, axis=dim)
t.softmax ts.softmax F.softmax nn.Softmax(input; dim): softmax(input, axis=dim)
t.log_softmax ts.log_softmax F.log_softmax nn.LogSoftmax(input; dim): log_softmax(input, axis=dim)
F.softmin nn.Softmin(input; dim): softmin(input, axis=dim)
s.softmax(x, axis=None): softmax(x, axis=axis)
s.log_softmax(x, axis=None): x - logsumexp(x, axis=axis, keepdims=1)
j.softmax k.softmax ka.softmax(x, axis=-1): softmax(x, axis=axis)
j.log_softmax k.log_softmax ka.log_softmax(x, axis=-1): log_softmax(x, axis=axis)
j.standardize(x, axis=-1, epsilon=1e-5): (x - mean(x, axis=axis, keepdims=1))/sqrt(var(x, axis=axis, keepdims=1) + epsilon)
F.normalize(input, p=2, dim=1, eps=1e-12): input/max(sum(abs(input)^p, axis=dim, keepdims=1)^(1/p), eps)
F.layer_norm(input, normalized_shape, weight=1, bias=0, eps=1e-5)[layer]: (input - mean(input, axis=axis, keepdims=1))/sqrt(var(input, axis=axis, keepdims=1) + eps)*weight + bias
F.rms_norm(input, normalized_shape, weight=1, eps)[layer]: input/sqrt(mean(input^2, axis=axis, keepdims=1) + eps)*weight

np.dot A.dot t.dot k.dot(a, b)[matrices]: dot(a, b)
np.vdot(a, b)[flat]: a @ b
np.inner t.inner t.vdot(a, b)[single]: sum(a*b)
np.matmul t.matmul t.mm t.mv t.bmm k.matmul tl.matmul(a, b): matmul(a, b)
t.addmm t.addmv(input, a, b, beta=1, alpha=1): beta*input + alpha*(a @ b)
F.linear(input, weight, bias=0): input @ weight.T + bias
F.bilinear(a, b, weight, bias=0): einsum("ni,oij,nj->no", a, weight, b) + bias
np.outer k.outer(a, b)[flat]: outer(a, b)
t.outer t.ger(a, b)[single]: outer(a, b)
np.trace A.trace t.trace k.trace(a)[matrices]: trace(a)
np.diagonal A.diagonal t.diagonal(a)[matrices]: diag(a)
np.diag t.diag k.diag(v): diag(v)
la.det sl.det tl.det t.det k.det(a): det(a)
la.inv sl.inv tl.inv t.inverse k.inv(a): inv(a)
la.solve sl.solve tl.solve k.solve(a, b): solve(a, b)
la.cholesky tl.cholesky t.cholesky k.cholesky(a): cholesky(a)
sl.cholesky(a, lower=True): cholesky(a)
sl.cholesky(a, lower=False): cholesky(a).T
la.matrix_power tl.matrix_power t.matrix_power(a, n): matrix_power(a, n)
t.logdet(input): logdet(input)
la.slogdet tl.slogdet t.slogdet(a): sign=sign(det(a)) | logabsdet=log(abs(det(a)))
np.kron t.kron(a, b): kron(a, b)
np.tril t.tril k.tril(m, k=0): tril(m, k)
la.norm sl.norm(x, ord="None", axis=None, keepdims=False): norm2(x, axis=axis, keepdims=keepdims)
la.norm sl.norm(x, ord="fro", axis=None, keepdims=False): norm2(x, axis=axis, keepdims=keepdims)
la.norm sl.norm(x, ord="2", axis=None, keepdims=False)[vector]: norm2(x, axis=axis, keepdims=keepdims)
la.norm sl.norm(x, ord="1", axis=None, keepdims=False)[vector]: norm1(x, axis=axis, keepdims=keepdims)
la.norm sl.norm(x, ord="inf", axis=None, keepdims=False)[vector]: norm_inf(x, axis=axis, keepdims=keepdims)
la.norm sl.norm(x, ord, axis=None, keepdims=False)[vector]: sum(abs(x)^ord, axis=axis, keepdims=keepdims)^(1/ord)
tl.norm(A, ord="None", dim=None, keepdim=False): norm2(A, axis=dim, keepdims=keepdim)
tl.norm(A, ord="fro", dim=None, keepdim=False): norm2(A, axis=dim, keepdims=keepdim)
tl.norm(A, ord="2", dim=None, keepdim=False)[vector]: norm2(A, axis=dim, keepdims=keepdim)
tl.norm(A, ord="1", dim=None, keepdim=False)[vector]: norm1(A, axis=dim, keepdims=keepdim)
tl.norm(A, ord="inf", dim=None, keepdim=False)[vector]: norm_inf(A, axis=dim, keepdims=keepdim)
tl.norm(A, ord, dim=None, keepdim=False)[vector]: sum(abs(A)^ord, axis=dim, keepdims=keepdim)^(1/ord)
tl.vector_norm la.vector_norm(x, ord="2", dim=None, keepdim=False): norm2(x, axis=dim, keepdims=keepdim)
tl.vector_norm(x, ord="1", dim=None, keepdim=False): norm1(x, axis=dim, keepdims=keepdim)
tl.vector_norm(x, ord="inf", dim=None, keepdim=False): norm_inf(x, axis=dim, keepdims=keepdim)
tl.vector_norm(x, ord, dim=None, keepdim=False): sum(abs(x)^ord, axis=dim, keepdims=keepdim)^(1/ord)
tl.matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False): norm2(A, axis=dim, keepdims=keepdim)
t.norm(input, p="fro", dim=None, keepdim=False): norm2(input, axis=dim, keepdims=keepdim)
t.norm(input, p="2", dim=None, keepdim=False): norm2(input, axis=dim, keepdims=keepdim)
t.norm(input, p="1", dim=None, keepdim=False): norm1(input, axis=dim, keepdims=keepdim)
t.norm(input, p="inf", dim=None, keepdim=False): norm_inf(input, axis=dim, keepdims=keepdim)
t.norm(input, p, dim=None, keepdim=False): sum(abs(input)^p, axis=dim, keepdims=keepdim)^(1/p)
t.cdist(x1, x2, p="2")[tables]: norm2(x1[:, None, :] - x2[None, :, :], axis=-1)
t.cdist(x1, x2, p="1")[tables]: norm1(x1[:, None, :] - x2[None, :, :], axis=-1)
t.cdist(x1, x2, p)[tables]: sum(abs(x1[:, None, :] - x2[None, :, :])^p, axis=-1)^(1/p)
t.dist(input, other, p=2): sum(abs(input - other)^p)^(1/p)
np.eye t.eye np.identity k.eye(n): eye(n)
np.arange t.arange k.arange(n): arange(n)
np.ones k.ones(n, dtype=None)[shaped]: 1
np.zeros k.zeros(n, dtype=None)[shaped]: 0
t.ones(n, ...)[shaped]: 1
t.zeros(n, ...)[shaped]: 0
np.full t.full k.full(n, value, dtype=None)[shaped]: value
np.ones_like t.ones_like k.ones_like(x): 1 + 0*x
np.zeros_like t.zeros_like k.zeros_like(x): 0*x
np.full_like t.full_like lax.full_like(x, value): value + 0*x
np.size t.numel(x)[elements]: x
j.one_hot F.one_hot k.one_hot(x, num_classes)[hot]: x

F.glu nn.GLU(input; dim=-1)[halves]: a*sigmoid(b)
j.glu k.glu ka.glu(x, axis=-1)[halves]: a*sigmoid(b)
F.prelu t.prelu(input, weight)[channels]: prelu(input, weight)
F.rrelu(input, lower=1/8, upper=1/3): leaky_relu(input, (lower + upper)/2)
F.gelu nn.GELU(input; approximate="none"): gelu(input)
F.gelu nn.GELU(input; approximate="tanh"): gelu(input, approximate="tanh")
j.gelu k.gelu(x, approximate=True): gelu(x, approximate="tanh")
j.gelu k.gelu ka.gelu(x, approximate=False): gelu(x)
ka.gelu(x, approximate=True): gelu(x, approximate="tanh")
F.softplus nn.Softplus(input; beta=1, threshold="20"): softplus(beta*input)/beta
k.leaky_relu ka.leaky_relu(x, negative_slope=0.2): leaky_relu(x, negative_slope)
j.sparse_plus k.sparse_plus ka.sparse_plus(x): where(x <= -1, 0, where(x >= 1, x, (x + 1)^2/4))
j.sparse_sigmoid k.sparse_sigmoid ka.sparse_sigmoid(x): clip(x + 1, 0, 2)/2
j.identity ka.linear nn.Identity(x): x

F.mse_loss nn.MSELoss(input, target; reduction="mean"): (input - target)^2
F.l1_loss nn.L1Loss(input, target; reduction="mean"): abs(input - target)
F.smooth_l1_loss F.smooth_l1_loss nn.SmoothL1Loss(input, target; reduction="mean", beta=1): where(abs(input - target) < beta, (input - target)^2/(2*beta), abs(input - target) - beta/2)
F.huber_loss nn.HuberLoss(input, target; reduction="mean", delta=1): where(abs(input - target) <= delta, (input - target)^2/2, delta*(abs(input - target) - delta/2))
F.binary_cross_entropy nn.BCELoss(input, target; weight=1, reduction="mean"): -weight*(target*log(input) + (1 - target)*log(1 - input))
F.binary_cross_entropy_with_logits nn.BCEWithLogitsLoss(input, target; weight=1, reduction="mean", pos_weight=1): weight*(target*pos_weight*softplus(-input) + (1 - target)*softplus(input))
F.cross_entropy nn.CrossEntropyLoss(input, target; weight=1, ignore_index="-100", reduction="mean", label_smoothing=0)[classes]: -sum(weight*((1 - label_smoothing)*target + label_smoothing/size(input, axis=axis))*log_softmax(input, axis=axis), axis=axis)
F.nll_loss nn.NLLLoss(input, target; weight=1, ignore_index="-100", reduction="mean")[labels]: -sum(weight*target*input, axis=axis)
F.kl_div nn.KLDivLoss(input, target; reduction="mean", log_target=False): where(target == 0, 0, target*(log(target) - input))
F.kl_div nn.KLDivLoss(input, target; reduction="mean", log_target=True): exp(target)*(target - input)
F.poisson_nll_loss nn.PoissonNLLLoss(input, target; log_input=True, full=False, eps=1e-8, reduction="mean"): exp(input) - target*input
F.poisson_nll_loss nn.PoissonNLLLoss(input, target; log_input=False, full=False, eps=1e-8, reduction="mean"): input - target*log(input + eps)
F.gaussian_nll_loss nn.GaussianNLLLoss(input, target, var; full=False, eps=1e-6, reduction="mean"): (log(max(var, eps)) + (input - target)^2/max(var, eps))/2
F.gaussian_nll_loss nn.GaussianNLLLoss(input, target, var; full=True, eps=1e-6, reduction="mean"): (log(max(var, eps)) + (input - target)^2/max(var, eps))/2 + log(2*pi)/2
F.cosine_similarity t.cosine_similarity nn.CosineSimilarity(a, b; dim=1, eps=1e-8): sum(a*b, axis=dim)/(max(norm2(a, axis=dim), eps)*max(norm2(b, axis=dim), eps))
F.cosine_embedding_loss nn.CosineEmbeddingLoss(a, b, target; margin=0, reduction="mean"): c = sum(a*b, axis=-1)/sqrt((sum(a^2, axis=-1) + 1e-12)*(sum(b^2, axis=-1) + 1e-12)); where(target > 0, 1 - c, relu(c - margin))
F.hinge_embedding_loss nn.HingeEmbeddingLoss(input, target; margin=1, reduction="mean"): where(target > 0, input, relu(margin - input))
F.margin_ranking_loss nn.MarginRankingLoss(a, b, target; margin=0, reduction="mean"): relu(margin - target*(a - b))
F.soft_margin_loss nn.SoftMarginLoss(input, target; reduction="mean"): softplus(-target*input)
F.multilabel_soft_margin_loss nn.MultiLabelSoftMarginLoss(input, target; weight=1, reduction="mean"): mean(weight*(target*softplus(-input) + (1 - target)*softplus(input)), axis=-1)
F.multi_margin_loss nn.MultiMarginLoss(input, target; p=1, margin=1, reduction="mean")[labels]: (sum(relu(margin - sum(target*input, axis=axis, keepdims=1) + input)^p, axis=axis) - margin^p)/size(input, axis=axis)
F.pairwise_distance nn.PairwiseDistance(a, b; p=2, eps=1e-6, keepdim=False): sum(abs(a - b + eps)^p, axis=-1, keepdims=keepdim)^(1/p)
F.triplet_margin_loss nn.TripletMarginLoss(anchor, positive, negative; margin=1, p=2, eps=1e-6, reduction="mean"): relu(sum(abs(anchor - positive + eps)^p, axis=-1)^(1/p) - sum(abs(anchor - negative + eps)^p, axis=-1)^(1/p) + margin)

s.huber(delta, r): where(abs(r) <= delta, r^2/2, delta*(abs(r) - delta/2))
s.pseudo_huber(delta, r): delta^2*(sqrt(1 + (r/delta)^2) - 1)
s.boxcox(x, lmbda): where(lmbda == 0, log(x), (x^lmbda - 1)/lmbda)
s.boxcox1p(x, lmbda): where(lmbda == 0, log(1 + x), ((1 + x)^lmbda - 1)/lmbda)
s.erfcinv(x): erfinv(1 - x)
s.poch(a, m): gamma(a + m)/gamma(a)
s.exp1 sy.E1(x): -Ei(-x)
s.spence(x): polylog(2, 1 - x)
s.dawsn(x): sqrt(pi)/2*exp(-x^2)*erfi(x)
s.expn(n, x): x^(n - 1)*uppergamma(1 - n, x)
s.exprel(x): where(x == 0, 1, expm1(x)/x)
s.sici(x): si=Si(x) | ci=Ci(x)
s.j0 ts.bessel_j0(x): besselj(0, x)
s.j1 ts.bessel_j1(x): besselj(1, x)
s.y0(x): bessely(0, x)
s.y1(x): bessely(1, x)
s.ellipeinc(phi, m): elliptic_e(phi, m)
ts.zeta(s, a): zeta(s, a)
norm.pdf(x, loc=0, scale=1): exp(-((x - loc)/scale)^2/2)/(scale*sqrt(2*pi))
norm.logpdf(x, loc=0, scale=1): -((x - loc)/scale)^2/2 - log(scale) - log(2*pi)/2
norm.cdf(x, loc=0, scale=1): ndtr((x - loc)/scale)
norm.logcdf(x, loc=0, scale=1): log_ndtr((x - loc)/scale)
norm.sf(x, loc=0, scale=1): ndtr((loc - x)/scale)
norm.ppf(x, loc=0, scale=1): loc + scale*ndtri(x)

laplace.pdf(x, loc=0, scale=1): exp(-abs((x - loc)/scale))/(2*scale)
laplace.logpdf(x, loc=0, scale=1): -abs((x - loc)/scale) - log(2*scale)
cauchy.pdf(x, loc=0, scale=1): 1/(pi*scale*(1 + ((x - loc)/scale)^2))
cauchy.logpdf(x, loc=0, scale=1): -log(pi*scale) - log(1 + ((x - loc)/scale)^2)
cauchy.cdf(x, loc=0, scale=1): 1/2 + atan((x - loc)/scale)/pi
logistic.pdf(x, loc=0, scale=1): sigmoid((x - loc)/scale)*(1 - sigmoid((x - loc)/scale))/scale
logistic.logpdf(x, loc=0, scale=1): -(x - loc)/scale - 2*softplus(-(x - loc)/scale) - log(scale)
logistic.cdf(x, loc=0, scale=1): sigmoid((x - loc)/scale)
logistic.sf(x, loc=0, scale=1): sigmoid((loc - x)/scale)
student.pdf(x, df, loc=0, scale=1): exp(lgamma((df + 1)/2) - lgamma(df/2))/(sqrt(df*pi)*scale)*(1 + ((x - loc)/scale)^2/df)^(-(df + 1)/2)
student.logpdf(x, df, loc=0, scale=1): lgamma((df + 1)/2) - lgamma(df/2) - log(df*pi)/2 - log(scale) - (df + 1)/2*log(1 + ((x - loc)/scale)^2/df)

skp.linear_kernel(X, Y)[tables]: X @ Y.T
skp.polynomial_kernel(X, Y, degree=3, gamma="None", coef0=1)[tables]: (X @ Y.T/size(X, axis=-1) + coef0)^degree
skp.polynomial_kernel(X, Y, degree=3, gamma, coef0=1)[tables]: (gamma*(X @ Y.T) + coef0)^degree
skp.sigmoid_kernel(X, Y, gamma="None", coef0=1)[tables]: tanh(X @ Y.T/size(X, axis=-1) + coef0)
skp.sigmoid_kernel(X, Y, gamma, coef0=1)[tables]: tanh(gamma*(X @ Y.T) + coef0)
skp.rbf_kernel(X, Y, gamma="None")[tables]: exp(-sum((X[:, None, :] - Y[None, :, :])^2, axis=-1)/size(X, axis=-1))
skp.rbf_kernel(X, Y, gamma)[tables]: exp(-gamma*sum((X[:, None, :] - Y[None, :, :])^2, axis=-1))
skp.laplacian_kernel(X, Y, gamma="None")[tables]: exp(-sum(abs(X[:, None, :] - Y[None, :, :]), axis=-1)/size(X, axis=-1))
skp.laplacian_kernel(X, Y, gamma)[tables]: exp(-gamma*sum(abs(X[:, None, :] - Y[None, :, :]), axis=-1))
skp.euclidean_distances(X, Y, squared=False)[tables]: norm2(X[:, None, :] - Y[None, :, :], axis=-1)
skp.euclidean_distances(X, Y, squared=True)[tables]: sum((X[:, None, :] - Y[None, :, :])^2, axis=-1)
skp.cosine_similarity(X, Y)[tables]: X @ Y.T/(norm2(X, axis=-1)[:, None]*norm2(Y, axis=-1)[None, :])
sk.brier_score_loss(y_true, y_proba)[single]: mean((y_true - y_proba)^2)
sk.log_loss(y_true, y_pred)[single]: -mean(y_true*log(y_pred) + (1 - y_true)*log(1 - y_pred))
sk.mean_squared_error(y_true, y_pred): mean((y_true - y_pred)^2)
sk.root_mean_squared_error(y_true, y_pred)[single]: sqrt(mean((y_true - y_pred)^2))
sk.mean_absolute_error(y_true, y_pred): mean(abs(y_true - y_pred))
sk.mean_absolute_percentage_error(y_true, y_pred): mean(abs(y_true - y_pred)/max(abs(y_true), 2.220446049250313e-16))
sk.mean_squared_log_error(y_true, y_pred): mean((log1p(y_true) - log1p(y_pred))^2)
sk.root_mean_squared_log_error(y_true, y_pred)[single]: sqrt(mean((log1p(y_true) - log1p(y_pred))^2))
sk.mean_pinball_loss(y_true, y_pred, alpha=1/2): mean(max(alpha*(y_true - y_pred), (alpha - 1)*(y_true - y_pred)))
sk.mean_poisson_deviance(y_true, y_pred): mean(2*(xlogy(y_true, y_true/y_pred) - y_true + y_pred))
sk.mean_gamma_deviance(y_true, y_pred): mean(2*(log(y_pred/y_true) + y_true/y_pred - 1))
sk.r2_score(y_true, y_pred)[single]: 1 - sum((y_true - y_pred)^2)/sum((y_true - mean(y_true))^2)
sk.explained_variance_score(y_true, y_pred)[single]: 1 - var(y_true - y_pred)/var(y_true)
sk.max_error(y_true, y_pred)[single]: max(abs(y_true - y_pred))

kl.mean_squared_error(y_true, y_pred): mean((y_true - y_pred)^2, axis=-1)
kl.mean_absolute_error(y_true, y_pred): mean(abs(y_true - y_pred), axis=-1)
kl.mean_absolute_percentage_error(y_true, y_pred): 100*mean(abs(y_true - y_pred)/max(abs(y_true), 1e-7), axis=-1)
kl.mean_squared_logarithmic_error(y_true, y_pred): mean((log(max(y_pred, 1e-7) + 1) - log(max(y_true, 1e-7) + 1))^2, axis=-1)
kl.huber(y_true, y_pred, delta=1): mean(where(abs(y_true - y_pred) <= delta, (y_true - y_pred)^2/2, delta*(abs(y_true - y_pred) - delta/2)), axis=-1)
kl.log_cosh(y_true, y_pred): mean(log(cosh(y_pred - y_true)), axis=-1)
kl.cosine_similarity(y_true, y_pred, axis=-1): -sum(y_true/sqrt(max(sum(y_true^2, axis=axis, keepdims=1), 1e-12))*y_pred/sqrt(max(sum(y_pred^2, axis=axis, keepdims=1), 1e-12)), axis=axis)
kl.binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0): -mean((y_true*(1 - label_smoothing) + label_smoothing/2)*log(clip(y_pred, 1e-7, 1 - 1e-7)) + (1 - y_true*(1 - label_smoothing) - label_smoothing/2)*log(1 - clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)
kl.binary_crossentropy(y_true, y_pred, from_logits=True, label_smoothing=0): mean(softplus(y_pred) - (y_true*(1 - label_smoothing) + label_smoothing/2)*y_pred, axis=-1)
kl.categorical_crossentropy(y_true, y_pred, from_logits=True, label_smoothing=0, axis=-1): -sum((y_true*(1 - label_smoothing) + label_smoothing/size(y_true, axis=axis))*log_softmax(y_pred, axis=axis), axis=axis)
kl.categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0, axis=-1): -sum((y_true*(1 - label_smoothing) + label_smoothing/size(y_true, axis=axis))*log(clip(y_pred/sum(y_pred, axis=axis, keepdims=1), 1e-7, 1 - 1e-7)), axis=axis)
kl.kl_divergence(y_true, y_pred): sum(clip(y_true, 1e-7, 1)*log(clip(y_true, 1e-7, 1)/clip(y_pred, 1e-7, 1)), axis=-1)
kl.poisson(y_true, y_pred): mean(y_pred - y_true*log(y_pred + 1e-7), axis=-1)
kl.hinge(y_true, y_pred): mean(relu(1 - y_true*y_pred), axis=-1)
kl.squared_hinge(y_true, y_pred): mean(relu(1 - y_true*y_pred)^2, axis=-1)
kl.categorical_hinge(y_true, y_pred): relu(max((1 - y_true)*y_pred, axis=-1) - sum(y_true*y_pred, axis=-1) + 1)
kl.CategoricalHinge(y_true, y_pred; reduction="sum_over_batch_size"): relu(max((1 - y_true)*y_pred, axis=-1) - sum(y_true*y_pred, axis=-1) + 1)
kl.Hinge(y_true, y_pred; reduction="sum_over_batch_size"): mean(relu(1 - y_true*y_pred), axis=-1)
kl.SquaredHinge(y_true, y_pred; reduction="sum_over_batch_size"): mean(relu(1 - y_true*y_pred)^2, axis=-1)
kl.LogCosh(y_true, y_pred; reduction="sum_over_batch_size"): mean(log(cosh(y_pred - y_true)), axis=-1)
kl.Poisson(y_true, y_pred; reduction="sum_over_batch_size"): mean(y_pred - y_true*log(y_pred + 1e-7), axis=-1)
kl.KLDivergence(y_true, y_pred; reduction="sum_over_batch_size"): sum(clip(y_true, 1e-7, 1)*log(clip(y_true, 1e-7, 1)/clip(y_pred, 1e-7, 1)), axis=-1)
kl.BinaryCrossentropy(y_true, y_pred; from_logits=False, label_smoothing=0, reduction="sum_over_batch_size"): -mean((y_true*(1 - label_smoothing) + label_smoothing/2)*log(clip(y_pred, 1e-7, 1 - 1e-7)) + (1 - y_true*(1 - label_smoothing) - label_smoothing/2)*log(1 - clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)
kl.BinaryCrossentropy(y_true, y_pred; from_logits=True, label_smoothing=0, reduction="sum_over_batch_size"): mean(softplus(y_pred) - (y_true*(1 - label_smoothing) + label_smoothing/2)*y_pred, axis=-1)
kl.CategoricalCrossentropy(y_true, y_pred; from_logits=False, label_smoothing=0, axis=-1, reduction="sum_over_batch_size"): -sum((y_true*(1 - label_smoothing) + label_smoothing/size(y_true, axis=axis))*log(clip(y_pred/sum(y_pred, axis=axis, keepdims=1), 1e-7, 1 - 1e-7)), axis=axis)
kl.CategoricalCrossentropy(y_true, y_pred; from_logits=True, label_smoothing=0, axis=-1, reduction="sum_over_batch_size"): -sum((y_true*(1 - label_smoothing) + label_smoothing/size(y_true, axis=axis))*log_softmax(y_pred, axis=axis), axis=axis)
kl.MeanSquaredError(y_true, y_pred; reduction="sum_over_batch_size"): mean((y_true - y_pred)^2, axis=-1)
kl.MeanAbsoluteError(y_true, y_pred; reduction="sum_over_batch_size"): mean(abs(y_true - y_pred), axis=-1)
kl.Huber(y_true, y_pred; delta=1, reduction="sum_over_batch_size"): mean(where(abs(y_true - y_pred) <= delta, (y_true - y_pred)^2/2, delta*(abs(y_true - y_pred) - delta/2)), axis=-1)
"""


class Call(NamedTuple):
    """One way to call a function: its parameters, what prepares them, its formulas.

    `params` have their defaults, None where there is none. The first `inputs` of them
    are those of a module of layers when it is called. `results` are formulas by name.
    """

    params: dict[str, str | None]
    inputs: int
    prepared: str
    results: dict[str, str]


@cache
def calls() -> dict[str, list[Call]]:
    """The lines by the names that they are called by, such as "np.sum"."""
    found: dict[str, list[Call]] = {}
    for line in _CALLS.strip().splitlines():
        if not line:
            continue
        match = re.fullmatch(r"([^(]+)\((.*?)\)(?:\[(\w+)\])?: (.*)", line)
        assert match, line
        names, inside, prepared, text = match.groups()
        inputs, _, options = inside.partition("; ")
        params = _params(inputs) | _params(options)
        parts = [part.partition("=") for part in text.split(" | ")]
        several = " | " in text
        results = {n: f for n, _, f in parts} if several else {"": text}
        call = Call(params, len(_params(inputs)), prepared or "", results)
        for name in names.split():
            found.setdefault(name, []).append(call)
    return found


def _params(text: str) -> dict[str, str | None]:
    parts = re.split(r", (?![^(]*\))", text) if text else []
    pairs = [part.partition("=") for part in parts]
    return {name: default or None for name, _, default in pairs}


@cache
def rows() -> dict[str, str]:
    """The names of rows by those that libraries have for them, such as "np.arcsin"."""
    found = {}
    for row in FUNCTIONS.values():
        for word in row.code.split():
            library, _, name = word.partition(".")
            found[f"{library}.{name or row.name}"] = row.name
    for library, names in _TENSORFLOW.items():
        for name in names.split():
            known = (found.get(f"{home}.{name}") for home in _HOMES)
            found[f"{library}.{name}"] = next(filter(None, known))
    return found
