"""Whether kinks, domain, evalf and compile agree, over each formula of the corpora.

`python -m tests.benchmarks.contradictions --log FILE --keep`: what is in the file is
not run again; the last whole run is kept in contradictions.md. What is compared stands
in `tests/properties/test_places.py`, which runs the rows and a part of the corpora.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calcml.core.errors import LimitError
from calcml.core.expr import Expr, walk
from tests.benchmarks.tables import machine, table
from tests.properties.test_places import (
    CORPORA,
    ROWS,
    contradictions,
    of_corpus,
    of_row,
)
from tests.support import corpus

RESULTS = Path(__file__).parent / "contradictions.md"
TITLE = "Contradictions between kinks, domain, evalf and compile"
NAMES = ("rows", *CORPORA)
KINDS = ("none", "some", "LimitError", "not ended")


class TooLongError(BaseException):
    """A formula took longer than it may."""


def stopped(*_: object) -> None:
    raise TooLongError


def compared(root: Expr, x: Expr, seconds: float) -> tuple[str, list[str]]:
    """The kind of a formula, and what is wrong."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        found = list(contradictions(root, x))
    except TooLongError:
        return "not ended", []
    except LimitError as error:
        return "LimitError", [str(error)]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ("some" if found else "none"), found


def formulas(name: str) -> list[tuple[Expr, Expr]]:
    if name == "rows":
        return [formula for row in ROWS for formula in of_row(row)]
    return list(dict.fromkeys(filter(None, map(of_corpus, corpus(name)))))


def report(rows: Sequence[dict[str, Any]], seconds: float) -> str:
    count = Counter((row["of"], row["kind"]) for row in rows)
    shown = [
        [name, *[str(count[name, kind]) for kind in KINDS],
         str(max([row["seconds"] for row in rows if row["of"] == name], default=0))]
        for name in NAMES
    ]  # fmt: skip
    left = [
        f"- {row['kind']}: `{row['formula'][:100]}`, {row['nodes']} nodes"
        for row in rows
        if row["kind"] != "none"
    ]
    head = " | ".join(["formulas of", *KINDS, "longest (s)"])
    called = "Made by `python -m tests.benchmarks.contradictions --keep`, at most"
    return "\n".join(
        [f"# {TITLE}", "", f"{called} {seconds:g} s each. {machine()}", "",
         table(head, shown), "", *left, ""]
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=NAMES, choices=NAMES)
    parser.add_argument("--part", type=int, default=1, help="one of how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seconds", type=float, default=30, help="for each formula")
    parser.add_argument("--log", type=Path, required=True,
                        help="where to go on, and what is found")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="write contradictions.md")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, stopped)
    lines = options.log.read_text().splitlines() if options.log.exists() else []
    rows = [json.loads(line) for line in lines]
    known = {(row["of"], row["formula"], row["by"]) for row in rows}
    for name in options.only:
        for root, x in formulas(name)[options.first :: options.part]:
            if (name, str(root), str(x)) in known:
                continue
            begun = time.process_time()
            kind, wrong = compared(root, x, options.seconds)
            took = round(time.process_time() - begun, 1)
            rows.append(
                {"of": name, "formula": str(root), "by": str(x), "kind": kind,
                 "seconds": took, "nodes": len(walk(root)), "wrong": wrong}
            )  # fmt: skip
            with options.log.open("a") as log:
                print(json.dumps(rows[-1]), file=log)
    print(made := report(rows, options.seconds))
    if options.keep:
        RESULTS.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
