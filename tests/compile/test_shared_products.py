"""Products of arrays that several results have in common are computed once."""

import re

import numpy as np
import pytest

import calcml as cm

PRODUCT = re.compile(r" @ |outer\(|einsum\(")


def layers(count: int) -> tuple[str, dict[str, str]]:
    """A vector through tanh layers, and the sum of squares of what comes out."""
    shapes, inner, text = {"x": "n"}, "x", ""
    for k in range(1, count + 1):
        shapes[f"W{k}"] = "n n"
        text += f"h{k} = tanh(W{k} @ {inner}); "
        inner = f"h{k}"
    return f"{text}sum({inner}^2)", shapes


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_value_and_gradient_share_their_products(count: int) -> None:
    text, shapes = layers(count)
    weights = sorted(set(shapes) - {"x"})
    gradient = cm.grad(text, weights, shapes=shapes)
    results = [cm.parse(text, shapes=shapes), *gradient.values()]
    source = cm.compile(results, sorted(shapes)).source
    assert len(PRODUCT.findall(source)) == 3 * count - 1


@pytest.mark.parametrize("count", [3, 12, 40])
def test_chains_share_their_partial_products(count: int) -> None:
    shapes = {f"A{k}": "n n" for k in range(count)}
    text = f"sum({' @ '.join(shapes)})"
    gradient = cm.grad(text, shapes=shapes)
    function = cm.compile([*gradient.values()], [*shapes])
    assert len(PRODUCT.findall(function.source)) <= 3 * count - 4
    raw = cm.grad(text, shapes=shapes, simplify=False)
    other = cm.compile([*raw.values()], [*shapes])
    r = np.random.default_rng(7)
    point = [r.normal(size=(3, 3)) for _ in shapes]
    for name, a, b in zip(gradient, function(*point), other(*point), strict=True):
        assert np.allclose(a, b, rtol=1e-10), name
