"""What is timed: a job prepares, then runs as often as asked, each time the same."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from tests.benchmarks.engines import ENGINES, network, product, sines
from tests.benchmarks.formulas import SMALL, deep

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "rubi_public_sample.jsonl"
MEGABYTE = 1 << 20
Facts = dict[str, float]


class Job(NamedTuple):
    """`work` is timed; or its result says its `seconds`. `facts` reads the result."""

    work: Callable[[], Any]
    seconds: Callable[[Any], float] | None = None
    facts: Callable[[Any], Facts] = lambda _: {}


def command(*words: str) -> Job:
    """A whole Python process."""
    line = [sys.executable, *words]
    return Job(lambda: subprocess.run(line, check=True, stdout=subprocess.DEVNULL))


def importing(engine: str) -> Job:
    """`import` of a package, after a look whether it is there."""
    __import__(engine)
    return command("-c", f"import {engine}")


def small(engine: str) -> Job:
    """The small formulas, from text to derivative: the median of their times."""
    derive = ENGINES[engine]().derive

    def timed(text: str, name: str) -> float:
        start = perf_counter()
        derive(text, name)
        return perf_counter() - start

    return Job(lambda: [timed(*row) for row in SMALL], median)


def network_gradient(engine: str, *widths: int) -> Job:
    """The gradient by every weight, from an expression that stands."""
    made = ENGINES[engine]()
    loss, weights = network(made, widths)
    by = made.by(weights)
    return Job(lambda: made.grad(loss, by))


def sines_gradient(engine: str, size: int) -> Job:
    """The gradient of the square of a sum of sines by each of its variables."""
    made = ENGINES[engine]()
    f, names = sines(made, size)
    by = made.by(names)
    return Job(lambda: made.grad(f, by))


def sines_compiled(engine: str, size: int) -> Job:
    """A function of that gradient."""
    made = ENGINES[engine]()
    f, names = sines(made, size)
    by = made.by(names)
    slopes = made.grad(f, by)
    return Job(lambda: made.compile(slopes, by))


def to_sympy(depth: int, terms: int) -> Job:
    """A sum of sines in SymPy's classes, each of them nested."""
    import calcml as cm

    f = cm.parse(" + ".join(deep(depth).replace("x", f"x_{i}") for i in range(terms)))
    return Job(f.to_sympy)


def product_gradient(engine: str, size: int) -> Job:
    """The gradient of a product of symbols."""
    made = ENGINES[engine]()
    f, factors = product(made, size)
    by = made.by(factors)
    return Job(lambda: made.grad(f, by), None, _nodes)


def _nodes(result: Any) -> Facts:
    from calcml.core.expr import Expr, walk

    if isinstance(result, list) and isinstance(result[0], Expr):
        return {"nodes": len(walk(*result))}
    return {}


def nested(engine: str, depth: int) -> Job:
    """A deep formula, from text to derivative."""
    derive, text = ENGINES[engine]().derive, deep(depth)
    return Job(lambda: derive(text, "x"))


def high_order(engine: str, text: str, order: int) -> Job:
    """A derivative of high order, from text to closed form."""
    derive = ENGINES[engine]().derive
    return Job(lambda: derive(text, "x", order), None, _operations)


def _operations(result: Any) -> Facts:
    from calcml.core.expr import Expr
    from tests.support import operations

    return {"operations": operations(str(result))} if isinstance(result, Expr) else {}


def stages(depth: int) -> Job:
    """A deep formula's way through calcml: microseconds of each stage."""
    import calcml as cm

    text, took = deep(depth), {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = perf_counter()
        result = work()
        took[name] = (perf_counter() - start) * 1e6
        return result

    def work() -> Facts:
        f = timed("parse", lambda: cm.parse(text))
        d = timed("diff", lambda: cm.diff(f, "x", simplify=False))
        timed("print", lambda: str(d))
        same = timed("pickle", lambda: pickle.loads(pickle.dumps(d)))
        assert same is d
        box = [f, d, same]
        f = d = same = None
        timed("free", box.clear)
        return took

    return Job(work, None, dict)


def swell() -> Job:
    """The nodes of the derivative of f -> sin(f exp(f)) + f^2, by the steps taken."""
    import calcml as cm
    from calcml.core.expr import walk

    def work() -> Facts:
        f, nodes = cm.symbol("x"), Facts()
        for step in range(1, 26):
            f = cm.sin(f * cm.exp(f)) + f**2
            nodes[str(step)] = len(walk(cm.diff(f, "x", simplify=False)))
        return nodes

    return Job(work, None, dict)


def rubi() -> Job:
    """The Rubi corpus through the batch command's run, one process, no simplifying."""
    from calcml.batch import prepare, run

    source = CORPUS.read_bytes()
    prepare()

    def work() -> Any:
        return run(io.BytesIO(source), io.BytesIO(), simplify=False)

    return Job(work, None, lambda done: {"rows": done.rows, "errors": done.errors})


def resident() -> float:
    """The memory of this process that is in use, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / MEGABYTE


def many(count: int) -> Job:
    """Distinct derivatives in one process: its memory early and at the end."""
    import calcml as cm
    from tests.support import size_of_tables

    def work() -> Facts:
        facts: Facts = {}
        for i in range(1, count + 1):
            cm.diff(f"{i}*sin(x) + exp(-{i}*x)/x_{i}", "x", simplify=False)
            if i == 10_000:
                facts = {"early": resident(), "early nodes": size_of_tables()}
        return facts | {"end": resident(), "end nodes": size_of_tables()}

    return Job(work, None, dict)


JOBS: dict[str, Callable[..., Job]] = {
    "command": command,
    "importing": importing,
    "small": small,
    "network_gradient": network_gradient,
    "product_gradient": product_gradient,
    "sines_gradient": sines_gradient,
    "sines_compiled": sines_compiled,
    "to_sympy": to_sympy,
    "nested": nested,
    "high_order": high_order,
    "stages": stages,
    "swell": swell,
    "rubi": rubi,
    "many": many,
}
