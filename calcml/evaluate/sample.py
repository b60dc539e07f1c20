"""Where an expression is defined and real, and points inside that domain."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from math import ceil, floor, isinf

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.core.errors import or_none
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, symbol, walk
from calcml.core.flat import joined
from calcml.core.operations import FLOOR
from calcml.evaluate.evalf import evalf
from calcml.evaluate.limits import DECIDED_DIGITS, STEPS, TRIES, WIDE, WORK

Point = dict[str, Fraction]
Range = tuple[float, float]

# Tried in turn: all signs, positive, inside (-1, 1), beyond 1, probabilities, ...
SCALES: tuple[Range, ...] = (
    (-3, 3),
    (0.1, 3),
    (-0.9, 0.9),
    (1.1, 5),
    (0.05, 0.95),
    (-5, -1.1),
    (3, 30),
)


def holds(condition: Expr, point: Mapping[str, object]) -> bool | None:
    """The truth of a condition at a point; None where its sides have no real values."""
    return or_none(evalf, condition, point, DECIDED_DIGITS)


# --- points ------------------------------------------------------------------------


def sample(
    root: Expr,
    n: int,
    seed: int = 0,
    ranges: Mapping[str, Range] | None = None,
    also: Iterable[str] = (),
    given: Sequence[Expr] = (),
) -> list[Point]:
    """`n` points at which `root` is defined, real and finite, or as many as are found.

    `ranges` holds intervals for variables; the others are drawn from several scales, or
    where too few fulfil the conditions `given`, from the intervals that these imply;
    where none lies in the domain, from numbers that its equations name, or integers.
    `also` names variables that the points have besides those of `root`.
    The points are short decimals that end in 1, 3, 7 or 9: no whole or half numbers,
    where kinks tend to lie. The same seed gives the same points.
    """
    names = sorted(root.free_symbols.union(also, *[c.free_symbols for c in given]))
    fixed = {k: v for k, v in (ranges or {}).items() if k in names}
    narrow = implied_ranges(given, map(symbol, names))
    facts = Facts(given)
    whole = {name for name in names if given and facts.integer(symbol(name))}
    everywhere = joined("and", [*given, *conditions(root)])
    named = {k: v for k, v in _named(everywhere).items() if k not in fixed}
    size = len(walk(root)) + (len(walk(everywhere)) if everywhere is not None else 0)
    tries = max(2 * n, min(TRIES * n, WORK // size))
    rng = random.Random(seed)
    points: list[Point] = []
    worked: list[dict[str, Range]] = []
    stuck = False
    for turn in range(tries if names else 1):
        scales = _scales(rng, names, turn, worked)
        if given and turn % 3 == 2:  # large negative numbers, too
            scales = {name: (-high, -low) for name, (low, high) in scales.items()}
        if narrow and turn >= tries // 8:
            scales |= narrow
        scales |= fixed
        point = {k: (integer if k in whole else draw)(rng, *scales[k]) for k in names}
        stuck = stuck or turn >= tries // 8 and not points
        if stuck:
            point |= {
                k: rng.choice(numbers) if numbers else integer(rng, *scales[k])
                for k, numbers in named.items()
                if rng.random() < 0.5  # not each has to be one of them
            }
        if point not in points and _inside(root, everywhere, point):
            points.append(point)
            worked.append(scales)
            if len(points) == n:
                break
    return points


def _named(condition: Expr | None) -> dict[str, list[Fraction]]:
    """The numbers that equations of a condition name, by variable: of k == 0 or ...

    None are named where a variable is any integer.
    """
    found: dict[str, list[Fraction]] = {}
    for node in () if condition is None else walk(condition):
        if node.op != "eq" or node.args[0].op != "symbol" or node.args[0].dims:
            continue
        x, other = node.args
        value = evaluate(other)
        if value is not None and not isinstance(value, bool):
            found.setdefault(x.value, []).append(Fraction(value))
        elif other.op == FLOOR and other.args == (x,):
            found.setdefault(x.value, [])
    return found


def implied_ranges(
    given: Sequence[Expr], variables: Iterable[Expr]
) -> dict[str, Range]:
    """Where numbers are drawn for the variables that conditions bound."""
    found, facts = {}, Facts(given)
    for variable in variables if given else ():
        low, high = map(float, facts.interval(variable)[:2])
        ends = high - WIDE if isinf(low) else low, low + WIDE if isinf(high) else high
        if not isinf(min(ends)):
            found[str(variable.value)] = ends
    return found


def inside(root: Expr, point: Point, given: Sequence[Expr] = ()) -> bool:
    """Whether `root` is defined, real and finite at a point, and `given` holds."""
    return _inside(root, joined("and", [*given, *conditions(root)]), point)


def _inside(root: Expr, everywhere: Expr | None, point: Point) -> bool:
    if everywhere is not None and holds(everywhere, point) is not True:
        return False
    value = or_none(evalf, root, point, DECIDED_DIGITS)
    return value is not None and not value.imag and abs(value) < 10**100


def _scales(
    rng: random.Random,
    names: Sequence[str],
    turn: int,
    worked: Sequence[dict[str, Range]],
) -> dict[str, Range]:
    """Intervals for a try: all signs, one for all, one each, or some that worked."""
    way = ("signs", "one", "each", "again")[turn % 4]
    if way == "again" and worked:
        return rng.choice(worked)
    if way == "signs":
        return dict.fromkeys(names, SCALES[0])
    if way == "one":
        return dict.fromkeys(names, SCALES[turn // 4 % len(SCALES)])
    return {name: rng.choice(SCALES) for name in names}


def integer(rng: random.Random, low: float, high: float) -> Fraction:
    """An integer between the bounds; the least one above where there is none."""
    bottom = ceil(low)
    return Fraction(rng.randint(bottom, max(bottom, floor(high))))


def draw(rng: random.Random, low: float, high: float) -> Fraction:
    """A short decimal between the bounds that is not whole; `low` where they meet."""
    bottom, top = Fraction(str(low)), Fraction(str(high))
    if bottom >= top:
        return bottom
    unit = next(10**k for k in count(1) if (top - bottom) * 10**k >= STEPS)
    stem = rng.randrange(ceil(bottom * unit), floor(top * unit))
    return Fraction(10 * stem + rng.choice((1, 3, 7, 9)), 10 * unit)
