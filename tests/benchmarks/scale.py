"""How cost grows with size: what users build, at rising sizes, printed and kept.

`python -m tests.benchmarks.scale`; its last output is scale.md, of which `--only TEXT`
measures the rows that have the text anew. Each size runs in a process of its own, and
has `LIMIT` seconds; the exponent is that between the last two.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from time import process_time
from typing import NamedTuple

import calcml as cm
from tests.benchmarks.nets import (
    Net,
    chain,
    layers,
    log_sum_exp,
    lstm,
    named_net,
    names,
    normed,
    recurrent,
    transformer,
)
from tests.benchmarks.tables import figure, machine, met, table

RESULTS = Path(__file__).parent / "scale.md"
LIMIT = 30  # seconds
LINEAR = 1.3


def gradient(net: Callable[[int], Net]) -> Callable[[int], object]:
    """The gradient of a net of size n by all its weights."""

    def run(n: int) -> object:
        text, shapes, wrt = net(n)
        return cm.grad(text, wrt, shapes=shapes)

    return run


def lines(n: int) -> str:
    """The largest of n lines."""
    return f"max({', '.join(f'{i}*x + {i * i % 17}' for i in range(n))})"


def summed(term: str, n: int) -> str:
    """A sum of n terms in which # is 1, 2, ..."""
    return " + ".join(term.replace("#", str(i)) for i in range(1, n + 1))


def factors(n: int) -> str:
    """(x + 1)*...*(x + n)"""
    return "*".join(f"(x + {i})" for i in range(1, n + 1))


def net_hessian(n: int) -> object:
    """The Hessian of n tanh layers by their input."""
    text, shapes, _ = layers(n)
    return cm.hessian(text, "x", shapes=shapes)


class Row(NamedTuple):
    """Work of a size, the sizes, and the seconds asked for the sizes that have some."""

    work: Callable[[int], object]
    sizes: tuple[int, ...]
    asked: dict[int, float] = {}  # noqa: RUF012 (a named tuple's, never changed)


ROWS = {
    "gradient of x1*...*xn": Row(lambda n: cm.grad("*".join(names(n))), (200, 800)),
    "derivative of (x + 1)...(x + n)": Row(
        lambda n: cm.diff(factors(n), "x"), (100, 400)
    ),
    "check of it": Row(
        lambda n: cm.check(factors(n), cm.diff(factors(n), "x"), "x"), (25, 100)
    ),
    "Hessian of log(sum exp), n names": Row(
        lambda n: cm.hessian(log_sum_exp(n), names(n)), (20, 100), {20: 0.1, 100: 2}
    ),
    "gradient of log(sum exp) - x1": Row(
        lambda n: cm.grad(f"{log_sum_exp(n)} - x1"), (40, 160)
    ),
    "derivative of the max of n lines": Row(
        lambda n: cm.diff(lines(n), "x"), (16, 64), {64: 0.3}
    ),
    "gradient of max(x1, ..., xn)": Row(
        lambda n: cm.grad(f"max({', '.join(names(n))})"), (16, 64), {64: 0.3}
    ),
    "gradient of a 2-n-n-1 relu net of names": Row(
        gradient(named_net), (10, 20), {20: 0.5}
    ),
    "kinks of n relus": Row(
        lambda n: cm.kinks(summed("relu(x - #)", n), "x"), (32, 128), {128: 2}
    ),
    "kinks of n abs(sin(kx))": Row(
        lambda n: cm.kinks(summed("abs(sin(#*x))", n), "x"), (4, 16)
    ),
    "domain of 1/((x + 1)...(x + n))": Row(
        lambda n: cm.domain(f"1/({factors(n)})"), (64, 256), {256: 1}
    ),
    "domain of n roots": Row(lambda n: cm.domain(summed("sqrt(x - #)", n)), (64, 256)),
    "gradient of n matrices": Row(gradient(chain), (100, 400), {400: 1}),
    "Hessian of n tanh layers": Row(net_hessian, (3, 6)),
    "n tanh layers": Row(gradient(layers), (20, 80)),
    "n linear layers with norms": Row(gradient(normed), (5, 20)),
    "recurrent net of n steps": Row(gradient(recurrent), (20, 100), {20: 0.3, 100: 3}),
    "LSTM of n steps": Row(gradient(lstm), (6, 50), {6: 0.5, 50: 5}),
    "transformer block of n heads": Row(gradient(transformer), (4, 16), {4: 1}),
    "parse of n terms": Row(lambda n: cm.parse(summed("x#", n)), (25_000, 100_000)),
    "compile of n terms": Row(
        lambda n: cm.compile(summed("sin(x#)", n), names(n)), (2_500, 10_000)
    ),
    "steps of n terms": Row(lambda n: cm.derive(summed("x^#", n), "x"), (50, 200)),
    "LaTeX of n terms": Row(
        lambda n: cm.parse(summed("sin(x#)", n)).latex(), (2_500, 10_000)
    ),
}


def seconds(work: str, n: int) -> float | None:
    """The process time of one size in a fresh process; None where it is over LIMIT."""
    command = [sys.executable, "-m", "tests.benchmarks.scale", work, str(n)]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return float(told.stdout)


def one(work: str, n: int) -> float:
    """The process time of one size, what a first call loads not counted."""
    row = ROWS[work]
    row.work(2)
    start = process_time()
    row.work(n)
    return process_time() - start


def report(only: str) -> Iterator[list[str]]:
    """A line for each row, those without a text as they were."""
    kept = RESULTS.read_text(encoding="utf-8").splitlines() if only else []
    before = {cells[0]: cells for line in kept if (cells := line[2:-2].split(" | "))}
    for work, row in ROWS.items():
        if only and only not in work:
            yield before[work]
            continue
        times = {n: seconds(work, n) for n in row.sizes}
        told = [
            f"{n:,}: {'-' if t is None else figure(t, 's')} s" for n, t in times.items()
        ]
        (low, first), (high, last) = times.items()
        power = log(last / first, high / low) if first and last else None
        grows = "-" if power is None else f"{power:.2f}"
        asked = [f"{n:,}: {most:g} s" for n, most in row.asked.items()]
        slow = [n for n, most in row.asked.items() if (times[n] or LIMIT) > most]
        near = power is not None and power <= LINEAR
        reached = not slow if row.asked else near
        yield [work, "; ".join(told), grows, "; ".join(asked), met(reached)]


def main(only: str) -> None:
    """Print the table, and keep it."""
    head = "work | process time | exponent | asked | reached"
    told = f"{table(head, report(only))}\n\n{machine()}\n"
    print(told)
    RESULTS.write_text(f"# Cost by size\n\n{told}", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "--only":
        print(one(sys.argv[1], int(sys.argv[2])))
    else:
        main("".join(sys.argv[2:]))
