"""A guard for speed: what users do, as ratios to a loop of plain Python.

`python -m tests.benchmarks.guard` measures, compares with guard.json, prints a table
and exits with 1 where a ratio is over 1.5 times its record, or cost grows faster with
size than its bound. What fails is measured again twice before it counts.
`--record` keeps the ratios measured as records; `--against REV` measures this tree and
a commit in turn, for claims finer than 1.5, and keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from math import inf, log
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.tables import machine, met, table
from tests.benchmarks.timing import ROOT, Contender, race

RECORDS = Path(__file__).parent / "guard.json"
WORST = 1.5  # times its record
TRIES = 3
ROUNDS = 5  # samples of each, after one that warms up
LIMIT = 20.0  # seconds that one contender may take in all
LINEAR = 1.3  # the exponent up to which growth counts as linear: n log n, and noise
MEGABYTES = 5.0  # that memory may grow by


class Row(NamedTuple):
    """A job of `guard_jobs`, at one size or at two, between which its cost grows."""

    work: str
    job: str
    arguments: tuple[Any, ...] = ()  # none: its own name
    sizes: tuple[int, ...] = (1,)
    bound: float = LINEAR


ROWS = [
    Row("parse 18 ML formulas", "guarded"),
    Row("parse 18 ML formulas as people write them", "guarded"),
    Row("parse 18 ML formulas as LaTeX", "guarded"),
    Row("18 ML formulas, text to raw derivative", "guarded"),
    Row("18 ML formulas, text to closed form", "guarded"),
    Row("gradient by n weights, by names", "guarded", sizes=(337, 4801)),
    Row("gradient by n weights, by symbols", "guarded", sizes=(337, 4801)),
    Row("gradient of (sum of n sines)^2, raw", "guarded", sizes=(500, 2000)),
    Row("gradient of (sum of n sines)^2", "guarded", sizes=(250, 1000)),
    Row("compile of n results", "guarded", sizes=(500, 2000)),
    Row("gradient of a product of n factors", "guarded", sizes=(250, 1000)),
    Row("Jacobian of n outputs by 3 names", "guarded", sizes=(5, 20)),
    Row("Hessian by n names, raw", "guarded", sizes=(25, 100), bound=2.2),
    Row("20th derivative of tanh", "guarded"),
    Row("sin nested n deep, raw", "guarded", sizes=(2500, 10_000)),
    # SymPy caches 1,000 results: more terms would be another measurement.
    Row("to_sympy of a sum of n terms", "guarded", sizes=(150, 600)),
    # SymPy's own part grows: by itself it takes 0.7 s and 10 s.
    Row("to_sympy of sin nested n deep", "guarded", sizes=(400, 1200), bound=1.5),
    Row("logistic regression, gradient", "guarded"),
    Row("logistic regression, Hessian", "guarded"),
    Row("gradient of n layers", "guarded", sizes=(5, 10)),
    Row("call of a compiled scalar function", "guarded"),
    Row("call of a compiled array function", "guarded"),
    Row("check of a textbook row", "guarded"),
    Row("steps", "guarded"),
    Row("kinks of relu(w*x + b)", "guarded"),
    Row("batch of n rows, raw", "guarded", sizes=(500,)),
    Row("batch of n rows", "guarded", sizes=(500,)),
    # n*n weights, and as many entries.
    Row("gradient of a 2-n-n-1 relu net of names", "guarded", sizes=(5, 20), bound=2.2),
    Row("Hessian of log(sum exp), n names", "guarded", sizes=(20, 80), bound=2.2),
    Row("domain of n roots", "guarded", sizes=(32, 128)),
    Row("derivative of (x + 1)...(x + n)", "guarded", sizes=(100, 400)),
    Row("gradient of n matrices", "guarded", sizes=(100, 400)),
    Row("start: import calcml", "started", ("-c", "import calcml")),
    Row(
        "start: import, diff",
        "started",
        ("-c", "import calcml; calcml.diff('x^2', 'x')"),
    ),
    Row("start: calcml --help", "started", ("-m", "calcml", "--help")),
]
MEMORY = Row("MB more, 2,000 simplified derivatives", "remembered", (2000,))


class Measured(NamedTuple):
    """The ratio at the largest size, its seconds, and the exponent of growth."""

    ratio: float
    seconds: float
    exponent: float | None = None
    failed: str = ""


def measured(row: Row, trees: Sequence[Path], rounds: int) -> list[Measured]:
    """One row in each tree, in turn."""
    runs = [
        [
            Contender(
                row.job, *(row.arguments or (row.work, size)), limit=LIMIT, tree=tree
            )
            for size in row.sizes
        ]
        for tree in trees
    ]
    race([one for some in runs for one in some], rounds)
    return [_of(row, some) for some in runs]


def _of(row: Row, runs: Sequence[Contender]) -> Measured:
    failed = next((run.failed for run in runs if run.failed), "")
    ratios = [run.median for run in runs]
    if failed or None in ratios:
        return Measured(inf, inf, None, failed or "no time")
    small, large = ratios[0] or inf, ratios[-1] or inf
    exponent = None
    if len(runs) > 1:
        exponent = log(large / small) / log(row.sizes[-1] / row.sizes[0])
    return Measured(large, runs[-1].fact("seconds"), exponent)


def fault(row: Row, found: Measured, record: float | None) -> str:
    """What is wrong with a row's figures; nothing where they hold."""
    if found.failed:
        return "no corpus" if found.failed == "no corpus" else found.failed
    if found.exponent is not None and found.exponent > row.bound:
        return f"grows as n^{found.exponent:.2f}, and may as n^{row.bound:g}"
    if record is None:
        return "no record"
    if found.ratio > WORST * record:
        return f"{found.ratio / record:.2f} times its record"
    return ""


def grown(trees: Sequence[Path]) -> list[float]:
    """The megabytes that each tree's process grows by."""
    runs = [
        Contender(MEMORY.job, *MEMORY.arguments, limit=LIMIT, tree=t) for t in trees
    ]
    race(runs, 0)
    return [inf if run.median is None else run.median for run in runs]


# --- what is printed ----------------------------------------------------------------


def time(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, scale in (("us", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def label(row: Row) -> str:
    """What a row does, with its largest size."""
    n = row.sizes[-1]
    return row.work if n == 1 else row.work.replace(" n ", f" {n:,} ")


def guard(records: dict[str, float]) -> Iterator[tuple[Row, Measured, str]]:
    """Each row, measured and judged; what fails is measured again."""
    for row in ROWS:
        record = records.get(row.work)
        for _ in range(TRIES):
            (found,) = measured(row, [ROOT], ROUNDS)
            wrong = fault(row, found, record)
            if not wrong or wrong in ("no record", "no corpus"):
                break
        yield row, found, wrong


def watch(record: bool) -> int:
    """Measure this tree, print, and return the exit status."""
    kept = json.loads(RECORDS.read_text(encoding="utf-8")) if RECORDS.exists() else {}
    records = kept.get("ratios", {})
    lines, faults, news = [], [], dict[str, float]()
    for row, found, wrong in guard(records):
        known = records.get(row.work)
        growth = "" if found.exponent is None else f"n^{found.exponent:.2f}"
        lines.append(
            [
                label(row),
                time(found.seconds),
                f"{found.ratio:.3g}",
                "" if known is None else f"{known:.3g}",
                growth,
                wrong or met(True),
            ]
        )
        if wrong not in ("", "no corpus", "no record"):
            faults.append(f"{label(row)}: {wrong}")
        if not found.failed:
            news[row.work] = float(f"{found.ratio:.3g}")
    (memory,) = grown([ROOT])
    more = memory > MEGABYTES
    lines.append(
        [MEMORY.work, f"{memory:.1f}", "", f"{MEGABYTES:g}", "", met(not more)]
    )
    if more:
        faults.append(f"{MEMORY.work}: {memory:.1f}, at most {MEGABYTES:g}")
    head = "work | time | ratio to the loop | record | growth | held"
    print(table(head, lines), machine(), sep="\n\n")
    if record:
        made = {"made": machine(), "ratios": records | news}
        RECORDS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    for one in faults:
        print(f"SLOWER: {one}")
    return int(bool(faults) and not record)


def compare(revision: str, rounds: int, only: str) -> None:
    """Measure this tree and a commit in turn, and print their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder)
        _checked_out(revision, old)
        rows = [row for row in ROWS if only in row.work]
        head = f"work | {revision} | this tree | this / {revision} | growth"
        print(table(head, _compared(rows, old, rounds)))
        if only in MEMORY.work:
            before, after = grown([old, ROOT])
            print(f"\n{MEMORY.work}: {before:.1f} before, {after:.1f} now")
    print(f"\n{machine()}")


def _compared(rows: Iterable[Row], old: Path, rounds: int) -> Iterator[list[str]]:
    for row in rows:
        before, after = measured(row, [old, ROOT], rounds)
        growth = [m.exponent for m in (before, after)]
        yield [
            label(row),
            before.failed or time(before.seconds),
            after.failed or time(after.seconds),
            f"{after.ratio / before.ratio:.2f}",
            ", ".join(f"n^{e:.2f}" for e in growth if e is not None),
        ]


def _checked_out(revision: str, folder: Path) -> None:
    """The package of a commit, in a folder."""
    parts = ["calcml", "grammar"]
    kept = subprocess.run(
        ["git", "-C", str(ROOT), "archive", revision, *parts],
        check=True,
        capture_output=True,
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=kept.stdout, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure this tree against its records, or against a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep what is measured")
    parser.add_argument("--against", metavar="REV", help="a commit to compare with")
    parser.add_argument("--rounds", type=int, default=9, help="of --against")
    parser.add_argument("--only", default="", help="rows of --against with this text")
    options = parser.parse_args(arguments)
    if options.against:
        compare(options.against, options.rounds, options.only)
        return 0
    return watch(options.record)


if __name__ == "__main__":
    sys.exit(main())
