"""Functions of whole arrays: rows like the others, in a table of their own.

`by` defines a function by others, in calcml's own grammar, where `axis` stands for the
axes of the call (all of them where it names none). `d` is the derivative in index
notation: of the element i, j of the value `y` by the element a, b of the argument; of a
function along axes a sum of products, of the element i of the value by the element a of
the argument `x`; of a reduction by an element of its argument, `y` being the value kept
along the axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

from calcml.functions.row import read_signature


class ArrayRow(NamedTuple):
    """One function of arrays: its call, its definition or its derivative, its spellings.

    It is defined `on` matrices that fulfil a condition, or that are of a `kind`; `range`
    is what holds of every value `y`.
    The call: `axis` is the axis where it names none, "all" of them or a number; None
    where the function has no axis. `takes` says what the argument must be: "square".
    The parameter `sizes` and those after it are sizes, at `most` so many arguments
    together. `shapes` are the axes of arguments and value, "m n, n -> m", where `*` is
    any array; several alternatives stand between bars.
    What it makes: the expression `by`; or what `build` does, a function of
    core/tensors/made.py; or a node of its own, of a square matrix. What is built
    "along" axes is `single`, in `x`, where these have one element. A reduction is
    `of_equal` of n elements equal to x and `of_none` of no element; `of_scalar` is the value at a scalar in
    languages where that is a matrix of one element. `total` is the sum of the elements
    of the value along the axes.
    For systems that lack it there are `values`: along axes a definition by other
    functions, in which `axis` are its axes, and which is written as this function where
    that is `recognised`; of a reduction a function of (mpmath, elements), which are all
    fractions or all numbers; of a square matrix the name of a function of
    evaluate/arrays/matrices.py.
    In `tex`, #1, #2, ... stand for the arguments; without them it is a name, with sizes
    as its indices where there is nothing else. `binding` is how tightly arguments must
    hold together there, or stand in brackets, and how the whole does. `letter` names
    the value where that occurs more than once in a printed form.
    """

    op: str
    name: str
    params: tuple[str, ...]
    doc: str
    by: str = ""
    d: str = ""
    axis: str | int | None = None
    takes: str = ""
    on: str = ""
    kind: str = ""
    range: str = ""
    build: str = ""
    single: str = ""
    shapes: str = ""
    of_scalar: str = ""
    sizes: str = ""
    most: int = 0
    tex: str = ""
    binding: str = ""
    numpy: str = ""
    values: str | Callable[[Any, list[Any]], Any] = ""
    of_equal: str = ""
    of_none: str = ""
    recognised: bool = False
    total: str = ""
    letter: str = ""
    aliases: tuple[str, ...] = ()
    defaults: Mapping[str, str] = MappingProxyType({})

    @property
    def big(self) -> str:
        r"""What stands before an argument or an index in LaTeX: \sum, \det; or ""."""
        head = self.tex.removesuffix(" #1")
        return "" if "#" in head else head

    @property
    def sums(self) -> bool:
        """Whether it makes one element of those along axes, by one operation."""
        return self.build in ("summed", *_REDUCTIONS)

    @property
    def averages(self) -> bool:
        """Whether it is the sum of elements over their number."""
        return self.by == "sum(x, axis=axis)/size(x, axis=axis)"

    @property
    def is_sized(self) -> bool:
        """Whether it is made of sizes alone."""
        return self.params == (self.sizes,)

    @property
    def keeps_shape(self) -> bool:
        """Whether its value has the shape of its first argument."""
        return bool(self.single) or self.shapes == "n n -> n n"

    @property
    def reduces(self) -> bool:
        """Whether the axes that it goes along are gone from its value."""
        return self.axis == "all" and not self.keeps_shape

    @property
    def signature(self) -> str:
        """The call as it is written, with defaults."""
        shown = [
            p + (f"={self.defaults[p]}" if p in self.defaults else "")
            for p in self.params
        ]
        shown += ["axis=None"] if self.axis == "all" else []
        shown += [f"axis={self.axis}"] if isinstance(self.axis, int) else []
        return f"{self.name}({', '.join(shown)})"


_REDUCTIONS = ("flat", "over")

ARRAY_FUNCTIONS: dict[str, ArrayRow] = {}
ARRAY_OPERATIONS: dict[str, ArrayRow] = {}

# Rows that are nodes: reductions, functions along axes and those of a square matrix.
REDUCTIONS: list[str] = []
ALONG_AXES: list[str] = []
SQUARE_OPERATIONS: list[str] = []


def arr(
    signature: str, *, doc: str, op: str = "", aliases: str = "", **facts: object
) -> None:
    """Add the row for `signature`, such as "huber(a, b, delta=1)"."""
    name, params = read_signature(signature)
    row = ArrayRow(
        op or name,
        name,
        tuple(params),
        doc,
        aliases=tuple(aliases.split()),
        defaults={param: default for param, default in params.items() if default},
        **facts,  # type: ignore[arg-type]
    )
    ARRAY_OPERATIONS[row.op] = row
    if row.build in _REDUCTIONS:
        REDUCTIONS.append(row.op)
    elif row.build == "along":
        ALONG_AXES.append(row.op)
    elif row.takes and not row.build:
        SQUARE_OPERATIONS.append(row.op)
    for spelling in (name, *row.aliases):
        ARRAY_FUNCTIONS[spelling] = row


# fmt: off
# reductions
arr("sum(x)",         axis="all", build="summed", of_none="0", doc="sum of the elements", numpy="numpy.sum", tex=r"\sum #1", binding="signed -> addend")
arr("mean(x)",        axis="all", by="sum(x, axis=axis)/size(x, axis=axis)", doc="mean of the elements")
arr("prod(x)",        axis="all", op="prod_over", d="prod(where(others(x) == 1, x, 1))", build="flat", values=lambda m, x: prod(x), of_equal="x^n", of_none="1", doc="product of the elements", tex=r"\prod #1", binding="signed -> addend", numpy="numpy.prod")
arr("var(x)",         axis="all", by="mean((x - mean(x, axis=axis, keepdims=1))^2, axis=axis)", doc="mean squared distance from the mean, as in NumPy")
arr("std(x)",         axis="all", by="sqrt(var(x, axis=axis))", doc="square root of var(x)")
arr("max(x)",         axis="all", op="max_over", d="where(x == y, 1, 0)/sum(where(x == y, 1, 0), axis=axis, keepdims=1)", build="flat", values=lambda m, x: max(x), of_equal="x", doc="greatest element; the slope of a tie is split evenly", tex=r"\max", numpy="numpy.max", aliases="amax")
arr("min(x)",         axis="all", op="min_over", d="where(x == y, 1, 0)/sum(where(x == y, 1, 0), axis=axis, keepdims=1)", build="flat", values=lambda m, x: min(x), of_equal="x", doc="least element; the slope of a tie is split evenly", tex=r"\min", numpy="numpy.min", aliases="amin")
arr("logsumexp(x)",   axis="all", op="logsumexp_over", d="exp(x - y)", build="over", values=lambda m, x: m.log(m.fsum(map(m.exp, x))), of_equal="x + log(n)", of_none="-inf", doc="log of the sum of exp of the elements", tex=r"\operatorname{logsumexp}", numpy="scipy.special.logsumexp")
arr("norm1(x)",       axis="all", by="sum(abs(x), axis=axis)", doc="sum of the absolute values")
arr("norm2(x)",       axis="all", by="sqrt(sum(x^2, axis=axis))", d="normalize(x, axis=axis)", doc="square root of the sum of squares; of a matrix its Frobenius norm", aliases="norm fro", tex=r"\left\|#1\right\|")
arr("norm_inf(x)",    axis="all", by="max(abs(x), axis=axis)", doc="greatest absolute value")
arr("normalize(x)",   axis="all", d="1/sqrt(x @ x)*delta(i, a) - x[i]*x[a]*(1/sqrt(x @ x)^3)", build="along", single="sign(x)", doc="x/norm2(x), and 0 where x is 0: the slope of norm2(x)", tex=r"\frac{#1}{\left\|#1\right\|}", binding="-> signed")
arr("size(x)",        axis="all", build="count", doc="number of elements")

# along an axis
arr("softmax(x)",     axis=-1, d="y[i]*delta(i, a) - y[i]*y[a]", values="exp(x - logsumexp(x, axis=axis, keepdims=1))", recognised=True, total="1", letter="p", build="along", single="1", doc="exp(x)/sum(exp(x)) along an axis", tex=r"\operatorname{softmax}", numpy="scipy.special.softmax")
arr("log_softmax(x)", axis=-1, by="x - logsumexp(x, axis=axis, keepdims=1)", doc="logarithm of softmax(x)")
arr("softmin(x)",     axis=-1, by="softmax(-x, axis=axis)", doc="softmax(-x)")
arr("cumsum(x)",      axis=-1, build="running", doc="running sums along an axis", numpy="numpy.cumsum")

# products
arr("dot(a, b)",      build="dot", shapes="n, n -> | m n, n -> m | m n, n k -> m k | , ->", doc="a @ b, of vectors sum(a*b)", numpy="numpy.dot", tex=r"\langle")
arr("matmul(a, b)",   build="matmul", shapes="n, n -> | m n, n -> m | m n, n k -> m k", doc="a @ b")
arr("outer(a, b)",    build="outer", shapes="m, n -> m n", doc="products of each element of a with each of b", numpy="numpy.outer", tex=r"#1 #2^{\top}", binding="product atom -> product")
arr("kron(a, b)",     build="kron", doc="Kronecker product of two matrices", numpy="numpy.kron")
arr("transpose(x)",   build="transpose", doc="x.T, the axes in reverse order")
arr("diag(x)",        build="diag", shapes="n -> n n | n 1 -> n n | 1 n -> n n | n n -> n", of_scalar="x", doc="diagonal matrix of a vector, diagonal of a matrix", tex=r"\operatorname{diag}", numpy="numpy.diag")
arr("trace(x)",       takes="square", build="trace", shapes="n n ->", of_scalar="x", doc="sum of the diagonal", tex=r"\operatorname{tr}", numpy="numpy.trace", aliases="tr")

# linear algebra
arr("det(X)",         takes="square", d="y*inv(X)[b, a]", shapes="n n ->", of_scalar="x", values="determinant", doc="determinant", tex=r"\det", numpy="numpy.linalg.det")
arr("logdet(X)",      takes="square", on="det(X) > 0", d="inv(X)[b, a]", shapes="n n ->", of_scalar="log(x)", values="log_determinant", doc="log of the determinant, where that is positive", tex=r"\log\det", numpy="(numpy.log((s := numpy.linalg.slogdet(#1))[0]) + s[1])")
arr("inv(X)",         takes="square", on="det(X) != 0", d="-y[i, a]*y[b, j]", shapes="n n -> n n", of_scalar="1/x", values="inverse", doc="inverse", tex=r"#1^{-1}", binding="atom -> signed", numpy="numpy.linalg.inv")
arr("solve(a, b)",    by="inv(a) @ b", shapes="n n, n -> n | n n, n k -> n k", doc="the x with a @ x = b")
arr("cholesky(X)",    takes="square", kind="symmetric positive definite", range="det(y) != 0", d="sum(k, y[i, k]*lower_half(y)[k, j]*(inv(y)[k, a]*inv(y)[j, b] + inv(y)[k, b]*inv(y)[j, a]))/2", shapes="n n -> n n", values="cholesky", doc="lower triangular L with L @ L.T = X, for symmetric X", tex=r"\operatorname{chol}", numpy="numpy.linalg.cholesky")
arr("matrix_power(x, n)", takes="square", build="matrix_power", shapes="n n, -> n n", doc="x @ x @ ... @ x, n times", numpy="numpy.linalg.matrix_power")
arr("lower_half(x)",  takes="square", build="lower_half", shapes="n n -> n n", doc="1 below the diagonal, 1/2 on it, 0 above, in the shape of a square matrix")

# arrays made of nothing
arr("eye(n)",         build="eye", sizes="n", most=2, doc="unit matrix", numpy="numpy.eye", tex="I")
arr("ones(n)",        build="ones", sizes="n", most=8, doc="array of ones; sizes as arguments", numpy="numpy.ones", tex=r"\mathbf{1}")
arr("zeros(n)",       build="zeros", sizes="n", most=8, doc="array of zeros; sizes as arguments", numpy="numpy.zeros", tex="0")
arr("arange(n)",      build="numbers", sizes="n", doc="0, 1, ..., n - 1", numpy="numpy.arange", tex=r"\operatorname{arange}")
arr("onehot(k, n)",   build="unit_vector", sizes="n", doc="vector of size n with 1 at k, counted from 0", aliases="one_hot", tex=r"\mathbf{e}_{#1}")
arr("reshape(x, n)",           build="reshape", sizes="n", most=9, doc="x in another shape, its sizes as arguments, the last axis fastest", numpy="numpy.reshape")
arr("tril(x, k=0)",   build="lower", shapes="n n -> n n", doc="x with zeros above diagonal k, the main one for 0", numpy="numpy.tril")
arr("pad(x, before, after)", axis=-1, build="padded", doc="x with so many zeros before and after its elements along an axis")

# losses, of predictions a and targets b
arr("mse(a, b)",               by="mean((a - b)^2)", shapes="* ->", doc="mean squared difference", aliases="mse_loss")
arr("l1(a, b)",                by="mean(abs(a - b))", shapes="* ->", doc="mean absolute difference", aliases="l1_loss mae")
arr("huber(a, b, delta=1)",    by="mean(where(abs(a - b) <= delta, (a - b)^2/2, delta*(abs(a - b) - delta/2)))", shapes="* ->", doc="squared difference up to delta, linear beyond", aliases="huber_loss")
arr("smooth_l1(a, b, beta=1)", by="mean(where(abs(a - b) < beta, (a - b)^2/(2*beta), abs(a - b) - beta/2))", shapes="* ->", doc="huber(a, b, beta)/beta", aliases="smooth_l1_loss")
arr("log_cosh(a, b=0)",        by="mean(log(cosh(a - b)))", shapes="* ->", doc="mean log of the hyperbolic cosine of the difference")
arr("pinball(a, b, tau=1/2)",  by="mean(max(tau*(b - a), (tau - 1)*(b - a)))", shapes="* ->", doc="quantile loss, least where a is the quantile tau of b", aliases="pinball_loss quantile_loss")
arr("cross_entropy(z, y, label_smoothing=0)", by="mean(-sum(((1 - label_smoothing)*y + label_smoothing/size(y, axis=-1))*log_softmax(z), axis=-1))", shapes="* ->", doc="of logits z and probabilities y along the last axis, the mean of the rest")
arr("nll(z, y)",               by="-mean(sum(y*z, axis=-1))", shapes="* ->", doc="of log-probabilities z and probabilities y along the last axis, the mean of the rest", aliases="nll_loss")
arr("gaussian_nll(a, b, v)",   by="mean((log(v) + (a - b)^2/v)/2)", shapes="* ->", doc="of means a and variances v, without the constant", aliases="gaussian_nll_loss")
arr("poisson_nll(z, y)",       by="mean(exp(z) - y*z)", shapes="* ->", doc="of log-rates z and counts y, without the constant", aliases="poisson_nll_loss")
arr("bce(p, y)",               by="mean(-(y*log(p) + (1 - y)*log(1 - p)))", shapes="* ->", doc="binary cross-entropy of probabilities p", aliases="binary_cross_entropy")
arr("bce_with_logits(z, y)",   by="mean(softplus(z) - y*z)", shapes="* ->", doc="binary cross-entropy of logits z", aliases="binary_cross_entropy_with_logits")
arr("focal(p, y, gamma=2)",    by="-mean(y*(1 - p)^gamma*log(p) + (1 - y)*p^gamma*log(1 - p))", shapes="* ->", doc="binary cross-entropy of probabilities p that weighs what is right already less", aliases="focal_loss")
arr("hinge(s, y)",             by="mean(relu(1 - y*s))", shapes="* ->", doc="mean hinge loss of scores s and labels y of -1 and 1")
arr("soft_margin(s, y)",       by="mean(softplus(-y*s))", shapes="* ->", doc="mean logistic loss of scores s and labels y of -1 and 1", aliases="soft_margin_loss")
arr("triplet(a, p, n, margin=1)", by="mean(relu(norm2(a - p, axis=-1) - norm2(a - n, axis=-1) + margin))", shapes="* ->", doc="triplet loss: anchors a nearer to p than to n along the last axis", aliases="triplet_loss")
arr("cosine_similarity(a, b)", by="sum(a*b)/(norm2(a)*norm2(b))", shapes="* ->", doc="cosine of the angle between a and b", aliases="cosine")
arr("cosine_embedding(a, b, y, margin=0)", by="c = sum(a*b, axis=-1)/(norm2(a, axis=-1)*norm2(b, axis=-1)); mean(where(y > 0, 1 - c, relu(c - margin)))", shapes="m n, m n, m, -> | n, n, , ->", doc="of pairs along the last axis and labels y of -1 and 1, by their cosine", aliases="cosine_embedding_loss")
arr("info_nce(a, b, tau=1)",   by="mean(logsumexp(a @ b.T/tau, axis=1) - sum(a*b, axis=1)/tau)", shapes="m n, m n, ->", doc="contrastive loss: row i of a belongs to row i of b, at temperature tau", aliases="infonce")
arr("dpo(w, l, ref_w, ref_l, beta=1/10)", by="-mean(logsigmoid(beta*((w - ref_w) - (l - ref_l))))", shapes="* ->", doc="direct preference loss of log-probabilities of answers preferred and not, and those of a reference", aliases="dpo_loss")

# log-densities, where the value is one that the distribution has
arr("normal_logpdf(x, mu, sigma)",      by="-((x - mu)/sigma)^2/2 - log(sigma) - log(2*pi)/2", shapes="* -> *", doc="log-density of the normal distribution")
arr("lognormal_logpdf(x, mu, sigma)",   by="-((log(x) - mu)/sigma)^2/2 - log(x) - log(sigma) - log(2*pi)/2", shapes="* -> *", doc="log-density of exp(z), z normal with mean mu")
arr("laplace_logpdf(x, mu, b)",         by="-abs(x - mu)/b - log(2*b)", shapes="* -> *", doc="log-density of the Laplace distribution")
arr("cauchy_logpdf(x, mu, gamma)",      by="-log(1 + ((x - mu)/gamma)^2) - log(pi*gamma)", shapes="* -> *", doc="log-density of the Cauchy distribution with scale gamma")
arr("student_t_logpdf(x, nu, mu=0, sigma=1)", by="lgamma((nu + 1)/2) - lgamma(nu/2) - log(pi*nu)/2 - log(sigma) - (nu + 1)/2*log(1 + ((x - mu)/sigma)^2/nu)", shapes="* -> *", doc="log-density of Student's distribution with nu degrees of freedom")
arr("gamma_logpdf(x, alpha, beta)",     by="alpha*log(beta) - lgamma(alpha) + (alpha - 1)*log(x) - beta*x", shapes="* -> *", doc="log-density of the gamma distribution with rate beta")
arr("inverse_gamma_logpdf(x, alpha, beta)", by="alpha*log(beta) - lgamma(alpha) - (alpha + 1)*log(x) - beta/x", shapes="* -> *", doc="log-density of 1/z, z of the gamma distribution with rate beta")
arr("exponential_logpdf(x, rate)",      by="log(rate) - rate*x", shapes="* -> *", doc="log-density of the exponential distribution, x >= 0")
arr("beta_logpdf(x, alpha, beta)",      by="(alpha - 1)*log(x) + (beta - 1)*log(1 - x) - betaln(alpha, beta)", shapes="* -> *", doc="log-density of the beta distribution")
arr("dirichlet_logpdf(x, alpha)",       by="sum((alpha - 1)*log(x)) + lgamma(sum(alpha)) - sum(lgamma(alpha))", shapes="n, n ->", doc="log-density of the Dirichlet distribution, sum(x) = 1")
arr("chi2_logpdf(x, k)",                by="(k/2 - 1)*log(x) - x/2 - k/2*log(2) - lgamma(k/2)", shapes="* -> *", doc="log-density of the chi-squared distribution with k degrees of freedom")
arr("gumbel_logpdf(x, mu, beta)",       by="-(x - mu)/beta - exp(-(x - mu)/beta) - log(beta)", shapes="* -> *", doc="log-density of the Gumbel distribution of maxima")
arr("logistic_logpdf(x, mu, s)",        by="-(x - mu)/s - log(s) - 2*softplus(-(x - mu)/s)", shapes="* -> *", doc="log-density of the logistic distribution")
arr("weibull_logpdf(x, k, scale)",      by="log(k/scale) + (k - 1)*log(x/scale) - (x/scale)^k", shapes="* -> *", doc="log-density of the Weibull distribution with shape k")
arr("pareto_logpdf(x, least, alpha)",   by="log(alpha) + alpha*log(least) - (alpha + 1)*log(x)", shapes="* -> *", doc="log-density of the Pareto distribution, x >= least")
arr("von_mises_logpdf(x, mu, kappa)",   by="kappa*cos(x - mu) - log(2*pi*i0(kappa))", shapes="* -> *", doc="log-density of the von Mises distribution of angles")
arr("bernoulli_logpmf(x, p)",           by="x*log(p) + (1 - x)*log(1 - p)", shapes="* -> *", doc="log-probability of x, 0 or 1")
arr("binomial_logpmf(k, n, p)",         by="lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k*log(p) + (n - k)*log(1 - p)", shapes="* -> *", doc="log-probability of k successes in n trials")
arr("categorical_logpmf(x, p)",         by="sum(x*log(p))", shapes="n, n ->", doc="log-probability of x, 1 in one place and 0 else")
arr("multinomial_logpmf(x, p)",         by="lgamma(sum(x) + 1) - sum(lgamma(x + 1)) + sum(x*log(p))", shapes="n, n ->", doc="log-probability of the counts x in sum(x) trials")
arr("geometric_logpmf(k, p)",           by="(k - 1)*log(1 - p) + log(p)", shapes="* -> *", doc="log-probability that trial k is the first success, k >= 1")
arr("poisson_logpmf(k, rate)",          by="k*log(rate) - rate - lgamma(k + 1)", shapes="* -> *", doc="log-probability of the count k")
arr("negative_binomial_logpmf(k, r, p)", by="lgamma(k + r) - lgamma(r) - lgamma(k + 1) + r*log(p) + k*log(1 - p)", shapes="* -> *", doc="log-probability of k failures before r successes, each of probability p")
arr("multivariate_normal(x, mu, S)", by="-(sum((x - mu)*(inv(S) @ (x - mu))) + logdet(S) + size(x)*log(2*pi))/2", shapes="n, n, n n ->", doc="log-density of the normal distribution with mean mu and covariance S", aliases="mvn_logpdf")
arr("wishart(X, V, n)",        by="(n - rows(X) - 1)/2*logdet(X) - trace(inv(V) @ X)/2 - n*rows(X)/2*log(2) - n/2*logdet(V) - rows(X)*(rows(X) - 1)/4*log(pi) - sum(lgamma((n - arange(rows(X)))/2))", shapes="n n, n n, ->", doc="log-density of the Wishart distribution with scale V and n degrees of freedom")
arr("rows(x)",                 shapes="* ->", build="first_size", doc="size of the first axis")
# fmt: on
