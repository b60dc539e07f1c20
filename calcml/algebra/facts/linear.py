"""Linear forms: sums of terms with numbers before them, and what such facts imply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from calcml.algebra.facts.interval import (
    INFINITY,
    End,
    Interval,
    plus,
    point,
    scale,
)
from calcml.algebra.facts.limits import DEEPEST, MOST_STEPS, MOST_SUMS
from calcml.core.budget import spend
from calcml.core.build import add, mul, sub
from calcml.core.expr import ONE, ZERO, Expr, Number, number

Form = dict[Expr, Number]  # term -> coefficient; the constant stands at ONE
Box = Callable[[Expr], Interval | None]


class Fact(NamedTuple):
    """A form that is at least 0, or over 0 where `strict`."""

    form: Form
    strict: bool


def linear(node: Expr, most: int = MOST_STEPS) -> Form | None:
    """`node` as a linear form; None where that takes more than `most` steps."""
    form: Form = {}
    stack: list[tuple[Expr, Number]] = [(node, 1)]
    steps = 0
    while stack:
        steps += 1
        if steps > most:
            return None
        part, factor = stack.pop()
        op, args = part.op, part.args
        if op == "number":
            form[ONE] = form.get(ONE, 0) + factor * part.value
        elif op == "add":
            stack += [(args[1], factor), (args[0], factor)]
        elif op == "sub":
            stack += [(args[1], -factor), (args[0], factor)]
        elif op == "neg":
            stack.append((args[0], -factor))
        elif op == "mul" and args[0].op == "number":
            stack.append((args[1], factor * args[0].value))
        elif op == "mul" and args[1].op == "number":
            stack.append((args[0], factor * args[1].value))
        elif op == "div" and args[1].op == "number" and args[1].value:
            stack.append((args[0], factor * reciprocal(args[1].value)))
        else:
            form[part] = form.get(part, 0) + factor
    return {term: c for term, c in form.items() if c}


def reciprocal(value: Number) -> Number:
    """1/value"""
    found: Number = 1 / Fraction(value)
    return found.numerator if found.denominator == 1 else found


def written(form: Mapping[Expr, Number], scale: Number = 1) -> Expr:
    """A form times a number as an expression."""
    total = ZERO
    for term, coefficient in form.items():
        c = coefficient * scale
        part = mul(number(c if c > 0 else -c), term)
        total = add(total, part) if c > 0 else sub(total, part)
    return total


def opposite(form: Mapping[Expr, Number]) -> Form:
    """-form"""
    return {term: -c for term, c in form.items()}


def total(form: Mapping[Expr, Number], box: Box) -> Interval | None:
    """The interval of a form from those of its terms; None where one has no values."""
    found: Interval | None = point(form.get(ONE, 0))
    for term, c in form.items():
        if term is ONE:
            continue
        values = box(term)
        if values is None or found is None:
            return None
        found = plus(found, values if c == 1 else scale(values, c))
    return found


Index = Mapping[Expr, Sequence[Fact]]


def index(facts: Iterable[Fact]) -> dict[Expr, list[Fact]]:
    """Facts by the terms that occur in them."""
    found: dict[Expr, list[Fact]] = {}
    for fact in facts:
        for term in fact.form:
            if term is not ONE:
                found.setdefault(term, []).append(fact)
    return found


def least(form: Form, facts: Index, box: Box) -> tuple[End, bool]:
    """The greatest lower end that sums of up to DEEPEST facts prove, and if it is open.

    With form = rest + k*fact for k > 0, the form is over whatever the rest is over.
    """
    best: tuple[End, bool] = (-INFINITY, True)
    if not any(term in facts for term in form):
        return best
    front = [(form, False)]
    tried: list[Form] = [form]
    for _ in range(DEEPEST):
        behind, front = front, []
        for partial, strict in behind:
            for rest, also in _rests(partial, facts):
                spend(len(tried))
                if rest in tried or len(tried) > MOST_SUMS:
                    continue
                tried.append(rest)
                front.append((rest, strict or also))
                values = total(rest, box)
                if values is not None:
                    is_open = strict or also or values.low_open
                    best = max(best, (values.low, is_open))
    return best


def _rests(form: Form, facts: Index) -> list[tuple[Form, bool]]:
    """What is left of a form when a fact takes one of its terms away."""
    found = []
    for term, coefficient in form.items():
        for fact, strict in facts.get(term, ()):
            factor = coefficient * reciprocal(fact[term])
            if factor > 0:
                rest = dict(form)
                spend(4 * len(fact))
                for other, d in fact.items():
                    rest[other] = rest.get(other, 0) - factor * d
                found.append(({t: d for t, d in rest.items() if d}, strict))
    return found


def parallel(a: Mapping[Expr, Number], b: Mapping[Expr, Number]) -> bool:
    """Whether one form is a multiple of the other."""
    if a.keys() != b.keys():
        return False
    spend(len(a))
    first = next(iter(a))
    return all(c * b[first] == b[term] * a[first] for term, c in a.items())
