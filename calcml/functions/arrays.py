"""Functions of whole arrays: rows like the others, in a table of their own.

`by` defines a function by others, in calcml's own grammar, where `axis` stands for the
axes of the call (all of them where it names none). `d` is the derivative in index
notation: of the element i, j of the value `y` by the element a, b of the argument; of a
reduction by an element of its argument, `y` being the value kept along the axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class ArrayRow(NamedTuple):
    """One function of arrays: its call, its definition or its derivative, its spellings.

    `axis` is the axis where a call names none: "all" of them, or a number; None where
    the function has no axis. `takes` says what its argument must be: "square".
    `letter` names its value where that occurs more than once in a printed form.
    """

    op: str
    name: str
    params: tuple[str, ...]
    doc: str
    by: str = ""
    d: str = ""
    axis: str | int | None = None
    takes: str = ""
    tex: str = ""
    numpy: str = ""
    letter: str = ""
    aliases: tuple[str, ...] = ()
    defaults: Mapping[str, str] = MappingProxyType({})

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


ARRAY_FUNCTIONS: dict[str, ArrayRow] = {}
ARRAY_OPERATIONS: dict[str, ArrayRow] = {}


def arr(
    signature: str, *, doc: str, op: str = "", aliases: str = "", **facts: object
) -> None:
    """Add the row for `signature`, such as "huber(a, b, delta=1)"."""
    name, _, inside = signature.rstrip(")").partition("(")
    params, defaults = [], {}
    for part in inside.split(","):
        param, _, default = (p.strip() for p in part.partition("="))
        params.append(param)
        if default:
            defaults[param] = default
    row = ArrayRow(
        op or name,
        name,
        tuple(params),
        doc,
        aliases=tuple(aliases.split()),
        defaults=defaults,
        **facts,  # type: ignore[arg-type]
    )
    ARRAY_OPERATIONS[row.op] = row
    for spelling in (name, *row.aliases):
        ARRAY_FUNCTIONS[spelling] = row


# fmt: off
# reductions
arr("sum(x)",         axis="all", doc="sum of the elements", numpy="numpy.sum")
arr("mean(x)",        axis="all", by="sum(x, axis=axis)/size(x, axis=axis)", doc="mean of the elements")
arr("prod(x)",        axis="all", op="prod_over", d="prod(where(others(x) == 1, x, 1))", doc="product of the elements", tex=r"\prod", numpy="numpy.prod")
arr("var(x)",         axis="all", by="mean((x - mean(x, axis=axis, keepdims=1))^2, axis=axis)", doc="mean squared distance from the mean, as in NumPy")
arr("std(x)",         axis="all", by="sqrt(var(x, axis=axis))", doc="square root of var(x)")
arr("max(x)",         axis="all", op="max_over", d="where(x == y, 1, 0)/sum(where(x == y, 1, 0), axis=axis, keepdims=1)", doc="greatest element; the slope of a tie is split evenly", tex=r"\max", numpy="numpy.max", aliases="amax")
arr("min(x)",         axis="all", op="min_over", d="where(x == y, 1, 0)/sum(where(x == y, 1, 0), axis=axis, keepdims=1)", doc="least element; the slope of a tie is split evenly", tex=r"\min", numpy="numpy.min", aliases="amin")
arr("logsumexp(x)",   axis="all", op="logsumexp_over", d="exp(x - y)", doc="log of the sum of exp of the elements", tex=r"\operatorname{logsumexp}", numpy="scipy.special.logsumexp")
arr("norm1(x)",       axis="all", by="sum(abs(x), axis=axis)", doc="sum of the absolute values")
arr("norm2(x)",       axis="all", by="sqrt(sum(x^2, axis=axis))", d="normalize(x, axis=axis)", doc="square root of the sum of squares; of a matrix its Frobenius norm", aliases="norm fro")
arr("norm_inf(x)",    axis="all", by="max(abs(x), axis=axis)", doc="greatest absolute value")
arr("normalize(x)",   axis="all", doc="x/norm2(x), and 0 where x is 0: the slope of norm2(x)")
arr("size(x)",        axis="all", doc="number of elements")

# along an axis
arr("softmax(x)",     axis=-1, letter="p", doc="exp(x)/sum(exp(x)) along an axis", tex=r"\operatorname{softmax}", numpy="scipy.special.softmax")
arr("log_softmax(x)", axis=-1, by="x - logsumexp(x, axis=axis, keepdims=1)", doc="logarithm of softmax(x)")
arr("softmin(x)",     axis=-1, by="softmax(-x, axis=axis)", doc="softmax(-x)")
arr("cumsum(x)",      axis=-1, doc="running sums along an axis", numpy="numpy.cumsum")

# products
arr("dot(a, b)",      doc="a @ b, of vectors sum(a*b)", numpy="numpy.dot")
arr("matmul(a, b)",   doc="a @ b")
arr("outer(a, b)",    doc="products of each element of a with each of b", numpy="numpy.outer")
arr("kron(a, b)",     doc="Kronecker product of two matrices", numpy="numpy.kron")
arr("transpose(x)",   doc="x.T, the axes in reverse order")
arr("diag(x)",        doc="diagonal matrix of a vector, diagonal of a matrix", tex=r"\operatorname{diag}", numpy="numpy.diag")
arr("trace(x)",       doc="sum of the diagonal", tex=r"\operatorname{tr}", numpy="numpy.trace", aliases="tr")

# linear algebra
arr("det(X)",         takes="square", d="y*inv(X)[b, a]", doc="determinant", tex=r"\det", numpy="numpy.linalg.det")
arr("logdet(X)",      takes="square", d="inv(X)[b, a]", doc="log of the determinant, where that is positive", tex=r"\log\det", numpy="(numpy.log((s := numpy.linalg.slogdet(#1))[0]) + s[1])")
arr("inv(X)",         takes="square", d="-y[i, a]*y[b, j]", doc="inverse", tex=r"\left(#1\right)^{-1}", numpy="numpy.linalg.inv")
arr("solve(a, b)",    by="inv(a) @ b", doc="the x with a @ x = b")
arr("cholesky(X)",    takes="square", d="sum(k, y[i, k]*lower_half(y)[k, j]*(inv(y)[k, a]*inv(y)[j, b] + inv(y)[k, b]*inv(y)[j, a]))/2", doc="lower triangular L with L @ L.T = X, for symmetric X", tex=r"\operatorname{chol}", numpy="numpy.linalg.cholesky")
arr("matrix_power(x, n)", doc="x @ x @ ... @ x, n times", numpy="numpy.linalg.matrix_power")
arr("lower_half(x)",  doc="1 below the diagonal, 1/2 on it, 0 above, in the shape of a square matrix")

# arrays made of nothing
arr("eye(n)",         doc="unit matrix", numpy="numpy.eye")
arr("ones(n)",        doc="array of ones; sizes as arguments", numpy="numpy.ones")
arr("zeros(n)",       doc="array of zeros; sizes as arguments", numpy="numpy.zeros")
arr("onehot(k, n)",   doc="vector of size n with 1 at k, counted from 0", aliases="one_hot")
arr("reshape(x, n)",           doc="x in another shape, its sizes as arguments, the last axis fastest", numpy="numpy.reshape")
arr("tril(x)",        doc="x with zeros above the diagonal", numpy="numpy.tril")

# losses and densities
arr("mse(a, b)",               by="mean((a - b)^2)", doc="mean squared difference", aliases="mse_loss")
arr("l1(a, b)",                by="mean(abs(a - b))", doc="mean absolute difference", aliases="l1_loss mae")
arr("huber(a, b, delta=1)",    by="mean(where(abs(a - b) <= delta, (a - b)^2/2, delta*(abs(a - b) - delta/2)))", doc="squared difference up to delta, linear beyond", aliases="huber_loss")
arr("cross_entropy(z, y)",     by="mean(-sum(y*log_softmax(z), axis=-1))", doc="of logits z and probabilities y along the last axis, the mean of the rest")
arr("bce(p, y)",               by="mean(-(y*log(p) + (1 - y)*log(1 - p)))", doc="binary cross-entropy of probabilities p", aliases="binary_cross_entropy")
arr("bce_with_logits(z, y)",   by="mean(softplus(z) - y*z)", doc="binary cross-entropy of logits z", aliases="binary_cross_entropy_with_logits")
arr("hinge(s, y)",             by="mean(relu(1 - y*s))", doc="mean hinge loss of scores s and labels y of -1 and 1")
arr("cosine_similarity(a, b)", by="sum(a*b)/(norm2(a)*norm2(b))", doc="cosine of the angle between a and b", aliases="cosine")
arr("multivariate_normal(x, mu, S)", by="-(sum((x - mu)*(inv(S) @ (x - mu))) + logdet(S) + size(x)*log(2*pi))/2", doc="log-density of the normal distribution with mean mu and covariance S", aliases="mvn_logpdf")
arr("wishart(X, V, n)",        by="(n - rows(X) - 1)/2*logdet(X) - trace(inv(V) @ X)/2 - n*rows(X)/2*log(2) - n/2*logdet(V) - rows(X)*(rows(X) - 1)/4*log(pi) - sum(lgamma((n + 1 - cumsum(ones(rows(X))))/2))", doc="log-density of the Wishart distribution with scale V and n degrees of freedom")
arr("rows(x)",                 doc="size of the first axis")
# fmt: on

# Functions of a square matrix, by their operation.
SQUARE_OPERATIONS = tuple(
    r.op for r in ARRAY_OPERATIONS.values() if r.takes == "square"
)
