"""Element-wise parts of an expression on arrays, as scalars.

A region is what lies between operations on whole arrays. Element by element it is a
scalar expression over the arrays below it, its kernels; each kernel is replaced by a
scalar variable, so what makes scalars short makes regions short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calcml.core.build import IMAG, rebuild, rebuilt, substitute
from calcml.core.expr import (
    ARRAYS,
    ONE,
    ZERO,
    Expr,
    formal,
    symbol,
    walk,
)
from calcml.core.flat import walk_to
from calcml.core.order import Order
from calcml.core.tensors import UNIT, filled
from calcml.core.tensors.names import MAX, MIN

MARK = "\u00b7"  # in the names of stand-ins; no name of the grammar has it


def is_kernel(node: Expr) -> bool:
    """Whether a node is a whole array's, and no element-wise operation."""
    if node.op == "symbol":
        return bool(node.dims)
    return node.op in ARRAYS or node.op == "where" and is_tie(node)


def is_tie(node: Expr) -> bool:
    """Whether a choice marks the greatest or least elements: where(x == max(x), 1, 0).

    Both sides stay one node: written in two ways they would differ by rounding.
    """
    condition = node.args[0]
    if condition.op != "eq" or node.args[1:] != (ONE, ZERO):
        return False
    x, whole = condition.args
    inner = whole.args[0] if whole.op == "contract" and len(whole.args) == 1 else whole
    return inner.op in (MAX, MIN) and inner.args[0] is x


def is_repeat(node: Expr) -> bool:
    """Whether a contraction only broadcasts its operand to a larger shape."""
    if node.op != "contract" or len(node.args) != 1:
        return False
    spec = node.value
    (labels,) = spec.inputs
    real = [x for x in spec.output if x != UNIT]
    if len(labels) > len(spec.output) or len(spec.sizes) > len(set(real)):
        return False
    part = spec.output[len(spec.output) - len(labels) :]
    fits = all(x in (y, UNIT) for x, y in zip(labels, part, strict=True))
    return fits and len(set(real)) == len(real)


def region(root: Expr) -> list[Expr]:
    """The nodes of the region below `root`, arguments first, kernels as its leaves."""
    return walk_to(root, lambda node: is_kernel(node) and not is_repeat(node))


def replaced(root: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """`root` with kernels of its region replaced; what is below kernels stays."""
    done: dict[Expr, Expr] = {}
    for node in region(root):
        if node in values:
            done[node] = values[node]
        elif is_kernel(node) and not is_repeat(node):
            done[node] = node
        elif node.op == "contract":
            done[node] = done[node.args[0]]
        else:
            done[node] = rebuilt(node, done)
    return done[root]


def _by_structure(kernel: Expr, order: Order) -> str:
    """A variable's own name, else the digest."""
    if kernel.op == "symbol":
        return str(kernel.value)
    first, value = order.digest(kernel)
    return f"{first}{MARK}{value:x}"


class StandIns:
    """The scalar variables that stand for kernels: one for each, named by structure.

    For a kernel that may be complex stands an unknown function of I: no real variable.
    """

    def __init__(self, named: Callable[[Expr, Order], str] = _by_structure) -> None:
        self.order = Order()
        self._named = named
        self._kernels: dict[str, Expr] = {}
        self._real: set[Expr] = set()

    def of(self, kernel: Expr) -> Expr:
        """The variable for a kernel; two kernels of one name get two variables."""
        name = self._named(kernel, self.order)
        while self._kernels.setdefault(name, kernel) is not kernel:
            name += MARK
        nodes = walk_to(kernel, self._real.__contains__)
        if IMAG in nodes:
            return formal(name, (0,), (IMAG,))
        self._real.update(nodes)
        return symbol(name)


def scalar_of(root: Expr, stand_ins: StandIns) -> tuple[Expr, dict[Expr, Expr]]:
    """The region below `root` as a scalar expression, and what its variables are."""
    kernels = [n for n in region(root) if is_kernel(n) and not is_repeat(n)]
    values = {kernel: stand_ins.of(kernel) for kernel in kernels}
    return replaced(root, values), {s: k for k, s in values.items()}


def mapped(root: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """`root` with each of its regions changed, those of the inner arrays first."""
    done: dict[Expr, Expr] = {}
    stand_ins = StandIns()

    def changed(node: Expr) -> Expr:
        scalar, kernels = scalar_of(node, stand_ins)
        new = change(scalar)
        back = {s: done.get(kernel, kernel) for s, kernel in kernels.items()}
        return filled(substitute(new, back), node.dims)

    for node in walk(root):
        if is_kernel(node):
            args = tuple(changed(a) for a in node.args)
            done[node] = node if args == node.args else rebuild(node, args)
    return changed(root)
