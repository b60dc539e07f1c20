"""calcml and its peers behind one face, each imported only in its own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add, mul
from types import SimpleNamespace
from typing import Any

from tests.benchmarks.formulas import FUNCTIONS, NAMES


def calcml(simplify: bool = False, named: bool = True) -> SimpleNamespace:
    """calcml, with or without tidying of results; variables by name, as README has it.

    What one derives by is given as `by` makes it of symbols.
    """
    import calcml as cm

    def grad(f: Any, names: Sequence[Any]) -> list[Any]:
        return list(cm.grad(f, names, simplify=simplify).values())

    def derive(text: str, name: str, order: int = 1) -> Any:
        f = cm.parse(text, symbols=[name])
        return cm.diff(f, name, order=order, simplify=simplify)

    def compiled(results: Any, names: Sequence[str]) -> Any:
        return cm.compile(results, names)

    return SimpleNamespace(
        symbol=cm.symbol,
        sin=cm.sin,
        tanh=cm.tanh,
        derive=derive,
        grad=grad,
        by=lambda symbols: [s.value for s in symbols] if named else symbols,
        compile=compiled,
    )


def sympy(warm: bool = True) -> SimpleNamespace:
    """SymPy; cold is with its cache of results emptied before each formula."""
    import sympy as sp
    from sympy.core.cache import clear_cache

    symbols = {name: sp.Symbol(name) for name in NAMES}

    def derive(text: str, name: str, order: int = 1) -> Any:
        if not warm:
            clear_cache()
        return sp.sympify(text, locals=symbols).diff(symbols[name], order)

    return SimpleNamespace(
        symbol=sp.Symbol,
        sin=sp.sin,
        tanh=sp.tanh,
        derive=derive,
        grad=lambda f, names: [f.diff(n) for n in names],
        by=list,
        compile=lambda results, names: sp.lambdify(names, results, cse=True),
    )


def symengine() -> SimpleNamespace:
    """SymEngine, the C++ core with its own parser."""
    import symengine as se  # type: ignore[import-untyped]

    def derive(text: str, name: str, order: int = 1) -> Any:
        f, x = se.sympify(text), se.Symbol(name)
        for _ in range(order):
            f = f.diff(x)
        return f

    return SimpleNamespace(
        symbol=se.Symbol,
        sin=se.sin,
        tanh=se.tanh,
        derive=derive,
        grad=lambda f, names: [f.diff(n) for n in names],
        by=list,
        compile=lambda results, names: se.Lambdify(names, results, cse=True),
    )


def casadi() -> SimpleNamespace:
    """CasADi's SX graphs; it reads no text, so Python's own parser does it for them."""
    import casadi as ca

    symbols = {name: ca.SX.sym(name) for name in NAMES}
    known = {name: getattr(ca, name) for name in FUNCTIONS} | symbols

    def derive(text: str, name: str, order: int = 1) -> Any:
        f = eval(text, known)  # formulas of our own
        for _ in range(order):
            f = ca.jacobian(f, symbols[name])
        return f

    return SimpleNamespace(
        symbol=ca.SX.sym,
        sin=ca.sin,
        tanh=ca.tanh,
        derive=derive,
        grad=lambda f, names: ca.gradient(f, ca.vertcat(*names)),
        by=list,
        compile=lambda results, names: ca.Function("f", names, [results]),
    )


ENGINES: dict[str, Callable[[], SimpleNamespace]] = {
    "calcml": calcml,
    "calcml, simplified": lambda: calcml(simplify=True),
    "calcml, by symbols": lambda: calcml(named=False),
    "SymPy": sympy,
    "SymPy, cold": lambda: sympy(warm=False),
    "SymEngine": symengine,
    "CasADi": casadi,
}


def network(engine: SimpleNamespace, widths: Sequence[int]) -> tuple[Any, list[Any]]:
    """The squared error of a tanh network, and its weights and biases."""
    values = [engine.symbol(f"x{i}") for i in range(widths[0])]
    weights: list[Any] = []
    for layer, (size, width) in enumerate(pairwise(widths), 1):
        outputs = []
        for j in range(width):
            row = [engine.symbol(f"w{layer}_{j}_{i}") for i in range(size)]
            bias = engine.symbol(f"b{layer}_{j}")
            weights += [*row, bias]
            outputs.append(sum(map(mul, row, values), start=bias))
        last = layer == len(widths) - 1
        values = outputs if last else [engine.tanh(v) for v in outputs]
    return (values[0] - engine.symbol("y")) ** 2, weights


def sines(engine: SimpleNamespace, size: int) -> tuple[Any, list[Any]]:
    """(sin(x_1) + sin(x_2) + ...)^2 and its variables."""
    names = [engine.symbol(f"x_{i}") for i in range(1, size + 1)]
    return reduce(add, map(engine.sin, names)) ** 2, names


def product(engine: SimpleNamespace, size: int) -> tuple[Any, list[Any]]:
    """x_1 x_2 ... and its factors."""
    factors = [engine.symbol(f"x_{i}") for i in range(1, size + 1)]
    return reduce(mul, factors), factors
