"""Gradients of large graphs of arrays: right, and of a size that follows theirs."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from mpmath import mpf

import calcml as cm
from calcml.core.expr import walk
from tests.benchmarks.nets import Net, chain, lstm, recurrent


def residual(blocks: int) -> Net:
    """Residual blocks with a gate, each used twice, and a layer norm at the end."""
    shapes, text, state = {"x": "n"}, "", "x"
    for k in range(1, blocks + 1):
        shapes |= {f"A{k}": "n n", f"B{k}": "n n", f"b{k}": "n"}
        text += f"u{k} = A{k} @ {state} + b{k}; "
        text += f"r{k} = {state} + B{k} @ (u{k}*sigmoid(u{k})); "
        state = f"r{k}"
    text += f"v = {state} - mean({state}); "
    text += "sum((v/sqrt(mean(v^2) + 1))^3)"
    return Net(text, shapes, ["A1", "B1", "b2", "x"])


@pytest.mark.parametrize("net", [recurrent, lstm, residual])
@pytest.mark.parametrize("steps", [2, 4, 9])
def test_gradients_have_the_values_of_the_raw_ones(
    net: Callable[[int], Net], steps: int
) -> None:
    text, shapes, wrt = net(steps)
    short = cm.grad(text, wrt, shapes=shapes)
    raw = cm.grad(text, wrt, shapes=shapes, simplify=False)
    r = np.random.default_rng(steps)
    sizes = {"n": 3, "m": 2}
    point = [
        r.normal(size=[sizes[s] for s in dims.split()]) for dims in shapes.values()
    ]
    found = cm.compile([*short.values()], [*shapes], shapes=shapes)(*point)
    expected = cm.compile([*raw.values()], [*shapes], shapes=shapes)(*point)
    for name, a, b in zip(short, found, expected, strict=True):
        assert np.allclose(a, b, rtol=1e-9, atol=1e-12), name


@pytest.mark.parametrize(("net", "nodes"), [(recurrent, 20), (lstm, 80)])
def test_nodes_grow_with_the_steps(net: Callable[[int], Net], nodes: int) -> None:
    sizes = []
    for steps in (10, 20):
        text, shapes, wrt = net(steps)
        sizes.append(len(walk(*cm.grad(text, wrt, shapes=shapes).values())))
    assert sizes[1] - sizes[0] <= 10 * nodes


def test_partial_products_stay_shared() -> None:
    names = [f"x{i}" for i in range(1, 801)]
    gradient = cm.grad("*".join(names))
    assert len(walk(*gradient.values())) <= 4 * len(names)
    point = {name: 1 + i % 3 for i, name in enumerate(names)}
    found = cm.compile([gradient["x1"], gradient["x400"]], names)(**point)
    whole = cm.parse("*".join(names)).evalf(point, 30)
    for value, name in zip(found, ("x1", "x400"), strict=True):
        assert value == pytest.approx(float(whole / point[name]), rel=1e-12)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_large_graphs_of_scalars_have_the_values_of_the_raw_ones(power: int) -> None:
    names = [f"x{i}" for i in range(1, 61)]
    terms = [f"{a}*{b}^{power}" for a, b in pairwise(names)]
    text = f"s = {' + '.join(terms)}; log(1 + s^2)*exp(-s/9)*{'*'.join(names[:20])}"
    short, raw = cm.grad(text, names), cm.grad(text, names, simplify=False)
    point = {name: (i % 7 + 3) / 8 for i, name in enumerate(names)}
    for name in names:
        expected = pytest.approx(raw[name].evalf(point), rel=1e-11)
        assert short[name].evalf(point) == expected


CHAINS = {
    "sum": "sum({0})",
    "trace": "tr({0})",
    "a vector at the end": "sum(({0} @ x - y)^2)",
    "vectors at both ends": "x @ {0} @ y",
    "of squares": "sum(({0})^2)",
    "used twice": "P = {0}; tr(P)^2 + sum(P)",
    "inverses": "sum({0} @ inv(A3) @ inv(A2) @ x)",
    "a power": "tr(({0})^2)",
}


@pytest.mark.parametrize("count", [7, 12, 25])
@pytest.mark.parametrize("text", CHAINS.values(), ids=CHAINS)
def test_long_products_are_right_and_share_their_parts(text: str, count: int) -> None:
    matrices = [f"A{k}" for k in range(count)]
    shapes = dict.fromkeys(matrices, "n n") | {"x": "n", "y": "n"}
    text = text.format(" @ ".join(matrices))
    short = cm.grad(text, matrices, shapes=shapes)
    raw = cm.grad(text, matrices, shapes=shapes, simplify=False)
    r = np.random.default_rng(count)
    point = [r.normal(size=[3] * len(dims.split())) for dims in shapes.values()]
    found = cm.compile([*short.values()], [*shapes], shapes=shapes)(*point)
    expected = cm.compile([*raw.values()], [*shapes], shapes=shapes)(*point)
    for name, a, b in zip(short, found, expected, strict=True):
        scale = np.abs(b).max()
        assert np.allclose(a, b, rtol=1e-8, atol=1e-10 * scale), name


def test_nodes_grow_with_the_matrices() -> None:
    sizes = []
    for count in (50, 100):
        text, shapes, wrt = chain(count)
        nodes = walk(*cm.grad(text, wrt, shapes=shapes).values())
        sizes.append(sum(len(node.args) for node in nodes))
    assert sizes[1] - sizes[0] <= 6 * 50


@pytest.mark.parametrize("factor", ["(x + #)", "(x + #)/(x - #)", "sin(#*x + a)"])
def test_shared_products_of_one_variable_stay_parts(factor: str) -> None:
    sizes = []
    for count in (100, 200):
        text = "*".join(factor.replace("#", str(i)) for i in range(1, count + 1))
        short, raw = cm.diff(text, "x"), cm.diff(text, "x", simplify=False)
        sizes.append(len(walk(short)))
        at = {"x": 0.003, "a": 0.3}
        value, expected = mpf(short.evalf(at, 30)), mpf(raw.evalf(at, 30))
        assert abs(value / expected - 1) < 1e-20
    assert sizes[1] <= 2.1 * sizes[0]


def test_products_that_join_are_joined() -> None:
    text = "*".join(f"exp({i}*x)*(y + {i})" for i in range(1, 81))
    assert len(walk(cm.diff(text, "x"))) < 300
