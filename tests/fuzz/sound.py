"""Closed forms of random formulas and their derivatives: values, twice, shuffles.

By hand: python -m tests.fuzz.sound [FORMULAS] [SEED]

It prints each formula whose closed form has another value in balls, is simplified
further a second time, or prints otherwise where the terms of sums and products are
shuffled; it exits with 1 where there were any.
"""

from __future__ import annotations

import sys
from collections import Counter
from fractions import Fraction
from random import Random

import calcml as cm
from calcml import CalcmlError, Expr
from calcml.core.budget import limited
from calcml.core.build import bottom_up
from calcml.core.expr import CONDITIONS, LEAVES, make, walk
from calcml.evaluate.balls import enclosure, glance
from calcml.functions import FUNCTIONS
from tests.fuzz import seeds, text

POINTS, EVERY = 3, 5_000
MOST = 1e300  # of values and of what they are made of
HALVES = [Fraction(k, 8) for k in range(-24, 25) if k % 8]
enclosed = limited(enclosure)


def shuffled(e: Expr, random: Random) -> Expr:
    """The formula with the two sides of sums and products swapped at random."""

    def swap(node: Expr, made: Expr) -> Expr:
        if made.op in ("add", "mul") and not made.dims and random.random() < 0.5:
            return make(made.op, made.args[::-1])
        return made

    return bottom_up(e, swap)


def is_real(e: Expr, at: dict[str, Fraction]) -> bool:
    """Whether a place is in the domain: all parts of a formula have real values."""
    parts = [node for node in walk(e) if node.op not in CONDITIONS]
    if not all(p.op in LEAVES or p.op in FUNCTIONS for p in parts):
        return False  # arrays and unknown functions have no ball
    balls = glance(parts, at)
    return all(b is not None and b.imag == 0 and abs(b) < MOST for b in balls)


def fault(e: Expr, random: Random) -> str:
    """What is wrong with the closed form of a formula, if anything is."""
    closed = cm.simplify(e)
    if cm.simplify(closed) is not closed:
        return f"twice: {closed}, then {cm.simplify(closed)}"
    other = cm.simplify(shuffled(e, random))
    if other is not closed:
        return f"shuffled: {closed}, and {other}"
    for _ in range(POINTS):
        at = {name: random.choice(HALVES) for name in sorted(e.free_symbols)}
        a = enclosed(e, at) if is_real(e, at) else None
        b = None if a is None else enclosed(closed, at)
        if a is not None and (b is None or not a.overlaps(b)):
            told = {name: str(value) for name, value in at.items()}
            return f"value: {closed} at {told}: {a} and {b}"
    return ""


def run(count: int, seed: int = 0) -> tuple[Counter[str], list[str]]:
    """How the formulas ended, and the faults."""
    random, ends, found = Random(seed), Counter[str](), list[str]()
    for k in range(1, count + 1):
        typed = random.choice(seeds()) if random.random() < 0.5 else text(random)
        try:
            e = cm.parse(typed, dialect="calcml")
            told = fault(e, random)
            if not told and "x" in e.free_symbols:
                told = fault(cm.diff(e, "x", simplify=False), random)
        except CalcmlError as error:
            ends[error.kind] += 1
            continue
        ends[told.partition(":")[0] or "sound"] += 1
        if told:
            found.append(f"{typed}\n    {told}")
            print(found[-1], flush=True)
        if k % EVERY == 0:
            print(f"{k:,} formulas: {dict(ends)}", flush=True)
    return ends, found


if __name__ == "__main__":
    count, seed = (*map(int, sys.argv[1:]), *(10_000, 0)[len(sys.argv) - 1 :])
    ends, found = run(count, seed)
    print(f"seed {seed}: {dict(ends)}")
    sys.exit(bool(found))
