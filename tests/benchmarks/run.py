"""The table of speed and size: measured, printed as Markdown, kept in results.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # as a file, `python tests/benchmarks/run.py`
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.guard_jobs import MANY  # noqa: E402
from tests.benchmarks.tables import (  # noqa: E402
    ME,
    UNITS,
    figure,
    machine,
    met,
    table,
)
from tests.benchmarks.timing import Contender, alone, race  # noqa: E402

RESULTS = Path(__file__).parent / "results.md"
PEERS = ("SymPy", "SymEngine", "CasADi")
MANY_COUNTS = {"distinct": 20_000, "rich": 1_000, "one": 20_000}
FREE = 5  # times as long a node may take 100,000 deep as 1,000 deep: caches end


class Row(NamedTuple):
    """A job that each engine does: its arguments after the engine, target and unit."""

    work: str
    job: str
    arguments: tuple[Any, ...]
    target: float | None  # in units
    unit: str
    engines: tuple[str, ...] = (ME, *PEERS)
    seen: tuple[str, float] | None = None  # a peer's figure beside the target, in units


SIMPLE, BY_SYMBOLS = "calcml, simplified", "calcml, by symbols"
NETS = [((2, 16, 16, 1), 337, 3, 1), ((8, 64, 64, 1), 4801, 30, 10)]


def rows() -> Iterator[Row]:
    """The rows in which calcml and its peers do the same."""
    yield Row("`import`, whole process", "importing", (), None, "ms")
    text = "20 small formulas, text to derivative, median"
    yield Row(text, "small", (), 120, "us", seen=("SymPy", 329))
    yield Row(f"{text}, SymPy cold", "small", (), None, "us", (ME, "SymPy, cold"))
    yield Row(f"{text}, simplified", "small", (), None, "us", (SIMPLE, *PEERS))
    for widths, count, target, casadi in NETS:
        net = f"gradient of a {'-'.join(map(str, widths))} network, {count:,} weights"
        seen = ("CasADi", casadi)
        yield Row(net, "network_gradient", widths, target, "ms", seen=seen)
        for engine in (BY_SYMBOLS, SIMPLE):
            what = f"{net}, {engine.removeprefix('calcml, ')}"
            yield Row(what, "network_gradient", widths, None, "ms", (engine,))
    for size in (1_000, 5_000):
        text = f"gradient of (sum of {size:,} sines)^2"
        whole = size == 5_000
        yield Row(text, "sines_gradient", (size,), 300 if whole else None, "ms")
        text = f"the {size:,} results compiled"
        yield Row(text, "sines_compiled", (size,), 400 if whole else None, "ms")
    text = "gradient of x_1 x_2 ... x_1000"
    seen = ("CasADi", 0.8)
    yield Row(text, "product_gradient", (1000,), 5, "ms", seen=seen)
    yield Row(
        "sin nested 1,000 deep, text to derivative", "nested", (1000,), None, "ms"
    )


# --- tables ------------------------------------------------------------------------


def shown(contender: Contender | None, unit: str) -> str:
    """A median in its unit, or why there is none."""
    if contender is None:
        return ""
    if contender.median is None:
        return contender.failed
    return figure(contender.median, unit)


def against_peers(row: Row, limit: float, rounds: int) -> tuple[list[str], Contender]:
    """The line of one row, and calcml's measurements."""
    modules = {name: name.lower() for name in row.engines}
    runs = {
        name: Contender(
            row.job,
            modules[name] if row.job == "importing" else name,
            *row.arguments,
            limit=limit,
        )
        for name in row.engines
    }
    race(list(runs.values()), rounds)
    mine, *peers = runs.values()
    cells = [shown(runs.get(p) or runs.get(f"{p}, cold"), row.unit) for p in PEERS]
    times = [p.median for p in peers if p.median is not None]
    ratio = f"{mine.median / min(times):.2g}" if times and mine.median else ""
    target, reached = "", ""
    if row.target is not None:
        target = f"{row.target:g} {row.unit}"
        reached = met((mine.median or limit) * UNITS[row.unit] <= row.target)
    if row.job == "importing":
        other = runs["SymPy"].median
        target = "0.5 of SymPy"
        if other and mine.median:
            target += f" (is {mine.median / other:.2f})"
            reached = met(mine.median <= 0.5 * other)
    if row.seen is not None and row.target is not None and mine.median:
        peer, known = row.seen
        other = runs[peer].median
        if other:
            here, allowed = mine.median / other, row.target / known
            reached += f"; {here:.2g} of {peer}, where the target was {allowed:.2g}"
            reached += f": {met(here <= allowed)}"
    own = shown(mine, row.unit) + (f" {row.unit}" if mine.median else "")
    return [row.work, target, own, *cells, ratio, reached], mine


def sizes(limit: float, rounds: int, count: int) -> Iterator[list[str]]:
    """Rows of one number against one target: work, target, calcml, met."""
    cold = alone(
        "command", "-m", "calcml", "diff", "x*sin(x)", "x", limit=limit, rounds=rounds
    )
    if cold.median:
        yield ["`calcml diff`, cold start", "250 ms", f"{cold.median * 1e3:.0f} ms",
               met(cold.median < 0.25)]  # fmt: skip
    rubi = alone("rubi", limit=60, rounds=max(3, rounds // 2))
    if rubi.median:
        rate = rubi.fact("rows") / rubi.median
        found = f"{rate:,.0f} rows/s ({rubi.fact('errors'):.0f} errors)"
        yield ["`rubi_public_sample` by batch, not simplified", "1,000 rows/s",
               found, met(rate >= 1000)]  # fmt: skip
    else:
        yield ["`rubi_public_sample` by batch", "1,000 rows/s", rubi.failed, ""]
    grown = alone("swell", limit=limit, rounds=1)
    nodes = {step: grown.fact(str(step)) for step in (5, 15, 25)}
    even = nodes[25] - nodes[15] == nodes[15] - nodes[5]
    found = ", ".join(f"{n:.0f} nodes after {step}" for step, n in nodes.items())
    yield [
        "f -> sin(f exp(f)) + f^2, derivative",
        "linear in the steps",
        found,
        met(even),
    ]
    # A run of its own process: the first one, as there is no second to compare with.
    memory = Contender("many", count, limit=3600)
    memory.run()
    memory.close()
    early, end = memory.fact("early"), memory.fact("end")
    found = (
        f"{early:.1f} MB after 10,000, {end:.1f} MB at the end; "
        f"{memory.fact('end nodes'):.0f} nodes alive"
    )
    yield [f"{count:,} distinct derivatives, memory", "flat after 10,000",
           found, met(end <= early + 1)]  # fmt: skip
    for kind, text in MANY.items():
        count = MANY_COUNTS[kind]
        once = Contender("remembered", count, kind, limit=600)
        once.run()
        once.close()
        what = f"{count:,} derivatives of `{text}` simplified, after the first tenth"
        more = once.median
        found = once.failed if more is None else f"{more:+.1f} MB"
        yield [what, "5 MB more memory", found, met(more is not None and more <= 5)]
    for what, depth, terms in (
        ("a sum of 10,000 sines", 1, 10_000),
        ("sin nested 2,000 deep", 2_000, 1),
    ):
        made = alone("to_sympy", depth, terms, limit=limit, rounds=rounds)
        found = shown(made, "ms") + (" ms" if made.median else "")
        yield [
            f"to_sympy of {what}",
            "1,000 ms",
            found,
            met((made.median or limit) < 1),
        ]


def depths(limit: float, rounds: int) -> Iterator[list[str]]:
    """Microseconds for each level of nesting, by stage, and how they grow."""
    deep = (1_000, 10_000, 100_000)
    runs = {d: alone("stages", d, limit=limit, rounds=rounds) for d in deep}
    for stage in ("parse", "diff", "print", "pickle", "free"):
        each = [runs[d].fact(stage) / d if runs[d].facts else 0 for d in deep]
        if not all(each):
            yield [
                stage,
                *[r.failed or "measured" for r in runs.values()],
                "",
                "**no**",
            ]
            continue
        growth = each[2] / each[0]
        yield [stage, *[f"{e:.2f}" for e in each], f"{growth:.2f}", met(growth <= FREE)]


# --- the run -----------------------------------------------------------------------


def report(limit: float, rounds: int, count: int, say: Callable[[str], object]) -> str:
    """The whole of results.md."""
    compared = []
    for row in rows():
        say(row.work)
        line, mine = against_peers(row, limit, rounds)
        compared.append(line)
        if row.job == "product_gradient" and mine.facts:
            nodes = mine.fact("nodes")
            size = [f"{row.work}, nodes", "6,000", f"{nodes:,.0f}"]
            compared.append([*size, "", "", "", "", met(nodes <= 6000)])
    say("calcml alone")
    single = list(sizes(limit, rounds, count))
    say("depth")
    nested = list(depths(limit, max(3, rounds // 3)))
    head = " | ".join(["work | target | calcml", *PEERS, "to the fastest peer | met?"])
    parts = [
        "# Speed and size",
        f"Made by `python -m tests.benchmarks`. {machine()}",
        f"Medians of up to {rounds} rounds in which the engines take turns, each in a "
        f"process of its own; a run over {limit:g} s is given up. A formula's time is "
        "the median of the 20. Networks and products are given as expressions.",
        table(head, compared),
        "calcml alone:",
        table("work | target | calcml | met?", single),
        "sin nested deep, microseconds for each level; linear is a growth of about 1, "
        f"up to {FREE} where the processor's caches end (quadratic would be 100):",
        table("stage | 1,000 | 10,000 | 100,000 | growth | met?", nested),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="give peers 60 s")
    parser.add_argument("--quick", action="store_true", help="fewer derivatives")
    parser.add_argument("--rounds", type=int, default=9, help="runs of each")
    options = parser.parse_args()
    limit, count = 60 if options.full else 10, 100_000 if options.quick else 1_000_000
    made = report(limit, options.rounds, count, lambda x: print(x, file=sys.stderr))
    RESULTS.write_text(made, encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
