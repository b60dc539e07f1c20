"""Derivatives of arrays against PyTorch, where it is installed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.peers.cases import CASES, SEEDS, Arrays, Case, assert_agree, directions

torch = pytest.importorskip("torch")
# PyTorch's own rules of forward derivatives call it.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")

F = SimpleNamespace(
    **vars(torch)
    | {
        name: getattr(torch.nn.functional, name)
        for name in "gelu silu softplus".split()
    }
    | {
        "expand_dims": torch.unsqueeze,
        "eye": lambda n: torch.eye(n, dtype=torch.float64),
    }
)


def pushed(f: Any, x: Any, towards: Any) -> list[Any]:
    """The derivative of `f` by each of `x` in its direction, the others fixed."""
    return [
        torch.func.jvp(lambda v, i=i: f(*x[:i], v, *x[i + 1 :]), (x[i],), (t,))[1]
        for i, t in enumerate(towards)
    ]


def theirs(case: Case, at: Arrays, seed: int) -> tuple[Arrays, Arrays]:
    """PyTorch's derivatives by variable, and the directions that they are taken in."""

    def f(*values: Any) -> Any:
        return case.function(F, **at | dict(zip(case.by, values, strict=True)))

    at = {name: torch.tensor(value) for name, value in at.items()}
    x, places = [at[v] for v in case.by], tuple(range(len(case.by)))
    towards = directions(case, at, f(*x), seed)
    if case.kind == "jvp":
        found = pushed(f, x, [torch.tensor(t) for t in towards.values()])
    elif case.kind in ("grad", "vjp"):
        leaves = [v.requires_grad_() for v in x]
        upstream = [torch.tensor(v) for v in towards.values()] or None
        found = torch.autograd.grad(f(*leaves), leaves, upstream)
    elif case.kind == "hessian":
        found = [torch.func.hessian(f)(*x)]
    else:
        found = torch.func.jacrev(f, places)(*x)
    return {v: d.numpy() for v, d in zip(case.by, found, strict=True)}, towards


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_are_those_of_torch(case: Case, seed: int) -> None:
    assert_agree(case, seed, theirs)
