"""Properties of the engine on random expressions."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from calcml import CalcmlError, diff, grad, parse, simplify, symbol
from calcml.calculus.chain_rule import forward, reverse
from calcml.calculus.slopes import settled
from calcml.core.expr import Expr, walk
from tests.properties.expressions import NAMES, expressions, wide
from tests.support import close, operations, points, value

fewer = settings(max_examples=150, deadline=None, print_blob=True)


def pairs(a: Expr, b: Expr, count: int = 6) -> list[tuple[Any, Any]]:
    """Values of both at sampled points where the first has one."""
    found = []
    for point in islice(points(NAMES, {}, str(a)[:40]), count):
        first = value(a, point)
        if first is not None:
            found.append((first, value(b, point)))
    return found


@given(expressions)
@settings(max_examples=400, deadline=None)
def test_text_parses_back(e: Expr) -> None:
    assert parse(str(e)) is e


@given(expressions)
@fewer
def test_simplify_twice_changes_nothing(e: Expr) -> None:
    try:
        once = simplify(e)
    except CalcmlError:
        return
    assert simplify(once) is once
    assert parse(str(once)) is once


@given(st.one_of(expressions, wide))
@fewer
def test_simplify_never_costs_more_operations(e: Expr) -> None:
    try:
        tidy = simplify(e)
    except CalcmlError:
        return
    assert operations(str(tidy)) <= operations(str(e)), f"{e} -> {tidy}"


@given(expressions)
@fewer
def test_simplified_agrees_where_defined(e: Expr) -> None:
    try:
        tidy = simplify(e)
    except CalcmlError:
        return
    for first, second in pairs(e, tidy):
        if first.imag == 0:  # variables are real, and so is the reading of a root
            assert second is not None
            assert close(first, second, 1e-12), (tidy, first, second)


@pytest.mark.slow
@given(st.lists(expressions, min_size=2, max_size=6), st.randoms(use_true_random=False))
@fewer
def test_shuffled_sums_and_products_print_alike(
    parts: list[Expr], rng: random.Random
) -> None:
    mixed = list(parts)
    rng.shuffle(mixed)

    def joined(items: list[Expr], sign: str) -> Expr:
        result = items[0]
        for item in items[1:]:
            result = result + item if sign == "+" else result * item
        return result

    for sign in "+*":
        try:
            first = str(simplify(joined(parts, sign)))
        except CalcmlError:
            continue
        assert str(simplify(joined(mixed, sign))) == first


@given(expressions)
@fewer
def test_forward_equals_reverse(e: Expr) -> None:
    variables = [symbol(name) for name in NAMES]
    try:
        backward = reverse(e, variables)
    except CalcmlError:
        return
    for variable, part in zip(variables, backward, strict=True):
        ahead = forward(e, variable)
        for point in islice(points(NAMES, {}, str(e)[:40]), 3):
            a, b = value(ahead, point), value(part, point)
            if value(e, point) is not None and a is not None:
                assert b is not None
                assert close(a, b, 1e-12)


@given(expressions)
@fewer
def test_the_derivative_is_as_large_as_the_function(e: Expr) -> None:
    try:
        sizes = len(walk(diff(e, "x", simplify=False))), len(walk(settled(e)))
    except CalcmlError:
        return
    assert sizes[0] <= 40 * sizes[1] + 10


@given(expressions)
@settings(max_examples=60, deadline=None)
def test_gradient_by_every_variable_is_the_derivative(e: Expr) -> None:
    try:
        parts = grad(e)
    except CalcmlError:
        return
    assert list(parts) == sorted(e.free_symbols)
    for name, part in parts.items():
        for a, b in pairs(diff(e, name), part, 3):
            assert b is not None
            assert close(a, b, 1e-12)
