"""An expression as a polynomial in one kernel, and its real roots, by FLINT."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import Any, NamedTuple

from calcml.algebra.canonical import tidy
from calcml.calculus.zeros.constants import fraction, real_root, sign_or_none
from calcml.calculus.zeros.limits import MAX_DEGREE, ROOT_DIGITS
from calcml.core.build import add, div, mul, neg, sub
from calcml.core.expr import ONE, ZERO, Expr, Number, decimal, make, number, walk
from calcml.core.flat import depending

Coefficients = dict[int, Expr]


class Polynomial(NamedTuple):
    """The sum of coefficient * kernel^power, and what it is divided by."""

    kernel: Expr
    top: Coefficients
    bottom: Coefficients


class Root(NamedTuple):
    """A value of a kernel to a power: exact, or a decimal; what it asks for."""

    power: int
    value: Expr
    exact: bool = True
    given: tuple[Expr, ...] = ()


def read(root: Expr, x: Expr) -> Polynomial | None:
    """`root` as a quotient of polynomials in one kernel; None for several kernels."""
    kernel: Expr | None = None
    done: dict[Expr, tuple[Coefficients, Coefficients]] = {}
    order = walk(root)
    depends = depending(order, x)
    inner = _inner(root, depends)
    for node in order:
        if node not in inner:
            continue
        if node not in depends:
            done[node] = ({0: node} if node is not ZERO else {}), {0: ONE}
            continue
        parts = [done.get(a) for a in node.args]
        made = _combined(node, parts) if node.op in _RING else None
        if made is None:
            if kernel is not None and kernel is not node:
                return None
            kernel, made = node, ({1: ONE}, {0: ONE})
        if max([*made[0], *made[1]], default=0) > MAX_DEGREE:
            return None
        done[node] = made
    if kernel is None:
        return None
    return Polynomial(kernel, *done[root])


def _inner(root: Expr, depends: set[Expr]) -> set[Expr]:
    """The nodes of ring operations at the top, and what stands right below them."""
    found, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if node in depends and _in_ring(node):
            news = [a for a in node.args if a not in found]
            found.update(news)
            stack += news
    return found


_RING = frozenset(("add", "sub", "mul", "div", "neg", "pow"))


def _in_ring(node: Expr) -> bool:
    if node.op != "pow":
        return node.op in _RING
    exponent = node.args[1]
    return exponent.op == "number" and _whole(exponent.value)


def _whole(value: Number) -> bool:
    small = -MAX_DEGREE <= value <= MAX_DEGREE
    return value.denominator == 1 and small and value != 0


def _combined(node: Expr, parts: list[Any]) -> tuple[Coefficients, Coefficients] | None:
    if not _in_ring(node):
        return None
    (top, bottom), *rest = parts
    if node.op == "neg":
        return {k: neg(c) for k, c in top.items()}, bottom
    if node.op == "pow":
        n = int(node.args[1].value)
        if max([*top, *bottom], default=0) * abs(n) > MAX_DEGREE:
            return None
        above = reduce(_times, [top] * abs(n))
        below = reduce(_times, [bottom] * abs(n))
        return (above, below) if n > 0 else (below, above)
    other, under = rest[0]
    if node.op == "mul":
        return _times(top, other), _times(bottom, under)
    if node.op == "div":
        return _times(top, under), _times(bottom, other)
    if bottom != under:
        top, other = _times(top, under), _times(other, bottom)
        bottom = _times(bottom, under)
    sum_of = add if node.op == "add" else sub
    both = {k: sum_of(top.get(k, ZERO), other.get(k, ZERO)) for k in {**top, **other}}
    return _tidied(both), bottom


def _times(a: Coefficients, b: Coefficients) -> Coefficients:
    made: Coefficients = {}
    for i, c in a.items():
        for j, d in b.items():
            made[i + j] = add(made.get(i + j, ZERO), mul(c, d))
    return _tidied(made)


def _tidied(p: Coefficients) -> Coefficients:
    found = {k: tidy(c) for k, c in p.items()}
    return {k: c for k, c in found.items() if c is not ZERO}


# --- roots -------------------------------------------------------------------------


def roots(p: Coefficients) -> list[Root] | None:
    """All real roots of a polynomial that is not 0; None where they are not found."""
    low = min(p)
    found = [Root(1, ZERO)] if low else []
    step = reduce(gcd, [k - low for k in p]) or 1
    reduced = {(k - low) // step: c for k, c in p.items()}
    degree = max(reduced)
    if degree == 0:
        return found
    if all(c.op == "number" for c in reduced.values()):
        more = _by_flint(reduced)
    elif degree == 1:
        value = tidy(neg(div(reduced[0], reduced[1])))
        more = [Root(1, value, True, _not_zero(reduced[1]))]
    elif degree == 2:
        more = _quadratic(reduced)
    else:
        return None
    return found + [r._replace(power=step) for r in more]


def _not_zero(c: Expr) -> tuple[Expr, ...]:
    return () if sign_or_none(c) else (make("ne", (c, ZERO)),)


def _quadratic(p: Mapping[int, Expr]) -> list[Root]:
    """Both roots of a*t^2 + b*t + c."""
    a, b, c = p[2], p.get(1, ZERO), p.get(0, ZERO)
    under = tidy(sub(mul(b, b), mul(number(4), mul(a, c))))
    which = sign_or_none(under)
    if which == -1:
        return []
    given = _not_zero(a)
    if which is None:
        given = (*given, make("ge", (under, ZERO)))
    base = div(neg(b), mul(number(2), a))
    if which == 0:
        return [Root(1, tidy(base), True, given)]
    reach = div(real_root(under, 2), mul(number(2), a))
    ends = [tidy(sub(base, reach)), tidy(add(base, reach))]
    return [Root(1, end, True, given) for end in ends]


def _by_flint(p: Mapping[int, Expr]) -> list[Root]:
    """Real roots of a polynomial with rational coefficients, factor by factor."""
    import flint

    dense = [Fraction(p[k].value) if k in p else Fraction(0) for k in range(max(p) + 1)]
    whole = flint.fmpq_poly(
        [flint.fmpq(c.numerator, c.denominator) for c in dense]
    ).numer()
    found: list[Root] = []
    for factor, _ in whole.factor()[1]:
        parts = {k: number(int(c)) for k, c in enumerate(factor.coeffs()) if c != 0}
        if factor.degree() == 1:
            found.append(Root(1, number(Fraction(-int(factor[0]), int(factor[1])))))
        elif factor.degree() == 2:
            found += _quadratic(parts)
        else:
            found += _enclosed(factor)
    return found


def _enclosed(factor: Any) -> list[Root]:
    """Real roots of an irreducible polynomial, to ROOT_DIGITS right digits."""
    import flint

    size = max(int(c).bit_length() for c in factor.coeffs())
    with flint.ctx.workprec(4 * ROOT_DIGITS + size):
        return [
            Root(1, as_decimal(fraction(value.real)), False)
            for value, _ in factor.complex_roots()
            if value.imag.is_zero()
        ]


def as_decimal(value: Fraction, digits: int = ROOT_DIGITS) -> Expr:
    """A decimal of so many digits after the point."""
    scaled = round(abs(value) * 10**digits)
    whole, part = divmod(scaled, 10**digits)
    return decimal(f"{'-' * (value < 0)}{whole}.{part:0{digits}d}")
