"""The slopes at places where kinks meet, of random formulas, against values alone.

`python -m tests.benchmarks.kink_slopes --places 5000 --keep`: the last such run is kept
in kink_slopes.md. The oracle knows a formula by its values: difference quotients
at high precision in many directions, and in those between cells that differ, tell the
gradients around the place, and of their convex hull the element of least norm is asked.
Where the quotients grow or do not settle (jumps, vertical tangents) there is no slope,
and the place is left out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import numpy as np

import calcml as cm
from tests.benchmarks.tables import machine, table

RESULTS = Path(__file__).parent / "kink_slopes.md"
TITLE = "Slopes where kinks meet"
KINDS = ("right", "fallback", "wrong", "no value")  # by rows, where kinks says so
NAMES = "xyz"
PLACES = [k / 2 for k in range(-4, 5)]
SMALL = [-3, -2, -1, 1, 2, 3, 0.5, -0.5]  # floats are exact: all are dyadic
CLOSE = 1e-7
DIGITS = 80
BESIDE = mpmath.mpf(2) ** -90  # of the place: much closer than other switches are
WITHIN = mpmath.mpf(2) ** -30  # of a cell: other directions of the same cell
DIRECTIONS = (0, 2, 60, 120)  # how many are tried, by the number of variables
HALVES = 10  # of the way between two directions, and of what is left of it, ...
AGAIN = 20  # times as many where a slope seems wrong
MOST_PAIRED = 12  # gradients

Point = Sequence[Any]


class Part(NamedTuple):
    """A formula as text, and its values by a function that knows no derivative."""

    text: str
    value: Callable[[Point], Any]


class Case(NamedTuple):
    """A formula and a place at which several of its switches are 0."""

    formula: Part
    at: tuple[float, ...]

    @property
    def point(self) -> dict[str, float]:
        return dict(zip(NAMES, self.at, strict=False))


# --- formulas ----------------------------------------------------------------------


def _sign(v: Any) -> int:
    return int(v > 0) - int(v < 0)


class Generator:
    """Random formulas with switches that are 0 at one place."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def case(self, count: int) -> Case:
        """A formula of `count` variables; all of them occur."""
        at = tuple(self.rng.choice(PLACES) for _ in range(count))
        while True:
            terms = [self.term(at) for _ in range(self.rng.randint(1, 2))]
            terms += [self.smooth(at) for _ in range(self.rng.randint(0, 1))]
            found = Case(_sum(terms), at)
            if all(name in found.formula.text for name in NAMES[:count]):
                return found

    def number(self) -> float:
        return self.rng.choice(SMALL)

    def zero(self, at: Sequence[float]) -> Part:
        """A smooth part that is 0 at the place."""
        some = self.smooth(at)
        start = some.value(at)
        return Part(
            f"({some.text} - ({start}))" if start else f"({some.text})",
            lambda p: some.value(p) - start,
        )

    def smooth(self, at: Sequence[float]) -> Part:
        """A linear form, a product or a square."""
        kind = self.rng.random()
        if kind < 0.85:
            return self.linear(at)
        a, b = self.linear(at, 1), self.linear(at, 1)
        if kind < 0.93:
            return Part(f"({a.text})*({b.text})", lambda p: a.value(p) * b.value(p))
        return Part(f"({a.text})^2", lambda p: a.value(p) ** 2)

    def linear(self, at: Sequence[float], most: int = 3) -> Part:
        chosen = sorted(self.rng.sample(range(len(at)), self.rng.randint(1, len(at))))
        factors = {i: self.number() for i in chosen[:most]}
        text = " + ".join(f"({c})*{NAMES[i]}" for i, c in factors.items())
        return Part(text, lambda p: sum([c * p[i] for i, c in factors.items()]))

    def kinked(self, at: Sequence[float]) -> Part:
        """A function with a switch that is 0 at the place."""
        u = self.zero(at)
        a, c = self.smooth(at), self.number()
        start = a.value(at)
        over = Part(f"({a.text} + {u.text})", lambda p: a.value(p) + u.value(p))
        t, v = u.text, u.value
        choices: list[tuple[str, Callable[[Point], Any]]] = [
            (f"relu{t}", lambda p: max(v(p), 0)),
            (f"abs{t}", lambda p: abs(v(p))),
            (f"max({a.text}, {over.text})", lambda p: max(a.value(p), over.value(p))),
            (f"min({a.text}, {over.text})", lambda p: min(a.value(p), over.value(p))),
            (f"max{t[:-1]}, 0)", lambda p: max(v(p), 0)),
            (f"clip{t[:-1]}, 0, 1)", lambda p: min(max(v(p), 0), 1)),
            (f"clip({a.text}, {start}, {start + 1})",
             lambda p: min(max(a.value(p), start), start + 1)),
            (f"sqrt({t}^2)", lambda p: abs(v(p))),
            (f"{t}*sign{t}", lambda p: abs(v(p))),
            (f"{t}*step{t}", lambda p: max(v(p), 0)),
            (f"where({t} > 0, {over.text}, {a.text})",
             lambda p: over.value(p) if v(p) > 0 else a.value(p)),
            (f"where({t} <= 0, {over.text}, {a.text})",
             lambda p: over.value(p) if v(p) <= 0 else a.value(p)),
            (f"hypot({t}, 0)", lambda p: abs(v(p))),
            (f"leaky_relu({t}, 1/4)", lambda p: v(p) if v(p) > 0 else v(p) / 4),
            (f"max({a.text}, {over.text}, {c})",
             lambda p: max(a.value(p), over.value(p), c)),
        ]  # fmt: skip
        if len(at) == 1:  # of more variables it jumps beside the place
            text = f"({a.text} - ({start}))*sign{t}"
            choices.append((text, lambda p: (a.value(p) - start) * _sign(v(p))))
        return Part(*self.rng.choice(choices))

    def term(self, at: Sequence[float]) -> Part:
        """A kinked part, a multiple of one, a product of two, or one of another."""
        a = self.kinked(at)
        kind = self.rng.random()
        if kind < 0.45:
            return a
        if kind < 0.65:
            c = self.number()
            return Part(f"({c})*{a.text}", lambda p: c * a.value(p))
        if kind < 0.8:
            b = self.kinked(at)
            return Part(f"{a.text}*{b.text}", lambda p: a.value(p) * b.value(p))
        if kind < 0.9:
            b = self.smooth(at)
            return Part(f"({b.text})*{a.text}", lambda p: a.value(p) * b.value(p))
        b, start = self.zero(at), a.value(at)
        return Part(
            f"max({a.text}, {b.text} + ({start}))",
            lambda p: max(a.value(p), b.value(p) + start),
        )


def _sum(terms: Sequence[Part]) -> Part:
    text = " + ".join(t.text for t in terms)
    return Part(text, lambda p: sum([t.value(p) for t in terms]))


# --- the oracle --------------------------------------------------------------------


class JumpError(Exception):
    """The difference quotients do not settle."""


class Oracle:
    """The gradients of the cells around a place, told from values alone."""

    def __init__(self, case: Case, rng: random.Random) -> None:
        self.value, self.rng, self.size = case.formula.value, rng, len(case.at)
        self.place = [mpmath.mpf(c) for c in case.at]
        self.here = self.value(self.place)
        self.found: list[np.ndarray] = []
        self.ways: list[list[Any]] = []  # a direction into the cell of each

    def cells(self, times: int) -> list[np.ndarray]:
        """In random directions, then between neighbours, or pairs, that differ."""
        if self.size == 1:
            for way in (1, -1):
                self.cell([mpmath.mpf(way)])
            return self.found
        count = DIRECTIONS[self.size] * times
        ways = [_direction(self.rng, self.size) for _ in range(count)]
        if self.size == 2:
            ways.sort(key=lambda v: mpmath.atan2(*v))
        told = [(v, k) for v in ways if (k := self.cell(v)) is not None]
        if self.size == 2:
            for one, other in zip(told, [*told[1:], told[0]], strict=True):
                self.between(*one, *other)
        for i, j in combinations(range(min(len(self.found), MOST_PAIRED)), 2):
            self.between(self.ways[i], i, self.ways[j], j)
        return self.found

    def cell(self, v: list[Any]) -> int | None:
        """The number of the gradient in a direction, None on an edge of cells."""
        g = self.gradient(v)
        if np.abs(g).max() >= 1e5:
            return None
        for k, h in enumerate(self.found):
            if np.abs(g - h).max() < CLOSE:
                return k
        self.found.append(g)
        self.ways.append(v)
        return len(self.found) - 1

    def between(self, a: list[Any], i: int, b: list[Any], j: int) -> None:
        """All cells on the way from one to another, by halves where they differ."""
        stack = [(a, i, b, j, HALVES)] if i != j else []
        while stack:
            a, i, b, j, left = stack.pop()
            middle = _unit([p + q for p, q in zip(a, b, strict=True)])
            k = self.cell(middle)
            if k is None or not left:
                continue
            if k != i:
                stack.append((a, i, middle, k, left - 1))
            if k != j:
                stack.append((middle, k, b, j, left - 1))

    def gradient(self, v: Sequence[Any]) -> np.ndarray:
        """Of the cell in a direction, by slopes in that and in some beside it."""
        slope = self.steep(v)
        if abs(slope - self.steep(v, BESIDE / 2**20)) > CLOSE:
            raise JumpError
        rows, sides = [v], [slope]
        for _ in range(self.size - 1):
            other = _direction(self.rng, self.size)
            w = [a + WITHIN * b for a, b in zip(v, other, strict=True)]
            rows.append(other)
            sides.append((self.steep(w) - slope) / WITHIN)
        found = mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix(sides))
        return np.array([float(c) for c in found])

    def steep(self, v: Sequence[Any], step: Any = BESIDE) -> Any:
        """The difference quotient in a direction."""
        moved = [c + step * d for c, d in zip(self.place, v, strict=True)]
        return (self.value(moved) - self.here) / step


def least(case: Case, rng: random.Random, times: int = 1) -> np.ndarray | None:
    """The element of least norm of the hull of the cells' gradients; None for none.

    It is looked for in so many `times` as many directions.
    """
    with mpmath.workdps(DIGITS):
        try:
            return nearest(np.array(Oracle(case, rng).cells(times)))
        except JumpError:
            return None


def _direction(rng: random.Random, n: int) -> list[Any]:
    return _unit([mpmath.mpf(rng.gauss(0, 1)) for _ in range(n)])


def _unit(v: list[Any]) -> list[Any]:
    length = mpmath.norm(v)
    return [c / length for c in v]


def nearest(points: np.ndarray) -> np.ndarray:
    """The point of least norm in a convex hull: of all simplices that hold theirs."""
    best = min(points, key=lambda p: float(p @ p))
    for size in range(2, min(len(points), points.shape[1] + 1) + 1):
        for some in combinations(points, size):
            corner, edges = some[0], np.array(some[1:]) - some[0]
            square = edges @ edges.T
            if abs(np.linalg.det(square)) < 1e-12:
                continue
            weights = np.linalg.solve(square, -edges @ corner)
            if (weights >= -1e-12).all() and weights.sum() <= 1 + 1e-12:
                best = min(best, corner + weights @ edges, key=lambda p: float(p @ p))
    return best


# --- compared ----------------------------------------------------------------------


def verdict(
    case: Case,
    right: np.ndarray,
    again: Callable[[], np.ndarray | None] = lambda: None,
) -> tuple[str, object]:
    """right, wrong, or fallback where `kinks` says so; what was returned, and is right.

    Where that is not `right`, it is asked `again` for what is.
    """
    text, names = case.formula.text, NAMES[: len(case.at)]
    try:
        parts = cm.grad(text, list(names))
        slopes = [float(parts[n].evalf(case.point)) for n in names]
        slopes.append(float(cm.diff(text, names[0]).evalf(case.point)))
    except cm.CalcmlError as error:
        return "no value", error

    def is_right(slope: np.ndarray) -> bool:
        return bool(np.abs(np.array(slopes) - [*slope, slope[0]]).max() <= CLOSE)

    more = None if is_right(right) else again()
    if is_right(right if more is None else more):
        return "right", slopes
    told = any("row slopes" in k.note for n in names for k in cm.kinks(text, n))
    return "fallback" if told else "wrong", (slopes, right if more is None else more)


def cases(
    seed: int, count: int, sizes: Sequence[int] = (1, 1, 2, 2, 3)
) -> Iterator[tuple[Case, np.ndarray]]:
    """Places with their slope, as many as asked for."""
    rng = random.Random(seed)
    made = Generator(rng)
    while count:
        case = made.case(rng.choice(sizes))
        right = least(case, rng)
        if right is not None:
            count -= 1
            yield case, right


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--places", type=int, default=300, help="of each seed")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 1, 2, 2, 3])
    parser.add_argument("--keep", action="store_true", help="write kink_slopes.md")
    options = parser.parse_args()
    told: Counter[tuple[int, str]] = Counter()
    for k, seed in enumerate(options.seed, 1):
        told += compared(seed, options.places, options.sizes)
        rows = [[str(n), *[str(told[n, kind]) for kind in KINDS]] for n in (1, 2, 3)]
        report = table(" | ".join(["variables", *KINDS]), rows)
        print(report, flush=True)
        if options.keep:
            seeds = " ".join(map(str, options.seed[:k]))
            call = f"--seed {seeds} --places {options.places}"
            made = f"Made by `python -m tests.benchmarks.kink_slopes {call}`."
            text = f"# {TITLE}\n\n{made} {machine()}\n\n{report}\n"
            RESULTS.write_text(text, encoding="utf-8")


def compared(seed: int, count: int, sizes: Sequence[int]) -> Counter[tuple[int, str]]:
    """The verdicts on some places by their kind; those that are not right are shown."""
    told: Counter[tuple[int, str]] = Counter()
    for case, right in cases(seed, count, sizes):
        kind, found = verdict(  # a cell that is thin may have been missed
            case, right, partial(least, case, random.Random(seed), AGAIN)
        )
        told[len(case.at), kind] += 1
        if kind != "right":
            at = ", ".join(f"{n}={c}" for n, c in case.point.items())
            print(f"{kind}: {case.formula.text} at {at}: {found}", flush=True)
    return told


if __name__ == "__main__":
    main()
