"""The same work in SymPy, SymEngine and CasADi; a peer that is not installed is left out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from tests.benchmarks.formulas import FORMULAS

NETWORKS = {"small": (2, 16, 16, 1), "large": (8, 64, 64, 1)}


def module(name: str) -> Any:
    """The peer's module, None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def network(sizes: tuple[int, ...], symbol: Callable[[str], Any], tanh: Any) -> Any:
    """(output, weights) of a tanh network; every weight, bias and input is a symbol."""
    layer = [symbol(f"x{i}") for i in range(sizes[0])]
    weights = []
    for k, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False)):
        made = []
        for j in range(fan_out):
            total = symbol(f"b{k}_{j}")
            weights.append(total)
            for i in range(fan_in):
                weight = symbol(f"w{k}_{j}_{i}")
                weights.append(weight)
                total = total + weight * layer[i]
            made.append(tanh(total) if k < len(sizes) - 2 else total)
        layer = made
    return layer[0], weights


def product(symbol: Callable[[str], Any], length: int = 1_000) -> Any:
    """(x_1 x_2 ... , the factors)."""
    factors = [symbol(f"x{i}") for i in range(length)]
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result, factors


def gradient_by(name: str, made: Any) -> Callable[[], Any]:
    """The peer's gradient of (f, variables), as something to time."""
    f, variables = made
    if name == "casadi":
        casadi = module("casadi")
        stacked = casadi.vertcat(*variables)
        return lambda: casadi.gradient(f, stacked)
    return lambda: [f.diff(v) for v in variables]


def symbols_of(name: str) -> tuple[Callable[[str], Any], Any]:
    """The peer's symbol and tanh."""
    peer = module(name)
    if name == "casadi":
        return peer.SX.sym, peer.tanh
    return peer.Symbol, peer.tanh


def formula_work(name: str) -> list[Callable[[], Any]]:
    """Text to derivative, one callable a formula; CasADi reads no text and builds it."""
    peer = module(name)
    if name == "casadi":
        return [casadi_work(peer, text) for text in FORMULAS]
    if name == "symengine":
        x = peer.Symbol("x")
        return [lambda t=t: peer.sympify(t.replace("^", "**")).diff(x) for t in FORMULAS]
    x = peer.Symbol("x")
    names = {n: peer.Symbol(n) for n in "abcgmnstwy"}
    read = peer.parse_expr
    return [
        lambda t=t: peer.diff(read(t.replace("^", "**"), local_dict=names), x)
        for t in FORMULAS
    ]


def casadi_work(casadi: Any, text: str) -> Callable[[], Any]:
    """The formula built by Python operators on CasADi's symbols, then its derivative."""
    names = "abcgmnstwxy"
    functions = {n: getattr(casadi, n) for n in ("exp", "log", "tanh", "sin", "sqrt")}
    code = compile(text.replace("^", "**"), "formula", "eval")

    def work() -> Any:
        known = {n: casadi.SX.sym(n) for n in names} | functions | {"pi": casadi.pi}
        f = eval(code, {"__builtins__": {}}, known)  # the benchmark's own formulas
        return casadi.jacobian(f, known["x"])

    return work
