"""Rules, facts and the simplifier change no value: in balls, at points and edges."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, product
from typing import Any

import flint
import mpmath
import pytest
from hypothesis import given, settings, strategies as st

from calcml import CalcmlError, parse, simplify
from calcml.algebra.facts import read_guard
from calcml.algebra.rewrite import VARIABLES, facts, folds, pattern
from calcml.algebra.rules import RULES, Rule
from calcml.algebra.rules.rule import RELATED
from calcml.core.build import substitute
from calcml.core.expr import Expr, number, symbol, walk
from calcml.evaluate.balls import enclosure
from calcml.evaluate.sample import holds
from calcml.functions import FUNCTIONS
from tests.properties.expressions import NAMES, wide
from tests.support import SEED, close, value

FACTS = [rule for row in FUNCTIONS.values() for rule in facts(row)]
TRIES = 150  # combinations of values for the variables of one rule
EDGES = [
    Fraction(text)
    for text in "0 1 -1 1/2 -1/2 3/2 2 -2 3 -7/3 5/2 1/3 0.713 -1.291 "
    "1e-12 -1e-12 40 -40 1e9 -1e9".split()
]
COMPLEX = [
    parse(text) for text in ("I", "-I", "1 + I", "-2 + I/3", "-1/2 - 3*I", "2 + 5*I")
]
CONDITIONS = ["u < 0", "u == 0", "u >= 1 and u != 2"]


def at(side: Expr, bound: dict[Expr, Expr]) -> Expr | None:
    """A side of a rule with values in it; None where one divides by 0."""
    try:
        return substitute(side, bound)
    except CalcmlError:
        return None


def same(left: Expr, right: Expr | None, point: dict[str, Fraction]) -> bool | None:
    """Whether two balls of 30 digits overlap; None where the left has no value."""
    a = enclosure(left, point)
    if a is None:
        return None
    b = None if right is None else enclosure(right, point)
    if b is None and right is not None:  # a part of it is too large for a ball
        number = value(right, point)
        return number is not None and close(number, value(left, point))
    return b is not None and bool(a.overlaps(b))


def has_values(side: Expr, bound: dict[Expr, Expr]) -> bool:
    """Whether all parts of a side of a rule have values."""
    parts = [at(part, bound) for part in walk(side) if part.args]
    return all(p is not None and same(p, p, {}) is not None for p in parts)


# --- rules and facts ---------------------------------------------------------------


def sides(rule: Rule) -> tuple[Expr, Expr]:
    left = pattern(rule).left
    right = parse(rule.right)
    where = {
        node.args[0]: parse(CONDITIONS[0])
        for node in walk(left)
        if node.op == "where" and node.args[0].op == "symbol"
    }
    return substitute(left, where), substitute(right, where)


def bindings(rule: Rule, names: list[str]) -> Iterator[dict[Expr, Expr]]:
    """Values for the variables: real ones, and complex ones for rules that take them.

    The letter u stands in conditions, which compare real numbers.
    """
    values: list[Expr] = [number(edge) for edge in EDGES]
    if "real" not in rule.given:
        values += COMPLEX
    choices = [values[: len(EDGES)] if name == "u" else values for name in names]
    every = list(product(*choices)) if len(names) < 3 else []
    rng = random.Random(f"{SEED} {rule.name}")
    if not 0 < len(every) <= TRIES:
        every = [tuple(rng.choice(c) for c in choices) for _ in range(TRIES)]
    for chosen in every:
        yield dict(zip(map(symbol, names), chosen, strict=True))


def guarded(rule: Rule, bound: dict[Expr, Expr]) -> bool:
    """Whether the rule's guard holds for these values."""
    condition = read_guard(rule.given).condition
    return condition is None or holds(substitute(condition, bound), {}) is True


RECOGNISED = [made.rule for made in chain(*folds().values())]


@pytest.mark.parametrize(
    "rule", [*RULES.values(), *FACTS, *RECOGNISED], ids=lambda rule: rule.name
)
def test_a_rule_changes_no_value(rule: Rule) -> None:
    left, right = sides(rule)
    compared = 0
    for bound in bindings(rule, sorted(left.free_symbols)):
        before = at(left, bound)
        if before is None or not guarded(rule, bound):
            continue
        after = at(right, bound)
        if rule.stage == RELATED and not has_values(right, bound):
            continue  # it is used where the functions on both sides have values
        equal = same(before, after, {})
        shown = {name.value: str(value) for name, value in bound.items()}
        assert equal is not False, f"{rule.name}: {left} -> {right} at {shown} ({SEED})"
        compared += equal is True
    assert compared >= (3 if left.free_symbols else 1)


def test_a_false_rule_is_found() -> None:
    for text in ("sqrt(a^2) -> a", "log(exp(a)) -> a", "a -> a^2/a"):
        with pytest.raises(AssertionError, match="false: "):
            test_a_rule_changes_no_value(Rule("false", *text.split(" -> ")))
    extends = Rule("extends the domain, and may", "a*b/a", "b")
    test_a_rule_changes_no_value(extends)


def test_the_letters_of_rules_are_the_ones_bound_here() -> None:
    for rule in [*RULES.values(), *FACTS]:
        left, right = sides(rule)
        assert right.free_symbols <= left.free_symbols | {"u"}
        assert left.free_symbols <= {*VARIABLES, "u"}


# --- the simplifier ----------------------------------------------------------------

AT = [dict.fromkeys(NAMES, edge) for edge in EDGES[:4]]


def places(e: Expr) -> Iterator[dict[str, Fraction]]:
    """Edges, with all variables alike and not, seeded by the expression."""
    yield from AT
    rng = random.Random(f"{SEED} {e}")
    for _ in range(8):
        yield {name: rng.choice(EDGES) for name in NAMES}


def tidied(e: Expr) -> Expr | None:
    try:
        return simplify(e)
    except CalcmlError:  # a form without a value anywhere
        return None


def is_real(ball: Any) -> bool:
    return ball is not None and bool(ball.imag.is_zero())


@given(wide)
@settings(max_examples=200, deadline=None, print_blob=True)
def test_simplified_agrees_wherever_it_is_defined_and_real(e: Expr) -> None:
    tidy = tidied(e)
    if tidy is None or tidy is e:
        return
    for point in places(e):
        before = enclosure(e, point)
        if is_real(before):
            where = f"{e} -> {tidy} at {point}"
            after = enclosure(tidy, point)
            if after is None:  # a tie that balls leave open: mpmath's value, or none
                known = value(tidy, point)
                assert known is not None, f"{where}: {before} has gone"
                after = flint.acb(mpmath.nstr(known, 25))
                before += flint.acb(flint.arb(0, abs(before).upper() * 1e-20))
            assert before.overlaps(after), f"{where}: {before}, then {after}"


@given(wide)
@settings(max_examples=200, deadline=None, print_blob=True)
def test_simplifying_twice_changes_nothing(e: Expr) -> None:
    tidy = tidied(e)
    if tidy is not None:
        assert simplify(tidy) is tidy


@pytest.mark.slow
@given(st.lists(wide, min_size=2, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, print_blob=True)
def test_shuffled_sums_and_products_give_the_same_bytes(
    parts: list[Expr], rng: random.Random
) -> None:
    mixed = rng.sample(parts, len(parts))
    for sign in ("__add__", "__mul__"):
        made = []
        for items in (parts, mixed):
            whole = items[0]
            for item in items[1:]:
                whole = getattr(whole, sign)(item)
            made.append(tidied(whole))
        if None not in made:
            assert str(made[0]) == str(made[1])


def test_flint_is_as_precise_as_these_tests_ask() -> None:
    ball = enclosure(parse("pi"), {})
    assert ball.rad() < flint.arb(10) ** -30
