"""An expression as a polynomial in one kernel, and its real roots, by FLINT."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd
from typing import Any, NamedTuple

from calcml.algebra.canonical import Tidier, tidy
from calcml.algebra.closed.assemble import Assembler
from calcml.algebra.facts.linear import linear, reciprocal, written
from calcml.algebra.normal.reader import GIVEN_UP, Reader
from calcml.algebra.simplify import simplify
from calcml.algebra.terms import is_whole
from calcml.calculus.zeros.constants import fraction, real_root, sign_or_none
from calcml.calculus.zeros.limits import MAX_DEGREE, ROOT_DIGITS
from calcml.core.build import add, div, mul, neg, sub, substitute
from calcml.core.cost import Cost
from calcml.core.errors import LimitError
from calcml.core.expr import ONE, ZERO, Expr, decimal, make, number, symbol, walk
from calcml.core.flat import depending
from calcml.core.limits import MAX_BITS

Coefficients = dict[int, Expr]
KERNEL = symbol("\u00b7t")  # stands for it; no name of the grammar has the dot


class Polynomial(NamedTuple):
    """The sum of coefficient * kernel^power."""

    kernel: Expr
    top: Coefficients


class Root(NamedTuple):
    """A value of a kernel to a power: exact, or a decimal; what it asks for."""

    power: int
    value: Expr
    exact: bool = True
    given: tuple[Expr, ...] = ()


def read(root: Expr, x: Expr) -> Polynomial | None:
    """The numerator of `root` as a polynomial in one kernel; None for several."""
    order = walk(root)
    moving = depending(order, x)
    stack, met = [root], {root}
    while stack:
        node = stack.pop()
        if node in moving and _in_ring(node):
            news = [a for a in node.args if a not in met]
            met.update(news)
            stack += news
    kernels = [n for n in order if n in met and n in moving and not _in_ring(n)]
    if len(kernels) != 1:
        return None
    try:
        top = _coefficients(substitute(root, {kernels[0]: KERNEL}))
    except GIVEN_UP:
        return None
    return Polynomial(kernels[0], top)


def _coefficients(root: Expr) -> Coefficients:
    """The numerator by the powers of KERNEL, of which `root` is a rational function."""
    tidier = Tidier([root])
    (root,) = tidier.settled([root])
    reader = Reader(tidier.algebra, [root])
    (c, factors), place = reader.values[root], reader.symbol(KERNEL)
    above = {f: e for f, e in factors.items() if e > 0}
    top = reader.ring.multiplied(above) * int(c.p)
    parts = reader.ring.by_powers(top, place) if c != 0 else {}
    if max(parts, default=0) > MAX_DEGREE:
        raise LimitError("a polynomial has too high a degree")
    spelled, factored = Assembler(reader, Cost()).flat, reader.ring.factored
    return {k: tidy(spelled(factored(part))) for k, part in parts.items()}


@lru_cache(maxsize=500)
def factors(root: Expr) -> tuple[int, dict[Expr, int]]:
    """The sign of the number before a product, and its irreducible factors by powers.

    Each factor is scaled to be the same for all multiples.

    >>> from calcml.parsing.parser import parse
    >>> print(factors(parse("2*x - 2*x^3")))
    (-1, {x - 1: 1, x + 1: 1, x: 1})
    """
    tidier = Tidier([root])
    (root,) = tidier.settled([root])
    try:
        reader = Reader(tidier.algebra, [root])
        c, parts = reader.values[root]
        sign, found = 1 if c > 0 else -1, dict[Expr, int]()
        spelled = Assembler(reader, Cost()).flat
        for f, e in parts.items():
            unit, inner = reader.ring.factored(reader.ring.multiplied({f: 1}))
            sign *= 1 if unit > 0 else -1
            for g, k in inner.items():
                factor = tidy(spelled(reader.ring.generator(g)))
                way = sign_or_none(factor)
                if not way:
                    factor, way = _scaled(factor)
                    found[factor] = found.get(factor, 0) + e * k
                sign *= way if e * k % 2 else 1
    except GIVEN_UP:
        factor, sign = _scaled(root)
        return sign, {factor: 1}
    return sign, found


@lru_cache(maxsize=4_000)
def normal(root: Expr) -> Expr:
    """An equal quotient of products, 0 where it is 0: sooner made than a short form.

    >>> from calcml.parsing.parser import parse
    >>> print(normal(parse("(x + 1)^2 - x^2 - 1")))
    2*x
    """
    tidier = Tidier([root])
    (root,) = tidier.settled([root])
    if not root.args:
        return root
    try:
        reader = Reader(tidier.algebra, [root])
        return tidy(Assembler(reader, Cost()).flat(reader.values[root]))
    except GIVEN_UP:
        return simplify(root)


def _scaled(u: Expr) -> tuple[Expr, int]:
    """A sum over the number before its first term, and that number's sign."""
    form = linear(u) or {u: 1}
    first = min((t for t in form if t is not ONE), key=str, default=ONE)
    scale = reciprocal(form[first])
    return tidy(written(form, scale)), 1 if scale > 0 else -1


def _in_ring(node: Expr) -> bool:
    if node.op != "pow":
        return node.op in ("add", "sub", "mul", "div", "neg")
    exponent = node.args[1]
    return is_whole(exponent) and exponent is not ZERO


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
    if abs(value) >= 1 << MAX_BITS:
        raise LimitError("a place has thousands of digits")
    scaled = round(abs(value) * 10**digits)
    whole, part = divmod(scaled, 10**digits)
    return decimal(f"{'-' * (value < 0)}{whole}.{part:0{digits}d}")
