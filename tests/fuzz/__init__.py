"""Random texts, of formulas that people wrote and pieces of the grammar, for all calls.

Whatever a text is, a call gives an answer or an error of calcml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import calcml
from calcml import CalcmlError
from calcml.batch import batch
from calcml.functions import rows
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.tables.catalogue import Entry
from calcml.tables.rows import made
from tests.support import corpus

SHAPES = {"A": "n n", "X": "m n", "w": "n", "v": "n"}
SIGNS = "+ - * / ^ ** @ ( ) , ; = < > <= != [ ] : ' ' . .T _ and or not".split(" ")
LEAVES = "x y z A X w v n 0 1 2 -1 1/3 0.5 1e9 10^9 pi e inf i".split()


@cache
def seeds() -> list[str]:
    """Formulas of the corpora, and calls of every row."""
    found = [f"{name}(x)" for name in ARRAY_FUNCTIONS]
    found += [row.signature for row in rows()]
    for name in ("textbook", "feynman", "reports", "formal_functions"):
        for row in corpus(name):
            found += [v for k, v in row.items() if k in ("f", "expr", "formula")]
    return [text for text in found if isinstance(text, str) and len(text) < 300]


def grown(random: Random, depth: int = 3) -> str:
    """A formula of the grammar."""
    if not depth or random.random() < 0.2:
        return random.choice(LEAVES)
    a, b = grown(random, depth - 1), grown(random, depth - 1)
    kind = random.randrange(4)
    if kind == 0:
        return random.choice(seeds()).replace("x", f"({a})")[:2_000]
    if kind == 1:
        return f"where({a} < {b}, {b}, {a})"
    return f"({a}){random.choice('+-*/^@')}({b})"


def text(random: Random) -> str:
    """A formula, perhaps with pieces put in, taken out or repeated."""
    found = random.choice(seeds()) if random.random() < 0.5 else grown(random)
    for _ in range(random.choice((0, 0, 1, 1, 2, 5))):
        k = random.randrange(len(found) + 1)
        end = k + random.choice((0, 0, 1, 3))
        found = found[:k] + random.choice(SIGNS + LEAVES) + found[end:]
    return found


def _toml(formula: str) -> None:
    row = tomllib.loads(f"formula = {formula!r}" if "'" not in formula else "a = 1")
    made(Entry(row.get("formula", formula), "x", shapes=SHAPES))


def _compiled(formula: str) -> None:
    names = sorted(calcml.parse(formula, shapes=SHAPES).free_symbols)
    calcml.compile(formula, names, backend="python", shapes=SHAPES)


CALLS: dict[str, Callable[[str], Any]] = {
    "parse": lambda f: str(calcml.parse(f, shapes=SHAPES)),
    "matlab": lambda f: calcml.parse(f, shapes=SHAPES, dialect="matlab"),
    "diff": lambda f: calcml.diff(f, "x", shapes=SHAPES).latex(),
    "grad": lambda f: str(calcml.grad(f, shapes=SHAPES)),
    "second": lambda f: calcml.diff(f, "x", order=2),
    "simplify": lambda f: calcml.simplify(f, shapes=SHAPES),
    "domain": lambda f: str(calcml.domain(f, "x", shapes=SHAPES)),
    "kinks": lambda f: str(calcml.kinks(f, "x")),
    "derive": lambda f: str(calcml.derive(f, "x", shapes=SHAPES)),
    "check": lambda f: str(calcml.check(f, f, "x")),
    "compile": _compiled,
    "batch": lambda f: list(batch([{"expr": f, "var": "x"}])),
    "table": _toml,
}


def attack(name: str, formula: str) -> str:
    """How a call ends: "answer", or the kind of an error of calcml."""
    try:
        CALLS[name](formula)
    except CalcmlError as error:
        return error.kind
    return "answer"
