"""What the steps of a derivation cost, beside the answer alone: printed, and kept.

`python -m tests.benchmarks.steps`; its last output is steps.md. No peer tells the steps
of a derivative that it has taken, so the answer alone is the measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from calcml import derive, diff, grad
from calcml.core.expr import Expr
from tests.benchmarks.tables import figure, machine, met, percentile, table
from tests.corpora.test_matrix_calculus import GRADIENTS, read
from tests.corpora.test_steps import CORPORA, ROWS

RESULTS = Path(__file__).parent / "steps.md"
ROUNDS = 5
MOST = 3.0  # times the answer's time
Job = Callable[[], object]
Race = list[float]  # the medians of several jobs, the answer alone first


def raced(jobs: Sequence[Job]) -> Race:
    """The medians of jobs that ran in turn, after a warm-up."""
    seconds: list[list[float]] = [[] for _ in jobs]
    for _ in range(ROUNDS + 1):
        for job, times in zip(jobs, seconds, strict=True):
            began = perf_counter()
            job()
            times.append(perf_counter() - began)
    return [median(times[1:]) for times in seconds]


def ways(f: Expr, v: str) -> list[Job]:
    """The answer, brief steps, full steps, and full steps printed."""
    return [
        lambda: diff(f, v),
        lambda: derive(f, v),
        lambda: derive(f, v, level="full"),
        lambda: str(derive(f, v, level="full")),
    ]


def backward(f: Expr, v: str) -> list[Job]:
    """The gradient, and its layers."""
    return [lambda: grad(f, v), lambda: derive(f, [v])]


def scalars(corpus: str) -> list[Race]:
    """A race for each derivative of a corpus."""
    start = corpus.split("_", maxsplit=1)[0]
    return [raced(ways(f, v)) for name, f, v in ROWS if name.startswith(start)]


def arrays() -> list[Race]:
    """A race for each gradient of the matrix corpus."""
    return [raced(backward(read(r["expr"], r), r["var"])) for r in GRADIENTS]


def lines(name: str, races: Sequence[Race], told: Sequence[str]) -> Iterator[list[str]]:
    """Rows of the table: for each way of telling the ratios to the answer alone."""
    answer = [race[0] for race in races]
    for place, what in enumerate(told, 1):
        ratios = [race[place] / race[0] for race in races]
        total = sum(race[place] for race in races) / sum(answer)
        target = (
            "" if "printed" in what else met(total <= MOST and median(ratios) <= MOST)
        )
        yield [name, str(len(races)), what, figure(median(answer), "ms"),
               f"{median(ratios):.2f}", f"{percentile(ratios, 95):.2f}",
               f"{max(ratios):.2f}", f"{total:.2f}", target]  # fmt: skip


def sections() -> Iterator[str]:
    """The whole output."""
    yield f"# Steps\n\nMade by `python -m tests.benchmarks.steps`. {machine()}"
    yield (
        "Ratios are times the answer's own time in the same run, from an expression "
        f"that stands: of each row the medians of {ROUNDS} rounds in turn; over the "
        f"rows their median, 95th percentile and largest, and the time of all rows "
        f"together. Asked: at most {MOST:g}. Steps are made whole, each with its "
        "expression before and after; printing them is measured apart."
    )
    rows: list[list[str]] = []
    for name in CORPORA:
        rows += lines(name, scalars(name), ["brief", "full", "full, printed"])
    rows += lines("matrix_calculus", arrays(), ["layers of the gradient"])
    head = "corpus | rows | told | answer, ms | median | p95 | most | together | met?"
    yield table(head, rows)
    sizes = [
        len(str(derive(f, v)).splitlines()) for name, f, v in ROWS if "textbook" in name
    ]
    yield table(
        "quantity | target | calcml | met?",
        [
            [
                "lines of brief steps, textbook, median",
                "6",
                f"{median(sizes):g}",
                met(median(sizes) <= 6),
            ]
        ],
    )


def main() -> None:
    """Print the sections, and keep them."""
    found = []
    for section in sections():
        print(section, end="\n\n", flush=True)
        found.append(section)
    RESULTS.write_text("\n\n".join(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
