"""Random sums over indices: their values and gradients are those of loops.

A sum is made as a tree, which one function writes and another one evaluates with
NumPy's elements and Python's loops; gradients are compared with central differences.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

import calcml as cm

SIZES = {"n": 5, "m": 4, "l": 3}
SHAPES = {"x": "n", "y": "n", "u": "m", "w": "l", "A": "n n", "B": "m n"}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp({}/4)": lambda v: math.exp(v / 4),
    "({})^2": lambda v: v**2,
    "log(2 + ({})^2)": lambda v: math.log(2 + v * v),
    "sqrt(3 + ({})^2)": lambda v: math.sqrt(3 + v * v),
    "1/(9 + ({})^2)": lambda v: 1 / (9 + v**2),
}
REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": math.fsum,
    "prod": math.prod,
    "mean": lambda v: math.fsum(v) / len(v),
    "logsumexp": lambda v: math.log(math.fsum(map(math.exp, v))),
}
OPERATORS = {"*": float.__mul__, "+": float.__add__, "-": float.__sub__}

At = Mapping[str, Any]  # arrays and indices by name


class Formula(NamedTuple):
    """A formula as text, and as a function of arrays and indices."""

    text: str
    value: Callable[[At], float]


class Maker:
    """Random formulas; `indices` are those around, each with its least and greatest."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.letters = iter("ijkpq")

    def place(self, size: int, indices: Mapping[str, tuple[int, int]]) -> Formula:
        """A place on an axis by one or two indices, or a number."""
        for _ in range(30):
            names = self.rng.sample(
                [*indices], self.rng.randint(1, min(2, len(indices)))
            )
            steps = {name: self.rng.choice([1, 1, 1, -1, 2, -2, 3]) for name in names}
            start = self.rng.randint(-3, 6)
            if len(names) == 1 and self.rng.random() < 0.5:
                steps, start = {names[0]: 1}, 0
            ends = [[step * end for end in indices[i]] for i, step in steps.items()]
            low, high = (start + sum(map(pick, ends)) for pick in (min, max))
            if low < 0 or high >= size:
                continue
            text = " + ".join(f"{step}*{i}" for i, step in steps.items())
            text = f"{text} + {start}".replace("1*", "").replace(" + 0", "")
            text = text.replace("+ -", "- ")

            def value(at: At, start: int = start, steps: Any = steps) -> float:
                return start + sum(step * at[i] for i, step in steps.items())

            return Formula(text, value)
        return _number(self.rng.randrange(size))

    def element(self, indices: Mapping[str, tuple[int, int]]) -> Formula:
        """An element of an array."""
        name = self.rng.choice([*SHAPES])
        places = [self.place(SIZES[d], indices) for d in SHAPES[name].split()]
        text = f"{name}[{', '.join(p.text for p in places)}]"
        return Formula(
            text, lambda at: float(at[name][tuple(p.value(at) for p in places)])
        )

    def term(self, indices: Mapping[str, tuple[int, int]], depth: int) -> Formula:
        """A formula of elements and sums."""
        if depth and self.rng.random() < 0.4:
            return self.sum(indices, depth - 1)
        made = self.element(indices)
        for _ in range(self.rng.randint(0, 2)):
            inner = depth and self.rng.random() < 0.3
            other = self.sum(indices, depth - 1) if inner else self.element(indices)
            sign = self.rng.choice("**+-")
            made = Formula(
                f"({made.text} {sign} {other.text})", _both(sign, made, other)
            )
        if self.rng.random() < 0.1:
            name = self.rng.choice([*indices])
            made = Formula(f"{name}*{made.text}", _scaled(name, made))
        if self.rng.random() < 0.4:
            spelling, apply = self.rng.choice([*FUNCTIONS.items()])
            made = Formula(spelling.format(f"({made.text})"), _applied(apply, made))
        return made

    def sum(self, indices: Mapping[str, tuple[int, int]], depth: int) -> Formula:
        """A sum or another reduction; bounds of sums may hold outer indices."""
        index = next(self.letters, None)
        if index is None:
            return self.element(indices)
        low, high = sorted(self.rng.sample(range(5), 2))
        first, last = (
            Formula(str(low), lambda at: low),
            Formula(str(high), lambda at: high),
        )
        hull = low, high
        name = self.rng.choice([*REDUCTIONS, *["sum"] * 8])
        if indices and name in ("sum", "prod") and self.rng.random() < 0.4:
            outer = self.rng.choice([*indices])
            least, greatest = indices[outer]
            first = _number(0)
            kind = self.rng.randrange(3)
            if kind == 0:
                last, hull = Formula(outer, lambda at: at[outer]), (0, greatest)
            elif kind == 1:
                text = f"{greatest} - {outer}"
                last = Formula(text, lambda at: greatest - at[outer])
                hull = 0, greatest - least
            else:
                high = max(high, greatest)
                first = Formula(
                    f"max(0, {outer} - 1)", lambda at: max(0, at[outer] - 1)
                )
                last = Formula(str(high), lambda at: high)
                hull = 0, high
        body = self.term({**indices, index: hull}, depth)
        if not re.search(rf"\[[^]]*\b{index}\b", body.text) and name == "logsumexp":
            name = "sum"  # of scalars it may be the function of several arguments
        text = f"{name}({index}, {first.text}, {last.text}, {body.text})"

        def value(at: At) -> float:
            places = range(int(first.value(at)), int(last.value(at)) + 1)
            return REDUCTIONS[name]([body.value({**at, index: k}) for k in places])

        return Formula(text, value)


def _number(value: int) -> Formula:
    return Formula(str(value), lambda at: value)


def _both(sign: str, a: Formula, b: Formula) -> Callable[[At], float]:
    return lambda at: OPERATORS[sign](float(a.value(at)), float(b.value(at)))


def _scaled(name: str, a: Formula) -> Callable[[At], float]:
    return lambda at: at[name] * a.value(at)


def _applied(apply: Callable[[float], float], a: Formula) -> Callable[[At], float]:
    return lambda at: apply(a.value(at))


@pytest.mark.parametrize("seed", range(80))
def test_random_sums_are_those_of_loops(seed: int) -> None:
    rng = random.Random(f"{seed} sums")
    made = Maker(rng).sum({}, 2)
    drawn = np.random.default_rng(seed)
    at = {
        name: drawn.uniform(0.5, 1.5, [SIZES[d] for d in shape.split()])
        for name, shape in SHAPES.items()
    }
    shapes = dict(SHAPES)
    if rng.random() < 0.5:
        for name, shape in SHAPES.items():
            shapes[name] = " ".join(str(SIZES[d]) for d in shape.split())
    by = rng.choice([name for name in SHAPES if f"{name}[" in made.text] or ["x"])
    f, gradient = (
        cm.parse(made.text, shapes=shapes),
        cm.grad(made.text, by, shapes=shapes)[by],
    )
    value, slope = cm.compile([f, gradient], [*SHAPES], shapes=shapes)(*at.values())
    assert value == pytest.approx(made.value(at), rel=1e-9), made.text
    assert slope == pytest.approx(_differences(made, at, by), rel=1e-4, abs=1e-4), made


def _differences(made: Formula, at: dict[str, Any], by: str) -> Any:
    result = np.zeros_like(at[by])
    for place in np.ndindex(result.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = at[by].copy()
            moved[place] += step
            ends.append(made.value({**at, by: moved}))
        result[place] = (ends[0] - ends[1]) / 2e-6
    return result
