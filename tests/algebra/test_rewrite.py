"""Rules are true wherever their left side is defined, and are found."""

from __future__ import annotations

from itertools import islice

import pytest

import calcml as cm
from calcml import parse
from calcml.algebra.rewrite import Pattern, Scope, facts, pattern, patterns, rewritten
from calcml.algebra.rules import RULES, Rule
from calcml.algebra.rules.rule import RELATED
from calcml.functions import FUNCTIONS, SPELLINGS
from tests.support import close, points, value

EVERY = [rule for row in FUNCTIONS.values() for rule in facts(row)]
FACTS = [rule for rule in EVERY if rule.given in ("", "real")]


PATTERNS = [rule for rule in RULES.values() if rule.stage != RELATED]
PLAIN = [rule for rule in PATTERNS if rule.given in ("", "real")]


@pytest.mark.parametrize("rule", [*PLAIN, *FACTS], ids=lambda rule: rule.name)
def test_each_rule_holds_wherever_its_left_side_is_defined(rule: Rule) -> None:
    left, right = (
        parse(side.replace("(c,", "(b > 1,")) for side in (rule.left, rule.right)
    )
    names = sorted(left.free_symbols | right.free_symbols)
    compared = 0
    for at in islice(points(names, {}, rule.name), 24):
        wanted = value(left, at)
        if wanted is not None:
            found = value(right, at)
            assert found is not None and close(found, wanted), at
            compared += 1
    assert compared >= 4


@pytest.mark.parametrize("rule", FACTS, ids=lambda rule: rule.name)
def test_facts_of_rows_are_used(rule: Rule) -> None:
    found = rewritten(parse(rule.left), Scope())
    assert found == (rule.name, parse(rule.right))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("asin(sin(x))", "-pi/2 <= x and x <= pi/2"),
        ("acos(cos(x))", "0 <= x and x <= pi"),
        ("atan(tan(x))", "-1 < x < 1"),
        ("acosh(cosh(x))", "x > 0"),
    ],
)
def test_an_inverse_of_a_part_of_a_function(text: str, given: str) -> None:
    assert str(cm.simplify(text, given=given)) == "x"
    assert str(cm.simplify(text)) == text


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("sin(asin(x))", "1"),
        ("cos(asin(x))", "-x/sqrt(1 - x^2)"),
        ("tan(acos(x))", "-1/(x^2*sqrt(1 - x^2))"),
        ("sinh(acosh(x))", "x/(sqrt(x + 1)*sqrt(x - 1))"),
        ("asin(tanh(x))", "1/cosh(x)"),
        ("exp(softplus(x))", "exp(x)"),
        ("sigmoid(logit(x))", "1"),
        ("erfinv(erf(x))", "1"),
        ("besselj(0, x)", "-besselj(1, x)"),
        ("besselk(0, x)", "-besselk(1, x)"),
        ("log(1 - exp(-x))", "1/(exp(x) - 1)"),
        (
            "-log(exp(s*(x - m))/(exp(s*(x - m)) + exp(s*y)))",
            "-s*sigmoid(s*(m - x + y))",
        ),
        ("(x + 1)*ndtr(-1/sqrt(x)) - sqrt(x/(2*pi))*exp(-1/(2*x))", "ndtr(-1/sqrt(x))"),
    ],
)
def test_inverse_pairs_in_derivatives(text: str, slope: str) -> None:
    assert str(cm.diff(text, "x")) == slope


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("cos(-2*x)", "cos(2*x)"),
        ("sin(-a*b/c)", "-sin(a*b/c)"),
        ("abs(-3/x)", "abs(3/x)"),
        ("max(a*b, -a*b)", "abs(a*b)"),
        ("sin(a - b)", "sin(a - b)"),
    ],
)
def test_a_sign_is_found_in_front_of_a_product(text: str, tidy: str) -> None:
    assert cm.simplify(text) is cm.simplify(tidy)


def test_a_function_of_ones_own_has_facts_too() -> None:
    cm.define("hump(x) = exp(-x^2)", parity="even", at_zero="1")
    try:
        assert cm.simplify("hump(-a*b) + hump(0)") is cm.simplify("hump(a*b) + 1")
    finally:
        FUNCTIONS.pop("hump")
        SPELLINGS.pop("hump")


def test_rules_are_found_by_their_operation() -> None:
    """What is not parsed, as it calls another function, has that at its top."""
    by_op: dict[str, list[Pattern]] = {}
    for rule in PATTERNS:
        made = pattern(rule)
        by_op.setdefault(made.left.op, []).append(made)
    assert {op: patterns(op) for op in by_op} == by_op
