"""Expressions to SymPy's classes: sums at once, deep functions level by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from calcml.core.errors import LimitError, UnsupportedError
from calcml.core.expr import CONDITIONS, Expr, walk
from calcml.core.flat import SUMS, signed_terms
from calcml.core.tensors import has_arrays
from calcml.functions import CONSTANTS, FUNCTIONS
from calcml.parsing.rows import lower
from calcml.sympy_bridge.limits import HIGH, LONG, MAX_BITS, MAX_FACTORIAL

PRODUCTS = frozenset(("mul", "div"))


def to_sympy(root: Expr, real: bool = True) -> Any:
    """`root` in SymPy's classes, numbers exact; symbols real, or plain ones.

    A function that SymPy lacks is replaced by its definition. Raises LimitError for a
    nesting that SymPy's recursion does not reach.
    """
    import sympy

    if has_arrays(root):
        raise UnsupportedError(
            "SymPy gets no arrays from calcml: its matrix derivatives err; write the "
            "elements out, or check against finite differences"
        )
    root = lower(root, lambda row: row.sympy is not None)
    order = walk(root)
    inner = _inner(root, order)
    done: dict[Expr, Any] = {}
    height: dict[Expr, int] = {}
    kept: dict[str, Any] = {}
    try:
        for node in order:
            height[node] = max([height[a] for a in node.args], default=0)
            if node in inner:
                continue
            height[node] += 1
            long = not inner.isdisjoint(node.args)
            if long and node.op in SUMS:
                terms = signed_terms(node, SUMS, inner)
                signed = [done[t] if sign > 0 else -done[t] for sign, t in terms]
                done[node] = sympy.Add(*signed)
                continue
            args = [done[a] for a in node.args if a not in inner]
            make = partial(_made, node, real, sympy)
            if node.op in FUNCTIONS and len(node.args) == 1 and args[0].is_Symbol:
                if node.op not in kept:
                    kept[node.op] = _kept(make, real, sympy)
                kind = kept[node.op]
                done[node] = kind(*args, evaluate=False) if kind else make(args)
                continue
            if long:
                args = _factors(node, inner, done)
                make = partial(_multiplied, sympy)
            # SymPy does not look through choices and conditions.
            high = height[node] > HIGH and node.op not in {"where", *CONDITIONS}
            done[node] = _outermost(make, args, real, sympy) if high else make(args)
    except RecursionError:
        raise LimitError("the formula is nested too deep for SymPy") from None
    return done[root]


def _kept(make: Callable[[list[Any]], Any], real: bool, sympy: Any) -> Any:
    """SymPy's class for a function that it keeps as it is, of a variable, else None."""
    name = sympy.Dummy(real=True if real else None)
    made = make([name])
    return made.func if made.is_Function and made.args == (name,) else None


def _inner(root: Expr, order: Sequence[Expr]) -> set[Expr]:
    """The inner nodes of long sums, and of long products to their left.

    SymPy goes through all terms whenever it adds one, so long sums are given at once;
    short ones are left to its operators, one after the other.
    """
    uses = Counter(arg for node in order for arg in node.args)
    below: dict[Expr, list[Expr]] = {}
    size: dict[Expr, int] = {}
    for node in order:
        kind = SUMS if node.op in SUMS else PRODUCTS if node.op in PRODUCTS else ()
        places = node.args if kind is SUMS else node.args[:1]
        below[node] = [a for a in places if a.op in kind and uses[a] == 1]
        size[node] = 1 + sum([size[a] for a in below[node]])
    inside: set[Expr] = set()
    for node in reversed(order):
        if node in inside or size[node] > LONG:
            inside.update(below[node])
    return inside


def _factors(node: Expr, inner: set[Expr], done: dict[Expr, Any]) -> list[Any]:
    """The factors of a product, in their order, those below a line as reciprocals."""
    found = []
    while True:
        first, last = node.args
        found.append(done[last] if node.op == "mul" else 1 / done[last])
        if first not in inner:
            return [done[first], *reversed(found)]
        node = first


def _multiplied(sympy: Any, factors: Sequence[Any]) -> Any:
    """The product that SymPy makes of factors one by one.

    A number times a sum is multiplied out there as soon as the two meet.
    """
    first, *rest = factors
    while rest and (first.is_Number or first.is_Add):
        first = sympy.Mul(first, rest.pop(0))
    return sympy.Mul(first, *rest) if rest else first


def _outermost(
    make: Callable[[list[Any]], Any], args: Sequence[Any], real: bool, sympy: Any
) -> Any:
    """What is made of terms nested deep, of which SymPy sees the outermost level only.

    Looking for what it may evaluate, it would go down to the leaves for each function.
    """
    names: dict[Any, Any] = {}  # the variables that stand for what is further below

    def opaque(term: Any) -> Any:
        if not term.args:
            return term
        if term not in names:
            names[term] = sympy.Dummy(real=True if real else None)
        return names[term]

    def shallow(term: Any) -> Any:
        known = term.is_Add or term.is_Mul or term.is_Pow or term.is_Function
        if not known or term.is_Piecewise:
            return opaque(term)
        return term.func(*map(opaque, term.args))

    made = make(list(map(shallow, args)))
    done: dict[Any, Any] = {name: term for term, name in names.items()}
    for part in sympy.postorder_traversal(made):
        if part not in done:
            parts = [done[p] for p in part.args]
            same = all(a is b for a, b in zip(parts, part.args, strict=True))
            # SymPy puts terms and factors in order; a number stands first already.
            lone = part.is_Mul and parts[0].is_Number and len(parts) == 2
            plain = lone and not (parts[1].is_Mul or parts[1].is_Add)
            kept = part.is_Function or part.is_Pow or part.is_Relational or plain
            options = {"evaluate": False} if kept else {}
            done[part] = part if same else part.func(*parts, **options)
    return done[made]


def _made(node: Expr, real: bool, sympy: Any, args: list[Any]) -> Any:
    if node.op == "number":
        value = Fraction(node.value)
        return sympy.Rational(value.numerator, value.denominator)
    if node.op == "symbol":
        return sympy.Symbol(node.value, real=True if real else None)
    if node.op == "constant":
        return getattr(sympy, CONSTANTS[node.value].sympy)
    if node.op == "formal":
        name, orders = node.value
        return _formal(name, orders, args, sympy)
    row = FUNCTIONS[node.op]
    if node.op == "pow" and _huge(*args):
        raise LimitError("SymPy would work out a power of millions of digits")
    if row.family == "special" and any(
        a.is_Rational and abs(a) > MAX_FACTORIAL for a in args
    ):
        raise LimitError(f"SymPy would work out {row.name} of a large number exactly")
    spelled = row.sympy
    if callable(spelled):
        return spelled(sympy, *args)
    return getattr(sympy, str(spelled))(*args)


def _huge(base: Any, exponent: Any) -> bool:
    """Whether SymPy, which takes powers of numbers at once, would not come back."""
    if not exponent.is_Rational or abs(exponent) < MAX_BITS // 1_000:
        return False
    numbers = [a for a in base.atoms() if a.is_Rational]
    bits = max([int(a.p).bit_length() + int(a.q).bit_length() for a in numbers] or [0])
    return bool(abs(exponent) * bits > MAX_BITS)


def _formal(name: str, orders: Sequence[int], args: list[Any], sympy: Any) -> Any:
    """The unknown function, its Derivative, or that with arguments put in (Subs)."""
    function = sympy.Function(name)
    if not any(orders):
        return function(*args)
    if all(a.is_Symbol for a in args) and len(set(args)) == len(args):
        return sympy.Derivative(function(*args), *zip(args, orders, strict=True))
    inner = [sympy.Dummy(f"xi_{i}", real=True) for i in range(1, len(args) + 1)]
    slope = sympy.Derivative(function(*inner), *zip(inner, orders, strict=True))
    return sympy.Subs(slope, tuple(inner), tuple(args))
