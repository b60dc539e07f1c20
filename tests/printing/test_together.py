"""Gradients as a whole: what entries share is named once, and all reads back."""

from collections.abc import Callable

import numpy as np
import pytest

import calcml as cm
from calcml.core.expr import walk
from calcml.printing.together import together
from tests.benchmarks.nets import (
    Net,
    chain,
    layers,
    log_sum_exp,
    lstm,
    named_net,
    names,
    normed,
    recurrent,
    transformer,
)


def scalars(n: int) -> Net:
    """Scalars in which a name is that of a constant, and another t1."""
    return Net(f"log({log_sum_exp(n)} + t1*e^2 + sin(x1*t3))^2", {}, [*names(n), "t1"])


NETS = [
    (chain, 30),
    (layers, 12),
    (lstm, 4),
    (named_net, 6),
    (normed, 4),
    (recurrent, 6),
    (scalars, 60),
    (transformer, 4),
]


@pytest.mark.parametrize("defined", [False, True])
@pytest.mark.parametrize(("net", "size"), NETS, ids=[net.__name__ for net, _ in NETS])
def test_each_entry_reads_back(
    net: Callable[[int], Net], size: int, defined: bool
) -> None:
    text, shapes, wrt = net(size)
    gradient = cm.grad(text, wrt, shapes=shapes, defined=defined)
    definitions, entries = together(gradient)
    assert definitions
    head = "".join(f"{name} = {value}; " for name, value in definitions)
    variables = {n for n in walk(*gradient.values()) if n.op == "symbol"}
    known = {n.value: n.dims for n in variables if n.dims}
    read = [cm.parse(head + entry, shapes=known) for entry in entries.values()]
    arguments = sorted(n.value for n in variables if n.value not in "mndfk")
    r = np.random.default_rng(size)
    sizes = dict(zip("mndfk", (2, 3, 4, 5, 2), strict=True))
    point = [
        r.uniform(0.1, 0.9, size=[sizes[str(s)] for s in known.get(name, ())])
        for name in arguments
    ]
    both = [
        cm.compile(some, arguments, shapes=known)(*point)
        for some in (read, [*gradient.values()])
    ]
    for name, a, b in zip(gradient, *both, strict=True):
        assert np.shape(a) == np.shape(b), name
        assert np.allclose(a, b, rtol=1e-9, atol=1e-12), name


def test_a_transformer_block_is_short_in_names() -> None:
    text, shapes, wrt = transformer(4)
    gradient = cm.grad(text, wrt, shapes=shapes, defined=True)
    assert len(repr(gradient)) <= 2_500
    assert len(str(cm.grad(text, wrt, shapes=shapes))) <= 4_000


def test_short_gradients_are_written_out() -> None:
    gradient = cm.grad("(w*x + b - y)^2", ["w", "b"])
    assert repr(gradient) == "{'w': 2*x*(w*x + b - y), 'b': 2*(w*x + b - y)}"
    assert gradient == {"w": cm.parse("2*x*(w*x + b - y)"), "b": gradient["b"]}


def test_no_name_is_one_that_is_there() -> None:
    text, shapes, wrt = scalars(60)
    definitions, _ = together(cm.grad(text, wrt, shapes=shapes))
    assert {"t1", "t3"}.isdisjoint(name for name, _ in definitions)


def test_an_entry_that_others_use_is_its_name() -> None:
    text = "; ".join([f"s = {'+'.join(f'a{i}*x' for i in range(200))}", "exp(s)*s"])
    definitions, entries = together(cm.grad(f"{text} + y*z"))
    assert len({*entries.values()}) < len(entries) + len(definitions)


def test_latex_names_are_indexed() -> None:
    text, shapes, wrt = transformer(2)
    gradient = cm.grad(text, wrt, shapes=shapes, defined=True)
    definitions, entries = together(gradient, as_latex=True)
    assert definitions[0][0] == "t_{1}"
    assert sum(map(len, entries.values())) < 2_500
