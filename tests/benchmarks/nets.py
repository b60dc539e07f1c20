"""Formulas of any size, as texts with their shapes: sums, products, nets of layers."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple


class Net(NamedTuple):
    """A text, the shapes of its arrays, and the variables of its gradient."""

    text: str
    shapes: dict[str, str]
    wrt: list[str]


def names(n: int, letter: str = "x") -> list[str]:
    """x1, x2, ..."""
    return [f"{letter}{i}" for i in range(1, n + 1)]


def log_sum_exp(n: int) -> str:
    """log(exp(x1) + ... + exp(xn))"""
    return f"log({' + '.join(f'exp({name})' for name in names(n))})"


def named_net(n: int) -> Net:
    """The loss of a net of named scalars: 2 inputs, two layers of n, one output."""
    text, layer, weights = "", ["x1", "x2"], []
    for k, (below, here) in enumerate(pairwise((2, n, n, 1))):
        made = []
        for j in range(here):
            mine = [f"w{k}_{j}_{i}" for i in range(below)]
            weights += [*mine, f"b{k}_{j}"]
            terms = [f"{w}*{h}" for w, h in zip(mine, layer, strict=True)]
            inside = " + ".join([*terms, f"b{k}_{j}"])
            text += f"h{k}_{j} = {inside if here == 1 else f'relu({inside})'}; "
            made.append(f"h{k}_{j}")
        layer = made
    return Net(f"{text}({layer[0]} - y)^2", {}, weights)


def chain(n: int) -> Net:
    """The sum of all elements of a product of n matrices."""
    shapes = {f"A{k}": "n n" for k in range(n)}
    return Net(f"sum({' @ '.join(shapes)})", shapes, [*shapes])


def layers(n: int) -> Net:
    """A vector through n tanh layers, the sum of squares of what comes out."""
    shapes, text, inner = {"x": "n"}, "", "x"
    for k in range(1, n + 1):
        shapes[f"W{k}"] = "n n"
        text += f"h{k} = tanh(W{k} @ {inner}); "
        inner = f"h{k}"
    return Net(f"{text}sum({inner}^2)", shapes, [*shapes][1:])


def normed(n: int) -> Net:
    """n linear layers, each with a layer norm (Ba, Kiros and Hinton, 2016)."""
    shapes, text, inner = {"x": "n"}, "", "x"
    for k in range(1, n + 1):
        shapes[f"W{k}"] = "n n"
        text += f"u{k} = W{k} @ {inner}; v{k} = u{k} - mean(u{k}); "
        text += f"h{k} = v{k}/sqrt(mean(v{k}^2) + 1); "
        inner = f"h{k}"
    return Net(f"{text}sum({inner}^3)", shapes, [*shapes][1:])


def recurrent(n: int) -> Net:
    """The squares of the state of a recurrent net after n steps (Elman, 1990)."""
    shapes = {"W": "n n", "U": "n m", "b": "n", "h0": "n"}
    text, state = "", "h0"
    for k in range(1, n + 1):
        shapes[f"x{k}"] = "m"
        text += f"h{k} = tanh(W @ {state} + U @ x{k} + b); "
        state = f"h{k}"
    return Net(f"{text}sum({state}^2)", shapes, ["W", "U", "b"])


def lstm(n: int) -> Net:
    """The squares of the state of an LSTM (Hochreiter and Schmidhuber, 1997)."""
    shapes = {"h0": "n", "c0": "n"}
    for gate in "fiog":
        shapes |= {f"W{gate}": "n n", f"U{gate}": "n m", f"b{gate}": "n"}
    text, state, cell = "", "h0", "c0"
    for k in range(1, n + 1):
        shapes[f"x{k}"] = "m"
        for gate in "fiog":
            call = "tanh" if gate == "g" else "sigmoid"
            inside = f"W{gate} @ {state} + U{gate} @ x{k} + b{gate}"
            text += f"{gate}{k} = {call}({inside}); "
        text += f"c{k} = f{k}*{cell} + i{k}*g{k}; h{k} = o{k}*tanh(c{k}); "
        state, cell = f"h{k}", f"c{k}"
    wrt = [f"{letter}{gate}" for letter in "WUb" for gate in "fiog"]
    return Net(f"{text}sum({state}^2)", shapes, wrt)


def transformer(n: int) -> Net:
    """A block with n heads (Vaswani et al., 2017), norms first, SiLU in the middle."""
    shapes = {"X": "n d", "W1": "d f", "b1": "f", "W2": "f d", "b2": "d"}
    text, heads = "", []
    for k in (1, 2):
        shapes |= {f"g{k}": "d", f"c{k}": "d"}

    def norm(k: int, of: str) -> str:
        return (
            f"z{k} = {of} - mean({of}, axis=1)[:, None]; "
            f"N{k} = z{k}/sqrt(mean(z{k}^2, axis=1)[:, None] + eps)*g{k} + c{k}; "
        )

    text += norm(1, "X")
    for k in range(1, n + 1):
        shapes |= {f"Q{k}": "d k", f"K{k}": "d k", f"V{k}": "d k", f"O{k}": "k d"}
        text += f"S{k} = softmax(N1 @ Q{k} @ (N1 @ K{k}).T/sqrt(k), axis=1); "
        text += f"H{k} = S{k} @ (N1 @ V{k}) @ O{k}; "
        heads.append(f"H{k}")
    text += f"Y = X + {' + '.join(heads)}; {norm(2, 'Y')}"
    text += "A = N2 @ W1 + b1; Z = Y + (A*sigmoid(A)) @ W2 + b2; sum(Z^2)"
    return Net(text, shapes, [*shapes][1:])
