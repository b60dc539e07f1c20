"""Functions of arrays as calcml reads them and as an array library computes them.

`function` takes a namespace `F`, that of JAX or of PyTorch, and then the variables by
name. At the points that are drawn, no kinks and no ties lie.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy

import calcml as cm
from calcml.core.expr import symbol
from tests.support import SEED

SEEDS = (1, 2, 3)
TOLERANCE = 1e-9  # relative to the greatest element
UPSTREAM, TANGENT = "upstream", "tangent_{}"  # names for vjp and jvp
LAYERS = range(1, 11)  # of the deep networks
ACTIVATIONS = ("tanh", "relu", "gelu", "silu")

Arrays = dict[str, Any]


class Case(NamedTuple):
    """A function of arrays, and what is derived by which of its variables."""

    name: str
    text: str
    shapes: Mapping[str, str]
    by: Sequence[str]
    function: Callable[..., Any]
    kind: str = "grad"  # or jacobian, hessian, vjp, jvp
    given: Sequence[str] = ()
    draws: Mapping[str, str] = {}  # the variables that are not normal: see DRAWS
    symmetric: bool = False  # compare over symmetric perturbations


CASES: list[Case] = []


def case(
    name: str,
    text: str,
    shapes: str,
    by: str,
    function: Callable[..., Any],
    kind: str = "grad",
    given: Sequence[str] = (),
    symmetric: bool = False,
    **draws: str,
) -> None:
    """Add a case; `shapes` is written "X: m n, w: n"."""
    parts = [part.partition(":")[::2] for part in shapes.split(",")]
    declared = {variable.strip(): sizes.strip() for variable, sizes in parts}
    CASES.append(
        Case(name, text, declared, by.split(), function, kind, given, draws, symmetric)
    )


# --- regression and classification --------------------------------------------------

case(
    "least squares",
    "sum((X @ w - y)^2)",
    "X: m n, w: n, y: m",
    "X w y",
    lambda F, X, w, y: ((X @ w - y) ** 2).sum(),
)
case(
    "ridge",
    "norm2(X @ w - y)^2/2 + k/2*sum(w^2)",
    "X: m n, w: n, y: m, k:",
    "w k",
    lambda F, X, w, y, k: ((X @ w - y) ** 2).sum() / 2 + k / 2 * (w @ w),
)
case(
    "ridge, least squares of several outputs",
    "norm2(X @ W - Y)^2 + k*norm2(W)^2",
    "X: m n, W: n p, Y: m p, k:",
    "W X",
    lambda F, X, W, Y, k: ((X @ W - Y) ** 2).sum() + k * (W**2).sum(),
)
case(
    "lasso",
    "mse(X @ w, y) + k*norm1(w)",
    "X: m n, w: n, y: m, k:",
    "w k",
    lambda F, X, w, y, k: ((X @ w - y) ** 2).mean() + k * F.abs(w).sum(),
)
case(
    "logistic regression from probabilities",
    "p = sigmoid(X @ w + b); bce(p, y)",
    "X: m n, w: n, b:, y: m",
    "w b X",
    lambda F, X, w, b, y: (
        -(
            y * F.log(F.sigmoid(X @ w + b)) + (1 - y) * F.log(1 - F.sigmoid(X @ w + b))
        ).mean()
    ),
    y="probability",
)
case(
    "logistic regression from logits",
    "bce_with_logits(X @ w + b, y)",
    "X: m n, w: n, b:, y: m",
    "w b y",
    lambda F, X, w, b, y: (F.softplus(X @ w + b) - y * (X @ w + b)).mean(),
    y="probability",
)
case(
    "logistic regression, labels of both signs",
    "mean(log(1 + exp(-y*(X @ w))))",
    "X: m n, w: n, y: m",
    "w",
    lambda F, X, w, y: F.softplus(-y * (X @ w)).mean(),
    y="sign",
)
case(
    "softmax regression",
    "cross_entropy(X @ W + b, Y)",
    "X: m n, W: n p, b: p, Y: m p",
    "W b X Y",
    lambda F, X, W, b, Y: -(Y * F.log_softmax(X @ W + b, -1)).sum(-1).mean(),
)
case(
    "softmax regression of one point",
    "cross_entropy(W @ x + b, y)",
    "W: p n, x: n, b: p, y: p",
    "W b",
    lambda F, W, x, b, y: -(y * F.log_softmax(W @ x + b, -1)).sum(),
    given=["sum(y) = 1"],
    y="distribution",
)
case(
    "softmax regression, its log written out",
    "P = softmax(X @ W); -sum(Y*log(P))",
    "X: m n, W: n p, Y: m p",
    "W",
    lambda F, X, W, Y: -(Y * F.log_softmax(X @ W, -1)).sum(),
)
case(
    "poisson regression",
    "sum(exp(X @ w + b) - y*(X @ w + b))",
    "X: m n, w: n, b:, y: m",
    "w b",
    lambda F, X, w, b, y: (F.exp(X @ w + b) - y * (X @ w + b)).sum(),
)
case(
    "svm hinge",
    "k/2*sum(w^2) + hinge(X @ w + b, y)",
    "X: m n, w: n, b:, y: m, k:",
    "w b",
    lambda F, X, w, b, y, k: k / 2 * (w @ w) + F.relu(1 - y * (X @ w + b)).mean(),
    y="sign",
)
case(
    "squared hinge",
    "mean(relu(1 - y*(X @ w))^2)",
    "X: m n, w: n, y: m",
    "w X",
    lambda F, X, w, y: (F.relu(1 - y * (X @ w)) ** 2).mean(),
    y="sign",
)
case(
    "huber",
    "huber(X @ w, y, delta=0.8)",
    "X: m n, w: n, y: m",
    "w y",
    lambda F, X, w, y: F.where(
        F.abs(X @ w - y) <= 0.8,
        (X @ w - y) ** 2 / 2,
        0.8 * (F.abs(X @ w - y) - 0.4),
    ).mean(),
)
case(
    "kl of two softmaxes",
    "p = softmax(a); q = softmax(b); sum(p*log(p/q))",
    "a: n, b: n",
    "a b",
    lambda F, a, b: (
        F.softmax(a, -1) * (F.log_softmax(a, -1) - F.log_softmax(b, -1))
    ).sum(),
)
case(
    "kl of distributions",
    "sum(rel_entr(P, Q), axis=1) @ c + sum(kl_div(P, Q))",
    "P: m n, Q: m n, c: m",
    "P Q c",
    lambda F, P, Q, c: (P * F.log(P / Q)).sum(1) @ c + (P * F.log(P / Q) - P + Q).sum(),
    P="positive",
    Q="positive",
)
case(
    "cosine similarity",
    "cosine_similarity(A @ x, y)",
    "A: m n, x: n, y: m",
    "A x y",
    lambda F, A, x, y: (A @ x) @ y / (F.sqrt((A @ x) @ (A @ x)) * F.sqrt(y @ y)),
)
case(
    "focal loss",
    "p = sigmoid(X @ w); -mean(y*(1 - p)^2*log(p) + (1 - y)*p^2*log(1 - p))",
    "X: m n, w: n, y: m",
    "w",
    lambda F, X, w, y: (
        -(
            y * F.sigmoid(-X @ w) ** 2 * F.log(F.sigmoid(X @ w))
            + (1 - y) * F.sigmoid(X @ w) ** 2 * F.log(F.sigmoid(-X @ w))
        ).mean()
    ),
    y="probability",
)

# --- networks -----------------------------------------------------------------------


def _deep(activation: str) -> Callable[..., Any]:
    def function(F: Any, H: Any, Y: Any, **weights: Any) -> Any:
        for k in LAYERS:
            H = getattr(F, activation)(H @ weights[f"W{k}"] + weights[f"b{k}"])
        return ((H - Y) ** 2).mean()

    return function


def _shallow(activation: str) -> Callable[..., Any]:
    def function(F: Any, X: Any, A: Any, a: Any, B: Any, b: Any, Y: Any) -> Any:
        Z = getattr(F, activation)(X @ A + a) @ B + b
        return -(Y * F.log_softmax(Z, -1)).sum(-1).mean()

    return function


for _name in ACTIVATIONS:
    case(
        f"two layers, {_name}",
        f"h = {_name}(X @ A + a); z = h @ B + b; cross_entropy(z, Y)",
        "X: m n, A: n p, a: p, B: p q, b: q, Y: m q",
        "A a B b X",
        _shallow(_name),
    )
    case(
        f"ten layers, {_name}",
        "; ".join(
            f"H{k} = {_name}({f'H{k - 1}' if k > 1 else 'H'} @ W{k} + b{k})"
            for k in LAYERS
        )
        + "; mse(H10, Y)",
        "H: m n, Y: m n, " + ", ".join(f"W{k}: n n, b{k}: n" for k in LAYERS),
        " ".join(f"W{k} b{k}" for k in LAYERS),
        _deep(_name),
    )
case(
    "swiglu layer",
    "(silu(X @ W)*(X @ V)) @ U",
    "X: m n, W: n p, V: n p, U: p n",
    "X W V U",
    lambda F, X, W, V, U: (F.silu(X @ W) * (X @ V)) @ U,
    kind="vjp",
)
case(
    "geglu",
    "geglu(X @ W + b, X @ V + c)",
    "X: m n, W: n p, V: n p, b: p, c: p",
    "X W V b c",
    lambda F, X, W, V, b, c: F.gelu(X @ W + b) * (X @ V + c),
    kind="vjp",
)
case(
    "residual block with rms norm",
    "h = X/sqrt(mean(X^2, axis=-1, keepdims=1) + 0.001)*s; X + relu(h @ W) @ V",
    "X: m n, s: n, W: n p, V: p n",
    "X s W V",
    lambda F, X, s, W, V: (
        X + F.relu((X / F.sqrt((X**2).mean(-1)[:, None] + 0.001) * s) @ W) @ V
    ),
    kind="vjp",
)


def _normalised(F: Any, X: Any, axis: int) -> Any:
    D = X - F.expand_dims(X.mean(axis), axis)
    return D / F.sqrt(F.expand_dims((D**2).mean(axis), axis) + 1e-5)


case(
    "layer norm",
    "(X - mean(X, axis=-1, keepdims=1))/sqrt(var(X, axis=-1, keepdims=1) + 0.00001)*s"
    " + b",
    "X: m n, s: n, b: n",
    "X s b",
    lambda F, X, s, b: _normalised(F, X, -1) * s + b,
    kind="vjp",
)
case(
    "batch norm",
    "(X - mean(X, axis=0))/sqrt(var(X, axis=0) + 0.00001)*s + b",
    "X: m n, s: n, b: n",
    "X s b",
    lambda F, X, s, b: _normalised(F, X, 0) * s + b,
    kind="vjp",
)
case(
    "layer norm of a batch of sequences",
    "D = X - mean(X, axis=2, keepdims=1);"
    " D/sqrt(mean(D^2, axis=2, keepdims=1) + 0.00001)*s",
    "X: m n p, s: p",
    "X s",
    lambda F, X, s: _normalised(F, X, -1) * s,
    kind="vjp",
)
case(
    "rms norm",
    "x/sqrt(mean(x^2) + 0.00001)*s",
    "x: n, s: n",
    "x s",
    lambda F, x, s: x / F.sqrt((x**2).mean() + 1e-5) * s,
    kind="vjp",
)
case(
    "standard deviation as a layer norm",
    "(x - mean(x))/std(x)",
    "x: n",
    "x",
    lambda F, x: (x - x.mean()) / F.sqrt(((x - x.mean()) ** 2).mean()),
    kind="jacobian",
)
case(
    "attention",
    "P = softmax(Q @ K.T/sqrt(d)); sum(C*(P @ V))",
    "Q: n d, K: m d, V: m v, C: n v",
    "Q K V C",
    lambda F, Q, K, V, C: (C * (F.softmax(Q @ K.T / Q.shape[1] ** 0.5, -1) @ V)).sum(),
)
case(
    "causal attention of several heads",
    'S = einsum("hid,hjd->hij", Q, K) + M;'
    ' einsum("hij,hjd->ihd", softmax(S, axis=2), V)',
    "Q: h n d, K: h n d, V: h n d, M: n n",
    "Q K V",
    lambda F, Q, K, V, M: F.einsum(
        "hij,hjd->ihd", F.softmax(F.einsum("hid,hjd->hij", Q, K) + M, -1), V
    ),
    kind="vjp",
)
case(
    "self-attention by its weights",
    "P = softmax((X @ A) @ (X @ B).T); P @ (X @ W)",
    "X: n d, A: d k, B: d k, W: d v",
    "X A B W",
    lambda F, X, A, B, W: F.softmax((X @ A) @ (X @ B).T, -1) @ (X @ W),
    kind="vjp",
)

# --- objectives of several arrays ---------------------------------------------------

case(
    "matrix factorisation",
    "sum((R - U @ V.T)^2) + k*(sum(U^2) + sum(V^2))",
    "R: m n, U: m r, V: n r, k:",
    "U V",
    lambda F, R, U, V, k: (
        ((R - U @ V.T) ** 2).sum() + k * ((U**2).sum() + (V**2).sum())
    ),
)
case(
    "matrix factorisation of what is known",
    "norm2(M*(R - U @ V.T))^2 + sum(b^2) + sum((b[:, None] + U @ V.T)^2)",
    "M: m n, R: m n, U: m r, V: n r, b: m",
    "U V b M",
    lambda F, M, R, U, V, b: (
        ((M * (R - U @ V.T)) ** 2).sum()
        + (b**2).sum()
        + ((b[:, None] + U @ V.T) ** 2).sum()
    ),
)
case(
    "pca",
    "trace(W.T @ X.T @ X @ W) - norm2(W.T @ W - eye(k))^2",
    "X: m n, W: n k",
    "W X",
    lambda F, X, W: (
        F.trace(W.T @ X.T @ X @ W) - ((W.T @ W - F.eye(W.shape[1])) ** 2).sum()
    ),
)
case(
    "gaussian log-likelihood",
    "multivariate_normal(x, mu, S)",
    "x: n, mu: n, S: n n",
    "x mu S",
    lambda F, x, mu, S: (
        -(
            (x - mu) @ F.linalg.inv(S) @ (x - mu)
            + F.log(F.linalg.det(S))
            + len(x) * 1.8378770664093453
        )
        / 2
    ),
    S="near unit",
)
case(
    "gaussian log-likelihood of a sample",
    "D = X - mu; -m/2*logdet(S) - trace(D @ inv(S) @ D.T)/2",
    "X: m n, mu: n, S: n n",
    "X mu S",
    lambda F, X, mu, S: (
        -len(X) / 2 * F.log(F.linalg.det(S))
        - F.trace((X - mu) @ F.linalg.solve(S, (X - mu).T)) / 2
    ),
    S="near unit",
)
case(
    "gaussian by its symmetric precision",
    "logdet(P)/2 - (x - mu) @ P @ (x - mu)/2",
    "x: n, mu: n, P: n n",
    "x mu",
    lambda F, x, mu, P: F.log(F.linalg.det(P)) / 2 - (x - mu) @ P @ (x - mu) / 2,
    given=["P positive definite"],
    P="definite",
)
case(
    "gaussian mixture",
    "Q = sum((X[:, None, :] - M[None, :, :])^2/(2*s[:, None]^2), axis=2);"
    " -sum(logsumexp(log_softmax(a) - Q - d*log(s), axis=1))",
    "X: n d, M: k d, s: k, a: k",
    "M s a X",
    lambda F, X, M, s, a: (
        -F.logsumexp(
            F.log_softmax(a, -1)
            - ((X[:, None, :] - M[None, :, :]) ** 2 / (2 * s[:, None] ** 2)).sum(2)
            - X.shape[1] * F.log(s),
            1,
        ).sum()
    ),
    s="positive",
)
case(
    "k-means",
    "sum(min(sum((X[:, None, :] - M)^2, axis=2), axis=1))",
    "X: m n, M: k n",
    "M X",
    lambda F, X, M: F.amin(((X[:, None, :] - M) ** 2).sum(2), 1).sum(),
)
case(
    "infonce",
    "-mean(diag(log_softmax(A @ B.T/t)))",
    "A: n d, B: n d, t:",
    "A B t",
    lambda F, A, B, t: -F.diagonal(F.log_softmax(A @ B.T / t, -1)).mean(),
    t="positive",
)
case(
    "infonce of unit vectors",
    "a = A/norm2(A, axis=1, keepdims=1); b = B/norm2(B, axis=1, keepdims=1);"
    " Z = a @ b.T/0.5; mean(logsumexp(Z, axis=1)) - trace(Z)/n",
    "A: n d, B: n d",
    "A B",
    lambda F, A, B: (
        -F.diagonal(
            F.log_softmax(
                2
                * (A / F.sqrt((A**2).sum(1))[:, None])
                @ (B / F.sqrt((B**2).sum(1))[:, None]).T,
                -1,
            )
        ).mean()
    ),
)
case(
    "triplet",
    "sum(relu(sum((A - P)^2, axis=1) - sum((A - N)^2, axis=1) + 1))",
    "A: n d, P: n d, N: n d",
    "A P N",
    lambda F, A, P, N: F.relu(((A - P) ** 2).sum(1) - ((A - N) ** 2).sum(1) + 1).sum(),
)
case(
    "rayleigh quotient",
    "x @ A @ x/(x @ x)",
    "A: n n, x: n",
    "x A",
    lambda F, A, x: x @ A @ x / (x @ x),
)
case(
    "rayleigh quotient of two symmetric matrices",
    "(x @ A @ x)/(x @ B @ x)",
    "A: n n, B: n n, x: n",
    "x",
    lambda F, A, B, x: x @ A @ x / (x @ B @ x),
    given=["A symmetric", "B symmetric"],
    A="symmetric",
    B="definite",
)
case(
    "log det barrier",
    "trace(C @ X) - t*logdet(X)",
    "C: n n, X: n n, t:",
    "X C t",
    lambda F, C, X, t: F.trace(C @ X) - t * F.log(F.linalg.det(X)),
    X="near unit",
)
case(
    "log barrier",
    "t*(c @ x) - sum(log(b - A @ x))",
    "A: m n, b: m, c: n, x: n, t:",
    "x A b",
    lambda F, A, b, c, x, t: t * (c @ x) - F.log(b - A @ x).sum(),
    b="large",
)
case(
    "kalman gain",
    "trace((eye(n) - K @ H) @ P @ (eye(n) - K @ H).T + K @ R @ K.T)",
    "K: n m, H: m n, P: n n, R: m m",
    "K P",
    lambda F, K, H, P, R: F.trace(
        (F.eye(len(P)) - K @ H) @ P @ (F.eye(len(P)) - K @ H).T + K @ R @ K.T
    ),
)
case(
    "kalman gain, symmetric covariances",
    "trace((eye(n) - K @ H) @ P @ (eye(n) - K @ H).T + K @ R @ K.T)",
    "K: n m, H: m n, P: n n, R: m m",
    "K",
    lambda F, K, H, P, R: F.trace(
        (F.eye(len(P)) - K @ H) @ P @ (F.eye(len(P)) - K @ H).T + K @ R @ K.T
    ),
    given=["P symmetric", "R symmetric"],
    P="symmetric",
    R="symmetric",
)
case(
    "marginal likelihood of a gaussian process",
    "K = s^2*X @ X.T + t*eye(m); y @ inv(K) @ y/2 + logdet(K)/2",
    "X: m n, y: m, s:, t:",
    "X y s t",
    lambda F, X, y, s, t: (
        y @ F.linalg.solve(s**2 * X @ X.T + t * F.eye(len(y)), y) / 2
        + F.log(F.linalg.det(s**2 * X @ X.T + t * F.eye(len(y)))) / 2
    ),
    t="positive",
)
case(
    "kernel matrix",
    "sum(C*exp(-sum((X[:, None, :] - X[None, :, :])^2, axis=2)/(2*s^2)))",
    "X: m n, C: m m, s:",
    "X s",
    lambda F, X, C, s: (
        C * F.exp(-((X[:, None, :] - X[None, :, :]) ** 2).sum(2) / (2 * s**2))
    ).sum(),
    s="positive",
)

# --- reductions ---------------------------------------------------------------------

case(
    "norms",
    "norm2(A @ x) + 2*norm1(x)^2 + norm_inf(x)*norm2(A)",
    "A: m n, x: n",
    "A x",
    lambda F, A, x: (
        F.sqrt(((A @ x) ** 2).sum())
        + 2 * F.abs(x).sum() ** 2
        + F.amax(F.abs(x), 0) * F.sqrt((A**2).sum())
    ),
)
case(
    "norms of rows",
    "norm2(A, axis=1)*norm1(A, axis=1)/norm_inf(A, axis=1)",
    "A: m n",
    "A",
    lambda F, A: F.sqrt((A**2).sum(1)) * F.abs(A).sum(1) / F.amax(F.abs(A), 1),
    kind="jacobian",
)
case(
    "logsumexp of an axis",
    "logsumexp(A @ X, axis=0)",
    "A: m n, X: n p",
    "A X",
    lambda F, A, X: F.logsumexp(A @ X, 0),
    kind="jacobian",
)
case(
    "softmax",
    "softmax(A @ x)",
    "A: m n, x: n",
    "x A",
    lambda F, A, x: F.softmax(A @ x, -1),
    kind="jacobian",
)
case(
    "softmax of columns",
    "softmax(X, axis=0)",
    "X: m n",
    "X",
    lambda F, X: F.softmax(X, 0),
    kind="jacobian",
)
case(
    "log softmax and softmin",
    "log_softmax(X)*softmin(X, axis=0)",
    "X: m n",
    "X",
    lambda F, X: F.log_softmax(X, -1) * F.softmax(-X, 0),
    kind="jacobian",
)
case(
    "greatest and least",
    "max(X, axis=1)*min(X^2, axis=1) + max(X)",
    "X: m n",
    "X",
    lambda F, X: F.amax(X, 1) * F.amin(X**2, 1) + X.max(),
    kind="jacobian",
)
case(
    "product of an axis",
    "prod(X, axis=0)*prod(x)",
    "X: m n, x: n",
    "X x",
    lambda F, X, x: X.prod(0) * x.prod(),
    kind="jacobian",
)
case(
    "product with a factor 0",
    "prod(x*c)",
    "x: n, c: n",
    "x",
    lambda F, x, c: (x * c).prod(),
    c="first is 0",
)
case(
    "cumsum",
    "cumsum(X, axis=0)*cumsum(X^2)",
    "X: m n",
    "X",
    lambda F, X: F.cumsum(X, 0) * F.cumsum(X**2, 1),
    kind="jacobian",
)
case(
    "var and std",
    "var(X, axis=0) @ std(X, axis=0) + std(X)",
    "X: m n",
    "X",
    lambda F, X: X.var(0, correction=0) @ X.std(0, correction=0) + X.std(correction=0),
)
case(
    "mean of an axis of three",
    "mean(exp(X*Y), axis=1)",
    "X: m n p, Y: n p",
    "X Y",
    lambda F, X, Y: F.exp(X * Y).mean(1),
    kind="vjp",
)

# --- matrices -----------------------------------------------------------------------

case(
    "det",
    "det(A @ X @ B)",
    "A: n n, X: n n, B: n n",
    "X A",
    lambda F, A, X, B: F.linalg.det(A @ X @ B),
)
case(
    "det of a product of rectangles",
    "log(det(X.T @ X))",
    "X: 4 n",
    "X",
    lambda F, X: F.log(F.linalg.det(X.T @ X)),
)
case(
    "logdet",
    "logdet(eye(m) + U @ V.T)",
    "U: m r, V: m r",
    "U V",
    lambda F, U, V: F.linalg.slogdet(F.eye(len(U)) + U @ V.T)[1],
    U="small",
    V="small",
)
case(
    "inv",
    "inv(X)",
    "X: n n",
    "X",
    lambda F, X: F.linalg.inv(X),
    kind="jacobian",
    X="near unit",
)
case(
    "inverse within a product",
    "a @ inv(X.T @ X + k*eye(n)) @ b",
    "a: n, b: n, X: m n, k:",
    "X k a",
    lambda F, a, b, X, k: a @ F.linalg.inv(X.T @ X + k * F.eye(X.shape[1])) @ b,
    k="positive",
)
case(
    "solve",
    "solve(A, b)",
    "A: n n, b: n",
    "A b",
    lambda F, A, b: F.linalg.solve(A, b),
    kind="jacobian",
    A="near unit",
)
case(
    "solve of several columns",
    "trace(solve(A, B) @ C)",
    "A: n n, B: n m, C: m n",
    "A B C",
    lambda F, A, B, C: F.trace(F.linalg.solve(A, B) @ C),
    A="near unit",
)
case(
    "cholesky",
    "cholesky(S)",
    "S: n n",
    "S",
    lambda F, S: F.linalg.cholesky(S),
    kind="jacobian",
    symmetric=True,
    S="definite",
)
case(
    "cholesky within a loss",
    "sum((cholesky(S) @ z - y)^2) + sum(log(diag(cholesky(S))))",
    "S: n n, z: n, y: n",
    "S z",
    lambda F, S, z, y: (
        ((F.linalg.cholesky(S) @ z - y) ** 2).sum()
        + F.log(F.diagonal(F.linalg.cholesky(S))).sum()
    ),
    symmetric=True,
    S="definite",
)
case(
    "kron",
    "kron(A, B)",
    "A: m n, B: p q",
    "A B",
    lambda F, A, B: F.kron(A, B),
    kind="vjp",
)
case(
    "outer",
    "outer(x, y) @ outer(y, x)*(x @ y)",
    "x: n, y: n",
    "x y",
    lambda F, x, y: F.outer(x, y) @ F.outer(y, x) * (x @ y),
    kind="jacobian",
)
case(
    "matrix power",
    "matrix_power(A, 3) + matrix_power(A, -2)",
    "A: n n",
    "A",
    lambda F, A: F.linalg.matrix_power(A, 3) + F.linalg.matrix_power(A, -2),
    kind="jacobian",
    A="near unit",
)
case(
    "trace of powers",
    "trace(A @ A @ A.T) + trace(matrix_power(A, 4))",
    "A: n n",
    "A",
    lambda F, A: F.trace(A @ A @ A.T) + F.trace(A @ A @ A @ A),
)
case(
    "diagonals",
    "trace(diag(x) @ A @ diag(x) @ A.T) + diag(A) @ x",
    "A: n n, x: n",
    "A x",
    lambda F, A, x: F.trace(F.diag(x) @ A @ F.diag(x) @ A.T) + F.diagonal(A) @ x,
)
case(
    "triangle",
    "tril(A) @ tril(A).T",
    "A: n n",
    "A",
    lambda F, A: F.tril(A) @ F.tril(A).T,
    kind="jacobian",
)
case(
    "transposes",
    "trace(A.T @ B) + x @ (A.T + B.T) @ y - sum(A.T*B.T)",
    "A: m n, B: m n, x: n, y: m",
    "A B x",
    lambda F, A, B, x, y: F.trace(A.T @ B) + x @ (A.T + B.T) @ y - (A.T * B.T).sum(),
)

# --- einsum, indices, slices, choices -----------------------------------------------

case(
    "einsum, bilinear",
    'einsum("bi,oij,bj->bo", X, W, Y)',
    "X: b i, W: o i j, Y: b j",
    "X W Y",
    lambda F, X, W, Y: F.einsum("bi,oij,bj->bo", X, W, Y),
    kind="vjp",
)
case(
    "einsum, diagonals and repeats",
    'einsum("ii,ij,jk->ik", A, B, A)',
    "A: n n, B: n n",
    "A B",
    lambda F, A, B: F.einsum("ii,ij,jk->ik", A, B, A),
    kind="jacobian",
)
case(
    "tucker form",
    'sum((T - einsum("abc,ia,jb,kc->ijk", G, A, B, C))^2)',
    "T: i j k, G: a b c, A: i a, B: j b, C: k c",
    "G A B C",
    lambda F, T, G, A, B, C: (
        (T - F.einsum("abc,ia,jb,kc->ijk", G, A, B, C)) ** 2
    ).sum(),
)
case(
    "index notation",
    "sum(i, sum(j, A[i, j]*x[i]*y[j]^2)) + logsumexp(i, A[i, 0])",
    "A: m n, x: m, y: n",
    "A x y",
    lambda F, A, x, y: x @ A @ y**2 + F.logsumexp(A[:, 0], 0),
)
case(
    "an array in index notation",
    "sum(j, tanh(A[i, j]*x[j]))*x[i]",
    "A: n n, x: n",
    "A x",
    lambda F, A, x: F.tanh(A * x).sum(1) * x,
    kind="jacobian",
)
case(
    "rosenbrock",
    "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)",
    "x: n",
    "x",
    lambda F, x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(),
)
case(
    "slices and elements",
    "x[0]*X[1:, 0] + x[-1]*X[1:, 1]^2*X[0, 0]",
    "X: m n, x: n",
    "X x",
    lambda F, X, x: x[0] * X[1:, 0] + x[-1] * X[1:, 1] ** 2 * X[0, 0],
    kind="jacobian",
)
case(
    "total variation, smoothed",
    "sum(sqrt((X[1:, :-1] - X[:-1, :-1])^2 + (X[:-1, 1:] - X[:-1, :-1])^2 + 0.01))",
    "X: m n",
    "X",
    lambda F, X: F.sqrt(
        (X[1:, :-1] - X[:-1, :-1]) ** 2 + (X[:-1, 1:] - X[:-1, :-1]) ** 2 + 0.01
    ).sum(),
)
case(
    "one logit of a softmax",
    "-log(softmax(W @ x)[0])",
    "W: m n, x: n",
    "W x",
    lambda F, W, x: -F.log_softmax(W @ x, -1)[0],
)
case(
    "where",
    "where(X > Y, X^2*Y, exp(Y)*X)",
    "X: m n, Y: m n",
    "X Y",
    lambda F, X, Y: F.where(X > Y, X**2 * Y, F.exp(Y) * X),
    kind="jacobian",
)
case(
    "choices that broadcast",
    "sum(where(x > 0, A, b)*max(A, x)) + sum(clip(A, -0.5, 0.7)) + sum(abs(A + x))",
    "A: m n, x: n, b:",
    "A x b",
    lambda F, A, x, b: (
        (F.where(x > 0, A, b) * F.maximum(A, x)).sum()
        + F.clip(A, -0.5, 0.7).sum()
        + F.abs(A + x).sum()
    ),
)
case(
    "broadcasting",
    "sum((x[:, None]*y + A)^3/(1 + s^2))",
    "A: m n, x: m, y: n, s:",
    "A x y s",
    lambda F, A, x, y, s: ((x[:, None] * y + A) ** 3 / (1 + s**2)).sum(),
)
case(
    "powers by arrays",
    "X^A + 2^A*sum(X^A, axis=0)",
    "X: m n, A: m n",
    "X A",
    lambda F, X, A: X**A + 2**A * (X**A).sum(0),
    kind="vjp",
    X="positive",
)

# --- second derivatives and directions ----------------------------------------------

case(
    "hessian of least squares",
    "sum((X @ w - y)^2)",
    "X: m n, w: n, y: m",
    "w",
    lambda F, X, w, y: ((X @ w - y) ** 2).sum(),
    kind="hessian",
)
case(
    "hessian of logistic regression",
    "bce_with_logits(X @ w, y)",
    "X: m n, w: n, y: m",
    "w",
    lambda F, X, w, y: (F.softplus(X @ w) - y * (X @ w)).mean(),
    kind="hessian",
)
case(
    "hessian of softmax regression",
    "cross_entropy(X @ W, Y)",
    "X: m n, W: n p, Y: m p",
    "W",
    lambda F, X, W, Y: -(Y * F.log_softmax(X @ W, -1)).sum(-1).mean(),
    kind="hessian",
)
case(
    "hessian of logsumexp",
    "logsumexp(x)",
    "x: n",
    "x",
    lambda F, x: F.logsumexp(x, 0),
    kind="hessian",
)
case(
    "hessian of log det",
    "logdet(X)",
    "X: n n",
    "X",
    lambda F, X: F.linalg.slogdet(X)[1],
    kind="hessian",
    X="near unit",
)
case(
    "hessian of a norm",
    "norm2(A @ x - b)",
    "A: m n, x: n, b: m",
    "x",
    lambda F, A, x, b: F.sqrt(((A @ x - b) ** 2).sum()),
    kind="hessian",
)
case(
    "hessian of rosenbrock",
    "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)",
    "x: n",
    "x",
    lambda F, x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(),
    kind="hessian",
)
case(
    "hessian of a factorisation",
    "sum((R - U @ V.T)^2)",
    "R: m n, U: m r, V: n r",
    "U",
    lambda F, R, U, V: ((R - U @ V.T) ** 2).sum(),
    kind="hessian",
)
case(
    "hessian of a product",
    "prod(x)*sum(x^3)",
    "x: n",
    "x",
    lambda F, x: x.prod() * (x**3).sum(),
    kind="hessian",
)
case(
    "hessian of a network",
    "sum(tanh(tanh(X @ A) @ b)^2)",
    "X: m n, A: n p, b: p",
    "A",
    lambda F, X, A, b: (F.tanh(F.tanh(X @ A) @ b) ** 2).sum(),
    kind="hessian",
)
case(
    "tangent of an inverse",
    "inv(X) @ b",
    "X: n n, b: n",
    "X b",
    lambda F, X, b: F.linalg.inv(X) @ b,
    kind="jvp",
    X="near unit",
)
case(
    "tangent of attention",
    "softmax(Q @ K.T) @ V",
    "Q: n d, K: m d, V: m v",
    "Q K V",
    lambda F, Q, K, V: F.softmax(Q @ K.T, -1) @ V,
    kind="jvp",
)
case(
    "tangent of layer norm",
    "(X - mean(X, axis=1, keepdims=1))/sqrt(var(X, axis=1, keepdims=1) + 0.00001)",
    "X: m n",
    "X",
    lambda F, X: _normalised(F, X, -1),
    kind="jvp",
)


# --- found among formulas drawn at random -------------------------------------------

case(
    "a choice between sums with one summand",
    "sum(max(A + t, t))",
    "A: m n, t:",
    "t A",
    lambda F, A, t: F.maximum(A + t, t + 0 * A).sum(),
)
case(
    "a choice between an array and its log softmax",
    "max(B, log_softmax(B, axis=0))",
    "B: m n",
    "B",
    lambda F, B: F.maximum(B, F.log_softmax(B, 0)),
    kind="jacobian",
)
case(
    "powers of powers",
    "sum(x^(y^2)) - sum(y^(x^2))",
    "x: n, y: n",
    "x y",
    lambda F, x, y: (x ** (y**2)).sum() - (y ** (x**2)).sum(),
    x="positive",
    y="positive",
)
case(
    "a difference of powers of powers",
    "s = sum(x^(y^2)); r = sum(y^(x^2)); sum((s - r)*z)",
    "x: n, y: n, z: m",
    "x y z",
    lambda F, x, y, z: (((x ** (y**2)).sum() - (y ** (x**2)).sum()) * z).sum(),
    x="positive",
    y="positive",
)
case(
    "greatest of what is written in two ways",
    "max(outer(x, x) + outer(y, x), axis=0)",
    "x: n, y: n",
    "x y",
    lambda F, x, y: F.amax(F.outer(x, x) + F.outer(y, x), 0),
    kind="vjp",
)
case(
    "greatest of normalised rows",
    "max(S/sqrt(1 + var(S, axis=1, keepdims=1)), axis=0)",
    "S: m n",
    "S",
    lambda F, S: F.amax(S / F.sqrt(1 + S.var(1, correction=0)[:, None]), 0),
    kind="vjp",
)
case(
    "variance of exponentials",
    "var(exp(A))",
    "A: m n",
    "A",
    lambda F, A: F.exp(A).var(correction=0),
)
case(
    "an activation of rows times a logsumexp",
    "gelu(A*logsumexp(R, axis=0))",
    "A: m n, R: n n",
    "A R",
    lambda F, A, R: F.gelu(A * F.logsumexp(R, 0)),
    kind="vjp",
)
case(
    "inverse of reciprocals",
    "inv(1/(1 + X^2))",
    "X: n n",
    "X",
    lambda F, X: F.linalg.inv(1 / (1 + X**2)),
    kind="jacobian",
)
case(
    "softmax of a sum with a scalar",
    "softmax(x + t)",
    "x: n, t:",
    "x t",
    lambda F, x, t: F.softmax(x + t, -1),
    kind="vjp",
)


# --- points -------------------------------------------------------------------------


def _definite(rng: Any, shape: Sequence[int]) -> Any:
    root = rng.normal(size=shape)
    return root @ root.T / shape[0] + numpy.eye(shape[0])


def _symmetric(rng: Any, shape: Sequence[int]) -> Any:
    half = rng.normal(size=shape)
    return half + half.T


def _first_is_0(rng: Any, shape: Sequence[int]) -> Any:
    drawn = rng.normal(size=shape)
    drawn[0] = 0
    return drawn


DRAWS: dict[str, Callable[[Any, Sequence[int]], Any]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "small": lambda rng, shape: rng.uniform(-0.4, 0.4, size=shape),
    "large": lambda rng, shape: rng.uniform(9, 12, size=shape),
    "positive": lambda rng, shape: rng.uniform(0.3, 2, size=shape),
    "probability": lambda rng, shape: rng.uniform(0.05, 0.95, size=shape),
    "distribution": lambda rng, shape: rng.dirichlet([1.0] * shape[0]),
    "sign": lambda rng, shape: rng.choice([-1.0, 1.0], size=shape),
    "near unit": lambda rng, shape: (
        numpy.eye(*shape) + rng.uniform(-0.3, 0.3, size=shape) / shape[0]
    ),
    "symmetric": _symmetric,
    "definite": _definite,
    "first is 0": _first_is_0,
}


def drawn(case: Case, seed: int) -> tuple[Arrays, dict[str, int]]:
    """Values of the variables, and sizes, which differ where their names do."""
    text = f"{SEED} {case.name} {seed}"
    names = sorted({s for shape in case.shapes.values() for s in shape.split()})
    free = [name for name in names if not name.isdigit()]
    pool = range(2, max(5, 2 + len(free)))
    sizes = dict(zip(free, random.Random(text).sample(pool, len(free)), strict=True))
    rng = numpy.random.default_rng(list(text.encode()))
    values = {}
    for name, shape in case.shapes.items():
        dims = [sizes.get(s) or int(s) for s in shape.split()]
        values[name] = numpy.asarray(DRAWS[case.draws.get(name, "normal")](rng, dims))
    return values, sizes


def directions(case: Case, at: Arrays, value: Any, seed: int) -> Arrays:
    """The upstream gradient of a vjp, the tangents of a jvp, by name."""
    rng = numpy.random.default_rng([SEED, seed])
    if case.kind == "vjp":
        return {UPSTREAM: rng.normal(size=value.shape)}
    if case.kind == "jvp":
        return {TANGENT.format(v): rng.normal(size=at[v].shape) for v in case.by}
    return {}


# --- calcml's side ------------------------------------------------------------------


@cache
def derivatives(name: str) -> dict[str, cm.Expr]:
    """What calcml derives in the case of this name, by variable."""
    (case,) = [case for case in CASES if case.name == name]
    options: dict[str, Any] = {"shapes": case.shapes, "given": case.given}
    if case.kind == "grad":
        return cm.grad(case.text, case.by, **options)
    if case.kind == "vjp":
        made: dict[str, cm.Expr] = cm.vjp(case.text, case.by, UPSTREAM, **options)
        return made
    if case.kind == "jvp":
        return {v: cm.jvp(case.text, v, TANGENT.format(v), **options) for v in case.by}
    derive = {"jacobian": cm.jacobian, "hessian": cm.hessian}[case.kind]
    return {v: derive(case.text, v, **options) for v in case.by}


def _compiled(made: Mapping[str, cm.Expr], case: Case, at: Arrays) -> Arrays:
    arguments = [symbol(name, case.shapes.get(name, "")) for name in at]
    values: Arrays = cm.compile(made, arguments)(*at.values())
    return values


def _evaluated(made: Mapping[str, cm.Expr], at: Arrays) -> Arrays:
    return {name: numpy.array(e.evalf(at), dtype=float) for name, e in made.items()}


def assert_agree(case: Case, seed: int, theirs: Callable[..., Any]) -> None:
    """Fail where calcml's derivatives have other shapes or values than `theirs`.

    They are computed in two ways: compiled to NumPy, and by mpmath.
    """
    at, sizes = drawn(case, seed)
    right, towards = theirs(case, at, seed)
    made = derivatives(case.name)
    ways = {
        "compiled": _compiled(made, case, at | towards),
        "evalf": _evaluated(made, at | towards | sizes),
    }
    for (way, values), name in product(ways.items(), case.by):
        ours, wanted = numpy.asarray(values[name]), numpy.asarray(right[name])
        where = f"{case.text} by {name}, {way} (seed {seed}): {made[name]}"
        assert ours.shape == wanted.shape, f"{where}\n{ours.shape}: not {wanted.shape}"
        if case.symmetric and ours.ndim >= 2:
            ours, wanted = (x + x.swapaxes(-1, -2) for x in (ours, wanted))
        error = abs(ours - wanted).max() / max(abs(wanted).max(), 1e-3)
        assert error <= TOLERANCE, f"{where}\n{ours}\nnot\n{wanted}\nat {at}"
