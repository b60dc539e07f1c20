"""At each place that `kinks` lists, and around: domain, evalf and compile agree.

A formula has a value where `domain` says so, its derivative has one where it is
differentiable or has a corner, corners are the places of a choice, jumps are
those that are not continuous, and the slope is the same for kinks, evalf and compile.
"""

from __future__ import annotations

import math
import random
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from calcml import CalcmlError, LimitError, compile, diff, domain, kinks, parse
from calcml.algebra.facts import read_condition
from calcml.calculus.domain import Domain
from calcml.calculus.kinks.kink import EXPRESSIONS, Kink
from calcml.calculus.zeros.constants import near, truth
from calcml.core.build import IMAG, substitute
from calcml.core.expr import INF, Expr, make, number, symbol, walk
from calcml.core.tensors import has_arrays
from calcml.functions import Row, rows
from tests.kink_cases import CASES
from tests.support import SEED, corpus, needs_corpora, value

# Of each corpus, one of how many.
CORPORA = {
    "textbook": 1,
    "autodiff_rules": 1,
    "cas_tests": 1,
    "feynman": 1,
    "rubi_public_sample": 20,
}
TRIED = tuple(map(Fraction, ("-3/2", "0", "1/2", "2")))
MOST = 1e300  # what a float holds
FAMILY = re.compile(r"\w+ = (.+), (\w+) (in integers|even|odd)((?:, .*)?)")


def real(e: Expr, x: Expr, at: Expr) -> Any:
    """The real value at a rational number, None where there is none."""
    found = value(e, {x.value: at.value})
    return None if found is None or found.imag else found.real


def is_unreal(root: Expr, x: Expr, at: Expr) -> bool:
    """Whether a part has no real value, and yet the whole has one: sqrt(-x)^2."""
    values = [value(part, {x.value: at.value}) for part in walk(root) if part.args]
    return any(v is not None and not isinstance(v, bool) and v.imag for v in values)


def holds(conditions: tuple[Expr, ...], x: Expr, at: Expr) -> bool | None:
    """Whether all conditions hold; one that has no value fails."""
    told = []
    for condition in conditions:
        try:
            told.append(truth(substitute(condition, {x: at})))
        except CalcmlError:
            told.append(False)
    return False if False in told else None if None in told else True


def any_holds(places: tuple[Expr, ...], x: Expr, at: Expr) -> bool | None:
    told = [holds((place,), x, at) for place in places]
    return True if True in told else None if None in told else False


def places(found: list[Kink], x: Expr) -> dict[Expr, Kink | None]:
    """The places of kinks, some of each family, and one on each side of them."""
    at: dict[Expr, Kink | None] = {}
    for kink in found:
        family = FAMILY.fullmatch(kink.where)
        if kink.at is not None:
            at[kink.at] = kink
        elif family:
            at |= dict(members(kink, family))
    known = [v for p in at if (v := near(p)) is not None]
    step = min(
        [Fraction(1, 3), *[abs(a - b) / 3 for a in known for b in known if a != b]]
    )
    beside = [
        Fraction(v + s * step).limit_denominator(10**6) for v in known for s in (-1, 1)
    ]
    for place in beside or TRIED:
        at.setdefault(number(place), None)
    return at


def members(kink: Kink, family: re.Match[str]) -> Iterator[tuple[Expr, Kink]]:
    """Some places of a family, and what its kink is there."""
    at, n, kind, limits = family.groups()
    for k in (1, 3, -3) if kind == "odd" else (0, 2, -4):
        put = {symbol(n): number(k)}
        asked = [read_condition(text, (n,)) for text in limits.split(", ")[1:]]
        if all(truth(substitute(c, put)) for c in asked):
            told = {
                f: e and substitute(e, put)
                for f in EXPRESSIONS
                if (e := getattr(kink, f))
            }
            yield substitute(parse(at), put), replace(kink, **told)


def contradictions(root: Expr, x: Expr) -> Iterator[str]:
    found, where = kinks(root, x), domain(root, x)
    try:
        slope = diff(root, x)
    except CalcmlError:
        slope = None
    others = not found.complete or any(k.at is None for k in found)
    for at, kink in places([*found], x).items():
        if kink is not None and (kink.note or kink.approximate):
            continue
        undecided = any_holds(where.undecided, x, at) is not False
        if undecided or kink is None and others and whole(at):
            continue
        for wrong in of_kink(kink, where, x, at):
            yield f"{root} at {at}: {wrong}; {kink and kink.kind}; {where}"
        if at.op == "number":  # else there are no exact values
            for wrong in of_values(kink, root, slope, where, x, at):
                yield f"{root} at {at}: {wrong}; {kink and kink.kind}; {where}; {slope}"


def whole(at: Expr) -> bool:
    """Whether a place may be one of a family that is not tried."""
    return at.op == "number" and at.value.denominator <= 2


def of_kink(kink: Kink | None, where: Domain, x: Expr, at: Expr) -> Iterator[str]:
    """What `kinks` and `domain` say of one place."""
    defined = holds(where.function, x, at)
    jump = kink is not None and kink.value is not None and is_jump(kink)
    corner = kink is not None and kink.kind == "corner" and kink.slope is not None
    for name, there, told in (
        ("jump", jump, where.jumps),
        ("corner", corner and where.derivative is not None, where.chosen),
    ):
        found = any_holds(told, x, at)
        if defined and found is not None and found is not there:
            yield name
    smooth = where.derivative is not None and holds(where.derivative, x, at)
    if jump and smooth:
        yield "differentiable at a jump"


def of_values(
    kink: Kink | None, root: Expr, slope: Expr | None, where: Domain, x: Expr, at: Expr
) -> Iterator[str]:
    """What `domain` and `kinks` say, and what evalf and compile have."""
    defined, there = holds(where.function, x, at), real(root, x, at)
    if defined is None or slope is None and where.derivative is not None:
        return
    if defined is not (there is not None) and not is_unreal(root, x, at):
        yield f"the value is {there}"
    if slope is None or not defined or kink is not None and is_jump(kink):
        return
    steep = real(slope, x, at)
    branch = kink is not None and kink.kind == "vertical tangent" and kink.slope
    smooth = where.derivative is not None and holds(where.derivative, x, at)
    if smooth is not None and smooth is not (steep is not None) and not branch:
        yield f"the slope is {steep}"
    if kink is not None and not alike(kink.slope and value(kink.slope, {}), steep):
        yield f"kinks has the slope {kink.slope}, evalf {steep}"
    point = float(at.value)
    if at.value == Fraction(point) and (steep is None or abs(steep) < MOST):
        for backend in ("numpy", "python"):
            got = compiled(slope, x, point, backend)
            if not alike(got, steep):
                yield f"{backend} has the slope {got}, evalf {steep}"


def is_jump(kink: Kink) -> bool:
    """Whether the function has a value that is no limit."""
    if kink.kind in ("jump", "pole"):
        return True
    limits = [v for v in (kink.left_value, kink.right_value) if v is not None]
    return kink.kind == "edge" and any(
        INF in walk(v) or near(v) != near(kink.value) for v in limits if kink.value
    )


def compiled(slope: Expr, x: Expr, at: float, backend: str) -> float | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = float(compile(slope, [x], backend=backend)(at))
    except (CalcmlError, ArithmeticError, ValueError):
        return None
    return found if math.isfinite(found) else None


def alike(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))


# --- formulas ----------------------------------------------------------------------


def of_row(row: Row) -> Iterator[tuple[Expr, Expr]]:
    """A row as a function of each of its arguments, the others being sample points."""
    x = symbol("x")
    for place in range(len(row.params)):
        args = []
        for i in range(len(row.params)):
            low, high = map(
                Fraction, map(str, row.sample[i] if row.sample else (-3, 3))
            )
            point = low + (high - low) / 3
            args.append(x if i == place else number(point.limit_denominator(16)))
        yield make(row.op, tuple(args)), x


def of_corpus(row: Mapping[str, Any]) -> tuple[Expr, Expr] | None:
    """A formula of a corpus by its variable, with numbers for the others."""
    try:
        root = parse(row["expr"])
    except CalcmlError:
        return None
    order, by = walk(root), row["var"]
    formal = any(node.op == "formal" for node in order)
    name = by if isinstance(by, str) else by[0]
    if formal or IMAG in order or has_arrays(root) or name not in root.free_symbols:
        return None
    rng = random.Random(f"{SEED} {row['id']}")
    names = sorted(root.free_symbols - {name})
    values = {
        symbol(n): number(Fraction(rng.randrange(1, 12), rng.choice((2, 3, 4))))
        for n in names
    }
    try:
        return substitute(root, values), symbol(name)
    except CalcmlError:
        return None


ROWS = [row for row in rows() if not row.variadic and row.name != "where"]
SLOW_ROWS = frozenset(("elliptic_pi", "elliptic_pi_incomplete"))  # 10 s, in mpmath
TEXTS = list(dict.fromkeys((c.formula, c.variable) for c in CASES if not c.given))


@pytest.mark.parametrize(
    "row",
    [pytest.param(r, marks=pytest.mark.slow) if r.op in SLOW_ROWS else r for r in ROWS],
    ids=str,
)
def test_of_rows(row: Row) -> None:
    assert not [c for e, x in of_row(row) for c in contradictions(e, x)]


@pytest.mark.parametrize(("text", "name"), TEXTS)
def test_of_kink_cases(text: str, name: str) -> None:
    root = parse(text)
    if root.free_symbols == {name}:
        assert not list(contradictions(root, symbol(name)))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "part"), CORPORA.items())
def test_of_corpora(name: str, part: int) -> None:
    """All of most corpora; `tests/benchmarks/contradictions.py` runs all of each."""
    needs_corpora()
    found = [formula for row in corpus(name)[::part] if (formula := of_corpus(row))]
    assert len(found) > 30
    wrong: list[str] = []
    for e, x in found:
        with suppress(LimitError):  # which says that they are not looked at
            wrong += contradictions(e, x)
    assert not wrong
