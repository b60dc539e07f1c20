"""Each function of whole arrays beside the same in NumPy or SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.special
import scipy.stats

from calcml.core.expr import Expr
from calcml.evaluate.finite_differences import trial
from calcml.parsing.parser import parse

SEED = 20_261
SHAPES = {
    "A": "m n",
    "B": "n k",
    "C": "m n",
    "S": "n n",
    "T": "n n",
    "u": "n",
    "v": "n",
    "w": "m",
    "c": "n 1",
    "H": "m n k",
}
DEFINITE = ("S", "T")


class Case(NamedTuple):
    """A text, and the function of arrays by name and of sizes that it should be."""

    op: str
    text: str
    right: Callable[..., Any]


def _softmax(x: Any, axis: int = -1) -> Any:
    return scipy.special.softmax(x, axis=axis)


def _sigmoid(x: Any) -> Any:
    return scipy.special.expit(x)


def _length(x: Any) -> Any:
    return np.linalg.norm(x, axis=-1)


def _cosine(x: Any, y: Any) -> Any:
    return (x * y).sum(-1) / _length(x) / _length(y)


def _huber(u: Any, v: Any, delta: float) -> Any:
    r = abs(u - v)
    return np.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()


# fmt: off
CASES = [
    Case("sum", "sum(A)", lambda A, **_: A.sum()),
    Case("sum", "sum(A, axis=0)", lambda A, **_: A.sum(0)),
    Case("sum", "sum(H, axis=(0, 2), keepdims=1)", lambda H, **_: H.sum((0, 2), keepdims=True)),
    Case("mean", "mean(A, axis=1)", lambda A, **_: A.mean(1)),
    Case("prod_over", "prod(A, axis=0)", lambda A, **_: A.prod(0)),
    Case("prod_over", "prod(H)", lambda H, **_: H.prod()),
    Case("var", "var(A, axis=0)", lambda A, **_: A.var(0)),
    Case("std", "std(u)", lambda u, **_: u.std()),
    Case("max_over", "max(H, axis=(0, 2))", lambda H, **_: H.max((0, 2))),
    Case("min_over", "min(A)", lambda A, **_: A.min()),
    Case("logsumexp_over", "logsumexp(A, axis=1)", lambda A, **_: scipy.special.logsumexp(A, axis=1)),
    Case("norm1", "norm1(A, axis=1)", lambda A, **_: abs(A).sum(1)),
    Case("norm2", "norm2(A)", lambda A, **_: np.linalg.norm(A)),
    Case("normalize", "normalize(A)", lambda A, **_: A / np.linalg.norm(A)),
    Case("normalize", "normalize(H, axis=(0, 2))", lambda H, **_: H / np.sqrt((H**2).sum((0, 2), keepdims=True))),
    Case("norm_inf", "norm_inf(u)", lambda u, **_: abs(u).max()),
    Case("size", "size(A)*A", lambda A, **_: A.size * A),
    Case("softmax", "softmax(A)", lambda A, **_: _softmax(A)),
    Case("softmax", "softmax(A, axis=0)", lambda A, **_: _softmax(A, 0)),
    Case("log_softmax", "log_softmax(H, axis=1)", lambda H, **_: scipy.special.log_softmax(H, axis=1)),
    Case("softmin", "softmin(u)", lambda u, **_: _softmax(-u)),
    Case("cumsum", "cumsum(A, axis=0)", lambda A, **_: A.cumsum(0)),
    Case("dot", "dot(u, v)", lambda u, v, **_: u @ v),
    Case("matmul", "matmul(A, B)", lambda A, B, **_: A @ B),
    Case("matmul", "H @ B.T @ c", lambda H, B, c, **_: H @ B.T @ c),
    Case("outer", "outer(w, u)", lambda w, u, **_: np.outer(w, u)),
    Case("kron", "kron(A, B)", lambda A, B, **_: np.kron(A, B)),
    Case("transpose", "transpose(H)", lambda H, **_: H.T),
    Case("reshape", "reshape(A, n, m)", lambda A, **_: A.reshape(A.shape[::-1])),
    Case("diag", "diag(u)", lambda u, **_: np.diag(u)),
    Case("diag", "diag(S) + diag(c)", lambda S, c, **_: np.diag(S) + np.diag(c[:, 0])),
    Case("trace", "trace(S)", lambda S, **_: S.trace()),
    Case("det", "det(S)", lambda S, **_: np.linalg.det(S)),
    Case("logdet", "logdet(S) - logdet(T)", lambda S, T, **_: np.linalg.slogdet(S)[1] - np.linalg.slogdet(T)[1]),
    Case("inv", "inv(S)", lambda S, **_: np.linalg.inv(S)),
    Case("solve", "solve(S, u)", lambda S, u, **_: np.linalg.solve(S, u)),
    Case("cholesky", "cholesky(S)", lambda S, **_: np.linalg.cholesky(S)),
    Case("matrix_power", "matrix_power(S, -2)", lambda S, **_: np.linalg.matrix_power(S, -2)),
    Case("lower_half", "lower_half(S)*S", lambda S, **_: np.tril(S) - np.diag(np.diag(S)) / 2),
    Case("eye", "S + eye(n)", lambda S, **_: S + np.eye(len(S))),
    Case("ones", "ones(m, n) + A", lambda A, **_: A + 1),
    Case("zeros", "zeros(n) + u", lambda u, **_: u),
    Case("onehot", "onehot(1, n)*u", lambda u, **_: np.eye(len(u))[1] * u),
    Case("tril", "tril(S)", lambda S, **_: np.tril(S)),
    Case("tril", "tril(A, -1) + tril(A, 1)", lambda A, **_: np.tril(A, -1) + np.tril(A, 1)),
    Case("arange", "arange(n)*u", lambda u, **_: np.arange(len(u)) * u),
    Case("pad", "pad(A, 1, 2)", lambda A, **_: np.pad(A, ((0, 0), (1, 2)))),
    Case("pad", "pad(A, 0, 1, axis=0)", lambda A, **_: np.pad(A, ((0, 1), (0, 0)))),
    Case("", "u[::-1] + A[-1, ::-1]", lambda u, A, **_: u[::-1] + A[-1, ::-1]),
    Case("mse", "mse(A, C)", lambda A, C, **_: ((A - C) ** 2).mean()),
    Case("l1", "l1(u, v)", lambda u, v, **_: abs(u - v).mean()),
    Case("huber", "huber(u, v, 0.5)", lambda u, v, **_: _huber(u, v, 0.5)),
    Case("cross_entropy", "cross_entropy(A, C)", lambda A, C, **_: -(C * scipy.special.log_softmax(A, axis=1)).sum(1).mean()),
    Case("bce", "bce(sigmoid(u), v)", lambda u, v, **_: np.logaddexp(0, u).mean() - (u * v).mean()),
    Case("bce_with_logits", "bce_with_logits(u, v)", lambda u, v, **_: np.logaddexp(0, u).mean() - (u * v).mean()),
    Case("hinge", "hinge(u, v)", lambda u, v, **_: np.maximum(0, 1 - u * v).mean()),
    Case("cosine_similarity", "cosine_similarity(u, v)", lambda u, v, **_: u @ v / np.linalg.norm(u) / np.linalg.norm(v)),
    Case("smooth_l1", "smooth_l1(u, v, 0.5)", lambda u, v, **_: 2 * _huber(u, v, 0.5)),
    Case("log_cosh", "log_cosh(u, v) + log_cosh(u)", lambda u, v, **_: np.log(np.cosh(u - v)).mean() + np.log(np.cosh(u)).mean()),
    Case("pinball", "pinball(u, v, 0.3)", lambda u, v, **_: np.where(v > u, 0.3 * (v - u), 0.7 * (u - v)).mean()),
    Case("cross_entropy", "cross_entropy(A, C, 0.1)", lambda A, C, **_: -((0.9 * C + 0.1 / C.shape[1]) * scipy.special.log_softmax(A, axis=1)).sum(1).mean()),
    Case("nll", "nll(A, C)", lambda A, C, **_: -(C * A).sum(1).mean()),
    Case("gaussian_nll", "gaussian_nll(u, v, exp(u))", lambda u, v, **_: -scipy.stats.norm.logpdf(v, u, np.exp(u / 2)).mean() - np.log(2 * np.pi) / 2),
    Case("poisson_nll", "poisson_nll(u, v)", lambda u, v, **_: (np.exp(u) - v * u).mean()),
    Case("focal", "focal(sigmoid(u), v, 1.5)", lambda u, v, **_: (v * _sigmoid(-u) ** 1.5 * np.logaddexp(0, -u) + (1 - v) * _sigmoid(u) ** 1.5 * np.logaddexp(0, u)).mean()),
    Case("soft_margin", "soft_margin(u, v)", lambda u, v, **_: np.logaddexp(0, -u * v).mean()),
    Case("triplet", "triplet(A, C, A*C, 0.5)", lambda A, C, **_: np.maximum(0, _length(A - C) - _length(A - A * C) + 0.5).mean()),
    Case("cosine_embedding", "cosine_embedding(A, C, w, -1)", lambda A, C, w, **_: np.where(w > 0, 1 - _cosine(A, C), np.maximum(0, _cosine(A, C) + 1)).mean()),
    Case("info_nce", "info_nce(A, C, 0.5)", lambda A, C, **_: -np.diag(scipy.special.log_softmax(2 * A @ C.T, axis=1)).mean()),
    Case("dpo", "dpo(u, v, u*v, v^2, 0.3)", lambda u, v, **_: np.logaddexp(0, -0.3 * (u - u * v - v + v**2)).mean()),
    Case("normal_logpdf", "normal_logpdf(u, v, exp(u))", lambda u, v, **_: scipy.stats.norm.logpdf(u, v, np.exp(u))),
    Case("lognormal_logpdf", "lognormal_logpdf(exp(u), v, 0.7)", lambda u, v, **_: scipy.stats.lognorm.logpdf(np.exp(u), 0.7, 0, np.exp(v))),
    Case("laplace_logpdf", "laplace_logpdf(u, v, 0.7)", lambda u, v, **_: scipy.stats.laplace.logpdf(u, v, 0.7)),
    Case("cauchy_logpdf", "cauchy_logpdf(u, v, 0.7)", lambda u, v, **_: scipy.stats.cauchy.logpdf(u, v, 0.7)),
    Case("student_t_logpdf", "student_t_logpdf(u, exp(v), v, 0.7) + student_t_logpdf(u, 3)", lambda u, v, **_: scipy.stats.t.logpdf(u, np.exp(v), v, 0.7) + scipy.stats.t.logpdf(u, 3)),
    Case("gamma_logpdf", "gamma_logpdf(exp(u), exp(v), 0.7)", lambda u, v, **_: scipy.stats.gamma.logpdf(np.exp(u), np.exp(v), scale=1 / 0.7)),
    Case("inverse_gamma_logpdf", "inverse_gamma_logpdf(exp(u), exp(v), 0.7)", lambda u, v, **_: scipy.stats.invgamma.logpdf(np.exp(u), np.exp(v), scale=0.7)),
    Case("exponential_logpdf", "exponential_logpdf(exp(u), exp(v))", lambda u, v, **_: scipy.stats.expon.logpdf(np.exp(u), scale=np.exp(-v))),
    Case("beta_logpdf", "beta_logpdf(sigmoid(u), exp(v), 0.7)", lambda u, v, **_: scipy.stats.beta.logpdf(_sigmoid(u), np.exp(v), 0.7)),
    Case("dirichlet_logpdf", "dirichlet_logpdf(softmax(u), exp(v))", lambda u, v, **_: scipy.stats.dirichlet.logpdf(_softmax(u), np.exp(v))),
    Case("chi2_logpdf", "chi2_logpdf(exp(u), exp(v))", lambda u, v, **_: scipy.stats.chi2.logpdf(np.exp(u), np.exp(v))),
    Case("gumbel_logpdf", "gumbel_logpdf(u, v, 0.7)", lambda u, v, **_: scipy.stats.gumbel_r.logpdf(u, v, 0.7)),
    Case("logistic_logpdf", "logistic_logpdf(u, v, 0.7)", lambda u, v, **_: scipy.stats.logistic.logpdf(u, v, 0.7)),
    Case("weibull_logpdf", "weibull_logpdf(exp(u), exp(v), 0.7)", lambda u, v, **_: scipy.stats.weibull_min.logpdf(np.exp(u), np.exp(v), scale=0.7)),
    Case("pareto_logpdf", "pareto_logpdf(3 + exp(u), 3, exp(v))", lambda u, v, **_: scipy.stats.pareto.logpdf(3 + np.exp(u), np.exp(v), scale=3)),
    Case("von_mises_logpdf", "von_mises_logpdf(u, v, exp(v))", lambda u, v, **_: scipy.stats.vonmises.logpdf(u, np.exp(v), v)),
    Case("bernoulli_logpmf", "bernoulli_logpmf(1, sigmoid(u)) + bernoulli_logpmf(0, sigmoid(v))", lambda u, v, **_: scipy.stats.bernoulli.logpmf(1, _sigmoid(u)) + scipy.stats.bernoulli.logpmf(0, _sigmoid(v))),
    Case("binomial_logpmf", "binomial_logpmf(3, 7, sigmoid(u))", lambda u, **_: scipy.stats.binom.logpmf(3, 7, _sigmoid(u))),
    Case("categorical_logpmf", "categorical_logpmf(onehot(1, n), softmax(u))", lambda u, **_: scipy.stats.multinomial.logpmf(np.eye(len(u))[1], 1, _softmax(u))),
    Case("multinomial_logpmf", "multinomial_logpmf(arange(n) + 1, softmax(u))", lambda u, **_: scipy.stats.multinomial.logpmf(np.arange(len(u)) + 1, len(u) * (len(u) + 1) // 2, _softmax(u))),
    Case("geometric_logpmf", "geometric_logpmf(3, sigmoid(u))", lambda u, **_: scipy.stats.geom.logpmf(3, _sigmoid(u))),
    Case("poisson_logpmf", "poisson_logpmf(3, exp(u))", lambda u, **_: scipy.stats.poisson.logpmf(3, np.exp(u))),
    Case("negative_binomial_logpmf", "negative_binomial_logpmf(3, exp(v), sigmoid(u))", lambda u, v, **_: scipy.stats.nbinom.logpmf(3, np.exp(v), _sigmoid(u))),
    Case("multivariate_normal", "multivariate_normal(u, v, S)", lambda u, v, S, **_: scipy.stats.multivariate_normal.logpdf(u, v, S)),
    Case("wishart", "wishart(S, T, 5)", lambda S, T, **_: scipy.stats.wishart.logpdf(S, 5, T)),
    Case("rows", "rows(A)*A", lambda A, **_: len(A) * A),
    # what no function is called for
    Case("", "A[0, :] + A[-1, 0]", lambda A, **_: A[0] + A[-1, 0]),
    Case("", "u[1:] - u[:-1]", lambda u, **_: u[1:] - u[:-1]),
    Case("", "H[:, 1, None, 0:2]", lambda H, **_: H[:, 1, None, 0:2]),
    Case("", "A - mean(A, axis=0) > 0", lambda A, **_: A - A.mean(0) > 0),
    Case("", "where(u > v, exp(u), v)*w[:, None]", lambda u, v, w, **_: np.where(u > v, np.exp(u), v) * w[:, None]),
    Case("", "max(u, v, 0) + min(c, 1)", lambda u, v, c, **_: np.maximum(np.maximum(u, v), 0) + np.minimum(c, 1)),
    Case("", "w @ A @ S @ v", lambda w, A, S, v, **_: w @ A @ S @ v),
    Case("", "c.T @ S @ c", lambda c, S, **_: c.T @ S @ c),
    Case("", 'einsum("mnk,nk->m", H, B)', lambda H, B, **_: np.einsum("mnk,nk->m", H, B)),
    Case("", 'einsum("ii,ij->j", S, T)', lambda S, T, **_: np.einsum("ii,ij->j", S, T)),
    Case("", "sum(i, u[i]*S[i, j])", lambda u, S, **_: u @ S),
    Case("", "softmax(u)[i]*(delta(i, j) - softmax(u)[j])", lambda u, **_: np.diag(_softmax(u)) - np.outer(_softmax(u), _softmax(u))),
    Case("", "zeta(2 + u^2)", lambda u, **_: scipy.special.zeta(2 + u**2)),
]
# fmt: on


def example(case: Case) -> tuple[Expr, dict[str, Any], dict[str, Any]]:
    """A case's expression, a point for it exactly, and its arrays for NumPy."""
    root = parse(case.text, shapes=SHAPES)
    sizes, values = trial([root], SEED, definite=DEFINITE)
    arrays = {name: np.array(value, float) for name, value in values.items()}
    return root, values | sizes, arrays
