"""How short, right and fast closed forms are: printed, and kept in closed_forms.md.

`python -m tests.benchmarks.closed_forms`; only a run over all rows is kept.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import kinds
from tests.benchmarks.forms import Form, derived, measured
from tests.benchmarks.peer import Answer, Peer
from tests.benchmarks.tables import figure, machine, met, percentile, share, table
from tests.benchmarks.timing import Contender, alone, race
from tests.support import CORPORA, SEED, corpus, operations

RESULTS = Path(__file__).parent / "closed_forms.md"
SIMPLE = "calcml, simplified"
GOAL = "quantity | target | calcml | met?"
NET = (2, 16, 16, 1)
HIGH = ("tanh(x)", "exp(sin(x))")
SIZES = ((0, 0), (1, 3), (4, 6), (7, 10), (11, 15), (16, 10_000))
Say = Callable[[str], object]
Answers = dict[str, Answer | str]


def made(answer: Answer | str) -> list[Answer]:
    """The answer, if it is one and no excuse."""
    return [answer] if isinstance(answer, Answer) else []


# --- the textbook ------------------------------------------------------------------


def textbook(options: argparse.Namespace, say: Say) -> Iterator[str]:
    """Sections on the size of the textbook's rows and the time that they take."""
    say("textbook")
    rows = corpus("textbook")
    for row in rows:
        derived(row)  # imports and grammar are there before a row is timed
    forms = [measured(row, options.rounds + 1) for row in rows]
    peer, answers = Peer(options.sympy_limit), Answers()
    for row in rows:
        answers[row["id"]] = peer.ask(row, options.sympy_rounds + 1)
    peer.close()
    yield "## Textbook\n\nOperations are those printed; SymPy is `simplify(diff)`."
    yield table("quantity | target | calcml | SymPy | met?", _sizes(forms, answers))
    longer = [form for form in forms if form.excess > 0]
    if longer:
        yield "Longer than the book's form:"
        yield table(
            "row | of | the book's | calcml's | excess",
            ([form.row["id"], *(f"`{t}`" for t in (form.row["expr"],
              form.row["derivative"], form.text)), f"{form.excess:g}"]
             for form in longer),
        )  # fmt: skip
    yield (
        f"Text to simplified derivative: a row's median of {options.rounds} runs in "
        f"one process after a warm-up ({options.sympy_rounds} for SymPy, from an "
        "expression that stands), then over the rows:"
    )
    yield table("quantity | target | calcml | SymPy | ratio | met?",
                _times(forms, answers))  # fmt: skip


def _sizes(forms: Sequence[Form], answers: Answers) -> Iterator[list[str]]:
    count = len(forms)
    right = sum(form.right for form in forms)
    yield ["right by value", f"{count}", f"{right}", "", met(right == count)]
    for words, more, goal in (("book's operations", 0, 43), ("book's + 1", 1, count)):
        ours = sum(form.excess <= more for form in forms)
        theirs = sum(
            operations(answer.text) <= form.theirs + more
            for form in forms
            for answer in made(answers[form.row["id"]])
        )
        yield [f"at most the {words}", f"{goal}", f"{ours}", f"{theirs}",
               met(ours >= goal)]  # fmt: skip


def _times(forms: Sequence[Form], answers: Answers) -> Iterator[list[str]]:
    ours = [form.seconds for form in forms]
    theirs = [a.seconds for told in answers.values() for a in made(told)]
    for words, percent, goal in (("median", 50, 0.7), ("95th percentile", 95, 8)):
        mine, other = percentile(ours, percent), percentile(theirs, percent)
        yield [words, f"{goal:g} ms", f"{figure(mine, 'ms')} ms", figure(other, "ms"),
               f"{mine / other:.2g}", met(mine <= goal / 1e3)]  # fmt: skip
    first = median(form.first for form in forms)
    yield ["median of first runs", "", f"{figure(first, 'ms')} ms", "", "", ""]


# --- Rubi --------------------------------------------------------------------------


def rubi(options: argparse.Namespace, say: Say) -> Iterator[str]:
    """Sections on the antiderivatives of which a person wrote the derivative."""
    rows = corpus("rubi_public_sample")[:: options.step]
    say(f"{len(rows)} antiderivatives")
    derived(rows[0])
    forms = [measured(row) for row in rows]
    every = f" (every {options.step}th)" if options.step > 1 else ""
    yield (
        f"## Rubi\n\nEach of {len(rows):,} antiderivatives{every} once, in one "
        "process; values are compared at the stored points with 30 digits, outside "
        "of the time. Complex points count where the result has no abs or sign."
    )
    yield table(GOAL, _goals(forms))
    head = "rows | at most the integrand | + 1 | + 25% | median of ours/integrand"
    yield table(f"chapter | {head}", _grouped(forms, chapter))
    yield table(f"operations of the integrand | {head}", _grouped(forms, size))
    if options.sample:
        yield from _beside_sympy(forms, options, say)
    if options.kinds:
        yield "What the longer ones have in common; a row may be of several kinds:"
        yield table(kinds.HEAD, kinds.grouped(forms))
    if options.worst:
        yield "The largest excess:"
        yield table("row | integrand | ours | the integrand | ours, cut at 300 letters",
                    kinds.worst(forms, options.worst))  # fmt: skip


def _goals(forms: Sequence[Form]) -> Iterator[list[str]]:
    count = len(forms)
    short = sum(form.excess <= 0 for form in forms)
    found = f"{share(short, count)} ({short:,})"
    yield ["at most the integrand's operations", "65%", found,
           met(short >= 0.65 * count)]  # fmt: skip
    right = sum(form.right for form in forms)
    wrong = [f"{form.row['id']}" for form in forms if not form.right]
    found = f"{right:,} of {count:,}" + (f", not {', '.join(wrong[:9])}" * bool(wrong))
    yield ["right by value", "all", found, met(not wrong)]
    rate = count / sum(form.seconds for form in forms)
    yield ["text to simplified derivative", "100 rows/s", f"{rate:.0f} rows/s",
           met(rate >= 100)]  # fmt: skip
    slowest = max(forms, key=lambda form: form.seconds)
    found = f"{slowest.seconds:.2f} s ({slowest.row['id']})"
    yield ["slowest row", "5 s", found, met(slowest.seconds <= 5)]
    middle = median(form.seconds for form in forms)
    yield ["median row", "", f"{figure(middle, 'ms')} ms", ""]


def chapter(form: Form) -> str:
    """The folder of the row's source: "4 Trig functions"."""
    found = re.search(r" (\d [^/]+)/", form.row["source"])
    return found[1] if found else "other"


def size(form: Form) -> str:
    """The class of the integrand's operations."""
    low, high = next(s for s in SIZES if s[0] <= form.theirs <= s[1])
    return f"{low:2}" if low == high else f"{low:2}-{high}".replace("-10000", "+")


def _grouped(forms: Sequence[Form], by: Callable[[Form], str]) -> Iterable[list[str]]:
    groups: dict[str, list[Form]] = {}
    for form in forms:
        groups.setdefault(by(form), []).append(form)
    for name, group in [*sorted(groups.items()), ("all", list(forms))]:
        count = len(group)
        within = [
            sum(form.ours <= limit(form.theirs) for form in group)
            for limit in (lambda n: n, lambda n: n + 1, lambda n: 1.25 * n)
        ]
        ratio = median(form.ours / max(form.theirs, 1) for form in group)
        shares = [share(part, count) for part in within]
        yield [name.strip(), f"{count:,}", *shares, f"{ratio:.2f}"]


def _beside_sympy(
    forms: Sequence[Form], options: argparse.Namespace, say: Say
) -> Iterator[str]:
    """SymPy on some rows, with a limit of time for each."""
    picked = random.Random(SEED).sample(forms, min(options.sample, len(forms)))
    peer, answers = Peer(options.sympy_limit), Answers()
    for i, form in enumerate(picked):
        say(f"SymPy, {i + 1} of {len(picked)}")
        answers[form.row["id"]] = peer.ask(form.row)
    peer.close()
    done = [a for told in answers.values() for a in made(told)]
    over = sum(told == f">{peer.limit:g} s" for told in answers.values())
    failed = len(picked) - len(done) - over
    yield (
        f"SymPy's `simplify(diff)` on {len(picked)} rows (seed {SEED}), at most "
        f"{peer.limit:g} s each, from an expression that stands:"
    )
    yield table("quantity | calcml | SymPy", [
        ["at most the integrand's operations",
         share(sum(form.excess <= 0 for form in picked), len(picked)),
         share(sum(operations(a.text) <= form.theirs for form in picked
                   for a in made(answers[form.row["id"]])), len(picked))],
        *_seconds(picked, [a.seconds for a in done] + [peer.limit] * over),
        ["over the limit", "0", f"{over}"],
        ["failed", f"{sum(not form.text for form in picked)}", f"{failed}"],
    ])  # fmt: skip


def _seconds(forms: Sequence[Form], theirs: Sequence[float]) -> Iterator[list[str]]:
    ours = [form.seconds for form in forms]
    for words, percent in (("median", 50), ("90th percentile", 90)):
        yield [words, *(f"{figure(percentile(times, percent), 'ms')} ms"
                        for times in (ours, theirs))]  # fmt: skip


# --- high orders, and a network ----------------------------------------------------


def high_orders(options: argparse.Namespace, say: Say) -> Iterator[str]:
    """The section on 20th derivatives, each engine in a process of its own."""
    yield (
        "## High orders and a network\n\nText to closed form, the peers' not "
        f"simplified, SymPy's cache of results emptied each time; a run over "
        f"{options.limit:g} s is given up."
    )
    peers = ("SymPy, cold", "SymEngine", "CasADi")
    lines = []
    for text in HIGH:
        say(f"20th derivative of {text}")
        runs = [Contender("high_order", name, text, 20, limit=options.limit)
                for name in (SIMPLE, *peers)]  # fmt: skip
        race(runs, options.rounds)
        mine = runs[0]
        times = [f"{figure(r.median, 'ms')} ms" if r.median else r.failed for r in runs]
        count = f"{mine.fact('operations'):,.0f}" if mine.median else ""
        reached = met(mine.median is not None and mine.median <= 0.015)
        lines.append([f"20th of {text}", "15 ms", *times, count, reached])
    head = ("work", "target", "calcml", *peers, "calcml's operations", "met?")
    yield table(" | ".join(head), lines)
    say("network")
    net = alone("network_gradient", SIMPLE, *NET, limit=30, rounds=options.rounds)
    took = f"{figure(net.median, 'ms')} ms" if net.median else net.failed
    yield f"Gradient of a 2-16-16-1 network by its 337 weights, simplified: {took}."


# --- the run -----------------------------------------------------------------------


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--step", type=int, default=1, help="every N-th antiderivative; not kept")
    add("--sample", type=int, default=60, help="antiderivatives that SymPy is given")
    add("--sympy-limit", type=float, default=15, help="seconds for SymPy on a row")
    add("--limit", type=float, default=5, help="seconds for a high order")
    add("--rounds", type=int, default=9, help="runs of each")
    add("--sympy-rounds", type=int, default=3, help="runs of SymPy on the textbook")
    add("--worst", type=int, default=0, help="list so many of the longest forms")
    add("--kinds", action="store_true", help="group the longer forms by features")
    add("--only", choices=SECTIONS, help="one section; not kept")
    return parser.parse_args(arguments)


SECTIONS = {"textbook": textbook, "rubi": rubi, "high": high_orders}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    options = options_of(arguments)
    if not CORPORA.is_dir():
        sys.exit(f"no corpora at {CORPORA}: they belong beside the project")
    parts = [
        "# Closed forms",
        f"Made by `python -m tests.benchmarks.closed_forms`. {machine()}",
    ]
    for name, section in SECTIONS.items():
        if options.only in (None, name):
            parts += section(options, lambda x: print(x, file=sys.stderr))
    made_text = "\n\n".join(parts) + "\n"
    if options.step == 1 and options.only is None:
        RESULTS.write_text(made_text, encoding="utf-8")
    print(made_text)


if __name__ == "__main__":
    main()
