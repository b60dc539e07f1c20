"""Every row has one value: by evalf, batch, NumPy and Python, near it in doubles.

The truth has 40 digits. A double is as near as four units of its last place, and as far
again as the value moves where each argument moves by half a unit. Slopes are formulas
of several rows: they have a value wherever they have one, and as many digits after the
point. A batch answers formulas, not values: the slope of a value times x is the value.
"""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction
from operator import attrgetter
from typing import Any

import mpmath
import numpy
import pytest

from calcml.batch import batch
from calcml.calculus import diff
from calcml.compile import compile
from calcml.core.build import substitute
from calcml.core.errors import DomainError, LimitError, or_none
from calcml.core.expr import Expr, make, number, symbol
from calcml.evaluate.evalf import evalf, nearest
from calcml.functions import Row, rows
from calcml.parsing.parser import parse

pytestmark = pytest.mark.slow  # some 300 points of each row, each to 40 digits
SEED = 15
TINY = 2.3e-308  # below it SciPy's functions are 0
SIZES = """
0 0.1 0.25 0.3 0.5 0.75 0.9 0.9999999999999999 1 1.0000000000000002 1.25 1.5 2 2.5 3 3.1
3.141592653589793 4.7 5 6 7.3 25 30 37.5 40 50 88 150 170.5 300 700 740 12345.6 1e22
""".split()
WIDE = numpy.geomspace(1e-300, 1e300, 61)
ALL = *SIZES, *WIDE, *numpy.geomspace(1e-5, 1e5, 141)
SPECIAL = [sign * float(size) for size in ALL for sign in (1, -1)]
BATCHED = 12  # of the points of each row, those on both sides of its edges first
# SciPy's own losses, in our units, and Python's: there is nothing better to call.
ROUGH = {
    "besselk": 7,
    "lgamma": 2,
    "gammainc": 2,
    "gammaincc": 2,
    "kl_div": 2,
}
# Slopes that are a difference over what may be small: eps over that remains.
QUOTIENTS = {"sinc", "beta", "elliptic_k", "elliptic_e"}
FAR = {"gelu_tanh": 1e100}  # x^3 ends there, and 0 times infinity is nan in arrays
NEAR = {"acsch": 1e-150}  # x^2 ends there; by |x| the slope of complex x would be wrong
# Where mpmath takes seconds for orders and moduli of any size.
SMALL = set(
    "polygamma besselj bessely besseli besselk ive hurwitz_zeta polylog lowergamma "
    "uppergamma gammainc gammaincc elliptic_f elliptic_e_incomplete elliptic_pi "
    "elliptic_pi_incomplete lambertw_branch".split()
)


def points(row: Row) -> list[tuple[float, ...]]:
    """The edges of the domain and kinks, sizes of every order, points of the sample."""
    rng = random.Random(f"{SEED} {row.op}")
    texts = " ".join((row.on, row.kink, *(d for d in row.d if d)))
    written = {float(n) for n in re.findall(r"\d+\.?\d*", texts) if float(n) < 1000}
    edges = [
        float(x)
        for n in sorted(written)
        for end in (n, -n)
        for x in (end, numpy.nextafter(end, 9), numpy.nextafter(end, -9))
        if x == 0 or abs(x) > TINY
    ]
    if len(row.params) == 1 and not row.variadic:
        return [(x,) for x in (*edges, *SPECIAL)]
    sample = row.sample or [(-3, 3)] * (3 if row.variadic else len(row.params))
    if row.params[0] == "condition":
        sample = [(-3, 3)] * 3

    def drawn(low: float, high: float) -> float:
        way = rng.random() if row.op not in SMALL else 0
        if way < 0.3:
            return rng.uniform(low, high)
        if way < 0.5:
            return rng.choice(edges or SPECIAL)
        return (
            rng.choice(SPECIAL)
            if way < 0.8
            else rng.gauss(0, 1) * 10 ** rng.gauss(0, 3)
        )

    many = 30 if row.op in SMALL else 200
    return [tuple(drawn(*ends) + 0.0 for ends in sample) for _ in range(many)]


def applied(row: Row) -> tuple[Expr, list[str]]:
    if row.params[0] == "condition":
        return parse("where(t > 0, a, b)"), ["t", "a", "b"]
    names = ["a", "b", "c"] if row.variadic else list(row.params)
    return make(row.op, tuple(map(symbol, names))), names


def moved(node: Expr, at: dict[str, Fraction], known: Any) -> Any:
    """How far the value goes where each argument moves by half a unit."""
    far = mpmath.mpf(0)
    for name, x in at.items():
        steps = [
            x * (1 + share * Fraction(1, 2**53)) for share in (1, -1, Fraction(1, 2))
        ]
        near = [or_none(evalf, node, at | {name: step}, 40) for step in steps]
        shifts = [abs(y - known) for y in near if isinstance(y, mpmath.mpf)]
        far += max(shifts, default=mpmath.mpf(0))
    return far


@pytest.mark.parametrize("row", list(rows()), ids=attrgetter("op"))
def test_one_value(row: Row) -> None:
    node, names = applied(row)
    on = parse(row.on, row.params) if row.on else None
    by_numpy = compile(node, names)
    by_python = compile(node, names, backend="python")
    for k, values in enumerate(points(row)):
        at = {n: Fraction(x) for n, x in zip(names, values, strict=True)}
        found = by_numpy(*values), _python(by_python, values)
        if k < BATCHED:
            _batched(node, at)
        if on is None or evalf(on, at):
            _inside(row, node, at, found)
            continue
        assert numpy.isnan(found[0]) and found[1] is None, (values, found)
        value = or_none(evalf, node, at)
        assert value is None or isinstance(value, mpmath.mpc), (values, value)


@pytest.mark.parametrize("row", [r for r in rows() if any(r.d)], ids=attrgetter("op"))
def test_one_slope(row: Row) -> None:
    node, names = applied(row)
    on = parse(row.on, row.params) if row.on else None
    drawn = points(row)[:: 3 if row.op in SMALL else 2]
    for name, partial in zip(names, row.d * len(names), strict=False):
        if partial is None:
            continue
        slope = diff(node, name)
        (answer,) = batch([{"expr": str(node), "var": name, "vars": names}])
        assert parse(answer["derivative"], names) is slope
        by_numpy = compile(slope, names)
        by_python = compile(slope, names, backend="python")
        for values in drawn:
            at = {n: Fraction(x) for n, x in zip(names, values, strict=True)}
            far = max(map(abs, values)) > FAR.get(row.op, math.inf)
            far = far or min(map(abs, values)) < NEAR.get(row.op, 0)
            if not far and (on is None or evalf(on, at)):
                found = by_numpy(*values), _python(by_python, values)
                rest = min(map(abs, values)) if row.op in QUOTIENTS else math.inf
                _has_slope(slope, at, found, rest)


def _has_slope(slope: Expr, at: dict[str, Fraction], found: Any, over: float) -> None:
    known = or_none(evalf, slope, at)
    if not isinstance(known, mpmath.mpf) or abs(known) > 1e300:
        return
    enough = 1e-9 * (1 + abs(known)) + (1e-15 / mpmath.mpf(over) if over else 0)
    for value in found:
        assert value is not None, (at, known, found)
        if not abs(value - known) <= enough:
            far = 100 * moved(slope, at, known)
            assert abs(value - known) <= enough + far, (at, known, found)


def _batched(node: Expr, at: dict[str, Fraction]) -> None:
    """A batch has the value, or an error where evalf has none."""
    call = str(substitute(node, {symbol(n): number(x) for n, x in at.items()}))
    (answer,) = batch([{"expr": f"({call})*t_", "var": "t_"}])
    try:
        value = evalf(node, at)
    except LimitError:
        return
    except DomainError:
        assert answer["error"]["kind"] == "domain", (call, answer)
        return
    if isinstance(value, mpmath.mpc) and "error" in answer:
        return  # outside the domain
    batched = evalf(parse(answer["derivative"]), {})
    assert abs(batched - value) <= 1e-14 * abs(value), (call, answer, value)


def _python(function: Any, values: tuple[float, ...]) -> float | None:
    """The value, infinite beyond the doubles, None outside the domain."""
    try:
        return float(function(*values))
    except DomainError as error:
        return math.inf if "beyond the largest double" in str(error) else None


def _inside(row: Row, node: Expr, at: dict[str, Fraction], found: Any) -> None:
    try:
        known = evalf(node, at, 40)
    except LimitError:  # beyond all doubles
        with pytest.raises(LimitError):
            evalf(node, at)
        known = mpmath.mpf(nearest(node, at))
        assert known == 0 or mpmath.isinf(known)
    with mpmath.workdps(40):
        enough = 4 * abs(known) * mpmath.mpf(2) ** -52 * ROUGH.get(row.op, 1) + TINY
        if known == 0:  # at a zero the slope counts alone
            enough += mpmath.mpf(2) ** -50
        if not mpmath.isinf(known):
            short = or_none(evalf, node, at)
            assert short is None or abs(short - known) <= abs(known) * 1e-14, at
        for value in found:
            assert value is not None and not numpy.isnan(value), (at, known, found)
            if numpy.isinf(value):  # a little before the doubles end, as in SciPy
                assert abs(known) > 1e305, (at, known, found)
            elif not mpmath.isinf(known):
                off = abs(mpmath.mpf(float(value)) - known)
                if off > enough:
                    far = 8 * moved(node, at, known) * ROUGH.get(row.op, 1)
                    assert off <= enough + far, (at, known, found)


SINGLES = [float(numpy.float32(x)) for x in SPECIAL[::5] if 1e-30 <= abs(x) <= 1e30]


@pytest.mark.parametrize(
    "row",
    [row for row in rows() if len(row.params) == 1 and not row.variadic],
    ids=attrgetter("op"),
)
def test_one_value_in_single_precision(row: Row) -> None:
    """Four units of the last place of a float32, and what half a unit of x moves."""
    node, names = applied(row)
    on = parse(row.on, row.params) if row.on else None
    found = compile(node, names)(numpy.array(SINGLES, dtype=numpy.float32))
    for x, value in zip(SINGLES, found, strict=True):
        at = {names[0]: Fraction(x)}
        known = or_none(evalf, node, at, 25)
        inside = on is None or evalf(on, at)
        if not (inside and isinstance(known, mpmath.mpf) and 1e-37 < abs(known) < 3e38):
            continue
        ends = [{names[0]: Fraction(x) * (1 + Fraction(k, 2**24))} for k in (1, -1)]
        near = [or_none(evalf, node, end, 25) for end in ends]
        far = max([abs(y - known) for y in near if isinstance(y, mpmath.mpf)] or [0])
        enough = 4 * abs(known) * mpmath.mpf(2) ** -23 + 8 * far
        assert abs(mpmath.mpf(float(value)) - known) <= enough, (x, known, value)
