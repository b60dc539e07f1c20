"""Eight threads on shared expressions have the answers that one has.

By hand: python -m tests.fuzz.threads [SECONDS] [SEED]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import calcml
from calcml import CalcmlError, Expr
from tests.fuzz import seeds

THREADS, FORMULAS = 8, 40
CALLS: list[Callable[[Expr], Any]] = [
    lambda e: calcml.diff(e, "x"),
    lambda e: calcml.simplify(calcml.diff(e, "x", simplify=False)),
    lambda e: calcml.grad(e),
    lambda e: calcml.compile(e, "x", backend="python").source,
    lambda e: e.evalf(dict.fromkeys(e.free_symbols, 0.7)),
    lambda e: calcml.parse(str(e)),
    lambda e: e.latex(),
]


def ended(k: int, node: Expr) -> str:
    """How a call ends, as text."""
    try:
        return str(CALLS[k](node))
    except CalcmlError as error:
        return str(error)


def faults(seconds: float, seed: int = 0) -> tuple[int, list[str]]:
    """How many calls eight threads made, and what differs from what one thread has."""
    random = Random(seed)
    nodes: list[Expr] = []
    while len(nodes) < FORMULAS:
        try:
            nodes.append(calcml.parse(random.choice(seeds())))
        except CalcmlError:
            continue
    expected = [[ended(k, node) for k in range(len(CALLS))] for node in nodes]
    end = time.monotonic() + seconds

    def work(number: int) -> tuple[int, list[str]]:
        mine, calls, found = Random(number), 0, []
        while time.monotonic() < end:
            i, k = mine.randrange(len(nodes)), mine.randrange(len(CALLS))
            calls += 1
            if ended(k, nodes[i]) != expected[i][k]:
                found.append(f"call {k} of {nodes[i]}")
        return calls, found

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(work, range(THREADS)))
    return sum(calls for calls, _ in done), [f for _, found in done for f in found]


if __name__ == "__main__":
    calls, found = faults(*map(int, sys.argv[1:] or ["60"]))
    print(
        f"{THREADS} threads, {calls:,} calls: {len(found)} faults",
        *found[:20],
        sep="\n",
    )
    sys.exit(bool(found))
