"""Nodes built with the lightest folds, replaced inside a term, and taken apart flat.

The constructors fold 0, 1 and numbers, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from calcml.core.budget import spend
from calcml.core.decimals import figures, numeral
from calcml.core.errors import DomainError, ShapeError, UnsupportedError
from calcml.core.expr import (
    ARRAYS,
    BUILD,
    LEAVES,
    LIGHT,
    MINUS_ONE,
    ONE,
    ZERO,
    E,
    Expr,
    Number,
    constant,
    decimal,
    formal,
    intern,
    lift,
    make,
    maker,
    number,
    walk,
)
from calcml.core.limits import FIGURES, MAX_BITS
from calcml.core.methods import METHODS
from calcml.core.operations import EXP
from calcml.core.shapes import broadcast, shown

IMAG = constant("I")  # the imaginary unit

_add, _sub, _mul, _div = maker("add"), maker("sub"), maker("mul"), maker("div")
_neg, _pow = maker("neg"), maker("pow")


def like(value: Expr, a: Expr, b: Expr) -> Expr:
    """The number `value`, in the shape that `a` and `b` have together."""
    if not a.dims and not b.dims:
        return value
    return BUILD["filled"](value, broadcast([a.dims, b.dims]))


def _small(value: Number) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= MAX_BITS
    return value.numerator.bit_length() + value.denominator.bit_length() <= MAX_BITS


def is_decimal(node: Expr) -> bool:
    """Whether a number was typed with a point or an exponent."""
    return "." in node.text or "e" in node.text or "E" in node.text


def _folded(value: Number, a: Expr, b: Expr) -> Expr | None:
    """The number that a sum, product or quotient of two is, None where it is long."""
    if not _small(value):
        return None
    return numeral(value, True) if is_decimal(a) or is_decimal(b) else number(value)


def _multiplied(value: Number, a: Expr, b: Expr) -> Expr | None:
    """What `_folded` makes, unless it is a decimal that is longer than a and b."""
    found = _folded(value, a, b)
    if found is None or not is_decimal(found):
        return found
    return found if figures(found) <= max(FIGURES, figures(a), figures(b)) else None


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
        return like(ZERO, a, b)
    if a.op == "number":
        if b.op == "number":
            return _multiplied(a.value * b.value, a, b) or _mul((a, b))
        if a is MINUS_ONE:
            return neg(b)
    elif b is MINUS_ONE:
        return neg(a)
    return _mul((a, b))


def chain(first: Expr, rest: Sequence[Expr]) -> Expr:
    """first * rest, a sign put on the first factor."""
    if first is MINUS_ONE and rest:
        first, rest = neg(rest[0]), rest[1:]
    for factor in rest:
        first = mul(first, factor)
    return first


def div(a: Expr, b: Expr) -> Expr:
    """a / b; DomainError where b is the number 0."""
    if b is ONE:
        return a
    if b.op == "number":
        if b.value == 0:
            raise DomainError("division by zero: the quotient has no value")
        if a.op == "number":
            return _multiplied(Fraction(a.value) / b.value, a, b) or _div((a, b))
        if b is MINUS_ONE:
            return neg(a)
    if a is ZERO:
        return like(ZERO, a, b)
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
        return like(ONE, a, b)
    if a is E:
        return make(EXP, (b,))
    if a.op == "number" and b.op == "number" and a.value == 0:
        if b.value < 0:
            raise DomainError("0 to a negative power has no value")
        return ZERO
    return _pow((a, b))


LIGHT.update(
    {
        "add": add,
        "sub": sub,
        "mul": mul,
        "div": div,
        "neg": neg,
        "pow": power,
    }
)


def build(op: str, args: tuple[Expr, ...]) -> Expr:
    """The node `op(*args)` with the light folds of its constructor, if it has one."""
    light = LIGHT.get(op)
    return make(op, args) if light is None else light(*args)


# How a node of an operation on arrays is made again, of other arguments; `core.tensors`
# enters them.
REBUILD: dict[str, Callable[[Expr, tuple[Expr, ...]], Expr]] = {}


def rebuild(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """`node` with other arguments."""
    if node.op == "formal":
        name, orders = node.value
        return formal(name, orders, args)
    again = REBUILD.get(node.op)
    return build(node.op, args) if again is None else again(node, args)


def rebuilt(node: Expr, done: Mapping[Expr, Expr]) -> Expr:
    """`node` over what its arguments have become; itself where none has changed."""
    args = tuple([done[a] for a in node.args])
    return node if args == node.args else rebuild(node, args)


def opposite(node: Expr) -> Expr:
    """-node, the sign at the first factor."""
    around = []
    while node.op in ("mul", "div"):
        around.append(node)
        node = node.args[0]
    result = neg(node)
    for outer in reversed(around):
        result = build(outer.op, (result, outer.args[1]))
    return result


def unsigned(node: Expr) -> Expr | None:
    """-node, for a product or quotient that begins with a sign; else None.

    -2*x/y gives 2*x/y.
    """
    first = node
    while first.op in ("mul", "div"):
        first = first.args[0]
    signed = first.op == "neg" or (first.op == "number" and first.value < 0)
    return opposite(node) if signed else None


def bottom_up(
    root: Expr, change: Callable[[Expr, Expr], Expr], order: Iterable[Expr] = ()
) -> Expr:
    """`root` with each node changed, arguments first.

    `change` takes a node as it was, and over its changed arguments. `order` is
    `walk(root)`, where the caller has it already.
    """
    done: dict[Expr, Expr] = {}
    for node in order or walk(root):
        done[node] = change(node, rebuilt(node, done))
    return done[root]


# --- replacing ---------------------------------------------------------------------


def substitute(root: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """`root` with whole subexpressions replaced; what is put in is not looked into."""
    return substitute_all([root], values)[0]


def substitute_all(roots: Iterable[Expr], values: Mapping[Expr, Expr]) -> list[Expr]:
    """`substitute` on several roots that share work."""
    roots = list(roots)
    done: dict[Expr, Expr] = {}
    order = walk(*roots)
    spend(3 * len(order))
    for node in order:
        done[node] = values[node] if node in values else rebuilt(node, done)
    return [done[root] for root in roots]


# --- flat form: pickling without recursion -----------------------------------------


def dump(root: Expr) -> list[tuple[Any, ...]]:
    """The nodes as a flat list of (op, value, text, places of the arguments, shape)."""
    place: dict[Expr, int] = {}
    rows: list[tuple[Any, ...]] = []
    for node in walk(root):
        place[node] = len(rows)
        text = node.text if node.op == "number" else None
        places = tuple(place[a] for a in node.args)
        rows.append((node.op, node.value, text, places, node.dims))
    return rows


def load(rows: Sequence[tuple[Any, ...]]) -> Expr:
    """The expression that `dump` flattened."""
    if any(dims for *_, dims in rows):
        BUILD["filled"]  # `core.tensors` enters its operations in ARRAYS
    nodes: list[Expr] = []
    for op, value, text, places, dims in rows:
        args = tuple(nodes[i] for i in places)
        if op == "number":
            nodes.append(intern("number", text, (), value, text))
        elif op in LEAVES:
            key = (value, dims) if dims else value
            nodes.append(intern(op, key, (), value, value, dims))
        elif op == "formal":
            name, orders = value
            nodes.append(formal(name, orders, args))
        elif op in ARRAYS:
            nodes.append(intern(op, (args, value, dims), args, value, "", dims))
        else:
            nodes.append(make(op, args))
    return nodes[-1]


def _subs(root: Expr, values: Mapping[Any, object]) -> Expr:
    """The methods' `subs`: names replaced, an array by an array of its shape."""
    put = {_name(key): lift(value) for key, value in values.items()}
    found = {}
    for node in walk(root):
        if node.op == "symbol" and node.value in put:
            new = put[node.value]
            if new.dims != node.dims:
                raise ShapeError(
                    f"{node.value} has the shape {shown(node.dims)}, and what is put "
                    f"in its place {shown(new.dims)}"
                )
            found[node] = new
    return substitute(root, found)


def _name(key: object) -> str:
    """The name of a variable that is given by it, or as itself."""
    key = key if isinstance(key, str) else METHODS["brought"](key)
    name = key.value if isinstance(key, Expr) and key.op == "symbol" else key
    if not isinstance(name, str) or not name.isidentifier():
        raise UnsupportedError(f"subs replaces variables, such as x; {key} is none")
    return name


METHODS.update(load=load, dump=dump, subs=_subs)
