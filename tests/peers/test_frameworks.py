"""Slopes at kinks, measured again in each framework and compared with the table.

A framework that is not installed is skipped. Where the version differs from the one in
the table, a slope that differs is skipped, too, with both versions; where it is the
same, it fails.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import operator
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any, NamedTuple

import numpy
import pytest

import calcml as cm
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.functions.frameworks import FRAMEWORKS, LOCAL, MEASURED, Local, Measured

# PyTensor divides 0 by 0 in NumPy on its way to a slope that is nan.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered")

Slopes = list[float | None]
Point = dict[str, Any]
Functions = dict[str, Callable[..., Any]]


def number(text: str) -> Any:
    """A number as people write it in Python."""
    return int(text) if text.isdecimal() else float(text)


class Peer(NamedTuple):
    """A framework: its functions by calcml's operations, and its derivatives.

    A plain parameter of a function can be derived by, one by keyword only cannot, and
    one that is missing always has its default value.
    """

    version: str
    functions: Functions
    gradient: Callable[[Callable[..., Any], Sequence[Any]], Slopes]
    number: Callable[[str], Any] = number


def flat(values: Iterable[Any]) -> Slopes:
    """Numbers and arrays of numbers, one after the other."""
    return [float(x) for v in values for x in numpy.ravel(v)]


def leaves(values: Iterable[Any]) -> list[Any]:
    """Numbers and lists of numbers, one after the other."""
    return [x for v in values for x in (v if isinstance(v, list | tuple) else [v])]


def jax() -> Peer:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    np, nn = jax.numpy, jax.nn

    def gradient(f: Callable[..., Any], at: Sequence[Any]) -> Slopes:
        values = [np.asarray(v, dtype=float) for v in at]
        return flat(jax.grad(f, argnums=tuple(range(len(at))))(*values))

    functions: Functions = {
        "abs": lambda x: np.abs(x),
        "sign": lambda x: np.sign(x),
        "floor": lambda x: np.floor(x),
        "ceil": lambda x: np.ceil(x),
        "round": lambda x: np.round(x),
        "step": lambda x: np.heaviside(x, 0.0),
        "cbrt": lambda x: np.cbrt(x),
        "hypot": lambda x, y: np.hypot(x, y),
        "clip": lambda x, min, max: np.clip(x, min, max),
        "max": lambda a, b: np.maximum(a, b),
        "min": lambda a, b: np.minimum(a, b),
        "hardtanh": lambda x: nn.hard_tanh(x),
        "relu": lambda x: nn.relu(x),
        "relu6": lambda x: nn.relu6(x),
        "leaky_relu": lambda x, negative_slope: nn.leaky_relu(x, negative_slope),
        "elu": lambda x, alpha: nn.elu(x, alpha),
        "celu": lambda x, alpha: nn.celu(x, alpha),
        "selu": lambda x: nn.selu(x),
        "hardsigmoid": lambda x: nn.hard_sigmoid(x),
        "hardswish": lambda x: nn.hard_swish(x),
        "i0e": lambda x: jax.scipy.special.i0e(x),
        "sqrt": lambda x: np.sqrt(x),
        "pow": lambda a, b: np.power(a, b),
        "sinc": lambda x: np.sinc(x),
        "log": lambda x: np.log(x),
        "sin": lambda x: np.sin(x),
        "where": lambda condition, a, b: np.where(condition, a, b),
        "max_over": lambda x: np.max(x),
        "min_over": lambda x: np.min(x),
        "norm1": lambda x: np.linalg.norm(x, 1),
        "norm2": lambda x: np.linalg.norm(x),
        "norm_inf": lambda x: np.linalg.norm(x, np.inf),
        "std": lambda x: np.std(x),
    }
    return Peer(jax.__version__, functions, gradient)


def torch() -> Peer:
    torch = pytest.importorskip("torch")
    nn, norm = torch.nn.functional, torch.linalg.vector_norm

    def tensor(value: Any) -> Any:
        return torch.as_tensor(value, dtype=torch.float64)

    def gradient(f: Callable[..., Any], at: Sequence[Any]) -> Slopes:
        leaves = [tensor(v).requires_grad_() for v in at]
        return flat(d.numpy() for d in torch.autograd.grad(f(*leaves), leaves))

    functions: Functions = {
        "abs": lambda x: torch.abs(x),
        "sign": lambda x: torch.sign(x),
        "floor": lambda x: torch.floor(x),
        "ceil": lambda x: torch.ceil(x),
        "round": lambda x: torch.round(x),
        "hypot": lambda x, y: torch.hypot(x, y),
        "clip": lambda x, min, max: torch.clip(x, min, max),
        "max": lambda a, b: torch.maximum(tensor(a), tensor(b)),
        "min": lambda a, b: torch.minimum(tensor(a), tensor(b)),
        "hardtanh": lambda x, *, min_val, max_val: nn.hardtanh(x, min_val, max_val),
        "relu": lambda x: nn.relu(x),
        "relu6": lambda x: nn.relu6(x),
        "leaky_relu": lambda x, *, negative_slope: nn.leaky_relu(x, negative_slope),
        "prelu": lambda x, weight: nn.prelu(x.reshape(1), weight.reshape(1))[0],
        "elu": lambda x, *, alpha: nn.elu(x, alpha),
        "celu": lambda x, *, alpha: nn.celu(x, alpha),
        "selu": lambda x: nn.selu(x),
        "hardsigmoid": lambda x: nn.hardsigmoid(x),
        "hardswish": lambda x: nn.hardswish(x),
        "hardshrink": lambda x, *, lambd: nn.hardshrink(x, lambd),
        "softshrink": lambda x, *, lambd: nn.softshrink(x, lambd),
        "threshold": lambda x, *, threshold, value: nn.threshold(x, threshold, value),
        "i0e": lambda x: torch.special.i0e(x),
        "sqrt": lambda x: torch.sqrt(x),
        "pow": lambda a, b: torch.pow(a, b),
        "sinc": lambda x: torch.sinc(x),
        "log": lambda x: torch.log(x),
        "sin": lambda x: torch.sin(x),
        "where": lambda condition, a, b: torch.where(condition, a, b),
        "max_over": lambda x: torch.amax(x),
        "min_over": lambda x: torch.amin(x),
        "norm1": lambda x: norm(x, 1),
        "norm2": lambda x: norm(x),
        "norm_inf": lambda x: norm(x, math.inf),
        "std": lambda x: torch.std(x, correction=0),
    }
    return Peer(torch.__version__.partition("+")[0], functions, gradient)


def casadi() -> Peer:
    ca = pytest.importorskip("casadi")

    def gradient(f: Callable[..., Any], at: Sequence[Any]) -> Slopes:
        symbols = [ca.SX.sym("x", len(v) if isinstance(v, list) else 1) for v in at]
        value = f(*symbols)
        partials = [ca.jacobian(value, x) for x in symbols]
        found = ca.Function("d", symbols, partials).call(list(at))
        return flat(d.full() for d in found)

    functions: Functions = {
        "abs": lambda x: ca.fabs(x),
        "sign": lambda x: ca.sign(x),
        "floor": lambda x: ca.floor(x),
        "ceil": lambda x: ca.ceil(x),
        "hypot": lambda x, y: ca.hypot(x, y),
        "max": lambda a, b: ca.fmax(a, b),
        "min": lambda a, b: ca.fmin(a, b),
        "relu": lambda x: ca.ramp(x),
        "step": lambda x: ca.heaviside(x),
        "sqrt": lambda x: ca.sqrt(x),
        "pow": lambda a, b: ca.power(a, b),
        "log": lambda x: ca.log(x),
        "sin": lambda x: ca.sin(x),
        "where": lambda condition, a, b: ca.if_else(condition, a, b),
        "max_over": lambda x: ca.mmax(x),
        "min_over": lambda x: ca.mmin(x),
        "norm1": lambda x: ca.norm_1(x),
        "norm2": lambda x: ca.norm_2(x),
        "norm_inf": lambda x: ca.norm_inf(x),
    }
    return Peer(ca.__version__, functions, gradient)


def pytensor() -> Peer:
    # Without a compiler, and without a folder of compiled code in the user's home.
    folder = os.path.join(tempfile.gettempdir(), "pytensor")
    os.environ.setdefault("PYTENSOR_FLAGS", f"cxx=,base_compiledir={folder}")
    pytensor = pytest.importorskip("pytensor")
    pt = pytensor.tensor
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)

    def gradient(f: Callable[..., Any], at: Sequence[Any]) -> Slopes:
        symbols = [pt.dvector() if isinstance(v, list) else pt.dscalar() for v in at]
        partials = pytensor.grad(f(*symbols), symbols)
        return flat(pytensor.function(symbols, partials, mode=mode)(*at))

    functions: Functions = {
        "abs": lambda x: pt.abs(x),
        "sign": lambda x: pt.sign(x),
        "floor": lambda x: pt.floor(x),
        "ceil": lambda x: pt.ceil(x),
        "round": lambda x: pt.round(x),
        "clip": lambda x, min, max: pt.clip(x, min, max),
        "max": lambda a, b: pt.maximum(a, b),
        "min": lambda a, b: pt.minimum(a, b),
        "ive": lambda x, *, n: pt.ive(n, x),
        "sqrt": lambda x: pt.sqrt(x),
        "pow": lambda a, b: pt.power(a, b),
        "log": lambda x: pt.log(x),
        "sin": lambda x: pt.sin(x),
        "where": lambda condition, a, b: pt.where(condition, a, b),
        "max_over": lambda x: pt.max(x),
        "min_over": lambda x: pt.min(x),
        "norm1": lambda x: pt.linalg.norm(x, 1),
        "norm2": lambda x: pt.linalg.norm(x),
        "norm_inf": lambda x: pt.linalg.norm(x, math.inf),
        "std": lambda x: pt.std(x),
    }
    return Peer(pytensor.__version__, functions, gradient)


def sympy() -> Peer:
    sp = pytest.importorskip("sympy")

    def real(d: Any) -> float | None:
        """A value; complex infinity is called inf, and Dirac's delta has none."""
        if d is sp.zoo:
            return math.inf
        return float(d) if isinstance(d, sp.Number) else None

    def gradient(f: Callable[..., Any], at: Sequence[Any]) -> Slopes:
        symbols = [
            sp.symbols(f"x{i}_:{len(v)}", real=True)
            if isinstance(v, list)
            else sp.Symbol(f"x{i}", real=True)
            for i, v in enumerate(at)
        ]
        pairs = list(zip(leaves(symbols), leaves(at), strict=True))
        point = {x: sp.Rational(str(v)) for x, v in pairs}
        value = f(*symbols)
        return [
            real(value.diff(x).subs(point, simultaneous=True).doit()) for x in point
        ]

    functions: Functions = {
        "abs": lambda x: sp.Abs(x),
        "sign": lambda x: sp.sign(x),
        "floor": lambda x: sp.floor(x),
        "ceil": lambda x: sp.ceiling(x),
        "step": lambda x: sp.Heaviside(x, 0),
        "cbrt": lambda x: sp.cbrt(x),
        "max": lambda a, b: sp.Max(a, b),
        "min": lambda a, b: sp.Min(a, b),
        "acot": lambda x: sp.acot(x),
        "sqrt": lambda x: sp.sqrt(x),
        "pow": lambda a, b: sp.Pow(a, b),
        "sinc": lambda x: sp.sinc(sp.pi * x),
        "log": lambda x: sp.log(x),
        "sin": lambda x: sp.sin(x),
        "where": lambda condition, a, b: sp.Piecewise((a, condition), (b, True)),
        "max_over": lambda x: sp.Max(*x),
        "min_over": lambda x: sp.Min(*x),
        "norm1": lambda x: sp.Matrix(x).norm(1),
        "norm2": lambda x: sp.Matrix(x).norm(),
        "norm_inf": lambda x: sp.Matrix(x).norm(sp.oo),
    }
    return Peer(sp.__version__, functions, gradient, sp.Rational)


PEERS = {
    "JAX": jax,
    "PyTorch": torch,
    "CasADi": casadi,
    "PyTensor": pytensor,
    "SymPy": sympy,
}
make = cache(lambda framework: PEERS[framework]())
peers = pytest.mark.parametrize("framework", PEERS)

# --- points at a place ---------------------------------------------------------------

# Values of the parameters that a place leaves free: the default first.
VALUES: Mapping[str, Sequence[float]] = {
    "b": (3, -2),
    "min": (-1, 0.5),
    "max": (2, 3),
    "min_val": (-1, -2),
    "max_val": (1, 0.5),
    "negative_slope": (0.01, 0.25),
    "weight": (0.25, 0.5),
    "alpha": (1, 2),
    "lambd": (0.5, 1),
    "threshold": (1, -2),
    "value": (4, -3),
}
# Points at the places that are not equations.
PLACES: Mapping[str, Sequence[Point]] = {
    "x in integers": ({"x": 0}, {"x": -1}, {"x": 2}),
    "x + 1/2 in integers": ({"x": 0.5}, {"x": -0.5}, {"x": 1.5}),
    "two elements tie": ({"x": [1, 1]}, {"x": [-2, -2]}),
}


def points(local: Local) -> Iterator[Point]:
    """Points at a place such as "x = -lambd" or "x = 0 and y = 0"."""
    if local.place in PLACES:
        yield from PLACES[local.place]
        return
    fixed = dict(part.split(" = ") for part in local.place.split(" and "))
    for k in range(2):
        at: Point = {p: VALUES[p][k] for p in local.params if p not in fixed}
        at |= {p: expected(text, at) for p, text in fixed.items()}
        size = 2 if local.op in ARRAY_OPERATIONS else 0
        yield {p: [at[p]] * size or at[p] for p in local.params}


def expected(text: str | None, at: Point) -> float | None:
    """The value of a slope as the table has it."""
    if text is None or text.endswith(("nan", "inf")):
        return None if text is None else float(text)
    return float(str(cm.parse(text, symbols=list(at)).evalf(at)))


def defaults(op: str) -> dict[str, float]:
    row = FUNCTIONS.get(op) or ARRAY_OPERATIONS[op]
    return {p: float(text) for p, text in row.defaults.items()}


# --- what is measured ----------------------------------------------------------------


class LackingError(Exception):
    """The framework does not have this function, or not with these arguments."""


def bound(peer: Peer, op: str, at: Point) -> tuple[list[str], dict[str, Any]]:
    """The parameters to derive by, and the other ones with their values."""
    if op not in peer.functions:
        raise LackingError(op)
    params = inspect.signature(peer.functions[op]).parameters
    if any(p not in params and at[p] != defaults(op)[p] for p in at):
        raise LackingError(f"{op} with other arguments than its defaults")
    fixed = {p for p, a in params.items() if a.kind is a.KEYWORD_ONLY}
    return [p for p in params if p not in fixed], {p: at[p] for p in fixed}


def local_slopes(peer: Peer, op: str, at: Point) -> Slopes:
    """The slopes of a function by each of its parameters, element by element."""
    by, fixed = bound(peer, op, at)
    f = peer.functions[op]
    found = iter(peer.gradient(lambda *x: f(*x, **fixed), [at[p] for p in by]))
    return [next(found) if p in by else None for p in at for _ in leaves([at[p]])]


OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def written(peer: Peer, node: ast.AST, names: Mapping[str, Any]) -> Any:
    """A formula in the framework's own functions and operators."""
    match node:
        case ast.Constant():
            return peer.number(str(node.value))
        case ast.Name():
            return names[node.id]
        case ast.UnaryOp():
            parts, f = [node.operand], OPERATORS[type(node.op)]
        case ast.BinOp():
            parts, f = [node.left, node.right], OPERATORS[type(node.op)]
        case ast.Compare():
            parts, f = [node.left, *node.comparators], OPERATORS[type(node.ops[0])]
        case ast.Call(func=ast.Name(name), args=parts):
            op = f"{name}_over" if name in ("max", "min") and len(parts) == 1 else name
            f = partial(call, peer, op)
        case _:
            raise TypeError(ast.dump(node))
    return f(*[written(peer, part, names) for part in parts])


def call(peer: Peer, op: str, *args: Any) -> Any:
    """A call with all that its row says: names of parameters, default values."""
    row = FUNCTIONS.get(op) or ARRAY_OPERATIONS[op]
    params = ["a", "b"] if row.params == ("a",) else row.params[: len(args)]
    at = defaults(op) | dict(zip(params, args, strict=True))
    by, fixed = bound(peer, op, at)
    return peer.functions[op](*[at[p] for p in by], **fixed)


def slopes(peer: Peer, m: Measured) -> Slopes:
    """The slope of a formula by its variable, element by element."""
    at = {name: json.loads(text) for name, text in m.at.items()}
    tree = ast.parse(m.formula.replace("^", "**"), mode="eval").body

    def f(*values: Any) -> Any:
        return written(peer, tree, dict(zip(at, values, strict=True)))

    return peer.gradient(f, list(at.values()))[: len(leaves([at[m.variable]]))]


# --- the tests -----------------------------------------------------------------------


def assert_same(framework: str, found: Slopes, known: Slopes) -> None:
    """Fail where the slopes differ; skip where they are another version's."""
    if len(found) == len(known) and all(map(same, found, known)):
        return
    version, measured = make(framework).version, FRAMEWORKS[framework]
    message = f"{framework} {version} gives {found}, the table has {known}"
    if version != measured:
        pytest.skip(f"{message} of {measured}")
    pytest.fail(message)


def same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) < 1e-12 or (math.isnan(a) and math.isnan(b))


@peers
@pytest.mark.parametrize(
    "local", [*chain(*LOCAL.values())], ids=lambda row: f"{row.op} at {row.place}"
)
def test_slopes_of_functions(framework: str, local: Local) -> None:
    for k, at in enumerate(points(local)):
        known = [
            expected(text, at)
            for p, text in zip(local.params, local.slopes[framework], strict=True)
            for _ in leaves([at[p]])
        ]
        try:
            found = local_slopes(make(framework), local.op, at)
        except LackingError:
            if k:  # it has no parameters, and was measured with their default values
                continue
            found = [None] * len(known)
        assert_same(framework, found, known)


@peers
@pytest.mark.parametrize("row", MEASURED, ids=lambda row: f"{row.formula} at {row.at}")
def test_slopes_of_formulas(framework: str, row: Measured) -> None:
    known = [expected(text, {}) for text in row.slopes[framework]]
    try:
        found = slopes(make(framework), row)
    except LackingError:
        found = [None] * len(known)
    assert_same(framework, found, known)
