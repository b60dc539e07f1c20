"""The node: one interned class for every expression, walked with loops.

Equal terms are one object, so `is` compares structure, and shared work is shared
memory. The tables that hold the nodes hold them weakly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any
from weakref import ref

from calcml.errors import DomainError, LimitError, UnsupportedError

Number = int | Fraction
MAX_BITS = 14_000  # a folded number longer than this stays an unevaluated product
MAX_PLACES = 40  # of a calculated decimal; a longer one becomes a fraction


class Expr:
    """An expression: an operation, its arguments, and for a leaf its value.

    `op` is the name of a row of the function table, or one of the leaves "number",
    "symbol", "constant" and "formal" (an unknown function). Nodes are made by the
    functions of this module, never by calling the class.
    """

    __slots__ = ("__weakref__", "args", "op", "text", "value")

    op: str
    args: tuple[Expr, ...]
    value: Any
    text: str  # of a number: as it prints

    def __new__(cls, *_: object) -> Expr:
        raise TypeError("make expressions with calcml.parse, symbol or operators")

    @property
    def shape(self) -> tuple[object, ...]:
        """The shape; () for a scalar."""
        return ()

    @property
    def free_symbols(self) -> frozenset[str]:
        """The names of the variables that occur."""
        return frozenset(n.value for n in walk(self) if n.op == "symbol")

    def subs(self, values: Mapping[str, object]) -> Expr:
        """The expression with variables replaced by expressions or numbers."""
        return substitute(self, {symbol(k): lift(v) for k, v in values.items()})

    def evalf(self, at: Mapping[str, object] | None = None, digits: int = 15) -> Any:
        """The value at a point, an mpmath number with `digits` right digits."""
        return METHODS["evalf"](self, at or {}, digits)

    def latex(self) -> str:
        """LaTeX source, without dollar signs."""
        return str(METHODS["latex"](self))

    def to_sympy(self) -> Any:
        """The expression in SymPy's classes, its variables declared real."""
        return METHODS["to_sympy"](self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return str(METHODS["text"](self))

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[object, ...]:
        return load, (dump(self),)

    def __copy__(self) -> Expr:
        return self

    def __deepcopy__(self, memo: object) -> Expr:
        return self

    def __add__(self, other: object) -> Expr:
        return add(scalar(self), lift(other))

    def __radd__(self, other: object) -> Expr:
        return add(lift(other), scalar(self))

    def __sub__(self, other: object) -> Expr:
        return sub(scalar(self), lift(other))

    def __rsub__(self, other: object) -> Expr:
        return sub(lift(other), scalar(self))

    def __mul__(self, other: object) -> Expr:
        return mul(scalar(self), lift(other))

    def __rmul__(self, other: object) -> Expr:
        return mul(lift(other), scalar(self))

    def __truediv__(self, other: object) -> Expr:
        return div(scalar(self), lift(other))

    def __rtruediv__(self, other: object) -> Expr:
        return div(lift(other), scalar(self))

    def __pow__(self, other: object) -> Expr:
        return power(scalar(self), lift(other))

    def __rpow__(self, other: object) -> Expr:
        return power(lift(other), scalar(self))

    def __neg__(self) -> Expr:
        return neg(scalar(self))

    def __pos__(self) -> Expr:
        return scalar(self)

    def __abs__(self) -> Expr:
        return make("abs", (scalar(self),))

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
                f"the truth of {self} is not known; choose with where(cond, a, b)"
            )
        return True

    def __matmul__(self, other: object) -> Expr:
        raise UnsupportedError("the matrix product needs arrays, not there yet")

    def __getitem__(self, index: object) -> Expr:
        raise UnsupportedError("indexing needs arrays, which are not there yet")

    @property
    def T(self) -> Expr:  # noqa: N802
        """The transpose."""
        raise UnsupportedError("the transpose needs arrays, which are not there yet")


# What upper layers give every node: text, latex, evalf, to_sympy.
METHODS: dict[str, Callable[..., Any]] = {}

LEAVES = frozenset(("number", "symbol", "constant"))
CONDITIONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))


# --- interning ---------------------------------------------------------------------


class _Ref(ref[Expr]):
    __slots__ = ("key",)
    key: Any


_TABLES: dict[str, tuple[dict[Any, _Ref], Callable[[Any], None]]] = {}
_new = object.__new__


def _table(op: str) -> tuple[dict[Any, _Ref], Callable[[Any], None]]:
    table: dict[Any, _Ref] = {}

    def drop(dead: _Ref) -> None:
        if table.get(dead.key) is dead:
            del table[dead.key]

    return _TABLES.setdefault(op, (table, drop))


def _intern(op: str, key: Any, args: tuple[Expr, ...], value: Any, text: str) -> Expr:
    table, drop = _TABLES.get(op) or _table(op)
    found = table.get(key)
    if found is not None:
        node = found()
        if node is not None:
            return node
    node = _new(Expr)
    node.op, node.args, node.value, node.text = op, args, value, text
    mine = _Ref(node, drop)
    mine.key = key
    theirs = table.setdefault(key, mine)  # one atomic step: two threads, one node
    if theirs is mine:
        return node
    other = theirs()
    if other is not None:
        return other
    table[key] = mine
    return node


def maker(op: str) -> Callable[[tuple[Expr, ...]], Expr]:
    """The function that makes nodes of one operation: `make`, unrolled for speed."""
    table, drop = _TABLES.get(op) or _table(op)

    def build(args: tuple[Expr, ...]) -> Expr:
        found = table.get(args)
        if found is not None:
            node = found()
            if node is not None:
                return node
        node = _new(Expr)
        node.op, node.args, node.value = op, args, None
        mine = _Ref(node, drop)
        mine.key = args
        theirs = table.setdefault(args, mine)
        if theirs is mine:
            return node
        other = theirs()
        if other is not None:
            return other
        table[args] = mine
        return node

    return build


_MAKERS: dict[str, Callable[[tuple[Expr, ...]], Expr]] = {}


def make(op: str, args: tuple[Expr, ...]) -> Expr:
    """The node `op(*args)`, without any folding."""
    build = _MAKERS.get(op)
    if build is None:
        build = _MAKERS.setdefault(op, maker(op))
    return build(args)


def size_of_tables() -> int:
    """How many nodes are alive in this process."""
    return sum(len(table) for table, _ in _TABLES.values())


# --- leaves ------------------------------------------------------------------------


def symbol(name: str, shape: str = "") -> Expr:
    """The variable `name`, real. Arrays (`shape` not empty) are not there yet."""
    if shape:
        raise UnsupportedError("arrays are not there yet: leave the shape empty")
    return _intern("symbol", name, (), name, name)


def is_variable(name: str) -> bool:
    """Whether a variable of this name is alive in this process."""
    table = _TABLES.get("symbol")
    return table is not None and name in table[0]


def constant(name: str) -> Expr:
    """The named constant: one of `functions.CONSTANTS`."""
    return _intern("constant", name, (), name, name)


def formal(name: str, orders: tuple[int, ...], args: tuple[Expr, ...]) -> Expr:
    """The unknown function `name` at `args`, derived `orders[i]` times by slot i."""
    return _intern("formal", (name, orders, args), args, (name, orders), name)


def number(value: Number) -> Expr:
    """An exact number."""
    if type(value) is int and (known := _COMMON.get(value)) is not None:
        return known
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    try:
        text = str(value)
    except ValueError:
        raise LimitError(
            "a number has over 4,300 digits; write it as a power"
        ) from None
    return _intern("number", text, (), value, text)


def decimal(text: str) -> Expr:
    """The exact value of a decimal numeral, printed as it was typed."""
    return _intern("number", text, (), Fraction(text), text)


def lift(value: object) -> Expr:
    """An operand: an expression, or a Python number, a float as it prints.

    Raises UnsupportedError for conditions and anything that is no number.
    """
    if isinstance(value, Expr):
        return scalar(value)
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return number(value)
    if isinstance(value, float) and value - value == 0:
        return decimal(repr(value))
    raise UnsupportedError(f"{value!r} is no expression and no finite number")


def scalar(node: Expr) -> Expr:
    """`node`, which must be a value and not a condition."""
    if node.op in CONDITIONS:
        raise UnsupportedError(
            f"the condition {node} cannot be calculated with; write where({node}, 1, 0)"
        )
    return node


_COMMON: dict[int, Expr] = {}  # small numbers, made often, never let go
_COMMON.update((i, number(i)) for i in range(-10, 21))
ZERO = number(0)
ONE = number(1)
MINUS_ONE = number(-1)
TWO = number(2)
HALF = number(Fraction(1, 2))
INF = constant("inf")
E = constant("e")


# --- light constructors: they fold 0, 1 and numbers, nothing else ------------------

_add, _sub, _mul, _div = maker("add"), maker("sub"), maker("mul"), maker("div")
_neg, _pow = maker("neg"), maker("pow")


def _small(value: Number) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= MAX_BITS
    return value.numerator.bit_length() + value.denominator.bit_length() <= MAX_BITS


def is_decimal(node: Expr) -> bool:
    """Whether a number was typed with a point or an exponent."""
    return "." in node.text or "e" in node.text or "E" in node.text


def numeral(value: Number, like_decimal: bool) -> Expr:
    """The number `value`, as a decimal where that is asked, exact and short."""
    if like_decimal:
        scaled = value * 10**MAX_PLACES
        if scaled.denominator == 1:
            whole, part = divmod(abs(scaled.numerator), 10**MAX_PLACES)
            sign = "-" if value < 0 else ""
            places = f"{part:0{MAX_PLACES}d}".rstrip("0") or "0"
            return decimal(f"{sign}{whole}.{places}")
    return number(value)


def _folded(value: Number, a: Expr, b: Expr) -> Expr | None:
    if not _small(value):
        return None
    return numeral(value, is_decimal(a) or is_decimal(b))


def add(a: Expr, b: Expr) -> Expr:
    """a + b"""
    if a is ZERO:
        return b
    if b is ZERO:
        return a
    if a.op == "number" and b.op == "number":
        return _folded(a.value + b.value, a, b) or _add((a, b))
    return _add((a, b))


def sub(a: Expr, b: Expr) -> Expr:
    """a - b"""
    if b is ZERO:
        return a
    if a is ZERO:
        return neg(b)
    if a.op == "number" and b.op == "number":
        return _folded(a.value - b.value, a, b) or _sub((a, b))
    return _sub((a, b))


def mul(a: Expr, b: Expr) -> Expr:
    """a * b"""
    if a is ONE:
        return b
    if b is ONE:
        return a
    if a is ZERO or b is ZERO:
        return ZERO
    if a.op == "number":
        if b.op == "number":
            return _folded(a.value * b.value, a, b) or _mul((a, b))
        if a is MINUS_ONE:
            return neg(b)
    elif b is MINUS_ONE:
        return neg(a)
    return _mul((a, b))


def div(a: Expr, b: Expr) -> Expr:
    """a / b; DomainError where b is the number 0."""
    if b is ONE:
        return a
    if b.op == "number":
        if b.value == 0:
            raise DomainError("division by zero: the quotient has no value")
        if a.op == "number":
            return _folded(Fraction(a.value) / b.value, a, b) or _div((a, b))
        if b is MINUS_ONE:
            return neg(a)
    if a is ZERO:
        return ZERO
    return _div((a, b))


def neg(a: Expr) -> Expr:
    """-a"""
    if a.op == "number":
        if is_decimal(a):
            return decimal(a.text[1:] if a.text[0] == "-" else "-" + a.text)
        return number(-a.value)
    if a.op == "neg":
        return a.args[0]
    return _neg((a,))


def power(a: Expr, b: Expr) -> Expr:
    """a ^ b; e^b is the exponential. DomainError for 0 to a negative number."""
    if b is ONE:
        return a
    if b is ZERO or a is ONE:
        return ONE
    if a is E:
        return make("exp", (b,))
    if a.op == "number" and b.op == "number" and a.value == 0:
        if b.value < 0:
            raise DomainError("0 to a negative power has no value")
        return ZERO
    return _pow((a, b))


LIGHT: dict[str, Callable[..., Expr]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "neg": neg,
    "pow": power,
}


def build(op: str, args: tuple[Expr, ...]) -> Expr:
    """The node `op(*args)` with the light folds of its constructor, if it has one."""
    light = LIGHT.get(op)
    return make(op, args) if light is None else light(*args)


def rebuild(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """`node` with other arguments."""
    if node.op == "formal":
        name, orders = node.value
        return formal(name, orders, args)
    return build(node.op, args)


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
    return order


def substitute(root: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """`root` with whole subexpressions replaced; what is put in is not looked into."""
    return substitute_all([root], values)[0]


def substitute_all(roots: Iterable[Expr], values: Mapping[Expr, Expr]) -> list[Expr]:
    """`substitute` on several roots that share work."""
    roots = list(roots)
    done: dict[Expr, Expr] = {}
    for node in walk(*roots):
        if node in values:
            done[node] = values[node]
            continue
        args = tuple([done[a] for a in node.args])
        done[node] = node if args == node.args else rebuild(node, args)
    return [done[root] for root in roots]


# --- flat form: pickling without recursion -----------------------------------------


def dump(root: Expr) -> list[tuple[Any, ...]]:
    """The nodes as a flat list of (op, value, text, places of the arguments)."""
    place: dict[Expr, int] = {}
    rows: list[tuple[Any, ...]] = []
    for node in walk(root):
        place[node] = len(rows)
        text = node.text if node.op == "number" else None
        rows.append((node.op, node.value, text, tuple(place[a] for a in node.args)))
    return rows


def load(rows: Iterable[tuple[Any, ...]]) -> Expr:
    """The expression that `dump` flattened."""
    nodes: list[Expr] = []
    for op, value, text, places in rows:
        args = tuple(nodes[i] for i in places)
        if op == "number":
            nodes.append(_intern("number", text, (), value, text))
        elif op in LEAVES:
            nodes.append(_intern(op, value, (), value, value))
        elif op == "formal":
            name, orders = value
            nodes.append(formal(name, orders, args))
        else:
            nodes.append(make(op, args))
    return nodes[-1]
