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
    if value in (1, -1):
        return int(value)
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


Index = Mapping[tuple[Expr, bool], Sequence[Fact]]


def index(facts: Iterable[Fact]) -> dict[tuple[Expr, bool], list[Fact]]:
    """Facts by the terms that occur in them, each with whether it is added."""
    found: dict[tuple[Expr, bool], list[Fact]] = {}
    for fact in facts:
        for term, c in fact.form.items():
            if term is not ONE:
                found.setdefault((term, c > 0), []).append(fact)
    return found


def least(form: Form, facts: Index, box: Box) -> tuple[End, bool]:
    """The greatest lower end that sums of up to DEEPEST facts prove, and if it is open.

    With form = rest + k*fact for k > 0, the form is over whatever the rest is over. A
    term of which the values have no end must be taken away: first the one with the
    fewest facts for that.
    """
    best: tuple[End, bool] = (-INFINITY, True)
    front = [(form, False, _ways(form, facts, box))]
    tried: list[Form] = [form]
    for _ in range(DEEPEST):
        behind, front = front, []
        for partial, strict, ways in behind:
            for term, fact in ways:
                spend(len(tried))
                if len(tried) > MOST_SUMS:
                    return best
                rest = _rest(partial, term, fact.form)
                if rest in tried:
                    continue
                tried.append(rest)
                front.append((rest, strict or fact.strict, _ways(rest, facts, box)))
                values = total(rest, box)
                if values is not None:
                    is_open = strict or fact.strict or values.low_open
                    best = max(best, (values.low, is_open))
    return best


def _ways(form: Form, facts: Index, box: Box) -> list[tuple[Expr, Fact]]:
    """Terms to take away, and facts by which; none where no sum has a lower end."""
    spend(4 + 2 * len(form))
    every = {t: facts.get((t, c > 0), ()) for t, c in form.items() if t is not ONE}
    free = [t for t in every if _endless(box(t), form[t])]
    some = [min(free, key=lambda t: len(every[t]))] if free else every
    if free and not all(every[t] for t in free):
        return []
    return [(term, fact) for term in some for fact in every[term]]


def _endless(values: Interval | None, c: Number) -> bool:
    """Whether a term with values times c has no lower end."""
    return values is None or (values.low if c > 0 else -values.high) == -INFINITY


def _rest(form: Form, term: Expr, fact: Form) -> Form:
    """What is left of a form when a fact takes one of its terms away."""
    factor = form[term] * reciprocal(fact[term])
    rest = dict(form)
    spend(4 * len(fact))
    for other, d in fact.items():
        rest[other] = rest.get(other, 0) - factor * d
    return {t: d for t, d in rest.items() if d}


def parallel(a: Mapping[Expr, Number], b: Mapping[Expr, Number]) -> bool:
    """Whether one form is a multiple of the other."""
    if a.keys() != b.keys():
        return False
    spend(len(a))
    first = next(iter(a))
    return all(c * b[first] == b[term] * a[first] for term, c in a.items())


def multiples(form: Mapping[Expr, Number]) -> frozenset[tuple[Expr, Number]]:
    """What all multiples of a form, and no other form, have in common."""
    spend(len(form))
    scale = reciprocal(form[min(form, key=hash)])
    return frozenset((term, c * scale) for term, c in form.items())


def contradict(facts: Sequence[Fact]) -> bool:
    """Whether no values of the terms fulfil linear facts, by Fourier and Motzkin.

    False where that would take over MOST_SUMS facts at once.
    """
    left = list(facts)
    while terms := {t: None for form, _ in left for t in form if t is not ONE}:
        term = min(terms, key=lambda t: sum([t in form for form, _ in left]))
        above = [fact for fact in left if fact.form.get(term, 0) > 0]
        below = [fact for fact in left if fact.form.get(term, 0) < 0]
        left = [fact for fact in left if term not in fact.form]
        spend(len(above) * len(below))
        for fact in above:
            left += [
                Fact(_rest(other.form, term, fact.form), other.strict or fact.strict)
                for other in below
            ]
        if len(left) > MOST_SUMS:
            return False
    constants = [(form.get(ONE, 0), strict) for form, strict in left]
    return any(c < 0 or strict and not c for c, strict in constants)
