"""What others read of the formulas of tests/corpora/latex.jsonl and latex_aside.jsonl.

By hand, in an environment with sympy, lark, antlr4-python3-runtime 4.11 and
latex2sympy2_extended beside calcml: `python -m tests.peers.latex_others`. The formulas
of scalars are compared at three points; the answer is in tests/peers/latex_others.txt.
"""

from __future__ import annotations

import random
import re
import signal
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import sympy

import calcml as cm
from tests.corpora.latex_cases import rows, verdict

SECONDS = 10
Points = list[tuple[dict[str, float], complex]]


def parsers() -> dict[str, Callable[[str], Any]]:
    from latex2sympy2_extended import latex2sympy
    from sympy.parsing.latex import parse_latex

    return {
        "SymPy, antlr": lambda t: parse_latex(t, backend="antlr"),
        "SymPy, lark": lambda t: parse_latex(t, backend="lark"),
        "latex2sympy2_extended": latex2sympy,
    }


def points(text: str) -> Points:
    """Three points where a formula has a value, and these."""
    e, r, found = cm.parse(text, dialect="calcml"), random.Random(5), []
    for _ in range(30):
        at = {name: r.uniform(0.2, 0.9) for name in sorted(e.free_symbols)}
        try:
            found.append((at, complex(e.evalf(at))))
        except (cm.CalcmlError, TypeError):
            continue
        if len(found) == 3:
            break
    return found


def bare(name: object) -> str:
    """A variable's letters, however its index and marks are written."""
    return re.sub(r"[^A-Za-z0-9]", "", str(name).replace("overline", "bar"))


def agrees(read: Any, known: Points) -> bool:
    read = read[0] if isinstance(read, list) else read
    read = read.rhs if isinstance(read, sympy.Eq) else read
    for at, value in known:
        given = {bare(name): x for name, x in at.items()}
        put = {s: given[bare(s)] for s in read.free_symbols if bare(s) in given}
        got = complex(sympy.N(read.subs(put).doit()))
        if abs(got - value) > 1e-6 * (1 + abs(value)):
            return False
    return True


def stopped(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, stopped)
    every = [row for name in ("latex", "latex_aside") for row in rows(name)]
    scalar = [
        (row, found)
        for row in every
        if "shapes" not in row and (found := points(row["text"]))
    ]
    own = Counter(verdict(row).partition(":")[0] for row, _ in scalar)
    print(f"{len(scalar)} formulas of scalars, of {len(every)}")
    print(f"calcml: {dict(own)}")
    for name, parse in parsers().items():
        told: Counter[str] = Counter()
        for row, known in scalar:
            signal.alarm(SECONDS)
            try:
                told["right" if agrees(parse(row["latex"]), known) else "wrong"] += 1
            except Exception:  # noqa: BLE001, theirs are of any kind
                told["refused, or without a number"] += 1
            finally:
                signal.alarm(0)
        print(f"{name}: {dict(told)}")


if __name__ == "__main__":
    main()
