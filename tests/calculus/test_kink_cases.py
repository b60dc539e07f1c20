"""The report of kinks, and the slope taken, against cases worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

import calcml as cm
from calcml import Expr
from calcml.calculus.kinks import Kink, kinks
from calcml.core.exact import evaluate
from tests.kink_cases import CASES, Case

# Values of the other variables, as `given` has them.
OTHERS = {"a": 2, "b": 3, "w": 4, "y": 5, "k": Fraction(1, 4)}
TOLERANCE = 1e-12


def name(case: Case) -> str:
    return f"{case.formula} at {case.at}"


def number(e: Expr | str | None, whole: int = 0) -> float | None:
    """The value at a point, `whole` for other names; None where there is none."""
    if e is None or e == "":
        return None
    read = cm.parse(e) if isinstance(e, str) else e
    if str(read) in ("inf", "-inf"):
        return float(str(read))
    return real(read, {name: OTHERS.get(name, whole) for name in read.free_symbols})


def real(e: Expr, at: Mapping[str, object]) -> float | None:
    """The value at a point, None where there is none or it is complex."""
    try:
        return float(str(e.evalf(at)))
    except (cm.CalcmlError, ValueError):
        return None


def at_place(e: Expr, case: Case) -> float | None:
    """The value at the place of a case, exactly there where that is a number."""
    point = place(case)
    if isinstance(point[case.variable], Expr):
        return number(e.subs({case.variable: point[case.variable]}))
    return real(e, {name: point[name] for name in e.free_symbols})


def same(found: Expr | float | None, known: str, whole: int = 0) -> bool:
    """Whether two values are equal, or both do not exist."""
    a = found if isinstance(found, float) else number(found, whole)
    b = number(known, whole)
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) <= TOLERANCE * max(1, abs(b))


def place(case: Case, beside: Fraction = Fraction(0)) -> dict[str, object]:
    """The point of a case; the variable is an exact number where that is known."""
    at = cm.parse(case.at)
    x = evaluate(at.subs({name: OTHERS[name] for name in at.free_symbols}))
    return OTHERS | {case.variable: at if x is None else x + beside}


def lies(kink: Kink, case: Case, n: int) -> bool:
    """Whether a kink "x = 2*n, n in integers" or "w*x + b = 0" is at the place."""
    equation, *conditions = kink.where.split(", ")
    left, right = equation.split(" = ")
    for condition in conditions:
        if condition == "n in integers":
            continue
        if condition in ("n even", "n odd"):
            holds = n % 2 == (condition == "n odd")
        else:
            holds = bool(cm.parse(condition).evalf({"n": n}))
        if not holds:
            return False
    difference = number((cm.parse(left) - cm.parse(right)).subs(place(case) | {"n": n}))
    return difference is not None and abs(difference) < TOLERANCE


def reported(case: Case) -> list[tuple[Kink, int]]:
    """The kinks at the place, with the whole number there of a family of places."""
    given = case.given.split(" and ") if case.given else ()
    return [
        (kink, n)
        for kink in kinks(case.formula, case.variable, given=given)
        for n in (range(-5, 6) if ", n " in kink.where else [0])
        if lies(kink, case, n)
    ]


def turned(kink: Kink, case: Case) -> bool:
    """Whether the left side of a surface is where the variable is greater."""
    if not kink.where_left:
        return False
    point = place(case, Fraction(1, 1000))
    condition = cm.parse(kink.where_left)
    return bool(condition.evalf({n: point[n] for n in condition.free_symbols}))


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_report(case: Case) -> None:
    found = reported(case)
    if case.kind == "smooth":
        assert not found
        return
    [(kink, n)] = found
    assert kink.kind == case.kind
    assert same(kink.value, case.value, n)
    sides = (kink.right, kink.left) if turned(kink, case) else (kink.left, kink.right)
    assert same(sides[0], case.left, n)
    assert same(sides[1], case.right, n)
    low, _, high = case.set.strip("[]").partition(", ")
    assert same(kink.low, low, n)
    assert same(kink.high, high, n)
    assert kink.convex is case.convex
    if case.value:
        assert same(kink.slope, case.slope, n)


# Places that are no rational number are met by rounding only.
DEFINED = [case for case in CASES if case.value and "pi" not in case.at]


@pytest.mark.parametrize("case", DEFINED, ids=name)
def test_the_slope_taken(case: Case) -> None:
    derivative = cm.diff(case.formula, case.variable)
    assert same(at_place(derivative, case), case.slope)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_value(case: Case) -> None:
    assert same(at_place(cm.parse(case.formula), case), case.value)
