"""Processes share no memory: expressions travel, and are interned where they arrive."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest

from calcml import Expr, diff, grad, parse
from calcml.core.expr import walk

WAYS = [w for w in ("fork", "spawn") if w in multiprocessing.get_all_start_methods()]
TEXTS = [
    "log(1 + exp(x*y))",
    "max(x, y, 1)*gamma(x)",
    "where(x > 0, x^y, 0.1)/(1 + x)",
    "lgamma(x)*zeta(2) + pi^x - 1/3",
]
SHAPES = {"A": "m n", "b": "m", "x": "n"}
LOSSES = "sum((A @ x - b)^2)", "logsumexp(A @ x)"
ARRAYS = [parse(text, shapes=SHAPES) for text in LOSSES]
NODES = [parse(t) for t in TEXTS] + ARRAYS


def derived(node: Expr) -> tuple[bool, Expr, dict[str, Expr]]:
    """Whether a node that arrives is the one made here, and what follows from it."""
    same = not node.dims and (node in ARRAYS or parse(str(node)) is node)
    there = all(a in set(walk(node)) for n in walk(node) for a in n.args)
    return same and there, diff(node, "x"), dict(grad(node))


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_expressions_travel(way: str) -> None:
    """What comes back is what is made here, before and after, by identity."""
    before = [derived(node) for node in NODES[::2]]
    with multiprocessing.get_context(way).Pool(3) as pool:
        found = pool.map(derived, NODES * 8, chunksize=5)
        again = pool.map(derived, [n for n in NODES for _ in range(3)])
    here = [derived(node) for node in NODES]
    assert all(same for same, *_ in here)
    for (_, slope, slopes), (same, theirs, others) in zip(here * 8, found, strict=True):
        assert same and theirs is slope
        assert list(others) == list(slopes)
        assert all(others[name] is slopes[name] for name in slopes)
    assert again == [one for one in here for _ in range(3)]
    assert before == here[::2]


@pytest.mark.parametrize("way", WAYS)
def test_a_child_starts_while_another_thread_derives(way: str) -> None:
    """No lock of ours is held over a fork: the child answers."""
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(lambda: [diff(f"sin({i}*x)^x", "x") for i in range(1, 301)])
        process = multiprocessing.get_context(way).Process(
            target=derived, args=(NODES[0],)
        )
        process.start()
        process.join(60)
        assert process.exitcode == 0
        assert busy.result()[0] is diff("sin(x)^x", "x")
