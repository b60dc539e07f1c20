"""What the guard times: work that users do, each at one size or at two.

Only public names are used, so that the work runs on older commits, too.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from tests.benchmarks.engines import ENGINES, network
from tests.benchmarks.formulas import RELAXED, SMALL, deep
from tests.benchmarks.jobs import CORPUS, Job, resident

FORMULAS = SMALL[:18]
WIDTHS = {337: (2, 16, 16, 1), 4801: (8, 64, 64, 1)}  # of networks, by their weights
SHORTEST = 0.02  # seconds of work between two runs of the loop
TURNS = 8_000  # of the loop, a few milliseconds

# Of scale.md, what grows fastest, or did before it was made to grow with size.
STEEPEST = (
    "gradient of a 2-n-n-1 relu net of names",
    "Hessian of log(sum exp), n names",
    "domain of n roots",
    "derivative of (x + 1)...(x + n)",
    "gradient of n matrices",
)

Work = Callable[[], object]


def loop() -> float:
    """The process time of a fixed piece of plain Python that does what calcml does.

    Tuples are made and looked up, lists grow, objects get attributes. The collector
    is off: what it takes depends on what the work has left, and tripled the loop.
    """
    gc.disable()
    start = process_time()
    table: dict[tuple[str, int], list[Any]] = {}
    for i in range(TURNS):
        key = ("add" if i & 1 else "mul", i * 7 % 512)
        found = table.get(key)
        if found is None:
            found = table[key] = []
        node = _Node(key, i)
        found.append(node if node.args is key else None)
    spent = process_time() - start
    gc.enable()
    return spent


class _Node:
    __slots__ = ("args", "value")

    def __init__(self, args: tuple[str, int], value: int) -> None:
        self.args, self.value = args, value


class Sample(NamedTuple):
    """The process time of one piece of work over that of the loop, and in seconds."""

    ratio: float
    seconds: float


def guarded(name: str, size: int) -> Job:
    """A row of the guard: each run is a sample, of as many turns as make it steady."""
    work = WORKS[name](size)
    turns = [0]

    def sample() -> Sample:
        if not turns[0]:  # the first run warms up, and is not counted
            start = process_time()
            work()
            start, first = process_time(), process_time() - start
            if first < SHORTEST:
                work()
                first = process_time() - start
            turns[0] = max(1, min(1000, int(SHORTEST / max(first, 1e-6))))
        gc.collect()
        gc.freeze()  # what was there before is no part of the work
        before = loop()
        start = process_time()
        for _ in range(turns[0]):
            work()
        seconds = (process_time() - start) / turns[0]
        gc.unfreeze()
        return Sample(2 * seconds / (before + loop()), seconds)

    return Job(sample, lambda s: s.ratio, lambda s: {"seconds": s.seconds})


def started(*words: str) -> Job:
    """A whole process in ratio to one that imports SymPy, run in turn with it."""

    def spent(line: tuple[str, ...]) -> float:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *line],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, used = os.wait4(pid, 0)
        if status:
            raise RuntimeError(f"{line} failed")
        return used.ru_utime + used.ru_stime

    def sample() -> Sample:
        seconds = spent(words)
        return Sample(seconds / spent(("-c", "import sympy")), seconds)

    return Job(sample, lambda s: s.ratio, lambda s: {"seconds": s.seconds})


# Formulas of which many derivatives are taken, each with its own number i.
MANY = {
    "distinct": "({i}*x + 1)/(x^2 + y_{i})",
    "rich": "({i}*x + a)^3/(x^2 + {i}*y + b*z)^2*exp(-x/{i}) + sqrt(x*y + {i})",
    "one": "(3*x + 1)/(x^2 + y)",
}


def remembered(count: int, kind: str = "distinct") -> Job:
    """Megabytes that a process grows by over simplified derivatives.

    The first tenth fills caches, and does not count.
    """
    import calcml

    def work() -> float:
        early = 0.0
        for i in range(1, count + 1):
            calcml.diff(MANY[kind].format(i=i), "x")
            if i == count // 10:
                early = resident()
        return resident() - early

    return Job(work, float)


# --- the work ----------------------------------------------------------------------


def _each(call: Callable[[Any, str, str], object]) -> Callable[[int], Work]:
    """A call for each of the formulas."""

    def prepared(_: int) -> Work:
        import calcml

        return lambda: [call(calcml, *row) for row in FORMULAS]

    return prepared


def _gradient(named: bool) -> Callable[[int], Work]:
    def prepared(size: int) -> Work:
        engine = ENGINES["calcml" if named else "calcml, by symbols"]()
        loss, weights = network(engine, WIDTHS[size])
        by = engine.by(weights)
        return lambda: engine.grad(loss, by)

    return prepared


def _sines(count: int) -> tuple[str, list[str]]:
    names = [f"x_{i}" for i in range(count)]
    return f"({' + '.join(f'sin({name})' for name in names)})^2", names


def _of_sines(simplify: bool) -> Callable[[int], Work]:
    def prepared(count: int) -> Work:
        import calcml

        text, names = _sines(count)
        return lambda: calcml.grad(text, names, simplify=simplify)

    return prepared


def _results(count: int) -> Work:
    import calcml

    text, names = _sines(count)
    slopes = list(calcml.grad(text, names, simplify=False).values())
    return lambda: calcml.compile(slopes, names)


def _product(count: int) -> Work:
    import calcml

    text = "*".join(f"x_{i}" for i in range(count))
    return lambda: calcml.grad(text, simplify=False)


def _nested(depth: int) -> Work:
    import calcml

    text = deep(depth)
    return lambda: calcml.diff(text, "x", simplify=False)


def _outputs(count: int) -> Work:
    import calcml

    rows = [f"sin(a*x + {i}*b)*exp(-b*x)" for i in range(1, count + 1)]
    return lambda: calcml.jacobian(rows, ["a", "b", "x"])


def _rosenbrock(count: int) -> Work:
    import calcml

    names = [f"x_{i}" for i in range(count)]
    text = " + ".join(f"100*({b} - {a}^2)^2 + (1 - {a})^2" for a, b in pairwise(names))
    return lambda: calcml.hessian(text, names, simplify=False)


def _sum_to_sympy(count: int) -> Work:
    import calcml

    f = calcml.parse(" + ".join(f"{i}*sin(x_{i})" for i in range(1, count + 1)))
    return f.to_sympy


def _nested_to_sympy(depth: int) -> Work:
    import calcml

    return calcml.parse(deep(depth)).to_sympy


LOGISTIC = "-mean(y*log(sigmoid(X @ w)) + (1 - y)*log(1 - sigmoid(X @ w)))"
LOGISTIC_SHAPES = {"X": "m n", "w": "n", "y": "m"}


def _logistic(call: str) -> Callable[[int], Work]:
    return _small(lambda cm: getattr(cm, call)(LOGISTIC, "w", shapes=LOGISTIC_SHAPES))


def _layers(count: int) -> Work:
    import calcml

    lines, last, shapes = [], "X", {"X": "m d0", "Y": f"m d{count}"}
    for k in range(1, count + 1):
        lines.append(f"h{k} = tanh({last} @ W{k} + b{k})")
        last = f"h{k}"
        shapes |= {f"W{k}": f"d{k - 1} d{k}", f"b{k}": f"d{k}"}
    text = "; ".join([*lines, f"mean(({last} - Y)^2)"])
    names = [f"{letter}{k}" for k in range(1, count + 1) for letter in "Wb"]
    return lambda: calcml.grad(text, names, shapes=shapes)


def _scalar_call(_: int) -> Work:
    import calcml

    f = calcml.compile(calcml.diff("x*tanh(log(1 + exp(x)))", "x"), ["x"])
    return lambda: f(0.5)


def _array_call(_: int) -> Work:
    import numpy

    import calcml

    slope = calcml.grad(LOGISTIC, "w", shapes=LOGISTIC_SHAPES)["w"]
    f = calcml.compile(slope, ["X", "w", "y"], shapes=LOGISTIC_SHAPES)
    X = numpy.linspace(-1, 1, 60).reshape(20, 3)
    w, y = numpy.ones(3), numpy.linspace(0, 1, 20)
    return lambda: f(X, w, y)


def _batch(simplify: bool) -> Callable[[int], Work]:
    def prepared(count: int) -> Work:
        import calcml

        rows = list(_rows(CORPUS.parent, count))
        return lambda: list(calcml.batch(rows, simplify=simplify))

    return prepared


def _rows(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """Batch rows of the tests of computer algebra systems and frameworks' rules."""
    lines: list[str] = []
    for name in ("cas_tests.jsonl", "autodiff_rules.jsonl"):
        lines += (folder / name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[:count]):
        row = json.loads(line)
        yield {"id": number, "expr": row["expr"], "var": row["var"]}


def _small(call: Callable[[Any], object]) -> Callable[[int], Work]:
    """One call of calcml."""

    def prepared(_: int) -> Work:
        import calcml

        return lambda: call(calcml)

    return prepared


def _latex(_: int) -> Work:
    """The same formulas as LaTeX, whose letters are no functions."""
    import calcml as cm

    read = [cm.parse(text) for text, _ in SMALL[:18]]
    texts = [(e.latex(), sorted(e.free_symbols)) for e in read]
    return lambda: [cm.parse(t, symbols=names, dialect="latex") for t, names in texts]


# By the name of a row in the guard's table; each takes a size.
def _scaled(row: str) -> Callable[[int], Work]:
    """A row of scale.md at a size."""

    def prepared(n: int) -> Work:
        from tests.benchmarks.scale import ROWS

        return lambda: ROWS[row].work(n)

    return prepared


WORKS: dict[str, Callable[[int], Work]] = {
    "parse 18 ML formulas": _each(lambda cm, f, _: cm.parse(f)),
    "parse 18 ML formulas as people write them": _small(
        lambda cm: [cm.parse(text) for text in RELAXED[:18]]
    ),
    "parse 18 ML formulas as LaTeX": _latex,
    "18 ML formulas, text to raw derivative": _each(
        lambda cm, f, x: cm.diff(f, x, simplify=False)
    ),
    "18 ML formulas, text to closed form": _each(lambda cm, f, x: cm.diff(f, x)),
    "gradient by n weights, by names": _gradient(named=True),
    "gradient by n weights, by symbols": _gradient(named=False),
    "gradient of (sum of n sines)^2, raw": _of_sines(simplify=False),
    "gradient of (sum of n sines)^2": _of_sines(simplify=True),
    "compile of n results": _results,
    "gradient of a product of n factors": _product,
    "Jacobian of n outputs by 3 names": _outputs,
    "Hessian by n names, raw": _rosenbrock,
    "20th derivative of tanh": _small(lambda cm: cm.diff("tanh(x)", "x", order=20)),
    "sin nested n deep, raw": _nested,
    "to_sympy of a sum of n terms": _sum_to_sympy,
    "to_sympy of sin nested n deep": _nested_to_sympy,
    "logistic regression, gradient": _logistic("grad"),
    "logistic regression, Hessian": _logistic("hessian"),
    "gradient of n layers": _layers,
    "call of a compiled scalar function": _scalar_call,
    "call of a compiled array function": _array_call,
    "check of a textbook row": _small(
        lambda cm: cm.check("x^2*exp(-x)", "(2*x - x^2)*exp(-x)", "x")
    ),
    "steps": _small(lambda cm: str(cm.derive("x*log(1 + exp(x))", "x"))),
    "kinks of relu(w*x + b)": _small(lambda cm: cm.kinks("relu(w*x + b)", "x")),
    "batch of n rows, raw": _batch(simplify=False),
    "batch of n rows": _batch(simplify=True),
    **{row: _scaled(row) for row in STEEPEST},
}

JOBS: dict[str, Callable[..., Job]] = {
    "guarded": guarded,
    "started": started,
    "remembered": remembered,
}
