"""How long LaTeX of about 100 characters takes to a node, beside calcml's own text.

`python -m tests.benchmarks.latex --keep`: the formulas of 80 to 140 characters in
tests/corpora/latex.jsonl that need no shapes, each beside what it is read as; SymPy's
Lark parser reads those that it can in the same run. The last table is in latex.md.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import calcml as cm
from calcml import CalcmlError
from tests.benchmarks.tables import figure, machine, met, table

RESULTS = Path(__file__).parent / "latex.md"
CORPUS = Path(__file__).parents[1] / "corpora/latex.jsonl"
LENGTHS = range(80, 141)
ROUNDS = 7
MOST = 4  # times calcml's own text, by the character


def fastest(call: Callable[[], object]) -> float:
    """The least time of a few runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        call()
        times.append(perf_counter() - began)
    return min(times)


def pairs() -> list[tuple[str, str]]:
    """Each formula, and the text that it is read as."""
    rows = map(json.loads, CORPUS.read_text(encoding="utf-8").splitlines())
    found = []
    for row in rows:
        if len(row["latex"]) in LENGTHS and not row.get("shapes"):
            try:
                read = str(cm.parse(row["latex"], dialect="latex"))
                cm.parse(read)
            except CalcmlError:
                continue
            found.append((row["latex"], read))
    return found


def by_sympy(text: str) -> float | None:
    """SymPy's time, None where it does not read the text."""
    from sympy.parsing.latex import parse_latex_lark

    try:
        with warnings.catch_warnings(action="ignore"):
            return fastest(lambda: parse_latex_lark(text))
    except Exception:  # noqa: BLE001 - its errors are of many kinds
        return None


def report() -> str:
    texts = pairs()
    tex = [fastest(lambda t=t: cm.parse(t, dialect="latex")) for t, _ in texts]
    own = [fastest(lambda t=t: cm.parse(t)) for _, t in texts]
    peer = [s for t, _ in texts if (s := by_sympy(t)) is not None]
    spread = [sum(map(len, side)) for side in zip(*texts, strict=True)]
    character = sum(tex) / spread[0] / (sum(own) / spread[1])
    lines = [
        ["calcml, LaTeX", str(len(texts)), figure(median(tex), "ms"), "", ""],
        ["calcml, its own text", str(len(texts)), figure(median(own), "ms"), "", ""],
        ["LaTeX to own text, by the character", "", f"{character:.2f}", str(MOST),
         met(character <= MOST)],
        ["LaTeX to own text, by the formula", "",
         f"{median(a / b for a, b in zip(tex, own, strict=True)):.2f}", "", ""],
        ["SymPy, Lark", str(len(peer)), figure(median(peer), "ms"), "", ""],
    ]  # fmt: skip
    told = f"A LaTeX text has {spread[0] / spread[1]:.2f} times the characters."
    head = "read by | formulas | median, ms; or times | at most | met"
    return "\n".join(
        ["# LaTeX to a node", "",
         f"Made by `python -m tests.benchmarks.latex --keep`. {machine()}", "",
         table(head, lines), "", told, ""]
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true", help="write latex.md")
    made = report()
    if parser.parse_args().keep:
        RESULTS.write_text(made, encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
