"""Functions at numbers that need no other function there."""

from __future__ import annotations

import cmath
from itertools import product

import pytest

from calcml import CalcmlError, parse, simplify
from calcml.core.expr import CONDITIONS, ONE, make
from calcml.functions import FUNCTIONS, Row

FORMS = {
    "floor(7/2)": "3",
    "ceil(-7/2)": "-3",
    "round(5/2)": "2",
    "log10(1000)": "3",
    "log10(0.01)": "-2",
    "log2(8)": "3",
    "hypot(3, 4)": "5",
    "clip(5, 0, 1)": "1",
    "square(3)": "9",
    "gamma(5)": "24",
    "gamma(3/2)": "sqrt(pi)/2",
    "gamma(-1/2)": "-2*sqrt(pi)",
    "gamma(14)": "6227020800",
    "gamma(15)": "gamma(15)",  # a person has it in a table no more
    "lgamma(5)": "lgamma(5)",
    "atan2(-1, -1)": "-3*pi/4",
    "atan2(0, -2)": "pi",
    "atan2(-2, 0)": "-pi/2",
    "xlogy(0, 0)": "0",
    "cosh(log(2))": "5/4",
    "tanh(log(3))": "4/5",
    "sigmoid(-log(3))": "1/4",
    "sinh(log(x))": "sinh(log(x))",
    "gammainc(1, 0)": "gammainc(1, 0)",
    "log(100)/log(10)": "2",
    "log(4/9)*log(3/2)": "-2*log(2/3)^2",
    "log(1/10) + log(10)": "0",
}


@pytest.mark.parametrize("text", FORMS)
def test_a_function_at_numbers_is_one(text: str) -> None:
    assert str(simplify(text)) == FORMS[text]


NUMBERS = tuple(map(parse, ("-2", "-1", "-1/2", "0", "1/2", "1", "2", "5/2", "100")))
WITH_VALUES = [r for r in FUNCTIONS.values() if r.op not in CONDITIONS | {"where"}]


@pytest.mark.parametrize("row", WITH_VALUES, ids=lambda row: row.op)
def test_it_has_the_value_that_it_has(row: Row) -> None:
    for args in product(NUMBERS, repeat=min(len(row.params), 2)):
        call = make(row.op, args + (ONE,) * (len(row.params) - len(args)))
        try:
            closed = simplify(call)
            value = call.evalf() if closed is not call else None
        except CalcmlError:
            continue
        if value is not None:
            assert cmath.isclose(closed.evalf(), value, rel_tol=1e-12), (call, closed)
