"""Densities beside SciPy: values, scores by every variable, Fisher information.

Scores stand beside differences of SciPy's log-densities. Fisher information is the mean
of their squares: integrals, sums over counts, and nodes where these are exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

import calcml as cm
from calcml.core.expr import Expr
from calcml.tables.catalogue import Entry, catalogue

Point = dict[str, Any]
Density = Callable[..., Any]
ENTRIES = catalogue("densities").entries
PAIR, COV = [0.3, 0.7], [[1.3, 0.4], [0.4, 0.9]]
REAL, POSITIVE, COUNTS = (-np.inf, np.inf), (0, np.inf), (0, 400)

# fmt: off
# SciPy's log-density with the names of the catalogue, a point, and the values' ends.
SCIPY: dict[str, tuple[Density, Point, Any]] = {
    "normal": (lambda x, mu, sigma: stats.norm.logpdf(x, mu, sigma), {"x": 0.4, "mu": 1.1, "sigma": 0.7}, REAL),
    "Laplace": (lambda x, mu, b: stats.laplace.logpdf(x, mu, b), {"x": 0.4, "mu": 1.1, "b": 0.7}, REAL),
    "Cauchy": (lambda x, mu, gamma: stats.cauchy.logpdf(x, mu, gamma), {"x": 0.4, "mu": 1.1, "gamma": 0.7}, REAL),
    "Student's t": (lambda x, nu, mu, sigma: stats.t.logpdf(x, nu, mu, sigma), {"x": 0.4, "nu": 3.5, "mu": 1.1, "sigma": 0.7}, REAL),
    "Gumbel": (lambda x, mu, beta: stats.gumbel_r.logpdf(x, mu, beta), {"x": 0.4, "mu": 1.1, "beta": 0.7}, (-25, 40)),
    "logistic": (lambda x, mu, s: stats.logistic.logpdf(x, mu, s), {"x": 0.4, "mu": 1.1, "s": 0.7}, REAL),
    "log-normal": (lambda x, mu, sigma: stats.lognorm.logpdf(x, sigma, 0, np.exp(mu)), {"x": 0.4, "mu": 0.3, "sigma": 0.7}, POSITIVE),
    "exponential": (lambda x, **at: stats.expon.logpdf(x, scale=1 / at["lambda"]), {"x": 0.4, "lambda": 0.7}, POSITIVE),
    "gamma": (lambda x, alpha, beta: stats.gamma.logpdf(x, alpha, scale=1 / beta), {"x": 0.4, "alpha": 1.7, "beta": 0.7}, POSITIVE),
    "inverse gamma": (lambda x, alpha, beta: stats.invgamma.logpdf(x, alpha, scale=beta), {"x": 0.4, "alpha": 1.7, "beta": 0.7}, POSITIVE),
    "chi-squared": (lambda x, k: stats.chi2.logpdf(x, k), {"x": 0.4, "k": 3.5}, POSITIVE),
    "Weibull": (lambda x, k, **at: stats.weibull_min.logpdf(x, k, scale=at["lambda"]), {"x": 0.4, "k": 1.7, "lambda": 0.7}, POSITIVE),
    "Pareto": (lambda x, x_m, alpha: stats.pareto.logpdf(x, alpha, scale=x_m), {"x": 2.4, "x_m": 1.1, "alpha": 1.7}, (1.1, np.inf)),
    "beta": (lambda x, alpha, beta: stats.beta.logpdf(x, alpha, beta), {"x": 0.4, "alpha": 1.7, "beta": 2.3}, (0, 1)),
    "von Mises": (lambda x, mu, kappa: stats.vonmises.logpdf(x, kappa, mu), {"x": 0.4, "mu": 1.1, "kappa": 0.7}, (-np.pi, np.pi)),
    "Bernoulli": (lambda x, p: stats.bernoulli.logpmf(x, p), {"x": 1, "p": 0.3}, (0, 1)),
    "binomial": (lambda k, n, p: stats.binom.logpmf(k, n, p), {"k": 2, "n": 5, "p": 0.3}, (0, 5)),
    "geometric": (lambda k, p: stats.geom.logpmf(k, p), {"k": 2, "p": 0.3}, (1, 400)),
    "Poisson": (lambda k, **at: stats.poisson.logpmf(k, at["lambda"]), {"k": 2, "lambda": 1.7}, COUNTS),
    "negative binomial": (lambda k, r, p: stats.nbinom.logpmf(k, r, p), {"k": 2, "r": 1.7, "p": 0.3}, COUNTS),
    "categorical": (lambda x, p: np.sum(x * np.log(p)), {"x": [0, 1], "p": PAIR}, None),
    "multinomial": (lambda x, p: stats.binom.logpmf(x[0], sum(x), 0.3) + np.sum(x * np.log(p / np.array(PAIR))), {"x": [2, 3], "p": PAIR}, None),
    "Dirichlet": (lambda x, alpha: stats.beta.logpdf(0.4, *alpha) + np.sum((np.array(alpha) - 1) * np.log(np.array(x) / [0.4, 0.6])), {"x": [0.4, 0.6], "alpha": [1.7, 2.3]}, None),
    "multivariate normal": (lambda x, mu, S: stats.multivariate_normal.logpdf(x, mu, (np.array(S) + np.transpose(S)) / 2), {"x": [0.4, -0.3], "mu": [1.1, 0.2], "S": COV}, None),
    "Wishart": (lambda X, V, nu: stats.wishart.logpdf((np.array(X) + np.transpose(X)) / 2, nu, (np.array(V) + np.transpose(V)) / 2), {"X": COV, "V": [[0.8, 0.1], [0.1, 1.2]], "nu": 4.5}, None),
}
# fmt: on
COUNTED = ("Bernoulli", "binomial", "geometric", "Poisson", "negative binomial")
FIELD = """normal lognormal laplace cauchy student_t gamma inverse_gamma exponential beta
dirichlet chi2 gumbel logistic weibull pareto von_mises bernoulli binomial categorical
multinomial geometric poisson negative_binomial multivariate_normal wishart""".split()

entries = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.name} {e.by}")


def read(text: str, entry: Entry, at: Point) -> Expr:
    shapes = {name: " ".join(map(str, np.shape(value))) for name, value in at.items()}
    return cm.parse(text, symbols=[*at], shapes={n: s for n, s in shapes.items() if s})


def value(root: Expr, at: Point) -> Any:
    at = {name: value for name, value in at.items() if name in root.free_symbols}
    return np.array(root.evalf(at), float)


def score(entry: Entry, at: Point) -> Expr:
    given = entry.given
    return cm.grad(read(entry.formula, entry, at), [entry.by], given=given)[entry.by]


def test_all_distributions_of_the_field_are_there() -> None:
    made = " ".join(entry.formula for entry in ENTRIES)
    assert [
        name for name in FIELD if f"{name}_log" not in made and name not in made
    ] == []
    assert {entry.name for entry in ENTRIES} == SCIPY.keys()
    assert len(SCIPY) == len(FIELD)


@entries
def test_values_are_those_of_scipy(entry: Entry) -> None:
    density, at, _ = SCIPY[entry.name]
    mine = value(read(entry.formula, entry, at), at)
    assert mine == pytest.approx(density(**at), rel=1e-12)


@entries
def test_scores_are_differences_of_scipy(entry: Entry) -> None:
    density, at, _ = SCIPY[entry.name]
    mine, place = value(score(entry, at), at), np.array(at[entry.by], float)
    assert mine.shape == place.shape
    for index in np.ndindex(place.shape):
        step = np.zeros(place.shape)
        step[index] = h = 1e-4
        ends = [density(**at | {entry.by: place + k * step}) for k in (-2, -1, 1, 2)]
        slope = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * h)
        assert mine[index] == pytest.approx(slope, rel=1e-8, abs=1e-9)


@entries
def test_information_is_told_or_why_there_is_none(entry: Entry) -> None:
    parameter = entry.by not in ("x", "X")
    assert parameter == bool(entry.fisher or entry.fisher_none)
    assert not (entry.fisher and entry.fisher_none)
    assert entry.fisher_reference or not entry.fisher


# --- the mean of squared scores ----------------------------------------------------


def samples(name: str, at: Point) -> Iterator[tuple[float, Point]]:
    """Values of a distribution of arrays, weighted so that the means are exact."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()
    if name == "categorical":
        yield from (
            (p, {"x": x}) for p, x in zip(PAIR, np.eye(2).tolist(), strict=True)
        )
    elif name == "multinomial":
        for k in range(6):
            yield stats.binom.pmf(k, 5, PAIR[0]), {"x": [k, 5 - k]}
    elif name == "multivariate normal":
        root = np.linalg.cholesky(COV)
        for i, j in itertools.product(range(6), repeat=2):
            x = at["mu"] + root @ [nodes[i], nodes[j]]
            yield weights[i] * weights[j], {"x": x.tolist()}
    elif name == "Wishart":  # by Bartlett's roots of two chi-squares and a normal one
        root = np.linalg.cholesky(at["V"])
        first, second = [
            special.roots_genlaguerre(4, (at["nu"] - i) / 2 - 1) for i in (0, 1)
        ]
        chances = first[1] / first[1].sum(), second[1] / second[1].sum()
        for i, j, k in itertools.product(range(4), range(4), range(6)):
            lower = [
                [(2 * first[0][i]) ** 0.5, 0],
                [nodes[k], (2 * second[0][j]) ** 0.5],
            ]
            half = root @ lower
            yield (
                chances[0][i] * chances[1][j] * weights[k],
                {"X": (half @ half.T).tolist()},
            )


def mean_of_square(entry: Entry, at: Point, ends: Any) -> Any:
    """The Fisher information by quadrature: a number, or a matrix of parameters."""
    density, slope = SCIPY[entry.name][0], score(entry, at)
    first = "k" if entry.formula.split("(")[1].startswith("k") else "x"
    if entry.name == "Dirichlet":  # its first element has a beta distribution
        names = [*at]
        run = cm.compile(slope, names)
        marginal = stats.beta(*at["alpha"])

        def product(t: float, i: int, j: int) -> float:
            s = run(
                *(np.array([t, 1 - t]) if n == "x" else np.array(at[n]) for n in names)
            )
            return float(s[i] * s[j] * marginal.pdf(t))

        part = [
            [integrate.quad(product, 0, 1, (i, j))[0] for j in (0, 1)] for i in (0, 1)
        ]
        return np.array(part)
    if (
        entry.name == "Wishart"
    ):  # the logarithm of det(X) is one of chi-squared products
        variances = [stats.chi2(at["nu"] - i) for i in (0, 1)]
        return (
            sum(
                d.expect(lambda t: np.log(t) ** 2) - d.expect(np.log) ** 2
                for d in variances
            )
            / 4
        )
    if ends is None:
        told = [(w, value(slope, at | x)) for w, x in samples(entry.name, at)]
        return sum(w * np.multiply.outer(s, s) for w, s in told)
    names = [*at]
    run = cm.compile(slope, names)

    def weighed(v: float) -> float:
        here = at | {first: v}
        return float(run(*(here[n] for n in names)) ** 2 * np.exp(density(**here)))

    if entry.name in COUNTED:
        return sum(weighed(v) for v in range(ends[0], ends[1] + 1))
    breaks = [at["mu"]] if "mu" in at and ends == REAL else [at[first]]
    parts = [ends[0], *(b for b in breaks if ends[0] < b < ends[1]), ends[1]]
    return sum(
        integrate.quad(weighed, a, b, epsabs=1e-11, limit=200)[0]
        for a, b in itertools.pairwise(parts)
    )


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.fisher], ids=lambda e: f"{e.name} {e.by}"
)
def test_information_is_the_mean_of_the_squared_score(entry: Entry) -> None:
    _, at, ends = SCIPY[entry.name]
    told = entry.fisher.replace("(n)", "(2)")
    stated = value(read(told, entry, at), at)
    found = mean_of_square(entry, at, ends)
    if entry.name == "multinomial":  # in directions along which sum(p) stays 1
        stated, found = [[1, -1] @ m @ [1, -1] for m in (stated, found)]
    assert found == pytest.approx(stated, rel=1e-7)


def test_the_score_of_a_support_has_a_mean() -> None:
    (entry,) = [e for e in ENTRIES if (e.name, e.by) == ("Pareto", "x_m")]
    at = SCIPY["Pareto"][1]
    assert value(score(entry, at), at) == pytest.approx(at["alpha"] / at["x_m"])


@pytest.mark.parametrize(
    ("name", "by"), [("multivariate normal", "S"), ("Wishart", "V")]
)
def test_information_of_a_covariance_is_the_one_that_is_told(
    name: str, by: str
) -> None:
    """In a symmetric direction: D @ M @ D of the matrix M that the reason names."""
    (entry,) = [e for e in ENTRIES if (e.name, e.by) == (name, by)]
    _, at, _ = SCIPY[entry.name]
    slope, way = score(entry, at), np.array([[0.3, -0.8], [-0.8, 0.5]])
    told = [(w, np.sum(way * value(slope, at | x))) for w, x in samples(entry.name, at)]
    assert sum(w * s for w, s in told) == pytest.approx(0, abs=1e-12)
    stated = value(read(entry.fisher_none.rpartition("it is ")[2], entry, at), at)
    found = sum(w * s * s for w, s in told)
    assert found == pytest.approx(way.ravel() @ stated @ way.ravel(), rel=1e-12)


def test_information_of_a_number_of_successes_is_the_one_that_is_told() -> None:
    """polygamma(1, r) less the mean of polygamma(1, k + r), by sums that converge."""
    (entry,) = [e for e in ENTRIES if (e.name, e.by) == ("negative binomial", "r")]
    density, at, ends = SCIPY[entry.name]
    assert entry.fisher_none.startswith(
        "polygamma(1, r) less the mean of polygamma(1, k"
    )
    counts = np.arange(ends[1])
    chances = np.exp(density(counts, at["r"], at["p"]))
    mean = chances @ special.polygamma(1, counts + at["r"])
    found = mean_of_square(entry, at, ends)
    assert found == pytest.approx(special.polygamma(1, at["r"]) - mean, rel=1e-12)
