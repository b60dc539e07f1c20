"""The node: one interned class for every expression, walked with loops.

Equal terms are one object, so `is` compares structure, and shared work is shared
memory. The tables that hold the nodes hold them weakly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, SupportsIndex
from weakref import ref

from calcml.core.budget import spend
from calcml.core.errors import LimitError, ShapeError, UnsupportedError
from calcml.core.lazy import Later
from calcml.core.methods import METHODS, Methods
from calcml.core.numerals import exact
from calcml.core.operations import ABS
from calcml.core.shapes import Dims, broadcast, parts

Number = int | Fraction


class Expr(Methods):
    """An expression: an operation, its arguments, its value and its shape.

    `op` is the name of a row of the function table, or one of the leaves "number",
    "symbol", "constant" and "formal" (an unknown function). `value` is a leaf's value,
    or what an operation on arrays needs beside its arguments; `dims` are the sizes of
    the axes, () for a scalar; `core.spec` lists every legal node. Nodes are made by the
    functions of this module, of `core.build` and `core.tensors`, not by the class.
    Raises UnsupportedError where an operator gets no number, ShapeError for shapes.

    >>> x = symbol("x")
    >>> (x**2 + 1).subs({"x": 3}).shape
    ()
    """

    __array_ufunc__ = None  # NumPy leaves operators with expressions to them
    __slots__ = ("__weakref__", "args", "dims", "op", "text", "value")

    op: str
    args: tuple[Expr, ...]
    value: Any
    dims: Dims
    text: str  # of a number: as it prints

    def __new__(cls, *_: object) -> Expr:
        raise TypeError("make expressions with calcml.parse, symbol or operators")

    @property
    def shape(self) -> tuple[int | str, ...]:
        """The sizes of the axes, numbers or names; () for a scalar."""
        return tuple(d.value if d.op == "number" else str(d) for d in self.dims)

    @property
    def free_symbols(self) -> frozenset[str]:
        """The names of the variables that occur."""
        return frozenset(n.value for n in walk(self) if n.op == "symbol")

    def __reduce__(self) -> tuple[object, ...]:
        return METHODS["load"], (METHODS["dump"](self),)

    def __deepcopy__(self, memo: object = None) -> Expr:
        return self

    __copy__ = __deepcopy__

    def __add__(self, other: object) -> Expr:
        return LIGHT["add"](scalar(self), lift(other))

    def __radd__(self, other: object) -> Expr:
        return LIGHT["add"](lift(other), scalar(self))

    def __sub__(self, other: object) -> Expr:
        return LIGHT["sub"](scalar(self), lift(other))

    def __rsub__(self, other: object) -> Expr:
        return LIGHT["sub"](lift(other), scalar(self))

    def __mul__(self, other: object) -> Expr:
        return LIGHT["mul"](scalar(self), lift(other))

    def __rmul__(self, other: object) -> Expr:
        return LIGHT["mul"](lift(other), scalar(self))

    def __truediv__(self, other: object) -> Expr:
        return LIGHT["div"](scalar(self), lift(other))

    def __rtruediv__(self, other: object) -> Expr:
        return LIGHT["div"](lift(other), scalar(self))

    def __pow__(self, other: object) -> Expr:
        return LIGHT["pow"](scalar(self), lift(other))

    def __rpow__(self, other: object) -> Expr:
        return LIGHT["pow"](lift(other), scalar(self))

    def __neg__(self) -> Expr:
        return LIGHT["neg"](scalar(self))

    def __pos__(self) -> Expr:
        return scalar(self)

    def __abs__(self) -> Expr:
        return make(ABS, (scalar(self),))

    def __lt__(self, other: object) -> Expr:
        return make("lt", (scalar(self), lift(other)))

    def __le__(self, other: object) -> Expr:
        return make("le", (scalar(self), lift(other)))

    def __gt__(self, other: object) -> Expr:
        return make("gt", (scalar(self), lift(other)))

    def __ge__(self, other: object) -> Expr:
        return make("ge", (scalar(self), lift(other)))

    def __bool__(self) -> bool:
        if self.op in CONDITIONS:
            raise UnsupportedError(
                f"the truth of {self} is not known; choose with where({self}, a, b)"
            )
        return True

    def __matmul__(self, other: object) -> Expr:
        return BUILD["matmul"](self, lift(other))

    def __rmatmul__(self, other: object) -> Expr:
        return BUILD["matmul"](lift(other), self)

    def __getitem__(self, index: object) -> Expr:
        return BUILD["index"](self, index if isinstance(index, tuple) else (index,))

    def __iter__(self) -> Any:
        raise UnsupportedError("an expression has no length; take parts by x[0]")

    @property
    def T(self) -> Expr:  # noqa: N802
        """The axes in reverse order."""
        return BUILD["transpose"](self)


# The operators' constructors, by operation.
LIGHT: Later[Expr] = Later(**{"core.build": "add sub mul div neg pow"})

# What makes expressions for the methods above.
BUILD: Later[Expr] = Later(**{"core.tensors": "filled index matmul transpose"})

# Operations on whole arrays: they have a value beside their arguments.
ARRAYS: set[str] = set()

LEAVES = frozenset(("number", "symbol", "constant"))
CONDITIONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))


# --- interning ---------------------------------------------------------------------


# The nodes of each operation. A node that dies is popped by a callback without Python
# in it or in the hashes of the keys: no thread sees what is half done, and no Ctrl-C,
# which Python looks for at calls of its own, is swallowed by a callback.
_TABLES: dict[str, dict[Any, ref[Expr]]] = {}
_new = object.__new__


def intern(
    op: str,
    key: Any,
    args: tuple[Expr, ...],
    value: Any,
    text: str = "",
    dims: Dims = (),
) -> Expr:
    """The one node with this `key` among those of `op`."""
    table = _TABLES.setdefault(op, {})
    found = table.get(key)
    if found is not None:
        node = found()
        if node is not None:
            return node
    node = _new(Expr)
    node.op, node.args, node.value, node.text, node.dims = op, args, value, text, dims
    # Each step is atomic: two threads have one node. One that dies is popped at once;
    # the reference of one that came too late is gone before it, and pops nothing.
    while (
        other := table.setdefault(key, ref(node, partial(table.pop, key)))()
    ) is None:
        pass
    return other


def maker(op: str) -> Callable[[tuple[Expr, ...]], Expr]:
    """The function that makes nodes of one operation: `make`, unrolled for speed."""
    table = _TABLES.setdefault(op, {})
    drop = partial(partial, table.pop)

    def build(args: tuple[Expr, ...]) -> Expr:
        found = table.get(args)
        if found is not None:
            node = found()
            if node is not None:
                return node
        dims: Dims = ()
        for arg in args:
            if arg.dims:
                dims = broadcast([a.dims for a in args], op)
                break
        node = _new(Expr)
        node.op, node.args, node.value, node.dims = op, args, None, dims
        while (other := table.setdefault(args, ref(node, drop(args)))()) is None:
            pass
        return other

    return build


_MAKERS: dict[str, Callable[[tuple[Expr, ...]], Expr]] = {}


def make(op: str, args: tuple[Expr, ...]) -> Expr:
    """The node `op(*args)`, without any folding."""
    build = _MAKERS.get(op)
    if build is None:
        build = _MAKERS.setdefault(op, maker(op))
    return build(args)


# --- leaves ------------------------------------------------------------------------


def symbol(name: str, shape: str | Sequence[Any] = "") -> Expr:
    """The real variable `name`; an array where `shape` has sizes: "m n", ("k", 1).

    Sizes are names or numbers from 1. Raises ShapeError, UnsupportedError for others.

    >>> A, x = symbol("A", "m n"), symbol("x", "n")
    >>> (A @ x).shape
    ('m',)
    """
    if not isinstance(name, str):
        raise UnsupportedError(f"a variable's name is a text, not {name!r:.40}")
    if not shape:
        return intern("symbol", name, (), name, name)
    dims = sizes(shape)
    return intern("symbol", (name, dims), (), name, name, dims)


def sizes(shape: str | Sequence[Any]) -> Dims:
    """The sizes in a text such as "m n 3", or in a sequence; ShapeError for others."""
    dims = []
    if not isinstance(shape, (str, Sequence)):
        raise ShapeError(f'{shape!r} is no shape; write "m n" or a tuple')
    for part in parts(shape) if isinstance(shape, str) else shape:
        size = part
        if isinstance(part, str):
            named = symbol(part) if part.isidentifier() else part
            size = number(int(part[:20])) if part.isdecimal() else named
        elif isinstance(part, SupportsIndex) and not isinstance(part, bool):
            size = number(int(part))
        if not isinstance(size, Expr) or size.dims:
            raise ShapeError(f"{part!r} is no size; write a name or a number")
        if size.op == "number" and not (0 < (n := size.value) < 2**63 and n == int(n)):
            raise ShapeError(f"a size is a whole number from 1, not {size}")
        dims.append(size)
    return tuple(dims)


def is_variable(name: str) -> bool:
    """Whether a scalar variable of this name is alive in this process."""
    return name in _TABLES.get("symbol", ())


def constant(name: str) -> Expr:
    """The named constant: one of `functions.CONSTANTS`."""
    return intern("constant", name, (), name, name)


def formal(name: str, orders: tuple[int, ...], args: tuple[Expr, ...]) -> Expr:
    """The unknown function `name` at `args`, derived `orders[i]` times by slot i."""
    return intern("formal", (name, orders, args), args, (name, orders), name)


def number(value: Number) -> Expr:
    """An exact number."""
    if type(value) is int and (known := _COMMON.get(value)) is not None:
        return known
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    try:
        text = str(value)
    except ValueError:
        raise LimitError("over 4,300 digits in a number: write a power") from None
    return intern("number", text, (), value, text)


def decimal(text: str) -> Expr:
    """The exact value of a decimal numeral, printed as it was typed."""
    return intern("number", text, (), Fraction(text), text)


def lift(value: object) -> Expr:
    """An operand: an expression, or a number of Python or NumPy, a float as it prints.

    Raises UnsupportedError for conditions and anything that is no number.
    """
    if isinstance(value, Expr):
        return scalar(value)
    found = exact(value)
    if found is None:
        brought: Expr = METHODS["foreign"](value)
        return brought
    return decimal(found) if isinstance(found, str) else number(found)


def scalar(node: Expr) -> Expr:
    """`node`, which must be a value and not a condition."""
    if node.op in CONDITIONS:
        raise UnsupportedError(
            f"the condition {node} cannot be calculated with; write where({node}, 1, 0)"
        )
    return node


_COMMON: dict[int, Expr] = {}  # small numbers, made often, never let go
_COMMON.update((i, number(i)) for i in range(-10, 21))
MINUS_ONE, ZERO, ONE, TWO = map(number, (-1, 0, 1, 2))
HALF, MINUS_HALF = number(Fraction(1, 2)), number(Fraction(-1, 2))
INF, E, PI = map(constant, ("inf", "e", "pi"))


# --- walking -----------------------------------------------------------------------


def walk(*roots: Expr) -> list[Expr]:
    """Every distinct node below `roots`, arguments before the nodes that use them."""
    seen: set[Expr] = set()
    order: list[Expr] = []
    stack: list[Expr | None] = list(reversed(roots))
    pending: list[Expr] = []
    pop, push, extend, done = stack.pop, stack.append, stack.extend, order.append
    while stack:
        node = pop()
        if node is None:
            done(pending.pop())
        elif node not in seen:
            seen.add(node)
            args = node.args
            if args:
                pending.append(node)
                push(None)
                extend(args[::-1])
            else:
                done(node)
    spend(len(order))
    return order
