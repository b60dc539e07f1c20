"""Derivatives of arrays against JAX, where it is installed."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from tests.peers.cases import CASES, SEEDS, Arrays, Case, assert_agree, directions

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)

F = SimpleNamespace(
    **vars(jax.numpy)
    | {name: getattr(jax.nn, name) for name in "relu sigmoid silu softplus".split()}
    | {name: getattr(jax.nn, name) for name in "softmax log_softmax logsumexp".split()}
    | {"gelu": partial(jax.nn.gelu, approximate=False)}
)


def pushed(f: Any, x: Any, towards: Any) -> list[Any]:
    """The derivative of `f` by each of `x` in its direction, the others fixed."""
    return [
        jax.jvp(lambda v, i=i: f(*x[:i], v, *x[i + 1 :]), [x[i]], [t])[1]
        for i, t in enumerate(towards)
    ]


def theirs(case: Case, at: Arrays, seed: int) -> tuple[Arrays, Arrays]:
    """JAX's derivatives by variable, and the directions that they are taken in."""

    def f(*values: Any) -> Any:
        return case.function(F, **at | dict(zip(case.by, values, strict=True)))

    at = {name: jax.numpy.asarray(value) for name, value in at.items()}
    x, places = [at[v] for v in case.by], tuple(range(len(case.by)))
    towards = directions(case, at, jax.eval_shape(f, *x), seed)
    if case.kind == "jvp":
        found = jax.jit(pushed, static_argnums=0)(f, x, [*towards.values()])
    elif case.kind == "vjp":
        found = jax.jit(lambda x, g: jax.vjp(f, *x)[1](g))(x, *towards.values())
    elif case.kind == "hessian":
        found = [jax.jit(jax.hessian(f))(*x)]
    else:
        derive = jax.grad if case.kind == "grad" else jax.jacobian
        found = jax.jit(derive(f, places))(*x)
    return dict(zip(case.by, found, strict=True)), towards


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_are_those_of_jax(case: Case, seed: int) -> None:
    assert_agree(case, seed, theirs)
