"""How short, right and fast derivatives of arrays are: printed, and kept in arrays.md.

`python -m tests.benchmarks.arrays`; SymPy's matrix expressions are the peer.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import calcml
from calcml.evaluate.arrays import values
from calcml.evaluate.finite_differences import trial
from calcml.parsing.parser import parse
from tests.benchmarks.tables import figure, machine, met, percentile, table
from tests.corpora.test_matrix_calculus import (
    GRADIENTS,
    ROWS,
    derived,
    flat,
    read,
    written as operations_of,
)
from tests.support import CORPORA, operations

RESULTS = Path(__file__).parent / "arrays.md"
LAYERS = 10
LOGISTIC = (
    "-mean(y*log(sigmoid(X @ w)) + (1 - y)*log(1 - sigmoid(X @ w)))",
    {"X": "m n", "w": "n", "y": "m"},
)
CLOSE = 1e-9


def network(layers: int, activation: str = "tanh") -> tuple[str, dict[str, str]]:
    """A network with batch and squared error as text, and its shapes."""
    lines, last = [], "X"
    shapes = {"X": "m d0", "Y": f"m d{layers}"}
    for k in range(1, layers + 1):
        inside = f"{last} @ W{k} + b{k}"
        last = f"h{k}"
        shapes |= {f"W{k}": f"d{k - 1} d{k}", f"b{k}": f"d{k}"}
        value = inside if k == layers else f"{activation}({inside})"
        lines.append(f"{last} = {value}")
    return "; ".join([*lines, f"mean(({last} - Y)^2)"]), shapes


def weights(layers: int) -> list[str]:
    """The names of all weights."""
    return [f"{letter}{k}" for k in range(1, layers + 1) for letter in "Wb"]


def timed(job: Callable[[], object], rounds: int) -> float:
    """The median of the seconds of a job that ran once before."""
    job()
    seconds = []
    for _ in range(rounds):
        began = perf_counter()
        job()
        seconds.append(perf_counter() - began)
    return median(seconds)


def contractions(source: str) -> int:
    """Products of arrays that a compiled function computes."""
    return len(re.findall(r" @ |numpy\.(?:einsum|outer|dot)\(", source))


def targets(rounds: int) -> Iterator[Sequence[str]]:
    """Lines of quantity, target, figure and whether that is met."""
    text, shapes = network(LAYERS)
    names = weights(LAYERS)
    seconds = timed(lambda: calcml.grad(text, names, shapes=shapes), rounds)
    what = f"gradient by {len(names)} weights of {LAYERS} layers, from text"
    yield what, "60 ms", f"{figure(seconds, 'ms')} ms", met(seconds <= 0.06)
    loss, of = LOGISTIC
    seconds = timed(lambda: calcml.hessian(loss, "w", shapes=of), rounds)
    what = "Hessian of logistic regression, from text"
    yield what, "30 ms", f"{figure(seconds, 'ms')} ms", met(seconds <= 0.03)
    root = parse(text, (), shapes)
    known = list(shapes)
    own = contractions(calcml.compile(root, known, shapes=shapes).source)
    slopes = list(calcml.grad(root, names).values())
    theirs = contractions(calcml.compile(slopes, known, shapes=shapes).source)
    what = f"contractions evaluated for that gradient, of the function {own}"
    yield what, f"{3 * own}", f"{theirs}", met(theirs <= 3 * own)


def corpus_lines(rounds: int) -> Iterator[Sequence[str]]:
    """The corpus: right by value, short, and how long a row takes."""
    right = sum(map(is_right, ROWS))
    yield "rows right by value", f"{len(ROWS)}", f"{right}", met(right == len(ROWS))
    excess = [
        operations_of(derived(row)) - operations(row["derivative"]) for row in GRADIENTS
    ]
    short = sum(more <= 1 for more in excess)
    what = f"of {len(GRADIENTS)} gradients, within the row's operations and one"
    yield what, "90", f"{short}", met(short >= 90)
    own = sum(more <= 0 for more in excess)
    yield "of these, within the row's own operations", "", f"{own}", ""
    seconds = [timed(lambda row=row: derived(row), rounds) for row in ROWS]  # type: ignore[misc]
    times = [figure(s, "ms") for s in (median(seconds), percentile(seconds, 95))]
    yield "ms a row, median and 95th percentile", "", ", ".join(times), ""


def is_right(row: dict[str, Any]) -> bool:
    """Whether a row's derivative and calcml's have equal values at a random point."""
    f, mine, theirs = read(row["expr"], row), derived(row), read(row["derivative"], row)
    sizes, at = trial([f, mine, theirs], seed=row["id"])
    pair = [flat(values(e, {**sizes, **at}, 20)) for e in (mine, theirs)]
    scale = max(map(abs, pair[1]))
    return all(abs(a - b) <= 1e-15 * scale for a, b in zip(*pair, strict=True))


# --- the peer ----------------------------------------------------------------------


def in_sympy(row: dict[str, Any]) -> Any:
    """SymPy's derivative of a row's text, as its documentation writes it."""
    import sympy

    k, p = sympy.symbols("k p", positive=True, integer=True)
    known: dict[str, Any] = {
        name: sympy.MatrixSymbol(name, *({"k": k, "p": p}.get(d, d) for d in dims))
        if dims
        else sympy.Symbol(name)
        for name, dims in row["shapes"].items()
    }
    functions = {
        "det": sympy.Determinant,
        "tr": sympy.Trace,
        "inv": sympy.Inverse,
        "log": sympy.log,
        "sqrt": sympy.sqrt,
        "exp": sympy.exp,
        "sin": sympy.sin,
    }
    # The corpus is part of the tests; its texts are Python's.
    expr = eval(row["expr"].replace("@", "*"), {"__builtins__": {}}, known | functions)
    if isinstance(expr, sympy.MatrixExpr) and expr.shape == (1, 1):
        expr = expr[0, 0]
    return expr.diff(known[row["var"]])


def sympy_value(made: Any, at: dict[str, Any], sizes: dict[str, int]) -> Any:
    """SymPy's result in numbers; None where it does not come to numbers."""
    import sympy

    k, p = sympy.symbols("k p", positive=True, integer=True)
    put = {k: sizes.get("k", 1), p: sizes.get("p", 1)}
    made = sympy.sympify(made, strict=True).subs(put)
    for symbol in made.atoms(sympy.MatrixSymbol):
        made = made.subs(symbol, sympy.ImmutableMatrix(at[symbol.name]))
    made = made.subs({x: at[x.name] for x in made.free_symbols if x.name in at})
    return made.doit().evalf(20)


def peer_lines(rounds: int) -> Iterator[Sequence[str]]:
    """SymPy on the gradients: how many it answers, how many are right, how fast."""
    counts = dict.fromkeys(("right", "wrong", "no numbers", "refused"), 0)
    ratios = []
    for row in GRADIENTS:
        began = perf_counter()
        try:
            made = in_sympy(row)
        except Exception:  # noqa: BLE001  whatever SymPy says, it is no answer
            counts["refused"] += 1
            continue
        theirs = perf_counter() - began
        ratios.append(theirs / timed(lambda row=row: derived(row), rounds))  # type: ignore[misc]
        counts[sympy_verdict(row, made)] += 1
    for verdict, count in counts.items():
        yield f"SymPy's answer: {verdict}", f"{count} of {len(GRADIENTS)}"
    yield "SymPy's time over calcml's, median", f"{median(ratios):.2g}"


def sympy_verdict(row: dict[str, Any], made: Any) -> str:
    """Whether SymPy's derivative of a row has the right values."""
    f, right = read(row["expr"], row), read(row["derivative"], row)
    sizes, at = trial([f, right], 0, {"k": 3, "p": 2})
    exact = flat(values(right, {**sizes, **at}, 20))
    try:
        found = sympy_value(made, at, sizes)
        cells = list(found) if hasattr(found, "shape") else [found] * len(exact)
        pairs = list(zip(map(complex, cells), map(complex, exact), strict=True))
    except Exception:  # noqa: BLE001  an object that does not come to numbers
        return "no numbers"
    scale = max(abs(b) for _, b in pairs)
    good = all(abs(a - b) <= CLOSE * scale for a, b in pairs)
    return "right" if good else "wrong"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each")
    options = parser.parse_args(arguments)
    if not CORPORA.is_dir():
        sys.exit(f"no corpora at {CORPORA}: they belong beside the project")
    head = "quantity | target | calcml | met?"
    text = "\n\n".join(
        [
            "# Arrays",
            f"Made by `python -m tests.benchmarks.arrays`. {machine()}",
            "## Speed",
            table(head, targets(options.rounds)),
            "## matrix_calculus.jsonl",
            table(head, corpus_lines(options.rounds)),
            "## The peer on the same gradients",
            table("quantity | figure", peer_lines(options.rounds)),
        ]
    )
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
