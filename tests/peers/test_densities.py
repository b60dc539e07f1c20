"""Scores as the catalogue prints them, beside autodiff of other libraries' densities.

torch.distributions with autograd, jax.scipy.stats with jax.grad, in double precision;
each distribution is in one of them, most are in both.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import calcml as cm
from calcml.tables.catalogue import Entry, catalogue
from calcml.tables.rows import made
from tests.support import SEED

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
D, S = torch.distributions, pytest.importorskip("jax.scipy.stats")
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")

POINTS, TOLERANCE = 20, 1e-9
SIZE = 3  # of vectors and matrices
ENTRIES = catalogue("densities").entries

Point = dict[str, Any]
Density = Callable[..., Any]


def log_prob(kind: str, *names: str, **options: Any) -> Density:
    """A distribution of torch, its parameters by position, at x or k."""

    def f(at: Point) -> Any:
        given = {k: at[v] for k, v in options.items()}
        value = next(at[n] for n in ("x", "k", "X") if n in at and n not in names)
        found = getattr(D, kind)(*[at[n] for n in names], validate_args=False, **given)
        return found.log_prob(value)

    return f


# fmt: off
TORCH: dict[str, Density] = {
    "normal": log_prob("Normal", "mu", "sigma"),
    "Laplace": log_prob("Laplace", "mu", "b"),
    "Cauchy": log_prob("Cauchy", "mu", "gamma"),
    "Student's t": log_prob("StudentT", "nu", "mu", "sigma"),
    "Gumbel": log_prob("Gumbel", "mu", "beta"),
    "log-normal": log_prob("LogNormal", "mu", "sigma"),
    "exponential": log_prob("Exponential", "lambda"),
    "gamma": log_prob("Gamma", "alpha", "beta"),
    "inverse gamma": log_prob("InverseGamma", "alpha", "beta"),
    "chi-squared": lambda at: D.Chi2(at["k"], validate_args=False).log_prob(at["x"]),
    "Weibull": log_prob("Weibull", "lambda", "k"),
    "Pareto": log_prob("Pareto", "x_m", "alpha"),
    "beta": log_prob("Beta", "alpha", "beta"),
    "Bernoulli": log_prob("Bernoulli", "p"),
    "binomial": log_prob("Binomial", "n", "p"),
    "geometric": lambda at: D.Geometric(at["p"]).log_prob(at["k"] - 1),  # counts failures
    "Poisson": log_prob("Poisson", "lambda"),
    "negative binomial": lambda at: D.NegativeBinomial(at["r"], 1 - at["p"]).log_prob(at["k"]),
    "Dirichlet": log_prob("Dirichlet", "alpha"),
    "multivariate normal": log_prob("MultivariateNormal", "mu", "S"),
    "Wishart": log_prob("Wishart", "nu", "V"),
}
# Not gumbel_r, whose derivative by its scale ends in a TypeError in JAX 0.10.
JAX: dict[str, Density] = {
    "normal": lambda at: S.norm.logpdf(at["x"], at["mu"], at["sigma"]),
    "Laplace": lambda at: S.laplace.logpdf(at["x"], at["mu"], at["b"]),
    "Cauchy": lambda at: S.cauchy.logpdf(at["x"], at["mu"], at["gamma"]),
    "Student's t": lambda at: S.t.logpdf(at["x"], at["nu"], at["mu"], at["sigma"]),
    "logistic": lambda at: S.logistic.logpdf(at["x"], at["mu"], at["s"]),
    "exponential": lambda at: S.expon.logpdf(at["x"], scale=1 / at["lambda"]),
    "gamma": lambda at: S.gamma.logpdf(at["x"], at["alpha"], scale=1 / at["beta"]),
    "chi-squared": lambda at: S.chi2.logpdf(at["x"], at["k"]),
    "Pareto": lambda at: S.pareto.logpdf(at["x"], at["alpha"], scale=at["x_m"]),
    "beta": lambda at: S.beta.logpdf(at["x"], at["alpha"], at["beta"]),
    "von Mises": lambda at: S.vonmises.logpdf(at["x"] - at["mu"], at["kappa"]),
    "Bernoulli": lambda at: S.bernoulli.logpmf(at["x"], at["p"]),
    "binomial": lambda at: S.binom.logpmf(at["k"], at["n"], at["p"]),
    "geometric": lambda at: S.geom.logpmf(at["k"], at["p"]),
    "Poisson": lambda at: S.poisson.logpmf(at["k"], at["lambda"]),
    "negative binomial": lambda at: S.nbinom.logpmf(at["k"], at["r"], at["p"]),
    "categorical": lambda at: S.multinomial.logpmf(at["x"].astype(int), 1, at["p"]),
    "multinomial": lambda at: S.multinomial.logpmf(x := at["x"].astype(int), x.sum(), at["p"]),
    "Dirichlet": lambda at: S.dirichlet.logpdf(at["x"], at["alpha"]),
    "multivariate normal": lambda at: S.multivariate_normal.logpdf(at["x"], at["mu"], at["S"]),
}
# fmt: on
ON_REALS = ("normal", "Laplace", "Cauchy", "Student's t", "Gumbel", "logistic")
ON_SHARES = ("beta",)


def drawn(entry: Entry, name: str, at: Point, rng: random.Random) -> Any:
    """A value that the distribution has, or one of a parameter."""
    counts = {"Bernoulli": 1, "binomial": 4}.get(entry.name, 9)
    one_of = [[float(i == j) for j in range(SIZE)] for i in range(SIZE)]
    if name == "k" and entry.group == "On counts":
        return float(rng.randint(1 if entry.name == "geometric" else 0, counts))
    if name == "n":
        return float(rng.randint(4, 9))
    if entry.shapes.get(name) == "n n":
        root = numpy.array([[rng.gauss(0, 1) for _ in one_of] for _ in one_of])
        return (root @ root.T + numpy.eye(SIZE)).tolist()
    if name == "nu" and entry.name == "Wishart":
        return rng.uniform(SIZE, 9)
    if name == "x" and entry.name == "categorical":
        return rng.choice(one_of)
    if name == "x" and entry.name in ("Bernoulli", "multinomial"):
        found = [float(rng.randint(0, counts)) for _ in range(SIZE)]
        return found if entry.name == "multinomial" else found[0]
    if entry.shapes.get(name) == "n":
        if name == "mu" or entry.name == "multivariate normal":
            return [rng.gauss(0, 1) for _ in range(SIZE)]
        parts = [rng.uniform(0.3, 3) for _ in range(SIZE)]
        return parts if name == "alpha" else [p / sum(parts) for p in parts]
    if name == "mu" or name == "x" and entry.name in (*ON_REALS, "von Mises"):
        return rng.uniform(-3, 3)
    if name == "p" or name == "x" and entry.name in ON_SHARES:
        return rng.uniform(0.05, 0.95)
    if name == "x" and entry.name == "Pareto":
        return at["x_m"] + rng.uniform(0.1, 3)
    return rng.uniform(0.3, 3)


def points(entry: Entry) -> list[Point]:
    rng = random.Random(f"{SEED} {entry.name}")
    names = entry.formula.partition("(")[2].rstrip(")").split(", ")
    found = []
    for _ in range(POINTS):
        at: Point = {}
        for name in reversed(names):
            at[name] = drawn(entry, name, at, rng)
        found.append(at)
    return found


def of_torch(density: Density, by: str, at: Point) -> Any:
    values = {n: torch.tensor(v, dtype=torch.float64) for n, v in at.items()}
    values[by].requires_grad_()
    return torch.autograd.grad(density(values), values[by])[0].numpy()


def of_jax(density: Density, by: str, at: Point) -> Any:
    values = {n: jax.numpy.array(v) for n, v in at.items()}
    return numpy.array(jax.grad(lambda v: density(values | {by: v}))(values[by]))


def test_each_distribution_has_a_peer() -> None:
    assert TORCH.keys() | JAX.keys() == {entry.name for entry in ENTRIES}
    assert len(TORCH.keys() & JAX.keys()) == 16


@pytest.mark.parametrize(
    "entry", ENTRIES, ids=lambda e: f"{e.name} {e.by}, seed {SEED}"
)
def test_scores_are_those_of_autodiff(entry: Entry) -> None:
    declared = {name: shape for name, shape in entry.shapes.items() if shape}
    score = cm.parse(str(made(entry).derivative), shapes=declared)
    for at in points(entry):
        known = {"n": SIZE} | at
        here = {n: v for n, v in known.items() if n in score.free_symbols}
        found = numpy.array(score.evalf(here), float)
        for densities, derived in ((TORCH, of_torch), (JAX, of_jax)):
            if entry.name in densities:
                theirs = derived(densities[entry.name], entry.by, at)
                assert theirs.shape == found.shape
                scale = 1 + abs(theirs).max()
                assert abs(found - theirs).max() <= TOLERANCE * scale, (SEED, at)
