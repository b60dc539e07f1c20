"""Signs of products, by those of their factors: x > 0 and x*y > 0 means y > 0, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from calcml.algebra.facts import Facts
from calcml.calculus.zeros.polynomials import factors
from calcml.core.build import div, mul, sub
from calcml.core.comparisons import COMPARISONS, OPEN, ORDERED, REVERSED, STRICT
from calcml.core.errors import or_none
from calcml.core.expr import MINUS_ONE, ONE, ZERO, Expr, make

PRODUCTS = frozenset(("mul", "div", "neg", "pow"))

Factor = tuple[Expr, int]  # a part of a product, and its exponent


def by_factors(conditions: Sequence[Expr]) -> list[Expr]:
    """Conditions that hold together, products without factors whose signs are known.

    That a factor is not 0 is not said again where the sign of a product is.
    """
    found = list(conditions)
    for i, condition in enumerate(found):
        if _compares_product(condition):
            known = or_none(Facts, [c for c in found if c is not condition])
            if known is not None:
                found[i] = _shorter(condition, known)
    found = _different(found)
    strict = [c for c in found if c.op in ("lt", "gt") and c.args[1] is ZERO]
    signed = {part for c in strict for part, _ in _factors(c.args[0])}
    left = {make("ne", (part, ZERO)) for part in signed} - set(strict)
    return [c for c in dict.fromkeys(found) if c not in left]


def _compares_product(condition: Expr) -> bool:
    return _is_signed(condition) and condition.args[0].op in (
        "mul",
        "div",
        "neg",
        "pow",
    )


def _different(conditions: Sequence[Expr]) -> list[Expr]:
    """Conditions without those that say the same, or less, of another spelling.

    They are compared by the factors of their differences, which are defined.
    """
    kinds = Counter(c.free_symbols for c in conditions if c.op in COMPARISONS)
    found: dict[tuple[str, frozenset[object]], Expr] = {}
    parts: dict[Expr, frozenset[Expr]] = {}  # the factors that are not 0
    closed: dict[Expr, frozenset[Expr]] = {}  # those that may be
    for c in conditions:
        several = c.op in COMPARISONS and kinds[c.free_symbols] > 1
        read = or_none(factors, sub(*c.args)) if several else None
        if read is None:
            found[c.op, frozenset((c,))] = c
            continue
        sign, powers = read
        op = REVERSED[c.op] if sign < 0 else c.op
        signs = frozenset((f, e % 2) for f, e in powers.items() if e > 0 or e % 2)
        zeros = frozenset(f for f, e in powers.items() if e > 0)
        about: frozenset[object] = signs if op in ORDERED else zeros
        known = found.setdefault((op, about), c)
        (parts if op in STRICT else closed)[known] = zeros
    apart = frozenset[Expr]().union(*parts.values())
    for (op, about), c in list(found.items()):
        strict = found.get((OPEN.get(op, ""), about))
        if strict is None and c in closed and c.op in OPEN and closed[c] <= apart:
            strict = make(OPEN[c.op], c.args)
            parts[strict] = closed[c]
        if strict is not None:
            found[op, about] = strict
    kept = dict.fromkeys(found.values())
    for c in sorted(parts, key=lambda c: -len(parts[c])):
        others = [parts[k] for k in kept if k is not c and k in parts]
        if c.op == "ne" and parts[c] <= frozenset[Expr]().union(*others):
            del kept[c]
    return [*kept]


def _is_signed(condition: Expr) -> bool:
    return condition.op in COMPARISONS and condition.args[1] is ZERO


def _factors(product: Expr) -> list[Factor]:
    """The factors of a product or quotient with their whole exponents."""
    found, stack = [], [(product, 1)]
    while stack:
        part, exponent = stack.pop()
        op, args = part.op, part.args
        if op == "neg":
            stack.append((args[0], exponent))
            found.append((MINUS_ONE, exponent))
        elif op in ("mul", "div"):
            below = exponent if op == "mul" else -exponent
            stack += [(args[1], below), (args[0], exponent)]
        elif op == "pow" and args[1].op == "number" and args[1].value.denominator == 1:
            stack.append((args[0], exponent * int(args[1].value)))
        else:
            found.append((part, exponent))
    return found


def _shorter(condition: Expr, known: Facts) -> Expr:
    """A condition on the sign of a product, by the factors that decide it."""
    op, factors = condition.op, _factors(condition.args[0])
    if op not in ORDERED:
        return condition
    if op in OPEN and all(known.nonzero(part) for part, _ in factors):
        op = OPEN[op]
    kept: list[Factor] = []
    for part, exponent in factors:
        if known.negative(part):
            op = op if exponent % 2 == 0 else REVERSED[op]
        elif exponent % 2 or not known.nonzero(part):
            kept += [] if known.positive(part) else [(part, exponent)]
    if not kept:
        return condition
    if len(kept) == len(factors):
        return make(op, condition.args)
    product, below = ONE, ONE
    for part, exponent in kept:
        base = part if exponent % 2 else make("pow", (part, ONE + ONE))
        if exponent > 0:
            product = mul(product, base)
        else:
            below = mul(below, base)
    return make(op, (div(product, below), ZERO))
