"""A short run of the fuzzer, and what longer ones found."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from tests.fuzz import CALLS, attack, text
from tests.fuzz.threads import faults

# Calls that once ended in another way.
FOUND = [
    ("diff", "where(condition, a, b)"),
    ("row", "(where(v < x, x, v))^(where(1e9 < 10^9, 10^9, 1e9))"),  # SymPy's power
    ("domain", "atan(sqrt((((-1)+(1))*(v))))**2"),  # a ball of an array
    ("diff", "where((1/3)^(1e9) < (x)^(y), (x)^(y), (1/3)^(1e9))"),  # a long fraction
    ("batch", "-(1/(1 - 3/x)**(10^9/3))"),
    ("domain", "log((x - sqrt(-(-1 + x)*x*(a + x)))/(a - x))"),  # a sign for ever
    ("diff", "cot(x)*(b*(c*tan(x))**n)**p/(1 - n*p)"),  # a factor that was taken away
    ("kinks", "x**10^921"),  # beside infinity, a float
    ("row", "where(y < 2, 6, 7)^where(x > 1, x*y*z, z*x/3)"),  # SymPy's 6**(p/q)
    ("domain", "1/(1 + (gammainc(a, inf) + x) + (gammainc(a, inf) + x)**5)"),
    ("matlab", "cauchy_logpdf()"),  # of no arguments
    ("domain", "gammainc(a, arange(2))/where(1/2 < 1, a, -1/2)"),  # a ball of a range
    ("check", "x + arange(1e9)"),  # 4 GB
    ("check", "ones(x10^9)"),
    ("check", "(w^x + where(pi < z, z, pi))^(10^9)"),  # an exponent that is whole
    ("row", "zeta(s10^9, x)"),  # mpmath raises its precision on the way
    # Two roots' bases were written by each other: exponents grew for ever.
    (
        "grad",
        "-(cot(x)/(2*a*sqrt(a*sin(x)i))) - atanh(cos(x))*sin(x)/"
        "(2*a*sqrt(a*sin(x)**2))",
    ),
    ("row", "softplus((1e90^9)x)"),  # e to the power of numbers of 2,700 bits
    (
        "diff",  # a place at which no cells are found to meet
        "max(4/sqrt(1 + w) - 1/(2*w^2*sqrt(1 + w)) - 15/4*atanh(sqrt(1 + w)), "
        "min(z, x))",
    ),
]


@given(st.randoms(use_true_random=False), st.sampled_from([*CALLS]))
@settings(max_examples=300, deadline=None, print_blob=True)
def test_a_call_ends_with_an_answer_or_an_error_of_calcml(
    random: Random, name: str
) -> None:
    attack(name, text(random))


@pytest.mark.parametrize(("name", "formula"), FOUND)
def test_what_was_found(name: str, formula: str) -> None:
    attack(name, formula)


def test_threads_share_expressions() -> None:
    """Eight at once on the same nodes have the answers that one has."""
    calls, found = faults(seconds=5)
    assert calls > 100 and not found
